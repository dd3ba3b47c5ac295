//! How many there are in a list: `include at least 2 of knife, firearm and acid`, `includes more than 1`.

use super::super::claim::Claim;
use super::super::comparison::{Bound, numbers};
use super::super::form::{Context, Form, Names, Speaker, of_none};
use super::super::marks::{FlagChange, Mark, Takes};
use super::super::monotonicity::Monotonicity;
use super::super::parameter::{Parameter, SettingId};
use crate::model::{Case, Truth, Value};
use crate::syntax::tree::{self, Comparison, IncludeHowMany};
use crate::syntax::unplaced::{self, NOWHERE};

/// `include at least 2 of knife, firearm and acid`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FlagCount {
    pub comparison: Comparison,
    pub number: Parameter<i64>,
    /// Those of which it is asked how many are set.
    pub flags: u64,
    /// Whether these are all that the vocabulary has, and none were named.
    pub is_all: bool,
}

impl FlagCount {
    fn listed(&self) -> i64 {
        i64::from(self.flags.count_ones())
    }

    /// What is asked as a question about single flags, where it is one.
    fn of_single_flags(&self, negated: bool) -> Option<Claim> {
        let (least, most) = numbers(self.comparison, *self.number, negated)?;
        match (least, most) {
            (_, most) if most <= 0 => Some(Claim::NoFlag(self.flags)),
            (least, _) if least == self.listed() => Some(Claim::AllFlags(self.flags)),
            (least, _) if least >= 1 => Some(Claim::AnyFlag(self.flags)),
            _ => None,
        }
    }
}

impl Form for FlagCount {
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        match value {
            Value::Flags(flags) => {
                let set = i64::from((flags & self.flags).count_ones());
                Some(Truth::from(self.comparison.holds(set, *self.number)))
            }
            value => of_none(value),
        }
    }

    fn growth(&self) -> Monotonicity {
        Monotonicity::RISING.compared(self.comparison)
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Flags { flags: self.flags, takes: Some(Takes::HowMany(self.comparison, *self.number)) }]
    }

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.number.setting]
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn flags_for(&self, want: bool) -> Option<FlagChange> {
        let set = self.comparison.on_the_edge(*self.number, want);
        let with = lowest(self.flags, usize::try_from(set).ok()?)?;
        Some(FlagChange { with, without: self.flags & !with })
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        self.of_single_flags(negated)
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        let wide = Bound::of_how_many(self.comparison, *self.number);
        wide.covers(
            Bound::of_how_many(narrow.comparison, *narrow.number),
            || names.among(narrow.flags, self.flags),
            || names.contain(self.flags, narrow.flags),
        )
    }

    fn plain(&self) -> Self {
        let (comparison, number) = self.comparison.plain(*self.number);
        Self { comparison, number: number.into(), ..self.clone() }
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        let of = (!self.is_all).then(|| speaker.values(self.flags));
        said(self.comparison, *self.number, of, speaker)
    }
}

/// The first so many of some flags, where there are so many.
fn lowest(flags: u64, number: usize) -> Option<u64> {
    let each = (0..u64::BITS).map(|bit| 1u64 << bit).filter(|flag| flags & flag != 0);
    let taken: Vec<u64> = each.take(number).collect();
    (taken.len() == number).then(|| taken.iter().fold(0, |bits, flag| bits | flag))
}

/// `includes at least 2`, of people or whatever else a fact may name several of. Who is named twice is one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdentityCount {
    pub comparison: Comparison,
    pub number: Parameter<i64>,
}

impl Form for IdentityCount {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        match context.identity_count(value) {
            Some(named) => Truth::from(self.comparison.holds(named, *self.number)),
            None => Truth::Unknown,
        }
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Number(*self.number)]
    }

    fn settings(&self) -> Vec<Option<SettingId>> {
        vec![self.number.setting]
    }

    fn interval(&self) -> Option<(i64, i64)> {
        Some(self.comparison.interval(*self.number))
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        let (from, to) = numbers(self.comparison, *self.number, negated)?;
        Some(Claim::Between(from, to))
    }

    fn covers(&self, narrow: &Self, _: &dyn Names) -> bool {
        let wide = Bound::of_how_many(self.comparison, *self.number);
        wide.covers(Bound::of_how_many(narrow.comparison, *narrow.number), || true, || true)
    }

    fn plain(&self) -> Self {
        let (comparison, number) = self.comparison.plain(*self.number);
        Self { comparison, number: number.into() }
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        said(self.comparison, *self.number, None, speaker)
    }
}

/// How many identities a value names, each once; `None` of a value that is not known.
pub fn identity_count(case: &Case, value: Value) -> Option<i64> {
    let mut names = match value {
        Value::Identity(_) => return Some(1),
        Value::Identities { .. } => case.identities(&value).to_vec(),
        _ => return None,
    };
    names.sort_unstable();
    names.dedup();
    i64::try_from(names.len()).ok()
}

fn said(comparison: Comparison, number: i64, of: Option<Vec<tree::Word>>, speaker: &dyn Speaker) -> tree::Predicate {
    let (amount, verb) = (unplaced::amount(number), speaker.verb());
    tree::Predicate::IncludeHowMany(Box::new(IncludeHowMany { comparison, amount, of, verb, at: NOWHERE }))
}
