//! A case -> nothing left of what was recorded about it, with every proof still valid.

use crate::entry::{CaseKey, EntryKind, NewEntry};
use crate::sql::{Cell, places, query};
use crate::store::{RecordError, RecordStore, StoredEntry};
use heedful::time::Instant;
use serde_json::json;
use sqlx::Connection;

/// What is to be erased, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The places of the entries that then say nothing any more.
    pub places: Vec<u64>,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    OfCase(String),
    Before(Instant),
}

impl RecordStore {
    /// What there is to erase about a case. That it is erased is recorded first ([`Erased::entry`]): what is empty without that was
    /// removed by somebody else, and an audit says so.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn to_erase(&self, case: &str) -> Result<Erased, RecordError> {
        let places = self.entries_of_case(case).await?.iter().map(|entry| entry.place).collect();
        Ok(Erased { places, what: What::OfCase(case.to_owned()) })
    }

    /// What there is to erase that was recorded before a moment, as retention asks. That something was erased is never erased.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn to_erase_before(&self, before: Instant) -> Result<Erased, RecordError> {
        let mut places = Vec::new();
        let mut from = 0;
        loop {
            let page = self.entries(from, 1_000).await?;
            let Some(last) = page.last().map(|entry| entry.place) else { break };
            let is_old = |entry: &&StoredEntry| {
                let says = entry.content.is_some() && entry.kind() != Some(EntryKind::Erasure);
                says && entry.at().is_some_and(|at| at < before)
            };
            places.extend(page.iter().filter(is_old).map(|entry| entry.place));
            from = last + 1;
        }
        Ok(Erased { places, what: What::Before(before) })
    }

    /// Erases content, salt and id of entries, and what is beside them: of a case the records of its call and what was still to come of it, of
    /// a time the records of what happened before it. The leaves stay, and say nothing of anybody.
    ///
    /// # Errors
    /// The store cannot be written; nothing is erased then.
    pub async fn erase(&self, erased: &Erased) -> Result<(), RecordError> {
        let (beside, of) = match &erased.what {
            What::OfCase(case) => (
                ["DELETE FROM events WHERE case_id = $1", "DELETE FROM due WHERE case_id = $1"],
                Cell::Text(case.clone()),
            ),
            What::Before(before) => {
                (["DELETE FROM events WHERE at < $1", "DELETE FROM due WHERE at < $1"], Cell::Signed(before.0))
            }
        };
        self.erase_places(&erased.places, &beside, &of).await
    }

    /// Erases entries, and what these statements delete of what is beside them.
    async fn erase_places(&self, erased: &[u64], beside: &[&str], of: &Cell) -> Result<(), RecordError> {
        let mut connection = self.pool().await?.acquire().await?;
        let mut transaction = connection.begin().await?;
        // Whoever holds some of it in memory reads it anew.
        sqlx::query("UPDATE head SET erasures = erasures + 1 WHERE id = 1").execute(&mut *transaction).await?;
        for delete in beside {
            query(delete, std::slice::from_ref(of))?.execute(&mut *transaction).await?;
        }
        for some in erased.chunks(1_000) {
            let values: Vec<Cell> = some.iter().copied().map(Cell::Number).collect();
            let list = places(0, some.len());
            let entries =
                format!("UPDATE entries SET salt = NULL, content = NULL, case_id = NULL WHERE place IN ({list})");
            query(&entries, &values)?.execute(&mut *transaction).await?;
            let revisions = format!("DELETE FROM revisions WHERE place IN ({list})");
            query(&revisions, &values)?.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }
}

impl Erased {
    /// The entry that says what was erased, by whom and why, and nothing about the case.
    pub fn entry(&self, at: Instant, by: &str, because: &str) -> NewEntry {
        let content = json!({"erased": self.places, "by": by, "because": because}).to_string();
        NewEntry { kind: EntryKind::Erasure, at, content, case: None::<CaseKey> }
    }
}
