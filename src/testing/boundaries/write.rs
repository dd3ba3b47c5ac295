//! Posed cases -> test files that a person can read and keep, with what is decided now as what is expected.

use super::Asked;
use super::moves::MoveKind;
use super::posed::{Posed, pose, view};
use super::sketch::{Sketch, Val, in_yaml};
use crate::engine::{Load, Snapshot};
use crate::model::{Case, Decision, OutcomeId, RecordId};
use crate::testing::answers::Answers;
use crate::testing::bind::bind;
use crate::testing::judge::is_in_force;
use crate::testing::meaning::quoted;
use crate::testing::run::{Options, Prepared, Progress, Target, in_parallel, prepare};
use crate::testing::wanted::level_in_words;
use crate::time::Instant;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The boundary cases of one rule as a test file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundaryFile {
    pub rule: String,
    pub policy: String,
    pub text: String,
    pub tests: usize,
}

/// The boundary cases of every rule that no test poses yet. A rule of a base is posed under the base alone.
pub fn boundaries(loads: &[&Load], targets: &[Target<'_>], options: &Options<'_>) -> Vec<BoundaryFile> {
    let prepared = prepare(targets, options);
    let mut work: Vec<(&Snapshot, usize)> = Vec::new();
    for policy in loads.iter().flat_map(|load| &load.policies) {
        let own = policy.policy().rules.iter().enumerate().filter(|(_, rule)| *rule.policy == *policy.name());
        work.extend(own.map(|(at, _)| (policy, at)));
    }
    (options.progress)(Progress::Of(work.len()));
    let files = in_parallel(options.threads, &work, |(policy, rule)| {
        let file = of_rule(policy, *rule, &prepared);
        (options.progress)(Progress::OneMore);
        file
    });
    files.into_iter().flatten().collect()
}

fn of_rule(policy: &Snapshot, rule: usize, prepared: &[Prepared<'_>]) -> Option<BoundaryFile> {
    let known = policy.policy().rules.get(rule)?;
    let asked = Asked::of(policy.policy(), known);
    let own = prepared.iter().filter(|file| file.policy.is_some_and(|it| std::ptr::eq(it, policy)));
    let existing: BTreeSet<String> = own
        .flat_map(|file| file.read.tests.iter().filter_map(|test| bind(&file.read, test, policy).ok()))
        .map(|bound| view(&asked, &bound.case, policy.vocabulary()))
        .collect();
    let posed: Vec<Posed> = pose(policy, policy.program(), rule, 2)
        .into_iter()
        .filter(|posed| posed.kind != MoveKind::Other)
        .filter(|posed| !existing.contains(&view(&asked, &case(posed, policy), policy.vocabulary())))
        .collect();
    if posed.is_empty() {
        return None;
    }
    let mut names = BTreeSet::new();
    let mut text = format!(
        "# The edges of rule {}, written by heedful as the policy decides them now. Read each one: is that what the\n\
         # policy should say? Keep what is right, and rename it as you like.\n\
         policy: {}\n\nbackground:\n  history: none\n\ntests:\n",
        known.name,
        quoted(policy.name())
    );
    for posed in &posed {
        let mut name = match posed.label.as_str() {
            "" => format!("{}: applies", known.name),
            label => format!("{}: {label}", known.name),
        };
        while !names.insert(name.clone()) {
            name.push_str(", another way");
        }
        let decision = policy.decide(&case(posed, policy));
        let adds = posed.label.is_empty();
        text.push_str(&test_in_yaml(&name, &posed.sketch, &decision, policy, &known.name, adds));
    }
    Some(BoundaryFile { rule: known.name.clone(), policy: policy.name().to_owned(), text, tests: posed.len() })
}

fn case(posed: &Posed, policy: &Snapshot) -> Case {
    posed.sketch.case(policy.vocabulary(), policy.zone())
}

/// One test of a case: what its rule does, and where that is asked for what the rule adds. Lists that are not mentioned
/// are empty, as the background has them.
pub(in crate::testing) fn test_in_yaml(
    name: &str,
    sketch: &Sketch,
    decision: &Decision,
    policy: &Snapshot,
    rule: &str,
    with_adds: bool,
) -> String {
    let mut out = format!("  - name: {}\n", quoted(name));
    let vocabulary = policy.vocabulary();
    let mut facts = vec![format!("at: {}", quoted(&policy.zone().format(sketch.at)))];
    // What is not known is left out: a word in its place would be the name of somebody.
    for (fact, value) in sketch.call.iter().filter(|(_, value)| **value != Val::Unknown) {
        if let Some(field) = vocabulary.call.get(fact.index()) {
            facts.push(format!("{}: {}", field.name, in_yaml(value, field, sketch.at, policy.zone())));
        }
    }
    let _ = writeln!(out, "    call: {{{}}}", facts.join(", "));
    history(&mut out, sketch, policy);
    expectations(&mut out, decision, policy, rule, (sketch.at, with_adds));
    out
}

fn history(out: &mut String, sketch: &Sketch, policy: &Snapshot) {
    let vocabulary = policy.vocabulary();
    let kinds = (0..).map(RecordId).zip(&vocabulary.records).zip(&sketch.lists);
    let kinds: Vec<_> = kinds.filter(|(_, list)| list.as_ref().is_none_or(|list| !list.is_empty())).collect();
    if kinds.is_empty() {
        return;
    }
    out.push_str("    history:\n");
    for ((_, kind), list) in kinds {
        let Some(records) = list else {
            let _ = writeln!(out, "      {}: not available", kind.plural);
            continue;
        };
        let _ = writeln!(out, "      {}:", kind.plural);
        for (place, record) in (1..).zip(records) {
            let mut parts = vec![format!("at: {}", record.at.words())];
            if record.id != format!("{}-{place}", kind.name) || is_linked(sketch, &record.id) {
                parts.insert(0, format!("id: {}", record.id));
            }
            for (field, value) in record.fields.iter().filter(|(_, value)| **value != Val::Unknown) {
                if let Some(field) = kind.fields.get(field.index()) {
                    parts.push(format!("{}: {}", field.name, in_yaml(value, field, sketch.at, policy.zone())));
                }
            }
            let _ = writeln!(out, "        - {{{}}}", parts.join(", "));
        }
    }
}

fn is_linked(sketch: &Sketch, id: &str) -> bool {
    let held = |value: &Val| matches!(value, Val::Id(known) if known == id);
    sketch.lists.iter().flatten().flatten().any(|record| record.fields.values().any(held))
}

fn expectations(
    out: &mut String,
    decision: &Decision,
    policy: &Snapshot,
    rule: &str,
    (at, with_adds): (Instant, bool),
) {
    let answers = Answers::of(decision);
    let answer = answers.rule(rule);
    let state = match (answer.fired, answer.presumed, answer.undecided) {
        (true, true, _) => "presumed",
        (true, false, _) => "fired",
        (false, _, true) => "undecided",
        (false, _, false) if !is_in_force(rule, at, policy) => "not in force",
        (false, _, false) => "not fired",
    };
    let _ = writeln!(out, "    expect:\n      {rule}: {state}");
    let trial = answers.trial.contains(rule);
    if !with_adds || !(answer.fired || trial) {
        return;
    }
    let mut adds: Vec<String> = Vec::new();
    let mut told: Vec<OutcomeId> = Vec::new();
    for (outcome, level) in &answer.adds.0 {
        if told.contains(outcome) {
            continue;
        }
        told.push(*outcome);
        let own = answer.adds.0.iter().filter(|(other, _)| other == outcome);
        let level = own.fold(*level, |level, (_, more)| level.raised_by(*more));
        let name = policy.vocabulary().outcomes.get(outcome.index()).map_or("", |outcome| outcome.name.as_str());
        let words = level_in_words(*outcome, level, policy);
        let words = match (trial, words.contains(", ")) {
            // What a rule on trial would add stands beside what others add already.
            (true, _) => quoted(&format!("at least {words}")),
            (false, true) => format!("[{words}]"),
            (false, false) => quoted(&words),
        };
        adds.push(format!("{name}: {words}"));
    }
    if !adds.is_empty() {
        let _ = writeln!(out, "      adds: {{{rule}: {{{}}}}}", adds.join(", "));
    }
}
