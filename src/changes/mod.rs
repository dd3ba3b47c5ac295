//! Load, Load -> Changes: what differs between two sets of policies, in their own terms.

mod written;
mod compare;
mod uses;

pub use compare::between;
pub use uses::SettingUses;

/// Everything that differs, in a fixed order: what is gone first, then what is new, then what is otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Every change.
    pub list: Vec<Change>,
}

/// One thing that is gone, new or otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Whether it came, went or differs.
    pub how: ChangeKind,
    /// The kind of thing.
    pub what: What,
    /// `repeat-calls`, or `order's kind` for a field.
    pub name: String,
    /// The parts that differ; for something new or gone, all that it has.
    pub parts: Vec<ChangedPart>,
    /// The policies in which it takes effect, by name.
    pub policies: Vec<String>,
    /// The rules that use what differs, by name; a rule does not list itself.
    pub touches: Vec<String>,
}

/// Whether a thing came, went or differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It is no longer there.
    Removed,
    /// It was not there.
    Added,
    /// It says something else.
    Changed,
}

/// A kind of thing that policies and vocabularies hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum What {
    /// A policy as a whole.
    Policy,
    /// A rule, by its name.
    Rule,
    /// What a policy adds to a rule of its base, by the name of the rule.
    Addition,
    /// That a policy leaves a rule of its base without effect for a time, by the name of the rule.
    Suspension,
    /// That a policy lets a warning of `check` stand for a time, by the kind of warning and what it is about.
    Acceptance,
    /// The questions of a form.
    Questions,
    /// An invariant, by its name.
    Invariant,
    /// A setting, by its name.
    Setting,
    /// A named condition or group of records.
    Definition,
    /// A score.
    Score,
    /// A table.
    Table,
    /// A calendar.
    Calendar,
    /// A force's own word for a value.
    Called,
    /// A vocabulary as a whole.
    Vocabulary,
    /// A fact of the call.
    Fact,
    /// A kind of record.
    Record,
    /// A field of a record.
    Field,
    /// An outcome.
    Outcome,
}

impl What {
    /// The word that stands for it where programs read it, and where somebody names one thing of that kind.
    pub fn word(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::Addition => "addition",
            Self::Suspension => "suspension",
            Self::Acceptance => "acceptance",
            Self::Invariant => "invariant",
            Self::Setting => "setting",
            Self::Definition => "definition",
            Self::Score => "score",
            Self::Table => "table",
            Self::Calendar => "calendar",
            Self::Called => "called",
            Self::Vocabulary => "vocabulary",
            Self::Fact => "fact",
            Self::Questions => "questions",
            Self::Record => "record",
            Self::Field => "field",
            Self::Outcome => "outcome",
        }
    }
}

/// One part of a thing, such as a rule's condition, as it was and as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedPart {
    /// `condition`, `effects`, `reason`, `source`, `value`.
    pub name: &'static str,
    /// Its canonical text, over several lines where it is a list.
    pub before: Option<String>,
    /// The same as it is; `None` when it is gone.
    pub after: Option<String>,
}

impl Changes {
    /// What is gone: rules, settings, definitions and the rest.
    pub fn removed(&self) -> impl Iterator<Item = &Change> {
        self.list.iter().filter(|change| change.how == ChangeKind::Removed)
    }
}

impl Change {
    /// The part of that name, if it differs.
    pub fn part(&self, name: &str) -> Option<&ChangedPart> {
        self.parts.iter().find(|part| part.name == name)
    }
}
