//! A case -> the cases beside it: one number, time, record or fact otherwise.

use super::asked::RulePredicates;
use super::effort::Effort;
use super::in_yaml::in_yaml;
use crate::check::{Policy, Rule};
use crate::model::{FactId, Field, FieldId, RecordId, Type, Vocabulary};
use crate::proof::witness::{Sketch, SketchPlace, Val, When, names, somebody};
use crate::semantics::predicates::Apart;
use crate::semantics::{Mark, Predicate, Subject};
use crate::time::{Instant, Length};

/// One case beside another.
#[derive(Clone, Debug)]
pub(in crate::testing) struct Move {
    /// What is otherwise, in words.
    pub label: String,
    pub kind: MoveKind,
    pub sketch: Sketch,
}

/// Why a case is worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::testing) enum MoveKind {
    /// On a threshold, just inside or just outside.
    Edge,
    /// Something is not known, or not available.
    Unknown,
    /// Another value, person or number of records.
    Other,
}

const MINUTE: i64 = 60;

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// The most that is kept of the cases beside one case, in values.
const MOST_BESIDE: usize = 400_000;

/// Every case beside `base` that a rule might answer otherwise. What it may cost is taken from `effort`.
pub(super) fn moves(policy: &Policy, rule: &Rule, asked: &RulePredicates, base: &Sketch, effort: &Effort) -> Vec<Move> {
    let mut mover = Mover::of(policy, asked, base, effort);
    for kind in &asked.kinds {
        mover.lists(*kind);
    }
    mover.follows();
    for (fact, predicates) in &asked.facts {
        if let Some(field) = policy.vocabulary.call.get(fact.index()) {
            mover.value(SketchPlace::Fact(*fact), field, predicates, &field.name);
        }
    }
    for ((kind, field), predicates) in &asked.fields {
        mover.fields(*kind, *field, predicates);
    }
    mover.call_time(rule);
    mover.record_times();
    mover.together();
    mover.made()
}

/// The cases beside one in which only records lie at other times.
pub(super) fn moves_of_records(policy: &Policy, asked: &RulePredicates, base: &Sketch, effort: &Effort) -> Vec<Move> {
    let mut mover = Mover::of(policy, asked, base, effort);
    for kind in &asked.kinds {
        mover.times(*kind, base.lists.get(kind.index()).and_then(Option::as_ref).map_or(0, Vec::len));
    }
    mover.record_times();
    mover.made()
}

struct Mover<'m> {
    policy: &'m Policy,
    asked: &'m RulePredicates,
    base: &'m Sketch,
    /// What all moves from all cases may cost, and those from this case.
    effort: &'m Effort,
    room: Effort,
    moves: Vec<Move>,
}

impl<'m> Mover<'m> {
    fn of(policy: &'m Policy, asked: &'m RulePredicates, base: &'m Sketch, effort: &'m Effort) -> Self {
        Self { policy, asked, base, effort, room: Effort::of(MOST_BESIDE), moves: Vec::new() }
    }

    fn made(self) -> Vec<Move> {
        if let Some(cut) = self.room.cut() {
            self.effort.give_up(cut);
        }
        self.moves
    }
}

