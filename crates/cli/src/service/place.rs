//! `--record`, `--record-key` and the folder of kept policies -> the record and its key.

use super::args::RecordPlace;
use crate::error::CliError;
use heedful_record::{OpenOptions, RecordKey, RecordStore};
use std::path::{Path, PathBuf};

/// What checkpoints are signed as.
const NAME: &str = "heedful/record";

/// Where a record is.
pub(super) struct Place {
    pub(super) url: String,
    pub(super) key: PathBuf,
}

impl Place {
    /// `kept` is the folder of kept policies, in which the record is where it is not said.
    pub(super) fn of(place: &RecordPlace, kept: Option<&Path>) -> Result<Self, CliError> {
        let beside = |name: &str| {
            let nowhere = || {
                CliError::Cannot(
                    "say where the record is with --record, and its key with --record-key: policies are not kept"
                        .to_owned(),
                )
            };
            kept.map(|folder| folder.join(name)).ok_or_else(nowhere)
        };
        let url = match &place.record {
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => url.clone(),
            Some(file) => format!("sqlite:{}", file.strip_prefix("sqlite:").unwrap_or(file)),
            None => format!("sqlite:{}", beside("record.sqlite")?.display()),
        };
        let key = match &place.record_key {
            Some(key) => key.clone(),
            None => beside("record.key")?,
        };
        Ok(Self { url, key })
    }

    /// The file that it is in, where it is a file.
    pub(super) fn file(&self) -> Option<&Path> {
        self.url.strip_prefix("sqlite:").map(Path::new)
    }

    /// The folder in which decisions wait that could not be recorded, where none is said. It stands beside the key, which is on this
    /// machine whatever the record is.
    pub(super) fn waiting(&self) -> PathBuf {
        self.key.with_file_name("waiting")
    }

    pub(super) fn key(&self) -> Result<RecordKey, CliError> {
        RecordKey::open(&self.key, NAME).map_err(|error| CliError::Cannot(error.to_string()))
    }

    pub(super) async fn store(&self) -> Result<RecordStore, CliError> {
        let opened = RecordStore::open(&self.url, OpenOptions::default()).await;
        opened.map_err(|error| CliError::Cannot(error.to_string()))
    }
}

/// Runs what waits for the network and the disk.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| CliError::Cannot(format!("the service cannot begin: {error}")))
}
