//! The 30 rules by hand, with one pass over each list for all measures together. This is the yardstick.
//!
//! Each record gets a mask of the measures that it counts for, kept until the evidence of what fired is picked from it.

use super::case::{Breach, Case, Earlier, Incident, Order, since};
use super::windows::{FOLLOWED, Windows};
use crate::json::{BreachKind, IncidentKind, Injury, OrderKind};
use crate::policy::{List, RULES, TABLE};
use crate::verdict::Verdict;
use std::ops::Range;

/// Memory that is used again for each call.
#[derive(Default)]
pub struct Scratch {
    calls: Masks,
    incidents: Masks,
    orders: Masks,
    breaches: Masks,
    /// When the caller called, for what was followed by a call.
    called: Vec<i64>,
    /// One bit for each person.
    victims: Vec<u64>,
}

/// For each record of a list from `first` on, the measures that it counts for.
#[derive(Default)]
struct Masks {
    first: usize,
    of: Vec<u16>,
}

impl Masks {
    fn start(&mut self, first: usize) {
        self.first = first;
        self.of.clear();
    }

    fn latest(&self, mask: u16) -> Option<usize> {
        self.of.iter().rposition(|of| of & mask != 0)
    }
}

mod calls {
    pub const HOUR: u16 = 1;
    pub const DAY: u16 = 2;
    pub const WEEK: u16 = 4;
    pub const MONTH: u16 = 8;
    pub const PLACE_DAY: u16 = 16;
    pub const PLACE_WEEK: u16 = 32;
}

mod incidents {
    pub const ABUSE_90: u16 = 1;
    pub const ABUSE_YEAR: u16 = 2;
    pub const HURT: u16 = 4;
    pub const SUSPECT_YEAR: u16 = 8;
    pub const SUSPECT_ARMED: u16 = 16;
    pub const SUSPECT_TWO_YEARS: u16 = 32;
    pub const STALKING: u16 = 64;
    pub const STRANGLED: u16 = 128;
    pub const PLACE: u16 = 256;
    pub const LATEST: u16 = 512;
}

mod orders {
    pub const DAPO: u16 = 1;
    pub const ANY: u16 = 2;
    pub const PROTECTS: u16 = 4;
    pub const ENDED: u16 = 8;
    /// Of this call's suspect, in force or not: what breaches are linked to.
    pub const BINDS: u16 = 16;
    pub const BINDS_DAPO: u16 = 32;
}

mod breaches {
    pub const DAYS_28: u16 = 1;
    pub const YEAR: u16 = 2;
    pub const CONTACT: u16 = 4;
    pub const FOLLOWED: u16 = 8;
    pub const LATEST: u16 = 16;
    /// A breach of a protection order of this call's suspect.
    pub const DAPO: u16 = 32;
}

/// The measures whose records a rule rests on; which list they are of is in the table of rules.
const EVIDENCE: [u16; RULES] = [
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
    incidents::LATEST | incidents::ABUSE_YEAR,
    incidents::LATEST | incidents::ABUSE_90,
    incidents::PLACE,
    orders::DAPO,
    orders::ANY,
    orders::PROTECTS,
    orders::ENDED,
    breaches::DAYS_28,
    breaches::YEAR,
    breaches::CONTACT,
    breaches::FOLLOWED,
    breaches::LATEST | breaches::YEAR,
    0,
    incidents::ABUSE_90,
    incidents::ABUSE_YEAR,
];

/// What the rules ask for, from one pass over each list.
#[derive(Default)]
struct Measures {
    calls: Counts<6>,
    incidents: Counts<9>,
    victims: u32,
    latest_serious: bool,
    latest_armed: bool,
    orders: Counts<4>,
    breaches: Counts<4>,
    latest_attendance: bool,
}

/// How many records count for each measure, by its bit.
struct Counts<const N: usize>([u32; N]);

impl<const N: usize> Default for Counts<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Counts<N> {
    fn add(&mut self, mask: u16) {
        for (bit, count) in self.0.iter_mut().enumerate() {
            *count += u32::from(mask >> bit & 1);
        }
    }

    fn of(&self, measure: u16) -> u32 {
        self.0[measure.trailing_zeros() as usize]
    }
}

fn flag(condition: bool, measure: u16) -> u16 {
    if condition { measure } else { 0 }
}

/// Evaluates so many variants of the rules.
pub fn evaluate(case: &Case, variants: usize, scratch: &mut Scratch, verdict: &mut Verdict) {
    let measures = measure(case, &Windows::before(case.call.at), scratch);
    verdict.clear(case.call.given);
    // Variants differ in thresholds alone, so what a rule rests on is picked once.
    let mut picked: [Option<Range<u32>>; RULES] = [const { None }; RULES];
    for variant in 0..variants {
        let mut fired = rules(case, &measures, variant as u32);
        while fired != 0 {
            let rule = fired.trailing_zeros() as usize;
            fired &= fired - 1;
            let range = picked[rule].get_or_insert_with(|| scratch.pick(rule, &mut verdict.evidence));
            verdict.fire(variant * RULES + rule, range.clone());
        }
    }
}

