//! What rules make certain together (reference, section 6): one unknown thing at a time is supposed to turn out in each
//! way that it may, and what all of these ways give is certain.

use super::Oracle;
use super::decide::raise;
use heedful::check::Rule;
use heedful::model::{FactId, Level, Outcomes, Truth, Type, Value};
use heedful::semantics::predicates::Compare;
use heedful::semantics::{Condition, Count, Predicate, ScoreId, Subject, Test};
use std::collections::BTreeSet;

/// How one unknown thing turns out.
#[derive(Clone, Debug)]
pub(super) enum Supposed {
    Fact(FactId, Value),
    /// Several facts; only to go through what points come to.
    Facts(Vec<(FactId, Value)>),
    /// So many are counted; none at all where there is nothing to count from.
    Count(Count, Option<i64>),
    Sum(ScoreId, i64),
    Condition(Condition, Truth),
}

impl Oracle<'_> {
    /// The same question where one thing is supposed to turn out so.
    pub(super) fn supposing(&self, supposed: &Supposed) -> Self {
        Self { supposed: Some(supposed.clone()), ..self.sharing() }
    }

    /// The answer that is supposed of a condition about the call.
    pub(super) fn supposed_answer(&self, condition: &Condition) -> Option<Truth> {
        match (self.supposed.as_ref()?, condition) {
            (Supposed::Condition(supposed, answer), condition) if self.alike(supposed, condition) => Some(*answer),
            (Supposed::Count(supposed, counted), Condition::Count(count)) if counts_alike(supposed, count) => {
                let holds = counted.map(|counted| count.comparison.holds(counted, *count.number));
                Some(if holds == Some(true) { Truth::Yes } else { Truth::No })
            }
            _ => None,
        }
    }

    /// Whether two conditions are the same, by whatever names they are defined.
    fn alike(&self, one: &Condition, other: &Condition) -> bool {
        let all = |ones: &[Condition], others: &[Condition]| {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| self.alike(one, other))
        };
        match (one, other) {
            (Condition::Defined(id), other) | (other, Condition::Defined(id)) => {
                self.alike(&self.policy.definition(*id).expect("checked").condition, other)
            }
            (Condition::All(ones), Condition::All(others)) | (Condition::Any(ones), Condition::Any(others)) => {
                all(ones, others)
            }
            (Condition::Not(one), Condition::Not(other)) => self.alike(one, other),
            (
                Condition::HowMany { comparison, number, of },
                Condition::HowMany { comparison: how, number: many, of: others },
            ) => (comparison, number) == (how, many) && all(of, others),
            (one, other) => one == other,
        }
    }

    /// What open rules, and effects that are open, give together whatever turns out.
    pub(super) fn together(&self, rules: &[&Rule]) -> Outcomes {
        let mut certain = self.certain(rules);
        let mut conditions = Vec::new();
        for rule in rules {
            self.find_open(&rule.when, &mut conditions);
        }
        for ways in self.unknowns(&conditions) {
            let shared =
                ways.iter().map(|way| self.supposing(way).certain(rules)).reduce(|one, other| both(&one, &other));
            let shared = shared.into_iter().flat_map(|shared| shared.0).enumerate().collect::<Vec<_>>();
            raise(&mut certain, &shared);
        }
        certain
    }

    /// The floor, and what the rules add whose condition is yes.
    fn certain(&self, rules: &[&Rule]) -> Outcomes {
        let mut outcomes = self.floor();
        for rule in rules.iter().filter(|rule| self.rule(rule) == Truth::Yes) {
            raise(&mut outcomes, &self.adds(rule).known);
        }
        outcomes
    }

    /// A condition, and those that it is made of, so far as they are unknown; each once.
    fn find_open(&self, condition: &Condition, found: &mut Vec<Condition>) {
        if self.condition(condition, None) != Truth::Unknown || found.iter().any(|known| self.alike(known, condition)) {
            return;
        }
        found.push(condition.clone());
        match condition {
            Condition::All(parts) | Condition::Any(parts) | Condition::HowMany { of: parts, .. } => {
                parts.iter().for_each(|part| self.find_open(part, found));
            }
            Condition::Not(part) | Condition::Presumed(part) => self.find_open(part, found),
            Condition::Defined(id) => {
                // The definition itself stands for what it says, which was found by its name.
                found.pop();
                self.find_open(&self.policy.definition(*id).expect("checked").condition, found);
            }
            Condition::Score { score, .. } => {
                let score = self.policy.score(*score).expect("checked");
                score.steps.iter().for_each(|(_, point)| self.find_open(point, found));
            }
            _ => {}
        }
    }

    /// For each unknown thing that conditions ask about, the ways in which it may turn out.
    fn unknowns(&self, conditions: &[Condition]) -> Vec<Vec<Supposed>> {
        let mut all = Vec::new();
        for condition in conditions {
            all.push([Truth::Yes, Truth::No].map(|answer| Supposed::Condition(condition.clone(), answer)).to_vec());
            match condition {
                Condition::Test(Test { subject: Subject::Fact(fact), .. }) => {
                    let values = self.values(*fact, conditions);
                    all.extend(
                        values.map(|values| values.into_iter().map(|value| Supposed::Fact(*fact, value)).collect()),
                    );
                }
                Condition::Score { score, .. } => {
                    let (least, most) = self.sum(self.policy.score(*score).expect("checked"));
                    all.push((least..=most).map(|sum| Supposed::Sum(*score, sum)).collect());
                }
                Condition::Count(count) => all.extend(self.counts(count, conditions)),
                _ => {}
            }
        }
        all
    }

    /// The values that an unknown fact may have; `None` of a kind that is not gone through.
    pub(super) fn values(&self, fact: FactId, conditions: &[Condition]) -> Option<Vec<Value>> {
        let numbers = conditions.iter().flat_map(|condition| match condition {
            Condition::Test(Test { subject: Subject::Fact(other), predicate }) if *other == fact => match predicate {
                Predicate::Compare(Compare(_, number)) => vec![**number],
                Predicate::Range(range) => vec![*range.from, *range.to],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        });
        let around: BTreeSet<i64> = numbers.flat_map(|number| [number - 1, number, number + 1]).collect();
        match &self.policy.vocabulary.call[fact.index()].ty {
            Type::YesNo => Some(vec![Value::YesNo(true), Value::YesNo(false)]),
            Type::Choice { values, .. } => Some((0u16..).zip(values).map(|(at, _)| Value::Choice(at)).collect()),
            Type::Flags { values } => Some((0..1 << values.len()).map(Value::Flags).collect()),
            Type::Number { range: Some((from, to)) } => Some((*from..=*to).map(Value::Number).collect()),
            Type::Number { range: None } => Some(around.into_iter().map(Value::Number).collect()),
            Type::Duration => Some(around.into_iter().filter(|number| *number >= 0).map(Value::Duration).collect()),
            _ => None,
        }
    }

    /// How many may be counted, in every reading; more than anybody asks about are all alike.
    fn counts(&self, count: &Count, conditions: &[Condition]) -> Option<Vec<Supposed>> {
        let asked = conditions.iter().filter_map(|condition| match condition {
            Condition::Count(other) if counts_alike(count, other) => Some(*other.number),
            _ => None,
        });
        let enough = asked.max().unwrap_or(0) + 1;
        let mut ways = Vec::new();
        for reading in self.readings(&count.of)? {
            let Some(from) = reading else {
                ways.push(Supposed::Count(count.clone(), None));
                continue;
            };
            let counted = self.how_many(count, &from);
            let most = counted.most.map_or(enough, |most| most.min(enough)).max(counted.least);
            ways.extend((counted.least..=most).map(|number| Supposed::Count(count.clone(), Some(number))));
        }
        Some(ways)
    }
}

