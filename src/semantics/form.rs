//! What every form of a question to a value says of itself: its truth, how time moves it, what it turns on, and its words.

use super::claim::Claim;
use super::comparison::Bound;
use super::marks::{FlagChange, Mark};
use super::monotonicity::Monotonicity;
use super::parameter::SettingId;
use super::subject::Subject;
use crate::model::{FactId, Truth, Value};
use crate::syntax::tree::{self, Measure, Verb, Word};
use crate::time::{Calendar, Date, Instant, Length, Zone};

/// One form of question, such as `is at least 3` or `has passed`. What it leaves out here is what most forms have.
///
/// A value that is not known is never asked: its answer is unknown whatever the form.
pub trait Form {
    /// The answer for a value that is known, where nothing else has a say in it.
    #[inline]
    fn of_value(&self, value: Value) -> Option<Truth> {
        of_none(value)
    }

    /// The answer for a value that is known, where [`Form::of_value`] gives none.
    fn truth<C: Context>(&self, _value: Value, _context: &C) -> Truth
    where
        Self: Sized,
    {
        Truth::Unknown
    }

    /// How time moves the answer.
    fn monotonicity(&self, _of: Subject) -> Monotonicity {
        Monotonicity::CONSTANT
    }

    /// How the answer moves as the value grows: more of a number, or a further flag.
    fn growth(&self) -> Monotonicity {
        Monotonicity::ANY
    }

    /// Everything that the value is compared with.
    fn marks(&self) -> Vec<Mark<'_>> {
        Vec::new()
    }

    /// The setting that each of its numbers and lengths is taken from.
    fn settings(&self) -> Vec<Option<SettingId>> {
        Vec::new()
    }

    /// The numbers of which the answer is yes, where these are one run.
    fn interval(&self) -> Option<(i64, i64)> {
        None
    }

    /// Whether trying its marks, and what lies beside them, shows every answer that it can give.
    fn is_settled_by_marks(&self) -> bool {
        false
    }

    /// What is to be otherwise about flags, whatever they are, so that it is answered so.
    fn flags_for(&self, _want: bool) -> Option<FlagChange> {
        None
    }

    /// What a yes, or where it is negated a no, says of the value.
    fn claim(&self, _negated: bool) -> Option<Claim> {
        None
    }

    /// Whether the answer is yes wherever that of another question of this form was, of which the parts are named in another
    /// vocabulary.
    fn covers(&self, narrow: &Self, _names: &dyn Names) -> bool
    where
        Self: Sized + PartialEq,
    {
        // Without a place in a vocabulary, the same is meant wherever the same is said.
        self == narrow
    }

    /// The same question in its simplest form.
    #[must_use]
    fn plain(&self) -> Self
    where
        Self: Sized + Clone,
    {
        self.clone()
    }

    /// The same question with the other times that it is compared with replaced; `None` where one has no replacement.
    fn replaced(&self, _with: &dyn Fn(Subject) -> Option<Subject>) -> Option<Self>
    where
        Self: Sized + Clone,
    {
        Some(self.clone())
    }

    /// The same question about calendars that stand at other places.
    #[must_use]
    fn with_calendars(&self, _place: &dyn Fn(usize) -> usize) -> Self
    where
        Self: Sized + Clone,
    {
        self.clone()
    }

    /// The question in the language.
    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate;
}

/// What is known not to exist gives a no to every question but whether it exists.
#[inline]
pub(super) fn of_none(value: Value) -> Option<Truth> {
    (value == Value::None).then_some(Truth::No)
}

/// What only an evaluation knows, about one row of a case at one moment.
pub trait Context {
    fn now(&self) -> Instant;

    fn zone(&self) -> &Zone;

    /// The calendar at a place.
    fn calendar(&self, place: usize) -> Option<&Calendar>;

    /// Notes that nobody can say which days are the calendar's.
    fn warn_of_calendar(&self, place: usize);

    /// The start of the span of this length that ends now.
    fn span_start(&self, length: Length) -> Instant;

    /// The end of the span of this length that begins now.
    fn span_end(&self, length: Length) -> Instant;

    /// Notes a moment at which the answer may change.
    fn may_change_at(&self, moment: Instant);

    /// Notes the moment at which a time leaves the span of this length that ends now.
    fn may_change_on_leaving(&self, time: Instant, length: Length);

    fn fact(&self, fact: FactId) -> Value;

    fn value(&self, subject: Subject) -> Value;

    fn text(&self, text: u32) -> &str;

    /// How many people, or other identities, a value names, each once; `None` of a value that is not known.
    fn identity_count(&self, value: Value) -> Option<i64>;

    /// Whether two values are one choice, or share somebody.
    fn share(&self, one: Value, other: Value) -> Truth;
}

/// How what is named in two vocabularies goes together: that of a wide question, and that of a narrow one.
pub trait Names {
    /// Whether the values at the narrow bits are all among those at the wide bits.
    fn among(&self, narrow: u64, wide: u64) -> bool;

    /// Whether the values at the wide bits are all among those at the narrow bits.
    fn contain(&self, wide: u64, narrow: u64) -> bool;

    /// The same bound in the wide vocabulary, where the value is the place of a choice.
    fn bound(&self, narrow: Bound) -> Option<Bound>;

    /// The same run of numbers in the wide vocabulary, where the value is the place of a choice.
    fn interval(&self, (from, to): (i64, i64)) -> Option<(i64, i64)> {
        let least = if from == i64::MIN { Some(Bound::AtLeast(from)) } else { self.bound(Bound::AtLeast(from)) };
        let most = if to == i64::MAX { Some(Bound::AtMost(to)) } else { self.bound(Bound::AtMost(to)) };
        match (least?, most?) {
            (Bound::AtLeast(from), Bound::AtMost(to)) => Some((from, to)),
            _ => None,
        }
    }

    /// Whether the wide calendar has every day that the narrow one has.
    fn skips_all_of(&self, wide: usize, narrow: usize) -> bool;

    /// Whether the wide calendar says that a day is none of its days wherever the narrow one says so.
    fn counts_all_of(&self, wide: usize, narrow: usize) -> bool;

    fn is_same_fact(&self, wide: FactId, narrow: FactId) -> bool;

    fn is_same_subject(&self, wide: Subject, narrow: Subject) -> bool;

    /// Whether a length never lasts longer than another, whatever moment both are counted from.
    fn never_longer(&self, one: Length, other: Length, passes_over_days: bool) -> bool;
}

/// Has the words for what a question is about.
pub trait Speaker {
    /// The values of a choice or of flags whose bits are set.
    fn values(&self, bits: u64) -> Vec<Word>;

    /// A number that the value is compared with, by what the number stands for.
    fn measure(&self, number: i64) -> Measure;

    fn subject(&self, subject: Subject) -> tree::Subject;

    fn fact(&self, fact: FactId) -> Word;

    fn calendar(&self, calendar: usize) -> Word;

    fn date(&self, time: Instant) -> Date;

    /// `flags include`, `need includes`.
    fn verb(&self) -> Verb;
}
