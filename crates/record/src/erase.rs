//! A case -> nothing left of what was recorded about it, with every proof still valid.

use crate::entry::{CaseKey, EntryKind, NewEntry};
use crate::sql::{Cell, places, query};
use crate::store::{RecordError, RecordStore};
use heedful::time::Instant;
use serde_json::json;
use sqlx::Connection;

/// What was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The places of the entries that say nothing any more.
    pub places: Vec<u64>,
}

impl RecordStore {
    /// Erases what was recorded about a case: content, salt and id, the records of its call, and what was still to come of it. The leaves stay, and say nothing of anybody. What was erased
    /// is to be recorded too: [`Erased::entry`].
    ///
    /// # Errors
    /// The store cannot be written; nothing is erased then.
    pub async fn erase(&self, case: &str) -> Result<Erased, RecordError> {
        let places: Vec<u64> = self.entries_of_case(case).await?.iter().map(|entry| entry.place).collect();
        let of_case = Cell::Text(case.to_owned());
        let beside = ["DELETE FROM events WHERE case_id = $1", "DELETE FROM due WHERE case_id = $1"];
        self.erase_places(&places, &beside, &of_case).await?;
        Ok(Erased { places })
    }

    /// Erases what was recorded before a moment, and records of what happened before it, as retention asks.
    ///
    /// # Errors
    /// The store cannot be read or written; nothing is erased then.
    pub async fn erase_before(&self, before: Instant) -> Result<Erased, RecordError> {
        let mut places = Vec::new();
        let mut from = 0;
        loop {
            let page = self.entries(from, 1_000).await?;
            let Some(last) = page.last().map(|entry| entry.place) else { break };
            let old = page.iter().filter(|entry| entry.content.is_some() && entry.at().is_some_and(|at| at < before));
            places.extend(old.map(|entry| entry.place));
            from = last + 1;
        }
        let beside = ["DELETE FROM events WHERE at < $1", "DELETE FROM due WHERE at < $1"];
        self.erase_places(&places, &beside, &Cell::Signed(before.0)).await?;
        Ok(Erased { places })
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
