//! Entries -> rows of SQLite or PostgreSQL, a batch in one transaction; and back.

use crate::due::{Named, NewTimes, is_ahead, is_told};
use crate::entry::{Beside, EntryKind, NewEntry, Recorded, Salt, commitment, leaf, read_leaf, with_revision};
use crate::event::{KeptEvent, add_events};
use crate::key::RecordKey;
use crate::migrations;
use crate::sql::{Cell, inserts, number, places, query};
use crate::tree::{Asked, Edge, Head, InclusionProof, Nodes, prove_record};
use heedful::text::hex;
use heedful::time::Instant;
use sqlx::any::{AnyPoolOptions, AnyRow, install_default_drivers};
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tlog_tiles::tlog::Hash;
use tokio::sync::Mutex;

/// A record that can be read and appended to. Several servers may share one that is kept in PostgreSQL.
#[derive(Clone, Debug)]
pub struct RecordStore {
    connections: AnyPool,
    is_shared: bool,
    /// Whether its tables are there, as this version makes them.
    is_open: Arc<AtomicBool>,
    /// One makes them at a time.
    opening: Arc<Mutex<()>>,
}

/// How a record is opened.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// How long to wait for the store before it is said to be gone.
    pub patience: Duration,
    /// How many read it at a time.
    pub readers: u32,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { patience: Duration::from_secs(5), readers: 4 }
    }
}

/// Why a record cannot be read or appended to.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecordError {
    /// The store cannot be reached, is locked or full, or answers with an error.
    Store(sqlx::Error),
    /// Its tables are not as this version makes them.
    Migration(MigrateError),
    /// What it holds contradicts itself.
    Damaged,
    /// There is no such entry.
    NoEntry(u64),
    /// No randomness for a salt could be had from the system.
    NoRandomness,
    /// The one that records has ended.
    Ended,
    /// So many wait to be recorded that no more are taken.
    Full,
    /// The store did not answer in time; whether it did what it was asked for is not known.
    TooSlow,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(sqlx::Error::PoolTimedOut) => f.write_str(
                "the record could not be reached in time: see that its database is up, and that the address is right",
            ),
            Self::Store(error) => write!(f, "the record cannot be used: {error}"),
            Self::Migration(error) => write!(f, "the record is not one of this version: {error}"),
            Self::Damaged => f.write_str("the record contradicts itself; `heedful record verify` says where"),
            Self::NoEntry(place) => write!(f, "the record has no entry {place}"),
            Self::NoRandomness => f.write_str("the system gives no randomness for a salt"),
            Self::Ended => f.write_str("what records has ended"),
            Self::TooSlow => f.write_str("the record did not answer in time"),
            Self::Full => f.write_str("too many decisions wait to be recorded"),
        }
    }
}

impl std::error::Error for RecordError {}

impl RecordError {
    /// Whether to wait does not help: what was said of the record is wrong, or it is of another version.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Store(error) => matches!(error, sqlx::Error::Configuration(_)),
            Self::Migration(error) => !matches!(error, MigrateError::ExecuteMigration(..)),
            Self::Damaged | Self::NoEntry(_) => true,
            Self::NoRandomness | Self::Ended | Self::Full | Self::TooSlow => false,
        }
    }
}

impl From<sqlx::Error> for RecordError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error)
    }
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    pub place: u64,
    /// The leaf, word for word.
    pub leaf: String,
    /// What was recorded; none where it was erased.
    pub content: Option<String>,
    /// The salt of its commitment; none where it was erased.
    pub(crate) salt: Option<Vec<u8>>,
}

impl StoredEntry {
    /// What it tells of; none where its leaf cannot be read.
    pub fn kind(&self) -> Option<EntryKind> {
        read_leaf(self.leaf.as_bytes()).map(|leaf| leaf.kind)
    }

    /// When it was recorded, by the server's clock; none where its leaf cannot be read.
    pub fn at(&self) -> Option<Instant> {
        read_leaf(self.leaf.as_bytes()).map(|leaf| leaf.at)
    }
}

