//! The gates that a change passes before it goes live, in their order.

use super::base::compare_with_base;
use super::lost::{KnownTest, Lost, PolicyInForce, lost};
use crate::engine::Load;
use crate::proof::{Reading, Together, prove_against_base, under_words_of};
use crate::text::{Severity, counted, joined};
use std::path::PathBuf;

/// One of the gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gate {
    /// Every file can be read and has no error, and there is a policy.
    Checks,
    /// The set's own tests pass.
    Tests,
    /// A policy that tailors another is no weaker than that one.
    Base,
    /// Nothing that is in force is lost, unless somebody accepted that.
    InForce,
}

/// What came of one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Which gate it is.
    pub gate: Gate,
    /// Whether it let the set pass.
    pub passed: bool,
    /// What was looked at and what came of it, one sentence each.
    pub said: Vec<String>,
}

/// A set that may go live.
#[derive(Clone, Copy)]
pub struct Candidate<'c> {
    /// The files and folders that the set was read from; tests may lie beside the policies.
    pub paths: &'c [PathBuf],
    /// The set as it was read.
    pub load: &'c Load,
}

/// What came of a set's own tests, and which they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestGateResult {
    /// What came of them.
    pub checked: Checked,
    /// Which tests were run, to compare with those in force.
    pub tests: Vec<KnownTest>,
}

/// Runs a set's own tests and says what came of them. It is called on the thread that watches.
pub type TestGate = Box<dyn Fn(Candidate<'_>) -> TestGateResult + Send>;

/// How changes are judged.
pub struct Gates {
    /// Runs a set's own tests.
    pub tests: TestGate,
    /// The tests, and the comparisons with the base and with what is in force, are reported and stop nothing. A set with
    /// an error never goes live.
    pub advisory: bool,
}

/// What came of all gates up to the first that stopped the change.
#[derive(Debug)]
pub struct GateVerdict {
    /// What came of each, in order.
    pub gates: Vec<Checked>,
    /// What becomes of the change.
    pub ruling: Ruling,
    /// The set's own tests, as far as the gates came.
    pub tests: Vec<KnownTest>,
    /// What would be lost that is in force, and nobody accepted.
    pub lost: Vec<Lost>,
    /// What would be lost and somebody accepted.
    pub accepted: Vec<Lost>,
}

/// What becomes of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ruling {
    /// It may go live.
    Passed,
    /// It is wrong in itself.
    Refused,
    /// It is sound, and waits until somebody accepts what it takes away.
    Held,
}

impl Default for Gates {
    /// Without tests to run.
    fn default() -> Self {
        Self { tests: Box::new(|_| TestGateResult::none()), advisory: false }
    }
}

impl Checked {
    /// A gate that let the set pass, and what to say of it.
    pub fn passed(gate: Gate, said: String) -> Self {
        Self { gate, passed: true, said: vec![said] }
    }

    /// A gate that did not, and why.
    pub fn failed(gate: Gate, said: Vec<String>) -> Self {
        Self { gate, passed: false, said }
    }
}

impl TestGateResult {
    /// Of a set without tests.
    pub fn none() -> Self {
        let said = "there are no tests in this set".to_owned();
        Self { checked: Checked::passed(Gate::Tests, said), tests: Vec::new() }
    }

    /// Of tests that could not be run.
    pub fn failed(said: Vec<String>) -> Self {
        Self { checked: Checked::failed(Gate::Tests, said), tests: Vec::new() }
    }
}

/// Takes a set through every gate. `unread` says what could not be read, one sentence each; without anything in force
/// there is nothing to be lost.
pub fn judge(
    candidate: Candidate<'_>,
    unread: &[String],
    gates: &Gates,
    in_force: Option<PolicyInForce<'_>>,
) -> GateVerdict {
    let mut verdict = GateVerdict {
        gates: Vec::new(),
        ruling: Ruling::Passed,
        tests: Vec::new(),
        lost: Vec::new(),
        accepted: Vec::new(),
    };
    if !verdict.takes(checks(candidate.load, unread), Ruling::Refused, false) {
        return verdict;
    }
    let tested = (gates.tests)(candidate);
    verdict.tests = tested.tests;
    if !verdict.takes(tested.checked, Ruling::Refused, gates.advisory)
        || !verdict.takes(bases(candidate.load), Ruling::Refused, gates.advisory)
    {
        return verdict;
    }
    if let Some(in_force) = in_force {
        let lost = lost(&in_force, candidate.load, &verdict.tests);
        (verdict.accepted, verdict.lost) = lost.into_iter().partition(|lost| in_force.accepted.contains(&lost.id()));
        let checked = nothing_lost(&verdict.lost, &verdict.accepted);
        verdict.takes(checked, Ruling::Held, gates.advisory);
    }
    verdict
}

