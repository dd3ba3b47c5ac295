//! Decisions -> counts, part by part, so that parts can be counted beside one another and put together.

use crate::report::{ByValue, Period, PolicyReport, Repeats, RuleReport, Workload};
use heedful::engine::Snapshot;
use heedful::model::{Case, Decision, FactId, OutcomeValue, Value, Vocabulary};
use heedful::time::{Date, Instant, Length, Weekday, Zone};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What was counted of the decisions of one policy.
#[derive(Debug, Default)]
pub(crate) struct DecisionTally {
    outcomes: BTreeMap<(usize, String), u64>,
    rules: BTreeMap<String, RuleTally>,
    trial: BTreeMap<String, RuleTally>,
    undecided: u64,
    waits_for: BTreeMap<String, u64>,
    questions: BTreeMap<String, u64>,
    not_available: BTreeMap<String, u64>,
    weeks: BTreeMap<Date, Vec<u64>>,
    weekdays: BTreeMap<usize, Vec<u64>>,
    hours: BTreeMap<u32, Vec<u64>>,
    groups: BTreeMap<(String, String), Vec<u64>>,
    /// For each outcome and value how many a day.
    days: BTreeMap<(usize, String), BTreeMap<Date, u64>>,
    /// Calls by whether they were repeated and whether the policy had raised them.
    repeats: BTreeMap<(bool, bool), u64>,
}

#[derive(Debug, Default)]
struct RuleTally {
    fired: Vec<String>,
    undecided: u64,
    sole: u64,
}

/// How many ids are shown of a rule.
const FIRST: usize = 5;

impl DecisionTally {
    /// Adds one call. `repeated` says whether it was followed by another; none where that is not asked, or cannot be known.
    pub(crate) fn add(
        &mut self,
        policy: &Snapshot,
        case: &Case,
        decision: &Decision,
        groups: &[FactId],
        repeated: Option<bool>,
    ) {
        let vocabulary = policy.vocabulary();
        if let (Some((place, _)), Some(repeated)) = (first_place(vocabulary, decision), repeated) {
            *self.repeats.entry((repeated, place > 0)).or_default() += 1;
        }
        for (number, outcome) in vocabulary.outcomes.iter().enumerate() {
            for value in values_of(vocabulary, decision, &outcome.name) {
                *self.outcomes.entry((number, value)).or_default() += 1;
            }
        }
        let sole = sole_rule(decision);
        for fired in &decision.fired {
            let rule = self.rules.entry(fired.rule.clone()).or_default();
            rule.fired.push(decision.case.clone());
            rule.sole += u64::from(sole == Some(fired.rule.as_str()));
        }
        for undecided in &decision.undecided {
            self.rules.entry(undecided.rule.clone()).or_default().undecided += 1;
        }
        for trial in &decision.trial {
            let rule = self.trial.entry(trial.rule.clone()).or_default();
            if trial.certain {
                rule.fired.push(decision.case.clone());
            } else {
                rule.undecided += 1;
            }
        }
        self.undecided += u64::from(!decision.undecided.is_empty());
        let waits: BTreeSet<String> =
            decision.undecided.iter().flat_map(|rule| &rule.unknown).map(|path| without_numbers(path)).collect();
        waits.into_iter().for_each(|path| *self.waits_for.entry(path).or_default() += 1);
        let asked: BTreeSet<String> =
            decision.questions.iter().map(|question| without_numbers(&question.about)).collect();
        asked.into_iter().for_each(|path| *self.questions.entry(path).or_default() += 1);
        for (kind, (_, is_whole)) in vocabulary.records.iter().zip(case.sizes()) {
            if !is_whole {
                *self.not_available.entry(kind.plural.clone()).or_default() += 1;
            }
        }
        self.add_to_periods(policy, case, decision, groups);
    }

