//! Events and policies -> what every call came to, decided as it stood, on as many threads as there are cores.

use crate::beside::PolicyAnswers;
use crate::calls::{CallIds, FollowedCalls, GivenAnswers};
use crate::cases::{CaseTexts, TakeCase};
use crate::compare::DecisionComparison;
use crate::decisions::DecisionTable;
use crate::maker::CaseMaker;
use crate::report::Chosen;
use crate::share::share_out;
use crate::sweep::{SweepTally, SweepWorker};
use crate::tally::{Clock, DecisionTally, first_place};
use heedful::engine::{Evaluator, Overview, Snapshot};
use heedful::horizon::Horizon;
use heedful::model::{Case, FactId};
use heedful::time::{Date, Instant, Length};
use heedful_history::{Call, Compared, EventStore, Timeline};
use std::collections::BTreeSet;
use std::io;

/// What is replayed.
pub struct Replay<'a> {
    pub policy: &'a Snapshot,
    /// Another policy to compare with.
    pub against: Option<&'a Snapshot>,
    /// The first policy as it stands, then with settings at other values; all of one vocabulary. None where nothing is swept.
    pub sweep: &'a [(Vec<Chosen>, Snapshot)],
    /// What others say of the calls: of the first policy's answers, and of the other's.
    pub beside: [&'a [Compared]; 2],
    /// Earlier calls are history and are not decided: their own histories are cut off.
    pub from: Option<Instant>,
    /// Facts of the call by whose values calls are counted.
    pub groups: &'a [FactId],
    /// A fact of the call, and a span of minutes or hours: whether calls that were followed within it by another that shares the fact
    /// had been raised.
    pub followed: Option<(FactId, Length)>,
    /// Groups of fewer calls are not shown.
    pub hidden_below: u64,
    pub threads: usize,
    /// How many events are added before the calls among them are decided: [`BATCH`], or fewer.
    pub batch: usize,
}

/// What a replay found, before it is set beside what others say and told.
pub struct Replayed {
    pub(crate) count: PartCount,
    pub(crate) calls: AllCalls,
    pub(crate) days_with_rows: BTreeSet<Date>,
    pub(crate) last: Option<Instant>,
    pub(crate) told_twice: u64,
}

/// What is known of all calls, by their numbers.
pub(crate) struct AllCalls {
    pub(crate) ids: CallIds,
    pub(crate) given: [GivenAnswers; 2],
    /// The number of the first call that was decided.
    pub(crate) first: usize,
    /// The times of the first and the last call that were decided.
    pub(crate) span: Option<(Instant, Instant)>,
}

/// How many events are added before the calls among them are decided, unless somebody wants fewer.
pub const BATCH: usize = 50_000;

/// Where what comes up on the way is written, besides the report.
#[derive(Default)]
pub struct Written<'w> {
    /// The cases as the first policy has them, with the records within a horizon.
    pub cases: Vec<(&'w Horizon, TakeCase<'w>)>,
    /// Every decision.
    pub decisions: Option<&'w DecisionTable<'w>>,
}

/// Why a replay did not come to its end.
#[derive(Debug)]
pub enum ReplayError {
    /// Events cannot be read from the files in which they were put in order.
    Events(io::Error),
    /// Cases cannot be written; says which of those that were wanted.
    Cases(usize, io::Error),
}

