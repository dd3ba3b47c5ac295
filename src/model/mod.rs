//! words -> Value, Vocabulary, Case, Decision: what a policy talks about, what it is asked, what it answers.

mod case;
mod decision;
mod truth;
mod value;
mod variant;
mod vocabulary;

pub use case::{Case, CaseBuilder, Name, Records};
pub use decision::{
    Change, Decision, Effects, Enough, Explanation, Fired, Ground, Level, Miss, Near, Outcomes, PolicyRef, Question,
    Trial, Undecided, Until, Warning,
};
pub use truth::Truth;
pub use value::Value;
pub use variant::Part;
pub use vocabulary::{
    FactId, Field, FieldId, IdentityKind, InForce, Outcome, OutcomeId, OutcomeKind, RecordId, RecordKind, Type,
    Vocabulary,
};
