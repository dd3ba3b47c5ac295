//! What a policy states of every decision: held to cases as the reference says, without a part in any decision; inherited, part of
//! the digest, and not to be taken back unseen.

use crate::generate::case::case;
use crate::generate::policy::{InvariantText, policy};
use crate::harmless::{edited, lost_between};
use crate::laws::{each, load, policies, try_load};
use crate::oracle::Oracle;
use crate::support::{load_texts, read_case, root, shipped};
use crate::testing::{options, targets};
use heedful::changes::{ChangeKind, What, between};
use heedful::check::{Effect, Modality, Policy};
use heedful::compile::{Ir, PolicyLayout};
use heedful::engine::{Load, Snapshot};
use heedful::eval::InvariantChecker;
use heedful::model::{Case, Outcomes};
use heedful::proof::prove_invariants;
use heedful::report::{SignedPage, effective};
use heedful::testing::mutants::{MutantStatus, hunt};
use heedful::testing::{self, TestInput};
use heedful::wire::InputFormat;
use proptest::collection::vec;
use proptest::prelude::any;
use std::collections::{BTreeMap, BTreeSet};

/// The invariants that an outcome breaks, each with the outcome in which it does.
fn broken(policy: &Policy, case: &Case, outcome: &Outcomes, possible: &Outcomes) -> Vec<(String, usize)> {
    let breaches = InvariantChecker::of(policy).map(|held| held.breaches(case, outcome, possible));
    let breaches = breaches.unwrap_or_default().into_iter();
    breaches.map(|breach| (breach.invariant.name.clone(), breach.outcome.index())).collect()
}

fn broken_by_its_decision(policy: &Snapshot, case: &Case) -> Vec<(String, usize)> {
    let decision = policy.decide(case);
    broken(policy.policy(), case, &decision.outcome, &decision.possible)
}

#[test]
fn the_checker_agrees_with_the_oracle() {
    let (mut kept, mut all) = (0, 0);
    each(policies(60), &(policy(), vec(case(), 20)), |(text, cases)| {
        for policy in &load(&text.files()).policies {
            for case in &cases {
                let case = case.build(policy.vocabulary(), false);
                let oracle = Oracle::new(policy.policy(), &case);
                let told = oracle.broken(&oracle.answer());
                assert_eq!(broken_by_its_decision(policy, &case), told, "{text:?}\n{case:?}");
                all += policy.policy().invariants.len();
                kept +=
                    policy.policy().invariants.len() - told.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len();
            }
        }
    });
    assert!(0 < kept && kept < all, "{kept} of {all} are kept");
}

/// An outcome that is never below what a fact says may be all that the fact may say.
#[test]
fn what_a_fact_gives_by_itself_breaks_what_bars_it() {
    let vocabulary = "vocabulary \"floor\"\n  identities person\ncall\n  fact alone: yes or no \"The caller is alone\"\n  fact hurt: yes or no \
        \"Somebody is hurt\"\n  fact waits: one of low, mid, high in rising order \"How soon somebody else says\"\noutcome grade: highest of low, mid, \
        high \"How soon\"\n  written as \"grade at least\"\n  never below waits\n";
    let policy = "policy \"Floor\"\n  vocabulary \"floor\"\n  time zone Europe/London\n\nrule one \"One\"\n  when hurt is yes\n  then grade at least \
        mid\n  because \"It is so\"\n  source \"Invented\"\n\ninvariant calm \"Never high while alone\"\n  whenever alone is yes\n  never grade at least \
        high\n  source \"Invented\"\n";
    let load = load_texts(&[vocabulary, policy]);
    let proofs = prove_invariants(&load.policies[0], false);
    assert!(proofs.iter().all(|proof| proof.broken.is_some()), "{proofs:?}");
}

