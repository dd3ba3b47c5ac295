//! Spans at their edges: every row of `times/edges.txt`, and the moments at which each would leave.

use crate::support::{decide, load_texts, root};
use heedful::engine::Snapshot;
use heedful::time::{Calendar, FarEnd, Instant, Length, SpanCache, Unit, Weekday, Zone};
use proptest::collection::btree_set;
use proptest::option::of;
use proptest::strategy::Strategy;

const VOCABULARY: &str = r#"vocabulary "edges"
  identities person
call
  fact caller: identity of person "Who is calling"
record incident
  field victim: identity of person "Who was harmed"
outcome grade: highest of low and high "How soon"
  written as "grade at least"
"#;

fn within(span: &str) -> Snapshot {
    let policy = format!(
        "policy \"Edges\"\n  vocabulary \"edges\"\n  time zone Europe/London\n\nrule edge \"Edge\"\n  when any incident within {span}\n  then grade at least high\n  because \"{{count}}\"\n  source \"a test\"\n"
    );
    let mut load = load_texts(&[VOCABULARY, &policy]);
    assert!(load.diagnostics.is_empty(), "{span}: {:?}", load.diagnostics);
    load.policies.remove(0)
}

#[test]
fn a_record_is_in_its_span_or_not() {
    let table = std::fs::read_to_string(root("tests/times/edges.txt")).expect("the table of edges");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for row in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [span, call, record, expected] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("a row has four parts: {row}")
        };
        let case = format!(
            r#"{{"call":{{"id":"c","at":"{call}"}},"history":{{"incidents":[{{"id":"i","at":"{record}"}}]}}}}"#
        );
        let decision = decide(&within(span), &case);
        let found = if decision.fired.is_empty() { "out" } else { "in" };
        if found != expected {
            wrong.push(format!("{row}: found {found}"));
        }
        rows += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= 50, "only {rows} rows were read");
}