fn counts_alike(one: &Count, other: &Count) -> bool {
    (one.different, &one.of, &one.follow) == (other.different, &other.of, &other.follow)
}

/// What two outcomes both reach.
pub fn both(one: &Outcomes, other: &Outcomes) -> Outcomes {
    let pairs = one.0.iter().zip(&other.0).map(|(one, other)| match (*one, *other) {
        (Level::Highest(one), Level::Highest(other)) => Level::Highest(one.min(other)),
        (Level::AllThatApply(one), Level::AllThatApply(other)) => Level::AllThatApply(one & other),
        (Level::Earliest(Some(one)), Level::Earliest(Some(other))) => Level::Earliest(Some(one.max(other))),
        (Level::Earliest(_), Level::Earliest(_)) => Level::Earliest(None),
        // That one side is so does not make the other so.
        (Level::Either(one), Level::Either(other)) => Level::Either(if one == other { one } else { None }),
        (Level::HighestNumber(one), Level::HighestNumber(other)) => Level::HighestNumber(one.min(other)),
        (Level::LowestNumber(one), Level::LowestNumber(other)) => {
            Level::LowestNumber(one.zip(other).map(|(one, other)| one.max(other)))
        }
        (one, other) => panic!("{one:?} and {other:?} are of different outcomes"),
    });
    Outcomes(pairs.collect())
}
