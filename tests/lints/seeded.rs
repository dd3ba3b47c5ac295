//! Seeded mistakes: each shipped rule, written again with a mistake of each kind that `check` warns of, is told of just there.
//!
//! For every rule of the national baseline a policy is made: the baseline with copies of that rule, in each of which one mistake is
//! made by an edit of its tree. The baseline itself is told nothing (`errors::a_sound_policy_is_told_nothing`). Kinds that are not
//! seeded here: `file-not-read`, which is of no policy.

use super::{condition, narrow, printed};
use crate::support::{policy_files, root};
use heedful::engine::{self, Input};
use heedful::syntax;
use heedful::syntax::tree::{Condition, Item, Line, RuleItem, RuleLine};
use heedful::text::{Source, SourceId};
use heedful::time::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

/// The least number of policies in which a mistake of each kind is made.
const LEAST: usize = 40;

/// A condition that is added to what a rule needs, by the kind of mistake that it makes.
const ADDED: [(&str, &str); 5] = [
    ("never-so", "injury is minor and injury is serious"),
    ("always-so", "at least 0 incidents about the same victim within 7 days"),
    ("asks-the-call", "any incident about the same victim within 7 days where this call's injury is serious"),
    (
        "need-not-count",
        "at least 3 calls by the same caller within 7 days, counting this one, where it is between 22:00 and 06:00",
    ),
    ("same-second", "attendance-due is on this call"),
];

