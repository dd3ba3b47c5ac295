//! A rule -> what it means, with the differences taken away that no case can show.

use crate::check::{Condition, Count, Follow, Policy, Predicate, Rule, ScoreIs, Selection, Since, Test};
use crate::model::{Effects, OutcomeId};
use crate::syntax::tree::Comparison;
use std::sync::Arc;

/// What a rule means: two rules with equal cores answer every case alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Core {
    pub when: Condition,
    /// What each score that `when` asks for adds up, and which sums are asked for.
    pub scores: Vec<String>,
    pub presumed: bool,
    dated: (Option<crate::time::Instant>, Option<crate::time::Instant>),
    trial: bool,
    effects: String,
}

impl Core {
    pub(super) fn of(policy: &Policy, rule: &Rule) -> Self {
        let mut normal = Normal { policy, scores: Vec::new() };
        let when = normal.condition(&rule.when);
        Self {
            when,
            scores: normal.scores,
            presumed: rule.presumed,
            dated: (rule.from, rule.until),
            trial: rule.trial,
            effects: effects(rule),
        }
    }

    /// Whether two rules differ in their condition alone.
    pub(super) fn differs_in_condition_alone(&self, other: &Self) -> bool {
        (self.dated, self.trial, &self.effects) == (other.dated, other.trial, &other.effects)
    }
}

/// What the effects of a rule come to, whatever their order.
fn effects(rule: &Rule) -> String {
    use crate::check::Effect;
    let mut raised = Effects::default();
    let mut others = Vec::new();
    for effect in rule.effects.iter() {
        match effect {
            Effect::Raise { outcome, level } => {
                match raised.0.iter_mut().find(|(known, _): &&mut (OutcomeId, _)| known == outcome) {
                    Some((_, known)) => *known = known.raised_by(*level),
                    None => raised.0.push((*outcome, *level)),
                }
            }
            other => others.push(format!("{other:?}")),
        }
    }
    // To raise to the lowest is to say nothing.
    raised.0.retain(|(_, level)| *level != crate::model::Level::Highest(0));
    raised.0.sort_by_key(|(outcome, _)| *outcome);
    others.sort();
    others.dedup();
    format!("{raised:?} {others:?}")
}

struct Normal<'p> {
    policy: &'p Policy,
    scores: Vec<String>,
}

