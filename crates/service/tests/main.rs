//! The service as a control room's system uses it: real requests to a real socket, with a real record.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "tests say what they expect by failing"
)]

mod answers;
mod callers;
mod described;
mod limits;
mod due;
mod kept;
mod origins;
mod recorded;
mod restricted;
mod support;
mod tls;
