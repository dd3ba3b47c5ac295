//! Events and policies -> `ReplayReport`: every call decided as it stood, on as many threads as there are cores.

use crate::beside::PolicyAnswers;
use crate::compare::DecisionComparison;
use crate::decisions::DecisionTable;
use crate::maker::CaseMaker;
use crate::report::{Chosen, PolicyReport, ReplayReport};
use crate::share::share_out;
use crate::sweep::{SweepTally, SweepWorker, into_points};
use crate::tally::{CallIds, Clock, DecisionTally};
use heedful::engine::{Evaluator, Overview, Snapshot, VERSION, short_digest};
use heedful::horizon::Horizon;
use heedful::model::{Case, FactId};
use heedful::time::{Date, Instant, Length};
use heedful_history::{AnswerColumn, Call, EventStore, Intake};
use std::collections::BTreeSet;
use std::ops::Range;

/// What is replayed.
pub struct Replay<'a> {
    pub first: Side<'a>,
    /// Another policy to compare with, and the same events in its vocabulary.
    pub second: Option<Side<'a>>,
    /// The first policy as it stands, then with settings at other values; all of one vocabulary. None where nothing is swept.
    pub sweep: &'a [(Vec<Chosen>, Snapshot)],
    pub intakes: &'a [Intake],
    /// What became of the rows of what others say of the calls.
    pub beside: &'a [Intake],
    /// Earlier calls are history and are not decided: their own histories are cut off.
    pub from: Option<Instant>,
    /// Facts of the call by whose values calls are counted.
    pub groups: &'a [FactId],
    /// A fact of the call, and a span of minutes or hours: whether calls that were followed within it by another that shares the fact
    /// had been raised.
    pub followed: Option<(FactId, Length)>,
    /// Groups of fewer calls are not shown.
    pub hidden_below: u64,
    /// A table to which every decision is written.
    pub decisions: Option<&'a DecisionTable<'a>>,
    pub threads: usize,
}

/// A policy, and what it is asked of.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    pub policy: &'a Snapshot,
    /// The events, in the words of its vocabulary.
    pub store: &'a EventStore,
    /// What others say of the calls.
    pub beside: &'a [AnswerColumn],
}

/// Decides every call as it stood under each policy and at each point of a sweep, going over the calls once, and counts.
///
/// # Errors
/// When a case that was gathered cannot be read, which a mapping that was checked does not let happen; names the call.
pub fn replay(asked: &Replay<'_>) -> Result<ReplayReport, String> {
    let calls = asked.first.store.calls_from(asked.from);
    let swept = asked.sweep.iter().map(|(_, policy)| policy.horizon());
    let horizon = swept.fold(asked.first.policy.horizon(), Horizon::or);
    let other_horizon = asked.second.map(|side| side.policy.horizon()).unwrap_or_default();
    let looks_back = |side: Side<'_>, horizon: &Horizon| side.store.decisions_within(horizon).is_some();
    let in_turn =
        looks_back(asked.first, &horizon) || asked.second.is_some_and(|side| looks_back(side, &other_horizon));
    // What was decided of a call bears on later ones, so all are decided in turn, also those that do not count.
    let (decided, threads) = if in_turn { (0..calls.end, 1) } else { (calls.clone(), asked.threads) };
    let worker = || CallWorker::new(asked, [&horizon, &other_horizon], calls.start);
    let mut whole = worker().into_count();
    let parts = share_out(decided, threads, worker, CallWorker::add, CallWorker::into_count)?;
    parts.into_iter().for_each(|part| whole.append(part));
    Ok(report(asked, whole, calls))
}

/// What was counted of some calls.
struct PartCount {
    first: SideCount,
    second: Option<(SideCount, DecisionComparison)>,
    sweep: Vec<SweepTally>,
}

/// What was counted of one policy's decisions.
#[derive(Default)]
struct SideCount {
    tally: DecisionTally,
    answers: PolicyAnswers,
}

