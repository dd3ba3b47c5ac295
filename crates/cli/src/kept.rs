//! `heedful kept`: the policies that were live, putting one back in force, and accepting what a change takes away.

use super::args::{
    ByWord, Format, KeepPlace, KeptAccept, KeptArgs, KeptCommand, KeptOne, KeptRelease, KeptRestore, KeptTwo,
};
use super::error::CliError;
use super::policy;
use super::terminal::Terminal;
use heedful::changes::{Changes, between};
use heedful::engine::{Load, Snapshot, short_digest};
use heedful::report;
use heedful::text::harmless;
use heedful::wire::{
    self, Acceptance, Act, ActLine, Attribution, JournalEntry, Manifest, Verified, WaitingLoss, kept_line,
};
use heedful_live::store::{Journal, Store, UNKNOWN};
use std::collections::BTreeSet;

pub(super) fn run(args: &KeptArgs, terminal: &Terminal) -> Result<(), CliError> {
    match &args.what {
        KeptCommand::List(place) => list(&open(place)?, terminal),
        KeptCommand::Show(one) => show(&open(&one.place)?, one, terminal),
        KeptCommand::Compare(two) => compare(&open(&two.place)?, two, terminal),
        KeptCommand::Held(place) => held(&open(place)?, terminal),
        KeptCommand::Accept(args) => accept(&open(&args.place)?, args, terminal),
        KeptCommand::Restore(args) => restore(&open(&args.one.place)?, args, terminal),
        KeptCommand::Release(args) => release(&open(&args.place)?, args, terminal),
        KeptCommand::Verify(place) => verify(&open(place)?, terminal),
    }
}

fn open(place: &KeepPlace) -> Result<Store, CliError> {
    policy::kept_at(place.keep.as_deref(), place.policy.as_deref())
}

fn list(keep: &Store, terminal: &Terminal) -> Result<(), CliError> {
    let journal = keep.journal().map_err(CliError::Cannot)?;
    let (manifests, mut problems) = keep.manifests();
    problems.extend(no_longer_kept(&journal, &manifests));
    problems.extend(journal.wrong.iter().cloned());
    if journal.unreadable > 0 {
        // A process that was killed leaves such a line, and nothing is lost with it that was in force for long.
        terminal.say(&format!("warning: {} of the journal's lines cannot be read", journal.unreadable));
    }
    let restored = keep.restored().map_err(CliError::Cannot)?;
    let mut texts = Vec::new();
    for at in 0..=journal.entries.len() {
        let acts = journal.acts.iter().filter(|(entries, _)| *entries == at).map(|(_, line)| match terminal.format() {
            Format::Json => kept_line(line),
            Format::Human => act_text(line),
        });
        texts.extend(acts);
        let is_last = at + 1 == journal.entries.len();
        texts.extend(journal.entries.get(at).map(|entry| match terminal.format() {
            Format::Json => kept_line(entry),
            Format::Human => entry_text(entry, is_last, at == 0),
        }));
    }
    texts.reverse();
    let mut text = texts.concat();
    if let (Some(restored), Format::Human) = (&restored, terminal.format()) {
        let (digest, at) = (short_digest(&restored.meaning), &restored.at);
        let by = restored.word.as_ref().map_or_else(String::new, |word| format!(" by {}", word.by));
        text.push_str(&format!(
            "{digest} was put back in force at {at}{by}, whatever the files say, until `heedful kept release`.\n"
        ));
    }
    if let (Some(waiting), Format::Human) = (keep.held().map_err(CliError::Cannot)?, terminal.format()) {
        let what =
            if waiting.lost.len() == 1 { "1 thing".to_owned() } else { format!("{} things", waiting.lost.len()) };
        text.push_str(&format!(
            "A change waits since {}, which would take away {what}: `heedful kept held`.\n",
            waiting.at
        ));
    }
    terminal.print(&text)?;
    problems = problems.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    for problem in &problems {
        terminal.say(&format!("warning: {problem}"));
    }
    if problems.is_empty() { Ok(()) } else { Err(CliError::FellShort) }
}

/// What was live and is gone, one sentence each.
fn no_longer_kept(journal: &Journal, manifests: &[Manifest]) -> BTreeSet<String> {
    let gone = journal.entries.iter().filter(|entry| !manifests.iter().any(|kept| kept.bytes == entry.bytes));
    let said = |entry: &JournalEntry| {
        format!("generation {}, {}, is no longer kept", entry.generation, short_digest(&entry.meaning))
    };
    gone.map(said).collect()
}

