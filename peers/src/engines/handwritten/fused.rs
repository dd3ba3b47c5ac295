//! The 30 rules by hand, with one pass over each list for all measures together. This is the yardstick.
//!
//! Each measure has a row of the places of the records that count for it, so a count is a row's length and evidence is a
//! copy of a row. A pass writes a record's place at the end of every row and moves the ends of those that it counts for:
//! there is no branch to guess wrong.

use super::case::{Breach, Case, Earlier, Incident, Order, since};
use super::windows::{FOLLOWED, Windows};
use crate::json::{BreachKind, IncidentKind, Injury, OrderKind};
use crate::policy::{List, RULES, TABLE};
use crate::verdict::Verdict;
use std::ops::Range;

/// Memory that is used again for each call.
#[derive(Default)]
pub struct Scratch {
    calls: Rows<6>,
    incidents: Rows<9>,
    orders: Rows<4>,
    breaches: Rows<4>,
    /// When the caller called, for what was followed by a call.
    called: Vec<i64>,
    /// One bit for each person.
    victims: Vec<u64>,
    /// For each order whether it binds this call's suspect, and whether it is a protection order that does.
    bound: Vec<(bool, bool)>,
}

struct Rows<const N: usize> {
    /// How many places there are for each row.
    stride: usize,
    places: Vec<u32>,
    lengths: [usize; N],
}

impl<const N: usize> Default for Rows<N> {
    fn default() -> Self {
        Self { stride: 0, places: Vec::new(), lengths: [0; N] }
    }
}

impl<const N: usize> Rows<N> {
    /// Empties the rows, for a list of so many records. A row is one longer, for what is written and not kept.
    fn start(&mut self, records: usize) {
        self.stride = records + 1;
        self.lengths = [0; N];
        if self.places.len() < N * self.stride {
            self.places.resize(N * self.stride, 0);
        }
    }

    fn add(&mut self, place: usize, counts: [bool; N]) {
        for (row, counts) in counts.into_iter().enumerate() {
            let length = &mut self.lengths[row];
            self.places[row * self.stride + *length] = place as u32;
            *length += usize::from(counts);
        }
    }

    fn count(&self, row: usize) -> u32 {
        self.lengths[row] as u32
    }

    fn places(&self, row: usize) -> &[u32] {
        &self.places[row * self.stride..][..self.lengths[row]]
    }
}

mod calls {
    pub const HOUR: usize = 0;
    pub const DAY: usize = 1;
    pub const WEEK: usize = 2;
    pub const MONTH: usize = 3;
    pub const PLACE_DAY: usize = 4;
    pub const PLACE_WEEK: usize = 5;
}

mod incidents {
    pub const ABUSE_90: usize = 0;
    pub const ABUSE_YEAR: usize = 1;
    pub const HURT: usize = 2;
    pub const SUSPECT_YEAR: usize = 3;
    pub const SUSPECT_ARMED: usize = 4;
    pub const SUSPECT_TWO_YEARS: usize = 5;
    pub const STALKING: usize = 6;
    pub const STRANGLED: usize = 7;
    pub const PLACE: usize = 8;
}

mod orders {
    pub const DAPO: usize = 0;
    pub const ANY: usize = 1;
    pub const PROTECTS: usize = 2;
    pub const ENDED: usize = 3;
}

mod breaches {
    pub const DAYS_28: usize = 0;
    pub const YEAR: usize = 1;
    pub const CONTACT: usize = 2;
    pub const FOLLOWED: usize = 3;
}

/// The row that a rule rests on; the table of rules says of which list. `armed-with-children` rests on none.
const EVIDENCE: [usize; RULES] = [
    calls::HOUR,
    calls::DAY,
    calls::WEEK,
    calls::MONTH,
    calls::PLACE_DAY,
    calls::PLACE_WEEK,
    incidents::ABUSE_YEAR,
    incidents::ABUSE_90,
    incidents::ABUSE_YEAR,
    incidents::HURT,
    incidents::SUSPECT_TWO_YEARS,
    incidents::SUSPECT_YEAR,
    incidents::SUSPECT_ARMED,
    incidents::STALKING,
    incidents::STRANGLED,
    incidents::ABUSE_YEAR,
    incidents::ABUSE_90,
    incidents::PLACE,
    orders::DAPO,
    orders::ANY,
    orders::PROTECTS,
    orders::ENDED,
    breaches::DAYS_28,
    breaches::YEAR,
    breaches::CONTACT,
    breaches::FOLLOWED,
    breaches::YEAR,
    0,
    incidents::ABUSE_90,
    incidents::ABUSE_YEAR,
];