impl PartCount {
    fn append(&mut self, other: Self) {
        self.first.append(other.first);
        if let (Some((count, comparison)), Some((other_count, other))) = (&mut self.second, other.second) {
            count.append(other_count);
            comparison.append(other);
        }
        self.sweep.resize_with(other.sweep.len(), SweepTally::default);
        self.sweep.iter_mut().zip(other.sweep).for_each(|(own, other)| own.append(other));
    }
}

impl SideCount {
    fn append(&mut self, other: Self) {
        self.tally.append(other.tally);
        self.answers.append(other.answers);
    }
}

/// One policy, with all that is used again for each call.
struct PolicySide<'a> {
    side: Side<'a>,
    maker: CaseMaker<'a>,
    evaluator: Evaluator<'a>,
}

impl<'a> PolicySide<'a> {
    fn new(side: Side<'a>, horizon: &'a Horizon) -> Self {
        let maker = CaseMaker::new(side.policy, side.store, horizon);
        Self { side, maker, evaluator: side.policy.evaluator() }
    }

    /// Decides a call.
    fn decide(&mut self, call: Call<'_>) -> Result<(&Case, &Overview), String> {
        let Self { maker, evaluator, .. } = self;
        maker.decided(call, |case| evaluator.overview(case), |said| (&said.outcome, &said.fired))
    }
}

impl SideCount {
    /// Counts what a policy says of the call with this number.
    fn add(
        &mut self,
        side: Side<'_>,
        case: &Case,
        (number, overview): (u32, &Overview),
        groups: &[FactId],
        repeated: Option<bool>,
    ) {
        self.tally.add(side.policy, case, (number, overview), groups, repeated);
        self.answers.add(side.policy, side.beside, number, overview);
    }
}

struct CallWorker<'a> {
    asked: &'a Replay<'a>,
    /// The number of the first call that counts.
    first_counted: usize,
    /// The time of the last row.
    last: Option<Instant>,
    first: PolicySide<'a>,
    second: Option<PolicySide<'a>>,
    sweep: SweepWorker<'a>,
    clock: Clock,
    count: PartCount,
}

impl<'a> CallWorker<'a> {
    fn new(asked: &'a Replay<'a>, [horizon, other_horizon]: [&'a Horizon; 2], first_counted: usize) -> Self {
        let other = |side: Side<'a>| {
            let comparison = DecisionComparison::new([asked.first.policy, side.policy]);
            (PolicySide::new(side, other_horizon), (SideCount::default(), comparison))
        };
        let (second, second_count) = asked.second.map(other).unzip();
        Self {
            asked,
            first_counted,
            last: asked.first.store.times().last(),
            first: PolicySide::new(asked.first, horizon),
            second,
            sweep: SweepWorker::new(asked.sweep, asked.first.store, horizon),
            clock: Clock::default(),
            count: PartCount { first: SideCount::default(), second: second_count, sweep: Vec::new() },
        }
    }

    fn into_count(self) -> PartCount {
        PartCount { sweep: self.sweep.tallies, ..self.count }
    }

    /// Decides the call with this number under every policy, and counts what is said of it.
    fn add(&mut self, number: usize) -> Result<(), String> {
        let Some(call) = self.asked.first.store.call(number) else { return Ok(()) };
        let counts = number >= self.first_counted;
        let repeated = self.repeated(call);
        let own = u32::try_from(number).map_err(|_| "there are too many calls".to_owned())?;
        let (case, overview) = self.first.decide(call)?;
        if counts {
            self.count.first.add(self.asked.first, case, (own, overview), self.asked.groups, repeated);
        }
        if !self.asked.sweep.is_empty() {
            let day = counts.then(|| self.clock.read(self.asked.first.policy.zone(), case.at).0);
            self.sweep.add(call, case, overview, day)?;
        }
        let told = (call.id(), call.at());
        let mut other_overview = None;
        if let (Some(side), Some((count, comparison))) = (&mut self.second, &mut self.count.second)
            && let Some(call) = side.side.store.call(number)
        {
            let asked = side.side;
            let (other_case, other) = side.decide(call)?;
            if counts {
                count.add(asked, other_case, (own, other), &[], repeated);
                comparison.add(own, [overview, other], case.record_count());
            }
            other_overview = Some(other);
        }
        if let (Some(table), Some(number)) = (self.asked.decisions, number.checked_sub(self.first_counted)) {
            table.put(number, told, [Some(overview), other_overview]);
        }
        Ok(())
    }

