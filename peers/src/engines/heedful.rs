//! heedful. Every use of it is in this file.
//!
//! It stands twice in the comparison. `judge` gives what every engine here gives: the outcome and the rules that fired,
//! and the evidence besides. `decide` makes the whole decision: reasons, what came near, what to ask, and when the outcome
//! changes. Both use their memory again from case to case.

use super::{Engine, HEEDFUL, HEEDFUL_WHOLE, Kind, Loaded, Role};
use crate::generate::Texts;
use crate::policy::{rule_number, variant};
use crate::verdict::Answer;
use heedful::engine::{Evaluator, Judgement};
use heedful::engine::{Input, Snapshot};
use heedful::model::{Case, Decision, Level, Outcomes};
use heedful::wire::{Document, Reader, Reading, push_decision, push_judgement};
use std::ffi::OsString;
use std::process::ExitCode;

/// The targets are worked out for the first of these.
pub fn kinds() -> Vec<Kind> {
    let kind = |name, load| Kind { name, role: Role::Heedful, source, load };
    vec![kind(HEEDFUL, load_brief), kind(HEEDFUL_WHOLE, load_whole)]
}

/// What both have. The policy is never given back, as those who use it live as long as the run.
struct Desk {
    policy: &'static Snapshot,
    evaluator: Evaluator<'static>,
    reader: Reader<'static>,
    cases: Vec<Case>,
}

struct Brief {
    desk: Desk,
    judgement: Judgement,
}

struct Whole {
    desk: Desk,
    decision: Option<Decision>,
}

const VOCABULARY: &str = include_str!("../../policy/heedful/vocabulary.heed");
const HEAD: &str = include_str!("../../policy/heedful/head.heed");
const RULES: &str = include_str!("../../policy/heedful/rules.heed");

/// A file of policy has at most so many variants, as a policy of 3,000 rules would be kept in several files.
const VARIANTS_PER_FILE: usize = 10;

/// The program, with its name and what it is asked for.
pub fn program(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    heedful_cli::run(args)
}

pub fn source(count: usize) -> Vec<String> {
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
    let mut loaded = heedful_live::load(&inputs);
    loaded.policies.pop().ok_or_else(|| format!("{:?}", loaded.diagnostics.first()))
}

impl Desk {
    fn of(source: &[String]) -> Result<Self, String> {
        let policy: &'static Snapshot = Box::leak(Box::new(snapshot(source)?));
        let reading = Reading::strict(policy.vocabulary(), policy.zone());
        Ok(Self { policy, evaluator: policy.evaluator(), reader: Reader::new(reading), cases: Vec::new() })
    }

    fn take(&mut self, cases: &[Texts]) {
        self.cases = cases.iter().map(|text| read(&mut self.reader, text).clone()).collect();
    }
}

fn load_brief(source: &[String]) -> Loaded {
    Ok(Box::new(Brief { desk: Desk::of(source)?, judgement: Judgement::default() }))
}

fn load_whole(source: &[String]) -> Loaded {
    Ok(Box::new(Whole { desk: Desk::of(source)?, decision: None }))
}

fn read<'r>(reader: &'r mut Reader<'static>, text: &Texts) -> &'r Case {
    reader.read(Document::json_line(&text.rfc3339, 1)).expect("a case of this vocabulary")
}

impl Engine for Brief {
    fn take(&mut self, cases: &[Texts]) {
        self.desk.take(cases);
    }

    fn evaluate(&mut self, case: usize) {
        std::hint::black_box(self.desk.evaluator.judge(&self.desk.cases[case]));
    }

    fn answer(&mut self, case: usize, _text: &Texts) -> Answer {
        let case = &self.desk.cases[case];
        self.judgement.clone_from(self.desk.evaluator.judge(case));
        let rules = self.judgement.fired.iter().map(|id| self.desk.policy.rule(*id).expect("a rule of the policy"));
        let evidence = self.judgement.evidence().map(|records| case.ids_in_order(records).map(str::to_owned).collect());
        answer(&self.judgement.outcome, rules.zip(evidence))
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        let Desk { policy, evaluator, reader, .. } = &mut self.desk;
        let case = read(reader, text);
        push_judgement(out, evaluator.judge(case), case, policy);
    }
}

impl Engine for Whole {
    fn take(&mut self, cases: &[Texts]) {
        self.desk.take(cases);
    }

    fn evaluate(&mut self, case: usize) {
        self.decision = Some(self.desk.evaluator.decide(&self.desk.cases[case]));
    }

    fn answer(&mut self, _case: usize, _text: &Texts) -> Answer {
        let decision = self.decision.as_ref().expect("an evaluation");
        answer(&decision.outcome, decision.fired.iter().map(|fired| (fired.rule.as_str(), fired.evidence.clone())))
    }

    fn decide(&mut self, text: &Texts, out: &mut Vec<u8>) {
        let Desk { policy, evaluator, reader, .. } = &mut self.desk;
        push_decision(out, &evaluator.decide(read(reader, text)), policy);
    }
}

fn answer<'n>(outcome: &Outcomes, fired: impl Iterator<Item = (&'n str, Vec<String>)>) -> Answer {
    let [Level::Highest(grade), Level::AllThatApply(referrals)] = outcome.0[..] else {
        panic!("a grade and referrals, not {outcome:?}")
    };
    let number = |name: &str| rule_number(name).expect("one of the rules");
    // heedful has its rules in the order of their names.
    let mut fired: Vec<_> = fired.map(|(rule, evidence)| (number(rule), evidence)).collect();
    fired.sort_unstable();
    let (fired, evidence) = fired.into_iter().unzip();
    Answer { grade: grade as u8, referrals: referrals as u8, fired, evidence: Some(evidence) }
}
