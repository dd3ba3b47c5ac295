//! The typed policy: every name resolved, every setting at its value, every rule known to make sense.

use crate::model::{FactId, Field, FieldId, Level, OutcomeId, RecordId, Vocabulary};
use crate::semantics::predicates::{Day, Include, Moment, Same};
use crate::semantics::{
    Band, Condition, Count, DefinitionId, FigureSource, Parameter, Row, ScoreId, Selection, Subject, SurfaceForm,
    TableId, Test,
};
use crate::syntax::tree::{Comparison, Never, Relation};
use crate::text::{Code, Span};
use crate::time::{Calendar, Date, Instant, Length, TimeOfDay, Zone};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// What a force decides by: its base's rules and its own, under its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub name: String,
    /// The policies it is built on, itself last.
    pub chain: Vec<String>,
    pub vocabulary: Vocabulary,
    pub zone: Zone,
    pub settings: Vec<Setting>,
    pub definitions: Vec<Definition>,
    pub groups: Vec<RecordGroup>,
    pub scores: Vec<Score>,
    pub tables: Vec<Table>,
    pub calendars: Vec<NamedCalendar>,
    /// By name.
    pub rules: Vec<Rule>,
    /// What it and its bases state of every decision, by name.
    pub invariants: Vec<Invariant>,
    /// The warnings that it and its bases accept for a time.
    pub acceptances: Vec<Acceptance>,
    /// The force's own words for values of outcomes.
    pub called: Vec<(OutcomeId, u16, String)>,
    /// The fact of the call that stands for each field of the `call` record, where this call is counted.
    pub call_fields: Vec<Option<FactId>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NamedCalendar {
    pub name: String,
    pub help: String,
    pub calendar: Calendar,
}

/// A named number with its value in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub name: String,
    pub help: String,
    pub value: SettingValue,
    pub range: Option<SettingRange>,
    /// In which direction a policy built on the one that declares it may not move it.
    pub never: Option<Never>,
    /// Every value that it was given, the policy's that declares it first and the one in force last.
    pub given: Vec<Given>,
}

/// What a policy may set a setting to.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingRange {
    FromTo(SettingValue, SettingValue),
    /// These calendars, by name. Calendars have no order.
    OneOf(Vec<String>),
}

/// A value that a policy gave a setting, and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub policy: String,
    pub value: SettingValue,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    Number {
        number: i64,
        unit: Option<String>,
    },
    Length(Length),
    /// A time of day.
    Clock(TimeOfDay),
    /// A value of an outcome or choice.
    Word(String),
    /// A calendar, by name.
    Calendar(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub name: String,
    pub condition: Condition,
    /// The policy that wrote it.
    pub policy: String,
    pub at: Span,
}

/// Records of a kind that have a name of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordGroup {
    pub name: String,
    pub plural: String,
    pub of: Selection,
    /// The policy that wrote it.
    pub policy: String,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    pub name: String,
    pub title: String,
    /// As they are written: what is added when.
    pub points: Vec<(Parameter<i64>, Condition)>,
    /// How many of the points each line of the list gives, in the order of the lines.
    pub lines: Vec<usize>,
    /// The points that hang on the same answers, by their places: of these not all may be given together.
    pub together: Vec<Vec<usize>>,
    /// What comes to the same in parts that do not exclude one another.
    pub steps: Vec<(Parameter<i64>, Condition)>,
    /// The least and the most that it can come to.
    pub reach: (i64, i64),
    pub bands: Vec<Band>,
    pub unanswered_as_yes: bool,
    pub sources: Vec<String>,
    /// The policy that wrote it.
    pub policy: String,
    pub at: Span,
}

impl Score {
    /// The points line by line, as they were written.
    pub fn by_line(&self) -> impl Iterator<Item = &[(Parameter<i64>, Condition)]> {
        let mut rest = self.points.as_slice();
        self.lines.iter().map_while(move |count| {
            let (own, others) = rest.split_at_checked(*count)?;
            rest = others;
            Some(own)
        })
    }
}

