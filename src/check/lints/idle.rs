//! An effect, a point or a way to apply that adds nothing: `adds-nothing`.
//!
//! An effect that another of its rule outdoes, also where an `add to` says it; an effect that is the lowest value, which holds
//! without any rule, unless the outcome `says "…" when no rule applies`; `0 when …` in a score; `also when` with a condition under which the rule applies already. Only what is written out is compared: a force may give a setting another value, and
//! then it may add something.
//!
//! Somebody wrote it so that something should follow. Nothing does, and a reader takes it for a second safeguard.
//!
//! ```heed
//! rule strangled "Strangulation"
//!   when strangulation is yes
//!   then:
//!     - grade at least immediate
//!     - grade at least priority
//!   because "Strangulation is reported"
//!   source "Local policy"
//! ```
//!
//! Leave it out:
//!
//! ```heed
//! rule strangled "Strangulation"
//!   when strangulation is yes
//!   then grade at least immediate
//!   because "Strangulation is reported"
//!   source "Local policy"
//! ```

use super::super::policy::{Addition, Effect, Policy, Rule};
use super::sites::{Written, rule_at};
use crate::model::OutcomeId;
use crate::semantics::Subject;
use crate::syntax;
use crate::syntax::tree::{
    self, Amount, Comments, EffectValue, File, Item, LengthRef, Line, RuleLine, ScoreItem, ScoreLine,
};
use crate::text::{Diagnostic, Span};
use crate::time::Length;
use std::collections::BTreeMap;

/// An effect as it is written, and what it means.
type Said<'s> = (&'s Line<tree::Effect>, &'s Effect);

pub(super) fn idle(policy: &Policy, files: &[File], written: &Written<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let at: BTreeMap<Span, &Rule> = policy.rules.iter().map(|rule| (rule.at, rule)).collect();
    let named: BTreeMap<&str, &Rule> = policy.rules.iter().map(|rule| (rule.name.as_str(), rule)).collect();
    for item in files.iter().flat_map(|file| &file.items) {
        match &item.node {
            Item::Rule(item) => {
                let Some(rule) = at.get(&item.name.at.0) else { continue };
                let own = effects_of(&item.lines);
                let meant = rule.effects.get(..own.len()).unwrap_or_default();
                of_rule(policy, &[], &said(policy, &own, meant), own.len(), &mut found);
            }
            Item::Addition(addition) => {
                let Some(rule) = named.get(addition.rule.text.as_str()) else { continue };
                let Some(added) = rule.additions.iter().find(|added| added.at == addition.rule.at.0) else { continue };
                found.extend(applies_already(rule, added, addition));
                let base = rule_at(written, rule.at).map(|item| effects_of(&item.lines)).unwrap_or_default();
                let before = rule.effects.get(..base.len()).unwrap_or_default();
                let meant = rule.effects.get(added.effects.clone()).unwrap_or_default();
                let own = effects_of(&addition.lines);
                of_rule(policy, &said(policy, &base, before), &said(policy, &own, meant), own.len(), &mut found);
            }
            Item::Score(score) => found.extend(no_points(score)),
            _ => {}
        }
    }
    found
}

/// Which of a rule's effects add nothing to one another, or to those that it has `before`; of how many that stand there.
fn of_rule(policy: &Policy, before: &[Said<'_>], own: &[Said<'_>], count: usize, found: &mut Vec<Diagnostic>) {
    let told = found.len();
    for (at, idle) in own.iter().enumerate() {
        let said = syntax::print_effect(&idle.0.node);
        if let Effect::Raise { outcome, level } = idle.1
            && *level == level.least()
            && !tells_apart(policy, *outcome)
        {
            let message = format!("`{said}` adds nothing: that is the lowest value, which holds without any rule");
            let problem = left_out(Diagnostic::warning("adds-nothing", idle.0.at.0, message), *idle);
            found.push(problem.help("leave it out, or say what else should follow where the rule applies"));
            continue;
        }
        let others = own.iter().enumerate().map(|(place, other)| (place < at, other));
        let mut others = before.iter().map(|other| (true, other)).chain(others.filter(|(_, other)| other.0 != idle.0));
        let other = others.find(|(earlier, other)| {
            // Of two that say the same, the second is idle.
            covers(policy, other.1, idle.1) && (*earlier || !covers(policy, idle.1, other.1))
        });
        let Some((_, other)) = other else { continue };
        let message = format!("this adds nothing to `{}`", syntax::print_effect(&other.0.node));
        let problem = left_out(Diagnostic::warning("adds-nothing", idle.0.at.0, message), *idle);
        found.push(problem.also(other.0.at.0, "here is the other one").help("leave it out"));
    }
    // Where nothing would be left, the author has to say what was meant.
    if found.len() - told == count {
        found.iter_mut().skip(told).for_each(|problem| problem.fix = None);
    }
}

