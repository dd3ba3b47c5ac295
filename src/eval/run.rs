//! One evaluation of a program at one moment: conditions to truths.

use super::measure::{self, Matched, Measured, Member, Members};
use super::observe::Seen;
use super::{About, Row, RuleEffects};
use crate::check::{Effect, Policy, Predicate, ScoreIs, Subject, Test};
use crate::compile::{MeasureId, Program, Rule, SelectionId, Term, TermId};
use crate::model::{Case, Effects, Level, RecordId, Truth, Type, Value, Warning};
use crate::syntax::tree::{Comparison, Relation};
use crate::time::{Instant, Length};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How far ahead of the call changes are worked out, in seconds: 60 days.
pub(crate) const HORIZON: i64 = 60 * 86_400;

/// Remembers what it has worked out, and the first moment at which something timed could change.
pub(crate) struct Run<'a> {
    pub policy: &'a Policy,
    pub program: &'a Program,
    pub case: &'a Case,
    /// The moment from which spans are counted back: the call's time or later.
    pub now: Instant,
    truths: RefCell<Vec<Option<Truth>>>,
    pub(super) matched: RefCell<Vec<Option<Rc<Matched>>>>,
    pub(super) measured: RefCell<Vec<Option<Rc<Measured>>>>,
    /// The starts of the spans that end now.
    starts: RefCell<Vec<(Length, Instant)>>,
    next: Cell<Instant>,
    /// The same case with more of it known, where it is asked what stands until all of that is learnt.
    whole: Option<&'a Run<'a>>,
    warnings: RefCell<Vec<Warning>>,
    /// The answers that each condition has given, as bits, where somebody wants to know.
    seen: Option<RefCell<Vec<Seen>>>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(policy: &'a Policy, program: &'a Program, case: &'a Case, now: Instant) -> Self {
        Self {
            policy,
            program,
            case,
            now,
            truths: RefCell::new(vec![None; program.terms.len()]),
            matched: RefCell::new(vec![None; program.selections.len()]),
            measured: RefCell::new(vec![None; program.measures.len()]),
            starts: RefCell::default(),
            next: Cell::new(case.at.plus_seconds(HORIZON + 1)),
            whole: None,
            warnings: RefCell::new(Vec::new()),
            seen: None,
        }
    }

    /// Part of a case: a yes or a no is one that learning the rest of the whole case would not take back.
    pub(crate) fn part_of(whole: &'a Run<'a>, part: &'a Case) -> Self {
        Self { whole: Some(whole), ..Self::new(whole.policy, whole.program, part, part.at) }
    }

    /// Remembers every answer that a condition gives, for the call or for any record.
    pub(super) fn watched(self) -> Self {
        let seen = vec![Seen::default(); self.program.terms.len()];
        Self { seen: Some(RefCell::new(seen)), ..self }
    }

    pub(super) fn take_seen(&self) -> Vec<Seen> {
        self.seen.as_ref().map(RefCell::take).unwrap_or_default()
    }

    /// The first later moment at which some timed condition may answer differently; past the horizon if there is none
    /// before it.
    pub(crate) fn next_change(&self) -> Instant {
        self.next.get()
    }

    pub(super) fn take_warnings(&self) -> Vec<Warning> {
        self.warnings.take()
    }

    /// Notes that something may change at this moment, if it is still to come.
    pub(super) fn may_change_at(&self, instant: Instant) {
        if instant > self.now && instant < self.next.get() {
            self.next.set(instant);
        }
    }

    /// Notes that something may change when the start of a span has passed a time.
    pub(super) fn may_change_on_leaving(&self, time: Instant, length: Length) {
        let lag = self.now.0 - self.span_start(length).0;
        self.may_change_at(time.plus_seconds(lag + 1));
    }

    /// The start of the span of this length that ends now.
    pub(super) fn span_start(&self, length: Length) -> Instant {
        let known = self.starts.borrow().iter().find(|(known, _)| *known == length).map(|(_, start)| *start);
        known.unwrap_or_else(|| {
            let start = self.policy.zone.before(self.now, length);
            self.may_change_at(self.policy.zone.next_jump(self.now, start, length));
            self.starts.borrow_mut().push((length, start));
            start
        })
    }

    /// Whether a time lies in the span of this length that begins now.
    fn is_within_the_next(&self, time: Instant, length: Length) -> bool {
        let end = self.policy.zone.after(self.now, length);
        self.may_change_at(self.policy.zone.next_jump(self.now, end, length));
        self.may_change_at(time.plus_seconds(self.now.0 - end.0));
        self.may_change_at(time.plus_seconds(1));
        self.now <= time && time <= end
    }

    /// The truth of a condition about the call.
    pub(crate) fn truth(&self, term: TermId) -> Truth {
        let at = term.0 as usize;
        if let Some(known) = self.truths.borrow().get(at).copied().flatten() {
            return known;
        }
        let truth = self.work_out(term, Row::Call);
        if let Some(slot) = self.truths.borrow_mut().get_mut(at) {
            *slot = Some(truth);
        }
        truth
    }

    /// The truth of a condition about a row; only those about the call are remembered.
    pub(crate) fn truth_of(&self, term: TermId, row: Row) -> Truth {
        if row == Row::Call { self.truth(term) } else { self.work_out(term, row) }
    }

    fn work_out(&self, id: TermId, row: Row) -> Truth {
        let Some(term) = self.program.terms.get(id.0 as usize) else { return Truth::Unknown };
        let truth = self.answer(term, row);
        if let Some(seen) = &self.seen
            && let Some(seen) = seen.borrow_mut().get_mut(id.0 as usize)
        {
            seen.add(truth);
        }
        truth
    }

    fn answer(&self, term: &Term, row: Row) -> Truth {
        match term {
            // Every part is looked at even when one settles the answer, so that no moment of change is missed.
            Term::All(parts) => parts.iter().map(|part| self.truth_of(*part, row)).fold(Truth::Yes, Truth::and),
            Term::Any(parts) => parts.iter().map(|part| self.truth_of(*part, row)).fold(Truth::No, Truth::or),
            Term::Not(part) => !self.truth_of(*part, row),
            Term::HowMany { comparison, number, of } => {
                let truths: Vec<Truth> = of.iter().map(|part| self.truth_of(*part, row)).collect();
                let yes = count(&truths, |truth| truth == Truth::Yes);
                let most = count(&truths, |truth| truth != Truth::No);
                compare_between(*comparison, yes, Some(most), *number)
            }
            Term::Test(test) => self.test(test, row),
            Term::Count(count) => self.count(count.measure, count.comparison, count.number),
            Term::Latest { first, of, test } => self.latest(*first, *of, *test),
            Term::Closer { last, of } => self.closer(*last, *of),
            Term::Gap(of) => self.gap(*of),
            Term::Score { score, is } => self.score(*score, is),
        }
    }

    fn count(&self, measure: MeasureId, comparison: Comparison, number: i64) -> Truth {
        let measured = self.measure(measure);
        self.note_counted(measure, &measured, number);
        measured
            .readings
            .iter()
            .map(|reading| match reading {
                Some(reading) => compare_between(comparison, reading.least, reading.most, number),
                None => Truth::No,
            })
            .reduce(Truth::agreed)
            .unwrap_or(Truth::Unknown)
    }

    /// The value that a subject has in a row.
    pub(super) fn value(&self, subject: Subject, row: Row) -> Value {
        match (subject, row) {
            (Subject::Fact(fact), _) => self.case.fact(fact),
            (Subject::CallTime, _) | (Subject::RecordTime, Row::ThisCall | Row::Call) => Value::Time(self.case.at),
            (Subject::RecordTime, Row::Record { record, index }) => {
                self.case.records(record).map_or(Value::Unknown, |records| Value::Time(records.time(index)))
            }
            (Subject::Field(field), Row::Record { record, index }) => {
                self.case.records(record).map_or(Value::Unknown, |records| records.value(index, field))
            }
            (Subject::Field(field), Row::ThisCall) => {
                let fact = self.policy.call_fields.get(field.index()).copied().flatten();
                fact.map_or(Value::Unknown, |fact| self.case.fact(fact))
            }
            (Subject::Through { link, record: target, field }, row) => {
                match self.follow_link(Subject::Field(link), target, row) {
                    Some(index) => {
                        self.case.records(target).map_or(Value::Unknown, |records| records.value(index, field))
                    }
                    None => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }

    /// The record that a link leads to, when the history holds it.
    pub(super) fn follow_link(&self, link: Subject, target: RecordId, row: Row) -> Option<usize> {
        let Value::Identity(id) = self.value(link, row) else { return None };
        let found = self.case.records(target)?.find(id);
        let about = match (link, row) {
            (Subject::Fact(fact), _) => Some(About::Fact(fact)),
            (Subject::Field(field), Row::Record { record, index }) => Some(About::Field { record, index, field }),
            _ => None,
        };
        if let (None, Some(about)) = (found, about) {
            let path = super::ask::path(self, &about);
            self.warnings.borrow_mut().push(Warning::LinkNotFound { path, id: self.case.name(id).to_owned() });
        }
        found
    }

    /// The link that a subject is asked about, and the kind of record that it leads to.
    pub(super) fn link(&self, subject: Subject) -> Option<(Subject, RecordId)> {
        match subject {
            Subject::Linked { link, record } => Some((Subject::Field(link), record)),
            Subject::Fact(fact) => match self.policy.vocabulary.call.get(fact.index())?.ty {
                Type::Link { record } => Some((subject, record)),
                _ => None,
            },
            _ => None,
        }
    }

    fn test(&self, test: &Test, row: Row) -> Truth {
        if let Predicate::InForce { not } = test.predicate {
            let truth = self.in_force(test.subject, row);
            return if not { !truth } else { truth };
        }
        match (self.value(test.subject, row), &test.predicate) {
            (Value::Unknown, _) => Truth::Unknown,
            (Value::None, Predicate::IsNone { not }) => Truth::from(!not),
            (Value::None, _) => Truth::No,
            (_, Predicate::IsNone { not }) => Truth::from(*not),
            (Value::YesNo(value), Predicate::Is(wanted)) => Truth::from(value == *wanted),
            (Value::Choice(at), Predicate::OneOf { values, not }) => Truth::from((values >> at & 1 == 1) != *not),
            (Value::Choice(at), Predicate::Compare(comparison, number)) => {
                Truth::from(comparison.holds(i64::from(at), *number))
            }
            (Value::Number(value) | Value::Duration(value), Predicate::Compare(comparison, number)) => {
                Truth::from(comparison.holds(value, *number))
            }
            (Value::Flags(flags), Predicate::Include { flags: wanted, all }) => {
                Truth::from(if *all { flags & wanted == *wanted } else { flags & wanted != 0 })
            }
            (Value::Flags(flags), Predicate::Exclude { flags: barred }) => Truth::from(flags & barred == 0),
            (Value::Text(at), Predicate::Mention(phrases)) => Truth::from(mentions(self.case.text(at), phrases)),
            (value, Predicate::Same { fact, not }) => self.same(value, self.case.fact(*fact), *not),
            (Value::Time(time), predicate) => self.test_time(time, predicate, row),
            _ => Truth::Unknown,
        }
    }

    pub(super) fn same(&self, one: Value, other: Value, not: bool) -> Truth {
        let shared = match (one, other) {
            (Value::Unknown, _) | (_, Value::Unknown) => return Truth::Unknown,
            (Value::Choice(one), Value::Choice(other)) => one == other,
            _ => {
                let others = self.case.identities(&other);
                self.case.identities(&one).iter().any(|name| others.contains(name))
            }
        };
        Truth::from(shared != not)
    }

    fn test_time(&self, time: Instant, predicate: &Predicate, row: Row) -> Truth {
        let zone = &self.policy.zone;
        let weekday = |instant| zone.weekday(instant);
        Truth::from(match predicate {
            Predicate::Passed => {
                self.may_change_at(time);
                time <= self.now
            }
            Predicate::ToCome => {
                self.may_change_at(time);
                time > self.now
            }
            Predicate::Within(length) => {
                self.may_change_at(time);
                self.may_change_on_leaving(time, *length);
                time <= self.now && time >= self.span_start(*length)
            }
            Predicate::WithinNext(length) => self.is_within_the_next(time, *length),
            Predicate::Ago(comparison, length) => self.ago(time, *comparison, *length),
            Predicate::Day { relation, first, last } => related(*relation, time, *first, *last),
            Predicate::Moment { relation, other } => match self.value(*other, row) {
                Value::Time(other) => related(*relation, time, other, other),
                Value::Unknown => return Truth::Unknown,
                _ => false,
            },
            Predicate::Clock { from, to, not } => {
                let clock = zone.clock(time);
                let inside = if from <= to { *from <= clock && clock <= *to } else { clock >= *from || clock <= *to };
                inside != *not
            }
            Predicate::Weekday { days, not } => days.has(weekday(time)) != *not,
            Predicate::Calendar { calendar, not } => {
                let calendar = self.policy.calendars.get(*calendar);
                calendar.is_some_and(|named| named.calendar.skips(zone.date(time))) != *not
            }
            _ => return Truth::Unknown,
        })
    }

    /// The age of a time, counted back from now on the calendar; a time still to come has none.
    fn ago(&self, time: Instant, comparison: Comparison, length: Length) -> bool {
        self.may_change_at(time);
        self.may_change_on_leaving(time.plus_seconds(-1), length);
        self.may_change_on_leaving(time, length);
        if time > self.now {
            return false;
        }
        let boundary = self.span_start(length);
        match comparison {
            Comparison::AtLeast => time <= boundary,
            Comparison::MoreThan => time < boundary,
            Comparison::AtMost => time >= boundary,
            Comparison::FewerThan => time > boundary,
            Comparison::Exactly => time == boundary,
        }
    }

    fn in_force(&self, subject: Subject, row: Row) -> Truth {
        let (record, index) = match (subject, row) {
            (Subject::Record(record), Row::Record { index, .. }) => (record, index),
            (subject, row) => {
                let Some((link, record)) = self.link(subject) else { return Truth::Unknown };
                let Some(index) = self.follow_link(link, record, row) else { return Truth::Unknown };
                (record, index)
            }
        };
        let kind = self.policy.vocabulary.records.get(record.index()).and_then(|kind| kind.in_force.as_ref());
        let (Some(kind), Some(records)) = (kind, self.case.records(record)) else { return Truth::Unknown };
        let begun = match records.value(index, kind.from) {
            Value::Time(from) => {
                self.may_change_at(from);
                Truth::from(from <= self.now)
            }
            Value::None => Truth::No,
            _ => Truth::Unknown,
        };
        let lasting = kind.until.iter().map(|field| match records.value(index, *field) {
            Value::Time(end) => {
                self.may_change_at(end);
                Truth::from(end > self.now)
            }
            Value::None => Truth::Yes,
            _ => Truth::Unknown,
        });
        lasting.fold(begun, Truth::and)
    }

    fn latest(&self, first: bool, of: SelectionId, test: TermId) -> Truth {
        if first {
            self.note_oldest(of, &self.matched(of));
        }
        self.in_every_reading(of, |members, all| {
            let candidates = measure::candidates(all, first);
            self.note_leaving(of, &candidates.rows);
            let answers = candidates.rows.iter().map(|member| self.truth_of(test, members.row(*member)));
            let none = candidates.maybe_none.then_some(Truth::No);
            answers.chain(none).reduce(Truth::agreed).unwrap_or(Truth::No)
        })
    }

    fn closer(&self, last: i64, of: SelectionId) -> Truth {
        let last = usize::try_from(last).unwrap_or(usize::MAX);
        self.trend(of, last, |times| times.windows(3).all(|three| matches!(three, [a, b, c] if c.0 - b.0 < b.0 - a.0)))
    }

    fn gap(&self, of: SelectionId) -> Truth {
        self.trend(of, 2, |times| match times {
            [before, latest] => {
                let gap = latest.0 - before.0;
                self.may_change_at(latest.plus_seconds(gap));
                self.now.0 - latest.0 < gap
            }
            _ => false,
        })
    }

    /// A question to the times of the last few that match; unknown when it is not sure which match.
    fn trend(&self, of: SelectionId, last: usize, holds: impl Fn(&[Instant]) -> bool) -> Truth {
        self.in_every_reading(of, |_, all| {
            if all.len() < last {
                return Truth::No;
            }
            let oldest_in_doubt = all.iter().position(|member| !member.sure);
            self.note_leaving(of, oldest_in_doubt.and_then(|at| all.get(at..=at)).unwrap_or(&[]));
            self.note_leaving(of, all.get(all.len() - last..=all.len() - last).unwrap_or(&[]));
            if all.iter().any(|member| !member.sure) {
                return Truth::Unknown;
            }
            let times: Vec<Instant> = all.iter().skip(all.len() - last).map(|member| member.time).collect();
            Truth::from(holds(&times))
        })
    }

    /// The answer on which every reading of what the selection means agrees.
    fn in_every_reading(&self, of: SelectionId, answer: impl Fn(&Members, &[Member]) -> Truth) -> Truth {
        let matched = self.matched(of);
        let readings = matched.cuts.iter().map(|cut| match cut {
            None => Truth::No,
            Some(_) if !matched.whole => Truth::Unknown,
            Some(cut) => answer(&matched.members, measure::from(&matched.members.all, *cut)),
        });
        readings.reduce(Truth::agreed).unwrap_or(Truth::Unknown)
    }

    /// The least and the most that a score can be.
    pub(super) fn score_between(&self, score: usize) -> (i64, i64) {
        let Some(score) = self.program.scores.get(score) else { return (0, 0) };
        let mut between = (0i64, 0i64);
        for (points, term) in &score.points {
            let truth = self.truth(*term);
            // What is unanswered counts as yes, until the answer is no.
            let presumed = score.unanswered_as_yes.then(|| self.whole.map_or(truth, |whole| whole.truth(*term)));
            let sure = presumed.map_or(truth == Truth::Yes, |presumed| presumed != Truth::No);
            if sure {
                between.0 = between.0.saturating_add(*points);
            }
            if sure || truth != Truth::No {
                between.1 = between.1.saturating_add(*points);
            }
        }
        between
    }

    fn score(&self, at: usize, is: &ScoreIs) -> Truth {
        let (least, most) = self.score_between(at);
        match is {
            ScoreIs::Compare(comparison, number) => compare_between(*comparison, least, Some(most), *number),
            ScoreIs::In { bands, not } => {
                let Some(score) = self.program.scores.get(at) else { return Truth::Unknown };
                let reached = reached_bands(&score.bands, least, most);
                let truth = match (reached & bands, reached & !bands) {
                    (_, 0) => Truth::Yes,
                    (0, _) => Truth::No,
                    _ => Truth::Unknown,
                };
                if *not { !truth } else { truth }
            }
        }
    }

    /// What a rule adds when it applies.
    pub(crate) fn effects(&self, rule: &Rule) -> RuleEffects {
        let mut effects = RuleEffects { sure: Effects::default(), possible: Effects::default(), unknown: Vec::new() };
        for effect in &rule.effects {
            match effect {
                Effect::Raise { outcome, level } => effects.sure.0.push((*outcome, *level)),
                Effect::RaiseTo { outcome, fact } => match self.case.fact(*fact) {
                    Value::Choice(at) => effects.sure.0.push((*outcome, Level::Highest(at))),
                    _ => {
                        let highest = self
                            .policy
                            .vocabulary
                            .outcomes
                            .get(outcome.index())
                            .map_or(0, |outcome| outcome.kind.values().len());
                        let highest = u16::try_from(highest.saturating_sub(1)).unwrap_or(0);
                        effects.possible.0.push((*outcome, Level::Highest(highest)));
                        effects.unknown.push(About::Fact(*fact));
                    }
                },
                Effect::Deadline { outcome, length, after, calendar } => match (self.value(*after, Row::Call), after) {
                    (Value::Time(start), _) => {
                        let end = self.deadline(rule, start, *length, *calendar);
                        effects.sure.0.push((*outcome, Level::Earliest(Some(end))));
                    }
                    (Value::Unknown, Subject::Fact(fact)) => {
                        // Some time, nobody can say which.
                        effects.possible.0.push((*outcome, Level::Earliest(None)));
                        effects.unknown.push(About::Fact(*fact));
                    }
                    _ => {}
                },
            }
        }
        effects.possible.0.extend(effects.sure.0.iter().copied());
        effects
    }

    fn deadline(&self, rule: &Rule, start: Instant, length: Length, calendar: Option<usize>) -> Instant {
        let zone = &self.policy.zone;
        let Some(named) = calendar.and_then(|at| self.policy.calendars.get(at)) else {
            return zone.after(start, length);
        };
        let end = named.calendar.after(zone, start, length);
        if !named.calendar.covers(zone.date(start), zone.date(end)) {
            let warning = Warning::CalendarIncomplete { calendar: named.name.clone(), rule: rule.name.clone() };
            self.warnings.borrow_mut().push(warning);
        }
        end
    }
}

/// Which bands hold some sum between two, as bits.
fn reached_bands(bands: &[crate::check::Band], least: i64, most: i64) -> u64 {
    bands
        .iter()
        .enumerate()
        .filter(|(_, band)| band.from <= most && band.to.is_none_or(|to| to >= least))
        .fold(0, |bits, (at, _)| bits | 1 << at)
}

fn count(truths: &[Truth], is: impl Fn(Truth) -> bool) -> i64 {
    i64::try_from(truths.iter().filter(|truth| is(**truth)).count()).unwrap_or(i64::MAX)
}

/// Compares a number that is only known to lie between two; `most` is `None` when there is no upper end.
pub(super) fn compare_between(comparison: Comparison, least: i64, most: Option<i64>, number: i64) -> Truth {
    let at_least = |number: i64| {
        if least >= number {
            Truth::Yes
        } else if most.is_some_and(|most| most < number) {
            Truth::No
        } else {
            Truth::Unknown
        }
    };
    match comparison {
        Comparison::AtLeast => at_least(number),
        Comparison::MoreThan => at_least(number.saturating_add(1)),
        Comparison::AtMost => !at_least(number.saturating_add(1)),
        Comparison::FewerThan => !at_least(number),
        Comparison::Exactly => at_least(number).and(!at_least(number.saturating_add(1))),
    }
}

/// A time against a first and a last second.
fn related(relation: Relation, time: Instant, first: Instant, last: Instant) -> bool {
    match relation {
        Relation::Before => time < first,
        Relation::After => time > last,
        Relation::On => first <= time && time <= last,
        Relation::OnOrBefore => time <= last,
        Relation::OnOrAfter => time >= first,
    }
}

fn mentions(text: &str, phrases: &[Vec<String>]) -> bool {
    let words = crate::text::folded_words(text);
    phrases.iter().any(|phrase| words.windows(phrase.len().max(1)).any(|run| run == phrase.as_slice()))
}
