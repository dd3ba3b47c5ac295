//! Making a failing policy and case small enough to read: parts are left out one at a time for as long as the law
//! still fails. A policy that does not load does not fail.

use super::case::CaseText;
use super::conditions::Lines;
use super::policy::{InvariantText, PolicyText, RuleText};
use super::words::RECORDS;

/// The smallest pair found that still fails.
pub fn smallest(
    policy: &PolicyText,
    case: &CaseText,
    fails: impl Fn(&PolicyText, &CaseText) -> bool,
) -> (PolicyText, CaseText) {
    let (mut policy, mut case) = (policy.clone(), case.clone());
    loop {
        if let Some(smaller) = policies(&policy).into_iter().find(|smaller| fails(smaller, &case)) {
            policy = smaller;
        } else if let Some(smaller) = cases(&case).into_iter().find(|smaller| fails(&policy, smaller)) {
            case = smaller;
        } else {
            return (policy, case);
        }
    }
}

fn hurt() -> Lines {
    Lines { head: "hurt".to_owned(), items: Vec::new() }
}

/// The policy with one thing less, the largest things first.
fn policies(policy: &PolicyText) -> Vec<PolicyText> {
    let mut smaller = Vec::new();
    let mut with = |change: &dyn Fn(&mut PolicyText)| {
        let mut changed = policy.clone();
        change(&mut changed);
        if changed != *policy {
            smaller.push(changed);
        }
    };
    with(&PolicyText::leave_the_force_out);
    with(&PolicyText::accept_nothing);
    for at in (0..policy.rules.len()).filter(|_| policy.rules.len() > 1) {
        with(&|changed| drop(changed.rules.remove(at)));
    }
    for (at, invariant) in policy.invariants.iter().enumerate() {
        with(&|changed| drop(changed.invariants.remove(at)));
        for whenever in lines(&invariant.whenever) {
            with(&|changed| changed.invariants[at] = InvariantText { whenever: whenever.clone(), ..invariant.clone() });
        }
        for demand in invariant.demands.iter().filter(|_| invariant.demands.len() > 1) {
            let demands = vec![demand.clone()];
            with(&|changed| changed.invariants[at] = InvariantText { demands: demands.clone(), ..invariant.clone() });
        }
    }
    for at in 0..policy.definitions.len() {
        with(&|changed| changed.definitions[at] = hurt());
    }
    for (at, record) in RECORDS.iter().enumerate() {
        with(&|changed| changed.groups[at] = format!("a {}", record.name));
    }
    with(&|changed| changed.points.truncate(1));
    with(&|changed| changed.points[0] = (1, hurt()));
    with(&|changed| changed.unanswered = false);
    for (at, rule) in policy.rules.iter().enumerate() {
        for rule in rules(rule) {
            with(&|changed| changed.rules[at] = rule.clone());
        }
    }
    for (at, definition) in policy.definitions.iter().enumerate() {
        for definition in lines(definition) {
            with(&|changed| changed.definitions[at] = definition.clone());
        }
    }
    for (at, group) in policy.groups.iter().enumerate() {
        for group in words_left_out(group) {
            with(&|changed| changed.groups[at] = group.clone());
        }
    }
    for (at, (_, when)) in policy.points.iter().enumerate() {
        for when in lines(when) {
            with(&|changed| changed.points[at].1 = when.clone());
        }
    }
    smaller
}

fn rules(rule: &RuleText) -> Vec<RuleText> {
    let plain =
        RuleText { from: None, until: None, by: None, trial: false, presumed: false, quiet: None, ..rule.clone() };
    let one_effect = RuleText { then: rule.then.iter().take(1).cloned().collect(), ..rule.clone() };
    let last_effect = RuleText { then: rule.then.iter().skip(1).cloned().collect(), ..rule.clone() };
    let plainer =
        [plain, one_effect, last_effect].into_iter().filter(|smaller| smaller != rule && !smaller.then.is_empty());
    plainer.chain(lines(&rule.when).into_iter().map(|when| RuleText { when, ..rule.clone() })).collect()
}

/// A condition with a part left out, or one of its parts in its place.
fn lines(condition: &Lines) -> Vec<Lines> {
    let mut smaller = condition.items.clone();
    for at in 0..condition.items.len() {
        let mut without = condition.clone();
        without.items.remove(at);
        smaller.extend((!without.items.is_empty()).then_some(without));
        for item in lines(&condition.items[at]) {
            let mut changed = condition.clone();
            changed.items[at] = item;
            smaller.push(changed);
        }
    }
    smaller
        .extend(words_left_out(&condition.head).into_iter().map(|head| Lines { head, items: condition.items.clone() }));
    smaller
}

/// A line without some of its words, the longest runs first.
fn words_left_out(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let runs = (1..words.len()).rev().flat_map(|length| (0..=words.len() - length).map(move |start| (start, length)));
    runs.map(|(start, length)| [&words[..start], &words[start + length..]].concat().join(" ")).collect()
}

/// The case with one thing less.
fn cases(case: &CaseText) -> Vec<CaseText> {
    let mut smaller = Vec::new();
    for (kind, (supplied, list)) in case.lists.iter().enumerate() {
        if !supplied && !list.is_empty() || *supplied && list.len() > 1 {
            smaller.push(changed(case, |case| case.lists[kind].1.clear()));
        }
        for at in 0..list.len() {
            smaller.push(changed(case, |case| drop(case.lists[kind].1.remove(at))));
        }
        if case.unsent[kind].is_some() {
            smaller.push(changed(case, |case| case.unsent[kind] = None));
            smaller.push(changed(case, |case| case.complete(kind)));
        }
        let unsent = case.unsent[kind].iter();
        for at in unsent.flat_map(|unsent| 0..unsent.records.len()) {
            smaller
                .push(changed(case, |case| drop(case.unsent[kind].as_mut().map(|unsent| unsent.records.remove(at)))));
        }
        if !supplied {
            smaller.push(changed(case, |case| case.lists[kind].0 = true));
        }
        for (at, record) in list.iter().enumerate() {
            for (field, _) in record.fields.iter().enumerate().filter(|(_, cell)| cell.known) {
                smaller.push(changed(case, |case| case.lists[kind].1[at].fields[field].known = false));
            }
        }
    }
    for (fact, _) in case.facts.iter().enumerate().filter(|(_, cell)| cell.known) {
        smaller.push(changed(case, |case| case.facts[fact].known = false));
    }
    smaller
}

fn changed(case: &CaseText, change: impl FnOnce(&mut CaseText)) -> CaseText {
    let mut case = case.clone();
    change(&mut case);
    case
}
