//! A case -> its capsule: the facts that a policy can read and no others, with people, places and ids under names that only a key gives.

use heedful::horizon::{FieldRead, Horizon};
use heedful::model::{Field, RecordKind, Type, Vocabulary};
use heedful::text::hex;
use heedful::text::{folded, identical};
use hmac::{Hmac, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet};

/// The fewest bytes of a key: as many as the hash has.
pub const LEAST_KEY: usize = 32;

/// How many bytes of a hash make a name: enough that no two people of a country get the same.
const NAME: usize = 16;

/// Makes capsules of the cases of one vocabulary.
pub struct Capsules<'a> {
    vocabulary: &'a Vocabulary,
    horizon: &'a Horizon,
    mac: Hmac<Sha256>,
    keeps_call_ids: bool,
}

impl<'a> Capsules<'a> {
    /// Capsules that hold what policies of this horizon can read. Under one key, one person has one name in all of them.
    ///
    /// # Errors
    /// When the key is shorter than [`LEAST_KEY`].
    pub fn new(vocabulary: &'a Vocabulary, horizon: &'a Horizon, key: &[u8]) -> Result<Self, String> {
        if key.len() < LEAST_KEY {
            return Err(format!("a key has at least {LEAST_KEY} bytes, and this has {}", key.len()));
        }
        let mac = Hmac::new_from_slice(key).map_err(|error| error.to_string())?;
        Ok(Self { vocabulary, horizon, mac, keeps_call_ids: false })
    }

    /// The same, with the ids of calls as they are, for those who have to find the calls again.
    #[must_use]
    pub fn keeping_call_ids(mut self, keeps: bool) -> Self {
        self.keeps_call_ids = keeps;
        self
    }

    /// The capsule of a case: a case in JSON again, on one line.
    ///
    /// # Errors
    /// When the JSON is not that of a case.
    pub fn capsule(&self, case: &str) -> Result<String, String> {
        let case: Value = serde_json::from_str(case).map_err(|_| "it is not JSON".to_owned())?;
        let call = case.get("call").and_then(Value::as_object).ok_or("it has no call")?;
        let call = self.group(&[call], &self.vocabulary.call, &self.horizon.facts, None)?;
        let mut capsule = Map::from_iter([("call".to_owned(), call)]);
        if let Some(history) = case.get("history").and_then(Value::as_object) {
            let mut lists = Map::new();
            for (name, list) in history {
                let Some(id) = self.vocabulary.record_by_plural(name).filter(|kind| self.horizon.asks_for(*kind))
                else {
                    continue;
                };
                if let Some(kind) = self.vocabulary.records.get(id.index()) {
                    let read = self.horizon.kinds.get(id.index()).map(|asked| asked.fields.as_slice());
                    lists.insert(name.clone(), self.list(list, kind, read.unwrap_or_default())?);
                }
            }
            capsule.insert("history".to_owned(), Value::Object(lists));
        }
        Ok(Value::Object(capsule).to_string())
    }