    /// Whether a call was repeated, where that is asked: of the last span nobody can say.
    fn repeated(&self, call: Call<'_>) -> Option<bool> {
        let (fact, within) = self.asked.followed?;
        let until = self.asked.first.policy.zone().after(call.at(), within);
        if self.last.is_none_or(|last| until > last) {
            return None;
        }
        call.is_repeated(fact, until)
    }
}

fn report(asked: &Replay<'_>, whole: PartCount, calls: Range<usize>) -> ReplayReport {
    let (policy, store) = (asked.first.policy, asked.first.store);
    let zone = policy.zone();
    let time_of = |number: usize| store.call(number).map(|call| call.at());
    let (first, last) = (time_of(calls.start), calls.end.checked_sub(1).and_then(time_of));
    let day = |at: Option<Instant>| at.filter(|_| !calls.is_empty()).map(|at| zone.date(at));
    let (first_day, last_day) = (day(first), day(last));
    let mut clock = Clock::default();
    let mut days_with_rows: BTreeSet<Date> = BTreeSet::new();
    for at in store.times() {
        days_with_rows.insert(clock.read(zone, at).0);
    }
    let all_days = days_between(first_day, last_day);
    let days: BTreeSet<Date> = all_days.intersection(&days_with_rows).copied().collect();
    let followed = asked
        .followed
        .and_then(|(fact, within)| Some((policy.vocabulary().call.get(fact.index())?.name.as_str(), within)));
    let ids = calls.clone().map(|number| store.call(number).map_or("", |call| call.id())).collect();
    let ids = CallIds::new(calls.start, ids);
    let of_side = |side: Side<'_>, count: SideCount| PolicyReport {
        beside: count.answers.into_report(side.policy, side.beside, &ids, &calls),
        ..count.tally.into_report(side.policy, &days, asked.hidden_below, followed, &ids)
    };
    let mut policies = vec![of_side(asked.first, whole.first)];
    let mut difference = None;
    if let (Some(other), Some((count, comparison))) = (asked.second, whole.second) {
        policies.push(of_side(other, count));
        if let [first, second] = policies.as_mut_slice()
            && first.policy == second.policy
        {
            for policy in [first, second] {
                policy.policy = format!("{} ({})", policy.policy, short_digest(&policy.digest));
            }
        }
        difference = Some(comparison.into_report([policy, other.policy], &ids));
    }
    ReplayReport {
        engine: VERSION,
        calls: calls.len() as u64,
        first_day: first_day.map(|day| day.to_string()),
        last_day: last_day.map(|day| day.to_string()),
        days_without_rows: all_days.difference(&days_with_rows).map(Date::to_string).collect(),
        tables: asked.intakes.to_vec(),
        beside: asked.beside.to_vec(),
        told_twice: store.told_twice,
        hidden_below: asked.hidden_below,
        policies,
        difference,
        // A point counts the days of all rows, since its share of days is compared with that of other points alone.
        sweep: into_points(asked.sweep, whole.sweep, &days_with_rows),
    }
}

fn days_between(first: Option<Date>, last: Option<Date>) -> BTreeSet<Date> {
    let (Some(first), Some(last)) = (first, last) else { return BTreeSet::new() };
    let days = std::iter::successors(Some(first), |day| Some(day.next()).filter(|next| next > day));
    days.take_while(|day| *day <= last).collect()
}
