//! Warnings that a policy accepts for a time: of a kind that there is, about something that has a name, with a reason and an owner.

use super::lints::ACCEPTABLE;
use super::names::Checker;
use super::policy::{Acceptance, whole_day};
use crate::syntax::tree::{AcceptanceItem, Item, Line};
use crate::text::{Code, Diagnostic, Span, nearest};
use std::collections::BTreeSet;

impl<'a> Checker<'a, '_> {
    /// `rules` are the names of all rules, also of those that have something wrong with them.
    pub(super) fn check_acceptances(&mut self, items: &[(&str, &'a Line<Item>)], rules: &BTreeSet<&str>) {
        let accepted = items.iter().filter_map(|(policy, item)| match &item.node {
            Item::Acceptance(accepted) => Some((*policy, &**accepted, item.at.0)),
            _ => None,
        });
        let accepted: Vec<(&str, &AcceptanceItem, Span)> = accepted.collect();
        if accepted.is_empty() {
            return;
        }
        let known = self.acceptable_names(rules);
        for (policy, item, at) in accepted {
            self.accept(policy, item, at, &known);
        }
    }

    fn accept(&mut self, policy: &str, item: &AcceptanceItem, at: Span, known: &BTreeSet<String>) {
        let [reason, owner] = self.grounds("acceptance", &item.warning, &item.warning.text, &item.lines);
        let (warning, about) = (&item.warning, item.about());
        let Some(kind) = kinds().find(|kind| **kind == *warning.text) else {
            let message = format!("there is no kind of warning `{}` that a policy can accept", warning.text);
            let problem = Diagnostic::error("unknown-name", warning.at.0, message);
            let problem = if kinds().any(|kind| kind == item.name.text) {
                let help = format!("the kind of warning comes first: `accept {} for {}`", item.name.text, warning.text);
                problem.help(help)
            } else {
                let help =
                    "the kind of a warning stands in square brackets behind `warning`, as in `warning[not-used]`";
                with_near(problem, nearest(&warning.text, kinds()), help)
            };
            return self.report_unknown(warning, problem);
        };
        if !known.contains(&about) {
            let place = item.record.iter().fold(item.name.at.0, |at, record| record.at.0.to(at));
            let message = format!("nothing is called `{about}` here");
            let problem = Diagnostic::error("unknown-name", place, message);
            let help = "give the name under whose heading the warning is told: of a rule, a setting or a fact, or `order's kind` for a field";
            let near = nearest(&about, known.iter().map(String::as_str));
            return self.report_unknown(&item.name, with_near(problem, near, help));
        }
        let first = self
            .policy
            .acceptances
            .iter()
            .find(|first| (first.warning, &first.about) == (kind, &about) && first.policy == *policy);
        if let Some(first) = first {
            let message = format!("`{kind}` is accepted for `{about}` twice");
            let problem = Diagnostic::error("named-twice", warning.at.0, message);
            self.problems.push(problem.also(first.at, "here it is accepted first").help("leave one of them out"));
            return;
        }
        let until = whole_day(&self.policy.zone, item.until).1;
        let policy = policy.to_owned();
        self.policy.acceptances.push(Acceptance { policy, warning: kind, about, until, reason, owner, at });
    }

    /// Every name by which a warning can be accepted.
    fn acceptable_names(&self, rules: &BTreeSet<&str>) -> BTreeSet<String> {
        let vocabulary = &self.policy.vocabulary;
        let own = rules
            .iter()
            .chain(self.definitions.keys())
            .chain(self.scores.keys())
            .chain(self.tables.keys())
            .chain(self.settings.keys());
        let own = own.map(|name| (*name).to_owned());
        let calendars = self.policy.calendars.iter().map(|calendar| calendar.name.clone());
        let facts = vocabulary.call.iter().map(|fact| fact.name.clone());
        let records = vocabulary.records.iter().map(|record| record.name.clone());
        let fields = vocabulary
            .records
            .iter()
            .flat_map(|record| record.fields.iter().map(move |field| format!("{}'s {}", record.name, field.name)));
        let outcomes = vocabulary.outcomes.iter().map(|outcome| outcome.name.clone());
        let invariants = self.policy.invariants.iter().map(|invariant| invariant.name.clone());
        own.chain(invariants).chain(calendars).chain(facts).chain(records).chain(fields).chain(outcomes).collect()
    }
}

/// With the name that was probably meant, or else with how to find it.
fn with_near(problem: Diagnostic, near: Option<&str>, help: &str) -> Diagnostic {
    if near.is_some() { problem.suggest(near) } else { problem.help(help) }
}

/// The names of the kinds of warnings that can be accepted.
fn kinds() -> impl Iterator<Item = Code> {
    ACCEPTABLE.into_iter().map(|(kind, _)| kind)
}
