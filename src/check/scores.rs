//! Checks scores: points, bands without a hole, and what may be asked of the sum.

use super::names::{Checker, Lookup, NameScope};
use super::once::{Once, no_effect};
use super::policy::Score;
use super::predicates::{asks_whether_known, whether_known};
use super::steps::{Steps, steps};
use crate::semantics::{Condition, ScoreId, ScoreIs};
use crate::syntax;
use crate::syntax::tree::{self, Comparison, ConditionKind, Line, Measure, ScoreItem, ScoreLine, Word};
use crate::text::{Diagnostic, joined, nearest};

impl<'a> Checker<'a, '_> {
    pub(super) fn check_score(&mut self, item: &'a ScoreItem) -> Option<Lookup> {
        let mut points = Vec::new();
        let mut presumed = Vec::new();
        let mut lines = Vec::new();
        let mut bands: Vec<&Line<tree::Band>> = Vec::new();
        let mut unanswered_as_yes = None;
        let mut sources = Vec::new();
        let mut whole = true;
        let mut once = Once::under("this score");
        for line in &item.lines {
            let at = line.at.0;
            match &line.node {
                ScoreLine::Points(list) => {
                    once.line("points", at, self.problems);
                    for point in list {
                        let said = syntax::print_condition(&point.node.when);
                        once.line(&format!("… when {said}"), point.at.0, self.problems);
                        let number = self.number(&point.node.points);
                        let conditions = match &point.node.when.kind {
                            ConditionKind::Answers(each) if each.group.is_none() => self.answered_yes(&each.of),
                            _ => self.condition(&point.node.when, NameScope::Call).map(|condition| vec![condition]),
                        };
                        if let (ConditionKind::Test(test), Some([Condition::Presumed(_)])) =
                            (&point.node.when.kind, conditions.as_deref())
                        {
                            presumed.push(test.at.0);
                        }
                        match number.zip(conditions) {
                            Some((number, conditions)) => {
                                lines.push(conditions.len());
                                points.extend(conditions.into_iter().map(|condition| (number, condition)));
                            }
                            None => whole = false,
                        }
                    }
                }
                ScoreLine::Bands(list) => {
                    once.line("bands", at, self.problems);
                    bands.extend(list);
                }
                ScoreLine::CountUnansweredAsYes => {
                    once.line("count unanswered as yes", at, self.problems);
                    unanswered_as_yes = Some(at);
                }
                ScoreLine::Source(text) => {
                    once.text("source", text, at, self.problems);
                    sources.push(text.value.clone());
                }
                ScoreLine::Help(_) => {
                    let help =
                        "a score has one text, which stands after its name; for a remark write a comment with `#`";
                    self.problems.push(no_effect(at, "this text has no effect here").help(help));
                }
            }
        }
        if let (Some(counted), Some(presumed)) = (unanswered_as_yes, presumed.first()) {
            let problem = no_effect(
                *presumed,
                "`or not answered` has no effect here: this score counts all that is unanswered as yes",
            );
            self.problems.push(problem.also(counted, "by this line"));
            return None;
        }
        if !whole {
            return None;
        }
        if self.lost.anything_under(item.name.at.0) {
            return None;
        }
        if points.is_empty() {
            let problem = Diagnostic::error("empty-list", item.name.at.0, "this score has no points");
            self.problems
                .push(problem.help("add a list: `points:`, and under it such as `- 2 when strangulation is yes`"));
            return None;
        }
        let Steps { together, steps, reach } = steps(&self.policy, &points);
        let bands = self.bands(item, &bands, reach)?;
        let title = item.title.as_ref().map_or_else(|| item.name.text.clone(), |title| title.value.clone());
        let id = ScoreId(u32::try_from(self.policy.scores.len()).unwrap_or(u32::MAX));
        let name = item.name.text.clone();
        let (policy, at) = (self.owner(&name), item.name.at.0);
        self.policy.scores.push(Score {
            name,
            title,
            points,
            lines,
            together,
            steps,
            reach,
            bands,
            unanswered_as_yes: unanswered_as_yes.is_some(),
            sources,
            policy,
            at,
        });
        Some(Lookup::Score(id))
    }

    pub(super) fn score_test(&mut self, word: &Word, score: ScoreId, predicate: &tree::Predicate) -> Option<Condition> {
        let is = match predicate {
            tree::Predicate::Compare { comparison, with: Measure::Amount(amount), ago: false } => {
                self.score_compare(score, *comparison, amount)?
            }
            tree::Predicate::Range(range) => self.score_range(score, range)?,
            tree::Predicate::Is { not: false, word: value } if value.text.parse::<i64>().is_ok() => {
                ScoreIs::Compare(Comparison::Exactly, value.text.parse::<i64>().ok()?.into())
            }
            tree::Predicate::Is { word: answer, .. } if asks_whether_known(&answer.text) => {
                self.problems.push(whether_known(&word.text, word.at.0));
                return None;
            }
            tree::Predicate::Is { not, word: band } => {
                ScoreIs::In { bands: self.band_bits(word, score, std::slice::from_ref(band))?, not: *not }
            }
            tree::Predicate::OneOf { not, words } => {
                ScoreIs::In { bands: self.band_bits(word, score, words)?, not: *not }
            }
            _ => {
                let message = format!("this cannot be asked of `{}`, which is a score", word.text);
                let problem = Diagnostic::error("wrong-question", word.at.0, message);
                self.problems
                    .push(problem.help("of a score ask `is at least …`, `is from … to …` or, by its bands, `is …`"));
                return None;
            }
        };
        Some(Condition::Score { score, is })
    }

    /// `is at least 8`, or by a band: `is at least medium`.
    fn score_compare(&mut self, score: ScoreId, comparison: Comparison, amount: &tree::Amount) -> Option<ScoreIs> {
        if let tree::Amount::Name(name) = amount {
            let bands = self.policy.score(score).map(|score| score.bands.clone()).unwrap_or_default();
            if let Some(at) = bands.iter().position(|band| band.name == name.text) {
                let range = match comparison {
                    Comparison::AtLeast => at..bands.len(),
                    Comparison::MoreThan => at + 1..bands.len(),
                    Comparison::AtMost => 0..at + 1,
                    Comparison::FewerThan => 0..at,
                    Comparison::Exactly => at..at + 1,
                };
                return Some(ScoreIs::In { bands: range.fold(0, |bits, band| bits | 1 << band), not: false });
            }
        }
        Some(ScoreIs::Compare(comparison, self.number(amount)?))
    }

    fn band_bits(&mut self, word: &Word, score: ScoreId, names: &[Word]) -> Option<u64> {
        let bands: Vec<String> = self
            .policy
            .score(score)
            .map(|score| score.bands.iter().map(|band| band.name.clone()).collect())
            .unwrap_or_default();
        let mut bits = 0;
        for name in names {
            let Some(at) = bands.iter().position(|band| *band == name.text) else {
                let near = nearest(&name.text, bands.iter().map(String::as_str));
                let problem = Diagnostic::error(
                    "unknown-value",
                    name.at.0,
                    format!("`{}` has no band `{}`", word.text, name.text),
                )
                .suggest(near);
                self.problems.push(problem.help(format!("its bands are {}", joined(&bands, "and"))));
                return None;
            };
            bits |= 1 << at;
        }
        Some(bits)
    }
}
