//! Tests on one value, as text.

use super::apart::apart;
use super::words::{
    CHOICES, DATES, FACTS, FLAGS, Kind, LENGTHS, ORDER_KINDS, PHRASES, RECORDS, RISING, RULES, Record, SHORT, amount,
    how_many, length, two, word,
};
use proptest::prelude::*;
use proptest::strategy::Union;

/// What may be the subject of a test somewhere, and which other times may be named there.
#[derive(Clone)]
pub struct Place {
    subjects: Vec<(String, Kind)>,
    moments: Vec<String>,
}

impl Place {
    /// In a condition about the call.
    pub fn call() -> Self {
        let facts = FACTS.iter().map(|(name, kind)| ((*name).to_owned(), *kind));
        let subjects = facts.chain([("this call".to_owned(), Kind::Time)]).collect();
        let moments = ["this call", "due", "arrived", "this call's due"].map(str::to_owned).to_vec();
        Self { subjects, moments }
    }

    /// A test of a fact, which is taken to be so while nobody has answered.
    pub fn presumed() -> BoxedStrategy<String> {
        let mut facts = Self::call();
        facts.subjects.retain(|(name, _)| name != "this call");
        facts.test().prop_map(|test| format!("{test} or not answered")).boxed()
    }

    /// Among the tests of a record; where this call may stand in its place, only what the two have in common.
    pub fn record(record: Record, counting_this_one: bool) -> Self {
        let own = record.fields.iter().filter(|(name, _)| !counting_this_one || *name != "withdrawn");
        let own = own.map(|(name, kind)| ((*name).to_owned(), *kind));
        let linked = record.fields.iter().filter(|(_, kind)| *kind == Kind::Link);
        let orders = RECORDS.iter().filter(|record| record.name == "order").flat_map(|record| record.fields);
        let linked =
            linked.flat_map(|(link, _)| orders.clone().map(move |(name, kind)| (format!("{link}'s {name}"), *kind)));
        let of_call = ["hurt", "arrived", "suspect"]
            .into_iter()
            .filter_map(|name| FACTS.iter().find(|(known, _)| *known == name));
        let of_call = of_call.map(|(name, kind)| (format!("this call's {name}"), *kind));
        let its_time = std::iter::repeat_n(("it".to_owned(), Kind::Time), 2);
        let subjects: Vec<(String, Kind)> = own.chain(linked).chain(of_call).chain(its_time).collect();
        let times = subjects
            .iter()
            .filter(|(_, kind)| matches!(kind, Kind::Time | Kind::TimeOrNone))
            .map(|(name, _)| name.clone());
        let moments = times.chain(["this call".to_owned(), "this call's arrived".to_owned()]).collect();
        Self { subjects, moments }
    }

    /// A test of how far a time lies from another.
    pub fn times_apart(&self) -> BoxedStrategy<String> {
        let times = self.subjects.iter().filter(|(_, kind)| matches!(kind, Kind::Time | Kind::TimeOrNone));
        let tests = times.map(|(subject, _)| {
            let said = apart(subject, &self.moments);
            let subject = subject.clone();
            said.prop_map(move |said| format!("{subject} {said}")).boxed()
        });
        Union::new(tests).boxed()
    }

    /// A test on any of the subjects.
    pub fn test(&self) -> BoxedStrategy<String> {
        let tests = self.subjects.iter().map(|(subject, kind)| {
            let subject = subject.clone();
            predicate(subject.clone(), *kind, &self.moments).prop_map(move |said| format!("{subject} {said}")).boxed()
        });
        Union::new(tests).boxed()
    }

    /// Tests on one line.
    pub fn chain(&self) -> BoxedStrategy<String> {
        let joined = (self.test(), self.test(), word(&[" and ", " or "]));
        prop_oneof![3 => self.test(), 1 => joined.prop_map(|(one, other, joiner)| format!("{one}{joiner}{other}"))]
            .boxed()
    }
}

fn said(before: &'static str, what: BoxedStrategy<String>) -> BoxedStrategy<String> {
    what.prop_map(move |what| format!("{before}{what}")).boxed()
}

