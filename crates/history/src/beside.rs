//! What others say of the calls -> an `AnswerColumn` for each thing that they say, with an answer for each call.

use crate::convert::items;
use crate::intake::Intake;
use crate::mapping::{BesideTable, Compared, GivenMapping, Mapping};
use heedful::model::OutcomeId;
use heedful::text::identical;
use heedful_tables::{SourceRow, TableError, TableSource, each_row};
use std::collections::HashMap;

/// What somebody says of the calls for one outcome, value or rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerColumn {
    /// The file that says it.
    pub file: String,
    /// The line of the mapping on which the file is named.
    pub line: usize,
    /// What of a policy it is set beside.
    pub compared: Compared,
    /// For each call to decide what is said of it; none where nothing is. For an outcome of one value its place in
    /// [`answers_of`](crate::answers_of), for one of several values bit `n` for that at place `n`, for a list 1 where the call is in it, and
    /// 0 where it is not.
    pub answers: Vec<Option<u64>>,
}

/// What of a policy a mapping sets something beside, each once.
pub fn compared(mapping: &Mapping) -> Vec<Compared> {
    let with_calls = mapping.tables.iter().flat_map(|table| &table.given);
    let beside = mapping.beside.iter().flat_map(|table| &table.given);
    let outcomes = with_calls.chain(beside).map(|given| Compared::Outcome(given.outcome));
    let mut all: Vec<Compared> = Vec::new();
    for one in outcomes.chain(mapping.beside.iter().flat_map(|table| &table.holds).cloned()) {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// What the tables of the calls themselves say that the calls were given: a column for each outcome that some table has. `answers` gives
/// those for an outcome, call by call.
pub fn given_with_calls(mapping: &Mapping, answers: impl Fn(OutcomeId) -> Vec<Option<u64>>) -> Vec<AnswerColumn> {
    let mut columns: Vec<AnswerColumn> = Vec::new();
    for table in &mapping.tables {
        for given in &table.given {
            let compared = Compared::Outcome(given.outcome);
            match columns.iter_mut().find(|column| column.compared == compared) {
                Some(known) => known.file = format!("{} and {}", known.file, table.file),
                None => columns.push(AnswerColumn {
                    file: table.file.clone(),
                    line: table.line,
                    answers: answers(given.outcome),
                    compared,
                }),
            }
        }
    }
    columns
}

/// Reads what the key `beside` of a mapping names. `ids` are those of the calls, one after the other; `open` says where a file is, and `refused` is handed each row that cannot be
/// used, with the file and why: also one whose id no call has. A file that cannot be read to its end is said to be broken, and gives no column.
pub fn load_beside(
    mapping: &Mapping,
    ids: &[&str],
    mut open: impl FnMut(&str) -> TableSource,
    mut refused: impl FnMut(&str, &SourceRow, &str),
) -> (Vec<AnswerColumn>, Vec<Intake>) {
    let (mut columns, mut intakes) = (Vec::new(), Vec::new());
    if mapping.beside.is_empty() {
        return (columns, intakes);
    }
    let mut calls: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, id) in ids.iter().enumerate() {
        calls.entry(id).or_default().push(number);
    }
    for table in &mapping.beside {
        let mut file = FileOfAnswers::new(table, ids.len());
        let read = each_told(open(&table.file), table, |row| {
            file.intake.rows += 1;
            match file.add(row, &calls) {
                Ok(()) => file.intake.used += 1,
                Err(why) => {
                    refused(&table.file, row, &why);
                    file.intake.refused.entry(why).or_default().add(row.line);
                }
            }
        });
        match read {
            Ok(()) => columns.extend(file.columns),
            Err(error) => file.intake.broken = Some(error.to_string()),
        }
        intakes.push(file.intake);
    }
    (columns, intakes)
}

/// Each row with its id first, then the columns of what was given.
fn each_told(source: TableSource, table: &BesideTable, take: impl FnMut(&SourceRow)) -> Result<(), TableError> {
    let id = table.id.iter().map(String::as_str);
    let columns: Vec<&str> = id.chain(table.given.iter().map(|given| given.column.as_str())).collect();
    let form = table.form(&source);
    each_row(source, &form, &columns, take)
}

/// The columns that one file gives, as far as it has been read.
struct FileOfAnswers<'m> {
    table: &'m BesideTable,
    columns: Vec<AnswerColumn>,
    /// The calls that a row was about.
    told: Vec<bool>,
    intake: Intake,
}

