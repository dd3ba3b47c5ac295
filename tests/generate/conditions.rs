//! Conditions, as text: tests, counts, groups and everything that stands on one line.

use super::tests::{Place, range};
use super::words::{DATES, PREPOSITIONS, RECORDS, Record, amount, how_many, length, sometimes, word};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;

/// A condition with the lines under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    pub head: String,
    /// Lines of a list under the first, when it ends with a colon.
    pub items: Vec<Lines>,
}

impl Lines {
    fn one(head: String) -> Self {
        Self { head, items: Vec::new() }
    }

    /// A list in which nothing stands twice.
    fn list(head: String, items: Vec<Self>) -> Self {
        let mut kept: Vec<Self> = Vec::new();
        for item in items {
            if !kept.contains(&item) {
                kept.push(item);
            }
        }
        Self { head, items: kept }
    }

    /// The condition after `before`, at a margin.
    pub fn write(&self, margin: usize, before: &str, out: &mut String) {
        out.push_str(&" ".repeat(margin));
        out.push_str(before);
        out.push_str(&self.head);
        out.push('\n');
        for item in &self.items {
            item.write(margin + 2, "- ", out);
        }
    }
}

/// Which named things a condition may use: those that come before it, so that none is defined by way of itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Names {
    pub definitions: usize,
    pub groups: bool,
    pub score: bool,
}

/// A whole condition about the call.
pub fn condition(names: Names) -> BoxedStrategy<Lines> {
    let leaf = prop_oneof![4 => line(names).prop_map(Lines::one), 1 => filtered(names)];
    grouped(leaf.boxed())
}

/// Lists of conditions, and lists within them.
fn grouped(leaf: BoxedStrategy<Lines>) -> BoxedStrategy<Lines> {
    leaf.prop_recursive(2, 8, 3, |inner| {
        let head = prop_oneof![3 => word(&["all of:", "any of:", "none of:"]), 1 => how_many().prop_map(|how| format!("{how} of:"))];
        (head, prop::collection::vec(inner, 1..4)).prop_map(|(head, items)| Lines::list(head, items))
    })
    .boxed()
}

/// A condition on one line.
fn line(names: Names) -> BoxedStrategy<String> {
    // A name alone cannot come after a list of values, where it would be taken for one of them.
    let first = prop_oneof![2 => Place::call().test(), 1 => bare(names), 2 => count(names, false)];
    let second = prop_oneof![2 => Place::call().test(), 2 => count(names, false)];
    let chain =
        (first, second, word(&[" and ", " or "])).prop_map(|(one, other, joiner)| format!("{one}{joiner}{other}"));
    prop_oneof![
        1 => Place::presumed(),
        6 => Place::call().test(),
        4 => bare(names),
        2 => score(names),
        16 => count(names, true),
        2 => answers(),
        6 => latest(names),
        4 => trend(names),
        4 => chain,
    ]
    .boxed()
}

/// A condition about few facts of the call, the lines of a scale and what they are made of: of several such not all can be so at once.
pub fn of_few_answers() -> BoxedStrategy<Lines> {
    let number =
        (word(&["at least", "at most", "more than", "less than", "exactly"]), word(&["0", "1", "2", "5", "19", "20"]))
            .prop_map(|(how, number)| format!("children is {how} {number}"));
    let risk = (word(&["at least", "at most", "exactly"]), word(&["low", "mid", "high"]))
        .prop_map(|(how, value)| format!("risk is {how} {value}"));
    let range = word(&[
        "children is from 1 to 3",
        "children is not from 2 to 18",
        "children is from 0 to 4",
        "risk is from low to mid",
    ]);
    let test = prop_oneof![
        4 => number,
        2 => range,
        3 => word(&["kind is assault", "kind is threats", "kind is not stalking", "kind is one of assault or stalking"]),
        3 => risk,
        2 => word(&["hurt is yes", "hurt is no"]),
        1 => word(&["waiting is at least 10 minutes", "waiting is less than 1 hour"]),
    ];
    let test = prop_oneof![9 => test.clone(), 1 => test.prop_map(|test| format!("{test} or not answered"))];
    grouped(test.prop_map(Lines::one).boxed())
}

/// How many questions of the form are answered yes.
fn answers() -> BoxedStrategy<String> {
    let how =
        prop_oneof![2 => how_many().prop_map(|how| format!("{how} of")), 1 => word(&["all of", "any of", "none of"])];
    (how, questions()).prop_map(|(how, of)| format!("{how} {of} are yes")).boxed()
}

/// The questions of the form, or some of them.
pub(super) fn questions() -> BoxedStrategy<String> {
    word(&["screen", "questions 1 to 2 of screen", "questions 2 to 2a of screen", "questions 1 to 2a of screen"])
}