/// Whether it makes a difference that a rule adds the lowest value: it is then not said that none applies.
fn tells_apart(policy: &Policy, outcome: OutcomeId) -> bool {
    policy.vocabulary.outcomes.get(outcome.index()).is_some_and(|outcome| outcome.unassessed.is_some())
}

/// With the edit that leaves an effect out. A comment beside it says something that nobody else can weigh; and a decision names the
/// time that a deadline is counted from, where it is not known, as often as one is.
fn left_out(problem: Diagnostic, (line, effect): Said<'_>) -> Diagnostic {
    let from_a_fact = matches!(effect, Effect::Deadline { after: Subject::Fact(_), .. });
    // A decision says of a calendar that it is not complete for the days that were reckoned with.
    let over_days = matches!(effect, Effect::Deadline { calendar: Some(_), .. });
    match line.comments == Comments::default() && !from_a_fact && !over_days {
        true => problem.fix(line.at.0, "").certain(true),
        false => problem,
    }
}

/// Whether one effect gives all that another does.
pub(super) fn covers(policy: &Policy, one: &Effect, other: &Effect) -> bool {
    match (one, other) {
        (Effect::Raise { outcome: of, level: one }, Effect::Raise { outcome, level: other }) => {
            // Of two sides a decision shows the one that lost too.
            of == outcome && if other.is_side() { one == other } else { one.covers(*other) }
        }
        (
            Effect::Deadline { outcome: of, length: one, after: from, calendar: by, end_of_day: whole },
            Effect::Deadline { outcome, length: other, after, calendar, end_of_day },
        ) => {
            let never_longer = |one: Length, other| one.never_longer_over(other, by.is_some(), &policy.zone);
            let declared = policy.vocabulary.outcomes.get(of.index());
            (of, from, by, whole) == (outcome, after, calendar, end_of_day)
                && declared.is_some_and(|declared| declared.kind.asks_for_as_much(*one, *other, never_longer))
        }
        (Effect::RaiseTo { .. } | Effect::Raise { .. } | Effect::Figure { .. } | Effect::Deadline { .. }, _) => false,
    }
}

/// Effects that no setting takes part in, with what they mean.
fn said<'s>(policy: &Policy, lines: &[&'s Line<tree::Effect>], effects: &'s [Effect]) -> Vec<Said<'s>> {
    lines.iter().copied().zip(effects).filter(|(line, _)| is_fixed(policy, &line.node)).collect()
}

/// Whether no setting takes part in an effect.
pub(super) fn is_fixed(policy: &Policy, effect: &tree::Effect) -> bool {
    let is_setting = |word: &tree::Word| policy.settings.iter().any(|setting| setting.name == word.text);
    match &effect.value {
        EffectValue::Words(words) => !words.iter().any(is_setting),
        EffectValue::Deadline(deadline) => {
            !matches!(deadline.length, Some(LengthRef::Name(_))) && !deadline.calendar.iter().any(is_setting)
        }
    }
}

/// A way in which the rule applies without it.
fn applies_already(rule: &Rule, added: &Addition, item: &tree::AdditionItem) -> Option<Diagnostic> {
    let way = added.way?;
    if !rule.ways().get(..way)?.contains(rule.ways().get(way)?) {
        return None;
    }
    let written = item.lines.iter().find(|line| matches!(line.node, RuleLine::AlsoWhen(_)))?;
    let message = format!("this adds nothing: `{}` applies so already", rule.name);
    let problem = Diagnostic::warning("adds-nothing", written.at.0, message).also(rule.at, "the rule is here");
    Some(problem.help("leave it out, or say in which other way the rule should apply"))
}

/// Every effect that the lines of a rule or an addition name.
pub(super) fn effects_of(lines: &[Line<RuleLine>]) -> Vec<&Line<tree::Effect>> {
    let then = lines.iter().filter_map(|line| match &line.node {
        RuleLine::Then(effects) => Some(effects),
        _ => None,
    });
    then.flatten().collect()
}

/// `- 0 when …`
fn no_points(score: &ScoreItem) -> impl Iterator<Item = Diagnostic> {
    let points = score.lines.iter().filter_map(|line| match &line.node {
        ScoreLine::Points(points) => Some(points),
        _ => None,
    });
    let none = points.flatten().filter(|point| matches!(&point.node.points, Amount::Number(none) if none.value == 0));
    none.map(|point| {
        Diagnostic::warning("adds-nothing", point.at.0, "this adds 0 points, which changes no score")
            .help("leave it out")
    })
}
