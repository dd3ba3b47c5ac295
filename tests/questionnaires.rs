//! Questions of a form: they stay in the order of the form wherever people see them, their numbers are part of what a policy means, and
//! a count of them means what a list of them written out does.

use crate::support::{decide, load_texts};
use heedful::engine::Snapshot;
use heedful::report::blank_case;
use heedful::time::Instant;
use heedful::wire::{case_schema, policy_questions};

const WORDS: &str = "\
vocabulary \"Form\"

questions form \"The Form of 2026\"
  asked of the caller
  1. wolf \"Is there a wolf?\"
  2. bear \"Is there a bear?\"
  2a. cub \"Is there a cub?\"
  3. adder \"Is there an adder?\"

outcome risk: highest of low, some and high \"How great it is\"
  written as \"risk at least\"
";

/// A policy of one rule with this condition.
fn policy(words: &str, when: &str) -> Snapshot {
    with_reason(words, when, "{count: question, questions}")
}

fn with_reason(words: &str, when: &str, because: &str) -> Snapshot {
    let rule = format!(
        "policy \"Form\"\n  vocabulary \"Form\"\n  time zone Europe/London\n\nrule one \"One\"\n  when {when}\n  then risk at least high\n  \
         because \"{because}\"\n  source \"Invented\"\n"
    );
    let mut load = load_texts(&[words, &rule]);
    assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
    load.policies.remove(0)
}

#[test]
fn a_count_of_questions_is_a_list_of_them() {
    let items = |names: &[&str]| names.iter().map(|name| format!("\n    - {name} is yes")).collect::<String>();
    let all = ["wolf", "bear", "cub", "adder"];
    for (counted, group, names) in [
        ("at least 3 of form are yes", "at least 3 of:", &all[..]),
        ("at most 1 of form is yes", "at most 1 of:", &all),
        ("exactly 2 of form are yes", "exactly 2 of:", &all),
        ("any of form is yes", "any of:", &all),
        ("none of form is yes", "none of:", &all),
        ("all of form are yes", "all of:", &all),
        ("more than 1 of questions 2 to 3 of form are yes", "more than 1 of:", &all[1..]),
        ("fewer than 2 of questions 1 to 2a of form are yes", "fewer than 2 of:", &all[..3]),
        ("any of questions 2a to 3 of form is yes", "any of:", &all[2..]),
    ] {
        let counted = with_reason(WORDS, counted, "So it is");
        let listed = with_reason(WORDS, &format!("{group}{}", items(names)), "So it is");
        assert_eq!(counted.policy().rules[0].when, listed.policy().rules[0].when, "{group}");
    }
}

#[test]
fn questions_stay_in_the_order_of_the_form() {
    let policy = policy(WORDS, "at least 2 of form are yes");
    let facts = || policy.vocabulary().call.iter().map(|fact| fact.name.as_str());
    assert_eq!(facts().collect::<Vec<_>>(), ["wolf", "bear", "cub", "adder"]);
    let asked = |json: &str| {
        let decision = decide(&policy, json);
        decision.questions.iter().map(|question| question.about.clone()).collect::<Vec<_>>()
    };
    let nothing = r#"{"call": {"id": "call-1", "at": "2026-03-14T22:00:00Z"}}"#;
    assert_eq!(asked(nothing), ["call.wolf", "call.bear", "call.cub", "call.adder"]);
    let one = r#"{"call": {"id": "call-1", "at": "2026-03-14T22:00:00Z", "bear": "yes"}}"#;
    assert_eq!(asked(one), ["call.wolf", "call.cub", "call.adder"]);
    let in_order = |text: &str, mark: &dyn Fn(&str) -> String| {
        let places: Vec<usize> = facts().map(|name| text.find(&mark(name)).expect(name)).collect();
        assert!(places.is_sorted(), "{text}");
    };
    in_order(&policy_questions(&policy).to_string(), &|name| format!("call.{name}"));
    in_order(&case_schema(policy.vocabulary()).to_string(), &|name| format!("\"{name}\":"));
    let blank = blank_case(&policy, Instant(1_773_526_200));
    in_order(&blank, &|name| format!("  {name}:\n"));
    assert!(blank.contains("# The Form of 2026:\n"), "{blank}");
    assert!(blank.contains("# 2a. Is there a cub? Yes or no.\n"), "{blank}");
}

#[test]
fn what_is_answered_is_counted_in_reasons_and_near_misses() {
    let policy = policy(WORDS, "at least 3 of form are yes");
    let told = |facts: &str| {
        let case = format!(r#"{{"call": {{"id": "call-1", "at": "2026-03-14T22:00:00Z", {facts}}}}}"#);
        let decision = decide(&policy, &case);
        let because = decision.fired.iter().map(|fired| fired.because.clone());
        because.chain(decision.near.iter().map(|near| near.needs.clone())).collect::<Vec<_>>()
    };
    assert_eq!(told(r#""wolf": "yes", "bear": "yes", "cub": "yes", "adder": "no""#), ["3 questions"]);
    assert_eq!(told(r#""wolf": "yes", "bear": "yes", "cub": "yes""#), ["3 to 4 questions"]);
    let near = ["1 more: 2 of 3 that must be yes among the 4 questions of The Form of 2026"];
    assert_eq!(told(r#""wolf": "yes", "bear": "yes", "cub": "no", "adder": "no""#), near);
}

#[test]
fn the_number_of_a_question_is_part_of_what_is_signed() {
    let digest = |words: &str| policy(words, "at least 3 of form are yes").digest().to_owned();
    let swapped =
        WORDS.replace("1. wolf", "1. bear").replace("2. bear \"Is there a bear?\"", "2. wolf \"Is there a bear?\"");
    let swapped = swapped
        .replace("bear \"Is there a wolf?\"", "bear \"Is there a bear?\"")
        .replace("wolf \"Is there a bear?\"", "wolf \"Is there a wolf?\"");
    assert_ne!(digest(WORDS), digest(&swapped));
    assert_eq!(digest(WORDS), digest(&WORDS.replace("  2. bear", "  # the bear\n  2.   bear")));
}

/// A list of its own that a vocabulary adds leaves the other as it is.
#[test]
fn a_vocabulary_adds_a_list_of_its_own() {
    let more = "vocabulary \"More\"\n  extends \"Form\"\n\nquestions added\n  looked up\n  1. yak \"Is there a yak?\"\n  2. ant \"Is there an ant?\"\n";
    let rule = "policy \"Form\"\n  vocabulary \"More\"\n  time zone Europe/London\n\nrule one \"One\"\n  when at least 2 of form are yes and any of added is yes\n  \
                then risk at least high\n  because \"{count of added} and {count of form}\"\n  source \"Invented\"\n";
    let load = load_texts(&[WORDS, more, rule]);
    assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
    let policy = load.policies.first().expect("a policy");
    let facts = || policy.vocabulary().call.iter().map(|fact| fact.name.as_str());
    assert_eq!(facts().collect::<Vec<_>>(), ["yak", "ant", "wolf", "bear", "cub", "adder"]);
    let again = load_texts(&[WORDS, &more.replace("questions added", "questions form")]);
    assert!(
        again.diagnostics.iter().any(|problem| problem.message == "`form` is declared twice"),
        "{:?}",
        again.diagnostics
    );
}
