//! Places in the tables of a program. Each says which table it is of, and nothing more.

/// A condition, by its place in [`Ir::terms`](super::Ir).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(pub u32);

/// A selection, by its place in [`Ir::selections`](super::Ir).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SelectionId(pub u32);

/// Something counted, by its place in [`Ir::measures`](super::Ir).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MeasureId(pub u32);

/// Spans together, by their place in [`Ir::windows`](super::Ir).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WindowId(pub u32);

/// A length of spans, by its place in [`Plan::lengths`](super::Plan).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LengthId(pub u32);

/// A rule, by its place in [`Program::rules`](super::Program).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(pub u32);

/// The number of a place in a table. No table has more than can be counted: a set of files is limited.
pub(super) fn numbered(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
