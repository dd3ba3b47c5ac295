//! The own form of hand-written Rust: plain records in order of time, people and places as numbers, links as places.

use crate::json::{self, BreachKind, IncidentKind, Injury, OrderKind, Weapon};
use crate::policy::{List, RULES, TABLE};
use std::collections::HashMap;

/// Filled again for each case, so that reading takes no memory once it has grown.
#[derive(Default)]
pub struct Case {
    pub call: Call,
    pub calls: Vec<Earlier>,
    pub incidents: Vec<Incident>,
    pub orders: Vec<Order>,
    pub breaches: Vec<Breach>,
    /// People are numbered from 0 to less than this.
    pub people: u32,
}

#[derive(Default)]
pub struct Call {
    pub at: i64,
    pub caller: u32,
    pub victim: u32,
    pub suspect: u32,
    pub location: u32,
    pub children: u32,
    pub given: u8,
    pub hurt: bool,
    /// With a knife or a firearm.
    pub armed: bool,
    pub strangulation: bool,
    pub threats: bool,
    pub separated: bool,
}

#[derive(Clone, Copy)]
pub struct Earlier {
    pub at: i64,
    pub caller: u32,
    pub location: u32,
    /// Its place in the JSON, where its id is.
    pub source: u32,
}

#[derive(Clone, Copy)]
pub struct Incident {
    pub at: i64,
    pub victim: u32,
    pub suspect: u32,
    pub location: u32,
    pub source: u32,
    pub kind: IncidentKind,
    pub injury: Injury,
    pub armed: bool,
    pub strangulation: bool,
}

#[derive(Clone, Copy)]
pub struct Order {
    pub at: i64,
    pub starts: i64,
    /// `i64::MAX` for an order without an end.
    pub expires: i64,
    pub respondent: u32,
    pub protected: u32,
    pub source: u32,
    pub kind: OrderKind,
}

#[derive(Clone, Copy)]
pub struct Breach {
    pub at: i64,
    /// Its place among the orders; `u32::MAX` for one that the history does not hold.
    pub order: u32,
    pub source: u32,
    pub kind: BreachKind,
}

impl Case {
    /// Takes a case in.
    ///
    /// # Errors
    /// A time that cannot be read.
    pub fn fill(&mut self, json: &json::Case<'_>) -> Result<(), String> {
        let history = &json.history;
        let (mut people, mut places) = (Names::default(), Names::default());
        self.call(&json.call, &mut people, &mut places)?;
        refill(&mut self.calls, &history.calls, |call, source| {
            let (caller, location) = (people.number(&call.caller), places.number(&call.location));
            Ok(Earlier { at: seconds(&call.at)?, caller, location, source })
        })?;
        refill(&mut self.incidents, &history.incidents, |incident, source| {
            Ok(Incident {
                at: seconds(&incident.at)?,
                victim: people.number(&incident.victim),
                suspect: people.number(&incident.suspect),
                location: places.number(&incident.location),
                source,
                kind: incident.kind,
                injury: incident.injury,
                armed: incident.armed,
                strangulation: incident.strangulation,
            })
        })?;
        refill(&mut self.orders, &history.orders, |order, source| {
            Ok(Order {
                at: seconds(&order.at)?,
                starts: seconds(&order.starts)?,
                expires: if order.expires == "none" { i64::MAX } else { seconds(&order.expires)? },
                respondent: people.number(&order.respondent),
                protected: people.number(&order.protected),
                source,
                kind: order.kind,
            })
        })?;
        // The names that are known first are those of the orders, so a number is the order's place.
        let mut orders = Names::default();
        for order in &self.orders {
            orders.number(&history.orders[order.source as usize].id);
        }
        let known = self.orders.len() as u32;
        refill(&mut self.breaches, &history.breaches, |breach, source| {
            let order = Some(orders.number(&breach.order)).filter(|order| *order < known).unwrap_or(u32::MAX);
            Ok(Breach { at: seconds(&breach.at)?, order, source, kind: breach.kind })
        })?;
        self.people = people.count();
        Ok(())
    }