/// Numbers that are looked up by a fact of the call or a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub name: String,
    pub title: String,
    /// Never a table.
    pub by: FigureSource,
    /// In rising order, every possible value in one of them; of a choice each value in a row of its own.
    pub rows: Vec<Row>,
    pub sources: Vec<String>,
    /// The policy that wrote it.
    pub policy: String,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for a line that a rule has or has not, whatever others it has"
)]
pub struct Rule {
    pub name: String,
    pub title: Arc<str>,
    /// Once it is widened, any of the condition that it was written with and of those that were added.
    pub when: Condition,
    /// Applies also when its condition is unknown.
    pub presumed: bool,
    /// The first and the last second at which it is in force, by the call's time.
    pub from: Option<Instant>,
    pub until: Option<Instant>,
    /// The days of some other time for which it is in force. Each way in which it applies asks for them after what is its own.
    pub dated: Option<Dated>,
    pub trial: bool,
    /// Whether a policy built on its own may suspend it.
    pub may_be_suspended: bool,
    /// Whether a policy built on its own may add to the ways in which it applies.
    pub may_be_widened: bool,
    pub suspension: Option<Box<Suspension>>,
    /// That it does not speak again for a time. Each way in which it applies asks for that last.
    pub quiet: Option<Box<QuietPeriod>>,
    /// Its own first, then what each of `additions` adds.
    pub effects: Arc<[Effect]>,
    pub additions: Vec<Addition>,
    pub because: Vec<ReasonPart>,
    pub sources: Vec<Arc<str>>,
    /// The policy that wrote it.
    pub policy: Arc<str>,
    pub at: Span,
}

/// For which days of a time among the facts of the call a rule is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    pub by: FactId,
    /// The first and the last day, each by its first and its last second.
    pub from: Option<(Instant, Instant)>,
    pub until: Option<(Instant, Instant)>,
}

/// That a rule does not speak again while a decision by which it spoke, about the same, is so recent.
#[derive(Clone, Debug, PartialEq)]
pub struct QuietPeriod {
    /// The kind of record that is of decisions.
    pub record: RecordId,
    /// The field that names the rules that applied, and the bit of this rule in it.
    pub rules: FieldId,
    pub flag: u64,
    pub within: Parameter<Length>,
    /// What such a decision shares with the call.
    pub links: Vec<QuietLink>,
    pub at: Span,
}

/// `about the same victim`, of a decision
#[derive(Clone, Debug, PartialEq)]
pub struct QuietLink {
    pub preposition: String,
    pub field: FieldId,
    pub fact: FactId,
}

/// What a policy adds to a rule of its base.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    pub policy: String,
    /// Which of the ways in which the rule applies it adds, if it adds one; the reason that it gives is then the reason of that way.
    pub way: Option<usize>,
    /// Which of the rule's effects it adds, and which pieces of its reason and which of its sources.
    pub effects: Range<usize>,
    pub because: Range<usize>,
    pub sources: Range<usize>,
    pub at: Span,
}

/// That a rule is without effect for a time, by whose word and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspension {
    pub policy: String,
    /// The first second, if it is not from the beginning, and the last, by the call's time.
    pub from: Option<Instant>,
    pub until: Instant,
    pub reason: String,
    pub owner: String,
    pub at: Span,
}

/// That a warning of `check` is accepted for a time, by whose word and why. It takes no part in any decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    pub policy: String,
    /// The kind of warning.
    pub warning: Code,
    /// The name under whose heading it is told.
    pub about: String,
    /// The last second of the time.
    pub until: Instant,
    pub reason: String,
    pub owner: String,
    pub at: Span,
}

/// What a policy states of every decision. It takes no part in any.
#[derive(Clone, Debug, PartialEq)]
pub struct Invariant {
    pub name: String,
    pub title: String,
    /// Where it bears: wherever a rule with this condition would apply.
    pub condition: Condition,
    pub modality: Modality,
    /// All of what is certain there, or nothing that is possible there. Of what never is, each is an [`Effect::Raise`].
    pub demands: Vec<Effect>,
    pub sources: Vec<String>,
    /// The policy that wrote it.
    pub policy: String,
    pub at: Span,
}

/// Whether something is demanded of every decision, or barred from each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modality {
    Always,
    Never,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Raise {
        outcome: OutcomeId,
        level: Level,
    },
    /// To the value that a fact of the call has.
    RaiseTo {
        outcome: OutcomeId,
        fact: FactId,
    },
    /// To the number that a fact of the call or a score comes to, or that a table gives.
    Figure {
        outcome: OutcomeId,
        of: FigureSource,
    },
    /// A time, `length` after a moment, passing over the days of a calendar.
    Deadline {
        outcome: OutcomeId,
        length: Length,
        after: Subject,
        calendar: Option<usize>,
        /// Whether it is counted in whole days, and lasts to the end of the last of them.
        end_of_day: bool,
    },
}

impl Effect {
    /// The outcome that it adds to.
    pub fn outcome(&self) -> OutcomeId {
        match self {
            Self::Raise { outcome, .. }
            | Self::RaiseTo { outcome, .. }
            | Self::Figure { outcome, .. }
            | Self::Deadline { outcome, .. } => *outcome,
        }
    }
}

/// A piece of a reason, filled in when it is given.
#[derive(Clone, Debug, PartialEq)]
pub enum ReasonPart {
    Text(Arc<str>),
    /// How many were counted; with the words for one and for more, if they are given.
    Count(Count, Option<Arc<(String, String)>>),
    /// The ids of those counted.
    Ids(Count),
    /// When the latest of those counted was.
    Latest(Count),
    /// What a field of the latest of those counted holds.
    Field(Count, FieldId),
    Fact(FactId),
    /// How many of these questions are answered yes; with the words for one and for more, if they are given.
    Answers(Arc<[FactId]>, Option<Arc<(String, String)>>),
    Score(ScoreId),
}

