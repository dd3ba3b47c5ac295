//! The moments at which one more record would begin to have another effect: by its own time, or by how it follows others.

use super::reach::Dependencies;
use super::shape::reach_of;
use crate::compile::{CompiledRule, SelectionId, Term, TermId};
use crate::eval::Evaluation;
use crate::model::Value;
use crate::semantics::{Mark, Subject, Test};
use crate::time::Instant;
use std::collections::BTreeSet;

/// How many days ahead the hours of a day are looked at, and how many the days of a week or a calendar.
const DAYS_OF_HOURS: usize = 3;
const DAYS: usize = 61;

/// The moments after the call at which a record that comes then may begin to count otherwise for a rule.
pub(super) fn turns(run: &Evaluation<'_>, rule: &CompiledRule) -> BTreeSet<Instant> {
    let reach = Dependencies::of(run.policy, run.program, &[rule.when]);
    let mut turns = Turns { run, found: BTreeSet::new(), seen: BTreeSet::new() };
    for (at, measure) in run.program.ir.measures.iter().enumerate() {
        if let Some(follow) = measure.follow.as_ref().filter(|_| reach.measures.contains(&at)) {
            let ends = turns.times(measure.of);
            let ends = ends.into_iter().map(|time| run.policy.zone.after(time, *follow.within));
            turns.add_both_ends(ends.collect());
        }
    }
    for id in &reach.selections {
        turns.gaps(*id);
        let tests = run.program.ir.selection(*id).map(|selection| selection.tests.as_ref());
        tests.unwrap_or_default().iter().for_each(|test| turns.tests(*test));
    }
    turns.found
}

struct Turns<'r, 'a> {
    run: &'r Evaluation<'a>,
    found: BTreeSet<Instant>,
    seen: BTreeSet<TermId>,
}

impl Turns<'_, '_> {
    /// The times of the records that a selection means or may mean, oldest first.
    fn times(&self, id: SelectionId) -> Vec<Instant> {
        self.run.times_of(id)
    }

    fn add_both_ends(&mut self, moments: Vec<Instant>) {
        self.found.extend(moments.into_iter().flat_map(|moment| [moment, moment.plus_seconds(1)]));
    }

    /// When the gap since the latest is as long as the one before it.
    fn gaps(&mut self, id: SelectionId) {
        let times = self.times(id);
        let next = times.windows(2).filter_map(|pair| match pair {
            [one, other] => Some(other.plus_seconds(other.0 - one.0)),
            _ => None,
        });
        self.add_both_ends(next.collect());
    }

    /// What is asked of a record's own time.
    fn tests(&mut self, term: TermId) {
        if !self.seen.insert(term) {
            return;
        }
        self.run.program.ir.parts(term).iter().for_each(|part| self.tests(*part));
        let Some(Term::Test(Test { subject: Subject::RecordTime, predicate })) = self.run.program.ir.term(term) else {
            return;
        };
        for mark in predicate.form().marks() {
            match mark {
                Mark::Clock(clock) => {
                    // A clock that is put forward or back in between may shift them by an hour.
                    let around =
                        |day: Instant| [-3600, 0, 3600].map(|shift| day.plus_seconds(i64::from(clock.0) + shift));
                    self.add_both_ends(self.days(DAYS_OF_HOURS).into_iter().flat_map(around).collect());
                }
                Mark::EachDay => self.found.extend(self.days(DAYS)),
                Mark::Days { first, last } => self.add_both_ends(vec![first, last]),
                Mark::Time(Subject::Fact(fact)) => {
                    if let Value::Time(time) = self.run.case.fact(fact) {
                        self.add_both_ends(vec![time]);
                    }
                }
                Mark::Apart(apart) => {
                    if let Some(reach) = reach_of(apart, self.run.policy, self.run.case) {
                        self.add_both_ends(vec![reach.first.plus_seconds(-1), reach.last]);
                    }
                }
                _ => {}
            }
        }
    }

    /// The first seconds of so many days, from the call's own.
    fn days(&self, number: usize) -> Vec<Instant> {
        let zone = &self.run.policy.zone;
        let days = std::iter::successors(Some(zone.date(self.run.case.at)), |day| Some(day.next()));
        days.take(number).map(|day| zone.day_start(day)).collect()
    }
}
