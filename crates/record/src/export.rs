//! A record -> the files that verifiers read: a checkpoint, tiles and bundles of entries, as C2SP tlog-tiles has them.

use crate::store::{RecordError, RecordStore, nodes};
use std::fs;
use std::io;
use std::path::Path;
use tlog_tiles::tile::Tile;
use tlog_tiles::tlog::{Hash, HashReader, stored_hash_index};

/// The height of tiles that tlog-tiles settles on.
const HEIGHT: u8 = 8;
const WIDTH: u64 = 1 << HEIGHT;

impl RecordStore {
    /// What stands at a path of the log, as tlog-tiles has it: `checkpoint`, `tile/0/000`, `tile/entries/000.p/7`; none where there is no
    /// such thing.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn at_path(&self, path: &str) -> Result<Option<Vec<u8>>, RecordError> {
        if path == "checkpoint" {
            let (_, checkpoint) = self.stored_head().await?;
            return Ok((!checkpoint.is_empty()).then(|| checkpoint.into_bytes()));
        }
        let Some(tile) = path.strip_prefix("tile/") else { return Ok(None) };
        // There is no such tile, and the library stops at one.
        let is_empty = tile.rsplit_once(".p/").is_some_and(|(_, width)| width.parse() == Ok(0_u32));
        let is_too_high = tile.split('/').next().is_some_and(|level| level.parse().is_ok_and(|level: u8| level > 63));
        if is_empty || is_too_high {
            return Ok(None);
        }
        let own = match tile.strip_prefix("entries/") {
            Some(rest) => format!("tile/{HEIGHT}/data/{rest}"),
            None => format!("tile/{HEIGHT}/{tile}"),
        };
        let Ok(tile) = Tile::from_path(&own) else { return Ok(None) };
        let (size, _) = self.stored_head().await?;
        let last = tile.level_index().checked_mul(WIDTH).and_then(|last| last.checked_add(u64::from(tile.width())));
        let span = 1_u64.checked_shl(u32::from(tile.level()) * u32::from(HEIGHT));
        let leaves = last.zip(span).and_then(|(last, span)| last.checked_mul(span));
        if leaves.is_none_or(|leaves| leaves > size) {
            return Ok(None);
        }
        if tile.is_data() { self.bundle(&tile).await.map(Some) } else { self.tile(&tile).await.map(Some) }
    }

    /// Writes the whole log into a folder. What is there of an earlier export is the same, or is written anew.
    ///
    /// # Errors
    /// The store cannot be read, or the folder not written.
    pub async fn export(&self, folder: &Path) -> Result<(), ExportError> {
        let (size, checkpoint) = self.stored_head().await?;
        let mut tiles = Tile::new_tiles(HEIGHT, 0, size);
        let data: Vec<Tile> = tiles.iter().filter(|tile| tile.level() == 0).copied().collect();
        tiles.extend(data.into_iter().map(|mut tile| {
            tile.set_is_data();
            tile
        }));
        for tile in tiles {
            let bytes = if tile.is_data() { self.bundle(&tile).await? } else { self.tile(&tile).await? };
            let path = folder.join(path_of(&tile));
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, bytes)?;
        }
        // Last, so that whoever reads it finds the tiles that it speaks of.
        fs::write(folder.join("checkpoint"), checkpoint)?;
        Ok(())
    }

    /// The size and the signed checkpoint as they are stored.
    pub(crate) async fn stored_head(&self) -> Result<(u64, String), RecordError> {
        use sqlx::Row;
        let row = sqlx::query("SELECT size, checkpoint FROM head WHERE id = 1").fetch_one(self.pool().await?).await?;
        Ok((crate::sql::number(&row, "size")?, row.try_get("checkpoint")?))
    }

    /// A tile: its hashes, one after another.
    async fn tile(&self, tile: &Tile) -> Result<Vec<u8>, RecordError> {
        let level = tile.level() * HEIGHT;
        let first = tile.level_index() * WIDTH;
        let numbers: Vec<u64> =
            (first..first + u64::from(tile.width())).map(|at| stored_hash_index(level, at)).collect();
        let mut connection = self.pool().await?.acquire().await?;
        let hashes = nodes(&mut connection, &numbers).await?.read_hashes(&numbers);
        let hashes: Vec<Hash> = hashes.map_err(|_| RecordError::Damaged)?;
        Ok(hashes.iter().flat_map(|hash| hash.0).collect())
    }

    /// A bundle of leaves, each after its length in two bytes.
    async fn bundle(&self, tile: &Tile) -> Result<Vec<u8>, RecordError> {
        let entries = self.entries(tile.level_index() * WIDTH, u64::from(tile.width())).await?;
        let mut bytes = Vec::new();
        for entry in entries {
            let length = u16::try_from(entry.leaf.len()).map_err(|_| RecordError::Damaged)?;
            bytes.extend(length.to_be_bytes());
            bytes.extend(entry.leaf.as_bytes());
        }
        Ok(bytes)
    }
}

/// Where a tile stands: without its height, which is always 8, and with leaves under `entries`.
fn path_of(tile: &Tile) -> String {
    let path = tile.path();
    let rest = path.strip_prefix(&format!("tile/{HEIGHT}/")).unwrap_or(&path);
    match rest.strip_prefix("data/") {
        Some(rest) => format!("tile/entries/{rest}"),
        None => format!("tile/{rest}"),
    }
}

/// Why a record could not be exported.
#[derive(Debug)]
pub enum ExportError {
    Record(RecordError),
    Io(io::Error),
}

impl std::fmt::Display for ExportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Record(error) => write!(f, "{error}"),
            Self::Io(error) => write!(f, "the export cannot be written: {error}"),
        }
    }
}

impl std::error::Error for ExportError {}

impl From<RecordError> for ExportError {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
