//! Both sides of an outcome: what it rests on, and what it lacks to be higher.

use super::page::Page;
use super::words::PolicyWords;
use crate::model::{Decision, Enough, Explanation, Miss, Unassessed};

pub(super) fn why(page: &mut Page, words: &PolicyWords<'_>, decision: &Decision, explanation: &Explanation) {
    explanation.enough.iter().for_each(|enough| rests_on(page, words, decision, enough));
    if explanation.misses.is_empty() && !explanation.misses_cut_short {
        return;
    }
    page.heading("WHAT WOULD RAISE IT");
    explanation.misses.iter().for_each(|miss| raised_by(page, words, miss));
    if explanation.misses_cut_short {
        page.item("there was too much to try it all: less than this may do");
    }
}

fn rests_on(page: &mut Page, words: &PolicyWords<'_>, decision: &Decision, enough: &Enough) {
    let outcomes = &words.policy.vocabulary().outcomes;
    let named = enough.outcome.and_then(|id| outcomes.get(id.index())).map(|outcome| outcome.name.replace('-', " "));
    let heading = match &named {
        Some(name) => format!("WHAT THE {} RESTS ON", name.to_uppercase()),
        None => "WHAT ALL OF IT RESTS ON".to_owned(),
    };
    page.heading(&heading);
    if enough.grounds.is_empty() {
        page.item(match enough.outcome.and_then(|id| decision.unassessed(id)) {
            Some(Unassessed { open: false, .. }) => "nothing: no rule applies",
            Some(_) => "nothing yet: it is not certain whether any rule applies",
            None => "nothing that is known: it is so whatever the case says",
        });
    }
    enough.grounds.iter().for_each(|ground| page.item(&ground.says));
    let idle = [count(enough.idle_facts, "fact"), count(enough.idle_records, "record")];
    let idle: Vec<String> = idle.into_iter().flatten().collect();
    if !idle.is_empty() {
        page.detail(&format!("no other made a difference: {}", idle.join(" and ")));
    }
    if !enough.smallest {
        page.detail("none of these can be left out, but fewer others may do");
    }
}

fn count(number: usize, what: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{number} {what}s")),
    }
}

fn raised_by(page: &mut Page, words: &PolicyWords<'_>, miss: &Miss) {
    let level = words.value(miss.outcome, miss.reaches).unwrap_or_default();
    let changes: Vec<&str> = miss.changes.iter().map(|change| change.says.as_str()).collect();
    let before = miss.before.map(|before| format!(", before {}", words.policy.zone().spoken(before)));
    page.item(&format!("{level}, if {}{}", changes.join(", and "), before.unwrap_or_default()));
    page.detail(&format!("rule {}", miss.rule));
}
