//! A decision for the person who took the call: what to do, what to ask, why.

use super::page::{Page, Weight};
use super::why::why;
use crate::engine::Snapshot;
use crate::model::{
    Decision, Effects, Fired, Level, Near, Outcome, OutcomeId, OutcomeKind, Outcomes, Question, Trial, Undecided, Until,
};
use crate::wire::sentence;

/// For whom a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The person on the call: the grade, what to do, the weightiest questions and reasons.
    Handler,
    /// The specialist who looks at calls afterwards: everything, with records, near misses and rules on trial.
    Specialist,
}

/// The decision as a page, ending with a line's end.
pub fn decision(decision: &Decision, policy: &Snapshot, view: View, styled: bool) -> String {
    let words = Words { policy };
    let mut page = Page::new(styled);
    words.outcomes(&mut page, decision);
    page.line(&format!("Case {}, by {}", decision.case, decision.policy.name), Weight::Plain);
    match view {
        View::Handler => words.handler(&mut page, decision),
        View::Specialist => words.specialist(&mut page, decision),
    }
    if let Some(explanation) = &decision.explanation {
        why(&mut page, &words, explanation);
    }
    section(&mut page, "NOTE", &decision.warnings, |page, warning| page.item(&sentence(warning)));
    page.into_text()
}

/// The rules that applied, those that add most to the first outcome first.
fn weightiest_first(decision: &Decision) -> Vec<&Fired> {
    let weight = |fired: &Fired| {
        let levels = fired.adds.0.iter().map(|(id, level)| match level {
            Level::Highest(position) => (std::cmp::Reverse(id.0), i64::from(*position)),
            Level::AllThatApply(bits) => (std::cmp::Reverse(id.0), i64::from(bits.count_ones())),
            Level::Earliest(_) => (std::cmp::Reverse(id.0), 1),
            Level::Either(position) => (std::cmp::Reverse(id.0), position.map_or(0, i64::from)),
        });
        levels.max()
    };
    let mut fired: Vec<&Fired> = decision.fired.iter().collect();
    fired.sort_by_key(|fired| std::cmp::Reverse(weight(fired)));
    fired
}

fn section<T>(page: &mut Page, heading: &str, items: &[T], show: impl Fn(&mut Page, &T)) {
    if items.is_empty() {
        return;
    }
    page.heading(heading);
    for item in items {
        show(page, item);
    }
}

/// The most items of a section that is not for acting on; the JSON form has them all.
const MAX_ITEMS: usize = 6;

/// The most questions and reasons that are read while somebody waits on the line.
const MAX_AT_ONCE: usize = 4;

fn shortened<T>(page: &mut Page, heading: &str, most: usize, items: &[T], show: impl Fn(&mut Page, &T)) {
    section(page, heading, items.get(..most).unwrap_or(items), show);
    if let Some(more @ 1..) = items.len().checked_sub(most) {
        page.item(&format!("and {more} more"));
    }
}

fn fired(page: &mut Page, fired: &Fired) {
    page.item(&fired.because);
    page.detail(&by_rule(&fired.rule, &fired.evidence));
    if !fired.presumed.is_empty() {
        page.detail(&format!("applies unless known otherwise; not known: {}", fired.presumed.join(", ")));
    }
}

fn by_rule(rule: &str, evidence: &[String]) -> String {
    match evidence {
        [] => format!("rule {rule}"),
        [one] => format!("rule {rule}, from {one}"),
        many => format!("rule {rule}, from {} records: {}", many.len(), latest(many)),
    }
}

/// The most ids that are listed for a rule; the JSON form has them all.
const MAX_IDS: usize = 8;

fn latest(ids: &[String]) -> String {
    match ids.len().checked_sub(MAX_IDS) {
        None | Some(0) => ids.join(", "),
        Some(earlier) => {
            let latest = ids.get(earlier..).unwrap_or_default();
            format!("{} and {earlier} earlier", latest.join(", "))
        }
    }
}

fn near(page: &mut Page, near: &Near) {
    page.item(&format!("{} lacks {}", near.rule, near.needs));
}

