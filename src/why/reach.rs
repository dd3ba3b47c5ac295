//! What a condition depends on, and which parts of it stand in the way of an answer.

use crate::check::Policy;
use crate::compile::{Latest, MeasureId, Program, SelectionId, Since, Term, TermId};
use crate::eval::{Evaluation, Row, parts};
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
        let mut walk = Walk { policy, program, reach: Self::default(), seen: BTreeSet::new() };
        terms.iter().for_each(|term| walk.term(*term));
        walk.reach
    }
}

struct Walk<'a> {
    policy: &'a Policy,
    program: &'a Program,
    reach: Dependencies,
    seen: BTreeSet<TermId>,
}

impl Walk<'_> {
    fn term(&mut self, id: TermId) {
        if !self.seen.insert(id) {
            return;
        }
        match self.program.terms.get(id.0 as usize) {
            Some(Term::Test(test)) => self.test(test),
            Some(Term::Count(count)) => self.measure(count.measure),
            Some(Term::Latest(Latest { of, test, .. })) => {
                self.selection(*of);
                self.term(*test);
            }
            Some(Term::Trend { of, .. }) => self.selection(*of),
            Some(Term::Score { score, .. }) => {
                self.program.points(*score).iter().for_each(|(_, term)| self.term(*term));
            }
            _ => parts(self.program, id).iter().for_each(|part| self.term(*part)),
        }
    }

    fn measure(&mut self, id: MeasureId) {
        let Some(measure) = self.program.measures.get(id.0 as usize) else { return };
        self.reach.measures.insert(id.0 as usize);
        self.selection(measure.of);
        if let Some(follow) = &measure.follow {
            self.selection(follow.by);
        }
    }

    fn selection(&mut self, id: SelectionId) {
        let Some(selection) = self.program.selections.get(id.0 as usize) else { return };
        if !self.reach.selections.insert(id) {
            return;
        }
        self.reach.lists.insert(selection.record);
        if selection.this_call {
            self.reach.facts.extend(self.policy.call_fields.iter().flatten());
        }
        selection.tests.iter().for_each(|test| self.term(*test));
        for since in &selection.since {
            if let Since::Record { of, .. } = since {
                self.selection(*of);
            }
        }
    }

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
        match self.run.program.terms.get(term.0 as usize) {
            Some(Term::All(parts) | Term::Any(parts)) => {
                let all = matches!(self.run.program.terms.get(term.0 as usize), Some(Term::All(_)));
                let mut open = parts.iter().filter(|part| self.is_open(**part, goal)).copied().collect::<Vec<_>>();
                // Where every part must be met, one that is not is enough to look at.
                if all == (goal.answer == Truth::Yes) {
                    open.truncate(1);
                }
                open.into_iter().for_each(|part| self.collect(part, goal));
            }
            Some(Term::Not(part)) => self.collect(*part, goal.opposite()),
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
        for at in 0..program.terms.len() {
            asked.term(policy, program, TermId(u32::try_from(at).unwrap_or(u32::MAX)), None);
        }
        for selection in &program.selections {
            for test in &selection.tests {
                asked.under(policy, program, *test, selection.record);
            }
        }
        for term in &program.terms {
            if let Term::Latest(Latest { of, test, .. }) = term
                && let Some(selection) = program.selections.get(of.0 as usize)
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
        parts(program, term).iter().for_each(|part| self.under(policy, program, *part, record));
    }

    fn term(&mut self, policy: &Policy, program: &'p Program, term: TermId, record: Option<RecordId>) {
        let Some(Term::Test(test)) = program.terms.get(term.0 as usize) else { return };
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
