//! A row of a table -> `PastEvent`, by the mapping, or why the row cannot be used.

use crate::event::{CallEvent, PastEvent};
use crate::intake::Intake;
use crate::mapping::{
    From, Mapping, Others, RepeatedHour, TableMapping, TimeFormat, TimeSource, ValueMapping, ValueSource,
};
use crate::values::{Said, Values};
use heedful::model::{OutcomeId, Type};
use heedful::text::identical;
use heedful::time::{Instant, LocalTime, Stamp, Unit, parse_duration};
use heedful_tables::{LIST_MARK, SourceRow};
use std::collections::BTreeMap;

/// Turns the rows of one table into events.
pub struct Converter<'m> {
    table: &'m TableMapping,
    columns: Vec<&'m str>,
    places: BTreeMap<&'m str, usize>,
}

/// Why a cell gives no value.
enum Lack {
    /// It says nothing, or what nobody can use: the value is not known.
    Unknown,
    /// The row cannot be used.
    Refused(String),
}

impl<'m> Converter<'m> {
    pub fn new(table: &'m TableMapping) -> Self {
        let columns: Vec<&str> = Mapping::columns(table).into_iter().collect();
        let places = columns.iter().enumerate().map(|(place, column)| (*column, place)).collect();
        Self { table, columns, places }
    }

    /// The columns in the order in which [`Converter::event`] takes their cells.
    pub fn columns(&self) -> &[&'m str] {
        &self.columns
    }