impl Setting {
    /// The policy that gave it the value in force.
    pub fn set_by(&self) -> &str {
        self.given.last().map_or("", |given| given.policy.as_str())
    }

    /// `from 2 to 4 calls`: the values that a policy may choose from.
    pub fn range_in_words(&self) -> Option<String> {
        self.range.as_ref().map(|range| match range {
            SettingRange::FromTo(from, to) => super::settings::range_in_words(from, to),
            SettingRange::OneOf(names) => format!("one of {}", crate::text::spoken(names, "and")),
        })
    }
}

impl Rule {
    /// The ways in which it applies: the one that it was written with, then those that were added.
    pub fn ways(&self) -> &[Condition] {
        match &self.when {
            Condition::Any(ways) if self.additions.iter().any(|addition| addition.way.is_some()) => ways,
            only => std::slice::from_ref(only),
        }
    }

    /// A way in which it applies, on the days for which it is in force, and not again within its quiet period.
    pub(super) fn limited(&self, way: Condition) -> Condition {
        let way = match self.dated {
            Some(dated) => with_parts(way, dated.tests()),
            None => way,
        };
        match &self.quiet {
            Some(quiet) => with_parts(way, std::iter::once(quiet.condition())),
            None => way,
        }
    }

    /// One of its ways as it was written, without the days for which it is in force and its quiet period.
    pub fn written<'w>(&self, way: &'w Condition) -> Cow<'w, Condition> {
        let tests = self.dated.map_or(0, |dated| dated.tests().count()) + usize::from(self.quiet.is_some());
        match way {
            Condition::All(parts) if tests > 0 => match parts.get(..parts.len().saturating_sub(tests)) {
                Some([only]) => Cow::Borrowed(only),
                rest => Cow::Owned(Condition::All(rest.unwrap_or_default().to_vec())),
            },
            way => Cow::Borrowed(way),
        }
    }
}

impl Dated {
    /// That the time lies on its days. Where the time is not known, neither is whether the rule is in force.
    pub(super) fn tests(self) -> impl Iterator<Item = Condition> {
        let from = self.from.map(|at| (Relation::OnOrAfter, at));
        let until = self.until.map(|at| (Relation::OnOrBefore, at));
        from.into_iter().chain(until).map(move |(relation, (first, last))| {
            let predicate = Day { relation, first, last }.into();
            Condition::Test(Test { subject: Subject::Fact(self.by), predicate })
        })
    }
}

impl QuietPeriod {
    /// That there is no decision before this call by which the rule spoke so lately about the same. What is not known of the decisions
    /// keeps the rule from nothing. A decision of the call's own second is not before it: it may be about this very call.
    pub fn condition(&self) -> Condition {
        let test = |subject, predicate| Condition::Test(Test { subject, predicate });
        let links =
            self.links.iter().map(|link| test(Subject::Field(link.field), Same { fact: link.fact, not: false }.into()));
        let spoke = test(Subject::Field(self.rules), Include { flags: self.flag, all: false }.into());
        let earlier = Moment { relation: Relation::Before, other: Subject::CallTime };
        let same = self.links.iter().enumerate().map(|(at, link)| (at, link.preposition.clone())).collect();
        let of = Selection {
            record: self.record,
            windows: vec![self.within],
            since: Vec::new(),
            tests: links.chain([spoke, test(Subject::RecordTime, earlier.into())]).collect(),
            this_call: false,
            said: SurfaceForm { same, ..SurfaceForm::default() },
        };
        let none = Count {
            comparison: Comparison::Exactly,
            number: 0.into(),
            different: None,
            of: Arc::new(of),
            follow: None,
        };
        Condition::Presumed(Box::new(Condition::Count(none)))
    }
}

/// A condition with more that must be so.
fn with_parts(way: Condition, more: impl Iterator<Item = Condition>) -> Condition {
    let mut parts = match way {
        Condition::All(parts) => parts,
        other => vec![other],
    };
    parts.extend(more);
    Condition::All(parts)
}

impl Suspension {
    /// Whether a call at this time comes within it.
    pub fn covers(&self, at: Instant) -> bool {
        self.from.is_none_or(|from| from <= at) && at <= self.until
    }
}

impl Policy {
    /// How many policies of the chain lie below the one that a rule is written in: none below that of the first base.
    pub fn layer(&self, rule: &Rule) -> usize {
        self.chain.iter().position(|name| **name == *rule.policy).unwrap_or(0)
    }

