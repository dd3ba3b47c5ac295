//! A condition -> its answer: each part once for each row that it is about.

use super::counted::Counted;
use super::history::{Extent, History, Starts};
use super::last::Last;
use super::question::Question;
use super::row::{Row, Spot};
use super::var::ValueVar;
use super::ways::Ways;
use crate::check::Policy;
use crate::compile::{FlatSince, Ir, MeasureId, Pivot, SelectionId, Term, TermId};
use crate::model::{IdentityKind, Truth, Type, Value};
use crate::proof::ask::Moment;
use crate::proof::asked::{Asked, Place};
use crate::proof::gates::Gates;
use crate::proof::solver::Lit;
use crate::proof::tri::{Between, Sum, Tri};
use crate::semantics::{Mark, Narrowed, Predicate, Trend};
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Conditions of policies that share one representation, as gates of one solver.
pub(in crate::proof) struct Encoder<'p> {
    pub gates: Gates,
    pub(super) ir: &'p Ir,
    /// The vocabulary, the zone and the facts that stand for fields: all policies have the same.
    pub(super) policy: &'p Policy,
    pub(super) asked: Rc<Asked>,
    pub history: History,
    /// How many names of a kind there are to be had, where a history of so many records is looked at.
    pub(super) names: BTreeMap<IdentityKind, usize>,
    pub(super) values: BTreeMap<(Row, Spot), Rc<ValueVar>>,
    terms: BTreeMap<(TermId, Row), Tri>,
    /// Answers where nothing is presumed, and which conditions rest on something that is.
    pub(super) open: BTreeMap<TermId, Tri>,
    pub(super) presuming: Vec<bool>,
    /// The ways in which a thing may turn out that some conditions read; none where there are too many.
    pub(super) ways: BTreeMap<(Pivot, Vec<TermId>, Narrowed), Option<Rc<Ways>>>,
    /// What is asked where the value may be anything: each question once, with its answer.
    pub(super) free: BTreeMap<(Row, Spot), Vec<(Question, Tri)>>,
    pub(super) present: BTreeMap<Row, Lit>,
    pub(super) members: BTreeMap<(SelectionId, Row), Tri>,
    pub(super) counted: BTreeMap<MeasureId, Rc<Counted>>,
    pub(super) latest: BTreeMap<SelectionId, Vec<(bool, TermId, Tri)>>,
    /// The answers about trends, where the history may be any.
    pub(super) trends: Vec<(SelectionId, Trend, Tri)>,
    /// What stands for the latest or first of a selection, where the history may be any.
    pub(super) lasts: Vec<Last>,
    /// Counts of which it was said how they add up.
    pub(super) added_up: BTreeSet<Vec<MeasureId>>,
    pub(super) whole: BTreeMap<Extent, Lit>,
    /// Whether the call is at a moment or later, where it may be at any.
    pub(super) since: BTreeMap<Instant, Lit>,
    /// What there is to count from, for selections that count from a record.
    pub(super) starts: Vec<(Box<[FlatSince]>, Starts)>,
    pub(super) subsets: BTreeMap<(SelectionId, SelectionId), bool>,
    /// What had to be left open that the evaluator would not leave open.
    pub left_open: bool,
}

impl<'p> Encoder<'p> {
    pub(in crate::proof) fn new(
        gates: Gates,
        ir: &'p Ir,
        policy: &'p Policy,
        asked: Rc<Asked>,
        history: History,
    ) -> Self {
        let (values, terms, free, present, members) = Default::default();
        let (counted, latest, lasts, added_up, whole, since, starts, subsets) = Default::default();
        let (open, ways, trends) = Default::default();
        let (names, presuming) = (names(policy, &asked, &history), ir.presuming());
        let left_open = false;
        let mut encoder = Self {
            gates,
            ir,
            policy,
            asked,
            history,
            names,
            values,
            terms,
            open,
            presuming,
            ways,
            free,
            present,
            members,
            counted,
            latest,
            trends,
            lasts,
            added_up,
            whole,
            since,
            starts,
            subsets,
            left_open,
        };
        encoder.lay_out_records();
        encoder
    }

    /// The answer of a condition.
    pub(in crate::proof) fn truth(&mut self, id: TermId, row: Row) -> Tri {
        let ir = self.ir;
        let Some(term) = ir.term(id) else { return Tri::free(&mut self.gates) };
        // What is counted is the same for every record.
        let is_of_call =
            matches!(term, Term::Count { .. } | Term::Latest { .. } | Term::Trend { .. } | Term::Score { .. });
        let row = if is_of_call { Row::Call } else { row };
        if let Some(known) = self.terms.get(&(id, row)) {
            return *known;
        }
        let answer = match term {
            Term::Presumed(part) => self.truth(*part, row).presumed(),
            Term::Test(test) => self.test(test, row),
            Term::Count { measure, comparison, number } => self.count(*measure, *comparison, **number),
            Term::Latest { first, of, test } => self.latest(*first, *of, *test),
            Term::Trend { of, trend } => self.trend(*of, *trend),
            Term::Score { score, is } => {
                let sum = self.score(*score);
                sum.is(is, ir.bands(*score), &mut self.gates)
            }
            Term::All(_) | Term::Any(_) | Term::Not(_) | Term::HowMany { .. } => {
                let answer = self.of_parts(term, &mut |encoder, part| encoder.truth(part, row));
                answer.unwrap_or_else(|| Tri::of(Truth::Unknown, &self.gates))
            }
        };
        self.terms.insert((id, row), answer);
        answer
    }

