//! Overviews of decisions -> counts by number, which can be made beside one another and put together.

use crate::calls::CallIds;
use crate::report::{ByValue, Period, PolicyReport, Repeats, RuleReport, Workload};
use heedful::engine::{Overview, Snapshot};
use heedful::model::{Case, Content, FactId, Level, Outcomes, Value, Vocabulary};
use heedful::time::{Date, Instant, Length, Weekday, Zone};
use std::collections::{BTreeMap, BTreeSet};

/// What was counted of the decisions of one policy. Calls go by their numbers.
#[derive(Debug, Default)]
pub(crate) struct DecisionTally {
    /// For each outcome how many calls have each value, then how many have none, and how many have a time.
    outcomes: Vec<Vec<u64>>,
    rules: Vec<RuleTally>,
    trial: Vec<RuleTally>,
    undecided: u64,
    waits_for: Vec<u64>,
    questions: Vec<u64>,
    /// For each kind of record.
    not_available: Vec<u64>,
    /// By days, weekdays and hours, for each value of the first outcome.
    days: BTreeMap<Date, Vec<u64>>,
    weekdays: BTreeMap<usize, Vec<u64>>,
    hours: BTreeMap<u32, Vec<u64>>,
    groups: BTreeMap<(FactId, String), Vec<u64>>,
    /// For each day how many calls have each value of each outcome of which all apply, one outcome after the other.
    values_by_day: BTreeMap<Date, Vec<u64>>,
    /// Calls by whether they were repeated and whether the policy had raised them.
    repeats: BTreeMap<(bool, bool), u64>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct RuleTally {
    fired: Vec<u32>,
    undecided: u64,
    sole: u64,
}

/// How many ids are shown of a rule.
const FIRST: usize = 5;

/// Adds to a count that may not be there yet.
pub(crate) fn count(counts: &mut Vec<u64>, at: usize, more: u64) {
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    counts.iter_mut().skip(at).take(1).for_each(|slot| *slot += more);
}

/// Adds counts to counts, place by place.
pub(crate) fn add_counts(own: &mut Vec<u64>, later: &[u64]) {
    own.resize(own.len().max(later.len()), 0);
    own.iter_mut().zip(later).for_each(|(sum, count)| *sum += count);
}

impl DecisionTally {
    /// Adds the decision of the call with this number.
    pub(crate) fn add(
        &mut self,
        policy: &Snapshot,
        case: &Case,
        (number, overview): (u32, &Overview),
        groups: &[FactId],
    ) {
        let vocabulary = policy.vocabulary();
        self.outcomes.resize_with(vocabulary.outcomes.len(), Vec::new);
        for ((declared, level), counts) in vocabulary.outcomes.iter().zip(&overview.outcome.0).zip(&mut self.outcomes) {
            let values = declared.kind.values_count();
            each_place(*level, values, |place| count(counts, place, 1));
        }
        for rule in &overview.fired {
            let rule = rule_at(&mut self.rules, rule.0);
            rule.into_iter().for_each(|rule| rule.fired.push(number));
        }
        if let Some(rule) = overview.sole.and_then(|rule| rule_at(&mut self.rules, rule.0)) {
            rule.sole += 1;
        }
        for rule in &overview.undecided {
            rule_at(&mut self.rules, rule.0).into_iter().for_each(|rule| rule.undecided += 1);
        }
        for (rule, certain) in &overview.trial {
            match (rule_at(&mut self.trial, rule.0), certain) {
                (Some(rule), true) => rule.fired.push(number),
                (Some(rule), false) => rule.undecided += 1,
                (None, _) => {}
            }
        }
        self.undecided += u64::from(!overview.undecided.is_empty());
        overview.waits_for.iter().for_each(|gap| count(&mut self.waits_for, gap.index(), 1));
        overview.asked.iter().for_each(|gap| count(&mut self.questions, gap.index(), 1));
        for (kind, (_, is_whole)) in case.sizes().enumerate() {
            if !is_whole {
                count(&mut self.not_available, kind, 1);
            }
        }
        self.add_to_periods(policy, case, &overview.outcome, groups);
    }

