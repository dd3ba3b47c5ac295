//! `heedful kept`: the policies that were live, and putting one back in force.

use super::args::{Format, KeepPlace, Kept, KeptCommand, KeptOne, KeptTwo};
use super::policy;
use super::stop::Stop;
use super::terminal::Terminal;
use crate::changes::between;
use crate::engine::{Load, Snapshot, short_digest};
use crate::keep::Keep;
use crate::report;
use crate::wire::{self, Entry, Manifest, kept_line};
use std::collections::BTreeSet;

pub(super) fn run(args: &Kept, terminal: &Terminal) -> Result<(), Stop> {
    match &args.what {
        KeptCommand::List(place) => list(&open(place)?, terminal),
        KeptCommand::Show(one) => show(&open(&one.place)?, one, terminal),
        KeptCommand::Compare(two) => compare(&open(&two.place)?, two, terminal),
        KeptCommand::Restore(one) => restore(&open(&one.place)?, one, terminal),
        KeptCommand::Release(place) => release(&open(place)?, terminal),
    }
}

fn open(place: &KeepPlace) -> Result<Keep, Stop> {
    policy::kept_at(place.keep.as_deref(), place.policy.as_deref())
}

fn list(keep: &Keep, terminal: &Terminal) -> Result<(), Stop> {
    let journal = keep.journal().map_err(Stop::Cannot)?;
    let (manifests, mut problems) = keep.manifests();
    for entry in &journal.entries {
        if !manifests.iter().any(|manifest| manifest.bytes == entry.bytes) {
            problems.push(format!(
                "generation {}, {}, is no longer kept",
                entry.generation,
                short_digest(&entry.meaning)
            ));
        }
    }
    if journal.unreadable > 0 {
        // A process that was killed leaves such a line, and nothing is lost with it that was in force for long.
        terminal.say(&format!("warning: {} of the journal's lines cannot be read", journal.unreadable));
    }
    let restored = keep.restored().map_err(Stop::Cannot)?;
    let mut text = String::new();
    for (at, entry) in journal.entries.iter().enumerate().rev() {
        let is_last = at + 1 == journal.entries.len();
        match terminal.format() {
            Format::Json => text.push_str(&kept_line(entry)),
            Format::Human => text.push_str(&entry_text(entry, is_last, at == 0)),
        }
    }
    if let (Some(restored), Format::Human) = (&restored, terminal.format()) {
        let (digest, at) = (short_digest(&restored.meaning), &restored.at);
        text.push_str(&format!(
            "{digest} was put back in force at {at}, whatever the files say, until `heedful kept release`.\n"
        ));
    }
    terminal.print(&text)?;
    problems = problems.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    for problem in &problems {
        terminal.say(&format!("warning: {problem}"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Stop::FellShort) }
}

fn entry_text(entry: &Entry, is_last: bool, is_first: bool) -> String {
    let origin = match entry.origin.as_str() {
        "restored" => ", restored",
        "last-good" => ", the last good one, after a new start",
        _ => "",
    };
    let last = if is_last { ", live last" } else { "" };
    let (meaning, bytes) = (short_digest(&entry.meaning), short_digest(&entry.bytes));
    let mut text = format!("{}  generation {}{origin}{last}\n", entry.at, entry.generation);
    text.push_str(&format!("  digest of meaning {meaning}, of bytes {bytes}\n"));
    let same = if is_first { "the first that was kept" } else { "no difference but comments or layout" };
    if entry.changes.is_empty() {
        text.push_str(&format!("  - {same}\n"));
    }
    entry.changes.iter().for_each(|change| text.push_str(&format!("  - {change}\n")));
    entry.against_advice.iter().for_each(|said| text.push_str(&format!("  - WENT LIVE AGAINST ADVICE: {said}\n")));
    text + "\n"
}

/// A kept generation, whole and as it was.
fn load(keep: &Keep, digest: &str) -> Result<(Manifest, Load), Stop> {
    let manifest = keep.find(digest).map_err(Stop::Cannot)?;
    let load = keep.load(&manifest.bytes).map_err(Stop::Cannot)?;
    Ok((manifest, load))
}

fn show(keep: &Keep, one: &KeptOne, terminal: &Terminal) -> Result<(), Stop> {
    let (manifest, load) = load(keep, &one.digest)?;
    if terminal.format() == Format::Json {
        return terminal.print(&kept_line(&manifest));
    }
    let journal = keep.journal().map_err(Stop::Cannot)?;
    let folder = keep.folder_of(&manifest.bytes);
    let mut text =
        format!("meaning  {}\nbytes    {}\nfiles    {}\n", manifest.meaning, manifest.bytes, folder.display());
    for entry in journal.entries.iter().filter(|entry| entry.bytes == manifest.bytes) {
        text.push_str(&format!("live     {}, generation {}\n", entry.at, entry.generation));
    }
    for policy in &load.policies {
        text.push_str(&format!("policy   {}: {} rules, {}\n", policy.name(), policy.rule_count(), policy.digest()));
    }
    let known = |policy: &Snapshot| manifest.policies.iter().any(|kept| kept.digest == policy.digest());
    if !load.policies.iter().all(known) {
        text.push_str(
            "This version of heedful reads it in another way than the one that kept it: its digests differ.\n",
        );
    }
    terminal.print(&text)
}

fn compare(keep: &Keep, two: &KeptTwo, terminal: &Terminal) -> Result<(), Stop> {
    let (_, old) = load(keep, &two.old)?;
    let (_, new) = load(keep, &two.new)?;
    terminal.print(&differences(&old, &new, terminal))
}

fn differences(old: &Load, new: &Load, terminal: &Terminal) -> String {
    let changes = between(old, new);
    match terminal.format() {
        Format::Json => {
            let mut line = Vec::new();
            // Writing to memory cannot fail.
            let _ = wire::write_changes(&mut line, &changes);
            String::from_utf8_lossy(&line).into_owned() + "\n"
        }
        Format::Human => {
            let names: Vec<&str> = new.policies.iter().map(Snapshot::name).collect();
            report::changes(&changes, &names, terminal.out_styled)
        }
    }
}

fn restore(keep: &Keep, one: &KeptOne, terminal: &Terminal) -> Result<(), Stop> {
    let (manifest, new) = load(keep, &one.digest)?;
    keep.restore(&manifest).map_err(Stop::Cannot)?;
    let digest = short_digest(&manifest.meaning);
    terminal.say(&format!(
        "{digest} is restored. A running `heedful watch` puts it in force, and the next one starts with it. It stays in \
         force, whatever the files say, until `heedful kept release`."
    ));
    let journal = keep.journal().map_err(Stop::Cannot)?;
    let last = journal.entries.last().filter(|last| last.bytes != manifest.bytes);
    match last.map(|last| load(keep, &last.bytes)) {
        Some(Ok((_, old))) => terminal.print(&differences(&old, &new, terminal)),
        _ => Ok(()),
    }
}

fn release(keep: &Keep, terminal: &Terminal) -> Result<(), Stop> {
    match keep.release().map_err(Stop::Cannot)? {
        true => terminal.say("Released. The files rule again: a running `heedful watch` judges them as they are now."),
        false => terminal.say("Nothing was restored, so there is nothing to release."),
    }
    Ok(())
}
