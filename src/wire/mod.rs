//! JSON, YAML -> Case; Decision, Diagnostic -> JSON: every shape that is promised to other programs.

mod document;
mod json;
mod yaml;
mod fence;
mod case;
mod group;
mod value;
mod moment;
mod judge;
mod found;
mod keys;
mod path;
mod problem;
mod decision;
mod warning;
mod diagnostic;
mod summary;
mod schema;
mod event;
mod kept;

pub use case::{Reading, UnknownKeys};
pub use decision::write_decision;
pub use diagnostic::{write_check, write_formatted, write_problem};
pub use document::{Document, Form, begins_lines, documents, read_utf8};
pub use event::{origin_name, write_changes, write_event};
pub use kept::{Entry, KeptPolicy, Manifest, Restored, kept_line, read_kept};
pub use problem::{Problem, Problems};
pub use schema::case_schema;
pub use summary::{PolicySummary, Summary};
pub use warning::sentence;
