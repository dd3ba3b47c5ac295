//! Test files and the policies they are for -> a report, in the order of files and tests, whatever ran first.

use super::answers::RuleAnswers;
use super::bind::{BoundTest, bind};
use super::claims::claims;
use super::difference::{DiffLine, differences};
use super::fault::TestFault;
use super::file;
use super::invariants::InvariantTests;
use super::judge::{judge, met, needs_decision};
use super::meaning::DecisionMeaning;
use super::snap;
use super::test_file::{Extent, NamedPolicy, TestCase, TestFile};
use crate::engine::{self, Load, Snapshot};
use crate::eval::observe;
use crate::live::Claims;
use crate::model::Decision;
use crate::text::Position;
use crate::workers::{Sequential, Workers, map};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A test file as it was found.
#[derive(Clone, Debug, Default)]
pub struct TestInput {
    /// The path by which people know it.
    pub name: String,
    /// What it holds.
    pub text: String,
    /// The snapshots beside it, by [`super::snapshot_name`].
    pub snapshots: BTreeMap<String, String>,
}

/// A test file with the policies that it may be for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'t> {
    /// The test file.
    pub input: &'t TestInput,
    /// The policies, as they were read.
    pub load: &'t Load,
}

/// How to run.
#[derive(Clone, Copy)]
pub struct TestOptions<'o> {
    /// Run only tests whose file and name together hold this.
    pub filter: Option<&'o str>,
    /// The policy for files that name none.
    pub force: Option<&'o str>,
    /// Who shares the work out.
    pub workers: &'o dyn Workers,
    /// Told how many tests there are, and then of each that is done.
    pub progress: &'o (dyn Fn(Progress) + Sync),
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// This many are to be done.
    Of(usize),
    /// Another one is done.
    OneMore,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What came of each test, in the order of files and places.
    pub results: Vec<Result>,
    /// Paths of snapshots that no test has. Only looked for when every test is run.
    pub orphans: Vec<String>,
    /// How many tests the filter left out.
    pub left_out: usize,
    /// The filter, where it left out every test.
    pub unmatched: Option<String>,
}

/// What came of one test, or of a file that could not be used.
#[derive(Clone, Debug)]
pub struct Result {
    /// The path of its file.
    pub file: String,
    /// Where the test begins, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// Empty when the file as a whole is meant.
    pub name: String,
    /// The policy that it was run against; empty when that could not be said.
    pub policy: String,
    /// Whether it passed.
    pub outcome: TestOutcome,
    /// What is otherwise than expected, the snapshot left aside.
    pub notes: Vec<Note>,
    /// What its snapshot should hold now, when it keeps one.
    pub snapshot: Option<SnapshotResult>,
    /// What it poses and expects, where that can be read.
    pub claims: Option<Claims>,
}

/// Whether a test passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TestOutcome {
    /// The decision is as expected.
    Passed,
    /// The decision is not as expected.
    Failed,
    /// The test itself cannot be used.
    Broken,
}

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The line in the test file, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// What is not as it should be, in words.
    pub said: DiffLine,
}

impl Note {
    fn at(at: Position, words: String) -> Self {
        Self { line: at.line, column: at.column, said: DiffLine::plain(words) }
    }
}

impl From<TestFault> for Note {
    fn from(fault: TestFault) -> Self {
        Self::at(fault.at, fault.message)
    }
}

/// A snapshot as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotResult {
    /// The name of its file, in the folder of the test file's snapshots.
    pub name: String,
    /// The whole text of its file.
    pub text: String,
    /// How the file as it is compares with that.
    pub change: SnapshotChange,
    /// Whether somebody has accepted what it should hold now.
    pub accepted: bool,
}

/// How the file of a snapshot as it is compares with what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotChange {
    /// It is as it should be.
    Same,
    /// There is no file yet.
    New,
    /// It means something else, or cannot be read: what of it, the worst first.
    Otherwise(Vec<DiffLine>),
}

impl SnapshotResult {
    /// Whether it waits for somebody to accept it.
    pub fn is_pending(&self) -> bool {
        self.change != SnapshotChange::Same && !self.accepted
    }

