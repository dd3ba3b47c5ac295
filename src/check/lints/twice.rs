//! A rule that another one makes idle: `said-twice` and `outdone`.
//!
//! Two rules with the same condition and the same effects (`said-twice`); and a rule all of whose effects another one gives
//! that applies wherever it does, since it asks for less (`outdone`). Compared is what is written: the same lines, in any
//! order, and values that are higher on their scale. Rules on trial, for a time, or that may be suspended outdo nothing, and
//! nothing outdoes one that may be widened.
//!
//! Who changes one of the two believes that the response is another now, and the other rule goes on as before. And of two rules of which one
//! asks for more, somebody meant that more should follow.
//!
//! ```heed
//! rule strangled "Strangulation"
//!   when strangulation is yes
//!   then grade at least immediate
//!   because "Strangulation is reported"
//!   source "Local policy"
//!
//! rule strangled-and-there "Strangulation, and the suspect is there"
//!   when all of:
//!     - strangulation is yes
//!     - suspect-present is yes
//!   then grade at least priority
//!   because "The suspect is still there"
//!   source "Local policy"
//!
//! rule strangulation "Strangulation is reported"
//!   when strangulation is yes
//!   then grade at least immediate
//!   because "Strangulation is reported"
//!   source "Local policy"
//! ```
//!
//! Leave the one out, or say what more should follow where it applies:
//!
//! ```heed
//! rule strangled "Strangulation"
//!   when strangulation is yes
//!   then grade at least immediate
//!   because "Strangulation is reported"
//!   source "Local policy"
//!
//! rule strangled-and-there "Strangulation, and the suspect is there"
//!   when all of:
//!     - strangulation is yes
//!     - suspect-present is yes
//!   then refer to duty-inspector
//!   because "The suspect is still there"
//!   source "Local policy"
//! ```

use super::super::policy::{Effect, Policy, Rule};
use super::idle::{covers, effects_of, is_fixed};
use super::sites::{Written, rule_at};
use crate::syntax::tree::{
    self, Condition, ConditionKind as Kind, File, Group, Item, Joiner, Line, RuleItem, RuleLine, Subject,
};
use crate::text::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};

/// The most rules about one thing that a rule is compared with; who writes more has a program do it.
const MOST: usize = 200;

/// A rule as it is written and as it is meant.
struct Said<'a> {
    rule: &'a Rule,
    needs: Vec<&'a Condition>,
    effects: Vec<&'a Line<tree::Effect>>,
    /// The place of its policy among those that are built on one another.
    depth: usize,
}

/// Looks at a policy's own rules beside those of all that it is built on.
pub(super) fn twice(policy: &Policy, files: &[File], written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    let items = files.iter().flat_map(|file| &file.items);
    let added_to: BTreeSet<&str> = items
        .filter_map(|item| match &item.node {
            Item::Addition(item) => Some(item.rule.text.as_str()),
            _ => None,
        })
        .collect();
    let said = |rule| Said::of(policy, rule, rule_at(written, rule.at));
    let rules: Vec<Said<'_>> = policy.rules.iter().filter(|rule| !rule.trial).filter_map(said).collect();
    let mut about: BTreeMap<&str, Vec<&Said<'_>>> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.always_speaks()) {
        let first = rule.needs.first().into_iter().flat_map(|first| alternatives(first).chain([*first]));
        let keys: BTreeSet<&str> = first.map(subject).collect();
        keys.into_iter().for_each(|key| about.entry(key).or_default().push(rule));
    }
    for idle in &rules {
        let may_say_more = idle.rule.may_be_widened || added_to.contains(idle.rule.name.as_str());
        if *idle.rule.policy != *policy.name || may_say_more {
            continue;
        }
        let keys: BTreeSet<&str> = idle.needs.iter().map(|need| subject(need)).collect();
        let others = keys.iter().filter_map(|key| about.get(key)).flat_map(|rules| rules.iter().take(MOST));
        let mut others = others.filter(|other| other.rule.at != idle.rule.at && other.outdoes(idle, policy));
        let Some(other) = others.find(|other| {
            // Of two that outdo each other the later one is idle.
            let mutual = idle.always_speaks() && idle.outdoes(other, policy);
            !mutual || (other.depth, other.rule.at) < (idle.depth, idle.rule.at)
        }) else {
            continue;
        };
        let (name, by) = (&idle.rule.name, &other.rule.name);
        let problem = if other.says_the_same(idle) {
            Diagnostic::warning("said-twice", idle.rule.at, format!("`{name}` says the same as `{by}`"))
                .help("leave one of them out")
        } else {
            let message = format!("`{by}` gives all that `{name}` gives, wherever `{name}` applies");
            Diagnostic::warning("outdone", idle.rule.at, message)
                .help("leave it out, or say what more should follow where it applies")
        };
        found.push(problem.also(other.rule.at, "here is the other one"));
    }
}

