//! What must hold and what must not -> proved impossible, or a call in which it is so.

use super::ask::Moment;
use super::asked::{Asked, Place};
use super::certificate::Certificate;
use super::encode::{Encoder, History, Holds, Row, Spot};
use super::gates::Gates;
use super::rules::{FactHas, Given, Side, Supply};
use super::solver::{Answer, Lit, Solver};
use super::witness::Sketch;
use crate::check::Policy;
use crate::compile::{Ir, TermId};
use crate::model::{FactId, Level, RecordId, Truth, Value};
use crate::semantics::{Mark, Predicate};
use crate::time::{Instant, Length, Zone};
use core::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How much is tried before a question is given up, in conflicts of the solver: it is counted, so that the same question always ends alike.
const MOST_CONFLICTS: u64 = 50_000;

/// How often a smaller call is tried in the place of one that was found.
pub(super) const MOST_STEPS: usize = 2_000;

/// The most records of one kind that are put down.
const MOST_RECORDS: usize = 64;

/// The most where few questions are asked.
const MOST_RECORDS_OF_FEW: usize = 200;

/// How often a call is looked for again without what it failed by.
const MOST_TRIES: usize = 8;

/// At how many moments a call is looked for.
const MOST_MOMENTS: usize = 6;

/// An ordinary working day, at noon.
const ORDINARY: Instant = Instant(1_773_230_400);

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// What came of a question.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// It cannot be so, whatever the call.
    Never(Option<Certificate>),
    /// It is so in this call, which the evaluators confirmed.
    Call(Box<Sketch>),
    /// Why it was not found out.
    NotSettled(Unsettled),
}

/// Why a question was not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsettled {
    /// The solver would need more conflicts than it may have.
    TooMuch,
    /// A call would need more records of one kind than are put down.
    TooManyRecords(usize),
    /// There is no moment at which it could be so, of those that are tried.
    NoMoment,
    /// There is no call in which it is so, of those that are tried.
    NoCall,
    /// It turns on something of which not every way is gone through.
    LeftOpen,
    /// The evaluators say otherwise of the call that was found.
    Otherwise,
}

impl Unsettled {
    /// Whether more room might have settled it.
    pub(crate) fn is_for_lack_of_room(self) -> bool {
        matches!(self, Self::TooMuch | Self::TooManyRecords(_))
    }

    pub(crate) fn words(self) -> String {
        match self {
            Self::TooMuch => "there is more to it than can be gone through".to_owned(),
            Self::TooManyRecords(most) => format!("a call would need more than {most} records of one kind"),
            Self::NoMoment => "no moment was found at which it could be so".to_owned(),
            Self::NoCall => {
                "it could be so as far as the conditions tell, and no call was found in which it is".to_owned()
            }
            Self::LeftOpen => {
                "it turns on how the times of records follow one another, or on records counted from others that are themselves counted \
                 from one, of which not every way is gone through"
                    .to_owned()
            }
            Self::Otherwise => "a call was found in which it seemed so, and the evaluators say otherwise".to_owned(),
        }
    }
}

/// Questions about policies in one representation.
pub(super) struct Search<'p> {
    ir: &'p Ir,
    /// Any of the policies: all have the same words, zone and calendars.
    policy: &'p Policy,
    any: Encoder<'p>,
    certify: bool,
    most_records: usize,
    /// Of two lengths the days on which either lasts longer.
    differ: Vec<([Length; 2], Vec<Instant>)>,
}

/// What the evaluators say of a call that was found.
pub(super) enum Judged<'p> {
    /// It is so.
    So,
    /// It is not, since these are so besides.
    Not(Vec<Part<'p>>),
}

/// Something that may be so of a call.
#[derive(Clone)]
pub(super) enum Part<'p> {
    /// A rule applies and has its effect.
    Applies(&'p Side<'p>, usize),
    /// A rule that has its effect may apply, as far as is known.
    MayApply(&'p Side<'p>, usize),
    /// A condition certainly holds.
    Holds(TermId),
    /// A condition holds, or may as far as is known.
    MayHold(TermId),
    /// A fact is something.
    Has(FactHas),
}