/// Decides every call as it stood under each policy and at each point of a sweep, going over the events once, and counts. `other` holds the
/// same events in the words of the other policy, where its vocabulary is another.
///
/// # Errors
/// When events cannot be read, or cases not written.
pub fn replay(
    asked: &Replay<'_>,
    mut events: Timeline,
    mut other: Option<Timeline>,
    written: Written<'_>,
) -> Result<Replayed, ReplayError> {
    let Written { cases, decisions } = written;
    let mut cases: Vec<(CaseTexts<'_>, TakeCase<'_>)> =
        cases.into_iter().map(|(horizon, take)| (CaseTexts::new(asked.policy, horizon), take)).collect();
    let swept = asked.sweep.iter().map(|(_, policy)| policy.horizon());
    let horizon = swept.fold(asked.policy.horizon(), Horizon::or);
    let other_horizon = asked.against.map(Snapshot::horizon).unwrap_or_default();
    // Both read from the one store where they have one vocabulary.
    let kept = if other.is_none() { horizon.clone().or(other_horizon.clone()) } else { horizon.clone() };
    let outcomes = |side: usize| {
        let all = asked.beside.get(side).copied().unwrap_or_default();
        GivenAnswers::new(all.iter().filter_map(|compared| match compared {
            Compared::Outcome(outcome) => Some(*outcome),
            _ => None,
        }))
    };
    let given = [outcomes(0), outcomes(1)];
    let mut calls = AllCalls { ids: CallIds::default(), given, first: 0, span: None };
    let horizons = [&horizon, &other_horizon];
    let mut whole = PartCount::new(asked);
    // What was decided of a call bears on later ones, so all are decided in turn, also those that do not count.
    let other_store = other.as_ref().unwrap_or(&events).store();
    let looks_back = events.store().decisions_within(&horizon).is_some()
        || asked.against.is_some_and(|_| other_store.decisions_within(&other_horizon).is_some());
    let mut in_turn = looks_back.then(|| CallWorker::new(asked, decisions, horizons, true));
    while let Some(at) = events.go_on(asked.batch.max(1)).map_err(ReplayError::Events)? {
        if let Some(other) = &mut other {
            other.go_to(at).map_err(ReplayError::Events)?;
        }
        let stores = [events.store(), other.as_ref().unwrap_or(&events).store()];
        let numbers = events.store().call_numbers();
        for number in numbers.clone() {
            calls.add(asked, stores.map(|store| store.call(number)));
        }
        let counted = numbers.start.max(calls.first)..numbers.end;
        for (which, (texts, take)) in cases.iter_mut().enumerate() {
            for call in events.store().calls() {
                if let Some(text) = texts.next(call, events.store(), counted.contains(&call.number())) {
                    take(text).map_err(|error| ReplayError::Cases(which, error))?;
                }
            }
        }
        if let Some(worker) = &mut in_turn {
            for number in numbers {
                worker.add(stores, number, calls.first);
            }
        } else {
            let worker = || CallWorker::new(asked, decisions, horizons, false);
            let first = calls.first;
            let add = |worker: &mut CallWorker<'_>, number: usize| worker.add(stores, number, first);
            let parts = share_out(counted, asked.threads, worker, add, CallWorker::into_count);
            parts.into_iter().for_each(|part| whole.append(part));
        }
        events.forget(&kept, asked.policy.zone());
        if let (Some(other), Some(policy)) = (&mut other, asked.against) {
            other.forget(&other_horizon, policy.zone());
        }
    }
    in_turn.into_iter().for_each(|worker| whole.append(worker.into_count()));
    calls.ids.put_in_order();
    let store = events.store();
    Ok(Replayed {
        count: whole,
        calls,
        days_with_rows: store.quarters().map(|at| asked.policy.zone().date(at)).collect(),
        last: store.last(),
        told_twice: store.told_twice,
    })
}

impl AllCalls {
    /// Adds the next call, as each of the stores has it.
    fn add(&mut self, asked: &Replay<'_>, [call, other]: [Option<Call<'_>>; 2]) {
        let Some(call) = call else { return };
        self.ids.push(call.id());
        for (given, call) in self.given.iter_mut().zip([Some(call), other]) {
            call.into_iter().for_each(|call| given.push(call));
        }
        if Some(call.at()) < asked.from {
            self.first = call.number() + 1;
        } else {
            let first = self.span.map_or(call.at(), |(first, _)| first);
            self.span = Some((first, call.at()));
        }
    }
}

impl Replayed {
    /// The ids of all calls, one after the other.
    pub fn ids(&self) -> Vec<&str> {
        self.calls.ids.all().collect()
    }

    /// What the calls were given for an outcome, call by call, in the words of the first policy or of the other.
    pub fn given(&self, of_other: bool, outcome: heedful::model::OutcomeId) -> Vec<Option<u64>> {
        let [first, other] = &self.calls.given;
        if of_other { other.of(outcome) } else { first.of(outcome) }
    }
}

/// What was counted of some calls.
pub(crate) struct PartCount {
    pub(crate) first: SideCount,
    pub(crate) second: Option<(SideCount, DecisionComparison)>,
    pub(crate) sweep: Vec<SweepTally>,
    pub(crate) followed: FollowedCalls,
}

/// What was counted of one policy's decisions.
#[derive(Default)]
pub(crate) struct SideCount {
    pub(crate) tally: DecisionTally,
    pub(crate) answers: PolicyAnswers,
}

impl PartCount {
    fn new(asked: &Replay<'_>) -> Self {
        let compared =
            asked.against.map(|other| (SideCount::default(), DecisionComparison::new([asked.policy, other])));
        Self { first: SideCount::default(), second: compared, sweep: Vec::new(), followed: FollowedCalls::default() }
    }