/// A rule that says no only by what is presumed may apply: what it gives is possible, and breaks what bars it.
#[test]
fn what_speaks_against_a_rule_only_by_what_is_presumed_breaks_what_bars_it() {
    let vocabulary = "vocabulary \"presumed\"\n  identities person\ncall\n  fact hurt: yes or no \"Somebody is hurt\"\noutcome online: either \
        offered or not-offered, not-offered wins \"Whether to offer an answer online\"\n  written as \"online\"\n";
    let score = "score hurts \"How bad\"\n  points:\n    - 1 when hurt is yes\n  count unanswered as yes\n  source \"Invented\"\n\n";
    let by_a_test = ("", "none of:\n    - hurt is yes or not answered");
    let by_a_score = (score, "none of:\n    - hurts is at least 1");
    for (score, when) in [by_a_test, by_a_score] {
        let policy = format!(
            "policy \"Presumed\"\n  vocabulary \"presumed\"\n  time zone Europe/London\n\n{score}rule safe \"Nobody is hurt\"\n  when {when}\n  \
             then online offered\n  because \"It is so\"\n  source \"Invented\"\n\ninvariant not-online \"Never offered where somebody may be \
             hurt\"\n  whenever hurt is yes or not answered\n  never online offered\n  source \"Invented\"\n"
        );
        let load = load_texts(&[vocabulary, &policy]);
        let proofs = prove_invariants(&load.policies[0], false);
        assert!(!proofs.is_empty() && proofs.iter().all(|proof| proof.broken.is_some()), "{proofs:?}");
    }
}

/// What a rule that is always in force gives is given wherever it applies; and what is demanded beyond all rules is not.
#[test]
fn what_a_rule_says_is_kept() {
    let (mut bearing, mut kept) = (0, 0);
    each(policies(60), &(policy(), vec(case(), 20)), |(mut text, cases)| {
        text.leave_the_force_out();
        let plain = text.rules.iter().filter(|rule| {
            // A rule of one side may be outvoted, and every decision gives the lowest value.
            let is_sure = |effect: &String| !effect.starts_with("video") && effect != "worry at least calm";
            rule.from.is_none()
                && rule.until.is_none()
                && !rule.trial
                && rule.quiet.is_none()
                && rule.then.iter().all(is_sure)
        });
        let restated =
            plain.map(|rule| InvariantText { whenever: rule.when.clone(), never: false, demands: rule.then.clone() });
        text.invariants = restated.collect();
        let set = load(&text.base_files());
        let policy = &set.policies[0];
        for case in &cases {
            let case = case.build(policy.vocabulary(), false);
            assert_eq!(broken_by_its_decision(policy, &case), Vec::new(), "{text:?}\n{case:?}");
            kept += policy.policy().invariants.len();
            let nothing = Outcomes(policy.vocabulary().outcomes.iter().map(|outcome| outcome.kind.least()).collect());
            bearing += broken(policy.policy(), &case, &nothing, &nothing).len();
        }
    });
    assert!(bearing > 20, "{bearing} of {kept} bear");
}

/// Whatever breaks an invariant in force breaks it after a change that is let through.
#[test]
fn no_invariant_is_weakened_unseen() {
    let (mut breaches, mut held) = (0, 0);
    each(policies(25), &(policy(), vec(case(), 10), vec(any::<u16>(), 8)), |(text, cases, picks)| {
        let files = text.files();
        let before = load(&files);
        // Only what stands under an invariant is edited: the rest is for the laws of rules.
        let of_invariants = |set: &Vec<String>| {
            let differs = set.iter().zip(&files).find(|(now, was)| now != was);
            differs.is_some_and(|(now, was)| {
                let same = now.bytes().zip(was.bytes()).take_while(|(now, was)| now == was).count();
                was[..same].rfind("\n\n").is_some_and(|start| was[start..].trim_start().starts_with("invariant "))
            })
        };
        let sets: Vec<Vec<String>> = edited(&files).into_iter().filter(of_invariants).collect();
        for pick in picks.into_iter().filter(|_| !sets.is_empty()) {
            let set = &sets[usize::from(pick) % sets.len()];
            let after = try_load(set);
            if after.policies.is_empty() {
                continue;
            }
            if !lost_between(&before, &after).is_empty() {
                held += 1;
                continue;
            }
            for (old, new) in before.policies.iter().zip(&after.policies) {
                for case in &cases {
                    let case = case.build(old.vocabulary(), false);
                    let decision = old.decide(&case);
                    let (outcome, possible) = (&decision.outcome, &decision.possible);
                    let now = broken(new.policy(), &case, outcome, possible);
                    for was in broken(old.policy(), &case, outcome, possible) {
                        assert!(now.contains(&was), "{was:?}\n{}\n{case:?}\n{}", files.join("\n"), set.join("\n"));
                        breaches += 1;
                    }
                }
            }
        }
    });
    assert!(breaches > 20 && held > 20, "{breaches} breaches, {held} held");
}

