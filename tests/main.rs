//! The one test binary: each module reads a folder of inputs or holds a law.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    unreachable_pub,
    reason = "tests say what they expect by failing"
)]

mod arena;
mod blank;
mod both_sides;
mod broken_cases;
mod cases;
mod compared;
mod pages;
mod proof;
mod proof_shipped;
mod proof_defects;
mod proof_small;
mod public_calls;
mod questions;
mod questionnaires;
mod support;
mod tidy;
mod testing;
mod testers;
mod times;
mod unknown;
mod errors;
mod lints;
mod broken_lines;
mod order;
mod shapes;
mod forms;
mod generate;
mod laws;
mod harmless;
mod lists;
mod lenient;
mod forces;
mod widened;
mod dated;
mod quiet;
mod invariants;
mod doubled;
mod explain;
mod replayed;
mod capsules;
mod restated;
mod oracle;
mod hostile;
mod yaml;
mod witness;
