//! What a test expects, every rule, outcome and fact known.

use super::fault::{TestFault, did_you_mean, wrong};
use super::wanted::{self, Wanted};
use crate::engine::Snapshot;
use crate::model::OutcomeId;
use crate::text::{Position, nearest};
use crate::time::Instant;
use crate::wire::{Node, Plain, read_moment};

/// One expectation, with the node that it is written at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expectation {
    pub at: Position,
    pub what: Expected,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expected {
    Outcome(OutcomeId, Wanted),
    /// No rule adds to the outcome, and none may.
    Unassessed(OutcomeId),
    Possible(OutcomeId, Wanted),
    Rule(String, RuleState),
    /// These rules fire and no other; those on trial are not counted.
    OnlyFired(Vec<String>),
    /// The dates of a rule leave out the call's time.
    NotInForce(String, Instant),
    NoneUndecided,
    /// What is not known cannot raise the outcome.
    Certain(bool),
    /// Paths of facts, or whole questions.
    Asks(Vec<String>),
    AsksNothing,
    /// A piece of the reason that a rule gives.
    Because(String, String),
    /// The ids that a rule names, in any order.
    Evidence(String, Vec<String>),
    /// What a rule adds by itself.
    Adds(String, OutcomeId, Wanted),
    /// The outcome at a later moment, if nothing more is learnt.
    Changes(Instant, Vec<(OutcomeId, Wanted)>),
    ChangesNever,
}

/// What may be expected of a rule. A rule on trial is expected to do what it would do if it were not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleState {
    Fired,
    /// Fired because nothing is known otherwise.
    Presumed,
    Undecided,
    /// Fired, and a side that it says loses.
    Outvoted,
    /// Known not to apply, at a time when it is in force.
    NotFired,
    NotInForce,
}

impl RuleState {
    const ALL: [(&'static str, Self); 6] = [
        ("fired", Self::Fired),
        ("presumed", Self::Presumed),
        ("undecided", Self::Undecided),
        ("outvoted", Self::Outvoted),
        ("not fired", Self::NotFired),
        ("not in force", Self::NotInForce),
    ];

    pub(super) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, state)| *state == self).map_or("", |(word, _)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, state)| *state)
    }
}

/// The keys of `expect` besides the names of outcomes and rules.
const KEYS: [&str; 14] = [
    "fired",
    "only fired",
    "not fired",
    "not in force",
    "undecided",
    "presumed",
    "outvoted",
    "certain",
    "possible",
    "questions",
    "because",
    "evidence",
    "adds",
    "changes",
];

/// Whether something of this name can be expected under a policy.
pub(super) fn is_known(word: &str, policy: &Snapshot) -> bool {
    let rule = word.strip_prefix("rule ").unwrap_or(word);
    KEYS.contains(&word)
        || policy.vocabulary().outcome(word).is_some()
        || policy.policy().rules.iter().any(|known| known.name == rule)
}

/// The key under which something is expected of a rule: its name, with a word before it where the name alone is read as something else.
pub(super) fn key_of(rule: &str, policy: &Snapshot) -> String {
    let otherwise = KEYS.contains(&rule) || policy.vocabulary().outcome(rule).is_some();
    if otherwise { format!("rule {rule}") } else { rule.to_owned() }
}

/// Every name that can be expected under a policy.
pub(super) fn names(policy: &Snapshot) -> impl Iterator<Item = &str> {
    let outcomes = policy.vocabulary().outcomes.iter().map(|outcome| outcome.name.as_str());
    let rules = policy.policy().rules.iter().map(|rule| rule.name.as_str());
    KEYS.iter().copied().chain(outcomes).chain(rules)
}

/// Reads the entries of `expect`. What is wrong goes to the faults.
pub(super) fn read(
    entries: &[(Node, Node)],
    policy: &Snapshot,
    at: Option<Instant>,
    faults: &mut Vec<TestFault>,
) -> Vec<Expectation> {
    let mut reader = ExpectationReader { policy, at, faults, read: Vec::new(), told: Vec::new() };
    let mut seen: Vec<String> = Vec::new();
    for (key, value) in entries {
        let Some(word) = key.text() else {
            reader.faults.push(wrong(key, "a key must be a word"));
            continue;
        };
        if seen.contains(&word) {
            reader.faults.push(TestFault::new(key.at, format!("`{word}` is expected twice")));
        }
        if word == "fired" && entries.iter().any(|(other, _)| other.text().as_deref() == Some("only fired")) {
            let message = "`only fired` says which rules fire, so this adds nothing; take one of them out";
            reader.faults.push(TestFault::new(key.at, message));
        }
        reader.entry(&word, key, value);
        seen.push(word);
    }
    reader.read
}

