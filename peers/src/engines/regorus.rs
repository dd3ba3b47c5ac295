//! regorus: Rego, interpreted and compiled.
//!
//! Interpreted with `Engine::eval_rule`, which its docs prefer to queries; compiled to its virtual machine, which is used
//! again for each call, as its own benchmarks do when hot. Every measure is a rule of its own, which Rego works out once
//! for a call however many rules ask.

use super::{Engine, Kind, Role};
use crate::generate::Texts;
use crate::policy::{grade, variants};
use crate::verdict::{Answer, Verdict};
use regorus::Value;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;

pub fn kinds() -> Vec<Kind> {
    vec![
        Kind {
            name: "regorus, compiled",
            role: Role::Peer,
            source,
            load: |source| {
                let policy = policy(source)?.compile_with_entrypoint(&FIRED.into()).map_err(said)?;
                let program = Compiler::compile_from_policy(&policy, &[FIRED]).map_err(said)?;
                let mut machine = RegoVM::new();
                machine.load_program(program);
                // The limit is against policies that somebody else wrote.
                machine.set_max_instructions(usize::MAX);
                Ok(boxed(machine))
            },
        },
        Kind {
            name: "regorus, interpreted",
            role: Role::Peer,
            source,
            load: |source| {
                let mut policy = policy(source)?;
                // What is put off until the first evaluation is part of loading.
                policy.set_input(Value::new_object());
                let _ = policy.eval_rule(FIRED.to_owned());
                Ok(boxed(policy))
            },
        },
    ]
}

/// The numbers of the rules that fire.
const FIRED: &str = "data.peers.fired";

fn source(count: usize) -> Vec<String> {
    let rules = variants(include_str!("../../policy/rego/rules.rego"), count, "\n");
    vec![format!("{}{rules}", include_str!("../../policy/rego/head.rego"))]
}

fn policy(source: &[String]) -> Result<regorus::Engine, String> {
    let mut engine = regorus::Engine::new();
    engine.add_policy("peers.rego".to_owned(), source.concat()).map_err(said)?;
    Ok(engine)
}

fn said(error: impl std::fmt::Debug) -> String {
    format!("{error:?}")
}

/// What evaluates Rego.
trait Evaluator {
    fn fired(&mut self, input: Value) -> Value;
}

impl Evaluator for regorus::Engine {
    fn fired(&mut self, input: Value) -> Value {
        self.set_input(input);
        self.eval_rule(FIRED.to_owned()).expect("rules that suit every case")
    }
}

impl Evaluator for RegoVM {
    fn fired(&mut self, input: Value) -> Value {
        self.set_input(input);
        self.execute().expect("rules that suit every case")
    }
}

struct Regorus<E> {
    evaluator: E,
    cases: Vec<Value>,
    verdict: Verdict,
}

fn boxed(evaluator: impl Evaluator + 'static) -> Box<dyn Engine> {
    Box::new(Regorus { evaluator, cases: Vec::new(), verdict: Verdict::default() })
}

fn read(text: &Texts) -> Value {
    Value::from_json_str(&text.seconds).expect("JSON")
}

fn field<'c>(case: &'c Value, name: &str) -> &'c str {
    case["call"][name].as_string().expect("a text of the call")
}

impl<E: Evaluator> Regorus<E> {
    /// A value is counted by reference, so a copy of it is no copy.
    fn judge(&mut self, case: Value) {
        self.verdict.clear(grade(field(&case, "given")));
        for rule in self.evaluator.fired(case).as_set().expect("a set of numbers").iter() {
            self.verdict.fire_bare(rule.as_u64().expect("the number of a rule") as usize);
        }
    }
}

impl<E: Evaluator> Engine for Regorus<E> {
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
        self.verdict.write_bare(out, field(&case, "id"));
    }
}
