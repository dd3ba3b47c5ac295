//! The kinds of outcome, each a lattice of levels: the least and the most, what two levels give together, which asks for more,
//! and how one is read and written.
//!
//! Everybody else handles levels without asking which kind they are of. A new kind is added here; its words are in the grammar,
//! the syntax tree and the printer, and `check/vocabulary.rs` makes the one of the other.

use super::ids::{FactId, OutcomeId};
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
    /// Whom what it names is for: what to ask, to look up or to tell.
    pub party: Option<Party>,
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
}

/// How far one outcome has been raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// Position in the scale.
    Highest(u16),
    /// Bit `n` for the value at position `n`.
    AllThatApply(u64),
    /// No time yet, or this one. In what a rule may add, `None` is some time, and nobody can say which.
    Earliest(Option<Instant>),
    /// Nothing said, the loser (0) or the winner (1).
    Either(Option<u16>),
}

/// What a level holds, whatever its kind: the form in which it is written and said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// The value at this position, if there is one.
    Value(Option<u16>),
    /// Bit `n` for the value at position `n`.
    Values(u64),
    /// A time, if there is one.
    Time(Option<Instant>),
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
}

/// One level for each outcome of the vocabulary, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(pub Vec<Level>);

/// Part of an outcome: what a rule adds, or what an answer would raise it to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects(pub Vec<(OutcomeId, Level)>);

/// What is declared of a kind.
impl OutcomeKind {
    /// The values that a rule may name, lowest first.
    pub fn values(&self) -> Vec<&str> {
        match self {
            Self::Highest { values, .. } | Self::AllThatApply { values } => values.iter().map(String::as_str).collect(),
            Self::Earliest => Vec::new(),
            Self::Either { loser, winner } => vec![loser, winner],
        }
    }

    /// How many values there are.
    pub fn values_count(&self) -> usize {
        match self {
            Self::Highest { values, .. } | Self::AllThatApply { values } => values.len(),
            Self::Earliest => 0,
            Self::Either { .. } => 2,
        }
    }

    /// The value at this place in [`OutcomeKind::values`].
    pub fn value(&self, position: u16) -> Option<&str> {
        match self {
            Self::Highest { values, .. } | Self::AllThatApply { values } => {
                values.get(usize::from(position)).map(String::as_str)
            }
            Self::Earliest => None,
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

    /// Where it stands among the outcomes of a page, the weightiest first.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Highest { floor: Some(_), .. } => 0,
            Self::Highest { floor: None, .. } => 1,
            Self::AllThatApply { .. } => 2,
            Self::Earliest => 3,
            Self::Either { .. } => 4,
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
        }
    }

    /// The level of these values, as bits; `None` for none of them where there must be one, and for a kind without values.
    pub(crate) fn level_of(&self, bits: u64) -> Option<Level> {
        let first = u16::try_from(bits.trailing_zeros()).ok().filter(|_| bits != 0);
        match self {
            Self::Highest { .. } => first.map(Level::Highest),
            Self::AllThatApply { .. } => Some(Level::AllThatApply(bits)),
            Self::Either { .. } => first.map(|side| Level::Either(Some(side))),
            Self::Earliest => None,
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

    /// The next lower value of a scale; `None` for the lowest, and for what is no value of a scale.
    pub(crate) fn lower(&self, value: &str) -> Option<&String> {
        let scale = self.scale()?;
        let at = scale.iter().position(|known| known == value)?;
        scale.get(at.checked_sub(1)?)
    }

    /// What a level of this kind says.
    pub fn value_of(&self, level: Level) -> OutcomeValue<'_> {
        match level.content() {
            Content::Value(at) => OutcomeValue::One(at.and_then(|at| self.value(at))),
            Content::Values(_) => OutcomeValue::All(level.values().filter_map(|at| self.value(at)).collect()),
            Content::Time(at) => OutcomeValue::Time(at),
        }
    }

    /// Whether a time that lies so long after some moment asks for as much as one that lies another length after it.
    pub(crate) fn asks_for_as_much<T>(&self, one: T, other: T, never_longer: impl Fn(T, T) -> bool) -> bool {
        match self {
            Self::Earliest => never_longer(one, other),
            Self::Highest { .. } | Self::AllThatApply { .. } | Self::Either { .. } => false,
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
        }
    }
}

/// The order of levels, and what two give together. Of two kinds, the first is kept.
impl Level {
    /// The level of the same kind before any rule has spoken.
    #[must_use]
    pub fn least(self) -> Self {
        match self {
            Self::Highest(_) => Self::Highest(0),
            Self::AllThatApply(_) => Self::AllThatApply(0),
            Self::Earliest(_) => Self::Earliest(None),
            Self::Either(_) => Self::Either(None),
        }
    }

