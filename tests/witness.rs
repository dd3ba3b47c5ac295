//! What is done with a call that shows something: a sketch of it is the call, and stays so.

use crate::generate::case::CaseText;
use crate::laws::{hold, policies};
use crate::lists::anywhere;
use crate::support::load_texts;
use heedful::engine::{Overview, Snapshot};
use heedful::model::{Case, Decision, LinkTo};
use heedful::proof::witness::{Rec, Sketch, SketchPlace, Val, When, shrink};

use heedful::time::Instant;
use heedful::wire::{case_from_json, case_to_json};
use std::collections::BTreeMap;

/// What is decided, whatever the call is called and whatever was left out of its history.
fn decided(policy: &Snapshot, case: &Case) -> String {
    let decision = policy.decide(case);
    anywhere(&Decision { case: String::new(), warnings: Vec::new(), ..decision })
}

/// The same with no fraction of any second.
fn to_the_second(text: &CaseText) -> CaseText {
    let mut text = text.clone();
    text.lists.iter_mut().flat_map(|(_, list)| list).for_each(|record| record.fraction = None);
    text
}

#[test]
fn the_case_of_the_sketch_of_a_case_is_decided_alike() {
    hold(policies(30), 20, |policy, text| {
        [to_the_second(text), to_the_second(text).with_doubles()].iter().find_map(|text| {
            let case = text.build(policy.vocabulary(), false);
            let sketch = Sketch::of(&case, policy.vocabulary());
            let again = sketch.case(policy.vocabulary(), policy.zone());
            let [one, other] = [&case, &again].map(|case| decided(policy, case));
            if one != other {
                return Some(format!("{one}\nand of its sketch\n{other}"));
            }
            (Sketch::of(&again, policy.vocabulary()) != sketch).then(|| format!("{sketch:?} is not kept"))
        })
    });
}

#[test]
fn a_case_that_is_written_is_read_as_the_same_case() {
    hold(policies(30), 20, |policy, text| {
        [text.clone(), text.with_doubles()].iter().find_map(|text| {
            let case = text.build(policy.vocabulary(), false);
            let json = case_to_json(policy, &case);
            let again = case_from_json(policy, &json).unwrap_or_else(|problems| panic!("{json}\n{problems:?}"));
            let [one, other] = [&case, &again].map(|case| decided(policy, case));
            if one != other || case.id != again.id {
                return Some(format!("{one}\nand read again\n{other}\n{json}"));
            }
            let twice = case_to_json(policy, &again);
            (twice != json).then(|| format!("{json}\nand read again\n{twice}"))
        })
    });
}

/// Whether the same rules apply to a case, with the same outcome.
fn says(policy: &Snapshot, sketch: &Sketch, wanted: &Overview) -> bool {
    let mut evaluator = policy.evaluator();
    let seen = evaluator.overview(&sketch.case(policy.vocabulary(), policy.zone()));
    (&seen.fired, &seen.outcome) == (&wanted.fired, &wanted.outcome)
}

/// Every sketch with one thing less.
fn one_less(sketch: &Sketch) -> Vec<Sketch> {
    let mut all = Vec::new();
    let mut less = |change: &dyn Fn(&mut Sketch)| {
        let mut other = sketch.clone();
        change(&mut other);
        all.push(other);
    };
    for (kind, list) in sketch.lists.iter().enumerate() {
        for at in 0..list.iter().flatten().count() {
            less(&|other| drop(other.lists[kind].as_mut().map(|list| list.remove(at))));
        }
    }
    for place in SketchPlace::all(sketch) {
        less(&|other| place.clear(other));
        match place.get(sketch) {
            Some(Val::Flags(flags)) => (0..64)
                .filter(|bit| flags & (1 << bit) != 0)
                .for_each(|bit| less(&|other| place.set(other, Val::Flags(flags ^ (1 << bit))))),
            Some(Val::Ids(names)) => (0..names.len()).for_each(|at| {
                let mut names = names.clone();
                names.remove(at);
                less(&|other| place.set(other, Val::Ids(names.clone())));
            }),
            _ => {}
        }
    }
    all
}

