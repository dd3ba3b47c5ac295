//! Hand-written Rust, twice: rule by rule, and in one pass. Both read JSON into structs with serde_json, and those into
//! records in order of time.

mod by_rule;
mod case;
mod fused;
mod windows;

use super::{BY_RULE, Engine, FUSED, Kind, Loaded, Role};
use crate::generate::Texts;
use crate::json;
use crate::verdict::{Answer, Verdict};
pub(super) use case::Case;
pub(super) use fused::{Scratch, named};

pub fn kinds() -> Vec<Kind> {
    vec![
        Kind { name: FUSED, role: Role::Handwritten, source, load: |source| load(source, fused::evaluate) },
        Kind {
            name: BY_RULE,
            role: Role::Handwritten,
            source,
            load: |source| load(source, |case, variants, _, verdict| by_rule::evaluate(case, variants, verdict)),
        },
    ]
}

type Evaluate = fn(&Case, usize, &mut Scratch, &mut Verdict);

struct Handwritten {
    evaluate: Evaluate,
    variants: usize,
    cases: Vec<Case>,
    one: Case,
    scratch: Scratch,
    verdict: Verdict,
}

/// The rules are in the program; what is loaded is how many variants of them there are.
fn source(variants: usize) -> Vec<String> {
    vec![variants.to_string()]
}

fn load(source: &[String], evaluate: Evaluate) -> Loaded {
    let variants: usize = source.concat().parse().map_err(|error| format!("{error}"))?;
    Ok(Box::new(Handwritten {
        evaluate,
        variants,
        cases: Vec::new(),
        one: Case::default(),
        scratch: Scratch::default(),
        verdict: Verdict::default(),
    }))
}

pub(super) fn read<'t>(text: &'t Texts, case: &mut Case) -> json::Case<'t> {
    let json: json::Case<'t> = serde_json::from_str(&text.rfc3339).expect("a case as it was written");
    case.fill(&json).expect("times as they were written");
    json
}

impl Engine for Handwritten {
    fn take(&mut self, cases: &[Texts]) {
        let taken = cases.iter().map(|text| {
            let mut case = Case::default();
            read(text, &mut case);
            case
        });
        self.cases = taken.collect();
    }

    fn evaluate(&mut self, case: usize) {
        (self.evaluate)(&self.cases[case], self.variants, &mut self.scratch, &mut self.verdict);
    }

    fn answer(&mut self, case: usize, text: &Texts) -> Answer {
        let json: json::Case<'_> = serde_json::from_str(&text.rfc3339).expect("a case as it was written");
        let case = &self.cases[case];
        Answer::with_evidence(&self.verdict, |rule, place| case.id(&json, rule, place))
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        let json = read(text, &mut self.one);
        (self.evaluate)(&self.one, self.variants, &mut self.scratch, &mut self.verdict);
        let one = &self.one;
        self.verdict.write(out, &json.call.id, |rule, place| one.id(&json, rule, place));
    }
}