    /// The level of the same kind that holds the value at this place.
    #[must_use]
    pub(crate) fn at_value(self, at: u16) -> Self {
        match self {
            Self::Highest(_) => Self::Highest(at),
            Self::AllThatApply(_) => Self::AllThatApply(1u64.checked_shl(u32::from(at)).unwrap_or(0)),
            Self::Either(_) => Self::Either(Some(at)),
            Self::Earliest(_) => self.least(),
        }
    }

    /// The level of the same kind that holds this time; for `None` some time, and nobody can say which.
    #[must_use]
    pub(crate) fn at_time(self, at: Option<Instant>) -> Self {
        match self {
            Self::Earliest(_) => Self::Earliest(at),
            Self::Highest(_) | Self::AllThatApply(_) | Self::Either(_) => self.least(),
        }
    }

    /// The level that both together give.
    #[must_use]
    pub fn raised_by(self, other: Self) -> Self {
        match (self, other) {
            (Self::Highest(one), Self::Highest(two)) => Self::Highest(one.max(two)),
            (Self::AllThatApply(one), Self::AllThatApply(two)) => Self::AllThatApply(one | two),
            (Self::Earliest(Some(one)), Self::Earliest(Some(two))) => Self::Earliest(Some(one.min(two))),
            (Self::Earliest(one), Self::Earliest(two)) => Self::Earliest(one.or(two)),
            (Self::Either(one), Self::Either(two)) => Self::Either(one.max(two)),
            (level, _) => level,
        }
    }

    #[cold]
    fn raise_by_other(&mut self, other: Self) {
        *self = self.raised_by(other);
    }

    /// The level that is reached by each of two. Of two sides neither is reached by the other: that a thing may be offered
    /// is not so where it may turn out that it is not suitable.
    #[must_use]
    pub fn shared_with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Highest(one), Self::Highest(two)) => Self::Highest(one.min(two)),
            (Self::AllThatApply(one), Self::AllThatApply(two)) => Self::AllThatApply(one & two),
            (Self::Earliest(Some(one)), Self::Earliest(Some(two))) => Self::Earliest(Some(one.max(two))),
            (Self::Earliest(_), Self::Earliest(_)) => Self::Earliest(None),
            (Self::Either(one), Self::Either(two)) => Self::Either(one.filter(|side| two == Some(*side))),
            (level, _) => level,
        }
    }

    /// Whether it gives all that another does.
    pub fn covers(self, other: Self) -> bool {
        self.raised_by(other) == self
    }

    /// The part of a level that another does not reach; `None` where it reaches all of it.
    #[must_use]
    pub fn beyond(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::AllThatApply(one), Self::AllThatApply(two)) => {
                Some(one & !two).filter(|more| *more != 0).map(Self::AllThatApply)
            }
            (one, other) => (!other.covers(one)).then_some(one),
        }
    }

    /// What it holds that another does not, of a list only the values that are to be shown; also where it is the lower of two.
    pub(crate) fn besides(self, other: Self, shows: impl Fn(u16) -> bool) -> Option<Self> {
        match (self, other) {
            (Self::AllThatApply(one), Self::AllThatApply(two)) => {
                let shown = Self::AllThatApply(one & !two).values().filter(|at| shows(*at));
                Some(shown.fold(0, |bits, at| bits | 1 << at)).filter(|more| *more != 0).map(Self::AllThatApply)
            }
            (one, other) => (one != other).then_some(one),
        }
    }

    /// Whether it has a share in reaching another level: some of a collection, or all of anything else.
    pub(crate) fn helps_to_reach(self, reached: Self) -> bool {
        match (self, reached) {
            (Self::AllThatApply(one), Self::AllThatApply(all)) => one & all != 0,
            (level, reached) => level.covers(reached),
        }
    }

    /// Whether it is not what is barred: holds none of a list that is, and something where nothing is.
    pub(crate) fn is_not(self, barred: Self) -> bool {
        match (self, barred) {
            (Self::AllThatApply(actual), Self::AllThatApply(barred @ 1..)) => actual & barred == 0,
            (actual, barred) => actual != barred,
        }
    }

    /// How much is asked for, to put levels of one kind in an order: the more, the higher.
    pub(crate) fn strength(self) -> i64 {
        match self {
            Self::Highest(at) => i64::from(at),
            Self::AllThatApply(bits) => i64::from(bits.count_ones()),
            Self::Earliest(at) => at.map_or(0, |_| 1),
            Self::Either(at) => at.map_or(0, |at| i64::from(at) + 1),
        }
    }

    /// A number for a level's time, if it has one: the lower, the more is asked for.
    pub(crate) fn rank_of_time(self) -> Option<i64> {
        match self {
            Self::Earliest(at) => at.map(|at| at.0),
            Self::Highest(_) | Self::AllThatApply(_) | Self::Either(_) => None,
        }
    }

    /// Whether it is one of two sides of which only one can hold.
    pub(crate) fn is_side(self) -> bool {
        matches!(self, Self::Either(Some(_)))
    }

    /// Of two sides the one that would hold if this, which wins over it, did not.
    pub(crate) fn loser(self) -> Option<Self> {
        (self == Self::Either(Some(1))).then_some(Self::Either(Some(0)))
    }
}

