//! Rows -> a Parquet file, whose bytes depend on nothing but the rows.

use crate::row::TableError;
use crate::writer::{WrittenCell, WrittenColumn, WrittenKind};
use heedful::time::Instant;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Stored};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

/// How many rows are written together. So many are held in memory.
const GROUP: usize = 65_536;

pub(crate) struct ParquetTable {
    file: SerializedFileWriter<BufWriter<File>>,
    columns: Vec<HeldColumn>,
    rows: usize,
}

/// What waits to be written of one column.
#[derive(Default)]
struct HeldColumn {
    texts: Vec<ByteArray>,
    times: Vec<i64>,
    /// Whether there is a value, and whether it is a further one of its row.
    levels: Vec<i16>,
    further: Vec<i16>,
}

impl ParquetTable {
    /// `about` is kept in the file beside the rows.
    pub(crate) fn create(
        file: File,
        columns: &[WrittenColumn],
        about: &[(String, String)],
    ) -> std::result::Result<Self, TableError> {
        let start = || {
            let fields = columns.iter().map(|column| field(column).map(Arc::new)).collect::<Result<Vec<TypePtr>>>()?;
            let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
            let about = about.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
            let properties =
                WriterProperties::builder().set_compression(Compression::SNAPPY).set_key_value_metadata(Some(about));
            SerializedFileWriter::new(BufWriter::new(file), Arc::new(schema), Arc::new(properties.build()))
        };
        let held = columns.iter().map(|_| HeldColumn::default()).collect();
        start().map(|file| Self { file, columns: held, rows: 0 }).map_err(in_words)
    }

    pub(crate) fn add(&mut self, row: &[WrittenCell]) -> std::result::Result<(), TableError> {
        self.columns.iter_mut().zip(row).for_each(|(column, cell)| column.add(cell));
        self.rows += 1;
        if self.rows < GROUP { Ok(()) } else { self.write_group().map_err(in_words) }
    }

    pub(crate) fn finish(mut self) -> std::result::Result<(), TableError> {
        self.write_group().and_then(|()| self.file.close().map(drop)).map_err(in_words)
    }

    fn write_group(&mut self) -> Result<()> {
        if std::mem::take(&mut self.rows) == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for held in &mut self.columns {
            let held = std::mem::take(held);
            if let Some(column) = group.next_column()? {
                held.write(column)?;
            }
        }
        group.close().map(drop)
    }
}

impl HeldColumn {
    fn add(&mut self, cell: &WrittenCell) {
        let levels = self.levels.len();
        match cell {
            WrittenCell::Text(text) => self.texts.extend(text.as_deref().map(ByteArray::from)),
            WrittenCell::Time(time) => self.times.extend(time.map(|Instant(second)| second.saturating_mul(1000))),
            WrittenCell::Texts(texts) => {
                self.texts.extend(texts.iter().map(|text| ByteArray::from(text.as_str())));
                self.levels.extend(texts.iter().map(|_| 1));
                self.further.extend((0..texts.len().max(1)).map(|at| i16::from(at > 0)));
            }
        }
        // Nothing is a level too, in a list as elsewhere.
        if self.levels.len() == levels {
            let is_there = !matches!(cell, WrittenCell::Text(None) | WrittenCell::Time(None) | WrittenCell::Texts(_));
            self.levels.push(i16::from(is_there));
        }
    }

    fn write(self, mut column: SerializedColumnWriter<'_>) -> Result<()> {
        let further = (!self.further.is_empty()).then_some(self.further.as_slice());
        if matches!(column.untyped(), parquet::column::writer::ColumnWriter::Int64ColumnWriter(_)) {
            column.typed::<Int64Type>().write_batch(&self.times, Some(&self.levels), further)?;
        } else {
            column.typed::<ByteArrayType>().write_batch(&self.texts, Some(&self.levels), further)?;
        }
        column.close()
    }
}

fn field(column: &WrittenColumn) -> Result<Type> {
    let text = |name, repetition| {
        Type::primitive_type_builder(name, Stored::BYTE_ARRAY)
            .with_logical_type(Some(LogicalType::String))
            .with_repetition(repetition)
            .build()
    };
    match column.kind {
        WrittenKind::Text => text(&column.name, Repetition::OPTIONAL),
        WrittenKind::Time => Type::primitive_type_builder(&column.name, Stored::INT64)
            .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
            .with_repetition(Repetition::OPTIONAL)
            .build(),
        WrittenKind::Texts => {
            let items = Type::group_type_builder("list")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![Arc::new(text("element", Repetition::REQUIRED)?)])
                .build()?;
            Type::group_type_builder(&column.name)
                .with_repetition(Repetition::REQUIRED)
                .with_logical_type(Some(LogicalType::List))
                .with_fields(vec![Arc::new(items)])
                .build()
        }
    }
}

fn in_words(error: ParquetError) -> TableError {
    match error {
        ParquetError::External(cause) => match cause.downcast::<std::io::Error>() {
            Ok(error) => TableError::Io(*error),
            Err(cause) => TableError::Unwritable(cause.to_string()),
        },
        other => TableError::Unwritable(other.to_string()),
    }
}