    /// A policy that says the same of everything but when which rule applies, with these rules alone.
    #[must_use]
    pub fn with_rules(&self, rules: Vec<Rule>) -> Self {
        Self {
            name: self.name.clone(),
            chain: self.chain.clone(),
            vocabulary: self.vocabulary.clone(),
            zone: self.zone.clone(),
            settings: self.settings.clone(),
            definitions: self.definitions.clone(),
            groups: self.groups.clone(),
            scores: self.scores.clone(),
            tables: self.tables.clone(),
            calendars: self.calendars.clone(),
            rules,
            invariants: Vec::new(),
            acceptances: Vec::new(),
            called: self.called.clone(),
            call_fields: self.call_fields.clone(),
        }
    }

    /// The fact of the call that stands for a field of the `call` record.
    pub fn stands_for(&self, field: FieldId) -> Option<FactId> {
        self.call_fields.get(field.index()).copied().flatten()
    }

    /// Whether a field may hold several identities; for this call, whether the fact that stands for it may.
    pub fn may_be_several(&self, record: RecordId, field: FieldId, this_call: bool) -> bool {
        let declared = if this_call {
            self.stands_for(field).and_then(|fact| self.vocabulary.call.get(fact.index()))
        } else {
            self.vocabulary.records.get(record.index()).and_then(|kind| kind.fields.get(field.index()))
        };
        declared.is_none_or(Field::may_be_several)
    }

    pub fn definition(&self, id: DefinitionId) -> Option<&Definition> {
        self.definitions.get(id.0 as usize)
    }

    pub fn group(&self, name: &str) -> Option<&RecordGroup> {
        self.groups.iter().find(|group| group.name == name)
    }

    pub fn score(&self, id: ScoreId) -> Option<&Score> {
        self.scores.get(id.0 as usize)
    }

    pub fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.get(id.0 as usize)
    }

    /// The name of what a number is taken from.
    pub fn source_name(&self, of: FigureSource) -> Option<&str> {
        match of {
            FigureSource::Fact(fact) => self.vocabulary.call.get(fact.index()).map(|fact| fact.name.as_str()),
            FigureSource::Score(score) => self.score(score).map(|score| score.name.as_str()),
            FigureSource::Table(table) => self.table(table).map(|table| table.name.as_str()),
        }
    }

    /// What a number is taken from in the end: of a table, that by which it is looked up.
    pub fn rests_on(&self, of: FigureSource) -> FigureSource {
        match of {
            FigureSource::Table(table) => self.table(table).map_or(of, |table| table.by),
            FigureSource::Fact(_) | FigureSource::Score(_) => of,
        }
    }

    /// The force's own word for a value of an outcome, such as `Grade 1` for `immediate`.
    pub fn called(&self, outcome: OutcomeId, value: u16) -> Option<&str> {
        let found = self.called.iter().find(|(known, at, _)| (*known, *at) == (outcome, value));
        found.map(|(_, _, label)| label.as_str())
    }

    /// What people call a value of an outcome: the force's own word with the vocabulary's after it, else the vocabulary's.
    pub fn said(&self, outcome: OutcomeId, value: u16) -> String {
        let Some(declared) = self.vocabulary.outcomes.get(outcome.index()) else { return String::new() };
        let words = declared.said(value);
        match self.called(outcome, value) {
            Some(own) if *own != *words && Some(own) != declared.kind.value(value) => format!("{own} ({words})"),
            Some(own) => own.to_owned(),
            None => words.into_owned(),
        }
    }

    /// What people call a value of a fact or field: where its values are a scale that is also an outcome's, such as the
    /// grades, what they call that.
    pub fn said_of(&self, field: &Field, value: u16) -> String {
        let outcome = if field.words.contains_key(&value) { None } else { self.outcome_of(field.values()) };
        outcome.map_or_else(|| field.said(value).into_owned(), |outcome| self.said(outcome, value))
    }

    /// The outcome with just these values in rising order, such as the grade for the handler's grade.
    pub fn outcome_of(&self, wanted: &[String]) -> Option<OutcomeId> {
        let mut outcomes = self.vocabulary.outcomes.iter().zip(0u16..);
        outcomes.find(|(outcome, _)| outcome.kind.scale() == Some(wanted)).map(|(_, at)| OutcomeId(at))
    }
}

impl std::fmt::Display for SettingValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number { number, unit: None } => write!(f, "{number}"),
            Self::Number { number, unit: Some(unit) } => write!(f, "{number} {unit}"),
            Self::Length(length) => write!(f, "{length}"),
            Self::Clock(clock) => write!(f, "{clock}"),
            Self::Word(word) | Self::Calendar(word) => f.write_str(word),
        }
    }
}

/// A day's first and last second in the policy's zone.
pub(super) fn whole_day(zone: &Zone, date: Date) -> (Instant, Instant) {
    (zone.day_start(date), zone.day_end(date))
}