impl RecordStore {
    /// Opens a record, and makes its tables where they are not there: `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// It cannot be reached, or is of another version.
    pub async fn open(url: &str, options: OpenOptions) -> Result<Self, RecordError> {
        let store = Self::at(url, options)?;
        store.pool().await?;
        Ok(store)
    }

    /// A record that is opened as soon as something is asked of it, and again and again until it can be.
    ///
    /// # Errors
    /// It is not said how to reach it.
    pub fn at(url: &str, options: OpenOptions) -> Result<Self, RecordError> {
        install_default_drivers();
        let is_sqlite = url.starts_with("sqlite:");
        let url = match url.strip_prefix("sqlite:") {
            Some(path) if !path.contains('?') => format!("sqlite:{path}?mode=rwc"),
            _ => url.to_owned(),
        };
        let patience = options.patience;
        let connections = AnyPoolOptions::new()
            .max_connections(options.readers.saturating_add(1))
            .acquire_timeout(patience)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if is_sqlite {
                        // What is acknowledged outlives a loss of power.
                        let patience = format!("PRAGMA busy_timeout = {}", patience.as_millis());
                        connection.execute(sqlx::AssertSqlSafe(patience)).await?;
                        connection.execute("PRAGMA journal_mode = WAL").await?;
                        connection.execute("PRAGMA synchronous = FULL").await?;
                        // What is erased is not left on the disk.
                        connection.execute("PRAGMA secure_delete = ON").await?;
                    } else {
                        // A server that stands still in the middle of a transaction loses it, so that the others can write; they wait
                        // for it somewhat longer than that takes.
                        connection.execute("SET idle_in_transaction_session_timeout = '3s'").await?;
                        connection.execute("SET lock_timeout = '6s'").await?;
                    }
                    Ok(())
                })
            })
            .connect_lazy(&url)?;
        let (is_open, opening) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(())));
        Ok(Self { connections, is_shared: !is_sqlite, is_open, opening })
    }

    /// Its connections, once its tables are there.
    ///
    /// # Errors
    /// It cannot be reached, or is of another version.
    pub(crate) async fn pool(&self) -> Result<&AnyPool, RecordError> {
        if !self.is_open() {
            let _one = self.opening.lock().await;
            if !self.is_open() {
                // A task of its own: whoever gives up in the middle would leave the lock of the migrations behind.
                let (pool, is_shared) = (self.connections.clone(), self.is_shared);
                let opened = tokio::spawn(async move {
                    let migrations = if is_shared { migrations::POSTGRES } else { migrations::SQLITE };
                    migrations::migrator(migrations).run(&pool).await.map_err(|error| match error {
                        MigrateError::Execute(error) => RecordError::Store(error),
                        other => RecordError::Migration(other),
                    })
                });
                opened.await.unwrap_or(Err(RecordError::Damaged))?;
                self.is_open.store(true, Ordering::Release);
            }
        }
        Ok(&self.connections)
    }

    /// Waits until it could be reached, no longer than its patience.
    ///
    /// # Errors
    /// It could not, or is of another version.
    pub async fn reach(&self) -> Result<(), RecordError> {
        self.pool().await.map(drop)
    }

    /// Whether it could be reached since the process began.
    pub fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// Whether other servers may write to it.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Appends entries in one transaction, in their order: all of them are recorded and outlive a loss of power, or none is. A
    /// decision of a body that was decided before adds nothing, and neither does what tells of something that is no longer ahead. `edge` is the right edge of the tree as far as it is known; the
    /// answer has the one that holds then.
    pub(crate) async fn append(
        &self,
        key: &RecordKey,
        edge: Option<Edge>,
        entries: &[(Option<NewEntry>, Beside)],
    ) -> Result<(Vec<Recorded>, Edge), RecordError> {
        let mut connection = self.pool().await?.acquire().await?;
        let mut transaction = connection.begin().await?;
        // Whoever else appends waits here.
        sqlx::query("UPDATE head SET size = size WHERE id = 1").execute(&mut *transaction).await?;
        let row = sqlx::query("SELECT size FROM head WHERE id = 1").fetch_one(&mut *transaction).await?;
        let size = number(&row, "size")?;
        let mut edge = match edge.filter(|edge| edge.size == size) {
            Some(edge) => edge,
            None => Edge { size, nodes: nodes(&mut transaction, &Edge::numbers(size)).await? },
        };
        let recorded = append_to(&mut transaction, key, &mut edge, entries).await?;
        transaction.commit().await?;
        edge.trim();
        Ok((recorded, edge))
    }

    /// The size and root of the log, with its signed checkpoint.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn head(&self) -> Result<Head, RecordError> {
        let mut connection = self.pool().await?.acquire().await?;
        let mut transaction = connection.begin().await?;
        let row = sqlx::query("SELECT size, checkpoint FROM head WHERE id = 1").fetch_one(&mut *transaction).await?;
        let (size, checkpoint) = (number(&row, "size")?, row.try_get("checkpoint")?);
        let edge = Edge { size, nodes: nodes(&mut transaction, &Edge::numbers(size)).await? };
        Ok(Head { size, hash: edge.root()?, checkpoint })
    }

    /// The entry at a place.
    ///
    /// # Errors
    /// There is none, or the store cannot be read.
    pub async fn entry(&self, place: u64) -> Result<StoredEntry, RecordError> {
        let found = self.entries(place, 1).await?;
        found.into_iter().next().filter(|entry| entry.place == place).ok_or(RecordError::NoEntry(place))
    }

    /// Entries from a place on, in order, so many at most.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn entries(&self, from: u64, most: u64) -> Result<Vec<StoredEntry>, RecordError> {
        let text = "SELECT place, leaf, salt, content FROM entries WHERE place >= $1 ORDER BY place LIMIT $2";
        let rows = query(text, &[Cell::Number(from), Cell::Number(most)])?.fetch_all(self.pool().await?).await?;
        rows.iter().map(stored).collect()
    }

    /// Every entry about a case, in order, whose content was not erased.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn entries_of_case(&self, id: &str) -> Result<Vec<StoredEntry>, RecordError> {
        // PostgreSQL takes no such text, so there is none.
        if id.contains('\0') {
            return Ok(Vec::new());
        }
        let text = "SELECT place, leaf, salt, content FROM entries WHERE case_id = $1 ORDER BY place";
        let rows = query(text, &[Cell::Text(id.to_owned())])?.fetch_all(self.pool().await?).await?;
        rows.iter().map(stored).collect()
    }

    /// Every entry about any of some cases whose content was not erased, each with its case, in order.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn entries_of_cases(&self, ids: &[String]) -> Result<Vec<(String, StoredEntry)>, RecordError> {
        let mut found = Vec::new();
        let ids: Vec<&String> = ids.iter().filter(|id| !id.contains('\0')).collect();
        for some in ids.chunks(500) {
            let text = format!(
                "SELECT place, leaf, salt, content, case_id FROM entries WHERE case_id IN ({}) ORDER BY place",
                places(0, some.len())
            );
            let values: Vec<Cell> = some.iter().map(|id| Cell::Text((*id).clone())).collect();
            for row in query(&text, &values)?.fetch_all(self.pool().await?).await? {
                found.push((row.try_get("case_id")?, stored(&row)?));
            }
        }
        Ok(found)
    }

    /// What was recorded of a case for just this body.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn decided(&self, id: &str, body: &[u8; 32]) -> Result<Option<Recorded>, RecordError> {
        let mut connection = self.pool().await?.acquire().await?;
        let known = revisions(&mut connection, std::iter::once(id)).await?;
        let Some(known) = known.get(id).and_then(|known| known.iter().find(|revision| revision.body == *body)) else {
            return Ok(None);
        };
        Ok(Some(recorded_before(&mut connection, known).await?))
    }

    /// An entry, with the proof that it is in the log as it is now.
    ///
    /// # Errors
    /// There is no such entry, or the store cannot be read.
    pub async fn prove(&self, place: u64) -> Result<(StoredEntry, InclusionProof), RecordError> {
        let head = self.head().await?;
        if place >= head.size {
            return Err(RecordError::NoEntry(place));
        }
        let entry = self.entry(place).await?;
        let mut connection = self.pool().await?.acquire().await?;
        let nodes = nodes(&mut connection, &Asked::of_record(head.size, place)).await?;
        let hashes = prove_record(head.size, place, &nodes)?;
        let hashes = hashes.iter().map(|hash| hex(&hash.0)).collect();
        let proof = InclusionProof { place, leaf: entry.leaf.clone(), hashes, checkpoint: head.checkpoint };
        Ok((entry, proof))
    }
}

