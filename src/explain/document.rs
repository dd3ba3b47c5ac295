//! A policy as a document: the data that every form of it (terminal, Markdown, HTML, JSON) is written from, in reading order.

use crate::text::Span;

/// The effective policy of a force, ready to be written down.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDocument {
    /// The policy's name.
    pub name: String,
    /// The policies that it is built on, itself last.
    pub chain: Vec<String>,
    /// The digest of what it means, as decisions name it.
    pub digest: String,
    /// The name of the vocabulary that it is written in.
    pub vocabulary: String,
    /// The time zone of its days and clock times.
    pub zone: String,
    /// What each policy changes of those before it in the chain, its own first.
    pub changes: Vec<BaseChanges>,
    /// Settings with the values in force, by name.
    pub settings: Vec<Setting>,
    /// Outcomes that are never below what somebody gave with the call.
    pub floors: Vec<Floor>,
    /// What the policies state of every decision, its own first.
    pub invariants: Vec<Invariant>,
    /// The rules, policy by policy, its own first.
    pub sections: Vec<Section>,
    /// Named conditions and groups of records, by name.
    pub definitions: Vec<Defined>,
    /// Scores with their points and bands.
    pub scores: Vec<Score>,
    /// Tables with their rows.
    pub tables: Vec<Table>,
    /// Calendars with the days that they leave out.
    pub calendars: Vec<Calendar>,
    /// The facts and records that the rules name.
    pub words: Vec<Glossary>,
    /// The warnings of `check` that it and its bases accept for a time.
    pub acceptances: Vec<Acceptance>,
}

/// A run of words that makes a line.
pub type Sentence = Vec<Piece>;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece {
    /// Words as they are.
    Text(String),
    /// A name that the document explains under `of`.
    Name {
        /// The name as it stands in the sentence.
        said: String,
        /// The name under which it is explained.
        of: String,
    },
    /// What is filled in for each call.
    Blank(String),
}

/// A line with the list under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The line itself.
    pub said: Sentence,
    /// What is listed under it.
    pub under: Vec<Statement>,
}

/// What one policy changes of the policies that it is built on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BaseChanges {
    /// The policy that makes them.
    pub policy: String,
    /// The policy that it tailors.
    pub base: String,
    /// Settings that it gives another value.
    pub moved: Vec<Moved>,
    /// Values that it has its own names for.
    pub called: Vec<Called>,
    /// Rules that it leaves without effect for a time.
    pub suspended: Vec<Suspended>,
    /// What it adds to rules.
    pub additions: Vec<Added>,
    /// Names and titles.
    pub rules: Vec<(String, String)>,
    /// What it states besides, by name and title.
    pub invariants: Vec<(String, String)>,
    /// Settings, definitions, scores, tables and calendars of its own.
    pub names: Vec<String>,
    /// Words of the vocabulary that those before it do not have.
    pub words: Vec<String>,
}

/// A setting that was given another value.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The setting.
    pub name: String,
    /// What the setting is for.
    pub help: String,
    /// The value before.
    pub from: String,
    /// The value now.
    pub to: String,
    /// Whose value `from` is.
    pub before: String,
    /// Where it is given.
    pub at: Span,
}

/// The force's own name for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The outcome.
    pub outcome: String,
    /// The value by the vocabulary's name.
    pub value: String,
    /// The value by the force's.
    pub label: String,
}

/// A rule that is left without effect for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspended {
    /// The rule's name.
    pub rule: String,
    /// What the rule is about.
    pub title: String,
    /// For how long, and who answers for it.
    pub suspension: Suspension,
}

/// That a rule is left without effect for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspension {
    /// The policy that says so.
    pub policy: String,
    /// The first day and the last, in words; from the beginning without the first.
    pub from: Option<String>,
    /// The last day, in words.
    pub until: String,
    /// The reason that is given.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it is written.
    pub at: Span,
}

/// That a warning of `check` is let stand for a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    /// The policy that says so.
    pub policy: String,
    /// The kind of warning.
    pub warning: String,
    /// The name under whose heading it is told.
    pub about: String,
    /// What the warning says of it.
    pub says: String,
    /// The last day, in words.
    pub until: String,
    /// The reason that is given.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it is written.
    pub at: Span,
}

/// What a policy adds to a rule of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// The rule's name.
    pub rule: String,
    /// What the rule is about.
    pub title: String,
    /// What is added.
    pub addition: Addition,
}

/// Something that a policy adds to a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// The policy that adds it.
    pub policy: String,
    /// Another way in which the rule applies.
    pub also_when: Option<Statement>,
    /// What the rule then asks for as well.
    pub then: Vec<Sentence>,
    /// The reason that is added, given only where `also_when` holds, if there is one; empty for none.
    pub because: Sentence,
    /// Where that is laid down.
    pub sources: Vec<String>,
    /// Where it is written.
    pub at: Span,
}

