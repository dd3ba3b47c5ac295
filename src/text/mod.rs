//! bytes -> Source, Span, Diagnostic: what every later stage points at when it speaks.

mod diagnostic;
mod hex;
mod source;
mod span;
mod words;

pub use diagnostic::{Code, Diagnostic, Fix, Severity};
pub use hex::{digest_in_hex, hex};
pub use source::{Position, Source, Sources, has_odd_character, read_source};
pub use span::{SourceId, Span};
pub use words::{
    aloud, capitalised, counted, folded, harmless, heard, identical, joined, nearest, nearest_unit, plural,
    same_or_near, says_something, seen, slug, spelt_number, spoken, with_article, with_words,
};
