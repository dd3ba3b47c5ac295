//! Tests, selections and conditions -> what they mean: the typed language that rules are checked into, and its semantics.

mod subject;
mod predicate;
mod test;
mod condition;

pub use condition::{Condition, Count, DefinitionId, Follow, Said, ScoreId, ScoreIs, Selection, Since};
pub use predicate::Predicate;
pub use subject::Subject;
pub use test::Test;
