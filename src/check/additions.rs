//! Checks what a policy adds to rules of its base: only more, and only to rules that the base has.

use super::names::Checker;
use super::once::{Once, no_effect};
use super::policy::{Addition, ReasonPart};
use super::rules::OwnCounts;
use crate::syntax;
use crate::syntax::tree::{self, AdditionItem, Line, RuleItem, RuleLine};
use crate::text::{Diagnostic, Span, nearest};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

impl<'a> Checker<'a, '_> {
    /// Adds the effects of `add to` to the rules they name.
    pub(super) fn check_additions(
        &mut self,
        additions: &[(&str, &'a AdditionItem, Span)],
        rules: &BTreeMap<&str, &'a RuleItem>,
        names: &BTreeSet<&str>,
    ) {
        if additions.is_empty() {
            return;
        }
        let positions: BTreeMap<String, usize> =
            self.policy.rules.iter().enumerate().map(|(at, rule)| (rule.name.clone(), at)).collect();
        let mut by_policy: BTreeMap<&str, Once> = BTreeMap::new();
        for (policy, item, at) in additions {
            let once = by_policy.entry(policy).or_insert_with(|| Once::under("this policy"));
            once.line(&format!("add to {}", item.rule.text), item.rule.at.0, self.problems);
            self.check_each_once(&item.lines, &mut Once::under("this addition"));
            self.report_added_already(item, rules);
            if item.lines.is_empty() && !self.lost.anything_under(item.rule.at.0) {
                let problem = Diagnostic::error("line-missing", item.rule.at.0, "nothing is added here");
                self.problems.push(problem.help("say what follows besides: `then refer to …`"));
            }
            let mut effects = Vec::new();
            let mut pieces = Vec::new();
            let mut sources = Vec::new();
            for line in &item.lines {
                match &line.node {
                    RuleLine::Then(list) => effects.extend(self.effects(list).unwrap_or_default()),
                    RuleLine::Because(text) => pieces = self.because(text, &OwnCounts::default()).unwrap_or_default(),
                    RuleLine::Source(text) => sources.push(text.value.as_str().into()),
                    _ => {}
                }
            }
            let sound = positions.get(&item.rule.text).copied();
            if let Some(rule) = sound.and_then(|at| self.policy.rules.get_mut(at)) {
                if !pieces.is_empty() {
                    rule.because.push(ReasonPart::Text(". ".into()));
                }
                let mut all_effects = rule.effects.to_vec();
                let effects = append(&mut all_effects, &mut effects);
                rule.effects = all_effects.into();
                rule.additions.push(Addition {
                    policy: (*policy).to_owned(),
                    effects,
                    because: append(&mut rule.because, &mut pieces),
                    sources: append(&mut rule.sources, &mut sources),
                    at: *at,
                });
            } else if !names.contains(item.rule.text.as_str()) {
                let near = nearest(&item.rule.text, names.iter().copied());
                let problem =
                    Diagnostic::error("unknown-name", item.rule.at.0, format!("there is no rule `{}`", item.rule.text))
                        .suggest(near);
                self.report_unknown(&item.rule, problem);
            }
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

/// Every effect that the lines of a rule or an addition name.
fn effects_of(lines: &[Line<RuleLine>]) -> impl Iterator<Item = &Line<tree::Effect>> {
    let then = lines.iter().filter_map(|line| match &line.node {
        RuleLine::Then(effects) => Some(effects),
        _ => None,
    });
    then.flatten()
}

/// Moves items to the end of a list, and says where they are.
fn append<T>(list: &mut Vec<T>, more: &mut Vec<T>) -> Range<usize> {
    let first = list.len();
    list.append(more);
    first..list.len()
}
