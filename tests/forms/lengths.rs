//! Which length never lasts longer than another, counted from moments at which clocks, months and calendars are odd.

use super::questions::{Asked, CALENDARS, SPANS, VOCABULARY, asked, length};
use crate::laws::{each, policies};
use crate::support::load_texts;
use heedful::time::{Calendar, Date, Instant, Length, Unit, Zone};

/// How often a length was claimed never to last longer than another: plain, over a calendar, and over one calendar for another.
#[derive(Debug, Default)]
struct Met {
    plain: usize,
    across_kinds: usize,
    over_days: usize,
    wider_calendars: usize,
}

/// Moments at and about a seam, and so far from it as the lengths count.
fn moments(seam: Instant, zone: &Zone, lengths: &[Length]) -> Vec<Instant> {
    let ends = lengths.iter().flat_map(|length| [zone.before(seam, *length), zone.after(seam, *length)]);
    let about: Vec<Instant> = ends.chain([seam]).collect();
    let by = [0, -1, 1, 1800, -1800, 3600, -3600, 43_200, -43_200, 86_399, 86_400, -86_400];
    about.iter().flat_map(|at| by.map(|by| at.plus_seconds(by))).collect()
}

fn is_a_year_at_most(length: Length) -> bool {
    length.usual_seconds() <= Length::new(1, Unit::Years).usual_seconds()
}

fn plain_holds(one: Length, other: Length, zone: &Zone, moments: &[Instant]) {
    for now in moments {
        let said = || format!("{one} never lasts longer than {other} in {}, from {}", zone.name(), zone.format(*now));
        assert!(zone.before(*now, other) <= zone.before(*now, one), "{}, back", said());
        assert!(zone.after(*now, one) <= zone.after(*now, other), "{}, ahead", said());
        let day = zone.date(*now);
        if one.exact_seconds().is_none() && other.exact_seconds().is_none() {
            assert!(day.days_back(other, false) <= day.days_back(one, false), "{}, days back", said());
            assert!(day.days_on(one, false) <= day.days_on(other, false), "{}, days on", said());
        }
    }
}

/// Over one calendar a length ends no later than another over a second, as a deadline and in whole days.
fn over_days_holds(
    (one, short): (&Calendar, Length),
    (other, long): (&Calendar, Length),
    zone: &Zone,
    moments: &[Instant],
) {
    for now in moments {
        let said = || {
            format!("{short} over {one:?}\nand {long} over {other:?}\nin {}, from {}", zone.name(), zone.format(*now))
        };
        assert!(one.after(zone, *now, short) <= other.after(zone, *now, long), "{}", said());
        if short.exact_seconds().is_none() && long.exact_seconds().is_none() {
            let day = zone.date(*now);
            let may_be_counted = [short, long].iter().all(|length| matches!(length.unit, Unit::Days | Unit::Weeks));
            for counted in [false, true].into_iter().take(1 + usize::from(may_be_counted)) {
                let ends = [(one, short), (other, long)].map(|(days, length)| days.days_on(day, length, counted));
                assert!(ends[0] <= ends[1], "{}, {ends:?}", said());
            }
        }
    }
}

fn calendars(asked: &Asked) -> (Zone, Vec<Calendar>) {
    let load = load_texts(&[VOCABULARY, &asked.policy(&asked.questions)]);
    let policy = &load.policies[0];
    let found = policy.policy().calendars.iter().filter(|found| CALENDARS.contains(&found.name.as_str()));
    (policy.zone().clone(), found.map(|found| found.calendar.clone()).collect())
}

#[test]
fn a_length_that_never_lasts_longer_never_does() {
    let mut met = Met::default();
    each(policies(60), &asked(), |asked| {
        let (zone, calendars) = calendars(&asked);
        let die = |at: usize| asked.dice[at];
        let family = SPANS[die(0) % SPANS.len()];
        let lengths: Vec<Length> = (1..5).map(|at| length(family[die(at) % family.len()])).collect();
        let moments = moments(asked.seam, &zone, &lengths);
        for (one, other) in lengths.iter().flat_map(|one| lengths.iter().map(move |other| (*one, *other))) {
            if one != other && one.never_longer_over(other, false, &zone) {
                met.plain += 1;
                met.across_kinds += usize::from(!one.never_longer_over(other, true, &zone));
                plain_holds(one, other, &zone, &moments);
            }
            if !is_a_year_at_most(one) || !is_a_year_at_most(other) || !one.never_longer_over(other, true, &zone) {
                continue;
            }
            let some: Vec<Instant> = moments.iter().copied().skip(die(5) % 7).step_by(7).collect();
            for (narrow, wide) in calendars.iter().flat_map(|narrow| calendars.iter().map(move |wide| (narrow, wide))) {
                if wide.skips_all_of(narrow) && (one != other || wide != narrow) {
                    met.over_days += usize::from(one != other);
                    met.wider_calendars += usize::from(wide != narrow);
                    over_days_holds((narrow, one), (wide, other), &zone, &some);
                }
            }
        }
    });
    let Met { plain, across_kinds, over_days, wider_calendars } = met;
    assert!(plain > 20 && across_kinds > 5 && over_days > 20 && wider_calendars > 20, "{met:?}");
}

/// Of so many months in a row, whichever they are, no fewer and no more days are claimed than some begin and end with; those of the years
/// about 1900, 2000 and 2100 are all there can be.
#[test]
fn months_hold_as_many_days_as_is_claimed() {
    let utc = Zone::utc();
    let first_days = [1896, 1996, 2096].into_iter().flat_map(|year| {
        let start = Date::parse(&format!("{year}-01-01")).expect("a date");
        std::iter::successors(Some(start), |day| Some(day.next())).take(9 * 366)
    });
    // Whether a length ends as it does turns on the days about the end of a month alone.
    let starts: Vec<Instant> =
        first_days.filter(|day| matches!(day.month_and_day().1, 1 | 2 | 27..)).map(|day| utc.day_start(day)).collect();
    for months in 1..=50 {
        let length = Length::new(months, Unit::Months);
        let days = starts.iter().flat_map(|at| [utc.after(*at, length).0 - at.0, at.0 - utc.before(*at, length).0]);
        let days: Vec<u32> = days.map(|seconds| u32::try_from(seconds / 86_400).expect("days")).collect();
        let (fewest, most) = (*days.iter().min().expect("some"), *days.iter().max().expect("some"));
        for count in fewest - 4..=most + 4 {
            let so_many = Length::new(count, Unit::Days);
            assert!(!so_many.never_longer_than(length, &utc) || count <= fewest, "{count} days, {months} months");
            assert!(!length.never_longer_than(so_many, &utc) || most <= count, "{months} months, {count} days");
        }
        assert!(Length::new(fewest - 3, Unit::Days).never_longer_than(length, &utc), "{fewest} days, {months} months");
        assert!(length.never_longer_than(Length::new(most + 3, Unit::Days), &utc), "{months} months, {most} days");
    }
}