/// The rules that also rest on the latest incident, whether it counts or not. (The latest breach always counts where a
/// rule asks for it and fires.)
const LATEST_SERIOUS: usize = 15;
const LATEST_ARMED: usize = 16;

/// What the rules ask for besides counts.
#[derive(Default)]
struct Found {
    victims: u32,
    latest_incident: Option<usize>,
    latest_serious: bool,
    latest_armed: bool,
    latest_attendance: bool,
}

/// Evaluates so many variants of the rules.
pub fn evaluate(case: &Case, variants: usize, scratch: &mut Scratch, verdict: &mut Verdict) {
    let found = measure(case, scratch);
    verdict.clear(case.call.given);
    // Variants differ in thresholds alone, so what a rule rests on is copied once.
    let mut copied: [Option<Range<u32>>; RULES] = [const { None }; RULES];
    for variant in 0..variants {
        let mut fired = rules(case, scratch, &found, variant as u32);
        while fired != 0 {
            let rule = fired.trailing_zeros() as usize;
            fired &= fired - 1;
            let range = copied[rule].get_or_insert_with(|| scratch.copy(rule, &found, &mut verdict.evidence));
            verdict.fire(variant * RULES + rule, range.clone());
        }
    }
}

fn measure(case: &Case, scratch: &mut Scratch) -> Found {
    let windows = Windows::before(case.call.at);
    let mut found = Found::default();
    over_calls(case, &windows, scratch);
    over_incidents(case, &windows, scratch, &mut found);
    over_orders(case, &windows, scratch);
    over_breaches(case, &windows, scratch, &mut found);
    found
}

