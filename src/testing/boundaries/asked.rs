//! A rule -> everything that it asks, by where it asks it: of which facts, of which fields, and how far back.

use crate::check::{Policy, Rule};
use crate::model::{FactId, FieldId, RecordId};
use crate::proof::{AskedByRule, Place};
use crate::semantics::{Mark, Predicate};
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
    /// Of the times of records: spans.
    pub spans: BTreeMap<RecordId, Vec<Length>>,
    /// Of the times of records: the time of day, the day of the week and the like, and another time.
    pub record_times: BTreeMap<RecordId, Vec<Predicate>>,
    pub kinds: BTreeSet<RecordId>,
    /// The first record, the one that follows it, and within how long.
    pub follows: Vec<(RecordId, RecordId, Length)>,
}

impl RulePredicates {
    pub(in crate::testing) fn of(policy: &Policy, rule: &Rule) -> Self {
        let AskedByRule { values, links, kinds, follows } = AskedByRule::of(policy, rule);
        let is_of_day = |mark: Mark<'_>| match mark {
            Mark::Days { .. } | Mark::Clock(_) | Mark::EachDay => true,
            Mark::Apart(apart) => apart.first_day.is_some(),
            _ => false,
        };
        let minds_day = |asked: &Predicate| asked.form().marks().into_iter().any(is_of_day);
        let dated = rule.from.is_some() || rule.until.is_some() || values.values().flatten().any(minds_day);
        let mut by_place = Self { dated, kinds, follows, ..Self::default() };
        for (place, asked) in values {
            match place {
                Place::Fact(fact) => drop(by_place.facts.insert(fact, asked)),
                Place::Field(kind, field) => drop(by_place.fields.insert((kind, field), asked)),
                Place::CallTime => by_place.call_time = asked,
                Place::RecordTime(kind) => {
                    let is_span = |asked: &Predicate| asked.spans().next().is_some();
                    let (spans, others): (Vec<_>, Vec<_>) = asked.into_iter().partition(is_span);
                    by_place.spans.entry(kind).or_default().extend(spans.iter().flat_map(Predicate::spans));
                    if !others.is_empty() {
                        by_place.record_times.insert(kind, others);
                    }
                }
            }
        }
        for link in links {
            by_place.fields.entry(link).or_default();
        }
        by_place
    }
}
