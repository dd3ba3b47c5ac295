//! Events and policies -> `ReplayReport`: every call decided as it stood, on as many threads as there are cores.

use crate::beside::PolicyAnswers;
use crate::compare::DecisionComparison;
use crate::report::{PolicyReport, ReplayReport};
use crate::tally::DecisionTally;
use heedful::engine::{Snapshot, VERSION, short_digest};
use heedful::horizon::Horizon;
use heedful::model::{Decision, FactId};
use heedful::time::{Date, Instant, Length};
use heedful::wire::{Document, Reader, Reading};
use heedful_history::{AnswerColumn, Call, EventStore, Gatherer, Intake};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::thread;

/// What is replayed.
pub struct Replay<'a> {
    pub first: Side<'a>,
    /// Another policy to compare with, and the same events in its vocabulary.
    pub second: Option<Side<'a>>,
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

/// How many calls are decided in one go.
const CHUNK: usize = 1_024;

/// Decides every call as it stood, and counts.
///
/// # Errors
/// When a case that was gathered cannot be read, which a mapping that was checked does not let happen; names the call.
pub fn replay(asked: &Replay<'_>) -> Result<ReplayReport, String> {
    let calls = asked.first.store.calls_from(asked.from);
    let chunks: Vec<Range<usize>> =
        calls.clone().step_by(CHUNK).map(|start| start..(start + CHUNK).min(calls.end)).collect();
    let horizons =
        Horizons { first: asked.first.policy.horizon(), second: asked.second.map(|side| side.policy.horizon()) };
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
    first: SideCount,
    second: SideCount,
    comparison: DecisionComparison,
}

/// What was counted of one policy's decisions.
#[derive(Default)]
struct SideCount {
    tally: DecisionTally,
    answers: PolicyAnswers,
}

impl PartCount {
    fn append(&mut self, later: Self) {
        for (own, later) in [(&mut self.first, later.first), (&mut self.second, later.second)] {
            own.tally.append(later.tally);
            own.answers.append(later.answers);
        }
        self.comparison.append(later.comparison);
    }
}

/// One policy, with all that is used again for each call.
struct PolicySide<'a> {
    side: Side<'a>,
    gatherer: Gatherer<'a>,
    reader: Reader<'a>,
    evaluator: heedful::engine::Evaluator<'a>,
    text: String,
}

impl<'a> PolicySide<'a> {
    fn new(side: Side<'a>, horizon: &'a Horizon) -> Self {
        let policy = side.policy;
        let (vocabulary, zone) = (policy.vocabulary(), policy.zone());
        Self {
            side,
            gatherer: Gatherer::new(side.store, horizon, vocabulary, zone),
            reader: Reader::new(Reading::strict(vocabulary, zone)),
            evaluator: policy.evaluator(),
            text: String::new(),
        }
    }

    fn call(&self, number: usize) -> Option<Call<'a>> {
        self.side.store.call(number)
    }
}

impl PolicySide<'_> {
    /// Decides a call and counts it; gives the decision, and how many records the case has.
    fn decide(
        &mut self,
        call: Call<'_>,
        count: &mut SideCount,
        groups: &[FactId],
        repeated: Option<bool>,
    ) -> Result<(Decision, usize), String> {
        self.text.clear();
        self.gatherer.case(call, &mut self.text);
        let case = self.reader.read(Document::json_line(&self.text, 1));
        let case = case.map_err(|problems| format!("the case of call {} cannot be read: {problems}", call.id()))?;
        let decision = self.evaluator.decide(case);
        count.tally.add(self.side.policy, case, &decision, groups, repeated);
        count.answers.add(self.side.policy, self.side.beside, &decision);
        Ok((decision, case.record_count()))
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
        let second = asked.second.zip(horizons.second.as_ref());
        Self {
            asked,
            last: asked.first.store.times().last(),
            first: PolicySide::new(asked.first, &horizons.first),
            second: second.map(|(side, horizon)| PolicySide::new(side, horizon)),
        }
    }

    fn part(&mut self, calls: Range<usize>) -> Result<PartCount, String> {
        let mut part = PartCount::default();
        for number in calls {
            let Some(call) = self.first.call(number) else { continue };
            let repeated = self.repeated(call);
            let groups = self.asked.groups;
            let (decision, records) = self.first.decide(call, &mut part.first, groups, repeated)?;
            if let Some(second) = &mut self.second
                && let Some(call) = second.call(number)
            {
                let (other, _) = second.decide(call, &mut part.second, &[], repeated)?;
                part.comparison.add([self.first.side.policy, second.side.policy], [&decision, &other], records);
            }
        }
        Ok(part)
    }
}

impl CallWorker<'_> {
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
    let days_with_rows: BTreeSet<Date> = store.times().map(|at| zone.date(at)).collect();
    let all_days = days_between(first_day, last_day);
    let days: BTreeSet<Date> = all_days.intersection(&days_with_rows).copied().collect();
    let followed = asked
        .followed
        .and_then(|(fact, within)| Some((policy.vocabulary().call.get(fact.index())?.name.as_str(), within)));
    let of_side = |side: Side<'_>, count: SideCount| PolicyReport {
        beside: count.answers.into_report(side.policy, side.beside, side.store, &calls),
        ..count.tally.into_report(side.policy, &days, asked.hidden_below, followed)
    };
    let mut policies = vec![of_side(asked.first, whole.first)];
    let mut difference = None;
    if let Some(other) = asked.second {
        policies.push(of_side(other, whole.second));
        if let [first, second] = policies.as_mut_slice()
            && first.policy == second.policy
        {
            for policy in [first, second] {
                policy.policy = format!("{} ({})", policy.policy, short_digest(&policy.digest));
            }
        }
        difference = Some(whole.comparison.into_report([policy, other.policy]));
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
        sweep: Vec::new(),
    }
}

fn days_between(first: Option<Date>, last: Option<Date>) -> BTreeSet<Date> {
    let (Some(first), Some(last)) = (first, last) else { return BTreeSet::new() };
    let days = std::iter::successors(Some(first), |day| Some(day.next()).filter(|next| next > day));
    days.take_while(|day| *day <= last).collect()
}
