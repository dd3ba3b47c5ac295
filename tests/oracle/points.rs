//! What a score comes to, by going through every answer that is open: its points as they are written, and no steps.

use super::Oracle;
use super::ways::Supposed;
use heedful::check::Score;
use heedful::model::{FactId, Truth, Type, Value};
use heedful::semantics::{Condition, Predicate, Subject, Test, Use};
use std::collections::BTreeSet;

/// The least and the most of some score.
pub struct Reach {
    /// By the steps that are added up.
    pub by_steps: (i64, i64),
    /// By every answer to those questions that points have in common.
    pub by_answers: (i64, i64),
    /// Whether there are so few of them that the two must be the same, where else the first may be wider.
    pub must_agree: bool,
}

impl Oracle<'_> {
    /// Each score as it is without what is presumed.
    pub fn reaches(&self) -> Vec<Reach> {
        self.policy.scores.iter().map(|score| self.open().reach(score)).collect()
    }

    fn reach(&self, score: &Score) -> Reach {
        let mut reach = Reach { by_steps: self.sum(score), by_answers: (0, 0), must_agree: true };
        let mut left: Vec<(i64, &Condition, BTreeSet<FactId>)> = Vec::new();
        for (points, when) in &score.points {
            let mut facts = BTreeSet::new();
            let alone = points.setting.is_none() && self.hangs_on_answers(when, &mut facts);
            left.push((**points, when, if alone { facts } else { BTreeSet::new() }));
        }
        while let Some((points, when, mut facts)) = left.pop() {
            let mut together = vec![(points, when)];
            while let Some(at) = left.iter().position(|(.., other)| !facts.is_disjoint(other)) {
                let (points, when, other) = left.remove(at);
                together.push((points, when));
                facts.extend(other);
            }
            reach.must_agree &= facts.len() <= 2;
            let (least, most) = self.come_to(&together, &facts);
            reach.by_answers = (reach.by_answers.0 + least, reach.by_answers.1 + most);
        }
        reach
    }

    /// Whether a condition asks for nothing but facts of which every answer can be gone through, and with no setting.
    fn hangs_on_answers(&self, when: &Condition, facts: &mut BTreeSet<FactId>) -> bool {
        // What is presumed is added alone: its points may be given beside those of every answer.
        if matches!(when, Condition::Presumed(_)) {
            return false;
        }
        if let Condition::HowMany { number, .. } = when
            && number.setting.is_some()
        {
            return false;
        }
        when.uses().into_iter().all(|used| match used {
            Use::Part(part, None) => self.hangs_on_answers(part, facts),
            Use::Definition(id) => {
                let definition = self.policy.definition(id).expect("checked");
                self.hangs_on_answers(&definition.condition, facts)
            }
            Use::Test(Test { subject: Subject::Fact(fact), predicate }) => {
                facts.insert(*fact);
                let ty = &self.policy.vocabulary.call[fact.index()].ty;
                let few = matches!(ty, Type::YesNo | Type::Choice { .. } | Type::Number { .. } | Type::Duration);
                few && !predicate.form().settings().iter().any(Option::is_some)
                    && !matches!(predicate, Predicate::Same(_))
            }
            _ => false,
        })
    }

    /// The least and the most that points come to, whatever the answers to these facts that are open.
    fn come_to(&self, points: &[(i64, &Condition)], facts: &BTreeSet<FactId>) -> (i64, i64) {
        let mut tests = Vec::new();
        points.iter().for_each(|(_, when)| self.tests(when, &mut tests));
        let mut ways: Vec<Vec<(FactId, Value)>> = vec![Vec::new()];
        for fact in facts.iter().filter(|fact| self.fact(**fact) == Value::Unknown) {
            let values = self.values(*fact, &tests).expect("can be gone through");
            let with = |way: &Vec<_>, value| way.iter().copied().chain([(*fact, value)]).collect::<Vec<_>>();
            ways = ways.iter().flat_map(|way| values.iter().map(move |value| with(way, *value))).collect();
        }
        let mut all: Option<(i64, i64)> = None;
        for way in ways {
            let supposing = self.supposing(&Supposed::Facts(way));
            let (mut low, mut high) = (0, 0);
            for (points, when) in points {
                match supposing.condition(when, None) {
                    Truth::Yes => (low, high) = (low + points, high + points),
                    Truth::Unknown => high += points,
                    Truth::No => {}
                }
            }
            all = Some(all.map_or((low, high), |(least, most)| (least.min(low), most.max(high))));
        }
        all.expect("a way at least")
    }

    fn tests(&self, when: &Condition, found: &mut Vec<Condition>) {
        for used in when.uses() {
            match used {
                Use::Part(part, _) => self.tests(part, found),
                Use::Definition(id) => self.tests(&self.policy.definition(id).expect("checked").condition, found),
                Use::Test(test) => found.push(Condition::Test(test.clone())),
                _ => {}
            }
        }
    }
}
