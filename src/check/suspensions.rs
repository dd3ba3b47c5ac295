//! Rules of a base that a force suspends: only where the base allows it, with a reason, an owner and an end.

use super::names::Checker;
use super::policy::{Suspension, whole_day};
use crate::syntax::tree::{Item, Line, SuspensionItem};
use crate::text::{Diagnostic, Span, nearest};
use std::collections::BTreeSet;

impl<'a> Checker<'a, '_> {
    pub(super) fn check_suspensions(&mut self, items: &[(&str, &'a Line<Item>)], names: &BTreeSet<&str>) {
        for (policy, item) in items {
            if let Item::Suspension(suspension) = &item.node {
                self.suspend(policy, suspension, item.at.0, names);
            }
        }
    }

    fn suspend(&mut self, policy: &str, item: &'a SuspensionItem, at: Span, names: &BTreeSet<&str>) {
        let [reason, owner] = self.grounds("suspension", &item.rule, &item.rule.text, &item.lines);
        let zone = &self.policy.zone;
        let from = item.from.map(|date| whole_day(zone, date).0);
        let until = whole_day(zone, item.until).1;
        if from.is_some_and(|from| from > until) {
            let problem = Diagnostic::error("bad-range", item.rule.at.0, "this suspension ends before it begins");
            self.problems.push(problem.help("name the earlier day first"));
        }
        let name = &item.rule.text;
        let Some(rule) = self.policy.rules.iter_mut().find(|rule| rule.name == *name) else {
            if !names.contains(name.as_str()) {
                let message = format!("there is no rule `{name}`");
                let problem = Diagnostic::error("unknown-name", item.rule.at.0, message);
                let problem = problem.suggest(nearest(name, names.iter().copied()));
                self.report_unknown(&item.rule, problem);
            }
            return;
        };
        let problem = if *rule.policy == *policy {
            let message = format!("`{name}` is this policy's own rule, and only a rule of a base is suspended");
            Diagnostic::error("not-suspendable", item.rule.at.0, message)
                .also(rule.at, "the rule is here")
                .help("put it `on trial`, or leave it out")
        } else if !rule.may_be_suspended {
            let message = format!("`{}` does not let `{name}` be suspended", rule.policy);
            Diagnostic::error("not-suspendable", item.rule.at.0, message).also(rule.at, "the rule is here").help(
                "only a rule that says `may be suspended` can be; if your force has a reason, that is for whoever keeps the base",
            )
        } else if let Some(first) = &rule.suspension {
            Diagnostic::error("named-twice", item.rule.at.0, format!("`{name}` is suspended twice"))
                .also(first.at, "here it is suspended first")
                .help("leave one of them out")
        } else {
            let policy = policy.to_owned();
            rule.suspension = Some(Box::new(Suspension { policy, from, until, reason, owner, at }));
            return;
        };
        self.problems.push(problem);
    }
}