/// What is to be so: all of these, and of each of the others not every part.
#[derive(Clone, Default)]
pub(super) struct Goal<'p> {
    pub all: Vec<Part<'p>>,
    pub without: Vec<Vec<Part<'p>>>,
}

impl PartialEq for Part<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Applies(side, rule), Self::Applies(other, theirs))
            | (Self::MayApply(side, rule), Self::MayApply(other, theirs)) => {
                std::ptr::eq(*side, *other) && rule == theirs
            }
            (Self::Holds(one), Self::Holds(other)) | (Self::MayHold(one), Self::MayHold(other)) => one == other,
            (Self::Has(one), Self::Has(other)) => one == other,
            _ => false,
        }
    }
}

impl<'p> Judged<'p> {
    /// Where nothing is known of why a call is not one.
    pub(super) fn of(is_so: bool) -> Self {
        if is_so { Self::So } else { Self::Not(Vec::new()) }
    }
}

impl<'p> Part<'p> {
    /// All that must be so for a policy to supply something.
    pub(super) fn of_supply(side: &'p Side<'p>, supply: &Supply) -> Vec<Self> {
        let rule = supply.rule.map(|at| Self::Applies(side, at));
        rule.into_iter().chain(supply.of.clone().map(Self::Has)).collect()
    }
}

impl<'p> Goal<'p> {
    fn parts(&self) -> impl Iterator<Item = &Part<'p>> {
        self.all.iter().chain(self.without.iter().flatten())
    }

    /// The conditions that it is about.
    fn roots(&self) -> Vec<TermId> {
        let root = |part: &Part<'p>| match part {
            Part::Applies(side, rule) | Part::MayApply(side, rule) => side.when(*rule),
            Part::Holds(term) | Part::MayHold(term) => Some(*term),
            Part::Has(_) => None,
        };
        self.parts().filter_map(root).collect()
    }

    /// What it asks.
    fn asked(&self, ir: &Ir, policy: &Policy) -> Asked {
        let mut asked = Asked::of(ir, policy, self.roots());
        for part in self.parts() {
            match part {
                Part::Applies(side, rule) | Part::MayApply(side, rule) => add_effects(&mut asked, side.policy, [*rule]),
                Part::Holds(_) | Part::MayHold(_) => {}
                Part::Has(FactHas::OneOf(fact, _) | FactHas::Some(fact)) => {
                    asked.values.entry(Place::Fact(*fact)).or_default();
                }
            }
        }
        asked
    }

    fn lits(&self, encoder: &mut Encoder<'_>) -> Vec<Lit> {
        let mut lits: Vec<Lit> = self.all.iter().map(|part| part.lit(encoder)).collect();
        for parts in &self.without {
            let parts: Vec<Lit> = parts.iter().map(|part| part.lit(encoder)).collect();
            lits.push(!encoder.gates.and(&parts));
        }
        lits
    }
}

impl Part<'_> {
    fn lit(&self, encoder: &mut Encoder<'_>) -> Lit {
        match self {
            Self::Applies(side, rule) => applies(encoder, side, *rule, false),
            Self::MayApply(side, rule) => applies(encoder, side, *rule, true),
            Self::Holds(term) => encoder.truth(*term, Row::Call).yes,
            Self::MayHold(term) => encoder.truth(*term, Row::Call).may,
            Self::Has(FactHas::OneOf(fact, values)) => is_one_of(encoder, *fact, values),
            Self::Has(FactHas::Some(fact)) => {
                let value = encoder.value(Row::Call, Spot::Fact(*fact));
                value.exists(&mut encoder.gates)
            }
        }
    }
}

impl<'p> Search<'p> {
    pub(super) fn new(ir: &'p Ir, policy: &'p Policy, asked: Asked, certify: bool) -> Self {
        let solver = if certify { Solver::certified() } else { Solver::new() };
        let any = Encoder::new(Gates::of(solver), ir, policy, Rc::new(asked), History::Any);
        Self { ir, policy, any, certify, most_records: MOST_RECORDS, differ: Vec::new() }
    }

