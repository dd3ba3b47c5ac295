//! Cedar: two policy sets -> whether the second allows whatever the first does, and what each of them says of a call.

use crate::answer::{Answer, Facts};
use crate::policies::{COLOURS, MOST, Policy, Problem, cedar};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, EvalResult, PolicySet, Request, RestrictedExpression, Schema,
};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicySet};
use std::str::FromStr;
use tokio::process::Command;
use tokio::runtime::{Builder, Runtime};

/// As `LocalSolver::cvc5` has it, which finds one solver only.
const ARGUMENTS: [&str; 3] = ["--lang", "smt", "--tlimit=60000"];

pub struct Loaded {
    runtime: Runtime,
    schema: Schema,
    sets: [PolicySet; 2],
    compiled: [CompiledPolicySet; 2],
    compiler: CedarSymCompiler<LocalSolver>,
}

impl Loaded {
    /// With the solver's process, and both policies as terms for it.
    pub fn of(problem: &Problem, missing: bool, solver: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let [schema, _] = cedar(&problem.old, missing);
        let (schema, _) = Schema::from_cedarschema_str(&schema).expect("a schema");
        let set = |policy: &Policy| PolicySet::from_str(&cedar(policy, missing)[1]).expect("policies");
        let sets = [set(&problem.old), set(&problem.new)];
        let request = schema.request_envs().next().expect("one action");
        let compiled =
            sets.each_ref().map(|set| CompiledPolicySet::compile(set, &request, &schema).expect("well typed"));
        let solver = runtime.block_on(async { LocalSolver::from_command(Command::new(solver).args(ARGUMENTS)) });
        let compiler = CedarSymCompiler::new(solver.expect("a solver")).expect("a compiler");
        Self { runtime, schema, sets, compiled, compiler }
    }

    pub fn ask(&mut self) -> Answer {
        let [old, new] = &self.compiled;
        let found = self.runtime.block_on(self.compiler.check_implies_with_counterexample_opt(old, new));
        match found {
            Ok(None) => Answer::Proved,
            Ok(Some(call)) => Answer::Call(Box::new(facts(&call.request))),
            Err(error) => Answer::Open(format!("{error:?}")),
        }
    }

    /// Whether the old policy allows it and the new one does not; of a schema in which nothing may be missing, only where nothing is.
    pub fn is_less(&self, facts: &Facts) -> Option<bool> {
        let context = Context::from_pairs(pairs(facts)).expect("facts");
        let uid = |text: &str| EntityUid::from_str(text).expect("a name");
        let [desk, action, call] = ["Desk::\"1\"", "Action::\"escalate\"", "Call::\"1\""].map(uid);
        let request = Request::new(desk, action, call, context, Some(&self.schema)).ok()?;
        let [was, is] = self.sets.each_ref().map(|set| {
            Authorizer::new().is_authorized(&request, set, &Entities::empty()).decision() == Decision::Allow
        });
        Some(was && !is)
    }

    pub fn end(mut self) {
        let _ = self.runtime.block_on(self.compiler.solver_mut().clean_up());
    }
}

fn pairs(facts: &Facts) -> Vec<(String, RestrictedExpression)> {
    let numbers = facts
        .numbers
        .iter()
        .enumerate()
        .filter_map(|(at, number)| Some((format!("number_{at}"), number.as_ref()?.to_string())));
    let colour = |place: u16| format!("Colour::\"{}\"", COLOURS[usize::from(place)]);
    let choices =
        facts.choices.iter().enumerate().filter_map(|(at, place)| Some((format!("choice_{at}"), colour((*place)?))));
    let flags =
        facts.flags.iter().enumerate().filter_map(|(at, yes)| Some((format!("flag_{at}"), yes.as_ref()?.to_string())));
    let written = |(name, text): (String, String)| (name, RestrictedExpression::from_str(&text).expect("a value"));
    numbers.chain(choices).chain(flags).map(written).collect()
}

/// Numbers that heedful's vocabulary does not have are like those at its ends: no rule asks beyond them.
fn facts(request: &Request) -> Facts {
    let mut facts = Facts::default();
    let context = request.context().expect("a context");
    for (at, fact) in facts.numbers.iter_mut().enumerate() {
        if let Some(EvalResult::Long(number)) = context.get(&format!("number_{at}")) {
            *fact = Some(number.clamp(0, MOST));
        }
    }
    for (at, fact) in facts.choices.iter_mut().enumerate() {
        if let Some(EvalResult::EntityUid(uid)) = context.get(&format!("choice_{at}")) {
            *fact = (0..).zip(COLOURS).find(|(_, colour)| uid.id().unescaped() == *colour).map(|(place, _)| place);
        }
    }
    for (at, fact) in facts.flags.iter_mut().enumerate() {
        if let Some(EvalResult::Bool(yes)) = context.get(&format!("flag_{at}")) {
            *fact = Some(yes);
        }
    }
    facts
}
