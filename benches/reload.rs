//! How fast a saved change is in force, how many decisions are made meanwhile, and how much memory it takes.
//!
//! ```sh
//! cargo bench --locked --bench reload
//! ```

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a benchmark prints its figures and stops at what it did not expect"
)]
#![expect(clippy::panic, clippy::cast_precision_loss, clippy::float_arithmetic, reason = "its figures are for people")]

use heedful::engine::Snapshot;
use heedful::live::{Event, Gates, Generation};
use heedful::wire::{InputFormat, Reading, documents};
use heedful_live::store::{Store, StoreWriter};
use heedful_live::watch::{Options, Timing, Watch};
use heedful_live::{Live, Subscription};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const VOCABULARY: &str = include_str!("../crates/cli/tests/watch/desk.heed");

fn main() {
    println!("{} cores", std::thread::available_parallelism().map_or(0, usize::from));
    println!();
    for (rules, edits) in [(30, 20), (300, 20), (3000, 10)] {
        save_to_live(rules, edits);
    }
    println!();
    storm();
    println!();
    memory();
}

/// A set of so many rules over ten files, of which the first holds the setting that is edited.
fn furnish(folder: &Path, rules: usize) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("vocabulary.heed"), VOCABULARY).expect("a file");
    edit(folder, 3);
    for file in 0..10 {
        let mut text = "part of policy \"Desk\"\n".to_owned();
        for rule in (0..rules).filter(|rule| rule % 10 == file) {
            text.push_str(&format!(
                r#"
rule rule-{rule} "Repeat calls"
  when all of:
    - urgent is yes
    - at least {} calls by the same caller within repeat-window, counting this one
  then grade at least middle
  because "{{count: call, calls}} in {{repeat-window}}"
  source "a benchmark"
"#,
                rule % 5 + 2
            ));
        }
        fs::write(folder.join(format!("part-{file}.heed")), text).expect("a file");
    }
}

/// Saves as editors do: beside, and renamed over.
fn edit(folder: &Path, calls: u64) {
    let text = format!(
        r#"policy "Desk"
  vocabulary "desk"
  time zone Europe/London

setting repeat-calls is {calls} calls
setting repeat-window is 24 hours

rule repeat-calls "Repeat calls"
  when at least repeat-calls calls by the same caller within repeat-window, counting this one
  then grade at least high
  because "{{count: call, calls}}"
  source "a benchmark"
"#
    );
    fs::write(folder.join(".policy.draft"), text).expect("a file");
    fs::rename(folder.join(".policy.draft"), folder.join("policy.heed")).expect("a rename");
}

fn calls_of(generation: &Generation) -> u64 {
    let policy = generation.policy("Desk").expect("the policy").policy();
    let setting = policy.settings.iter().find(|setting| setting.name == "repeat-calls").expect("the setting");
    setting.value.to_string().trim_end_matches(" calls").parse().expect("a number")
}

fn wait_for(events: &Subscription, calls: u64) -> Option<Duration> {
    loop {
        match &*events.next_within(Duration::from_secs(60)).expect("it goes live") {
            Event::Live(live) if calls_of(&live.generation) == calls => return live.took,
            Event::Live(_) | Event::Held(_) | Event::Mended => {}
            other => panic!("{other:?}"),
        }
    }
}

/// A watched set, with the events of its handle and what watches it.
struct Desk {
    folder: tempfile::TempDir,
    live: Arc<Live>,
    events: Subscription,
    watch: Watch,
}

impl Desk {
    fn new(rules: usize, timing: Timing) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        furnish(&folder.path().join("rules"), rules);
        let live = Arc::new(Live::default());
        let events = live.subscribe();
        let keep = Some(StoreWriter::open(Store::at(folder.path().join("kept"))).expect("a folder to keep in"));
        // Edits go up and down, and what is timed is not whether somebody accepts that.
        let gates = Gates { advisory: true, ..Gates::default() };
        let options = Options { keep, timing, gates, ..Options::new(vec![folder.path().join("rules")]) };
        let watch = Watch::start(&live, options).expect("the watching begins");
        wait_for(&events, 3);
        Self { folder, live, events, watch }
    }

    fn edit(&self, calls: u64) {
        edit(&self.folder.path().join("rules"), calls);
    }
}

/// As fast as the files can be read twice.
fn hasty() -> Timing {
    Timing { quiet: Duration::from_millis(1), ..Timing::default() }
}

