//! What came of comparing two policies: for each part of the outcome what is proved, what a call shows, and what is open.

use super::certificate::Certificate;
use super::witness::Sketch;
use crate::model::{Level, OutcomeId};
use crate::text::joined;

/// What came of comparing two policies over every call there can be.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// For each part of the outcome, in the order of the vocabulary.
    pub parts: Vec<PartComparison>,
    /// Whether they could not be compared at all, and why.
    pub not_compared: Option<String>,
}

/// What came of one part of the outcome.
#[derive(Clone, Debug)]
pub struct PartComparison {
    /// Which part it is.
    pub outcome: OutcomeId,
    /// Whether the second policy ever gives less than the first.
    pub lower: Verdict,
    /// Whether it ever gives more.
    pub higher: Verdict,
}

/// Whether something ever is so.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The calls in which it is, one for each rule that makes it so.
    pub calls: Vec<Difference>,
    /// What was not found out.
    pub not_settled: Vec<NotSettled>,
    /// How many questions were proved.
    pub proved: usize,
    /// How many of these needed no solver, since the other policy has a rule of the same condition that gives as much.
    pub alike: usize,
    /// What proves the others, where that was asked for.
    pub certificates: Vec<CertifiedRule>,
}

/// A question that was not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSettled {
    /// The rule that gives more, as far as is known.
    pub rule: String,
    /// Why it was not found out.
    pub why: String,
    /// With what it is enough for that, where it is not by itself.
    pub together: Option<Together>,
}

/// What rules are enough for between them, whatever a thing turns out to be that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// The name of the thing.
    pub name: String,
    /// What it is: "the fact `injury`".
    pub what: String,
    /// The other rules.
    pub with: Vec<String>,
}

/// What proves of a rule that nothing it gives is ever missing.
#[derive(Clone, Debug)]
pub struct CertifiedRule {
    /// The rule.
    pub rule: String,
    /// The proof.
    pub certificate: Certificate,
}

/// A call that two policies answer otherwise.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The rule that gives more.
    pub rule: String,
    /// The call.
    pub call: Sketch,
    /// What the policy of that rule gives, and what the other does.
    pub more: Level,
    /// What the other policy gives.
    pub less: Level,
    /// With what the rule is enough for that, where it is not by itself.
    pub together: Option<Together>,
}

/// What came of one rule of the first policy.
#[derive(Clone, Copy, Debug)]
pub enum RuleVerdict<'c> {
    /// Wherever it gives something, the second policy gives as much: proved.
    Never,
    /// Not in this call.
    Call(&'c Difference),
    /// Why that was not found out.
    NotSettled(&'c str),
}

impl Comparison {
    /// Two policies that cannot be compared at all, and why.
    pub fn not_compared(why: String) -> Self {
        Self { parts: Vec::new(), not_compared: Some(why) }
    }

    /// Whether it is proved that the second policy never gives less.
    pub fn is_never_lower(&self) -> bool {
        self.not_compared.is_none() && self.parts.iter().all(|part| part.lower.is_never())
    }

    /// What came of a rule of the first policy.
    pub fn of_rule(&self, rule: &str) -> RuleVerdict<'_> {
        if let Some(why) = &self.not_compared {
            return RuleVerdict::NotSettled(why);
        }
        let lower = || self.parts.iter().map(|part| &part.lower);
        if let Some(call) = lower().flat_map(|lower| &lower.calls).find(|call| call.rule == rule) {
            return RuleVerdict::Call(call);
        }
        let open = lower().flat_map(|lower| &lower.not_settled).find(|open| open.rule == rule);
        open.map_or(RuleVerdict::Never, |open| RuleVerdict::NotSettled(&open.why))
    }
}

impl Together {
    /// The rules, each in backticks: one of them, and those that it is enough with.
    pub fn rules(&self, rule: &str) -> String {
        joined(&std::iter::once(rule).chain(self.with.iter().map(String::as_str)).collect::<Vec<_>>(), "and")
    }

    /// What the thing is, as it stands in a sentence.
    pub fn thing(&self) -> String {
        self.what.replace('`', "")
    }
}

impl Verdict {
    /// Whether it is proved that it never is so.
    pub fn is_never(&self) -> bool {
        self.calls.is_empty() && self.not_settled.is_empty()
    }

    /// How many questions were asked.
    pub fn asked(&self) -> usize {
        self.proved + self.calls.len() + self.not_settled.len()
    }
}
