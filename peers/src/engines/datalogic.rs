//! datalogic-rs: JSON logic.
//!
//! The rules are one list, compiled together, since counts that two of them share are then made once (its CSE pass). Cases
//! are `ParsedData`, which evaluation takes without a copy, and one session is reset between calls, as its README says of
//! hot loops. An inner record cannot name an outer one, so a breach's time reaches the search for a later call as the
//! accumulator of a `reduce`.

use super::{Engine, Kind, Loaded, Role};
use crate::generate::Texts;
use crate::policy::{grade, variants};
use crate::verdict::{Answer, Verdict};
use datalogic_rs::{DataValue, Logic, ParsedData, bumpalo::Bump};

pub fn kinds() -> Vec<Kind> {
    vec![Kind { name: "datalogic-rs", role: Role::Peer, source, load }]
}

struct Datalogic {
    engine: datalogic_rs::Engine,
    rules: Logic,
    arena: Bump,
    cases: Vec<ParsedData>,
    verdict: Verdict,
}

fn source(count: usize) -> Vec<String> {
    vec![format!("[{}]", variants(include_str!("../../policy/datalogic/rules.json"), count, ","))]
}

fn load(source: &[String]) -> Loaded {
    let engine = datalogic_rs::Engine::new();
    let rules = engine.compile(source.concat().as_str()).map_err(|error| error.to_string())?;
    let (arena, verdict) = (Bump::new(), Verdict::default());
    Ok(Box::new(Datalogic { engine, rules, arena, cases: Vec::new(), verdict }))
}

fn judge(engine: &datalogic_rs::Engine, rules: &Logic, case: &DataValue<'_>, arena: &Bump, verdict: &mut Verdict) {
    verdict.clear(grade(field(case, "given")));
    let answers = engine.evaluate(rules, case, arena).expect("rules that suit every case");
    for (rule, holds) in answers.as_array().expect("a list of answers").iter().enumerate() {
        if holds.as_bool() == Some(true) {
            verdict.fire_bare(rule);
        }
    }
}

fn field<'c>(case: &'c DataValue<'_>, name: &str) -> &'c str {
    case.get("call").and_then(|call| call.get(name)?.as_str()).expect("a text of the call")
}

impl Engine for Datalogic {
    fn take(&mut self, cases: &[Texts]) {
        self.cases = cases.iter().map(|text| ParsedData::from_json(&text.seconds).expect("JSON")).collect();
    }

    fn evaluate(&mut self, case: usize) {
        self.arena.reset();
        judge(&self.engine, &self.rules, self.cases[case].value(), &self.arena, &mut self.verdict);
    }

    fn answer(&mut self, _case: usize, _text: &Texts) -> Answer {
        Answer::bare(&self.verdict)
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        self.arena.reset();
        let case = DataValue::from_str(&text.seconds, &self.arena).expect("JSON");
        judge(&self.engine, &self.rules, &case, &self.arena, &mut self.verdict);
        self.verdict.write_bare(out, field(&case, "id"));
    }
}
