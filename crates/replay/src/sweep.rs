//! Judgements of calls with settings at other values -> volumes against each value.

use crate::maker::CaseMaker;
use crate::report::{ByValue, Chosen, SweepPoint};
use crate::tally::{add_counts, count, each_place, first_place, list_values, share_of_days};
use heedful::engine::{Evaluator, Overview, RuleId, Snapshot};
use heedful::horizon::Horizon;
use heedful::model::{Case, Content, Outcomes};
use heedful::time::Date;
use heedful_history::Call;
use std::collections::{BTreeMap, BTreeSet};

/// What was counted at one point.
#[derive(Default)]
pub(crate) struct SweepTally {
    /// For each outcome how many calls have each value.
    outcomes: Vec<Vec<u64>>,
    rules: Vec<u64>,
    higher: u64,
    lower: u64,
    /// For each day how many calls have each value of each outcome of which all apply, one outcome after the other.
    days: BTreeMap<Date, Vec<u64>>,
}

/// Judges cases at every point.
pub(crate) struct SweepWorker<'a> {
    points: &'a [(Vec<Chosen>, Snapshot)],
    evaluators: Vec<Evaluator<'a>>,
    /// Where the policy looks at its own earlier decisions, each point has its own, and so its own cases; none where all share them.
    makers: Vec<CaseMaker<'a>>,
    pub(crate) tallies: Vec<SweepTally>,
}

impl<'a> SweepWorker<'a> {
    /// `looks_back` says whether the policy looks at its own earlier decisions.
    pub(crate) fn new(points: &'a [(Vec<Chosen>, Snapshot)], looks_back: bool, horizon: &'a Horizon) -> Self {
        let mut tallies = Vec::new();
        tallies.resize_with(points.len(), SweepTally::default);
        let own_cases = if looks_back { points } else { &[] };
        let makers = own_cases.iter().map(|(_, policy)| CaseMaker::new(policy, horizon)).collect();
        Self { points, evaluators: points.iter().map(|(_, policy)| policy.evaluator()).collect(), makers, tallies }
    }

    /// Judges a call at every point, and counts it on its day; without a day it does not count. Of the policy as it stands there are the
    /// case and an overview.
    pub(crate) fn add(&mut self, call: Call<'_>, case: &Case, standing: &Overview, day: Option<Date>) {
        let Self { points, evaluators, makers, tallies } = self;
        let mut makers = makers.iter_mut();
        for (((chosen, policy), evaluator), tally) in points.iter().zip(evaluators).zip(tallies) {
            let maker = makers.next();
            if chosen.is_empty() {
                day.into_iter().for_each(|day| tally.add(policy, &standing.outcome, &standing.fired, day));
                continue;
            }
            let judgement = match maker {
                Some(maker) => {
                    maker
                        .decided(
                            call,
                            |case| evaluator.judge(case),
                            |judged| (&judged.outcome, [&judged.fired, &judged.presumed]),
                        )
                        .1
                }
                None => evaluator.judge(case),
            };
            let Some(day) = day else { continue };
            tally.add(policy, &judgement.outcome, &judgement.fired, day);
            let (before, here) = (first_place(&standing.outcome), first_place(&judgement.outcome));
            tally.higher += u64::from(here > before);
            tally.lower += u64::from(here < before);
        }
    }
}

impl SweepTally {
    fn add(&mut self, policy: &Snapshot, outcome: &Outcomes, fired: &[RuleId], date: Date) {
        let declared = &policy.vocabulary().outcomes;
        self.outcomes.resize_with(declared.len(), Vec::new);
        let by_value = self.days.entry(date).or_default();
        let mut first = 0;
        for ((declared, level), counts) in declared.iter().zip(&outcome.0).zip(&mut self.outcomes) {
            let values = declared.kind.values_count();
            each_place(*level, values, |place| count(counts, place, 1));
            if let Content::Values(_) = level.content() {
                level.values().for_each(|value| count(by_value, first + usize::from(value), 1));
            }
            first += values;
        }
        for rule in fired {
            count(&mut self.rules, usize::try_from(rule.0).unwrap_or(usize::MAX), 1);
        }
    }

    /// Adds what was counted of other calls.
    pub(crate) fn append(&mut self, other: Self) {
        self.outcomes.resize_with(self.outcomes.len().max(other.outcomes.len()), Vec::new);
        self.outcomes.iter_mut().zip(&other.outcomes).for_each(|(own, other)| add_counts(own, other));
        add_counts(&mut self.rules, &other.rules);
        self.higher += other.higher;
        self.lower += other.lower;
        for (day, counts) in other.days {
            add_counts(self.days.entry(day).or_default(), &counts);
        }
    }

    fn into_point(self, chosen: &[Chosen], policy: &Snapshot, days: &BTreeSet<Date>) -> SweepPoint {
        let vocabulary = policy.vocabulary();
        let nothing = Vec::new();
        let mut outcomes: BTreeMap<String, Vec<ByValue>> = BTreeMap::new();
        for (number, outcome) in vocabulary.outcomes.iter().enumerate() {
            let counts = self.outcomes.get(number).unwrap_or(&nothing);
            let values = outcome.kind.values().into_iter().enumerate();
            let calls = |place: usize| counts.get(place).copied().unwrap_or(0);
            let values: Vec<ByValue> =
                values.map(|(place, value)| ByValue { calls: calls(place), value: value.to_owned() }).collect();
            if !values.is_empty() {
                outcomes.insert(outcome.name.clone(), values);
            }
        }
        let rules = (0u32..).zip(&self.rules).filter(|(_, calls)| **calls > 0);
        let rules = rules.filter_map(|(id, calls)| Some((policy.rule(RuleId(id))?.to_owned(), *calls)));
        let by_value = list_values(vocabulary).into_iter().filter_map(|(outcome, value, at)| {
            let on = |day: &Date| self.days.get(day).and_then(|counts| counts.get(at)).copied().unwrap_or(0);
            let is_met = self.days.keys().any(|day| on(day) > 0);
            is_met.then(|| (format!("{outcome} {value}"), share_of_days(on, days)))
        });
        SweepPoint {
            settings: chosen.to_vec(),
            outcomes,
            rules: rules.collect(),
            higher: self.higher,
            lower: self.lower,
            days: by_value.collect(),
        }
    }
}

/// The counts as they are reported; `days` are those on which there is any row.
pub(crate) fn into_points(
    points: &[(Vec<Chosen>, Snapshot)],
    tallies: Vec<SweepTally>,
    days: &BTreeSet<Date>,
) -> Vec<SweepPoint> {
    let each = points.iter().zip(tallies);
    let mut points: Vec<SweepPoint> =
        each.map(|((chosen, policy), tally)| tally.into_point(chosen, policy, days)).collect();
    keep_what_moves(&mut points);
    points
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