fn stored(row: &AnyRow) -> Result<StoredEntry, RecordError> {
    let leaf: Vec<u8> = row.try_get("leaf")?;
    Ok(StoredEntry {
        place: number(row, "place")?,
        leaf: String::from_utf8(leaf).map_err(|_| RecordError::Damaged)?,
        content: row.try_get("content")?,
        salt: row.try_get("salt")?,
    })
}

/// The nodes of these numbers.
pub(crate) async fn nodes(connection: &mut AnyConnection, numbers: &[u64]) -> Result<Nodes, RecordError> {
    let mut found = Nodes::default();
    if numbers.is_empty() {
        return Ok(found);
    }
    let text = format!("SELECT place, hash FROM hashes WHERE place IN ({})", places(0, numbers.len()));
    let values: Vec<Cell> = numbers.iter().copied().map(Cell::Number).collect();
    for row in query(&text, &values)?.fetch_all(connection).await? {
        let hash: Vec<u8> = row.try_get("hash")?;
        let hash: [u8; 32] = hash.try_into().map_err(|_| RecordError::Damaged)?;
        found.0.insert(number(&row, "place")?, Hash(hash));
    }
    Ok(found)
}

/// One decision of a case.
#[derive(Clone, Debug)]
struct Revision {
    number: u64,
    body: [u8; 32],
    place: u64,
    before: Option<u64>,
}

