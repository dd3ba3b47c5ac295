//! The engines, each in its file, behind one interface.

mod cedar;
mod cel;
mod datalogic;
mod handwritten;
mod heedful;
mod regorus;
mod rhai;
mod zen;

pub use heedful::{program as heedful_program, source as heedful_source};

use crate::generate::Texts;
use crate::verdict::Answer;

/// An engine with a policy loaded.
pub trait Engine {
    /// Takes cases into the engine's own form, in place of those it had.
    fn take(&mut self, cases: &[Texts]);

    /// Evaluates one of the cases taken: outcome and fired rules, and for heedful and hand-written Rust the evidence.
    fn evaluate(&mut self, case: usize);

    /// What that evaluation came to, for comparing; not timed.
    fn answer(&mut self, case: usize, text: &Texts) -> Answer;

    /// From the JSON of a case to the JSON of a decision.
    fn decide(&mut self, case: &Texts, out: &mut Vec<u8>);
}

/// An engine that took a policy, or why it did not.
pub type Loaded = Result<Box<dyn Engine>, String>;

/// How much of an engine's work is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What is measured.
    Heedful,
    /// What it is measured by.
    Handwritten,
    /// An engine that counts for itself.
    Peer,
    /// An engine whose counts are made outside it.
    Counted,
}

/// One engine, and how to get it going.
pub struct Kind {
    pub name: &'static str,
    pub role: Role,
    /// The policy of so many variants, in the engine's own language, as texts to load.
    pub source: fn(usize) -> Vec<String>,
    pub load: fn(&[String]) -> Loaded,
}

impl Kind {
    /// An engine with so many variants of the rules.
    ///
    /// # Errors
    /// Why it does not take them.
    pub fn loaded(&self, variants: usize) -> Loaded {
        (self.load)(&(self.source)(variants)).map_err(|error| format!("{}: {error}", self.name))
    }
}

pub const FUSED: &str = "hand-written, fused";
pub const BY_RULE: &str = "hand-written, rule by rule";
pub const HEEDFUL: &str = "heedful";
pub const HEEDFUL_WHOLE: &str = "heedful, whole decision";

/// Every engine that is compared; the yardstick comes first.
pub fn all() -> Vec<Kind> {
    let mut kinds = handwritten::kinds();
    kinds.extend(heedful::kinds());
    kinds.extend(datalogic::kinds());
    kinds.extend(cedar::kinds());
    kinds.extend(regorus::kinds());
    kinds.extend(rhai::kinds());
    kinds.extend(zen::kinds());
    kinds.extend(cel::kinds());
    kinds
}
