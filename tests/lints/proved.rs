//! What only a proof tells, or a call that was found: mistakes of each kind that no line of a policy shows, and what looks like one and is none.

use super::{TODAY, example};
use crate::support::load_folder;
use heedful::engine::Load;
use heedful::text::{Diagnostic, Severity};
use heedful::time::Date;

fn proved(text: &str) -> Load {
    let mut load = example(text);
    assert!(!load.policies.is_empty(), "{:?}", load.diagnostics);
    load.warn_of_proved();
    load.warn_as_of(|_| Date::parse(TODAY).expect("a day"));
    load
}

fn rule(name: &str, lines: &str, when: &str, then: &str) -> String {
    format!("rule {name} \"R\"\n{lines}  when {when}\n  then {then}\n  because \"A test\"\n  source \"A test\"\n\n")
}

/// What is told, by kind and by the words that are marked.
fn told(text: &str) -> Vec<String> {
    let load = proved(text);
    let of = |problem: &Diagnostic| format!("{} {}", problem.code, load.sources.slice(problem.span));
    load.diagnostics.iter().map(of).collect()
}

const HURT: &str = "injury is minor or injury is serious";

/// A rule that is hidden behind others, and what it is told; then the same with one thing otherwise, of which nothing is told.
#[test]
fn mistakes_that_no_line_shows_are_found() {
    let other = |lines: &str, then: &str| rule("first", lines, HURT, then);
    let second = |lines: &str, when: &str, then: &str| rule("second", lines, when, then);
    let (minor, there) = ("injury is at least minor", "injury is at least minor and suspect-present is yes");
    let never = "no incidents about the same victim within 2 days and any incidents about the same victim within 1 day";
    let always = "any of:\n    - children-seen is at most 3 or not answered\n    - children-seen is at least 2";
    let cases: Vec<(String, &[&str])> = vec![
        (second("", never, "refer to supervisor"), &["never-applies second"]),
        (second("  on trial\n", never, "refer to supervisor"), &["never-applies second"]),
        (second("", &never.replace("1 day", "3 days"), "refer to supervisor"), &[]),
        (second("", always, "refer to supervisor"), &["always-applies second"]),
        (second("", &always.replace("at least 2", "at least 5"), "refer to supervisor"), &[]),
        (second("", &always.replace(" or not answered", ""), "refer to supervisor"), &[]),
        // One that others outdo, and what keeps it from being so.
        (
            other("", "grade at least immediate") + &second("", there, "grade at least priority"),
            &["changes-nothing second"],
        ),
        (other("", "grade at least priority") + &second("", there, "grade at least immediate"), &[]),
        (other("  on trial\n", "grade at least immediate") + &second("", there, "grade at least priority"), &[]),
        (
            other("  may be suspended\n", "grade at least immediate") + &second("", there, "grade at least priority"),
            &[],
        ),
        (other("", "grade at least immediate") + &second("  may be widened\n", there, "grade at least priority"), &[]),
        (
            other("  in force from 2026-04-01\n", "grade at least immediate")
                + &second("", there, "grade at least priority"),
            &[],
        ),
        (
            other("", "grade at least immediate")
                + &second("  in force from 2026-04-01\n", there, "grade at least priority"),
            &["changes-nothing second"],
        ),
        // What a setting gives may be less, and may be as much wherever it is set.
        (other("", "grade at least repeat-grade") + &second("", there, "grade at least priority"), &[]),
        (
            other("", "grade at least repeat-grade") + &second("", there, "grade at least scheduled"),
            &["changes-nothing second"],
        ),
        // Two of one meaning.
        (other("", "refer to supervisor") + &second("", minor, "refer to da-specialist"), &["applies-alike second"]),
        (other("", "refer to supervisor") + &second("", there, "refer to da-specialist"), &[]),
        (other("", "refer to supervisor") + &second("", HURT, "refer to da-specialist"), &[]),
        (other("", "refer to supervisor") + &second("  may be suspended\n", minor, "refer to da-specialist"), &[]),
        (
            other("", "refer to supervisor") + &second("  in force from 2026-04-01\n", minor, "refer to da-specialist"),
            &[],
        ),
        // Of two that give the same too, the later one is idle.
        (other("", "refer to supervisor") + &second("", minor, "refer to supervisor"), &["changes-nothing second"]),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(&text), wanted, "{text}");
    }
}