/// Whether the journal and every generation are as they were written, and the digest of the journal's last line, which
/// stands for all of it.
fn verify(keep: &Store, terminal: &Terminal) -> Result<(), CliError> {
    let journal = keep.journal().map_err(CliError::Cannot)?;
    let (manifests, damage) = keep.manifests();
    let mut wrong = journal.wrong.clone();
    wrong.extend(damage);
    wrong.extend(manifests.iter().filter_map(|manifest| keep.read(&manifest.bytes).err()));
    wrong.extend(no_longer_kept(&journal, &manifests));
    wrong.extend(keep.tests().err());
    let lines = |count: usize| if count == 1 { "1 line".to_owned() } else { format!("{count} lines") };
    let text = match terminal.format() {
        Format::Json => kept_line(&Verified {
            lines: journal.lines,
            unreadable: journal.unreadable,
            chained_from: journal.chained_from,
            head: journal.head.clone(),
            wrong: wrong.clone(),
        }),
        Format::Human => {
            let chained = match journal.chained_from {
                Some(1) => "each of which holds the digest of the one before".to_owned(),
                Some(from) => format!("each of which holds the digest of the one before, from line {from} on"),
                None => "none of which holds the digest of the one before".to_owned(),
            };
            format!("{}, {chained}\nhead {}\n", lines(journal.lines), journal.head)
        }
    };
    terminal.print(&text)?;
    if journal.unreadable > 0 {
        terminal
            .say(&format!("warning: {} cannot be read, as a process leaves that is killed", lines(journal.unreadable)));
    }
    let noted = |bytes: &String| journal.entries.iter().any(|entry| entry.bytes == *bytes);
    for manifest in manifests.iter().filter(|manifest| !noted(&manifest.bytes)) {
        let digest = short_digest(&manifest.bytes);
        terminal.say(&format!(
            "warning: {digest} is kept, and the journal does not say that it was live: its line is missing, or a process \
             was killed before it wrote one"
        ));
    }
    wrong.iter().for_each(|wrong| terminal.say(&format!("warning: {wrong}")));
    if wrong.is_empty() { Ok(()) } else { Err(CliError::FellShort) }
}

fn held(keep: &Store, terminal: &Terminal) -> Result<(), CliError> {
    let waiting = keep.held().map_err(CliError::Cannot)?;
    match (waiting, terminal.format()) {
        (Some(waiting), Format::Json) => terminal.print(&kept_line(&waiting)),
        (None, Format::Json) => Ok(()),
        (None, Format::Human) => terminal.print("No change waits to be accepted.\n"),
        (Some(waiting), Format::Human) => {
            let bytes = short_digest(&waiting.bytes);
            let place = match waiting.in_force.as_str() {
                UNKNOWN => "what was in force".to_owned(),
                known => short_digest(known).to_owned(),
            };
            let mut text = format!("Since {} the files {bytes} wait to take the place of {place}.\n", waiting.at);
            text.push_str("They would take away or may weaken:\n");
            waiting.lost.iter().for_each(|loss| text.push_str(&loss_text(loss)));
            terminal.print(&text)
        }
    }
}

fn loss_text(loss: &WaitingLoss) -> String {
    let said = loss.said.iter().map(|said| format!("    {}\n", harmless(said)));
    format!("  - {}\n{}", loss.name, said.collect::<String>())
}

fn accept(keep: &Store, args: &KeptAccept, terminal: &Terminal) -> Result<(), CliError> {
    let (accepted, rest) = keep.accept(&args.what, &word(&args.word)).map_err(CliError::Cannot)?;
    let mut text = format!("Accepted by {}:\n", args.word.by);
    accepted.iter().for_each(|loss| text.push_str(&loss_text(loss)));
    if rest.is_empty() {
        text.push_str(
            "That is all. A running `heedful watch` puts the change in force, and the next one starts with it.\n",
        );
    } else {
        text.push_str("The change still waits, for these to be accepted:\n");
        rest.iter().for_each(|loss| text.push_str(&loss_text(loss)));
    }
    match terminal.format() {
        Format::Human => terminal.print(&text),
        Format::Json => terminal.print(&kept_line(&rest)),
    }
}

fn word(word: &ByWord) -> Attribution {
    Attribution { by: word.by.clone(), because: word.because.clone() }
}

fn act_text(line: &ActLine) -> String {
    let by = |word: &Attribution| format!(" by {}: {}", word.by, word.because);
    let said = match &line.act {
        Act::Accepted { accepted, .. } => {
            let first = accepted.first();
            let word = first.map(|first| format!(" by {}: {}", first.by, first.because)).unwrap_or_default();
            let names: Vec<&str> = accepted.iter().map(|accepted| accepted.name.as_str()).collect();
            format!("accepted{word}\n  - {}", names.join("\n  - "))
        }
        Act::Restored { meaning, word, .. } => format!("{} restored{}", short_digest(meaning), by(word)),
        Act::Released { word } => format!("released{}", word.as_ref().map(by).unwrap_or_default()),
        Act::Tests { tests, .. } => format!("tests: {tests}"),
        Act::FoundWrong { said, .. } => format!("FOUND WRONG: {}", said.join("; ")),
    };
    format!("{}  {said}\n\n", line.at)
}

