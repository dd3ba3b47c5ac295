//! `--events map.yaml`: a mapping and its tables -> records for later calls, read again when they change; what cannot be read is not whole.

use crate::state::Shared;
use heedful::live::Generation;
use heedful::model::{RecordKind, Vocabulary};
use heedful::time::{Instant, Zone};
use heedful_history::{Loaded, Mapping, PastEvent, load, read_mapping};
use heedful_record::SourceState;
use heedful_tables::TableSource;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where tables of what happened are.
#[derive(Clone, Debug)]
pub struct EventFiles {
    /// The mapping, beside which the tables lie.
    pub map: PathBuf,
    /// How old a table may be before its records no longer count as all that there are; as late as a feed where that is not said.
    pub lag: Option<Duration>,
}

/// What the tables held when they were read last, in the words of each policy then in force.
#[derive(Debug, Default)]
pub(crate) struct FileHistory {
    words: Vec<FilesInWords>,
}

/// What the tables hold in one vocabulary.
#[derive(Debug)]
pub(crate) struct FilesInWords {
    vocabulary: Vocabulary,
    zone: Zone,
    pub(crate) events: Arc<Vec<PastEvent>>,
    /// For each kind of record what the tables say of it; none where they say nothing.
    pub(crate) kinds: Vec<Option<KindInFiles>>,
    tables: Vec<TableRead>,
    /// Why the mapping, or all that it names, cannot be used.
    problem: Option<String>,
}

/// How it is with the tables of one kind of record.
#[derive(Clone, Debug)]
pub(crate) struct KindInFiles {
    /// The tables hold what was known when the oldest of them was written.
    pub(crate) source: SourceState,
    /// Whether every row of every table was read and could be used.
    pub(crate) is_whole: bool,
}

/// What became of one table, in numbers.
#[derive(Debug)]
struct TableRead {
    file: String,
    kind: Option<usize>,
    written: Option<Instant>,
    rows: u64,
    used: u64,
    refused: u64,
    broken: Option<String>,
}

impl KindInFiles {
    /// Of every kind there may be records that nobody has read.
    pub(crate) fn unread(vocabulary: &Vocabulary) -> Vec<Option<Self>> {
        let unread = |kind: &RecordKind| {
            let source = SourceState { kind: kind.name.clone(), complete_to: Instant::MIN, lag: None };
            Some(Self { source, is_whole: false })
        };
        vocabulary.records.iter().map(unread).collect()
    }
}

impl FileHistory {
    /// What the tables hold in a vocabulary; none where they were not read in it.
    pub(crate) fn of(&self, vocabulary: &Vocabulary, zone: &Zone) -> Option<&FilesInWords> {
        self.words.iter().find(|words| words.vocabulary == *vocabulary && words.zone == *zone)
    }

    /// What became of the tables, for whoever looks after them: files, numbers and reasons, and nothing about anybody.
    pub(crate) fn told(&self, late: &impl Fn(Option<&SourceState>) -> bool) -> Value {
        self.words.iter().map(|words| words.told(late)).collect()
    }
}

impl FilesInWords {
    fn told(&self, late: &impl Fn(Option<&SourceState>) -> bool) -> Value {
        let tables = self.tables.iter().map(|table| {
            let kind = table.kind.and_then(|kind| self.kinds.get(kind)?.as_ref());
            json!({
                "file": table.file,
                "kind": kind.map(|kind| &kind.source.kind),
                "written": table.written.map(|written| Zone::utc().format(written)),
                // As its kind is: of two tables the older counts.
                "late": kind.map(|kind| late(Some(&kind.source))),
                "rows": table.rows,
                "used": table.used,
                "refused": table.refused,
                "broken": table.broken,
            })
        });
        json!({"vocabulary": self.vocabulary.name, "problem": self.problem, "tables": tables.collect::<Value>()})
    }
}

/// What is looked at to see whether anything changed: the words of the mapping, and of each file its date and size.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    mapping: Result<String, String>,
    files: BTreeMap<PathBuf, Option<(SystemTime, u64)>>,
    generation: String,
}

/// The mapping in the words of one policy, or why it cannot be used.
struct Mapped<'g> {
    vocabulary: &'g Vocabulary,
    zone: &'g Zone,
    mapping: Result<Mapping, String>,
}

/// What looks at the files again and again.
struct Follower {
    files: EventFiles,
    /// As they were at the last look.
    seen: Option<Stamp>,
    /// As they were when they were read last.
    used: Option<Stamp>,
    /// How many looks ago they were read last.
    looks: u32,
}

/// After how many looks that which could not be read is tried again though nothing seems to have changed: another program may have had it
/// locked.
const AGAIN: u32 = 10;

/// How often the files are looked at until they were read once.
const AT_FIRST: Duration = Duration::from_millis(200);

