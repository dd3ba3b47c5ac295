//! Rule -> the cases that are worth posing to it, and what of a case a rule can see.

use super::asked::Asked;
use super::moves::{MoveKind, moves};
use super::sketch::Sketch;
use super::solve::{Row, Solver};
use crate::compile::Program;
use crate::engine::Snapshot;
use crate::eval::rules_seen;
use crate::model::{Case, FieldId, RecordId, Truth, Type, Value};
use crate::time::Instant;
use std::collections::BTreeSet;

/// A case that is put to a rule.
#[derive(Clone, Debug)]
pub(in crate::testing) struct Posed {
    /// What is otherwise than in the case for which the rule applies; empty for that case itself.
    pub label: String,
    pub kind: MoveKind,
    pub sketch: Sketch,
}

/// Wednesday 11 March 2026, two in the afternoon: no rule minds a call at that time more than another.
const QUIET: Instant = Instant(1_773_237_600);

/// How many different ways to satisfy a rule are followed.
const MOST_WAYS: usize = 24;

/// Cases for which the rule at this place applies, and those beside them; `ways` is how many of the former.
pub(in crate::testing) fn pose(policy: &Snapshot, program: &Program, rule: usize, ways: usize) -> Vec<Posed> {
    let typed = policy.policy();
    let Some(known) = typed.rules.get(rule) else { return Vec::new() };
    let asked = Asked::of(typed, known);
    let solver = Solver { policy: typed };
    let mut start = Sketch::plain(&typed.vocabulary, QUIET.max(known.from.unwrap_or(QUIET)));
    start.call.retain(|fact, _| asked.facts.contains_key(fact));
    let truth = |sketch: &Sketch| {
        let case = sketch.case(&typed.vocabulary, &typed.zone);
        rules_seen(typed, program, &case, &[rule]).first().map_or(Truth::No, |seen| seen.truth)
    };
    let bases: Vec<Sketch> = solver
        .solve(start, &known.when, true, Row::Call)
        .into_iter()
        .filter(|sketch| truth(sketch) == Truth::Yes)
        .take(ways.min(MOST_WAYS))
        .collect();
    let mut seen = BTreeSet::new();
    let mut posed = Vec::new();
    for base in bases {
        let own = [(String::new(), MoveKind::Edge, base.clone())];
        let beside = moves(typed, known, &asked, &base).into_iter().map(|it| (it.label, it.kind, it.sketch));
        for (label, kind, sketch) in own.into_iter().chain(beside) {
            let case = sketch.case(&typed.vocabulary, &typed.zone);
            if case.warnings.is_empty() && seen.insert(view(&asked, &case, &typed.vocabulary)) {
                posed.push(Posed { label, kind, sketch });
            }
        }
    }
    posed
}

/// What a rule can see of a case: the facts and fields that it asks about, with people by the order in which they come.
pub(in crate::testing) fn view(asked: &Asked, case: &Case, vocabulary: &crate::model::Vocabulary) -> String {
    let mut people: Vec<String> = Vec::new();
    let mut out = String::new();
    let mut said = |value: Value, out: &mut String| match value {
        Value::Time(at) => out.push_str(&format!("t{},", at.0 - case.at.0)),
        Value::Text(at) => out.push_str(&format!("{:?},", case.text(at))),
        Value::Identity(_) | Value::Identities { .. } => {
            for name in case.identities(&value) {
                let name = case.name(*name).to_owned();
                let at = people.iter().position(|known| *known == name).unwrap_or_else(|| {
                    people.push(name);
                    people.len() - 1
                });
                out.push_str(&format!("p{at}+"));
            }
            out.push(',');
        }
        other => out.push_str(&format!("{other:?},")),
    };
    if asked.dated || !asked.call_time.is_empty() {
        out.push_str(&format!("at{};", case.at.0));
    }
    for fact in asked.facts.keys() {
        said(case.fact(*fact), &mut out);
    }
    for kind in &asked.kinds {
        out.push(';');
        let Some(records) = case.records(*kind) else { continue };
        out.push('=');
        for record in 0..records.len() {
            out.push_str(&format!("|{}:", records.time(record).0 - case.at.0));
            for field in fields(asked, *kind) {
                let link = vocabulary.records.get(kind.index()).and_then(|it| it.fields.get(field.index()));
                match (records.value(record, field), link.map(|it| &it.ty)) {
                    // A link is where it leads, not what the id is called.
                    (Value::Identity(id), Some(Type::Link { record })) => {
                        let found = case.records(*record).and_then(|records| records.find(id));
                        out.push_str(&format!("l{found:?},"));
                    }
                    (value, _) => said(value, &mut out),
                }
            }
        }
    }
    out
}

fn fields(asked: &Asked, kind: RecordId) -> impl Iterator<Item = FieldId> {
    asked.fields.keys().filter(move |(known, _)| *known == kind).map(|(_, field)| *field)
}
