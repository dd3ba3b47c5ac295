//! Past calls and one or two policies -> a report: what they would have said, where they differ, and the work that they make.

mod beside;
mod calls;
mod cases;
mod chart;
mod compare;
mod decisions;
mod found;
mod maker;
mod page;
mod report;
mod run;
mod share;
mod sweep;
mod tally;
mod terminal;
mod words;

pub use cases::{TakeCase, each_case};
pub use decisions::DecisionTable;
pub use found::ReadTables;
pub use page::page;
pub use report::{
    BesideMatrix, BesideReport, ByValue, Chosen, GainOrLoss, Matrix, Period, PolicyDifference, PolicyReport, Repeats,
    ReplayReport, RuleChange, RuleReport, SampleOfIds, SideBySide, SweepPoint, Workload,
};
pub use run::{BATCH, Replay, ReplayError, Replayed, Written, replay};
pub use terminal::{write_beside_intakes, write_intakes, write_report};