    /// What the points of a score come to.
    pub(in crate::proof) fn score(&mut self, score: usize) -> Sum {
        let ir = self.ir;
        let presumes = ir.scores.get(score).is_some_and(|score| score.unanswered_as_yes);
        let points = ir.points(score).iter().map(|(points, term)| {
            let answer = self.truth(*term, Row::Call);
            (**points, if presumes { answer.presumed() } else { answer })
        });
        Sum::of(points.collect::<Vec<_>>())
    }

    /// Whether the call is at a moment or later.
    pub(in crate::proof) fn is_since(&mut self, moment: Instant) -> Lit {
        if let History::Of { now, .. } = self.history {
            return if now >= moment { self.gates.solver.yes() } else { self.gates.solver.no() };
        }
        if let Some(known) = self.since.get(&moment) {
            return *known;
        }
        let lit = self.gates.solver.fresh();
        if let Some((_, before)) = self.since.range(..moment).next_back() {
            self.gates.solver.clause([!lit, *before]);
        }
        if let Some((_, after)) = self.since.range(moment..).next() {
            self.gates.solver.clause([!*after, lit]);
        }
        self.since.insert(moment, lit);
        lit
    }

    /// The policy by whose words everything is read.
    pub(in crate::proof) fn policy(&self) -> &'p Policy {
        self.policy
    }

    /// Everything that some condition so far asked the value of.
    pub(in crate::proof) fn known_values(&self) -> Vec<((Row, Spot), Rc<ValueVar>)> {
        self.values.iter().map(|(place, value)| (*place, Rc::clone(value))).collect()
    }

    /// Whether a record of so many is there.
    pub(in crate::proof) fn present_lit(&self, row: Row) -> Option<Lit> {
        self.present.get(&row).copied()
    }

    /// Whether all records of an extent are known, where something rests on it.
    pub(in crate::proof) fn known_extent(&self, extent: &Extent) -> Option<Lit> {
        self.whole.get(extent).copied()
    }

    /// The answers that a moment gives to what is asked of the time of the call: what must hold of a call at that moment.
    pub(in crate::proof) fn at_moment(&self, now: Instant) -> Vec<Lit> {
        let moment = self.moment_at(now);
        let mut lits: Vec<Lit> =
            self.since.iter().map(|(since, lit)| if *since <= now { *lit } else { !*lit }).collect();
        for (question, answer) in self.free.get(&(Row::Call, Spot::Time)).into_iter().flatten() {
            let truth = moment.answer(&question.predicate, Value::Time(now), Value::Unknown);
            if question.predicate.reads().next().is_none() {
                lits.push(if truth == Truth::Yes { answer.yes } else { !answer.yes });
                lits.push(if truth == Truth::No { !answer.may } else { answer.may });
            }
        }
        lits
    }

    /// The moment that is looked at, or any that will do where the answer is the same at all.
    pub(super) fn moment(&self) -> Moment<'p> {
        let now = match self.history {
            History::Of { now, .. } => now,
            History::Any => Instant(1_773_230_400),
        };
        self.moment_at(now)
    }

    fn moment_at(&self, now: Instant) -> Moment<'p> {
        Moment { zone: &self.policy.zone, calendars: &self.ir.calendars, now }
    }
}

/// Names enough for everybody who is named to be somebody else.
fn names(policy: &Policy, asked: &Asked, history: &History) -> BTreeMap<IdentityKind, usize> {
    let History::Of { records, .. } = history else { return BTreeMap::new() };
    let mut names: BTreeMap<IdentityKind, usize> = BTreeMap::new();
    for (place, predicates) in &asked.values {
        let (field, holders) = match place {
            Place::Fact(fact) => (policy.vocabulary.call.get(fact.index()), 1),
            Place::Field(kind, field) => {
                let declared = policy.vocabulary.records.get(kind.index());
                (declared.and_then(|kind| kind.fields.get(field.index())), records.get(kind).copied().unwrap_or(0))
            }
            Place::CallTime | Place::RecordTime(_) => continue,
        };
        let Some(Type::Identity { kind, many }) = field.map(|field| &field.ty) else { continue };
        let is_count = |predicate: &&Predicate| matches!(predicate, Predicate::IdentityCount(_));
        let asked = predicates.iter().filter(is_count).flat_map(|predicate| predicate.form().marks());
        let counts = asked.filter_map(|mark| match mark {
            Mark::Number(number) => usize::try_from(number + 1).ok(),
            _ => None,
        });
        let each = counts.max().unwrap_or(1).max(usize::from(*many) + 1).min(8);
        let each = if *many { each } else { 1 };
        *names.entry(*kind).or_default() += (each * holders).min(16);
    }
    names.values_mut().for_each(|count| *count = (*count + 1).min(16));
    names
}
