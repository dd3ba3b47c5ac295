//! Two decisions of each call -> where they differ, and the calls that show it.

use crate::calls::CallIds;
use crate::report::{GainOrLoss, Matrix, PolicyDifference, RuleChange, SampleOfIds};
use crate::tally::{each_place, first_place};
use heedful::engine::{Overview, RuleId, Snapshot};
use heedful::model::{Content, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// Where the decisions of two policies differ. Calls go by their numbers.
pub(crate) struct DecisionComparison {
    names: SharedNames,
    same: u64,
    /// Calls by the places of the first outcome under each.
    matrix: BTreeMap<(usize, usize), u64>,
    /// By outcome and value.
    gained: BTreeMap<(usize, usize), Vec<u32>>,
    lost: BTreeMap<(usize, usize), Vec<u32>>,
    rules: BTreeMap<usize, FiringChange>,
}

/// What the two policies name alike has one number.
#[derive(Default)]
struct SharedNames {
    /// By name: what both have under it, each by its place, and the values of both.
    outcomes: Vec<SharedOutcome>,
    rules: Vec<String>,
    /// For each rule of each policy its place in `rules`.
    places: [Vec<usize>; 2],
}

struct SharedOutcome {
    name: String,
    values: Vec<String>,
    is_list: bool,
    /// For each policy the place of the outcome, and for each of its values the place in `values`.
    sides: [Option<(usize, Vec<usize>)>; 2],
}

/// The calls for which a rule fires under one policy alone, with how many records each has.
#[derive(Debug, Default)]
struct FiringChange {
    only_first: u64,
    only_second: u64,
    calls: Vec<(usize, u32)>,
}

impl SharedNames {
    fn new(policies: [&Snapshot; 2]) -> Self {
        let rules_of = |policy: &Snapshot| -> Vec<String> {
            (0u32..).map_while(|id| policy.rule(RuleId(id))).map(str::to_owned).collect()
        };
        let all: BTreeSet<String> = policies.iter().flat_map(|policy| rules_of(policy)).collect();
        let rules: Vec<String> = all.into_iter().collect();
        let place = |name: &String| rules.binary_search(name).unwrap_or(0);
        let places = policies.map(|policy| rules_of(policy).iter().map(place).collect());
        let declared = |policy: &Snapshot| policy.vocabulary().outcomes.clone();
        let [first, second] = policies.map(declared);
        let names: BTreeSet<&str> = first.iter().chain(&second).map(|outcome| outcome.name.as_str()).collect();
        let outcomes = names.into_iter().map(|name| SharedOutcome::new(name, [&first, &second])).collect();
        Self { outcomes, rules, places }
    }
}

impl SharedOutcome {
    fn new(name: &str, vocabularies: [&[Outcome]; 2]) -> Self {
        let found = |outcomes: &[Outcome]| outcomes.iter().position(|outcome| outcome.name == name);
        let mut values: BTreeSet<String> = BTreeSet::from(["none".to_owned(), "some".to_owned()]);
        for outcome in vocabularies.iter().flat_map(|outcomes| outcomes.iter()).filter(|outcome| outcome.name == name) {
            values.extend(outcome.kind.values().into_iter().map(str::to_owned));
        }
        let values: Vec<String> = values.into_iter().collect();
        let place = |value: &str| values.iter().position(|known| known == value).unwrap_or(0);
        let side = |outcomes: &[Outcome]| {
            let at = found(outcomes)?;
            let own = outcomes.get(at)?.kind.values();
            Some((at, own.into_iter().chain(["none", "some"]).map(place).collect()))
        };
        let is_list = |outcomes: &[Outcome]| {
            let outcome = outcomes.iter().find(|outcome| outcome.name == name);
            outcome.is_some_and(|outcome| matches!(outcome.kind.least().content(), Content::Values(_)))
        };
        let is_list = vocabularies.into_iter().any(is_list);
        Self { name: name.to_owned(), sides: vocabularies.map(side), values, is_list }
    }

    /// The number that a decision of a policy gives, where it is one.
    fn number(&self, side: usize, overview: &Overview) -> Option<i64> {
        let (at, _) = self.sides.get(side)?.as_ref()?;
        match overview.outcome.0.get(*at)?.content() {
            Content::Number(number) => number,
            _ => None,
        }
    }

    /// The values that a decision of a policy has, by their places among those of both, in order.
    fn values_of(&self, side: usize, overview: &Overview) -> Vec<usize> {
        let mut values = Vec::new();
        if let Some((at, places)) = self.sides.get(side).and_then(Option::as_ref)
            && let Some(level) = overview.outcome.0.get(*at)
        {
            let own = places.len().saturating_sub(2);
            each_place(*level, own, |place| values.extend(places.get(place)));
            values.sort_unstable();
        }
        values
    }
}

impl DecisionComparison {
    pub(crate) fn new(policies: [&Snapshot; 2]) -> Self {
        let (same, matrix, gained, lost, rules) = Default::default();
        Self { names: SharedNames::new(policies), same, matrix, gained, lost, rules }
    }

    /// Adds the call with this number, whose history has so many records.
    pub(crate) fn add(&mut self, number: u32, overviews: [&Overview; 2], records: usize) {
        let [one, two] = overviews;
        if let (Some(row), Some(column)) = (first_place(&one.outcome), first_place(&two.outcome)) {
            *self.matrix.entry((row, column)).or_default() += 1;
        }
        let mut is_same = true;
        for (at, outcome) in self.names.outcomes.iter().enumerate() {
            let (own, other) = (outcome.values_of(0, one), outcome.values_of(1, two));
            is_same &= own == other && outcome.number(0, one) == outcome.number(1, two);
            if !outcome.is_list || own == other {
                continue;
            }
            for (has, had, list) in [(&other, &own, &mut self.gained), (&own, &other, &mut self.lost)] {
                let values = has.iter().filter(|value| !had.contains(value));
                values.for_each(|value| list.entry((at, *value)).or_default().push(number));
            }
        }
        self.same += u64::from(is_same);
        let [own, other] = self.names.places.each_ref();
        let fired = |overview: &Overview, places: &[usize]| {
            let place = |rule: &RuleId| places.get(usize::try_from(rule.0).ok()?).copied();
            overview.fired.iter().filter_map(place).collect::<BTreeSet<usize>>()
        };
        let (own, other) = (fired(one, own), fired(two, other));
        for rule in own.symmetric_difference(&other) {
            let change = self.rules.entry(*rule).or_default();
            if own.contains(rule) {
                change.only_first += 1;
            } else {
                change.only_second += 1;
            }
            change.calls.push((records, number));
        }
    }

    /// Adds what was found of other calls.
    pub(crate) fn append(&mut self, later: Self) {
        self.same += later.same;
        later.matrix.into_iter().for_each(|(key, count)| *self.matrix.entry(key).or_default() += count);
        for (own, later) in [(&mut self.gained, later.gained), (&mut self.lost, later.lost)] {
            later.into_iter().for_each(|(key, calls)| own.entry(key).or_default().extend(calls));
        }
        for (rule, change) in later.rules {
            let own = self.rules.entry(rule).or_default();
            own.only_first += change.only_first;
            own.only_second += change.only_second;
            own.calls.extend(change.calls);
        }
    }

    pub(crate) fn into_report(self, policies: [&Snapshot; 2], ids: &CallIds) -> PolicyDifference {
        let values = |changes: BTreeMap<(usize, usize), Vec<u32>>| {
            let report = |((outcome, value), mut calls): ((usize, usize), Vec<u32>)| {
                calls.sort_unstable();
                let mut sample = SampleOfIds::default();
                calls.iter().for_each(|number| sample.add(ids.of(*number)));
                let outcome = self.names.outcomes.get(outcome)?;
                let value = outcome.values.get(value)?.clone();
                Some(GainOrLoss { outcome: outcome.name.clone(), value, calls: sample.calls, first: sample.first })
            };
            changes.into_iter().filter_map(report).collect()
        };
        let rule =
            |(rule, change): (usize, FiringChange)| Some(change.into_report(self.names.rules.get(rule)?.clone(), ids));
        PolicyDifference {
            same: self.same,
            matrix: matrix(&self.matrix, policies),
            gained: values(self.gained),
            lost: values(self.lost),
            rules: self.rules.into_iter().filter_map(rule).collect(),
        }
    }
}

impl FiringChange {
    fn into_report(mut self, rule: String, ids: &CallIds) -> RuleChange {
        self.calls.sort_by(|(records, call), (more, other)| (records, ids.of(*call)).cmp(&(more, ids.of(*other))));
        let id = |at: usize| self.calls.get(at).map(|(_, number)| ids.of(*number).to_owned()).unwrap_or_default();
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
    let names = |outcome: &Outcome| -> Vec<String> { outcome.kind.values().into_iter().map(str::to_owned).collect() };
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
