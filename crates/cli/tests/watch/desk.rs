//! A folder of policies that is watched, and what is heard of it.

use heedful::live::{Event, Gates, Generation, HoldReason, Lost, Refusal, WentLive};
use heedful::wire::Attribution;
use heedful_live::store::{Store, StoreWriter};
use heedful_live::watch::{Listen, Options, Timing, Watch, by_events};
use heedful_live::{Live, Subscription};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take before it is taken to hang.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Never: for times that a test must not come to depend on.
pub const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

pub const VOCABULARY: &str = include_str!("desk.heed");

/// A policy in which up to so many calls are few calls. A larger number makes the rule apply more often, so it takes
/// nothing away.
pub fn policy(calls: u32) -> String {
    format!(
        r#"policy "Desk"
  vocabulary "desk"
  time zone UTC

setting repeat-calls is {calls} calls, from 1 to 99

rule repeat-calls "Repeat calls"
  when at most repeat-calls calls by the same caller within 24 hours, counting this one
  then grade at least high
  because "{{count: call, calls}}"
  source "a test"
"#
    )
}

/// Another rule, in a file of its own.
pub fn part(name: &str) -> String {
    format!(
        r#"part of policy "Desk"

rule {name} "Urgent"
  when urgent is yes
  then grade at least middle
  because "It is urgent"
  source "a test"
"#
    )
}

pub struct Desk {
    pub folder: TempDir,
    pub live: Arc<Live>,
    events: Subscription,
    watch: Option<Watch>,
}

/// Quick, and dependent on events alone.
pub fn timing() -> Timing {
    Timing {
        quiet: Duration::from_millis(30),
        longest: Duration::from_millis(200),
        every: NEVER,
        missing: Duration::from_millis(400),
        busy: Duration::from_secs(20),
        remind: NEVER,
    }
}

impl Desk {
    /// An empty folder, not watched yet.
    pub fn new() -> Self {
        let live = Arc::new(Live::default());
        let events = live.subscribe();
        Self { folder: tempfile::tempdir().expect("a folder"), live, events, watch: None }
    }

    /// A folder `rules` with a vocabulary and a policy, watched by events.
    pub fn watched() -> Self {
        let mut desk = Self::furnished();
        desk.start(desk.options("rules"));
        desk.expect_calls(3);
        desk
    }

    /// A folder `rules` with a vocabulary and a policy, not watched yet.
    pub fn furnished() -> Self {
        let desk = Self::new();
        desk.write("rules/vocabulary.heed", VOCABULARY);
        desk.write("rules/policy.heed", &policy(3));
        desk
    }

    pub fn options(&self, path: &str) -> Options {
        Options { timing: timing(), ..Options::new(vec![self.path(path)]) }
    }

    pub fn options_by(&self, listen: Listen) -> Options {
        Options { listen, ..self.options("rules") }
    }

    pub fn start(&mut self, options: Options) {
        self.watch = Some(Watch::start(&self.live, options).expect("the watching begins"));
    }

    pub fn start_with(&mut self, gates: Gates) {
        let options = Options { gates, ..self.options("rules") };
        self.start(options);
    }

    /// Watches with generations kept in `kept`.
    pub fn start_kept(&mut self) {
        let options = Options { keep: Some(self.keeper()), listen: by_events(), ..self.options("rules") };
        self.start(options);
    }

    /// The right to keep in `kept`. Another test that starts a program at this moment holds every lock of this process
    /// until the program has begun.
    fn keeper(&self) -> StoreWriter {
        let begun = Instant::now();
        loop {
            match StoreWriter::open(self.keep()) {
                Ok(keeper) => return keeper,
                Err(why) => assert!(begun.elapsed() < LIMIT, "{why}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn keep(&self) -> Store {
        Store::at(self.path("kept"))
    }

    /// Ends the watching and forgets what is live, as a process does that ends.
    pub fn end(&mut self) {
        self.watch = None;
        self.live = Arc::new(Live::default());
        self.events = self.live.subscribe();
    }

    pub fn look(&self) {
        self.watch.as_ref().expect("it is watched").look();
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file in place, with the folders above it.
    pub fn write(&self, path: &str, text: &str) {
        write(&self.path(path), text);
    }

    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).expect("a rename");
    }

    /// The next event for which `pick` gives something.
    pub fn expect<T>(&self, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let begun = Instant::now();
        let mut heard = Vec::new();
        while let Ok(event) = self.events.next_within(LIMIT.saturating_sub(begun.elapsed())) {
            if let Some(found) = pick(&event) {
                return found;
            }
            heard.push(format!("{event:?}").chars().take(600).collect::<String>());
        }
        panic!("{what} did not come; heard was {heard:#?}")
    }

    pub fn expect_live<T>(&self, pick: impl Fn(&WentLive) -> T) -> T {
        self.expect("a new generation", |event| match event {
            Event::Live(live) => Some(pick(live)),
            _ => None,
        })
    }

    pub fn expect_refused<T>(&self, pick: impl Fn(&Refusal) -> T) -> T {
        self.expect("a refusal", |event| match event {
            Event::Refused(refusal) => Some(pick(refusal)),
            _ => None,
        })
    }

    pub fn expect_mended(&self) {
        self.expect("that it is mended", |event| matches!(event, Event::Mended).then_some(()));
    }

    /// Accepts everything that the waiting change takes away, and lets the watching know.
    pub fn accept_all(&self) {
        let names: Vec<String> = self.expect_loss().iter().map(|lost| lost.name.clone()).collect();
        self.keep().accept(&names, &word()).expect("it is accepted");
        self.look();
    }

    /// What the next change that is held would take away.
    pub fn expect_loss(&self) -> Vec<Lost> {
        self.expect("a change that is held", |event| match event {
            Event::Held(HoldReason::Loss(loss)) => Some(loss.lost.clone()),
            _ => None,
        })
    }

    /// Waits until so many calls are few calls.
    pub fn expect_calls(&self, calls: u32) {
        self.expect(&format!("a policy with {calls} calls"), |event| match event {
            Event::Live(live) => (calls_of(&live.generation) == calls).then_some(()),
            _ => None,
        });
        assert_eq!(self.calls(), Some(calls));
    }

    /// How many calls are few calls, in force now.
    pub fn calls(&self) -> Option<u32> {
        self.live.current().map(|generation| calls_of(&generation))
    }

    /// Everything heard so far.
    pub fn heard(&self) -> Vec<Arc<Event>> {
        std::iter::from_fn(|| self.events.next_within(Duration::ZERO).ok()).collect()
    }
}

pub fn word() -> Attribution {
    Attribution { by: "A. Example, duty inspector".to_owned(), because: "a test".to_owned() }
}

pub fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

pub fn calls_of(generation: &Generation) -> u32 {
    let policy = generation.policy("Desk").expect("the policy");
    let setting = policy.policy().settings.iter().find(|setting| setting.name == "repeat-calls").expect("the setting");
    setting.value.to_string().trim_end_matches(" calls").parse().expect("a number")
}
