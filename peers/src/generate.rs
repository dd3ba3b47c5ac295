//! Calls with skewed histories, the same ones on every machine.

use crate::random::Random;
use serde_json::{Value, json};

pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;

/// 14 March 2026, 22:00 UTC; calls lie in the year after it.
const FIRST: i64 = 1_773_525_600;

/// The spans that rules look back over, for records exactly on their edges.
const EDGES: [i64; 9] = [HOUR, 24 * HOUR, 7 * DAY, 28 * DAY, 30 * DAY, 90 * DAY, 97 * DAY, 365 * DAY, 730 * DAY];

/// No history is longer than this, unless a length is asked for.
const TAIL: usize = 200;

/// One case, written for those that read times (heedful and hand-written Rust) and for those that get them as seconds.
pub struct Texts {
    pub id: String,
    pub records: usize,
    /// Times in RFC 3339.
    pub rfc3339: String,
    /// Times as seconds since 1970, for engines without a cheap way to read one. An order without an end has `null`.
    pub seconds: String,
}

impl Texts {
    /// A case that somebody sent, in whichever form suits the engine that it was sent to.
    pub fn sent(text: &str) -> Self {
        Self { id: String::new(), records: 0, rfc3339: text.to_owned(), seconds: text.to_owned() }
    }
}

/// So many cases, with histories of median 6 records, mean 12 and at most 200.
pub fn cases(count: usize) -> Vec<Texts> {
    (0..count).map(|number| case(number, length(&mut Random::new(number as u64 ^ 0x5eed)))).collect()
}

/// One case with a history of exactly so many records.
pub fn case(number: usize, records: usize) -> Texts {
    let mut maker = Maker { random: Random::new(number as u64), now: 0 };
    maker.now = FIRST + maker.random.below(365 * DAY as u64) as i64;
    let made = maker.case(number, records);
    let rfc3339 = |at: i64| json!(jiff::Timestamp::from_second(at).expect("a time of this century").to_string());
    let seconds = |at: i64| json!(at);
    Texts {
        id: format!("call-{number}"),
        records,
        rfc3339: written(&made, &rfc3339, &json!("none")).to_string(),
        seconds: written(&made, &seconds, &Value::Null).to_string(),
    }
}

/// Log-normal: a median of 6 and a mean of 12 give a spread of `sqrt(2 ln 2)`.
fn length(random: &mut Random) -> usize {
    let spread = (2.0 * 2f64.ln()).sqrt();
    ((6.0 * (spread * random.normal()).exp()).round() as usize).min(TAIL)
}

