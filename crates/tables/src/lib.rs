//! Tables -> rows, each with the cells of the columns that are asked for; and rows -> tables.

mod columnar;
mod database;
mod row;
mod source;
mod text_rows;
mod writer;

pub use row::{LIST_MARK, SourceRow, TableError};
pub use source::{Selection, TableForm, TableSource, each_row, headings};
pub use writer::{TableWriter, WrittenCell, WrittenColumn, WrittenKind};
