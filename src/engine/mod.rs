//! Sources -> Snapshot: a whole policy ready to decide, or every reason why not.

mod canonical;
mod copies;
mod digest;
mod meaning;
mod mend;
mod names;
mod refused;
mod setting_values;
mod tailoring;

pub use canonical::canonical;
pub use digest::{digest, digest_of_files, short_digest};
pub use mend::{Mended, Mending, mend};
pub use names::named;
pub use refused::LoadError;
pub(crate) use tailoring::Rewriting;

pub use crate::compile::RuleId;
pub use crate::eval::{Evaluator, GapId, Judgement, Overview};

use crate::check::{self, Finding, Policy};
use crate::compile::{self, Program};
use crate::eval;
use crate::explain::{self, Acceptance, PolicyDocument};
use crate::horizon::{Horizon, horizon};
use crate::model::{Case, Decision, OutcomeId, Vocabulary};
use crate::syntax;
use crate::syntax::tree::{File, Item, Line};
use crate::text::{Diagnostic, Severity, Sources, Span};
use crate::time::{Date, Instant, Zone};
use crate::why;
use crate::workers::{Sequential, Workers, both};
use meaning::SetMeaning;
use std::collections::BTreeSet;

/// The version of this engine, which decisions, kept policies and signed pages name beside the digest of the policy: the two
/// together say what decided.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// One file as it was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// How messages name it, such as its path.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Input {
    /// A file of this name, which messages show, with this text.
    pub fn new(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: text.into() }
    }
}

/// What came of reading a set of files.
#[derive(Debug, Default)]
pub struct Load {
    /// The files, for the places of diagnostics.
    pub sources: Sources,
    /// Every error and warning: first what could not be read, then what makes no sense, each in the order of files and places.
    pub diagnostics: Vec<Diagnostic>,
    /// Every policy of the set, by name; none when there is any error.
    pub policies: Vec<Snapshot>,
    /// The name of every vocabulary that the set holds, whether or not a policy uses it.
    pub vocabularies: BTreeSet<String>,
    /// The warnings that are accepted in the policies, each with by whom, once a day is given: see [`Load::warn_as_of`].
    pub accepted: Vec<AcceptedWarning>,
    /// The warnings among the diagnostics that can be accepted.
    findings: Vec<Finding>,
}

/// A warning that the policies in which it is found let stand for a time.
#[derive(Debug)]
pub struct AcceptedWarning {
    /// What would be told without.
    pub warning: Diagnostic,
    /// Who accepts it, why and until when.
    pub by: Vec<Acceptance>,
}

/// One policy, checked and compiled; it never changes.
#[derive(Clone, Debug)]
pub struct Snapshot {
    policy: Policy,
    program: Program,
    digest: String,
}

/// Reads, checks and compiles a set of files as one. A set with an error in any file gives no policy at all.
pub fn load(inputs: &[Input]) -> Load {
    load_with(inputs, &Sequential)
}

/// As [`load`], on as many threads as the workers have where the set is large enough to be worth it. How many there are
/// changes nothing but the time.
pub fn load_with(inputs: &[Input], workers: &dyn Workers) -> Load {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let mut read = Vec::new();
    for input in inputs {
        let (id, problems) = sources.add(&input.name, &input.bytes);
        if !problems.iter().any(|problem| matches!(problem.code, "file-too-large" | "not-text")) {
            read.push(id);
        }
        diagnostics.extend(problems);
    }
    let large = inputs.iter().map(|input| input.bytes.len()).sum::<usize>() >= LARGE;
    let beside = if large { workers } else { &Sequential };
    let all_read = read.len() == inputs.len();
    let parsed = syntax::parse_all(read.into_iter().filter_map(|id| sources.get(id)), workers);
    let (files, problems): (Vec<File>, Vec<Vec<Diagnostic>>) = parsed.into_iter().unzip();
    diagnostics.extend(problems.into_iter().flatten());
    syntax::without_misnamed(&mut diagnostics, &sources);
    // Without a whole file its names would all be said to be missing.
    let ((policies, problems), meaning) = if all_read { checked(&files, beside) } else { Default::default() };
    // All that a copy declares would be said to be declared twice.
    let is_error = |problem: &Diagnostic| problem.severity == Severity::Error;
    let (copied, copies) =
        if problems.iter().any(is_error) { copies::copies(&files, &sources) } else { Default::default() };
    let problems = if copies.is_empty() {
        problems
    } else {
        let is_copy = |file: &File| file.items.first().is_some_and(|item| copies.contains(&item.at.0.source));
        diagnostics.retain(|problem| !copies.contains(&problem.span.source));
        check::check(&files.iter().filter(|file| !is_copy(file)).cloned().collect::<Vec<File>>()).1
    };
    diagnostics.extend(copied);
    // What could not be read comes first, since much of what is missing may stand there.
    diagnostics.sort_by_key(|problem| problem.span);
    diagnostics.extend(problems);
    let sound = !diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    let findings = if sound { check::lint(&files, &policies) } else { Vec::new() };
    diagnostics.extend(findings.iter().map(|finding| finding.problem.clone()));
    let policies = if sound { compiled(policies, &meaning, beside) } else { Vec::new() };
    let vocabularies = files.iter().flat_map(|file| &file.items).filter_map(vocabulary_name).collect();
    Load { sources, diagnostics, policies, vocabularies, accepted: Vec::new(), findings }
}