const WORDS: &str = r#"vocabulary "desk"

call
  fact armed: yes or no
  fact hurt: yes or no
  fact crowd: number from 0 to 20

outcome grade: highest of low, mid and high
  written as "grade at least"

outcome refer: all that apply of specialist, supervisor and inspector
  written as "refer to"

outcome video: either offered or unsuitable, unsuitable wins
  written as "video"
"#;

const BASE: &str = r#"policy "Base"
  vocabulary "desk"
  time zone Europe/London

setting crowd-from is 5, from 2 to 10 "A crowd"
setting hurt-grade is mid, from low to high "The grade where somebody is hurt"

rule armed "Armed"
  when armed is yes
  then:
    - grade at least high
    - refer to specialist
  because "Armed"
  source "Guidance"
"#;

const STATED: &str = r#"part of policy "Base"

invariant armed-is-high
  whenever armed is yes and crowd is at least crowd-from
  then:
    - grade at least mid
    - refer to specialist
  source "Guidance"

invariant armed-without-video
  whenever armed is yes
  never video offered
  source "Guidance"
"#;

const FORCE: &str = "policy \"Force\"\n  tailors \"Base\"\n  set crowd-from to 2\n";

fn desk(texts: &[&str]) -> Load {
    let load = load_texts(&[&[WORDS], texts].concat());
    assert!(!load.policies.is_empty(), "{:?}", load.diagnostics);
    load
}

fn names(policy: &Policy) -> Vec<(&str, &str)> {
    policy.invariants.iter().map(|it| (it.name.as_str(), it.policy.as_str())).collect()
}

#[test]
fn a_force_has_those_of_its_base_and_its_own() {
    let own = "part of policy \"Force\"\n\ninvariant again\n  whenever hurt is yes\n  then grade at least hurt-grade\n  source \"Order 4\"\n";
    let load = desk(&[BASE, STATED, FORCE, own]);
    let [base, force] = &load.policies[..] else { panic!("two policies") };
    assert_eq!(names(base.policy()), [("armed-is-high", "Base"), ("armed-without-video", "Base")]);
    assert_eq!(names(force.policy()), [("again", "Force"), ("armed-is-high", "Base"), ("armed-without-video", "Base")]);
    assert_eq!(force.policy().invariants[2].modality, Modality::Never);
    assert!(matches!(force.policy().invariants[0].demands[..], [Effect::Raise { .. }]));
    // At the force's own setting.
    let case = |policy, crowd| {
        read_case(
            policy,
            InputFormat::Yaml,
            &format!("call: {{id: c, at: 2026-03-14T22:00:00Z, armed: yes, crowd: {crowd}}}"),
        )
    };
    let nothing = |policy: &Snapshot, case: &Case| {
        let least = Outcomes(policy.vocabulary().outcomes.iter().map(|outcome| outcome.kind.least()).collect());
        broken(policy.policy(), case, &least, &least).len()
    };
    assert_eq!([nothing(base, &case(base, 3)), nothing(base, &case(base, 5))], [0, 2]);
    assert_eq!(nothing(force, &case(force, 3)), 2);
    assert_eq!(broken_by_its_decision(force, &case(force, 3)), Vec::new());
}

#[test]
fn an_invariant_is_part_of_what_a_policy_means() {
    let digest = |texts: &[&str]| desk(texts).policies[0].digest().to_owned();
    assert_ne!(digest(&[BASE]), digest(&[BASE, STATED]));
    assert_ne!(
        digest(&[BASE, STATED]),
        digest(&[BASE, &STATED.replace("never video offered", "never video unsuitable")])
    );
    let program = |texts: &[&str]| desk(texts).policies[0].program().ir.terms.len();
    assert_eq!(program(&[BASE]), program(&[BASE, STATED]), "deciding knows nothing of them");
}