impl Normal<'_> {
    fn condition(&mut self, condition: &Condition) -> Condition {
        match condition {
            Condition::All(parts) => self.joined(parts, true),
            Condition::Any(parts) => self.joined(parts, false),
            Condition::Not(part) => match self.condition(part) {
                Condition::Not(inner) => *inner,
                part => Condition::Not(Box::new(part)),
            },
            Condition::HowMany { comparison, number, of } => self.how_many(*comparison, *number, of),
            Condition::Test(test) => Condition::Test(self.test(test)),
            Condition::Count(count) => Condition::Count(self.count(count)),
            Condition::Latest { first, of, test } => {
                let (of, test) = (self.selection(of).into(), Box::new(self.condition(test)));
                Condition::Latest { first: *first, of, test }
            }
            Condition::Closer { last, of } => Condition::Closer { last: *last, of: self.selection(of).into() },
            Condition::Gap(of) => Condition::Gap(self.selection(of).into()),
            Condition::Defined(id) => match self.policy.definition(*id) {
                Some(definition) => self.condition(&definition.condition),
                None => Condition::Any(Vec::new()),
            },
            Condition::Score { score, is } => {
                let key = self.score(*score, is);
                let at = self.scores.iter().position(|known| *known == key).unwrap_or_else(|| {
                    self.scores.push(key);
                    self.scores.len() - 1
                });
                let at = i64::try_from(at).unwrap_or(i64::MAX);
                Condition::Score { score: *score, is: ScoreIs::Compare(Comparison::Exactly, at) }
            }
        }
    }

    /// Parts in one order, each once, with those of the same kind inside them taken out.
    fn joined(&mut self, parts: &[Condition], all: bool) -> Condition {
        let mut flat = Vec::new();
        for part in parts {
            match (self.condition(part), all) {
                (Condition::All(inner), true) | (Condition::Any(inner), false) => flat.extend(inner),
                (part, _) => flat.push(part),
            }
        }
        flat.sort_by_cached_key(|part| format!("{part:?}"));
        flat.dedup();
        match (flat.len(), all) {
            (1, _) => flat.remove(0),
            (_, true) => Condition::All(flat),
            (_, false) => Condition::Any(flat),
        }
    }

    fn how_many(&mut self, comparison: Comparison, number: i64, of: &[Condition]) -> Condition {
        let (comparison, number) = edge(comparison, number);
        let whole = i64::try_from(of.len()).unwrap_or(i64::MAX);
        match comparison {
            Comparison::AtLeast if number == 1 => self.joined(of, false),
            Comparison::AtLeast if number == whole => self.joined(of, true),
            comparison => {
                let mut of: Vec<Condition> = of.iter().map(|part| self.condition(part)).collect();
                of.sort_by_cached_key(|part| format!("{part:?}"));
                Condition::HowMany { comparison, number, of }
            }
        }
    }

    fn test(&mut self, test: &Test) -> Test {
        let predicate = match &test.predicate {
            Predicate::Compare(comparison, number) => {
                let (comparison, number) = edge(*comparison, *number);
                Predicate::Compare(comparison, number)
            }
            // One flag is all of it and any of it.
            Predicate::Include { flags, .. } if flags.count_ones() == 1 => {
                Predicate::Include { flags: *flags, all: false }
            }
            other => other.clone(),
        };
        Test { subject: test.subject, predicate }
    }

    fn count(&mut self, count: &Count) -> Count {
        let (comparison, number) = edge(count.comparison, count.number);
        let comparison = match (comparison, number) {
            (Comparison::AtMost, 0) => Comparison::Exactly,
            (comparison, _) => comparison,
        };
        let follow = count.follow.as_ref().map(|follow| {
            let mut that = follow.that.clone();
            that.sort();
            let by = self.selection(&follow.by).into();
            Arc::new(Follow { not: follow.not, within: follow.within, by, that })
        });
        let of = self.selection(&count.of);
        Count { comparison, number, different: count.different, of: of.into(), follow }
    }

    fn selection(&mut self, selection: &Selection) -> Selection {
        let tests = match self.joined(&selection.tests, true) {
            Condition::All(tests) => tests,
            test => vec![test],
        };
        let mut windows = selection.windows.clone();
        windows.sort_by_key(|window| (window.unit, window.amount));
        windows.dedup();
        let since = selection.since.iter().map(|since| match since {
            Since::Instant(at) => Since::Instant(*at),
            Since::Record { first, of } => Since::Record { first: *first, of: self.selection(of) },
        });
        let since = since.collect();
        Selection {
            record: selection.record,
            windows,
            since,
            tests,
            this_call: selection.this_call,
            said: selection.said.clone(),
        }
    }

    fn score(&mut self, id: crate::check::ScoreId, is: &ScoreIs) -> String {
        let Some(score) = self.policy.score(id) else { return String::new() };
        let mut points: Vec<String> =
            score.points.iter().map(|(points, part)| format!("{points} {:?}", self.condition(part))).collect();
        points.sort();
        let most = score.points.iter().fold(0i64, |sum, (points, _)| sum.saturating_add(*points)).min(10_000);
        let asked: Vec<bool> = (0..=most)
            .map(|sum| match is {
                ScoreIs::Compare(comparison, number) => comparison.holds(sum, *number),
                ScoreIs::In { bands, not } => (score.bands_between(sum, sum) & bands != 0) != *not,
            })
            .collect();
        format!("{points:?} {} {asked:?}", score.unanswered_as_yes)
    }
}

/// A comparison of whole numbers in its simplest form: `more than 2` is `at least 3`.
fn edge(comparison: Comparison, number: i64) -> (Comparison, i64) {
    match comparison {
        Comparison::MoreThan => (Comparison::AtLeast, number.saturating_add(1)),
        Comparison::FewerThan => (Comparison::AtMost, number.saturating_sub(1)),
        comparison => (comparison, number),
    }
}
