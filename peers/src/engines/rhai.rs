//! rhai: a scripting language.
//!
//! A script with a loop over each list, in which every measure is counted at once, as somebody who can write loops would;
//! then a line for each rule. It is parsed once. Records are Rust types with getters, which the rhai book prefers to object
//! maps: a map is copied whole wherever it goes.

use super::{Engine, Kind, Loaded, Role};
use crate::generate::Texts;
use crate::policy::{grade, variants};
use crate::verdict::{Answer, Verdict};
use rhai::{AST, Array, Dynamic, ImmutableString, Scope};
use serde::Deserialize;
use std::rc::Rc;

pub fn kinds() -> Vec<Kind> {
    vec![Kind { name: "rhai", role: Role::Peer, source, load }]
}

struct Rhai {
    engine: rhai::Engine,
    script: AST,
    cases: Vec<Bound>,
    verdict: Verdict,
}

/// A case as the variables of a script.
struct Bound {
    id: ImmutableString,
    given: u8,
    scope: Scope<'static>,
}

fn source(count: usize) -> Vec<String> {
    let rules = variants(include_str!("../../policy/rhai/rules.rhai"), count, "");
    vec![format!("{}{rules}fired\n", include_str!("../../policy/rhai/head.rhai"))]
}

fn load(source: &[String]) -> Loaded {
    let mut engine = rhai::Engine::new();
    // The limits are against scripts that somebody else wrote.
    engine.set_max_variables(usize::MAX).set_max_expr_depths(0, 0);
    register(&mut engine);
    let variables = Scope::new();
    let script = engine.compile_with_scope(&variables, source.concat()).map_err(|error| error.to_string())?;
    Ok(Box::new(Rhai { engine, script, cases: Vec::new(), verdict: Verdict::default() }))
}

#[derive(Deserialize)]
struct Case {
    call: Call,
    history: History,
}

#[derive(Deserialize)]
struct History {
    calls: Vec<Earlier>,
    incidents: Vec<Incident>,
    orders: Vec<Order>,
    breaches: Vec<Breach>,
}

/// A record with a getter for each of its fields.
macro_rules! records {
    ($($record:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)? })*) => {
        $(
            #[derive(Deserialize)]
            struct $record {
                $($(#[$attribute])* $field: $type),*
            }
        )*

        fn register(engine: &mut rhai::Engine) {
            $(
                engine.register_type_with_name::<Rc<$record>>(stringify!($record));
                $(engine.register_get(stringify!($field), |record: &mut Rc<$record>| Dynamic::from(record.$field.clone()));)*
            )*
        }
    };
}

records! {
    Call {
        id: ImmutableString,
        at: i64,
        caller: ImmutableString,
        victim: ImmutableString,
        suspect: ImmutableString,
        location: ImmutableString,
        injury: ImmutableString,
        weapons: Array,
        strangulation: bool,
        threats: bool,
        separated: bool,
        children: i64,
        given: ImmutableString,
    }
    Earlier { at: i64, caller: ImmutableString, location: ImmutableString }
    Incident {
        at: i64,
        kind: ImmutableString,
        victim: ImmutableString,
        suspect: ImmutableString,
        location: ImmutableString,
        injury: ImmutableString,
        armed: bool,
        strangulation: bool,
    }
    Order {
        id: ImmutableString,
        kind: ImmutableString,
        respondent: ImmutableString,
        // `protected` is a word that the language keeps for itself.
        #[serde(rename = "protected")]
        protects: ImmutableString,
        starts: i64,
        expires: Dynamic,
    }
    Breach { at: i64, order: ImmutableString, kind: ImmutableString }
}

fn read(text: &Texts) -> Bound {
    let Case { call, history } = serde_json::from_str(&text.seconds).expect("JSON");
    let (id, given) = (call.id.clone(), grade(&call.given));
    let mut scope = Scope::new();
    scope.push("this_call", Rc::new(call));
    scope.push("calls", list(history.calls));
    scope.push("incidents", list(history.incidents));
    scope.push("orders", list(history.orders));
    scope.push("breaches", list(history.breaches));
    Bound { id, given, scope }
}

fn list<T: 'static>(records: Vec<T>) -> Array {
    records.into_iter().map(|record| Dynamic::from(Rc::new(record))).collect()
}

/// What the script adds to the scope is taken off again.
fn judge(engine: &rhai::Engine, script: &AST, case: &mut Bound, verdict: &mut Verdict) {
    verdict.clear(case.given);
    let variables = case.scope.len();
    let fired: Array = engine.eval_ast_with_scope(&mut case.scope, script).expect("a script that suits every case");
    case.scope.rewind(variables);
    for rule in fired {
        verdict.fire_bare(rule.as_int().expect("the number of a rule") as usize);
    }
}

impl Engine for Rhai {
    fn take(&mut self, cases: &[Texts]) {
        self.cases = cases.iter().map(read).collect();
    }

    fn evaluate(&mut self, case: usize) {
        judge(&self.engine, &self.script, &mut self.cases[case], &mut self.verdict);
    }

    fn answer(&mut self, _case: usize, _text: &Texts) -> Answer {
        Answer::bare(&self.verdict)
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        let mut case = read(text);
        judge(&self.engine, &self.script, &mut case, &mut self.verdict);
        self.verdict.write_bare(out, &case.id);
    }
}
