//! JSON, YAML -> Case; Decision, Diagnostic, Document -> JSON: every shape that is promised to other programs.

mod document;
mod json;
mod yaml;
mod fence;
mod node;
mod case;
mod group;
mod value;
mod moment;
mod judge;
mod found;
mod keys;
mod path;
mod problem;
mod line;
mod decision;
mod warning;
mod diagnostic;
mod policy;
mod summary;
mod schema;
mod verdict;
mod event;
mod kept;

pub use case::{Reading, UnknownKeys, UnknownValues};
pub use decision::{push_decision, push_judgement, write_decision};
pub use diagnostic::{FileWarning, push_refusal, write_check, write_formatted, write_problem};
pub use document::{Document, Form, Reader, begins_lines, case_from_json, documents, read_utf8};
pub use event::{origin_name, write_changes, write_event};
pub use kept::{
    Acceptance, Act, ActLine, Entry, Head, KeptPolicy, KeptShape, KeptTest, Manifest, Restored, Verified, Waiting,
    WaitingLoss, Word, kept_line, read_kept,
};
pub use moment::read_moment;
pub use node::{Node, Plain, read_case};
pub use policy::write_policy;
pub use problem::{Fault, Problem, Problems};
pub use schema::case_schema;
pub use summary::{PolicySummary, Summary};
pub use verdict::{
    CoverageVerdict, Missing, MutantVerdict, Verdict, VerdictNote, Verdicts, write_mutants, write_verdicts,
};
pub use warning::sentence;
pub use yaml::{places_in_tree, read_tree};
