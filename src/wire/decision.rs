//! Decision -> one JSON object, whose keys and their order are promised to other programs.

use super::line::{Object, Slot};
use super::warning::sentence;
use crate::check::Effect;
use crate::compile::RuleId;
use crate::engine::{Snapshot, VERSION};
use crate::eval::Judgement;
use crate::model::{
    Case, Content, Decision, Effects, Enough, Fired, Ground, Level, Miss, Near, NeededChange, Outcome, OutcomeId,
    Outcomes, Outvoted, PolicyRef, Question, Together, Trial, Unassessed, Undecided, Until, outvoted,
};
use crate::syntax::tree::Party;
use std::io;

/// The word for whom a question is for.
pub(super) fn party_word(of: Party) -> &'static str {
    match of {
        Party::Caller => "caller",
        Party::LookUp => "look-up",
        Party::Officer => "officer",
    }
}

/// Writes a decision of this policy on one line, without the line's end.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_decision<W: io::Write>(mut out: W, decision: &Decision, policy: &Snapshot) -> io::Result<()> {
    let mut line = Vec::with_capacity(1024);
    push_decision(&mut line, decision, policy);
    out.write_all(&line)
}

/// A decision of this policy on one line, without the line's end.
pub fn decision_line(decision: &Decision, policy: &Snapshot) -> String {
    let mut line = Vec::with_capacity(1024);
    push_decision(&mut line, decision, policy);
    // All that is pushed is text, so nothing is replaced.
    String::from_utf8(line).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Adds a decision of this policy to what is in memory, on one line and without the line's end.
pub fn push_decision(out: &mut Vec<u8>, decision: &Decision, policy: &Snapshot) {
    let words = OutcomeWords { policy };
    Slot::new(out).object(|object| {
        object.slot("case").text(&decision.case);
        let PolicyRef { name, digest } = &decision.policy;
        object.slot("policy").object(|object| {
            object.slot("name").text(name);
            object.slot("digest").text(digest);
        });
        object.slot("engine").text(VERSION);
        if decision.overheard {
            object.slot("overheard").yes_no(true);
        }
        words.outcomes(object.slot("outcome"), &decision.outcome);
        words.called(object, &decision.outcome);
        words.outcomes(object.slot("possible"), &decision.possible);
        words.unassessed(object, &decision.unassessed);
        object.slot("fired").list(&decision.fired, fired);
        words.outvoted(object, &decision.outvoted());
        object.slot("undecided").list(&decision.undecided, undecided);
        if !decision.together.is_empty() {
            object.slot("together").list(&decision.together, |slot, together| words.together(slot, together));
        }
        object.slot("near").list(&decision.near, near);
        object.slot("questions").list(&decision.questions, |slot, question| words.question(slot, question));
        object.slot("until").list(&decision.until, |slot, until| words.until(slot, until));
        object.slot("trial").list(&decision.trial, |slot, trial| words.trial(slot, trial));
        object.slot("warnings").list(&decision.warnings, |slot, warning| slot.text(&sentence(warning)));
        if let Some(explanation) = &decision.explanation {
            object.slot("enough").list(&explanation.enough, |slot, enough| words.enough(slot, enough));
            object.slot("misses").list(&explanation.misses, |slot, miss| words.miss(slot, miss));
            if explanation.misses_cut_short {
                object.slot("misses_cut_short").yes_no(true);
            }
        }
    });
}

/// Adds what a policy says of a case without its reasons to what is in memory, on one line and without the line's end.
pub fn push_judgement(out: &mut Vec<u8>, judgement: &Judgement, case: &Case, policy: &Snapshot) {
    let words = OutcomeWords { policy };
    Slot::new(out).object(|object| {
        object.slot("case").text(&case.id);
        object.slot("policy").object(|object| {
            object.slot("name").text(policy.name());
            object.slot("digest").word(policy.digest());
        });
        object.slot("engine").text(VERSION);
        words.outcomes(object.slot("outcome"), &judgement.outcome);
        words.outcomes(object.slot("possible"), &judgement.possible);
        words.unassessed(object, &judgement.unassessed);
        let rules = judgement.fired.iter().filter_map(|id| policy.program().rules.get(id.0 as usize));
        object.slot("fired").list(rules.zip(judgement.evidence()), |slot, (rule, records)| {
            slot.object(|object| {
                object.slot("rule").word(&rule.name);
                object.slot("evidence").texts(case.ids_in_order(records));
            });
        });
        let rules = judgement.fired.iter().filter_map(|id| policy.program().rules.get(id.0 as usize));
        let sides = rules.flat_map(|rule| {
            rule.effects.iter().filter_map(|effect| match effect {
                Effect::Raise { outcome, level } => Some((rule.name.as_str(), *outcome, *level)),
                Effect::RaiseTo { .. } | Effect::Figure { .. } | Effect::Deadline { .. } => None,
            })
        });
        words.outvoted(object, &outvoted(&judgement.outcome, sides));
        let named = |(id, certain): &(RuleId, bool)| Some((policy.rule(*id)?, *certain));
        object.slot("trial").list(judgement.trial.iter().filter_map(named), |slot, (rule, certain)| {
            slot.object(|object| {
                object.slot("rule").word(rule);
                object.slot("certain").yes_no(certain);
            });
        });
        object.slot("warnings").list(&case.warnings, |slot, warning| slot.text(&sentence(warning)));
    });
}

fn fired(slot: Slot<'_>, fired: &Fired) {
    let Fired { rule, because, evidence, presumed, adds: _ } = fired;
    slot.object(|object| {
        object.slot("rule").text(rule);
        object.slot("because").text(because);
        object.slot("evidence").texts(evidence);
        if !presumed.is_empty() {
            object.slot("presumed").texts(presumed);
        }
    });
}

fn undecided(slot: Slot<'_>, undecided: &Undecided) {
    let Undecided { rule, unknown } = undecided;
    slot.object(|object| {
        object.slot("rule").text(rule);
        object.slot("unknown").texts(unknown);
    });
}

fn near(slot: Slot<'_>, near: &Near) {
    let Near { rule, needs } = near;
    slot.object(|object| {
        object.slot("rule").text(rule);
        object.slot("needs").text(needs);
    });
}

fn ground(slot: Slot<'_>, about: &str, id: Option<&str>, says: &str) {
    slot.object(|object| {
        object.slot("about").text(about);
        if let Some(id) = id {
            object.slot("id").text(id);
        }
        object.slot("says").text(says);
    });
}

/// The words for outcomes that a policy has.
#[derive(Clone, Copy)]
struct OutcomeWords<'p> {
    policy: &'p Snapshot,
}

