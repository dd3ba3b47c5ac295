//! What every engine must come to: the outcome, the rules that fired, and the records that they rest on.

use crate::policy::{GRADES, REFERRALS, RULES, TABLE};
use std::io::Write;
use std::ops::Range;

/// Kept from call to call, so that writing it down takes no memory once it has grown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// A place in [`GRADES`].
    pub grade: u8,
    /// Bits for [`REFERRALS`].
    pub referrals: u8,
    /// Rules by number, in order.
    pub fired: Vec<Fired>,
    /// Places of records in their list, oldest first; each rule that fired has a range of them.
    pub evidence: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    pub rule: u16,
    pub evidence: Range<u32>,
}

impl Verdict {
    pub fn clear(&mut self, given: u8) {
        self.grade = given;
        self.referrals = 0;
        self.fired.clear();
        self.evidence.clear();
    }

    /// A rule fires on the evidence at this range.
    pub fn fire(&mut self, rule: usize, evidence: Range<u32>) {
        let adds = &TABLE[rule % RULES];
        self.grade = self.grade.max(adds.grade);
        self.referrals |= adds.referrals;
        self.fired.push(Fired { rule: rule as u16, evidence });
    }

    /// For an engine that gives no evidence.
    pub fn fire_bare(&mut self, rule: usize) {
        self.fire(rule, 0..0);
    }

    /// The decision as JSON; `id` says what a record of a rule's evidence is called.
    pub fn write<'t>(&self, out: &mut Vec<u8>, case: &str, id: impl Fn(usize, u32) -> &'t str) {
        self.write_with(out, case, |out, fired| {
            out.extend_from_slice(br#","evidence":["#);
            list(out, self.evidence_of(fired), |out, record| quoted(out, id(fired.rule.into(), *record)));
            out.push(b']');
        });
    }

    /// The decision as JSON, of an engine that gives no evidence.
    pub fn write_bare(&self, out: &mut Vec<u8>, case: &str) {
        self.write_with(out, case, |_, _| ());
    }

    fn write_with(&self, out: &mut Vec<u8>, case: &str, evidence: impl Fn(&mut Vec<u8>, &Fired)) {
        out.extend_from_slice(br#"{"case":"#);
        quoted(out, case);
        out.extend_from_slice(br#","outcome":{"grade":"#);
        quoted(out, GRADES[usize::from(self.grade)]);
        out.extend_from_slice(br#","referrals":["#);
        let referrals = REFERRALS.iter().enumerate().filter(|(bit, _)| self.referrals >> bit & 1 == 1);
        list(out, referrals, |out, (_, name)| quoted(out, name));
        out.extend_from_slice(br#"]},"fired":["#);
        list(out, &self.fired, |out, fired| {
            let (rule, variant) = (usize::from(fired.rule) % RULES, usize::from(fired.rule) / RULES);
            // Writing to memory cannot fail.
            let _ = write!(out, r#"{{"rule":"{}-{variant}""#, TABLE[rule].name);
            evidence(out, fired);
            out.push(b'}');
        });
        out.extend_from_slice(b"]}");
    }

    fn evidence_of(&self, fired: &Fired) -> &[u32] {
        &self.evidence[fired.evidence.start as usize..fired.evidence.end as usize]
    }
}

/// A verdict in words that can be compared: evidence as ids, where the engine gives any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub grade: u8,
    pub referrals: u8,
    pub fired: Vec<usize>,
    pub evidence: Option<Vec<Vec<String>>>,
}

impl Answer {
    /// Of an engine that gives no evidence.
    pub fn bare(verdict: &Verdict) -> Self {
        let fired = verdict.fired.iter().map(|fired| usize::from(fired.rule)).collect();
        Self { grade: verdict.grade, referrals: verdict.referrals, fired, evidence: None }
    }

    pub fn with_evidence<'t>(verdict: &Verdict, id: impl Fn(usize, u32) -> &'t str) -> Self {
        let ids = |fired: &Fired| {
            verdict.evidence_of(fired).iter().map(|place| id(fired.rule.into(), *place).to_owned()).collect()
        };
        Self { evidence: Some(verdict.fired.iter().map(ids).collect()), ..Self::bare(verdict) }
    }

    /// Where two answers part.
    pub fn difference(&self, other: &Self) -> String {
        if self.fired != other.fired {
            return format!("it fires {:?}, the others {:?}", other.fired, self.fired);
        }
        if (self.grade, self.referrals) != (other.grade, other.referrals) {
            let said = |answer: &Self| format!("grade {} and referrals {:#b}", answer.grade, answer.referrals);
            return format!("it says {}, the others {}", said(other), said(self));
        }
        let (own, others) = (other.evidence.iter().flatten(), self.evidence.iter().flatten());
        let mut rules = self.fired.iter().zip(own.zip(others)).filter(|(_, (own, others))| own != others);
        match rules.next() {
            Some((rule, (own, others))) => format!("rule {rule} rests on {own:?}, for the others on {others:?}"),
            None => "they say the same".to_owned(),
        }
    }

    /// Whether two engines agree, on all that both of them say.
    pub fn agrees(&self, other: &Self) -> bool {
        let evidence = match (&self.evidence, &other.evidence) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        evidence && (self.grade, self.referrals, &self.fired) == (other.grade, other.referrals, &other.fired)
    }
}

fn list<T>(out: &mut Vec<u8>, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
}

/// Ids and names here hold nothing that JSON would escape.
fn quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}