    /// A search that few questions are put to, so that each may need more records.
    pub(super) fn of_few(ir: &'p Ir, policy: &'p Policy, asked: Asked) -> Self {
        Self { most_records: MOST_RECORDS_OF_FEW, ..Self::new(ir, policy, asked, false) }
    }

    /// Everything that the rules of some policies ask, and other conditions.
    pub(super) fn asked(ir: &Ir, policy: &Policy, sides: &[&Side<'_>], others: &[TermId]) -> Asked {
        let roots = sides.iter().flat_map(|side| side.terms.rules.iter().map(|terms| terms.when));
        let mut asked = Asked::of(ir, policy, roots.chain(others.iter().copied()));
        for side in sides {
            add_effects(&mut asked, side.policy, 0..side.policy.rules.len());
        }
        asked
    }

    /// Whether it is proved that it cannot be so, whatever the call.
    pub(super) fn is_impossible(&mut self, goal: &Goal<'p>) -> bool {
        let lits = goal.lits(&mut self.any);
        self.solve(goal, &lits) == Answer::No
    }

    /// Whether it can be so as far as is said of any history; where it can, what is counted is held to how it adds up as well.
    fn solve(&mut self, goal: &Goal<'p>, lits: &[Lit]) -> Answer {
        let answer = self.any.gates.solver.solve(lits, MOST_CONFLICTS);
        if answer != Answer::Yes || !self.any.add_up(goal.asked(self.ir, self.policy).measures.into_keys()) {
            return answer;
        }
        self.any.gates.solver.solve(lits, MOST_CONFLICTS)
    }

    /// Whether there is a call in which it is so. `judge` has the last word on a call that was found.
    pub(super) fn find(&mut self, goal: &Goal<'p>, judge: &dyn Fn(&Sketch) -> Judged<'p>) -> Found {
        let lits = goal.lits(&mut self.any);
        match self.solve(goal, &lits) {
            Answer::No => {
                let certificate = if self.certify { self.any.gates.solver.certificate(&lits) } else { None };
                return Found::Never(certificate);
            }
            Answer::Stopped => return Found::NotSettled(Unsettled::TooMuch),
            Answer::Yes => {}
        }
        self.look_for(goal, &lits, judge)
    }

    /// Which of some parts are so where another is, in one of the ways in which it may be; `None` where it cannot be so, or nobody
    /// knows. It refutes that one part always comes with another, and proves nothing.
    pub(super) fn once(&mut self, part: &Part<'p>, others: &[Part<'p>]) -> Option<Vec<bool>> {
        let own = part.lit(&mut self.any);
        let lits: Vec<Lit> = others.iter().map(|other| other.lit(&mut self.any)).collect();
        let solver = &mut self.any.gates.solver;
        let is_found = solver.solve(&[own], MOST_CONFLICTS) == Answer::Yes;
        is_found.then(|| lits.into_iter().map(|lit| solver.holds(lit)).collect())
    }

    fn look_for(&mut self, goal: &Goal<'p>, lits: &[Lit], judge: &dyn Fn(&Sketch) -> Judged<'p>) -> Found {
        let asked = goal.asked(self.ir, self.policy);
        let mut why = Unsettled::NoCall;
        let mut found: Vec<Instant> = Vec::new();
        let mut seen = BTreeSet::new();
        // Moments that are seldom needed are not worked out before they are.
        for kind in [MomentsOf::TheRules, MomentsOf::Questions, MomentsOf::Lengths] {
            for now in self.moments(kind, goal, &asked) {
                if found.len() >= MOST_MOMENTS || !seen.insert(now) || !self.can_be_at(now, lits) {
                    continue;
                }
                found.push(now);
                match self.call_at(goal.clone(), now, false, judge) {
                    Ok(Some(call)) => return Found::Call(Box::new(call)),
                    Ok(None) => {}
                    Err(reason) => why = reason,
                }
            }
        }
        if found.is_empty() {
            return Found::NotSettled(Unsettled::NoMoment);
        }
        for now in found {
            match self.call_at(goal.clone(), now, true, judge) {
                Ok(Some(call)) => return Found::Call(Box::new(call)),
                Ok(None) => {}
                Err(reason) => why = reason,
            }
        }
        Found::NotSettled(why)
    }

