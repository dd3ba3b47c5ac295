//! The gates that a change passes before it goes live, in their order.

use super::base::compare_with_base;
use crate::engine::{Load, Snapshot};
use crate::text::{Severity, plural};
use std::path::PathBuf;

/// One of the gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Every file can be read and has no error, and there is a policy.
    Checks,
    /// The set's own tests pass.
    Tests,
    /// A policy that tailors another is no weaker than that one.
    Base,
}

/// What came of one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub gate: Gate,
    pub passed: bool,
    /// What was looked at and what came of it, one sentence each.
    pub said: Vec<String>,
}

/// A set that may go live.
#[derive(Clone, Copy)]
pub struct Candidate<'c> {
    /// The files and folders that the set was read from; tests may lie beside the policies.
    pub paths: &'c [PathBuf],
    pub load: &'c Load,
}

/// Runs a set's own tests and says what came of them. It is called on the thread that watches.
pub type TestGate = Box<dyn Fn(Candidate<'_>) -> Checked + Send>;

/// How changes are judged.
pub struct Gates {
    pub tests: TestGate,
    /// The tests and the comparison with the base are reported and stop nothing. A set with an error never goes live.
    pub advisory: bool,
}

/// What came of all gates up to the first that stopped the change.
#[derive(Debug)]
pub struct Verdict {
    pub gates: Vec<Checked>,
    pub passed: bool,
}

impl Default for Gates {
    /// Without tests to run.
    fn default() -> Self {
        Self {
            tests: Box::new(|_| Checked::passed(Gate::Tests, "there are no tests in this set".to_owned())),
            advisory: false,
        }
    }
}

impl Checked {
    pub fn passed(gate: Gate, said: String) -> Self {
        Self { gate, passed: true, said: vec![said] }
    }

    pub fn failed(gate: Gate, said: Vec<String>) -> Self {
        Self { gate, passed: false, said }
    }
}

/// Takes a set through every gate. `unread` says what could not be read, one sentence each.
pub fn judge(candidate: Candidate<'_>, unread: &[String], gates: &Gates) -> Verdict {
    let steps: [&dyn Fn() -> Checked; 3] =
        [&|| checks(candidate.load, unread), &|| (gates.tests)(candidate), &|| bases(&candidate.load.policies)];
    let mut verdict = Verdict { gates: Vec::new(), passed: true };
    for step in steps {
        let checked = step();
        let may_fail = gates.advisory && checked.gate != Gate::Checks;
        verdict.passed = checked.passed || may_fail;
        verdict.gates.push(checked);
        if !verdict.passed {
            break;
        }
    }
    verdict
}

fn checks(load: &Load, unread: &[String]) -> Checked {
    if !unread.is_empty() {
        return Checked::failed(Gate::Checks, unread.to_vec());
    }
    let count = |severity| load.diagnostics.iter().filter(|problem| problem.severity == severity).count();
    let files = counted(load.sources.iter().count(), "file");
    match (count(Severity::Error), count(Severity::Warning), load.policies.len()) {
        (0, _, 0) => Checked::failed(Gate::Checks, vec![format!("there is no policy in {files}")]),
        (0, 0, _) => Checked::passed(Gate::Checks, format!("no problems in {files}")),
        (0, warnings, _) => Checked::passed(Gate::Checks, format!("{} in {files}", counted(warnings, "warning"))),
        (errors, ..) => Checked::failed(Gate::Checks, vec![format!("{} in {files}", counted(errors, "error"))]),
    }
}

/// Compares every policy with each policy that it tailors, by structure. A proof over all calls belongs here, in place
/// of the sentence that names what was not compared.
fn bases(policies: &[Snapshot]) -> Checked {
    let mut checked = Checked { gate: Gate::Base, passed: true, said: Vec::new() };
    for policy in policies {
        let bases = policy.policy().chain.iter().filter(|name| *name != policy.name());
        for base in bases.filter_map(|name| policies.iter().find(|base| base.name() == name)) {
            let comparison = compare_with_base(policy.policy(), base.policy());
            checked.passed &= comparison.weaker.is_empty();
            checked.said.extend(comparison.sentences());
        }
    }
    if checked.said.is_empty() {
        checked.said.push("no policy here tailors another".to_owned());
    }
    checked
}

pub(super) fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {}", plural(what)) }
}
