//! What a replay found, as it is written in JSON.

use heedful_history::Intake;
use serde::Serialize;
use std::collections::BTreeMap;

/// What one or two policies would have said of past calls.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReplayReport {
    /// The version of heedful that decided.
    pub engine: &'static str,
    pub calls: u64,
    /// The days of the first and last call that was decided, in the first policy's zone.
    pub first_day: Option<String>,
    pub last_day: Option<String>,
    /// Days between those two on which no table has any row: rates over them mislead.
    pub days_without_rows: Vec<String>,
    pub tables: Vec<Intake>,
    /// The files of what others say of the calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<Intake>,
    /// Rows that told the same as one before.
    pub told_twice: u64,
    /// Groups of fewer calls than this are not shown.
    pub hidden_below: u64,
    /// The first is `--policy`, the second `--against`.
    pub policies: Vec<PolicyReport>,
    pub difference: Option<PolicyDifference>,
    /// The policy as it stands, then with settings at other values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sweep: Vec<SweepPoint>,
}

/// What one policy would have said.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PolicyReport {
    pub policy: String,
    pub digest: String,
    /// For each outcome how many calls have each value; a time has `some` and `none`.
    pub outcomes: BTreeMap<String, Vec<ByValue>>,
    /// In the order of their names.
    pub rules: Vec<RuleReport>,
    /// What rules on trial and suspended rules would have done.
    pub trial: Vec<RuleReport>,
    /// Calls of which some rule is undecided.
    pub undecided: u64,
    /// What is not known where a rule is undecided, with how many calls wait for it, the most first.
    pub waits_for: Vec<ByValue>,
    /// What answers would have settled, with of how many calls, the most first.
    pub questions: Vec<ByValue>,
    /// For each list of the history in how many calls it was not available, or not whole.
    pub not_available: Vec<ByValue>,
    /// Calls by the first outcome, in periods.
    pub weeks: Vec<Period>,
    pub weekdays: Vec<Period>,
    pub hours: Vec<Period>,
    /// For each value of the facts that were asked for.
    pub groups: BTreeMap<String, Vec<Period>>,
    /// For each value of an outcome of which all apply, how many a day.
    pub workload: Vec<Workload>,
    /// Beside what others say of the calls, where the mapping names it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<BesideReport>,
    /// Whether the calls that were followed by another were raised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
}

/// What a policy says of calls beside what somebody else says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BesideReport {
    /// The file that holds what somebody else says.
    pub file: String,
    /// The outcome that both speak of, or `rule`.
    pub about: String,
    /// Calls that were decided and of which the file says something; a list of ids speaks of all.
    pub calls: u64,
    /// Calls that were decided and of which it says nothing.
    pub not_said: u64,
    /// Calls of which it says something and which were not decided, since they are history alone.
    pub not_decided: u64,
    /// For an outcome that has one value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<BesideMatrix>,
    /// For each value, or the rule, which calls have it on both sides, and which on one alone.
    pub sets: Vec<SideBySide>,
}

/// How often each value meets each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BesideMatrix {
    pub values: Vec<String>,
    /// For each value of the file (rows) how many calls the policy gives each value (columns).
    pub calls: Vec<Vec<u64>>,
    /// Calls for which the policy asks for more, for the same, and for less.
    pub above: SampleOfIds,
    pub same: u64,
    pub below: SampleOfIds,
}

/// Which calls have a value, or meet a rule, by each side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SideBySide {
    pub value: String,
    pub both: u64,
    pub only_policy: SampleOfIds,
    pub only_theirs: SampleOfIds,
    /// SHA-256 of the ids of the calls that have it by the policy, sorted, one a line; and by the file.
    pub ids_sha256: String,
    pub their_ids_sha256: String,
    /// Whether both are the same calls.
    pub equal: bool,
}

/// How many calls, and the ids of the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SampleOfIds {
    pub calls: u64,
    pub first: Vec<String>,
}

