//! One folder for each generation, named by the digest of its files.

use super::durable::{sync_folder, write_new};
use super::{Store, failed};
use crate::files::read_policies;
use heedful::engine::{Input, VERSION, digest_of_files, short_digest};
use heedful::live::Generation;
use heedful::text::joined;
use heedful::wire::{KeptPolicy, Manifest, kept_line, read_kept};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

const MANIFEST: &str = "manifest.json";

/// The fewest digits of a digest that name a kept policy.
const FEWEST_DIGITS: usize = 4;

impl Store {
    /// What every kept generation holds, in the order of their digests; and what cannot be used, one sentence each.
    /// The files themselves are looked at when they are read.
    pub fn manifests(&self) -> (Vec<Manifest>, Vec<String>) {
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        let mut names: Vec<String> = match fs::read_dir(self.generations()) {
            Ok(entries) => entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return (found, vec![failed(&self.generations(), &error)]),
        };
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        for name in names {
            let path = self.generations().join(&name).join(MANIFEST);
            let read = fs::read_to_string(&path).map_err(|error| failed(&path, &error));
            let read = read.and_then(|text| {
                read_kept::<Manifest>(&text).map_err(|_| format!("{}: this file was altered", path.display()))
            });
            match read {
                Ok(manifest) if digits(&manifest.bytes) == name => found.push(manifest),
                Ok(_) => problems.push(format!("{}: this is the list of another generation", path.display())),
                Err(problem) => problems.push(problem),
            }
        }
        (found, problems)
    }

    /// The kept generation that a digest or the first digits of one name: the digest of the files, of what they mean, or
    /// that by which a decision names its policy. Of several that mean the same, the one that was live last.
    ///
    /// # Errors
    /// There is none, or several that mean different things.
    pub fn find(&self, digest: &str) -> Result<Manifest, String> {
        let wanted = digits(digest).to_lowercase();
        let is_digest = wanted.len() >= FEWEST_DIGITS && wanted.chars().all(|digit| digit.is_ascii_hexdigit());
        if !is_digest {
            return Err(format!("`{digest}` is not a digest; give at least the first {FEWEST_DIGITS} digits of one"));
        }
        let (manifests, _) = self.manifests();
        let named = |manifest: &&Manifest| {
            let policies = manifest.policies.iter().map(|policy| &policy.digest);
            policies.chain([&manifest.bytes, &manifest.meaning]).any(|digest| digits(digest).starts_with(&wanted))
        };
        let found: Vec<&Manifest> = manifests.iter().filter(named).collect();
        let meanings: BTreeSet<&str> = found.iter().map(|manifest| manifest.meaning.as_str()).collect();
        match meanings.len() {
            0 => Err(format!("no policy with the digest `{digest}` is kept in {}", self.folder.display())),
            1 => {
                let journal = self.journal()?;
                let last =
                    |manifest: &&&Manifest| journal.entries.iter().rposition(|entry| entry.bytes == manifest.bytes);
                found.iter().max_by_key(last).map(|manifest| (*manifest).clone()).ok_or_else(String::new)
            }
            _ => {
                let shown: Vec<String> = meanings.iter().map(|meaning| short_digest(meaning).to_owned()).collect();
                Err(format!("`{digest}` could be {}; give more digits", joined(&shown, "or")))
            }
        }
    }

    /// The files of a kept generation, byte for byte as they were.
    ///
    /// # Errors
    /// They cannot be read, or are not what they were.
    pub fn read(&self, bytes: &str) -> Result<Vec<Input>, String> {
        let folder = self.folder_of(bytes);
        let inputs = read_policies(std::slice::from_ref(&folder))?;
        match digest_of_files(&inputs) == bytes {
            true => Ok(inputs),
            false => Err(format!(
                "{}: what is kept here was altered or torn, so it is not used; move the folder away",
                folder.display()
            )),
        }
    }