#[test]
fn a_witness_is_one_and_with_anything_less_it_is_none() {
    let (mut before, mut after) = (0, 0);
    let sizes = std::cell::RefCell::new((&mut before, &mut after));
    hold(policies(40), 4, |policy, text| {
        let case = text.build(policy.vocabulary(), false);
        let sketch = Sketch::of(&to_the_second(text).build(policy.vocabulary(), false), policy.vocabulary());
        let wanted = policy.evaluator().overview(&case).clone();
        let holds = |other: &Sketch| says(policy, other, &wanted);
        if !holds(&sketch) {
            // What came first within a second is not kept.
            return None;
        }
        let of = |most| shrink(&sketch, policy.vocabulary(), policy.zone(), most, &holds);
        let shrunk = of(100_000);
        let least = &shrunk.sketch;
        let mut sizes = sizes.borrow_mut();
        *sizes.0 += sketch.size();
        *sizes.1 += least.size();
        let short = of(7);
        let whole_again = shrink(least, policy.vocabulary(), policy.zone(), 100_000, &holds);
        let faults = [
            (!shrunk.is_least, "it is not done"),
            (!holds(least), "it is no witness"),
            (one_less(least).iter().any(holds), "it is one with less"),
            (of(100_000) != shrunk, "it is another each time"),
            (whole_again.sketch != *least, "it can be made smaller again"),
            (short.steps > 7 || !holds(&short.sketch), "it is not cut short"),
            (short.is_least && shrunk.steps > 7, "it is said to be done"),
        ];
        let fault = faults.iter().find(|(is_so, _)| *is_so);
        fault.map(|(_, why)| format!("{why}: {sketch:#?}\n{shrunk:#?}"))
    });
    assert!(after * 4 < before, "of {before} values {after} are left");
}

const SMALL: &str = "vocabulary \"v\"
  identities person

call \"One call\"
  fact victim: identity of person \"Who is in danger\"

record incident \"An incident\"
  field victim: identity of person \"To whom\"

record call \"An earlier call\"
  field victim: identity of person \"Who was in danger\"

outcome grade: highest of low and high
  written as \"grade at least\"
";

const RULES: &str = "policy \"Northmoor\"
  vocabulary \"v\"
  time zone Europe/London

rule seldom
  when fewer than 2 incidents about the same victim
  then grade at least high
  because \"a test\"
  source \"a test\"
";

fn northmoor() -> Snapshot {
    let load = load_texts(&[SMALL, RULES]);
    assert!(load.diagnostics.is_empty(), "{:#?}", load.diagnostics);
    load.policies.into_iter().next().expect("a policy")
}

fn id(name: &str) -> Val {
    Val::Id(name.to_owned())
}

#[test]
fn a_sketch_of_a_list_that_is_known_in_part_gives_a_case_that_says_so() {
    let policy = northmoor();
    let vocabulary = policy.vocabulary();
    let kind = vocabulary.record("incident").expect("a kind");
    let fact = vocabulary.fact("victim").expect("a fact");
    let field = vocabulary.records[kind.index()].field("victim").expect("a field");
    let mut sketch = Sketch::plain(vocabulary, Instant(1_772_000_000));
    sketch.call.insert(fact, id("person-1"));
    let at = sketch.add(vocabulary, kind, When::shifted(-60)).expect("a place");
    sketch.record_mut(kind, at).expect("a record").fields.insert(field, id("person-1"));
    let link = LinkTo::Fact { field, fact };
    for (in_part, is_whole, whole_by) in
        [(None, true, false), (Some(Vec::new()), false, false), (Some(vec![link]), false, true)]
    {
        sketch.in_part = in_part.map(|links: Vec<LinkTo>| (kind, links)).into_iter().collect();
        let case = sketch.case(vocabulary, policy.zone());
        assert_eq!(case.is_whole(kind), is_whole, "{sketch:?}");
        assert_eq!(case.is_whole_by(kind, &[link]), is_whole || whole_by, "{sketch:?}");
        assert_eq!(case.records(kind).map(heedful::model::Records::len), Some(1));
        assert_eq!(Sketch::of(&case, vocabulary), sketch);
        let undecided = policy.decide(&case).undecided.len();
        assert_eq!(undecided, usize::from(!is_whole && !whole_by), "{sketch:?}");
    }
    sketch.lists = vec![None; 2];
    let case = sketch.case(vocabulary, policy.zone());
    assert!(case.records(kind).is_none(), "no list is in part that is not there");
    assert_eq!(Sketch::of(&case, vocabulary).in_part, BTreeMap::new());
}

#[test]
fn no_record_of_a_sketch_is_taken_for_the_call() {
    let policy = northmoor();
    let mut sketch = Sketch::plain(policy.vocabulary(), Instant(1_772_000_000));
    let record = |id: &str| Rec { id: id.to_owned(), at: When::shifted(-60), fields: BTreeMap::new() };
    let kind = policy.vocabulary().record("call").expect("a kind");
    sketch.list(kind).expect("a list").extend(["this-call", "this-call-2"].map(record));
    let case = sketch.case(policy.vocabulary(), policy.zone());
    assert_eq!((case.record_count(), case.id.as_str()), (2, "this-call-3"));
}

