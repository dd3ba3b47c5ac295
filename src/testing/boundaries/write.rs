//! Posed cases -> test files that a person can read and keep, with what is decided now as what is expected.

use super::RulePredicates;
use super::in_yaml::in_yaml;
use super::moves::MoveKind;
use super::posed::{Posed, Subject, view};
use crate::check::Effect;
use crate::engine::{Load, Snapshot};
use crate::model::{Case, Decision, FactId, OutcomeId, RecordId};
use crate::proof::witness::{Sketch, Val};
use crate::testing::answers::RuleAnswers;
use crate::testing::expect::key_of;
use crate::testing::forms::Forms;
use crate::testing::judge::is_in_force;
use crate::testing::meaning::quoted;
use crate::testing::normal_form::{NormalForm, cores};
use crate::testing::run::{Progress, Target, TestOptions, prepare};
use crate::testing::tested::TestsOf;
use crate::testing::wanted::level_in_words;
use crate::time::Instant;
use crate::workers::map;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::ControlFlow;

/// The most tests that are written for one rule.
const MOST_TESTS: usize = 400;

/// What came of posing every rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundaries {
    /// A file for each rule that is not posed yet.
    pub files: Vec<BoundaryFile>,
    /// How many rules have every edge posed by a test that expects something of them.
    pub posed: usize,
    /// Rules of which no edge could be posed, or not every one.
    pub unposed: Vec<Unposed>,
    /// How many rules the filter left out.
    pub left_out: usize,
    /// The filter, where it left out every test.
    pub unmatched: Option<String>,
}

/// The boundary cases of one rule as a test file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundaryFile {
    /// The rule.
    pub rule: String,
    /// What the file may be called: the rule, and the policy where it is not the rule's own.
    pub name: String,
    /// The policy that it is posed under.
    pub policy: String,
    /// The text of the test file.
    pub text: String,
    /// How many tests it holds.
    pub tests: usize,
}

/// A rule with edges that no test was written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unposed {
    /// The rule.
    pub rule: String,
    /// The policy that it would be posed under.
    pub policy: String,
    /// The reason, in words.
    pub why: String,
    /// Whether tests were written for others of its edges.
    pub in_part: bool,
}

/// One rule to pose, under its own policy or under one that is built on it.
struct RuleToPose<'w> {
    policy: &'w Snapshot,
    rule: usize,
    tests: &'w TestsOf<'w>,
}

