//! What looks as if it could never be so, or always were, and may be otherwise: nothing is told of it.

use super::proved::rule;
use crate::support::load_texts;

const WORDS: &str = "vocabulary \"unsaid\"\n  identities person\n\ncall \"A call\"\n  fact hurt: yes or no \"Somebody is hurt\"\n  fact left: time or none \
    \"When help left\"\n  fact suspect: identities of person \"Who did it\"\n\nrecord call, plural calls \"An earlier call\"\n  field suspect: identities of \
    person \"Who did it\"\n\noutcome tell: all that apply of one, two, three, four, five, six, seven \"Whom to tell\"\n  written as \"tell\"\n";

fn told(rules: &[String]) -> Vec<String> {
    let policy = format!("policy \"Unsaid\"\n  vocabulary \"unsaid\"\n  time zone Europe/London\n\n{}", rules.concat());
    let mut load = load_texts(&[WORDS, &policy]);
    assert!(!load.policies.is_empty(), "{:?}", load.diagnostics);
    load.warn_of_proved();
    load.diagnostics.iter().map(|problem| format!("{} {}", problem.code, load.sources.slice(problem.span))).collect()
}

/// Each of these applies in some call, and not in every call: where nobody has answered, where help never left, or there is no suspect.
#[test]
fn what_may_be_so_all_the_same_is_not_told() {
    let both = "all of:\n    - hurt is yes or not answered\n    - hurt is no or not answered";
    let never_left = "all of:\n    - none of:\n      - left has passed\n    - left is none";
    let neither = "none of:\n    - left has passed\n    - left is still to come";
    let not_itself = "none of:\n    - left is on or after left";
    let same = "call about the same suspect within 7 days, counting this one";
    let whens = [both, never_left, neither, not_itself, &format!("any {same}"), &format!("no {same}")];
    let gives = ["one", "two", "three", "four", "five", "six"];
    let names = ["first", "second", "third", "fourth", "fifth", "sixth"];
    let rules =
        names.iter().zip(whens).zip(gives).map(|((name, when), gives)| rule(name, "", when, &format!("tell {gives}")));
    let found = told(&rules.collect::<Vec<String>>());
    let said = |told: &&String| told.starts_with("never-so") || told.starts_with("always-so");
    assert_eq!(found.iter().filter(said).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// What a rule asks of the age of its own call is always the same at the moment of the call, and is written for later.
#[test]
fn what_is_written_for_later_is_not_told_to_do_nothing() {
    let rules = [
        rule("later", "", "hurt is yes and this call is at least 24 hours ago", "tell one"),
        rule("while-new", "", "hurt is no and this call is within 2 days", "tell two"),
        rule("longer", "", "hurt is no and this call is within 7 days", "tell two"),
        rule("new", "", "this call is within 4 days", "tell three"),
    ];
    assert_eq!(told(&rules), Vec::<String>::new());
}
