//! Conditions: what is asked of the call, of one record, or of how many records.

use super::label::LabelAt;
use super::line::*;
use crate::text::Span;
use crate::time::{Date, TimeOfDay, Weekday};

/// A whole number with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    pub value: i64,
    pub at: At,
}

/// A number, or the setting that holds it.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    Number(Number),
    Name(Word),
}

/// A length of time, or the setting that holds it.
#[derive(Clone, Debug, PartialEq)]
pub enum LengthRef {
    Length(LengthAt),
    Name(Word),
}

/// A time of day with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockAt {
    pub clock: TimeOfDay,
    pub at: At,
}

/// A time of day, or the setting that holds it.
#[derive(Clone, Debug, PartialEq)]
pub enum ClockRef {
    Clock(ClockAt),
    Name(Word),
}

impl ClockRef {
    pub fn at(&self) -> Span {
        match self {
            Self::Clock(clock) => clock.at.0,
            Self::Name(word) => word.at.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    AtLeast,
    AtMost,
    MoreThan,
    FewerThan,
    Exactly,
}

impl Comparison {
    pub fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::AtLeast => left >= right,
            Self::AtMost => left <= right,
            Self::MoreThan => left > right,
            Self::FewerThan => left < right,
            Self::Exactly => left == right,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Joiner {
    And,
    Or,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub kind: ConditionKind,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ConditionKind {
    Group {
        group: Group,
        items: Vec<Line<Condition>>,
    },
    /// Two or more on one line.
    Chain {
        joiner: Joiner,
        items: Vec<Condition>,
    },
    /// How many questions of a list are answered yes.
    Answers(Box<Answers>),
    Count(Box<Count>),
    Latest(Box<Latest>),
    Trend(Box<Trend>),
    Test(Box<Test>),
    Bare(Word),
}

impl ConditionKind {
    /// The records that it is about.
    pub fn of(&self) -> Option<&Selection> {
        match self {
            Self::Count(count) => Some(&count.of),
            Self::Latest(latest) => Some(&latest.of),
            Self::Trend(trend) => Some(&trend.of),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Group {
    All,
    Any,
    None,
    HowMany { comparison: Comparison, amount: Amount },
}

/// The questions of a list, or those of them that follow one another on it: `questions 4 to 11 of dash`.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionsOf {
    pub list: Word,
    pub range: Option<(LabelAt, LabelAt)>,
}

/// How many of some questions are answered yes: `at least 14 of dash are yes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Answers {
    /// `None` in a list of points, which are given for each of them.
    pub group: Option<Group>,
    pub of: QuestionsOf,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    pub quantifier: Quantifier,
    /// The field whose different values are counted.
    pub different: Option<Word>,
    pub of: Selection,
    pub follow: Option<Follow>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Quantifier {
    Any,
    No,
    HowMany { comparison: Comparison, amount: Amount },
}

/// Some of the records of a kind or group.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    pub noun: Word,
    pub scopes: Vec<Scope>,
    /// Tests, or groups of tests.
    pub filter: Option<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    InForce(At),
    /// `by the same caller`
    Same {
        preposition: String,
        name: Word,
    },
    /// `by that caller`: the first record's
    That {
        preposition: String,
        name: Word,
    },
    Within(LengthRef),
    SinceDate(Date, At),
    SinceMidnight(At),
    SinceRecord {
        first: bool,
        noun: Word,
        links: Vec<(String, Word)>,
    },
    CountingThis(At),
    NotCountingThis(At),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    pub negated: bool,
    pub within: LengthRef,
    pub by: Selection,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Latest {
    pub first: bool,
    pub of: Selection,
    /// A test or a chain of tests.
    pub test: Condition,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    pub of: Selection,
    pub is: TrendIs,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TrendIs {
    /// `the last 3 … are coming closer together`
    Converging { last: Amount },
    /// `the gap since the latest … is shorter than the gap before it`
    GapShrinking,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Whether it is taken to be so while nobody has answered: `or not answered`.
    pub or_not_answered: bool,
    pub subject: Subject,
    pub predicate: Predicate,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A fact of the call, or inside a filter a field of the record.
    Own(Word),
    ThisCalls(Word),
    ThisCall(At),
    It(At),
    /// `order's kind`
    Through {
        link: Word,
        field: Word,
    },
}

/// Whether the author wrote `include` or `includes`, which the formatter keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Plural,
    Singular,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    Is { not: bool, word: Word },
    OneOf { not: bool, words: Vec<Word> },
    Compare { comparison: Comparison, with: Measure, ago: bool },
    Range(Box<Range>),
    Within(LengthRef),
    WithinNext(LengthRef),
    Moment { relation: Relation, moment: Moment },
    Apart(Box<Apart>),
    SameDay { not: bool, other: Subject },
    Clock { not: bool, from: ClockRef, to: ClockRef, end: ClockEnd },
    Weekend { not: bool },
    Weekday { not: bool, days: Vec<Weekday> },
    Calendar { not: bool, name: Word },
    Same { not: bool, fact: Word },
    InForce { not: bool },
    Include { all: bool, words: Vec<Word>, verb: Verb },
    Exclude { words: Vec<Word>, verb: Verb },
    IncludeHowMany(Box<IncludeHowMany>),
    Mention { texts: Vec<Text>, verb: Verb },
    HasPassed,
    StillToCome,
}

/// How many there are in a list, or how many of some values: `include at least 2 of domestic, stalking and honour-based`.
#[derive(Clone, Debug, PartialEq)]
pub struct IncludeHowMany {
    pub comparison: Comparison,
    pub amount: Amount,
    /// None where all values that there are count.
    pub of: Option<Vec<Word>>,
    pub verb: Verb,
    /// All of it, from `include` on.
    pub at: At,
}

/// From one number to another, both in: `from 10 to 13`.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    pub not: bool,
    pub from: Measure,
    pub to: Measure,
    /// All of it, from `is` on.
    pub at: At,
}

/// How far a time lies from another: `within 3 days after order-made, counting its day`.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    /// `None` for `within`.
    pub comparison: Option<Comparison>,
    pub length: Measure,
    pub side: Side,
    pub other: Subject,
    /// Where it is reckoned in whole days.
    pub first_day: Option<FirstDay>,
    /// The days that are passed over.
    pub calendar: Option<Word>,
}

/// On which side of another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Before,
    After,
}

/// Whether the day of the time that is counted from is itself the first that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FirstDay {
    Counted,
    NotCounted,
}

/// Whether the time of day at which a range ends is part of it: `between 22:00 and 06:00`, `from 22:00 until before 06:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClockEnd {
    In,
    Out,
}

/// What a fact is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    Length(LengthAt),
    Amount(Amount),
}

impl Measure {
    pub fn at(&self) -> Span {
        match self {
            Self::Length(length) => length.at.0,
            Self::Amount(Amount::Number(number)) => number.at.0,
            Self::Amount(Amount::Name(word)) => word.at.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    Before,
    After,
    On,
    OnOrBefore,
    OnOrAfter,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    Date(Date, At),
    Subject(Subject),
}
