//! zen-engine: a decision model of GoRules.
//!
//! A node of expressions works out every measure, and a decision table that collects all rows that hit has a row for each
//! rule, as its editor would draw it. The model is compiled when it is loaded. Its one interface is async and waits for
//! nothing here, so the thread runs it to its end.

use super::{Engine, Kind, Loaded, Role};
use crate::generate::Texts;
use crate::policy::{grade, variants};
use crate::verdict::{Answer, Verdict};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine, Variable};

pub fn kinds() -> Vec<Kind> {
    vec![Kind { name: "zen-engine", role: Role::Peer, source, load }]
}

struct Zen {
    decision: Decision,
    cases: Vec<Variable>,
    verdict: Verdict,
}

fn source(count: usize) -> Vec<String> {
    let rows = variants(include_str!("../../policy/zen/rules.json"), count, ",");
    vec![format!("{}{rows}{}", include_str!("../../policy/zen/head.json"), include_str!("../../policy/zen/tail.json"))]
}

fn load(source: &[String]) -> Loaded {
    let content: DecisionContent = serde_json::from_str(&source.concat()).map_err(|error| error.to_string())?;
    let mut decision =
        DecisionEngine::default().create_decision(content.into()).map_err(|error| format!("{error:?}"))?;
    decision.compile();
    decision.validate().map_err(|error| format!("{error:?}"))?;
    Ok(Box::new(Zen { decision, cases: Vec::new(), verdict: Verdict::default() }))
}

fn read(text: &Texts) -> Variable {
    serde_json::from_str(&text.seconds).expect("JSON")
}

fn field(case: &Variable, name: &str) -> String {
    case.dot(name).and_then(|text| text.as_str().map(str::to_owned)).expect("a text of the call")
}

impl Zen {
    /// A variable is counted by reference, so a copy of it is no copy.
    fn judge(&mut self, case: Variable) {
        self.verdict.clear(grade(&field(&case, "call.given")));
        let response = pollster::block_on(self.decision.evaluate(case)).expect("a model that suits every case");
        let rows = response.result.as_array().expect("the rows that hit");
        for row in rows.borrow().iter() {
            let number = row.dot("rule").and_then(|rule| rule.as_number()).expect("the number of a rule");
            self.verdict.fire_bare(number.try_into().expect("a small number"));
        }
    }
}

impl Engine for Zen {
    fn take(&mut self, cases: &[Texts]) {
        self.cases = cases.iter().map(read).collect();
    }

    fn evaluate(&mut self, case: usize) {
        self.judge(self.cases[case].clone());
    }

    fn answer(&mut self, _case: usize, _text: &Texts) -> Answer {
        Answer::bare(&self.verdict)
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        let case = read(text);
        self.judge(case.clone());
        self.verdict.write_bare(out, &field(&case, "call.id"));
    }
}
