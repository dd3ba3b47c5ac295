//! words -> Value, Vocabulary, Case, Decision: what a policy talks about, what it is asked, what it answers.

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

pub use builder::CaseBuilder;
pub use case::Case;
pub use decision::{
    Change, Decision, Effects, Enough, Explanation, Fired, Ground, Level, Miss, Near, Outcomes, PolicyRef, Question,
    Together, Trial, Undecided, Until, Warning,
};
pub use names::Name;
pub use outcome::OutcomeValue;
pub use records::Records;
pub use truth::Truth;
pub use value::Value;
pub use variant::Part;
pub use vocabulary::{
    Ask, FactId, Field, FieldId, IdentityKind, InForce, Outcome, OutcomeId, OutcomeKind, RecordId, RecordKind, Type,
    Vocabulary,
};
