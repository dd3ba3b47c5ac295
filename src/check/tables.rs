//! Checks tables: what they are looked up by, and rows that are for every possible value once.

use super::names::{Checker, Lookup};
use super::once::{Once, no_effect};
use super::policy::Table;
use crate::model::Type;
use crate::semantics::{FigureSource, Parameter, Row, TableId};
use crate::syntax::tree::{Line, RowKey, TableItem, TableLine, TableRow, Word};
use crate::text::{Diagnostic, Span, joined, nearest, spelt_number};
use std::collections::BTreeMap;

const ONE_ROW: &str = "every value is in one row: each row begins where the one before it ends";
const GOES_BY: &str = "a table goes by a score, or by a fact of the call that is a number or `one of` some values";

/// What rows have to be for.
enum Keys {
    Numbers(i64, i64),
    Values(Vec<String>),
}

impl<'a> Checker<'a, '_> {
    pub(super) fn check_table(&mut self, item: &'a TableItem) -> Option<Lookup> {
        let mut rows: Option<&[Line<TableRow>]> = None;
        let mut sources = Vec::new();
        let mut once = Once::under("this table");
        for line in &item.lines {
            let at = line.at.0;
            match &line.node {
                TableLine::Gives(list) => {
                    once.line("gives", at, self.problems);
                    rows = rows.or(Some(list));
                }
                TableLine::Source(text) => {
                    once.text("source", text, at, self.problems);
                    sources.push(text.value.clone());
                }
                TableLine::Help(_) => {
                    let help =
                        "a table has one text, which stands after its name; for a remark write a comment with `#`";
                    self.problems.push(no_effect(at, "this text has no effect here").help(help));
                }
            }
        }
        let by = self.looked_up_by(&item.by);
        let given: Vec<_> = rows.unwrap_or_default().iter().map(|row| self.number(&row.node.gives)).collect();
        if self.lost.anything_under(item.name.at.0) {
            return None;
        }
        let (by, keys) = by?;
        let Some(rows) = rows.filter(|rows| !rows.is_empty()) else {
            let problem = Diagnostic::error("empty-list", item.name.at.0, "this table gives nothing");
            self.problems.push(problem.help("add a list: `gives:`, and under it such as `- 0 to 3: 20`"));
            return None;
        };
        let rows: Vec<(&Line<TableRow>, _)> = rows.iter().zip(given.into_iter().collect::<Option<Vec<_>>>()?).collect();
        let rows = match &keys {
            Keys::Numbers(least, most) => self.rows_of_numbers(item, by, rows, (*least, *most))?,
            Keys::Values(values) => self.rows_of_values(item, rows, values)?,
        };
        let title = item.title.as_ref().map_or_else(|| item.name.text.clone(), |title| title.value.clone());
        let id = TableId(u32::try_from(self.policy.tables.len()).unwrap_or(u32::MAX));
        let (name, policy, at) = (item.name.text.clone(), self.owner(&item.name.text), item.name.at.0);
        self.policy.tables.push(Table { name, title, by, rows, sources, policy, at });
        Some(Lookup::Table(id))
    }

    /// The fact or score by which a table is looked up, and the values that its rows must be for.
    fn looked_up_by(&mut self, word: &Word) -> Option<(FigureSource, Keys)> {
        let at = word.at.0;
        if let Some(fact) = self.policy.vocabulary.fact(&word.text) {
            let ty = self.policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty)?;
            let keys = match ty {
                Type::Number { range: Some((from, to)) } => Ok(Keys::Numbers(*from, *to)),
                Type::Choice { values, .. } => Ok(Keys::Values(values.clone())),
                Type::Number { range: None } => Err((
                    "may be any number",
                    "declare it with the least and the most that it may be: `number from 0 to 20`",
                )),
                Type::YesNo => Err(("is yes or no", "write a rule for yes, and one for no, each with its number")),
                _ => Err(("is neither a number nor a choice", GOES_BY)),
            };
            return match keys {
                Ok(keys) => Some((FigureSource::Fact(fact), keys)),
                Err((reason, help)) => {
                    let message = format!("no table goes by `{}`, which {reason}", word.text);
                    self.problems.push(Diagnostic::error("wrong-kind", at, message).help(help));
                    None
                }
            };
        }
        match self.look_up(&word.text, Some(at)) {
            Some(Lookup::Score(id)) => {
                let (least, most) = self.policy.score(id)?.reach;
                Some((FigureSource::Score(id), Keys::Numbers(least, most)))
            }
            Some(Lookup::Broken | Lookup::Busy) => None,
            Some(Lookup::Condition(_) | Lookup::Group(_) | Lookup::Table(_)) => {
                let message = format!("`{}` is neither a score nor a fact of the call", word.text);
                self.problems.push(Diagnostic::error("wrong-kind", at, message).help(GOES_BY));
                None
            }
            None => {
                let facts = self.policy.vocabulary.call.iter().map(|fact| fact.name.as_str());
                let near = nearest(&word.text, facts.chain(self.scores.keys().copied())).map(str::to_owned);
                let message = format!("there is no fact or score `{}`", word.text);
                self.report_unknown(word, Diagnostic::error("unknown-name", at, message).suggest(near.as_deref()));
                None
            }
        }
    }

    /// Of a table nothing can be asked.
    pub(super) fn asked_of_a_table<T>(&mut self, word: &Word) -> Option<T> {
        let message = format!("`{}` is a table, of which nothing can be asked", word.text);
        let help = "ask about what it is looked up by, and give its number in `then`";
        self.problems.push(Diagnostic::error("wrong-question", word.at.0, message).help(help));
        None
    }

    /// The rows in rising order, where every number from the least to the most is in one of them.
    fn rows_of_numbers(
        &mut self,
        item: &TableItem,
        by: FigureSource,
        rows: Vec<(&Line<TableRow>, Parameter<i64>)>,
        (least, most): (i64, i64),
    ) -> Option<Vec<Row>> {
        let mut sorted = Vec::new();
        for (line, gives) in rows {
            match &line.node.when {
                RowKey::Numbers { from, to } => match to.filter(|to| to.value < from.value) {
                    Some(to) => {
                        let span = from.at.0.to(to.at.0);
                        let problem =
                            Diagnostic::error("bad-range", span, "the range of this row is the wrong way round");
                        self.problems.push(problem.help(format!("write `{} to {}`", to.value, from.value)));
                        return None;
                    }
                    None => sorted.push((line.at.0, Row { from: from.value, to: to.map(|to| to.value), gives })),
                },
                RowKey::Values(words) => {
                    self.report_no_numbers(item, by, words);
                    return None;
                }
            }
        }
        sorted.sort_by_key(|(_, row)| row.from);
        if !self.within_reach(item, by, &sorted, (least, most)) {
            return None;
        }
        let mut sound = true;
        let name = &item.by.text;
        let mut next = sorted.first().map(|(_, row)| row.from.min(least));
        let mut before: Option<Span> = None;
        for (at, row) in &sorted {
            let free = next.unwrap_or(i64::MAX);
            if row.from > free {
                let message = format!("no row before this one is for {} of `{name}`", between(free, row.from - 1));
                self.problems.push(Diagnostic::error("rows", *at, message).help(ONE_ROW));
                sound = false;
            } else if let (true, Some(first)) = (row.from < free, before) {
                let end = row.to.unwrap_or(i64::MAX).min(free.saturating_sub(1));
                let twice = match end {
                    end if end == row.from => format!("{end} of `{name}` is"),
                    end if end >= most => format!("{} or more of `{name}` are", row.from),
                    end => format!("{} to {end} of `{name}` are", row.from),
                };
                let problem = Diagnostic::error("rows", *at, format!("{twice} in two rows"));
                self.problems.push(problem.also(first, "here is the first of them").help(ONE_ROW));
                sound = false;
            }
            next = row.to.map(|to| to.saturating_add(1).max(free));
            before = Some(*at);
        }
        if let (true, Some(free)) = (sound, next.filter(|free| *free <= most)) {
            let message = format!("no row is for {} of `{name}`, though {most} can be reached", between(free, most));
            let problem = Diagnostic::error("rows", item.name.at.0, message);
            self.problems.push(problem.help(format!("add a row `- {free} or more: …`")));
            sound = false;
        }
        sound.then(|| sorted.into_iter().map(|(_, row)| row).collect())
    }

    /// Whether each row is for a number that there may be; a fact is never outside the range with which it is declared.
    fn within_reach(
        &mut self,
        item: &TableItem,
        by: FigureSource,
        rows: &[(Span, Row)],
        (least, most): (i64, i64),
    ) -> bool {
        let beyond = |row: &Row| row.from > most || row.to.is_some_and(|to| to < least);
        let first = rows.iter().find(|(_, row)| beyond(row)).filter(|_| matches!(by, FigureSource::Fact(_)));
        if let Some((at, row)) = first {
            let when = row.to.map_or_else(|| format!("{} or more", row.from), |to| between(row.from, to));
            let message = format!("`{}` is never {when}: it is declared from {least} to {most}", item.by.text);
            let problem = Diagnostic::error("rows", *at, message);
            self.problems.push(problem.help("leave this row out, or declare the fact with a wider range"));
        }
        first.is_none()
    }

    /// A row that begins with words where a number is needed.
    fn report_no_numbers(&mut self, item: &TableItem, by: FigureSource, words: &[Word]) {
        let Some(word) = words.first() else { return };
        let said = &word.text;
        let score = if let FigureSource::Score(id) = by { self.policy.score(id) } else { None };
        let band = score.and_then(|score| score.bands.iter().find(|band| band.name == *said));
        let message = format!("`{said}` is no number, and `{}` is one", item.by.text);
        let problem = Diagnostic::error("wrong-kind", word.at.0, message);
        let ends =
            said.split_once('-').and_then(|(from, to)| Some((from.parse::<i64>().ok()?, to.parse::<i64>().ok()?)));
        self.problems.push(match (band, spelt_number(said), ends) {
            (Some(band), ..) => match (*band.from, band.to) {
                (from, None) => problem.help(format!("write the numbers of that band: `{from} or more`")),
                (from, Some(to)) if from == to => problem.help(format!("write the number of that band: `{from}`")),
                (from, Some(to)) => problem.help(format!("write the numbers of that band: `{from} to {to}`")),
            },
            (_, Some(number), _) => problem.help(format!("write `{number}`")),
            (.., Some((from, to))) => {
                let range = format!("{from} to {to}");
                problem.help(format!("write `{range}`")).fix(word.at.0, range).certain(words.len() == 1)
            }
            _ => problem.help("begin the row with a number, `2 to 4` or `7 or more`"),
        });
    }

    /// A row for each value of a choice, by its place.
    fn rows_of_values(
        &mut self,
        item: &TableItem,
        rows: Vec<(&Line<TableRow>, Parameter<i64>)>,
        values: &[String],
    ) -> Option<Vec<Row>> {
        let mut sound = true;
        let mut given: BTreeMap<usize, (Span, Parameter<i64>)> = BTreeMap::new();
        for (line, gives) in rows {
            let RowKey::Values(words) = &line.node.when else {
                let message = format!("`{}` has values with names, and this row begins with a number", item.by.text);
                let problem = Diagnostic::error("wrong-kind", line.at.0, message);
                self.problems.push(problem.help(format!("begin the row with one of {}", joined(values, "or"))));
                return None;
            };
            for word in words {
                let Some(place) = values.iter().position(|value| *value == word.text) else {
                    let message = format!("`{}` has no value `{}`", item.by.text, word.text);
                    let near = nearest(&word.text, values.iter().map(String::as_str));
                    let problem = Diagnostic::error("unknown-value", word.at.0, message).suggest(near);
                    self.problems.push(problem.help(format!("its values are {}", joined(values, "and"))));
                    sound = false;
                    continue;
                };
                if let Some((first, _)) = given.insert(place, (word.at.0, gives)) {
                    let message = format!("`{}` is in two rows", word.text);
                    let problem =
                        Diagnostic::error("rows", word.at.0, message).also(first, "here is the first of them");
                    self.problems.push(problem.help("leave one of them out"));
                    sound = false;
                }
            }
        }
        let missing = values.iter().enumerate().filter(|(place, _)| !given.contains_key(place));
        let missing: Vec<&String> = missing.map(|(_, value)| value).collect();
        if sound && !missing.is_empty() {
            let message = format!("no row is for {} of `{}`", joined(&missing, "and"), item.by.text);
            let problem = Diagnostic::error("rows", item.name.at.0, message);
            self.problems.push(problem.help("every value of the fact is in one row: add what is missing"));
            sound = false;
        }
        let row = |(place, (_, gives)): (usize, (Span, _))| {
            let at = i64::try_from(place).unwrap_or(i64::MAX);
            Row { from: at, to: Some(at), gives }
        };
        sound.then(|| given.into_iter().map(row).collect())
    }
}

fn between(from: i64, to: i64) -> String {
    match to - from {
        0 => from.to_string(),
        1 => format!("{from} or {to}"),
        _ => format!("{from} to {to}"),
    }
}
