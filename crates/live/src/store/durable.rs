//! Atomic and durable file writes: whole or not at all, and synced to the disk before anything rests on them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Writes a new file and brings it to the disk.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Puts a file in the place of whatever is there, in one step.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}.draft", std::process::id()));
    // A draft of this name can only be left from a process that was killed.
    let _ = fs::remove_file(&draft);
    let written = write_new(&draft, bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // The first failure is the one to tell.
        let _ = fs::remove_file(&draft);
    }
    written?;
    sync_folder(path.parent().unwrap_or(path))
}

/// Brings the names in a folder to the disk. Systems other than Unix do it on their own.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
