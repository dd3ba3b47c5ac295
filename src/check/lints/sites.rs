//! Where each condition of a typed policy is written, and which conditions must hold together.

use super::super::policy::{Policy, Rule};
use crate::model::{RecordId, Type};
use crate::semantics::{Condition, Predicate, Selection, Since, Subject};
use crate::syntax::tree::{
    self, ConditionKind as Kind, File, Group, InvariantLine, Item, Joiner, Meaning, RuleItem, RuleLine, Scope,
    ScoreLine,
};
use crate::text::Span;
use crate::time::{Instant, Length};
use std::collections::BTreeMap;

/// The most conditions that are compared with one another; who writes more on one list has a program do it.
const MOST: usize = 200;

/// A condition, and where it is written.
pub(super) struct Site<'a> {
    pub policy: &'a Policy,
    pub condition: &'a Condition,
    pub at: Span,
    /// The record that is being tested, if it is one.
    pub record: Option<RecordId>,
    /// The rule that needs it, or for which it is enough beside others: the more it holds, the more the rule applies.
    pub rule: Option<&'a Rule>,
    /// Whether it is in a rule that applies while its condition is not known.
    pub is_presumed: bool,
}

/// Conditions that must hold together.
pub(super) struct Conjunction<'a> {
    pub policy: &'a Policy,
    pub parts: Vec<Conjunct<'a>>,
    pub limits: Vec<Limit>,
    /// Whether the rule that needs it applies while it is not known.
    pub is_presumed: bool,
}

/// What else must hold, which is no condition.
#[derive(Clone, Copy)]
pub(super) enum Limit {
    /// The call lies in the time for which the rule is in force.
    InForce(Option<Instant>, Option<Instant>),
    /// The record comes at or after a day.
    Since(Instant),
    /// The record lies within a span before the call.
    Within(Length),
}

/// One of them. Of `none of` each part must not be so.
pub(super) struct Conjunct<'a> {
    pub condition: &'a Condition,
    pub at: Span,
    pub negated: bool,
    /// Whether it holds while it is not answered too.
    pub is_presumed: bool,
}

/// Rules, definitions, scores and invariants as they are written, by where their names stand.
pub(super) type Written<'f> = BTreeMap<Span, &'f Item>;

/// All that files hold of them.
pub(super) fn written(files: &[File]) -> Written<'_> {
    let items = files.iter().flat_map(|file| &file.items);
    items.filter_map(|item| Some((named(&item.node)?, &item.node))).collect()
}

/// The rule whose name stands at a place.
pub(super) fn rule_at<'f>(items: &Written<'f>, at: Span) -> Option<&'f RuleItem> {
    match items.get(&at)? {
        Item::Rule(rule) => Some(rule),
        _ => None,
    }
}

/// Every condition of a policy, and every set of them that must hold together.
pub(super) fn of<'a>(policy: &'a Policy, items: &Written<'a>) -> (Vec<Site<'a>>, Vec<Conjunction<'a>>) {
    let mut finder = SiteFinder { policy, rule: None, is_presumed: false, sites: Vec::new(), held: Vec::new() };
    for rule in &policy.rules {
        finder.rule(rule, items);
    }
    for definition in &policy.definitions {
        let written = match items.get(&definition.at) {
            Some(Item::Definition(item)) => Some(&item.meaning),
            _ => None,
        };
        let written = written.and_then(|meaning| match meaning {
            Meaning::Condition(condition) => Some(condition),
            Meaning::Records(_) => None,
        });
        finder.visit(written, &definition.condition, definition.at, None, false);
    }
    for group in &policy.groups {
        let written = match items.get(&group.at) {
            Some(Item::Definition(item)) => Some(&item.meaning),
            _ => None,
        };
        let written = written.and_then(|meaning| match meaning {
            Meaning::Records(selection) => Some(selection),
            Meaning::Condition(_) => None,
        });
        finder.selection(written, &group.of, group.at, None);
    }
    for score in &policy.scores {
        let lines = match items.get(&score.at) {
            Some(Item::Score(item)) => item.lines.as_slice(),
            _ => &[],
        };
        let mut written = lines.iter().flat_map(|line| match &line.node {
            ScoreLine::Points(points) => points.as_slice(),
            _ => &[],
        });
        for points in score.by_line() {
            let written = written.next().map(|points| &points.node.when);
            points.iter().for_each(|(_, condition)| finder.visit(written, condition, score.at, None, false));
        }
    }
    for invariant in &policy.invariants {
        let lines = match items.get(&invariant.at) {
            Some(Item::Invariant(item)) => item.lines.as_slice(),
            _ => &[],
        };
        let written = lines.iter().find_map(|line| match &line.node {
            InvariantLine::Whenever(condition) => Some(condition),
            _ => None,
        });
        finder.visit(written, &invariant.condition, invariant.at, None, false);
    }
    (finder.sites, finder.held)
}