/// Reads the tables, and again when they or the vocabularies in force change, as long as the service is there.
pub(crate) fn begin(shared: &Arc<Shared>) {
    let Some(files) = shared.service.events.clone() else { return };
    // Without a runtime nothing is served either.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    let shared: Weak<Shared> = Arc::downgrade(shared);
    runtime.spawn(async move {
        let new = || Follower { files: files.clone(), seen: None, used: None, looks: 0 };
        let mut follower = new();
        loop {
            let Some(shared) = shared.upgrade() else { return };
            let mut pause = shared.service.limits.look_every;
            if let Some(generation) = shared.service.live.current() {
                let (before, now) = (shared.kept.files(), (shared.service.now)());
                let looked = tokio::task::spawn_blocking(move || {
                    let history = follower.look(&generation, &before, now);
                    (follower, history)
                });
                // A mistake in reading ends one look, and no more.
                let (own, history) = looked.await.unwrap_or_else(|_| (new(), None));
                follower = own;
                if let Some(history) = history {
                    shared.kept.put_files(history);
                }
            }
            if follower.used.is_none() {
                pause = pause.min(AT_FIRST);
            }
            drop(shared);
            tokio::time::sleep(pause).await;
        }
    });
}

impl Follower {
    /// What the tables hold, where that is otherwise than it was read last. What is being written is read at the second look that finds it
    /// alike.
    fn look(&mut self, generation: &Generation, before: &FileHistory, now: Instant) -> Option<FileHistory> {
        let text = fs::read_to_string(&self.files.map).map_err(|error| format!("cannot be read: {error}"));
        let folder = self.files.map.parent().unwrap_or(Path::new(""));
        let mapped = self.mapped(generation, &text);
        let mappings = mapped.iter().filter_map(|mapped| mapped.mapping.as_ref().ok());
        let tables = mappings.flat_map(|mapping| &mapping.tables).map(|table| folder.join(&table.file));
        let stamp = Stamp { mapping: text, files: dates(tables), generation: generation.bytes().to_owned() };
        let is_at_rest = self.seen.as_ref() == Some(&stamp);
        self.looks += 1;
        let is_used = self.used.as_ref() == Some(&stamp) && (before.is_well() || self.looks < AGAIN);
        self.seen = Some(stamp.clone());
        if is_used || !is_at_rest {
            return None;
        }
        let lag = self.files.lag;
        let words = mapped.into_iter().map(|mapped| {
            let last = before.of(mapped.vocabulary, mapped.zone);
            match &mapped.mapping {
                Ok(mapping) => tables_of(mapping, folder, &mapped, lag, now, last).unwrap_or_else(|error| {
                    unreadable(&mapped, format!("its tables cannot be put in order: {error}"), last)
                }),
                Err(problem) => unreadable(&mapped, format!("{}: {problem}", self.files.map.display()), last),
            }
        });
        let history = FileHistory { words: words.collect() };
        let is_tried_again = self.used.as_ref() == Some(&stamp);
        self.used = Some(stamp);
        self.looks = 0;
        // What came of it as before is neither told nor put together with the rest again.
        let nothing_is_late = |_: Option<&SourceState>| false;
        if is_tried_again && history.told(&nothing_is_late) == before.told(&nothing_is_late) {
            return None;
        }
        history.log();
        Some(history)
    }

    /// The mapping in the words of each policy; policies that share their words share it.
    fn mapped<'g>(&self, generation: &'g Generation, text: &Result<String, String>) -> Vec<Mapped<'g>> {
        let mut all: Vec<Mapped<'_>> = Vec::new();
        for policy in generation.policies() {
            let (vocabulary, zone) = (policy.vocabulary(), policy.zone());
            if all.iter().any(|known| known.vocabulary == vocabulary && known.zone == zone) {
                continue;
            }
            let mapping = text.clone().and_then(|text| {
                read_mapping(&text, vocabulary, zone).map_err(|problems| {
                    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                    problems.join("; ")
                })
            });
            all.push(Mapped { vocabulary, zone, mapping });
        }
        all
    }
}

impl FileHistory {
    /// Whether all of it could be read.
    fn is_well(&self) -> bool {
        let is_read = |words: &FilesInWords| words.tables.iter().all(|table| table.broken.is_none());
        self.words.iter().all(|words| words.problem.is_none() && is_read(words))
    }

    fn log(&self) {
        for words in &self.words {
            if let Some(problem) = &words.problem {
                tracing::error!(problem, "the mapping of --events cannot be used; no list of a history is whole");
            }
            for TableRead { file, rows, used, refused, broken, .. } in &words.tables {
                match broken {
                    Some(broken) => {
                        tracing::error!(
                            file,
                            broken,
                            "a table cannot be read; what it held last stays, and is not whole"
                        );
                    }
                    None if *refused > 0 => tracing::warn!(
                        file,
                        rows,
                        refused,
                        "rows cannot be used, and the records of the table are not whole; `heedful map --check` says why"
                    ),
                    None => tracing::info!(file, rows, used, "a table was read"),
                }
            }
        }
    }
}

