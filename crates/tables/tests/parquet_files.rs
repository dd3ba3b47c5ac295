//! Parquet: each type with all its digits, and files that are broken in every place.

use super::rows;
use heedful_tables::{TableForm, TableSource, headings};
use parquet::basic::Compression;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
    Int96, Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const SCHEMA: &str = "message calls {
    required binary id (STRING);
    optional int64 big;
    optional int32 word (INTEGER(32, false));
    optional int64 wide (INTEGER(64, false));
    optional fixed_len_byte_array(16) money (DECIMAL(38, 2));
    optional int32 small (DECIMAL(9, 3));
    optional boolean hurt;
    optional int32 day (DATE);
    optional int64 millis (TIMESTAMP(MILLIS, true));
    optional int64 micros (TIMESTAMP(MICROS, false));
    optional int64 nanos (TIMESTAMP(NANOS, true));
    optional int96 older;
    optional int64 clock (TIME(MICROS, false));
    optional double real;
    optional binary photo (BSON);
    optional binary plain;
    optional group flags (LIST) { repeated group list { optional binary element (STRING); } }
    optional group place { required binary street (STRING); }
}";

type Group<'a> = SerializedRowGroupWriter<'a, fs::File>;

/// Writes the next column, with as many levels as it has rows.
macro_rules! column {
    ($group:expr, $type:ty, $values:expr, $levels:expr, $lists:expr) => {{
        let mut column = $group.next_column().expect("a column").expect("a column");
        column.typed::<$type>().write_batch($values, $levels, $lists).expect("sound values");
        column.close().expect("room");
    }};
}

fn bytes(texts: &[&[u8]]) -> Vec<ByteArray> {
    texts.iter().map(|text| ByteArray::from(text.to_vec())).collect()
}

fn fixed(number: i128) -> FixedLenByteArray {
    ByteArray::from(number.to_be_bytes().to_vec()).into()
}

