//! Calls that two policies answer otherwise -> one call for each rule that makes the difference, with all that it shows and why.

use super::comparison::{Comparison, Difference, Together, Verdict};
use super::witness::Sketch;
use crate::changes::{Change, ChangeKind, SettingUses, What};
use crate::engine::{Load, Rewriting, Snapshot};
use crate::model::{Level, OutcomeId};
use crate::time::Instant;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A call for which one policy gives more than the other, by a rule.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The rule of the policy that gives more.
    pub rule: String,
    /// With what it is enough for that, where it is not by itself.
    pub together: Option<Together>,
    /// What it is about, in the words of its author.
    pub title: Option<String>,
    /// The call.
    pub call: Sketch,
    /// The parts of the outcome of which the other policy gives less.
    pub parts: Vec<ShownPart>,
    /// What became of the rule in the other policy.
    pub became: Became,
    /// The settings that the rule reads and that are not the same in both.
    pub settings: Vec<DifferentSetting>,
    /// What else is written otherwise and bears on the rule.
    pub changes: Vec<Change>,
    /// Other rules that apply to the call in this policy alone.
    pub also: Vec<String>,
}

/// A part of the outcome of which one policy gives more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownPart {
    /// Which part it is.
    pub outcome: OutcomeId,
    /// What the policy of the rule gives.
    pub more: Level,
    /// What the other policy gives.
    pub less: Level,
}

/// What became of a rule in another policy, for one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// The other policy has no rule of that name.
    Gone,
    /// It is on trial there, without effect.
    OnTrial,
    /// It is suspended there, until the end of this moment's day.
    Suspended(Instant),
    /// It is not in force there at the time of the call.
    NotInForce,
    /// Its condition is no there; what it lacks, where that is one thing and near.
    Lacks(Option<String>),
    /// Nobody can say there whether it applies, since these are not known.
    NotKnown(Vec<String>),
    /// It applies there too, and gives less.
    GivesLess,
}

/// A setting that two policies have at different values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferentSetting {
    /// Its name.
    pub name: String,
    /// Its value in the policy of the rule; none where that has no such setting.
    pub own: Option<String>,
    /// Its value in the other.
    pub other: Option<String>,
}

/// A policy, and which settings its rules read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Party<'p> {
    pub policy: &'p Snapshot,
    /// The set that it stands in.
    pub load: &'p Load,
    pub uses: &'p SettingUses,
}

/// The calls of a comparison: those for which the second policy gives less, and those for which it gives more. `changes` is what
/// is written otherwise, as far as that is known.
pub(super) fn shown(
    comparison: &Comparison,
    [old, new]: [Party<'_>; 2],
    changes: &[Change],
) -> (Vec<Shown>, Vec<Shown>) {
    let differences = |verdict: fn(&super::comparison::PartComparison) -> &Verdict| {
        let parts = comparison.parts.iter();
        parts.flat_map(move |part| verdict(part).calls.iter().map(move |call| (part.outcome, call))).collect::<Vec<_>>()
    };
    let lower = Gather { own: old, other: new, changes, shown: Vec::new(), moved: RefCell::default() };
    let higher = Gather { own: new, other: old, changes, shown: Vec::new(), moved: RefCell::default() };
    (lower.all(&differences(|part| &part.lower)), higher.all(&differences(|part| &part.higher)))
}

struct Gather<'p> {
    own: Party<'p>,
    other: Party<'p>,
    changes: &'p [Change],
    shown: Vec<Shown>,
    /// The other policy with one setting as it is in this one, by its name; none where it makes no sense so.
    moved: RefCell<BTreeMap<String, Option<Snapshot>>>,
}