impl Mover<'_> {
    fn has_room(&self) -> bool {
        !self.room.is_spent() && !self.effort.is_spent()
    }

    fn push(&mut self, kind: MoveKind, label: String, change: impl FnOnce(&mut Sketch)) {
        if !self.has_room() {
            return;
        }
        let mut sketch = self.base.clone();
        change(&mut sketch);
        if sketch != *self.base {
            self.keep(Move { label, kind, sketch });
        }
    }

    fn keep(&mut self, more: Move) {
        let size = more.sketch.size();
        if self.room.spend(size) && self.effort.spend(size) {
            self.moves.push(more);
        }
    }

    fn lists(&mut self, kind: RecordId) {
        let Some(declared) = self.policy.vocabulary.records.get(kind.index()) else { return };
        self.push(MoveKind::Unknown, format!("{} not available", declared.plural), |sketch| {
            if let Some(list) = sketch.lists.get_mut(kind.index()) {
                *list = None;
            }
        });
        self.push(MoveKind::Other, format!("no {} on record", declared.plural), |sketch| {
            sketch.list(kind).into_iter().for_each(Vec::clear);
        });
        let records = self.base.lists.get(kind.index()).and_then(Option::as_ref).cloned().unwrap_or_default();
        for (index, record) in records.iter().enumerate() {
            self.push(MoveKind::Edge, format!("without {}", record.id), |sketch| {
                if let Some(list) = sketch.list(kind) {
                    list.remove(index);
                }
            });
        }
        if let Some(last) = records.last() {
            let name = declared.name.clone();
            self.push(MoveKind::Edge, format!("one more {name}"), |sketch| {
                let mut more = last.clone();
                more.at = more.at.plus(-MINUTE);
                if let Some(list) = sketch.list(kind) {
                    more.id = format!("{name}-{}", list.len() + 1);
                    list.push(more);
                }
            });
        }
        self.times(kind, records.len());
    }

    /// Puts each record on the edge of each span, the oldest foremost.
    fn times(&mut self, kind: RecordId, count: usize) {
        let spans = self.asked.spans.get(&kind).cloned().unwrap_or_default();
        let mut done: Vec<Length> = Vec::new();
        for span in spans {
            if done.contains(&span) {
                continue;
            }
            done.push(span);
            for index in 0..count {
                let edge = if index == 0 { MoveKind::Edge } else { MoveKind::Other };
                for shift in [MINUTE, 0, -MINUTE] {
                    self.record_at(edge, kind, index, When::before(span).plus(shift));
                }
                self.record_at(MoveKind::Other, kind, index, When::before(span).plus(-3600));
                // An edge that moves by a whole unit lies between these.
                for amount in [span.amount.saturating_sub(1), span.amount.saturating_add(1)] {
                    let when = When::before(Length::new(amount.max(1), span.unit));
                    self.record_at(MoveKind::Other, kind, index, when);
                }
            }
        }
        for index in 0..count {
            self.record_at(MoveKind::Other, kind, index, When::shifted(0));
            self.record_at(MoveKind::Other, kind, index, When::shifted(-MINUTE));
            let Some(now) = self.base.record(kind, index).map(|record| record.at) else { continue };
            for step in [1, MINUTE, HOUR, DAY, 7 * DAY] {
                self.record_at(MoveKind::Other, kind, index, now.plus(step));
                self.record_at(MoveKind::Other, kind, index, now.plus(-step));
            }
        }
    }

    fn record_at(&mut self, why: MoveKind, kind: RecordId, index: usize, when: When) {
        let Some(id) = self.base.record(kind, index).map(|record| record.id.clone()) else { return };
        self.push(why, format!("{id} {}", said(when)), |sketch| {
            if let Some(record) = sketch.record_mut(kind, index) {
                record.at = when;
            }
        });
    }

    /// Puts a follower on the edge of its span after the first record; where the call itself may follow, the first
    /// record on the edge before the call.
    fn follows(&mut self) {
        for (first, by, within) in self.asked.follows.clone() {
            for shift in [MINUTE, 0, -MINUTE] {
                self.record_at(MoveKind::Edge, first, 0, When::before(within).plus(shift));
            }
            let Some(start) = self.base.record(first, 0).map(|record| record.at) else { continue };
            let zone = &self.policy.zone;
            let from = start.instant(self.base.at, zone);
            let end = zone.after(from, within).0 - from.0;
            for shift in [-MINUTE, 0, MINUTE, 3600] {
                self.record_at(MoveKind::Edge, by, 0, start.plus(end + shift));
            }
        }
    }

    fn fields(&mut self, kind: RecordId, field: FieldId, predicates: &[Predicate]) {
        let count = self.base.lists.get(kind.index()).and_then(Option::as_ref).map_or(0, Vec::len);
        (0..count).for_each(|index| self.field(kind, index, field, predicates));
    }

    fn field(&mut self, kind: RecordId, index: usize, field: FieldId, predicates: &[Predicate]) {
        let declared = self.policy.vocabulary.records.get(kind.index()).and_then(|it| it.fields.get(field.index()));
        let id = self.base.record(kind, index).map(|record| record.id.clone());
        if let (Some(declared), Some(id)) = (declared, id) {
            let label = format!("{id}'s {}", declared.name);
            self.value(SketchPlace::Field { kind, index, field }, declared, predicates, &label);
        }
    }

    fn value(&mut self, place: SketchPlace, field: &Field, predicates: &[Predicate], label: &str) {
        self.push(MoveKind::Unknown, format!("{label} not known"), |sketch| place.set(sketch, Val::Unknown));
        for (kind, value) in self.values(place, field, predicates) {
            let shown = in_yaml(&value, field, self.base.at, &self.policy.zone);
            let shown = if shown == "[]" { "none".to_owned() } else { shown.replace(['[', ']', '"'], "") };
            self.push(kind, format!("{label} {shown}"), |sketch| place.set(sketch, value));
        }
        self.moments(place, predicates, label);
    }

    /// The other values that are worth a look.
    fn values(&self, place: SketchPlace, field: &Field, predicates: &[Predicate]) -> Vec<(MoveKind, Val)> {
        let mut values = Vec::new();
        let mut set = |kind, value: Val| values.push((kind, value));
        match &field.ty {
            Type::YesNo => {
                set(MoveKind::Edge, Val::YesNo(true));
                set(MoveKind::Edge, Val::YesNo(false));
            }
            Type::Choice { values, .. } => {
                for at in (0u16..).take(values.len()) {
                    let edge = predicates.iter().any(|it| is_edge(it, i64::from(at)));
                    set(if edge { MoveKind::Edge } else { MoveKind::Other }, Val::Choice(at));
                }
            }
            Type::Flags { .. } => {
                set(MoveKind::Edge, Val::Flags(0));
                let counted = predicates.iter().filter(|it| matches!(it, Predicate::FlagCount(_)));
                let changes = counted.flat_map(|it| [true, false].map(|want| it.form().flags_for(want)));
                changes.flatten().for_each(|change| set(MoveKind::Edge, Val::Flags(change.of(0))));
                let asked = predicates.iter().fold(0, |bits, it| bits | it.flags());
                (0..64).filter(|bit| asked >> bit & 1 == 1).for_each(|bit| set(MoveKind::Other, Val::Flags(1 << bit)));
                if let Some(Val::Flags(now)) = place.get(self.base) {
                    let now = *now;
                    let bits = (0..64).filter(move |bit| now >> bit & 1 == 1 && now.count_ones() > 1);
                    bits.for_each(|bit| set(MoveKind::Other, Val::Flags(now & !(1 << bit))));
                }
            }
            Type::Number { .. } | Type::Duration => {
                for number in predicates.iter().flat_map(Predicate::numbers) {
                    let edges = [number - 1, number, number + 1].into_iter();
                    edges.filter_map(|edge| number_of(edge, &field.ty)).for_each(|value| set(MoveKind::Edge, value));
                }
            }
            Type::Time { or_none } => {
                if *or_none {
                    set(MoveKind::Edge, Val::None);
                }
                let edges = predicates.iter().flat_map(edges).chain([When::shifted(-86_400)]);
                edges.for_each(|when| set(MoveKind::Edge, Val::Time(when)));
                if let Some(now) = time_of(place.get(self.base)) {
                    let now = now.instant(self.base.at, &self.policy.zone);
                    let of_the_day = predicates.iter().flat_map(|predicate| self.edges_of_day(predicate, now));
                    of_the_day.for_each(|at| set(MoveKind::Edge, Val::Time(When::shifted(at.0 - self.base.at.0))));
                }
            }
            Type::Text => {
                for mark in predicates.iter().flat_map(|it| it.form().marks()) {
                    let Mark::Phrase(phrase) = mark else { continue };
                    set(MoveKind::Other, Val::Text(phrase.to_owned()));
                }
                set(MoveKind::Edge, Val::Text("nothing that could be made out".to_owned()));
            }
            Type::Identity { kind, many } => {
                // Before those of whom one alone is tried, which a rule may see alike.
                if *many {
                    let numbers = predicates.iter().flat_map(Predicate::numbers);
                    let edges = numbers.flat_map(|number| [number - 1, number, number + 1]);
                    let edges = edges
                        .filter_map(|edge| several(usize::try_from(edge).ok()?, &field.ty, &self.policy.vocabulary));
                    edges.for_each(|value| set(MoveKind::Edge, value));
                }
                if let Some((_, fewer)) =
                    names(place.get(self.base)).split_last().filter(|(_, fewer)| !fewer.is_empty())
                {
                    set(MoveKind::Edge, Val::Ids(fewer.to_vec()));
                }
                for name in self.people(*kind) {
                    set(MoveKind::Other, if *many { Val::Ids(vec![name]) } else { Val::Id(name) });
                }
                if *many {
                    set(MoveKind::Other, Val::Ids(Vec::new()));
                }
            }
            Type::Link { .. } => set(MoveKind::Unknown, Val::Id("no-such-record".to_owned())),
        }
        values
    }

    /// Times on the edge of another time, or so far from it: a field's of the same record, or the record's own.
    fn moments(&mut self, place: SketchPlace, predicates: &[Predicate], label: &str) {
        for mark in predicates.iter().flat_map(|it| it.form().marks()) {
            let (Mark::Time(other) | Mark::Apart(Apart { other, .. })) = mark else { continue };
            // The time of the record that was asked about, or of any that leads to it.
            let records = self.base.lists.iter().flatten().flatten().map(|record| record.at);
            for other in self.time_at(other, place).into_iter().chain(records).collect::<Vec<_>>() {
                for when in self.beside(&mark, other) {
                    self.push(MoveKind::Edge, format!("{label} {}", said(when)), |sketch| {
                        place.set(sketch, Val::Time(when));
                    });
                }
            }
        }
    }

    /// Another time that is named where something is asked.
    fn time_at(&self, other: Subject, place: SketchPlace) -> Option<When> {
        match (other, place) {
            (Subject::CallTime, _) => Some(When::shifted(0)),
            (Subject::Fact(fact), _) => time_of(self.base.call.get(&fact)),
            (Subject::Field(field), SketchPlace::Field { kind, index, .. }) => {
                time_of(self.base.record(kind, index).and_then(|record| record.fields.get(&field)))
            }
            _ => None,
        }
    }

    /// Just before, at and just after another time, or the first and the last that are so far from it.
    fn beside(&self, mark: &Mark<'_>, other: When) -> Vec<When> {
        let around = |when: When| [-MINUTE, 0, MINUTE].map(|shift| when.plus(shift));
        let Mark::Apart(apart) = mark else { return around(other).to_vec() };
        let calendar = apart.calendar.and_then(|place| self.policy.calendars.get(place)).map(|named| &named.calendar);
        let zone = &self.policy.zone;
        let reach = apart.reach(other.instant(self.base.at, zone), zone, calendar);
        // The last second of a day is one before the next, and people write the minute.
        let (last, beyond) = match reach.last.0.rem_euclid(MINUTE) {
            59 => (reach.last.plus_seconds(1 - MINUTE), reach.last.plus_seconds(1)),
            _ => (reach.last, reach.last.plus_seconds(MINUTE)),
        };
        [reach.first.plus_seconds(-MINUTE), reach.first, last, beyond]
            .map(|at| When::shifted(at.0 - self.base.at.0))
            .to_vec()
    }

    /// Everybody of a kind that the call names, and a stranger.
    fn people(&self, kind: crate::model::IdentityKind) -> Vec<String> {
        let vocabulary = &self.policy.vocabulary;
        let own = (0..)
            .map(FactId)
            .zip(&vocabulary.call)
            .filter(|(_, field)| matches!(field.ty, Type::Identity { kind: known, .. } if known == kind));
        let mut people: Vec<String> = own.flat_map(|(fact, _)| names(self.base.call.get(&fact))).collect();
        people.push(somebody(vocabulary, kind, 9));
        people.dedup();
        people
    }

    /// Moves the whole history back or forth, so that its oldest record of a kind lies beside the edge of a span.
    fn together(&mut self) {
        let zone = &self.policy.zone;
        for (kind, spans) in self.asked.spans.clone() {
            let records = self.base.lists.get(kind.index()).and_then(Option::as_ref);
            let oldest = records.and_then(|records| records.iter().map(|it| it.at.instant(self.base.at, zone)).min());
            let Some(oldest) = oldest else { continue };
            for span in spans {
                for shift in [-MINUTE, -86_400] {
                    let by = zone.before(self.base.at, span).0 + shift - oldest.0;
                    self.push(MoveKind::Other, format!("the whole history older than {span}"), |sketch| {
                        let records = sketch.lists.iter_mut().flatten().flatten();
                        records.for_each(|record| record.at = record.at.plus(by));
                    });
                }
            }
        }
    }

    fn call_time(&mut self, rule: &Rule) {
        let mut moments: Vec<Instant> =
            self.asked.call_time.iter().flat_map(|predicate| self.edges_of_day(predicate, self.base.at)).collect();
        let dates =
            [rule.from.map(|from| [from.plus_seconds(-1), from]), rule.until.map(|to| [to, to.plus_seconds(1)])];
        moments.extend(dates.into_iter().flatten().flatten());
        let mut moments: Vec<(MoveKind, Instant)> = moments.into_iter().map(|at| (MoveKind::Edge, at)).collect();
        if !self.asked.call_time.is_empty() || !self.asked.record_times.is_empty() {
            let steps = [-DAY, -HOUR, -1, 1, HOUR, DAY].map(|step| self.base.at.plus_seconds(step));
            moments.extend(steps.map(|at| (MoveKind::Other, at)));
        }
        for (kind, at) in moments {
            let label = format!("call at {}", self.policy.zone.spoken(at));
            let by = at.0 - self.base.at.0;
            self.push(kind, label.clone(), |sketch| sketch.at = at);
            self.push(MoveKind::Other, format!("{label}, the history where it was"), |sketch| {
                sketch.at = at;
                sketch.lists.iter_mut().flatten().flatten().for_each(|record| record.at = record.at.plus(-by));
            });
        }
    }

    /// Puts each record on the edges of the times of day and the days that are asked about.
    fn record_times(&mut self) {
        for (kind, predicates) in &self.asked.record_times {
            let count = self.base.lists.get(kind.index()).and_then(Option::as_ref).map_or(0, Vec::len);
            for (index, predicate) in (0..count).flat_map(|index| predicates.iter().map(move |it| (index, it))) {
                let zone = &self.policy.zone;
                let Some(now) = self.base.record(*kind, index).map(|it| it.at.instant(self.base.at, zone)) else {
                    continue;
                };
                let place = SketchPlace::Field { kind: *kind, index, field: FieldId(0) };
                let apart = predicate.form().marks().into_iter().filter_map(|mark| match mark {
                    Mark::Apart(Apart { other, .. }) => Some(self.beside(&mark, self.time_at(other, place)?)),
                    _ => None,
                });
                for when in apart.flatten().collect::<Vec<_>>() {
                    self.record_at(MoveKind::Edge, *kind, index, when);
                }
                for at in self.edges_of_day(predicate, now) {
                    self.record_at(MoveKind::Edge, *kind, index, When::shifted(at.0 - self.base.at.0));
                }
            }
        }
    }

    /// The moments on the edges of a time of day or of days, near a moment.
    fn edges_of_day(&self, predicate: &Predicate, near: Instant) -> Vec<Instant> {
        let zone = &self.policy.zone;
        let midnight = |at: Instant| zone.day_start(zone.date(at));
        let edges = |mark: Mark<'_>| match mark {
            Mark::Clock(clock) => {
                let edge = midnight(near).plus_seconds(i64::from(clock.0));
                [-MINUTE, 0, MINUTE].map(|by| edge.plus_seconds(by)).to_vec()
            }
            Mark::EachDay => {
                let days = (-3..4).map(|day| near.plus_seconds(day * DAY));
                let starts = (0..2).map(|day| midnight(midnight(near).plus_seconds(day * (DAY + 2 * HOUR))));
                days.chain(starts.flat_map(|start| [start.plus_seconds(-MINUTE), start.plus_seconds(HOUR)])).collect()
            }
            Mark::Days { first, last } => vec![first.plus_seconds(-1), first, last, last.plus_seconds(1)],
            _ => Vec::new(),
        };
        predicate.form().marks().into_iter().flat_map(edges).collect()
    }
}

