//! A whole number that a case gives: a fact of the call, a score, or what a table gives for one of these -> the least and the most.

use super::parameter::Parameter;
use super::score::ScoreId;
use crate::model::FactId;

/// What a number is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FigureSource {
    Fact(FactId),
    Score(ScoreId),
    Table(TableId),
}

/// A table, by its place among those of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId(pub u32);

/// What a table gives `from` to `to`, both in; open at the top without `to`. Of a choice these are the places of its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub from: i64,
    pub to: Option<i64>,
    pub gives: Parameter<i64>,
}

/// The least and the most that rows give for what lies between two; `None` where none of them is for it.
pub fn given_between(rows: &[Row], (least, most): (i64, i64)) -> Option<(i64, i64)> {
    let met = rows.iter().filter(|row| row.from <= most && row.to.is_none_or(|to| to >= least));
    let given = met.map(|row| *row.gives);
    given.clone().min().zip(given.max())
}
