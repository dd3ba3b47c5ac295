//! Defects of the kinds that users of rule engines report, seeded in sound policies under `proof_defects/`: each is found, and the rule or the
//! setting is named; in the sound policies nothing is.
//!
//! A file for each kind. Each of its seeds begins with the policy and the name that must be told; then what is taken out of it, after
//! `-`, and what is put there, after `+`, or at the end where nothing is taken out. A change is found by comparing with the sound policy.

use crate::lints::seeded::heading;
use crate::support::{policy_files, root};
use heedful::engine::{self, Input, Load, Snapshot};
use heedful::proof::{RuleVerdict, compare_rules};
use heedful::text::{Diagnostic, Severity};
use heedful::time::Date;
use std::fmt::Write;
use std::fs;

/// What a kind of defect may be told by; by nothing where it is a change that lets a call be answered with less.
const KINDS: [(&str, &[&str]); 13] = [
    ("a-boundary-off-by-one", &[]),
    ("a-condition-inverted", &[]),
    ("a-gap-between-ranges", &["left-out"]),
    ("a-rule-hidden-by-others", &["changes-nothing", "outdone"]),
    ("a-rule-said-twice", &["applies-alike", "said-twice"]),
    ("a-rule-that-always-applies", &["always-applies", "always-so"]),
    ("a-rule-that-never-applies", &["never-applies", "never-so"]),
    ("a-setting-that-does-nothing-or-loosens", &["loosens", "moves-nothing"]),
    ("a-window-narrowed", &[]),
    ("a-wrong-unit", &[]),
    ("an-absence-judged-too-soon", &["too-soon"]),
    ("an-exception-too-wide", &[]),
    ("an-unknown-left-out", &[]),
];

/// The least number of seeds of each kind.
const LEAST: usize = 5;

struct Seed {
    policy: String,
    name: String,
    taken: String,
    put: String,
}

impl Seed {
    fn of(block: &str) -> Self {
        let (head, lines) = block.split_once('\n').expect("a seed has lines");
        let (policy, name) = head.split_once(": ").expect("a policy and a name");
        let marked = |mark: char| {
            let lines = lines.lines().filter_map(|line| line.strip_prefix(mark));
            lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
        };
        Self { policy: policy.to_owned(), name: name.to_owned(), taken: marked('-'), put: marked('+') }
    }

    /// The policy with the defect.
    fn sown(&self) -> Vec<Input> {
        let mut inputs = sound(&self.policy);
        let own = |input: &&mut Input| !input.name.contains("vocabulary");
        if self.taken.is_empty() {
            let last = inputs.iter_mut().rfind(own).expect("a policy");
            last.bytes.extend(format!("\n{}\n", self.put).bytes());
            return inputs;
        }
        let mut found = 0;
        for input in inputs.iter_mut().filter(|input| !input.name.contains("vocabulary")) {
            let text = String::from_utf8(input.bytes.clone()).expect("a text");
            found += text.matches(&self.taken).count();
            input.bytes = text.replace(&self.taken, &self.put).into_bytes();
        }
        assert_eq!(found, 1, "{}: how often there is {:?}", self.policy, self.taken);
        inputs
    }
}

/// The files of a policy, in the words of the shipped vocabulary: of the shipped baseline, or of one under `sound`.
fn sound(policy: &str) -> Vec<Input> {
    let mut paths = policy_files(&root("rules/vocabulary"));
    match policy {
        "baseline" => paths.extend(policy_files(&root("rules/national"))),
        name => paths.push(root("tests/proof_defects/sound").join(format!("{name}.heed"))),
    }
    paths.iter().map(|path| Input::new(path.display().to_string(), fs::read(path).expect("a file"))).collect()
}

fn loaded(inputs: &[Input]) -> Load {
    let load = engine::load(inputs);
    let errors: Vec<_> = load.diagnostics.iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    load
}

fn only(load: Load) -> Snapshot {
    let [policy] = <[Snapshot; 1]>::try_from(load.policies).expect("one policy");
    policy
}

/// What `check` tells, by kind and by the line under which it stands.
fn told(inputs: &[Input]) -> Vec<(&'static str, String)> {
    let mut load = loaded(inputs);
    load.warn_of_proved();
    load.warn_as_of(|_| Date::parse("2026-06-01").expect("a day"));
    let line = |problem: &Diagnostic| {
        let source = load.sources.iter().find(|source| source.id == problem.span.source).expect("a file");
        heading(&source.text, problem.span.start as usize)
    };
    load.diagnostics.iter().map(|problem| (problem.code, line(problem))).collect()
}

/// Why a seed is missed; none where it is found.
fn missed(seed: &Seed, codes: &[&str]) -> Option<String> {
    let sown = seed.sown();
    if codes.is_empty() {
        let (before, after) = (only(loaded(&sound(&seed.policy))), only(loaded(&sown)));
        let compared = compare_rules(&before, &after, |rule| rule == seed.name);
        return match compared.of_rule(&seed.name) {
            RuleVerdict::Call(_) => None,
            RuleVerdict::Never => Some("no call is answered with less".to_owned()),
            RuleVerdict::NotSettled(why) => Some(why.to_owned()),
        };
    }
    let told = told(&sown);
    let is_of_it = |line: &str| line.split_whitespace().nth(1) == Some(seed.name.as_str());
    let is_found = told.iter().any(|(code, line)| codes.contains(code) && is_of_it(line));
    (!is_found).then(|| format!("{told:?}"))
}

#[test]
fn seeded_defects_of_every_kind_are_found() {
    let (mut all, mut wrong) = (0, String::new());
    for (kind, codes) in KINDS {
        let path = root("tests/proof_defects").join(format!("{kind}.txt"));
        let text = fs::read_to_string(path).expect("the seeds of a kind");
        let seeds: Vec<Seed> = text.trim_end().split("\n\n").map(Seed::of).collect();
        assert!(seeds.len() >= LEAST, "{kind}: only {} seeds", seeds.len());
        all += seeds.len();
        for seed in &seeds {
            if let Some(why) = missed(seed, codes) {
                let _ = writeln!(wrong, "{kind} in {}: {} is not told: {why}", seed.policy, seed.name);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(all >= 60, "only {all} seeds");
}

#[test]
fn nothing_is_found_in_the_sound_policies() {
    let paths = policy_files(&root("tests/proof_defects/sound"));
    assert!(paths.len() >= 5, "the sound policies are found");
    for path in paths {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert_eq!(told(&sound(&name)), [], "{name}");
    }
}