fn bare(names: Names) -> BoxedStrategy<String> {
    let definitions = (0..names.definitions)
        .flat_map(|at| [format!("named-{at}"), format!("named-{at} is no"), format!("named-{at} is yes")]);
    select(definitions.chain(["hurt".to_owned()]).collect::<Vec<_>>()).boxed()
}

fn score(names: Names) -> BoxedStrategy<String> {
    if !names.score {
        return bare(names);
    }
    let how = word(&["at least", "at most", "more than", "less than", "exactly"]);
    let compared = (how, prop_oneof![2 => amount(), 1 => word(&["some", "much"])]);
    prop_oneof![
        2 => compared.prop_map(|(how, many)| format!("danger is {how} {many}")),
        1 => range().prop_map(|said| format!("danger {said}")),
        2 => word(&[
            "danger is little",
            "danger is from little to some",
            "danger is not from some to much",
            "danger is not some",
            "danger is one of little or much",
            "danger is not one of some, much",
            "danger is 2"
        ]),
    ]
    .boxed()
}

/// A record, or the group of such records.
fn noun(record: Record, names: Names) -> BoxedStrategy<String> {
    let plain = vec![record.name.to_owned(), record.plural.to_owned()];
    let group = vec![record.group.to_owned(), format!("{}s", record.group)];
    if names.groups { prop_oneof![2 => select(plain), 1 => select(group)].boxed() } else { select(plain).boxed() }
}

fn each_record(of: impl Fn(Record) -> BoxedStrategy<String>) -> BoxedStrategy<String> {
    Union::new(RECORDS.map(of)).boxed()
}

fn same(record: Record) -> BoxedStrategy<String> {
    (word(&PREPOSITIONS), select(record.same))
        .prop_map(|(preposition, name)| format!(" {preposition} the same {name}"))
        .boxed()
}

fn since(names: Names) -> BoxedStrategy<String> {
    let of_record = |record: Record| {
        (word(&[" since the latest ", " since the first "]), noun(record, names), sometimes(0.4, same(record)))
            .prop_map(|(since, noun, same)| format!("{since}{noun}{}", same.unwrap_or_default()))
            .boxed()
    };
    let of_day =
        prop_oneof![1 => word(&DATES).prop_map(|date| format!(" since {date}")), 1 => word(&[" since midnight"])];
    prop_oneof![2 => of_day, 3 => each_record(of_record)].boxed()
}

/// Which of the records: `by the same suspect within 2 days since the latest breach`.
fn scopes(record: Record, names: Names) -> BoxedStrategy<String> {
    let in_force = if matches!(record.name, "order" | "call") { 0.5 } else { 0.0 };
    let parts = (
        sometimes(in_force, Just(" in force".to_owned())),
        sometimes(0.4, same(record)),
        sometimes(0.5, length().prop_map(|length| format!(" within {length}"))),
        sometimes(0.25, since(names)),
    );
    parts.prop_map(|(a, b, c, d)| [a, b, c, d].into_iter().flatten().collect::<String>()).boxed()
}

/// Whether this call counts, where that must be said.
fn counting(record: Record, this_one: bool) -> &'static str {
    match (record.is_call(), this_one) {
        (false, _) => "",
        (true, true) => ", counting this one",
        (true, false) => ", not counting this one",
    }
}

/// The noun with its scopes and counting words, as every count begins.
fn counted(record: Record, this_one: bool, names: Names) -> BoxedStrategy<String> {
    (noun(record, names), scopes(record, names))
        .prop_map(move |(noun, scopes)| format!("{noun}{scopes}{}", counting(record, this_one)))
        .boxed()
}

fn quantifier(record: Record) -> BoxedStrategy<String> {
    let different = (how_many(), select(record.persons), word(&["", "s"]))
        .prop_map(|(how, name, ending)| format!("{how} different {name}{ending} among"));
    prop_oneof![3 => how_many(), 1 => word(&["any", "no"]), 1 => different].boxed()
}

/// Whether this call counts matters to one kind of record only.
fn count_of(record: Record, of: impl Fn(bool) -> BoxedStrategy<String>) -> BoxedStrategy<String> {
    if record.is_call() { prop_oneof![of(true), of(false)].boxed() } else { of(false) }
}

/// A count on one line; with tests after `where` only when it has the line to itself.
fn count(names: Names, alone: bool) -> BoxedStrategy<String> {
    each_record(|record| {
        count_of(record, |this_one| {
            let filter = Place::record(record, this_one).chain();
            let filter = filter.prop_map(|chain| format!(", where {chain}"));
            let parts = (
                quantifier(record),
                counted(record, this_one, names),
                sometimes(if alone { 0.4 } else { 0.0 }, filter),
                sometimes(0.3, follow(record, names)),
            );
            parts
                .prop_map(|(how, counted, filter, follow)| {
                    format!("{how} {counted}{}{}", filter.unwrap_or_default(), follow.unwrap_or_default())
                })
                .boxed()
        })
    })
}