/// Where the name of a rule, definition, score or invariant is written.
fn named(item: &Item) -> Option<Span> {
    match item {
        Item::Rule(rule) => Some(rule.name.at.0),
        Item::Definition(definition) => Some(definition.name.at.0),
        Item::Score(score) => Some(score.name.at.0),
        Item::Addition(addition) => Some(addition.rule.at.0),
        Item::Invariant(invariant) => Some(invariant.name.at.0),
        _ => None,
    }
}

struct SiteFinder<'a> {
    policy: &'a Policy,
    rule: Option<&'a Rule>,
    /// Whether it is in a rule that applies while its condition is not known.
    is_presumed: bool,
    sites: Vec<Site<'a>>,
    held: Vec<Conjunction<'a>>,
}

impl<'a> SiteFinder<'a> {
    fn rule(&mut self, rule: &'a Rule, items: &Written<'a>) {
        let added = rule.additions.iter().filter(|addition| addition.way.is_some()).map(|addition| addition.at);
        for (way, at) in rule.ways().iter().zip(std::iter::once(rule.at).chain(added)) {
            let lines = match items.get(&at) {
                Some(Item::Rule(item)) => item.lines.as_slice(),
                Some(Item::Addition(item)) => item.lines.as_slice(),
                _ => &[],
            };
            let written = lines.iter().find_map(|line| match &line.node {
                RuleLine::When(condition) | RuleLine::AlsoWhen(condition) => Some(condition),
                _ => None,
            });
            let before = self.held.len();
            (self.rule, self.is_presumed) = (Some(rule), rule.presumed);
            self.visit(written, way, at, None, false);
            (self.rule, self.is_presumed) = (None, false);
            // The conditions that the rule itself needs come first.
            if let Some(held) = self.held.get_mut(before) {
                held.limits.push(Limit::InForce(rule.from, rule.until));
            }
        }
    }

    /// A condition and those inside it. `held`: whether it is among conditions that hold together already.
    fn visit(
        &mut self,
        written: Option<&'a tree::Condition>,
        typed: &'a Condition,
        above: Span,
        record: Option<RecordId>,
        held: bool,
    ) {
        let at = written.map_or(above, |written| written.at.0);
        let (policy, rule, is_presumed) = (self.policy, self.rule, self.is_presumed);
        self.sites.push(Site { policy, condition: typed, at, record, rule, is_presumed });
        if !held {
            let mut parts = Vec::new();
            self.flatten(written, typed, at, false, &mut parts);
            self.hold(parts, Vec::new());
        }
        let rule = self.rule;
        self.rule = rule.filter(|_| matches!(typed, Condition::All(_) | Condition::Any(_)));
        match typed {
            Condition::All(parts) => self.visit_all(written, parts, at, record, true),
            Condition::Any(parts) | Condition::HowMany { of: parts, .. } => {
                self.visit_all(written, parts, at, record, false);
            }
            Condition::Not(part) => match &**part {
                Condition::Any(parts) => self.visit_all(written, parts, at, record, true),
                part => self.visit(None, part, at, record, true),
            },
            // A quiet period, which its author did not write as a condition.
            Condition::Presumed(part) if matches!(**part, Condition::Count(_)) => {}
            Condition::Presumed(part) => self.visit(written, part, at, record, true),
            Condition::Count(count) => {
                self.selection(written.and_then(|written| written.kind.of()), &count.of, at, None);
                if let Some(follow) = &count.follow {
                    let by = match written.map(|written| &written.kind) {
                        Some(Kind::Count(tree)) => tree.follow.as_ref().map(|follow| &follow.by),
                        _ => None,
                    };
                    self.selection(by, &follow.by, at, None);
                }
            }
            Condition::Latest { of, test, .. } => {
                let tree = match written.map(|written| &written.kind) {
                    Some(Kind::Latest(tree)) => Some(tree),
                    _ => None,
                };
                self.selection(tree.map(|tree| &tree.of), of, at, tree.map(|tree| (&tree.test, &**test)));
            }
            _ => {
                if let Some(of) = typed.of() {
                    self.selection(written.and_then(|written| written.kind.of()), of, at, None);
                }
            }
        }
        self.rule = rule;
    }

    fn visit_all(
        &mut self,
        written: Option<&'a tree::Condition>,
        parts: &'a [Condition],
        at: Span,
        record: Option<RecordId>,
        held: bool,
    ) {
        for (nth, part) in parts.iter().enumerate() {
            self.visit(written.and_then(|written| nth_part(written, nth)), part, at, record, held);
        }
    }

    /// The tests of the records that are meant, and what is asked of the latest of them: all of it holds of one record.
    fn selection(
        &mut self,
        written: Option<&'a tree::Selection>,
        typed: &'a Selection,
        at: Span,
        latest: Option<(&'a tree::Condition, &'a Condition)>,
    ) {
        let record = Some(typed.record);
        let own = written.map(own_tests).unwrap_or_default();
        let (of_group, own_typed) = typed.tests.split_at(typed.tests.len().saturating_sub(own.len()));
        let mut parts = Vec::new();
        let noun = written.map_or(at, |written| written.noun.at.0);
        of_group.iter().for_each(|test| self.flatten(None, test, noun, false, &mut parts));
        for ((place, written), test) in own.into_iter().zip(own_typed) {
            self.visit(written, test, place, record, true);
            self.flatten(written, test, place, false, &mut parts);
        }
        if let Some((written, test)) = latest {
            self.visit(Some(written), test, at, record, true);
            self.flatten(Some(written), test, at, false, &mut parts);
        }
        let since = typed.since.iter().filter_map(|since| match since {
            Since::Instant(first) => Some(Limit::Since(*first)),
            Since::Midnight | Since::Record { .. } => None,
        });
        self.hold(parts, since.chain(typed.windows.iter().map(|window| Limit::Within(**window))).collect());
    }

