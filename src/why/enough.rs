//! The fewest facts that alone give the outcome: a smallest sufficient set.

use super::hitting_set::{Class, smallest};
use super::say;
use super::standing::WholeOutcome;
use crate::check::Policy;
use crate::compile::{FlatSince, Program, SelectionId, Term, TermId};
use crate::eval::{Evaluation, Row};
use crate::model::{Case, Enough, OutcomeId, Part, RecordId, Records, Type, Value};
use std::collections::{BTreeMap, BTreeSet};

/// After so many questions the search for a smaller set is given up, or after fewer where a question takes many comparisons.
const MOST_QUESTIONS: u64 = 6000;
const FEWEST_QUESTIONS: u64 = 100;
const MOST_WORK: u64 = 400_000_000;

/// Parts of a case that alone give its outcome: however much of the rest is learnt or not, it is the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Sufficient {
    pub parts: BTreeSet<Part>,
    /// Whether it is known that no smaller set will do. Else none of these can be left out.
    pub smallest: bool,
}

/// The fewest parts that give one outcome, or all of them for `None`.
pub fn sufficient(policy: &Policy, program: &Program, case: &Case, scope: Option<OutcomeId>) -> Sufficient {
    let standing = WholeOutcome::new(policy, program, case, scope);
    let classes = classes(policy, program, case, &standing);
    let weighed: Vec<Class> = classes
        .iter()
        .map(|class| Class { size: class.len(), weight: class.first().map_or(1, |part| weight(case, *part)) })
        .collect();
    let taken = |set: &[usize]| -> BTreeSet<Part> {
        classes.iter().zip(set).flat_map(|(class, take)| class.iter().take(*take).copied()).collect()
    };
    let questions =
        (MOST_WORK / program.bound(case.record_count() as u64).max(1)).clamp(FEWEST_QUESTIONS, MOST_QUESTIONS);
    let found = smallest(&weighed, usize::try_from(questions).unwrap_or(usize::MAX), |set| {
        let parts = taken(set);
        standing.holds(&case.keeping(|part| parts.contains(&part)))
    });
    Sufficient { parts: taken(&found.set), smallest: found.proved }
}

pub(super) fn enough(policy: &Policy, program: &Program, case: &Case, scope: Option<OutcomeId>) -> Enough {
    let Sufficient { parts, smallest } = sufficient(policy, program, case, scope);
    let rests_on = |part: &Part| match part {
        Part::Record { record, .. } => parts.contains(part) || parts.contains(&Part::Whole(*record)),
        Part::Fact(_) | Part::Whole(_) => parts.contains(part),
    };
    let idle = |is_it: fn(&Part) -> bool| case.parts().iter().filter(|part| is_it(part) && !rests_on(part)).count();
    Enough {
        outcome: scope,
        grounds: parts.iter().map(|part| say::ground(policy, case, *part)).collect(),
        smallest,
        idle_facts: idle(|part| matches!(part, Part::Fact(_))),
        idle_records: idle(|part| matches!(part, Part::Record { .. })),
    }
}

/// How many pieces of knowledge a part is: a whole list is each of its records, and that there are no others.
pub fn weight(case: &Case, part: Part) -> usize {
    match part {
        Part::Fact(_) | Part::Record { .. } => 1,
        Part::Whole(record) => 1 + case.records(record).map_or(0, Records::len),
    }
}

/// Everything known that may matter. Records that every count sees alike form a class, newest first; anything else is a
/// class of its own.
fn classes(policy: &Policy, program: &Program, case: &Case, standing: &WholeOutcome<'_>) -> Vec<Vec<Part>> {
    let seen = RecordProfiles::new(policy, program, case);
    let mut parts = case.parts();
    let looked_at = |part: &Part| match part {
        Part::Record { record, index } => seen.is_seen(*record, *index),
        Part::Fact(_) | Part::Whole(_) => true,
    };
    let narrower: BTreeSet<Part> = parts.iter().filter(|part| looked_at(part)).copied().collect();
    if standing.holds(&case.keeping(|part| narrower.contains(&part))) {
        parts.retain(|part| narrower.contains(part));
    }
    let mut classes: Vec<Vec<Part>> = Vec::new();
    let mut alike: BTreeMap<(RecordId, Vec<u8>), usize> = BTreeMap::new();
    for part in parts {
        let sort = match part {
            Part::Record { record, index } => seen.sort(record, index).map(|sort| (record, sort)),
            Part::Fact(_) | Part::Whole(_) => None,
        };
        match sort.as_ref().and_then(|sort| alike.get(sort)).and_then(|at| classes.get_mut(*at)) {
            Some(class) => class.push(part),
            None => {
                if let Some(sort) = sort {
                    alike.insert(sort, classes.len());
                }
                classes.push(vec![part]);
            }
        }
    }
    classes
}

