//! How an answer can move as time passes and nothing else is learnt.

use crate::syntax::tree::Comparison;

/// Which way an answer may move with the clock, in the order no, unknown, yes. Of records: whether some may join, and
/// whether some may leave. An answer that moves neither way does not depend on the clock.
///
/// The clock of a wall goes back now and then, and months differ in length, so the start of a span of days may leap
/// back too: what only falls may then rise. Whoever relies on the direction has to look out for that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Monotonicity {
    pub rises: bool,
    pub falls: bool,
}

impl Monotonicity {
    pub const CONSTANT: Self = Self { rises: false, falls: false };
    pub(super) const FALLING: Self = Self { rises: false, falls: true };
    pub(super) const ANY: Self = Self { rises: true, falls: true };

    pub fn is_timed(self) -> bool {
        self.rises || self.falls
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self { rises: self.rises || other.rises, falls: self.falls || other.falls }
    }

    pub(super) fn turned(self) -> Self {
        Self { rises: self.falls, falls: self.rises }
    }

    /// Either way, if it moves at all.
    pub(super) fn both(self) -> Self {
        if self.is_timed() { Self::ANY } else { Self::CONSTANT }
    }

    /// How an answer about a number moves that moves so.
    pub(super) fn compared(self, comparison: Comparison) -> Self {
        match comparison {
            Comparison::AtLeast | Comparison::MoreThan => self,
            Comparison::AtMost | Comparison::FewerThan => self.turned(),
            Comparison::Exactly => self.both(),
        }
    }
}