    /// Adds whether a call was followed by another, and whether the policy had raised it.
    pub(crate) fn add_followed(&mut self, is_followed: bool, raised: bool) {
        *self.repeats.entry((is_followed, raised)).or_default() += 1;
    }

    fn add_to_periods(&mut self, policy: &Snapshot, case: &Case, outcome: &Outcomes, groups: &[FactId]) {
        let vocabulary = policy.vocabulary();
        let (date, hour) = self.clock.read(policy.zone(), case.at);
        if let Some(place) = first_place(outcome) {
            count(self.days.entry(date).or_default(), place, 1);
            let weekday = Weekday::ALL.iter().position(|day| *day == date.weekday()).unwrap_or(0);
            count(self.weekdays.entry(weekday).or_default(), place, 1);
            count(self.hours.entry(hour).or_default(), place, 1);
            for fact in groups {
                let Some(field) = vocabulary.call.get(fact.index()) else { continue };
                for value in named(case, &case.fact(*fact), field.values()) {
                    count(self.groups.entry((*fact, value)).or_default(), place, 1);
                }
            }
        }
        let by_value = self.values_by_day.entry(date).or_default();
        let mut first = 0;
        for (declared, level) in vocabulary.outcomes.iter().zip(&outcome.0) {
            if let Content::Values(_) = level.content() {
                level.values().for_each(|value| count(by_value, first + usize::from(value), 1));
            }
            first += declared.kind.values_count();
        }
    }

    /// Adds what was counted of other calls.
    pub(crate) fn append(&mut self, other: Self) {
        fn sums<K: Ord>(own: &mut BTreeMap<K, u64>, other: BTreeMap<K, u64>) {
            other.into_iter().for_each(|(key, count)| *own.entry(key).or_default() += count);
        }
        fn lists<K: Ord>(own: &mut BTreeMap<K, Vec<u64>>, other: BTreeMap<K, Vec<u64>>) {
            other.into_iter().for_each(|(key, counts)| add_counts(own.entry(key).or_default(), &counts));
        }
        fn rules(own: &mut Vec<RuleTally>, other: Vec<RuleTally>) {
            own.resize_with(own.len().max(other.len()), RuleTally::default);
            for (own, other) in own.iter_mut().zip(other) {
                own.fired.extend(other.fired);
                own.undecided += other.undecided;
                own.sole += other.sole;
            }
        }
        self.outcomes.resize_with(self.outcomes.len().max(other.outcomes.len()), Vec::new);
        self.outcomes.iter_mut().zip(&other.outcomes).for_each(|(own, other)| add_counts(own, other));
        rules(&mut self.rules, other.rules);
        rules(&mut self.trial, other.trial);
        self.undecided += other.undecided;
        add_counts(&mut self.waits_for, &other.waits_for);
        add_counts(&mut self.questions, &other.questions);
        add_counts(&mut self.not_available, &other.not_available);
        lists(&mut self.days, other.days);
        lists(&mut self.weekdays, other.weekdays);
        lists(&mut self.hours, other.hours);
        lists(&mut self.groups, other.groups);
        lists(&mut self.values_by_day, other.values_by_day);
        sums(&mut self.repeats, other.repeats);
    }