impl<'a> Said<'a> {
    fn of(policy: &'a Policy, rule: &'a Rule, item: Option<&'a RuleItem>) -> Option<Self> {
        let item = item?;
        let needs = item.lines.iter().find_map(|line| match &line.node {
            RuleLine::When(condition) => Some(condition),
            _ => None,
        })?;
        let mut all = Vec::new();
        conjuncts(needs, &mut all);
        let depth = policy.chain.iter().position(|name| **name == *rule.policy)?;
        Some(Self { rule, needs: all, effects: effects_of(&item.lines), depth })
    }

    /// Whether nothing but its condition keeps it from speaking, now or later.
    fn always_speaks(&self) -> bool {
        let Rule { trial, from, until, dated, may_be_suspended, suspension, quiet, .. } = self.rule;
        let for_a_time = from.is_some() || until.is_some() || dated.is_some() || quiet.is_some();
        !trial && !for_a_time && !may_be_suspended && suspension.is_none()
    }

    /// Whether it gives all that the other gives, wherever the other applies.
    fn outdoes(&self, other: &Self, policy: &Policy) -> bool {
        let is_needed = |need: &&Condition| {
            other.needs.iter().any(|known| known == need || alternatives(need).any(|enough| enough == *known))
        };
        self.depth <= other.depth
            && (self.rule.presumed || !other.rule.presumed)
            && self.needs.iter().all(is_needed)
            && other.meant().all(|(idle, meant)| {
                self.meant().any(|(own, gives)| {
                    let fixed = is_fixed(policy, &own.node) && is_fixed(policy, &idle.node);
                    own.node == idle.node || (fixed && covers(policy, gives, meant))
                })
            })
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let same = |one: &Self, other: &Self| {
            let effects = other.effects.iter().all(|effect| one.effects.iter().any(|own| own.node == effect.node));
            effects && one.needs.iter().all(|need| other.needs.contains(need))
        };
        self.rule.presumed == other.rule.presumed && same(self, other) && same(other, self)
    }

    fn meant(&self) -> impl Iterator<Item = (&'a Line<tree::Effect>, &'a Effect)> {
        self.effects.iter().copied().zip(self.rule.effects.iter())
    }
}

/// The conditions that must all hold for one to hold.
fn conjuncts<'a>(condition: &'a Condition, all: &mut Vec<&'a Condition>) {
    match &condition.kind {
        Kind::Group { group: Group::All, items } => items.iter().for_each(|item| conjuncts(&item.node, all)),
        Kind::Chain { joiner: Joiner::And, items } => items.iter().for_each(|item| conjuncts(item, all)),
        _ => all.push(condition),
    }
}

/// The conditions of which each is enough for one to hold.
fn alternatives(condition: &Condition) -> impl Iterator<Item = &Condition> {
    let (lines, chain): (&[Line<Condition>], &[Condition]) = match &condition.kind {
        Kind::Group { group: Group::Any, items } => (items, &[]),
        Kind::Chain { joiner: Joiner::Or, items } => (&[], items),
        _ => (&[], &[]),
    };
    lines.iter().map(|line| &line.node).chain(chain)
}

/// What a condition is about: two that say the same are about the same.
fn subject(condition: &Condition) -> &str {
    match &condition.kind {
        Kind::Group { items, .. } => items.first().map_or("", |item| subject(&item.node)),
        Kind::Chain { items, .. } => items.first().map_or("", subject),
        Kind::Bare(word) => &word.text,
        Kind::Test(test) => match &test.subject {
            Subject::Own(word) | Subject::ThisCalls(word) => &word.text,
            _ => "",
        },
        kind => kind.of().map_or("", |of| &of.noun.text),
    }
}