fn save_to_live(rules: usize, edits: u64) {
    let desk = Desk::new(rules, Timing::default());
    let mut times: Vec<Duration> = (4..4 + edits)
        .map(|calls| {
            // Each save comes while the files are at rest.
            std::thread::sleep(Duration::from_millis(400));
            let saved = Instant::now();
            desk.edit(calls);
            wait_for(&desk.events, calls).expect("a time");
            saved.elapsed()
        })
        .collect();
    times.sort();
    let [least, middle, most] =
        [0, times.len() / 2, times.len() - 1].map(|at| times.get(at).map_or(0, Duration::as_millis));
    println!("save to live, {rules} rules: {middle} ms (from {least} to {most} ms, {edits} saves)");
}

const CASE: &str = r#"{"call":{"id":"call-9","at":"2026-03-14T22:00:00Z","caller":"person-1"},"history":{"calls":[
{"id":"call-1","at":"2026-03-14T21:00:00Z","caller":"person-1"},{"id":"call-2","at":"2026-03-14T20:00:00Z","caller":"person-1"},
{"id":"call-3","at":"2026-03-14T19:00:00Z","caller":"person-1"},{"id":"call-4","at":"2026-03-14T18:00:00Z","caller":"person-1"}]}}"#;

/// Reads and decides a case of 5 calls until it is told to stop. Each decision must be what its own generation says.
fn decide_until(live: &Live, done: &AtomicBool, decisions: &AtomicU64) {
    while !done.load(Ordering::Relaxed) {
        let decided = live.decide("Desk", |policy: &Snapshot| {
            let reading = Reading::strict(policy.vocabulary(), policy.zone());
            documents(InputFormat::Json, CASE).0.first().expect("a case").read(reading)
        });
        let decided = decided.expect("a policy is live").expect("a case");
        let fired = decided.decision.fired.iter().any(|fired| fired.rule == "repeat-calls");
        assert_eq!(fired, calls_of(&decided.generation) <= 5, "a decision that its generation does not give");
        let digest = decided.generation.policy("Desk").expect("the policy").digest();
        assert_eq!(decided.decision.policy.digest, digest, "a decision under two generations");
        decisions.fetch_add(1, Ordering::Relaxed);
    }
}

fn storm() {
    let desk = Desk::new(30, hasty());
    let quiet = rate(&desk, || std::thread::sleep(Duration::from_secs(3)));
    println!("decisions a second, 30 rules, 2 readers, no edits: {quiet:.0}");
    let during = rate(&desk, || {
        for edit in 0..1000 {
            let calls = edit % 9 + 10 * (edit % 2) + 1;
            desk.edit(calls);
            wait_for(&desk.events, calls);
        }
    });
    let live = desk.live.current().expect("live").number();
    println!(
        "decisions a second during 1,000 edits that all went live: {during:.0}; none failed; generation {live} is live"
    );
    let during = rate(&desk, || (0..1000).for_each(|edit| desk.edit(edit % 90 + 1)));
    desk.edit(99);
    wait_for(&desk.events, 99);
    println!(
        "decisions a second during 1,000 edits as fast as the disk takes them: {during:.0}; none failed; the last is live"
    );
    assert!(desk.watch.is_alive());
}

/// How many decisions two readers make in a second while something happens.
fn rate(desk: &Desk, happens: impl FnOnce()) -> f64 {
    let (done, decisions) = (AtomicBool::new(false), AtomicU64::new(0));
    let live = &*desk.live;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| decide_until(live, &done, &decisions));
        }
        let begun = Instant::now();
        happens();
        let took = begun.elapsed();
        done.store(true, Ordering::Relaxed);
        decisions.load(Ordering::Relaxed) as f64 / took.as_secs_f64()
    })
}

fn memory() {
    let desk = Desk::new(30, hasty());
    let reload = |count: u64| {
        for edit in 0..count {
            let calls = edit % 2 + 4;
            desk.edit(calls);
            wait_for(&desk.events, calls);
        }
    };
    reload(100);
    let before = resident();
    println!("memory after 100 reloads: {before} kB");
    for thousand in [1, 5, 10] {
        let already = if thousand == 1 {
            0
        } else if thousand == 5 {
            1
        } else {
            5
        };
        reload((thousand - already) * 1000);
        println!("memory after {thousand},000 reloads: {} kB", resident());
    }
}

/// The memory that the process holds, in kB. Only Linux says so in this way.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}
