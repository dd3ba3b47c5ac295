//! `heedful record`: whether a record is whole, what it proves, and whether its decisions come out again.

use super::args::{
    EraseArgs, ExportArgs, ProveArgs, RecordArgs, RecordCommand, ReplayRecordArgs, RestrictedArgs, VerifyArgs, Whose,
};
use super::place::{Place, runtime};
use crate::args::{ByWord, Format};
use crate::error::CliError;
use crate::policy;
use crate::terminal::Terminal;
use heedful::engine::{Load, Snapshot, VERSION};
use heedful::time::{Date, Instant, Zone};
use heedful::wire::{self, Document, Reading, UnknownKeys, UnknownValues};
use heedful_live::store::{Store, now};
use heedful_record::{EntryKind, NewEntry, QueueLimits, RecordStore, Recorder, StoredEntry};
use heedful_service::RestrictedList;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::sync::Arc;

pub(crate) fn run(args: &RecordArgs, terminal: &Terminal) -> Result<(), CliError> {
    runtime()?.block_on(async {
        match &args.what {
            RecordCommand::Verify(args) => verify(args, terminal).await,
            RecordCommand::Prove(args) => prove(args, terminal).await,
            RecordCommand::Replay(args) => replay(args, terminal).await,
            RecordCommand::Restricted(args) => restricted(args, terminal).await,
            RecordCommand::Export(args) => export(args, terminal).await,
            RecordCommand::Erase(args) => erase(args, terminal).await,
        }
    })
}

/// The record, which must be there.
async fn open(whose: &Whose) -> Result<(Store, Place, RecordStore), CliError> {
    let kept = policy::kept_at(whose.keep.as_deref(), whose.policy.as_deref())?;
    let place = Place::of(&whose.place, Some(kept.folder()))?;
    if let Some(file) = place.file().filter(|file| !file.exists()) {
        return Err(CliError::Cannot(format!("there is no record at {}; `heedful serve` makes one", file.display())));
    }
    let store = place.store().await?;
    Ok((kept, place, store))
}

fn cannot(error: impl Display) -> CliError {
    CliError::Cannot(error.to_string())
}

async fn verify(args: &VerifyArgs, terminal: &Terminal) -> Result<(), CliError> {
    let (_, place, store) = open(&args.whose).await?;
    let mut earlier = Vec::new();
    for path in &args.since {
        let read = fs::read_to_string(path);
        earlier.push(read.map_err(|error| CliError::file(&path.display().to_string(), &error))?);
    }
    let audit = store.audit(place.key()?.verify_key(), &earlier).await.map_err(cannot)?;
    let wrong: Vec<String> = audit.wrong.iter().map(ToString::to_string).collect();
    let text = match terminal.format() {
        Format::Json => {
            let told = json!({"entries": audit.size, "erased": audit.erased, "root": audit.root, "wrong": wrong});
            format!("{told}\n")
        }
        Format::Human => {
            let erased = match audit.erased {
                0 => String::new(),
                erased => format!(", {erased} of them erased"),
            };
            let sound = if wrong.is_empty() {
                "Nothing in it is another than was recorded, cut off or put in between.\n"
            } else {
                ""
            };
            let wrong: String = wrong.iter().map(|wrong| format!("WRONG: {wrong}\n")).collect();
            format!("{}{erased}; root {}\n{sound}{wrong}", entries(audit.size), audit.root)
        }
    };
    terminal.print(&text)?;
    if audit.wrong.is_empty() { Ok(()) } else { Err(CliError::FellShort) }
}

async fn prove(args: &ProveArgs, terminal: &Terminal) -> Result<(), CliError> {
    let (_, place, store) = open(&args.whose).await?;
    let (entry, proof) = store.prove(args.place).await.map_err(cannot)?;
    // First the record of the look, and then what there is to see.
    look(store, &place, "looked_at", &[args.place], &args.word).await?;
    let content: Option<Value> = entry.content.as_deref().and_then(|content| serde_json::from_str(content).ok());
    let told = json!({
        "place": proof.place,
        "leaf": proof.leaf,
        "proof": proof.hashes,
        "checkpoint": proof.checkpoint,
        "content": content,
    });
    let text = match terminal.format() {
        Format::Json => format!("{told}\n"),
        Format::Human => format!("{told:#}\n"),
    };
    terminal.print(&text)
}

/// How many entries are gone through at a time.
const PAGE: u64 = 10_000;

