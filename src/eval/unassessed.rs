//! The outcomes to which no rule adds: nothing was found, or not yet.

use super::evaluation::Evaluation;
use super::rule_scan::{Verdict, is_unknown_choice, verdict};
use crate::check::Effect;
use crate::compile::CompiledRule;
use crate::model::{OutcomeId, Outcomes, Unassessed};

/// Of the outcomes that say what they are called where no rule applies, those to which none adds at the moment of the run, where
/// the outcome is this. What a rule on trial would add is none of it.
pub(super) fn unassessed(run: &Evaluation<'_>, outcome: &Outcomes) -> Vec<Unassessed> {
    let program = run.program;
    let of = |id: OutcomeId, rules: &[_]| {
        // What is above the least, some rule has added, or several have together.
        if outcome.level(id) != program.lowest.level(id) {
            return None;
        }
        let mut open = false;
        for (_, fact) in program.floors.iter().filter(|(of, _)| *of == id) {
            if !is_unknown_choice(run.case, *fact) {
                return None;
            }
            open = true;
        }
        for rule in rules.iter().filter_map(|rule: &crate::compile::RuleId| program.rules.get(rule.0 as usize)) {
            match verdict(run, rule) {
                Verdict::Yes { .. } if adds(run, rule, id) => return None,
                Verdict::Yes { .. } => open |= may_add(run, rule, id),
                Verdict::Unknown => open |= adds(run, rule, id) || may_add(run, rule, id),
                Verdict::Asleep | Verdict::No | Verdict::Trial { .. } => {}
            }
        }
        Some(Unassessed { outcome: id, open })
    };
    program.worded.iter().filter_map(|(id, rules)| of(*id, rules)).collect()
}

fn effects_on(rule: &CompiledRule, outcome: OutcomeId) -> impl Iterator<Item = &Effect> {
    rule.effects.iter().filter(move |effect| effect.outcome() == outcome)
}

/// Whether it adds for certain, however little: also the value of a fact that is not known yet is some value.
fn adds(run: &Evaluation<'_>, rule: &CompiledRule, outcome: OutcomeId) -> bool {
    effects_on(rule, outcome)
        .any(|effect| matches!(effect, Effect::RaiseTo { .. }) || run.sure_effect(rule, effect).is_some())
}

/// Whether it may add: a deadline from a time that is not known, which may also turn out not to exist.
fn may_add(run: &Evaluation<'_>, rule: &CompiledRule, outcome: OutcomeId) -> bool {
    run.possible_effects(rule).any(|(of, _)| of == outcome)
}