/// The measures by name, for an engine that does not count.
pub struct Named {
    pub counts: [(&'static str, u32); 24],
    pub latest: [(&'static str, bool); 3],
}

pub fn named(case: &Case, scratch: &mut Scratch) -> Named {
    let found = measure(case, scratch);
    let Scratch { calls: by, incidents: had, orders: under, breaches: broke, .. } = scratch;
    Named {
        counts: [
            ("calls_hour", by.count(calls::HOUR) + 1),
            ("calls_day", by.count(calls::DAY) + 1),
            ("calls_week", by.count(calls::WEEK) + 1),
            ("calls_month", by.count(calls::MONTH) + 1),
            ("place_day", by.count(calls::PLACE_DAY) + 1),
            ("place_week", by.count(calls::PLACE_WEEK) + 1),
            ("abuse_90", had.count(incidents::ABUSE_90)),
            ("abuse_year", had.count(incidents::ABUSE_YEAR)),
            ("hurt_year", had.count(incidents::HURT)),
            ("suspect_year", had.count(incidents::SUSPECT_YEAR)),
            ("suspect_armed", had.count(incidents::SUSPECT_ARMED)),
            ("victims", found.victims),
            ("stalking_90", had.count(incidents::STALKING)),
            ("strangled", had.count(incidents::STRANGLED)),
            ("place_incidents", had.count(incidents::PLACE)),
            ("dapos_in_force", under.count(orders::DAPO)),
            ("orders_in_force", under.count(orders::ANY)),
            ("protecting", under.count(orders::PROTECTS)),
            ("ended", under.count(orders::ENDED)),
            ("breaches_28", broke.count(breaches::DAYS_28)),
            ("breaches_year", broke.count(breaches::YEAR)),
            ("contact_90", broke.count(breaches::CONTACT)),
            ("followed", broke.count(breaches::FOLLOWED)),
            ("children", case.call.children),
        ],
        latest: [
            ("latest_serious", found.latest_serious),
            ("latest_armed", found.latest_armed),
            ("latest_attendance", found.latest_attendance),
        ],
    }
}

fn over_calls(case: &Case, windows: &Windows, scratch: &mut Scratch) {
    // Breaches are looked at for 90 days, and so are the calls that follow them.
    let (first, list) = since(&case.calls, windows.days90);
    scratch.calls.start(list.len());
    scratch.called.clear();
    for (place, Earlier { at, caller, location, .. }) in (first..).zip(list) {
        let (same_caller, same_place) = (*caller == case.call.caller, *location == case.call.location);
        scratch.calls.add(
            place,
            [
                same_caller & (*at >= windows.hour),
                same_caller & (*at >= windows.day),
                same_caller & (*at >= windows.week),
                same_caller & (*at >= windows.days30),
                same_place & (*at >= windows.day),
                same_place & (*at >= windows.week),
            ],
        );
        if same_caller {
            scratch.called.push(*at);
        }
    }
    // Nothing is later than this call, which ends every search for one that followed.
    scratch.called.push(case.call.at);
}

fn over_incidents(case: &Case, windows: &Windows, scratch: &mut Scratch, found: &mut Found) {
    scratch.incidents.start(case.incidents.len());
    scratch.victims.clear();
    scratch.victims.resize(case.people as usize / 64 + 1, 0);
    for (place, incident) in case.incidents.iter().enumerate() {
        let Incident { at, kind, victim, suspect, location, injury, armed, strangulation, .. } = incident;
        let (same_victim, same_suspect) = (*victim == case.call.victim, *suspect == case.call.suspect);
        let abuse = *kind == IncidentKind::DomesticAbuse;
        let (in_90, in_year, in_two_years) = (*at >= windows.days90, *at >= windows.year, *at >= windows.two_years);
        let abuse_by_suspect = same_suspect & abuse & in_two_years;
        scratch.incidents.add(
            place,
            [
                same_victim & abuse & in_90,
                same_victim & abuse & in_year,
                same_victim & abuse & in_year & (*injury == Injury::Serious),
                same_suspect & abuse & in_year,
                same_suspect & *armed & in_year,
                abuse_by_suspect,
                same_victim & in_90 & (*kind == IncidentKind::Stalking),
                same_victim & *strangulation & in_two_years,
                (*location == case.call.location) & (*at >= windows.days30),
            ],
        );
        if abuse_by_suspect {
            let (word, bit) = (&mut scratch.victims[*victim as usize / 64], 1 << (victim % 64));
            found.victims += u32::from(*word & bit == 0);
            *word |= bit;
        }
        if same_victim {
            found.latest_incident = Some(place);
        }
    }
    if let Some(place) = found.latest_incident {
        found.latest_serious = case.incidents[place].injury == Injury::Serious;
        found.latest_armed = case.incidents[place].armed;
    }
}

fn over_orders(case: &Case, windows: &Windows, scratch: &mut Scratch) {
    let now = case.call.at;
    scratch.orders.start(case.orders.len());
    scratch.bound.clear();
    for (place, Order { starts, expires, respondent, protected, kind, .. }) in case.orders.iter().enumerate() {
        let binds = *respondent == case.call.suspect;
        let dapo = *kind == OrderKind::Dapo;
        let in_force = binds & (*starts <= now) & (*expires > now);
        scratch.orders.add(
            place,
            [
                in_force & dapo,
                in_force,
                in_force & (*protected == case.call.victim),
                binds & (*expires <= now) & (*expires >= windows.days30),
            ],
        );
        scratch.bound.push((binds, binds & dapo));
    }
}

fn over_breaches(case: &Case, windows: &Windows, scratch: &mut Scratch, found: &mut Found) {
    scratch.breaches.start(case.breaches.len());
    let mut next_call = 0;
    for (place, Breach { at, order, kind, .. }) in case.breaches.iter().enumerate() {
        let (binds, dapo) = scratch.bound.get(*order as usize).copied().unwrap_or((false, false));
        let in_90 = *at >= windows.days90;
        let mut followed = false;
        if dapo & in_90 {
            // Both lists are in order of time, so the search goes on where it stopped.
            while scratch.called[next_call] < *at {
                next_call += 1;
            }
            followed = scratch.called[next_call] <= *at + FOLLOWED;
        }
        scratch.breaches.add(
            place,
            [
                dapo & (*at >= windows.days28),
                dapo & (*at >= windows.year),
                binds & in_90 & (*kind == BreachKind::Contact),
                followed,
            ],
        );
        if dapo {
            found.latest_attendance = *kind == BreachKind::Attendance;
        }
    }
}

/// Which rules fire, one bit for each; every threshold is `more` higher than in variant 0.
fn rules(case: &Case, scratch: &Scratch, found: &Found, more: u32) -> u32 {
    let Scratch { calls: by, incidents: had, orders: under, breaches: broke, .. } = scratch;
    let call = &case.call;
    // This call is by its own caller and at its own place, and counts with the earlier ones.
    let conditions: [bool; RULES] = [
        by.count(calls::HOUR) + 1 >= 2 + more,
        by.count(calls::DAY) + 1 >= 3 + more,
        by.count(calls::WEEK) + 1 >= 5 + more,
        by.count(calls::MONTH) + 1 >= 8 + more,
        by.count(calls::PLACE_DAY) + 1 >= 3 + more,
        (by.count(calls::PLACE_WEEK) + 1 >= 4 + more) & (call.children >= 1),
        had.count(incidents::ABUSE_YEAR) >= 1 + more,
        had.count(incidents::ABUSE_90) >= 3 + more,
        (had.count(incidents::ABUSE_YEAR) >= 4 + more) & call.hurt,
        had.count(incidents::HURT) >= 1 + more,
        found.victims >= 2 + more,
        had.count(incidents::SUSPECT_YEAR) >= 3 + more,
        had.count(incidents::SUSPECT_ARMED) >= 1 + more,
        had.count(incidents::STALKING) >= 2 + more,
        had.count(incidents::STRANGLED) >= 1 + more,
        found.latest_serious & (had.count(incidents::ABUSE_YEAR) >= 2 + more),
        found.latest_armed & (had.count(incidents::ABUSE_90) >= 1 + more),
        had.count(incidents::PLACE) >= 3 + more,
        under.count(orders::DAPO) >= 1 + more,
        under.count(orders::ANY) >= 2 + more,
        (under.count(orders::PROTECTS) >= 1 + more) & (call.threats | call.hurt),
        under.count(orders::ENDED) >= 1 + more,
        broke.count(breaches::DAYS_28) >= 1 + more,
        broke.count(breaches::YEAR) >= 3 + more,
        broke.count(breaches::CONTACT) >= 2 + more,
        broke.count(breaches::FOLLOWED) >= 1 + more,
        found.latest_attendance & (broke.count(breaches::YEAR) >= 1 + more),
        call.armed & (call.children >= 1 + more),
        (call.children >= 1) & (had.count(incidents::ABUSE_90) >= 1 + more),
        (call.strangulation | call.threats) & call.separated & (had.count(incidents::ABUSE_YEAR) >= 1 + more),
    ];
    conditions.iter().enumerate().fold(0, |bits, (rule, holds)| bits | u32::from(*holds) << rule)
}

impl Scratch {
    /// Copies what a rule rests on, and says where it stands.
    fn copy(&self, rule: usize, found: &Found, evidence: &mut Vec<u32>) -> Range<u32> {
        let from = evidence.len() as u32;
        let row = EVIDENCE[rule];
        evidence.extend_from_slice(match TABLE[rule].rests_on {
            List::Nothing => &[],
            List::Calls => self.calls.places(row),
            List::Incidents => self.incidents.places(row),
            List::Orders => self.orders.places(row),
            List::Breaches => self.breaches.places(row),
        });
        if let (LATEST_SERIOUS | LATEST_ARMED, Some(latest)) = (rule, found.latest_incident) {
            // What counts is about this victim too, so none of it is later.
            if evidence.last() != Some(&(latest as u32)) {
                evidence.push(latest as u32);
            }
        }
        from..evidence.len() as u32
    }
}
