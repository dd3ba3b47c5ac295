//! Warnings that policies accept for a time: which are told on which day, and that no decision is another for it.

use crate::generate::case::case;
use crate::generate::policy::policy;
use crate::laws::{each, load, policies};
use heedful::engine::{self, Input, Load};
use heedful::model::Decision;
use heedful::syntax;
use heedful::text::{Source, SourceId};
use heedful::time::Date;
use proptest::collection::vec;

const BASE: &str = r#"policy "Base"
  vocabulary "words"
  time zone Europe/London

setting idle is 6 hours, from 1 hour to 12 hours "How long nothing happens"
setting enough is 3 calls, from 0 to 4 "How many are enough"

rule often "Often"
  when at least enough calls by the same caller within 7 days, not counting this one
  then grade at least high
  because "Often"
  source "A test"

rule hurt "Hurt"
  in force until 2026-05-31
  when hurt is yes
  then:
    - grade at least high
    - grade at least mid
  because "Hurt"
  source "A test"
"#;

const FORCE: &str = "policy \"Force\"\n  vocabulary \"own-words\"\n  tailors \"Base\"\n  set enough to 0 calls\n";

const WORDS: &str = r#"vocabulary "words"
  identities person

call "A call"
  fact hurt: yes or no "Somebody is hurt"
  fact caller: identity of person "Who calls"

record call "An earlier call"
  field caller: identity of person "Who called"

record order "An order"
  field kind: one of old and new "Which"

outcome grade: highest of low, mid and high
  written as "grade at least"
"#;

const OWN_WORDS: &str = r#"vocabulary "own-words"
  extends "words"

call
  fact far: yes or no "Help is far away"

record order
  field place: yes or no "Where it is known"
"#;

/// What is told on a day of the two policies with these acceptances: in the base, and in the force.
fn told(base: &[&str], force: &[&str], day: &str) -> (Load, Vec<String>) {
    let accepted = |accepted: &[&str]| -> String {
        accepted
            .iter()
            .map(|said| {
                format!("\naccept {said}\n  because \"It is looked at\"\n  owner \"Head of Contact Management\"\n")
            })
            .collect()
    };
    let texts = [WORDS, OWN_WORDS, &(BASE.to_owned() + &accepted(base)), &(FORCE.to_owned() + &accepted(force))];
    let names = ["words", "own-words", "base", "force"];
    let mut load =
        engine::load(&names.iter().zip(texts).map(|(name, text)| Input::new(*name, text)).collect::<Vec<_>>());
    assert!(!load.policies.is_empty(), "{:?}", load.diagnostics);
    load.warn_as_of(|_| Date::parse(day).expect("a day"));
    let said = |at| load.sources.slice(at).split_whitespace().next().unwrap_or_default().to_owned();
    let told = load.diagnostics.iter().map(|problem| format!("{} {}", problem.code, said(problem.span))).collect();
    (load, told)
}

/// All that is found in the two on a day in May, while nothing is over.
const ALL: [&str; 5] = ["not-used far", "not-used place", "not-used idle", "always-so at", "adds-nothing -"];

fn all_but(left_out: &[&str]) -> Vec<&'static str> {
    ALL.into_iter().filter(|found| !left_out.contains(found)).collect()
}

#[test]
fn what_is_accepted_is_told_to_nobody_until_its_last_day_is_over() {
    let idle = "not-used for idle until 2026-05-10";
    assert_eq!(told(&[], &[], "2026-05-10").1, ALL);
    let (load, on_the_last_day) = told(&[idle], &[], "2026-05-10");
    assert_eq!(on_the_last_day, all_but(&["not-used idle"]));
    let by: Vec<(&str, &str, &str)> = load
        .accepted
        .iter()
        .flat_map(|accepted| &accepted.by)
        .map(|by| (by.policy.as_str(), by.about.as_str(), by.until.as_str()))
        .collect();
    assert_eq!(by, [("Base", "idle", "10 May 2026")]);
    let (load, the_day_after) = told(&[idle], &[], "2026-05-11");
    assert_eq!(the_day_after, [&ALL[..], &["over accept"]].concat());
    assert!(load.accepted.is_empty());
}

