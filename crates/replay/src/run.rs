//! Events and policies -> `ReplayReport`: every call decided as it stood, on as many threads as there are cores.

use crate::compare::DecisionComparison;
use crate::report::ReplayReport;
use crate::tally::{DecisionTally, Happened};
use heedful::engine::{Snapshot, VERSION, short_digest};
use heedful::horizon::Horizon;
use heedful::model::{FactId, OutcomeId};
use heedful::time::{Date, Instant, Length};
use heedful::wire::{Document, Reader, Reading};
use heedful_history::{Call, EventStore, Gatherer, Intake};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::thread;

/// What is replayed.
pub struct Replay<'a> {
    pub policy: &'a Snapshot,
    /// Another policy to compare with, and the same events in its vocabulary.
    pub against: Option<(&'a Snapshot, &'a EventStore)>,
    pub store: &'a EventStore,
    pub intakes: &'a [Intake],
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
}

/// How many calls are decided in one go.
const CHUNK: usize = 1_024;

/// Decides every call as it stood, and counts.
///
/// # Errors
/// When a case that was gathered cannot be read, which a mapping that was checked does not let happen; names the call.
pub fn replay(asked: &Replay<'_>) -> Result<ReplayReport, String> {
    let calls = asked.store.calls_from(asked.from);
    let chunks: Vec<Range<usize>> =
        calls.clone().step_by(CHUNK).map(|start| start..(start + CHUNK).min(calls.end)).collect();
    let horizons =
        Horizons { first: asked.policy.horizon(), second: asked.against.map(|(policy, _)| policy.horizon()) };
    let mut done: BTreeMap<usize, PartCount> = BTreeMap::new();
    let threads = asked.threads.clamp(1, chunks.len().max(1));
    let parts: Vec<Result<Vec<(usize, PartCount)>, String>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let (chunks, horizons) = (&chunks, &horizons);
                scope.spawn(move || {
                    let mut judge = CallWorker::new(asked, horizons);
                    let own = chunks.iter().enumerate().skip(worker).step_by(threads);
                    own.map(|(number, chunk)| Ok((number, judge.part(chunk.clone())?))).collect()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
            .collect()
    });
    for part in parts {
        done.extend(part?);
    }
    let mut whole = PartCount::default();
    done.into_values().for_each(|part| whole.append(part));
    Ok(report(asked, whole, calls))
}

struct Horizons {
    first: Horizon,
    second: Option<Horizon>,
}

/// What was counted of some calls.
#[derive(Default)]
struct PartCount {
    first: DecisionTally,
    second: DecisionTally,
    comparison: DecisionComparison,
}

impl PartCount {
    fn append(&mut self, later: Self) {
        self.first.append(later.first);
        self.second.append(later.second);
        self.comparison.append(later.comparison);
    }
}

/// One policy, with all that is used again for each call.
struct PolicySide<'a> {
    policy: &'a Snapshot,
    store: &'a EventStore,
    gatherer: Gatherer<'a>,
    reader: Reader<'a>,
    evaluator: heedful::engine::Evaluator<'a>,
    text: String,
}

impl<'a> PolicySide<'a> {
    fn new(policy: &'a Snapshot, store: &'a EventStore, horizon: &'a Horizon) -> Self {
        let (vocabulary, zone) = (policy.vocabulary(), policy.zone());
        Self {
            policy,
            store,
            gatherer: Gatherer::new(store, horizon, vocabulary, zone),
            reader: Reader::new(Reading::strict(vocabulary, zone)),
            evaluator: policy.evaluator(),
            text: String::new(),
        }
    }

    fn call(&self, number: usize) -> Option<Call<'a>> {
        self.store.call(number)
    }
}

struct CallWorker<'a> {
    asked: &'a Replay<'a>,
    /// The time of the last row.
    last: Option<Instant>,
    first: PolicySide<'a>,
    second: Option<PolicySide<'a>>,
}

impl<'a> CallWorker<'a> {
    fn new(asked: &'a Replay<'a>, horizons: &'a Horizons) -> Self {
        let second = asked.against.zip(horizons.second.as_ref());
        Self {
            asked,
            last: asked.store.times().last(),
            first: PolicySide::new(asked.policy, asked.store, &horizons.first),
            second: second.map(|((policy, store), horizon)| PolicySide::new(policy, store, horizon)),
        }
    }