/// Of each file, and of what may lie beside one of SQLite, when it was written and how long it is.
fn dates(tables: impl Iterator<Item = PathBuf>) -> BTreeMap<PathBuf, Option<(SystemTime, u64)>> {
    let beside = |path: &PathBuf| PathBuf::from(format!("{}-wal", path.display()));
    let files = tables.flat_map(|path| [beside(&path), path]);
    let date = |path: &PathBuf| {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    files.map(|path| (path.clone(), date(&path))).collect()
}

/// With a mapping that cannot be used nobody knows of which kinds there are records. What was read last stays.
fn unreadable(mapped: &Mapped<'_>, problem: String, last: Option<&FilesInWords>) -> FilesInWords {
    FilesInWords {
        vocabulary: mapped.vocabulary.clone(),
        zone: mapped.zone.clone(),
        events: last.map(|last| Arc::clone(&last.events)).unwrap_or_default(),
        kinds: KindInFiles::unread(mapped.vocabulary),
        tables: Vec::new(),
        problem: Some(problem),
    }
}

fn tables_of(
    mapping: &Mapping,
    folder: &Path,
    mapped: &Mapped<'_>,
    lag: Option<Duration>,
    now: Instant,
    last: Option<&FilesInWords>,
) -> io::Result<FilesInWords> {
    // Before they are read: what is written meanwhile may not be in them. A date that is still to come says nothing of what it will hold.
    let written = mapping.tables.iter().map(|table| written(&folder.join(&table.file)).map(|written| written.min(now)));
    let written: Vec<Option<Instant>> = written.collect();
    let loaded = load(mapping, |file| TableSource::File(folder.join(file)), |_, _, _| ());
    let mut kinds: Vec<Option<KindInFiles>> = vec![None; mapped.vocabulary.records.len()];
    let mut tables = Vec::new();
    for ((table, intake), written) in mapping.tables.iter().zip(&loaded.intakes).zip(written) {
        let kind = table.record.kind.map(heedful::model::RecordId::index);
        let refused = intake.refused.values().map(|tally| tally.count).sum();
        let told = TableRead {
            file: intake.file.clone(),
            kind,
            written,
            rows: intake.rows,
            used: intake.used,
            refused,
            broken: intake.broken_in_short.clone(),
        };
        let declared = kind.and_then(|kind| mapped.vocabulary.records.get(kind));
        if let Some((of_kind, declared)) = kind.and_then(|kind| kinds.get_mut(kind)).zip(declared) {
            let complete_to = written.unwrap_or(Instant::MIN);
            let source = SourceState { kind: declared.name.clone(), complete_to, lag: lag.map(|lag| lag.as_secs()) };
            let of_kind = of_kind.get_or_insert(KindInFiles { source, is_whole: true });
            of_kind.is_whole &= told.broken.is_none() && told.refused == 0;
            of_kind.source.complete_to = of_kind.source.complete_to.min(complete_to);
        }
        tables.push(told);
    }
    let mut events = records_of(loaded, now)?;
    if let Some(last) = last {
        let known = still_known(&last.events, &events, &kinds);
        events.splice(0..0, known);
    }
    Ok(FilesInWords {
        vocabulary: mapped.vocabulary.clone(),
        zone: mapped.zone.clone(),
        events: Arc::new(events),
        kinds,
        tables,
        problem: None,
    })
}

/// What was read earlier of kinds that cannot be read whole now, and is not told anew: part of a table stands for less than the whole of it.
fn still_known(last: &[PastEvent], events: &[PastEvent], kinds: &[Option<KindInFiles>]) -> Vec<PastEvent> {
    let kind_of = |event: &PastEvent| event.record.as_ref().map(|(kind, _)| kind.index());
    let is_whole = |kind: usize| kinds.get(kind).and_then(Option::as_ref).is_none_or(|kind| kind.is_whole);
    let told: BTreeSet<(Option<usize>, &str)> =
        events.iter().map(|event| (kind_of(event), event.id.as_str())).collect();
    let stays = |event: &&PastEvent| {
        let kind = kind_of(event);
        kind.is_some_and(|kind| !is_whole(kind)) && !told.contains(&(kind, event.id.as_str()))
    };
    last.iter().filter(stays).cloned().collect()
}

/// What tables hold as records for later calls; none is a call to decide here.
fn records_of(loaded: Loaded, now: Instant) -> io::Result<Vec<PastEvent>> {
    let (mut sorted, mut events) = (loaded.into_events()?, Vec::new());
    while let Some(event) = sorted.next_event()? {
        if event.record.is_some() {
            // Nobody knows more than now, nor of anything before it happens.
            let known = event.known.min(now).max(event.at.at);
            events.push(PastEvent { call: None, known, ..event });
        }
    }
    Ok(events)
}

/// When a file was written last.
fn written(path: &Path) -> Option<Instant> {
    let date = fs::metadata(path).ok()?.modified().ok()?;
    let seconds = date.duration_since(UNIX_EPOCH).ok()?.as_secs();
    i64::try_from(seconds).ok().map(Instant)
}
