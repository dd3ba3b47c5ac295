//! Laws of replay: a case that is gathered from tables, with no record that the policy cannot ask for, is decided as the case with its whole
//! history is.

use crate::generate::case::{CaseText, Content};
use crate::generate::words::{FACTS, Kind, RECORDS};
use crate::laws::{hold, policies, presumes};
use crate::support::{decide, read_case};
use crate::unknown::at_most;
use heedful::engine::Snapshot;
use heedful::model::Decision;
use heedful::wire::InputFormat;
use heedful_history::{Gatherer, Timeline, load, read_mapping};
use heedful_tables::{SourceRow, TableSource};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Cursor;

/// A table for each list that could be had, and one for the call, each column named as the vocabulary names it.
fn mapping(text: &CaseText) -> String {
    let mut yaml = "missing: []\ntables:\n".to_owned();
    let mut table = |name: &str, record: &str, fields: &[(&str, Kind)]| {
        let decide = if name == "this-call" { "\n    decide: yes" } else { "" };
        let _ =
            writeln!(yaml, "  - file: {name}.jsonl\n    record: {record}{decide}\n    id: id\n    at: at\n    values:");
        for (field, _) in fields {
            let _ = writeln!(yaml, "      {field}: {{column: {field}, none: [none, \"\"], exactly: yes}}");
        }
    };
    for (record, (supplied, _)) in RECORDS.iter().zip(&text.lists) {
        if *supplied {
            table(record.plural, record.name, record.fields);
        }
    }
    // Last, so that it comes after the records of its own second.
    table("this-call", "call", &FACTS);
    yaml
}

/// The case that its tables make again.
fn gathered(policy: &Snapshot, text: &CaseText) -> String {
    let case = text.json();
    let mapping = read_mapping(&mapping(text), policy.vocabulary(), policy.zone()).expect("a sound mapping");
    let rows = |file: &str| match file.strip_suffix(".jsonl").expect("a name") {
        "this-call" => format!("{}\n", case["call"]),
        list => {
            let records = case["history"][list].as_array().into_iter().flatten();
            records.map(|record| format!("{record}\n")).collect()
        }
    };
    let refused = |table: &str, row: &SourceRow, why: &str| panic!("{table}: {}: {why}", row.whole);
    let loaded = load(&mapping, |file| TableSource::Stream(Box::new(Cursor::new(rows(file)))), refused);
    let store = loaded.into_timeline(policy.vocabulary()).and_then(Timeline::into_store).expect("events in memory");
    let horizon = policy.horizon();
    let mut out = String::new();
    let call = store.calls().next().expect("the call");
    let mut gatherer = Gatherer::new(&horizon, policy.vocabulary(), policy.zone());
    gatherer.case_text(call, &mut out);
    assert_eq!(
        policy.decide(gatherer.case(call)),
        decide(policy, &out),
        "as replay decides, and as `decide` does: {out}"
    );
    out
}

/// What of a decision does not say where in the case something stands.
fn without_places(decision: &Decision) -> String {
    let undecided: Vec<&str> = decision.undecided.iter().map(|rule| rule.rule.as_str()).collect();
    let Decision { outcome, possible, fired, together, near, until, trial, .. } = decision;
    let fired: Vec<_> = fired.iter().map(|rule| (&rule.rule, &rule.because, &rule.adds, &rule.evidence)).collect();
    format!("{outcome:?}\n{possible:?}\n{fired:?}\n{undecided:?}\n{together:?}\n{near:?}\n{until:?}\n{trial:?}")
}

/// Whether a list that could be had was gathered in part, since a fact that leads to its records is not known.
fn is_less_known(policy: &Snapshot, text: &CaseText, json: &str) -> bool {
    let json: Value = serde_json::from_str(json).expect("JSON");
    let horizon = policy.horizon();
    let kinds = policy.vocabulary().records.iter().zip(&horizon.kinds).filter(|(_, asked)| !asked.ways.is_empty());
    let whole = text.json();
    kinds
        .map(|(kind, _)| &kind.plural)
        .any(|list| whole["history"][list].is_array() && !json["history"][list].is_array())
}

