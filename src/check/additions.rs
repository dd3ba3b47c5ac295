//! Checks what a policy adds to rules of its base: only more, and only to rules that the base has.

use super::names::{Checker, NameScope};
use super::once::{Once, no_effect};
use super::policy::{Addition, Effect, ReasonPart, Rule};
use super::rules::{OwnCounts, effects_of};
use crate::semantics::Condition;
use crate::syntax;
use crate::syntax::tree::{self, AdditionItem, Line, RuleItem, RuleLine};
use crate::text::{Diagnostic, Span, nearest};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// What the lines of an addition say, checked.
#[derive(Default)]
struct Lines<'t> {
    /// Another way in which the rule applies, as it is written and as it is meant.
    way: Option<(&'t tree::Condition, Condition)>,
    effects: Vec<Effect>,
    because: Vec<ReasonPart>,
    sources: Vec<Arc<str>>,
}

impl<'a> Checker<'a, '_> {
    /// Adds what `add to` says to the rules it names.
    pub(super) fn check_additions(
        &mut self,
        additions: &[(&str, &'a AdditionItem)],
        rules: &BTreeMap<&str, &'a RuleItem>,
        names: &BTreeSet<&str>,
    ) {
        if additions.is_empty() {
            return;
        }
        let positions: BTreeMap<String, usize> =
            self.policy.rules.iter().enumerate().map(|(at, rule)| (rule.name.clone(), at)).collect();
        let mut by_policy: BTreeMap<&str, Once> = BTreeMap::new();
        for (policy, item) in additions {
            let once = by_policy.entry(policy).or_insert_with(|| Once::under("this policy"));
            once.line(&format!("add to {}", item.rule.text), item.rule.at.0, self.problems);
            self.check_each_once(&item.lines, &mut Once::under("this addition"));
            self.report_added_already(item, rules);
            if item.lines.is_empty() && !self.lost.anything_under(item.rule.at.0) {
                let problem = Diagnostic::error("line-missing", item.rule.at.0, "nothing is added here");
                self.problems.push(problem.help("say what follows besides: `then refer to …`"));
            }
            let lines = self.addition_lines(item);
            let sound = positions.get(&item.rule.text).copied();
            if let Some(at) = sound {
                self.add_to(at, policy, item, lines);
            } else if !names.contains(item.rule.text.as_str()) {
                let near = nearest(&item.rule.text, names.iter().copied());
                let problem =
                    Diagnostic::error("unknown-name", item.rule.at.0, format!("there is no rule `{}`", item.rule.text))
                        .suggest(near);
                self.report_unknown(&item.rule, problem);
            }
        }
    }

    fn addition_lines(&mut self, item: &'a AdditionItem) -> Lines<'a> {
        let mut said = Lines::default();
        let widens = item.lines.iter().find_map(|line| match &line.node {
            RuleLine::AlsoWhen(condition) => Some(condition),
            _ => None,
        });
        if let Some(written) = widens {
            said.way = self.condition(written, NameScope::Call).map(|typed| (written, typed));
        }
        let mut counted = OwnCounts::default();
        if let Some((written, typed)) = &said.way {
            Self::own_counts(written, typed, &mut counted);
        }
        for line in &item.lines {
            match &line.node {
                RuleLine::Then(list) => said.effects.extend(self.effects(list).unwrap_or_default()),
                // A reason that names the counts of a condition which is itself wrong would only repeat the complaint.
                RuleLine::Because(text) if widens.is_none() || said.way.is_some() => {
                    said.because = self.because(text, &counted).unwrap_or_default();
                }
                RuleLine::Source(text) => said.sources.push(text.value.as_str().into()),
                _ => {}
            }
        }
        said
    }

    /// A rule says why it applies and by whose word, and so does each other way in which it does.
    fn report_no_grounds(&mut self, item: &AdditionItem) {
        let has = |is: fn(&RuleLine) -> bool| item.lines.iter().any(|line| is(&line.node));
        let needed = [
            ("because", "give the reason that people will read where it is this that holds: `because \"…\"`"),
            ("source", "name the guidance or decision that it carries out: `source \"…\"`"),
        ];
        let given = [has(|line| matches!(line, RuleLine::Because(_))), has(|line| matches!(line, RuleLine::Source(_)))];
        let lost = |name: &str| self.lost.line_under(item.rule.at.0, name);
        let missing: Vec<(&str, &str)> = needed
            .into_iter()
            .zip(given)
            .filter(|((name, _), given)| !given && !lost(name))
            .map(|(needed, _)| needed)
            .collect();
        self.report_missing(item.rule.at.0, &format!("this way in which `{}` also applies", item.rule.text), &missing);
    }

    fn add_to(&mut self, at: usize, policy: &str, item: &AdditionItem, mut lines: Lines<'a>) {
        if let Some(rule) = self.policy.rules.get(at).filter(|rule| rule.quiet.is_some()).cloned() {
            let written: Vec<&Line<tree::Effect>> = effects_of(&item.lines).collect();
            self.report_never_quiet(&rule, &written, &lines.effects);
        }
        let Some(rule) = self.policy.rules.get_mut(at) else { return };
        let (mut way, mut widened) = (None, false);
        if let Some((written, typed)) = lines.way.take() {
            if let Some(problem) = not_widened(rule, policy, written) {
                self.problems.push(problem);
            } else {
                widened = true;
                let mut ways = rule.ways().to_vec();
                way = Some(ways.len());
                ways.push(rule.limited(typed));
                rule.when = Condition::Any(ways);
            }
        }
        let mut all_effects = rule.effects.to_vec();
        let effects = append(&mut all_effects, &mut lines.effects);
        rule.effects = all_effects.into();
        rule.additions.push(Addition {
            policy: policy.to_owned(),
            way,
            effects,
            because: append(&mut rule.because, &mut lines.because),
            sources: append(&mut rule.sources, &mut lines.sources),
            at: item.rule.at.0,
        });
        if widened {
            self.report_no_grounds(item);
        }
    }

    /// An effect that the rule has already adds nothing.
    fn report_added_already(&mut self, item: &AdditionItem, rules: &BTreeMap<&str, &'a RuleItem>) {
        let Some(rule) = rules.get(item.rule.text.as_str()) else { return };
        let had = effects_of(&rule.lines).map(|effect| (syntax::print_effect(&effect.node), effect.at.0));
        let had: BTreeMap<String, Span> = had.collect();
        for effect in effects_of(&item.lines) {
            let Some(first) = had.get(&syntax::print_effect(&effect.node)) else { continue };
            let problem = no_effect(effect.at.0, format!("`{}` does this already", item.rule.text));
            self.problems.push(problem.also(*first, "here it is said first"));
        }
    }
}

/// Why a way in which a rule is to apply as well cannot be added, if it cannot.
fn not_widened(rule: &Rule, policy: &str, written: &tree::Condition) -> Option<Diagnostic> {
    let (name, at) = (&rule.name, written.at.0);
    if *rule.policy == *policy {
        let message = format!("`{name}` is this policy's own rule, and only a rule of a base is widened");
        let problem = Diagnostic::error("not-widenable", at, message).also(rule.at, "the rule is here");
        return Some(
            problem.help("say it in the rule itself: `when any of:`, and under that each way in which it applies"),
        );
    }
    if !rule.may_be_widened {
        let message = format!("`{}` does not let `{name}` be widened", rule.policy);
        let problem = Diagnostic::error("not-widenable", at, message).also(rule.at, "the rule is here");
        return Some(problem.help(
            "only a rule that says `may be widened` can be; write a rule of your own that asks for the same, or ask whoever keeps the base",
        ));
    }
    None
}

/// Moves items to the end of a list, and says where they are.
fn append<T>(list: &mut Vec<T>, more: &mut Vec<T>) -> Range<usize> {
    let first = list.len();
    list.append(more);
    first..list.len()
}
