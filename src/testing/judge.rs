//! Expectations and a decision -> what is not as expected, in words.

use super::answers::RuleAnswers;
use super::expect::{Expectation, Expected, RuleState};
use super::wanted::{Wanted, level_in_words};
use crate::engine::Snapshot;
use crate::model::{Decision, Effects, Level, OutcomeId, Outcomes, Unassessed};
use crate::text::{Position, joined};
use crate::time::Instant;

/// What one expectation found otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    pub at: Position,
    pub words: String,
}

/// Everything that is not as expected.
pub(super) fn judge(
    expectations: &[Expectation],
    answers: &RuleAnswers,
    decision: &Decision,
    policy: &Snapshot,
) -> Vec<Mismatch> {
    let judge = Judge { answers, decision: Some(decision), policy };
    let miss =
        |expectation: &Expectation| judge.miss(&expectation.what).map(|words| Mismatch { at: expectation.at, words });
    expectations.iter().filter_map(miss).collect()
}

/// Whether the answers alone settle an expectation.
pub(super) fn needs_decision(expectation: &Expectation) -> bool {
    matches!(
        expectation.what,
        Expected::Asks(_)
            | Expected::AsksNothing
            | Expected::Because(..)
            | Expected::Evidence(..)
            | Expected::Changes(..)
            | Expected::ChangesNever
            | Expected::Unassessed(_)
    )
}

/// Whether answers meet an expectation that they settle alone.
pub(super) fn met(expectation: &Expectation, answers: &RuleAnswers, policy: &Snapshot) -> bool {
    Judge { answers, decision: None, policy }.miss(&expectation.what).is_none()
}

struct Judge<'j> {
    answers: &'j RuleAnswers,
    decision: Option<&'j Decision>,
    policy: &'j Snapshot,
}

