//! cel: the Common Expression Language.
//!
//! One program for each rule, since the language has no name for a count that two rules share. A case is a `Context` with
//! its two variables bound once; every integer is signed, since one read as unsigned refuses to meet a signed one. The
//! latest record is the first of those sorted by time, with the `lists` extension.

use super::{Engine, Kind, Loaded, Role};
use crate::generate::Texts;
use crate::policy::{grade, variants};
use crate::verdict::{Answer, Verdict};
use cel::objects::{Key, Map};
use cel::{Context, Env, Program, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashMap;
use std::sync::Arc;

pub fn kinds() -> Vec<Kind> {
    vec![Kind { name: "cel", role: Role::Peer, source, load }]
}

struct Cel {
    env: Arc<Env>,
    rules: Vec<Program>,
    cases: Vec<Case>,
    verdict: Verdict,
}

struct Case {
    id: String,
    given: u8,
    context: Context<'static, 'static>,
}

/// A line for each rule.
fn source(count: usize) -> Vec<String> {
    vec![variants(include_str!("../../policy/cel/rules.cel"), count, "")]
}

fn load(source: &[String]) -> Loaded {
    let mut env = Env::stdlib();
    env.add_extension(cel::extensions::lists).map_err(|error| format!("{error:?}"))?;
    let compile = |rule: &str| env.compile(rule).map_err(|error| error.to_string());
    let rules = source.iter().flat_map(|text| text.lines()).map(compile).collect::<Result<_, _>>()?;
    Ok(Box::new(Cel { env: Arc::new(env), rules, cases: Vec::new(), verdict: Verdict::default() }))
}

impl Cel {
    fn read(&self, text: &Texts) -> Case {
        let Read(Value::Map(case)) = serde_json::from_str(&text.seconds).expect("JSON") else {
            panic!("a case is a map")
        };
        let (call, history) = (entry(&case, "call"), entry(&case, "history"));
        let Value::Map(facts) = &call else { panic!("a call is a map") };
        let (id, given) = (text_of(facts, "id"), grade(&text_of(facts, "given")));
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.add_variable_from_value("call", call);
        context.add_variable_from_value("history", history);
        Case { id, given, context }
    }
}

fn entry(map: &Map, key: &str) -> Value {
    map.get(&Key::from(key)).expect("a key of the case").clone()
}

fn text_of(map: &Map, key: &str) -> String {
    match entry(map, key) {
        Value::String(text) => text.to_string(),
        other => panic!("a text, not {other:?}"),
    }
}

fn judge(rules: &[Program], case: &Case, verdict: &mut Verdict) {
    verdict.clear(case.given);
    for (number, rule) in rules.iter().enumerate() {
        if rule.execute(&case.context).expect("a rule that suits every case") == Value::Bool(true) {
            verdict.fire_bare(number);
        }
    }
}

impl Engine for Cel {
    fn take(&mut self, cases: &[Texts]) {
        self.cases = cases.iter().map(|text| self.read(text)).collect();
    }

    fn evaluate(&mut self, case: usize) {
        judge(&self.rules, &self.cases[case], &mut self.verdict);
    }

    fn answer(&mut self, _case: usize, _text: &Texts) -> Answer {
        Answer::bare(&self.verdict)
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        let case = self.read(text);
        judge(&self.rules, &case, &mut self.verdict);
        self.verdict.write_bare(out, &case.id);
    }
}

/// A value read from JSON without a detour, every integer signed.
struct Read(Value);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Read;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a value of a case")
    }

    fn visit_unit<E>(self) -> Result<Read, E> {
        Ok(Read(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Read, E> {
        Ok(Read(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Read, E> {
        Ok(Read(Value::Int(value)))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Read, E> {
        Ok(Read(Value::Int(i64::try_from(value).map_err(E::custom)?)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Read, E> {
        Ok(Read(Value::from(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Read, A::Error> {
        let mut list = Vec::new();
        while let Some(Read(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Read(Value::List(Arc::new(list))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Read, A::Error> {
        let mut map = HashMap::new();
        while let Some((key, Read(value))) = entries.next_entry::<String, _>()? {
            map.insert(Key::from(key), value);
        }
        Ok(Read(Value::Map(Map { map: Arc::new(map) })))
    }
}
