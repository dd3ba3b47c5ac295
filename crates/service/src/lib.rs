//! The live policies and a record -> an HTTP service: decisions, and what a force's systems ask about them.

mod answer;
mod state;
mod metrics;
mod recording;
mod decide;
mod policy;
mod health;
mod record;
mod news;
mod openapi;
mod page;
mod routes;
mod run;

pub use recording::{Recording, WhenNotRecorded};
pub use routes::{Role, routes};
pub use run::{Running, ServeError, start};
pub use state::{Limits, Sample, Service};