    /// What is otherwise about it.
    pub fn lines(&self) -> Vec<DiffLine> {
        match &self.change {
            SnapshotChange::Same => Vec::new(),
            SnapshotChange::New if self.accepted => vec![DiffLine::plain("a new snapshot")],
            SnapshotChange::New => {
                vec![DiffLine::plain(
                    "this test has no snapshot yet; look at it and accept it with --accept or --review",
                )]
            }
            SnapshotChange::Otherwise(lines) => lines.clone(),
        }
    }
}

impl Result {
    /// Everything that is not as it should be, what its snapshot holds included until that is accepted.
    pub fn wrong(&self) -> Vec<Note> {
        let pending =
            self.snapshot.as_ref().filter(|kept| kept.is_pending()).map(SnapshotResult::lines).unwrap_or_default();
        let at_test = |said| Note { line: self.line, column: self.column, said };
        self.notes.iter().cloned().chain(pending.into_iter().map(at_test)).collect()
    }

    /// What has been accepted of its snapshot.
    pub fn accepted(&self) -> Vec<DiffLine> {
        self.snapshot.as_ref().filter(|kept| kept.accepted).map(SnapshotResult::lines).unwrap_or_default()
    }

    /// Takes what its snapshot should hold for right. What is otherwise than its expectations say is not mended by that.
    pub fn accept(&mut self) {
        if let Some(kept) = &mut self.snapshot {
            kept.accepted = true;
            if self.notes.is_empty() {
                self.outcome = TestOutcome::Passed;
            }
        }
    }
}

impl Report {
    /// How many tests passed.
    pub fn passed(&self) -> usize {
        self.count(TestOutcome::Passed)
    }

    /// How many tests came out so.
    pub fn count(&self, outcome: TestOutcome) -> usize {
        self.results.iter().filter(|result| result.outcome == outcome).count()
    }

    /// Whether every test passed, and there was one.
    pub fn is_good(&self) -> bool {
        !self.results.is_empty() && self.passed() == self.results.len()
    }

    /// How many snapshots have been accepted.
    pub fn accepted(&self) -> usize {
        self.results.iter().filter(|result| result.snapshot.as_ref().is_some_and(|kept| kept.accepted)).count()
    }

    /// One line on each test that did not pass: file, line, name and what is wrong.
    pub fn failures(&self) -> Vec<String> {
        let bad = self.results.iter().filter(|result| result.outcome != TestOutcome::Passed);
        bad.flat_map(|result| {
            let name = if result.name.is_empty() { String::new() } else { format!("{}: ", result.name) };
            let said = move |note: Note| format!("{}:{}: {name}{}", result.file, note.line, note.said.words);
            result.wrong().into_iter().map(said)
        })
        .collect()
    }
}

/// Runs the test files of a folder against the policies of a load that has no error. This is what a gate calls before a
/// policy goes live: the report says whether every test passed, and [`Report::failures`] why not.
pub fn gate(load: &Load, inputs: &[TestInput]) -> Report {
    let targets: Vec<Target<'_>> = inputs.iter().map(|input| Target { input, load }).collect();
    run(&targets, &TestOptions { filter: None, force: None, workers: &Sequential, progress: &|_| {} })
}

/// Runs every test.
pub fn run(targets: &[Target<'_>], options: &TestOptions<'_>) -> Report {
    let prepared = prepare(targets, options);
    let invariants = InvariantTests::of_all(prepared.iter().filter_map(|file| file.policy));
    let mut report = Report::default();
    let mut work = Vec::new();
    for (at, file) in prepared.iter().enumerate() {
        report.results.extend(file.result());
        for test in &file.read.tests {
            if options.filter.is_none_or(|wanted| format!("{} {}", file.input.name, test.name).contains(wanted)) {
                let held = file.policy.and_then(|policy| invariants.iter().find(|held| held.are_of(policy)));
                let run = file.policy.zip(held);
                work.extend(run.map(|(policy, invariants)| TestRun { file: at, test, policy, invariants }));
            } else {
                report.left_out += 1;
            }
        }
    }
    (options.progress)(Progress::Of(work.len()));
    let judged = map(options.workers, &work, |work| {
        let result = prepared.get(work.file).map(|file| file.judge(work));
        (options.progress)(Progress::OneMore);
        result
    });
    report.results.extend(judged.into_iter().flatten());
    let order: BTreeMap<&str, usize> = targets.iter().zip(0..).map(|(it, at)| (it.input.name.as_str(), at)).collect();
    report.results.sort_by_key(|result| order.get(result.file.as_str()).copied());
    match options.filter {
        None => report.orphans = orphans(&prepared),
        Some(filter) => report.unmatched = report.results.is_empty().then(|| filter.to_owned()),
    }
    report
}

/// A file that was read, with its policy.
pub(super) struct Prepared<'t> {
    pub input: &'t TestInput,
    pub read: TestFile,
    pub policy: Option<&'t Snapshot>,
}

