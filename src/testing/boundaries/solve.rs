//! A condition -> cases for which it is true, or false: a small search that puts down facts and records as they are asked for.
//!
//! What it finds is a proposal. Whoever uses it decides each one with the evaluator.

use super::effort::{Cut, Effort, MOST_RECORDS};
use super::times;
use super::values::{self, Around, answering};
use crate::check::Policy;
use crate::model::{Field, FieldId, RecordId, Type};
use crate::proof::witness::{Sketch, SketchPlace, Val, When, somebody};
use crate::semantics::predicates::InForce;
use crate::semantics::{Condition, Count, DefinitionId, Example, Predicate, ScoreIs, Selection, Since, Subject, Test};
use crate::syntax::tree::Comparison;
use crate::testing::forms::sums_worth_a_look;
use crate::time::{Length, Unit};
use hashbrown::HashMap;
use std::cell::RefCell;

/// How many proposals are followed at a time.
const WIDTH: usize = 24;

/// Whose facts a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SubjectRow {
    Call,
    Record { kind: RecordId, index: usize },
}

/// The most steps in looking for cases that satisfy one condition.
const MOST_STEPS: usize = 200_000;

/// What definitions came to is kept up to this size.
const MOST_KEPT: usize = 100_000;

/// A definition, the answer that it is to give, of what, and what stands already.
type Wish = (DefinitionId, bool, SubjectRow, Sketch);

pub(super) struct Solver<'p> {
    pub policy: &'p Policy,
    pub effort: Effort,
    /// What each definition came to for a sketch: it is worked out once, however many others name it. Only looked up in,
    /// never walked.
    known: RefCell<HashMap<Wish, Vec<Sketch>>>,
    kept: Effort,
}

impl<'p> Solver<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        let known = RefCell::new(HashMap::new());
        Self { policy, effort: Effort::of(MOST_STEPS), known, kept: Effort::of(MOST_KEPT) }
    }
}