    /// Whether it can be so at a moment, as far as is said of any history.
    fn can_be_at(&mut self, now: Instant, lits: &[Lit]) -> bool {
        let mut at: Vec<Lit> = self.any.at_moment(now);
        at.extend(lits);
        self.any.gates.solver.solve(&at, MOST_CONFLICTS) == Answer::Yes
    }

    /// A call at a moment, if one is found in a history of so few records, or so many; else why none was, where that is known.
    fn call_at(
        &self,
        mut goal: Goal<'p>,
        now: Instant,
        much: bool,
        judge: &dyn Fn(&Sketch) -> Judged<'p>,
    ) -> Result<Option<Sketch>, Unsettled> {
        let mut why = None;
        for _ in 0..MOST_TRIES {
            let asked = Rc::new(goal.asked(self.ir, self.policy));
            let records = records(self.ir, &asked, much, self.most_records + 1);
            if records.values().any(|count| *count > self.most_records) {
                return Err(Unsettled::TooManyRecords(self.most_records));
            }
            let kinds: Vec<RecordId> = records.keys().copied().collect();
            let mut encoder =
                Encoder::new(Gates::of(Solver::new()), self.ir, self.policy, asked, History::Of { now, records });
            let lits = goal.lits(&mut encoder);
            // A history of which all is known reads better, where one will do.
            let whole: Vec<Lit> = kinds.into_iter().map(|kind| encoder.is_known((kind, Vec::new()))).collect();
            // And where all is known no rules make anything certain together that none of them does alone.
            let known = encoder.known_values().into_iter().map(|(_, value)| !value.unknown);
            let known: Vec<Lit> = known.filter(|lit| *lit != encoder.gates.solver.no()).collect();
            let more: [Vec<Lit>; 3] = [whole.iter().chain(&known).copied().collect(), whole, Vec::new()];
            let mut answer = Answer::No;
            for more in more {
                let all: Vec<Lit> = lits.iter().copied().chain(more).collect();
                answer = encoder.gates.solver.solve(&all, MOST_CONFLICTS);
                if answer == Answer::Yes {
                    break;
                }
            }
            match answer {
                Answer::Yes => {}
                Answer::No => break,
                Answer::Stopped => return Err(Unsettled::TooMuch),
            }
            let Some(sketch) = encoder.realised() else { break };
            let Judged::Not(beside) = judge(&sketch) else { return Ok(Some(sketch)) };
            why = Some(if encoder.left_open { Unsettled::LeftOpen } else { Unsettled::Otherwise });
            let known = goal.without.clone();
            let more = beside.into_iter().map(|part| vec![part]).filter(|parts| !known.contains(parts));
            let before = known.len();
            goal.without.extend(more);
            if goal.without.len() == before {
                break;
            }
        }
        why.map_or(Ok(None), Err)
    }

    /// Moments that may matter to a goal.
    fn moments(&mut self, kind: MomentsOf, goal: &Goal<'_>, asked: &Asked) -> Vec<Instant> {
        let policy = self.policy;
        let mut moments = Vec::new();
        match kind {
            MomentsOf::TheRules => {
                moments.push(ORDINARY);
                let rules = goal.parts().filter_map(|part| match part {
                    Part::Applies(side, rule) | Part::MayApply(side, rule) => side.rule(*rule),
                    Part::Holds(_) | Part::MayHold(_) | Part::Has(_) => None,
                });
                for rule in rules {
                    let suspended = rule.suspension.iter().flat_map(|it| [it.from, Some(it.until)]);
                    for edge in [rule.from, rule.until].into_iter().chain(suspended).flatten() {
                        moments.extend([0, -1, 1, DAY, -DAY].map(|by| edge.plus_seconds(by)));
                    }
                }
            }
            MomentsOf::Questions => {
                let of_call = asked.predicates(Place::CallTime).iter();
                let of_records = asked
                    .values
                    .iter()
                    .filter(|(place, _)| matches!(place, Place::RecordTime(_) | Place::Fact(_) | Place::Field(..)));
                for predicate in of_call.chain(of_records.flat_map(|(_, predicates)| predicates)) {
                    moments.extend(moments_of(predicate, policy));
                }
            }
            MomentsOf::Lengths => moments.extend(self.where_lengths_differ(asked)),
        }
        moments
    }
}

