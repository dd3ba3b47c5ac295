//! Tables of past events -> a case for each call, with exactly the records that a policy's links can reach, as they stood at that moment.

mod convert;
mod event;
mod gather;
mod guess;
mod intake;
mod load;
mod mapping;
mod store;
mod table;

pub use convert::Converter;
pub use event::{CallEvent, Event};
pub use gather::Gatherer;
pub use guess::guess;
pub use intake::{Intake, Tally};
pub use load::{Loaded, load, unpacked};
pub use mapping::{Mapping, MappingProblem, TableMapping, read as read_mapping};
pub use store::{Call, Store};
pub use table::{Row, TableError, TableForm, each_row, headings};