impl Solver<'_> {
    /// Cases that grow out of `sketch` and for which the condition should be `want`.
    pub(super) fn solve(&self, sketch: Sketch, condition: &Condition, want: bool, row: SubjectRow) -> Vec<Sketch> {
        if !self.effort.spend(1 + sketch.size() / 8) {
            return Vec::new();
        }
        let mut found = match condition {
            Condition::All(parts) => self.parts(sketch, parts, want, want, row),
            Condition::Any(parts) => self.parts(sketch, parts, want, !want, row),
            Condition::Not(part) => self.solve(sketch, part, !want, row),
            Condition::Presumed(part) => self.solve(sketch, part, want, row),
            Condition::HowMany { comparison, number, of } => {
                self.how_many(&sketch, *comparison, **number, of, want, row)
            }
            Condition::Test(test) => self.test(sketch, test, want, row),
            Condition::Count(count) => self.count(sketch, count, want),
            Condition::Latest { of, test, .. } => self.latest(&sketch, of, test, want),
            Condition::Trend { of, trend } => self.spaced(&sketch, of, trend.last(), want),
            Condition::Defined(id) => self.defined(sketch, *id, want, row),
            Condition::Score { score, is } => match self.policy.score(*score) {
                Some(score) => self.score(&sketch, score, is, want, row),
                None => Vec::new(),
            },
        };
        found.truncate(WIDTH);
        found
    }

    /// Every part answered so (`all`), or one of them.
    fn parts(&self, sketch: Sketch, parts: &[Condition], want: bool, all: bool, row: SubjectRow) -> Vec<Sketch> {
        if all {
            return self.each(vec![sketch], parts.iter().map(|part| (part, want)), row);
        }
        // In each proposal one part is answered so. Those come first that leave what is there already as it is.
        let (mut added, mut changed) = (Vec::new(), Vec::new());
        for part in parts {
            for found in self.solve(sketch.clone(), part, want, row).into_iter().take(4) {
                let keeps = sketch.call.iter().all(|(fact, value)| found.call.get(fact) == Some(value));
                if keeps {
                    added.push(found);
                } else if changed.len() < WIDTH {
                    changed.push(found);
                }
            }
            if added.len() >= WIDTH {
                break;
            }
        }
        added.extend(changed);
        added
    }

    fn defined(&self, sketch: Sketch, id: DefinitionId, want: bool, row: SubjectRow) -> Vec<Sketch> {
        let Some(definition) = self.policy.definition(id) else { return Vec::new() };
        let key = (id, want, row, sketch);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let found = self.solve(key.3.clone(), &definition.condition, want, row);
        let size = found.iter().fold(key.3.size(), |size, sketch| size + sketch.size());
        if !self.effort.is_spent() && self.kept.spend(1 + size) {
            self.known.borrow_mut().insert(key, found.clone());
        }
        found
    }

    fn each<'c>(
        &self,
        mut sketches: Vec<Sketch>,
        parts: impl Iterator<Item = (&'c Condition, bool)>,
        row: SubjectRow,
    ) -> Vec<Sketch> {
        for (part, want) in parts {
            sketches =
                sketches.into_iter().flat_map(|sketch| self.solve(sketch, part, want, row)).take(WIDTH).collect();
        }
        sketches
    }

    fn how_many(
        &self,
        sketch: &Sketch,
        comparison: Comparison,
        number: i64,
        of: &[Condition],
        want: bool,
        row: SubjectRow,
    ) -> Vec<Sketch> {
        let number = comparison.on_the_edge(number, want);
        let Ok(number) = usize::try_from(number) else { return Vec::new() };
        if number > of.len() {
            return Vec::new();
        }
        // The first ones, and the last ones, so that every part is among those that hold in some proposal.
        let ranges = (0..=of.len() - number).map(|start| start..start + number);
        ranges
            .flat_map(|range| {
                let parts = of.iter().enumerate().map(|(at, part)| (part, range.contains(&at)));
                self.each(vec![sketch.clone()], parts, row).into_iter().take(2)
            })
            .collect()
    }

    fn score(
        &self,
        sketch: &Sketch,
        score: &crate::check::Score,
        is: &ScoreIs,
        want: bool,
        row: SubjectRow,
    ) -> Vec<Sketch> {
        let reaches = |sum: i64| is.holds(sum, &score.bands) == want;
        let sums: Vec<i64> = sums_worth_a_look(score, is).into_iter().filter(|sum| reaches(*sum)).collect();
        let edge = sums.iter().copied().find(|sum| !reaches(sum - 1) && *sum > 0).or(sums.last().copied());
        let Some(edge) = edge else { return Vec::new() };
        let on_edge = (0..score.points.len()).filter_map(|start| self.points(sketch, score, edge, start, row));
        // And where the higher bands begin.
        let bands = score.bands.iter().map(|band| *band.from).filter(|from| *from > edge && sums.contains(from));
        on_edge.chain(bands.filter_map(|from| self.points(sketch, score, from, 0, row))).collect()
    }

    /// Points that add up to a sum, taken in turn from `start` on; all others no.
    fn points(
        &self,
        sketch: &Sketch,
        score: &crate::check::Score,
        sum: i64,
        start: usize,
        row: SubjectRow,
    ) -> Option<Sketch> {
        let turned = score.points.iter().cycle().skip(start).take(score.points.len());
        let mut left = sum;
        let mut at = sketch.clone();
        let mut refused = Vec::new();
        for (points, condition) in turned {
            let want = **points <= left;
            if want && let Some(next) = self.solve(at.clone(), condition, true, row).into_iter().next() {
                left -= **points;
                at = next;
            } else {
                refused.push(condition);
            }
        }
        for condition in refused {
            at = self.solve(at.clone(), condition, false, row).into_iter().next().unwrap_or(at);
        }
        (left == 0).then_some(at)
    }

    fn test(&self, sketch: Sketch, test: &Test, want: bool, row: SubjectRow) -> Vec<Sketch> {
        if let Predicate::InForce(InForce { not }) = test.predicate {
            return self.in_force(sketch, test.subject, want != not, row).into_iter().collect();
        }
        match test.subject {
            Subject::CallTime => match test.predicate.form().example(want) {
                Some(Example::Beside(other, seconds)) => self.call_beside(sketch, other, seconds, row),
                _ => times::call_moment(self.policy, sketch, &test.predicate, want),
            },
            Subject::RecordTime => self.record_time(sketch, &test.predicate, want, row),
            subject => {
                let Some((mut sketch, place)) = self.place(sketch, subject, row) else { return Vec::new() };
                let Some(field) = self.declared(place) else { return Vec::new() };
                let now = place.get(&sketch).cloned();
                let value = match test.predicate.form().example(want) {
                    Some(Example::Beside(other, seconds)) => {
                        self.beside(&mut sketch, other, seconds, row).map(Val::Time)
                    }
                    None if matches!(field.ty, Type::Time { .. }) && times::is_of_the_day(&test.predicate) => {
                        times::time_before(self.policy, sketch.at, &test.predicate, want).map(Val::Time)
                    }
                    _ => {
                        let around = Around { sketch: &sketch, vocabulary: &self.policy.vocabulary, now: now.as_ref() };
                        answering(&test.predicate, field, want, &around)
                    }
                };
                let Some(value) = value else { return Vec::new() };
                place.set(&mut sketch, value);
                vec![sketch]
            }
        }
    }

    /// So many seconds after another time, which is put down when it is not there.
    fn beside(&self, sketch: &mut Sketch, other: Subject, seconds: i64, row: SubjectRow) -> Option<When> {
        let other = match (other, row) {
            (Subject::CallTime, _) | (Subject::RecordTime, SubjectRow::Call) => When::shifted(0),
            (Subject::RecordTime, SubjectRow::Record { kind, index }) => sketch.record(kind, index)?.at,
            (subject, row) => {
                let (after, place) = self.place(sketch.clone(), subject, row)?;
                *sketch = after;
                match place.get(sketch) {
                    Some(Val::Time(when)) => *when,
                    _ => {
                        let when = When::shifted(-86_400);
                        place.set(sketch, Val::Time(when));
                        when
                    }
                }
            }
        };
        Some(other.plus(seconds))
    }

    /// The other time so many seconds before the call, which itself stays where it is.
    fn call_beside(&self, sketch: Sketch, other: Subject, seconds: i64, row: SubjectRow) -> Vec<Sketch> {
        let Some((mut sketch, place)) = self.place(sketch, other, row) else { return Vec::new() };
        place.set(&mut sketch, Val::Time(When::shifted(-seconds)));
        vec![sketch]
    }

    fn record_time(&self, mut sketch: Sketch, predicate: &Predicate, want: bool, row: SubjectRow) -> Vec<Sketch> {
        let SubjectRow::Record { kind, index } = row else { return Vec::new() };
        let example = predicate.form().example(want);
        if example.is_none() && times::is_of_the_day(predicate) {
            return times::record_moment(self.policy, &sketch, predicate, want, (kind, index));
        }
        let when = match example {
            Some(Example::Beside(other, seconds)) => self.beside(&mut sketch, other, seconds, row),
            example => example.and_then(|example| values::when(&example, &sketch)),
        };
        let Some(when) = when else { return vec![sketch] };
        if let Some(record) = sketch.record_mut(kind, index) {
            record.at = when;
        }
        vec![sketch]
    }

    /// Where the value of a subject stands; a record that a link leads to is put down when it is not there.
    fn place(&self, mut sketch: Sketch, subject: Subject, row: SubjectRow) -> Option<(Sketch, SketchPlace)> {
        match (subject, row) {
            (Subject::Fact(fact), _) => Some((sketch, SketchPlace::Fact(fact))),
            (Subject::Field(field), SubjectRow::Record { kind, index }) => {
                Some((sketch, SketchPlace::Field { kind, index, field }))
            }
            (Subject::Through { link, record, field }, SubjectRow::Record { kind, index }) => {
                let index = self.linked(&mut sketch, kind, index, link, record)?;
                Some((sketch, SketchPlace::Field { kind: record, index, field }))
            }
            _ => None,
        }
    }

    fn linked(
        &self,
        sketch: &mut Sketch,
        kind: RecordId,
        index: usize,
        link: FieldId,
        target: RecordId,
    ) -> Option<usize> {
        let known = match sketch.record(kind, index)?.fields.get(&link) {
            Some(Val::Id(id)) => sketch.lists.get(target.index())?.as_ref()?.iter().position(|it| it.id == *id),
            _ => None,
        };
        if known.is_some() {
            return known;
        }
        let at = sketch.add(&self.policy.vocabulary, target, When::before(Length::new(60, Unit::Days)))?;
        let id = sketch.record(target, at)?.id.clone();
        sketch.record_mut(kind, index)?.fields.insert(link, Val::Id(id));
        Some(at)
    }

    fn in_force(&self, mut sketch: Sketch, subject: Subject, want: bool, row: SubjectRow) -> Option<Sketch> {
        let (kind, index) = match (subject, row) {
            (Subject::Record(_), SubjectRow::Record { kind, index }) => (kind, index),
            (Subject::Linked { link, record }, SubjectRow::Record { kind, index }) => {
                (record, self.linked(&mut sketch, kind, index, link, record)?)
            }
            _ => return None,
        };
        let declared = self.policy.vocabulary.records.get(kind.index())?;
        let rule = declared.in_force.clone()?;
        let record = sketch.record_mut(kind, index)?;
        record.fields.insert(rule.from, Val::Time(When::before(Length::new(30, Unit::Days))));
        for field in &rule.until {
            let or_none = declared.fields.get(field.index()).is_some_and(|it| it.ty == Type::Time { or_none: true });
            let later = Val::Time(When::after(Length::new(30, Unit::Days)));
            record.fields.insert(*field, if or_none { Val::None } else { later });
        }
        if !want {
            let ended = Val::Time(When::before(Length::new(1, Unit::Hours)));
            record.fields.insert(*rule.until.first()?, ended);
        }
        Some(sketch)
    }

    fn declared(&self, place: SketchPlace) -> Option<&Field> {
        place.declared(&self.policy.vocabulary)
    }

    fn count(&self, sketch: Sketch, count: &Count, want: bool) -> Vec<Sketch> {
        let number = count.comparison.on_the_edge(*count.number, want).max(0);
        let mut found = self.records(sketch.clone(), &count.of, number, count);
        if count.of.this_call && number > 0 {
            // This call is one of them when it passes the tests.
            found.splice(0..0, self.records(self.like_the_call(sketch, &count.of), &count.of, number - 1, count));
        }
        found
    }

    /// This call counts too, so that its own facts must pass what is asked of a record.
    fn like_the_call(&self, mut sketch: Sketch, of: &Selection) -> Sketch {
        for test in &of.tests {
            let Condition::Test(Test { subject: Subject::Field(field), predicate }) = test else { continue };
            let Some(fact) = self.policy.stands_for(*field) else { continue };
            let own = Test { subject: Subject::Fact(fact), predicate: predicate.clone() };
            if !matches!(predicate.form().example(true), Some(Example::SharedWith { .. }))
                && let Some(next) = self.test(sketch.clone(), &own, true, SubjectRow::Call).into_iter().next()
            {
                sketch = next;
            }
        }
        sketch
    }

    /// Puts down so many records that are meant.
    fn records(&self, mut sketch: Sketch, of: &Selection, number: i64, count: &Count) -> Vec<Sketch> {
        if number > MOST_RECORDS {
            self.effort.give_up(Cut::Records);
            return Vec::new();
        }
        sketch.list(of.record);
        let mut sketches = vec![sketch];
        let total = u32::try_from(number).unwrap_or(0);
        for turn in 0..total {
            let at = When::before(self.spot_in(of, turn + 1, total + 1));
            sketches = sketches
                .into_iter()
                .flat_map(|sketch| self.one_record(sketch, of, at))
                .flat_map(|(sketch, index)| self.apart(sketch, of, count, index, turn))
                .take(WIDTH)
                .collect();
        }
        sketches
    }

    /// The `turn`th of some lengths that lie inside every span of a selection.
    fn spot_in(&self, of: &Selection, turn: u32, of_all: u32) -> Length {
        // Since midnight it is some hours at the least when people are at work.
        let today = of.since.contains(&Since::Midnight).then(|| Length::new(6, Unit::Hours));
        let windows = of.windows.iter().map(|window| **window).chain(today);
        let shortest = windows.min_by_key(|window| window.usual_seconds());
        shortest.unwrap_or(Length::new(40, Unit::Days)).part(turn, of_all)
    }

    pub(super) fn one_record(&self, mut sketch: Sketch, of: &Selection, at: When) -> Vec<(Sketch, usize)> {
        let Some(index) = sketch.add(&self.policy.vocabulary, of.record, at) else { return Vec::new() };
        let row = SubjectRow::Record { kind: of.record, index };
        let found = self.each(vec![sketch], of.tests.iter().map(|test| (test, true)), row);
        found.into_iter().map(|sketch| (sketch, index)).collect()
    }

    /// Gives a record an identity of its own where different ones are counted, and a follower where one is asked for.
    fn apart(&self, mut sketch: Sketch, of: &Selection, count: &Count, index: usize, turn: u32) -> Vec<Sketch> {
        if let Some(field) = count.different {
            let declared =
                self.policy.vocabulary.records.get(of.record.index()).and_then(|it| it.fields.get(field.index()));
            if let Some(Type::Identity { kind, many }) = declared.map(|field| &field.ty) {
                let name = somebody(&self.policy.vocabulary, *kind, turn as usize + 21);
                let value = if *many { Val::Ids(vec![name]) } else { Val::Id(name) };
                if let Some(record) = sketch.record_mut(of.record, index) {
                    record.fields.insert(field, value);
                }
            }
        }
        let Some(follow) = count.follow.as_ref().filter(|follow| !follow.not) else { return vec![sketch] };
        let Some(first) = sketch.record(of.record, index).map(|record| record.at) else { return vec![sketch] };
        let gap = follow.within.part(1, 2).usual_seconds();
        let found = self.one_record(sketch, &follow.by, first.plus(gap));
        let linked = found.into_iter().map(|(mut sketch, follower)| {
            for (own, other) in &follow.that {
                let value = sketch.record(of.record, index).and_then(|record| record.fields.get(other).cloned());
                if let (Some(value), Some(record)) = (value, sketch.record_mut(follow.by.record, follower)) {
                    record.fields.insert(*own, value);
                }
            }
            sketch
        });
        linked.collect()
    }

    fn latest(&self, sketch: &Sketch, of: &Selection, test: &Condition, want: bool) -> Vec<Sketch> {
        let at = When::before(self.spot_in(of, 1, 3));
        let found = self.one_record(sketch.clone(), of, at);
        found
            .into_iter()
            .flat_map(|(sketch, index)| self.solve(sketch, test, want, SubjectRow::Record { kind: of.record, index }))
            .take(WIDTH)
            .collect()
    }

    /// So many records, each gap half of the one before; or when that is not wanted, twice.
    fn spaced(&self, sketch: &Sketch, of: &Selection, number: usize, want: bool) -> Vec<Sketch> {
        let number = u32::try_from(number).unwrap_or(0).min(12);
        let mut sketches = vec![sketch.clone()];
        for turn in 0..number {
            let power = if want { number - turn } else { turn + 1 };
            let step: u32 = if number > 4 { 2 } else { 3 };
            let days = if want { step.saturating_pow(power) } else { 200 - 2u32.saturating_pow(power.min(7)) };
            let at = When::before(Length::new(days, Unit::Days));
            let grown = sketches.into_iter().flat_map(|sketch| self.one_record(sketch, of, at));
            sketches = grown.map(|(sketch, _)| sketch).take(WIDTH).collect();
        }
        sketches
    }
}
