//! A change that is let through without anybody's word lowers nothing: whatever `lost` does not name decides every case
//! at least as it was decided before.

use crate::generate::case::{CaseText, case};
use crate::generate::policy::policy;
use crate::laws::{each, load, policies, try_load};
use heedful::engine::Load;
use heedful::live::{Lost, PolicyInForce, lost};
use heedful::model::Outcomes;
use proptest::collection::vec;
use proptest::prelude::any;
use std::collections::BTreeSet;

/// Slips and changes of mind: what is written, and what is written instead.
const EDITS: [(&str, &str); 30] = [
    (" 1 ", " 2 "),
    (" 2 ", " 1 "),
    (" 2 ", " 3 "),
    (" 3 ", " 2 "),
    ("any of:", "all of:"),
    ("all of:", "any of:"),
    ("none of:", "any of:"),
    ("any of:", "none of:"),
    ("at least ", "at most "),
    ("at most ", "at least "),
    ("more than ", "at least "),
    ("fewer than ", "at most "),
    ("exactly ", "at least "),
    ("exactly ", "at most "),
    (" hours", " days"),
    (" days", " hours"),
    (" days", " weeks"),
    (" months", " years"),
    (" weeks", " months"),
    (", not counting this one", ", counting this one"),
    (", counting this one", ", not counting this one"),
    ("  applies unless known otherwise\n", ""),
    ("  on trial\n", ""),
    ("  when ", "  applies unless known otherwise\n  when "),
    (" is yes", " is no"),
    (" is not ", " is "),
    (" and ", " or "),
    (" or ", " and "),
    ("any ", "no "),
    ("no ", "any "),
];

/// Every set that one edit makes of these files: a slip, or a line of a list left out.
pub fn edited(files: &[String]) -> Vec<Vec<String>> {
    let mut sets = Vec::new();
    for (at, file) in files.iter().enumerate() {
        let mut with = |text: String| {
            let mut set = files.to_vec();
            set[at] = text;
            sets.push(set);
        };
        for (written, instead) in EDITS {
            for (from, _) in file.match_indices(written) {
                with(format!("{}{instead}{}", &file[..from], &file[from + written.len()..]));
            }
        }
        for (from, line) in file.match_indices("\n    - ").map(|(from, _)| (from, &file[from + 1..])) {
            let to = from + 1 + line.find('\n').unwrap_or(line.len());
            with(format!("{}{}", &file[..from], &file[to..]));
        }
    }
    sets
}

/// What a change loses where nobody accepted anything.
pub fn lost_between(before: &Load, after: &Load) -> Vec<Lost> {
    let accepted = BTreeSet::new();
    lost(
        &PolicyInForce { load: Some(before), tests: &[], test_count: 0, unknown: &[], accepted: &accepted },
        after,
        &[],
    )
}

fn is_no_lower(now: &Outcomes, before: &Outcomes) -> bool {
    now.0.iter().zip(&before.0).all(|(now, before)| now.raised_by(*before) == *now)
}

/// The first case that the later set decides lower, in words.
fn lowered(before: &Load, after: &Load, texts: &[CaseText]) -> Option<String> {
    for (old, new) in before.policies.iter().zip(&after.policies) {
        assert_eq!(old.name(), new.name());
        for text in texts {
            let case = text.build(old.vocabulary(), false);
            let (was, is) = (old.decide(&case), new.decide(&case));
            if !is_no_lower(&is.outcome, &was.outcome) || !is_no_lower(&is.possible, &was.possible) {
                return Some(format!("{}: {text:?}\nwas {:?}\nis {:?}", old.name(), was.outcome, is.outcome));
            }
        }
    }
    None
}

#[test]
fn what_is_let_through_lowers_no_decision() {
    let (mut let_through, mut held) = (0, 0);
    each(policies(8), &(policy(), vec(case(), 25), vec(any::<u16>(), 6)), |(policy, texts, picks)| {
        let files = policy.files();
        let before = load(&files);
        assert_eq!(lost_between(&before, &before), Vec::<Lost>::new(), "{policy:?}");
        let sets = edited(&files);
        for pick in picks {
            let Some(set) = sets.get(usize::from(pick) % sets.len().max(1)) else { continue };
            let after = try_load(set);
            if after.policies.is_empty() {
                continue;
            }
            if !lost_between(&before, &after).is_empty() {
                held += 1;
                continue;
            }
            let_through += 1;
            if let Some(why) = lowered(&before, &after, &texts) {
                panic!("{why}\nbefore\n{}\nafter\n{}", files.join("\n"), set.join("\n"));
            }
        }
    });
    assert!(let_through > 8 && held > 8, "{let_through} of {} were let through", let_through + held);
}
