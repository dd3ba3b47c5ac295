//! The one test binary: each module reads a folder of inputs or holds a law.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    unreachable_pub,
    reason = "tests say what they expect by failing"
)]

mod broken_cases;
mod cases;
mod cli;
mod manual;
mod public_calls;
mod support;
mod tidy;
mod times;
mod errors;
mod generate;
mod laws;
mod oracle;
mod hostile;
mod watch;
