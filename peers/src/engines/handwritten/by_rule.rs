//! The 30 rules by hand, each one looking at the history for itself, as somebody would write them one after the other.

use super::case::{Breach, Call, Case, Incident, Order, Timed, since};
use super::windows::{FOLLOWED, Windows};
use crate::json::{BreachKind, IncidentKind, Injury, OrderKind};
use crate::policy::RULES;
use crate::verdict::Verdict;

/// What one rule looks at, and where it notes what it rests on.
struct Look<'c> {
    case: &'c Case,
    windows: &'c Windows,
    /// Variants differ in their thresholds: each is this much higher than in variant 0.
    more: u32,
    evidence: &'c mut Vec<u32>,
}

type Rule = fn(&mut Look<'_>) -> bool;

/// Evaluates so many variants of the rules.
pub fn evaluate(case: &Case, variants: usize, verdict: &mut Verdict) {
    let windows = Windows::before(case.call.at);
    verdict.clear(case.call.given);
    for variant in 0..variants {
        for (number, rule) in RULE.iter().enumerate() {
            let from = verdict.evidence.len();
            let mut look = Look { case, windows: &windows, more: variant as u32, evidence: &mut verdict.evidence };
            if rule(&mut look) {
                verdict.fire(variant * RULES + number, from as u32..verdict.evidence.len() as u32);
            } else {
                verdict.evidence.truncate(from);
            }
        }
    }
}

const RULE: [Rule; RULES] = [
    |look| look.calls_by_caller(look.windows.hour) >= 2 + look.more,
    |look| look.calls_by_caller(look.windows.day) >= 3 + look.more,
    |look| look.calls_by_caller(look.windows.week) >= 5 + look.more,
    |look| look.calls_by_caller(look.windows.days30) >= 8 + look.more,
    |look| look.calls_at_place(look.windows.day) >= 3 + look.more,
    |look| look.case.call.children >= 1 && look.calls_at_place(look.windows.week) >= 4 + look.more,
    |look| look.abuse(look.windows.year) >= 1 + look.more,
    |look| look.abuse(look.windows.days90) >= 3 + look.more,
    |look| look.case.call.hurt && look.abuse(look.windows.year) >= 4 + look.more,
    |look| {
        let hurt = |call: &Call, incident: &Incident| is_abuse(call, incident) && incident.injury == Injury::Serious;
        look.incidents(look.windows.year, hurt) >= 1 + look.more
    },
    |look| look.different_victims() >= 2 + look.more,
    |look| look.incidents(look.windows.year, is_abuse_by_suspect) >= 3 + look.more,
    |look| {
        let armed = |call: &Call, incident: &Incident| incident.suspect == call.suspect && incident.armed;
        look.incidents(look.windows.year, armed) >= 1 + look.more
    },
    |look| {
        let stalking =
            |call: &Call, incident: &Incident| about_victim(call, incident) && incident.kind == IncidentKind::Stalking;
        look.incidents(look.windows.days90, stalking) >= 2 + look.more
    },
    |look| {
        let strangled = |call: &Call, incident: &Incident| about_victim(call, incident) && incident.strangulation;
        look.incidents(look.windows.two_years, strangled) >= 1 + look.more
    },
    |look| {
        look.abuse(look.windows.year) >= 2 + look.more
            && look.in_the_latest_incident(|incident| incident.injury == Injury::Serious)
    },
    |look| look.abuse(look.windows.days90) >= 1 + look.more && look.in_the_latest_incident(|incident| incident.armed),
    |look| {
        let at_place = |call: &Call, incident: &Incident| incident.location == call.location;
        look.incidents(look.windows.days30, at_place) >= 3 + look.more
    },
    |look| look.orders(|call, order| in_force(call, order) && order.kind == OrderKind::Dapo) >= 1 + look.more,
    |look| look.orders(in_force) >= 2 + look.more,
    |look| {
        (look.case.call.threats || look.case.call.hurt)
            && look.orders(|call, order| in_force(call, order) && order.protected == call.victim) >= 1 + look.more
    },
    |look| {
        let days30 = look.windows.days30;
        let ended = |call: &Call, order: &Order| {
            order.respondent == call.suspect && order.expires <= call.at && order.expires >= days30
        };
        look.orders(ended) >= 1 + look.more
    },
    |look| look.dapo_breaches(look.windows.days28) >= 1 + look.more,
    |look| look.dapo_breaches(look.windows.year) >= 3 + look.more,
    |look| {
        let contact = |case: &Case, breach: &Breach| {
            breach.kind == BreachKind::Contact
                && order_of(case, breach).is_some_and(|order| order.respondent == case.call.suspect)
        };
        look.breaches(look.windows.days90, contact) >= 2 + look.more
    },
    |look| {
        look.breaches(look.windows.days90, |case, breach| is_dapo(case, breach) && followed(case, breach))
            >= 1 + look.more
    },
    |look| {
        let latest = look.case.breaches.iter().rfind(|breach| is_dapo(look.case, breach));
        latest.is_some_and(|breach| breach.kind == BreachKind::Attendance)
            && look.dapo_breaches(look.windows.year) >= 1 + look.more
    },
    |look| look.case.call.armed && look.case.call.children >= 1 + look.more,
    |look| look.case.call.children >= 1 && look.abuse(look.windows.days90) >= 1 + look.more,
    |look| {
        let Call { strangulation, threats, separated, .. } = look.case.call;
        (strangulation || threats) && separated && look.abuse(look.windows.year) >= 1 + look.more
    },
];

fn about_victim(call: &Call, incident: &Incident) -> bool {
    incident.victim == call.victim
}

fn is_abuse(call: &Call, incident: &Incident) -> bool {
    about_victim(call, incident) && incident.kind == IncidentKind::DomesticAbuse
}

fn is_abuse_by_suspect(call: &Call, incident: &Incident) -> bool {
    incident.suspect == call.suspect && incident.kind == IncidentKind::DomesticAbuse
}

fn in_force(call: &Call, order: &Order) -> bool {
    order.respondent == call.suspect && order.starts <= call.at && order.expires > call.at
}

fn order_of<'c>(case: &'c Case, breach: &Breach) -> Option<&'c Order> {
    case.orders.get(breach.order as usize)
}

