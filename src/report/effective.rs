//! The effective policy on a terminal: every value and rule with where it came from.

use super::page::{Page, Weight};
use crate::explain::{
    Acceptance, Addition, Defined, Invariant, PolicyDocument, Rule, Sentence, Setting, Statement, Suspension, plain,
};
use crate::text::{Sources, Span};

/// The settings, rules and definitions of a policy, each with its place.
pub fn effective(document: &PolicyDocument, sources: &Sources, styled: bool) -> String {
    let mut page = Page::new(styled);
    let mut said = document.chain.clone();
    said.reverse();
    page.line(&said.join(", built on "), Weight::Strong);
    page.line(&document.digest, Weight::Plain);
    if !document.settings.is_empty() {
        page.heading("SETTINGS");
        for setting in &document.settings {
            write_setting(&mut page, setting, sources);
        }
    }
    for section in &document.sections {
        page.heading(&format!("RULES OF {}", section.policy));
        let mut rules: Vec<&Rule> = section.groups.iter().flat_map(|group| &group.rules).collect();
        rules.sort_by(|one, other| one.name.cmp(&other.name));
        for rule in rules {
            write_rule(&mut page, rule, sources);
        }
    }
    if !document.definitions.is_empty() {
        page.heading("DEFINITIONS");
        for Defined { name, policy, at, .. } in &document.definitions {
            page.item(&format!("{name}, by {policy} at {}", place(*at, sources)));
        }
    }
    if !document.invariants.is_empty() {
        page.heading("WHAT MUST ALWAYS OR NEVER BE");
        for Invariant { name, policy, at, whenever, never, demands, .. } in &document.invariants {
            page.item(&format!("{name}, by {policy} at {}", place(*at, sources)));
            write_statement(&mut page, "whenever", whenever);
            let word = if *never { "never" } else { "then" };
            demands.iter().for_each(|demand| page.detail(&format!("{word} {}", plain(demand))));
        }
    }
    if !document.acceptances.is_empty() {
        page.heading("WARNINGS ACCEPTED");
        for accepted in &document.acceptances {
            let Acceptance { policy, warning, about, until, owner, at, .. } = accepted;
            page.item(&format!("{warning} for {about} until {until}, by {policy} at {}", place(*at, sources)));
            page.detail(&format!("{owner} answers for it"));
        }
    }
    page.into_text()
}

fn write_setting(page: &mut Page, setting: &Setting, sources: &Sources) {
    let never = setting.never.map_or(String::new(), |never| format!(", {never}"));
    let range = setting.range.as_ref().map_or(String::new(), |range| format!(", {range}"));
    page.item(&format!("{} is {}{range}{never}", setting.name, setting.value));
    for (at, given) in setting.given.iter().rev().enumerate() {
        let place = place(given.at, sources);
        page.detail(&match at {
            0 => format!("by {} at {place}", given.policy),
            _ => format!("before that {}, by {} at {place}", given.value, given.policy),
        });
    }
}

fn write_rule(page: &mut Page, rule: &Rule, sources: &Sources) {
    page.item(&format!("{} at {}", rule.name, place(rule.at, sources)));
    if rule.trial {
        page.detail("on trial, without effect");
    }
    let by = rule.dated_by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
    if let Some(from) = &rule.from {
        page.detail(&format!("in force from {from}{by}"));
    }
    if let Some(until) = &rule.until {
        page.detail(&format!("in force until {until}{by}"));
    }
    if let Some(quiet) = &rule.not_again {
        page.detail(&plain(quiet));
    }
    if let Some(suspension) = &rule.suspension {
        page.detail(&suspended(suspension, sources));
    }
    for addition in &rule.additions {
        page.detail(&added(addition, sources));
    }
}

/// A condition in words, each part of its lists on a line of its own.
fn write_statement(page: &mut Page, lead: &str, statement: &Statement) {
    page.detail(&format!("{lead} {}", plain(&statement.said)));
    statement.under.iter().for_each(|part| write_statement(page, "-", part));
}

fn suspended(suspension: &Suspension, sources: &Sources) -> String {
    let from = suspension.from.as_ref().map_or(String::new(), |from| format!("from {from} "));
    let Suspension { policy, until, owner, at, .. } = suspension;
    format!("suspended {from}until {until}, by {policy} at {}; {owner} answers for it", place(*at, sources))
}

fn added(addition: &Addition, sources: &Sources) -> String {
    let effects: Vec<String> = addition.then.iter().map(|effect: &Sentence| plain(effect)).collect();
    let way = addition.also_when.as_ref().map(|_| "another way in which it applies".to_owned());
    let mut what: Vec<String> = way.into_iter().chain(effects).collect();
    if what.is_empty() {
        what.push("a reason".to_owned());
    }
    format!("{} adds at {}: {}", addition.policy, place(addition.at, sources), what.join("; "))
}

/// `rules/forces/riverside.heed:9`
fn place(at: Span, sources: &Sources) -> String {
    sources
        .get(at.source)
        .map_or_else(String::new, |source| format!("{}:{}", source.name, source.position(at.start).line))
}
