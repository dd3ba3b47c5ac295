//! What a vocabulary shows to people: whoever answers a call acts on the words, so none of them changes unseen.

use super::held::{lost_between, names};

const WORDS: &str = r#"vocabulary "words"

call
  fact urgent: yes or no asked as "Is it happening now?"
  fact place: one of home and street asked of the officer as "Where is it?"
  place home is called "a dwelling"

record visit, plural visits
  looked up as "Were we there before?"
  field result: one of entered and refused
  result refused is called "nobody let us in"

outcome grade: highest of resolved, scheduled and immediate
  written as "grade at least"
  immediate is called "Grade 1"
  resolved is called "Grade 4"

outcome advice: all that apply of stay-out and wait
  told to the officer
  written as "advise"
  stay-out warns "Do not go in alone"
"#;

const POLICY: &str = r#"policy "Words"
  vocabulary "words"
  time zone UTC

rule urgent "Urgent"
  when urgent is yes
  then:
    - grade at least immediate
    - advise stay-out
  because "It is urgent"
  source "a test"
"#;

/// What is written, what is written instead, and what is lost.
type Row = (&'static [(&'static str, &'static str)], &'static [&'static str]);

#[test]
fn whatever_people_are_shown_is_held() {
    let rows: &[Row] = &[
        // Two grades exchanged: each call is answered as the other.
        (
            &[("\"Grade 1\"", "\"x\""), ("\"Grade 4\"", "\"Grade 1\""), ("\"x\"", "\"Grade 4\"")],
            &["called:grade-immediate", "called:grade-resolved"],
        ),
        (&[("  immediate is called \"Grade 1\"\n", "")], &["called:grade-immediate"]),
        (
            &[("  resolved is called", "  scheduled is called \"Grade 2\"\n  resolved is called")],
            &["called:grade-scheduled"],
        ),
        (&[("\"a dwelling\"", "\"a shop\"")], &["called:place-home"]),
        (&[("\"nobody let us in\"", "\"we went in\"")], &["called:visit.result-refused"]),
        (&[("\"Do not go in alone\"", "\"Go in alone\"")], &["outcome:advice"]),
        (&[("  stay-out warns \"Do not go in alone\"\n", "")], &["outcome:advice"]),
        (&[("  told to the officer\n", "")], &["outcome:advice"]),
        (&[("told to the officer", "asked of the caller")], &["outcome:advice"]),
        (
            &[("written as \"advise\"", "written as \"mention\""), ("- advise stay", "- mention stay")],
            &["outcome:advice"],
        ),
        (&[("Is it happening now?", "Is it over?")], &["fact:urgent"]),
        (&[("Where is it?", "Where was it?")], &["fact:place"]),
        (&[("asked of the officer as", "asked as")], &["fact:place"]),
        (&[("Were we there before?", "Were we called before?")], &["record:visit"]),
        (&[("  looked up as \"Were we there before?\"\n", "")], &["record:visit"]),
        // What is new takes nothing away.
        (&[("one of home and street", "one of home, street and shop")], &[]),
        (&[("stay-out and wait", "stay-out, wait and watch")], &[]),
        (&[("  stay-out warns", "  wait warns \"Do not leave\"\n  stay-out warns")], &[]),
    ];
    let before = [WORDS, POLICY];
    let mut wrong = Vec::new();
    for (edits, expected) in rows {
        let mut after = before.map(str::to_owned);
        for (written, instead) in *edits {
            assert!(after.iter().any(|text| text.contains(written)), "{written}");
            after = after.map(|text| text.replace(written, instead));
        }
        let found = lost_between(&before, &after.each_ref().map(String::as_str));
        if names(&found) != *expected {
            wrong.push(format!("{edits:?}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
