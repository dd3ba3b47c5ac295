//! What only a proof tells, or a call that was found: mistakes of each kind that no line of a policy shows, and what looks like one and is none.

use super::{TODAY, example};
use crate::errors::load;
use crate::support::load_folder;
use heedful::engine::{Input, Load};
use heedful::text::{Diagnostic, Severity};
use heedful::time::Date;

fn proved(text: &str) -> Load {
    let mut load = example(text);
    assert!(!load.policies.is_empty(), "{:?}", load.diagnostics);
    load.warn_of_proved();
    load.warn_as_of(|_| Date::parse(TODAY).expect("a day"));
    load
}

pub fn rule(name: &str, lines: &str, when: &str, then: &str) -> String {
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
        (with("incidents about the same victim", "refer to supervisor"), vec!["changes-nothing seen"]),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(&text), wanted, "{text}");
    }
}

/// Wherever the last of these applies, one of the first two does; but one of them presumes something, and what is presumed counts for nothing
/// together. While nobody knows of the strangulation, the last and the third are enough, whatever the answer.
#[test]
fn a_rule_that_is_enough_together_with_another_is_not_idle() {
    let few =
        "any of:\n      - fewer than 2 incidents about the same victim within 2 days\n      - strangulation is yes";
    let rule = |name: &str, more: &str| {
        let when = format!("all of:\n    - {few}\n{more}");
        rule(name, "", &when, "refer to supervisor")
    };
    let three = rule("and-there", "    - suspect-present is yes\n")
        + &rule("and-not", "    - suspect-present is no or not answered\n")
        + &self::rule(
            "just-now",
            "",
            "all of:\n    - no incidents about the same victim within 1 hour\n    - strangulation is no",
            "refer to supervisor",
        );
    assert_eq!(told(&three), Vec::<String>::new());
    let told = told(&(three + &rule("few", "")));
    assert!(!told.iter().any(|told| told == "changes-nothing few"), "{told:?}");
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

/// What rules leave out between them, and splits that leave nothing out or are none.
#[test]
fn what_rules_leave_out_between_them_is_found() {
    let two = |low: &str, low_then: &str, high: &str, high_then: &str| {
        rule("low", "", low, low_then) + &rule("high", "", high, high_then)
    };
    let times = ("review by 2 days after this call", "review by 2 hours after this call");
    let of = |low: &str, high: &str| two(low, times.0, high, times.1);
    let grades = |low: &str, high: &str| two(low, "grade at least scheduled", high, "grade at least immediate");
    let score = "score signs \"Signs\"\n  points:\n    - 1 when strangulation is yes\n    - 1 when suspect-present is yes\n    - 2 when \
                 injury is serious\n  source \"A test\"\n\n";
    let incidents = |count: &str| format!("{count} incidents about the same victim within 28 days");
    let (on_trial, dated) = ("  on trial\n", "  in force from 2026-04-01\n");
    let cases: Vec<(String, &[&str])> = vec![
        (grades("children-seen is at most 3", "children-seen is at least 5"), &["left-out high"]),
        (grades("children-seen is at most 3", "children-seen is at least 4"), &[]),
        (of("waiting is less than 5 minutes", "waiting is more than 5 minutes"), &["left-out high"]),
        (of("waiting is at most 5 minutes", "waiting is more than 5 minutes"), &[]),
        // What lies far apart may be meant so, unless others meet.
        (of("children-seen is from 1 to 3", "children-seen is at least 7"), &[]),
        (
            of("children-seen is from 1 to 3", "children-seen is at least 7")
                + &rule("no-child", "", "children-seen is exactly 0", "review by 7 days after this call"),
            &["left-out high"],
        ),
        (of("injury is uninjured", "injury is serious"), &["left-out high"]),
        (of("injury is uninjured", "injury is at least minor"), &[]),
        (of(&incidents("exactly 1"), &incidents("at least 3")), &["left-out high"]),
        (of(&incidents("exactly 1"), &incidents("at least 2")), &[]),
        (score.to_owned() + &of("signs is at most 1", "signs is at least 3"), &["left-out high"]),
        (score.to_owned() + &of("signs is at most 2", "signs is at least 3"), &[]),
        // It is the same that is asked besides, on the same days, for the same.
        (
            grades(
                "strangulation is yes and children-seen is at most 3",
                "strangulation is yes and children-seen is at least 5",
            ),
            &["left-out high"],
        ),
        (grades("strangulation is yes and children-seen is at most 3", "children-seen is at least 5"), &[]),
        (
            two(
                "children-seen is at most 3",
                "refer to supervisor",
                "children-seen is at least 5",
                "refer to da-specialist",
            ),
            &[],
        ),
        (
            two(
                "children-seen is at most 3",
                "refer to supervisor",
                "children-seen is at least 5",
                "refer to da-specialist and supervisor",
            ),
            &["left-out high"],
        ),
        (
            rule("low", on_trial, "children-seen is at most 3", times.0)
                + &rule("high", "", "children-seen is at least 5", times.1),
            &[],
        ),
        (
            rule("low", dated, "children-seen is at most 3", times.0)
                + &rule("high", "", "children-seen is at least 5", times.1),
            &[],
        ),
        // Another rule is for what is between.
        (
            grades("children-seen is at most 3", "children-seen is at least 5")
                + &rule("some-seen", "", "children-seen is at least 2", "grade at least scheduled"),
            &[],
        ),
        (
            rule("not-four", "", "children-seen is not from 4 to 4", times.0)
                + &rule("high", "", "children-seen is at least 9", times.1),
            &[],
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(&text), wanted, "{text}");
    }
}

/// A form of which nothing was answered yes has no result; where the lowest value is one, it has.
#[test]
fn a_form_without_a_result_for_none_of_it_is_found() {
    let of = |says: &str, lowest: &str| {
        let words = format!(
            "vocabulary \"assessed-words\"\n  extends \"control-room\"\n\noutcome welfare-risk: highest of low, medium and high \"Risk\"\n  \
             written as \"welfare risk at least\"\n{says}"
        );
        let policy = "policy \"Moorside Police\"\n  tailors \"National baseline\"\n  vocabulary \"assessed-words\"\n\n"
            .to_owned()
            + &rule("lowest", "", lowest, "welfare risk at least low")
            + &rule("some", "", "danger is medium", "welfare risk at least medium")
            + &rule("many", "", "danger is high", "welfare risk at least high");
        let mut load = load(&[Input::new("words.heed", words), Input::new("force.heed", policy)]);
        assert!(!load.policies.is_empty(), "{:?}", load.diagnostics);
        load.warn_of_proved();
        let of_lint = |problem: &&Diagnostic| problem.code == "left-out";
        load.diagnostics.iter().filter(of_lint).map(|problem| problem.message.clone()).collect::<Vec<_>>()
    };
    let says = "  says \"not assessed\" when no rule applies\n";
    let [only] = &of(says, "danger is high")[..] else { panic!("nothing is told of a danger of 0") };
    assert!(only.contains("`danger` is 0"), "{only}");
    assert_eq!(of(says, "danger is low"), Vec::<String>::new());
    assert_eq!(of("", "danger is high"), Vec::<String>::new());
}

/// That something did not happen, while it still may; and what says so once the time is over, or names no time.
#[test]
fn absences_that_are_judged_too_soon_are_found() {
    let of = |when: &str| rule("nobody", "", when, "refer to supervisor");
    let all = |parts: &[&str]| format!("all of:\n    - {}", parts.join("\n    - "));
    let incident = "incident about the same victim within 28 days";
    let (any, followed) = (format!("any {incident}"), format!("no {incident}, followed within 48 hours by an order"));
    let not_within = "none of:\n    - attendance-due is within 2 hours after bail-until";
    let cases: Vec<(String, &[&str])> = vec![
        (of(&all(&[&any, &followed])), &["too-soon nobody"]),
        (of(&all(&[&any, &followed.replace("no incident", "fewer than 1 incident")])), &["too-soon nobody"]),
        (of(&format!("any {incident}, not followed within 48 hours by an order")), &[]),
        // That nothing was so followed, also where there was nothing to follow.
        (of(&followed), &[]),
        (of("no breaches within 48 hours since the latest incident about the same victim"), &["too-soon nobody"]),
        (of("no breaches since the latest incident about the same victim"), &[]),
        (of("any breaches within 48 hours since the latest incident about the same victim"), &[]),
        (of("no breaches within 48 hours"), &[]),
        (of(not_within), &["too-soon nobody"]),
        (
            of(&format!(
                "all of:\n    - bail-until is at least 2 hours ago\n    - {}",
                not_within.replace("    -", "      -")
            )),
            &[],
        ),
        (of("none of:\n    - bail-until is within 2 hours after attendance-due"), &[]),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(&text), wanted, "{text}");
    }
}

