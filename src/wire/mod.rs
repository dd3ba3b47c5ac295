//! JSON, YAML -> Case; Decision, Diagnostic, `PolicyDocument` -> JSON: every shape that is promised to other programs.

mod problem;
mod path;
mod keys;
mod scalar;
mod moment;
mod case_reader;
mod visitor;
mod value;
mod group;
mod case;
mod document;
mod json;
mod spanned;
mod yaml;
mod cases;
mod written_case;
mod line;
mod decision;
mod warning;
mod diagnostic;
mod policy;
mod summary;
mod schema;
mod questions;
mod verdict;
mod event;
mod comparison;
mod kept;

pub use case_reader::{Reading, UnknownKeys, UnknownValues};
pub use cases::{Reader, begins_lines, case_from_json, documents, read_utf8};
pub use comparison::{CallWords, write_comparisons};
pub use decision::{decision_line, push_decision, push_judgement, write_decision};
pub use diagnostic::{FileWarning, push_refusal, write_check, write_formatted, write_problem};
pub use document::{Document, InputFormat};
pub use event::{origin_name, write_changes, write_event};
pub use kept::{
    Acceptance, Act, ActLine, Attribution, Head, JournalEntry, KeptPolicy, KeptShape, KeptTest, Manifest, Restored,
    Verified, WaitingChange, WaitingLoss, kept_line, read_kept,
};
pub use moment::{read_call_time, read_moment};
pub use policy::write_policy;
pub use problem::{Fault, Problem, Problems};
pub use questions::policy_questions;
pub use schema::case_schema;
pub use spanned::{Node, Plain, read_case};
pub use summary::{PolicySummary, Summary};
pub use verdict::{
    CoverageVerdict, Missing, MutantVerdict, TestVerdict, VerdictNote, Verdicts, write_mutants, write_verdicts,
};
pub use warning::sentence;
pub use written_case::case_to_json;
pub use yaml::read_tree;
