//! Numbers that rules give, and the tables in which they stand: none asks for less unseen.

use super::held::{Row, each_is_named};

const WORDS: &str = r#"vocabulary "words"

call
  fact hit: yes or no
  fact choked: yes or no
  fact told: number from 0 to 20
  fact given: one of routine, soon and urgent

outcome likely: highest number from 0 to 100

outcome attend: lowest number from 0 to 1440
"#;

const POLICY: &str = r#"policy "Numbers"
  vocabulary "words"
  time zone UTC

setting soonest is 10, from 5 to 30

score signs "Signs"
  points:
    - 2 when hit is yes
    - 3 when choked is yes
  source "a test"

table norms by told "How many were hit again"
  gives:
    - 0 to 5: 20
    - 6 or more: 40
  source "a test"

table minutes by given "Minutes for each grade"
  gives:
    - routine: 240
    - soon or urgent: 60
  source "a test"

rule written "Written out"
  when hit is yes
  then:
    - likely 30
    - attend soonest
  because "He hit her"
  source "a test"

rule summed "A sum"
  when choked is yes
  then likely signs
  because "He choked her"
  source "a test"

rule looked-up "Looked up"
  when hit is yes
  then:
    - likely norms
    - attend minutes
  because "He hit her"
  source "a test"
"#;

#[test]
fn a_number_that_asks_for_less_is_held() {
    let rows: &[Row] = &[
        ("likely 30", "likely 29", &["rule:written"]),
        ("likely 30", "likely 31", &[]),
        ("soonest is 10", "soonest is 11", &["setting:soonest"]),
        ("soonest is 10", "soonest is 9", &[]),
        ("attend soonest", "attend 10", &[]),
        ("attend soonest", "attend 60", &["rule:written"]),
        ("    - likely 30\n", "", &["rule:written"]),
        ("- 2 when hit", "- 1 when hit", &["score:signs"]),
        ("- 2 when hit", "- 4 when hit", &[]),
        ("likely signs", "likely 5", &["rule:summed"]),
        ("0 to 5: 20", "0 to 5: 19", &["table:norms"]),
        ("0 to 5: 20", "0 to 5: 21", &[]),
        ("0 to 5: 20\n    - 6", "0 to 6: 20\n    - 7", &["table:norms"]),
        ("0 to 5: 20\n    - 6", "0 to 4: 20\n    - 5", &[]),
        ("6 or more: 40", "6 to 9: 40\n    - 10 or more: 50", &[]),
        ("6 or more: 40", "6 to 9: 40\n    - 10 or more: 30", &["table:norms"]),
        ("soon or urgent: 60", "soon: 90\n    - urgent: 60", &["table:minutes"]),
        ("soon or urgent: 60", "soon: 60\n    - urgent: 15", &[]),
        ("highest number from 0 to 100", "highest number from 0 to 200", &[]),
        ("highest number from 0 to 100", "highest number from 0 to 90", &["outcome:likely"]),
        ("outcome attend: lowest number", "outcome attend: highest number", &["outcome:attend"]),
        ("table norms by told \"How many were hit again\"", "table norms by told \"Other words\"", &[]),
    ];
    each_is_named([WORDS, POLICY], rows);
}
