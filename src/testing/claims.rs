//! A test as it was read -> what it claims, for whoever compares it with an earlier one of its name.

use super::bind::BoundTest;
use super::expect::{Expected, RuleState};
use super::test_file::{Extent, TestCase, TestFile, WrittenCase};
use super::wanted::Wanted;
use crate::engine::{Snapshot, digest};
use crate::live::{ClaimKind, Claims, TestClaim};
use crate::model::OutcomeId;
use crate::wire::{Node, Plain};

/// What a test claims.
pub(super) fn claims(file: &TestFile, test: &TestCase, bound: &BoundTest, policy: &Snapshot) -> Claims {
    let mut claimer = Claimer { policy, list: Vec::new() };
    bound.expectations.iter().for_each(|expectation| claimer.add(&expectation.what));
    let kept: &[&str] = match test.snapshot {
        None => &[],
        Some(Extent::Outcome) => &["the outcome"],
        Some(Extent::Whole) => &["the outcome", "the whole decision"],
    };
    if let Some(extent) = kept.last() {
        claimer.push("snapshot".to_owned(), ClaimKind::Exactly, (*extent).to_owned(), kept);
    }
    let Claimer { mut list, .. } = claimer;
    list.sort();
    list.dedup();
    Claims { case: case(file, test), list }
}

/// The digest of a test's case as it is written, whatever its order and layout.
fn case(file: &TestFile, test: &TestCase) -> String {
    let mut text = String::new();
    for WrittenCase { call, history } in [&file.background, &test.sketch] {
        [call, history].into_iter().for_each(|part| match part {
            Some(node) => write(node, &mut text),
            None => text.push('-'),
        });
    }
    for column in &test.columns {
        [&column.name, &column.value].into_iter().for_each(|node| write(node, &mut text));
    }
    digest([text.as_bytes()])
}

fn write(node: &Node, text: &mut String) {
    match &node.value {
        Plain::List(items) => {
            text.push('[');
            items.iter().for_each(|item| write(item, text));
            text.push(']');
        }
        Plain::Group(entries) => {
            let entry = |(key, value): &(Node, Node)| {
                let mut text = String::new();
                [key, value].into_iter().for_each(|node| write(node, &mut text));
                text
            };
            let mut entries: Vec<String> = entries.iter().map(entry).collect();
            entries.sort();
            text.push_str(&format!("{{{}}}", entries.concat()));
        }
        value => text.push_str(&format!("{value:?};")),
    }
}

struct Claimer<'c> {
    policy: &'c Snapshot,
    list: Vec<TestClaim>,
}

impl Claimer<'_> {
    fn add(&mut self, what: &Expected) {
        match what {
            Expected::Outcome(id, wanted) => self.outcome("", *id, *wanted),
            Expected::Unassessed(id) => {
                if let Some(outcome) = self.policy.vocabulary().outcomes.get(id.index()) {
                    let said = outcome.unassessed.as_deref().unwrap_or_default();
                    self.exactly(&outcome.name, said, &[]);
                }
            }
            Expected::Possible(id, wanted) => self.outcome("possible ", *id, *wanted),
            Expected::Adds(rule, id, wanted) => self.outcome(&format!("what rule {rule} adds to "), *id, *wanted),
            Expected::Changes(at, outcomes) => {
                let at = format!("from {} on ", self.policy.zone().format(*at));
                outcomes.iter().for_each(|(id, wanted)| self.outcome(&at, *id, *wanted));
            }
            Expected::Rule(rule, state) => self.rule(rule, *state),
            Expected::NotInForce(rule, _) => self.rule(rule, RuleState::NotInForce),
            Expected::OnlyFired(rules) => {
                rules.iter().for_each(|rule| self.rule(rule, RuleState::Fired));
                self.exactly("all other rules", "not fired", &["not fired"]);
            }
            Expected::NoneUndecided => self.exactly("undecided", "none", &["none"]),
            Expected::Certain(true) => self.exactly("certain", "yes", &["yes"]),
            Expected::Certain(false) => self.exactly("certain", "no", &[]),
            Expected::Asks(questions) => {
                let questions: Vec<&str> = questions.iter().map(String::as_str).collect();
                self.exactly("questions", &questions.join(", "), &questions);
            }
            Expected::AsksNothing => self.exactly("questions", "none", &["none"]),
            // The words of a reason are free to change, so only that one is expected is claimed.
            Expected::Because(rule, piece) => self.exactly(&format!("the reason of rule {rule}"), piece, &[]),
            Expected::Evidence(rule, ids) => {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                self.exactly(&format!("the evidence of rule {rule}"), &ids.join(", "), &ids);
            }
            Expected::ChangesNever => self.exactly("changes", "none", &["none"]),
        }
    }

    /// A rule that comes nearer to applying than was expected of it is expected to do more.
    fn rule(&mut self, rule: &str, state: RuleState) {
        let steps: &[&str] = &["undecided", "presumed", "fired"];
        let many = match state {
            RuleState::NotInForce | RuleState::NotFired => 0,
            RuleState::Undecided => 1,
            RuleState::Presumed => 2,
            RuleState::Fired | RuleState::Outvoted => 3,
        };
        self.exactly(&format!("rule {rule}"), state.word(), steps.get(..many).unwrap_or_default());
    }

    fn outcome(&mut self, whose: &str, id: OutcomeId, wanted: Wanted) {
        let Some(outcome) = self.policy.vocabulary().outcomes.get(id.index()) else { return };
        let (how, level) = match wanted {
            Wanted::Exactly(level) => (ClaimKind::Exactly, level),
            Wanted::AtLeast(level) => (ClaimKind::AtLeast, level),
            Wanted::Not(level) => (ClaimKind::Not, level),
        };
        let values = outcome.kind.values();
        let values = values.into_iter().zip(0..).filter(|(_, at)| level.reaches(*at));
        let takes: Vec<&str> = values.map(|(value, _)| value).collect();
        let said = wanted.in_words(id, self.policy);
        self.push(format!("{whose}{}", outcome.name), how, said, &takes);
        if let Some(claim) = self.list.last_mut() {
            claim.by = level.rank();
        }
    }

    fn exactly(&mut self, about: &str, said: &str, takes: &[&str]) {
        self.push(about.to_owned(), ClaimKind::Exactly, said.to_owned(), takes);
    }

    fn push(&mut self, about: String, how: ClaimKind, said: String, takes: &[&str]) {
        let takes = takes.iter().map(|value| (*value).to_owned()).collect();
        self.list.push(TestClaim { about, how, said, takes, by: None });
    }
}
