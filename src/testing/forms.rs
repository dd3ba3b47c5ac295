//! Conditions -> forms, in which what no case can tell apart is one and the same, and equal parts stand once.
//!
//! Definitions that build on one another are shared here as they are where they are evaluated: written out, thirty of them that
//! each name the one before twice would fill any memory.

use crate::check::{Policy, Score};
use crate::model::{Outcome, OutcomeId};
use crate::semantics::{Condition, Count, DefinitionId, FigureSource, ScoreId, ScoreIs, Selection, Since, Test};
use crate::syntax::tree::Comparison;
use hashbrown::HashMap;

/// A form, by its place among those that stand with it and below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FormId(usize);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum FormNode {
    All(Vec<FormId>),
    Any(Vec<FormId>),
    Not(FormId),
    HowMany {
        comparison: Comparison,
        number: i64,
        of: Vec<FormId>,
    },
    Test(Test),
    /// What asks for the history or a score, in letters that are equal when the meaning is.
    Other(String),
}

/// Forms, each once; those of a policy as it is lie below those of the same policy with a mistake in it.
#[derive(Debug, Default)]
pub(super) struct Forms<'b> {
    below: Option<&'b Forms<'b>>,
    start: usize,
    forms: Vec<FormNode>,
    /// Only looked up in, never walked.
    known: HashMap<FormNode, FormId>,
}

/// Lists inside lists of their own kind are taken out up to this length.
const LONGEST_TAKEN_OUT: usize = 256;

impl<'b> Forms<'b> {
    pub(super) fn above(below: &'b Forms<'b>) -> Self {
        Self { below: Some(below), start: below.start + below.forms.len(), ..Self::default() }
    }

    pub(super) fn get(&self, id: FormId) -> Option<&FormNode> {
        match (id.0.checked_sub(self.start), self.below) {
            (Some(at), _) => self.forms.get(at),
            (None, Some(below)) => below.get(id),
            (None, None) => None,
        }
    }

    fn find(&self, form: &FormNode) -> Option<FormId> {
        self.below.and_then(|below| below.find(form)).or_else(|| self.known.get(form).copied())
    }

    fn put(&mut self, form: FormNode) -> FormId {
        if let Some(known) = self.find(&form) {
            return known;
        }
        let id = FormId(self.start + self.forms.len());
        self.forms.push(form.clone());
        self.known.insert(form, id);
        id
    }
}

/// Brings the conditions of one policy into form.
pub(super) struct Normal<'n, 'b> {
    policy: &'n Policy,
    forms: &'n mut Forms<'b>,
    definitions: HashMap<DefinitionId, FormId>,
    points: HashMap<ScoreId, String>,
}

impl<'n, 'b> Normal<'n, 'b> {
    pub(super) fn new(policy: &'n Policy, forms: &'n mut Forms<'b>) -> Self {
        Self { policy, forms, definitions: HashMap::new(), points: HashMap::new() }
    }

    pub(super) fn outcome(&self, outcome: OutcomeId) -> Option<&Outcome> {
        self.policy.vocabulary.outcomes.get(outcome.index())
    }

    pub(super) fn condition(&mut self, condition: &Condition) -> FormId {
        let form = match condition {
            Condition::All(parts) => return self.joined(parts, true),
            Condition::Any(parts) => return self.joined(parts, false),
            Condition::Not(part) => {
                let part = self.condition(part);
                match self.forms.get(part) {
                    Some(FormNode::Not(inner)) => return *inner,
                    _ => FormNode::Not(part),
                }
            }
            Condition::HowMany { comparison, number, of } => return self.how_many(*comparison, **number, of),
            Condition::Presumed(part) => FormNode::Other(format!("presumed {:?}", self.condition(part))),
            Condition::Test(test) => FormNode::Test(Test { subject: test.subject, predicate: test.predicate.plain() }),
            Condition::Count(count) => FormNode::Other(self.count(count)),
            Condition::Latest { first, of, test } => {
                FormNode::Other(format!("latest {first} {} {:?}", self.selection(of), self.condition(test)))
            }
            Condition::Trend { of, trend } => FormNode::Other(format!("{trend:?} {}", self.selection(of))),
            Condition::Defined(id) => return self.definition(*id),
            Condition::Score { score, is } => FormNode::Other(self.score(*score, is)),
        };
        self.forms.put(form)
    }

    fn definition(&mut self, id: DefinitionId) -> FormId {
        if let Some(known) = self.definitions.get(&id) {
            return *known;
        }
        let form = match self.policy.definition(id) {
            Some(definition) => self.condition(&definition.condition),
            None => self.forms.put(FormNode::Any(Vec::new())),
        };
        self.definitions.insert(id, form);
        form
    }