/// One test to run.
pub(super) struct TestRun<'t> {
    pub file: usize,
    pub test: &'t TestCase,
    pub policy: &'t Snapshot,
    /// What the policy states of every decision, that of this test among them.
    pub invariants: &'t InvariantTests<'t>,
}

/// Reads files and finds the policy of each.
pub(super) fn prepare<'t>(targets: &[Target<'t>], options: &TestOptions<'_>) -> Vec<Prepared<'t>> {
    let one = |target: &Target<'t>| {
        let mut read = file::read(&target.input.text);
        refuse_shared_snapshots(&target.input.name, &mut read);
        let policy = match choose(&read, &target.load.policies, options.force) {
            Ok(policy) => policy,
            Err(fault) => {
                read.faults.push(fault);
                None
            }
        };
        Prepared { input: target.input, read, policy }
    };
    let mut prepared = map(options.workers, targets, one);
    refuse_shared_folders(&mut prepared);
    prepared
}

/// Two tests of a file may be called alike in plain letters, and would then keep one snapshot between them.
fn refuse_shared_snapshots(file: &str, read: &mut TestFile) {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for test in read.tests.iter_mut().filter(|test| test.snapshot.is_some()) {
        let name = snap::snapshot_name(file, &test.name);
        if let Some(other) = known.get(&name) {
            let message = format!(
                "the snapshot of this test would be {name}.snap, which is that of the test `{other}`; let their names \
                 differ in more than marks and capitals"
            );
            test.faults.push(TestFault::new(test.at, message));
        } else {
            known.insert(name, test.name.clone());
        }
    }
}

/// Two files that differ in their ending alone would keep their snapshots under one name.
fn refuse_shared_folders(prepared: &mut [Prepared<'_>]) {
    let mut known: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for file in prepared.iter_mut().filter(|file| file.read.tests.iter().any(|test| test.snapshot.is_some())) {
        let name = file.input.name.as_str();
        match known.entry((folder(name), snap::stem(name))) {
            Entry::Vacant(free) => {
                free.insert(name);
            }
            Entry::Occupied(other) => {
                let message =
                    format!("this file and {} would keep their snapshots under the same name; rename one", other.get());
                file.read.faults.push(TestFault::at_top(message));
            }
        }
    }
}

/// The folder of a file, with its last stroke.
fn folder(name: &str) -> &str {
    name.rfind(['/', '\\']).and_then(|at| name.get(..=at)).unwrap_or_default()
}

/// The policy of a file; none where what it says of it could not be read.
fn choose<'t>(
    file: &TestFile,
    policies: &'t [Snapshot],
    force: Option<&str>,
) -> std::result::Result<Option<&'t Snapshot>, TestFault> {
    let names: Vec<&str> = policies.iter().map(Snapshot::name).collect();
    let found = match (&file.policy, force) {
        (NamedPolicy::Unread, _) => return Ok(None),
        (NamedPolicy::Policy(name, at), _) => engine::named(&names, name).map_err(|why| TestFault::new(*at, why))?,
        (NamedPolicy::Nothing, Some(force)) => engine::named(&names, force).map_err(TestFault::at_top)?,
        (NamedPolicy::Nothing, None) if names.len() == 1 => 0,
        (NamedPolicy::Nothing, None) => {
            let names = crate::text::joined(&names, "and");
            let message =
                format!("this file does not say which policy it is for: begin it with `policy: …`; there is {names}");
            return Err(TestFault::at_top(message));
        }
    };
    policies.get(found).map(Some).ok_or_else(|| TestFault::at_top("there is no policy".to_owned()))
}