/// What an answer would take back, and what each answer gives and none of them missing.
#[test]
fn what_is_left_open_while_an_answer_is_missing_is_found() {
    let video = |lines: &str, wanted: &str, unsafe_when: &str| {
        rule("offered", "", wanted, "video response may-be-offered")
            + &rule("not-safe", lines, unsafe_when, "video response not-suitable")
    };
    let (few, there) = ("children-seen is at most 2", "suspect-present is yes");
    let known = "children-seen is at most 2 and suspect-present is no";
    let each = |name: &str, when: &str| rule(name, "", when, "refer to supervisor");
    let (past, future) =
        ("flags include stalking and bail-until has passed", "flags include stalking and bail-until is still to come");
    let presumed = "all of:\n    - flags include stalking\n    - bail-until is still to come or not answered";
    let cases: Vec<(String, &[&str])> = vec![
        (video("", few, there), &["while-unknown offered"]),
        (video("", known, there), &[]),
        (video("", few, "suspect-present is yes or not answered"), &[]),
        (video("  on trial\n", few, there), &[]),
        // Each answer has its rule, and none is for no answer.
        (each("past", past) + &each("future", future), &["while-unknown future"]),
        (each("past", past) + &each("future", presumed), &[]),
        (each("past", past) + &each("future", &future.replace("stalking", "domestic")), &[]),
        (
            each("past", past) + &each("future", future) + &each("stalked", "flags include stalking"),
            &["outdone past", "outdone future"],
        ),
        // Of one fact a decision tries each value by itself.
        (each("there", there) + &each("away", "suspect-present is no"), &[]),
    ];
    for (text, wanted) in cases {
        assert_eq!(told(&text), wanted, "{text}");
    }
}

/// What these are told of is shown by a call, and may be accepted.
#[test]
fn a_call_is_shown_and_what_is_accepted_is_not_told() {
    let text = rule("low", "", "children-seen is at most 3", "grade at least scheduled")
        + &rule("high", "", "children-seen is at least 5", "grade at least immediate");
    let load = proved(&text);
    let help: String = load.diagnostics.iter().flat_map(|problem| problem.help.clone()).collect();
    assert!(help.contains("children seen is 4"), "{help}");
    let accept =
        "accept left-out for high until 2027-01-31\n  because \"Four is another matter\"\n  owner \"The lead\"\n";
    assert_eq!(told(&(text + accept)), Vec::<String>::new());
}

/// The shipped policies state what they keep, and nothing in them is idle.
#[test]
fn nothing_is_told_of_the_shipped_policies() {
    let mut load = load_folder("rules");
    load.warn_of_proved();
    assert_eq!(load.diagnostics, []);
}