    /// The event that a row tells of; none where the mapping leaves it out.
    ///
    /// # Errors
    /// Why the row cannot be used.
    pub fn event(&self, row: &SourceRow, intake: &mut Intake) -> Result<Option<PastEvent>, String> {
        if let Some(why) = &row.broken {
            return Err(why.clone());
        }
        if self
            .table
            .left_out
            .iter()
            .any(|(column, values)| self.cell(row, column).is_some_and(|cell| values.contains(cell)))
        {
            return Ok(None);
        }
        let id = self.cell(row, &self.table.id).map(|id| identical(id).into_owned()).filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| format!("`{}`, its id, is empty", self.table.id))?;
        let at = self.moment(row, &self.table.at, intake)?;
        let known = match &self.table.known {
            Some(source) => match self.moment(row, source, intake) {
                Ok(known) if known.at < at.at => {
                    intake.note(format!("`{}` is before `{}`", source.column, self.table.at.column), row.line);
                    at.at
                }
                Ok(known) => known.at,
                Err(why) => return Err(why),
            },
            None => at.at,
        };
        if let Some((other, within)) = &self.table.checked {
            let apart = within.exact_seconds().unwrap_or(0);
            match self.moment(row, other, intake) {
                Ok(other_at) if other_at.at.0.abs_diff(at.at.0) > apart.unsigned_abs() => {
                    intake.note(
                        format!("`{}` and `{}` are more than {within} apart", other.column, self.table.at.column),
                        row.line,
                    );
                }
                Ok(_) => {}
                Err(_) => intake.note(format!("`{}` is no time, so it checks nothing", other.column), row.line),
            }
        }
        self.with_values(row, id, at, known, intake).map(Some)
    }

    fn with_values(
        &self,
        row: &SourceRow,
        id: String,
        at: Stamp,
        known: Instant,
        intake: &mut Intake,
    ) -> Result<PastEvent, String> {
        let (mut record, mut facts) = (Values::default(), Values::default());
        for value in &self.table.values {
            let said = match self.value(row, value, intake) {
                Ok(said) => said,
                Err(Lack::Unknown) => {
                    *intake.unknown.entry(value.name.clone()).or_default() += 1;
                    continue;
                }
                Err(Lack::Refused(why)) => return Err(why),
            };
            if let Some(field) = value.field {
                record.push(field.0, &said);
            }
            if let Some(fact) = value.fact {
                facts.push(fact.0, &said);
            }
        }
        let call = self.table.record.is_call.then(|| CallEvent { facts, whole: None, given: self.given(row, intake) });
        Ok(PastEvent { id, at, known, record: self.table.record.kind.map(|kind| (kind, record)), call })
    }

    /// What the control room gave the call, where the table says it.
    fn given(&self, row: &SourceRow, intake: &mut Intake) -> Vec<(OutcomeId, u64)> {
        let given = self
            .table
            .given
            .iter()
            .filter_map(|given| Some((given.outcome, given.answer(self.cell(row, &given.column)?, intake)?)));
        given.collect()
    }

    fn cell<'r>(&self, row: &'r SourceRow, column: &str) -> Option<&'r str> {
        row.cells.get(*self.places.get(column)?)?.as_deref()
    }

    /// A time of a row.
    fn moment(&self, row: &SourceRow, source: &TimeSource, intake: &mut Intake) -> Result<Stamp, String> {
        let text = self.cell(row, &source.column).unwrap_or("").trim();
        let is_time = self.is_time(row, &source.column);
        moment((text, is_time), &source.column, &source.format, row.line, intake)
    }

    /// Whether a cell holds a time as such, and no text that has to be read as one.
    fn is_time(&self, row: &SourceRow, column: &str) -> bool {
        self.places.get(column).and_then(|place| row.times.get(*place)).copied().unwrap_or(false)
    }

    fn value(&self, row: &SourceRow, value: &ValueMapping, intake: &mut Intake) -> Result<Said, Lack> {
        let source = &value.source;
        match &source.from {
            From::Always(text) => self.read(text, value, row, intake),
            From::Column(column) => match self.filled(row, column, source) {
                Some(cell) => self.read(cell, value, row, intake),
                None => Err(Lack::Unknown),
            },
            From::Columns(columns) => {
                let cells: Vec<Option<&str>> = columns.iter().map(|column| self.filled(row, column, source)).collect();
                if matches!(value.ty, Type::Identity { many: true, .. }) {
                    let people: Vec<String> =
                        cells.into_iter().flatten().filter_map(|cell| person(cell, source)).collect();
                    return if people.is_empty() { Err(Lack::Unknown) } else { Ok(Said::Names(people)) };
                }
                // Half of what tells two people apart would make them one.
                let parts: Option<Vec<String>> = cells.into_iter().map(|cell| person(cell?, source)).collect();
                parts.map(|parts| Said::Name(parts.join(" / "))).ok_or(Lack::Unknown)
            }
        }
    }

    /// A cell that says something.
    fn filled<'r>(&self, row: &'r SourceRow, column: &str, source: &ValueSource) -> Option<&'r str> {
        let cell = self.cell(row, column)?;
        (!source.missing.contains(cell.trim())).then_some(cell)
    }

    fn read(&self, cell: &str, value: &ValueMapping, row: &SourceRow, intake: &mut Intake) -> Result<Said, Lack> {
        let source = &value.source;
        let trimmed = cell.trim();
        let unmapped = |intake: &mut Intake, met: &str| {
            intake.unmapped(&value.name, met);
            match source.others {
                Others::Unknown => Lack::Unknown,
                Others::Refuse => Lack::Refused(format!("`{}` has a value that nothing explains", value.name)),
            }
        };
        let place = |word: &str, values: &[String]| {
            values.iter().position(|value| value == word).and_then(|place| u16::try_from(place).ok())
        };
        match &value.ty {
            Type::Identity { many, .. } => {
                let people: Vec<String> =
                    items(cell, source.split.as_deref()).filter_map(|item| person(item, source)).collect();
                match people.as_slice() {
                    _ if *many && source.none.contains(trimmed) => Ok(Said::Names(Vec::new())),
                    [] => Err(Lack::Unknown),
                    _ if *many => Ok(Said::Names(people)),
                    [only] => Ok(Said::Name(only.clone())),
                    _ => Err(unmapped(intake, trimmed)),
                }
            }
            Type::Link { .. } => match identical(trimmed).into_owned() {
                // As in a case, where a link to `unknown` leads nowhere.
                id if id.is_empty() || id == "unknown" => Err(Lack::Unknown),
                id => Ok(Said::Name(id)),
            },
            Type::Text => Ok(Said::Text(cell.to_owned())),
            Type::YesNo => match source.codes.get(trimmed) {
                Some(None) => Err(Lack::Unknown),
                Some(Some(word)) => Ok(Said::YesNo(word == "yes")),
                None => match trimmed.to_lowercase().as_str() {
                    "yes" | "y" | "true" | "t" | "1" => Ok(Said::YesNo(true)),
                    "no" | "n" | "false" | "f" | "0" => Ok(Said::YesNo(false)),
                    _ => Err(unmapped(intake, trimmed)),
                },
            },
            Type::Choice { values, .. } => match source.codes.get(trimmed) {
                Some(None) => Err(Lack::Unknown),
                code => {
                    let word = code.and_then(Option::as_deref).unwrap_or(trimmed);
                    place(word, values).map(Said::Choice).ok_or_else(|| unmapped(intake, trimmed))
                }
            },
            Type::Flags { values } => {
                let (mut flags, mut lack) = (0u64, None);
                let met =
                    items(cell, source.split.as_deref()).map(str::trim).filter(|item| !source.missing.contains(*item));
                for item in met.filter(|item| !source.none.contains(*item)) {
                    match source.codes.get(item) {
                        Some(None) => lack = Some(Lack::Unknown),
                        code => {
                            let word = code.and_then(Option::as_deref).unwrap_or(item);
                            match place(word, values).and_then(|place| 1u64.checked_shl(place.into())) {
                                Some(flag) => flags |= flag,
                                None => lack = Some(unmapped(intake, item)),
                            }
                        }
                    }
                }
                lack.map_or(Ok(Said::Flags(flags)), Err)
            }
            Type::Number { range } => match trimmed.parse::<i64>() {
                Ok(number) if range.is_none_or(|(least, most)| (least..=most).contains(&number)) => {
                    Ok(Said::Number(number))
                }
                _ => Err(unmapped(intake, trimmed)),
            },
            Type::Duration => match (trimmed.parse::<u32>(), source.unit) {
                (Ok(number), Some(Unit::Minutes)) => Ok(Said::Duration(i64::from(number) * 60)),
                (Ok(number), Some(Unit::Hours)) => Ok(Said::Duration(i64::from(number) * 3_600)),
                _ => parse_duration(trimmed).map(Said::Duration).map_err(|_| unmapped(intake, trimmed)),
            },
            Type::Time { or_none } => {
                if *or_none && source.none.contains(trimmed) {
                    return Ok(Said::Nothing);
                }
                let is_time = matches!(&source.from, From::Column(column) if self.is_time(row, column));
                match moment((trimmed, is_time), &value.name, &source.time, row.line, intake) {
                    Ok(stamp) => Ok(Said::Time(stamp.at)),
                    Err(_) => Err(unmapped(intake, trimmed)),
                }
            }
            // A type that is newer than this reader.
            _ => Err(unmapped(intake, trimmed)),
        }
    }
}

