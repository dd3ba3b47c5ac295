//! The two policies that a comparison of conditions is between, and which of them must be as wide as the other.

use crate::check::Policy;
use crate::time::Length;

/// Two policies of which the parts are compared: one that must say as much, and one that says what is asked for.
#[derive(Clone, Copy)]
pub(super) struct Sides<'p> {
    /// Whose condition must be as wide.
    pub(super) wide: &'p Policy,
    /// Whose condition it must be as wide as.
    pub(super) narrow: &'p Policy,
    /// Whether the two have changed places, as they do under a `not`.
    pub(super) turned: bool,
}

impl<'p> Sides<'p> {
    /// Whether a length never lasts longer than another, in the time zone of either policy.
    pub(super) fn never_longer(self, one: Length, other: Length, passes_over_days: bool) -> bool {
        [self.wide, self.narrow].iter().all(|policy| one.never_longer_over(other, passes_over_days, &policy.zone))
    }

    pub(super) fn turned(self) -> Self {
        Self { wide: self.narrow, narrow: self.wide, turned: !self.turned }
    }
}
