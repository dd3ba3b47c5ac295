//! Past calls and one policy with its settings at other values -> volumes against each value.

use crate::report::{ByValue, Chosen, SweepPoint};
use crate::tally::share_of_days;
use heedful::engine::{Evaluator, Snapshot};
use heedful::horizon::Horizon;
use heedful::model::{OutcomeValue, Outcomes};
use heedful::time::{Date, Instant};
use heedful::wire::{Document, Reader, Reading};
use heedful_history::{EventStore, Gatherer};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::thread;

/// What is swept: the policy as it stands first, then with settings at other values; all of one vocabulary.
pub struct Sweep<'a> {
    pub points: &'a [(Vec<Chosen>, Snapshot)],
    pub store: &'a EventStore,
    pub from: Option<Instant>,
    pub threads: usize,
}

/// Judges every call at every point, going over the events once.
///
/// # Errors
/// When a case that was gathered cannot be read; names the call.
pub fn sweep(asked: &Sweep<'_>) -> Result<Vec<SweepPoint>, String> {
    let calls = asked.store.calls_from(asked.from);
    let all = asked.points.iter().map(|(_, policy)| policy.horizon());
    let reach = all.reduce(Horizon::or).unwrap_or_default();
    let threads = asked.threads.clamp(1, calls.len().max(1));
    let size = calls.len().div_ceil(threads).max(1);
    let parts: Vec<Range<usize>> =
        calls.clone().step_by(size).map(|start| start..(start + size).min(calls.end)).collect();
    let counted: Vec<Result<Vec<Count>, String>> = thread::scope(|scope| {
        let reach = &reach;
        let workers: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || judge(asked, reach, part))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)))
            .collect()
    });
    let mut sums: Vec<Count> = Vec::new();
    sums.resize_with(asked.points.len(), Count::default);
    for part in counted {
        sums.iter_mut().zip(part?).for_each(|(sum, count)| sum.append(count));
    }
    let zone = asked.points.first().map(|(_, policy)| policy.zone());
    let days: BTreeSet<Date> =
        zone.map(|zone| asked.store.times().map(|at| zone.date(at)).collect()).unwrap_or_default();
    let mut points: Vec<SweepPoint> = asked
        .points
        .iter()
        .zip(sums)
        .map(|((chosen, policy), count)| count.into_point(chosen, policy, &days))
        .collect();
    keep_what_moves(&mut points);
    Ok(points)
}

/// What was counted at one point.
#[derive(Default)]
struct Count {
    outcomes: BTreeMap<(usize, String), u64>,
    rules: BTreeMap<String, u64>,
    higher: u64,
    lower: u64,
    days: BTreeMap<String, BTreeMap<Date, u64>>,
}

fn judge(asked: &Sweep<'_>, reach: &Horizon, calls: Range<usize>) -> Result<Vec<Count>, String> {
    let Some((_, first)) = asked.points.first() else { return Ok(Vec::new()) };
    let (vocabulary, zone) = (first.vocabulary(), first.zone());
    let mut gatherer = Gatherer::new(asked.store, reach, vocabulary, zone);
    let mut reader = Reader::new(Reading::strict(vocabulary, zone));
    let mut evaluators: Vec<Evaluator<'_>> = asked.points.iter().map(|(_, policy)| policy.evaluator()).collect();
    let mut counts: Vec<Count> = Vec::new();
    counts.resize_with(asked.points.len(), Count::default);
    let mut text = String::new();
    for number in calls {
        let Some(call) = asked.store.call(number) else { continue };
        text.clear();
        gatherer.case(call, &mut text);
        let case = reader.read(Document::json_line(&text, 1));
        let case = case.map_err(|problems| format!("the case of call {} cannot be read: {problems}", call.id()))?;
        let date = zone.date(case.at);
        let mut standing: Option<Outcomes> = None;
        for ((evaluator, (_, policy)), count) in evaluators.iter_mut().zip(asked.points).zip(&mut counts) {
            let judgement = evaluator.judge(case);
            count.add(policy, &judgement.outcome, date);
            for rule in &judgement.fired {
                if let Some(rule) = policy.rule(*rule) {
                    *count.rules.entry(rule.to_owned()).or_default() += 1;
                }
            }
            match &standing {
                None => standing = Some(judgement.outcome.clone()),
                Some(standing) => count.compare(policy, standing, &judgement.outcome),
            }
        }
    }
    Ok(counts)
}

