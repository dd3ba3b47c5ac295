//! Decisions of earlier calls -> what their records say to later calls.

use crate::mapping::{DecisionMapping, DecisionPart};
use crate::values::{Said, Values};
use heedful::model::{Field, OutcomeValue, Outcomes, Type, Vocabulary};
use std::collections::BTreeMap;

/// What was decided of the calls so far. Most decisions say one of a few things, so each is kept once.
#[derive(Debug, Default)]
pub(crate) struct DecidedCalls {
    all: Vec<Values>,
    known: BTreeMap<Values, u32>,
    /// For each call the place of what was said of it, counted from 1; 0 where it was not decided.
    calls: Vec<u32>,
}

impl DecidedCalls {
    /// What was decided of a call, as values of its record; nothing where it was not decided, so that these fields are not known.
    pub(crate) fn bytes(&self, call: u32) -> &[u8] {
        let place = self.calls.get(call as usize).and_then(|place| place.checked_sub(1));
        place.and_then(|place| self.all.get(place as usize)).map(Values::bytes).unwrap_or_default()
    }

    pub(crate) fn add(&mut self, call: u32, said: Values) {
        let next = u32::try_from(self.all.len() + 1).unwrap_or(u32::MAX);
        let place = *self.known.entry(said).or_insert_with_key(|said| {
            self.all.push(said.clone());
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
    /// What a decision says, as values of its record.
    pub(crate) fn values(&self, vocabulary: &Vocabulary, outcomes: &Outcomes, fired: &[&str]) -> Values {
        let fields = vocabulary.records.get(self.record.index()).map(|kind| kind.fields.as_slice()).unwrap_or_default();
        let mut values = Values::default();
        for value in &self.values {
            let Some(field) = fields.get(value.field.index()) else { continue };
            let said = match &value.part {
                DecisionPart::Outcome(outcome) => {
                    let declared = vocabulary.outcomes.get(outcome.index());
                    let level = outcomes.0.get(outcome.index());
                    declared.zip(level).and_then(|(declared, level)| said(field, declared.kind.value_of(*level)))
                }
                DecisionPart::Rules(rules) => {
                    let applied = rules.iter().map(String::as_str).filter(|rule| fired.contains(rule));
                    Some(Said::Flags(flags(field, applied)))
                }
                // The call told these already.
                DecisionPart::Fact(_) | DecisionPart::Call => None,
            };
            said.into_iter().for_each(|said| values.push(value.field.0, &said));
        }
        values
    }
}

/// What an outcome comes to, as the value of a field that can hold it.
fn said(field: &Field, value: OutcomeValue<'_>) -> Option<Said> {
    match value {
        OutcomeValue::One(value) => {
            let Type::Choice { values, .. } = &field.ty else { return None };
            let place = values.iter().position(|known| known == value.unwrap_or("none"))?;
            u16::try_from(place).ok().map(Said::Choice)
        }
        OutcomeValue::All(values) => Some(Said::Flags(flags(field, values.into_iter()))),
        OutcomeValue::Time(at) => Some(at.map_or(Said::Nothing, Said::Time)),
        OutcomeValue::Number(number) => number.map(Said::Number),
        // A kind of outcome that is newer than this: not known.
        _ => None,
    }
}

fn flags<'w>(field: &Field, words: impl Iterator<Item = &'w str>) -> u64 {
    let Type::Flags { values } = &field.ty else { return 0 };
    let flag = |word: &str| {
        let place = values.iter().position(|value| value == word)?;
        1u64.checked_shl(u32::try_from(place).ok()?)
    };
    words.filter_map(flag).fold(0, |flags, flag| flags | flag)
}