/// The revisions of some cases, in order.
async fn revisions<'i>(
    connection: &mut AnyConnection,
    ids: impl Iterator<Item = &'i str>,
) -> Result<HashMap<String, Vec<Revision>>, RecordError> {
    let values: Vec<Cell> = ids.map(|id| Cell::Text(id.to_owned())).collect();
    let mut known: HashMap<String, Vec<Revision>> = HashMap::new();
    if values.is_empty() {
        return Ok(known);
    }
    let text = format!(
        "SELECT case_id, revision, body, place FROM revisions WHERE case_id IN ({}) ORDER BY case_id, revision",
        places(0, values.len())
    );
    for row in query(&text, &values)?.fetch_all(connection).await? {
        let body: Vec<u8> = row.try_get("body")?;
        let body = body.try_into().map_err(|_| RecordError::Damaged)?;
        let of_case = known.entry(row.try_get("case_id")?).or_default();
        let before = of_case.last().map(|revision| revision.place);
        of_case.push(Revision { number: number(&row, "revision")?, body, place: number(&row, "place")?, before });
    }
    Ok(known)
}

async fn recorded_before(connection: &mut AnyConnection, known: &Revision) -> Result<Recorded, RecordError> {
    let row = query("SELECT content FROM entries WHERE place = $1", &[Cell::Number(known.place)])?;
    let content: Option<String> = row.fetch_one(connection).await?.try_get("content")?;
    let Revision { number: revision, place, before, .. } = *known;
    Ok(Recorded { place, revision, before, known: content })
}

