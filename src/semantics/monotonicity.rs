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
    pub const RISING: Self = Self { rises: true, falls: false };
    pub const FALLING: Self = Self { rises: false, falls: true };
    pub const ANY: Self = Self { rises: true, falls: true };

    pub fn is_timed(self) -> bool {
        self.rises || self.falls
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self { rises: self.rises || other.rises, falls: self.falls || other.falls }
    }

    pub(crate) fn turned(self) -> Self {
        Self { rises: self.falls, falls: self.rises }
    }

    /// How what such an answer is about moves, where the answer moves so as that grows.
    pub(crate) fn of_answers(self, growth: Self) -> Self {
        let (along, against) = (growth.rises, growth.falls);
        let along = if along { self } else { Self::CONSTANT };
        if against { along.with(self.turned()) } else { along }
    }

    /// Either way, if it moves at all.
    pub(crate) fn both(self) -> Self {
        if self.is_timed() { Self::ANY } else { Self::CONSTANT }
    }

    /// How an answer about a number moves that moves so.
    pub(crate) fn compared(self, comparison: Comparison) -> Self {
        match comparison {
            Comparison::AtLeast | Comparison::MoreThan => self,
            Comparison::AtMost | Comparison::FewerThan => self.turned(),
            Comparison::Exactly => self.both(),
        }
    }
}