    fn part(&mut self, calls: Range<usize>) -> Result<PartCount, String> {
        let mut part = PartCount::default();
        for number in calls {
            let Some(call) = self.first.call(number) else { continue };
            let policy = self.first.policy;
            let happened = self.happened(call);
            let (decision, records) = decide(&mut self.first, call, |case, decision| {
                part.first.add(policy, case, decision, self.asked.groups, &happened);
                case.record_count()
            })?;
            if let Some(second) = &mut self.second
                && let Some(call) = second.call(number)
            {
                let other_policy = second.policy;
                let (other, _) = decide(second, call, |case, decision| {
                    part.second.add(other_policy, case, decision, &[], &happened);
                })?;
                part.comparison.add([policy, other_policy], [&decision, &other], records);
            }
        }
        Ok(part)
    }
}

impl CallWorker<'_> {
    /// What became of a call: of its last span nobody can say whether it was repeated.
    fn happened(&self, call: Call<'_>) -> Happened {
        let zone = self.asked.policy.zone();
        let repeated = self.asked.followed.and_then(|(fact, within)| {
            let until = zone.after(call.at(), within);
            if self.last.is_none_or(|last| until > last) {
                return None;
            }
            call.is_repeated(fact, until)
        });
        Happened { given: call.given(OutcomeId(0)), repeated }
    }
}

fn decide<T>(
    side: &mut PolicySide<'_>,
    call: Call<'_>,
    note: impl FnOnce(&heedful::model::Case, &heedful::model::Decision) -> T,
) -> Result<(heedful::model::Decision, T), String> {
    side.text.clear();
    side.gatherer.case(call, &mut side.text);
    let case = side.reader.read(Document::json_line(&side.text, 1));
    let case = case.map_err(|problems| format!("the case of call {} cannot be read: {problems}", call.id()))?;
    let decision = side.evaluator.decide(case);
    let noted = note(case, &decision);
    Ok((decision, noted))
}

fn report(asked: &Replay<'_>, whole: PartCount, calls: Range<usize>) -> ReplayReport {
    let zone = asked.policy.zone();
    let time_of = |number: usize| asked.store.call(number).map(|call| call.at());
    let (first, last) = (time_of(calls.start), calls.end.checked_sub(1).and_then(time_of));
    let day = |at: Option<Instant>| at.filter(|_| !calls.is_empty()).map(|at| zone.date(at));
    let (first_day, last_day) = (day(first), day(last));
    let days_with_rows: BTreeSet<Date> = asked.store.times().map(|at| zone.date(at)).collect();
    let all_days = days_between(first_day, last_day);
    let days: BTreeSet<Date> = all_days.intersection(&days_with_rows).copied().collect();
    let followed = asked
        .followed
        .and_then(|(fact, within)| Some((asked.policy.vocabulary().call.get(fact.index())?.name.as_str(), within)));
    let mut policies = vec![whole.first.into_report(asked.policy, &days, asked.hidden_below, followed)];
    let mut difference = None;
    if let Some((other, _)) = asked.against {
        policies.push(whole.second.into_report(other, &days, asked.hidden_below, followed));
        if let [first, second] = policies.as_mut_slice()
            && first.policy == second.policy
        {
            for policy in [first, second] {
                policy.policy = format!("{} ({})", policy.policy, short_digest(&policy.digest));
            }
        }
        difference = Some(whole.comparison.into_report([asked.policy, other]));
    }
    ReplayReport {
        engine: VERSION,
        calls: calls.len() as u64,
        first_day: first_day.map(|day| day.to_string()),
        last_day: last_day.map(|day| day.to_string()),
        days_without_rows: all_days.difference(&days_with_rows).map(Date::to_string).collect(),
        tables: asked.intakes.to_vec(),
        told_twice: asked.store.told_twice,
        hidden_below: asked.hidden_below,
        policies,
        difference,
        sweep: Vec::new(),
    }
}

fn days_between(first: Option<Date>, last: Option<Date>) -> BTreeSet<Date> {
    let (Some(first), Some(last)) = (first, last) else { return BTreeSet::new() };
    let days = std::iter::successors(Some(first), |day| Some(day.next()).filter(|next| next > day));
    days.take_while(|day| *day <= last).collect()
}