/// The boundary cases of every rule that no test poses yet. A rule of a base is posed under the base, and under each policy
/// built on it in which it applies in other cases, as with a threshold of its own.
pub fn boundaries(loads: &[&Load], targets: &[Target<'_>], options: &TestOptions<'_>) -> Boundaries {
    let prepared = prepare(targets, options);
    let policies = || loads.iter().flat_map(|load| &load.policies);
    let tests: Vec<TestsOf<'_>> = policies().map(|policy| TestsOf::new(policy, &prepared, options)).collect();
    let mut work: Vec<RuleToPose<'_>> = Vec::new();
    let none = tests.iter().all(|tests| tests.tests.is_empty());
    let unmatched = options.filter.filter(|_| none).map(str::to_owned);
    let mut all = Boundaries { unmatched, ..Boundaries::default() };
    for load in loads {
        for (policy, rule) in pairs(load) {
            let Some(tests) = tests.iter().find(|it| std::ptr::eq(it.policy, policy)) else { continue };
            if options.filter.is_some() && tests.about(rule).next().is_none() {
                all.left_out += 1;
            } else {
                work.push(RuleToPose { policy, rule, tests });
            }
        }
    }
    (options.progress)(Progress::Of(work.len()));
    let written = map(options.workers, &work, |work| {
        let written = of_rule(work);
        (options.progress)(Progress::OneMore);
        written
    });
    for (file, unposed) in written {
        all.posed += usize::from(file.is_none() && unposed.is_none());
        all.files.extend(file);
        all.unposed.extend(unposed);
    }
    all
}

/// Each rule with the policies under which it is worth posing.
fn pairs(load: &Load) -> Vec<(&Snapshot, usize)> {
    let mut pairs = Vec::new();
    for policy in &load.policies {
        let typed = policy.policy();
        let parent = typed.chain.iter().rev().nth(1);
        let parent = load.policies.iter().find(|other| parent.is_some_and(|name| name == other.name()));
        let mut forms = Forms::default();
        let before = parent.map(|parent| cores(parent.policy(), &mut forms)).unwrap_or_default();
        let now = cores(typed, &mut Forms::above(&forms));
        let names = parent.map(|parent| parent.policy().rules.as_slice()).unwrap_or_default();
        let before: BTreeMap<&str, NormalForm> = names.iter().map(|rule| rule.name.as_str()).zip(before).collect();
        for ((at, rule), now) in typed.rules.iter().enumerate().zip(now) {
            let as_before = before.get(rule.name.as_str()).is_some_and(|before| before.applies_like(&now));
            if !as_before {
                pairs.push((policy, at));
            }
        }
    }
    pairs
}

fn of_rule(work: &RuleToPose<'_>) -> (Option<BoundaryFile>, Option<Unposed>) {
    let RuleToPose { policy, rule, tests } = *work;
    let typed = policy.policy();
    let Some(known) = typed.rules.get(rule) else { return (None, None) };
    let asked = RulePredicates::of(typed, known);
    // A test that poses a case and expects nothing of this rule does not count.
    let existing: BTreeSet<String> =
        tests.about(rule).map(|test| view(&asked, &test.case, policy.vocabulary())).collect();
    let sound = tests.tests.iter().map(|(test, _)| test).filter(|test| test.case.warnings.is_empty());
    let sketches: Vec<Sketch> = sound.map(|test| Sketch::of(&test.case, policy.vocabulary())).collect();
    let (mut posed, mut more): (Vec<Posed>, usize) = (Vec::new(), 0);
    let subject = Subject { policy: typed, program: policy.program(), rule };
    let reached = subject.pose(2, &sketches, &mut |one| {
        if one.kind != MoveKind::Other && !existing.contains(&view(&asked, &case(&one, policy), policy.vocabulary())) {
            if posed.len() < MOST_TESTS {
                posed.push(one);
            } else {
                more += 1;
            }
        }
        ControlFlow::Continue(())
    });
    let why = match (reached.applies, reached.cut) {
        (_, Some(cut)) => Some(cut.words()),
        (false, None) => {
            Some("no case was found for which it applies, so there is none to pose others beside".to_owned())
        }
        (true, None) if more > 0 => Some(format!("{more} more than the {MOST_TESTS} that are written for one rule")),
        (true, None) => None,
    };
    let unposed = why.map(|why| Unposed {
        rule: known.name.clone(),
        policy: policy.name().to_owned(),
        why,
        in_part: reached.applies,
    });
    ((!posed.is_empty()).then(|| file(work, &posed)), unposed)
}

fn file(work: &RuleToPose<'_>, posed: &[Posed]) -> BoundaryFile {
    let policy = work.policy;
    let rule = policy.policy().rules.get(work.rule);
    let name = rule.map_or("", |rule| rule.name.as_str());
    let is_own = rule.is_some_and(|rule| *rule.policy == *policy.name());
    // Such a number may be another in each case.
    let gives_figure = rule.is_some_and(|rule| rule.effects.iter().any(|it| matches!(it, Effect::Figure { .. })));
    let mut text = format!(
        "# The edges of rule {name}{}, written by heedful as the policy decides them now. Read each one: is that what the\n\
         # policy should say? Keep what is right, and rename it as you like.\n\
         policy: {}\n\nbackground:\n  history: none\n\ntests:\n",
        if is_own { String::new() } else { format!(" under {}", policy.name()) },
        quoted(policy.name())
    );
    let mut names = BTreeSet::new();
    for posed in posed {
        let mut label = match posed.label.as_str() {
            "" => format!("{name}: applies"),
            label => format!("{name}: {label}"),
        };
        while !names.insert(label.clone()) {
            label.push_str(", another way");
        }
        let decision = policy.decide(&case(posed, policy));
        let _ = writeln!(text, "  - name: {}", quoted(&label));
        let with_adds = posed.label.is_empty() || gives_figure;
        text.push_str(&test_body(&posed.sketch, &decision, policy, name, with_adds, None));
    }
    let slug = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    BoundaryFile {
        rule: name.to_owned(),
        name: match is_own {
            true => name.to_owned(),
            false => format!("{name}-{}", policy.name().chars().map(slug).collect::<String>()),
        },
        policy: policy.name().to_owned(),
        text,
        tests: posed.len(),
    }
}

fn case(posed: &Posed, policy: &Snapshot) -> Case {
    posed.sketch.case(policy.vocabulary(), policy.zone())
}

/// What a test says below its name: the case, what its rule does, and where that is asked for what the rule adds. Below the
/// background of these files that is enough; where it may be another, what the rule asks for and is not known or empty here is
/// said to be so.
pub(in crate::testing) fn test_body(
    sketch: &Sketch,
    decision: &Decision,
    policy: &Snapshot,
    rule: &str,
    with_adds: bool,
    any_background: Option<&RulePredicates>,
) -> String {
    let mut out = String::new();
    let vocabulary = policy.vocabulary();
    let mut facts = vec![format!("at: {}", quoted(&policy.zone().format(sketch.at)))];
    for (fact, field) in (0..).map(FactId).zip(&vocabulary.call) {
        // A word in the place of what is not known would be the name of somebody.
        match sketch.call.get(&fact).filter(|value| **value != Val::Unknown) {
            Some(value) => facts.push(format!("{}: {}", field.name, in_yaml(value, field, sketch.at, policy.zone()))),
            None if any_background.is_some_and(|asked| asked.facts.contains_key(&fact)) => {
                facts.push(format!("{}: ~", field.name));
            }
            None => {}
        }
    }
    let _ = writeln!(out, "    call: {{{}}}", facts.join(", "));
    history(&mut out, sketch, policy, any_background.is_some());
    expectations(&mut out, decision, policy, rule, (sketch.at, with_adds));
    out
}

fn history(out: &mut String, sketch: &Sketch, policy: &Snapshot, any_background: bool) {
    let vocabulary = policy.vocabulary();
    let kinds = (0..).map(RecordId).zip(&vocabulary.records).zip(&sketch.lists);
    let kinds: Vec<_> = kinds.filter(|(_, list)| list.as_ref().is_none_or(|list| !list.is_empty())).collect();
    match (kinds.is_empty(), any_background) {
        (true, true) => out.push_str("    history: none\n"),
        (true, false) => {}
        (false, true) => out.push_str("    history:\n      others: none\n"),
        (false, false) => out.push_str("    history:\n"),
    }
    for ((_, kind), list) in kinds {
        let Some(records) = list else {
            let _ = writeln!(out, "      {}: not available", kind.plural);
            continue;
        };
        let _ = writeln!(out, "      {}:", kind.plural);
        for (place, record) in (1..).zip(records) {
            let mut parts = vec![format!("at: {}", record.at.words())];
            if record.id != format!("{}-{place}", kind.name) || is_linked(sketch, &record.id) {
                parts.insert(0, format!("id: {}", quoted(&record.id)));
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
    let answers = RuleAnswers::of(decision);
    let answer = answers.rule(rule);
    let state = match (answer.fired, answer.presumed, answer.undecided) {
        (true, true, _) => "presumed",
        (true, false, _) => "fired",
        (false, _, true) => "undecided",
        (false, _, false) if !is_in_force(rule, at, policy) => "not in force",
        (false, _, false) => "not fired",
    };
    let _ = writeln!(out, "    expect:\n      {}: {state}", key_of(rule, policy));
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
            (true, _) => quoted(&format!("at least {}", words.replace(", ", " and "))),
            (false, true) => format!("[{words}]"),
            (false, false) => quoted(&words),
        };
        adds.push(format!("{name}: {words}"));
    }
    if !adds.is_empty() {
        let _ = writeln!(out, "      adds: {{{rule}: {{{}}}}}", adds.join(", "));
    }
}