const ROOM: &str = "vocabulary \"room\"
  identities person

call \"One call\"
  fact caller: identity of person \"Who calls\"
  fact victim: identity of person \"Who is in danger\"
  fact suspect: identities of person \"Who is said to have done it\"
  fact weapons: any of knife, blunt \"Weapons seen\"
  fact children: number from 1 to 20 \"Children seen\"
  fact waiting: duration \"How long the caller waited\"
  fact heard: text \"Words heard\"

record call \"An earlier call\"
  field caller: identity of person \"Who called\"
  field attended-at: time or none \"When somebody came\"

record order \"An order\"
  field victim: identity of person \"Whom it protects\"
  field expires: time or none \"When it ends\"

record breach, plural breaches \"A breach\"
  field order: link to order \"Which order\"

outcome grade: highest of low and high
  written as \"grade at least\"
";

const OFTEN: &str = "policy \"Northmoor\"
  vocabulary \"room\"
  time zone Europe/London

rule often
  when all of:
    - at least 3 calls by the same caller within 24 hours, not counting this one
    - weapons include knife
    - children is at least 4
    - waiting is more than 20 minutes
    - heard mentions \"come quickly\"
  then grade at least high
  because \"a test\"
  source \"a test\"
";

fn room() -> Snapshot {
    let load = load_texts(&[ROOM, OFTEN]);
    assert!(load.diagnostics.is_empty(), "{:#?}", load.diagnostics);
    load.policies.into_iter().next().expect("a policy")
}

/// A busy afternoon, of which most makes no difference.
fn busy(policy: &Snapshot) -> Sketch {
    let json = r#"{
        "call": {"id": "c", "at": "2025-08-30T17:23:51+01:00", "caller": "A.", "victim": "B.", "suspect": ["C.", "D."],
                 "weapons": ["blunt", "knife"], "children": 17, "waiting": "PT3H2M1S", "heard": "please do come quickly now"},
        "history": {
            "calls": {"complete": ["caller is this call's caller"], "records": [
                {"id": "k", "at": "2025-08-29T10:00:00+01:00", "caller": "A."},
                {"id": "l", "at": "2025-08-29T17:24:51+01:00", "caller": "A.", "attended-at": "none"},
                {"id": "m", "at": "2025-08-30T03:03:04+01:00", "caller": "A."},
                {"id": "n", "at": "2025-08-30T15:23:51+01:00", "caller": "A.", "attended-at": "2025-08-30T16:00:00+01:00"},
                {"id": "o", "at": "2025-08-30T15:23:51+01:00", "caller": "B."},
                {"id": "p", "at": "2025-08-30T16:00:00+01:00", "caller": "A."}]},
            "breaches": [{"id": "q", "at": "2025-08-01T00:00:00+01:00", "order": "r"}]}}"#;
    Sketch::of(&case_from_json(policy, json).expect("a case"), policy.vocabulary())
}

#[test]
fn what_is_left_of_a_witness_is_plain_and_is_said_plainly() {
    let policy = room();
    let applies = |sketch: &Sketch| {
        let decision = policy.decide(&sketch.case(policy.vocabulary(), policy.zone()));
        decision.fired.iter().any(|fired| fired.rule == "often")
    };
    let busy = busy(&policy);
    assert!(applies(&busy));
    let shrunk = shrink(&busy, policy.vocabulary(), policy.zone(), 1000, &applies);
    let json = case_to_json(&policy, &shrunk.sketch.case(policy.vocabulary(), policy.zone()));
    let said = "A call at 12:00 on Wednesday 11 March 2026.\n\
                All that is known of it: caller is person-1; children is 4; heard is \"come quickly\"; \
                waiting is 20 minutes 1 second; weapons include knife.\n\
                On record: 3 calls with the same caller: 1 hour before, 2 hours before, 3 hours before.\n\
                Nothing else is on record.";
    assert_eq!(shrunk.sketch.in_words(&policy), said);
    let written = r#"{"call":{"id":"this-call","at":"2026-03-11T12:00:00+00:00","caller":"person-1","children":4,"heard":"come quickly","waiting":"PT20M1S","weapons":["knife"]},"history":{"breaches":[],"calls":[{"id":"call-1","at":"2026-03-11T09:00:00+00:00","caller":"person-1"},{"id":"call-2","at":"2026-03-11T10:00:00+00:00","caller":"person-1"},{"id":"call-3","at":"2026-03-11T11:00:00+00:00","caller":"person-1"}],"orders":[]}}"#;
    assert_eq!(json, written);
}

