//! Program + Case -> Decision: what is certain, what is possible, why, and until when.

mod ask;
mod evidence;
mod explain;
mod follow;
mod links;
mod measure;
mod members;
mod scratch;
mod moments;
mod member_bits;
mod observe;
mod open;
mod overview;
mod pass;
mod predicate;
mod reading;
mod invariants;
mod evaluation;
mod effects;
mod select;
mod sets;
mod split;
mod rule_scan;
mod unassessed;
mod until;
mod words;

pub use invariants::{Breach, InvariantChecker};
pub use observe::{Looked, Observed, RuleSeen, Seen, looked, observe, rules_seen};
pub use overview::{GapId, Overview};

use crate::check::Policy;
use crate::compile::{CompiledRule, Program, RuleId};
use crate::model::{
    Case, Decision, Effects, FactId, FieldId, Fired, OutcomeId, Outcomes, PolicyRef, RecordId, Together, Trial,
    Unassessed, Undecided, Warning,
};
use crate::time::Instant;
use explain::Explainer;
use overview::GapFinder;
use rule_scan::{Reach, RuleScan, Verdict, is_unknown_choice};
use std::mem::swap;
use until::WatchList;

pub(crate) use ask::path;
pub(crate) use evaluation::{Evaluation, HORIZON};
pub(crate) use overview::gaps;
pub(crate) use rule_scan::nothing_said;
pub(crate) use scratch::Scratch;
pub(crate) use words::{spoken_duration, value_words};

/// Decides cases under one policy, one after the other, in memory that is used again for the next.
#[derive(Debug)]
pub struct Evaluator<'p> {
    policy: &'p Policy,
    program: &'p Program,
    digest: &'p str,
    /// Not there only while a case is being decided.
    memory: Option<Box<Scratch>>,
    survey: RuleScan,
    watch: WatchList,
    judgement: Judgement,
    overview: Overview,
    gaps: GapFinder,
}

/// What is certain and possible, and which rules made it so: a decision without its reasons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What is certain, as in a decision.
    pub outcome: Outcomes,
    /// The most that it could still be, as in a decision.
    pub possible: Outcomes,
    /// The outcomes to which no rule adds, as in a decision.
    pub unassessed: Vec<Unassessed>,
    /// The rules that apply, in the order of their names.
    pub fired: Vec<RuleId>,
    /// Those of them that apply only because of what is presumed.
    pub presumed: Vec<RuleId>,
    /// The rules without effect, on trial or suspended, that would apply, and whether for certain.
    pub trial: Vec<(RuleId, bool)>,
    /// For each rule that applies, where its evidence ends in `records`.
    ends: Vec<usize>,
    /// The records that count, rule by rule: the kind and the place in its list, oldest first.
    records: Vec<(RecordId, usize)>,
}

impl Judgement {
    /// The records that made each rule apply, in the order of `fired`.
    pub fn evidence(&self) -> impl Iterator<Item = &[(RecordId, usize)]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| self.records.get(*start..*end).unwrap_or_default())
    }
}

impl<'p> Evaluator<'p> {
    /// For cases under this policy, with the digest that decisions name.
    pub fn new(policy: &'p Policy, program: &'p Program, digest: &'p str) -> Self {
        let (survey, watch, judgement, overview) = Default::default();
        let gaps = GapFinder::new(&policy.vocabulary);
        let memory = Some(Box::new(Scratch::new(program)));
        Self { policy, program, digest, memory, survey, watch, judgement, overview, gaps }
    }

    /// The outcome of a case, the rules that apply and their evidence. Always answers; nothing outside the arguments
    /// has a say in it.
    pub fn judge(&mut self, case: &Case) -> &Judgement {
        let run = self.begin(case);
        let Judgement { outcome, possible, unassessed, fired, presumed, trial, ends, records } = &mut self.judgement;
        fired.clear();
        presumed.clear();
        trial.clear();
        ends.clear();
        records.clear();
        self.survey.take_with(&run, Reach::Applies, |id, rule| {
            run.gather_evidence(rule, records);
            fired.push(id);
            ends.push(records.len());
        });
        presumed.extend(self.survey.presumed());
        trial.extend(self.survey.verdicts.iter().filter_map(|(id, verdict)| match verdict {
            Verdict::Trial { certain } => Some((*id, *certain)),
            _ => None,
        }));
        *unassessed = unassessed::unassessed(&run, &self.survey.outcome);
        // A survey begins anew each time, in any memory.
        swap(outcome, &mut self.survey.outcome);
        swap(possible, &mut self.survey.possible);
        self.memory = Some(run.into_memory());
        &self.judgement
    }

