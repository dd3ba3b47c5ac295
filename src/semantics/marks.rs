//! What the answer to a question turns on: what searches need to know of a form.

use super::apart::Apart;
use super::subject::Subject;
use crate::model::FactId;
use crate::syntax::tree::Comparison;
use crate::time::{Instant, Length, TimeOfDay};

/// Something that a value is compared with: its answer may turn there, and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark<'p> {
    /// A number, a duration in seconds, or the position of a choice.
    Number(i64),
    /// Some values of a choice, as bits.
    Values(u64),
    /// Some flags, and whether it takes all, any or none of them; `None` where it takes something else.
    Flags { flags: u64, takes: Option<Takes> },
    /// The present moment.
    Now,
    /// So long before now.
    Back(Length),
    /// So long after now.
    Ahead(Length),
    /// From a first second to a last one.
    Days { first: Instant, last: Instant },
    /// The start of any day.
    EachDay,
    /// A time of day.
    Clock(TimeOfDay),
    /// Another time.
    Time(Subject),
    /// So far from another time.
    Apart(Apart),
    /// Who or what a fact of the call is.
    Fact(FactId),
    /// A run of words.
    Phrase(&'p str),
}

/// How many of some flags are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    All,
    Any,
    None,
    HowMany(Comparison, i64),
}

impl Takes {
    /// What is remembered of the flags that have been looked at, after one more of them. It begins at 0, and holds no more than the
    /// answer turns on, so that sets which are answered alike are one.
    pub fn after(self, before: u8, is_there: bool) -> u8 {
        match self {
            Self::All => before | u8::from(!is_there),
            Self::Any | Self::None => before | u8::from(is_there),
            Self::HowMany(..) => before.saturating_add(u8::from(is_there)),
        }
    }

    /// The answer, from what is remembered once all flags have been looked at.
    pub fn answer(self, remembered: u8) -> bool {
        match self {
            Self::All | Self::None => remembered == 0,
            Self::Any => remembered != 0,
            Self::HowMany(comparison, number) => comparison.holds(i64::from(remembered), number),
        }
    }
}

/// Flags that are to be there, and others that are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlagChange {
    pub with: u64,
    pub without: u64,
}

impl FlagChange {
    /// Some flags, with this otherwise.
    pub fn of(self, flags: u64) -> u64 {
        flags & !self.without | self.with
    }
}
