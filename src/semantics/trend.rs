//! How the times of the last few of some records follow one another.

use super::form::Context;
use super::monotonicity::Monotonicity;
use super::parameter::{Parameter, SettingId};
use crate::syntax::tree::TrendIs;
use crate::syntax::unplaced::amount;
use crate::time::Instant;

/// What is asked of the times of the last few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trend {
    /// Each gap is shorter than the one before it.
    Converging { last: Parameter<i64> },
    /// The gap since the latest is shorter than the one before it.
    GapShrinking,
}

impl Trend {
    /// How many of the latest it is about; fewer have no trend.
    pub fn last(self) -> usize {
        match self {
            Self::Converging { last } => usize::try_from(*last).unwrap_or(usize::MAX),
            Self::GapShrinking => 2,
        }
    }

    /// The setting that its number is taken from.
    pub fn setting(self) -> Option<SettingId> {
        match self {
            Self::Converging { last } => last.setting,
            Self::GapShrinking => None,
        }
    }

    /// Whether so many times, oldest first, have it.
    pub fn holds(self, times: &[Instant], context: &impl Context) -> bool {
        match (self, times) {
            (Self::Converging { .. }, times) => {
                times.windows(3).all(|three| matches!(three, [a, b, c] if c.0 - b.0 < b.0 - a.0))
            }
            (Self::GapShrinking, [before, latest]) => {
                let gap = latest.0 - before.0;
                context.may_change_at(latest.plus_seconds(gap));
                context.now().0 - latest.0 < gap
            }
            (Self::GapShrinking, _) => false,
        }
    }

    /// How time moves the answer, where it moves so which records are meant.
    pub(crate) fn monotonicity(self, of: Monotonicity) -> Monotonicity {
        match self {
            Self::Converging { .. } => of.both(),
            Self::GapShrinking => Monotonicity::ANY,
        }
    }

    /// The trend in the language, and whether the records stand in the plural.
    pub fn words(self) -> (TrendIs, bool) {
        match self {
            Self::Converging { last } => (TrendIs::Converging { last: amount(*last) }, true),
            Self::GapShrinking => (TrendIs::GapShrinking, false),
        }
    }
}
