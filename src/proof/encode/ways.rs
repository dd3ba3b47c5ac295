//! What nobody knows yet -> the ways in which it may turn out, and what conditions are answered in each.
//!
//! It is what `eval/split.rs` goes through while it decides. There the ways of one call are gone through, here those of every call: whether a
//! way is still possible is a literal.

use super::counts::{Reading, Readings};
use super::history::History;
use super::row::{Row, Spot};
use super::terms::Encoder;
use crate::compile::{FlatMeasure, FlatSelection, MeasureId, Pivot, Term, TermId};
use crate::model::{FactId, Truth, Type, Value};
use crate::proof::gates::Gates;
use crate::proof::solver::Lit;
use crate::proof::tri::{Between, Sum, Tri, how_many};
use crate::semantics::{Narrowed, Predicate, ScoreIs, answers_of_flags, values_telling};
use crate::syntax::tree::Comparison;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The most ways of one thing that are gone through here.
const MOST_WAYS: usize = 64;

/// The ways in which a thing may turn out.
#[derive(Debug)]
pub(in crate::proof) struct Ways {
    pub ways: Vec<Way>,
    /// Whether nobody knows yet what comes of some condition that reads it.
    pub is_open: Lit,
}

/// One of them.
#[derive(Debug)]
pub(in crate::proof) struct Way {
    /// Whether it may turn out so.
    pub is_possible: Lit,
    /// What it is then, of a fact that is one of several.
    pub value: Option<(FactId, u16)>,
    /// The answers of the conditions that read it, and of those above them as far as they were asked for.
    answers: RefCell<BTreeMap<TermId, Tri>>,
}

/// One of them while they are laid out: the answers are those of the readers in their order, as far as the way alone settles them.
struct Turn {
    is_possible: Lit,
    value: Option<(FactId, u16)>,
    answers: Vec<Tri>,
}

