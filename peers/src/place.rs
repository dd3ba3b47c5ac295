//! The policy as files, for the program in a process of its own.

use crate::engines::heedful_source;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder with the policy, which is there as long as this is.
pub struct Place {
    folder: PathBuf,
}

impl Place {
    pub fn new() -> io::Result<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("heedful-peers-{}-{number}", std::process::id()));
        let place = Self { folder };
        fs::create_dir_all(place.policy())?;
        for (number, text) in heedful_source(1).iter().enumerate() {
            fs::write(place.policy().join(format!("{number}.heed")), text)?;
        }
        Ok(place)
    }

    /// The folder of the policy.
    pub fn policy(&self) -> PathBuf {
        self.path("policy")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("{} is left behind: {error}", self.folder.display());
        }
    }
}
