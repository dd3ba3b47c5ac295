//! Two meanings -> what differs between them, in words and with its weight: what is worse comes first, and says so.

use super::meaning::{Applied, DecisionMeaning};
use super::test_file::Extent;
use super::wanted::level_in_words;
use crate::engine::Snapshot;
use crate::model::OutcomeId;
use crate::time::Instant;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// One line for a person. The tone colours it and never says what the words do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What is otherwise.
    pub words: String,
    /// Whether that is for the worse.
    pub tone: Tone,
}

/// Whether a difference asks for less of a response, for more, or neither; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Tone {
    /// It asks for less of a response.
    Less,
    /// It asks for more.
    More,
    /// Neither.
    Plain,
}

impl DiffLine {
    pub(super) fn plain(words: impl Into<String>) -> Self {
        Self { words: words.into(), tone: Tone::Plain }
    }

    fn new(tone: Tone, words: impl AsRef<str>) -> Self {
        let lead = match tone {
            Tone::Less => "WORSE: ",
            Tone::More => "BETTER: ",
            Tone::Plain => "",
        };
        Self { words: format!("{lead}{}", words.as_ref()), tone }
    }
}

/// What `now` means that `before` did not.
pub(super) fn differences(before: &DecisionMeaning, now: &DecisionMeaning, policy: &Snapshot) -> Vec<DiffLine> {
    let mut difference = Difference { policy, lines: Vec::new() };
    difference.outcomes(&before.outcome, &now.outcome, "");
    if before.extent == now.extent {
        difference.possible(before, now);
        difference.rules(before, now);
        difference.on_trial(before, now);
        difference.questions(&before.questions, &now.questions);
        difference.changes(before, now);
    } else {
        let more = "the test keeps the whole decision, and this snapshot the outcome alone; accept it anew";
        let less = "the test keeps the outcome alone, and this snapshot the whole decision; accept it anew";
        let more_now = now.extent == Extent::Whole;
        difference.say(Tone::Plain, if more_now { more } else { less });
    }
    let mut lines = difference.lines;
    lines.sort_by_key(|line| line.tone);
    lines
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stand {
    Not,
    Undecided,
    Fires,
}

struct Difference<'d> {
    policy: &'d Snapshot,
    lines: Vec<DiffLine>,
}

type Named = BTreeMap<String, String>;

