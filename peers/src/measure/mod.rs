//! Engines that agree -> what each of them takes.

mod growth;
mod load;
mod many;
mod parsing;
mod speed;
mod turns;

pub use growth::{by_records, by_rules};
pub use load::{Load, loads};
pub use many::{Many, many};
pub use parsing::Parsing;
pub use speed::{Speed, speeds};

/// How much is measured.
pub struct Effort {
    /// Cases that are compared, and that are gone through for the figures out of cache.
    pub cases: usize,
    /// Of which so many are timed one by one.
    pub sample: usize,
    /// Each figure is the fastest of so many rounds, in which whatever is compared takes turns.
    pub rounds: usize,
    /// How often the program goes through all cases, one after the other.
    pub many: usize,
}

impl Effort {
    pub const FULL: Self = Self { cases: 10_000, sample: 300, rounds: 4, many: 100 };
    pub const QUICK: Self = Self { cases: 10_000, sample: 60, rounds: 1, many: 10 };
}
