//! What is done with a call that shows something: a sketch of it is the call, and stays so.

use crate::generate::case::CaseText;
use crate::laws::{hold, policies};
use crate::lists::anywhere;
use crate::support::load_texts;
use heedful::engine::Snapshot;
use heedful::model::{Case, Decision, LinkTo};
use heedful::proof::witness::{Rec, Sketch, Val, When};
use heedful::time::Instant;
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
