//! What decisions say will come -> rows that are told once, whichever server tells them.

use crate::entry::{EntryKind, read_leaf};
use crate::sql::{Cell, inserts, number, query};
use crate::store::{RecordError, RecordStore};
use heedful::time::Instant;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// A time that a decision names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeAhead {
    pub at: Instant,
    /// What the decision says of it: a JSON object, in one line.
    pub says: String,
}

/// A time that is still to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// By what it is known; counted from 1.
    pub number: u64,
    pub case: String,
    /// The place of the decision that names it.
    pub decision: u64,
    pub at: Instant,
    pub says: String,
}

/// A time that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldDue {
    /// The place of the entry that tells of it.
    pub place: u64,
    pub case: String,
    /// What is recorded there; none where it was erased.
    pub content: Option<String>,
}

impl RecordStore {
    /// Times up to a moment that nobody was told of yet, the earliest first, so many at most.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn due(&self, until: Instant, most: u64) -> Result<Vec<Due>, RecordError> {
        let text = "SELECT number, case_id, decision, at, says FROM due \
                    WHERE told IS NULL AND at <= $1 ORDER BY at, number LIMIT $2";
        let rows = query(text, &[Cell::Signed(until.0), Cell::Number(most)])?.fetch_all(self.pool().await?).await?;
        let due = |row: &AnyRow| {
            Ok(Due {
                number: number(row, "number")?,
                case: row.try_get("case_id")?,
                decision: number(row, "decision")?,
                at: Instant(row.try_get("at")?),
                says: row.try_get("says")?,
            })
        };
        rows.iter().map(due).collect()
    }

    /// Times that were told at a place of the log or after it, in the order of the log, so many at most.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn told_from(&self, place: u64, most: u64) -> Result<Vec<ToldDue>, RecordError> {
        let text = "SELECT due.told AS place, due.case_id AS case_id, entries.content AS content \
                    FROM due JOIN entries ON entries.place = due.told WHERE due.told >= $1 ORDER BY due.told LIMIT $2";
        let rows = query(text, &[Cell::Number(place), Cell::Number(most)])?.fetch_all(self.pool().await?).await?;
        let told = |row: &AnyRow| {
            Ok(ToldDue {
                place: number(row, "place")?,
                case: row.try_get("case_id")?,
                content: row.try_get("content")?,
            })
        };
        rows.iter().map(told).collect()
    }

    /// How many times are still ahead for a case.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn ahead_of(&self, case: &str) -> Result<Vec<TimeAhead>, RecordError> {
        let text = "SELECT at, says FROM due WHERE case_id = $1 AND told IS NULL ORDER BY at";
        let rows = query(text, &[Cell::Text(case.to_owned())])?.fetch_all(self.pool().await?).await?;
        let ahead = |row: &AnyRow| Ok(TimeAhead { at: Instant(row.try_get("at")?), says: row.try_get("says")? });
        rows.iter().map(ahead).collect()
    }
}

/// Whether a time is still to be told; whoever calls holds the row of the head, so that nobody else tells it meanwhile.
pub(crate) async fn is_ahead(connection: &mut AnyConnection, due: u64) -> Result<bool, RecordError> {
    let text = "SELECT number FROM due WHERE number = $1 AND told IS NULL";
    Ok(query(text, &[Cell::Number(due)])?.fetch_optional(connection).await?.is_some())
}

/// Notes which entry tells of a time.
pub(crate) async fn is_told(connection: &mut AnyConnection, due: u64, place: u64) -> Result<(), RecordError> {
    let text = "UPDATE due SET told = $2 WHERE number = $1";
    query(text, &[Cell::Number(due), Cell::Number(place)])?.execute(connection).await?;
    Ok(())
}

/// The times that the decisions of one transaction name.
#[derive(Default)]
pub(crate) struct NewTimes<'t> {
    of_cases: Vec<Named<'t>>,
}

/// The times that an entry names for its case.
#[derive(Clone, Copy)]
pub(crate) struct Named<'t> {
    pub(crate) case: &'t str,
    /// The place of the entry.
    pub(crate) place: u64,
    /// When it was made.
    pub(crate) at: Instant,
    /// Which decision of its case it is, counted from 1; 0 where it is none.
    pub(crate) revision: u64,
    pub(crate) ahead: &'t [TimeAhead],
}

impl<'t> NewTimes<'t> {
    /// Puts the times that an entry names in the place of those that an earlier one of the same case named. Where it waited to be recorded
    /// and is older than what was recorded of the case meanwhile, what holds since then stays.
    pub(crate) async fn replace(
        &mut self,
        connection: &mut AnyConnection,
        new: Named<'t>,
        waited: bool,
    ) -> Result<(), RecordError> {
        let Named { case, at, revision, .. } = new;
        if waited {
            let in_this = self.of_cases.iter().filter(|known| known.case == case).map(|known| known.at).max();
            if in_this.max(latest(connection, case).await?) > Some(at) {
                return Ok(());
            }
        }
        self.of_cases.retain(|known| known.case != case);
        // Before its first decision a case has none.
        if revision != 1 {
            let gone = "DELETE FROM due WHERE case_id = $1 AND told IS NULL";
            query(gone, &[Cell::Text(case.to_owned())])?.execute(connection).await?;
        }
        self.of_cases.push(new);
        Ok(())
    }

    /// Adds them all; whoever calls holds the row of the head.
    pub(crate) async fn add(self, connection: &mut AnyConnection) -> Result<(), RecordError> {
        if self.of_cases.iter().all(|named| named.ahead.is_empty()) {
            return Ok(());
        }
        let row = sqlx::query("SELECT due FROM head WHERE id = 1").fetch_one(&mut *connection).await?;
        let mut last = number(&row, "due")?;
        let times = self.of_cases.iter().flat_map(|named| named.ahead.iter().map(move |time| (named, time)));
        let rows = times.map(|(named, time)| {
            last += 1;
            vec![
                Cell::Number(last),
                Cell::Text(named.case.to_owned()),
                Cell::Number(named.place),
                Cell::Signed(time.at.0),
                Cell::Text(time.says.clone()),
            ]
        });
        let rows = rows.collect();
        for (text, values) in inserts("due", &["number", "case_id", "decision", "at", "says"], rows) {
            query(&text, &values)?.execute(&mut *connection).await?;
        }
        query("UPDATE head SET due = $1 WHERE id = 1", &[Cell::Number(last)])?.execute(connection).await?;
        Ok(())
    }
}

/// When the latest decision of a case was made, or it was closed.
async fn latest(connection: &mut AnyConnection, case: &str) -> Result<Option<Instant>, RecordError> {
    let text = "SELECT leaf FROM entries WHERE case_id = $1";
    let mut latest = None;
    for row in query(text, &[Cell::Text(case.to_owned())])?.fetch_all(connection).await? {
        let leaf: Vec<u8> = row.try_get("leaf")?;
        let leaf = read_leaf(&leaf).filter(|leaf| matches!(leaf.kind, EntryKind::Decision | EntryKind::Closed));
        latest = latest.max(leaf.map(|leaf| leaf.at));
    }
    Ok(latest)
}