    /// Keeps a generation. One that is kept already is looked through; if it is no longer what it was, it is set aside
    /// and written anew, and what was found is returned.
    pub(super) fn put(&self, generation: &Generation) -> Result<Option<String>, String> {
        let folder = self.folder_of(generation.bytes());
        let damage = if folder.exists() {
            match self.read(generation.bytes()) {
                Ok(_) if folder.join(MANIFEST).is_file() => return Ok(None),
                Ok(_) => Some(format!("{}: the list of what is kept here was gone", folder.display())),
                Err(problem) => Some(problem),
            }
        } else {
            None
        };
        if damage.is_some() {
            set_aside(&folder).map_err(|error| failed(&folder, &error))?;
        }
        let draft = self.generations().join(format!("{DRAFT}{}", std::process::id()));
        let written = write_all(&draft, generation).and_then(|()| fs::rename(&draft, &folder));
        written.and_then(|()| sync_folder(&self.generations())).map_err(|error| {
            // What could not be written whole is of no use; a process that is killed leaves it to the next.
            let _ = fs::remove_dir_all(&draft);
            failed(&folder, &error)
        })?;
        Ok(damage)
    }

    /// Takes away what a process that was killed left half written.
    pub(super) fn clear_drafts(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.generations())? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(DRAFT) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

const DRAFT: &str = ".draft-";

fn write_all(draft: &Path, generation: &Generation) -> io::Result<()> {
    let _ = fs::remove_dir_all(draft);
    fs::create_dir_all(draft)?;
    let mut folders = BTreeSet::from([draft.to_owned()]);
    for (path, input) in shelf_paths(generation.inputs()) {
        let path = draft.join(path);
        let folder = path.parent().unwrap_or(draft);
        fs::create_dir_all(folder)?;
        folders.extend(folder.ancestors().take_while(|above| above.starts_with(draft)).map(Path::to_owned));
        write_new(&path, &input.bytes)?;
    }
    let policies = generation.policies().iter();
    let policies =
        policies.map(|policy| KeptPolicy { name: policy.name().to_owned(), digest: policy.digest().to_owned() });
    let manifest = Manifest {
        meaning: generation.meaning().to_owned(),
        bytes: generation.bytes().to_owned(),
        policies: policies.collect(),
        engine: Some(VERSION.to_owned()),
    };
    write_new(&draft.join(MANIFEST), kept_line(&manifest).as_bytes())?;
    folders.iter().try_for_each(|folder| sync_folder(folder))
}

fn set_aside(folder: &Path) -> io::Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let free = (1..u32::MAX).map(|number| folder.with_file_name(format!(".damaged-{name}-{number}")));
    match free.into_iter().find(|path| !path.exists()) {
        Some(path) => fs::rename(folder, path),
        None => Err(io::ErrorKind::AlreadyExists.into()),
    }
}

/// Where each file is kept, under the folder of its generation: as it lay under the folder that all of them share.
fn shelf_paths(inputs: &[Input]) -> Vec<(PathBuf, &Input)> {
    let parts: Vec<Vec<String>> = inputs.iter().map(|input| safe_parts(&input.name)).collect();
    let shared = parts.iter().map(|parts| parts.len().saturating_sub(1)).min().unwrap_or(0);
    let first = parts.first().cloned().unwrap_or_default();
    let same = |at: &usize| parts.iter().all(|parts| parts.get(*at) == first.get(*at));
    let shared = (0..shared).take_while(same).count();
    let mut taken = BTreeSet::new();
    let mut placed = Vec::new();
    for (parts, input) in parts.iter().zip(inputs) {
        let path: PathBuf = parts.iter().skip(shared).collect();
        let numbered = (2..u32::MAX).map(|number| path.with_extension(format!("{number}.heed")));
        let free = std::iter::once(path.clone()).chain(numbered).find(|path| !taken.contains(path)).unwrap_or(path);
        taken.insert(free.clone());
        placed.push((free, input));
    }
    placed
}

/// The names on the way to a file: none that leads up, that is hidden, or that is no policy at the end.
fn safe_parts(name: &str) -> Vec<String> {
    let names = Path::new(name).components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().trim_start_matches('.').replace(['/', '\\'], "-")),
        _ => None,
    });
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    match names.last_mut() {
        Some(last) if !last.to_lowercase().ends_with(".heed") => last.push_str(".heed"),
        Some(_) => {}
        None => names.push("policy.heed".to_owned()),
    }
    names
}

fn digits(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}
