//! A key file -> who signs checkpoints, and the line by which others check them (C2SP signed-note, Ed25519).

use rand_core::OsRng;
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, Verifier, VerifierList, generate_key};
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tlog_tiles::checkpoint::Checkpoint;
use tlog_tiles::tlog::Hash;

/// What signs checkpoints. It is read from a file that only its owner may read.
pub struct RecordKey {
    name: String,
    signer: StandardSigner,
    verify: VerifyKey,
}

/// The public line by which anybody checks the signatures of a record: `NAME+ID+KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyKey(String);

/// Why a key cannot be used.
#[derive(Debug)]
pub enum KeyError {
    /// Its file cannot be read or written.
    Io(PathBuf, io::Error),
    /// Others than its owner may read it.
    OpenToOthers(PathBuf),
    /// It is not a key of the form that signed notes use.
    NotAKey(String),
    /// What was signed was not signed with it.
    NotSigned,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "the key {}: {error}", path.display()),
            Self::OpenToOthers(path) => {
                write!(f, "others may read the key {0}; say `chmod 600 {0}`", path.display())
            }
            Self::NotAKey(what) => write!(f, "{what} is not a key of a record"),
            Self::NotSigned => f.write_str("the checkpoint is not signed with this key"),
        }
    }
}

impl std::error::Error for KeyError {}

impl RecordKey {
    /// Reads the key in a file, or makes one there, of this name, where there is none. The line to check it by is written beside
    /// it, with `.pub` after its name.
    ///
    /// # Errors
    /// The file cannot be read or made, others may read it, or it holds no key.
    pub fn open(path: &Path, name: &str) -> Result<Self, KeyError> {
        let failed = |error| KeyError::Io(path.to_owned(), error);
        match fs::read_to_string(path) {
            Ok(text) => {
                if is_open_to_others(path).map_err(failed)? {
                    return Err(KeyError::OpenToOthers(path.to_owned()));
                }
                Self::parse(&text).ok_or_else(|| KeyError::NotAKey(path.display().to_string()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (secret, public) = generate_key(&mut OsRng, name);
                let both = format!("{secret}\n{public}\n");
                let key = Self::parse(&both).ok_or_else(|| KeyError::NotAKey(format!("`{name}`")))?;
                write_secret(path, &both).map_err(failed)?;
                let beside = path.with_added_extension("pub");
                fs::write(&beside, format!("{public}\n")).map_err(|error| KeyError::Io(beside, error))?;
                Ok(key)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// The secret line and the public one after it, which must be of one key.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let signer = StandardSigner::new(lines.next()?.trim()).ok()?;
        let public = lines.next()?.trim();
        let verifier = StandardVerifier::new(public).ok()?;
        let is_one = signer.name() == verifier.name() && signer.key_id() == verifier.key_id();
        is_one.then(|| Self { name: signer.name().to_owned(), signer, verify: VerifyKey(public.to_owned()) })
    }

    /// The name that checkpoints begin with.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn verify_key(&self) -> &VerifyKey {
        &self.verify
    }

    /// The checkpoint of a tree, signed.
    pub(crate) fn checkpoint(&self, size: u64, root: Hash) -> Option<String> {
        let checkpoint = Checkpoint::new(&self.name, size, root, "").ok()?;
        let mut note = Note::new(&checkpoint.to_bytes(), &[]).ok()?;
        note.add_sigs(&[&self.signer]).ok()?;
        String::from_utf8(note.to_bytes()).ok()
    }
}

impl VerifyKey {
    /// Reads the line of a public key.
    ///
    /// # Errors
    /// It is no such line.
    pub fn parse(line: &str) -> Result<Self, KeyError> {
        let line = line.trim();
        StandardVerifier::new(line).map_err(|_| KeyError::NotAKey(format!("`{line}`")))?;
        Ok(Self(line.to_owned()))
    }

    /// The size and root that a checkpoint says, if it is signed with this key.
    ///
    /// # Errors
    /// It is no checkpoint, or its signature is not of this key.
    pub fn check(&self, signed: &str) -> Result<(u64, Hash), KeyError> {
        let note = Note::from_bytes(signed.as_bytes()).map_err(|_| KeyError::NotSigned)?;
        let verifier = StandardVerifier::new(&self.0).map_err(|_| KeyError::NotAKey(self.0.clone()))?;
        note.verify(&VerifierList::new(vec![Box::new(verifier)])).map_err(|_| KeyError::NotSigned)?;
        let checkpoint = Checkpoint::from_bytes(note.text()).map_err(|_| KeyError::NotSigned)?;
        Ok((checkpoint.size(), *checkpoint.hash()))
    }
}

impl fmt::Display for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

fn write_secret(path: &Path, lines: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(lines.as_bytes())?;
    file.sync_all()
}