fn predicate(subject: String, kind: Kind, moments: &[String]) -> BoxedStrategy<String> {
    match kind {
        Kind::YesNo => word(&["is yes", "is no"]),
        Kind::Choice => {
            prop_oneof![chosen(&CHOICES), word(&["is this call's kind", "is not this call's kind"])].boxed()
        }
        Kind::ChoiceOfOrders => chosen(&ORDER_KINDS),
        Kind::Rising => prop_oneof![
            2 => chosen(&RISING),
            1 => word(&["is this call's risk", "is not this call's handler-grade"]),
            3 => compared(prop_oneof![3 => word(&RISING), 1 => Just("set-grade".to_owned())].boxed()),
            2 => word(&["is from low to mid", "is from mid to high", "is not from low to mid", "is not from mid to high"]),
        ]
        .boxed(),
        Kind::Flags => prop_oneof![
            said("include ", word(&FLAGS)),
            said("includes any of ", two(&FLAGS, " or ")),
            said("include all of ", two(&FLAGS, " and ")),
            said("do not include ", word(&FLAGS)),
            said("does not include any of ", two(&FLAGS, " or ")),
            (how_many(), two(&FLAGS, " and ")).prop_map(|(how, flags)| format!("include {how} of {flags}")),
            how_many().prop_map(|how| format!("includes {how} of weapon, child and drunk")),
            how_many().prop_map(|how| format!("include {how}")),
        ]
        .boxed(),
        Kind::Rules => prop_oneof![
            said("include ", word(&RULES)),
            said("include all of ", two(&RULES, " and ")),
            said("does not include any of ", two(&RULES, " or ")),
        ]
        .boxed(),
        Kind::Number => prop_oneof![3 => compared(amount()), 2 => range(), 1 => said("is ", (0..4u8).prop_map(|number| number.to_string()).boxed())].boxed(),
        Kind::Duration => prop_oneof![
            3 => compared(prop_oneof![3 => word(&SHORT), 1 => Just("short-span".to_owned())].boxed()),
            1 => word(&["is from 1 minute to 2 hours", "is not from 30 minutes to 1 hour", "is from short-span to 48 hours"]),
        ]
        .boxed(),
        Kind::Time => time(subject, moments),
        Kind::TimeOrNone => prop_oneof![3 => time(subject, moments), 1 => word(&["is none", "is not none"])].boxed(),
        Kind::Text => {
            let phrase = || word(&PHRASES).prop_map(|phrase| format!("\"{phrase}\""));
            prop_oneof![
                phrase().prop_map(|phrase| format!("mention {phrase}")),
                two(&PHRASES, "\", \"").prop_map(|phrases| format!("mentions any of \"{phrases}\"")),
            ]
            .boxed()
        }
        Kind::Person => somebody(),
        Kind::People => {
            prop_oneof![somebody(), how_many().prop_map(|how| format!("includes {how}"))].boxed()
        }
        Kind::Address => word(&["is this call's location", "is not this call's location"]),
        Kind::Link => word(&["is in force", "is not in force"]),
    }
}

fn somebody() -> BoxedStrategy<String> {
    word(&[
        "is this call's caller",
        "is not this call's caller",
        "is this call's suspect",
        "is not this call's suspect",
    ])
}

fn chosen(values: &'static [&'static str]) -> BoxedStrategy<String> {
    prop_oneof![
        2 => said("is ", word(values)),
        1 => said("is not ", word(values)),
        1 => said("is one of ", two(values, " or ")),
        1 => said("is not one of ", two(values, ", ")),
    ]
    .boxed()
}

fn compared(with: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let how = word(&["is at least", "is at most", "is more than", "is less than", "is exactly"]);
    (how, with).prop_map(|(how, with)| format!("{how} {with}")).boxed()
}

/// From one number to a higher one, whatever the settings are: where they are the same, a policy is said again in other words.
pub fn range() -> BoxedStrategy<String> {
    let numbers = (0..4u8, 1..4u8).prop_map(|(from, more)| format!("{from} to {}", from + more));
    let numbers = prop_oneof![4 => numbers.boxed(), 1 => word(&["enough to 6", "enough to 20"])];
    (word(&["is from", "is not from"]), numbers).prop_map(|(is, numbers)| format!("{is} {numbers}")).boxed()
}

fn time(subject: String, moments: &[String]) -> BoxedStrategy<String> {
    let relation = || word(&["is before ", "is after ", "is on ", "is on or before ", "is on or after "]);
    let moment = proptest::sample::select(moments.to_vec());
    let clocks = || word(&["00:00", "01:00", "01:30", "06:00", "12:00", "22:00", "23:59"]);
    prop_oneof![
        3 => compared(prop_oneof![4 => word(&LENGTHS), 1 => Just("long-span".to_owned())].boxed()).prop_map(|said| format!("{said} ago")),
        3 => said("is within ", length()),
        2 => said("is within the next ", length()),
        1 => word(&["has passed", "is still to come"]),
        1 => (relation(), word(&DATES)).prop_map(|(relation, date)| relation + &date),
        2 => (relation(), moment).prop_map(|(relation, moment)| relation + &moment),
        1 => (word(&["is between ", "is not between "]), clocks(), clocks()).prop_map(|(is, from, to)| format!("{is}{from} and {to}")),
        2 => word(&[
            "is between evening and morning",
            "is not between evening and morning",
            "is from evening until before morning",
            "is not from evening until before 08:30",
            "is between 17:30 and evening",
            "is from morning until before 09:00",
        ]),
        4 => apart(&subject, moments),
        1 => word(&[
            "is at the weekend", "is not at the weekend", "is on Sunday or Monday", "is not on a Friday", "is on Saturday",
            "is on a day in court-days", "is on a day in days-off", "is not on a day in court-days",
        ]),
    ]
    .boxed()
}
