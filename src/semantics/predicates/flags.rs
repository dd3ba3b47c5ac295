//! Which flags are set: `include weapon`, `do not include any of fire or flood`.

use super::super::claim::Claim;
use super::super::form::{Form, Names, Speaker, of_none};
use super::super::marks::{FlagChange, Mark, Takes};
use super::super::monotonicity::Monotonicity;
use crate::model::{Truth, Value};
use crate::syntax::tree;

/// `include weapon`, `include any of fire or flood`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Include {
    pub flags: u64,
    pub all: bool,
}

impl Form for Include {
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        match value {
            Value::Flags(flags) if self.all => Some(Truth::from(flags & self.flags == self.flags)),
            Value::Flags(flags) => Some(Truth::from(flags & self.flags != 0)),
            value => of_none(value),
        }
    }

    fn growth(&self) -> Monotonicity {
        Monotonicity::RISING
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        let takes = if self.all { Takes::All } else { Takes::Any };
        vec![Mark::Flags { flags: self.flags, takes: Some(takes) }]
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn flags_for(&self, want: bool) -> Option<FlagChange> {
        Some(match (want, self.all) {
            (true, true) => FlagChange { with: self.flags, without: 0 },
            (true, false) => FlagChange { with: lowest(self.flags), without: 0 },
            (false, _) => FlagChange { with: 0, without: self.flags },
        })
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        match (self.all, negated) {
            (true, false) => Some(Claim::AllFlags(self.flags)),
            (false, false) => Some(Claim::AnyFlag(self.flags)),
            (false, true) => Some(Claim::NoFlag(self.flags)),
            (true, true) => None,
        }
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        match (self.all, narrow.all) {
            (false, false) => names.among(narrow.flags, self.flags),
            (true, true) => names.contain(self.flags, narrow.flags),
            _ => false,
        }
    }

    fn plain(&self) -> Self {
        // One flag is all of it and any of it.
        Self { all: self.all && self.flags.count_ones() != 1, ..self.clone() }
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Include { all: self.all, words: speaker.values(self.flags), verb: speaker.verb() }
    }
}

/// `do not include weapon`: none of the flags is set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exclude {
    pub flags: u64,
}

impl Form for Exclude {
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        match value {
            Value::Flags(flags) => Some(Truth::from(flags & self.flags == 0)),
            value => of_none(value),
        }
    }

    fn growth(&self) -> Monotonicity {
        Monotonicity::FALLING
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Flags { flags: self.flags, takes: Some(Takes::None) }]
    }

    fn is_settled_by_marks(&self) -> bool {
        true
    }

    fn flags_for(&self, want: bool) -> Option<FlagChange> {
        Some(match want {
            true => FlagChange { with: 0, without: self.flags },
            false => FlagChange { with: lowest(self.flags), without: 0 },
        })
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        Some(if negated { Claim::AnyFlag(self.flags) } else { Claim::NoFlag(self.flags) })
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        names.contain(self.flags, narrow.flags)
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Exclude { words: speaker.values(self.flags), verb: speaker.verb() }
    }
}

fn lowest(flags: u64) -> u64 {
    flags & flags.wrapping_neg()
}
