//! How much is tried before a search gives up, and why it did.
//!
//! Work is counted, not timed, so that the same policy is always searched alike.

use crate::proof::Unsettled;
use std::cell::Cell;

/// What a search may still spend. A step costs as much as the case that it looks at is large.
#[derive(Debug)]
pub(in crate::testing) struct Effort {
    left: Cell<usize>,
    cut: Cell<Option<Cut>>,
}

/// Why a search did not look at everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::testing) enum Cut {
    /// There is too much of it.
    Steps,
    /// Whether there is such a case was not settled.
    Unsettled(Unsettled),
}

impl Effort {
    pub(in crate::testing) fn of(steps: usize) -> Self {
        Self { left: Cell::new(steps), cut: Cell::new(None) }
    }

    /// Takes what a step costs, or says that there is no more.
    pub(in crate::testing) fn spend(&self, cost: usize) -> bool {
        match self.left.get().checked_sub(cost) {
            Some(left) => {
                self.left.set(left);
                true
            }
            None => {
                self.left.set(0);
                self.give_up(Cut::Steps);
                false
            }
        }
    }

    pub(in crate::testing) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    pub(in crate::testing) fn give_up(&self, why: Cut) {
        if self.cut.get().is_none() {
            self.cut.set(Some(why));
        }
    }

    pub(in crate::testing) fn cut(&self) -> Option<Cut> {
        self.cut.get()
    }
}

impl Cut {
    pub(in crate::testing) fn words(self) -> String {
        match self {
            Self::Steps => "there is more to it than can be gone through, so the search was cut short".to_owned(),
            Self::Unsettled(why) => why.words(),
        }
    }
}
