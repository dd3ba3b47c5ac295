//! A policy, and the same text read under other words -> what of it means something else there.
//!
//! Names stay and may come to mean something else: the second question of a form, the record in which decisions stand, the words in
//! which an outcome is written. What of a vocabulary has a say in that is not listed here: all that is executed is held to each other.

use super::lift::Lift;
use crate::check::{Effect, Policy, Score, Table};
use crate::model::{FactId, FieldId, Outcome};
use crate::semantics::{Condition, FigureSource, Parameter};
use crate::syntax::tree::{self, EffectValue, Group};
use crate::syntax::unplaced::amount;

/// The first thing of a policy that is something else in another reading of it; none where both execute the same.
pub(crate) fn means_otherwise(given: &Policy, read: &Policy) -> Option<String> {
    let (own, other) = (executed(given), executed(read));
    let unlike = own.iter().enumerate().find(|(at, said)| other.get(*at) != Some(said));
    let floor = |policy: &Policy, outcome: &Outcome| {
        let fact = outcome.kind.floor().and_then(|fact| policy.vocabulary.call.get(fact.index()));
        fact.map(|fact| fact.name.clone())
    };
    // Outcomes that are new are given by none of its rules.
    let lifted = || {
        given.vocabulary.outcomes.iter().find(|outcome| {
            let theirs = read.vocabulary.outcomes.iter().find(|other| other.name == outcome.name);
            theirs.is_none_or(|theirs| floor(given, outcome) != floor(read, theirs))
        })
    };
    // Where this call is counted, facts stand for fields of a call.
    let stands = |policy: &Policy, field: &str| {
        let call = policy.vocabulary.records.iter().find(|record| record.is_call)?;
        let place = call.fields.iter().position(|known| known.name == field)?;
        let fact = policy.stands_for(FieldId(u16::try_from(place).ok()?))?;
        policy.vocabulary.call.get(fact.index()).map(|fact| fact.name.clone())
    };
    let calls = given.vocabulary.records.iter().filter(|record| record.is_call);
    let mut fields = calls.flat_map(|call| &call.fields);
    let mut counted = || fields.find(|field| stands(given, &field.name) != stands(read, &field.name));
    unlike
        .map(|(_, said)| said.name.clone())
        .or_else(|| other.get(own.len()).map(|said| said.name.clone()))
        .or_else(|| lifted().map(|outcome| format!("the outcome `{}`", outcome.name)))
        .or_else(|| counted().map(|field| format!("what stands for `{}` where this call is counted", field.name)))
}

/// Whether two policies reckon a score alike while facts are not known: by the same steps, of which the same hang together.
pub(crate) fn reckons_alike((own, one): (&Policy, &Score), (theirs, other): (&Policy, &Score)) -> bool {
    let steps = |policy: &Policy, score: &Score| {
        let lift = Lift::exact(policy);
        let step = |(points, when): &(Parameter<i64>, Condition)| (**points, lift.parts(when));
        score.steps.iter().map(step).collect::<Vec<_>>()
    };
    (&one.together, one.reach) == (&other.together, other.reach) && steps(own, one) == steps(theirs, other)
}

/// Something that a policy says, and all that is executed of it, by names.
#[derive(PartialEq)]
struct Said {
    name: String,
    parts: Vec<Part>,
}

#[derive(PartialEq)]
enum Part {
    /// A list of so many conditions, which come next.
    List(Group, usize),
    /// What comes next is presumed while it is not answered.
    Presumed,
    /// One condition that is not made of others.
    Condition(tree::Condition),
    Records(tree::Selection),
    /// What an outcome is raised to.
    Effect(Option<String>, EffectValue),
    Name(Option<String>),
    Number(Option<i64>),
    Flag(bool),
}

fn executed(policy: &Policy) -> Vec<Said> {
    let lift = Lift::exact(policy);
    let mut all = Vec::new();
    let mut say = |kind: &str, name: &str, parts: Vec<Part>| all.push(Said { name: format!("{kind}`{name}`"), parts });
    for rule in &policy.rules {
        let mut parts = lift.parts(&rule.when);
        parts.extend(lift.given(&rule.effects));
        say("rule ", &rule.name, parts);
    }
    for definition in &policy.definitions {
        say("", &definition.name, lift.parts(&definition.condition));
    }
    for group in &policy.groups {
        say("", &group.name, vec![Part::Records(lift.group(group))]);
    }
    for score in &policy.scores {
        let mut parts = vec![Part::Flag(score.unanswered_as_yes)];
        for (points, when) in &score.points {
            parts.push(Part::Number(Some(**points)));
            parts.extend(lift.parts(when));
        }
        for band in &score.bands {
            parts.extend([Part::Name(Some(band.name.clone())), Part::Number(Some(*band.from)), Part::Number(band.to)]);
        }
        say("the score ", &score.name, parts);
    }
    for table in &policy.tables {
        say("the table ", &table.name, lift.rows(table));
    }
    for invariant in &policy.invariants {
        let mut parts = lift.parts(&invariant.condition);
        parts.extend(lift.given(&invariant.demands));
        say("invariant ", &invariant.name, parts);
    }
    all
}

impl Lift<'_> {
    /// A condition by its parts, down to those that are not made of others: a list of questions is each of them.
    fn parts(&self, condition: &Condition) -> Vec<Part> {
        let list = |group, of: &[Condition]| {
            let parts = of.iter().flat_map(|part| self.parts(part));
            [Part::List(group, of.len())].into_iter().chain(parts).collect()
        };
        match condition {
            Condition::All(of) => list(Group::All, of),
            Condition::Any(of) => list(Group::Any, of),
            Condition::Not(part) => list(Group::None, std::slice::from_ref(part)),
            Condition::HowMany { comparison, number, of } => {
                list(Group::HowMany { comparison: *comparison, amount: amount(**number) }, of)
            }
            Condition::Presumed(part) => [Part::Presumed].into_iter().chain(self.parts(part)).collect(),
            Condition::Test(_)
            | Condition::Count(_)
            | Condition::Latest { .. }
            | Condition::Trend { .. }
            | Condition::Defined(_)
            | Condition::Score { .. } => vec![Part::Condition(self.condition(condition))],
        }
    }

    fn given(&self, effects: &[Effect]) -> Vec<Part> {
        let name = |effect: &Effect| {
            let outcome = self.policy.vocabulary.outcomes.get(effect.outcome().index());
            outcome.map(|outcome| outcome.name.clone())
        };
        effects.iter().map(|effect| Part::Effect(name(effect), self.effect(effect).value)).collect()
    }

    /// The rows of a table; of a choice each by its value.
    fn rows(&self, table: &Table) -> Vec<Part> {
        let values = match table.by {
            FigureSource::Fact(fact) => self.values_of(fact),
            FigureSource::Score(_) | FigureSource::Table(_) => &[],
        };
        let by = Part::Name(self.policy.source_name(table.by).map(str::to_owned));
        let rows = table.rows.iter().flat_map(|row| {
            let value = usize::try_from(row.from).ok().and_then(|at| values.get(at));
            let ends = match value {
                Some(value) => [Part::Name(Some(value.clone())), Part::Number(None)],
                None => [Part::Number(Some(row.from)), Part::Number(row.to)],
            };
            ends.into_iter().chain([Part::Number(Some(*row.gives))])
        });
        [by].into_iter().chain(rows).collect()
    }

    fn values_of(&self, fact: FactId) -> &[String] {
        self.policy.vocabulary.call.get(fact.index()).map_or(&[], |fact| fact.values())
    }
}
