//! heedful. Every use of it is in this file.
//!
//! A case is read to `Case`, and `decide` makes the whole decision: outcome, reasons, what came near, what to ask, and when
//! the outcome changes.

use super::{Engine, HEEDFUL_WHOLE, Kind, Loaded, Role};
use crate::generate::Texts;
use crate::policy::{rule_number, variant};
use crate::verdict::Answer;
use heedful::engine::{Input, Snapshot};
use heedful::model::{Case, Decision, Level};
use heedful::wire::{Document, Reading, UnknownKeys, write_decision};

/// The targets are worked out for the first of these.
pub fn kinds() -> Vec<Kind> {
    vec![Kind { name: HEEDFUL_WHOLE, role: Role::Heedful, source, load }]
}

struct Whole {
    policy: Snapshot,
    cases: Vec<Case>,
    decision: Option<Decision>,
}

const VOCABULARY: &str = include_str!("../../policy/heedful/vocabulary.heed");
const HEAD: &str = include_str!("../../policy/heedful/head.heed");
const RULES: &str = include_str!("../../policy/heedful/rules.heed");

/// A file of policy has at most so many variants, as a policy of 3,000 rules would be kept in several files.
const VARIANTS_PER_FILE: usize = 10;

fn source(count: usize) -> Vec<String> {
    let all: Vec<usize> = (0..count).collect();
    let rules = all.chunks(VARIANTS_PER_FILE).map(|chunk| {
        let text: Vec<String> = chunk.iter().map(|number| variant(RULES, *number)).collect();
        format!("part of policy \"Peers\"\n\n{}", text.join("\n"))
    });
    [VOCABULARY.to_owned(), HEAD.to_owned()].into_iter().chain(rules).collect()
}

fn snapshot(source: &[String]) -> Result<Snapshot, String> {
    let input =
        |(number, text): (usize, &String)| Input { name: format!("{number}.heed"), bytes: text.clone().into_bytes() };
    let inputs: Vec<Input> = source.iter().enumerate().map(input).collect();
    let mut loaded = heedful::engine::load(&inputs);
    loaded.policies.pop().ok_or_else(|| format!("{:?}", loaded.diagnostics.first()))
}

fn load(source: &[String]) -> Loaded {
    Ok(Box::new(Whole { policy: snapshot(source)?, cases: Vec::new(), decision: None }))
}

fn read(policy: &Snapshot, text: &Texts) -> Case {
    let reading = Reading { vocabulary: policy.vocabulary(), zone: policy.zone(), unknown_keys: UnknownKeys::Refuse };
    Document::json_line(&text.rfc3339, 1).read(reading).expect("a case of this vocabulary")
}

impl Engine for Whole {
    fn take(&mut self, cases: &[Texts]) {
        self.cases = cases.iter().map(|text| read(&self.policy, text)).collect();
    }

    fn evaluate(&mut self, case: usize) {
        self.decision = Some(self.policy.decide(&self.cases[case]));
    }

    fn answer(&mut self, _case: usize, _text: &Texts) -> Answer {
        answer(self.decision.as_ref().expect("an evaluation"))
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        let decision = self.policy.decide(&read(&self.policy, text));
        write_decision(out, &decision, &self.policy).expect("memory to write to");
    }
}

fn answer(decision: &Decision) -> Answer {
    let [Level::Highest(grade), Level::AllThatApply(referrals)] = decision.outcome.0[..] else {
        panic!("a grade and referrals, not {:?}", decision.outcome)
    };
    let number = |name: &str| rule_number(name).expect("one of the rules");
    // heedful has its rules in the order of their names.
    let mut fired: Vec<_> = decision.fired.iter().map(|fired| (number(&fired.rule), fired.evidence.clone())).collect();
    fired.sort_unstable();
    let (fired, evidence) = fired.into_iter().unzip();
    Answer { grade: grade as u8, referrals: referrals as u8, fired, evidence: Some(evidence) }
}