/// What a level holds.
impl Level {
    /// How a test writes that a level holds nothing.
    pub(crate) const NOTHING: &str = "none";

    /// What it holds, in the form in which it is written.
    pub fn content(self) -> Content {
        match self {
            Self::Highest(at) => Content::Value(Some(at)),
            Self::AllThatApply(bits) => Content::Values(bits),
            Self::Earliest(at) => Content::Time(at),
            Self::Either(at) => Content::Value(at),
        }
    }

    /// The places of the values that it holds, lowest first.
    pub fn values(self) -> impl Iterator<Item = u16> {
        let mut left = match self.content() {
            Content::Value(at) => at.and_then(|at| 1u64.checked_shl(u32::from(at))).unwrap_or(0),
            Content::Values(bits) => bits,
            Content::Time(_) => 0,
        };
        std::iter::from_fn(move || {
            let position = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            u16::try_from(position).ok().filter(|position| *position < 64)
        })
    }

    /// Whether it holds the value at this place, or one that asks for more.
    pub(crate) fn reaches(self, at: u16) -> bool {
        let one = self.at_value(at);
        !one.content().is_nothing() && self.covers(one)
    }

    /// Whether it is a time of which nobody can say when it is.
    pub(crate) fn is_unknown_time(self) -> bool {
        self.content() == Content::Time(None)
    }

    /// What it holds in words, given those for a value and for a time; `None` for nothing.
    pub(crate) fn in_words(
        self,
        value: impl FnMut(u16) -> String,
        time: impl FnOnce(Instant) -> String,
    ) -> Option<String> {
        match self.content() {
            Content::Value(None) | Content::Values(0) => None,
            Content::Value(_) | Content::Values(_) => Some(self.values().map(value).collect::<Vec<_>>().join(", ")),
            Content::Time(at) => at.map(time),
        }
    }

    /// The words with which a test expects a level or one that asks for more.
    pub(crate) fn or_more(self) -> &'static str {
        match self {
            Self::Earliest(_) => "by",
            Self::Highest(_) | Self::AllThatApply(_) | Self::Either(_) => "at least",
        }
    }
}

impl Content {
    /// Whether it holds nothing.
    pub fn is_nothing(self) -> bool {
        matches!(self, Self::Value(None) | Self::Values(0) | Self::Time(None))
    }
}

impl Outcomes {
    /// What each of two sets of outcomes reaches.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one.shared_with(*other)).collect())
    }

    /// The parts of other outcomes that these do not reach.
    #[must_use]
    pub fn lacks_of(&self, other: &Self) -> Effects {
        let pairs = (0u16..).map(OutcomeId).zip(self.0.iter().zip(&other.0));
        Effects(pairs.filter_map(|(id, (own, other))| Some((id, other.beyond(*own)?))).collect())
    }

    /// The level of one outcome.
    pub fn level(&self, outcome: OutcomeId) -> Option<Level> {
        self.0.get(outcome.index()).copied()
    }

    /// Raises each outcome to what the effects give it, or leaves it where it is higher.
    pub fn raise(&mut self, effects: &Effects) {
        effects.0.iter().for_each(|(outcome, level)| self.raise_one(*outcome, *level));
    }

    /// Raises one outcome to this level, or leaves it where it is higher.
    #[inline]
    pub fn raise_one(&mut self, outcome: OutcomeId, level: Level) {
        match (self.0.get_mut(outcome.index()), level) {
            // Most are of these two kinds.
            (Some(Level::Highest(one)), Level::Highest(two)) => *one = (*one).max(two),
            (Some(Level::AllThatApply(one)), Level::AllThatApply(two)) => *one |= two,
            (Some(slot), level) => slot.raise_by_other(level),
            (None, _) => {}
        }
    }

    /// Raises one outcome to the value at this place.
    pub(crate) fn raise_to_value(&mut self, outcome: OutcomeId, at: u16) {
        if let Some(level) = self.level(outcome) {
            self.raise_one(outcome, level.at_value(at));
        }
    }

    /// Whether a level would raise these outcomes.
    #[must_use]
    pub fn are_raised_by(&self, outcome: OutcomeId, level: Level) -> bool {
        self.level(outcome).is_some_and(|now| !now.covers(level))
    }

    /// The effects that would raise these outcomes, each at the level it would reach.
    #[must_use]
    pub fn raised_parts(&self, effects: &Effects) -> Effects {
        let mut after = self.clone();
        after.raise(effects);
        let pairs = (0u16..).zip(self.0.iter().zip(&after.0));
        Effects(pairs.filter(|(_, (old, new))| old != new).map(|(id, (_, new))| (OutcomeId(id), *new)).collect())
    }
}
