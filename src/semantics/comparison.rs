//! A number compared with another: the numbers for which that holds, and where the answer turns.

use crate::model::Truth;
use crate::syntax::tree::Comparison;

impl Comparison {
    /// The numbers for which it holds, the first and the last.
    pub fn interval(self, number: i64) -> (i64, i64) {
        match self {
            Self::AtLeast => (number, i64::MAX),
            Self::MoreThan => (number.saturating_add(1), i64::MAX),
            Self::AtMost => (i64::MIN, number),
            Self::FewerThan => (i64::MIN, number.saturating_sub(1)),
            Self::Exactly => (number, number),
        }
    }

    /// The answer for a number that is only known to lie between a least and a most.
    #[inline]
    pub fn between(self, (least, most): (i64, i64), number: i64) -> Truth {
        let at_least = |number: i64| {
            if least >= number {
                Truth::Yes
            } else if most < number {
                Truth::No
            } else {
                Truth::Unknown
            }
        };
        match self {
            Self::AtLeast => at_least(number),
            Self::MoreThan => at_least(number.saturating_add(1)),
            Self::AtMost => !at_least(number.saturating_add(1)),
            Self::FewerThan => !at_least(number),
            Self::Exactly => at_least(number).and(!at_least(number.saturating_add(1))),
        }
    }

    /// The comparison that holds where this one does not, if one alone does.
    pub fn negated(self) -> Option<Self> {
        match self {
            Self::AtLeast => Some(Self::FewerThan),
            Self::FewerThan => Some(Self::AtLeast),
            Self::AtMost => Some(Self::MoreThan),
            Self::MoreThan => Some(Self::AtMost),
            Self::Exactly => None,
        }
    }

    /// The number nearest to the one compared with for which it answers so.
    pub fn on_the_edge(self, number: i64, want: bool) -> i64 {
        match (self, want) {
            (Self::AtLeast | Self::AtMost | Self::Exactly, true) | (Self::MoreThan | Self::FewerThan, false) => number,
            (Self::MoreThan, true) | (Self::AtMost | Self::Exactly, false) => number + 1,
            (Self::FewerThan, true) | (Self::AtLeast, false) => number - 1,
        }
    }

    /// The same in its simplest form: `more than 2` is `at least 3`.
    pub fn plain(self, number: i64) -> (Self, i64) {
        match self {
            Self::MoreThan => (Self::AtLeast, number.saturating_add(1)),
            Self::FewerThan => (Self::AtMost, number.saturating_sub(1)),
            comparison => (comparison, number),
        }
    }
}

/// The numbers for which a comparison holds, or does not; `None` where these are no single run.
pub fn numbers(comparison: Comparison, number: i64, negated: bool) -> Option<(i64, i64)> {
    let comparison = if negated { comparison.negated()? } else { comparison };
    Some(comparison.interval(number))
}

/// The least and the most that points add up to, of those that count: for certain, or perhaps.
#[inline]
pub fn sum(points: impl IntoIterator<Item = (i64, Truth)>) -> (i64, i64) {
    let (mut least, mut most) = (0i64, 0i64);
    for (points, counts) in points {
        least = least.saturating_add(if counts == Truth::Yes { points } else { 0 });
        most = most.saturating_add(if counts == Truth::No { 0 } else { points });
    }
    (least, most)
}

/// Whether so many of some answers are yes.
#[inline]
pub fn how_many(comparison: Comparison, number: i64, answers: impl IntoIterator<Item = Truth>) -> Truth {
    comparison.between(sum(answers.into_iter().map(|answer| (1, answer))), number)
}

/// What a number is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    AtLeast(i64),
    AtMost(i64),
    Exactly(i64),
}

impl Bound {
    pub fn of(comparison: Comparison, number: i64) -> Self {
        match comparison.plain(number) {
            (Comparison::AtLeast | Comparison::MoreThan, number) => Self::AtLeast(number),
            (Comparison::AtMost | Comparison::FewerThan, number) => Self::AtMost(number),
            (Comparison::Exactly, number) => Self::Exactly(number),
        }
    }

    /// Of how many there are: never fewer than none.
    pub fn of_how_many(comparison: Comparison, number: i64) -> Self {
        match Self::of(comparison, number) {
            Self::Exactly(0) => Self::AtMost(0),
            bound => bound,
        }
    }

    /// Whether a number is within this bound wherever another was within the narrow one, given whether it is certainly
    /// no smaller than that, and whether it is certainly no larger.
    pub fn covers(self, narrow: Self, no_smaller: impl Fn() -> bool, no_larger: impl Fn() -> bool) -> bool {
        match (self, narrow) {
            (Self::AtLeast(wide), Self::AtLeast(narrow) | Self::Exactly(narrow)) => wide <= narrow && no_smaller(),
            (Self::AtMost(wide), Self::AtMost(narrow) | Self::Exactly(narrow)) => wide >= narrow && no_larger(),
            (Self::Exactly(wide), Self::Exactly(narrow)) => wide == narrow && no_smaller() && no_larger(),
            _ => false,
        }
    }
}
