//! What is asked of the sum of a score: a comparison, or that it lies in some bands.

use super::comparison::numbers;
use super::monotonicity::Monotonicity;
use super::parameter::{Parameter, SettingId};
use crate::model::Truth;
use crate::syntax::tree::Comparison;

/// A score, by its place among those of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScoreId(pub u32);

/// `from` to `to`, both in; open at the top without `to`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Band {
    pub from: Parameter<i64>,
    pub to: Option<i64>,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ScoreIs {
    Compare(Comparison, Parameter<i64>),
    /// From one sum to another, both in.
    Range {
        from: Parameter<i64>,
        to: Parameter<i64>,
        not: bool,
    },
    /// Bit `n` for the band at position `n`.
    In {
        bands: u64,
        not: bool,
    },
}

/// Bit `n` is set when the band at position `n` holds some sum from `least` to `most`.
pub fn bands_between(bands: &[Band], least: i64, most: i64) -> u64 {
    let reached = |(_, band): &(usize, &Band)| *band.from <= most && band.to.is_none_or(|to| to >= least);
    bands.iter().enumerate().filter(reached).fold(0, |bits, (at, _)| bits | 1 << at)
}

impl ScoreIs {
    /// The setting that each of its numbers is taken from.
    pub fn settings(&self) -> Vec<Option<SettingId>> {
        match self {
            Self::Compare(_, number) => vec![number.setting],
            Self::Range { from, to, .. } => vec![from.setting, to.setting],
            Self::In { .. } => Vec::new(),
        }
    }

    /// The answer for a sum.
    pub fn holds(&self, sum: i64, bands: &[Band]) -> bool {
        match self {
            Self::Compare(comparison, number) => comparison.holds(sum, **number),
            Self::Range { from, to, not } => (**from <= sum && sum <= **to) != *not,
            Self::In { bands: asked, not } => (bands_between(bands, sum, sum) & asked != 0) != *not,
        }
    }

    /// The answer for a sum that is only known to lie between two.
    pub fn between(&self, (least, most): (i64, i64), bands: &[Band]) -> Truth {
        match self {
            Self::Compare(comparison, number) => comparison.between((least, most), **number),
            Self::Range { from, to, not } => {
                let at_least = Comparison::AtLeast.between((least, most), **from);
                let truth = at_least.and(Comparison::AtMost.between((least, most), **to));
                if *not { !truth } else { truth }
            }
            Self::In { bands: asked, not } => {
                let reached = bands_between(bands, least, most);
                let truth = match (reached & asked, reached & !asked) {
                    (_, 0) => Truth::Yes,
                    (0, _) => Truth::No,
                    _ => Truth::Unknown,
                };
                if *not { !truth } else { truth }
            }
        }
    }

    /// The sums at which the answer may turn, or beside which it may.
    pub fn turns(&self, bands: &[Band]) -> Vec<i64> {
        match self {
            Self::Compare(_, number) => vec![**number],
            Self::Range { from, to, .. } => vec![**from, **to],
            Self::In { .. } => bands.iter().flat_map(|band| [Some(*band.from), band.to]).flatten().collect(),
        }
    }

    /// The sums of which the answer is yes, or where it is negated no, from a first to a last; all where that is not known.
    pub fn sums(&self, bands: &[Band], negated: bool) -> Vec<(i64, i64)> {
        match self {
            Self::Compare(comparison, number) => {
                vec![numbers(*comparison, **number, negated).unwrap_or((i64::MIN, i64::MAX))]
            }
            Self::Range { from, to, not } if not == &negated => vec![(**from, **to)],
            Self::Range { from, to, .. } => {
                vec![(i64::MIN, from.saturating_sub(1)), (to.saturating_add(1), i64::MAX)]
            }
            Self::In { bands: asked, not } => {
                let asked = (0..).zip(bands).filter(|(at, _)| (asked >> at & 1 == 1) != (*not != negated));
                asked.map(|(_, band)| (*band.from, band.to.unwrap_or(i64::MAX))).collect()
            }
        }
    }

    /// The sums of which the answer is yes, the first and the last, where these are one run.
    pub fn interval(&self, bands: &[Band]) -> Option<(i64, i64)> {
        match self {
            Self::Compare(comparison, number) => Some(comparison.interval(**number)),
            Self::Range { from, to, not } => (!not).then_some((**from, **to)),
            Self::In { bands: asked, not: false } => {
                let named = || (0..).zip(bands).filter(|(at, _)| asked >> at & 1 == 1).map(|(_, band)| band);
                let mut after = named().skip(1);
                let gapless = named().all(|band| after.next().is_none_or(|next| band.to == Some(*next.from - 1)));
                let (first, last) = (named().next()?, named().last()?);
                gapless.then_some((*first.from, last.to.unwrap_or(i64::MAX)))
            }
            Self::In { not: true, .. } => None,
        }
    }

    /// How time moves the answer, where it moves the sum so.
    pub(crate) fn monotonicity(&self, sum: Monotonicity) -> Monotonicity {
        match self {
            Self::Compare(comparison, _) => sum.compared(*comparison),
            Self::Range { .. } | Self::In { .. } => sum.both(),
        }
    }

    /// Which way the sum would have to move for the answer to move so.
    pub(crate) fn needs(&self, answer: Monotonicity, bands: &[Band]) -> Monotonicity {
        match self {
            Self::Compare(comparison, _) => answer.compared(*comparison),
            Self::Range { .. } => Monotonicity::ANY,
            Self::In { bands: asked, not } => {
                let answer = if *not { answer.turned() } else { answer };
                let count = u32::try_from(bands.len()).ok();
                let all = count.and_then(|count| 1u64.checked_shl(count)).unwrap_or(0).wrapping_sub(1);
                // The lowest bands together have the lowest bits, without a gap.
                let are_lowest = |bands: u64| bands & bands.wrapping_add(1) == 0;
                match (are_lowest(*asked), are_lowest(all & !asked)) {
                    (true, false) => answer.turned(),
                    (false, true) => answer,
                    _ => Monotonicity::ANY,
                }
            }
        }
    }
}
