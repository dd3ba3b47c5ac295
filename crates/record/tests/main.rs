//! The record as a service, a reviewer and a second party use it, on real files of SQLite.

#![expect(clippy::expect_used, reason = "tests say what they expect by failing")]

mod altered;
mod appended;
mod from_the_specification;
mod support;
mod waiting;
mod verifiers;