    /// The counts as they are reported. `days` are those on which there is any row, and `ids` those of the calls.
    pub(crate) fn into_report(
        self,
        policy: &Snapshot,
        days: &BTreeSet<Date>,
        hidden_below: u64,
        followed: Option<(&str, Length)>,
        ids: &CallIds,
    ) -> PolicyReport {
        let vocabulary = policy.vocabulary();
        let count_at = |counts: &[u64], place: usize| counts.get(place).copied().unwrap_or(0);
        let mut outcomes: BTreeMap<String, Vec<ByValue>> = BTreeMap::new();
        let nothing = Vec::new();
        for (number, outcome) in vocabulary.outcomes.iter().enumerate() {
            let counts = self.outcomes.get(number).unwrap_or(&nothing);
            let values = outcome.kind.values();
            let others = ["none", "some"].into_iter().zip(values.len()..);
            let others = others.filter(|(_, place)| count_at(counts, *place) > 0);
            let all = values.iter().copied().zip(0..).chain(others);
            let counted = all.map(|(value, place)| ByValue { calls: count_at(counts, place), value: value.to_owned() });
            outcomes.insert(outcome.name.clone(), counted.collect());
        }
        let mut groups: BTreeMap<String, Vec<Period>> = BTreeMap::new();
        let size = first_size(vocabulary);
        for ((fact, value), values) in self.groups {
            let period = group(value, of_size(values, size));
            if period.calls >= hidden_below
                && let Some(fact) = vocabulary.call.get(fact.index())
            {
                groups.entry(fact.name.clone()).or_default().push(period);
            }
        }
        let mut weeks: BTreeMap<Date, Vec<u64>> = BTreeMap::new();
        for (day, counts) in self.days {
            add_counts(weeks.entry(week_of(policy.zone(), day)).or_default(), &counts);
        }
        let names: Vec<&str> = policy.rule_names().collect();
        let period = |of: String, values| period(of, of_size(values, size));
        let gaps = policy.gaps();
        let lists = vocabulary.records.iter().map(|kind| kind.plural.as_str());
        PolicyReport {
            policy: policy.name().to_owned(),
            digest: policy.digest().to_owned(),
            outcomes,
            workload: workloads(vocabulary, &self.values_by_day, days),
            rules: rules(&self.rules, &names, true, ids),
            trial: rules(&self.trial, &names, false, ids),
            beside: Vec::new(),
            repeats: repeats(&self.repeats, followed),
            undecided: self.undecided,
            waits_for: most_first(gaps.iter().map(String::as_str), &self.waits_for),
            questions: most_first(gaps.iter().map(String::as_str), &self.questions),
            not_available: most_first(lists, &self.not_available),
            weeks: weeks.into_iter().map(|(week, values)| period(week.to_string(), values)).collect(),
            weekdays: self.weekdays.into_iter().map(|(day, values)| period(day_name(day), values)).collect(),
            hours: self.hours.into_iter().map(|(hour, values)| period(format!("{hour:02}:00"), values)).collect(),
            groups,
        }
    }
}

fn rule_at(rules: &mut Vec<RuleTally>, rule: u32) -> Option<&mut RuleTally> {
    let at = usize::try_from(rule).ok()?;
    if rules.len() <= at {
        rules.resize_with(at + 1, RuleTally::default);
    }
    rules.get_mut(at)
}

/// Where the values of a level are counted, in a list of `values` values, none of them, and a time or a number.
pub(crate) fn each_place(level: Level, values: usize, mut add: impl FnMut(usize)) {
    match level.content() {
        Content::Value(at) => add(at.map_or(values, usize::from)),
        Content::Values(_) => level.values().for_each(|value| add(usize::from(value))),
        Content::Time(at) => add(values + usize::from(at.is_some())),
        Content::Number(at) => add(values + usize::from(at.is_some())),
        _ => {}
    }
}

/// The place of the value of the first outcome among those that it can have.
pub(crate) fn first_place(outcome: &Outcomes) -> Option<usize> {
    match outcome.0.first()?.content() {
        Content::Value(place) => place.map(usize::from),
        _ => None,
    }
}

/// How many values the first outcome can have.
fn first_size(vocabulary: &Vocabulary) -> usize {
    vocabulary.outcomes.first().map_or(0, |outcome| outcome.kind.values_count())
}

fn of_size(mut counts: Vec<u64>, size: usize) -> Vec<u64> {
    counts.resize(size, 0);
    counts
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

/// Tells the day and the hour of times that come nearly in order, most of them without looking them up.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// A quarter of an hour since 1970, in which no zone changes its clocks, with its day and hour.
    last: Option<(i64, Date, u32)>,
}

impl Clock {
    pub(crate) fn read(&mut self, zone: &Zone, at: Instant) -> (Date, u32) {
        let quarter = at.0.div_euclid(900);
        match self.last {
            Some((known, date, hour)) if known == quarter => (date, hour),
            _ => {
                let (date, hour) = (zone.date(at), zone.clock(at).0 / 3_600);
                self.last = Some((quarter, date, hour));
                (date, hour)
            }
        }
    }
}

/// The Monday of the week of a day.
fn week_of(zone: &Zone, date: Date) -> Date {
    const DAY: i64 = 86_400;
    let days = Weekday::ALL.iter().position(|day| *day == date.weekday()).unwrap_or(0);
    let noon = zone.day_start(date).plus_seconds(DAY / 2);
    zone.date(noon.plus_seconds(-DAY * i64::try_from(days).unwrap_or(0)))
}

fn day_name(day: usize) -> String {
    Weekday::ALL.get(day).map_or("", |day| day.name()).to_owned()
}

fn most_first<'n>(names: impl Iterator<Item = &'n str>, counts: &[u64]) -> Vec<ByValue> {
    let met = names.zip(counts).filter(|(_, calls)| **calls > 0);
    let mut counts: Vec<ByValue> =
        met.map(|(value, calls)| ByValue { value: value.to_owned(), calls: *calls }).collect();
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

/// What each rule did, by name; those that did nothing too where `all` are wanted.
fn rules(tallies: &[RuleTally], names: &[&str], all: bool, ids: &CallIds) -> Vec<RuleReport> {
    let nothing = RuleTally::default();
    let each = names.iter().enumerate().map(|(at, name)| (*name, tallies.get(at).unwrap_or(&nothing)));
    let met = each.filter(|(_, tally)| all || !tally.fired.is_empty() || tally.undecided > 0);
    let report = |(rule, tally): (&str, &RuleTally)| {
        let mut first = tally.fired.clone();
        first.sort_unstable();
        first.truncate(FIRST);
        RuleReport {
            rule: rule.to_owned(),
            fired: tally.fired.len() as u64,
            undecided: tally.undecided,
            sole: tally.sole,
            first: first.into_iter().map(|number| ids.of(number).to_owned()).collect(),
            ids_sha256: ids.hash_of(&tally.fired),
        }
    };
    let mut reports: Vec<RuleReport> = met.map(report).collect();
    reports.sort_by(|one, other| one.rule.cmp(&other.rule));
    reports
}

/// How many on a usual day, on 95 days of 100 at most, and on the worst.
pub(crate) fn share_of_days(by_day: impl Fn(&Date) -> u64, days: &BTreeSet<Date>) -> [u64; 3] {
    let mut counts: Vec<u64> = days.iter().map(by_day).collect();
    counts.sort_unstable();
    let last = counts.len().saturating_sub(1);
    let at = |hundredths: usize| counts.get((counts.len() * hundredths / 100).min(last)).copied().unwrap_or(0);
    [at(50), at(95), counts.last().copied().unwrap_or(0)]
}

/// The values of outcomes of which all apply, each with its place among those of all outcomes.
pub(crate) fn list_values(vocabulary: &Vocabulary) -> Vec<(&str, &str, usize)> {
    let mut first = 0;
    let mut all = Vec::new();
    for outcome in &vocabulary.outcomes {
        if let Content::Values(_) = outcome.kind.least().content() {
            all.extend(outcome.kind.values().into_iter().zip(first..).map(|(value, at)| (&*outcome.name, value, at)));
        }
        first += outcome.kind.values_count();
    }
    all
}

fn workloads(vocabulary: &Vocabulary, by_day: &BTreeMap<Date, Vec<u64>>, days: &BTreeSet<Date>) -> Vec<Workload> {
    let mut number = 0;
    let mut last = "";
    let mut all: Vec<(usize, Workload)> = Vec::new();
    for (outcome, value, at) in list_values(vocabulary) {
        number += usize::from(outcome != last);
        last = outcome;
        let on = |day: &Date| by_day.get(day).and_then(|counts| counts.get(at)).copied().unwrap_or(0);
        let [median, most_of_95, worst] = share_of_days(on, days);
        let total: u64 = by_day.keys().map(on).sum();
        let worst_day = by_day.keys().max_by_key(|day| (on(day), std::cmp::Reverse(**day)));
        if total > 0 {
            all.push((
                number,
                Workload {
                    outcome: outcome.to_owned(),
                    value: value.to_owned(),
                    total,
                    median,
                    most_of_95,
                    worst,
                    worst_day: worst_day.map(Date::to_string).unwrap_or_default(),
                },
            ));
        }
    }
    // By outcomes as they are declared, and values by their names.
    all.sort_by(|(one, workload), (other, of)| (one, &workload.value).cmp(&(other, &of.value)));
    all.into_iter().map(|(_, workload)| workload).collect()
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