/// A value in which times still are times.
enum Made {
    Time(i64),
    NoTime,
    Plain(Value),
    List(Vec<Made>),
    Object(Vec<(&'static str, Made)>),
}

fn written(made: &Made, time: &dyn Fn(i64) -> Value, no_time: &Value) -> Value {
    match made {
        Made::Time(at) => time(*at),
        Made::NoTime => no_time.clone(),
        Made::Plain(value) => value.clone(),
        Made::List(items) => items.iter().map(|item| written(item, time, no_time)).collect(),
        Made::Object(entries) => {
            let entry = |(key, value): &(&str, Made)| ((*key).to_owned(), written(value, time, no_time));
            Value::Object(entries.iter().map(entry).collect())
        }
    }
}

fn plain(value: impl Into<Value>) -> Made {
    Made::Plain(value.into())
}

struct Maker {
    random: Random,
    now: i64,
}

/// Records of one list with their times.
type List = Vec<(i64, Made)>;

impl Maker {
    fn case(&mut self, number: usize, records: usize) -> Made {
        let mut lists: [usize; 4] = [0; 4];
        for _ in 0..records {
            lists[self.random.weighted(&[45, 32, 9, 14])] += 1;
        }
        let [calls, incidents, mut orders, breaches] = lists;
        // A breach is of an order that the history holds.
        if breaches > 0 {
            orders = orders.max(1);
        }
        let calls = self.list(calls, Self::earlier_call);
        let incidents = self.list(incidents, Self::incident);
        let orders = self.list(orders, Self::order);
        let order_count = orders.len();
        let breaches = self.list(breaches, |maker, at, number| maker.breach(at, number, order_count));
        let shuffled = self.random.chance(20);
        let history = [("calls", calls), ("incidents", incidents), ("orders", orders), ("breaches", breaches)];
        let history = history.map(|(name, list)| (name, self.arranged(list, shuffled)));
        let call = self.call(number);
        Made::Object(vec![("call", call), ("history", Made::Object(history.into_iter().collect()))])
    }

    /// Times in one list are all different, so that "the latest" is one record for every engine.
    fn list(&mut self, count: usize, record: impl Fn(&mut Self, i64, usize) -> Made) -> List {
        let mut taken = std::collections::BTreeSet::new();
        (0..count)
            .map(|number| {
                let mut at = self.now - self.age();
                while !taken.insert(at) {
                    at -= 1;
                }
                (at, record(self, at, number))
            })
            .collect()
    }

    fn arranged(&mut self, mut list: List, shuffled: bool) -> Made {
        match shuffled {
            true => self.random.shuffle(&mut list),
            false => list.sort_by_key(|(at, _)| *at),
        }
        Made::List(list.into_iter().map(|(_, record)| record).collect())
    }

    /// How long ago something was, in seconds: more of it lately, some exactly on an edge or one second off.
    fn age(&mut self) -> i64 {
        if self.random.chance(15) {
            let edge = EDGES[self.random.below(EDGES.len() as u64) as usize];
            return edge + self.random.below(3) as i64 - 1;
        }
        let longest = (900.0 * DAY as f64).ln();
        let shortest = if self.random.chance(40) { 60f64 } else { DAY as f64 };
        (shortest.ln() + self.random.unit() * (longest - shortest.ln())).exp() as i64
    }

    fn person(&mut self) -> Made {
        plain(format!("person-{}", [1, 2, 3, 4, 5][self.random.weighted(&[50, 28, 10, 7, 5])]))
    }

    fn suspect(&mut self) -> Made {
        plain(format!("person-{}", [2, 1, 6, 7][self.random.weighted(&[70, 10, 12, 8])]))
    }

    fn place(&mut self) -> Made {
        plain(format!("place-{}", [1, 2, 3][self.random.weighted(&[65, 20, 15])]))
    }

    fn one_of(&mut self, values: &[&str], weights: &[u32]) -> Made {
        plain(values[self.random.weighted(weights)])
    }

    fn yes(&mut self, percent: u64) -> Made {
        plain(self.random.chance(percent))
    }

    fn call(&mut self, number: usize) -> Made {
        let weapons: Vec<&str> = ["knife", "firearm", "other"].into_iter().filter(|_| self.random.chance(12)).collect();
        Made::Object(vec![
            ("id", plain(format!("call-{number}"))),
            ("at", Made::Time(self.now)),
            ("caller", self.person()),
            ("victim", plain(if self.random.chance(85) { "person-1" } else { "person-3" })),
            ("suspect", plain(if self.random.chance(90) { "person-2" } else { "person-6" })),
            ("location", self.place()),
            ("injury", self.one_of(&["uninjured", "minor", "serious"], &[60, 30, 10])),
            ("weapons", plain(weapons)),
            ("strangulation", self.yes(10)),
            ("threats", self.yes(20)),
            ("separated", self.yes(30)),
            ("children", plain(if self.random.chance(40) { self.random.below(5) } else { 0 })),
            ("given", self.one_of(&["resolved", "scheduled", "priority", "immediate"], &[30, 30, 30, 10])),
        ])
    }

    fn earlier_call(&mut self, at: i64, number: usize) -> Made {
        Made::Object(vec![
            ("id", plain(format!("earlier-{number}"))),
            ("at", Made::Time(at)),
            ("caller", self.person()),
            ("location", self.place()),
        ])
    }

    fn incident(&mut self, at: i64, number: usize) -> Made {
        Made::Object(vec![
            ("id", plain(format!("incident-{number}"))),
            ("at", Made::Time(at)),
            ("kind", self.one_of(&["domestic-abuse", "stalking", "other"], &[60, 20, 20])),
            ("victim", self.person()),
            ("suspect", self.suspect()),
            ("location", self.place()),
            ("injury", self.one_of(&["uninjured", "minor", "serious"], &[60, 28, 12])),
            ("armed", self.yes(10)),
            ("strangulation", self.yes(8)),
        ])
    }

    fn order(&mut self, at: i64, number: usize) -> Made {
        let starts = if self.random.chance(85) { at } else { self.now + self.random.below(3) as i64 - 1 };
        let expires = match self.random.weighted(&[25, 10, 15, 50]) {
            0 => Made::NoTime,
            1 => Made::Time(self.now + self.random.below(3) as i64 - 1),
            2 => Made::Time(self.now - 30 * DAY + self.random.below(3) as i64 - 1),
            _ => Made::Time(self.now + self.random.below(300 * DAY as u64) as i64 - 60 * DAY),
        };
        Made::Object(vec![
            ("id", plain(format!("order-{number}"))),
            ("at", Made::Time(at)),
            ("kind", self.one_of(&["DAPN", "DAPO", "non-molestation"], &[20, 60, 20])),
            ("respondent", self.suspect()),
            ("protected", self.person()),
            ("starts", Made::Time(starts)),
            ("expires", expires),
        ])
    }

    fn breach(&mut self, at: i64, number: usize, orders: usize) -> Made {
        Made::Object(vec![
            ("id", plain(format!("breach-{number}"))),
            ("at", Made::Time(at)),
            ("order", plain(format!("order-{}", self.random.below(orders as u64)))),
            ("kind", self.one_of(&["contact", "attendance", "tag", "other"], &[45, 25, 15, 15])),
        ])
    }
}
