//! Policy -> Program, in two steps: its conditions as flat tables ([`Ir`]), and from them how they are evaluated ([`Plan`]).

mod ids;
mod ir;
mod lower;
mod monotonicities;
mod record_plan;
mod evidence_source;
mod rule;
mod links;
mod index;
mod pivots;
mod plan;
mod passes;
mod triggers;
mod program;

pub use evidence_source::EvidenceSource;
pub use ids::{LengthId, MeasureId, RuleId, SelectionId, TermId, WindowId};
pub use index::{Index, Threshold};
pub use ir::{FlatFollow, FlatMeasure, FlatSelection, FlatSince, Ir, Term};
#[cfg(feature = "internals")]
pub use ir::{FlatScore, FlatWindow, Uses};
pub use links::{Link, of_records as links_of_records};
pub use lower::{FlatPiece, PolicyTerms, RuleTerms};
pub use pivots::{MAX_READINGS, MOST_STEPS, Pivot};
pub use plan::{Lengths, MeasurePlan, Plan, SelectionPlan};
pub use program::Program;
pub use record_plan::{
    Lies, MemberBit, QuestionKind, Questions, RecordPlan, RecordQuestion, SameAs, SetId, Through, TriBits, ValuePlace,
};
pub use rule::{CompiledRule, Later, Standing};

use crate::check::{Effect, Policy};
use crate::model::{FactId, OutcomeId};
use crate::semantics::{Condition, Monotonicity, Selection, Subject, Test};
use lower::{Lower, Lowering};

/// Makes a checked policy ready for evaluation.
pub fn compile(policy: &Policy) -> Program {
    let mut ir = Ir::default();
    let terms = ir.add(policy);
    program(ir, policy, terms)
}

/// Makes a checked policy ready for evaluation, and each of its invariants as a rule would be that is none of the program's: it
/// applies where the invariant bears, and gives what that demands.
pub fn compile_with_invariants(policy: &Policy) -> (Program, Vec<CompiledRule>) {
    let mut ir = Ir::default();
    let terms = ir.add(policy);
    let invariants = policy.invariants.iter().zip(ir.add_invariants(policy));
    let invariants = invariants.map(|(invariant, terms)| CompiledRule::of_invariant(invariant, terms)).collect();
    (program(ir, policy, terms), invariants)
}

/// A policy with its program, which can still tell where each of its conditions went.
pub struct PolicyLayout<'a> {
    policy: &'a Policy,
    program: Program,
    lowering: Lowering,
}

impl<'a> PolicyLayout<'a> {
    pub fn of(policy: &'a Policy) -> Self {
        let mut program = compile(policy);
        let lowering = Lowering::of(policy, &mut program.ir);
        Self { policy, program, lowering }
    }

    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Where a condition of the policy went.
    pub fn term(&mut self, condition: &Condition) -> TermId {
        self.lower().term(condition)
    }

    /// Where a selection of the policy went.
    pub fn selection(&mut self, selection: &Selection) -> SelectionId {
        self.lower().selection(selection)
    }

    /// What is laid out already is found again.
    fn lower(&mut self) -> Lower<'_> {
        Lower { policy: self.policy, ir: &mut self.program.ir, lowering: &mut self.lowering }
    }
}

fn program(ir: Ir, policy: &Policy, terms: PolicyTerms) -> Program {
    let mut plan = plan_of_records(&ir, policy);
    let evidence_sources = EvidenceSource::of_terms(&ir, |id| plan.measure(id)?.at_most);
    let source = |when: TermId| evidence_sources.get(when.0 as usize).copied().unwrap_or(EvidenceSource::Several);
    let rules = policy.rules.iter().zip(terms.rules);
    let rules = rules.map(|(rule, terms)| {
        let source = source(terms.when);
        let rule = CompiledRule::of(policy, rule, terms, source);
        CompiledRule { later: later(&ir, &plan, &rule), ..rule }
    });
    let rules: Vec<CompiledRule> = rules.collect();
    let (lowest, floors) = Program::lowest(&policy.vocabulary);
    plan_of_rules(&ir, policy, &rules, &floors, &mut plan);
    let worded = Program::worded(&policy.vocabulary, &rules);
    Program { ir, plan, rules, counted: terms.counted, lowest, floors, worded }
}

