//! The live policies and a record -> an HTTP service: decisions, and what a force's systems ask about them.

mod answer;
mod body;
mod role;
mod callers;
mod credentials;
mod asked;
mod rate;
mod restricted;
mod state;
mod metrics;
mod recording;
mod kept;
mod by_call;
mod ahead;
mod decide;
mod events;
mod policy;
mod health;
mod record;
mod news;
mod openapi;
mod page;
mod admit;
mod routes;
mod door;
mod run;

pub use callers::{Caller, Callers, CallersError, NewToken};
pub use credentials::{CredentialError, CredentialFiles, Credentials, TlsFiles};
pub use rate::Rate;
pub use recording::{Recording, WhenNotRecorded};
pub use restricted::Restricted;
pub use role::Role;
pub use routes::routes;
pub use run::{Running, ServeError, start};
pub use state::{Limits, Safety, Sample, Service};
