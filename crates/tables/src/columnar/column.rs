//! A column of a Parquet file -> its cells, as texts.

use super::kind::ColumnKind;
use crate::row::LIST_MARK;
use parquet::basic::{ConvertedType, LogicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::schema::types::{ColumnDescriptor, Type};

/// What one row has in a column; none where it has nothing, an error where that is no text.
pub(super) type Cell = Result<Option<String>, &'static str>;

pub(super) struct Column {
    /// By what it is asked for: its own name, after that of the group that it is in.
    pub(super) name: String,
    pub(super) number: usize,
    /// Whether a row may hold several values.
    pub(super) is_list: bool,
    kind: ColumnKind,
    /// From which level on a value is there, and an item of a list.
    value_level: i16,
    item_level: i16,
    list_depth: i16,
}

impl Column {
    pub(super) fn new(number: usize, described: &ColumnDescriptor, root: &Type) -> Self {
        Self {
            name: name(described.path().parts(), root),
            number,
            is_list: described.max_rep_level() > 0,
            kind: ColumnKind::of(described),
            value_level: described.max_def_level(),
            item_level: described.repeated_ancestor_def_level(),
            list_depth: described.max_rep_level(),
        }
    }

    pub(super) fn is_time(&self) -> bool {
        self.kind.is_time() && !self.is_list
    }

    pub(super) fn is_number(&self) -> bool {
        self.kind.is_number()
    }

    /// The next so many cells; fewer where the column ends.
    pub(super) fn read(&self, reader: &mut ColumnReader, rows: usize) -> Result<Vec<Cell>, ParquetError> {
        let kind = &self.kind;
        match reader {
            ColumnReader::BoolColumnReader(reader) => self.cells(reader, rows, |value| Ok(Some(value.to_string()))),
            ColumnReader::Int32ColumnReader(reader) => self.cells(reader, rows, |value| kind.of_int32(*value)),
            ColumnReader::Int64ColumnReader(reader) => self.cells(reader, rows, |value| kind.of_int64(*value)),
            ColumnReader::Int96ColumnReader(reader) => self.cells(reader, rows, |value| kind.of_int96(value)),
            ColumnReader::FloatColumnReader(reader) => {
                self.cells(reader, rows, |value| Ok((!value.is_nan()).then(|| value.to_string())))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                self.cells(reader, rows, |value| Ok((!value.is_nan()).then(|| value.to_string())))
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                self.cells(reader, rows, |value| kind.of_bytes(value.data()))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                self.cells(reader, rows, |value| kind.of_bytes(value.data()))
            }
        }
    }

    fn cells<T: DataType>(
        &self,
        reader: &mut ColumnReaderImpl<T>,
        rows: usize,
        text: impl Fn(&T::T) -> Cell,
    ) -> Result<Vec<Cell>, ParquetError> {
        let (mut value_levels, mut list_levels, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let (_, _, levels) = reader.read_records(rows, Some(&mut value_levels), Some(&mut list_levels), &mut values)?;
        let mut values = values.iter();
        let mut cells: Vec<Cell> = Vec::with_capacity(rows);
        for at in 0..levels {
            let level = value_levels.get(at).copied().unwrap_or(self.value_level);
            let cell = if level == self.value_level {
                let value = values.next().ok_or_else(|| ParquetError::EOF("a column lacks values".to_owned()))?;
                text(value)
            } else {
                Ok(None)
            };
            if !self.is_list {
                cells.push(cell);
                continue;
            }
            // A list within a list has no form in one cell that could be told from a flat one.
            let cell = if self.list_depth > 1 { Err("holds lists of lists, which are no text") } else { cell };
            if list_levels.get(at).copied().unwrap_or(0) == 0 {
                cells.push(match cell {
                    Ok(None) if level + 1 < self.item_level => Ok(None),
                    Ok(item) => Ok(Some(item.unwrap_or_default())),
                    Err(why) => Err(why),
                });
            } else if let Some(known) = cells.last_mut() {
                add(known, cell);
            }
        }
        Ok(cells)
    }
}

/// Adds an item to a cell that holds others.
fn add(cell: &mut Cell, item: Cell) {
    match (cell, item) {
        (Ok(Some(cell)), Ok(Some(item))) => {
            if !cell.is_empty() {
                cell.push(LIST_MARK);
            }
            cell.push_str(&item);
        }
        (cell @ Ok(_), Err(why)) => *cell = Err(why),
        _ => {}
    }
}

/// The name of a column: those of the groups that it is in, without what only says that a group is a list or a map.
fn name(path: &[String], root: &Type) -> String {
    let (mut names, mut within, mut skipped) = (Vec::new(), root, 0);
    for part in path {
        if skipped > 0 {
            skipped -= 1;
        } else {
            names.push(part.as_str());
        }
        let Some(next) = within.is_group().then(|| within.get_fields().iter().find(|field| field.name() == part))
        else {
            break;
        };
        let Some(next) = next else { break };
        within = next;
        skipped += skipped_within(within);
    }
    names.join(".")
}

fn skipped_within(group: &Type) -> usize {
    let info = group.get_basic_info();
    if group.is_primitive() {
        return 0;
    }
    match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::List), _) | (_, ConvertedType::LIST) => {
            let repeated = group.get_fields().first();
            let is_three_deep =
                repeated.is_some_and(|repeated| repeated.is_group() && repeated.get_fields().len() == 1);
            if is_three_deep { 2 } else { 1 }
        }
        (Some(LogicalType::Map), _) | (_, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE) => 1,
        _ => 0,
    }
}
