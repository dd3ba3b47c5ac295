//! The facts that a condition depends on, and the parts of it that block the answer that is wanted.

use crate::check::Policy;
use crate::compile::{Program, SelectionId, Term, TermId};
use crate::eval::{Evaluation, Row};
use crate::model::{FactId, FieldId, RecordId, Truth, Type};
use crate::semantics::predicates::Passed;
use crate::semantics::{Predicate, Subject, Test};
use crate::syntax::tree::Comparison;
use std::collections::BTreeSet;

/// The facts and the lists that an answer may depend on.
#[derive(Clone, Debug, Default)]
pub(super) struct Dependencies {
    pub facts: BTreeSet<FactId>,
    pub lists: BTreeSet<RecordId>,
    pub selections: BTreeSet<SelectionId>,
    /// By their places.
    pub measures: BTreeSet<usize>,
}

impl Dependencies {
    pub(super) fn of(policy: &Policy, program: &Program, terms: &[TermId]) -> Self {
        let uses = program.ir.uses(terms.iter().copied());
        let measures = uses.measures.iter().map(|id| id.0 as usize).collect();
        let reach = Self { measures, selections: uses.selections, ..Self::default() };
        let mut walk = Walk { policy, reach };
        let tests = uses.terms.iter().filter_map(|id| program.ir.term(*id));
        for term in tests {
            if let Term::Test(test) = term {
                walk.test(test);
            }
        }
        for selection in walk.reach.selections.iter().filter_map(|id| program.ir.selection(*id)) {
            walk.reach.lists.insert(selection.record);
            if selection.this_call {
                walk.reach.facts.extend(policy.call_fields.iter().flatten());
            }
        }
        walk.reach
    }
}

struct Walk<'a> {
    policy: &'a Policy,
    reach: Dependencies,
}

impl Walk<'_> {
    fn test(&mut self, test: &Test) {
        self.subject(test.subject);
        test.predicate.reads().for_each(|other| self.subject(other));
    }

    fn subject(&mut self, subject: Subject) {
        match subject {
            Subject::Fact(fact) => {
                self.reach.facts.insert(fact);
                let declared = self.policy.vocabulary.call.get(fact.index());
                if let Some(Type::Link { record }) = declared.map(|declared| &declared.ty) {
                    self.reach.lists.insert(*record);
                }
            }
            Subject::Through { record, .. } | Subject::Linked { record, .. } | Subject::Record(record) => {
                self.reach.lists.insert(record);
            }
            Subject::CallTime | Subject::Field(_) | Subject::RecordTime => {}
        }
    }
}

/// What is wanted of a condition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WantedAnswer {
    answer: Truth,
    /// Not known will do, too.
    or_unknown: bool,
}

impl WantedAnswer {
    pub(super) const YES: Self = Self { answer: Truth::Yes, or_unknown: false };
    /// What a rule asks for that applies unless known otherwise.
    pub(super) const NOT_NO: Self = Self { answer: Truth::Yes, or_unknown: true };

    pub(super) fn met(self, truth: Truth) -> bool {
        truth == self.answer || (self.or_unknown && truth == Truth::Unknown)
    }

    fn opposite(self) -> Self {
        Self { answer: !self.answer, ..self }
    }
}

/// The tests and counts of which at least one must answer otherwise before the goal can be met.
pub(super) fn blockers(run: &Evaluation<'_>, term: TermId, row: Row, goal: WantedAnswer) -> Vec<TermId> {
    let mut blockers = Blockers { run, row, seen: BTreeSet::new(), found: Vec::new() };
    blockers.collect(term, goal);
    blockers.found
}

struct Blockers<'r, 'a> {
    run: &'r Evaluation<'a>,
    row: Row,
    /// Conditions that were looked at for a goal: many others may be made of one.
    seen: BTreeSet<(TermId, WantedAnswer)>,
    found: Vec<TermId>,
}

impl Blockers<'_, '_> {
    fn is_open(&self, part: TermId, goal: WantedAnswer) -> bool {
        !goal.met(self.run.truth_of(part, self.row))
    }

