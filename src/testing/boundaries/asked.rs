//! A rule -> everything that its condition asks: of which facts, of which fields, and how far back.

use crate::check::{Effect, Policy, Rule};
use crate::model::{FactId, FieldId, RecordId};
use crate::semantics::predicates::{Compare, Passed, SameDay, ToCome};
use crate::semantics::{
    Condition, DefinitionId, FigureSource, Mark, Predicate, ScoreId, Selection, Since, Subject, Test, Use,
};
use crate::syntax::tree::Comparison;
use crate::time::Length;
use std::collections::{BTreeMap, BTreeSet};

/// What a rule asks.
#[derive(Clone, Debug, Default)]
pub(in crate::testing) struct RulePredicates {
    pub facts: BTreeMap<FactId, Vec<Predicate>>,
    pub fields: BTreeMap<(RecordId, FieldId), Vec<Predicate>>,
    /// Of the call's own time.
    pub call_time: Vec<Predicate>,
    /// Whether it minds on which day or at which hour something was: the rule is in force from or until a day, or one is
    /// asked about.
    pub dated: bool,
    /// Of the times of records: spans, and questions that name one.
    pub spans: BTreeMap<RecordId, Vec<Length>>,
    /// Of the times of records: the time of day, the day of the week and the like.
    pub record_times: BTreeMap<RecordId, Vec<Predicate>>,
    pub kinds: BTreeSet<RecordId>,
    /// Which records are looked for.
    pub selections: Vec<Selection>,
    /// The first record, the one that follows it, and within how long.
    pub follows: Vec<(RecordId, RecordId, Length)>,
    /// The definitions and scores that were looked into: each once, however many others name it.
    met: BTreeSet<(NamedPart, Option<RecordId>)>,
}

/// A part of a policy that conditions name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NamedPart {
    Definition(DefinitionId),
    Score(ScoreId),
}

/// Whether what a table goes by reaches each of its rows.
fn row_edges(policy: &Policy, of: FigureSource) -> Vec<Predicate> {
    let FigureSource::Table(table) = of else { return Vec::new() };
    let rows = policy.table(table).into_iter().flat_map(|table| table.rows.iter().skip(1));
    rows.map(|row| Compare(Comparison::AtLeast, row.from.into()).into()).collect()
}

impl RulePredicates {
    pub(in crate::testing) fn of(policy: &Policy, rule: &Rule) -> Self {
        let dated = rule.from.is_some() || rule.until.is_some();
        let mut asked = Self { dated, ..Self::default() };
        asked.condition(policy, &rule.when, None);
        for effect in rule.effects.iter() {
            match effect {
                Effect::RaiseTo { fact, .. } | Effect::Deadline { after: Subject::Fact(fact), .. } => {
                    asked.facts.entry(*fact).or_default();
                }
                Effect::Figure { of, .. } => match policy.rests_on(*of) {
                    FigureSource::Fact(fact) => asked.facts.entry(fact).or_default().extend(row_edges(policy, *of)),
                    FigureSource::Score(score) => asked.score(policy, score, None),
                    FigureSource::Table(_) => {}
                },
                _ => {}
            }
        }
        asked
    }

    fn condition(&mut self, policy: &Policy, condition: &Condition, record: Option<RecordId>) {
        if let Condition::Count(count) = condition {
            count.different.iter().for_each(|field| self.own_fact(policy, &count.of, *field));
            let follow = count.follow.iter();
            self.follows.extend(follow.map(|follow| (count.of.record, follow.by.record, *follow.within)));
        }
        for used in condition.uses() {
            match used {
                Use::Test(test) => self.test(policy, test, record),
                Use::Part(part, of) => self.condition(policy, part, of.or(record)),
                Use::Selection(of) => self.selection(policy, of),
                Use::Field(record, field) => drop(self.fields.entry((record, field)).or_default()),
                Use::Definition(id) => {
                    let definition = policy.definition(id);
                    let definition = definition.filter(|_| self.met.insert((NamedPart::Definition(id), record)));
                    definition.into_iter().for_each(|it| self.condition(policy, &it.condition, record));
                }
                Use::Score(id) => self.score(policy, id, record),
            }
        }
    }