impl<'m> FileOfAnswers<'m> {
    fn new(table: &'m BesideTable, calls: usize) -> Self {
        let column = |compared, answer| AnswerColumn {
            file: table.file.clone(),
            line: table.line,
            compared,
            answers: vec![answer; calls],
        };
        let given = table.given.iter().map(|given| column(Compared::Outcome(given.outcome), None));
        // A list says of every call that it does not name that it does not hold.
        let held = table.holds.iter().map(|held| column(held.clone(), Some(0)));
        let intake = Intake { file: table.file.clone(), ..Intake::default() };
        Self { table, columns: given.chain(held).collect(), told: vec![false; calls], intake }
    }

    fn add(&mut self, row: &SourceRow, calls: &HashMap<&str, Vec<usize>>) -> Result<(), String> {
        if let Some(why) = &row.broken {
            return Err(why.clone());
        }
        let id = row.cells.first().and_then(Option::as_deref).map(identical).filter(|id| !id.is_empty());
        let numbers = calls.get(&*id.ok_or("its id is empty")?).ok_or("no call has its id")?;
        let cells = row.cells.iter().skip(1);
        let given = self.table.given.iter().zip(cells);
        let mut answers: Vec<Option<u64>> = given
            .map(|(given, cell)| {
                let answer = given.answer(cell.as_deref().unwrap_or(""), &mut self.intake);
                if answer.is_none() {
                    *self.intake.unknown.entry(given.column.clone()).or_default() += 1;
                }
                answer
            })
            .collect();
        answers.resize(self.columns.len(), Some(1));
        for number in numbers {
            let Some(told) = self.told.get_mut(*number) else { continue };
            if std::mem::replace(told, true) {
                let known = self.columns.iter().map(|column| column.answers.get(*number).copied().flatten());
                if !known.eq(answers.iter().copied()) {
                    return Err("its id was told before with something else, and the first row counts".to_owned());
                }
                self.intake.note("its id was told before, with the same", row.line);
                return Ok(());
            }
            for (column, answer) in self.columns.iter_mut().zip(&answers) {
                column.answers.get_mut(*number).into_iter().for_each(|place| *place = *answer);
            }
        }
        Ok(())
    }
}

impl GivenMapping {
    /// What a cell says, as an [`AnswerColumn`] has it; none where it says nothing, or something that nothing explains.
    pub(crate) fn answer(&self, cell: &str, intake: &mut Intake) -> Option<u64> {
        let cell = cell.trim();
        if self.none.contains(cell) {
            return Some(0);
        }
        if cell.is_empty() || self.missing.contains(cell) {
            return None;
        }
        let mut place = |met: &str| {
            let value = match self.codes.get(met) {
                Some(meant) => meant.as_deref()?,
                None => met,
            };
            let place = self.values.iter().position(|known| known == value);
            if place.is_none() {
                intake.unmapped(&self.column, met);
            }
            u32::try_from(place?).ok()
        };
        if !self.is_several {
            return place(cell).map(u64::from);
        }
        let mut bits = Some(0u64);
        for item in items(cell, self.split.as_deref()).map(str::trim).filter(|item| !item.is_empty()) {
            let bit = place(item).and_then(|place| 1u64.checked_shl(place));
            bits = bits.zip(bit).map(|(bits, bit)| bits | bit);
        }
        bits
    }
}