/// What makes a moment matter to a goal.
#[derive(Clone, Copy)]
enum MomentsOf {
    /// None but the days on which rules begin and end; first an ordinary one.
    TheRules,
    /// It lies on or beside an edge of what is asked of a time.
    Questions,
    /// One length lasts longer than another there.
    Lengths,
}

/// How far ahead of an ordinary day the length of months and days is tried out: four years hold a leap day.
const DAYS_TRIED: i64 = 4 * 366;

impl Search<'_> {
    /// Moments at which one length lasts longer than another, of each two of which that depends on the day.
    fn where_lengths_differ(&mut self, asked: &Asked) -> Vec<Instant> {
        let zone = &self.policy.zone;
        let mut lengths: Vec<Length> = Vec::new();
        for length in asked.values.values().flatten().flat_map(Predicate::spans) {
            if !lengths.contains(&length) {
                lengths.push(length);
            }
        }
        let mut moments = Vec::new();
        for (at, one) in lengths.iter().enumerate() {
            for other in lengths.iter().skip(at + 1) {
                if one.never_longer_than(*other, zone) || other.never_longer_than(*one, zone) {
                    continue;
                }
                // The same two are asked about by many questions.
                let known =
                    self.differ.iter().find(|(known, _)| *known == [*one, *other]).map(|(_, days)| days.clone());
                moments.extend(known.unwrap_or_else(|| {
                    let days = days_of_both(*one, *other, zone);
                    self.differ.push(([*one, *other], days.clone()));
                    days
                }));
            }
        }
        moments
    }
}

/// The first day on which one length reaches further back than the other, and the first on which it does not reach as far.
fn days_of_both(one: Length, other: Length, zone: &Zone) -> Vec<Instant> {
    let (mut further, mut nearer) = (None, None);
    for now in (0..DAYS_TRIED).map(|day| ORDINARY.plus_seconds(day * DAY)) {
        match zone.before(now, one).cmp(&zone.before(now, other)) {
            Ordering::Less => further = further.or(Some(now)),
            Ordering::Greater => nearer = nearer.or(Some(now)),
            Ordering::Equal => {}
        }
        if further.is_some() && nearer.is_some() {
            break;
        }
    }
    further.into_iter().chain(nearer).collect()
}

/// Moments on and beside the edges of a question to a time.
fn moments_of(predicate: &Predicate, policy: &Policy) -> Vec<Instant> {
    let zone = &policy.zone;
    let midnight = zone.day_start(zone.date(ORDINARY));
    let mut moments = Vec::new();
    for mark in predicate.form().marks() {
        match mark {
            Mark::Days { first, last } => {
                moments.extend([
                    first.plus_seconds(-1),
                    first,
                    last,
                    last.plus_seconds(1),
                    first.plus_seconds(12 * HOUR),
                ]);
            }
            Mark::Clock(clock) => {
                let edge = midnight.plus_seconds(i64::from(clock.0));
                moments.extend([0, -60, 60, HOUR, -HOUR].map(|by| edge.plus_seconds(by)));
            }
            Mark::EachDay => {
                moments.extend((1..8).map(|day| ORDINARY.plus_seconds(day * DAY)));
                // The days of a calendar may be few.
                let days = (0..400).map(|day| ORDINARY.plus_seconds(day * DAY));
                let answer =
                    |at: &Instant| Moment { policy, now: *at }.answer(predicate, Value::Time(*at), Value::Unknown);
                for wanted in [Truth::Yes, Truth::No, Truth::Unknown] {
                    moments.extend(days.clone().find(|at| answer(at) == wanted));
                }
            }
            _ => {}
        }
    }
    moments
}