struct ExpectationReader<'r> {
    policy: &'r Snapshot,
    at: Option<Instant>,
    faults: &'r mut Vec<TestFault>,
    read: Vec<Expectation>,
    /// What is expected of rules already.
    told: Vec<(String, RuleState)>,
}

impl ExpectationReader<'_> {
    fn entry(&mut self, word: &str, key: &Node, value: &Node) {
        match word {
            "fired" => self.states(value, RuleState::Fired),
            "not fired" => self.states(value, RuleState::NotFired),
            "not in force" => self.states(value, RuleState::NotInForce),
            "presumed" => self.states(value, RuleState::Presumed),
            "outvoted" => self.states(value, RuleState::Outvoted),
            "undecided" if is_none(value) => self.push(value, Expected::NoneUndecided),
            "undecided" => self.states(value, RuleState::Undecided),
            "only fired" => {
                let rules = self.rules_with_places(value);
                let mut named: Vec<String> = Vec::new();
                for (rule, at) in rules {
                    if named.contains(&rule) {
                        let message = format!("rule `{rule}` is named twice; take one of them out");
                        self.faults.push(TestFault::new(at, message));
                    }
                    named.push(rule);
                }
                self.push(value, Expected::OnlyFired(named));
            }
            "certain" => match value.text().as_deref() {
                Some(answer @ ("yes" | "no")) => self.push(value, Expected::Certain(answer == "yes")),
                _ => self.faults.push(wrong(value, "`certain` must be yes or no")),
            },
            "possible" => {
                for (outcome, wanted) in self.outcomes(value) {
                    self.push(value, Expected::Possible(outcome, wanted));
                }
            }
            "questions" => self.questions(value),
            "because" => {
                for (rule, text) in self.by_rule(value, "because") {
                    match text.text() {
                        Some(piece) if piece.trim().is_empty() => {
                            let message = "every reason holds nothing, so this cannot fail; give some of its words";
                            self.faults.push(TestFault::new(text.at, message));
                        }
                        Some(piece) => self.push(&text, Expected::Because(rule, piece)),
                        None => self.faults.push(wrong(&text, "a reason must be a text")),
                    }
                }
            }
            "evidence" => {
                for (rule, ids) in self.by_rule(value, "evidence") {
                    let words = self.words(&ids);
                    self.push(&ids, Expected::Evidence(rule, words));
                }
            }
            "adds" => {
                for (rule, effects) in self.by_rule(value, "adds") {
                    for (outcome, wanted) in self.outcomes(&effects) {
                        self.push(&effects, Expected::Adds(rule.clone(), outcome, wanted));
                    }
                }
            }
            "changes" => self.changes(value),
            word => self.named(word, key, value),
        }
    }

    fn push(&mut self, node: &Node, what: Expected) {
        self.read.push(Expectation { at: node.at, what });
    }

    /// An outcome or a rule by its own name.
    fn named(&mut self, word: &str, key: &Node, value: &Node) {
        if let Some(outcome) = self.policy.vocabulary().outcome(word) {
            let declared = self.policy.vocabulary().outcomes.get(outcome.index());
            if value.text().is_some_and(|said| declared.and_then(|it| it.unassessed.as_deref()) == Some(said.trim())) {
                return self.push(value, Expected::Unassessed(outcome));
            }
            match wanted::read(outcome, value, self.policy, self.at) {
                Ok(wanted) => self.push(value, Expected::Outcome(outcome, wanted)),
                Err(fault) => self.faults.push(fault),
            }
            return;
        }
        // A fact of a table's column may have the name of a rule, which is then written `rule NAME`.
        let word = word.strip_prefix("rule ").unwrap_or(word);
        if self.policy.policy().rules.iter().any(|rule| rule.name == word) {
            let said = value.text().unwrap_or_default();
            match RuleState::parse(&said) {
                Some(state) => self.state(value.at, word.to_owned(), state),
                None => {
                    let near = did_you_mean(&said, RuleState::ALL.iter().map(|(word, _)| *word));
                    let help = if near.is_empty() {
                        ": write fired, not fired, undecided, presumed, outvoted or not in force"
                    } else {
                        &near
                    };
                    self.faults.push(TestFault::new(value.at, format!("a rule cannot be `{said}`{help}")));
                }
            }
            return;
        }
        let help = match nearest(word, names(self.policy)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if self.policy.vocabulary().fact(word).is_some() => {
                "it is a fact of the call: expect what is decided, such as an outcome or a rule".to_owned()
            }
            None => "expect an outcome, a rule, `fired`, `undecided`, `questions`, `certain` or `possible`".to_owned(),
        };
        let message = format!("there is nothing called `{word}` to expect under {}; {help}", self.policy.name());
        self.faults.push(TestFault::new(key.at, message));
    }

    fn states(&mut self, value: &Node, state: RuleState) {
        if is_none(value) {
            match state {
                RuleState::Fired => return self.push(value, Expected::OnlyFired(Vec::new())),
                RuleState::Undecided => return self.push(value, Expected::NoneUndecided),
                RuleState::Presumed | RuleState::Outvoted | RuleState::NotFired | RuleState::NotInForce => {
                    return self.refuse_nothing(value, "name the rules, or take it out");
                }
            }
        }
        for (rule, at) in self.rules_with_places(value) {
            self.state(at, rule, state);
        }
    }

    /// Whether this is not expected of the rule yet; says so where it is. What excludes it would fail in any case.
    fn first_of(&mut self, rule: &str, state: RuleState, at: Position) -> bool {
        let told = (rule.to_owned(), state);
        if self.told.contains(&told) {
            let message = format!("rule `{rule}` is expected twice to be {}; take one of them out", state.word());
            self.faults.push(TestFault::new(at, message));
            return false;
        }
        self.told.push(told);
        true
    }

    fn state(&mut self, at: Position, rule: String, state: RuleState) {
        if !self.first_of(&rule, state, at) {
            return;
        }
        let what = match (state, self.at) {
            (RuleState::NotInForce, at) => Expected::NotInForce(rule, at.unwrap_or(Instant(0))),
            (state, _) => Expected::Rule(rule, state),
        };
        self.read.push(Expectation { at, what });
    }

    fn refuse_nothing(&mut self, value: &Node, help: &str) {
        self.faults.push(TestFault::new(value.at, format!("this expects nothing, so it cannot fail; {help}")));
    }

    /// The rules that are named; none for `none`.
    fn rules_with_places(&mut self, value: &Node) -> Vec<(String, Position)> {
        if is_none(value) {
            return Vec::new();
        }
        let nodes = match &value.value {
            Plain::List(items) => items.iter().collect(),
            _ => vec![value],
        };
        nodes.into_iter().flat_map(|node| self.rules_named(node)).collect()
    }

    /// A rule, or several as they are said: `one, two and three`.
    fn rules_named(&mut self, node: &Node) -> Vec<(String, Position)> {
        let said = node.text().filter(|said| said.contains(char::is_whitespace));
        let Some(said) = said else { return self.rule(node).into_iter().map(|rule| (rule, node.at)).collect() };
        let named = wanted::words_of_list(&said);
        named.into_iter().filter_map(|name| Some((self.known_rule(name, node.at)?, node.at))).collect()
    }

    /// The name of a rule of the policy.
    fn rule(&mut self, node: &Node) -> Option<String> {
        let Some(name) = node.text() else {
            self.faults.push(wrong(node, "a rule must be named by a word"));
            return None;
        };
        self.known_rule(name, node.at)
    }

    fn known_rule(&mut self, name: String, at: Position) -> Option<String> {
        let rules = &self.policy.policy().rules;
        if rules.iter().any(|rule| rule.name == name) {
            return Some(name);
        }
        let near = did_you_mean(&name, rules.iter().map(|rule| rule.name.as_str()));
        self.faults.push(TestFault::new(at, format!("{} has no rule `{name}`{near}", self.policy.name())));
        None
    }

    fn by_rule(&mut self, value: &Node, what: &str) -> Vec<(String, Node)> {
        let Plain::Group(entries) = &value.value else {
            self.faults.push(wrong(value, &format!("`{what}` must be a group with a rule for each key")));
            return Vec::new();
        };
        if entries.is_empty() {
            self.refuse_nothing(value, "write it as a rule for each key, or take it out");
        }
        entries.iter().filter_map(|(rule, of)| Some((self.rule(rule)?, of.clone()))).collect()
    }

    fn outcomes(&mut self, value: &Node) -> Vec<(OutcomeId, Wanted)> {
        let Plain::Group(entries) = &value.value else {
            self.faults.push(wrong(value, "here must be a group with an outcome for each key"));
            return Vec::new();
        };
        if entries.is_empty() {
            self.refuse_nothing(value, "write it as an outcome for each key, or take it out");
        }
        entries.iter().filter_map(|(key, value)| self.outcome(key, value)).collect()
    }

    fn outcome(&mut self, key: &Node, value: &Node) -> Option<(OutcomeId, Wanted)> {
        let word = key.text().unwrap_or_default();
        let Some(outcome) = self.policy.vocabulary().outcome(&word) else {
            let near = did_you_mean(&word, self.policy.vocabulary().outcomes.iter().map(|it| it.name.as_str()));
            self.faults.push(TestFault::new(key.at, format!("there is no outcome `{word}`{near}")));
            return None;
        };
        match wanted::read(outcome, value, self.policy, self.at) {
            Ok(wanted) => Some((outcome, wanted)),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }

    fn words(&mut self, node: &Node) -> Vec<String> {
        let items = match &node.value {
            Plain::List(items) => items.iter().collect(),
            Plain::Words(word) if word == "none" => Vec::new(),
            _ => vec![node],
        };
        let mut words = Vec::new();
        for item in items {
            match item.text() {
                Some(word) => words.push(word),
                None => self.faults.push(wrong(item, "here must be a word")),
            }
        }
        words
    }

    fn questions(&mut self, value: &Node) {
        if is_none(value) {
            return self.push(value, Expected::AsksNothing);
        }
        let asked = self.words(value);
        let asked: Vec<String> = asked.into_iter().map(|word| self.question(word, value)).collect();
        self.push(value, Expected::Asks(asked));
    }

    /// A question by the path of its fact, by the fact's name, or in its own words.
    fn question(&mut self, word: String, node: &Node) -> String {
        let vocabulary = self.policy.vocabulary();
        if vocabulary.fact(&word).is_some() {
            return format!("call.{word}");
        }
        if let Some(fact) = word.strip_prefix("call.")
            && vocabulary.fact(fact).is_none()
        {
            let near = did_you_mean(fact, vocabulary.call.iter().map(|fact| fact.name.as_str()));
            self.faults.push(TestFault::new(node.at, format!("there is no fact `{fact}`{near}")));
        } else if let Some(path) = word.strip_prefix("history.") {
            let (list, field) = path.split_once('[').map_or((path, None), |(list, rest)| (list, rest.split_once("].")));
            let kind = vocabulary.records.iter().find(|kind| kind.plural == list);
            let message = match (kind, field) {
                (None, _) => {
                    let near = did_you_mean(list, vocabulary.records.iter().map(|kind| kind.plural.as_str()));
                    Some(format!("there is no kind of record called `{list}`{near}"))
                }
                (Some(kind), Some((_, field))) if kind.field(field).is_none() => {
                    let near = did_you_mean(field, kind.fields.iter().map(|field| field.name.as_str()));
                    Some(format!("`{list}` have no field `{field}`{near}"))
                }
                _ => None,
            };
            self.faults.extend(message.map(|message| TestFault::new(node.at, message)));
        } else if !word.contains(' ') && !word.starts_with("call.") {
            let near = did_you_mean(&word, vocabulary.call.iter().map(|fact| fact.name.as_str()));
            self.faults.push(TestFault::new(node.at, format!("there is no fact `{word}` to ask about{near}")));
        }
        word
    }

    fn changes(&mut self, value: &Node) {
        if is_none(value) {
            return self.push(value, Expected::ChangesNever);
        }
        let Plain::List(items) = &value.value else {
            return self.faults.push(wrong(value, "`changes` must be a list of moments, or `none`"));
        };
        for item in items {
            let Plain::Group(entries) = &item.value else {
                self.faults.push(wrong(item, "a change must be a group with `at` and outcomes"));
                continue;
            };
            let mut moment = None;
            let mut outcomes = Vec::new();
            for (key, value) in entries {
                match key.text().as_deref() {
                    Some("at") => moment = self.moment(value),
                    _ => outcomes.extend(self.outcome(key, value)),
                }
            }
            match moment {
                Some(moment) => self.push(item, Expected::Changes(moment, outcomes)),
                None => self.faults.push(TestFault::new(item.at, "a change needs an `at`, such as `2 hours after`")),
            }
        }
    }

    fn moment(&mut self, node: &Node) -> Option<Instant> {
        let words = node.text()?;
        let read = read_moment(&words, self.at.unwrap_or(Instant(0)), self.policy.zone());
        read.map_err(|why| self.faults.push(TestFault::new(node.at, why))).ok()
    }
}

/// `none`, or a list without an item, which says the same.
fn is_none(node: &Node) -> bool {
    node.text().as_deref() == Some("none") || is_empty_list(node)
}

fn is_empty_list(node: &Node) -> bool {
    matches!(&node.value, Plain::List(items) if items.is_empty())
}