    fn hold(&mut self, parts: Vec<Conjunct<'a>>, limits: Vec<Limit>) {
        self.held.push(Conjunction { policy: self.policy, parts, limits, is_presumed: self.is_presumed });
    }

    /// What must hold for a condition to hold, definitions and what they say included.
    fn flatten(
        &self,
        written: Option<&'a tree::Condition>,
        typed: &'a Condition,
        above: Span,
        negated: bool,
        parts: &mut Vec<Conjunct<'a>>,
    ) {
        if parts.len() >= MOST {
            return;
        }
        let at = written.map_or(above, |written| written.at.0);
        match (typed, negated) {
            (Condition::All(inner), false) | (Condition::Any(inner), true) => {
                for (nth, part) in inner.iter().enumerate() {
                    let written = written.and_then(|written| nth_part(written, nth));
                    self.flatten(written, part, at, negated, parts);
                }
            }
            (Condition::Presumed(inner), _) => {
                let from = parts.len();
                self.flatten(written, inner, at, negated, parts);
                parts.iter_mut().skip(from).for_each(|part| part.is_presumed |= !negated);
            }
            (Condition::Not(inner), _) => self.flatten(written, inner, at, !negated, parts),
            (Condition::Defined(id), _) => {
                parts.push(Conjunct { condition: typed, at, negated, is_presumed: false });
                if let Some(definition) = self.policy.definition(*id) {
                    self.flatten(None, &definition.condition, at, negated, parts);
                }
            }
            _ => parts.push(Conjunct { condition: typed, at, negated, is_presumed: false }),
        }
    }
}

/// The part at this place of a list or chain.
fn nth_part(written: &tree::Condition, nth: usize) -> Option<&tree::Condition> {
    match &written.kind {
        Kind::Group { items, .. } => items.get(nth).map(|item| &item.node),
        Kind::Chain { items, .. } => items.get(nth),
        _ => None,
    }
}

/// The tests that a selection adds to those of its group, and where they are written.
fn own_tests(written: &tree::Selection) -> Vec<(Span, Option<&tree::Condition>)> {
    let scopes = written.scopes.iter().filter_map(|scope| match scope {
        Scope::InForce(at) => Some((at.0, None)),
        Scope::Same { name, .. } => Some((name.at.0, None)),
        _ => None,
    });
    let filter: Vec<&tree::Condition> = match written.filter.as_ref().map(|filter| (&filter.kind, filter)) {
        None => Vec::new(),
        Some((Kind::Group { group: Group::All, items }, _)) => items.iter().map(|item| &item.node).collect(),
        Some((Kind::Chain { joiner: Joiner::And, items }, _)) => items.iter().collect(),
        Some((_, filter)) => vec![filter],
    };
    scopes.chain(filter.into_iter().map(|test| (test.at.0, Some(test)))).collect()
}

impl<'a> Site<'a> {
    /// What kind of value is asked.
    pub(super) fn ty(&self, subject: Subject) -> Option<&'a Type> {
        let vocabulary = &self.policy.vocabulary;
        let of = |record: RecordId, field: crate::model::FieldId| {
            vocabulary.records.get(record.index())?.fields.get(field.index())
        };
        let field = match subject {
            Subject::Fact(fact) => vocabulary.call.get(fact.index()),
            Subject::Field(field) => of(self.record?, field),
            Subject::Through { record, field, .. } => of(record, field),
            _ => None,
        };
        field.map(|field| &field.ty)
    }

    /// A subject as it is written.
    pub(super) fn words(&self, subject: Subject) -> String {
        let vocabulary = &self.policy.vocabulary;
        let of = |record: RecordId, field: crate::model::FieldId| {
            let found = vocabulary.records.get(record.index()).and_then(|kind| kind.fields.get(field.index()));
            found.map_or(String::new(), |field| field.name.clone())
        };
        match subject {
            Subject::Fact(fact) => vocabulary.call.get(fact.index()).map_or(String::new(), |fact| fact.name.clone()),
            Subject::Field(field) => self.record.map_or(String::new(), |record| of(record, field)),
            Subject::Through { link, record, field } => {
                let link = self.record.map_or(String::new(), |own| of(own, link));
                format!("{link}'s {}", of(record, field))
            }
            Subject::CallTime => "this call".to_owned(),
            _ => "it".to_owned(),
        }
    }

    /// The question and whom it is put to, if it is one.
    pub(super) fn test(&self) -> Option<(Subject, &'a Predicate)> {
        match self.condition {
            Condition::Test(test) => Some((test.subject, &test.predicate)),
            _ => None,
        }
    }
}
