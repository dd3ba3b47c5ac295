//! What rules are enough for together while something is not known: one value more that no rule speaks of takes it away.

use super::held::{lost_between, names};
use crate::support::load_texts;
use heedful::live::{Candidate, Gate, Gates, Ruling, judge};

const CODES: &str = r#"vocabulary "codes"
  identities person

call
  fact caller: identity of person
  fact code: one of c1, c2 and c3

record call, plural calls
  field caller: identity of person

outcome grade: highest of resolved, scheduled, priority and immediate
  written as "grade at least"
"#;

const RULES: &str = r#"policy "Base"
  vocabulary "codes"
  time zone UTC

rule some "Some codes"
  when code is one of c1 or c2
  then grade at least priority
  because "x"
  source "a test"

rule others "The other code"
  when code is c3
  then grade at least scheduled
  because "x"
  source "a test"

rule many "Many calls"
  when at least 3 calls by the same caller, counting this one
  then grade at least scheduled
  because "x"
  source "a test"

rule few "Few calls"
  when at most 2 calls by the same caller, counting this one
  then grade at least priority
  because "x"
  source "a test"
"#;

const MORE: &str = r#"
rule fourth "Another code"
  when code is c4
  then grade at least scheduled
  because "x"
  source "a test"
"#;

#[test]
fn a_way_that_no_rule_speaks_of_takes_away_what_they_gave_together() {
    let with_c4 = CODES.replace("c2 and c3", "c2, c3 and c4");
    let covered = format!("{RULES}{MORE}");
    let turned = RULES.replace("when code is c3", "when code is not one of c1 or c2");
    let no_few = RULES.replace("at most 2 calls", "at least 5 calls");
    let rows: [(&[&str], &[&str], &[&str]); 6] = [
        (&[CODES, RULES], &[&with_c4, RULES], &["together:code"]),
        (&[CODES, RULES], &[&with_c4, &covered], &[]),
        (&[CODES, RULES], &[CODES, &turned], &[]),
        (&[CODES, &turned], &[&with_c4, &turned], &[]),
        (&[&with_c4, &covered], &[&with_c4, RULES], &["rule:fourth", "together:code"]),
        (&[CODES, RULES], &[CODES, &no_few], &["rule:few", "together:calls"]),
    ];
    for (before, after, expected) in rows {
        let lost = lost_between(before, after);
        assert_eq!(names(&lost), expected, "{lost:#?}");
    }
}

const EXTENSION: &str = "vocabulary \"more\"\n  extends \"codes\"\n\ncall\n  fact code: also c4\n";

const FORCE: &str = "policy \"Force\"\n  tailors \"Base\"\n  vocabulary \"more\"\n";

#[test]
fn a_force_that_adds_such_a_value_is_weaker_than_its_base() {
    let gates = Gates::default();
    let ruled = |texts: &[&str]| {
        let load = load_texts(texts);
        judge(Candidate { paths: &[], load: &load }, &[], &gates, None)
    };
    let verdict = ruled(&[CODES, RULES, EXTENSION, FORCE]);
    assert_eq!(verdict.ruling, Ruling::Refused, "{verdict:#?}");
    let last = verdict.gates.last().expect("a gate");
    assert!(last.gate == Gate::Base && last.said.join("\n").contains("the fact `code`"), "{last:#?}");
    let own = format!("{FORCE}{MORE}");
    assert_eq!(ruled(&[CODES, RULES, EXTENSION, &own]).ruling, Ruling::Passed);
}
