//! A fact or a field -> what it may hold, a literal for each.

use super::history::History;
use super::row::{Row, Spot};
use super::terms::Encoder;
use super::var::{Holds, ValueVar};
use crate::model::{Field, FieldId, RecordId, Type};
use crate::proof::asked::Place;
use crate::proof::solver::Lit;
use crate::proof::values;
use crate::semantics::Mark;
use crate::time::Instant;
use std::rc::Rc;

impl Encoder<'_> {
    /// The value at a spot of a row.
    pub(in crate::proof) fn value(&mut self, row: Row, spot: Spot) -> Rc<ValueVar> {
        let (row, spot) = self.home(row, spot);
        if let Some(known) = self.values.get(&(row, spot)) {
            return Rc::clone(known);
        }
        let made = Rc::new(self.new_value(row, spot));
        self.values.insert((row, spot), Rc::clone(&made));
        made
    }

    /// Where the value at a spot really stands.
    pub(super) fn home(&self, row: Row, spot: Spot) -> (Row, Spot) {
        match (row, spot) {
            (_, Spot::Fact(_)) | (Row::ThisCall, Spot::Time) => (Row::Call, spot),
            (Row::ThisCall, Spot::Field(field)) => {
                self.policy.stands_for(field).map_or((row, spot), |fact| (Row::Call, Spot::Fact(fact)))
            }
            _ => (row, spot),
        }
    }

    fn new_value(&mut self, row: Row, spot: Spot) -> ValueVar {
        let no = self.gates.solver.no();
        if spot == Spot::Time {
            let holds = match (&self.history, row) {
                (History::Any, _) => Holds::Anything,
                (History::Of { now, .. }, Row::Slot(kind, _)) => {
                    let now = *now;
                    let mut times = self.times(Place::RecordTime(kind), now, &[now]);
                    times.extend(self.times_of_trends(kind, now));
                    times.extend(self.times_of_followers(kind, now));
                    times.retain(|time| *time <= now);
                    times.sort_unstable();
                    times.dedup();
                    self.time(times, no)
                }
                (History::Of { now, .. }, _) => {
                    let yes = self.gates.solver.yes();
                    Holds::Time { at: vec![(*now, yes)], from: vec![yes] }
                }
            };
            return ValueVar { unknown: no, none: no, holds };
        }
        let Some((field, place)) = self.declared(row, spot) else {
            // What nothing stands for is not known.
            return ValueVar { unknown: self.gates.solver.yes(), none: no, holds: Holds::Anything };
        };
        let (ty, unknown) = (field.ty.clone(), self.gates.solver.fresh());
        let none = match ty {
            Type::Time { or_none: true } => self.gates.solver.fresh(),
            _ => no,
        };
        self.gates.solver.clause([!unknown, !none]);
        let away = self.gates.or(&[unknown, none]);
        let holds = self.holds(&ty, place, away);
        ValueVar { unknown, none, holds }
    }

    fn holds(&mut self, ty: &Type, place: Place, away: Lit) -> Holds {
        let predicates = self.asked.predicates(place).to_vec();
        if let Some(values) = values::scalars(ty, &predicates) {
            let lits: Vec<Lit> = values.iter().map(|_| self.gates.solver.fresh()).collect();
            self.exactly_one(&lits, away);
            return Holds::One(values.into_iter().zip(lits).collect());
        }
        match (ty, &self.history) {
            (Type::Flags { values }, _) => {
                let asked = predicates.iter().fold(0u64, |bits, predicate| bits | predicate.flags());
                let bits = (0u32..).take(values.len()).filter(|bit| asked >> bit & 1 == 1);
                Holds::Flags(bits.collect::<Vec<_>>().into_iter().map(|bit| (bit, self.gates.solver.fresh())).collect())
            }
            (Type::Text, _) => {
                let mut phrases: Vec<String> = Vec::new();
                for mark in predicates.iter().flat_map(|predicate| predicate.form().marks()) {
                    if let Mark::Phrase(phrase) = mark
                        && !phrases.iter().any(|known| known == phrase)
                    {
                        phrases.push(phrase.to_owned());
                    }
                }
                let lits: Vec<Lit> = phrases.iter().map(|_| self.gates.solver.fresh()).collect();
                let phrases: Vec<(String, Lit)> = phrases.into_iter().zip(lits).collect();
                // A text that holds a phrase holds every phrase within it.
                for (phrase, says) in &phrases {
                    for (other, holds) in &phrases {
                        if phrase != other && format!(" {phrase} ").contains(&format!(" {other} ")) {
                            self.gates.solver.clause([!*says, *holds]);
                        }
                    }
                }
                Holds::Phrases(phrases)
            }
            (Type::Time { .. }, History::Of { now, .. }) => {
                let now = *now;
                let others = self.others(place, now);
                let times = self.times(place, now, &others);
                self.time(times, away)
            }
            (Type::Identity { kind, many }, History::Of { .. }) => {
                let count = self.names.get(kind).copied().unwrap_or(1);
                let names: Vec<Lit> = (0..count).map(|_| self.gates.solver.fresh()).collect();
                if *many {
                    names.iter().for_each(|name| self.gates.solver.clause([!away, !*name]));
                } else {
                    self.exactly_one(&names, away);
                }
                Holds::Names { kind: *kind, names, several: *many }
            }
            (Type::Link { record }, History::Of { records, .. }) => {
                let slots = records.get(record).copied().unwrap_or(0);
                let targets: Vec<Lit> = (0..slots).map(|_| self.gates.solver.fresh()).collect();
                let elsewhere = self.gates.solver.fresh();
                let all: Vec<Lit> = targets.iter().copied().chain([elsewhere]).collect();
                self.exactly_one(&all, away);
                Holds::Record(*record, targets)
            }
            _ => Holds::Anything,
        }
    }

    /// One of the literals holds, or `away` does.
    fn exactly_one(&mut self, lits: &[Lit], away: Lit) {
        let all: Vec<Lit> = lits.iter().copied().chain([away]).collect();
        self.gates.exactly_one(&all);
    }

    /// One of some times, oldest first, or `away`.
    fn time(&mut self, times: Vec<Instant>, away: Lit) -> Holds {
        let lits: Vec<Lit> = times.iter().map(|_| self.gates.solver.fresh()).collect();
        self.exactly_one(&lits, away);
        // No earlier than each: the last first.
        let mut from: Vec<Lit> = Vec::with_capacity(lits.len());
        let mut after = self.gates.solver.no();
        for lit in lits.iter().rev() {
            after = self.gates.or(&[after, *lit]);
            from.push(after);
        }
        from.reverse();
        Holds::Time { at: times.into_iter().zip(lits).collect(), from }
    }

    pub(super) fn times(&self, place: Place, now: Instant, others: &[Instant]) -> Vec<Instant> {
        values::times(self.asked.predicates(place), now, &self.policy.zone, others)
    }

    /// The times that those lie at which a value is compared with, by their own edges.
    fn others(&self, place: Place, now: Instant) -> Vec<Instant> {
        let own = self.asked.predicates(place).iter().flat_map(|predicate| predicate.form().marks());
        let is_compared = own.into_iter().any(|mark| matches!(mark, Mark::Time(_) | Mark::Apart(_)));
        if !is_compared {
            return Vec::new();
        }
        let mut times = vec![now, now.plus_seconds(-86_400)];
        times.extend(values::times(&[], now, &self.policy.zone, &[]));
        times
    }

    /// What is declared of a spot, and under which place its questions were gathered.
    pub(in crate::proof) fn declared(&self, row: Row, spot: Spot) -> Option<(&Field, Place)> {
        let vocabulary = &self.policy.vocabulary;
        let of_record =
            |record: RecordId, field: FieldId| vocabulary.records.get(record.index())?.fields.get(field.index());
        match (row, spot) {
            (_, Spot::Fact(fact)) => Some((vocabulary.call.get(fact.index())?, Place::Fact(fact))),
            (row, Spot::Field(field)) => {
                let kind = row.kind()?;
                Some((of_record(kind, field)?, Place::Field(kind, field)))
            }
            (_, Spot::Far { record, field, .. }) => Some((of_record(record, field)?, Place::Field(record, field))),
            (_, Spot::Time) => None,
        }
    }
}
