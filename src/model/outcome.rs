//! The kinds of outcome, each a lattice of levels (`level.rs`) -> the least and the most of one, and how a level is read and
//! written.
//!
//! Everybody else handles levels without asking which kind they are of. A new kind is added here; its words are in the grammar,
//! the syntax tree and the printer, and `check/vocabulary.rs` makes the one of the other.

use super::ids::FactId;
use super::level::{Content, Level};
use crate::syntax::tree::Party;
use crate::text::aloud;
use crate::time::Instant;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// One part of a decision, with its way of combining what several rules say.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Its name, which is its key in a decision.
    pub name: String,
    /// The words that come before the value in a rule: `grade at least`.
    pub phrase: String,
    /// What it means, for people; empty when nothing is said.
    pub help: String,
    /// How what several rules say is combined.
    pub kind: OutcomeKind,
    /// What is said of it where no rule applies that adds to it, such as "not assessed"; else it stands there as it is.
    pub unassessed: Option<String>,
    /// Whom what it names is for: what to ask, to look up or to tell.
    pub party: Option<Party>,
    /// Whether a rule that has spoken may be silent about it for a time.
    pub may_be_quiet: bool,
    /// What people call its values, by their places; those that go by their names are left out.
    pub words: BTreeMap<u16, String>,
    /// What must not be done, for values that say so.
    pub warnings: BTreeMap<u16, String>,
}

impl Outcome {
    /// What people call the value at this place: its own words, else its name without hyphens.
    pub fn said(&self, at: u16) -> Cow<'_, str> {
        let name = || aloud(self.kind.value(at).unwrap_or(""));
        self.words.get(&at).map_or_else(|| Cow::Owned(name()), |words| Cow::Borrowed(words.as_str()))
    }
}

/// How what several rules say of one outcome is combined.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OutcomeKind {
    /// The highest wins; lowest first. The call's fact `floor` is never gone below.
    Highest {
        /// The steps of the scale.
        values: Vec<String>,
        /// A choice of the same values.
        floor: Option<FactId>,
    },
    /// All that any rule names; at most 64.
    AllThatApply {
        /// What may apply, in the order in which it is listed.
        values: Vec<String>,
    },
    /// The earliest time.
    Earliest,
    /// Nothing, or the first value, or the second, which wins over the first.
    Either {
        /// What holds where no rule says the other.
        loser: String,
        /// What holds where any rule says it.
        winner: String,
    },
    /// The highest number, each from a least to a most.
    HighestNumber {
        /// The least that a rule may say.
        from: i64,
        /// The most that a rule may say.
        to: i64,
    },
    /// The lowest number, each from a least to a most.
    LowestNumber {
        /// The least that a rule may say.
        from: i64,
        /// The most that a rule may say.
        to: i64,
    },
}

