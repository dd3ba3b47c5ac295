//! Questions about how far a time lies from another, as text, and cases whose times lie at the edges of what is asked.

use super::case::{CaseText, Content, case, lengths, zone};
use super::words::{length, two, word};
use heedful::time::{Instant, Length};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const THIS_CALL: &str = "this call";

/// So far from another time, by the clock or in whole days, over a calendar or not; on one day with it; and between times of day.
pub fn apart(subject: &str, others: &[String]) -> BoxedStrategy<String> {
    let any_other = select(others.to_vec());
    let named: Vec<String> = others.iter().filter(|other| **other != THIS_CALL).cloned().collect();
    let how = word(&["at least", "more than", "less than", "exactly"]);
    let (nearer, one_side) = match subject {
        // What is counted from the call by the clock has other words, but for how far ahead.
        THIS_CALL => (None, (Just("before").boxed(), select(named).boxed())),
        _ => (
            Some((word(&["within", "at most", "at least", "more than", "less than", "exactly"]), select(named))),
            (Just("after").boxed(), Just(THIS_CALL.to_owned()).boxed()),
        ),
    };
    let far = (how, length(), one_side.0, one_side.1)
        .prop_map(|(how, length, side, other)| format!("is {how} {length} {side} {other}"))
        .boxed();
    let by_the_clock = nearer.map_or(far.clone(), |(how, other)| {
        let near = (how, length(), word(&["before", "after"]), other)
            .prop_map(|(how, length, side, other)| format!("is {how} {length} {side} {other}"));
        prop_oneof![4 => near, 1 => far].boxed()
    });
    let over = (
        word(&["within", "within", "at least", "less than", "exactly"]),
        word(&["90 minutes", "24 hours", "2 days", "1 week", "1 month"]),
        any_other.clone(),
        word(&["court-days", "court-days", "days-off"]),
    );
    let over =
        over.prop_map(|(how, length, other, over)| format!("is {how} {length} after {other}, not counting {over}"));
    let days = word(&["1 day", "2 days", "7 days", "1 week", "2 weeks"]);
    let whole = word(&[", counting its day", ", not counting its day"]);
    let in_days = (days, any_other.clone(), whole, word(&["before", "after", "after over"]));
    let in_days = in_days.prop_map(|(length, other, whole, side)| match side.as_str() {
        "after over" => format!("is within {length} after {other}{whole}, not counting court-days"),
        side => format!("is within {length} {side} {other}{whole}"),
    });
    let months = (word(&["1 month", "12 months", "1 year"]), word(&["before", "after"]), any_other.clone());
    let months =
        months.prop_map(|(length, side, other)| format!("is within {length} {side} {other}, not counting its day"));
    let same = (word(&["is on the same day as ", "is not on the same day as "]), any_other);
    let clocks = two(&["00:00", "01:00", "01:30", "06:00", "12:00", "22:00"], " until before ");
    prop_oneof![
        4 => by_the_clock,
        2 => over,
        4 => in_days,
        1 => months,
        2 => same.prop_map(|(is, other)| is + &other),
        2 => (word(&["is from ", "is not from "]), clocks).prop_map(|(is, clocks)| is + &clocks),
    ]
    .boxed()
}

/// So far from a time, on the edge of the clock or of a day.
#[derive(Clone, Debug)]
struct Beside {
    length: Option<Length>,
    back: bool,
    /// From the start of the day that it lies on.
    of_the_day: bool,
    seconds: i64,
}

impl Beside {
    fn drawn() -> BoxedStrategy<Self> {
        let length = prop_oneof![1 => Just(None), 4 => select(lengths()).prop_map(Some)];
        let seconds = select(vec![-86_400, -3600, -1, 0, 0, 1, 3600, 43_200, 86_399, 86_400]);
        (length, any::<bool>(), any::<bool>(), seconds)
            .prop_map(|(length, back, of_the_day, seconds)| Self { length, back, of_the_day, seconds })
            .boxed()
    }

    fn from(&self, time: Instant) -> Instant {
        let zone = zone();
        let far = self.length.map_or(time, |length| match self.back {
            true => zone.before(time, length),
            false => zone.after(time, length),
        });
        let edge = if self.of_the_day { zone.day_start(zone.date(far)) } else { far };
        edge.plus_seconds(self.seconds)
    }
}

/// A case in which each time lies so far from the one before it: the facts of the call from the call's own, the fields of a record
/// from the record's.
pub fn case_of_times() -> BoxedStrategy<CaseText> {
    (case(), vec(Beside::drawn(), 16))
        .prop_map(|(mut case, beside)| {
            let mut beside = beside.iter().cycle();
            let mut chain = |from: Instant, cells: &mut Vec<super::case::Cell>| {
                let mut last = from;
                for cell in cells.iter_mut() {
                    if let (Content::Time(time), Some(beside)) = (&mut cell.value, beside.next()) {
                        *time = beside.from(last);
                        last = *time;
                    }
                }
            };
            chain(case.at, &mut case.facts);
            for record in case.lists.iter_mut().flat_map(|(_, list)| list) {
                chain(record.at, &mut record.fields);
            }
            case
        })
        .boxed()
}
