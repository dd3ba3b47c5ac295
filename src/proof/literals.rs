//! A rule of a policy, a fact -> literals: whether the rule has its effect, and what the fact is.

use super::encode::{Encoder, Holds, Row, Spot};
use super::rules::{FactHas, Side};
use super::solver::Lit;
use crate::check::Rule;
use crate::model::{FactId, Value};

/// Whether a rule applies and has its effect; or may, as far as is known: also where only what is presumed speaks against it.
pub(super) fn applies(encoder: &mut Encoder<'_>, side: &Side<'_>, at: usize, perhaps: bool) -> Lit {
    let (Some(rule), Some(when)) = (side.rule(at), side.when(at)) else { return encoder.gates.solver.no() };
    let answer = encoder.truth(when, Row::Call);
    let holds = if perhaps {
        let open = encoder.open_truth(when);
        encoder.gates.or(&[answer.may, open.may])
    } else if rule.presumed {
        answer.may
    } else {
        answer.yes
    };
    let has_effect = has_effect(encoder, rule);
    encoder.gates.and(&[holds, has_effect])
}

/// Whether a rule would have its effect: it is in force, and neither on trial nor suspended.
pub(super) fn has_effect(encoder: &mut Encoder<'_>, rule: &Rule) -> Lit {
    if rule.trial {
        return encoder.gates.solver.no();
    }
    let mut lits = Vec::new();
    lits.extend(rule.from.map(|from| encoder.is_since(from)));
    lits.extend(rule.until.map(|until| !encoder.is_since(until.plus_seconds(1))));
    if let Some(suspension) = &rule.suspension {
        let begun = suspension.from.map(|from| encoder.is_since(from));
        let over = encoder.is_since(suspension.until.plus_seconds(1));
        let mut suspended = vec![!over];
        suspended.extend(begun);
        lits.push(!encoder.gates.and(&suspended));
    }
    encoder.gates.and(&lits)
}

/// Whether a fact is something.
pub(super) fn has(encoder: &mut Encoder<'_>, what: &FactHas) -> Lit {
    match what {
        FactHas::OneOf(fact, values) => is_one_of(encoder, *fact, values),
        FactHas::Some(fact) => {
            let value = encoder.value(Row::Call, Spot::Fact(*fact));
            value.exists(&mut encoder.gates)
        }
    }
}

/// Whether a fact is something, or may be as far as is known.
pub(super) fn may_have(encoder: &mut Encoder<'_>, what: &FactHas) -> Lit {
    let unknown = encoder.value(Row::Call, Spot::Fact(what.fact())).unknown;
    let has = has(encoder, what);
    encoder.gates.or(&[unknown, has])
}

fn is_one_of(encoder: &mut Encoder<'_>, fact: FactId, values: &[u16]) -> Lit {
    let value = encoder.value(Row::Call, Spot::Fact(fact));
    let Holds::One(all) = &value.holds else { return encoder.gates.solver.no() };
    let is = |value: &Value| matches!(value, Value::Choice(at) if values.contains(at));
    let lits: Vec<Lit> = all.iter().filter(|(value, _)| is(value)).map(|(_, lit)| *lit).collect();
    encoder.gates.or(&lits)
}
