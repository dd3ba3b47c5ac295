//! Tables of past events -> a case for each call, with exactly the records that a policy's links can reach, as they stood at that moment.

mod beside;
mod capsule;
mod convert;
mod decided;
mod event;
mod gather;
mod index;
mod guess;
mod intake;
mod load;
mod mapping;
mod record;
mod sorter;
mod store;
mod text;
mod timeline;
mod values;
mod whole;

pub use beside::{AnswerColumn, compared, given_with_calls, load_beside};
pub use capsule::{Capsules, LEAST_KEY};
pub use convert::Converter;
pub use event::{CallEvent, PastEvent};
pub use gather::Gatherer;
pub use guess::{Guessed, guess};
pub use intake::{Intake, RowTally};
pub use load::{Loaded, load};
pub use mapping::{
    BesideTable, Compared, DecisionMapping, DecisionPart, DecisionValue, GivenMapping, Mapping, MappingProblem,
    TableMapping, answers_of, read as read_mapping,
};
pub use record::{RecordReader, facts_of};
pub use sorter::{EventSorter, MOST_IN_MEMORY, SortedEvents};
pub use store::{Call, EventStore, IncomingCall};
pub use timeline::Timeline;
pub use values::{Said, Values};
pub use whole::load_cases;