#[test]
fn what_is_removed_or_weakened_is_held_by_its_name() {
    let with = |from: &str, to: &str| {
        let changed = STATED.replace(from, to);
        assert_ne!(changed, STATED, "{from}");
        let (before, after) = (desk(&[BASE, STATED, FORCE]), desk(&[BASE, &changed, FORCE]));
        let lost = lost_between(&before, &after);
        lost.into_iter()
            .flat_map(|lost| lost.said.into_iter().map(move |said| format!("{}: {said}", lost.name)))
            .collect::<Vec<_>>()
    };
    let first = "invariant armed-is-high\n  whenever armed is yes and crowd is at least crowd-from\n  then:\n    - grade at least mid\n    - refer to specialist\n  source \"Guidance\"\n\n";
    let told = [
        with(first, ""),
        with("armed is yes and crowd", "armed is yes and hurt is yes and crowd"),
        with("    - refer to specialist\n", ""),
        with("never video offered", "never video unsuitable"),
        with("never video offered", "then video unsuitable"),
    ];
    insta::with_settings!({ snapshot_path => "invariants", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("held", told.map(|told| told.join("\n")).join("\n\n"));
    });
    // What is as wide or wider, or asks for as much or more, is let through.
    for (from, to) in [
        ("armed is yes and crowd is at least crowd-from", "armed is yes"),
        ("grade at least mid", "grade at least high"),
        ("refer to specialist", "refer to specialist and supervisor"),
        ("never video offered", "never:\n    - video offered\n    - refer to inspector"),
        ("source \"Guidance\"", "source \"Other guidance\""),
    ] {
        assert_eq!(with(from, to), Vec::<String>::new(), "{from} -> {to}");
    }
}

/// Each test is held to what the policy states, whatever it expects itself.
#[test]
fn a_test_that_breaks_an_invariant_fails() {
    let stated = r#"part of policy "Base"

invariant hurt-is-answered
  whenever hurt is yes
  then:
    - grade at least hurt-grade
    - refer to specialist
  source "Guidance on injuries"
  source "Order 4"

invariant no-inspector
  whenever crowd is at most 2
  never refer to inspector and supervisor
  source "Guidance on crowds"

invariant never-high
  whenever crowd is at most 2
  never grade at least high
  source "Guidance on crowds"
"#;
    let crowd = r#"part of policy "Base"

rule crowd "A crowd, or nobody"
  when crowd is at most 3
  then refer to inspector
  because "{crowd}"
  source "Guidance"

rule hurt-on-trial "Hurt"
  on trial
  when hurt is yes
  then grade at least high
  because "Hurt"
  source "Guidance"
"#;
    let tests = r"
background:
  call: {at: 2026-03-14T22:00:00+00:00}
tests:
  - name: hurt, and armed or not
    call: {hurt: yes, armed: no}
    expect: {fired: none, undecided: crowd}
  - name: hurt and armed
    call: {hurt: yes, armed: yes}
    expect: {fired: armed}
  - name: hurt, which nobody knows
    call: {hurt: ~, armed: no}
    expect: {not fired: armed}
  - name: two people
    call: {crowd: 2, armed: no}
    expect: {fired: crowd}
  - name: two people, and nobody knows whether armed
    call: {crowd: 2}
    expect: {undecided: armed, grade: mid}
  - name: three people
    call: {crowd: 3}
    expect: {possible: {grade: high}}
";
    let load = desk(&[BASE, crowd, stated]);
    let input = TestInput { name: "desk.test.yaml".to_owned(), text: tests.to_owned(), snapshots: BTreeMap::new() };
    let report = testing::gate(&load, &[input]);
    insta::with_settings!({ snapshot_path => "invariants", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("tests", testing::human(&report, false));
    });
}