fn said(when: When) -> String {
    if when.length.is_none() && when.shift == 0 { "at the time of the call".to_owned() } else { when.words() }
}

/// A number as a value of a type, where the type can hold it.
fn number_of(number: i64, ty: &Type) -> Option<Val> {
    match ty {
        Type::Number { range: Some((least, most)) } => {
            (*least <= number && number <= *most).then_some(Val::Number(number))
        }
        Type::Number { range: None } => Some(Val::Number(number)),
        Type::Duration => (number >= 0).then_some(Val::Duration(number)),
        _ => None,
    }
}

/// So many people, or other identities, none of whom is named elsewhere.
fn several(number: usize, ty: &Type, vocabulary: &Vocabulary) -> Option<Val> {
    let Type::Identity { kind, many: true } = ty else { return None };
    (number <= 20).then(|| Val::Ids((10..10 + number).map(|at| somebody(vocabulary, *kind, at)).collect()))
}

fn time_of(value: Option<&Val>) -> Option<When> {
    if let Some(Val::Time(when)) = value { Some(*when) } else { None }
}

/// Whether a choice lies on the edge of a comparison.
fn is_edge(predicate: &Predicate, at: i64) -> bool {
    predicate.form().marks().into_iter().any(|mark| match mark {
        Mark::Number(number) => (number - at).abs() <= 1,
        Mark::Values(values) => u32::try_from(at).is_ok_and(|at| values.trailing_zeros() == at),
        _ => false,
    })
}

/// The times on the edges of a question.
pub(in crate::testing) fn edges(predicate: &Predicate) -> Vec<When> {
    let around = |when: When| [MINUTE, 0, -MINUTE].map(|shift| when.plus(shift)).to_vec();
    let units = |length: Length, side: fn(Length) -> When| {
        let amounts = [length.amount.saturating_sub(1).max(1), length.amount.saturating_add(1)];
        amounts.map(|amount| side(Length::new(amount, length.unit)))
    };
    let edges = |mark: Mark<'_>| match mark {
        Mark::Now | Mark::Time(_) => around(When::shifted(0)),
        Mark::Back(length) => around(When::before(length)).into_iter().chain(units(length, When::before)).collect(),
        Mark::Ahead(length) => around(When::after(length)).into_iter().chain(units(length, When::after)).collect(),
        _ => Vec::new(),
    };
    predicate.form().marks().into_iter().flat_map(edges).collect()
}