/// How far a time of the call or of a record lies from another, and nothing else.
pub fn times_apart() -> BoxedStrategy<Lines> {
    let of_record = |record: Record| {
        let test = Place::record(record, false).times_apart();
        test.prop_map(move |test| format!("any {}{}, where {test}", record.name, counting(record, false))).boxed()
    };
    prop_oneof![1 => Place::call().times_apart(), 1 => each_record(of_record)].prop_map(Lines::one).boxed()
}

/// A count of different people in a span, and of nothing else.
pub fn different() -> BoxedStrategy<Lines> {
    let names = Names { definitions: 0, groups: false, score: false };
    each_record(|record| {
        count_of(record, |this_one| {
            (how_many(), select(record.persons), noun(record, names), length())
                .prop_map(move |(how, person, noun, length)| {
                    format!("{how} different {person}s among {noun} within {length}{}", counting(record, this_one))
                })
                .boxed()
        })
    })
    .prop_map(Lines::one)
    .boxed()
}

/// `, followed within 2 days by a breach by that suspect`
fn follow(first: Record, names: Names) -> BoxedStrategy<String> {
    each_record(|record| {
        let shared: Vec<&'static str> =
            record.persons.iter().copied().filter(|name| first.persons.contains(name)).collect();
        let that: BoxedStrategy<String> = if shared.is_empty() {
            Just(String::new()).boxed()
        } else {
            prop::sample::subsequence(shared.clone(), 0..=shared.len())
                .prop_map(|names| names.iter().map(|name| format!(" by that {name}")).collect::<String>())
                .boxed()
        };
        let in_force = if matches!(record.name, "order" | "call") { 0.3 } else { 0.0 };
        let parts = (
            word(&["followed", "not followed"]),
            length(),
            noun(record, names),
            sometimes(in_force, Just(" in force".to_owned())),
            sometimes(0.2, same(record)),
            that,
            any::<bool>(),
        );
        parts
            .prop_map(move |(how, length, noun, in_force, same, that, this_one)| {
                let scopes = [in_force, same].into_iter().flatten().collect::<String>();
                format!(", {how} within {length} by a {noun}{scopes}{that}{}", counting(record, this_one))
            })
            .boxed()
    })
}

/// A count whose tests are a list of their own.
fn filtered(names: Names) -> BoxedStrategy<Lines> {
    let of_record = |record: Record| {
        let this_one = false;
        let place = Place::record(record, this_one);
        let tests = grouped(prop_oneof![4 => place.chain(), 1 => place.test()].prop_map(Lines::one).boxed());
        (
            quantifier(record),
            counted(record, this_one, names),
            word(&["all of:", "any of:", "none of:"]),
            prop::collection::vec(tests, 1..3),
        )
            .prop_map(|(how, counted, group, items)| Lines::list(format!("{how} {counted}, where {group}"), items))
            .boxed()
    };
    Union::new(RECORDS.map(of_record)).boxed()
}

fn latest(names: Names) -> BoxedStrategy<String> {
    each_record(|record| {
        let test = Place::record(record, true).chain();
        (word(&["in the latest ", "in the first "]), noun(record, names), scopes(record, names), test)
            .prop_map(|(which, noun, scopes, test)| format!("{which}{noun}{scopes}, {test}"))
            .boxed()
    })
}

fn trend(names: Names) -> BoxedStrategy<String> {
    each_record(|record| {
        let closer = (
            prop_oneof![4 => word(&["3", "4"]), 1 => Just("several".to_owned())],
            noun(record, names),
            scopes(record, names),
        )
            .prop_map(|(last, noun, scopes)| format!("the last {last} {noun}{scopes} are coming closer together"));
        let gap = (noun(record, names), scopes(record, names)).prop_map(|(noun, scopes)| {
            format!("the gap since the latest {noun}{scopes} is shorter than the gap before it")
        });
        prop_oneof![closer, gap].boxed()
    })
}

/// What a group of records is: `a breach within 2 days where admitted is yes`.
pub fn group(record: Record) -> BoxedStrategy<String> {
    let names = Names { definitions: 0, groups: false, score: false };
    let this_one = if record.is_call() { 0.5 } else { 0.0 };
    let filter = Place::record(record, true).chain().prop_map(|chain| format!(" where {chain}"));
    (scopes(record, names), sometimes(this_one, Just(", counting this one".to_owned())), sometimes(0.4, filter))
        .prop_map(move |(scopes, counting, filter)| {
            format!("a {}{scopes}{}{}", record.name, counting.unwrap_or_default(), filter.unwrap_or_default())
        })
        .boxed()
}