/// A policy made of the baseline, and where each mistake stands: its kind, and the name under which it must be told.
struct Seeded {
    text: String,
    made: Vec<(&'static str, String)>,
}

/// All copies of one rule, as a part of the baseline.
fn seeded(rule: &RuleItem, added: &[(&'static str, Condition)]) -> Seeded {
    let mut seeded = Seeded { text: String::from("part of policy \"National baseline\"\n"), made: Vec::new() };
    let own = &rule.name.text;
    for (kind, more) in added {
        let mut copy = rule.clone();
        narrow(&mut copy, more);
        seeded.add(kind, copy);
    }
    let with_effects = |effects: &str| {
        let text = format!("part of policy \"p\"\n\nrule r \"R\"\n  then:\n{effects}");
        let items = syntax::parse(&Source::new(SourceId(0), "effects", text)).0.items;
        let lines = items.into_iter().find_map(|item| match item.node {
            Item::Rule(rule) => rule.lines.into_iter().next(),
            _ => None,
        });
        let mut copy = rule.clone();
        copy.lines.retain(|line| !matches!(line.node, RuleLine::Then(_)));
        copy.lines.extend(lines);
        copy
    };
    seeded.add("adds-nothing", with_effects("    - grade at least immediate\n    - grade at least priority\n"));
    let _ = write!(
        seeded.text,
        "\nscore signs-of-{own} \"Signs\"\n  points:\n    - 1 when strangulation is yes\n    - 1 when injury is serious\n    - 1 when \
         weapons include knife\n  bands:\n    - 0: few\n    - 1 to 2: some\n    - 3: many\n  source \"A test\"\n"
    );
    let mut of_score = with_effects("    - grade at least priority\n");
    narrow(&mut of_score, &condition(&format!("signs-of-{own} is some")));
    seeded.add("band-alone", of_score);
    // What is not always in force outdoes nothing, and nothing outdoes what may be widened.
    let limits = |line: &Line<RuleLine>| {
        matches!(
            line.node,
            RuleLine::OnTrial | RuleLine::MayBeSuspended | RuleLine::MayBeWidened | RuleLine::InForce { .. }
        )
    };
    if !rule.lines.iter().any(limits) {
        seeded.add("said-twice", rule.clone());
        let mut narrower = rule.clone();
        narrow(&mut narrower, &condition("contact-kind is not silent"));
        seeded.add("outdone", narrower);
    }
    let mut ended = rule.clone();
    ended.lines.retain(|line| !matches!(line.node, RuleLine::InForce { .. }));
    let until = RuleLine::InForce { from: None, until: Date::parse("2020-01-31"), by: None };
    ended.lines.extend(rule.lines.first().map(|line| Line { node: until, ..line.clone() }));
    seeded.add("over", ended);
    let _ = write!(
        seeded.text,
        "\nsetting idle-{own} is 3 days, from 1 day to 7 days \"Idle\"\n\nsetting one-{own} is 3 days, from 3 days to 3 days \"One\"\n\naccept \
         never-so for {own} until 2999-12-31\n  because \"A test\"\n  owner \"A test\"\n"
    );
    seeded.made.extend([("not-used", format!("idle-{own}")), ("one-value", format!("one-{own}"))]);
    seeded.made.push(("accepts-nothing", format!("accept never-so for {own} until 2999-12-31")));
    seeded
}

impl Seeded {
    fn add(&mut self, kind: &'static str, mut copy: RuleItem) {
        copy.name.text = format!("{}-{kind}", copy.name.text);
        // What a copy asks besides may be counted too, and then `{ids}` could be of either.
        for line in &mut copy.lines {
            if let RuleLine::Because(text) = &mut line.node {
                text.value = "A test".to_owned();
            }
        }
        self.made.push((kind, copy.name.text.clone()));
        self.text += &format!("\n{}", printed(copy));
    }
}

#[test]
fn seeded_mistakes_of_each_kind_are_found_where_they_are() {
    let added: Vec<(&str, Condition)> = ADDED.iter().map(|(kind, text)| (*kind, condition(text))).collect();
    let files = policy_files(&root("rules"));
    let is_of_base = |path: &&std::path::PathBuf| !path.starts_with(root("rules/forces"));
    let inputs: Vec<Input> = files
        .iter()
        .filter(is_of_base)
        .map(|path| Input::new(path.display().to_string(), fs::read(path).expect("a file")))
        .collect();
    let rules = inputs.iter().flat_map(|input| {
        let text = String::from_utf8(input.bytes.clone()).expect("a text");
        let items = syntax::parse(&Source::new(SourceId(0), "rules", text)).0.items;
        items.into_iter().filter_map(|item| match item.node {
            Item::Rule(rule) => Some(rule),
            _ => None,
        })
    });
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in rules {
        let Seeded { text, made } = seeded(&rule, &added);
        let mut all = inputs.clone();
        all.push(Input::new("seeded", text.clone()));
        let mut load = engine::load(&all);
        assert!(!load.policies.is_empty(), "{}: {:?}\n{text}", rule.name.text, load.diagnostics);
        load.warn_as_of(|_| Date::parse("2026-06-01").expect("a day"));
        let own = load.sources.iter().find(|source| source.name == "seeded").expect("the copies").id;
        let told: BTreeSet<(&str, String)> = load
            .diagnostics
            .iter()
            .filter(|problem| problem.span.source == own)
            .map(|problem| (problem.code, heading(&text, problem.span.start as usize)))
            .collect();
        // What stands in the baseline itself is sound, whatever stands beside it.
        let in_base: Vec<&str> = load.diagnostics.iter().filter(|it| it.span.source != own).map(|it| it.code).collect();
        assert!(
            in_base.iter().all(|code| matches!(*code, "said-twice" | "outdone")),
            "{}: {in_base:?}",
            rule.name.text
        );
        for (kind, name) in made {
            let is_told = told.iter().any(|(code, heading)| *code == kind && heading.contains(&name));
            assert!(is_told, "{kind} is not told of {name}: {told:?}\n{text}");
            *found.entry(kind).or_default() += 1;
        }
    }
    let few: Vec<_> = found.iter().filter(|(_, count)| **count < LEAST).collect();
    assert!(found.len() == 13 && few.is_empty(), "{found:?}");
}

/// The line at the margin under which a place lies.
pub fn heading(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or("");
    let line = text.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or("").lines().next().unwrap_or("");
    if !line.starts_with(' ') {
        return line.to_owned();
    }
    before.lines().rev().find(|line| !line.is_empty() && !line.starts_with(' ')).unwrap_or("").to_owned()
}