#[test]
fn settings_that_move_nothing_or_loosen_are_found() {
    let of = |never: &str, count: &str| {
        format!("setting lately is 7 days, from 1 day to 28 days{never} \"A test\"\n\n")
            + &rule(
                "seen",
                "",
                &format!("injury is serious and {count} incidents about the same victim within lately"),
                "refer to supervisor",
            )
    };
    let beside = rule("hurt", "", "injury is at least minor", "refer to supervisor");
    let with = |incidents: &str, then: &str| {
        let when = format!("strangulation is yes and any {incidents} within lately");
        of("", "no") + &beside + &rule("seen-too", "", &when, then)
    };
    let cases = [
        (of("", "no"), vec![]),
        (of(", never lowered", "no"), vec!["loosens lately"]),
        (of(", never raised", "no"), vec![]),
        (of(", never lowered", "at least 1"), vec![]),
        (of(", never raised", "at least 1"), vec!["loosens lately"]),
        // That its one rule changes nothing is told of the rule; and with one that does, it moves something.
        (of("", "no") + &beside, vec!["changes-nothing seen"]),
        (with("breaches", "refer to duty-inspector"), vec!["changes-nothing seen"]),
        // What two rules may make certain together, while nobody knows how many there are, is not taken for idle.
        (with("incidents about the same victim", "refer to supervisor"), vec![]),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(&text), wanted, "{text}");
    }
}

/// An invariant that a call breaks is an error, and the call is said; what an acceptance lets stand is not told.
#[test]
fn what_a_policy_states_is_proved_or_broken_by_a_call() {
    let stated = "invariant hurt \"Hurt\"\n  whenever injury is serious\n  then grade at least priority\n  source \"The law\"\n\n";
    let kept = rule("kept", "", "injury is at least minor", "grade at least immediate");
    let short = rule("kept", "  in force from 2026-04-01\n", "injury is at least minor", "grade at least immediate");
    assert_eq!(told(&(stated.to_owned() + &kept)), Vec::<String>::new());
    for broken in [stated.to_owned(), stated.to_owned() + &short] {
        let load = proved(&broken);
        let [problem] = load.diagnostics.as_slice() else { panic!("{:?}", load.diagnostics) };
        assert_eq!((problem.code, problem.severity), ("invariant-broken", Severity::Error));
        let help = problem.help.join(" ");
        assert!(
            help.contains("A call at ") && help.contains("injury is serious") && help.contains("The law"),
            "{help}"
        );
        assert!(!load.policies.is_empty(), "nothing is kept from being looked at");
    }
    let many = "invariant many \"Many\"\n  whenever at least 70 calls by the same caller within 28 days, counting this one\n  then grade at least \
                immediate\n  source \"The law\"\n\n";
    let accept = "accept not-settled for many until 2027-01-31\n  because \"It is tested\"\n  owner \"The lead\"\n";
    assert_eq!(told(many), ["not-settled many"]);
    assert_eq!(told(&(many.to_owned() + accept)), Vec::<String>::new());
    let nothing = told(accept.replace("many", "repeat-calls").as_str());
    assert!(matches!(nothing.as_slice(), [only] if only.starts_with("accepts-nothing ")), "{nothing:?}");
}

/// The shipped policies state what they keep, and nothing in them is idle.
#[test]
fn nothing_is_told_of_the_shipped_policies() {
    let mut load = load_folder("rules");
    load.warn_of_proved();
    assert_eq!(load.diagnostics, []);
}