async fn restricted(args: &RestrictedArgs, terminal: &Terminal) -> Result<(), CliError> {
    let (_, place, store) = open(&args.whose).await?;
    let mut list = RestrictedList { has_more: true, ..RestrictedList::default() };
    while list.has_more {
        let next = RestrictedList::read(&store, &args.restricted, list.next, PAGE).await.map_err(cannot)?;
        list.found.extend(next.found);
        (list.next, list.has_more) = (next.next, next.has_more);
    }
    // First the record of the look, and then what there is to see.
    look(store, &place, "listed", &list.places(), &args.word).await?;
    terminal.print(&match terminal.format() {
        Format::Json => format!("{}\n", json!({"restricted": list.json()})),
        Format::Human => {
            let mut cases: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for found in &list.found {
                let at = found.at.map_or_else(String::new, |at| format!(" ({})", Zone::utc().format(at)));
                let case = found.case.as_deref().unwrap_or("a case that cannot be read");
                cases.entry(case).or_default().push(format!("{}{at}", found.place));
            }
            let told =
                cases.iter().map(|(case, places)| format!("{case}: restricted by entry {}\n", places.join(", ")));
            let told: String = told.collect();
            let count = if cases.len() == 1 { "1 case is".to_owned() } else { format!("{} cases are", cases.len()) };
            format!("{told}{count} restricted. That they were listed is recorded.\n")
        }
    })
}

/// Records that somebody looked at entries, by their places: what is erased of a case later is then nowhere.
async fn look(store: RecordStore, place: &Place, how: &str, places: &[u64], word: &ByWord) -> Result<(), CliError> {
    let content = json!({how: places, "by": word.by, "because": word.because}).to_string();
    append(store, place, NewEntry { kind: EntryKind::Access, at: now(), content, case: None }).await
}

/// Appends an entry to a record that no queue of this process is there for.
async fn append(store: RecordStore, place: &Place, entry: NewEntry) -> Result<(), CliError> {
    let (queue, recorder) = Recorder::new(store, Arc::new(place.key()?), QueueLimits::default());
    let recorder = tokio::spawn(recorder.run());
    queue.record(entry).await.map_err(cannot)?;
    drop(queue);
    let _ = recorder.await;
    Ok(())
}

fn entries<N: Display + PartialEq + From<u8>>(count: N) -> String {
    if count == N::from(1) { "1 entry".to_owned() } else { format!("{count} entries") }
}

async fn export(args: &ExportArgs, terminal: &Terminal) -> Result<(), CliError> {
    let (_, place, store) = open(&args.whose).await?;
    store.export(&args.folder).await.map_err(cannot)?;
    let size = store.head().await.map_err(cannot)?.size;
    terminal.print(&match terminal.format() {
        Format::Json => format!("{}\n", json!({"entries": size, "key": place.key()?.verify_key().to_string()})),
        Format::Human => format!(
            "The log of {} is in {}. Whoever checks it needs this key:\n{}\n",
            entries(size),
            args.folder.display(),
            place.key()?.verify_key()
        ),
    })
}

async fn erase(args: &EraseArgs, terminal: &Terminal) -> Result<(), CliError> {
    let (_, place, store) = open(&args.whose).await?;
    let erased = match (&args.case, &args.before) {
        (Some(case), _) => store.to_erase(case).await,
        (None, Some(before)) => {
            let date = Date::parse(before).ok_or_else(|| cannot("a day is written 2026-03-01"))?;
            if Zone::utc().day_start(date) > now() {
                return Err(cannot(format!("{before} is still to come: everything would be erased")));
            }
            store.to_erase_before(Zone::utc().day_start(date)).await
        }
        (None, None) => return Err(cannot("say what to erase, with --case or --before")),
    };
    let erased = erased.map_err(cannot)?;
    let count = erased.places.len();
    // First the record of it: what is empty without one counts as removed by somebody else.
    if count > 0 {
        append(store.clone(), &place, erased.entry(now(), &args.word.by, &args.word.because)).await?;
    }
    store.erase(&erased).await.map_err(cannot)?;
    if count == 0 {
        return match &args.case {
            Some(case) => Err(cannot(format!("nothing is recorded of a case `{case}`"))),
            None => terminal.print(match terminal.format() {
                Format::Json => "{\"erased\":[]}\n",
                Format::Human => "Nothing so old is recorded, or it was erased before.\n",
            }),
        };
    }
    terminal.print(&match terminal.format() {
        Format::Json => format!("{}\n", json!({"erased": erased.places})),
        Format::Human => {
            let say = if count == 1 { "says" } else { "say" };
            format!("{} {say} nothing any more. That they were erased is recorded.\n", entries(count))
        }
    })
}

