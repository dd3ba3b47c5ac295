//! Levels of outcomes -> what two give together, which asks for more, what one holds.
//!
//! A level knows of what kind it is, and nothing of what is declared of its outcome: that is for `outcome.rs`.

use super::ids::OutcomeId;
use crate::time::Instant;

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
    /// No number yet, or this one, and the higher asks for more.
    HighestNumber(Option<i32>),
    /// No number yet, or this one, and the lower asks for more.
    LowestNumber(Option<i32>),
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
    /// A number, if there is one.
    Number(Option<i64>),
}

/// One level for each outcome of the vocabulary, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes(pub Vec<Level>);

/// Part of an outcome: what a rule adds, or what an answer would raise it to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects(pub Vec<(OutcomeId, Level)>);

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
            Self::HighestNumber(_) => Self::HighestNumber(None),
            Self::LowestNumber(_) => Self::LowestNumber(None),
        }
    }

    /// The level of the same kind that holds the value at this place.
    #[must_use]
    pub(crate) fn at_value(self, at: u16) -> Self {
        match self {
            Self::Highest(_) => Self::Highest(at),
            Self::AllThatApply(_) => Self::AllThatApply(1u64.checked_shl(u32::from(at)).unwrap_or(0)),
            Self::Either(_) => Self::Either(Some(at)),
            Self::Earliest(_) | Self::HighestNumber(_) | Self::LowestNumber(_) => self.least(),
        }
    }

    /// The level of the same kind that holds this number. What is declared of an outcome keeps its numbers far from the ends.
    #[must_use]
    pub(crate) fn at_number(self, number: i64) -> Self {
        let end = if number < 0 { i32::MIN } else { i32::MAX };
        let number = Some(i32::try_from(number).unwrap_or(end));
        match self {
            Self::HighestNumber(_) => Self::HighestNumber(number),
            Self::LowestNumber(_) => Self::LowestNumber(number),
            Self::Highest(_) | Self::AllThatApply(_) | Self::Earliest(_) | Self::Either(_) => self.least(),
        }
    }

    /// Of what lies between two numbers, those that ask for least and for most.
    pub(crate) fn ends_of(self, (least, most): (i64, i64)) -> (Self, Self) {
        match self {
            Self::LowestNumber(_) => (self.at_number(most), self.at_number(least)),
            _ => (self.at_number(least), self.at_number(most)),
        }
    }

    /// The level of the same kind that holds this time; for `None` some time, and nobody can say which.
    #[must_use]
    pub(crate) fn at_time(self, at: Option<Instant>) -> Self {
        match self {
            Self::Earliest(_) => Self::Earliest(at),
            _ => self.least(),
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
            (Self::HighestNumber(one), Self::HighestNumber(two)) => Self::HighestNumber(one.max(two)),
            (Self::LowestNumber(Some(one)), Self::LowestNumber(Some(two))) => Self::LowestNumber(Some(one.min(two))),
            (Self::LowestNumber(one), Self::LowestNumber(two)) => Self::LowestNumber(one.or(two)),
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
            (Self::HighestNumber(one), Self::HighestNumber(two)) => Self::HighestNumber(one.min(two)),
            (Self::LowestNumber(Some(one)), Self::LowestNumber(Some(two))) => Self::LowestNumber(Some(one.max(two))),
            (Self::LowestNumber(_), Self::LowestNumber(_)) => Self::LowestNumber(None),
            (level, _) => level,
        }
    }

    /// Whether it gives all that another does.
    pub fn covers(self, other: Self) -> bool {
        self.raised_by(other) == self
    }

    /// Whether a demand for another level is met: that it is reached, and of two sides that it is this one.
    pub fn meets(self, demanded: Self) -> bool {
        if self.is_side() { self == demanded } else { self.covers(demanded) }
    }

    /// Whether it holds what is barred: any value of a list, the very side of two, and of all else as much or more.
    pub fn holds(self, barred: Self) -> bool {
        match (self, barred) {
            (Self::AllThatApply(one), Self::AllThatApply(barred)) => one & barred != 0,
            (one, barred) => one.meets(barred),
        }
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
            Self::HighestNumber(at) => at.map_or(0, |at| i64::from(at) - i64::from(i32::MIN) + 1),
            Self::LowestNumber(at) => at.map_or(0, |at| i64::from(i32::MAX) - i64::from(at) + 1),
        }
    }

    /// A number for a level's time or number, if it has one: the lower, the more is asked for.
    pub(crate) fn rank(self) -> Option<i64> {
        match self {
            Self::Earliest(at) => at.map(|at| at.0),
            Self::HighestNumber(at) => at.map(|at| -i64::from(at)),
            Self::LowestNumber(at) => at.map(i64::from),
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
            Self::HighestNumber(at) | Self::LowestNumber(at) => Content::Number(at.map(i64::from)),
        }
    }

    /// The places of the values that it holds, lowest first.
    pub fn values(self) -> impl Iterator<Item = u16> {
        let mut left = match self.content() {
            Content::Value(at) => at.and_then(|at| 1u64.checked_shl(u32::from(at))).unwrap_or(0),
            Content::Values(bits) => bits,
            Content::Time(_) | Content::Number(_) => 0,
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
            Content::Number(at) => at.map(|number| number.to_string()),
        }
    }

    /// The words with which a test expects a level or one that asks for more.
    pub(crate) fn or_more(self) -> &'static str {
        match self {
            Self::Earliest(_) => "by",
            Self::LowestNumber(_) => "at most",
            Self::Highest(_) | Self::AllThatApply(_) | Self::Either(_) | Self::HighestNumber(_) => "at least",
        }
    }
}

impl Content {
    /// Whether it holds nothing.
    pub fn is_nothing(self) -> bool {
        matches!(self, Self::Value(None) | Self::Values(0) | Self::Time(None) | Self::Number(None))
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