/// What one outcome of a decision says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutcomeValue<'v> {
    /// The value of a scale, or the one of two that a rule says; `None` where no rule says either.
    One(Option<&'v str>),
    /// All values that apply, in the order of the vocabulary.
    All(Vec<&'v str>),
    /// The earliest time, if there is any.
    Time(Option<Instant>),
    /// The highest number, or of another kind of outcome the lowest, if there is any.
    Number(Option<i64>),
}

/// What is declared of a kind.
impl OutcomeKind {
    /// The values that a rule may name, lowest first.
    pub fn values(&self) -> Vec<&str> {
        match self {
            Self::Highest { values, .. } | Self::AllThatApply { values } => values.iter().map(String::as_str).collect(),
            Self::Earliest | Self::HighestNumber { .. } | Self::LowestNumber { .. } => Vec::new(),
            Self::Either { loser, winner } => vec![loser, winner],
        }
    }

    /// How many values there are.
    pub fn values_count(&self) -> usize {
        match self {
            Self::Highest { values, .. } | Self::AllThatApply { values } => values.len(),
            Self::Earliest | Self::HighestNumber { .. } | Self::LowestNumber { .. } => 0,
            Self::Either { .. } => 2,
        }
    }

    /// The value at this place in [`OutcomeKind::values`].
    pub fn value(&self, position: u16) -> Option<&str> {
        match self {
            Self::Highest { values, .. } | Self::AllThatApply { values } => {
                values.get(usize::from(position)).map(String::as_str)
            }
            Self::Earliest | Self::HighestNumber { .. } | Self::LowestNumber { .. } => None,
            Self::Either { loser, winner } => [loser, winner].get(usize::from(position)).map(|value| value.as_str()),
        }
    }

    /// The place of a value in [`OutcomeKind::values`].
    pub fn position(&self, value: &str) -> Option<u16> {
        let place = self.values().iter().position(|known| *known == value)?;
        u16::try_from(place).ok()
    }

    /// The values of a scale, lowest first, which rules, settings and facts of the call may name as its steps.
    pub fn scale(&self) -> Option<&[String]> {
        match self {
            Self::Highest { values, .. } => Some(values),
            _ => None,
        }
    }

    /// The fact of the call below which it never goes.
    pub fn floor(&self) -> Option<FactId> {
        match self {
            Self::Highest { floor, .. } => *floor,
            _ => None,
        }
    }

    pub(crate) fn floor_mut(&mut self) -> Option<&mut FactId> {
        match self {
            Self::Highest { floor, .. } => floor.as_mut(),
            _ => None,
        }
    }

    /// The list that a force may add values to. A scale is not added to: where the new value would stand in it is for
    /// whoever keeps the scale.
    pub(crate) fn open_list(&mut self) -> Option<&mut Vec<String>> {
        match self {
            Self::AllThatApply { values } => Some(values),
            _ => None,
        }
    }

    /// Whether a rule may name several values at once.
    pub fn takes_several(&self) -> bool {
        matches!(self, Self::AllThatApply { .. })
    }

    /// Whether a rule gives a time rather than values.
    pub fn takes_time(&self) -> bool {
        matches!(self, Self::Earliest)
    }

    /// The least and the most number that a rule may give, where rules give numbers.
    pub fn numbers(&self) -> Option<(i64, i64)> {
        match self {
            Self::HighestNumber { from, to } | Self::LowestNumber { from, to } => Some((*from, *to)),
            _ => None,
        }
    }

    /// Where it stands among the outcomes of a page, the weightiest first.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Highest { floor: Some(_), .. } => 0,
            Self::Highest { floor: None, .. } => 1,
            Self::AllThatApply { .. } => 2,
            Self::Earliest => 3,
            Self::HighestNumber { .. } | Self::LowestNumber { .. } => 4,
            Self::Either { .. } => 5,
        }
    }

    /// Whether whatever could be asked for under another declaration can be asked for under this one, and means as much.
    pub(crate) fn keeps(&self, before: &Self) -> bool {
        match (before, self) {
            // What nothing raises stays at the first.
            (Self::Highest { values, .. }, Self::Highest { values: own, .. }) => {
                let mut rest = own.iter();
                values.iter().all(|one| rest.any(|other| one == other)) && values.first() == own.first()
            }
            (Self::AllThatApply { values }, Self::AllThatApply { values: own }) => {
                values.iter().all(|value| own.contains(value))
            }
            (Self::HighestNumber { from, to }, Self::HighestNumber { from: low, to: high })
            | (Self::LowestNumber { from, to }, Self::LowestNumber { from: low, to: high }) => {
                low <= from && to <= high
            }
            (before, own) => before == own,
        }
    }
}

/// The levels of a kind.
impl OutcomeKind {
    /// The level before any rule has spoken.
    pub fn least(&self) -> Level {
        match self {
            Self::Highest { .. } => Level::Highest(0),
            Self::AllThatApply { .. } => Level::AllThatApply(0),
            Self::Earliest => Level::Earliest(None),
            Self::Either { .. } => Level::Either(None),
            Self::HighestNumber { .. } => Level::HighestNumber(None),
            Self::LowestNumber { .. } => Level::LowestNumber(None),
        }
    }

    /// The level that no rule can raise.
    pub fn most(&self) -> Level {
        match self {
            Self::Highest { values, .. } => {
                Level::Highest(u16::try_from(values.len().saturating_sub(1)).unwrap_or(u16::MAX))
            }
            Self::AllThatApply { values } => {
                let bits = u32::try_from(values.len()).ok().and_then(|count| 1u64.checked_shl(count));
                Level::AllThatApply(bits.map_or(u64::MAX, |above| above - 1))
            }
            Self::Earliest => Level::Earliest(Some(Instant::MIN)),
            Self::Either { .. } => Level::Either(Some(1)),
            Self::HighestNumber { to: most, .. } | Self::LowestNumber { from: most, .. } => {
                self.least().at_number(*most)
            }
        }
    }

