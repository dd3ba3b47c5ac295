//! Tests, selections and conditions -> what they mean: the typed language that rules are checked into, and its semantics.

mod comparison;
mod monotonicity;
mod subject;
mod marks;
mod claim;
mod form;
pub mod predicates;
mod trend;
mod test;
mod condition;

pub use claim::Claim;
pub use comparison::{Bound, numbers};
pub use condition::{Condition, Count, DefinitionId, Follow, ScoreId, ScoreIs, Selection, Since, SurfaceForm};
pub use form::{Context, Form, Names, Speaker};
pub use marks::{Example, Mark, Takes};
pub use monotonicity::Monotonicity;
pub use predicates::Predicate;
pub use subject::Subject;
pub use test::Test;
pub use trend::Trend;
