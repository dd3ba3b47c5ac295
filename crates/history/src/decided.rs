//! Decisions of earlier calls -> what their records say to later calls.

use crate::mapping::{DecisionMapping, DecisionPart};
use heedful::model::{OutcomeValue, Outcomes, Vocabulary};
use heedful::time::Zone;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What was decided of the calls so far. Most decisions say one of a few things, so each text is kept once.
#[derive(Debug, Default)]
pub(crate) struct DecidedCalls {
    texts: Vec<String>,
    known: BTreeMap<String, u32>,
    /// For each call the place of its text, counted from 1; 0 where it was not decided.
    calls: Vec<u32>,
}

impl DecidedCalls {
    /// The members of JSON that hold what was decided of a call; none where it was not decided, so that its fields are not known.
    pub(crate) fn text(&self, call: u32) -> &str {
        let place = self.calls.get(call as usize).and_then(|place| place.checked_sub(1));
        place.and_then(|place| self.texts.get(place as usize)).map_or("", String::as_str)
    }

    pub(crate) fn add(&mut self, call: u32, text: String) {
        let next = u32::try_from(self.texts.len() + 1).unwrap_or(u32::MAX);
        let place = *self.known.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            next
        });
        let call = call as usize;
        if self.calls.len() <= call {
            self.calls.resize(call + 1, 0);
        }
        self.calls.get_mut(call).into_iter().for_each(|known| *known = place);
    }
}

impl DecisionMapping {
    /// What a decision says, as members of a record's JSON, each after a comma.
    pub(crate) fn members(&self, vocabulary: &Vocabulary, outcomes: &Outcomes, fired: &[&str]) -> String {
        let mut text = String::new();
        for value in &self.values {
            let json = match &value.part {
                DecisionPart::Outcome(outcome) => {
                    let declared = vocabulary.outcomes.get(outcome.index());
                    let level = outcomes.0.get(outcome.index());
                    declared.zip(level).map(|(declared, level)| said(declared.kind.value_of(*level)))
                }
                DecisionPart::Rules(rules) => {
                    let applied = rules.iter().filter(|rule| fired.contains(&rule.as_str()));
                    Some(serde_json::Value::from_iter(applied.map(String::as_str)))
                }
                // The call told these already.
                DecisionPart::Fact(_) | DecisionPart::Call => None,
            };
            if let Some(json) = json {
                let _ = write!(text, ",{}:{json}", serde_json::Value::from(value.name.as_str()));
            }
        }
        text
    }
}

fn said(value: OutcomeValue<'_>) -> serde_json::Value {
    match value {
        OutcomeValue::One(value) => value.unwrap_or("none").into(),
        OutcomeValue::All(values) => values.into(),
        OutcomeValue::Time(at) => at.map_or_else(|| "none".to_owned(), |at| Zone::utc().format(at)).into(),
        // A kind of outcome that is newer than this: not known.
        _ => serde_json::Value::Null,
    }
}
