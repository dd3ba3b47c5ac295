//! Goes through every condition of a policy for the records that it can mean.

use super::{FieldRead, Horizon, KindHorizon, WayToReach};
use crate::check::{Effect, Policy, ReasonPart};
use crate::model::{FactId, Field, FieldId, LinkTo, RecordId, RecordKind, Type};
use crate::semantics::predicates::Mention;
use crate::semantics::{
    Condition, Count, DefinitionId, FigureSource, Follow, Predicate, ScoreId, Selection, Since, Subject, Test, Use,
};
use crate::time::{Length, Unit};
use std::collections::BTreeSet;

/// What the rules of a policy can ask of a call's history, its rules on trial and suspended ones included.
pub(crate) fn horizon(policy: &Policy) -> Horizon {
    let vocabulary = &policy.vocabulary;
    let nothing = |kind: &RecordKind| KindHorizon { fields: vec![None; kind.fields.len()], ..KindHorizon::default() };
    let mut finder = Finder {
        policy,
        found: Horizon {
            kinds: vocabulary.records.iter().map(nothing).collect(),
            linked: Vec::new(),
            facts: vec![None; vocabulary.call.len()],
        },
        definitions: BTreeSet::new(),
        scores: BTreeSet::new(),
    };
    for rule in &policy.rules {
        finder.condition(&rule.when, None);
        rule.because.iter().for_each(|piece| finder.piece(piece));
        for effect in rule.effects.iter() {
            match effect {
                Effect::Deadline { after, .. } => finder.subject(*after, None, &FieldRead::Whole),
                Effect::RaiseTo { fact, .. } => finder.fact(*fact, FieldRead::Whole),
                Effect::Figure { of, .. } => match policy.rests_on(*of) {
                    FigureSource::Fact(fact) => finder.fact(fact, FieldRead::Whole),
                    FigureSource::Score(score) => finder.score(score),
                    FigureSource::Table(_) => {}
                },
                Effect::Raise { .. } => {}
            }
        }
    }
    // No rule names these: below them no outcome goes, and by them questions are safe to ask.
    let floors = vocabulary.outcomes.iter().filter_map(|outcome| outcome.kind.floor());
    let overheard = vocabulary.overheard.iter().map(|(fact, _)| *fact);
    floors.chain(overheard).for_each(|fact| finder.fact(fact, FieldRead::Whole));
    for kind in &mut finder.found.kinds {
        kind.links.sort_unstable();
    }
    finder.found.linked.sort_unstable();
    finder.found
}

