//! What a case may say and which outcomes exist: everything that a policy's words are checked against.

use super::Value;
use super::ids::{FactId, FieldId, IdentityKind, OutcomeId, RecordId};
use super::level::Outcomes;
use super::outcome::{Outcome, OutcomeValue};
use crate::syntax::tree::{Label, Party};
use crate::text::aloud;
use crate::time::Length;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The declared words of a control room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vocabulary {
    /// Its name, as its heading says.
    pub name: String,
    /// The kinds of identity, such as `person`.
    pub identities: Vec<String>,
    /// The facts of a call, besides its `id` and `at`.
    pub call: Vec<Field>,
    /// The kinds of record that a history may hold.
    pub records: Vec<RecordKind>,
    /// The parts of a decision, the weightiest first.
    pub outcomes: Vec<Outcome>,
    /// The questions of forms, by name.
    pub questionnaires: Vec<Questionnaire>,
    /// The call may be overheard when one of these facts has one of these values.
    pub overheard: Vec<(FactId, Vec<Value>)>,
}

/// The questions of a form, each a yes-or-no fact of the call, in the order of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questionnaire {
    /// The name by which policies call it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Their numbers on the form, and the facts that hold what is answered.
    pub questions: Vec<(Label, FactId)>,
}

/// A fact of the call or a field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name, which is its key in a case.
    pub name: String,
    /// What its values may be.
    pub ty: Type,
    /// What it means, for people; empty when nothing is said.
    pub help: String,
    /// The question that would settle it.
    pub ask: Option<Ask>,
    /// What people call its values, by their places; those that go by their names are left out.
    pub words: BTreeMap<u16, String>,
}

/// A question, and who can answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Who can answer it.
    pub of: Party,
    /// The question as it is asked.
    pub text: String,
    /// Whether it may be put to a caller whom others may hear.
    pub safe_if_overheard: bool,
}

impl Ask {
    /// A question that nobody in particular was given to answer.
    fn looked_up(text: String) -> Self {
        Self { of: Party::LookUp, text, safe_if_overheard: false }
    }
}

impl Field {
    /// Whether it may hold several identities.
    pub fn may_be_several(&self) -> bool {
        matches!(self.ty, Type::Identity { many: true, .. })
    }

    /// The question that asks for it. What nobody gave a question is looked up: it cannot be put to a caller.
    pub fn question(&self) -> Ask {
        self.ask.clone().unwrap_or_else(|| {
            let help = if self.help.is_empty() { aloud(&self.name) } else { self.help.clone() };
            Ask::looked_up(format!("What is known of this: {}?", help.trim_end_matches('.')))
        })
    }

    /// The values that are listed for it, if they are.
    pub fn values(&self) -> &[String] {
        match &self.ty {
            Type::Choice { values, .. } | Type::Flags { values } => values,
            _ => &[],
        }
    }

    /// What people call the value at this place: its own words, else its name without hyphens.
    pub fn said(&self, at: u16) -> Cow<'_, str> {
        let name = || aloud(self.values().get(usize::from(at)).map_or("", String::as_str));
        self.words.get(&at).map_or_else(|| Cow::Owned(name()), |words| Cow::Borrowed(words.as_str()))
    }
}

/// What values a fact or field may have.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Type {
    /// Yes or no.
    YesNo,
    /// One of a list.
    Choice {
        /// The list.
        values: Vec<String>,
        /// Whether the list is in rising order, so that values can be compared.
        rising: bool,
    },
    /// At most 64 flags.
    Flags {
        /// The list.
        values: Vec<String>,
    },
    /// Both ends are allowed.
    Number {
        /// The least and the most; any whole number for `None`.
        range: Option<(i64, i64)>,
    },
    /// A length of time, in seconds.
    Duration,
    /// A moment.
    Time {
        /// Whether it may be known that there is no such time.
        or_none: bool,
    },
    /// Any text.
    Text,
    /// Somebody or something.
    Identity {
        /// Of which kind.
        kind: IdentityKind,
        /// Whether there may be several.
        many: bool,
    },
    /// The `id` of a record of this kind.
    Link {
        /// The kind of record.
        record: RecordId,
    },
}