async fn append_to(
    connection: &mut AnyConnection,
    key: &RecordKey,
    edge: &mut Edge,
    entries: &[(Option<NewEntry>, Beside)],
) -> Result<Vec<Recorded>, RecordError> {
    let all = entries.iter().filter_map(|(entry, _)| entry.as_ref());
    let cases = all.filter_map(|entry| entry.case.as_ref().filter(|case| case.body.is_some()));
    let mut known = revisions(connection, cases.map(|case| case.id.as_str())).await?;
    let (mut rows, mut hashes, mut revised, mut recorded) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut in_this: HashMap<u64, String> = HashMap::new();
    let mut salts = salts(entries.len())?.into_iter();
    let (mut events, mut times): (Vec<&KeptEvent>, NewTimes<'_>) = Default::default();
    for (entry, beside) in entries {
        let place = edge.size;
        let nothing = Recorded { place, revision: 0, before: None, known: None };
        let Some(entry) = entry else {
            events.extend(&beside.events);
            recorded.push(nothing);
            continue;
        };
        if let Some(due) = beside.tells {
            if !is_ahead(connection, due).await? {
                recorded.push(Recorded { known: Some(String::new()), ..nothing });
                continue;
            }
            is_told(connection, due, place).await?;
        }
        let of_case = entry.case.as_ref().and_then(|case| Some((case.id.as_str(), case.body?)));
        let mut told = nothing;
        if let Some((id, body)) = of_case {
            let all = known.entry(id.to_owned()).or_default();
            if let Some(same) = all.iter().find(|revision| revision.body == body) {
                recorded.push(match in_this.get(&same.place) {
                    Some(content) => {
                        let Revision { number: revision, place, before, .. } = *same;
                        Recorded { place, revision, before, known: Some(content.clone()) }
                    }
                    None => recorded_before(connection, same).await?,
                });
                continue;
            }
            told.before = all.last().map(|revision| revision.place);
            told.revision = all.last().map_or(1, |revision| revision.number + 1);
            all.push(Revision { number: told.revision, body, place, before: told.before });
            revised.push(vec![
                Cell::Text(id.to_owned()),
                Cell::Number(told.revision),
                Cell::Bytes(body.to_vec()),
                Cell::Number(place),
            ]);
        }
        let content = with_revision(&entry.content, told.revision, told.before);
        let salt = salts.next().ok_or(RecordError::NoRandomness)?;
        let leaf = leaf(entry.kind, entry.at, &commitment(&salt, &content));
        let new = edge.push(leaf.as_bytes())?;
        hashes.extend(new.into_iter().map(|(place, hash)| vec![Cell::Number(place), Cell::Bytes(hash.0.to_vec())]));
        rows.push(vec![
            Cell::Number(place),
            Cell::Bytes(leaf.into_bytes()),
            Cell::Bytes(salt.to_vec()),
            Cell::Text(content.clone()),
            Cell::OptionalText(entry.case.as_ref().map(|case| case.id.clone())),
        ]);
        in_this.insert(place, content);
        events.extend(&beside.events);
        if let (Some(ahead), Some(case)) = (&beside.ahead, &entry.case) {
            let named = Named { case: &case.id, place, at: entry.at, revision: told.revision, ahead };
            times.replace(connection, named, beside.waited).await?;
        }
        recorded.push(told);
    }
    add_events(connection, &events).await?;
    times.add(connection).await?;
    if rows.is_empty() {
        return Ok(recorded);
    }
    let checkpoint = key.checkpoint(edge.size, edge.root()?).ok_or(RecordError::Damaged)?;
    let mut statements = inserts("entries", &["place", "leaf", "salt", "content", "case_id"], rows);
    statements.extend(inserts("hashes", &["place", "hash"], hashes));
    statements.extend(inserts("revisions", &["case_id", "revision", "body", "place"], revised));
    let head = "UPDATE head SET size = $1, checkpoint = $2 WHERE id = 1".to_owned();
    statements.push((head, vec![Cell::Number(edge.size), Cell::Text(checkpoint)]));
    for (text, values) in &statements {
        query(text, values)?.execute(&mut *connection).await?;
    }
    Ok(recorded)
}

/// So many salts, from the system's randomness.
fn salts(count: usize) -> Result<Vec<Salt>, RecordError> {
    let mut salts = vec![[0; 32]; count];
    getrandom::fill(salts.as_flattened_mut()).map_err(|_| RecordError::NoRandomness)?;
    Ok(salts)
}