/// The name that a heading gives a vocabulary.
fn vocabulary_name(item: &Line<Item>) -> Option<String> {
    match &item.node {
        Item::Vocabulary(header) => Some(header.name.value.clone()),
        _ => None,
    }
}

/// How many bytes of policies are worth a second worker.
const LARGE: usize = 128 * 1024;

/// What the files are checked to say, and their meaning; these two do not need each other.
fn checked<'f>(files: &'f [File], workers: &dyn Workers) -> ((Vec<Policy>, Vec<Diagnostic>), SetMeaning<'f>) {
    let (meaning, checked) = both(workers, || SetMeaning::of(files), || check::check(files));
    (checked, meaning)
}

/// The policies, ready to decide.
fn compiled(policies: Vec<Policy>, meaning: &SetMeaning<'_>, workers: &dyn Workers) -> Vec<Snapshot> {
    let digests = || policies.iter().map(|policy| meaning.digest(policy)).collect::<Vec<String>>();
    let programs = || policies.iter().map(compile::compile).collect::<Vec<Program>>();
    let (digests, programs) = both(workers, digests, programs);
    let parts = policies.into_iter().zip(programs).zip(digests);
    parts.map(|((policy, program), digest)| Snapshot { policy, program, digest }).collect()
}

impl Load {
    /// Adds to the diagnostics each rule without which no test would fail, by where it stands. Only who reads test files
    /// beside the policies knows that, and how many tests cannot be used; what is accepted is taken away with the rest, once a day is
    /// given.
    pub fn warn_of_untested(&mut self, is_tested: impl Fn(Span) -> bool, unusable: usize) {
        // A set with an error has no policy, and its errors stay in their order.
        if self.policies.is_empty() {
            return;
        }
        let found = check::not_tested(self.policies.iter().map(Snapshot::policy), is_tested, unusable);
        self.warn_of(found);
    }

    /// Adds to the diagnostics what was found of the policies since they were read; what is accepted of it is taken away with the rest,
    /// once a day is given.
    pub(crate) fn warn_of(&mut self, found: Vec<Finding>) {
        self.diagnostics.extend(found.iter().map(|finding| finding.problem.clone()));
        self.diagnostics.sort_by_key(|problem| problem.span);
        self.findings.extend(found);
    }

    /// What was found of the policies so far, but for what only a day tells.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Adds to the diagnostics what ended before today, and takes away the warnings that are accepted until a later day. Without
    /// a day, which no reading of a policy has, every warning is told: nobody can say whether its acceptance is over. What day
    /// it is may differ with the time zone of each policy.
    pub fn warn_as_of(&mut self, today: impl Fn(&Zone) -> Date) {
        // A set with an error has no policy, and its errors stay.
        if self.policies.is_empty() {
            return;
        }
        let policies: Vec<&Policy> = self.policies.iter().map(Snapshot::policy).collect();
        let over = check::over(policies.iter().copied(), &today);
        let judged = check::judge(&policies, self.findings.iter().cloned().chain(over), &today);
        let said = |(accepted, zone): (&check::Acceptance, &Zone)| explain::acceptance(accepted, zone);
        let accepted = judged.accepted.into_iter();
        self.accepted =
            accepted.map(|(warning, by)| AcceptedWarning { warning, by: by.into_iter().map(said).collect() }).collect();
        self.diagnostics = judged.told;
    }

    /// What one of the policies says, in words.
    pub fn explain(&self, policy: &Snapshot) -> PolicyDocument {
        let is_base = |other: &&Policy| other.name != policy.name() && policy.policy.chain.contains(&other.name);
        let bases: Vec<&Policy> = self.policies.iter().map(Snapshot::policy).filter(is_base).collect();
        explain::explain(&policy.policy, &bases, &policy.digest)
    }
}

impl Snapshot {
    /// Whether rules may be enough together for something while something is not known, though none of them is by itself.
    pub fn gives_together(&self) -> bool {
        !self.program.plan.pivots.is_empty()
    }