/// A setting with the value in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// The value in force, in words.
    pub value: String,
    /// What it is for.
    pub help: String,
    /// Between which values it may be moved, in words.
    pub range: Option<String>,
    /// In which direction a policy built on the one that declares it may not move it.
    pub never: Option<&'static str>,
    /// Every value that it was given, the one in force last.
    pub given: Vec<GivenValue>,
}

/// One value that a setting was given.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenValue {
    /// The policy that gives it.
    pub policy: String,
    /// The value, in words.
    pub value: String,
    /// Where it is given.
    pub at: Span,
}

/// An outcome, and the fact of the call that it is never below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    /// The outcome.
    pub outcome: String,
    /// The fact.
    pub fact: String,
    /// What the fact means.
    pub help: String,
}

/// The rules of one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The policy.
    pub policy: String,
    /// Its rules, those that ask for most first.
    pub groups: Vec<RuleGroup>,
}

/// Rules that belong together: those that raise to one grade, those on trial.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleGroup {
    /// What the group has in common.
    pub heading: String,
    /// Its rules, by title.
    pub rules: Vec<Rule>,
}

/// A rule in words.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each stands for a line that a rule has or has not, whatever others it has"
)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it is about, in the words of its author.
    pub title: String,
    /// The policy that wrote it.
    pub policy: String,
    /// Where it is written.
    pub at: Span,
    /// Whether it is worked out and shown without effect.
    pub trial: bool,
    /// The first and the last day on which it is in force, in words.
    pub from: Option<String>,
    /// The last of these days.
    pub until: Option<String>,
    /// The time among the facts of the call whose days these are; none for the time of the call.
    pub dated_by: Option<String>,
    /// Whether a force may leave it without effect for a time.
    pub may_be_suspended: bool,
    /// Whether a force may add to the ways in which it applies.
    pub may_be_widened: bool,
    /// That it is without effect for a time.
    pub suspension: Option<Suspension>,
    /// The condition that it was written with.
    pub when: Statement,
    /// Applies also when it is not known whether `when` is so.
    pub presumed: bool,
    /// `not again within …`: how long it does not speak again once it has spoken, and about whom.
    pub not_again: Option<Sentence>,
    /// What it asks for.
    pub then: Vec<Sentence>,
    /// The reason that it gives.
    pub because: Sentence,
    /// Where it is laid down.
    pub sources: Vec<String>,
    /// What other policies add to it.
    pub additions: Vec<Addition>,
}

/// What a policy states of every decision, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Invariant {
    /// Its name.
    pub name: String,
    /// What it is about, in the words of its author.
    pub title: String,
    /// The policy that wrote it.
    pub policy: String,
    /// Where it is written.
    pub at: Span,
    /// Where it must hold.
    pub whenever: Statement,
    /// Whether what is named is never given, and not always.
    pub never: bool,
    /// What is always given then, or never.
    pub demands: Vec<Sentence>,
    /// Where it is laid down.
    pub sources: Vec<String>,
}

/// A name and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Defined {
    /// The name.
    pub name: String,
    /// For records, what several of them are called.
    pub plural: Option<String>,
    /// What it stands for.
    pub means: Statement,
    /// The policy that defines it.
    pub policy: String,
    /// Where it is written.
    pub at: Span,
}

/// A score, with what its points are given for.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// What gives points.
    pub points: Vec<Points>,
    /// What each range of points is called.
    pub bands: Vec<String>,
    /// Whether what is not known counts as yes.
    pub unanswered_as_yes: bool,
    /// Where it is laid down.
    pub sources: Vec<String>,
    /// The policy that declares it.
    pub policy: String,
    /// Where it is written.
    pub at: Span,
}

/// A line of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// How many.
    pub points: i64,
    /// Whether they are given for each of some questions that is answered yes, and not once.
    pub each: bool,
    /// What must be so, or which questions these are.
    pub of: Statement,
}

/// A table, with what its rows give.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// The fact or score that it goes by.
    pub by: String,
    /// What each row is for, in words, and the number that it gives.
    pub rows: Vec<(String, i64)>,
    /// Where it is laid down.
    pub sources: Vec<String>,
    /// The policy that declares it.
    pub policy: String,
    /// Where it is written.
    pub at: Span,
}

/// A calendar of days that deadlines pass over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub help: String,
    /// The days that it leaves out: weekdays and yearly days, then single days by year.
    pub skips: Vec<String>,
    /// For which days it is known to be whole.
    pub complete: Option<String>,
}

/// Facts of the call, or the fields of a record, that the rules name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glossary {
    /// What the words are of.
    pub heading: String,
    /// What the record is, for those of a record.
    pub help: String,
    /// Names and what they mean.
    pub words: Vec<Word>,
}

/// A fact, a field or an outcome that the rules name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its name, or the words by which rules ask for it.
    pub name: String,
    /// What it means; empty when nothing is said.
    pub help: String,
    /// What it may say, and of an outcome how what several rules say is put together.
    pub may_say: String,
}

/// A sentence as plain words.
pub fn plain(sentence: &Sentence) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Name { said, .. } => said.clone(),
        Piece::Blank(what) => format!("[{what}]"),
    };
    sentence.iter().map(piece).collect()
}
