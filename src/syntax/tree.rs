//! The syntax tree: what a file says, line by line, before anybody asks what its words mean.

pub use super::asked::{Ask, CallLine, CalledLine, Party};
use crate::text::Span;
use crate::time::{Clock, Date, Length, Weekday};

/// A place that takes no part in comparisons: two trees are equal when they say the same.
#[derive(Clone, Copy, Debug, Eq)]
pub struct At(pub Span);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A name as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub at: At,
}

/// A quoted text, its runs of white space made single spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub value: String,
    pub at: At,
}

/// One line with the comments that belong to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<T> {
    pub node: T,
    pub at: At,
    pub comments: Comments,
}

/// Stands among the comments above a line at the margin for a line that is empty.
pub const BLANK_LINE: &str = "\n";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// Lines of their own above the line; at the margin also [`BLANK_LINE`].
    pub above: Vec<String>,
    /// At the end of the line.
    pub beside: Option<String>,
    /// Lines of their own below the line and all that lies under it, deeper than it is.
    pub under: Vec<String>,
    /// Lines of their own below those, at the margin of the line, where the next line stands further out.
    pub after: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    pub items: Vec<Line<Item>>,
    /// Comments after the last line.
    pub closing: Vec<String>,
    pub unread: Unread,
}

/// What was lost with the lines that could not be read and were reported, so that nobody is told that it is missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unread {
    /// The words that the lost lines began with, each with the place of its heading; and an empty word for
    /// every heading that has something wrong anywhere under it.
    pub lines: Vec<(At, String)>,
    /// The names that they declared.
    pub names: Vec<String>,
    /// The first line is lost, which says what the file belongs to.
    pub header: bool,
}

/// A heading with the lines under it.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Vocabulary(VocabularyHeader),
    Policy(PolicyHeader),
    PartOfVocabulary(Text),
    PartOfPolicy(Text),
    Call(CallItem),
    Record(Box<RecordItem>),
    Outcome(Box<OutcomeItem>),
    Calendar(CalendarItem),
    Setting(Box<SettingItem>),
    Definition(Box<DefinitionItem>),
    Score(ScoreItem),
    Rule(RuleItem),
    Addition(AdditionItem),
    Suspension(SuspensionItem),
}