    fn add_to_periods(&mut self, policy: &Snapshot, case: &Case, decision: &Decision, groups: &[FactId]) {
        let (vocabulary, zone) = (policy.vocabulary(), policy.zone());
        let date = zone.date(case.at);
        if let Some((place, count)) = first_place(vocabulary, decision) {
            let add = |counts: &mut Vec<u64>| {
                counts.resize(count, 0);
                counts.iter_mut().skip(place).take(1).for_each(|slot| *slot += 1);
            };
            add(self.weeks.entry(week_of(zone, case.at)).or_default());
            let weekday = Weekday::ALL.iter().position(|day| *day == date.weekday()).unwrap_or(0);
            add(self.weekdays.entry(weekday).or_default());
            add(self.hours.entry(hour_of(zone, case.at)).or_default());
            for fact in groups {
                let Some(field) = vocabulary.call.get(fact.index()) else { continue };
                for value in named(case, &case.fact(*fact), field.values()) {
                    add(self.groups.entry((field.name.clone(), value)).or_default());
                }
            }
        }
        for (number, outcome) in vocabulary.outcomes.iter().enumerate() {
            if let Some(OutcomeValue::All(values)) = vocabulary.outcome_value(&decision.outcome, &outcome.name) {
                for value in values {
                    *self.days.entry((number, value.to_owned())).or_default().entry(date).or_default() += 1;
                }
            }
        }
    }