impl Encoder<'_> {
    /// The answer of a condition about the call where nothing is presumed.
    pub(in crate::proof) fn open_truth(&mut self, term: TermId) -> Tri {
        if let Some(known) = self.open.get(&term) {
            return *known;
        }
        let answer = match self.ir.term(term) {
            // What presumes nothing is answered as ever.
            Some(_) if !self.presumes(term) => self.truth(term, Row::Call),
            Some(laid) => {
                let answer = self.of_parts(laid, &mut |encoder, part| encoder.open_truth(part));
                answer.unwrap_or_else(|| self.truth(term, Row::Call))
            }
            None => Tri::free(&mut self.gates),
        };
        self.open.insert(term, answer);
        answer
    }

    fn presumes(&self, term: TermId) -> bool {
        self.presuming.get(term.0 as usize).is_some_and(|presuming| *presuming)
    }

    /// The answer of a condition in one of the ways, worked out once for each.
    pub(in crate::proof) fn answer_in(&mut self, way: &Way, term: TermId) -> Tri {
        if let Some(answer) = way.answers.borrow().get(&term) {
            return *answer;
        }
        let laid = self.ir.term(term);
        let answer = laid.and_then(|laid| self.of_parts(laid, &mut |encoder, part| encoder.answer_in(way, part)));
        let answer = answer.unwrap_or_else(|| self.open_truth(term));
        way.answers.borrow_mut().insert(term, answer);
        answer
    }

    /// The answer of a condition that is made of others, from theirs, with nothing presumed; `None` for any other.
    pub(super) fn of_parts(&mut self, term: &Term, answer: &mut dyn FnMut(&mut Self, TermId) -> Tri) -> Option<Tri> {
        let mut all = |encoder: &mut Self, parts: &[TermId]| -> Vec<Tri> {
            parts.iter().map(|part| answer(encoder, *part)).collect()
        };
        Some(match term {
            Term::All(parts) => {
                let parts = all(self, parts);
                Tri::all(&parts, &mut self.gates)
            }
            Term::Any(parts) => {
                let parts = all(self, parts);
                Tri::any(&parts, &mut self.gates)
            }
            Term::Not(part) => answer(self, *part).negated(),
            Term::Presumed(part) => answer(self, *part),
            Term::HowMany { comparison, number, of } => {
                let of = all(self, of);
                how_many(*comparison, **number, &of, &mut self.gates)
            }
            Term::Score { score, is } => {
                let ir = self.ir;
                let points: Vec<(i64, Tri)> =
                    ir.points(*score).iter().map(|(points, term)| (**points, answer(self, *term))).collect();
                Sum::of(points).is(is, ir.bands(*score), &mut self.gates)
            }
            Term::Test(_) | Term::Count { .. } | Term::Latest { .. } | Term::Trend { .. } => return None,
        })
    }

    /// The ways in which a thing may turn out that some conditions read; `None` where there are too many to go through.
    pub(in crate::proof) fn ways(&mut self, pivot: Pivot, readers: &[TermId], narrowed: &Narrowed) -> Option<Rc<Ways>> {
        let key = (pivot, readers.to_vec(), narrowed.clone());
        if let Some(known) = self.ways.get(&key) {
            return known.clone();
        }
        let ways = self.lay_out_ways(pivot, readers, narrowed).map(Rc::new);
        self.ways.insert(key, ways.clone());
        ways
    }

    fn lay_out_ways(&mut self, pivot: Pivot, readers: &[TermId], narrowed: &Narrowed) -> Option<Ways> {
        let known: Vec<(TermId, Tri)> = readers.iter().map(|reader| (*reader, self.open_truth(*reader))).collect();
        let open: Vec<Lit> = known.iter().map(|(_, answer)| self.gates.and(&[answer.may, !answer.yes])).collect();
        let mut is_open = self.gates.or(&open);
        let turns = match pivot {
            Pivot::Fact(fact) => {
                let unknown = self.value(Row::Call, Spot::Fact(fact)).unknown;
                is_open = self.gates.and(&[is_open, unknown]);
                self.turns_of_fact(fact, readers, narrowed)?
            }
            Pivot::Term(term) => {
                let known = self.open_truth(term);
                let turns = [(known.may, Truth::Yes), (!known.yes, Truth::No)];
                turns.map(|(is_possible, truth)| self.turn(is_possible, &[truth])).into()
            }
            Pivot::Score(score) => self.turns_of_score(score, readers),
            Pivot::Measure(id) => self.turns_of_measure(id, &known)?,
        };
        if turns.len() > MOST_WAYS {
            return None;
        }
        let ways = turns.into_iter().map(|Turn { is_possible, value, answers }| {
            // What is known of a reader stays so in every way.
            let answers = known.iter().zip(answers).map(|((reader, known), turned)| {
                let yes = self.gates.and(&[known.may, turned.yes]);
                let may = self.gates.and(&[known.may, turned.may]);
                (*reader, Tri { yes: self.gates.or(&[known.yes, yes]), may: self.gates.or(&[known.yes, may]) })
            });
            Way { is_possible, value, answers: RefCell::new(answers.collect()) }
        });
        Some(Ways { ways: ways.collect(), is_open })
    }

    /// A way in which the readers are answered so.
    fn turn(&self, is_possible: Lit, answers: &[Truth]) -> Turn {
        let answers = answers.iter().map(|truth| Tri::of(*truth, &self.gates)).collect();
        Turn { is_possible, value: None, answers }
    }

    /// Whatever an unknown fact may be.
    fn turns_of_fact(&mut self, fact: FactId, readers: &[TermId], narrowed: &Narrowed) -> Option<Vec<Turn>> {
        let (ir, policy, yes) = (self.ir, self.policy, self.gates.solver.yes());
        let ty = &policy.vocabulary.call.get(fact.index())?.ty;
        let asked = readers.iter().map(|reader| match ir.term(*reader) {
            Some(Term::Test(test)) => Some(&test.predicate),
            _ => None,
        });
        let asked: Vec<Option<&Predicate>> = asked.collect();
        if matches!(ty, Type::Flags { .. }) {
            let mut answers = answers_of_flags(asked.into_iter(), narrowed, |_| Some(()))?;
            answers.sort_unstable();
            answers.dedup();
            return Some(answers.iter().map(|truths| self.turn(yes, truths)).collect());
        }
        let mut turns: Vec<Turn> = Vec::new();
        for value in values_telling(ty, narrowed, asked.iter().flatten().copied())? {
            let answers = asked.iter().map(|predicate| match predicate.and_then(|it| it.of_value(&value)) {
                Some(truth) => Tri::of(truth, &self.gates),
                // Another fact has a part in the answer.
                None => Tri::free(&mut self.gates),
            });
            let answers: Vec<Tri> = answers.collect();
            let value = match value {
                Value::Choice(at) => Some((fact, at)),
                _ => None,
            };
            // Numbers that nothing tells apart are one way.
            if value.is_some() || !turns.iter().any(|known| known.answers == answers) {
                turns.push(Turn { is_possible: yes, value, answers });
            }
        }
        Some(turns)
    }

    /// Whatever a score may come to.
    fn turns_of_score(&mut self, score: usize, readers: &[TermId]) -> Vec<Turn> {
        let ir = self.ir;
        let bands = ir.bands(score);
        let points: Vec<(i64, Tri)> =
            ir.points(score).iter().map(|(points, term)| (**points, self.open_truth(*term))).collect();
        let sum = Sum::of(points);
        let asked = readers.iter().filter_map(|reader| match ir.term(*reader) {
            Some(Term::Score { is, .. }) => Some(is),
            _ => None,
        });
        let asked: Vec<&ScoreIs> = asked.collect();
        let begins = asked.iter().flat_map(|is| is.turns(bands)).flat_map(|turn| [turn, turn.saturating_add(1)]);
        let turns = runs(begins).into_iter().map(|run| {
            let answers: Vec<Truth> = asked.iter().map(|is| is.between((run.any(), run.any()), bands)).collect();
            let is_possible = run.is_met(&sum, &mut self.gates);
            self.turn(is_possible, &answers)
        });
        turns.collect()
    }

    /// However many may be counted.
    fn turns_of_measure(&mut self, id: MeasureId, readers: &[(TermId, Tri)]) -> Option<Vec<Turn>> {
        let ir = self.ir;
        let measure = ir.measure(id)?;
        let selection = ir.selection(measure.of)?;
        let asked = readers.iter().filter_map(|(reader, _)| match ir.term(*reader) {
            Some(Term::Count { comparison, number, .. }) => Some((*comparison, **number)),
            _ => None,
        });
        let asked: Vec<(Comparison, i64)> = asked.collect();
        // Where an answer turns, as the counts are laid out: `reaches` knows no other numbers.
        let begins = asked.iter().flat_map(|(comparison, number)| match comparison.plain(*number) {
            (Comparison::AtMost, number) => vec![number.saturating_add(1)],
            (Comparison::Exactly, number) => vec![number, number.saturating_add(1)],
            (_, number) => vec![number],
        });
        let runs = runs(begins);
        let answers = runs.iter().map(|run| {
            let holds = |(comparison, number): &(Comparison, i64)| comparison.holds(run.any(), *number);
            asked.iter().map(|asked| Truth::from(holds(asked))).collect()
        });
        let answers: Vec<Vec<Truth>> = answers.collect();
        let (possible, none) = if selection.is_from_a_record() {
            self.counts_from_records((id, measure, selection), &runs, &answers, readers)
        } else {
            let counted = self.counted(id, measure);
            (runs.iter().map(|run| run.is_met(&*counted, &mut self.gates)).collect(), None)
        };
        let turns = possible.into_iter().zip(&answers).map(|(is_possible, answers)| self.turn(is_possible, answers));
        let mut turns: Vec<Turn> = turns.collect();
        // Where there is nothing to count from, every answer is no.
        turns.extend(none.map(|none| self.turn(none, &vec![Truth::No; readers.len()])));
        Some(turns)
    }

    /// Whether so many may be counted from some record that a selection may count from, for each run of numbers; and whether there may be none
    /// to count from.
    fn counts_from_records(
        &mut self,
        (id, measure, selection): (MeasureId, &FlatMeasure, &FlatSelection),
        runs: &[Run],
        truths: &[Vec<Truth>],
        readers: &[(TermId, Tri)],
    ) -> (Vec<Lit>, Option<Lit>) {
        if matches!(self.history, History::Of { .. }) {
            let Some(Readings { readings, maybe_none, whole }) = self.readings(selection) else {
                self.left_open = true;
                let free = runs.iter().map(|_| self.gates.solver.fresh()).collect();
                return (free, Some(self.gates.solver.fresh()));
            };
            let mut possible: Vec<Vec<Lit>> = vec![Vec::new(); runs.len()];
            for Reading { is, from } in readings {
                let counted = self.counted_from(measure, Some(from));
                for (run, possible) in runs.iter().zip(&mut possible) {
                    let met = run.is_met(&counted, &mut self.gates);
                    possible.push(self.gates.and(&[is, whole, met]));
                }
            }
            let none = self.gates.and(&[maybe_none, whole]);
            return (possible.iter().map(|any| self.gates.or(any)).collect(), Some(none));
        }
        let [none, maybe_none, nobody_knows] = self.starts(selection);
        let hull = self.counted(id, measure);
        let none_is_possible = self.gates.and(&[maybe_none, !nobody_knows]);
        let possible: Vec<Lit> = runs.iter().map(|_| self.gates.solver.fresh()).collect();
        for (run, is_possible) in runs.iter().zip(&possible) {
            self.gates.solver.clause([!*is_possible, !none]);
            self.gates.solver.clause([!*is_possible, !nobody_knows]);
            // From whichever record it is counted, it lies between the least and the most that is counted from any.
            let met = run.is_met(&*hull, &mut self.gates);
            self.gates.solver.clause([!*is_possible, met]);
        }
        // The answer of a reader is that on which all agree.
        for (place, (_, answer)) in readers.iter().enumerate() {
            let (mut yes, mut no) = (vec![!answer.may, nobody_knows], vec![answer.yes, nobody_knows, none_is_possible]);
            for (truths, is_possible) in truths.iter().zip(&possible) {
                if truths.get(place) == Some(&Truth::Yes) {
                    self.gates.solver.clause([!*is_possible, answer.may]);
                    yes.push(*is_possible);
                } else {
                    self.gates.solver.clause([!*is_possible, !answer.yes]);
                    no.push(*is_possible);
                }
            }
            self.gates.solver.clause(yes);
            self.gates.solver.clause(no);
        }
        (possible, Some(none_is_possible))
    }
}

/// A run of numbers that no question tells apart; `None` where it has no end.
#[derive(Clone, Copy, Debug)]
struct Run {
    from: Option<i64>,
    to: Option<i64>,
}

impl Run {
    /// One of them.
    fn any(self) -> i64 {
        self.from.or(self.to).unwrap_or(0)
    }

    /// Whether a number that is only known to lie between two ends may be one of them.
    fn is_met(self, number: &impl Between, gates: &mut Gates) -> Lit {
        let reaches = self.from.map(|from| number.most(from, gates));
        let is_over = self.to.map(|to| number.least(to.saturating_add(1), gates));
        let lits: Vec<Lit> = reaches.into_iter().chain(is_over.map(|over| !over)).collect();
        gates.and(&lits)
    }
}

/// The runs of numbers between those at which one begins, lowest first.
fn runs(begins: impl Iterator<Item = i64>) -> Vec<Run> {
    let begins: BTreeSet<i64> = begins.collect();
    let from = std::iter::once(None).chain(begins.iter().map(|begin| Some(*begin)));
    let to = begins.iter().map(|begin| Some(begin.saturating_sub(1))).chain([None]);
    from.zip(to).map(|(from, to)| Run { from, to }).collect()
}