/// How each record looks to the selections of a program.
struct RecordProfiles {
    /// By kind and place in its list: for each selection that it is in, the selection and the answer to each test.
    selected: BTreeMap<(RecordId, usize), Vec<u8>>,
    /// In what is not only counted, but put in order, told apart or followed.
    unlike: BTreeSet<(RecordId, usize)>,
    /// Linked to, or linking.
    linked: BTreeSet<(RecordId, usize)>,
}

impl RecordProfiles {
    fn new(policy: &Policy, program: &Program, case: &Case) -> Self {
        let run = Evaluation::new(policy, program, case, case.at);
        let ordered = ordered(program);
        let mut seen = Self { selected: BTreeMap::new(), unlike: BTreeSet::new(), linked: BTreeSet::new() };
        for (at, selection) in (0u32..).zip(&program.ir.selections) {
            let id = SelectionId(at);
            let members = run.members(id);
            for member in members.all() {
                let key = (selection.record, member.index);
                let marks = seen.selected.entry(key).or_default();
                marks.extend(at.to_be_bytes());
                let row = members.row(member);
                selection.tests.iter().for_each(|test| answers(&run, *test, row, marks));
                if ordered.contains(&id) {
                    seen.unlike.insert(key);
                }
            }
        }
        seen.find_links(policy, case);
        seen
    }

    fn find_links(&mut self, policy: &Policy, case: &Case) {
        let vocabulary = &policy.vocabulary;
        for (fact, declared) in (0u16..).map(crate::model::FactId).zip(&vocabulary.call) {
            if let Type::Link { record } = declared.ty {
                self.link(case, record, case.fact(fact));
            }
        }
        for (kind, declared) in (0u16..).map(RecordId).zip(&vocabulary.records) {
            let links = (0u16..).map(crate::model::FieldId).zip(&declared.fields);
            for (field, target) in links.filter_map(|(field, declared)| match declared.ty {
                Type::Link { record } => Some((field, record)),
                _ => None,
            }) {
                let Some(records) = case.records(kind) else { continue };
                for index in 0..records.len() {
                    if !self.selected.contains_key(&(kind, index)) {
                        continue;
                    }
                    self.linked.insert((kind, index));
                    self.link(case, target, records.value(index, field));
                }
            }
        }
    }

    fn link(&mut self, case: &Case, target: RecordId, value: Value) {
        if let (Value::Identity(id), Some(records)) = (value, case.records(target)) {
            self.linked.extend(records.find(id).map(|index| (target, index)));
        }
    }

    fn is_seen(&self, record: RecordId, index: usize) -> bool {
        self.selected.contains_key(&(record, index)) || self.linked.contains(&(record, index))
    }

    /// What all records have in common that can stand for one another; `None` for one that nothing can stand for.
    fn sort(&self, record: RecordId, index: usize) -> Option<Vec<u8>> {
        let key = (record, index);
        if self.unlike.contains(&key) || self.linked.contains(&key) {
            return None;
        }
        self.selected.get(&key).cloned()
    }
}

/// The answer to each test in a condition about a record.
fn answers(run: &Evaluation<'_>, term: TermId, row: Row, marks: &mut Vec<u8>) {
    match run.program.ir.parts(term) {
        [] => marks.push(run.truth_of(term, row) as u8),
        parts => parts.iter().for_each(|part| answers(run, *part, row, marks)),
    }
}

/// The selections whose records are not only counted.
fn ordered(program: &Program) -> BTreeSet<SelectionId> {
    let since = program.ir.selections.iter().flat_map(|selection| &selection.since).filter_map(|since| match since {
        FlatSince::Record { of, .. } => Some(*of),
        FlatSince::Instant(_) | FlatSince::Midnight => None,
    });
    let terms = program.ir.terms.iter().filter_map(|term| match term {
        Term::Latest { of, .. } | Term::Trend { of, .. } => Some(*of),
        _ => None,
    });
    let measures = program.ir.measures.iter().filter(|measure| measure.different.is_some() || measure.follow.is_some());
    let measures = measures
        .flat_map(|measure| [Some(measure.of), measure.follow.as_ref().map(|follow| follow.by)].into_iter().flatten());
    // What is cut off at another record depends on when it came, too.
    let cut =
        (0u32..).map(SelectionId).zip(&program.ir.selections).filter(|(_, selection)| !selection.since.is_empty());
    since.chain(terms).chain(measures).chain(cut.map(|(id, _)| id)).collect()
}