impl Judge<'_> {
    fn miss(&self, what: &Expected) -> Option<String> {
        match what {
            Expected::Outcome(id, wanted) => self.outcome(*id, *wanted, &self.answers.outcome, "is"),
            Expected::Possible(id, wanted) => self.outcome(*id, *wanted, &self.answers.possible, "could become"),
            Expected::Rule(rule, state) => self.rule(rule, *state),
            Expected::OnlyFired(rules) => self.only_fired(rules),
            Expected::NotInForce(rule, at) => self.not_in_force(rule, *at),
            Expected::NoneUndecided => {
                let trial = &self.answers.trial;
                let rules = self.answers.rules.iter().filter(|(name, it)| it.undecided && !trial.contains(*name));
                let names: Vec<&str> = rules.map(|(name, _)| name.as_str()).collect();
                (!names.is_empty())
                    .then(|| format!("no rule was to be undecided; undecided is {}", joined(&names, "and")))
            }
            Expected::Certain(wanted) => {
                let certain = self.answers.outcome == self.answers.possible;
                (certain != *wanted).then(|| match certain {
                    true => "the outcome is certain, and was not to be".to_owned(),
                    false => "the outcome is not certain: what is not known could still raise it".to_owned(),
                })
            }
            Expected::Adds(rule, id, wanted) => self.adds(rule, *id, *wanted),
            _ => self.decision.and_then(|decision| self.of_decision(what, decision)),
        }
    }

    fn of_decision(&self, what: &Expected, decision: &Decision) -> Option<String> {
        match what {
            Expected::Asks(wanted) => {
                let asked =
                    |word: &&String| !decision.questions.iter().any(|it| it.about == **word || it.ask == **word);
                let missing: Vec<&String> = wanted.iter().filter(asked).collect();
                (!missing.is_empty()).then(|| {
                    let all: Vec<&str> = decision.questions.iter().map(|question| question.about.as_str()).collect();
                    let all = if all.is_empty() { "nothing".to_owned() } else { joined(&all, "and") };
                    format!("{} is not asked about; asked about is {all}", joined(&missing, "and"))
                })
            }
            Expected::AsksNothing => decision
                .questions
                .first()
                .map(|question| format!("nothing was to be asked, and `{}` is asked about", question.about)),
            Expected::Unassessed(id) => {
                let found = match decision.unassessed(*id) {
                    Some(Unassessed { open: false, .. }) => return None,
                    Some(_) => "a rule may still add to it".to_owned(),
                    None => format!("it is {}", level_in_words(*id, decision.outcome.level(*id)?, self.policy)),
                };
                let declared = self.policy.vocabulary().outcomes.get(id.index())?;
                let said = declared.unassessed.as_deref().unwrap_or_default();
                Some(format!("{} was expected to be \"{said}\", and {found}", declared.name))
            }
            Expected::Because(rule, piece) => {
                let reason = reason(decision, rule);
                match reason {
                    Some(reason) if reason.contains(piece.as_str()) => None,
                    Some(reason) => Some(format!("the reason of `{rule}` is \"{reason}\", without \"{piece}\"")),
                    None => Some(format!("`{rule}` gives no reason: it does not fire")),
                }
            }
            Expected::Evidence(rule, wanted) => {
                if reason(decision, rule).is_none() {
                    return Some(format!("`{rule}` names no record: it does not fire"));
                }
                let mut ids = evidence(decision, rule);
                let mut wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
                ids.sort_unstable();
                wanted.sort_unstable();
                (ids != wanted).then(|| format!("`{rule}` names {}, not {}", list(&ids), list(&wanted)))
            }
            Expected::Changes(at, outcomes) => {
                let zone = self.policy.zone();
                let Some(until) = decision.until.iter().find(|until| until.at == *at) else {
                    let all: Vec<String> = decision.until.iter().map(|until| zone.format(until.at)).collect();
                    let all = if all.is_empty() { "never".to_owned() } else { joined(&all, "and") };
                    return Some(format!("nothing changes at {}; changes come: {all}", zone.format(*at)));
                };
                let misses = outcomes.iter().filter_map(|(id, wanted)| {
                    self.outcome(*id, *wanted, &until.outcome, &format!("from {} is", zone.format(*at)))
                });
                let misses: Vec<String> = misses.collect();
                (!misses.is_empty()).then(|| misses.join("; "))
            }
            Expected::ChangesNever => decision.until.first().map(|until| {
                format!("nothing was to change, and something does at {}", self.policy.zone().format(until.at))
            }),
            _ => None,
        }
    }

    fn outcome(&self, id: OutcomeId, wanted: Wanted, actual: &Outcomes, is: &str) -> Option<String> {
        let level = *actual.0.get(id.index())?;
        (!wanted.holds(level)).then(|| {
            let name = self.policy.vocabulary().outcomes.get(id.index()).map_or("", |outcome| outcome.name.as_str());
            let (found, wanted) = (level_in_words(id, level, self.policy), wanted.in_words(id, self.policy));
            format!("{name} {is} {found}{}, and {wanted} was expected", self.besides(id, level))
        })
    }

    /// What else is to be known of what an outcome is: that nothing was found, or which rules said the side that loses.
    fn besides(&self, id: OutcomeId, level: Level) -> String {
        let Some(decision) = self.decision.filter(|decision| decision.outcome.level(id) == Some(level)) else {
            return String::new();
        };
        let said = self.policy.vocabulary().outcomes.get(id.index()).and_then(|outcome| outcome.unassessed.as_ref());
        if let (Some(Unassessed { open: false, .. }), Some(said)) = (decision.unassessed(id), said) {
            return format!(" (\"{said}\": no rule applies)");
        }
        let outvoted = decision.outvoted();
        let Some(outvoted) = outvoted.iter().find(|it| it.outcome == id) else { return String::new() };
        let side = level_in_words(id, outvoted.side, self.policy);
        let by = if outvoted.by.is_empty() { "open rules together".to_owned() } else { joined(&outvoted.by, "and") };
        format!(", which wins by {by} over {side} by {}", joined(&outvoted.rules, "and"))
    }

    /// Whether a rule fires and a side that it says loses.
    fn is_outvoted(&self, rule: &str) -> bool {
        let answer = self.answers.rule(rule);
        let loses = |(id, level): &(OutcomeId, Level)| {
            self.answers.outcome.level(*id).and_then(Level::loser).is_some_and(|loser| loser == *level)
        };
        answer.fired && answer.adds.0.iter().any(loses)
    }

    fn rule(&self, rule: &str, wanted: RuleState) -> Option<String> {
        let answer = self.answers.rule(rule);
        let as_wanted = match wanted {
            RuleState::Fired => answer.fired,
            RuleState::Presumed => answer.fired && (answer.presumed || self.answers.trial.contains(rule)),
            RuleState::Undecided => answer.undecided,
            RuleState::Outvoted => self.is_outvoted(rule),
            RuleState::NotFired | RuleState::NotInForce => !answer.fired && !answer.undecided,
        };
        if as_wanted {
            return None;
        }
        let found = match (answer.fired, answer.undecided) {
            (true, _) if wanted == RuleState::Presumed => {
                "fires for certain, not only because nothing is known otherwise"
            }
            (true, _) if wanted == RuleState::Outvoted => "fires, and no side that it says loses",
            (true, _) => "fires",
            (false, true) => "is undecided",
            (false, false) => "does not fire",
        };
        let wanted = match wanted {
            RuleState::Fired => "it was to fire",
            RuleState::Presumed => "it was to fire because nothing is known otherwise",
            RuleState::Undecided => "it was to be undecided",
            RuleState::Outvoted => "it was to be outvoted",
            RuleState::NotFired => "it was not to fire",
            RuleState::NotInForce => "it was not to be in force",
        };
        Some(format!("rule `{rule}` {found}, and {wanted}{}", self.why(rule, answer.fired, answer.undecided)))
    }

    fn not_in_force(&self, rule: &str, at: Instant) -> Option<String> {
        let miss = self.rule(rule, RuleState::NotInForce);
        let in_force = is_in_force(rule, at, self.policy);
        miss.or_else(|| {
            in_force.then(|| format!("rule `{rule}` is in force at the time of the call, and was not to be"))
        })
    }

    /// What is known of why a rule did as it did.
    fn why(&self, rule: &str, fired: bool, undecided: bool) -> String {
        let Some(decision) = self.decision else { return String::new() };
        if fired {
            return reason(decision, rule).map_or_else(String::new, |reason| format!(" (\"{reason}\")"));
        }
        if undecided {
            let unknown = decision.undecided.iter().find(|it| it.rule == rule).map(|it| it.unknown.join(", "));
            return unknown.map_or_else(String::new, |unknown| format!(" (not known: {unknown})"));
        }
        let near = decision.near.iter().find(|near| near.rule == rule);
        near.map_or_else(String::new, |near| format!(" (it lacks {})", near.needs))
    }

    fn only_fired(&self, wanted: &[String]) -> Option<String> {
        let fired = self.answers.fired();
        let extra: Vec<&str> = fired.iter().copied().filter(|rule| !wanted.iter().any(|it| it == rule)).collect();
        let missing: Vec<&str> = wanted.iter().map(String::as_str).filter(|rule| !fired.contains(rule)).collect();
        if wanted.is_empty() && !extra.is_empty() {
            return Some(format!("no rule was to fire, and {} fired", joined(&extra, "and")));
        }
        let mut said = Vec::new();
        if !extra.is_empty() {
            said.push(format!("{} fired too", joined(&extra, "and")));
        }
        let (trial, missing): (Vec<&str>, Vec<&str>) =
            missing.into_iter().partition(|rule| self.answers.trial.contains(*rule));
        if !missing.is_empty() {
            said.push(format!("{} did not fire", joined(&missing, "and")));
        }
        if !trial.is_empty() {
            let are = if trial.len() == 1 { "is without effect now and does" } else { "are without effect now and do" };
            said.push(format!("{} {are} not count here", joined(&trial, "and")));
        }
        (!said.is_empty()).then(|| said.join(", and "))
    }

    fn adds(&self, rule: &str, id: OutcomeId, wanted: Wanted) -> Option<String> {
        let answer = self.answers.rule(rule);
        // What a rule on trial would add is told also when it may apply.
        let told = answer.fired || (answer.undecided && self.answers.trial.contains(rule));
        if !told {
            return Some(format!("rule `{rule}` adds nothing: it does not fire"));
        }
        let outcome = self.policy.vocabulary().outcomes.get(id.index());
        // Where something else is said while no rule speaks, to say the lowest is not to say nothing.
        if let Some(outcome) = outcome.filter(|outcome| outcome.unassessed.is_some())
            && !answer.adds.0.iter().any(|(added, _)| *added == id)
        {
            return Some(format!("rule `{rule}` says nothing of {}", outcome.name));
        }
        let level = together(&answer.adds, id, self.answers.outcome.0.get(id.index()).copied()?);
        (!wanted.holds(level)).then(|| {
            let name = self.policy.vocabulary().outcomes.get(id.index()).map_or("", |outcome| outcome.name.as_str());
            let (found, wanted) = (level_in_words(id, level, self.policy), wanted.in_words(id, self.policy));
            format!("rule `{rule}` alone makes {name} {found}, and {wanted} was expected")
        })
    }
}

