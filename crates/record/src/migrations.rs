//! The files of `migrations` -> what makes the tables of a record, and brings those of an earlier version up to date.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// The name and the text of each, in the order in which they are done. What was done once stays as it is, character for character.
pub(crate) type Migrations = &'static [(&'static str, &'static str)];

pub(crate) const SQLITE: Migrations = &[
    ("record", include_str!("../migrations/sqlite/1_record.sql")),
    ("events", include_str!("../migrations/sqlite/2_events.sql")),
];

pub(crate) const POSTGRES: Migrations = &[
    ("record", include_str!("../migrations/postgres/1_record.sql")),
    ("events", include_str!("../migrations/postgres/2_events.sql")),
];

/// The macro of sqlx does the same, and has all of sqlx and SQLite built a second time for the compiler.
pub(crate) fn migrator(migrations: Migrations) -> Migrator {
    let migrations = (1..).zip(migrations).map(|(version, (name, sql))| {
        Migration::new(version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests {
    use super::{Migrations, POSTGRES, SQLITE};
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    fn assert_has_all_of(folder: &str, migrations: Migrations) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").file_name());
        let files: BTreeSet<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
        let named = (1..).zip(migrations).map(|(version, (name, _))| format!("{version}_{name}.sql"));
        assert_eq!(named.collect::<BTreeSet<_>>(), files);
    }

    #[test]
    fn every_file_is_one_of_them() {
        assert_has_all_of("sqlite", SQLITE);
        assert_has_all_of("postgres", POSTGRES);
    }
}