/// What is not known, each with the rules that wait for it: one answer may settle many rules.
fn unknown(decision: &Decision) -> Vec<(&str, Vec<&str>)> {
    let mut facts: Vec<(&str, Vec<&str>)> = Vec::new();
    for Undecided { rule, unknown } in &decision.undecided {
        for path in unknown {
            match facts.iter_mut().find(|(known, _)| known == path) {
                Some((_, rules)) => rules.push(rule),
                None => facts.push((path, vec![rule])),
            }
        }
    }
    facts
}

fn waiting(page: &mut Page, (path, rules): &(&str, Vec<&str>)) {
    page.item(&format!("{path}: {}", rules.join(", ")));
}

/// The words of one policy for outcomes.
pub(super) struct Words<'p> {
    pub(super) policy: &'p Snapshot,
}

impl Words<'_> {
    fn handler(&self, page: &mut Page, decision: &Decision) {
        shortened(page, "ASK", MAX_AT_ONCE, &decision.questions, |page, question| {
            page.item(&question.ask);
        });
        shortened(page, "WHY", MAX_AT_ONCE, &weightiest_first(decision), |page, fired| {
            page.item(&format!("{} ({})", fired.because, fired.rule));
        });
        let declared = self.policy.vocabulary().outcomes.first();
        if let (Some(now), Some(most), Some(outcome)) =
            (decision.outcome.0.first(), decision.possible.0.first(), declared)
            && now != most
            && let Some(most) = self.value(OutcomeId(0), outcome, *most)
        {
            page.heading("NOT CERTAIN YET");
            page.item(&format!("the answers could make it {most}"));
        }
        section(
            page,
            "CHANGES, IF NOTHING MORE IS LEARNT",
            decision.until.get(..1).unwrap_or_default(),
            |page, until| {
                self.until(page, until, &decision.outcome);
            },
        );
    }

    fn specialist(&self, page: &mut Page, decision: &Decision) {
        section(page, "ASK", &decision.questions, |page, question| {
            self.question(page, question, &decision.outcome);
        });
        section(page, "WHY", &weightiest_first(decision), |page, rule| fired(page, rule));
        self.possible(page, decision);
        section(page, "CHANGES, IF NOTHING MORE IS LEARNT", &decision.until, |page, until| {
            self.until(page, until, &decision.outcome);
        });
        shortened(page, "NEARLY", MAX_ITEMS, &decision.near, near);
        let suspended = decision.trial.iter().any(|trial| trial.suspended_until.is_some());
        let without_effect =
            if suspended { "ON TRIAL OR SUSPENDED, WITHOUT EFFECT" } else { "ON TRIAL, WITHOUT EFFECT" };
        section(page, without_effect, &decision.trial, |page, trial| self.trial(page, trial));
    }

    /// The first outcome of the vocabulary is what a control room looks for first; the others are lines of their own.
    fn outcomes(&self, page: &mut Page, decision: &Decision) {
        let declared = (0..).map(OutcomeId).zip(&self.policy.vocabulary().outcomes).zip(&decision.outcome.0);
        for ((id, outcome), level) in declared {
            let Some(value) = self.value(id, outcome, *level) else { continue };
            match outcome.kind {
                OutcomeKind::Highest { .. } => {
                    let name = outcome.name.to_uppercase().replace('-', " ");
                    page.line(&format!("{name}: {value}"), weight(outcome, *level));
                }
                _ => page.line(&capitalised(&format!("{} {value}", outcome.phrase)), Weight::Strong),
            }
        }
    }

    fn question(&self, page: &mut Page, question: &Question, now: &Outcomes) {
        page.item(&question.ask);
        let added = self.effects(&added(&question.raises, now));
        if !added.is_empty() {
            page.detail(&format!("could add: {}", added.join("; ")));
        }
    }

    fn possible(&self, page: &mut Page, decision: &Decision) {
        let possible = Effects((0..).map(OutcomeId).zip(decision.possible.0.iter().copied()).collect());
        let added = self.effects(&added(&possible, &decision.outcome));
        if !added.is_empty() {
            page.heading("NOT CERTAIN YET");
            page.line(&format!("Could still add: {}", added.join("; ")), Weight::Plain);
        }
        shortened(page, "NOT KNOWN, AND THE RULES THAT WAIT FOR IT", MAX_ITEMS, &unknown(decision), waiting);
    }

    fn until(&self, page: &mut Page, until: &Until, now: &Outcomes) {
        let changed = self.changed(&until.outcome, now);
        let changed = if changed.is_empty() { "as now".to_owned() } else { changed.join("; ") };
        page.item(&format!("from {}: {changed}", self.policy.zone().spoken(until.at)));
    }

    fn trial(&self, page: &mut Page, trial: &Trial) {
        let would = if trial.certain { "would" } else { "might" };
        let effects = self.effects(&trial.would);
        let effects = if effects.is_empty() { "nothing more".to_owned() } else { effects.join("; ") };
        page.item(&format!("{would} say: {effects}"));
        page.detail(&trial.because);
        if let Some(until) = trial.suspended_until {
            page.detail(&format!("suspended until {}", self.policy.zone().spoken(until)));
        }
        page.detail(&by_rule(&trial.rule, &trial.evidence));
    }

    fn effects(&self, effects: &Effects) -> Vec<String> {
        effects.0.iter().filter_map(|(id, level)| self.effect(*id, *level)).collect()
    }

    /// The outcomes that are not as they are now.
    fn changed(&self, then: &Outcomes, now: &Outcomes) -> Vec<String> {
        let pairs = (0..).map(OutcomeId).zip(then.0.iter().zip(&now.0));
        pairs.filter(|(_, (then, now))| then != now).filter_map(|(id, (then, _))| self.level(id, *then)).collect()
    }

    /// An outcome as it will be: `grade scheduled`, `refer to nobody`.
    fn level(&self, id: OutcomeId, level: Level) -> Option<String> {
        let outcome = self.policy.vocabulary().outcomes.get(id.index())?;
        let value = self.value(id, outcome, level);
        Some(match (&outcome.kind, value) {
            (OutcomeKind::Highest { .. }, Some(value)) => format!("{} {value}", outcome.name),
            (_, Some(value)) => format!("{} {value}", outcome.phrase),
            (_, None) => format!("no {}", outcome.name),
        })
    }

    /// What a rule adds, in the words of a rule: `grade at least priority`.
    fn effect(&self, id: OutcomeId, level: Level) -> Option<String> {
        let outcome = self.policy.vocabulary().outcomes.get(id.index())?;
        self.value(id, outcome, level).map(|value| format!("{} {value}", outcome.phrase))
    }

    pub(super) fn value(&self, id: OutcomeId, outcome: &Outcome, level: Level) -> Option<String> {
        let values = outcome.kind.values();
        let word = |position: u16| {
            let declared = values.get(usize::from(position))?;
            Some(match self.policy.called(id, position) {
                Some(own) if own != *declared => format!("{own} ({declared})"),
                Some(_) | None => (*declared).to_owned(),
            })
        };
        match level {
            Level::Highest(position) => word(position),
            Level::Either(position) => position.and_then(word),
            Level::Earliest(at) => at.map(|at| self.policy.zone().spoken(at)),
            Level::AllThatApply(0) => None,
            Level::AllThatApply(bits) => {
                let set = (0..64).filter(|position| bits >> position & 1 == 1);
                Some(set.filter_map(word).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// The part of `effects` that the outcomes do not have yet.
fn added(effects: &Effects, now: &Outcomes) -> Effects {
    let fresh = |(id, level): &(OutcomeId, Level)| match (*level, now.0.get(id.index())) {
        (Level::AllThatApply(bits), Some(Level::AllThatApply(already))) if bits & !already != 0 => {
            Some((*id, Level::AllThatApply(bits & !already)))
        }
        (Level::AllThatApply(_), _) => None,
        (level, already) => (Some(&level) != already).then_some((*id, level)),
    };
    Effects(effects.0.iter().filter_map(fresh).collect())
}

/// The top of a scale stands out in red.
fn weight(outcome: &Outcome, level: Level) -> Weight {
    let top = outcome.kind.values().len().checked_sub(1);
    match level {
        Level::Highest(position) if top == Some(usize::from(position)) => Weight::Urgent,
        _ => Weight::Strong,
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
