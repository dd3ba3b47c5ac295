//! Past decisions as records: what replay says is what comes of deciding each call by hand, with a history built by hand.

use heedful::engine::{Input, Snapshot, load as load_policy};
use heedful::model::Decision;
use heedful::wire::{InputFormat, Reading, documents, push_decision};
use heedful_history::{EventStore, Timeline, load, read_mapping};
use heedful_replay::{ReadTables, Replay, Written, each_case, replay};
use heedful_tables::TableSource;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/again").join(name)
}

fn policy(change: impl Fn(String) -> String) -> Snapshot {
    let text = |name: &str| fs::read_to_string(file(name)).expect("a file");
    let inputs = [
        Input::new("vocabulary.heed", text("vocabulary.heed")),
        Input::new("policy.heed", change(text("policy.heed"))),
    ];
    load_policy(&inputs).policy("Again").unwrap_or_else(|error| panic!("{error}"))
}

fn timeline(policy: &Snapshot, calls: &str) -> Timeline {
    let map = fs::read_to_string(file("map.yaml")).expect("a mapping");
    let mapping =
        read_mapping(&map, policy.vocabulary(), policy.zone()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let loaded = load(
        &mapping,
        |_| TableSource::Stream(Box::new(Cursor::new(calls.to_owned()))),
        |_, row, why| panic!("{}: {why}", row.whole),
    );
    loaded.into_timeline(policy.vocabulary()).expect("events in memory")
}

fn store(policy: &Snapshot, calls: &str) -> EventStore {
    timeline(policy, calls).into_store().expect("events in memory")
}

fn decide(policy: &Snapshot, json: &str) -> Decision {
    let (documents, _) = documents(InputFormat::Json, json);
    let reading = Reading::strict(policy.vocabulary(), policy.zone());
    policy.decide(&documents[0].read(reading).unwrap_or_else(|problems| panic!("{json}: {problems}")))
}

fn written(policy: &Snapshot, decision: &Decision) -> String {
    let mut bytes = Vec::new();
    push_decision(&mut bytes, decision, policy);
    String::from_utf8(bytes).expect("UTF-8")
}

/// A call of a generated table: whose, how many minutes after the one before, and whether there is a weapon.
type Row = (Option<u8>, u32, Option<bool>);

fn csv(rows: &[Row]) -> String {
    let mut minutes = 0;
    let mut text = "id,at,caller,weapon\n".to_owned();
    for (number, (caller, after, weapon)) in rows.iter().enumerate() {
        minutes += after;
        let (day, rest) = (minutes / 1_440, minutes % 1_440);
        let caller = caller.map_or(String::new(), |caller| format!("person-{caller}"));
        let weapon = weapon.map_or("", |weapon| if weapon { "yes" } else { "no" });
        text += &format!(
            "call-{number:03},2026-{:02}-{:02}T{:02}:{:02}:00Z,{caller},{weapon}\n",
            1 + day / 28,
            1 + day % 28,
            rest / 60,
            rest % 60
        );
    }
    text
}

/// Every call with all that came before it, and what was decided of that, each decision written out by hand.
fn by_hand(policy: &Snapshot, calls: &str) -> Vec<Decision> {
    let (mut earlier, mut decided) = (Vec::new(), Vec::new());
    let mut decisions = Vec::new();
    for line in calls.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let mut call = json!({"id": cells[0], "at": cells[1]});
        if !cells[2].is_empty() {
            call["caller"] = cells[2].into();
        }
        if !cells[3].is_empty() {
            call["weapon"] = (cells[3] == "yes").into();
        }
        // Nobody finds the calls of a caller who is not known; nor does replay say that there are none.
        let list = |records: &[Value]| match cells[2] {
            "" => json!({"complete": false, "records": []}),
            _ => records.into(),
        };
        let case = json!({"call": call, "history": {"calls": list(&earlier), "decisions": list(&decided)}});
        let decision = decide(policy, &case.to_string());
        let json: Value = serde_json::from_str(&written(policy, &decision)).expect("JSON");
        let fired = decision.fired.iter().map(|fired| fired.rule.as_str());
        let mut record = json!({
            "id": format!("decision of {}", cells[0]), "at": cells[1], "of-call": cells[0],
            "grade": json["outcome"]["grade"], "referrals": json["outcome"]["referrals"],
            "look-again": json["outcome"]["look-again"].as_str().unwrap_or("none"),
            "rules": fired.filter(|rule| *rule != "weapon").collect::<Vec<_>>(),
        });
        // A record that does not say whom it is about is found by nobody.
        if let Some(caller) = call.get("caller") {
            record["caller"] = caller.clone();
            decided.push(record);
            earlier.push(call);
        }
        decisions.push(decision);
    }
    decisions
}

/// What replay decides of the cases that it writes.
fn replayed(policy: &Snapshot, store: &EventStore) -> Vec<Decision> {
    let mut decisions = Vec::new();
    each_case(policy, &policy.horizon(), store, |case| {
        decisions.push(decide(policy, case));
        Ok(true)
    })
    .expect("cases that can be read");
    decisions
}

fn said(decision: &Decision) -> String {
    let Decision { case, outcome, possible, fired, undecided, near, until, .. } = decision;
    let undecided: Vec<&str> = undecided.iter().map(|rule| rule.rule.as_str()).collect();
    format!("{case} {outcome:?} {possible:?} {fired:?} {undecided:?} {near:?} {until:?}")
}