impl Gather<'_> {
    /// For each rule as few calls as show all of it, those that show most first.
    fn all(mut self, differences: &[(OutcomeId, &Difference)]) -> Vec<Shown> {
        let mut rules: Vec<&str> = Vec::new();
        for (_, difference) in differences {
            if !rules.contains(&difference.rule.as_str()) {
                rules.push(&difference.rule);
            }
        }
        for rule in rules {
            let mut left: Vec<&(OutcomeId, &Difference)> =
                differences.iter().filter(|(_, it)| it.rule == rule).collect();
            let calls: Vec<Shown> = left.iter().map(|(_, difference)| self.one(difference)).collect();
            while !left.is_empty() {
                let shows = |call: &&Shown| left.iter().filter(|it| call.stands_for(it)).count();
                // Of several that show as much, the first.
                let Some(call) = calls.iter().rev().max_by_key(shows).filter(|call| shows(call) > 0) else { break };
                left.retain(|it| !call.stands_for(it));
                self.shown.push(call.clone());
            }
        }
        self.shown
    }

    fn one(&self, difference: &Difference) -> Shown {
        let Difference { rule, call, together, .. } = difference;
        let (own, other) = (self.own.policy, self.other.policy);
        let case = call.case(own.vocabulary(), own.zone());
        let (ours, decision) = (own.decide(&case), other.decide(&case));
        let applies = |name: &str| decision.fired.iter().any(|fired| fired.rule == name);
        let also = ours.fired.iter().map(|fired| &fired.rule).filter(|name| **name != *rule && !applies(name));
        let also = also.cloned().collect();
        let gives = ours.outcome.0;
        let pairs = (0..).map(OutcomeId).zip(gives.into_iter().zip(decision.outcome.0.iter().copied()));
        let parts = pairs.filter(|(_, (more, less))| !less.covers(*more));
        let parts: Vec<ShownPart> = parts.map(|(outcome, (more, less))| ShownPart { outcome, more, less }).collect();
        let named = other.policy().rules.iter().find(|theirs| theirs.name == *rule);
        let became = match named {
            None => Became::Gone,
            Some(theirs) if theirs.trial => Became::OnTrial,
            Some(theirs) if applies(&theirs.name) => Became::GivesLess,
            Some(theirs) => {
                let suspended = theirs.suspension.as_ref().filter(|suspension| suspension.covers(case.at));
                let ended = theirs.until.is_some_and(|until| until < case.at);
                let unknown = decision.undecided.iter().find(|open| open.rule == *rule);
                match (suspended, unknown) {
                    (Some(suspension), _) => Became::Suspended(suspension.until),
                    _ if ended || theirs.from.is_some_and(|from| case.at < from) => Became::NotInForce,
                    (_, Some(open)) => Became::NotKnown(open.unknown.clone()),
                    _ => {
                        let near = decision.near.iter().find(|near| near.rule == *rule);
                        Became::Lacks(near.map(|near| near.needs.clone()))
                    }
                }
            }
        };
        let title = own.title(rule).map(str::to_owned);
        let settings = self.settings(rule, named.is_some());
        let settings = self.deciding(settings, |policy| {
            let outcome = policy.decide(&case).outcome;
            let is_reached =
                |part: &ShownPart| outcome.level(part.outcome).is_some_and(|level| level.covers(part.more));
            parts.iter().all(is_reached)
        });
        let changes = self.changes_of(rule);
        let together = together.clone();
        Shown { rule: rule.clone(), together, title, call: call.clone(), parts, became, settings, changes, also }
    }

    /// What the rule reads and the other policy has at another value. Of a rule that is not there no setting is to blame.
    fn settings(&self, rule: &str, is_there: bool) -> Vec<DifferentSetting> {
        let value = |policy: &Snapshot, name: &str| {
            let mut settings = policy.policy().settings.iter();
            settings.find(|setting| setting.name == name).map(|setting| setting.value.to_string())
        };
        let mut names: Vec<&str> = self.own.uses.of_rule(rule).chain(self.other.uses.of_rule(rule)).collect();
        names.sort_unstable();
        names.dedup();
        let pairs = names.into_iter().filter(|_| is_there).map(|name| DifferentSetting {
            name: name.to_owned(),
            own: value(self.own.policy, name),
            other: value(self.other.policy, name),
        });
        pairs.filter(|setting| setting.own != setting.other).collect()
    }

    /// Of several settings those without which the other policy would give as much, each alone; all where none is by itself.
    fn deciding(
        &self,
        settings: Vec<DifferentSetting>,
        gives_as_much: impl Fn(&Snapshot) -> bool,
    ) -> Vec<DifferentSetting> {
        if settings.len() < 2 {
            return settings;
        }
        let other = self.other.policy;
        let decides = |setting: &&DifferentSetting| {
            let Some(own) = &setting.own else { return false };
            let mut moved = self.moved.borrow_mut();
            let policy = moved
                .entry(setting.name.clone())
                .or_insert_with(|| Rewriting::of(self.other.load, other).at_value(other, &setting.name, own));
            policy.as_ref().filter(|policy| policy.vocabulary() == other.vocabulary()).is_some_and(&gives_as_much)
        };
        let deciding: Vec<DifferentSetting> = settings.iter().filter(decides).cloned().collect();
        if deciding.is_empty() { settings } else { deciding }
    }

    /// What is told by its value, and a rule that came or went, is told already.
    fn changes_of(&self, rule: &str) -> Vec<Change> {
        let bears = |change: &&Change| {
            let is_own = matches!(change.what, What::Rule | What::Addition) && change.name == rule;
            let is_told =
                change.what == What::Setting || change.how != ChangeKind::Changed && change.what == What::Rule;
            (is_own || change.touches.iter().any(|known| known == rule)) && !is_told
        };
        self.changes.iter().filter(bears).cloned().collect()
    }
}

impl Shown {
    /// Whether it shows what another call was found for.
    fn stands_for(&self, (outcome, difference): &(OutcomeId, &Difference)) -> bool {
        let Some(part) = self.parts.iter().find(|part| part.outcome == *outcome) else { return false };
        match (part.more.beyond(part.less), difference.more.beyond(difference.less)) {
            (Some(own @ Level::AllThatApply(_)), Some(wanted)) => own.covers(wanted),
            (own, _) => own.is_some(),
        }
    }
}