#[test]
fn without_a_day_every_warning_is_told() {
    let accepted = "\naccept not-used for idle until 2999-12-31\n  because \"It is looked at\"\n  owner \"Somebody\"\n";
    let inputs = [Input::new("words", WORDS), Input::new("base", BASE.to_owned() + accepted)];
    let codes: Vec<&str> = engine::load(&inputs).diagnostics.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["not-used", "adds-nothing"]);
}

#[test]
fn each_name_under_whose_heading_a_warning_stands_can_be_given() {
    for (force, gone) in [
        ("not-used for far until 2026-12-31", "not-used far"),
        ("not-used for order's place until 2026-12-31", "not-used place"),
        ("always-so for often until 2026-12-31", "always-so at"),
    ] {
        assert_eq!(told(&[], &[force], "2026-05-10").1, all_but(&[gone]), "{force}");
    }
    assert_eq!(told(&["adds-nothing for hurt until 2026-12-31"], &[], "2026-05-10").1, all_but(&["adds-nothing -"]));
    let over = told(&[], &[], "2026-06-01").1;
    assert!(over.contains(&"over hurt".to_owned()), "{over:?}");
    let accepted = told(&["over for hurt until 2026-12-31"], &[], "2026-06-01").1;
    assert!(!accepted.contains(&"over hurt".to_owned()) && accepted.len() + 1 == over.len(), "{accepted:?}");
}

/// What a force's number makes of a base's rule is for the force to accept; what is in the base already, for the base.
#[test]
fn a_force_accepts_for_itself_alone() {
    let adds = "adds-nothing for hurt until 2026-12-31";
    let (load, told_still) = told(&[], &[adds], "2026-05-10");
    assert_eq!(told_still, ALL);
    let problem = load.diagnostics.iter().find(|problem| problem.code == "adds-nothing").expect("a warning");
    assert_eq!(
        problem.help.last().map(String::as_str),
        Some("`Force` accepts it; it is found in `Base` too, which does not")
    );
    assert_eq!(told(&[adds], &[], "2026-05-10").1, all_but(&["adds-nothing -"]));
    assert_eq!(told(&["always-so for often until 2026-12-31"], &[], "2026-05-10").1, all_but(&["always-so at"]));
}

#[test]
fn an_acceptance_of_nothing_is_told() {
    for nothing in ["never-so for often until 2026-12-31", "not-used for order until 2026-12-31"] {
        let (load, told) = told(&[nothing], &[], "2026-05-10");
        assert_eq!(told, [&ALL[..], &["accepts-nothing accept"]].concat(), "{nothing}");
        assert!(load.accepted.is_empty());
    }
    // Once it is over, that is all there is to say.
    assert_eq!(
        told(&["never-so for often until 2026-01-31"], &[], "2026-05-10").1,
        [&ALL[..], &["over accept"]].concat()
    );
}

#[test]
fn no_decision_is_another_for_what_is_accepted() {
    let (mut accepting, mut decided) = (0, 0);
    each(policies(40), &(policy(), vec(case(), 20)), |(accepts, cases)| {
        let mut plain = accepts.clone();
        plain.accept_nothing();
        let (with, without) = (load(&accepts.files()), load(&plain.files()));
        for (policy, plain) in with.policies.iter().zip(&without.policies) {
            let same_digest = policy.digest() == plain.digest();
            assert_eq!(same_digest, policy.policy().acceptances.is_empty(), "the page that is signed is another");
            accepting += usize::from(!same_digest);
            for text in &cases {
                let case = text.build(policy.vocabulary(), false);
                let (own, wanted) = (policy.decide(&case), plain.decide(&case));
                let own = Decision { policy: wanted.policy.clone(), ..own };
                assert_eq!(own, wanted, "{accepts:?}\n{text:?}");
                decided += usize::from(!same_digest);
            }
        }
        // Printed and read again it accepts the same.
        for text in accepts.files() {
            let read = |text: &str| syntax::parse(&Source::new(SourceId(0), "a", text)).0;
            let printed = syntax::print(&read(&text));
            assert_eq!(syntax::print(&read(&printed)), printed);
            assert_eq!(printed.matches("\naccept ").count(), text.matches("\naccept ").count());
        }
    });
    assert!(accepting >= 10 && decided >= 200, "only {accepting} policies accept something");
}
