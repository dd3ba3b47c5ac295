//! What happened, as feeds tell it, and how far they have come -> rows; and back, in the order in which they were told.

use crate::sql::{Cell, inserts, number, query};
use crate::store::{RecordError, RecordStore};
use heedful::time::Instant;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// Something that happened, for the histories of later calls: one version of a record of the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEvent {
    /// The name of its kind in the vocabulary.
    pub kind: String,
    pub id: String,
    pub at: Instant,
    /// When what it says came to be known.
    pub known: Instant,
    /// The record as it stands in a history.
    pub json: String,
    /// The case that it is about, where it is a call; it is erased with the case.
    pub case: Option<String>,
}

/// How far a feed has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// The name of the kind of record that it tells of.
    pub kind: String,
    /// It has told everything that came to be known up to then.
    pub complete_to: Instant,
    /// How many seconds it may be behind before it counts as late; none where the service's own limit holds.
    pub lag: Option<u64>,
}

/// What there is to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventHead {
    /// How many events were ever told: the place of the last.
    pub events: u64,
    /// How often something was erased. When this grows, what was read before may be gone.
    pub erasures: u64,
}

impl RecordStore {
    /// How many events there are.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn event_head(&self) -> Result<EventHead, RecordError> {
        let row = sqlx::query("SELECT events, erasures FROM head WHERE id = 1").fetch_one(self.pool().await?).await?;
        Ok(EventHead { events: number(&row, "events")?, erasures: number(&row, "erasures")? })
    }

    /// Events after a place, in the order in which they were told, so many at most, each with its place.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn events_after(&self, place: u64, most: u64) -> Result<Vec<(u64, KeptEvent)>, RecordError> {
        let text =
            "SELECT place, kind, id, at, known, json, case_id FROM events WHERE place > $1 ORDER BY place LIMIT $2";
        let rows = query(text, &[Cell::Number(place), Cell::Number(most)])?.fetch_all(self.pool().await?).await?;
        let event = |row: &AnyRow| {
            let event = KeptEvent {
                kind: row.try_get("kind")?,
                id: row.try_get("id")?,
                at: Instant(row.try_get("at")?),
                known: Instant(row.try_get("known")?),
                json: row.try_get("json")?,
                case: row.try_get("case_id")?,
            };
            Ok((number(row, "place")?, event))
        };
        rows.iter().map(event).collect()
    }

    /// How far each feed has come, by kind.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn sources(&self) -> Result<Vec<SourceState>, RecordError> {
        let rows = sqlx::query("SELECT kind, complete_to, lag FROM sources ORDER BY kind")
            .fetch_all(self.pool().await?)
            .await?;
        let source = |row: &AnyRow| {
            let lag: Option<i64> = row.try_get("lag")?;
            Ok(SourceState {
                kind: row.try_get("kind")?,
                complete_to: Instant(row.try_get("complete_to")?),
                lag: lag.and_then(|lag| u64::try_from(lag).ok()),
            })
        };
        rows.iter().map(source).collect()
    }

    /// Notes how far a feed has come.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn put_source(&self, source: &SourceState) -> Result<(), RecordError> {
        let text = "INSERT INTO sources (kind, complete_to, lag) VALUES ($1, $2, $3) \
                    ON CONFLICT (kind) DO UPDATE SET complete_to = excluded.complete_to, lag = excluded.lag";
        let lag = source.lag.and_then(|lag| i64::try_from(lag).ok());
        let values = [Cell::Text(source.kind.clone()), Cell::Signed(source.complete_to.0), Cell::OptionalSigned(lag)];
        query(text, &values)?.execute(self.pool().await?).await?;
        Ok(())
    }
}

/// Adds events after those that are there; whoever calls holds the row of the head.
pub(crate) async fn add_events(connection: &mut AnyConnection, events: &[&KeptEvent]) -> Result<(), RecordError> {
    if events.is_empty() {
        return Ok(());
    }
    let row = sqlx::query("SELECT events FROM head WHERE id = 1").fetch_one(&mut *connection).await?;
    let mut place = number(&row, "events")?;
    let rows = events.iter().map(|event| {
        place += 1;
        vec![
            Cell::Number(place),
            Cell::Text(event.kind.clone()),
            Cell::Text(event.id.clone()),
            Cell::Signed(event.at.0),
            Cell::Signed(event.known.0),
            Cell::Text(event.json.clone()),
            Cell::OptionalText(event.case.clone()),
        ]
    });
    let rows = rows.collect();
    for (text, values) in inserts("events", &["place", "kind", "id", "at", "known", "json", "case_id"], rows) {
        query(&text, &values)?.execute(&mut *connection).await?;
    }
    query("UPDATE head SET events = $1 WHERE id = 1", &[Cell::Number(place)])?.execute(connection).await?;
    Ok(())
}