impl OutcomeWords<'_> {
    fn together(self, slot: Slot<'_>, together: &Together) {
        let Together { rules, adds } = together;
        slot.object(|object| {
            object.slot("rules").texts(rules);
            self.effects(object.slot("adds"), adds);
        });
    }

    fn question(self, slot: Slot<'_>, question: &Question) {
        let Question { ask, of, safe_if_overheard, about, raises, undoes } = question;
        slot.object(|object| {
            object.slot("ask").text(ask);
            object.slot("of").word(party_word(*of));
            if *safe_if_overheard {
                object.slot("safe_if_overheard").yes_no(true);
            }
            object.slot("about").text(about);
            self.effects(object.slot("raises"), raises);
            if !undoes.0.is_empty() {
                self.effects(object.slot("undoes"), undoes);
            }
        });
    }

    fn until(self, slot: Slot<'_>, until: &Until) {
        let Until { at, outcome, unassessed } = until;
        slot.object(|object| {
            object.slot("at").text(&self.policy.zone().format(*at));
            self.outcomes(object.slot("outcome"), outcome);
            self.unassessed(object, unassessed);
        });
    }

    /// Each outcome to which no rule adds, with what is said of it, or that a rule may still add to it; left out where there is none.
    fn unassessed(self, object: &mut Object<'_>, unassessed: &[Unassessed]) {
        if unassessed.is_empty() {
            return;
        }
        object.slot("unassessed").list(unassessed, |slot, Unassessed { outcome, open }| {
            slot.object(|object| {
                let Some(declared) = self.policy.vocabulary().outcomes.get(outcome.index()) else { return };
                object.slot("outcome").text(&declared.name);
                match (open, &declared.unassessed) {
                    (false, Some(said)) => object.slot("says").text(said),
                    _ => object.slot("open").yes_no(true),
                }
            });
        });
    }

    /// Each side of an outcome that some rule says and that loses; left out where there is none.
    fn outvoted(self, object: &mut Object<'_>, outvoted: &[Outvoted<'_>]) {
        if outvoted.is_empty() {
            return;
        }
        object.slot("outvoted").list(outvoted, |slot, Outvoted { outcome, side, rules, wins, by }| {
            slot.object(|object| {
                let Some(declared) = self.policy.vocabulary().outcomes.get(outcome.index()) else { return };
                object.slot("outcome").text(&declared.name);
                self.level(object.slot("side"), declared, *side);
                object.slot("rules").texts(rules);
                self.level(object.slot("wins"), declared, *wins);
                object.slot("by").texts(by);
            });
        });
    }

    fn trial(self, slot: Slot<'_>, trial: &Trial) {
        let Trial { rule, certain, suspended_until, because, evidence, would } = trial;
        slot.object(|object| {
            object.slot("rule").text(rule);
            object.slot("certain").yes_no(*certain);
            if let Some(until) = suspended_until {
                object.slot("suspended_until").text(&self.policy.zone().format(*until));
            }
            object.slot("because").text(because);
            object.slot("evidence").texts(evidence);
            self.effects(object.slot("would"), would);
        });
    }

    /// The outcome's name is null for all of them together.
    fn enough(self, slot: Slot<'_>, enough: &Enough) {
        let Enough { outcome, grounds, smallest, idle_facts, idle_records } = enough;
        slot.object(|object| {
            let declared = outcome.and_then(|outcome| self.policy.vocabulary().outcomes.get(outcome.index()));
            object.slot("outcome").text_or_null(declared.map(|outcome| outcome.name.as_str()));
            let because =
                |slot: Slot<'_>, Ground { about, id, says }: &Ground| ground(slot, about, id.as_deref(), says);
            object.slot("because").list(grounds, because);
            object.slot("smallest").yes_no(*smallest);
            object.slot("no_difference").object(|object| {
                object.slot("facts").number(*idle_facts);
                object.slot("records").number(*idle_records);
            });
        });
    }

    fn miss(self, slot: Slot<'_>, miss: &Miss) {
        let Miss { outcome, reaches, rule, changes, before, more_records_alone } = miss;
        slot.object(|object| {
            let reached = Effects(vec![(*outcome, *reaches)]);
            self.effects(object.slot("reaches"), &reached);
            object.slot("rule").text(rule);
            object.slot("if").list(changes, |slot, NeededChange { about, says }| ground(slot, about, None, says));
            if let Some(before) = before {
                object.slot("before").text(&self.policy.zone().format(*before));
            }
            object.slot("more_records_alone").yes_no(*more_records_alone);
        });
    }

    /// Every outcome, in the order of the vocabulary.
    fn outcomes(self, slot: Slot<'_>, outcomes: &Outcomes) {
        slot.object(|object| {
            for (outcome, level) in self.policy.vocabulary().outcomes.iter().zip(&outcomes.0) {
                self.level(object.slot(&outcome.name), outcome, *level);
            }
        });
    }

    fn effects(self, slot: Slot<'_>, effects: &Effects) {
        slot.object(|object| {
            for (id, level) in &effects.0 {
                if let Some(outcome) = self.policy.vocabulary().outcomes.get(id.index()) {
                    self.level(object.slot(&outcome.name), outcome, *level);
                }
            }
        });
    }

    fn level(self, slot: Slot<'_>, outcome: &Outcome, level: Level) {
        let word = |position: u16| outcome.kind.value(position);
        match level.content() {
            Content::Value(position) => slot.word_or_null(position.and_then(word)),
            Content::Values(_) => slot.texts(level.values().filter_map(word)),
            Content::Time(None) | Content::Number(None) => slot.null(),
            Content::Number(Some(number)) => slot.number(number),
            Content::Time(Some(at)) => slot.text(&self.policy.zone().format(at)),
        }
    }

    /// The force's own words for the values of the certain outcome, where it has any.
    fn called(self, object: &mut Object<'_>, outcomes: &Outcomes) {
        let declared = || (0..).map(OutcomeId).zip(&self.policy.vocabulary().outcomes).zip(&outcomes.0);
        if !declared().any(|((id, _), level)| self.has_own_words(id, *level)) {
            return;
        }
        object.slot("called").object(|object| {
            for ((id, outcome), level) in declared().filter(|((id, _), level)| self.has_own_words(*id, **level)) {
                self.own_words(object.slot(&outcome.name), id, outcome, *level);
            }
        });
    }

    fn has_own_words(self, id: OutcomeId, level: Level) -> bool {
        level.values().any(|position| self.policy.called(id, position).is_some())
    }

    fn own_words(self, slot: Slot<'_>, id: OutcomeId, outcome: &Outcome, level: Level) {
        let own = |position| self.policy.called(id, position);
        match level.content() {
            Content::Values(_) => {
                let word = |position| own(position).or_else(|| outcome.kind.value(position));
                slot.texts(level.values().filter_map(word));
            }
            Content::Value(position) => slot.text_or_null(position.and_then(own)),
            Content::Time(_) | Content::Number(_) => slot.null(),
        }
    }
}