fn measure(case: &Case, windows: &Windows, scratch: &mut Scratch) -> Measures {
    let mut measures = Measures::default();
    over_calls(case, windows, scratch, &mut measures);
    over_incidents(case, windows, scratch, &mut measures);
    over_orders(case, windows, scratch, &mut measures);
    over_breaches(case, windows, scratch, &mut measures);
    measures
}

fn over_calls(case: &Case, windows: &Windows, scratch: &mut Scratch, measures: &mut Measures) {
    // Breaches are looked at for 90 days, and so are the calls that follow them.
    let (first, list) = since(&case.calls, windows.days90);
    scratch.calls.start(first);
    scratch.called.clear();
    for Earlier { at, caller, location, .. } in list {
        let (same_caller, same_place) = (*caller == case.call.caller, *location == case.call.location);
        let mask = flag(same_caller & (*at >= windows.hour), calls::HOUR)
            | flag(same_caller & (*at >= windows.day), calls::DAY)
            | flag(same_caller & (*at >= windows.week), calls::WEEK)
            | flag(same_caller & (*at >= windows.days30), calls::MONTH)
            | flag(same_place & (*at >= windows.day), calls::PLACE_DAY)
            | flag(same_place & (*at >= windows.week), calls::PLACE_WEEK);
        measures.calls.add(mask);
        scratch.calls.of.push(mask);
        if same_caller {
            scratch.called.push(*at);
        }
    }
    // This call is by its own caller, at its own place, and nothing is later.
    for count in &mut measures.calls.0 {
        *count += 1;
    }
    scratch.called.push(case.call.at);
}

fn over_incidents(case: &Case, windows: &Windows, scratch: &mut Scratch, measures: &mut Measures) {
    scratch.incidents.start(0);
    scratch.victims.clear();
    scratch.victims.resize(case.people as usize / 64 + 1, 0);
    let mut latest = None;
    for (place, incident) in case.incidents.iter().enumerate() {
        let Incident { at, kind, victim, suspect, location, .. } = incident;
        let (same_victim, same_suspect) = (*victim == case.call.victim, *suspect == case.call.suspect);
        let abuse = *kind == IncidentKind::DomesticAbuse;
        let (in_90, in_year, in_two_years) = (*at >= windows.days90, *at >= windows.year, *at >= windows.two_years);
        let mask = flag(same_victim & abuse & in_90, incidents::ABUSE_90)
            | flag(same_victim & abuse & in_year, incidents::ABUSE_YEAR)
            | flag(same_victim & abuse & in_year & (incident.injury == Injury::Serious), incidents::HURT)
            | flag(same_suspect & abuse & in_year, incidents::SUSPECT_YEAR)
            | flag(same_suspect & incident.armed & in_year, incidents::SUSPECT_ARMED)
            | flag(same_suspect & abuse & in_two_years, incidents::SUSPECT_TWO_YEARS)
            | flag(same_victim & in_90 & (*kind == IncidentKind::Stalking), incidents::STALKING)
            | flag(same_victim & incident.strangulation & in_two_years, incidents::STRANGLED)
            | flag((*location == case.call.location) & (*at >= windows.days30), incidents::PLACE);
        measures.incidents.add(mask);
        scratch.incidents.of.push(mask);
        if mask & incidents::SUSPECT_TWO_YEARS != 0 {
            let (word, bit) = (&mut scratch.victims[*victim as usize / 64], 1 << (victim % 64));
            measures.victims += u32::from(*word & bit == 0);
            *word |= bit;
        }
        if same_victim {
            latest = Some(place);
        }
    }
    if let Some(place) = latest {
        scratch.incidents.of[place] |= incidents::LATEST;
        measures.latest_serious = case.incidents[place].injury == Injury::Serious;
        measures.latest_armed = case.incidents[place].armed;
    }
}

fn over_orders(case: &Case, windows: &Windows, scratch: &mut Scratch, measures: &mut Measures) {
    let now = case.call.at;
    scratch.orders.start(0);
    for Order { starts, expires, respondent, protected, kind, .. } in &case.orders {
        let binds = *respondent == case.call.suspect;
        let dapo = *kind == OrderKind::Dapo;
        let in_force = binds & (*starts <= now) & (*expires > now);
        let mask = flag(in_force & dapo, orders::DAPO)
            | flag(in_force, orders::ANY)
            | flag(in_force & (*protected == case.call.victim), orders::PROTECTS)
            | flag(binds & (*expires <= now) & (*expires >= windows.days30), orders::ENDED)
            | flag(binds, orders::BINDS)
            | flag(binds & dapo, orders::BINDS_DAPO);
        measures.orders.add(mask);
        scratch.orders.of.push(mask);
    }
}

