//! SQLite: what a table or a query gives, what is refused, and files that are locked or broken.

use super::rows;
use heedful_tables::{Selection, TableForm};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const TABLES: &str = "
    create table calls(id text, seen, caller text, waited integer, photo blob);
    create index by_caller on calls(caller, id);
    insert into calls values('c-2', 9007199254740993, 'bob', 5, null), ('c-1', 2.5, 'ann', null, x'00ff'), ('c-3', 1e20, '', 0, 'text');
    create table orders(id text primary key, protected text) without rowid;
    insert into orders values('o-1', 'ann');
    create view late as select * from calls where waited > 3;";

fn file(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("cad.sqlite");
    Connection::open(&path).expect("a file").execute_batch(text).expect("sound SQL");
    path
}

fn table(name: &str) -> TableForm {
    TableForm::Sqlite(Selection::Table(name.to_owned()))
}

fn query(text: &str) -> TableForm {
    TableForm::Sqlite(Selection::Query(text.to_owned()))
}

fn ids(path: &Path, form: &TableForm) -> Result<String, String> {
    let ids = rows(path, form, &["id"])?.into_iter().map(|(cells, ..)| cells[0].clone().unwrap_or_default());
    Ok(ids.collect::<Vec<_>>().join(" "))
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn values_of_every_type() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, TABLES);
    let read = rows(&path, &table("calls"), &["caller", "seen", "photo"]).expect("a table");
    insta::assert_snapshot!("values", read.iter().map(|row| format!("{row:?}\n")).collect::<String>());
}

#[test]
fn a_table_a_view_a_query_and_the_only_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, TABLES);
    // In the order in which they were put in, although an index would be quicker to read.
    assert_eq!(ids(&path, &table("calls")).as_deref(), Ok("c-2 c-1 c-3"));
    assert_eq!(ids(&path, &table("orders")).as_deref(), Ok("o-1"));
    assert_eq!(ids(&path, &table("late")).as_deref(), Ok("c-2"));
    assert_eq!(ids(&path, &query("select id from calls order by id desc")).as_deref(), Ok("c-3 c-2 c-1"));
    let other = tempfile::tempdir().expect("a folder");
    let path = file(&other, "create table one(id); insert into one values(7);");
    assert_eq!(ids(&path, &TableForm::of_name("cad.sqlite", b',')).as_deref(), Ok("7"));
}

#[test]
fn what_is_asked_in_vain() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, TABLES);
    let before = fs::read(&path).expect("a file");
    let forms = [
        TableForm::of_name("cad.sqlite", b','),
        table("cals"),
        table("everything"),
        query(""),
        query("delete from calls"),
        query("update calls set id = 'x' returning id"),
        query("with gone as (select 1) insert into calls(id) select 'x' returning id"),
        query("pragma user_version = 7"),
        query("create table other(id)"),
        query("attach 'other.sqlite' as other"),
        query("vacuum into 'other.sqlite'"),
        query("select id from calls; delete from calls"),
        query("select name from calls"),
        query("select nothing as id from calls"),
        query("selekt"),
        query("select id, id from calls"),
        query("select caller from calls"),
    ];
    let said: String =
        forms.iter().map(|form| format!("{form:?}\n  {}\n", ids(&path, form).expect_err("nothing to read"))).collect();
    insta::assert_snapshot!("in-vain", said);
    assert_eq!(fs::read(&path).expect("a file"), before);
    assert_eq!(names_in(&folder), ["cad.sqlite"]);
}

#[test]
fn a_locked_file_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, TABLES);
    let writer = Connection::open(&path).expect("a file");
    writer.execute_batch("begin exclusive").expect("a lock");
    assert!(ids(&path, &table("calls")).expect_err("a lock").contains("another program has it locked"));
    writer.execute_batch("rollback").expect("no lock");
    assert!(ids(&path, &table("calls")).is_ok());
}

#[test]
fn a_file_with_a_log_is_read_whole_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(&folder, &format!("pragma journal_mode = wal; {TABLES}"));
    assert_eq!(names_in(&folder), ["cad.sqlite"]);
    assert_eq!(ids(&path, &table("calls")).as_deref(), Ok("c-2 c-1 c-3"));
    assert_eq!(names_in(&folder), ["cad.sqlite"]);
    // While somebody writes, what is only in the log counts.
    let writer = Connection::open(&path).expect("a file");
    writer.execute_batch("insert into calls(id) values('c-4')").expect("room");
    assert_eq!(ids(&path, &table("calls")).as_deref(), Ok("c-2 c-1 c-3 c-4"));
}

#[test]
fn a_broken_file_is_said_to_be_broken() {
    let folder = tempfile::tempdir().expect("a folder");
    let many = "create table calls(id); with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
                insert into calls select 'call-' || i from n;";
    let path = file(&folder, many);
    let whole = fs::read(&path).expect("a file");
    for end in [0, 10, 99, 100, 2000, 5000, whole.len() / 2, whole.len() - 4096] {
        fs::write(&path, &whole[..end]).expect("room");
        let error = ids(&path, &table("calls")).expect_err("half a file");
        assert!(error.contains("is no SQLite file") || error.contains("is damaged"), "{end}: {error}");
    }
    fs::remove_file(&path).expect("a file");
    assert!(ids(&path, &table("calls")).expect_err("no file").contains("No such file"));
    assert!(!path.exists());
}