impl Difference<'_> {
    fn say(&mut self, tone: Tone, words: impl AsRef<str>) {
        self.lines.push(DiffLine::new(tone, words));
    }

    fn outcomes(&mut self, before: &Named, now: &Named, lead: &str) {
        for name in keys(before, now) {
            let (one, other) = (value(before, name), value(now, name));
            if one != other {
                self.say(self.tone(name, one, other), format!("{lead}{name}: {one} -> {other}"));
            }
        }
    }

    /// What the outcome could still become; where nothing is said of it, that is what it is.
    fn possible(&mut self, before: &DecisionMeaning, now: &DecisionMeaning) {
        let whole = |meaning: &DecisionMeaning| {
            let mut all = meaning.outcome.clone();
            all.extend(meaning.possible.clone());
            all
        };
        let (one, other) = (whole(before), whole(now));
        let told = |name: &str| before.possible.contains_key(name) || now.possible.contains_key(name);
        let only = |all: Named| all.into_iter().filter(|(name, _)| told(name)).collect::<Named>();
        self.outcomes(&only(one), &only(other), "could become ");
    }

    fn rules(&mut self, before: &DecisionMeaning, now: &DecisionMeaning) {
        let fired = keys(&before.fired, &now.fired);
        let rules: BTreeSet<&str> = fired.into_iter().chain(keys(&before.undecided, &now.undecided)).collect();
        for rule in rules {
            let waits = |meaning: &DecisionMeaning| meaning.undecided.get(rule).map(|paths| paths.join(", "));
            let (waited, wait) = (waits(before), waits(now));
            let (one, other) = (stand(before, rule), stand(now, rule));
            let (tone, words) = match (one, other, &wait) {
                (Stand::Fires, Stand::Undecided, Some(wait)) => {
                    (Tone::Less, format!("rule {rule} no longer fires; it is undecided, and waits for {wait}"))
                }
                (Stand::Fires, Stand::Not, _) if now.trial.contains_key(rule) => {
                    (Tone::Less, format!("rule {rule} no longer fires; it is without effect"))
                }
                (Stand::Fires, Stand::Undecided | Stand::Not, _) => {
                    (Tone::Less, format!("rule {rule} no longer fires"))
                }
                (Stand::Undecided, Stand::Not, _) => {
                    (Tone::Less, format!("rule {rule} was undecided, and can no longer apply"))
                }
                (Stand::Not, Stand::Undecided, Some(wait)) => {
                    (Tone::More, format!("rule {rule} is undecided now: it waits for {wait}"))
                }
                (Stand::Not | Stand::Undecided, Stand::Fires, _) => (Tone::More, format!("rule {rule} fires now")),
                _ if waited != wait => {
                    let none = |paths: Option<String>| paths.unwrap_or_else(|| "nothing".to_owned());
                    (Tone::Plain, format!("rule {rule} waits for {} -> {}", none(waited), none(wait)))
                }
                _ => (Tone::Plain, String::new()),
            };
            if !words.is_empty() {
                self.say(tone, words);
            }
            if let (Some(one), Some(other)) = (before.fired.get(rule), now.fired.get(rule)) {
                self.applied(&format!("rule {rule}"), one, other);
            }
        }
    }

    /// Rules without effect: whatever becomes of them, the response is the same.
    fn on_trial(&mut self, before: &DecisionMeaning, now: &DecisionMeaning) {
        for rule in keys(&before.trial, &now.trial) {
            let what = format!("rule on trial {rule}");
            match (before.trial.get(rule), now.trial.get(rule)) {
                (None, Some(_)) => self.say(Tone::Plain, format!("{what} would apply now")),
                (Some(_), None) => self.say(Tone::Plain, format!("{what} would no longer apply")),
                (Some(one), Some(other)) => self.applied(&what, one, other),
                (None, None) => {}
            }
        }
    }

    fn applied(&mut self, what: &str, one: &Applied, other: &Applied) {
        if one.because != other.because {
            self.say(Tone::Plain, format!("{what}: its reason \"{}\" -> \"{}\"", one.because, other.because));
        }
        if one.evidence != other.evidence {
            let list = |ids: &[String]| if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
            self.say(Tone::Plain, format!("{what}: records {} -> {}", list(&one.evidence), list(&other.evidence)));
        }
        if one.would != other.would {
            let none = |said: &str| if said.is_empty() { "nothing".to_owned() } else { said.to_owned() };
            self.say(Tone::Plain, format!("{what} would add {} -> {}", none(&one.would), none(&other.would)));
        }
        if one.presumed != other.presumed {
            self.say(Tone::Plain, format!("{what}: what it takes to be so without knowing differs"));
        }
    }

    /// A question may go because its answer is no longer needed, so nothing is said of worse or better.
    fn questions(&mut self, before: &Named, now: &Named) {
        for about in keys(before, now) {
            let words = match (before.get(about), now.get(about)) {
                (None, Some(_)) => format!("{about} is asked about now"),
                (Some(_), None) => format!("{about} is no longer asked about"),
                (Some(one), Some(other)) if one != other => {
                    format!("the answer about {about} could give: {one} -> {other}")
                }
                _ => continue,
            };
            self.say(Tone::Plain, words);
        }
    }

    fn changes(&mut self, before: &DecisionMeaning, now: &DecisionMeaning) {
        for at in keys(&before.changes, &now.changes) {
            let words = match (before.changes.get(at), now.changes.get(at)) {
                (None, Some(change)) => format!("from {at} it would now change: {change}"),
                (Some(_), None) => format!("from {at} it no longer changes"),
                (Some(one), Some(other)) if one != other => format!("from {at}: {one} -> {other}"),
                _ => continue,
            };
            let (one, other) = (outcome_at(before, at), outcome_at(now, at));
            let tones =
                keys(&one, &other).into_iter().map(|name| self.tone(name, value(&one, name), value(&other, name)));
            // Anything that is less then is what counts.
            let (mut less, mut more) = (false, false);
            tones.for_each(|tone| (less, more) = (less | (tone == Tone::Less), more | (tone == Tone::More)));
            let tone = if less {
                Tone::Less
            } else if more {
                Tone::More
            } else {
                Tone::Plain
            };
            self.say(tone, words);
        }
    }

    /// Whether one value of an outcome is less of a response than another.
    fn tone(&self, name: &str, one: &str, other: &str) -> Tone {
        let declared = (0..).map(OutcomeId).zip(&self.policy.vocabulary().outcomes);
        let mut declared = declared.filter(|(_, outcome)| outcome.name == name);
        let Some((id, outcome)) = declared.next() else { return Tone::Plain };
        // Where no rule applies it stands at its least, whatever is said of that.
        let least = level_in_words(id, outcome.kind.least(), self.policy);
        let level = |said| if outcome.unassessed.as_deref() == Some(said) { least.as_str() } else { said };
        match outcome.kind.compare_written(level(one), level(other)) {
            Ordering::Less => Tone::More,
            Ordering::Greater => Tone::Less,
            Ordering::Equal => Tone::Plain,
        }
    }
}

fn stand(meaning: &DecisionMeaning, rule: &str) -> Stand {
    if meaning.fired.contains_key(rule) {
        Stand::Fires
    } else if meaning.undecided.contains_key(rule) {
        Stand::Undecided
    } else {
        Stand::Not
    }
}

/// The outcome at a moment if nothing more is learnt: as it is, and what has changed of it by then.
fn outcome_at(meaning: &DecisionMeaning, at: &str) -> Named {
    let moment = |text: &str| Instant::parse(text).ok();
    let past = meaning.changes.iter().filter(|(from, _)| moment(from) <= moment(at));
    let last = past.max_by_key(|(from, _)| moment(from)).map(|(_, change)| change.as_str()).unwrap_or_default();
    let mut outcome = meaning.outcome.clone();
    let changed = last.split("; ").filter_map(|part| part.split_once(' '));
    outcome.extend(changed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    outcome
}

fn keys<'m, T>(one: &'m BTreeMap<String, T>, other: &'m BTreeMap<String, T>) -> BTreeSet<&'m str> {
    one.keys().chain(other.keys()).map(String::as_str).collect()
}

fn value<'m>(all: &'m Named, name: &str) -> &'m str {
    all.get(name).map_or("none", String::as_str)
}