    /// What a decision of a case says, by number and without its reasons. Always answers; nothing outside the arguments has a say
    /// in it.
    pub fn overview(&mut self, case: &Case) -> &Overview {
        let run = self.begin(case);
        self.survey.take(&run, Reach::Applies);
        self.overview.write(&run, &self.survey, &mut self.gaps);
        self.memory = Some(run.into_memory());
        &self.overview
    }

    /// Decides a case. Always answers; nothing outside the arguments has a say in it.
    pub fn decide(&mut self, case: &Case) -> Decision {
        self.decide_as_of(case, case.at)
    }

    /// The same at a later moment, if nothing else was learnt meanwhile: the case stays what it was, and so does the time of its call.
    /// At each moment that `until` of its decision lists, the outcome is the one that stands there. No moment is earlier than the call.
    pub fn decide_as_of(&mut self, case: &Case, moment: Instant) -> Decision {
        let mut run = self.begin(case);
        if moment > case.at {
            run.go_to(moment);
        }
        self.survey.take(&run, Reach::Near);
        let mut decision = explained(&run, &self.survey, self.digest);
        let mut warnings = std::mem::take(&mut decision.warnings);
        warnings.extend(case.warnings.iter().cloned());
        warnings.extend(links::not_found(self.policy, self.program, case));
        if self.survey.cut_short {
            warnings.push(Warning::TogetherCutShort);
        }
        let (until, cut_short) = until::until(&mut run, &mut self.survey, &mut self.watch);
        decision.until = until;
        warnings.extend(run.take_warnings());
        if cut_short {
            warnings.push(Warning::UntilCutShort);
        }
        warnings.sort();
        warnings.dedup();
        decision.warnings = warnings;
        self.memory = Some(run.into_memory());
        decision
    }

    fn begin<'a>(&mut self, case: &'a Case) -> Evaluation<'a>
    where
        'p: 'a,
    {
        let memory = self.memory.take().unwrap_or_else(|| Box::new(Scratch::new(self.program)));
        Evaluation::with(memory, self.policy, self.program, case)
    }
}