impl Prepared<'_> {
    /// What is wrong with the file as a whole.
    fn result(&self) -> Option<Result> {
        if self.read.faults.is_empty() {
            return None;
        }
        let notes: Vec<Note> = self.read.faults.iter().cloned().map(Note::from).collect();
        Some(Result {
            file: self.input.name.clone(),
            line: notes.first().map_or(1, |note| note.line),
            column: notes.first().map_or(1, |note| note.column),
            name: String::new(),
            policy: self.policy.map_or_else(String::new, |policy| policy.name().to_owned()),
            outcome: TestOutcome::Broken,
            notes,
            snapshot: None,
            claims: None,
        })
    }

    fn judge(&self, work: &TestRun<'_>) -> Result {
        let mut result = Result {
            file: self.input.name.clone(),
            line: work.test.at.line,
            column: work.test.at.column,
            name: work.test.name.clone(),
            policy: work.policy.name().to_owned(),
            outcome: TestOutcome::Passed,
            notes: Vec::new(),
            snapshot: None,
            claims: None,
        };
        let bound = match bind(&self.read, work.test, work.policy) {
            Ok(bound) => bound,
            Err(faults) => {
                let notes = faults.into_iter().map(Note::from).collect();
                return Result { outcome: TestOutcome::Broken, notes, ..result };
            }
        };
        result.claims = Some(claims(&self.read, work.test, &bound, work.policy));
        if work.test.snapshot.is_none() && self.passes_by_answers(work, &bound) {
            return result;
        }
        let decision = work.policy.decide(&bound.case);
        let answers = RuleAnswers::of(&decision);
        let misses = judge(&bound.expectations, &answers, &decision, work.policy);
        result.notes = misses.into_iter().map(|miss| Note::at(miss.at, miss.words)).collect();
        let broken = work.invariants.broken(&bound.case, &answers).into_iter();
        result.notes.extend(broken.map(|words| Note::at(work.test.at, words)));
        result.snapshot = work.test.snapshot.map(|extent| self.compare(work, &decision, extent));
        let is_pending = result.snapshot.as_ref().is_some_and(SnapshotResult::is_pending);
        if is_pending || !result.notes.is_empty() {
            result.outcome = TestOutcome::Failed;
        }
        result
    }

    /// Whether a test passes whose expectations are all of outcomes and rules: these need no reasons, no questions and
    /// no later moments, and most tests ask for nothing else.
    fn passes_by_answers(&self, work: &TestRun<'_>, bound: &BoundTest) -> bool {
        if bound.expectations.iter().any(needs_decision) {
            return false;
        }
        let policy = work.policy;
        let answers = RuleAnswers::observed(policy.policy(), &observe(policy.policy(), policy.program(), &bound.case));
        bound.expectations.iter().all(|expectation| met(expectation, &answers, policy))
            && work.invariants.broken(&bound.case, &answers).is_empty()
    }

    /// Compares what the decision means with what its snapshot says.
    fn compare(&self, work: &TestRun<'_>, decision: &Decision, extent: Extent) -> SnapshotResult {
        let now = DecisionMeaning::of(decision, work.policy, extent);
        let name = snap::snapshot_name(&self.input.name, &work.test.name);
        let file = self.input.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let text = snap::write(file, &work.test.name, extent, &now.text());
        let read = |text: &String| snap::read(text).and_then(|(extent, body)| DecisionMeaning::read(body, extent));
        let change = match self.input.snapshots.get(&name).map(read) {
            None => SnapshotChange::New,
            Some(None) => SnapshotChange::Otherwise(vec![DiffLine::plain(format!(
                "the snapshot {name}.snap cannot be read; accept it anew"
            ))]),
            Some(Some(before)) => match differences(&before, &now, work.policy) {
                lines if lines.is_empty() => SnapshotChange::Same,
                lines => SnapshotChange::Otherwise(lines),
            },
        };
        SnapshotResult { name, text, change, accepted: false }
    }
}

/// Snapshots that no test of their file has. A file that could not be read to its end may have tests for them.
fn orphans(files: &[Prepared<'_>]) -> Vec<String> {
    let is_whole =
        |file: &&Prepared<'_>| file.read.faults.is_empty() && file.read.tests.iter().all(|test| test.faults.is_empty());
    let mut orphans = Vec::new();
    for file in files.iter().filter(is_whole) {
        let tests = file.read.tests.iter().filter(|test| test.snapshot.is_some());
        let kept: BTreeSet<String> = tests.map(|test| snap::snapshot_name(&file.input.name, &test.name)).collect();
        let lost = file.input.snapshots.keys().filter(|snapshot| !kept.contains(*snapshot));
        orphans.extend(lost.map(|snapshot| format!("{}snapshots/{snapshot}.snap", folder(&file.input.name))));
    }
    orphans
}