/// What became of the decisions that were decided again.
#[derive(Default)]
struct Again {
    same: u64,
    erased: u64,
    /// Why some did not come out as they were, or could not be decided again.
    wrong: Vec<String>,
}

async fn replay(args: &ReplayRecordArgs, terminal: &Terminal) -> Result<(), CliError> {
    let (kept, _, store) = open(&args.whose).await?;
    let mut again = Again::default();
    let mut loads = BTreeMap::new();
    if let Some(case) = &args.case {
        let entries = store.entries_of_case(case).await.map_err(cannot)?;
        if entries.is_empty() {
            return Err(cannot("nothing is recorded of such a case"));
        }
        entries.iter().for_each(|entry| decide_again(entry, &kept, &mut loads, &mut again));
    } else {
        let mut from = 0;
        loop {
            let page = store.entries(from, 1_000).await.map_err(cannot)?;
            let Some(last) = page.last().map(|entry| entry.place) else { break };
            page.iter().for_each(|entry| decide_again(entry, &kept, &mut loads, &mut again));
            from = last + 1;
        }
    }
    let Again { same, erased, wrong } = &again;
    let text = match terminal.format() {
        Format::Json => format!("{}\n", json!({"same": same, "erased": erased, "wrong": wrong})),
        Format::Human => {
            let wrong: String = wrong.iter().map(|wrong| format!("WRONG: {wrong}\n")).collect();
            format!("{same} decisions come out again byte for byte; {erased} were erased\n{wrong}")
        }
    };
    terminal.print(&text)?;
    if wrong.is_empty() { Ok(()) } else { Err(CliError::FellShort) }
}

fn decide_again(
    entry: &StoredEntry,
    kept: &Store,
    loads: &mut BTreeMap<String, Result<Load, String>>,
    again: &mut Again,
) {
    let kind = entry.kind();
    if !matches!(kind, Some(EntryKind::Decision | EntryKind::Due)) {
        return;
    }
    let Some(content) = &entry.content else {
        again.erased += 1;
        return;
    };
    // A case that could not be decided when it was due was told all the same.
    if kind == Some(EntryKind::Due) && !content.contains("\"decision\":") {
        return;
    }
    match decided(content, kept, loads) {
        Ok(true) => again.same += 1,
        Ok(false) => again.wrong.push(format!("entry {}: the decision comes out otherwise", entry.place)),
        Err(why) => again.wrong.push(format!("entry {}: {why}", entry.place)),
    }
}

/// Whether a recorded case is decided again as it was.
fn decided(content: &str, kept: &Store, loads: &mut BTreeMap<String, Result<Load, String>>) -> Result<bool, String> {
    let content: Value = serde_json::from_str(content).map_err(|_| "it is no entry of a decision".to_owned())?;
    let words = |key: &str| content.get(key).and_then(Value::as_str).ok_or_else(|| format!("it does not say `{key}`"));
    let engine = words("engine")?;
    let generation = words("generation")?.to_owned();
    let load = loads.entry(generation).or_insert_with_key(|generation| kept.load(generation));
    let load = load.as_ref().map_err(Clone::clone)?;
    let policy = words("policy")?;
    let policy: &Snapshot = load
        .policies
        .iter()
        .find(|known| known.name() == policy)
        .ok_or_else(|| format!("the generation has no policy `{policy}`"))?;
    let is_lenient =
        |what: &str| content.get("lenient").and_then(|lenient| lenient.get(what)) == Some(&Value::Bool(true));
    let mut reading = Reading::strict(policy.vocabulary(), policy.zone());
    if is_lenient("keys") {
        reading.unknown_keys = UnknownKeys::Warn;
    }
    if is_lenient("values") {
        reading.unknown_values = UnknownValues::Warn;
    }
    let case = Document::json_line(words("received")?, 1).read(reading).map_err(|problems| problems.to_string())?;
    let is_explained = content.get("explained") == Some(&Value::Bool(true));
    let as_of = match content.get("as_of").and_then(Value::as_str) {
        Some(moment) => Some(Instant::parse(moment).map_err(|why| format!("`as_of` {why}"))?),
        None => None,
    };
    let decision = match as_of {
        Some(moment) => policy.decide_as_of(&case, moment),
        None if is_explained => policy.decide_and_explain(&case),
        None => policy.decide(&case),
    };
    let is_same = wire::decision_line(&decision, policy) == words("decision")?;
    if !is_same && engine != VERSION {
        return Err(format!("it was decided by version {engine}, and version {VERSION} decides otherwise"));
    }
    Ok(is_same)
}