/// The decision, all but how long it holds and its warnings.
fn explained(run: &Evaluation<'_>, survey: &RuleScan, digest: &str) -> Decision {
    let Evaluation { policy, program, case, .. } = run;
    let explainer = Explainer::new(run);
    let mut decision = Decision {
        case: case.id.clone(),
        policy: PolicyRef { name: policy.name.clone(), digest: digest.to_owned() },
        overheard: ask::overheard(&policy.vocabulary, case),
        outcome: survey.outcome.clone(),
        possible: survey.possible.clone(),
        unassessed: unassessed::unassessed(run, &survey.outcome),
        fired: Vec::new(),
        undecided: Vec::new(),
        together: Vec::new(),
        near: Vec::new(),
        questions: Vec::new(),
        until: Vec::new(),
        trial: Vec::new(),
        warnings: Vec::new(),
        explanation: None,
    };
    let mut doubts: Vec<Doubt> = Vec::new();
    let mut list = |(unknown, more): (Vec<About>, usize), rule: &CompiledRule| {
        if more > 0 {
            decision.warnings.push(Warning::UnknownNotListed { rule: rule.name.clone(), more });
        }
        let paths: Vec<String> = unknown.iter().map(|about| explainer.path(about)).collect();
        (unknown, paths)
    };
    for (id, verdict) in &survey.verdicts {
        let Some(rule) = program.rules.get(id.0 as usize) else { continue };
        match verdict {
            Verdict::Asleep => {}
            Verdict::No => decision.near.extend(explainer.near(rule).filter(|_| !rule.is_without_effect(case.at))),
            Verdict::Trial { certain } => decision.trial.push(Trial {
                rule: rule.name.clone(),
                certain: *certain,
                suspended_until: rule.suspended_until(case.at),
                because: explainer.because(rule),
                evidence: explainer.evidence(rule),
                would: survey.outcome.raised_parts(&run.sure_effects(rule)),
            }),
            Verdict::Yes { presumed } => {
                let mut presumes = Vec::new();
                if *presumed {
                    let (unknown, paths) = list(explainer.unknowns(rule.when), rule);
                    presumes = paths;
                    doubts.push(Doubt { unknown, adds: run.sure_effects(rule), because: Because::Presumed });
                }
                if rule.adds_more {
                    let RuleEffects { possible: adds, unknown, .. } = run.effects(rule);
                    if !unknown.is_empty() {
                        let (unknown, paths) = list((unknown, 0), rule);
                        decision.undecided.push(Undecided { rule: rule.name.clone(), unknown: paths });
                        doubts.push(Doubt { unknown, adds, because: Because::Open });
                    }
                }
                decision.fired.push(Fired {
                    rule: rule.name.clone(),
                    because: explainer.because(rule),
                    adds: run.sure_effects(rule),
                    evidence: explainer.evidence(rule),
                    presumed: presumes,
                });
            }
            Verdict::Unknown => {
                let (unknown, paths) = list(explainer.unknowns(rule.when), rule);
                decision.undecided.push(Undecided { rule: rule.name.clone(), unknown: paths });
                doubts.push(Doubt { unknown, adds: run.effects(rule).possible, because: Because::Open });
            }
        }
    }
    doubts.extend(floors_in_doubt(run));
    decision.questions = explainer.questions(survey, &doubts);
    let name = |id: &RuleId| program.rules.get(id.0 as usize).map(|rule| rule.name.clone());
    let named = |together: &split::SplitTogether| Together {
        rules: together.rules.iter().filter_map(name).collect(),
        adds: together.adds.clone(),
    };
    decision.together = survey.together.iter().map(named).collect();
    decision
}

/// Something that answers could make more, or less, of the outcome.
pub(crate) struct Doubt {
    unknown: Vec<About>,
    /// What it adds, or could add at most.
    adds: Effects,
    because: Because,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Because {
    /// A rule, or an effect, waits for an answer.
    Open,
    /// A rule applies until an answer takes that back.
    Presumed,
    /// An outcome is never below a fact.
    Floor,
}

/// The floors of which the fact is not known, and the highest that each could be.
fn floors_in_doubt(run: &Evaluation<'_>) -> Vec<Doubt> {
    let floors = run.program.floors.iter().filter(|(_, fact)| is_unknown_choice(run.case, *fact));
    let doubt = |(outcome, fact): &(OutcomeId, FactId)| Doubt {
        unknown: vec![About::Fact(*fact)],
        adds: Effects(run.top(*outcome).map(|top| (*outcome, top)).into_iter().collect()),
        because: Because::Floor,
    };
    floors.map(doubt).collect()
}

/// The outcome that is certain.
pub(crate) fn certain(run: &Evaluation<'_>) -> Outcomes {
    let mut survey = RuleScan::default();
    survey.take(run, Reach::Applies);
    survey.outcome
}

/// What open rules give together, beyond what is certain already.
pub(crate) fn together(run: &Evaluation<'_>, rules: &[RuleId], certain: &Outcomes) -> Effects {
    Effects(split::together(run, rules, certain).together.into_iter().flat_map(|together| together.adds.0).collect())
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
    Fact(FactId),
    List(RecordId),
    Field {
        record: RecordId,
        index: usize,
        field: FieldId,
    },
    /// When a record was, where that is not known, or not to a fraction of a second that would tell what came first.
    Time {
        record: RecordId,
        index: usize,
    },
}

/// Whose fields a test is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// The call alone: no record.
    Call,
    Record {
        record: RecordId,
        index: usize,
    },
    /// The call in the place of a record of its own kind.
    ThisCall,
}