    /// Adds what was counted of later calls.
    pub(crate) fn append(&mut self, later: Self) {
        fn sums<K: Ord>(own: &mut BTreeMap<K, u64>, later: BTreeMap<K, u64>) {
            later.into_iter().for_each(|(key, count)| *own.entry(key).or_default() += count);
        }
        fn lists<K: Ord>(own: &mut BTreeMap<K, Vec<u64>>, later: BTreeMap<K, Vec<u64>>) {
            for (key, counts) in later {
                let sums = own.entry(key).or_default();
                sums.resize(sums.len().max(counts.len()), 0);
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        fn rules(own: &mut BTreeMap<String, RuleTally>, later: BTreeMap<String, RuleTally>) {
            for (name, tally) in later {
                let rule = own.entry(name).or_default();
                rule.fired.extend(tally.fired);
                rule.undecided += tally.undecided;
                rule.sole += tally.sole;
            }
        }
        sums(&mut self.outcomes, later.outcomes);
        rules(&mut self.rules, later.rules);
        rules(&mut self.trial, later.trial);
        self.undecided += later.undecided;
        sums(&mut self.waits_for, later.waits_for);
        sums(&mut self.questions, later.questions);
        sums(&mut self.not_available, later.not_available);
        lists(&mut self.weeks, later.weeks);
        lists(&mut self.weekdays, later.weekdays);
        lists(&mut self.hours, later.hours);
        lists(&mut self.groups, later.groups);
        sums(&mut self.repeats, later.repeats);
        for (key, days) in later.days {
            sums(self.days.entry(key).or_default(), days);
        }
    }

    /// The counts as they are reported. `days` are those on which there is any row.
    pub(crate) fn into_report(
        self,
        policy: &Snapshot,
        days: &BTreeSet<Date>,
        hidden_below: u64,
        followed: Option<(&str, Length)>,
    ) -> PolicyReport {
        let vocabulary = policy.vocabulary();
        let name_of = |number: usize| vocabulary.outcomes.get(number).map_or("", |outcome| outcome.name.as_str());
        let mut outcomes: BTreeMap<String, Vec<ByValue>> = BTreeMap::new();
        for (number, outcome) in vocabulary.outcomes.iter().enumerate() {
            let of_outcome = |value: &str| self.outcomes.get(&(number, value.to_owned())).copied().unwrap_or(0);
            let mut values: Vec<String> = outcome.kind.values().into_iter().map(str::to_owned).collect();
            let others = self.outcomes.keys().filter(|(known, value)| *known == number && !values.contains(value));
            let others: Vec<String> = others.map(|(_, value)| value.clone()).collect();
            values.extend(others);
            let counted = values.into_iter().map(|value| ByValue { calls: of_outcome(&value), value });
            outcomes.insert(outcome.name.clone(), counted.collect());
        }
        let workload =
            self.days.iter().map(|((number, value), by_day)| workload(name_of(*number), value, by_day, days));
        let mut groups: BTreeMap<String, Vec<Period>> = BTreeMap::new();
        for ((fact, value), values) in self.groups {
            let period = group(value, values);
            if period.calls >= hidden_below {
                groups.entry(fact).or_default().push(period);
            }
        }
        PolicyReport {
            policy: policy.name().to_owned(),
            digest: policy.digest().to_owned(),
            outcomes,
            workload: workload.collect(),
            rules: rules(self.rules, &policy.rule_names().collect::<Vec<_>>()),
            trial: rules(self.trial, &[]),
            beside: Vec::new(),
            repeats: repeats(&self.repeats, followed),
            undecided: self.undecided,
            waits_for: most_first(self.waits_for),
            questions: most_first(self.questions),
            not_available: most_first(self.not_available),
            weeks: self.weeks.into_iter().map(|(week, values)| period(week.to_string(), values)).collect(),
            weekdays: self.weekdays.into_iter().map(|(day, values)| period(day_name(day), values)).collect(),
            hours: self.hours.into_iter().map(|(hour, values)| period(format!("{hour:02}:00"), values)).collect(),
            groups,
        }
    }
}

/// The values of one outcome that a decision has, as words; a time is `some` or `none`.
pub(crate) fn values_of(vocabulary: &Vocabulary, decision: &Decision, outcome: &str) -> Vec<String> {
    let word = |value: Option<&str>| vec![value.unwrap_or("none").to_owned()];
    match vocabulary.outcome_value(&decision.outcome, outcome) {
        Some(OutcomeValue::One(value)) => word(value),
        Some(OutcomeValue::All(values)) => values.into_iter().map(str::to_owned).collect(),
        Some(OutcomeValue::Time(at)) => word(at.map(|_| "some")),
        _ => Vec::new(),
    }
}

/// The place of the value of the first outcome among those that it can have, and how many there are.
pub(crate) fn first_place(vocabulary: &Vocabulary, decision: &Decision) -> Option<(usize, usize)> {
    let first = vocabulary.outcomes.first()?;
    let values = first.kind.values();
    match vocabulary.outcome_value(&decision.outcome, &first.name)? {
        OutcomeValue::One(Some(value)) => Some((values.iter().position(|known| *known == value)?, values.len())),
        _ => None,
    }
}

/// The rule without which the first outcome would be lower, if there is one alone.
fn sole_rule(decision: &Decision) -> Option<&str> {
    let first = decision.outcome.0.first()?;
    let mut giving = decision
        .fired
        .iter()
        .filter(|fired| fired.adds.0.iter().any(|(outcome, level)| outcome.index() == 0 && level == first));
    match (giving.next(), giving.next()) {
        (Some(only), None) => Some(&only.rule),
        _ => None,
    }
}

/// `history.calls[3].at` is `history.calls.at`, of whichever call.
fn without_numbers(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        kept.push_str(before);
        rest = after.split_once(']').map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The words for a value of a fact; several for flags and identities.
fn named(case: &Case, value: &Value, values: &[String]) -> Vec<String> {
    let at = |place: u16| values.get(usize::from(place)).cloned().into_iter().collect::<Vec<_>>();
    match value {
        Value::YesNo(answer) => vec![if *answer { "yes" } else { "no" }.to_owned()],
        Value::Choice(place) => at(*place),
        Value::Flags(flags) => {
            let set =
                (0u16..).zip(values).filter(|(place, _)| flags.checked_shr(u32::from(*place)).unwrap_or(0) & 1 == 1);
            set.map(|(_, value)| value.clone()).collect()
        }
        Value::Number(number) => vec![number.to_string()],
        Value::Identity(_) | Value::Identities { .. } => {
            case.identities(value).iter().map(|name| case.name(*name).to_owned()).collect()
        }
        _ => vec!["not known".to_owned()],
    }
}

/// The Monday of the week.
fn week_of(zone: &Zone, at: Instant) -> Date {
    const DAY: i64 = 86_400;
    let date = zone.date(at);
    let days = Weekday::ALL.iter().position(|day| *day == date.weekday()).unwrap_or(0);
    let noon = zone.day_start(date).plus_seconds(DAY / 2);
    zone.date(noon.plus_seconds(-DAY * i64::try_from(days).unwrap_or(0)))
}

fn hour_of(zone: &Zone, at: Instant) -> u32 {
    zone.clock(at).to_string().split(':').next().and_then(|hour| hour.parse().ok()).unwrap_or(0)
}

fn day_name(day: usize) -> String {
    Weekday::ALL.get(day).map_or("", |day| day.name()).to_owned()
}

fn most_first(counts: BTreeMap<String, u64>) -> Vec<ByValue> {
    let mut counts: Vec<ByValue> = counts.into_iter().map(|(value, calls)| ByValue { value, calls }).collect();
    counts.sort_by(|one, other| (other.calls, &one.value).cmp(&(one.calls, &other.value)));
    counts
}

fn period(of: String, values: Vec<u64>) -> Period {
    Period { of, calls: values.iter().sum(), values, raised: None }
}

fn group(of: String, values: Vec<u64>) -> Period {
    let calls: u64 = values.iter().sum();
    let raised = calls - values.first().copied().unwrap_or(0);
    Period { of, calls, raised: Some(share(raised, calls)), values }
}

/// A share and its 95 % interval by Wilson's formula, in thousandths.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share for people, which decides nothing"
)]
pub(crate) fn share(some: u64, all: u64) -> [u64; 3] {
    const Z: f64 = 1.959_964;
    if all == 0 {
        return [0, 0, 1000];
    }
    let (n, p) = (all as f64, some as f64 / all as f64);
    let middle = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    [p, (middle - spread) / whole, (middle + spread) / whole].map(|part| (part.clamp(0.0, 1.0) * 1000.0).round() as u64)
}

/// What each rule did, those that did nothing too.
fn rules(mut tallies: BTreeMap<String, RuleTally>, all: &[&str]) -> Vec<RuleReport> {
    for name in all {
        tallies.entry((*name).to_owned()).or_default();
    }
    let report = |(rule, tally): (String, RuleTally)| RuleReport {
        rule,
        fired: tally.fired.len() as u64,
        undecided: tally.undecided,
        sole: tally.sole,
        first: tally.fired.iter().take(FIRST).cloned().collect(),
        ids_sha256: hash_of(tally.fired),
    };
    tallies.into_iter().map(report).collect()
}

/// SHA-256 of ids, sorted, one a line.
pub(crate) fn hash_of(mut ids: Vec<String>) -> String {
    ids.sort_unstable();
    let mut hash = Sha256::new();
    for id in ids {
        hash.update(id.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How many on a usual day, on 95 days of 100 at most, and on the worst.
pub(crate) fn share_of_days(by_day: &BTreeMap<Date, u64>, days: &BTreeSet<Date>) -> [u64; 3] {
    let mut counts: Vec<u64> = days.iter().map(|day| by_day.get(day).copied().unwrap_or(0)).collect();
    counts.sort_unstable();
    let last = counts.len().saturating_sub(1);
    let at = |hundredths: usize| counts.get((counts.len() * hundredths / 100).min(last)).copied().unwrap_or(0);
    [at(50), at(95), counts.last().copied().unwrap_or(0)]
}

fn workload(outcome: &str, value: &str, by_day: &BTreeMap<Date, u64>, days: &BTreeSet<Date>) -> Workload {
    let [median, most_of_95, worst] = share_of_days(by_day, days);
    let worst_day = by_day.iter().max_by_key(|(day, count)| (**count, std::cmp::Reverse(**day)));
    Workload {
        outcome: outcome.to_owned(),
        value: value.to_owned(),
        total: by_day.values().sum(),
        median,
        most_of_95,
        worst,
        worst_day: worst_day.map(|(day, _)| day.to_string()).unwrap_or_default(),
    }
}

fn repeats(counts: &BTreeMap<(bool, bool), u64>, followed: Option<(&str, Length)>) -> Option<Repeats> {
    let (fact, within) = followed?;
    let count = |repeated: bool, raised: bool| counts.get(&(repeated, raised)).copied().unwrap_or(0);
    let (repeated, others) = (count(true, true) + count(true, false), count(false, true) + count(false, false));
    Some(Repeats {
        fact: fact.to_owned(),
        within: within.to_string(),
        calls: repeated + others,
        repeated,
        raised_of_repeated: count(true, true),
        raised_of_others: count(false, true),
        share_of_repeated: share(count(true, true), repeated),
        share_of_others: share(count(false, true), others),
    })
}
