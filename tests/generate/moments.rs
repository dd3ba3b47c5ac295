//! The moments at which the answer to a case may change with the clock alone.

use super::case::{CaseText, lengths};
use heedful::check::{Policy, SettingValue};
use heedful::time::{Instant, Length, Zone};
use std::collections::BTreeSet;

/// How far ahead changes are listed, in seconds: 60 days.
const HORIZON: i64 = 60 * 86_400;

/// Every second after the call and within 60 days at which something may change, and the seconds beside it: where a
/// time of the case is passed, enters or leaves a span, where a gap is outgrown, where a calendar has a seam, and the
/// moments that are listed.
pub fn telling(policy: &Policy, text: &CaseText, listed: impl Iterator<Item = Instant>) -> Vec<Instant> {
    let times: BTreeSet<Instant> = text.times().into_iter().collect();
    let mut moments: Vec<Instant> = listed.collect();
    for time in &times {
        moments.push(*time);
        for length in used_lengths(policy) {
            moments.extend(around_end(&policy.zone, *time, length));
        }
    }
    let midnights = std::iter::successors(Some(policy.zone.date(text.at)), |day| Some(day.next()));
    moments.extend(midnights.take(3).map(|day| policy.zone.day_start(day)));
    for (_, list) in &text.lists {
        let times: BTreeSet<i64> = list.iter().map(|record| record.at.0).chain([text.at.0]).collect();
        for later in &times {
            moments.extend(times.iter().filter(|earlier| *earlier < later).map(|earlier| Instant(2 * later - earlier)));
        }
    }
    let beside = moments.iter().flat_map(|moment| [-1, 0, 1].map(|second| moment.plus_seconds(second)));
    let within: BTreeSet<Instant> = beside.filter(|at| text.at < *at && at.0 <= text.at.0 + HORIZON).collect();
    within.into_iter().collect()
}

/// The lengths that a policy's files name, and those of its settings.
fn used_lengths(policy: &Policy) -> Vec<Length> {
    let said = format!("{:?} {:?} {:?}", policy.rules, policy.definitions, policy.scores);
    let settings = policy.settings.iter().filter_map(|setting| match setting.value {
        SettingValue::Length(length) => Some(length),
        _ => None,
    });
    let used = lengths().into_iter().filter(|length| said.contains(&format!("{length:?}")));
    let mut used: Vec<Length> = used.chain(settings).collect();
    used.sort_by_key(ToString::to_string);
    used.dedup();
    used
}

/// The ends of a span before and after a time, and the seams about them: midnights, where the end of a short month
/// stands for several days, and the hours that a clock change repeats or skips.
fn around_end(zone: &Zone, time: Instant, length: Length) -> Vec<Instant> {
    let ends = [zone.before(time, length), zone.after(time, length)];
    if length.exact_seconds().is_some() {
        return ends.to_vec();
    }
    let seams = ends.iter().flat_map(|end| {
        let days = (-4..=4).map(|day| zone.day_start(zone.date(end.plus_seconds(day * 86_400))));
        let same_clock = (-4..=4).map(|day| end.plus_seconds(day * 86_400));
        let hours = [-7200, -3600, 3600, 7200].map(|seconds| end.plus_seconds(seconds));
        let near_change = days.clone().flat_map(|day| [3600, 7200].map(|seconds| day.plus_seconds(seconds)));
        days.chain(same_clock).chain(hours).chain(near_change).collect::<Vec<_>>()
    });
    ends.into_iter().chain(seams).collect()
}