fn over_breaches(case: &Case, windows: &Windows, scratch: &mut Scratch, measures: &mut Measures) {
    scratch.breaches.start(0);
    let mut next_call = 0;
    for Breach { at, order, kind, .. } in &case.breaches {
        let order = scratch.orders.of.get(*order as usize).copied().unwrap_or(0);
        let binds = order & orders::BINDS != 0;
        let dapo = order & orders::BINDS_DAPO != 0;
        let in_90 = *at >= windows.days90;
        let mut mask = flag(dapo & (*at >= windows.days28), breaches::DAYS_28)
            | flag(dapo & (*at >= windows.year), breaches::YEAR)
            | flag(binds & in_90 & (*kind == BreachKind::Contact), breaches::CONTACT)
            | flag(dapo, breaches::DAPO);
        if dapo & in_90 {
            // Both lists are in order of time, so the search goes on where it stopped. This call ends it.
            while scratch.called[next_call] < *at {
                next_call += 1;
            }
            mask |= flag(scratch.called[next_call] <= *at + FOLLOWED, breaches::FOLLOWED);
        }
        measures.breaches.add(mask);
        scratch.breaches.of.push(mask);
    }
    if let Some(place) = scratch.breaches.latest(breaches::DAPO) {
        scratch.breaches.of[place] |= breaches::LATEST;
        measures.latest_attendance = case.breaches[place].kind == BreachKind::Attendance;
    }
}

/// Which rules fire, one bit for each; every threshold is `more` higher than in variant 0.
fn rules(case: &Case, measures: &Measures, more: u32) -> u32 {
    let Measures { calls: by, incidents: had, orders: under, breaches: broke, .. } = measures;
    let call = &case.call;
    let conditions: [bool; RULES] = [
        by.of(calls::HOUR) >= 2 + more,
        by.of(calls::DAY) >= 3 + more,
        by.of(calls::WEEK) >= 5 + more,
        by.of(calls::MONTH) >= 8 + more,
        by.of(calls::PLACE_DAY) >= 3 + more,
        (by.of(calls::PLACE_WEEK) >= 4 + more) & (call.children >= 1),
        had.of(incidents::ABUSE_YEAR) >= 1 + more,
        had.of(incidents::ABUSE_90) >= 3 + more,
        (had.of(incidents::ABUSE_YEAR) >= 4 + more) & call.hurt,
        had.of(incidents::HURT) >= 1 + more,
        measures.victims >= 2 + more,
        had.of(incidents::SUSPECT_YEAR) >= 3 + more,
        had.of(incidents::SUSPECT_ARMED) >= 1 + more,
        had.of(incidents::STALKING) >= 2 + more,
        had.of(incidents::STRANGLED) >= 1 + more,
        measures.latest_serious & (had.of(incidents::ABUSE_YEAR) >= 2 + more),
        measures.latest_armed & (had.of(incidents::ABUSE_90) >= 1 + more),
        had.of(incidents::PLACE) >= 3 + more,
        under.of(orders::DAPO) >= 1 + more,
        under.of(orders::ANY) >= 2 + more,
        (under.of(orders::PROTECTS) >= 1 + more) & (call.threats | call.hurt),
        under.of(orders::ENDED) >= 1 + more,
        broke.of(breaches::DAYS_28) >= 1 + more,
        broke.of(breaches::YEAR) >= 3 + more,
        broke.of(breaches::CONTACT) >= 2 + more,
        broke.of(breaches::FOLLOWED) >= 1 + more,
        measures.latest_attendance & (broke.of(breaches::YEAR) >= 1 + more),
        call.armed & (call.children >= 1 + more),
        (call.children >= 1) & (had.of(incidents::ABUSE_90) >= 1 + more),
        (call.strangulation | call.threats) & call.separated & (had.of(incidents::ABUSE_YEAR) >= 1 + more),
    ];
    conditions.iter().enumerate().fold(0, |bits, (rule, holds)| bits | u32::from(*holds) << rule)
}

impl Scratch {
    /// Adds what a rule rests on, and says where it stands.
    fn pick(&self, rule: usize, found: &mut Vec<u32>) -> Range<u32> {
        let from = found.len() as u32;
        let masks = match TABLE[rule].rests_on {
            List::Nothing => return from..from,
            List::Calls => &self.calls,
            List::Incidents => &self.incidents,
            List::Orders => &self.orders,
            List::Breaches => &self.breaches,
        };
        let places = masks.of.iter().zip(masks.first as u32..).filter(|(of, _)| *of & EVIDENCE[rule] != 0);
        found.extend(places.map(|(_, place)| place));
        from..found.len() as u32
    }
}