/// The report, and the cases that were decided on the way. Few events at a time, so that most of the past is forgotten.
fn report_and_cases(policy: &Snapshot, calls: &str, threads: usize, from: Option<&str>) -> (Value, String) {
    let from = from.map(|day| policy.zone().day_start(heedful::time::Date::parse(day).expect("a day")));
    let asked = Replay {
        policy,
        against: None,
        sweep: &[],
        beside: [&[], &[]],
        from,
        groups: &[],
        followed: None,
        hidden_below: 0,
        threads,
        batch: 5,
    };
    let (mut cases, horizon) = (String::new(), policy.horizon());
    let mut take = |case: &str| {
        cases += &format!("{case}\n");
        Ok(())
    };
    let written = Written { cases: vec![(&horizon, &mut take)], decisions: None };
    let replayed = replay(&asked, timeline(policy, calls), None, written).unwrap_or_else(|why| panic!("{why:?}"));
    let tables = ReadTables { intakes: &[], beside_intakes: &[], beside: [&[], &[]] };
    let report = serde_json::to_value(replayed.into_report(&asked, &tables)).expect("JSON");
    (report, cases)
}

fn report(policy: &Snapshot, calls: &str, threads: usize, from: Option<&str>) -> Value {
    report_and_cases(policy, calls, threads, from).0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn replay_decides_as_one_does_by_hand(
        rows in prop::collection::vec((prop::option::weighted(0.9, 0..3u8), 0..900u32, prop::option::weighted(0.9, prop::bool::weighted(0.1))), 1..60),
    ) {
        let (policy, calls) = (policy(|text| text), csv(&rows));
        let store = store(&policy, &calls);
        let hand = by_hand(&policy, &calls);
        let replayed = replayed(&policy, &store);
        prop_assert_eq!(hand.len(), replayed.len());
        for (hand, replayed) in hand.iter().zip(&replayed) {
            prop_assert_eq!(said(hand), said(replayed));
        }
        let (one, cases) = report_and_cases(&policy, &calls, 2, None);
        let mut whole = String::new();
        each_case(&policy, &policy.horizon(), &store, |case| {
            whole += &format!("{case}\n");
            Ok(true)
        })
        .expect("cases");
        prop_assert_eq!(cases, whole, "what is forgotten is what no case holds");
        for rule in one["policies"][0]["rules"].as_array().expect("rules") {
            let count = hand.iter().filter(|decision| decision.fired.iter().any(|fired| rule["rule"] == fired.rule)).count();
            prop_assert_eq!(rule["fired"].as_u64(), Some(count as u64));
        }
    }
}

/// More calls than one thread takes at once.
#[test]
fn threads_do_not_change_what_was_decided_before() {
    let rows: Vec<Row> =
        (0..1_500u32).map(|number| (Some((number * 7 % 3) as u8), number * 37 % 400, Some(number % 41 == 0))).collect();
    let policy = policy(|text| text);
    let calls = csv(&rows);
    let store = store(&policy, &calls);
    let report = report(&policy, &calls, 4, None);
    let decisions = replayed(&policy, &store);
    for rule in report["policies"][0]["rules"].as_array().expect("rules") {
        let fired = |decision: &&Decision| decision.fired.iter().any(|fired| rule["rule"] == fired.rule);
        let count = decisions.iter().filter(fired).count();
        assert!(count > 20, "{rule}");
        assert_eq!(rule["fired"], count, "{rule}");
    }
}

#[test]
fn calls_before_the_first_that_counts_are_decided_too() {
    let (policy, calls) = (policy(|text| text), fs::read_to_string(file("calls.csv")).expect("calls"));
    let fired = |report: &Value| {
        report["policies"][0]["rules"]
            .as_array()
            .expect("rules")
            .iter()
            .map(|rule| (rule["rule"].clone(), rule["first"].clone()))
            .collect::<Vec<_>>()
    };
    let report = report(&policy, &calls, 4, Some("2026-03-02"));
    assert_eq!(report["calls"], 5);
    let expected =
        json!([["again", ["call-9"]], ["escalates", ["call-7"]], ["repeat", ["call-6"]], ["weapon", ["call-8"]]]);
    assert_eq!(json!(fired(&report)), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_forgotten_on_the_way_is_what_no_case_holds(
        rows in prop::collection::vec((prop::option::weighted(0.9, 0..3u8), 0..900u32, prop::option::weighted(0.9, prop::bool::weighted(0.1))), 1..200),
    ) {
        // Without rules that look at decisions, calls are decided on several threads.
        let without = |text: String| {
            let rules = text.split_inclusive("\nrule ").collect::<Vec<_>>();
            let head = rules.first().map_or("", |head| head.trim_end_matches("rule ")).to_owned();
            let counts = "rule often \"Often\"\n  when at least 2 calls by the same caller within 24 hours, counting this one\n  then refer to supervisor\n  because \"{count: call, calls}\"\n  source \"a test\"\n";
            head + counts
        };
        let (policy, calls) = (policy(without), csv(&rows));
        let store = store(&policy, &calls);
        let (_, cases) = report_and_cases(&policy, &calls, 2, None);
        let mut whole = String::new();
        each_case(&policy, &policy.horizon(), &store, |case| {
            whole += &format!("{case}\n");
            Ok(true)
        })
        .expect("cases");
        prop_assert_eq!(cases, whole);
    }
}

#[test]
fn a_policy_that_does_not_look_at_decisions_is_given_none() {
    let only_weapon = |text: String| {
        let (head, _) = text.split_once("rule repeat").expect("rules");
        let (_, weapon) = text.split_once("rule weapon").expect("a rule");
        format!("{head}rule weapon{weapon}")
    };
    let policy = policy(only_weapon);
    let store = store(&policy, &fs::read_to_string(file("calls.csv")).expect("calls"));
    each_case(&policy, &policy.horizon(), &store, |case| {
        assert!(!case.contains("decision"), "{case}");
        Ok(true)
    })
    .expect("cases");
}