#[test]
fn until_names_the_first_second_outside() {
    let rows = [
        ("24 hours", "2026-03-01T12:00:00+00:00", "2026-03-02T12:00:01+00:00"),
        ("1 day", "2026-03-28T12:00:00+00:00", "2026-03-29T12:00:01+01:00"),
        ("24 hours", "2026-03-28T12:00:00+00:00", "2026-03-29T13:00:01+01:00"),
        ("1 month", "2026-01-31T12:00:00+00:00", "2026-03-01T00:00:00+00:00"),
    ];
    for (span, at, expected) in rows {
        let policy = within(span);
        let case =
            format!(r#"{{"call":{{"id":"c","at":"{at}"}},"history":{{"incidents":[{{"id":"i","at":"{at}"}}]}}}}"#);
        let decision = decide(&policy, &case);
        let moments: Vec<String> = decision.until.iter().map(|until| policy.zone().format(until.at)).collect();
        assert_eq!(moments, [expected], "{span} from {at}");
    }
}

/// Where a clock shows the same time twice, the page says which of the two; elsewhere it says the time and nothing more.
#[test]
fn the_hour_that_comes_twice_is_told_apart() {
    for (zone, at, said) in [
        ("Europe/London", "2026-10-25T01:30:00+01:00", "01:30 (BST) on Sunday 25 October 2026"),
        ("Europe/London", "2026-10-25T01:30:00+00:00", "01:30 (GMT) on Sunday 25 October 2026"),
        ("Europe/London", "2026-10-25T02:00:00+00:00", "02:00 on Sunday 25 October 2026"),
        ("Europe/London", "2026-10-25T01:45:57+00:00", "01:45:57 (GMT) on Sunday 25 October 2026"),
        ("Europe/London", "2026-03-29T00:59:59+00:00", "00:59:59 on Sunday 29 March 2026"),
        // The letters stayed the same when the clocks went back for good.
        ("Europe/Moscow", "2014-10-26T01:30:00+04:00", "01:30 (+04:00) on Sunday 26 October 2014"),
        ("Europe/Moscow", "2014-10-26T01:30:00+03:00", "01:30 (+03:00) on Sunday 26 October 2014"),
        // A zone without letters, and half an hour that comes twice.
        ("Australia/Lord_Howe", "2026-04-05T01:45:00+11:00", "01:45 (+11:00) on Sunday 5 April 2026"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00+10:30", "01:45 (+10:30) on Sunday 5 April 2026"),
    ] {
        let zone = Zone::named(zone).expect("a zone");
        assert_eq!(zone.spoken(Instant::parse(at).expect("a time")), said, "{at}");
    }
}

proptest::proptest! {
    #[test]
    fn no_two_moments_are_said_alike(
        zone in proptest::sample::select(&["Europe/London", "Europe/Dublin", "Europe/Moscow", "Africa/Casablanca", "Australia/Lord_Howe"][..]),
        about in proptest::sample::select(&[1_792_888_200i64, 1_414_272_600, 1_775_314_800, 1_743_300_000][..]),
        one in -9000i64..9000,
        apart in proptest::prop_oneof![1i64..9000, proptest::sample::select(&[60i64, 1800, 3600, 86400][..])],
    ) {
        let zone = Zone::named(zone).expect("a zone");
        let (one, other) = (Instant(about + one), Instant(about + one + apart));
        proptest::prop_assert_ne!(zone.spoken(one), zone.spoken(other));
    }
}

proptest::proptest! {
    #[test]
    fn a_remembered_far_end_is_the_one_that_the_calendar_gives(
        moments in proptest::collection::vec(1_600_000_000i64..1_700_000_000, 1..300),
        amount in 1u32..30,
        unit in proptest::sample::select(&Unit::ALL[..]),
    ) {
        let zone = Zone::named("Europe/London").expect("a zone");
        let length = Length::new(amount, unit);
        let mut spans = SpanCache::default();
        for moment in moments.into_iter().map(Instant) {
            let (before, after) = (zone.before(moment, length), zone.after(moment, length));
            let (jumps_before, jumps_after) =
                (zone.next_jump(moment, before, length), zone.next_jump(moment, after, length));
            for (end, at, jumps) in [
                (spans.before(&zone, moment, length), before, jumps_before),
                (spans.after(&zone, moment, length), after, jumps_after),
            ] {
                proptest::prop_assert_eq!(end, FarEnd { at, since: end.since, jumps });
                proptest::prop_assert!(end.since <= moment);
            }
        }
    }
}

const LENGTHS: [&str; 26] = [
    "60 minutes",
    "23 hours",
    "24 hours",
    "25 hours",
    "26 hours",
    "47 hours",
    "48 hours",
    "1 day",
    "2 days",
    "27 days",
    "28 days",
    "31 days",
    "32 days",
    "4 weeks",
    "1 month",
    "2 months",
    "6 months",
    "11 months",
    "12 months",
    "13 months",
    "1 year",
    "365 days",
    "366 days",
    "53 weeks",
    "4 years",
    "1461 days",
];

fn length(said: &str) -> Length {
    let (amount, unit) = said.split_once(' ').expect("a number and a unit");
    Length::new(amount.parse().expect("a number"), Unit::parse(unit).expect("a unit"))
}

/// From no moment of these years and zones does a length reach further than one that it is never longer than.
#[test]
fn a_length_that_is_never_longer_never_reaches_further() {
    for name in ["Europe/London", "Pacific/Apia", "Antarctica/Troll", "UTC"] {
        let zone = Zone::named(name).expect("a zone");
        let began = Instant::parse("2007-01-01T00:30:00+00:00").expect("a time");
        let moments: Vec<Instant> = (0..900).map(|step| began.plus_seconds(step * 291_600)).collect();
        for one in LENGTHS.map(length) {
            for other in LENGTHS.map(length).into_iter().filter(|other| one.never_longer_than(*other, &zone)) {
                for moment in &moments {
                    assert!(zone.before(*moment, one) >= zone.before(*moment, other), "{one}, {other} in {name}");
                    assert!(zone.after(*moment, one) <= zone.after(*moment, other), "{one}, {other} in {name}");
                }
            }
        }
    }
}

/// Nor where days are passed over: 59 days are never longer than 2 months, and without Sundays they are.
#[test]
fn a_length_that_is_never_longer_over_some_days_never_reaches_further() {
    let zone = Zone::named("Europe/London").expect("a zone");
    let began = Instant::parse("2026-01-01T00:00:00+00:00").expect("a time");
    let dates = (0..12).map(|month| zone.date(zone.after(began, Length::new(month, Unit::Months)))).collect();
    let calendar = Calendar { weekdays: [Weekday::Sunday].into_iter().collect(), dates, ..Calendar::default() };
    let days = [59, 60, 62].map(|days| Length::new(days, Unit::Days));
    let lengths = LENGTHS.map(length).into_iter().chain(days).filter(|length| length.usual_seconds() < 6_000_000);
    let mut differ = 0;
    for one in lengths.clone() {
        for other in lengths.clone().filter(|other| one.never_longer_than(*other, &zone)) {
            let is_certain = one.never_longer_over(other, true, &zone);
            let ends = (0..40)
                .map(|step| began.plus_seconds(step * 291_600))
                .map(|from| (calendar.after(&zone, from, one), calendar.after(&zone, from, other)));
            let is_so = ends.clone().all(|(own, theirs)| own <= theirs);
            assert!(is_so || !is_certain, "{one} ends later than {other}");
            differ += usize::from(!is_so);
        }
    }
    assert!(differ > 0, "over no days is a length longer that never is");
}

/// Months after half past one, over days of which the first has no such time.
#[test]
fn a_clock_time_that_a_day_skips_is_back_on_the_day_that_counts() {
    let zone = Zone::named("Europe/London").expect("a zone");
    let at = |text: &str| Instant::parse(text).expect("a time");
    let calendar = Calendar { weekdays: [Weekday::Sunday].into_iter().collect(), ..Calendar::default() };
    let ends = calendar.after(&zone, at("2026-01-29T01:30:00+00:00"), Length::new(2, Unit::Months));
    assert_eq!(ends, at("2026-03-30T01:30:00+01:00"));
    // In Samoa there was no 30 December 2011.
    let zone = Zone::named("Pacific/Apia").expect("a zone");
    let ends = calendar.after(&zone, at("2011-12-28T12:00:00-10:00"), Length::new(3, Unit::Days));
    assert_eq!(ends, at("2012-01-02T12:00:00+14:00"));
}

#[test]
fn lengths_of_different_units_are_in_order_where_that_is_certain() {
    let zone = Zone::named("Europe/London").expect("a zone");
    let certain = |one: &str, other: &str| length(one).never_longer_than(length(other), &zone);
    for (one, other) in [
        ("24 hours", "24 hours"),
        ("60 minutes", "1 hour"),
        ("7 days", "1 week"),
        ("72 months", "6 years"),
        ("6 years", "72 months"),
        ("28 days", "1 month"),
        ("1 month", "31 days"),
        ("365 days", "1 year"),
        ("1 year", "366 days"),
        ("23 hours", "1 day"),
        ("1 day", "25 hours"),
        ("24 hours", "7 days"),
        ("90 days", "12 months"),
        ("12 months", "53 weeks"),
    ] {
        assert!(certain(one, other), "{one} is never longer than {other}");
    }
    for (one, other) in [
        ("30 days", "1 month"),
        ("1 month", "30 days"),
        ("24 hours", "1 day"),
        ("1 day", "24 hours"),
        ("366 days", "1 year"),
        ("1 year", "365 days"),
        ("78 months", "6 years"),
        ("73 months", "6 years"),
        ("48 hours", "2 days"),
        ("3 months", "90 days"),
    ] {
        assert!(!certain(one, other), "{one} may be longer than {other}");
    }
}

/// A calendar of March 2026: whether Sundays are among its days, which days are, and for which it is complete.
fn calendar_of_march() -> impl Strategy<Value = Calendar> {
    let day = |zone: &Zone, day: u32| zone.date(zone.after(Instant(1_772_366_400), Length::new(day, Unit::Days)));
    let drawn = (proptest::bool::weighted(0.3), btree_set(1u32..20, 0..4), of((1u32..12, 1u32..20)));
    drawn.prop_map(move |(sundays, dates, complete)| {
        let zone = Zone::named("Europe/London").expect("a zone");
        Calendar {
            weekdays: sundays.then_some(Weekday::Sunday).into_iter().collect(),
            yearly: Vec::new(),
            dates: dates.into_iter().map(|date| day(&zone, date)).collect(),
            complete: complete.map(|(first, days)| (day(&zone, first), day(&zone, first + days))),
        }
    })
}

/// One calendar, and another or the same with days more and more of it known.
fn two_calendars() -> impl Strategy<Value = [Calendar; 2]> {
    let two = (calendar_of_march(), calendar_of_march(), proptest::bool::weighted(0.7));
    two.prop_map(|(one, mut other, is_grown)| {
        if is_grown {
            other.weekdays = one.weekdays;
            other.dates.retain(|date| !one.covers(*date, *date));
            other.dates.extend(&one.dates);
            other.dates.sort_unstable();
            other.dates.dedup();
            other.complete =
                one.complete.zip(other.complete).map(|(one, other)| (one.0.min(other.0), one.1.max(other.1)));
        }
        [one, other]
    })
}

proptest::proptest! {
    #[test]
    fn of_two_calendars_one_passes_over_all_that_the_other_does_or_counts_all_that_it_counts(
        [known, grown] in two_calendars(),
        start in 0i64..20 * 24,
        amount in 1u32..6,
        unit in proptest::sample::select(&[Unit::Hours, Unit::Days, Unit::Weeks, Unit::Months][..]),
    ) {
        let zone = Zone::named("Europe/London").expect("a zone");
        let from = Instant(1_772_323_200);
        let days = || (0..60).map(|day| zone.date(zone.after(from, Length::new(day, Unit::Days))));
        let start = from.plus_seconds(start * 3600);
        let length = Length::new(amount, unit);
        let [own, theirs] = [&grown, &known].map(|calendar| calendar.after(&zone, start, length));
        if grown.skips_all_of(&known) {
            let says = days().all(|day| known.has(day) != Some(true) || grown.has(day) == Some(true));
            proptest::prop_assert!(says, "a day is none of its days");
            proptest::prop_assert!(own >= theirs, "it ends earlier");
        }
        if grown.counts_all_of(&known) {
            let says = days().all(|day| known.has(day) != Some(false) || grown.has(day) == Some(false));
            proptest::prop_assert!(says, "a day is one of its days");
            if known.covers(zone.date(start), zone.date(theirs)) {
                proptest::prop_assert!(own <= theirs, "it ends later");
                proptest::prop_assert!(grown.covers(zone.date(start), zone.date(own)), "nobody knows when it ends");
            }
        }
        proptest::prop_assert!(grown.skips_all_of(&grown) && grown.counts_all_of(&grown));
    }
}