    fn collect(&mut self, term: TermId, goal: WantedAnswer) {
        if !self.seen.insert((term, goal)) {
            return;
        }
        match self.run.program.ir.term(term) {
            Some(Term::All(parts) | Term::Any(parts)) => {
                let all = matches!(self.run.program.ir.term(term), Some(Term::All(_)));
                let mut open = parts.iter().filter(|part| self.is_open(**part, goal)).copied().collect::<Vec<_>>();
                // Where every part must be met, one that is not is enough to look at.
                if all == (goal.answer == Truth::Yes) {
                    open.truncate(1);
                }
                open.into_iter().for_each(|part| self.collect(part, goal));
            }
            Some(Term::Not(part)) => self.collect(*part, goal.opposite()),
            Some(Term::Presumed(part)) => self.collect(*part, goal),
            Some(Term::HowMany { comparison, of, .. }) => {
                let rising = matches!(comparison, Comparison::AtLeast | Comparison::MoreThan);
                let falling = matches!(comparison, Comparison::AtMost | Comparison::FewerThan);
                let wants_more = goal.answer == Truth::Yes;
                for part in of {
                    let truth = self.run.truth_of(*part, self.row);
                    if truth != Truth::Yes && (rising == wants_more || !(rising || falling)) {
                        self.collect(*part, WantedAnswer::YES);
                    }
                    if truth != Truth::No && (falling == wants_more || !(rising || falling)) {
                        self.collect(*part, WantedAnswer::YES.opposite());
                    }
                }
            }
            Some(_) if !self.found.contains(&term) => self.found.push(term),
            _ => {}
        }
    }
}

/// What being in force asks of a record's times.
const PASSED: Predicate = Predicate::Passed(Passed);

/// Every test that the program makes of a fact or of a field, for the values at which an answer turns.
#[derive(Default)]
pub(super) struct PredicatesAsked<'p> {
    facts: Vec<(FactId, &'p Predicate)>,
    fields: Vec<(RecordId, FieldId, &'p Predicate)>,
    /// Conditions that were looked at for a kind of record: many others may be made of one.
    seen: BTreeSet<(TermId, RecordId)>,
}

impl<'p> PredicatesAsked<'p> {
    pub(super) fn of(policy: &Policy, program: &'p Program) -> Self {
        let mut asked = Self::default();
        for at in 0..program.ir.terms.len() {
            asked.term(policy, program, TermId(u32::try_from(at).unwrap_or(u32::MAX)), None);
        }
        for selection in &program.ir.selections {
            for test in &selection.tests {
                asked.under(policy, program, *test, selection.record);
            }
        }
        for term in &program.ir.terms {
            if let Term::Latest { of, test, .. } = term
                && let Some(selection) = program.ir.selection(*of)
            {
                asked.under(policy, program, *test, selection.record);
            }
        }
        asked
    }

    fn under(&mut self, policy: &Policy, program: &'p Program, term: TermId, record: RecordId) {
        if !self.seen.insert((term, record)) {
            return;
        }
        self.term(policy, program, term, Some(record));
        program.ir.parts(term).iter().for_each(|part| self.under(policy, program, *part, record));
    }

    fn term(&mut self, policy: &Policy, program: &'p Program, term: TermId, record: Option<RecordId>) {
        let Some(Term::Test(test)) = program.ir.term(term) else { return };
        match (test.subject, record) {
            (Subject::Fact(fact), _) => self.facts.push((fact, &test.predicate)),
            (Subject::Field(field), Some(record)) => {
                self.field(policy, record, field, &test.predicate);
            }
            (Subject::Through { record, field, .. }, _) => self.fields.push((record, field, &test.predicate)),
            _ => {}
        }
        if let (Predicate::InForce(_), Some(record)) = (&test.predicate, self.in_force(policy, test.subject)) {
            let kind = policy.vocabulary.records.get(record.index()).and_then(|kind| kind.in_force.as_ref());
            let fields = kind.into_iter().flat_map(|kind| std::iter::once(kind.from).chain(kind.until.iter().copied()));
            fields.for_each(|field| self.field(policy, record, field, &PASSED));
        }
    }

    /// A field, and for this call the fact that stands for it.
    fn field(&mut self, policy: &Policy, record: RecordId, field: FieldId, predicate: &'p Predicate) {
        self.fields.push((record, field, predicate));
        let call = policy.vocabulary.records.get(record.index()).is_some_and(|kind| kind.is_call);
        let fact = policy.stands_for(field).filter(|_| call);
        self.facts.extend(fact.map(|fact| (fact, predicate)));
    }

    fn in_force(&self, policy: &Policy, subject: Subject) -> Option<RecordId> {
        match subject {
            Subject::Record(record) | Subject::Linked { record, .. } => Some(record),
            Subject::Fact(fact) => match policy.vocabulary.call.get(fact.index())?.ty {
                Type::Link { record } => Some(record),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn of_fact(&self, fact: FactId) -> Vec<&'p Predicate> {
        self.facts.iter().filter(|(known, _)| *known == fact).map(|(_, predicate)| *predicate).collect()
    }

    pub(super) fn of_field(&self, record: RecordId, field: FieldId) -> Vec<&'p Predicate> {
        let own = self.fields.iter().filter(|(kind, known, _)| (*kind, *known) == (record, field));
        own.map(|(_, _, predicate)| *predicate).collect()
    }
}
