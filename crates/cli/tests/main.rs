//! What the command does and what it keeps, by running it.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    unreachable_pub,
    reason = "tests say what they expect by failing"
)]

mod cli;
mod compare;
mod served;
mod streams;
mod manual;
mod new;
mod replay;
mod replay_tables;
#[expect(dead_code, reason = "the tests of the library use all of it")]
#[path = "../../../tests/support.rs"]
mod support;
mod serve;
mod unread;
mod watch;
