//! Tests, selections and conditions -> what they mean: the typed language that rules are checked into, and its semantics.

mod comparison;
mod monotonicity;
mod subject;
mod parameter;
mod apart;
mod marks;
mod claim;
mod form;
pub mod predicates;
mod trend;
mod score;
mod figure;
mod test;
mod condition;
mod ways;

pub use claim::Claim;
pub use comparison::{Bound, how_many, numbers, sum};
pub use condition::{Condition, Count, DefinitionId, Follow, Selection, Since, SurfaceForm, Use};
pub use figure::{FigureSource, Row, TableId, given_between};
pub use form::{Context, Names, Speaker};
pub use marks::{Mark, Takes};
pub use monotonicity::Monotonicity;
pub use parameter::{Parameter, SettingId};
pub use predicates::Predicate;
pub use score::{Band, ScoreId, ScoreIs, bands_between};
pub use subject::Subject;
pub use test::Test;
pub use trend::Trend;
pub use ways::{Narrowed, answers_of_flags, telling, values_telling};
