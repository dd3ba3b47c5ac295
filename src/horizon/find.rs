//! Goes through every condition of a policy for the records that it can mean.

use super::{Horizon, KindHorizon, WayToReach};
use crate::check::{Effect, Policy, ReasonPart};
use crate::model::{FactId, FieldId, LinkTo, RecordId, Type};
use crate::semantics::{Condition, Count, DefinitionId, Follow, ScoreId, Selection, Since, Subject, Test, Use};
use std::collections::BTreeSet;

/// What the rules of a policy can ask of a call's history, its rules on trial and suspended ones included.
pub(crate) fn horizon(policy: &Policy) -> Horizon {
    let mut finder = Finder {
        policy,
        ways: vec![Vec::new(); policy.vocabulary.records.len()],
        links: vec![BTreeSet::new(); policy.vocabulary.records.len()],
        linked: BTreeSet::new(),
        definitions: BTreeSet::new(),
        scores: BTreeSet::new(),
    };
    for rule in &policy.rules {
        finder.condition(&rule.when, None);
        rule.because.iter().for_each(|piece| finder.piece(piece));
        for effect in rule.effects.iter() {
            if let Effect::Deadline { after, .. } = effect {
                finder.subject(*after, None);
            }
        }
    }
    let kinds = finder.ways.into_iter().zip(finder.links);
    let kinds = kinds.map(|(ways, links)| KindHorizon { ways, links: links.into_iter().collect() });
    Horizon { kinds: kinds.collect(), linked: finder.linked.into_iter().collect() }
}

struct Finder<'p> {
    policy: &'p Policy,
    ways: Vec<Vec<WayToReach>>,
    links: Vec<BTreeSet<(FieldId, RecordId)>>,
    linked: BTreeSet<(FactId, RecordId)>,
    definitions: BTreeSet<DefinitionId>,
    scores: BTreeSet<ScoreId>,
}

impl Finder<'_> {
    /// A condition about the call, or about records of a kind.
    fn condition(&mut self, condition: &Condition, of: Option<RecordId>) {
        match condition {
            Condition::Count(count) => self.count(count),
            other => other.uses().into_iter().for_each(|used| self.used(used, of)),
        }
    }

    fn used(&mut self, used: Use<'_>, of: Option<RecordId>) {
        match used {
            Use::Test(test) => self.test(test, of),
            Use::Part(part, record) => self.condition(part, record.or(of)),
            Use::Selection(selection) => self.selection(selection, &[]),
            Use::Definition(id) => {
                if self.definitions.insert(id)
                    && let Some(definition) = self.policy.definition(id)
                {
                    self.condition(&definition.condition, of);
                }
            }
            Use::Score(score) => self.score(score),
            Use::Field(..) => {}
        }
    }

    fn score(&mut self, id: ScoreId) {
        if self.scores.insert(id)
            && let Some(score) = self.policy.score(id)
        {
            score.points.iter().for_each(|(_, condition)| self.condition(condition, None));
        }
    }

    fn piece(&mut self, piece: &ReasonPart) {
        match piece {
            ReasonPart::Count(count, _)
            | ReasonPart::Ids(count)
            | ReasonPart::Latest(count)
            | ReasonPart::Field(count, _) => {
                self.count(count);
            }
            ReasonPart::Score(score) => self.score(*score),
            ReasonPart::Text(_) | ReasonPart::Fact(_) => {}
        }
    }

    fn count(&mut self, count: &Count) {
        self.selection(&count.of, &[]);
        if let Some(Follow { by, that, .. }) = count.follow.as_deref() {
            let shared: Vec<LinkTo> =
                that.iter().map(|(own, of)| LinkTo::Record { field: *own, record: count.of.record, of: *of }).collect();
            self.selection(by, &shared);
        }
    }

    /// What a selection means, with what else its records must share.
    fn selection(&mut self, selection: &Selection, shared: &[LinkTo]) {
        let mut way = WayToReach {
            links: shared.to_vec(),
            windows: selection.windows.iter().map(|window| window.value).collect(),
            since: None,
        };
        for test in &selection.tests {
            self.condition(test, Some(selection.record));
            self.link_by(test, selection.record, &mut way.links);
        }
        way.links.sort_unstable();
        way.links.dedup();
        for since in &selection.since {
            match since {
                Since::Instant(at) => way.since = way.since.max(Some(*at)),
                Since::Record { of, .. } => self.selection(of, &[]),
            }
        }
        if let Some(ways) = self.ways.get_mut(selection.record.index()).filter(|ways| !ways.contains(&way)) {
            ways.push(way);
        }
    }

    fn test(&mut self, test: &Test, of: Option<RecordId>) {
        self.subject(test.subject, of);
        test.predicate.reads().for_each(|other| self.subject(other, of));
    }

    /// The links that a subject follows to records of their own.
    fn subject(&mut self, subject: Subject, of: Option<RecordId>) {
        match subject {
            Subject::Through { link, record, .. } | Subject::Linked { link, record } => {
                if let Some(links) = of.and_then(|of| self.links.get_mut(of.index())) {
                    links.insert((link, record));
                }
                // This call counts as a record too, of which the fact leads on.
                let kinds = &self.policy.vocabulary.records;
                let is_call = of.and_then(|of| kinds.get(of.index())).is_some_and(|kind| kind.is_call);
                if let Some(fact) = self.policy.stands_for(link).filter(|_| is_call) {
                    self.linked.insert((fact, record));
                }
            }
            Subject::Fact(fact) => {
                let ty = self.policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty);
                if let Some(Type::Link { record }) = ty {
                    self.linked.insert((fact, *record));
                }
            }
            Subject::CallTime | Subject::RecordTime | Subject::Field(_) | Subject::Record(_) => {}
        }
    }

    /// What a test that every record must pass links it to: the same person, place or thing, not the same sort of thing.
    fn link_by(&self, test: &Condition, record: RecordId, links: &mut Vec<LinkTo>) {
        match test {
            Condition::All(parts) => parts.iter().for_each(|part| self.link_by(part, record, links)),
            Condition::Test(test) => {
                let link = test.link_to_call().filter(|link| link.names_somebody(record, &self.policy.vocabulary));
                links.extend(link);
            }
            _ => {}
        }
    }
}