    fn append(&mut self, other: Self) {
        self.first.append(other.first);
        if let (Some((count, comparison)), Some((other_count, other))) = (&mut self.second, other.second) {
            count.append(other_count);
            comparison.append(other);
        }
        self.sweep.resize_with(other.sweep.len(), SweepTally::default);
        self.sweep.iter_mut().zip(other.sweep).for_each(|(own, other)| own.append(other));
        self.followed.append(other.followed);
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
    policy: &'a Snapshot,
    beside: &'a [Compared],
    maker: CaseMaker<'a>,
    evaluator: Evaluator<'a>,
}

impl<'a> PolicySide<'a> {
    fn new(policy: &'a Snapshot, beside: &'a [Compared], horizon: &'a Horizon) -> Self {
        Self { policy, beside, maker: CaseMaker::new(policy, horizon), evaluator: policy.evaluator() }
    }

    /// Decides a call.
    fn decide(&mut self, call: Call<'_>) -> (&Case, &Overview) {
        let Self { maker, evaluator, .. } = self;
        maker.decided(call, |case| evaluator.overview(case), |said| (&said.outcome, [&said.fired, &said.presumed]))
    }
}

impl SideCount {
    /// Counts what a policy says of the call with this number.
    fn add(
        &mut self,
        (policy, beside): (&Snapshot, &[Compared]),
        case: &Case,
        (number, overview): (u32, &Overview),
        groups: &[FactId],
    ) {
        self.tally.add(policy, case, (number, overview), groups);
        self.answers.add(policy, beside, number, overview);
    }
}

struct CallWorker<'a> {
    asked: &'a Replay<'a>,
    decisions: Option<&'a DecisionTable<'a>>,
    first: PolicySide<'a>,
    second: Option<PolicySide<'a>>,
    sweep: SweepWorker<'a>,
    clock: Clock,
    count: PartCount,
}

impl<'a> CallWorker<'a> {
    fn new(
        asked: &'a Replay<'a>,
        decisions: Option<&'a DecisionTable<'a>>,
        horizons: [&'a Horizon; 2],
        looks_back: bool,
    ) -> Self {
        let [horizon, other_horizon] = horizons;
        let [beside, other_beside] = asked.beside;
        Self {
            asked,
            decisions,
            first: PolicySide::new(asked.policy, beside, horizon),
            second: asked.against.map(|other| PolicySide::new(other, other_beside, other_horizon)),
            sweep: SweepWorker::new(asked.sweep, looks_back, horizon),
            clock: Clock::default(),
            count: PartCount::new(asked),
        }
    }

    fn into_count(self) -> PartCount {
        PartCount { sweep: self.sweep.tallies, ..self.count }
    }

    /// Decides the call with this number under every policy, and counts what is said of it, unless it comes before the first that counts.
    fn add(&mut self, stores: [&EventStore; 2], number: usize, first_counted: usize) {
        let [call, other_call] = stores.map(|store| store.call(number));
        let (Some(call), Ok(own)) = (call, u32::try_from(number)) else { return };
        let (asked, counts) = (self.asked, number >= first_counted);
        let said = (self.first.policy, self.first.beside);
        let (case, overview) = self.first.decide(call);
        if counts {
            self.count.first.add(said, case, (own, overview), asked.groups);
        }
        if !asked.sweep.is_empty() {
            let day = counts.then(|| self.clock.read(asked.policy.zone(), case.at).0);
            self.sweep.add(call, case, overview, day);
        }
        let is_raised = |overview: &Overview| first_place(&overview.outcome).map(|place| place > 0);
        let mut said_of_both = [Some(overview), None];
        if let (Some(side), Some((count, comparison)), Some(call)) =
            (&mut self.second, &mut self.count.second, other_call)
        {
            let said = (side.policy, side.beside);
            let (other_case, other) = side.decide(call);
            if counts {
                count.add(said, other_case, (own, other), &[]);
                comparison.add(own, [overview, other], case.record_count());
            }
            said_of_both = [Some(overview), Some(other)];
        }
        if let (Some(table), Some(row)) = (self.decisions, number.checked_sub(first_counted)) {
            table.put(row, (call.id(), call.at()), said_of_both);
        }
        if let Some((fact, _)) = asked.followed.filter(|_| counts) {
            self.count.followed.add(own, case, fact, said_of_both.map(|said| said.and_then(is_raised)));
        }
    }
}
