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

const HEADER: &str = "policy \"Base\"\n  vocabulary \"codes\"\n  time zone UTC\n";

const BY_CODE: &str = r#"
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

"#;

const BY_COUNT: &str = r#"
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
    let [by_code, by_count] = [BY_CODE, BY_COUNT].map(|rules| format!("{HEADER}{rules}"));
    let covered = format!("{by_code}{MORE}");
    let turned = by_code.replace("when code is c3", "when code is not one of c1 or c2");
    let by_both = format!("{by_code}{BY_COUNT}");
    let no_few = |rules: &str| rules.replace("at most 2 calls", "at least 5 calls");
    let rows: [(&[&str], &[&str], &[&str]); 8] = [
        (&[CODES, &by_code], &[&with_c4, &by_code], &["together:code"]),
        // However many calls there are, that gives as much.
        (&[CODES, &by_both], &[&with_c4, &by_both], &[]),
        (&[CODES, &by_code], &[&with_c4, &covered], &[]),
        (&[CODES, &by_code], &[CODES, &turned], &[]),
        (&[CODES, &turned], &[&with_c4, &turned], &[]),
        (&[&with_c4, &covered], &[&with_c4, &by_code], &["rule:fourth", "together:code"]),
        (&[CODES, &by_count], &[CODES, &no_few(&by_count)], &["rule:few", "together:calls"]),
        // Whatever the code is, that gives as much.
        (&[CODES, &by_both], &[CODES, &no_few(&by_both)], &["rule:few"]),
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
    let rules = format!("{HEADER}{BY_CODE}");
    let verdict = ruled(&[CODES, &rules, EXTENSION, FORCE]);
    assert_eq!(verdict.ruling, Ruling::Refused, "{verdict:#?}");
    let last = verdict.gates.last().expect("a gate");
    assert!(last.gate == Gate::Base && last.said.join("\n").contains("the fact `code`"), "{last:#?}");
    let own = format!("{FORCE}{MORE}");
    assert_eq!(ruled(&[CODES, &rules, EXTENSION, &own]).ruling, Ruling::Passed);
}