    /// The level of these values, as bits; `None` for none of them where there must be one, and for a kind without values.
    pub(crate) fn level_of(&self, bits: u64) -> Option<Level> {
        let first = u16::try_from(bits.trailing_zeros()).ok().filter(|_| bits != 0);
        match self {
            Self::Highest { .. } => first.map(Level::Highest),
            Self::AllThatApply { .. } => Some(Level::AllThatApply(bits)),
            Self::Either { .. } => first.map(|side| Level::Either(Some(side))),
            Self::Earliest | Self::HighestNumber { .. } | Self::LowestNumber { .. } => None,
        }
    }

    /// Each level of a scale above one of its own, lowest first; none of any other kind.
    pub(crate) fn above(&self, level: Level) -> impl Iterator<Item = Level> + use<> {
        let steps = match (self, level) {
            (Self::Highest { values, .. }, Level::Highest(now)) => {
                now.saturating_add(1)..u16::try_from(values.len()).unwrap_or(u16::MAX)
            }
            _ => 0..0,
        };
        steps.map(Level::Highest)
    }

    /// The next lower value of a scale, and of a number the one that asks for a little less; `None` for the lowest, and for
    /// what is neither.
    pub(crate) fn lower(&self, value: &str) -> Option<String> {
        if let Some((from, to)) = self.numbers() {
            let step = if matches!(self, Self::LowestNumber { .. }) { 1 } else { -1 };
            let less = value.parse::<i64>().ok()?.checked_add(step)?;
            return (from..=to).contains(&less).then(|| less.to_string());
        }
        let scale = self.scale()?;
        let at = scale.iter().position(|known| known == value)?;
        scale.get(at.checked_sub(1)?).cloned()
    }

    /// What a level of this kind says.
    pub fn value_of(&self, level: Level) -> OutcomeValue<'_> {
        match level.content() {
            Content::Value(at) => OutcomeValue::One(at.and_then(|at| self.value(at))),
            Content::Values(_) => OutcomeValue::All(level.values().filter_map(|at| self.value(at)).collect()),
            Content::Time(at) => OutcomeValue::Time(at),
            Content::Number(at) => OutcomeValue::Number(at),
        }
    }

    /// Whether a time that lies so long after some moment asks for as much as one that lies another length after it.
    pub(crate) fn asks_for_as_much<T>(&self, one: T, other: T, never_longer: impl Fn(T, T) -> bool) -> bool {
        match self {
            Self::Earliest => never_longer(one, other),
            _ => false,
        }
    }

    /// Whether one level is less of a response than another, both as tests write them; a list that lost a value is less,
    /// whatever it gained. A word that the vocabulary no longer has is less than any that it has.
    pub(crate) fn compare_written(&self, one: &str, other: &str) -> Ordering {
        match self {
            Self::Highest { .. } | Self::Either { .. } => self.position(one).cmp(&self.position(other)),
            Self::AllThatApply { .. } => {
                let set =
                    |list: &str| list.split(", ").filter(|word| *word != Level::NOTHING).map(str::to_owned).collect();
                let (one, other): (BTreeSet<String>, BTreeSet<String>) = (set(one), set(other));
                match (one == other, one.is_subset(&other)) {
                    (true, _) => Ordering::Equal,
                    (_, true) => Ordering::Less,
                    (_, false) => Ordering::Greater,
                }
            }
            // No time at all is the latest.
            Self::Earliest => {
                let late = |time: &str| Instant::parse(time).map_or(i64::MAX, |at| at.0);
                late(other).cmp(&late(one))
            }
            Self::HighestNumber { .. } => one.parse::<i64>().ok().cmp(&other.parse().ok()),
            // No number at all is the highest.
            Self::LowestNumber { .. } => {
                let high = |number: &str| number.parse().unwrap_or(i64::MAX);
                high(other).cmp(&high(one))
            }
        }
    }
}
