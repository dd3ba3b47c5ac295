//! Policy files -> the generation that is in force, for every reader at once: files, kept generations, and the watch that puts a
//! change in force once it is safe.
//!
//! For a program that decides calls while its policy may change:
//!
//! ```
//! use heedful::engine::{self, Input};
//! use heedful::live::Generation;
//! use heedful_live::Live;
//! use heedful::wire::{InputFormat, Reading, documents};
//! # let policy = "policy \"P\"\n  vocabulary \"v\"\n  time zone UTC\n\nrule r\n  when urgent is yes\n  then grade at least high\n  because \"It is urgent\"\n  source \"an example\"\n";
//! # let vocabulary = "vocabulary \"v\"\n\ncall\n  fact urgent: yes or no\n\noutcome grade: highest of low and high\n  written as \"grade at least\"\n";
//! # let file = |name: &str, text: &str| Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
//! let files = vec![file("policy.heed", policy), file("vocabulary.heed", vocabulary)];
//! let load = engine::load(&files);
//!
//! let live = Live::default();
//! let generation = Generation::new(1, files, load).expect("free of errors");
//! live.put(generation);
//!
//! let case = r#"{"call": {"id": "call-1", "at": "2026-03-14T22:00:00+00:00", "urgent": true}}"#;
//! let decided = live.decide("P", |policy| {
//!     let reading = Reading::strict(policy.vocabulary(), policy.zone());
//!     documents(InputFormat::Json, case).0[0].read(reading)
//! });
//! let decided = decided.expect("a policy of that name is live").expect("a case that can be read");
//! assert_eq!(decided.decision.fired[0].rule, "r");
//! assert_eq!(decided.generation.number(), 1);
//! ```
//!
//! [`watch::Watch`] keeps such a handle up to date with files.

mod handle;
mod threads;
pub mod files;
pub mod store;
pub mod watch;

pub use handle::{Decided, Live, Subscription};
pub use threads::Threads;

use heedful::engine::{self, Input, Load};

/// Reads, checks and compiles a set of files as [`engine::load`] does, on every processor where that is worth it.
pub fn load(inputs: &[Input]) -> Load {
    engine::load_with(inputs, &Threads::default())
}