    /// The id of a record that a rule rests on.
    pub fn id<'t>(&self, json: &'t json::Case<'_>, rule: usize, place: u32) -> &'t str {
        let (place, history) = (place as usize, &json.history);
        match TABLE[rule % RULES].rests_on {
            List::Nothing => "",
            List::Calls => &history.calls[self.calls[place].source as usize].id,
            List::Incidents => &history.incidents[self.incidents[place].source as usize].id,
            List::Orders => &history.orders[self.orders[place].source as usize].id,
            List::Breaches => &history.breaches[self.breaches[place].source as usize].id,
        }
    }

    fn call<'t>(
        &mut self,
        call: &'t json::Call<'_>,
        people: &mut Names<'t>,
        places: &mut Names<'t>,
    ) -> Result<(), String> {
        self.call = Call {
            at: seconds(&call.at)?,
            caller: people.number(&call.caller),
            victim: people.number(&call.victim),
            suspect: people.number(&call.suspect),
            location: places.number(&call.location),
            children: call.children,
            given: call.given as u8,
            hurt: call.injury >= Injury::Minor,
            armed: call.weapons.iter().any(|weapon| matches!(weapon, Weapon::Knife | Weapon::Firearm)),
            strangulation: call.strangulation,
            threats: call.threats,
            separated: call.separated,
        };
        Ok(())
    }
}

/// A record that has a time.
pub trait Timed {
    fn at(&self) -> i64;
}

macro_rules! timed {
    ($($record:ty),*) => { $(impl Timed for $record { fn at(&self) -> i64 { self.at } })* };
}

timed!(Earlier, Incident, Order, Breach);

/// Fills a list again, oldest first.
fn refill<'t, J, T: Timed>(
    list: &mut Vec<T>,
    json: &'t [J],
    mut take: impl FnMut(&'t J, u32) -> Result<T, String>,
) -> Result<(), String> {
    list.clear();
    for (source, record) in json.iter().enumerate() {
        list.push(take(record, source as u32)?);
    }
    if !list.is_sorted_by_key(T::at) {
        list.sort_unstable_by_key(T::at);
    }
    Ok(())
}

/// The part of a list, oldest first, from this second on; and where it begins.
pub fn since<T: Timed>(list: &[T], start: i64) -> (usize, &[T]) {
    let from = list.partition_point(|record| record.at() < start);
    (from, &list[from..])
}

/// Numbers for names: a short list is searched, a long one is looked up.
#[derive(Default)]
struct Names<'t> {
    list: Vec<&'t str>,
    map: HashMap<&'t str, u32>,
}

impl<'t> Names<'t> {
    const SHORT: usize = 16;

    fn number(&mut self, name: &'t str) -> u32 {
        if self.map.is_empty() {
            if let Some(at) = self.list.iter().position(|known| *known == name) {
                return at as u32;
            }
            if self.list.len() < Self::SHORT {
                self.list.push(name);
                return self.list.len() as u32 - 1;
            }
            self.map = self.list.iter().copied().zip(0..).collect();
        }
        let next = self.map.len() as u32;
        *self.map.entry(name).or_insert(next)
    }

    fn count(&self) -> u32 {
        self.list.len().max(self.map.len()) as u32
    }
}

/// Seconds since 1970. `2026-03-14T22:00:00Z`, as nearly every time is written, is read here; others by jiff.
fn seconds(text: &str) -> Result<i64, String> {
    match text.as_bytes() {
        bytes @ [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _, b'Z'] => plain_seconds(bytes),
        _ => None,
    }
    .map_or_else(|| Ok(text.parse::<jiff::Timestamp>().map_err(|error| error.to_string())?.as_second()), Ok)
}

fn plain_seconds(bytes: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .try_fold(0i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    // The 31st, the end of February and leap seconds are left to jiff.
    let last = if month == 2 { 28 } else { 30 };
    let plain = (1..=12).contains(&month) && (1..=last).contains(&day) && hour < 24 && minute < 60 && second < 60;
    if !plain {
        return None;
    }
    // Days since 1970, with years that begin in March (Hinnant, "chrono-compatible low-level date algorithms").
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}