struct Finder<'p> {
    policy: &'p Policy,
    found: Horizon,
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
            Use::Field(record, field) => self.field(record, field, FieldRead::Whole),
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
            ReasonPart::Count(count, _) | ReasonPart::Ids(count) | ReasonPart::Latest(count) => self.count(count),
            ReasonPart::Field(count, field) => {
                self.count(count);
                self.field(count.of.record, *field, FieldRead::Whole);
            }
            ReasonPart::Score(score) => self.score(*score),
            ReasonPart::Answers(facts, _) => facts.iter().for_each(|fact| self.fact(*fact, FieldRead::Whole)),
            ReasonPart::Fact(fact) => self.fact(*fact, FieldRead::Whole),
            ReasonPart::Text(_) => {}
        }
    }

    fn count(&mut self, count: &Count) {
        self.selection(&count.of, &[]);
        count.different.into_iter().for_each(|field| self.field(count.of.record, field, FieldRead::Whole));
        if let Some(Follow { by, that, .. }) = count.follow.as_deref() {
            let shared: Vec<LinkTo> =
                that.iter().map(|(own, of)| LinkTo::Record { field: *own, record: count.of.record, of: *of }).collect();
            self.selection(by, &shared);
            for (own, of) in that {
                self.field(by.record, *own, FieldRead::Whole);
                self.field(count.of.record, *of, FieldRead::Whole);
            }
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
                // What was since midnight was within two days, wherever the date line was drawn anew.
                Since::Midnight => way.windows.push(Length::new(2, Unit::Days)),
                Since::Instant(at) => way.since = way.since.max(Some(*at)),
                Since::Record { of, .. } => self.selection(of, &[]),
            }
        }
        let kind = self.found.kinds.get_mut(selection.record.index());
        if let Some(kind) = kind.filter(|kind| !kind.ways.contains(&way)) {
            kind.ways.push(way);
        }
    }

    fn test(&mut self, test: &Test, of: Option<RecordId>) {
        match &test.predicate {
            Predicate::Mention(Mention(phrases)) => {
                self.subject(test.subject, of, &FieldRead::Phrases(phrases.iter().cloned().collect()));
            }
            Predicate::InForce(_) => {
                self.subject(test.subject, of, &FieldRead::Whole);
                self.in_force(test.subject, of);
            }
            _ => self.subject(test.subject, of, &FieldRead::Whole),
        }
        test.predicate.reads().for_each(|other| self.subject(other, of, &FieldRead::Whole));
    }

    /// The fields by which the record that is asked about, or that a link leads to, is in force.
    fn in_force(&mut self, subject: Subject, of: Option<RecordId>) {
        let vocabulary = &self.policy.vocabulary;
        let target = |field: Option<&Field>| match field?.ty {
            Type::Link { record } => Some(record),
            _ => None,
        };
        let field = |of: RecordId, field: FieldId| vocabulary.records.get(of.index())?.fields.get(field.index());
        let record = match subject {
            Subject::Record(record) | Subject::Linked { record, .. } => Some(record),
            Subject::Fact(fact) => target(vocabulary.call.get(fact.index())),
            Subject::Field(own) => target(of.and_then(|of| field(of, own))),
            Subject::Through { record, field: far, .. } => target(field(record, far)),
            Subject::CallTime | Subject::RecordTime => None,
        };
        let times = record.and_then(|record| {
            let times = vocabulary.records.get(record.index())?.in_force.as_ref()?;
            Some((record, times))
        });
        if let Some((record, times)) = times {
            let fields = std::iter::once(times.from).chain(times.until.iter().copied());
            fields.for_each(|field| self.field(record, field, FieldRead::Whole));
        }
    }

    /// What a subject reads, and the links that it follows to records of their own.
    fn subject(&mut self, subject: Subject, of: Option<RecordId>, read: &FieldRead) {
        match subject {
            Subject::Through { link, record, .. } | Subject::Linked { link, record } => {
                if let Some(of) = of {
                    self.field(of, link, FieldRead::Whole);
                    let kind = self.found.kinds.get_mut(of.index());
                    if let Some(kind) = kind.filter(|kind| !kind.links.contains(&(link, record))) {
                        kind.links.push((link, record));
                    }
                }
                if let Subject::Through { field, .. } = subject {
                    self.field(record, field, read.clone());
                }
                // This call counts as a record too, of which the fact leads on.
                let kinds = &self.policy.vocabulary.records;
                let is_call = of.and_then(|of| kinds.get(of.index())).is_some_and(|kind| kind.is_call);
                if let Some(fact) = self.policy.stands_for(link).filter(|_| is_call) {
                    self.leads_to(fact, record);
                }
            }
            Subject::Fact(fact) => {
                self.fact(fact, read.clone());
                let ty = self.policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty);
                if let Some(Type::Link { record }) = ty {
                    self.leads_to(fact, *record);
                }
            }
            Subject::Field(field) => of.into_iter().for_each(|of| self.field(of, field, read.clone())),
            Subject::CallTime | Subject::RecordTime | Subject::Record(_) => {}
        }
    }

    fn leads_to(&mut self, fact: FactId, record: RecordId) {
        if !self.found.linked.contains(&(fact, record)) {
            self.found.linked.push((fact, record));
        }
    }

    fn fact(&mut self, fact: FactId, read: FieldRead) {
        FieldRead::add(&mut self.found.facts, fact.index(), read);
    }

    /// A field of records of a kind; where this call may count among them, the fact that stands for the field too.
    fn field(&mut self, record: RecordId, field: FieldId, read: FieldRead) {
        let is_call = self.policy.vocabulary.records.get(record.index()).is_some_and(|kind| kind.is_call);
        if let Some(fact) = self.policy.stands_for(field).filter(|_| is_call) {
            self.fact(fact, read.clone());
        }
        if let Some(kind) = self.found.kinds.get_mut(record.index()) {
            FieldRead::add(&mut kind.fields, field.index(), read);
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