fn is_dapo(case: &Case, breach: &Breach) -> bool {
    order_of(case, breach).is_some_and(|order| order.kind == OrderKind::Dapo && order.respondent == case.call.suspect)
}

/// Whether a call by this caller came within the span after a breach; this call is one too.
fn followed(case: &Case, breach: &Breach) -> bool {
    let until = breach.at + FOLLOWED;
    let (_, later) = since(&case.calls, breach.at);
    let mut followers = later.iter().take_while(|call| call.at <= until);
    case.call.at <= until || followers.any(|call| call.caller == case.call.caller)
}

impl Look<'_> {
    /// Notes the records of a list that match, and says how many.
    fn count<T: Timed>(&mut self, list: &[T], start: i64, matches: impl Fn(&T) -> bool) -> u32 {
        let before = self.evidence.len();
        let (first, list) = since(list, start);
        let places = list.iter().zip(first as u32..).filter(|(record, _)| matches(record));
        self.evidence.extend(places.map(|(_, place)| place));
        (self.evidence.len() - before) as u32
    }

    fn calls_by_caller(&mut self, start: i64) -> u32 {
        let case = self.case;
        1 + self.count(&case.calls, start, |call| call.caller == case.call.caller)
    }

    fn calls_at_place(&mut self, start: i64) -> u32 {
        let case = self.case;
        1 + self.count(&case.calls, start, |call| call.location == case.call.location)
    }

    fn incidents(&mut self, start: i64, matches: impl Fn(&Call, &Incident) -> bool) -> u32 {
        let case = self.case;
        self.count(&case.incidents, start, |incident| matches(&case.call, incident))
    }

    fn abuse(&mut self, start: i64) -> u32 {
        self.incidents(start, is_abuse)
    }

    fn orders(&mut self, matches: impl Fn(&Call, &Order) -> bool) -> u32 {
        let case = self.case;
        self.count(&case.orders, i64::MIN, |order| matches(&case.call, order))
    }

    fn breaches(&mut self, start: i64, matches: impl Fn(&Case, &Breach) -> bool) -> u32 {
        let case = self.case;
        self.count(&case.breaches, start, |breach| matches(case, breach))
    }

    fn dapo_breaches(&mut self, start: i64) -> u32 {
        self.breaches(start, is_dapo)
    }

    /// There are few people in one history, so those seen are searched one by one.
    fn different_victims(&mut self) -> u32 {
        let before = self.evidence.len();
        self.incidents(self.windows.two_years, is_abuse_by_suspect);
        let victim = |place: &u32| self.case.incidents[*place as usize].victim;
        let counted = &self.evidence[before..];
        let is_first = |(at, place): &(usize, &u32)| !counted[..*at].iter().any(|seen| victim(seen) == victim(place));
        counted.iter().enumerate().filter(is_first).count() as u32
    }

    /// Whether there is a latest incident about this victim and it is so; it is noted unless it was counted.
    fn in_the_latest_incident(&mut self, is_so: impl Fn(&Incident) -> bool) -> bool {
        let case = self.case;
        let Some(place) = case.incidents.iter().rposition(|incident| about_victim(&case.call, incident)) else {
            return false;
        };
        // What was counted is about this victim too, so none of it is later.
        if self.evidence.last() != Some(&(place as u32)) {
            self.evidence.push(place as u32);
        }
        is_so(&case.incidents[place])
    }
}
