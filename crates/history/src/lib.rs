//! Tables of past events -> a case for each call, with exactly the records that a policy's links can reach, as they stood at that moment.

mod beside;
mod capsule;
mod convert;
mod decided;
mod event;
mod gather;
mod guess;
mod intake;
mod load;
mod mapping;
mod store;
mod whole;

pub use beside::{AnswerColumn, given_with_calls, load_beside};
pub use capsule::{Capsules, LEAST_KEY};
pub use convert::Converter;
pub use event::{CallEvent, DecisionEvent, PastEvent};
pub use gather::Gatherer;
pub use guess::{Guessed, guess};
pub use intake::{Intake, RowTally};
pub use load::{Loaded, load};
pub use mapping::{
    BesideTable, Compared, DecisionMapping, DecisionPart, DecisionValue, GivenMapping, Mapping, MappingProblem,
    TableMapping, answers_of, read as read_mapping,
};
pub use store::{Call, EventStore};
pub use whole::load_cases;
