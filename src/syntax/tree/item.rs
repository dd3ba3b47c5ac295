//! Headings and the lines under them.

use super::condition::*;
use super::label::LabelAt;
use super::line::*;
use crate::time::{Date, Weekday};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    pub items: Vec<Line<Item>>,
    /// Comments after the last line.
    pub closing: Vec<String>,
    pub unread: Unparsed,
}

/// What was lost with the lines that could not be read and were reported, so that nobody is told that it is missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unparsed {
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
    Questions(Box<QuestionsItem>),
    Record(Box<RecordItem>),
    Outcome(Box<OutcomeItem>),
    Calendar(CalendarItem),
    Setting(Box<SettingItem>),
    Definition(Box<DefinitionItem>),
    Score(ScoreItem),
    Table(TableItem),
    Rule(RuleItem),
    Addition(AdditionItem),
    Suspension(SuspensionItem),
    Acceptance(Box<AcceptanceItem>),
    Invariant(InvariantItem),
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
pub enum CallLine {
    Fact(FactLine),
    IsCalled(CalledLine),
    /// The call may be overheard when the fact has one of these values.
    MayBeOverheard {
        fact: Word,
        values: Vec<Word>,
    },
}

/// The words for a value of a fact or field.
#[derive(Clone, Debug, PartialEq)]
pub struct CalledLine {
    pub of: Word,
    pub value: Word,
    pub words: Text,
}

/// Whom a question is for, or what is asked of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The person who calls.
    Caller,
    /// Whoever looks it up in what the control room holds.
    LookUp,
    /// The officer who attends.
    Officer,
}

/// The question that settles a fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub of: Party,
    pub text: Text,
    pub safe_if_overheard: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FactLine {
    pub name: Word,
    pub ty: Type,
    pub help: Option<Text>,
    pub ask: Option<Ask>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct QuestionsItem {
    pub name: Word,
    /// What people call the form.
    pub title: Option<Text>,
    pub lines: Vec<Line<QuestionsLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum QuestionsLine {
    /// Whom all of them are put to that do not say otherwise.
    For(Party),
    Question(Box<QuestionLine>),
}

/// A question, which is a yes-or-no fact of the call.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionLine {
    pub label: LabelAt,
    pub name: Word,
    /// Its words on the form.
    pub text: Text,
    pub safe_if_overheard: bool,
    /// How it is put, where that is otherwise than the form has it.
    pub ask: Option<Ask>,
}

impl QuestionsItem {
    /// Its questions, without the other lines.
    pub fn questions(&self) -> impl Iterator<Item = &QuestionLine> {
        self.lines.iter().filter_map(|line| match &line.node {
            QuestionsLine::Question(question) => Some(&**question),
            QuestionsLine::For(_) => None,
        })
    }
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
    InForce {
        from: Word,
        until: Vec<Word>,
    },
    /// The record is of a decision, and this field of it names the rules that applied.
    NamesRules(Word),
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
    HighestNumber {
        from: Number,
        to: Number,
    },
    LowestNumber {
        from: Number,
        to: Number,
    },
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
    /// What is said of it where no rule applies.
    Says(Text),
    /// A rule that has spoken may be silent about it for a time.
    MayBeQuiet,
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
    pub range: Option<SettingRange>,
    pub never: Option<Never>,
    pub help: Option<Text>,
}

/// What a policy may set a setting to.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingRange {
    FromTo(Quantity, Quantity),
    /// `one of court-days and bank-holidays`
    OneOf(Vec<Word>),
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
    Clock(ClockAt),
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

#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub from: Amount,
    pub end: BandEnd,
    pub name: Word,
}

/// The last sum in a band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BandEnd {
    At(Number),
    /// `or more`
    Open,
    /// The one before that with which the next band begins.
    BeforeTheNext,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TableItem {
    pub name: Word,
    /// The fact of the call or the score by which it is looked up.
    pub by: Word,
    pub title: Option<Text>,
    pub lines: Vec<Line<TableLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TableLine {
    Help(Text),
    Gives(Vec<Line<TableRow>>),
    Source(Text),
}

#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    pub when: RowKey,
    pub gives: Amount,
}

/// What a row of a table is for.
#[derive(Clone, Debug, PartialEq)]
pub enum RowKey {
    /// `from` to `to`, both in; open at the top without `to`.
    Numbers {
        from: Number,
        to: Option<Number>,
    },
    Values(Vec<Word>),
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
    pub lines: Vec<Line<GroundsLine>>,
}

/// A warning of `check` that a policy has looked at and lets stand for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptanceItem {
    /// The kind of warning.
    pub warning: Word,
    /// What it is about; of a field, the record that has it.
    pub record: Option<Word>,
    pub name: Word,
    pub until: Date,
    pub lines: Vec<Line<GroundsLine>>,
}

impl AcceptanceItem {
    /// The kind of warning, and what it is about: what nothing else of a policy accepts.
    pub fn accepted(&self) -> String {
        format!("{} for {}", self.warning.text, self.about())
    }

    /// What the warning is about, as it is written: `repeat-calls`, or `order's kind`.
    pub fn about(&self) -> String {
        self.record.iter().map(|record| format!("{}'s ", record.text)).collect::<String>() + &self.name.text
    }
}

/// What a policy states of every decision.
#[derive(Clone, Debug, PartialEq)]
pub struct InvariantItem {
    pub name: Word,
    pub title: Option<Text>,
    pub lines: Vec<Line<InvariantLine>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum InvariantLine {
    Help(Text),
    Whenever(Condition),
    /// What each decision then gives at least.
    Then(Vec<Line<Effect>>),
    /// What no decision then gives.
    Never(Vec<Line<Effect>>),
    Source(Text),
}

/// Why something is done, and who answers for it.
#[derive(Clone, Debug, PartialEq)]
pub enum GroundsLine {
    Help(Text),
    Because(Text),
    Owner(Text),
}

#[derive(Clone, Debug, PartialEq)]
pub enum RuleLine {
    Help(Text),
    InForce {
        from: Option<Date>,
        until: Option<Date>,
        /// A time of the call by whose day it is; none for the call's own.
        by: Option<Word>,
    },
    OnTrial,
    MayBeSuspended,
    /// A policy built on its own may add to the ways in which it applies.
    MayBeWidened,
    When(Condition),
    /// Another way in which a rule of a base applies.
    AlsoWhen(Condition),
    AppliesUnlessKnownOtherwise,
    NotAgain(NotAgain),
    Then(Vec<Line<Effect>>),
    Because(Text),
    Source(Text),
}

/// `not again within 24 hours about the same victim`
#[derive(Clone, Debug, PartialEq)]
pub struct NotAgain {
    pub within: LengthRef,
    /// What a decision must share with the call, each with its preposition.
    pub links: Vec<(String, Word)>,
    pub at: At,
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
    Deadline(Deadline),
}

/// `40 minutes after this call`, `the end of the day 2 days after order-made, not counting court-days`
#[derive(Clone, Debug, PartialEq)]
pub struct Deadline {
    /// `None` for the end of the day of the moment itself.
    pub length: Option<LengthRef>,
    pub after: Moment,
    pub calendar: Option<Word>,
    /// Whether it lasts to the end of the day.
    pub end_of_day: bool,
}