/// Calls that were followed by another about the same person or place within a span.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repeats {
    /// The fact of the call that both share.
    pub fact: String,
    pub within: String,
    /// Calls of which the fact is known, and whose span ends before the last row.
    pub calls: u64,
    pub repeated: u64,
    /// Of those that were repeated, how many the policy had raised above the lowest value; and of those that were not.
    pub raised_of_repeated: u64,
    pub raised_of_others: u64,
    /// The shares of both with their 95 % intervals (Wilson), in thousandths.
    pub share_of_repeated: [u64; 3],
    pub share_of_others: [u64; 3],
}

/// How many calls something is so of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ByValue {
    pub value: String,
    pub calls: u64,
}

/// What one rule did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RuleReport {
    pub rule: String,
    pub fired: u64,
    pub undecided: u64,
    /// Calls whose first outcome would be lower without it.
    pub sole: u64,
    /// The ids of the first calls.
    pub first: Vec<String>,
    /// SHA-256 of the ids of all its calls, sorted, one a line.
    pub ids_sha256: String,
}

/// How many calls of a period or group have each value of the first outcome, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Period {
    pub of: String,
    pub calls: u64,
    pub values: Vec<u64>,
    /// Of a group: the share of calls above the lowest value and the 95 % interval around it (Wilson), in thousandths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raised: Option<[u64; 3]>,
}

/// How much of something there is to do in a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Workload {
    pub outcome: String,
    pub value: String,
    pub total: u64,
    /// Of all days from the first call to the last that have a row.
    pub median: u64,
    pub most_of_95: u64,
    pub worst: u64,
    pub worst_day: String,
}

/// Where two policies differ.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PolicyDifference {
    /// Calls whose decision is the same in every outcome.
    pub same: u64,
    pub matrix: Option<Matrix>,
    pub gained: Vec<GainOrLoss>,
    pub lost: Vec<GainOrLoss>,
    pub rules: Vec<RuleChange>,
}

/// The first outcome under the first policy (rows) against the second (columns).
#[derive(Clone, Debug, Default, Serialize)]
pub struct Matrix {
    pub outcome: String,
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    pub calls: Vec<Vec<u64>>,
    /// Calls that the second policy gives more, and less.
    pub higher: u64,
    pub lower: u64,
}

/// A value that one policy gives calls and the other does not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GainOrLoss {
    pub outcome: String,
    pub value: String,
    pub calls: u64,
    pub first: Vec<String>,
}

/// A rule that does not fire for the same calls under both.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RuleChange {
    pub rule: String,
    pub only_first: u64,
    pub only_second: u64,
    /// The call with the least history on which it makes a difference, and one with as much as most.
    pub smallest: String,
    pub typical: String,
}

/// A setting at a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chosen {
    pub setting: String,
    pub value: String,
}

/// What one choice of values makes of the calls.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SweepPoint {
    /// Empty for the policy as it stands.
    pub settings: Vec<Chosen>,
    /// For each outcome how many calls have each value.
    pub outcomes: BTreeMap<String, Vec<ByValue>>,
    /// For how many calls each rule fires, of rules for which that is not the same at every point.
    pub rules: BTreeMap<String, u64>,
    /// Calls that are given more, and less, of the first outcome than as the policy stands.
    pub higher: u64,
    pub lower: u64,
    /// For each value of an outcome of which all apply: how many on a usual day, on 95 days of 100 at most, and on the worst.
    pub days: BTreeMap<String, [u64; 3]>,
}

impl SweepPoint {
    /// `repeat-calls 3 calls, repeat-window 24 hours`, or that it is the policy as it stands.
    pub(crate) fn in_words(&self) -> String {
        match self.settings.as_slice() {
            [] => "as it stands".to_owned(),
            chosen => chosen.iter().map(|one| format!("{} {}", one.setting, one.value)).collect::<Vec<_>>().join(", "),
        }
    }
}
