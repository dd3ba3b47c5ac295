//! What a policy says, in the order in which it is read: the same for every form that it is written in.

use crate::text::Span;

/// The effective policy of a force, ready to be written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub name: String,
    /// The policies that it is built on, itself last.
    pub chain: Vec<String>,
    pub digest: String,
    pub vocabulary: String,
    pub zone: String,
    /// What each policy changes of those before it in the chain, its own first.
    pub changes: Vec<Changes>,
    pub settings: Vec<Setting>,
    /// Outcomes that are never below what somebody gave with the call.
    pub floors: Vec<Floor>,
    pub sections: Vec<Section>,
    pub definitions: Vec<Defined>,
    pub scores: Vec<Score>,
    pub calendars: Vec<Calendar>,
    /// The facts and records that the rules name.
    pub words: Vec<Glossary>,
}

/// A run of words that makes a line.
pub type Sentence = Vec<Piece>;

#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Piece {
    Text(String),
    /// A name that the document explains under `of`.
    Name {
        said: String,
        of: String,
    },
    /// What is filled in for each call.
    Blank(String),
}

/// A line with the list under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub said: Sentence,
    pub under: Vec<Statement>,
}

/// What one policy changes of the policies that it is built on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub policy: String,
    /// The policy that it tailors.
    pub base: String,
    pub moved: Vec<Moved>,
    pub called: Vec<Called>,
    pub suspended: Vec<Suspended>,
    pub additions: Vec<Added>,
    /// Names and titles.
    pub rules: Vec<(String, String)>,
    /// Settings, definitions, scores and calendars of its own.
    pub names: Vec<String>,
    /// Words of the vocabulary that those before it do not have.
    pub words: Vec<String>,
}

/// A setting that was given another value.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    pub name: String,
    pub help: String,
    pub from: String,
    pub to: String,
    /// Whose value `from` is.
    pub before: String,
    pub at: Span,
}

/// The force's own name for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    pub outcome: String,
    pub value: String,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Suspended {
    pub rule: String,
    pub title: String,
    pub suspension: Suspension,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Suspension {
    pub policy: String,
    /// The first day and the last, in words; from the beginning without the first.
    pub from: Option<String>,
    pub until: String,
    pub reason: String,
    pub owner: String,
    pub at: Span,
}

/// What a policy adds to a rule of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    pub rule: String,
    pub title: String,
    pub addition: Addition,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    pub policy: String,
    pub then: Vec<Sentence>,
    pub because: Sentence,
    pub sources: Vec<String>,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub name: String,
    pub value: String,
    pub help: String,
    pub range: Option<String>,
    /// In which direction a policy built on the one that declares it may not move it.
    pub never: Option<&'static str>,
    /// Every value that it was given, the one in force last.
    pub given: Vec<Given>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub policy: String,
    pub value: String,
    pub at: Span,
}

/// An outcome, and the fact of the call that it is never below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Floor {
    pub outcome: String,
    pub fact: String,
    /// What the fact means.
    pub help: String,
}

/// The rules of one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub policy: String,
    pub groups: Vec<Group>,
}

/// Rules that belong together: those that raise to one grade, those on trial.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub heading: String,
    pub rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub name: String,
    pub title: String,
    pub policy: String,
    pub at: Span,
    pub trial: bool,
    /// The first and the last day on which it is in force, in words.
    pub from: Option<String>,
    pub until: Option<String>,
    pub may_be_suspended: bool,
    pub suspension: Option<Suspension>,
    pub when: Statement,
    /// Applies also when it is not known whether `when` is so.
    pub presumed: bool,
    pub then: Vec<Sentence>,
    pub because: Sentence,
    pub sources: Vec<String>,
    pub additions: Vec<Addition>,
}

/// A name and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Defined {
    pub name: String,
    /// For records, what several of them are called.
    pub plural: Option<String>,
    pub means: Statement,
    pub policy: String,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    pub name: String,
    pub title: String,
    pub points: Vec<(i64, Statement)>,
    pub bands: Vec<String>,
    pub unanswered_as_yes: bool,
    pub sources: Vec<String>,
    pub policy: String,
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub name: String,
    pub help: String,
    /// The days that it leaves out: weekdays and yearly days, then single days by year.
    pub skips: Vec<String>,
    /// For which days it is known to be whole.
    pub complete: Option<String>,
}

/// Facts of the call, or the fields of a record, that the rules name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glossary {
    pub heading: String,
    pub help: String,
    /// Names and what they mean.
    pub words: Vec<(String, String)>,
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