/// A mistake by which a test's case breaks an invariant is one that the test notices.
#[test]
fn a_mistake_that_breaks_an_invariant_is_noticed() {
    let tests = "tests:\n  - name: armed\n    call: {at: 2026-03-14T22:00:00+00:00, armed: yes, crowd: 9}\n    expect: {fired: armed}\n";
    let lower = |texts: &[&str]| {
        let load = desk(texts);
        let input = TestInput { name: "desk.test.yaml".to_owned(), text: tests.to_owned(), snapshots: BTreeMap::new() };
        let found = hunt(&load, &targets(&load, &[input]), &options(1));
        assert_eq!(found.unfit, Vec::<String>::new());
        let of_grade: Vec<MutantStatus> =
            found.mutants.into_iter().filter(|it| it.words.contains("specialist")).map(|it| it.fate).collect();
        assert!(!of_grade.is_empty());
        of_grade.iter().all(|fate| matches!(fate, MutantStatus::Killed(test) if test.contains("armed")))
    };
    assert!(!lower(&[BASE]));
    assert!(lower(&[BASE, STATED]));
}

/// What a chief officer signs says it in words, and so does what programs read.
#[test]
fn a_page_says_what_is_stated() {
    let load = desk(&[BASE, STATED, FORCE]);
    let document = load.explain(&load.policies[1]);
    let page = SignedPage::whole(&document, None);
    let from = |text: &str| {
        let (_, rest) = text.rsplit_once("What must always or never be").expect("the section");
        rest.split("Settings").next().expect("what follows").to_owned()
    };
    let mut json = Vec::new();
    heedful::wire::write_policy(&mut json, &document, &load.sources).expect("written");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let told = [
        from(&page.markdown()),
        from(&page.html()),
        effective(&document, &load.sources, false),
        serde_json::to_string_pretty(&json["invariants"]).expect("JSON"),
    ];
    insta::with_settings!({ snapshot_path => "invariants", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("page", told.join("\n\n----\n\n"));
    });
}

#[test]
fn changes_tell_of_invariants() {
    let other = STATED.replace("never video offered", "never refer to inspector");
    let told = |before: &[&str], after: &[&str]| -> Vec<(ChangeKind, String, Vec<&'static str>)> {
        let list = between(&desk(before), &desk(after)).list.into_iter();
        let of_invariants = list.filter(|change| change.what == What::Invariant);
        of_invariants
            .map(|change| (change.how, change.name, change.parts.iter().map(|part| part.name).collect()))
            .collect()
    };
    let whole = vec!["condition", "demands", "source"];
    let both =
        |how| ["armed-is-high", "armed-without-video"].map(|name| (how, name.to_owned(), whole.clone())).to_vec();
    assert_eq!(told(&[BASE], &[BASE, STATED]), both(ChangeKind::Added));
    assert_eq!(told(&[BASE, STATED], &[BASE]), both(ChangeKind::Removed));
    assert_eq!(
        told(&[BASE, STATED], &[BASE, &other]),
        [(ChangeKind::Changed, "armed-without-video".to_owned(), vec!["demands"])]
    );
}

/// Whoever proves something of a policy finds the conditions of its invariants among those of its rules.
#[test]
fn a_condition_is_laid_out_beside_the_rules() {
    let policy = shipped("rules", "Riverside Police");
    let policy = policy.policy();
    let mut ir = Ir::default();
    ir.add(policy);
    let before = ir.terms.len();
    let terms: Vec<_> = policy.invariants.iter().map(|it| ir.add_condition(policy, &it.condition)).collect();
    assert_eq!(terms.len(), 4);
    assert!(ir.terms.len() > before, "a condition that no rule has is added");
    let again: Vec<_> = policy.invariants.iter().map(|it| ir.add_condition(policy, &it.condition)).collect();
    assert_eq!(again, terms, "and found again");
    // What a rule asks stands where it stood.
    let rule = policy.rules.iter().find(|rule| rule.name == "video-suspect-present").expect("a rule");
    assert_eq!(ir.add_condition(policy, &rule.when), PolicyLayout::of(policy).term(&rule.when));
}

/// The shipped policies keep what they state in every example, whatever is not known of it.
#[test]
fn the_shipped_policies_keep_theirs() {
    let mut tried = 0;
    for name in ["National baseline", "Riverside Police", "Saltmarsh Constabulary"] {
        let policy = shipped("rules", name);
        for entry in std::fs::read_dir(root("examples")).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let case = read_case(&policy, InputFormat::Json, &std::fs::read_to_string(&path).expect("a file"));
            assert_eq!(broken_by_its_decision(&policy, &case), Vec::new(), "{name}: {}", path.display());
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}