impl Type {
    /// The least and the most that a number may be, or a choice by the places of its values; `None` where there are no such ends.
    pub(crate) fn ends(&self) -> Option<(i64, i64)> {
        match self {
            Self::Number { range } => *range,
            Self::Choice { values, .. } => Some((0, i64::try_from(values.len()).ok()?.checked_sub(1)?)),
            Self::YesNo
            | Self::Flags { .. }
            | Self::Duration
            | Self::Time { .. }
            | Self::Text
            | Self::Identity { .. }
            | Self::Link { .. } => None,
        }
    }
}

/// A kind of record in the history.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordKind {
    /// Its name.
    pub name: String,
    /// The key of its list in a case's history.
    pub plural: String,
    /// What it is, for people; empty when nothing is said.
    pub help: String,
    /// The question to ask when the whole list could not be fetched.
    pub ask: Option<Ask>,
    /// How far back the source reaches.
    pub kept_for: Option<Length>,
    /// When a record of this kind is in force; `None` when that is never asked.
    pub in_force: Option<InForcePeriod>,
    /// Of records of decisions, the field that names the rules that applied.
    pub rules: Option<FieldId>,
    /// Its fields, besides `id` and `at`.
    pub fields: Vec<Field>,
    /// Whether this is the kind of the call itself, so that a count must say whether this call is counted.
    pub is_call: bool,
}

impl RecordKind {
    /// The question to ask when the whole list could not be had.
    pub fn question(&self) -> Ask {
        let of_nobody = || format!("The history of {} could not be had. Is there any?", aloud(&self.plural));
        self.ask.clone().unwrap_or_else(|| Ask::looked_up(of_nobody()))
    }

    /// The question to ask when it is not known when exactly a record was.
    pub fn time_question(&self) -> Ask {
        Ask::looked_up("When exactly was this?".to_owned())
    }
}

/// When a record is in force: from one of its times until the first of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForcePeriod {
    /// The time at which it begins.
    pub from: FieldId,
    /// The times of which the first ends it.
    pub until: Vec<FieldId>,
}

impl Vocabulary {
    /// The fact of this name.
    pub fn fact(&self, name: &str) -> Option<FactId> {
        position(&self.call, |fact| fact.name == name).map(FactId)
    }

    /// The kind of record of this name.
    pub fn record(&self, name: &str) -> Option<RecordId> {
        position(&self.records, |record| record.name == name).map(RecordId)
    }

    /// The record whose list in the history has this key.
    pub fn record_by_plural(&self, plural: &str) -> Option<RecordId> {
        position(&self.records, |record| record.plural == plural).map(RecordId)
    }

    /// The outcome of this name.
    pub fn outcome(&self, name: &str) -> Option<OutcomeId> {
        position(&self.outcomes, |outcome| outcome.name == name).map(OutcomeId)
    }

    /// What the outcome of this name says; `None` when the vocabulary has no such outcome.
    pub fn outcome_value(&self, outcomes: &Outcomes, name: &str) -> Option<OutcomeValue<'_>> {
        let id = self.outcome(name)?;
        Some(self.outcomes.get(id.index())?.kind.value_of(*outcomes.0.get(id.index())?))
    }

    /// The kind of identity of this name.
    pub fn identity(&self, name: &str) -> Option<IdentityKind> {
        position(&self.identities, |kind| kind == name).map(IdentityKind)
    }
}

impl RecordKind {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<FieldId> {
        position(&self.fields, |field| field.name == name).map(FieldId)
    }
}

fn position<T>(items: &[T], is_it: impl Fn(&T) -> bool) -> Option<u16> {
    items.iter().position(is_it).and_then(|at| u16::try_from(at).ok())
}