fn entry_text(entry: &JournalEntry, is_last: bool, is_first: bool) -> String {
    let origin = match entry.origin.as_str() {
        "restored" => ", restored",
        "last-good" => ", the last good one, after a new start",
        _ => "",
    };
    let last = if is_last { ", live last" } else { "" };
    let (meaning, bytes) = (short_digest(&entry.meaning), short_digest(&entry.bytes));
    let mut text = format!("{}  generation {}{origin}{last}\n", entry.at, entry.generation);
    if let Some(word) = &entry.word {
        text.push_str(&format!("  by {}: {}\n", word.by, word.because));
    }
    text.push_str(&format!("  digest of meaning {meaning}, of bytes {bytes}\n"));
    let same = if is_first { "the first that was kept" } else { "no difference but comments or layout" };
    if entry.changes.is_empty() {
        text.push_str(&format!("  - {same}\n"));
    }
    entry.changes.iter().for_each(|change| text.push_str(&format!("  - {change}\n")));
    for Acceptance { name, by, because, .. } in &entry.accepted {
        text.push_str(&format!("  - {name} accepted by {by}: {because}\n"));
    }
    entry.against_advice.iter().for_each(|said| text.push_str(&format!("  - WENT LIVE AGAINST ADVICE: {said}\n")));
    text + "\n"
}

/// A kept generation, whole and as it was.
fn load(keep: &Store, digest: &str) -> Result<(Manifest, Load), CliError> {
    let manifest = keep.find(digest).map_err(CliError::Cannot)?;
    let load = keep.load(&manifest.bytes).map_err(CliError::Cannot)?;
    Ok((manifest, load))
}

fn show(keep: &Store, one: &KeptOne, terminal: &Terminal) -> Result<(), CliError> {
    let (manifest, load) = load(keep, &one.digest)?;
    if terminal.format() == Format::Json {
        return terminal.print(&kept_line(&manifest));
    }
    let journal = keep.journal().map_err(CliError::Cannot)?;
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

fn compare(keep: &Store, two: &KeptTwo, terminal: &Terminal) -> Result<(), CliError> {
    let (_, old) = load(keep, &two.old)?;
    let (_, new) = load(keep, &two.new)?;
    terminal.print(&differences(&old, &new, terminal))
}

/// What differs, as one line of JSON.
pub(super) fn changes_line(changes: &Changes) -> String {
    let mut line = Vec::new();
    // Writing to memory cannot fail.
    let _ = wire::write_changes(&mut line, changes);
    String::from_utf8_lossy(&line).into_owned() + "\n"
}

fn differences(old: &Load, new: &Load, terminal: &Terminal) -> String {
    let changes = between(old, new);
    match terminal.format() {
        Format::Json => changes_line(&changes),
        Format::Human => {
            let names: Vec<&str> = new.policies.iter().map(Snapshot::name).collect();
            report::changes(&changes, &names, terminal.out_styled)
        }
    }
}

fn restore(keep: &Store, args: &KeptRestore, terminal: &Terminal) -> Result<(), CliError> {
    let (manifest, new) = load(keep, &args.one.digest)?;
    keep.restore(&manifest, word(&args.word)).map_err(CliError::Cannot)?;
    let digest = short_digest(&manifest.meaning);
    terminal.say(&format!(
        "{digest} is restored. A running `heedful watch` puts it in force, and the next one starts with it. It stays in \
         force, whatever the files say, until `heedful kept release`."
    ));
    let journal = keep.journal().map_err(CliError::Cannot)?;
    let last = journal.entries.last().filter(|last| last.bytes != manifest.bytes);
    match last.map(|last| load(keep, &last.bytes)) {
        Some(Ok((_, old))) => terminal.print(&differences(&old, &new, terminal)),
        _ => Ok(()),
    }
}

fn release(keep: &Store, args: &KeptRelease, terminal: &Terminal) -> Result<(), CliError> {
    let word = args.by.clone().zip(args.because.clone()).map(|(by, because)| Attribution { by, because });
    match keep.release(word).map_err(CliError::Cannot)? {
        true => terminal.say("Released. The files rule again: a running `heedful watch` judges them as they are now."),
        false => terminal.say("Nothing was restored, so there is nothing to release."),
    }
    Ok(())
}