/// Whether a call at this time comes within the dates of a rule.
pub(super) fn is_in_force(rule: &str, at: Instant, policy: &Snapshot) -> bool {
    let place = policy.policy().rules.iter().position(|known| known.name == rule);
    let rule = place.and_then(|place| policy.program().rules.get(place));
    rule.is_none_or(|rule| rule.is_in_force(at))
}

/// What effects make of one outcome when nothing else is said.
fn together(effects: &Effects, id: OutcomeId, like: Level) -> Level {
    let own = effects.0.iter().filter(|(outcome, _)| *outcome == id);
    own.fold(like.least(), |level, (_, more)| level.raised_by(*more))
}

fn reason<'d>(decision: &'d Decision, rule: &str) -> Option<&'d str> {
    let fired = decision.fired.iter().find(|it| it.rule == rule).map(|it| it.because.as_str());
    fired.or_else(|| decision.trial.iter().find(|it| it.rule == rule).map(|it| it.because.as_str()))
}

fn evidence<'d>(decision: &'d Decision, rule: &str) -> Vec<&'d str> {
    let fired = decision.fired.iter().find(|it| it.rule == rule).map(|it| &it.evidence);
    let ids = fired.or_else(|| decision.trial.iter().find(|it| it.rule == rule).map(|it| &it.evidence));
    ids.map(|ids| ids.iter().map(String::as_str).collect()).unwrap_or_default()
}

fn list<S: AsRef<str>>(words: &[S]) -> String {
    if words.is_empty() { "none".to_owned() } else { joined(words, "and") }
}
