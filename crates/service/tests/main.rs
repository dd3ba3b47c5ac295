//! The service as a control room's system uses it: real requests to a real socket, with a real record.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "tests say what they expect by failing"
)]

mod answers;
#[expect(unreachable_pub, reason = "the tests of the command use all of it")]
#[path = "../../cli/tests/served/database.rs"]
mod database;
mod callers;
mod described;
mod files;
mod limits;
mod due;
mod kept;
mod origins;
mod recorded;
mod restricted;
mod shared;
mod support;
mod tls;
