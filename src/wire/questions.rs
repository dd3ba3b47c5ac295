//! Policy -> JSON: every question that its decisions may ask, and what answers each.

use super::decision::party_word;
use super::schema::answer_schema;
use crate::engine::{Snapshot, VERSION};
use crate::model::{Ask, RecordId};
use serde_json::{Value, json};

/// Every question that a decision under this policy may ask: `about` says of what, as a decision does but
/// for the number of the record, and `answer` is the JSON Schema of what a case may then say. What nothing in the policy goes by is not
/// among them. A decision asks only those that could change it.
pub fn policy_questions(policy: &Snapshot) -> Value {
    let (vocabulary, horizon) = (policy.vocabulary(), policy.horizon());
    let mut questions: Vec<Value> = Vec::new();
    let mut ask = |about: String, ask: Ask, answer: Option<Value>| {
        questions.push(json!({
            "ask": ask.text,
            "of": party_word(ask.of),
            "safe_if_overheard": ask.safe_if_overheard,
            "about": about,
            "answer": answer,
        }));
    };
    for (fact, read) in vocabulary.call.iter().zip(&horizon.facts) {
        if read.is_some() {
            ask(format!("call.{}", fact.name), fact.question(), Some(answer_schema(vocabulary, fact)));
        }
    }
    for ((id, kind), asked) in (0u16..).map(RecordId).zip(&vocabulary.records).zip(&horizon.kinds) {
        if !horizon.asks_for(id) {
            continue;
        }
        let list = format!("history.{}", kind.plural);
        ask(list.clone(), kind.question(), None);
        ask(format!("{list}.at"), kind.time_question(), Some(json!({"type": "string", "format": "date-time"})));
        for (field, read) in kind.fields.iter().zip(&asked.fields) {
            if read.is_some() {
                ask(format!("{list}.{}", field.name), field.question(), Some(answer_schema(vocabulary, field)));
            }
        }
    }
    json!({"policy": policy.name(), "digest": policy.digest(), "engine": VERSION, "questions": questions})
}