impl GateVerdict {
    /// Notes what came of a gate, and says whether the next is tried.
    fn takes(&mut self, checked: Checked, otherwise: Ruling, may_fail: bool) -> bool {
        let goes_on = checked.passed || may_fail;
        self.gates.push(checked);
        if !goes_on {
            self.ruling = otherwise;
        }
        goes_on
    }
}

fn nothing_lost(lost: &[Lost], accepted: &[Lost]) -> Checked {
    let names = |lost: &[Lost]| joined(&lost.iter().map(|lost| lost.name.as_str()).collect::<Vec<_>>(), "and");
    let accepted = match accepted {
        [] => String::new(),
        accepted => format!("accepted by name: {}", names(accepted)),
    };
    match (lost, accepted.as_str()) {
        ([], "") => {
            let said = "nothing that is in force is lost, and no call is given less";
            Checked::passed(Gate::InForce, said.to_owned())
        }
        ([], _) => Checked::passed(Gate::InForce, format!("nothing is lost that was not {accepted}")),
        (lost, _) => {
            let lead = format!("{} in force would be lost or may be weaker:", counted(lost.len(), "thing"));
            let lines = lost.iter().map(|lost| format!("{}: {}", lost.name, lost.said.join("; ")));
            let accepted = (!accepted.is_empty()).then_some(accepted);
            Checked::failed(Gate::InForce, std::iter::once(lead).chain(lines).chain(accepted).collect())
        }
    }
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

/// Compares every policy with each policy that it tailors: by structure, and at the values that the base gives over every call.
fn bases(load: &Load) -> Checked {
    let policies = &load.policies;
    let mut checked = Checked { gate: Gate::Base, passed: true, said: Vec::new() };
    for policy in policies {
        let bases = policy.policy().chain.iter().filter(|name| *name != policy.name());
        for base in bases.filter_map(|name| policies.iter().find(|base| base.name() == name)) {
            let mut comparison = compare_with_base(policy.policy(), base.policy());
            let (read, _) = under_words_of(load, base, policy);
            let reading = Reading::of(base, &read);
            let proof = prove_against_base(load, policy, reading, false);
            comparison.is_proved = proof.is_never_weaker();
            let lower = || proof.untailored.iter().flat_map(|proof| &proof.parts).map(|part| &part.lower);
            comparison.weaker.extend(lower().flat_map(|lower| &lower.calls).map(|difference| {
                let call = difference.call.on_one_line(policy);
                let rules = together(&difference.rule, difference.together.as_ref());
                format!("gives less than {rules} of {} in this call: {call}", base.name())
            }));
            // That each rule of the base is there says nothing of what they are enough for between them.
            let open = lower().flat_map(|lower| &lower.not_settled).filter(|open| open.together.is_some());
            comparison.weaker.extend(open.map(|open| {
                let rules = together(&open.rule, open.together.as_ref());
                format!("may give less than {rules} of {}, which was not settled: {}", base.name(), open.why)
            }));
            let is_compared = proof.untailored.as_ref().is_some_and(|proof| proof.not_compared.is_none());
            if !reading.numbers_are_kept {
                comparison.weaker.push(format!(
                    "has words in which a number of {} may come to less: other points of a score hang together, or a fact has another range",
                    base.name()
                ));
            }
            if !is_compared && base.gives_together() {
                comparison.weaker.push(format!(
                    "may give less than rules of {} together while something is not known, which was not settled",
                    base.name()
                ));
            }
            checked.passed &= comparison.weaker.is_empty();
            checked.said.extend(comparison.sentences());
        }
    }
    if checked.said.is_empty() {
        checked.said.push("no policy here tailors another".to_owned());
    }
    checked
}

/// One rule, or rules together while something is not known.
fn together(rule: &str, together: Option<&Together>) -> String {
    let Some(together) = together else { return format!("rule `{rule}`") };
    format!("rules {} together, while {} is not known,", together.rules(rule), together.what)
}
