//! Rules -> sections of a document: by the policy that wrote them, and in each by the grade that they ask for.

use super::document::{Addition, Invariant, Rule, RuleGroup, Section, Suspension};
use super::lift::Lift;
use crate::check::{self, Effect, Modality};
use crate::model::OutcomeId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a rule stands among those of its policy, in the order in which they are read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shelf {
    /// How far the value that it asks for lies below the highest.
    Below(u16),
    /// The value that a fact of the call has.
    AsTheCallSays,
    NoGrade,
    OnTrial,
}

impl Lift<'_> {
    /// The policy's own rules first, those of the furthest base last.
    pub(super) fn sections(&self) -> Vec<Section> {
        let policies = self.policy.chain.iter().rev();
        let sections = policies.map(|policy| Section { policy: policy.clone(), groups: self.groups(policy) });
        sections.filter(|section| !section.groups.is_empty()).collect()
    }

    fn groups(&self, policy: &str) -> Vec<RuleGroup> {
        let grade = self.grade();
        let mut shelves: BTreeMap<Shelf, Vec<Rule>> = BTreeMap::new();
        for rule in self.policy.rules.iter().filter(|rule| *rule.policy == *policy) {
            shelves.entry(self.shelf(rule, grade)).or_default().push(self.rule(rule));
        }
        let group = |(shelf, mut rules): (Shelf, Vec<Rule>)| {
            rules.sort_by(|one, other| one.title.cmp(&other.title));
            RuleGroup { heading: self.heading(shelf, grade), rules }
        };
        shelves.into_iter().map(group).collect()
    }

    /// The outcome by which rules are sorted: the first that takes the highest value.
    fn grade(&self) -> Option<OutcomeId> {
        let outcomes = &self.policy.vocabulary.outcomes;
        let found = outcomes.iter().position(|outcome| outcome.kind.scale().is_some())?;
        u16::try_from(found).ok().map(OutcomeId)
    }

    fn shelf(&self, rule: &check::Rule, grade: Option<OutcomeId>) -> Shelf {
        if rule.trial {
            return Shelf::OnTrial;
        }
        let steps = self.grade_values(grade).len();
        let of_effect = |effect: &Effect| match effect {
            Effect::Raise { outcome, level } if Some(*outcome) == grade => {
                let highest = u16::try_from(steps.saturating_sub(1)).unwrap_or(u16::MAX);
                Some(Shelf::Below(highest.saturating_sub(level.values().last()?)))
            }
            Effect::RaiseTo { outcome, .. } if Some(*outcome) == grade => Some(Shelf::AsTheCallSays),
            _ => None,
        };
        rule.effects.iter().filter_map(of_effect).min().unwrap_or(Shelf::NoGrade)
    }

    fn grade_values(&self, grade: Option<OutcomeId>) -> Vec<&str> {
        let outcome = grade.and_then(|grade| self.policy.vocabulary.outcomes.get(grade.index()));
        outcome.map_or_else(Vec::new, |outcome| outcome.kind.values())
    }

    fn heading(&self, shelf: Shelf, grade: Option<OutcomeId>) -> String {
        let outcome = grade.and_then(|grade| self.policy.vocabulary.outcomes.get(grade.index()));
        let name = outcome.map_or("grade", |outcome| &outcome.name);
        match shelf {
            Shelf::Below(steps) => {
                let values = self.grade_values(grade);
                let at = values.len().saturating_sub(usize::from(steps) + 1);
                let value = values.get(at).copied().unwrap_or("");
                let place = grade.zip(u16::try_from(at).ok());
                let said = || place.map_or_else(String::new, |(grade, at)| self.policy.said(grade, at));
                format!("At least {}", self.words.value(value, said))
            }
            Shelf::AsTheCallSays => format!("At least the {name} that the call came with"),
            Shelf::NoGrade => format!("Rules that say nothing of the {name}"),
            Shelf::OnTrial => "On trial: worked out and shown, without effect".to_owned(),
        }
    }

    fn rule(&self, rule: &check::Rule) -> Rule {
        let first = rule.additions.first();
        let own = first.map_or(rule.effects.len(), |addition| addition.effects.start);
        let sources = first.map_or(rule.sources.len(), |addition| addition.sources.start);
        let because = first.map_or(rule.because.len(), |addition| addition.because.start);
        Rule {
            name: rule.name.clone(),
            title: rule.title.to_string(),
            policy: rule.policy.to_string(),
            at: rule.at,
            trial: rule.trial,
            from: rule
                .from
                .or(rule.dated.and_then(|dated| dated.from).map(|day| day.0))
                .map(|at| self.policy.zone.date(at).spoken()),
            until: rule
                .until
                .or(rule.dated.and_then(|dated| dated.until).map(|day| day.1))
                .map(|at| self.policy.zone.date(at).spoken()),
            dated_by: rule
                .dated
                .and_then(|dated| self.policy.vocabulary.call.get(dated.by.index()))
                .map(|by| by.name.clone()),
            may_be_suspended: rule.may_be_suspended,
            suspension: rule.suspension.as_ref().map(|suspension| self.suspension(suspension)),
            may_be_widened: rule.may_be_widened,
            when: self.statement(&rule.written(rule.ways().first().unwrap_or(&rule.when))),
            presumed: rule.presumed,
            not_again: rule.quiet.as_ref().map(|quiet| self.sentence(&self.not_again(quiet).to_string())),
            then: self.effects(rule.effects.get(..own).unwrap_or_default()),
            because: self.reason(rule.because.get(..because).unwrap_or_default()),
            sources: told(rule.sources.get(..sources).unwrap_or_default()),
            additions: rule.additions.iter().map(|addition| self.addition(rule, addition)).collect(),
        }
    }

    /// Those of the policy itself first, those of the furthest base last.
    pub(super) fn invariants(&self) -> Vec<Invariant> {
        let invariant = |invariant: &check::Invariant| Invariant {
            name: invariant.name.clone(),
            title: invariant.title.clone(),
            policy: invariant.policy.clone(),
            at: invariant.at,
            whenever: self.statement(&invariant.condition),
            never: invariant.modality == Modality::Never,
            demands: self.effects(&invariant.demands),
            sources: invariant.sources.clone(),
        };
        let of_policy = |policy: &'_ String| {
            let own = self.policy.invariants.iter().filter(move |invariant| invariant.policy == *policy);
            own.map(invariant).collect::<Vec<_>>()
        };
        self.policy.chain.iter().rev().flat_map(of_policy).collect()
    }

    pub(super) fn suspension(&self, suspension: &check::Suspension) -> Suspension {
        Suspension {
            policy: suspension.policy.clone(),
            from: suspension.from.map(|at| self.policy.zone.date(at).spoken()),
            until: self.policy.zone.date(suspension.until).spoken(),
            reason: suspension.reason.clone(),
            owner: suspension.owner.clone(),
            at: suspension.at,
        }
    }

    pub(super) fn addition(&self, rule: &check::Rule, addition: &check::Addition) -> Addition {
        Addition {
            policy: addition.policy.clone(),
            also_when: addition.way.and_then(|way| rule.ways().get(way)).map(|way| self.statement(&rule.written(way))),
            then: self.effects(rule.effects.get(addition.effects.clone()).unwrap_or_default()),
            because: self.reason(rule.because.get(addition.because.clone()).unwrap_or_default()),
            sources: told(rule.sources.get(addition.sources.clone()).unwrap_or_default()),
            at: addition.at,
        }
    }
}

fn told(sources: &[Arc<str>]) -> Vec<String> {
    sources.iter().map(ToString::to_string).collect()
}
