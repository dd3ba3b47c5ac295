//! `--record`, `--record-key` and the folder of kept policies -> the record and its key.

use super::args::RecordPlace;
use crate::error::CliError;
use heedful_record::{OpenOptions, RecordError, RecordKey, RecordStore};
use std::path::{Path, PathBuf};
use std::time::Duration;

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

    /// The record, which may be away when a service begins: it is opened as soon as it is there.
    ///
    /// # Errors
    /// Waiting would not help.
    pub(super) async fn store_or_later(&self) -> Result<RecordStore, CliError> {
        let failed = |error: RecordError| CliError::Cannot(error.to_string());
        let store = RecordStore::at(&self.url, OpenOptions::default()).map_err(failed)?;
        let own = store.clone();
        // It goes on when it is no longer waited for.
        let opening = tokio::spawn(async move { own.reach().await });
        match tokio::time::timeout(AT_START, opening).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) if error.is_lasting() => return Err(failed(error)),
            tried => {
                let why = match tried {
                    Ok(Ok(Err(error))) => error.to_string(),
                    _ => RecordError::TooSlow.to_string(),
                };
                tracing::error!(
                    why,
                    "the record cannot be opened as yet: calls are decided, and wait to be recorded until it can be"
                );
            }
        }
        Ok(store)
    }
}

/// How long a service waits for its record before it begins without.
const AT_START: Duration = Duration::from_secs(2);

/// Runs what waits for the network and the disk.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    built.map_err(|error| CliError::Cannot(format!("the service cannot begin: {error}")))
}
