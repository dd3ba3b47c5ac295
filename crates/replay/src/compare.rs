//! Two decisions of each call -> where they differ, and the calls that show it.

use crate::report::{GainOrLoss, Matrix, PolicyDifference, RuleChange, SampleOfIds};
use crate::tally::{first_place, values_of};
use heedful::engine::Snapshot;
use heedful::model::{Decision, OutcomeValue};
use std::collections::{BTreeMap, BTreeSet};

/// Where the decisions of two policies differ.
#[derive(Debug, Default)]
pub(crate) struct DecisionComparison {
    same: u64,
    /// Calls by the places of the first outcome under each.
    matrix: BTreeMap<(usize, usize), u64>,
    gained: BTreeMap<(String, String), SampleOfIds>,
    lost: BTreeMap<(String, String), SampleOfIds>,
    rules: BTreeMap<String, FiringChange>,
}

/// The calls for which a rule fires under one policy alone, with how many records each has.
#[derive(Debug, Default)]
struct FiringChange {
    only_first: u64,
    only_second: u64,
    calls: Vec<(usize, String)>,
}

impl DecisionComparison {
    /// Adds one call, whose history has so many records.
    pub(crate) fn add(&mut self, policies: [&Snapshot; 2], decisions: [&Decision; 2], records: usize) {
        let [one, two] = decisions;
        let [first, second] = policies.map(Snapshot::vocabulary);
        if let (Some((row, _)), Some((column, _))) = (first_place(first, one), first_place(second, two)) {
            *self.matrix.entry((row, column)).or_default() += 1;
        }
        let names: BTreeSet<&str> =
            first.outcomes.iter().chain(&second.outcomes).map(|outcome| outcome.name.as_str()).collect();
        let mut is_same = true;
        for name in names {
            let own: BTreeSet<String> = values_of(first, one, name).into_iter().collect();
            let other: BTreeSet<String> = values_of(second, two, name).into_iter().collect();
            is_same &= own == other;
            let is_list = [first, second].iter().any(|vocabulary| {
                vocabulary.outcome_value(&one.outcome, name).is_some_and(|value| matches!(value, OutcomeValue::All(_)))
            });
            if !is_list {
                continue;
            }
            for value in other.difference(&own) {
                self.gained.entry((name.to_owned(), value.clone())).or_default().add(&one.case);
            }
            for value in own.difference(&other) {
                self.lost.entry((name.to_owned(), value.clone())).or_default().add(&one.case);
            }
        }
        self.same += u64::from(is_same);
        let fired =
            decisions.map(|decision| decision.fired.iter().map(|fired| fired.rule.as_str()).collect::<BTreeSet<_>>());
        let [own, other] = &fired;
        for rule in own.symmetric_difference(other) {
            let change = self.rules.entry((*rule).to_owned()).or_default();
            if own.contains(rule) {
                change.only_first += 1;
            } else {
                change.only_second += 1;
            }
            change.calls.push((records, one.case.clone()));
        }
    }

    /// Adds what was found of later calls.
    pub(crate) fn append(&mut self, later: Self) {
        self.same += later.same;
        later.matrix.into_iter().for_each(|(key, count)| *self.matrix.entry(key).or_default() += count);
        for (own, later) in [(&mut self.gained, later.gained), (&mut self.lost, later.lost)] {
            later.into_iter().for_each(|(key, ids)| own.entry(key).or_default().append(ids));
        }
        for (rule, change) in later.rules {
            let own = self.rules.entry(rule).or_default();
            own.only_first += change.only_first;
            own.only_second += change.only_second;
            own.calls.extend(change.calls);
        }
    }

    pub(crate) fn into_report(self, policies: [&Snapshot; 2]) -> PolicyDifference {
        let values = |ids: BTreeMap<(String, String), SampleOfIds>| {
            let report = |((outcome, value), ids): ((String, String), SampleOfIds)| GainOrLoss {
                outcome,
                value,
                calls: ids.calls,
                first: ids.first,
            };
            ids.into_iter().map(report).collect()
        };
        PolicyDifference {
            same: self.same,
            matrix: matrix(&self.matrix, policies),
            gained: values(self.gained),
            lost: values(self.lost),
            rules: self.rules.into_iter().map(|(rule, change)| change.into_report(rule)).collect(),
        }
    }
}

impl FiringChange {
    fn into_report(mut self, rule: String) -> RuleChange {
        self.calls.sort();
        let id = |at: usize| self.calls.get(at).map(|(_, id)| id.clone()).unwrap_or_default();
        RuleChange {
            rule,
            only_first: self.only_first,
            only_second: self.only_second,
            smallest: id(0),
            typical: id(self.calls.len() / 2),
        }
    }
}

fn matrix(counts: &BTreeMap<(usize, usize), u64>, policies: [&Snapshot; 2]) -> Option<Matrix> {
    let [first, second] = policies.map(|policy| policy.vocabulary().outcomes.first());
    let (first, second) = (first?, second?);
    let names = |outcome: &heedful::model::Outcome| -> Vec<String> {
        outcome.kind.values().into_iter().map(str::to_owned).collect()
    };
    let (rows, columns) = (names(first), names(second));
    let count = |row: usize, column: usize| counts.get(&(row, column)).copied().unwrap_or(0);
    let place = |value: &str| rows.iter().position(|row| row == value);
    let side = |wanted: std::cmp::Ordering| {
        let cells = counts.iter().filter(|((row, column), _)| {
            columns.get(*column).and_then(|value| place(value)).is_some_and(|other| other.cmp(row) == wanted)
        });
        cells.map(|(_, count)| count).sum()
    };
    Some(Matrix {
        outcome: first.name.clone(),
        calls: (0..rows.len()).map(|row| (0..columns.len()).map(|column| count(row, column)).collect()).collect(),
        higher: side(std::cmp::Ordering::Greater),
        lower: side(std::cmp::Ordering::Less),
        rows,
        columns,
    })
}
