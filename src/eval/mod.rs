//! Program + Case -> Decision: what is certain, what is possible, why, and until when.

mod run;
mod measure;
mod words;
mod ask;
mod explain;
mod until;
mod observe;

pub use observe::{Observed, RuleSeen, Seen, observe, rules_seen};

use crate::check::Policy;
use crate::compile::{Program, TermId};
use crate::model::{
    Case, Decision, Effects, Fired, Level, OutcomeKind, Outcomes, PolicyRef, Trial, Truth, Undecided, Value,
    Vocabulary, Warning,
};
use explain::Explainer;

pub(crate) use ask::path;
pub(crate) use run::{HORIZON, Run};
pub(crate) use words::value_words;

/// Decides one case. Always answers; nothing outside the arguments has a say in it.
pub fn decide(policy: &Policy, program: &Program, digest: &str, case: &Case) -> Decision {
    let run = Run::new(policy, program, case, case.at);
    let answer = answer(&run);
    let explainer = Explainer::new(&run);
    let mut decision = Decision {
        case: case.id.clone(),
        policy: PolicyRef { name: policy.name.clone(), digest: digest.to_owned() },
        outcome: answer.outcome.clone(),
        possible: answer.possible,
        fired: Vec::new(),
        undecided: Vec::new(),
        near: Vec::new(),
        questions: Vec::new(),
        until: Vec::new(),
        trial: Vec::new(),
        warnings: Vec::new(),
        explanation: None,
    };
    let mut doubts = Vec::new();
    for (rule, verdict) in program.rules.iter().zip(&answer.verdicts) {
        match verdict {
            Verdict::Asleep => {}
            Verdict::No => decision.near.extend(explainer.near(rule).filter(|_| !rule.is_without_effect(case.at))),
            Verdict::Trial { certain } => decision.trial.push(Trial {
                rule: rule.name.clone(),
                certain: *certain,
                suspended_until: rule.suspended_until(case.at),
                because: explainer.because(rule),
                evidence: explainer.evidence(rule.when),
                would: answer.outcome.raised_parts(&run.effects(rule).sure),
            }),
            Verdict::Yes { presumed } => {
                let unknown = if *presumed { explainer.paths(rule.when) } else { Vec::new() };
                let effects = run.effects(rule);
                decision.fired.push(Fired {
                    rule: rule.name.clone(),
                    because: explainer.because(rule),
                    adds: effects.sure.clone(),
                    evidence: explainer.evidence(rule.when),
                    presumed: unknown,
                });
                if !effects.unknown.is_empty() {
                    let unknown = effects.unknown.iter().map(|about| explainer.path(about)).collect();
                    decision.undecided.push(Undecided { rule: rule.name.clone(), unknown });
                    doubts.push((effects.unknown, effects.possible));
                }
            }
            Verdict::Unknown => {
                let unknown = explainer.unknowns(rule.when);
                let paths = unknown.iter().map(|about| explainer.path(about)).collect();
                decision.undecided.push(Undecided { rule: rule.name.clone(), unknown: paths });
                doubts.push((unknown, run.effects(rule).possible));
            }
        }
    }
    decision.questions = explainer.questions(&decision.outcome, &doubts);
    let mut warnings = case.warnings.clone();
    warnings.extend(run.take_warnings());
    let (until, cut_short) = until::until(policy, program, case, &answer.outcome, run.next_change());
    decision.until = until;
    if cut_short {
        warnings.push(Warning::UntilCutShort);
    }
    warnings.sort();
    warnings.dedup();
    decision.warnings = warnings;
    decision
}

/// What became of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Not in force at the time of the call.
    Asleep,
    No,
    Unknown,
    Yes {
        presumed: bool,
    },
    /// On trial or suspended, and would apply, for certain or perhaps.
    Trial {
        certain: bool,
    },
}

/// The verdict on every rule, and what follows.
struct Answer {
    verdicts: Vec<Verdict>,
    outcome: Outcomes,
    possible: Outcomes,
}

/// The outcome that is certain.
pub(crate) fn certain(run: &Run<'_>) -> Outcomes {
    answer(run).outcome
}

fn answer(run: &Run<'_>) -> Answer {
    let verdicts: Vec<Verdict> = run.program.rules.iter().map(|rule| verdict(run, rule)).collect();
    let mut outcome = nothing_said(&run.policy.vocabulary, run.case);
    for (rule, verdict) in run.program.rules.iter().zip(&verdicts) {
        if matches!(verdict, Verdict::Yes { .. }) {
            outcome.raise(&run.effects(rule).sure);
        }
    }
    let mut possible = outcome.clone();
    for (rule, verdict) in run.program.rules.iter().zip(&verdicts) {
        if matches!(verdict, Verdict::Unknown | Verdict::Yes { .. }) {
            possible.raise(&run.effects(rule).possible);
        }
    }
    Answer { verdicts, outcome, possible }
}

fn verdict(run: &Run<'_>, rule: &crate::compile::Rule) -> Verdict {
    let at = run.case.at;
    if !rule.is_in_force(at) {
        return Verdict::Asleep;
    }
    let truth = run.truth(rule.when);
    match (truth, rule.is_without_effect(at)) {
        (Truth::No, _) => Verdict::No,
        (Truth::Yes, true) => Verdict::Trial { certain: true },
        (Truth::Unknown, true) => Verdict::Trial { certain: rule.presumed },
        (Truth::Yes, false) => Verdict::Yes { presumed: false },
        (Truth::Unknown, false) if rule.presumed => Verdict::Yes { presumed: true },
        (Truth::Unknown, false) => Verdict::Unknown,
    }
}

/// The outcomes before any rule has spoken: the lowest, or the call's own floor where it is known.
pub(crate) fn nothing_said(vocabulary: &Vocabulary, case: &Case) -> Outcomes {
    let levels = vocabulary.outcomes.iter().map(|outcome| match &outcome.kind {
        OutcomeKind::Highest { floor, .. } => match floor.map(|fact| case.fact(fact)) {
            Some(Value::Choice(at)) => Level::Highest(at),
            _ => Level::Highest(0),
        },
        OutcomeKind::AllThatApply { .. } => Level::AllThatApply(0),
        OutcomeKind::Earliest => Level::Earliest(None),
        OutcomeKind::Either { .. } => Level::Either(None),
    });
    Outcomes(levels.collect())
}

/// What a rule adds when it applies: what is certain, the most it could be, and the unknown facts in between.
pub(crate) struct RuleEffects {
    pub(crate) sure: Effects,
    pub(crate) possible: Effects,
    pub(crate) unknown: Vec<About>,
}

/// A fact that is not known. In order: what the caller can be asked, in the vocabulary's order, then what must be looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    Fact(crate::model::FactId),
    List(crate::model::RecordId),
    Field { record: crate::model::RecordId, index: usize, field: crate::model::FieldId },
}

/// Whose fields a test is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// The call alone: no record.
    Call,
    Record {
        record: crate::model::RecordId,
        index: usize,
    },
    /// The call in the place of a record of its own kind.
    ThisCall,
}

/// The parts of a compound condition.
pub(crate) fn parts(program: &Program, term: TermId) -> &[TermId] {
    use crate::compile::Term;
    match program.terms.get(term.0 as usize) {
        Some(Term::All(parts) | Term::Any(parts) | Term::HowMany { of: parts, .. }) => parts,
        Some(Term::Not(part)) => std::slice::from_ref(part),
        _ => &[],
    }
}