impl Count {
    fn add(&mut self, policy: &Snapshot, outcome: &Outcomes, date: Date) {
        for (number, declared) in policy.vocabulary().outcomes.iter().enumerate() {
            match policy.vocabulary().outcome_value(outcome, &declared.name) {
                Some(OutcomeValue::One(value)) => {
                    *self.outcomes.entry((number, value.unwrap_or("none").to_owned())).or_default() += 1;
                }
                Some(OutcomeValue::All(values)) => {
                    for value in values {
                        *self.outcomes.entry((number, value.to_owned())).or_default() += 1;
                        let day = self.days.entry(format!("{} {value}", declared.name)).or_default();
                        *day.entry(date).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
    }

    fn compare(&mut self, policy: &Snapshot, standing: &Outcomes, outcome: &Outcomes) {
        let Some(first) = policy.vocabulary().outcomes.first() else { return };
        let values = first.kind.values();
        let place = |outcome: &Outcomes| match policy.vocabulary().outcome_value(outcome, &first.name) {
            Some(OutcomeValue::One(Some(value))) => values.iter().position(|known| *known == value),
            _ => None,
        };
        let (standing, here) = (place(standing), place(outcome));
        self.higher += u64::from(here > standing);
        self.lower += u64::from(here < standing);
    }

    fn append(&mut self, later: Self) {
        later.outcomes.into_iter().for_each(|(key, count)| *self.outcomes.entry(key).or_default() += count);
        later.rules.into_iter().for_each(|(key, count)| *self.rules.entry(key).or_default() += count);
        self.higher += later.higher;
        self.lower += later.lower;
        for (key, days) in later.days {
            let own = self.days.entry(key).or_default();
            days.into_iter().for_each(|(day, count)| *own.entry(day).or_default() += count);
        }
    }

    fn into_point(self, chosen: &[Chosen], policy: &Snapshot, days: &BTreeSet<Date>) -> SweepPoint {
        let mut outcomes: BTreeMap<String, Vec<ByValue>> = BTreeMap::new();
        for (number, outcome) in policy.vocabulary().outcomes.iter().enumerate() {
            let values = outcome.kind.values().into_iter().map(str::to_owned);
            let count = |value: &String| self.outcomes.get(&(number, value.clone())).copied().unwrap_or(0);
            let values: Vec<ByValue> = values.map(|value| ByValue { calls: count(&value), value }).collect();
            if !values.is_empty() {
                outcomes.insert(outcome.name.clone(), values);
            }
        }
        SweepPoint {
            settings: chosen.to_vec(),
            outcomes,
            rules: self.rules,
            higher: self.higher,
            lower: self.lower,
            days: self.days.into_iter().map(|(value, by_day)| (value, share_of_days(&by_day, days))).collect(),
        }
    }
}

/// Leaves out rules that fire for as many calls at every point.
fn keep_what_moves(points: &mut [SweepPoint]) {
    let names: BTreeSet<String> = points.iter().flat_map(|point| point.rules.keys().cloned()).collect();
    for name in names {
        let counts: BTreeSet<u64> = points.iter().map(|point| point.rules.get(&name).copied().unwrap_or(0)).collect();
        for point in points.iter_mut() {
            if counts.len() < 2 {
                point.rules.remove(&name);
            } else {
                point.rules.entry(name.clone()).or_default();
            }
        }
    }
}
