//! What a case may say and which outcomes exist: everything that a policy's words are checked against.

use super::Value;
use crate::syntax::tree::Party;
use crate::text::aloud;
use crate::time::Length;
use std::borrow::Cow;
use std::collections::BTreeMap;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    )*};
}

ids! {
    /// A fact of the call, by its place in [`Vocabulary::call`].
    FactId,
    /// A kind of record, by its place in [`Vocabulary::records`].
    RecordId,
    /// A field of a record, by its place in [`RecordKind::fields`].
    FieldId,
    /// An outcome, by its place in [`Vocabulary::outcomes`].
    OutcomeId,
    /// A kind of identity, by its place in [`Vocabulary::identities`].
    IdentityKind
}

/// The declared words of a control room.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vocabulary {
    pub name: String,
    pub identities: Vec<String>,
    /// The facts of a call, besides its `id` and `at`.
    pub call: Vec<Field>,
    pub records: Vec<RecordKind>,
    pub outcomes: Vec<Outcome>,
    /// The call may be overheard when one of these facts has one of these values.
    pub overheard: Vec<(FactId, Vec<Value>)>,
}

/// A fact of the call or a field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub ty: Type,
    pub help: String,
    /// The question that would settle it.
    pub ask: Option<Ask>,
    /// What people call its values, by their places; those that go by their names are left out.
    pub words: BTreeMap<u16, String>,
}

/// A question, and who can answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub of: Party,
    pub text: String,
    /// Whether it may be put to a caller whom others may hear.
    pub safe_if_overheard: bool,
}

impl Field {
    /// Whether it may hold several identities.
    pub fn may_be_several(&self) -> bool {
        matches!(self.ty, Type::Identity { many: true, .. })
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

#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    YesNo,
    Choice {
        values: Vec<String>,
        rising: bool,
    },
    /// At most 64 flags.
    Flags {
        values: Vec<String>,
    },
    /// Both ends are allowed.
    Number {
        range: Option<(i64, i64)>,
    },
    Duration,
    Time {
        or_none: bool,
    },
    Text,
    Identity {
        kind: IdentityKind,
        many: bool,
    },
    /// The `id` of a record of this kind.
    Link {
        record: RecordId,
    },
}

/// A kind of record in the history.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordKind {
    pub name: String,
    /// The key of its list in a case's history.
    pub plural: String,
    pub help: String,
    /// The question to ask when the whole list could not be fetched.
    pub ask: Option<Ask>,
    /// How far back the source reaches.
    pub kept_for: Option<Length>,
    pub in_force: Option<InForce>,
    pub fields: Vec<Field>,
    /// Whether this is the kind of the call itself, so that a count must say whether this call is counted.
    pub is_call: bool,
}

/// When a record is in force: from one of its times until the first of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub from: FieldId,
    pub until: Vec<FieldId>,
}

/// One part of a decision, with its way of combining what several rules say.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub name: String,
    /// The words that come before the value in a rule: `grade at least`.
    pub phrase: String,
    pub help: String,
    pub kind: OutcomeKind,
    /// Whom what it names is for: what to ask, to look up or to tell.
    pub party: Option<Party>,
    /// What people call its values, by their places; those that go by their names are left out.
    pub words: BTreeMap<u16, String>,
    /// What must not be done, for values that say so.
    pub warnings: BTreeMap<u16, String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum OutcomeKind {
    /// The highest wins; lowest first. The call's fact `floor` is never gone below.
    Highest { values: Vec<String>, floor: Option<FactId> },
    /// All that any rule names; at most 64.
    AllThatApply { values: Vec<String> },
    /// The earliest time.
    Earliest,
    /// Nothing, or the first value, or the second, which wins over the first.
    Either { loser: String, winner: String },
}

impl Vocabulary {
    pub fn fact(&self, name: &str) -> Option<FactId> {
        position(&self.call, |fact| fact.name == name).map(FactId)
    }

    pub fn record(&self, name: &str) -> Option<RecordId> {
        position(&self.records, |record| record.name == name).map(RecordId)
    }

    /// The record whose list in the history has this key.
    pub fn record_by_plural(&self, plural: &str) -> Option<RecordId> {
        position(&self.records, |record| record.plural == plural).map(RecordId)
    }

    pub fn outcome(&self, name: &str) -> Option<OutcomeId> {
        position(&self.outcomes, |outcome| outcome.name == name).map(OutcomeId)
    }

    pub fn identity(&self, name: &str) -> Option<IdentityKind> {
        position(&self.identities, |kind| kind == name).map(IdentityKind)
    }
}

impl RecordKind {
    pub fn field(&self, name: &str) -> Option<FieldId> {
        position(&self.fields, |field| field.name == name).map(FieldId)
    }
}

impl Outcome {
    /// What people call the value at this place: its own words, else its name without hyphens.
    pub fn said(&self, at: u16) -> Cow<'_, str> {
        let name = || aloud(self.kind.value(at).unwrap_or(""));
        self.words.get(&at).map_or_else(|| Cow::Owned(name()), |words| Cow::Borrowed(words.as_str()))
    }
}

impl OutcomeKind {
    /// The values that a rule may name, lowest first.
    pub fn values(&self) -> Vec<&str> {
        match self {
            Self::Highest { values, .. } | Self::AllThatApply { values } => values.iter().map(String::as_str).collect(),
            Self::Earliest => Vec::new(),
            Self::Either { loser, winner } => vec![loser, winner],
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
}

fn position<T>(items: &[T], is_it: impl Fn(&T) -> bool) -> Option<u16> {
    items.iter().position(is_it).and_then(|at| u16::try_from(at).ok())
}