/// What is asked of records, and how time moves the answers.
fn plan_of_records(ir: &Ir, policy: &Policy) -> Plan {
    let mut plan = Plan { monotonicities: monotonicities::of_terms(ir), presuming: ir.presuming(), ..Plan::default() };
    let windows =
        ir.windows.iter().map(|window| window.lengths.iter().map(|length| plan.lengths.id(**length)).collect());
    plan.windows = windows.collect();
    let timed = |selection: &FlatSelection| {
        let timed = selection.tests.iter().copied().filter(|test| plan.monotonicity(*test).is_timed());
        SelectionPlan { links: links::of_records(ir, selection), timed: timed.collect(), ..SelectionPlan::default() }
    };
    plan.selections = ir.selections.iter().map(timed).collect();
    let measures = monotonicities::of_measures(ir, &plan.monotonicities);
    let measures = measures.into_iter().map(|monotonicity| MeasurePlan { monotonicity, ..MeasurePlan::default() });
    plan.measures = measures.collect();
    passes::lay_out(ir, policy, &mut plan);
    plan
}

/// Whether time alone may change what a rule adds: by the points of a score by which it gives a number.
fn later(ir: &Ir, plan: &Plan, rule: &CompiledRule) -> Later {
    let points = rule.scores.iter().flat_map(|(_, score)| ir.points(*score));
    let is_timed = points.into_iter().any(|(_, point)| plan.monotonicity(*point).is_timed());
    if is_timed { Later::Otherwise } else { Later::Same }
}

/// Which rules are asked, and what they may make certain together.
fn plan_of_rules(ir: &Ir, policy: &Policy, rules: &[CompiledRule], floors: &[(OutcomeId, FactId)], plan: &mut Plan) {
    plan.index = triggers::index(ir, plan, rules);
    plan.shared = shared(ir, rules, &plan.index);
    let given: Vec<(TermId, &[Effect])> = rules.iter().map(|rule| (rule.when, &*rule.effects)).collect();
    plan.pivots = pivots::PivotFinder { ir, rules: &given, floors }.pivots(&policy.vocabulary, None);
    plan.links = links::followed(ir, policy);
    plan.leaping = leaping(ir, &mut plan.lengths);
}

/// Which terms several conditions, or several rules, ask for.
fn shared(ir: &Ir, rules: &[CompiledRule], index: &Index) -> Vec<bool> {
    let parts = ir.terms.iter().flat_map(|term| term.parts().iter().copied());
    let points = ir.scores.iter().flat_map(|score| &score.points).map(|(_, term)| *term);
    let asked = parts.chain(points).chain(rules.iter().map(|rule| rule.when));
    let mut askers = vec![0u8; ir.terms.len()];
    for term in asked.chain(index.terms.iter().map(|(term, _)| *term)) {
        if let Some(askers) = askers.get_mut(term.0 as usize) {
            *askers = askers.saturating_add(1);
        }
    }
    askers.into_iter().map(|askers| askers > 1).collect()
}

/// The spans that the answers which only fall are about, of those whose start may leap.
fn leaping(ir: &Ir, lengths: &mut Lengths) -> Vec<LengthId> {
    let only_falls = |test: &Test| test.predicate.form().monotonicity(Subject::RecordTime) == Monotonicity::FALLING;
    for term in &ir.terms {
        if let Term::Test(test) = term
            && only_falls(test)
        {
            for length in test.predicate.spans() {
                lengths.id(length);
            }
        }
    }
    lengths.iter().filter(|(_, length)| length.exact_seconds().is_none()).map(|(id, _)| id).collect()
}