    /// Parts in one order, each once, with those of the same kind inside them taken out.
    fn joined(&mut self, parts: &[Condition], all: bool) -> FormId {
        let mut flat = Vec::new();
        for part in parts {
            let part = self.condition(part);
            match (self.forms.get(part), all) {
                (Some(FormNode::All(inner)), true) | (Some(FormNode::Any(inner)), false)
                    if inner.len() <= LONGEST_TAKEN_OUT =>
                {
                    flat.extend_from_slice(inner);
                }
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match (flat.as_slice(), all) {
            ([only], _) => *only,
            (_, true) => self.forms.put(FormNode::All(flat)),
            (_, false) => self.forms.put(FormNode::Any(flat)),
        }
    }

    fn how_many(&mut self, comparison: Comparison, number: i64, of: &[Condition]) -> FormId {
        let (comparison, number) = comparison.plain(number);
        let whole = i64::try_from(of.len()).unwrap_or(i64::MAX);
        match comparison {
            Comparison::AtLeast if number == 1 => self.joined(of, false),
            Comparison::AtLeast if number == whole => self.joined(of, true),
            comparison => {
                let mut of: Vec<FormId> = of.iter().map(|part| self.condition(part)).collect();
                of.sort_unstable();
                self.forms.put(FormNode::HowMany { comparison, number, of })
            }
        }
    }

    fn count(&mut self, count: &Count) -> String {
        let (comparison, number) = count.comparison.plain(*count.number);
        let comparison = match (comparison, number) {
            (Comparison::AtMost, 0) => Comparison::Exactly,
            (comparison, _) => comparison,
        };
        let follow = count.follow.as_ref().map(|follow| {
            let mut that = follow.that.clone();
            that.sort();
            (follow.not, *follow.within, that, self.selection(&follow.by))
        });
        let of = self.selection(&count.of);
        format!("count {comparison:?} {number} {:?} {of} {follow:?}", count.different)
    }

    fn selection(&mut self, selection: &Selection) -> String {
        let tests = self.joined(&selection.tests, true);
        let mut windows = selection.windows.clone();
        windows.sort_by_key(|window| (window.unit, window.amount));
        windows.dedup();
        let since = selection.since.iter().map(|since| match since {
            Since::Midnight => "midnight".to_owned(),
            Since::Instant(at) => format!("{at:?}"),
            Since::Record { first, of } => format!("{first} {}", self.selection(of)),
        });
        let since: Vec<String> = since.collect();
        format!("{:?} {windows:?} {since:?} {tests:?} {}", selection.record, selection.this_call)
    }

    fn score(&mut self, id: ScoreId, is: &ScoreIs) -> String {
        let Some(score) = self.policy.score(id) else { return String::new() };
        let points = self.points(id, score);
        // Where the answer turns, from the lowest sum to the highest.
        let mut turns: Vec<i64> = Vec::new();
        for sum in sums_worth_a_look(score, is) {
            if is.holds(sum, &score.bands) != (turns.len() % 2 == 1) {
                turns.push(sum);
            }
        }
        format!("score {points} {turns:?}")
    }

    /// What a score adds, and when.
    fn points(&mut self, id: ScoreId, score: &Score) -> String {
        if let Some(points) = self.points.get(&id) {
            return points.clone();
        }
        let points = score.points.iter().map(|(points, part)| (**points, self.condition(part)));
        let mut points: Vec<(i64, FormId)> = points.collect();
        points.sort_unstable();
        let points = format!("{points:?} {}", score.unanswered_as_yes);
        self.points.insert(id, points.clone());
        points
    }

    /// A number that a rule gives, in letters that are equal when it always is.
    pub(super) fn figure(&mut self, of: FigureSource) -> String {
        match of {
            FigureSource::Fact(fact) => format!("{fact:?}"),
            FigureSource::Score(id) => {
                let policy = self.policy;
                policy.score(id).map(|score| self.points(id, score)).unwrap_or_default()
            }
            FigureSource::Table(id) => {
                let Some(table) = self.policy.table(id) else { return String::new() };
                let rows = table.rows.iter().map(|row| (row.from, row.to, *row.gives));
                let rows: Vec<(i64, Option<i64>, i64)> = rows.collect();
                let by = table.by;
                format!("{rows:?} {}", self.figure(by))
            }
        }
    }
}

/// The sums of a score at which an answer may turn, with those beside them, the lowest and the highest.
pub(super) fn sums_worth_a_look(score: &Score, is: &ScoreIs) -> Vec<i64> {
    let (least, most) = score.reach;
    let beside = |turn: i64| [turn.saturating_sub(1), turn, turn.saturating_add(1)];
    let mut sums: Vec<i64> = is.turns(&score.bands).into_iter().flat_map(beside).chain([least, most]).collect();
    sums.retain(|sum| (least..=most).contains(sum));
    sums.sort_unstable();
    sums.dedup();
    sums
}
