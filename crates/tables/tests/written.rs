//! What is written is read again, in every form, also where it takes several groups of rows.

use heedful::time::Instant;
use heedful_tables::{
    SourceRow, TableForm, TableSource, TableWriter, WrittenCell, WrittenColumn, WrittenKind, each_row,
};

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let column = |name: &str, kind| WrittenColumn { name: name.to_owned(), kind };
    let columns = vec![
        column("id", WrittenKind::Text),
        column("at", WrittenKind::Time),
        column("grade", WrittenKind::Text),
        column("flags", WrittenKind::Texts),
    ];
    let flags = |row: i64| ["weapon", "child, \"small\""].into_iter().take(usize::try_from(row % 3).expect("few"));
    for name in ["all.parquet", "all.csv", "all.csv.gz", "all.jsonl", "all.jsonl.gz"] {
        let path = folder.path().join(name);
        let many = if name.ends_with(".parquet") { 66_000 } else { 100 };
        let mut table = TableWriter::create(&path, columns.clone(), &[]).expect("a table");
        for row in 0..many {
            table
                .add(&[
                    WrittenCell::Text(Some(format!("c-{row}"))),
                    WrittenCell::Time((row % 5 > 0).then_some(Instant(1_772_366_400 + row))),
                    WrittenCell::Text((row % 2 == 0).then(|| "high".to_owned())),
                    WrittenCell::Texts(flags(row).map(str::to_owned).collect()),
                ])
                .expect("room");
        }
        table.finish().expect("room");
        let mut row = 0;
        let take = |read: &SourceRow| {
            let cell = |at: usize| read.cells[at].as_deref().unwrap_or("");
            let mark = if name.contains("csv") { ";" } else { "\u{1f}" };
            assert_eq!(cell(0), format!("c-{row}"), "{name}");
            assert_eq!(cell(1).is_empty(), row % 5 == 0, "{name}");
            if row % 5 > 0 {
                assert_eq!(Instant::parse(cell(1)), Ok(Instant(1_772_366_400 + row)), "{name}");
            }
            assert_eq!(cell(2), if row % 2 == 0 { "high" } else { "" }, "{name}");
            assert_eq!(cell(3), flags(row).collect::<Vec<_>>().join(mark), "{name}");
            row += 1;
        };
        let form = TableForm::of_name(name, b',');
        each_row(TableSource::file(&path), &form, &["id", "at", "grade", "flags"], take).expect("a table");
        assert_eq!(row, many, "{name}");
    }
}