fn add_effects(asked: &mut Asked, policy: &Policy, rules: impl IntoIterator<Item = usize>) {
    rules.into_iter().filter_map(|at| policy.rules.get(at)).for_each(|rule| asked.add_effects(policy, rule));
}

/// How many records of each kind are put down: as few as one count needs, or as many as all of them need together, up to a bound.
fn records(ir: &Ir, asked: &Asked, much: bool, most: usize) -> BTreeMap<RecordId, usize> {
    let (mut few, mut all): (BTreeMap<RecordId, usize>, BTreeMap<RecordId, usize>) = Default::default();
    for kind in asked.kinds(ir) {
        few.insert(kind, 1);
        all.insert(kind, 1);
    }
    for (id, highest) in &asked.measures {
        let Some(measure) = ir.measure(*id) else { continue };
        let needed = usize::try_from(*highest).unwrap_or(usize::MAX).saturating_mul(if measure.different.is_some() {
            2
        } else {
            1
        });
        let few = few.entry(measure.record).or_default();
        *few = (*few).max(needed);
        let own = all.entry(measure.record).or_default();
        *own = own.saturating_add(needed);
        if let Some(by) = measure.follow.as_ref().and_then(|follow| ir.selection(follow.by)) {
            let theirs = all.entry(by.record).or_default();
            *theirs = theirs.saturating_add(needed);
        }
    }
    for (id, last) in &asked.last {
        let Some(selection) = ir.selection(*id) else { continue };
        let few = few.entry(selection.record).or_default();
        *few = (*few).max(*last);
        let all = all.entry(selection.record).or_default();
        *all = all.saturating_add(last + 2);
    }
    let records = if much { all } else { few };
    records.into_iter().map(|(kind, count)| (kind, count.min(most))).collect()
}

/// Whether a rule applies and has its effect; or may, as far as is known.
fn applies(encoder: &mut Encoder<'_>, side: &Side<'_>, at: usize, perhaps: bool) -> Lit {
    let (Some(rule), Some(when)) = (side.rule(at), side.when(at)) else { return encoder.gates.solver.no() };
    if rule.trial {
        return encoder.gates.solver.no();
    }
    let answer = encoder.truth(when, Row::Call);
    let mut lits = vec![if rule.presumed || perhaps { answer.may } else { answer.yes }];
    lits.extend(rule.from.map(|from| encoder.is_since(from)));
    lits.extend(rule.until.map(|until| !encoder.is_since(until.plus_seconds(1))));
    if let Some(suspension) = &rule.suspension {
        let begun = suspension.from.map(|from| encoder.is_since(from));
        let over = encoder.is_since(suspension.until.plus_seconds(1));
        let mut suspended = vec![!over];
        suspended.extend(begun);
        lits.push(!encoder.gates.and(&suspended));
    }
    encoder.gates.and(&lits)
}

fn is_one_of(encoder: &mut Encoder<'_>, fact: FactId, values: &[u16]) -> Lit {
    let value = encoder.value(Row::Call, Spot::Fact(fact));
    let Holds::One(all) = &value.holds else { return encoder.gates.solver.no() };
    let is = |value: &Value| matches!(value, Value::Choice(at) if values.contains(at));
    let lits: Vec<Lit> = all.iter().filter(|(value, _)| is(value)).map(|(_, lit)| *lit).collect();
    encoder.gates.or(&lits)
}

/// Whether one outcome of a call is less than what is demanded.
pub(super) fn falls_short(given: &Given, was: Level, is: Level) -> bool {
    match given {
        Given::Level(level) => was.covers(*level) && !is.covers(*level),
        Given::Effect(_) => !is.covers(was),
    }
}