/// Two rows with every value, and one with none.
fn write(path: &Path, compression: Compression) {
    let schema = Arc::new(parse_message_type(SCHEMA).expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut file =
        SerializedFileWriter::new(fs::File::create(path).expect("a file"), schema, properties).expect("a file");
    let mut group: Group<'_> = file.next_row_group().expect("a group");
    let two: Option<&[i16]> = Some(&[1, 1, 0]);
    column!(group, ByteArrayType, &bytes(&[b"c-1", b"c-2", b"c-3"]), None, None);
    column!(group, Int64Type, &[9_007_199_254_740_993, i64::MIN], two, None);
    column!(group, Int32Type, &[-1, 7], two, None);
    column!(group, Int64Type, &[-1, 7], two, None);
    column!(
        group,
        FixedLenByteArrayType,
        &[fixed(-12_345_678_901_234_567_890_123_456_789_012_345_678), fixed(5)],
        two,
        None
    );
    column!(group, Int32Type, &[-1500, 7], two, None);
    column!(group, BoolType, &[true, false], two, None);
    column!(group, Int32Type, &[20_513, -25_568], two, None);
    column!(group, Int64Type, &[1_772_366_400_000, -1], two, None);
    column!(group, Int64Type, &[1_772_366_400_120_000, i64::MAX], two, None);
    column!(group, Int64Type, &[1_772_366_400_000_000_001, 0], two, None);
    let mut older = [Int96::new(), Int96::new()];
    older[0].set_data(0, 0, 2_461_101);
    older[1].set_data(1, 0, 2_440_588);
    column!(group, Int96Type, &older, two, None);
    column!(group, Int64Type, &[3_723_000_004, 0], two, None);
    column!(group, DoubleType, &[12345.0, f64::NAN], two, None);
    column!(group, ByteArrayType, &bytes(&[b"\xff\x00", b"text"]), two, None);
    column!(group, ByteArrayType, &bytes(&[b"text", b"\xff"]), two, None);
    let items = bytes(&[b"weapon", b"child", b"weapon"]);
    column!(group, ByteArrayType, &items, Some(&[3, 3, 3, 2, 1]), Some(&[0, 1, 0, 1, 0]));
    column!(group, ByteArrayType, &bytes(&[b"Mill Lane", b"High \"Street\""]), two, None);
    group.close().expect("room");
    file.close().expect("room");
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn every_type_with_all_its_digits() {
    let folder = folder();
    let path = folder.path().join("calls.parquet");
    for compression in [
        Compression::SNAPPY,
        Compression::UNCOMPRESSED,
        Compression::ZSTD(Default::default()),
        Compression::GZIP(Default::default()),
        Compression::LZ4_RAW,
    ] {
        write(&path, compression);
        let names = headings(TableSource::file(&path), &TableForm::Parquet).expect("headings");
        let asked: Vec<&str> = names.iter().map(String::as_str).collect();
        let read = rows(&path, &TableForm::Parquet, &asked).expect("a table");
        let mut said = String::new();
        for (at, name) in names.iter().enumerate() {
            let cell =
                |row: usize| read[row].0[at].as_deref().map_or("-".to_owned(), |cell| cell.replace('\u{1f}', " + "));
            said.push_str(&format!("{name}: {} | {} | {}\n", cell(0), cell(1), cell(2)));
        }
        for (_, whole, broken) in &read {
            said.push_str(&format!("{broken:?} {whole}\n"));
        }
        insta::assert_snapshot!("types", said);
    }
}

#[test]
fn what_cannot_be_read_breaks_only_rows_that_need_it() {
    let folder = folder();
    let path = folder.path().join("calls.parquet");
    write(&path, Compression::SNAPPY);
    let read = rows(&path, &TableForm::Parquet, &["id"]).expect("a table");
    assert!(read.iter().all(|(_, _, broken)| broken.is_none()));
    let error = rows(&path, &TableForm::Parquet, &["id", "flag", "place"]).expect_err("no such column");
    assert!(error.starts_with("the table has no column `flag`, `place`; it has `id`"), "{error}");
    assert!(error.ends_with("`place.street`"), "{error}");
}

/// A file that stops, or in which any byte is another, is read whole or said to be broken, and nothing panics.
#[test]
fn a_broken_file_is_said_to_be_broken() {
    let folder = folder();
    let path = folder.path().join("calls.parquet");
    write(&path, Compression::SNAPPY);
    let whole = fs::read(&path).expect("a file");
    let read = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("room");
        let names = headings(TableSource::file(&path), &TableForm::Parquet).map_err(|error| error.to_string())?;
        let asked: Vec<&str> = names.iter().map(String::as_str).collect();
        rows(&path, &TableForm::Parquet, &asked).map(|rows| rows.len())
    };
    assert_eq!(read(&whole), Ok(3));
    for end in (0..whole.len()).step_by(97) {
        let error = read(&whole[..end]).expect_err("half a file");
        assert!(error.starts_with("it is no whole Parquet file: "), "{error}");
    }
    let mut broken = 0;
    let places = (0..whole.len()).step_by(7);
    for at in places.clone() {
        let mut bytes = whole.clone();
        bytes[at] ^= [0x01, 0x80, 0xff, 0x10][at % 4];
        match read(&bytes) {
            // Nothing says of a value whether it is the one that was written, but no row goes missing.
            Ok(rows) => assert_eq!(rows, 3, "{at}"),
            Err(error) => {
                broken += 1;
                assert!(error.starts_with("it is "), "{error}");
            }
        }
    }
    assert!(broken > places.len() / 4, "{broken} of {}", places.len());
    fs::write(&path, "id,at\n1,2\n").expect("room");
    assert!(rows(&path, &TableForm::Parquet, &["id"]).expect_err("CSV").contains("no whole Parquet file"));
    let stream = TableSource::Stream(Box::new(std::io::empty()));
    assert!(headings(stream, &TableForm::Parquet).expect_err("a stream").to_string().contains("give the file's name"));
}