#[test]
fn what_is_not_known_of_a_witness_is_said_too() {
    let policy = room();
    let mut sketch = busy(&policy);
    let vocabulary = policy.vocabulary();
    let order = vocabulary.record("order").expect("a kind");
    let field = |name| vocabulary.records[order.index()].field(name).expect("a field");
    let fields = [
        (field("victim"), id("B.")),
        (field("expires"), Val::Time(When::after(heedful::time::Length::new(2, heedful::time::Unit::Days)))),
    ];
    let record = Rec { id: "r".to_owned(), at: When::shifted(0), fields: fields.into_iter().collect() };
    sketch.list(order).expect("a list").push(record);
    let call = vocabulary.record("call").expect("a kind");
    let said = "A call at 17:23:51 on Saturday 30 August 2025.\n\
                All that is known of it: caller is A.; children is 17; heard is \"please do come quickly now\"; \
                suspect is C., D.; victim is B.; waiting is 3 hours 2 minutes 1 second; weapons include knife, blunt.\n\
                On record: 1 breach with order r: 00:00 on Friday 1 August 2025.\n\
                On record: 3 calls with the same caller: 1 hour 23 minutes 51 seconds before, \
                14 hours 20 minutes 47 seconds before, 31 hours 23 minutes 51 seconds before.\n\
                On record: 1 call with caller B.: 2 hours before.\n\
                On record: 1 call with attended at 1 hour 23 minutes 51 seconds before this call and the same caller: \
                2 hours before.\n\
                On record: 1 call with attended at none and the same caller: 23 hours 59 minutes before.\n\
                On record: 1 order (r) with expires 2 days after this call and the same victim: at the same time.\n\
                Of breaches and orders, nothing else is on record.\n\
                There may be other calls, but none of which caller is this call's caller.";
    assert_eq!(sketch.in_words(&policy), said);
    sketch.in_part.insert(order, Vec::new());
    sketch.lists[call.index()] = None;
    sketch.call.clear();
    let said = "A call at 17:23:51 on Saturday 30 August 2025.\n\
                Nothing is known of it.\n\
                On record: 1 breach with order r: 00:00 on Friday 1 August 2025.\n\
                On record: 1 order (r) with expires 2 days after this call and victim B.: at the same time.\n\
                Of breaches, nothing else is on record.\n\
                The list of calls is not available.\n\
                There may be other orders.";
    assert_eq!(sketch.in_words(&policy), said);
    let blank = Sketch { lists: vec![None; 3], in_part: BTreeMap::new(), ..sketch };
    let said = "A call at 17:23:51 on Saturday 30 August 2025.\n\
                Nothing is known of it.\n\
                The list of breaches is not available.\n\
                The list of calls is not available.\n\
                The list of orders is not available.";
    assert_eq!(blank.in_words(&policy), said);
}

/// A call may come just inside a span, or just outside it: that is what is kept and said.
#[test]
fn what_lies_beside_the_end_of_a_span_stays_there() {
    let policy = room();
    let call = policy.vocabulary().record("call").expect("a kind");
    let day = heedful::time::Length::new(24, heedful::time::Unit::Hours);
    let least = |when: When, holds: &dyn Fn(i64) -> bool| {
        let mut sketch = Sketch::plain(policy.vocabulary(), Instant(1_772_000_000));
        sketch.add(policy.vocabulary(), call, when);
        let holds = |other: &Sketch| {
            let record = other.record(call, 0);
            record.is_some_and(|record| holds(other.at.0 - record.at.instant(other.at, policy.zone()).0))
        };
        let shrunk = shrink(&sketch, policy.vocabulary(), policy.zone(), 1000, &holds).sketch;
        shrunk.record(call, 0).expect("a record").at.words()
    };
    let outside = |seconds: i64| seconds > 86_400;
    assert_eq!(least(When::before(day).plus(-1), &outside), "24 hours and 1 minute before");
    assert_eq!(least(When::shifted(-86_460), &outside), "24 hours and 1 minute before");
    assert_eq!(least(When::shifted(-88_123), &outside), "25 hours before");
    assert_eq!(
        least(When::shifted(-88_123), &|seconds| (86_401..90_000).contains(&seconds)),
        "24 hours and 1 minute before"
    );
    assert_eq!(
        least(When::before(day).plus(60), &|seconds| (86_000..86_400).contains(&seconds)),
        "24 hours less 1 minute before"
    );
    assert_eq!(least(When::shifted(-88_123), &|seconds| seconds == 88_123), "88123 seconds before");
}