    internal! {
        /// A policy that was made and not read from files, to try what another wording would decide. Its digest is of its
        /// name alone, so it is not for deciding calls by.
        fn unread(policy: Policy) -> Self {
            let (program, digest) = (compile::compile(&policy), SetMeaning::default().digest(&policy));
            Self { policy, program, digest }
        }
    }

    /// The policy's name, as its heading says.
    pub fn name(&self) -> &str {
        &self.policy.name
    }

    /// The names of the policies that it tailors, the one that it names itself first.
    pub fn bases(&self) -> impl Iterator<Item = &str> {
        let others = self.policy.chain.iter().filter(|name| **name != self.policy.name);
        others.map(String::as_str)
    }

    /// `sha256:` and the digest of what the policy means: its name, and all that its own files, its bases and its
    /// vocabularies say, in canonical layout and without comments. Neither the names of files, nor their order or that of
    /// the headings in them, nor another policy beside it takes part.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The words that it is written in.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.policy.vocabulary
    }

    /// The time zone that its days and clock times are in.
    pub fn zone(&self) -> &Zone {
        &self.policy.zone
    }

    internal! {
        /// The typed policy: rules, settings and where each came from.
        fn policy(&self) -> &Policy {
            &self.policy
        }
    }

    internal! {
        /// The compiled policy.
        fn program(&self) -> &Program {
            &self.program
        }
    }

    /// The names of all rules, those on trial included, in their order.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        self.policy.rules.iter().map(|rule| rule.name.as_str())
    }

    /// The names of all settings.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        self.policy.settings.iter().map(|setting| setting.name.as_str())
    }

    /// The values in the range of a setting, as a policy writes them: all, or both ends and steps between where there would be more
    /// than `most`. None of them where it has no range; `None` where there is no such setting.
    pub fn setting_values(&self, setting: &str, most: usize) -> Option<Vec<String>> {
        let setting = self.policy.settings.iter().find(|known| known.name == setting)?;
        Some(setting_values::values(setting, self.vocabulary(), most))
    }

    /// What of a call's history the rules can ask for.
    pub fn horizon(&self) -> Horizon {
        horizon(&self.policy)
    }

    /// How many rules the policy has, those on trial included.
    pub fn rule_count(&self) -> usize {
        self.policy.rules.len()
    }

    /// The most comparisons that deciding a case takes, for histories of `records` records of each kind.
    pub fn bound(&self, records: u64) -> u64 {
        self.program.bound(records)
    }

    /// The force's own word for a value of an outcome, such as `Grade 1` for `immediate`.
    pub fn called(&self, outcome: OutcomeId, value: u16) -> Option<&str> {
        self.policy.called(outcome, value)
    }

    /// What people call a value of an outcome: `Grade 1 (immediate)`, `the domestic abuse specialist`.
    pub fn said(&self, outcome: OutcomeId, value: u16) -> String {
        self.policy.said(outcome, value)
    }

    /// The name of a rule that a [`Judgement`] names.
    pub fn rule(&self, id: RuleId) -> Option<&str> {
        self.program.rules.get(id.0 as usize).map(|rule| rule.name.as_str())
    }

    /// Everything that may not be known, by the numbers that an [`Overview`] gives: `call.injury`, `history.orders`,
    /// `history.orders.at` and `history.orders.expires` of whichever of them.
    pub fn gaps(&self) -> Vec<String> {
        eval::gaps(self.vocabulary())
    }

    /// What a rule is about, in the words of its author.
    pub fn title(&self, rule: &str) -> Option<&str> {
        let rule = self.policy.rules.iter().find(|known| known.name == rule)?;
        Some(&*rule.title).filter(|title| !title.is_empty())
    }

    /// Decides one case. Always answers.
    pub fn decide(&self, case: &Case) -> Decision {
        self.evaluator().decide(case)
    }

    /// Decides one case at a later moment, if nothing else was learnt meanwhile, as `until` of its decision says it.
    pub fn decide_as_of(&self, case: &Case, moment: Instant) -> Decision {
        self.evaluator().decide_as_of(case, moment)
    }

    /// Decides many cases one after the other; its memory is used again for each.
    pub fn evaluator(&self) -> Evaluator<'_> {
        Evaluator::new(&self.policy, &self.program, &self.digest)
    }

    /// Decides one case, and says what the outcome rests on and what it lacks to be higher. This takes many times as
    /// long as [`Snapshot::decide`]; a search that takes too long ends without a finding.
    pub fn decide_and_explain(&self, case: &Case) -> Decision {
        let explanation = Some(why::explain(&self.policy, &self.program, case));
        Decision { explanation, ..self.decide(case) }
    }
}
