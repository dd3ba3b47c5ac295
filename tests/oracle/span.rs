//! Spans that end or begin now (reference, section 5, "Time").

use super::Oracle;
use heedful::time::{Instant, Length};
use std::cell::RefCell;
use std::collections::HashMap;

/// The starts and ends that have been worked out, for they are asked for again and again.
#[derive(Default)]
pub(super) struct Spans {
    starts: RefCell<HashMap<Length, Instant>>,
    ends: RefCell<HashMap<Length, Instant>>,
}

impl Oracle<'_> {
    /// Now less the length.
    pub(super) fn span_start(&self, length: Length) -> Instant {
        *self.spans.starts.borrow_mut().entry(length).or_insert_with(|| self.policy.zone.before(self.now, length))
    }

    /// Now and the length.
    pub(super) fn span_end(&self, length: Length) -> Instant {
        *self.spans.ends.borrow_mut().entry(length).or_insert_with(|| self.policy.zone.after(self.now, length))
    }
}