#[derive(Clone, Debug, PartialEq)]
pub struct VocabularyHeader {
    pub name: Text,
    pub lines: Vec<Line<VocabularyLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum VocabularyLine {
    Help(Text),
    Identities(Vec<Word>),
    Extends(Text),
}

#[derive(Clone, Debug, PartialEq)]
pub struct PolicyHeader {
    pub name: Text,
    pub lines: Vec<Line<PolicyLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PolicyLine {
    Help(Text),
    Vocabulary(Text),
    TimeZone(Word),
    Tailors(Text),
    Set { setting: Word, value: Quantity },
    IsCalled { outcome: Word, value: Word, label: Text },
}

#[derive(Clone, Debug, PartialEq)]
pub struct CallItem {
    pub help: Option<Text>,
    pub lines: Vec<Line<CallLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FactLine {
    pub name: Word,
    pub ty: Type,
    pub help: Option<Text>,
    pub ask: Option<Ask>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    YesNo,
    OneOf {
        values: Vec<Word>,
        rising: bool,
    },
    AnyOf(Vec<Word>),
    Number(Option<(Number, Number)>),
    Duration,
    Time {
        or_none: bool,
    },
    Text,
    Identity(Word),
    Identities(Word),
    Link(Word),
    /// More values for a fact or field that has a list of them already.
    Also(Vec<Word>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct RecordItem {
    pub name: Word,
    pub plural: Option<Word>,
    pub help: Option<Text>,
    pub lines: Vec<Line<RecordLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RecordLine {
    Field(FactLine),
    IsCalled(CalledLine),
    Asked(Ask),
    KeptFor(LengthAt),
    InForce { from: Word, until: Vec<Word> },
}

/// A written length of time with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LengthAt {
    pub length: Length,
    pub at: At,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeItem {
    pub name: Word,
    pub kind: OutcomeKind,
    pub help: Option<Text>,
    pub lines: Vec<Line<OutcomeLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OutcomeKind {
    HighestOf(Vec<Word>),
    AllThatApplyOf(Vec<Word>),
    EarliestTime,
    Either {
        one: Word,
        other: Word,
        winner: Word,
    },
    /// More values for an outcome that has a list of them already.
    AlsoOf(Vec<Word>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum OutcomeLine {
    Help(Text),
    WrittenAs(Text),
    NeverBelow(Word),
    /// What it names is for them: to be asked, looked up or told.
    For(Party),
    IsCalled {
        value: Word,
        words: Text,
    },
    /// The value says what must not be done.
    Warns {
        value: Word,
        words: Text,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct CalendarItem {
    pub name: Word,
    pub help: Option<Text>,
    pub lines: Vec<Line<CalendarLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CalendarLine {
    SkipsWeekday(Weekday),
    SkipsYearly { day: Number, month: u8, label: Option<Text> },
    SkipsDate { date: Date, label: Option<Text> },
    Complete { from: Date, to: Date },
}

#[derive(Clone, Debug, PartialEq)]
pub struct SettingItem {
    pub name: Word,
    pub value: Quantity,
    pub range: Option<(Quantity, Quantity)>,
    pub never: Option<Never>,
    pub help: Option<Text>,
}

/// In which direction a policy built on this one may not move a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {
    Raised,
    Lowered,
}

/// The value of a setting, or an end of its range.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    Length(LengthAt),
    Number { number: Number, unit: Option<Word> },
    Word(Word),
}

#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionItem {
    pub name: Word,
    pub plural: Option<Word>,
    pub meaning: Meaning,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    Condition(Condition),
    Records(Selection),
}

#[derive(Clone, Debug, PartialEq)]
pub struct ScoreItem {
    pub name: Word,
    pub title: Option<Text>,
    pub lines: Vec<Line<ScoreLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ScoreLine {
    Help(Text),
    Points(Vec<Line<Points>>),
    Bands(Vec<Line<Band>>),
    CountUnansweredAsYes,
    Source(Text),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    pub points: Amount,
    pub when: Condition,
}

/// `from` to `to`, both in; open at the top without `to`.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub from: Number,
    pub to: Option<Number>,
    pub name: Word,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RuleItem {
    pub name: Word,
    pub title: Option<Text>,
    pub lines: Vec<Line<RuleLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AdditionItem {
    pub rule: Word,
    pub lines: Vec<Line<RuleLine>>,
}

/// A rule of a base that a force leaves without effect for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct SuspensionItem {
    pub rule: Word,
    pub from: Option<Date>,
    pub until: Date,
    pub lines: Vec<Line<SuspensionLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SuspensionLine {
    Help(Text),
    Because(Text),
    Owner(Text),
}

#[derive(Clone, Debug, PartialEq)]
pub enum RuleLine {
    Help(Text),
    InForce { from: Option<Date>, until: Option<Date> },
    OnTrial,
    MayBeSuspended,
    When(Condition),
    AppliesUnlessKnownOtherwise,
    Then(Vec<Line<Effect>>),
    Because(Text),
    Source(Text),
}

/// `refer to da-specialist, supervisor`: the words before the value, and the value.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    pub phrase: Text,
    pub value: EffectValue,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EffectValue {
    Words(Vec<Word>),
    Deadline { length: LengthRef, after: Moment, calendar: Option<Word> },
}

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
    Count(Box<Count>),
    Latest(Box<Latest>),
    Closer(Box<Closer>),
    Gap(Box<Selection>),
    Test(Box<Test>),
    Bare(Word),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Group {
    All,
    Any,
    None,
    HowMany { comparison: Comparison, amount: Amount },
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
pub struct Closer {
    pub last: Amount,
    pub of: Selection,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Test {
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
    Within(LengthRef),
    WithinNext(LengthRef),
    Moment { relation: Relation, moment: Moment },
    Clock { not: bool, from: Clock, to: Clock },
    Weekend { not: bool },
    Weekday { not: bool, days: Vec<Weekday> },
    Calendar { not: bool, name: Word },
    Same { not: bool, fact: Word },
    InForce { not: bool },
    Include { all: bool, words: Vec<Word>, verb: Verb },
    Exclude { words: Vec<Word>, verb: Verb },
    Mention { texts: Vec<Text>, verb: Verb },
    HasPassed,
    StillToCome,
}

/// What a fact is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    Length(LengthAt),
    Amount(Amount),
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