/// The items of a cell, of which there may be several.
pub(crate) fn items<'c>(cell: &'c str, split: Option<&'c str>) -> impl Iterator<Item = &'c str> {
    let mark = split.unwrap_or("\u{1f}");
    cell.split(LIST_MARK).flat_map(move |part| part.split(mark))
}

/// How a table that keeps times as such has them where they have no offset.
const CLOCK_TIME: &str = "%Y-%m-%dT%H:%M:%S%.f";
const DAY: &str = "%Y-%m-%d";

/// When it was. A cell that holds a time as such needs no format, whatever the mapping says.
fn moment(
    (text, is_time): (&str, bool),
    column: &str,
    format: &TimeFormat,
    line: u64,
    intake: &mut Intake,
) -> Result<Stamp, String> {
    let pattern = match (&format.pattern, is_time) {
        (_, true) if text.ends_with('Z') || text.is_empty() => None,
        (_, true) => Some(if text.contains('T') { CLOCK_TIME } else { DAY }),
        (pattern, false) => pattern.as_deref(),
    };
    let Some(pattern) = pattern else {
        return Stamp::parse(text).map_err(|why| format!("`{column}` {why}"));
    };
    let read =
        format.zone.read_local(text, pattern).map_err(|_| format!("`{column}` is not a time as `{pattern}` has it"))?;
    let at = match (read, format.repeated) {
        (LocalTime::At(at), _) => at,
        (LocalTime::Skipped, _) => return Err(format!("`{column}` is a time that the clocks skipped")),
        (LocalTime::Twice(..), RepeatedHour::Refuse) => {
            return Err(format!("`{column}` is a time that the clocks showed twice"));
        }
        (LocalTime::Twice(first, second), repeated) => {
            let (at, which) = if repeated == RepeatedHour::First { (first, "first") } else { (second, "second") };
            intake.note(format!("`{column}` is a time that the clocks showed twice, taken for the {which}"), line);
            at
        }
    };
    // Of two in one second, a list of records has the later one last.
    let fraction = text.split_once('.').filter(|_| is_time).map(|(_, fraction)| fraction);
    let stamp = fraction.and_then(|fraction| Stamp::parse(&format!("2000-01-01T00:00:00.{fraction}Z")).ok());
    Ok(Stamp { at, fraction: stamp.and_then(|stamp| stamp.fraction) })
}

/// Who is meant, in one spelling: without blanks around, with single ones inside, and in small letters.
fn person(cell: &str, source: &ValueSource) -> Option<String> {
    let text = identical(cell);
    let text = if source.exactly {
        text.into_owned()
    } else {
        text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    };
    (!text.is_empty() && !source.missing.contains(cell.trim())).then_some(text)
}