    fn score(&mut self, policy: &Policy, id: ScoreId, record: Option<RecordId>) {
        let score = policy.score(id).filter(|_| self.met.insert((NamedPart::Score(id), record)));
        let points = score.into_iter().flat_map(|score| &score.points);
        points.for_each(|(_, part)| self.condition(policy, part, record));
    }

    /// The fact that stands for a field where this call is counted.
    fn own_fact(&mut self, policy: &Policy, of: &Selection, field: FieldId) {
        if let (true, Some(fact)) = (of.this_call, policy.stands_for(field)) {
            self.facts.entry(fact).or_default();
        }
    }

    fn selection(&mut self, policy: &Policy, of: &Selection) {
        self.kinds.insert(of.record);
        if self.selections.contains(of) {
            return;
        }
        self.selections.push(of.clone());
        self.spans.entry(of.record).or_default().extend(of.windows.iter().map(|window| **window));
        for test in &of.tests {
            self.condition(policy, test, Some(of.record));
            if let Condition::Test(Test { subject: Subject::Field(field), .. }) = test {
                self.own_fact(policy, of, *field);
            }
        }
        for since in &of.since {
            match since {
                Since::Record { of, .. } => self.selection(policy, of),
                Since::Instant(_) => self.dated = true,
                Since::Midnight => {
                    self.dated = true;
                    let today = SameDay { other: Subject::CallTime, not: false };
                    self.record_times.entry(of.record).or_default().push(today.into());
                }
            }
        }
    }

    fn test(&mut self, policy: &Policy, test: &Test, of: Option<RecordId>) {
        let predicate = &test.predicate;
        self.dated |= test.subject == Subject::CallTime;
        for mark in predicate.form().marks() {
            match mark {
                Mark::Days { .. } | Mark::Clock(_) | Mark::EachDay => self.dated = true,
                Mark::Fact(fact) => drop(self.facts.entry(fact).or_default()),
                Mark::Time(Subject::Fact(fact)) => self.facts.entry(fact).or_default().push(Passed.into()),
                // What is asked of the call's time or of a fact is asked of the other fact too, the other way about.
                Mark::Apart(apart) => {
                    if let (Subject::Fact(fact), Subject::CallTime | Subject::Fact(_)) = (apart.other, test.subject) {
                        self.facts.entry(fact).or_default().push(apart.mirrored(test.subject).into());
                    }
                }
                _ => {}
            }
        }
        match (test.subject, of) {
            (Subject::Fact(fact), _) => self.facts.entry(fact).or_default().push(predicate.clone()),
            (Subject::CallTime, _) => self.call_time.push(predicate.clone()),
            (Subject::Field(field), Some(kind)) => {
                self.fields.entry((kind, field)).or_default().push(predicate.clone());
            }
            (Subject::Through { link, record, field }, Some(kind)) => {
                self.kinds.insert(record);
                self.fields.entry((kind, link)).or_default();
                self.fields.entry((record, field)).or_default().push(predicate.clone());
            }
            (Subject::Record(kind), _) => self.in_force(policy, kind),
            (Subject::Linked { link, record }, Some(kind)) => {
                self.kinds.insert(record);
                self.fields.entry((kind, link)).or_default();
                self.in_force(policy, record);
            }
            (Subject::RecordTime, Some(kind)) => {
                let mut spans = predicate.spans().peekable();
                if spans.peek().is_some() {
                    self.spans.entry(kind).or_default().extend(spans);
                } else {
                    self.record_times.entry(kind).or_default().push(predicate.clone());
                }
            }
            _ => {}
        }
    }

    fn in_force(&mut self, policy: &Policy, kind: RecordId) {
        let declared = policy.vocabulary.records.get(kind.index()).and_then(|it| it.in_force.as_ref());
        if let Some(declared) = declared {
            self.fields.entry((kind, declared.from)).or_default().push(Passed.into());
            for field in &declared.until {
                self.fields.entry((kind, *field)).or_default().push(ToCome.into());
            }
        }
    }
}
