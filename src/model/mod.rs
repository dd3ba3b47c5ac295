//! words -> Value, Vocabulary, Case, Decision: what a policy talks about, what it is asked, what it answers.

mod ids;
mod link;
mod level;
mod names;
mod order;
mod outcome;
mod case;
mod builder;
mod sent;
mod records;
mod decision;
mod truth;
mod value;
mod variant;
mod vocabulary;
mod questionnaire;

pub use builder::CaseBuilder;
pub use case::Case;
pub use decision::{
    Decision, Enough, Explanation, Fired, Ground, Miss, Near, NeededChange, Outvoted, PolicyRef, Question, Together,
    Trial, Unassessed, Undecided, Until, Warning, outvoted,
};
pub use ids::{FactId, FieldId, IdentityKind, OutcomeId, RecordId};
pub use level::{Content, Effects, Level, Outcomes};
pub use link::{LinkTo, LinkWords};
pub use names::Name;
pub use outcome::{Outcome, OutcomeKind, OutcomeValue};
pub use records::Records;
pub use truth::Truth;
pub use value::Value;
pub use variant::Part;
pub use vocabulary::{Ask, Field, InForcePeriod, Questionnaire, RecordKind, Type, Vocabulary};

pub use crate::syntax::tree::{Label, Party};