/// The whole history, each list of which is said to be as whole as the one that was gathered.
fn as_whole_as(text: &CaseText, json: &str) -> String {
    let gathered: Value = serde_json::from_str(json).expect("JSON");
    let mut case = text.json();
    for (list, records) in case["history"].as_object_mut().expect("lists") {
        let complete = match &gathered["history"][list] {
            Value::Array(_) => continue,
            Value::Object(group) => group["complete"].clone(),
            _ => Value::Bool(false),
        };
        *records = json!({"complete": complete, "records": records.take()});
    }
    case.to_string()
}

/// A record is found by whom it names, so one that names nobody is not found, nor one whose order is not on record.
fn found_by_somebody(text: &CaseText) -> CaseText {
    let mut text = text.whole();
    let cells = text.lists.iter_mut().flat_map(|(_, records)| records).flat_map(|record| &mut record.fields);
    for cell in cells.filter(|cell| matches!(cell.value, Content::Name(_) | Content::Names(_))) {
        cell.known = true;
    }
    let place = |name: &str| RECORDS.iter().position(|kind| kind.name == name).expect("a kind");
    let orders: Vec<String> = text.lists[place("order")].1.iter().map(|order| order.id.clone()).collect();
    let is_on_record = |id: &Content| matches!(id, Content::Name(id) if orders.contains(id));
    for (kind, link) in [("breach", "order"), ("call", "known-order")] {
        let link = RECORDS[place(kind)].fields.iter().position(|(name, _)| *name == link).expect("a link");
        text.lists[place(kind)].1.retain(|record| is_on_record(&record.fields[link].value));
    }
    text
}

fn decided_otherwise(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let text = &found_by_somebody(text);
    // A table of calls is a source of earlier calls too.
    if text.json()["history"]["calls"].is_null() {
        return None;
    }
    let whole = policy.decide(&read_case(policy, InputFormat::Json, &text.json().to_string()));
    let json = gathered(policy, text);
    let gathered = decide(policy, &json);
    if is_less_known(policy, text, &json) {
        // Less is known then, so less is certain and more is possible.
        let lies_between = at_most(&gathered.outcome, &whole.outcome) && at_most(&whole.possible, &gathered.possible);
        let is_between = lies_between || presumes(policy);
        if !is_between {
            return Some(format!("{:?}\n{:?}\n{json}", whole.outcome, gathered.outcome));
        }
        // And it is known as well as from the whole history of which as much is said to be known.
        let told = as_whole_as(text, &json);
        let told_of = decide(policy, &told);
        let (told_of, gathered) = (without_places(&told_of), without_places(&gathered));
        return (told_of != gathered)
            .then(|| format!("the whole history:\n{told_of}\n{told}\nwhat was gathered:\n{gathered}\n{json}"));
    }
    let (whole, gathered) = (without_places(&whole), without_places(&gathered));
    (whole != gathered).then(|| format!("the whole history:\n{whole}\nwhat was gathered:\n{gathered}\n{json}"))
}

#[test]
fn what_a_policy_cannot_ask_for_makes_no_difference() {
    hold(policies(60), 10, decided_otherwise);
}

#[test]
fn a_gathered_case_holds_no_more_than_the_whole_one() {
    hold(policies(10), 5, |policy, text| {
        let text = &text.whole();
        let json: Value = serde_json::from_str(&gathered(policy, text)).expect("JSON");
        let whole = text.json();
        let lists = json["history"].as_object().expect("lists");
        let count = |list: &Value| list.as_array().or(list["records"].as_array()).map_or(0, Vec::len);
        lists.iter().find_map(|(name, list)| {
            let (own, all) = (count(list), count(&whole["history"][name]));
            (own > all).then(|| format!("{name}: {own} of {all}"))
        })
    });
}
