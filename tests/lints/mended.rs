//! What `check --fix` makes of files: the certain fixes and nothing else, and no decision is another for it.

use crate::errors::{cases, read};
use crate::generate::case::case;
use crate::generate::policy::policy;
use crate::generate::words::VOCABULARY;
use crate::laws::{each, policies};
use crate::support::root;
use heedful::engine::{self, Input, Load, Mending, Snapshot, mend};
use heedful::text::Severity;
use heedful::time::Date;
use heedful::wire;
use proptest::collection::vec;
use std::fmt::Write;

/// A case with the words and the base policy that all share.
fn with_words(case: Vec<Input>) -> Vec<Input> {
    let mut all = read(&root("tests/errors/vocabulary"));
    all.extend(case);
    all
}

fn errors(load: &Load) -> usize {
    load.diagnostics.iter().filter(|problem| problem.severity == Severity::Error).count()
}

/// Every broken policy of the tests: what is certain is mended, what is not stays as it was written.
#[test]
fn certain_fixes_of_broken_policies_are_made_and_no_others() {
    let mut shown = String::new();
    let (mut whole, mut lines) = (0, 0);
    for case in cases("errors") {
        let inputs = with_words(read(&case));
        let name = case.file_stem().expect("a case has a name").to_string_lossy().into_owned();
        let before = engine::load(&inputs);
        let Mending { inputs: after, mended, load: left } = mend(&inputs, engine::load);
        assert!(errors(&left) <= errors(&before), "{name}: {:?}", left.diagnostics);
        let of_case = left.diagnostics.iter().filter_map(|problem| problem.fix.as_ref());
        assert!(of_case.clone().all(|fix| !fix.certain), "{name}: something certain is left");
        assert!(mend(&after, engine::load).mended.is_empty(), "{name}: mended twice");
        let changed: usize = inputs.iter().zip(&after).map(|(one, other)| lines_changed(one, other)).sum();
        assert!(changed <= mended.len(), "{name}: {changed} lines for {} fixes", mended.len());
        let kept = |(one, other): (&Input, &Input)| comments(one).iter().all(|comment| text(other).contains(comment));
        assert!(inputs.iter().zip(&after).all(kept), "{name}: its comments");
        let _ = mended
            .iter()
            .try_for_each(|it| writeln!(shown, "{name}:{}: {} => {}", it.line, seen(&it.before), seen(&it.after)));
        lines += changed;
        whole += usize::from(!mended.is_empty() && errors(&left) == 0 && !left.policies.is_empty());
    }
    assert!(whole >= 25 && lines >= 50, "{whole} policies are whole again, {lines} lines are mended");
    insta::with_settings!({ snapshot_path => root("tests/lints"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("mended", shown);
    });
}

fn text(input: &Input) -> String {
    String::from_utf8_lossy(&input.bytes).into_owned()
}

/// How many lines of the one are not those of the other, where none is taken away.
fn lines_changed(one: &Input, other: &Input) -> usize {
    let (one, other) = (text(one), text(other));
    let (before, after): (Vec<&str>, Vec<&str>) = (one.lines().collect(), other.lines().collect());
    before.iter().zip(&after).filter(|(one, other)| one != other).count() + before.len().abs_diff(after.len())
}

/// What stands behind `#` outside of texts, as far as one can tell of a broken file.
fn comments(input: &Input) -> Vec<String> {
    let text = text(input);
    let comments = text.lines().filter_map(|line| line.rsplit_once("# ").filter(|(before, _)| !before.contains('"')));
    comments.map(|(_, comment)| comment.to_owned()).collect()
}

fn seen(line: &str) -> String {
    line.trim_end().escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
}

/// A thing that two ways of writing give, so that no reader is told of what was accepted.
fn checked(inputs: &[Input]) -> Load {
    let mut load = engine::load(inputs);
    load.warn_as_of(|_| Date::parse("2026-06-01").expect("a day"));
    load
}

#[test]
fn no_decision_is_another_for_what_is_mended() {
    let (mut mended_policies, mut decided) = (0, 0);
    each(policies(40), &(policy(), vec(case(), 15)), |(mut drawn, cases)| {
        // In the first rule of each policy one effect adds nothing to another; a rule that may be quiet gives no grade.
        let first = drawn.rules.first_mut().filter(|rule| rule.quiet.is_none());
        if let Some(rule) = first {
            for effect in ["grade at least high", "grade at least mid"].map(str::to_owned) {
                if !rule.then.contains(&effect) {
                    rule.then.push(effect);
                }
            }
        }
        let texts = std::iter::once(VOCABULARY.to_owned()).chain(drawn.files());
        let inputs: Vec<Input> =
            (0..).zip(texts).map(|(number, text)| Input::new(format!("file{number}"), text)).collect();
        let before = checked(&inputs);
        let Mending { mended, load: after, .. } = mend(&inputs, checked);
        assert!(!before.policies.is_empty() && after.policies.len() == before.policies.len(), "{drawn:?}");
        if mended.is_empty() {
            return;
        }
        mended_policies += 1;
        for (policy, other) in before.policies.iter().zip(&after.policies) {
            for text in &cases {
                let case = text.build(policy.vocabulary(), false);
                let said = |policy: &Snapshot| {
                    let decision = policy.decide(&case);
                    wire::decision_line(&decision, policy).replace(&decision.policy.digest, "the digest")
                };
                assert_eq!(said(other), said(policy), "{mended:?}\n{drawn:?}\n{text:?}");
                decided += 1;
            }
        }
    });
    assert!(
        mended_policies >= 15 && decided >= 450,
        "only {mended_policies} policies are mended, {decided} calls decided"
    );
}

#[test]
fn an_effect_that_adds_nothing_is_left_out_with_its_line_and_nothing_else() {
    const RULE: &str =
        "part of policy \"National baseline\"\r\n\r\nrule hurt \"Hurt\"\r\n  when strangulation is yes\r\n  then:\r\n";
    const END: &str = "  because \"Hurt\"\r\n  source \"A test\"\r\n";
    let mended = |effects: &str| {
        let Mending { inputs, mended, load } =
            mend(&with_words(vec![Input::new("a", format!("\u{FEFF}{RULE}{effects}{END}"))]), engine::load);
        assert_eq!(errors(&load), 0, "{effects}");
        let text = text(inputs.last().expect("a file"));
        let kept = text.strip_prefix(&format!("\u{FEFF}{RULE}")).and_then(|text| text.strip_suffix(END));
        (kept.expect("all else").to_owned(), mended.len())
    };
    let high = "    - grade at least immediate\r\n";
    assert_eq!(mended(&format!("{high}    - grade at least priority\r\n")), (high.to_owned(), 1));
    assert_eq!(
        mended(&format!("    - grade at least priority\r\n{high}    - grade at least scheduled\r\n")),
        (high.to_owned(), 2)
    );
    // A comment is somebody's reason.
    let commented = format!("{high}    - grade at least priority  # agreed in May\r\n");
    assert_eq!(mended(&commented), (commented.clone(), 0));
    // Where nothing would be left, the author has to say what was meant.
    let lowest = "    - grade at least resolved\r\n";
    assert_eq!(mended(lowest), (lowest.to_owned(), 0));
}

#[test]
fn what_is_accepted_is_not_mended() {
    let text = "part of policy \"National baseline\"\n\nrule hurt \"Hurt\"\n  when strangulation is yes\n  then:\n    - grade at least \
                immediate\n    - grade at least priority\n  because \"Hurt\"\n  source \"A test\"\n";
    let accepted = format!(
        "{text}\naccept adds-nothing for hurt until 2026-12-31\n  because \"It is looked at\"\n  owner \"Somebody\"\n"
    );
    let on = |day: &'static str| {
        move |inputs: &[Input]| {
            let mut load = engine::load(inputs);
            load.warn_as_of(|_| Date::parse(day).expect("a day"));
            load
        }
    };
    let inputs = with_words(vec![Input::new("a", accepted)]);
    assert_eq!(mend(&inputs, on("2026-06-01")).mended.len(), 0);
    assert_eq!(mend(&inputs, on("2027-01-01")).mended.len(), 1);
}