    /// A list of records, which may say beside them in how far it is complete.
    fn list<'c>(&self, list: &'c Value, kind: &RecordKind, read: &[Option<FieldRead>]) -> Result<Value, String> {
        match list {
            Value::Null => Ok(Value::Null),
            Value::Array(records) => {
                let mut copies: BTreeMap<&str, Vec<&Map<String, Value>>> = BTreeMap::new();
                let record = |record: &'c Value| {
                    let record = record.as_object().ok_or_else(|| format!("one of the {} is no group", kind.plural))?;
                    let id = record.get("id").and_then(Value::as_str).unwrap_or_default();
                    let copies = copies.entry(id).or_default();
                    copies.push(record);
                    self.group(copies, &kind.fields, read, Some(kind))
                };
                records.iter().map(record).collect()
            }
            Value::Object(parts) => {
                let part = |(key, part): (&String, &Value)| match key.as_str() {
                    "complete" => Some(Ok((key.clone(), part.clone()))),
                    "records" => Some(self.list(part, kind, read).map(|records| (key.clone(), records))),
                    _ => None,
                };
                Ok(Value::Object(parts.iter().filter_map(part).collect::<Result<_, _>>()?))
            }
            _ => Err(format!("{} is no list", kind.plural)),
        }
    }

    /// The call, or a record of a kind: the last of these, after copies of it that came before.
    fn group(
        &self,
        copies: &[&Map<String, Value>],
        fields: &[Field],
        read: &[Option<FieldRead>],
        kind: Option<&RecordKind>,
    ) -> Result<Value, String> {
        let mut kept = Map::new();
        for (key, value) in copies.last().into_iter().flat_map(|group| group.iter()) {
            let value = match key.as_str() {
                "at" => value.clone(),
                "id" => self.id(value, kind),
                name => {
                    let declared = fields.iter().zip(read).find(|(field, _)| field.name == name);
                    let Some((field, Some(read))) = declared else { continue };
                    self.value(value, field, read, copies)
                        .ok_or_else(|| format!("`{name}` is not written as the vocabulary declares it"))?
                }
            };
            kept.insert(key.clone(), value);
        }
        Ok(Value::Object(kept))
    }

    fn value(&self, value: &Value, field: &Field, read: &FieldRead, copies: &[&Map<String, Value>]) -> Option<Value> {
        let name = |person: &Value, kind: &str| Some(Value::from(self.name(&["identity", kind], person.as_str()?)));
        Some(match (&field.ty, value) {
            (_, Value::Null) => Value::Null,
            (Type::Identity { kind, .. }, value) => {
                let kind = self.vocabulary.identities.get(kind.index())?;
                match value {
                    Value::Array(people) => people.iter().map(|person| name(person, kind)).collect::<Option<_>>()?,
                    person => name(person, kind)?,
                }
            }
            // The word for a link that nobody knows.
            (Type::Link { .. }, Value::String(id)) if id == "unknown" => value.clone(),
            (Type::Link { record }, id) => self.id(id, self.vocabulary.records.get(record.index())),
            (Type::Text, text) => match read {
                FieldRead::Whole => text.clone(),
                FieldRead::Phrases(phrases) => {
                    // Copies of a record that say different things leave open which holds, so what is kept must differ too.
                    let mut others: Vec<&Value> = Vec::new();
                    for said in copies.iter().filter_map(|copy| copy.get(&field.name)).take_while(|said| *said != text)
                    {
                        if !others.contains(&said) {
                            others.push(said);
                        }
                    }
                    Value::from(mentioned(text.as_str()?, phrases, others.len()))
                }
            },
            (_, value) => value.clone(),
        })
    }

    /// The id of a record of a kind, or of the call.
    fn id(&self, id: &Value, kind: Option<&RecordKind>) -> Value {
        let kind = kind.filter(|kind| !kind.is_call);
        match id {
            Value::String(_) if kind.is_none() && self.keeps_call_ids => id.clone(),
            Value::String(id) => {
                // An earlier call has the id by which it was decided.
                let domain = kind.map_or(["call", ""], |kind| ["record", kind.name.as_str()]);
                Value::from(self.name(&domain, id))
            }
            other => other.clone(),
        }
    }

    /// The name that stands for somebody or something, the same wherever it is met.
    fn name(&self, domain: &[&str; 2], words: &str) -> String {
        let words = identical(words);
        if words.is_empty() {
            return String::new();
        }
        let mut mac = self.mac.clone();
        for part in domain {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        mac.update(words.as_bytes());
        hex(mac.finalize().into_bytes().get(..NAME).unwrap_or_default())
    }
}

/// A text that holds the phrases which another holds, and none that it does not: in their order, with a word between them that is in none.
/// For each `number` it is another text.
fn mentioned(text: &str, phrases: &BTreeSet<String>, number: usize) -> String {
    let words = folded(text);
    let is_in_none = |filler: &String| !phrases.iter().any(|phrase| phrase.contains(&format!(" {filler} ")));
    let filler = (1..).map(|length| "x".repeat(length)).find(is_in_none).unwrap_or_default();
    let held = phrases.iter().filter(|phrase| words.contains(phrase.as_str())).map(|phrase| phrase.trim());
    let begin = std::iter::repeat_n(filler.as_str(), number + 1);
    begin.chain(held.flat_map(|phrase| [phrase, &filler])).collect::<Vec<_>>().join(" ")
}
