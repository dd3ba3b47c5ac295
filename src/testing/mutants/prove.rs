//! Two cores -> whether no case can tell them apart, by looking at every case that could.
//!
//! A question to a fact is asked for one value from each stretch of values between which no question can tell. What is
//! counted or looked up in the history is taken as an answer that may be anything, the same for both rules. If both
//! rules then always answer alike, they do so in every case. If not, nothing is proved.

use crate::check::{Definition, Policy};
use crate::compile::compile;
use crate::eval::{RuleSeen, rules_seen};
use crate::model::{FactId, Field, Truth, Type};
use crate::proof::witness::{Sketch, Val, When};
use crate::semantics::predicates::Is;
use crate::semantics::{Condition, DefinitionId, Predicate, Subject, Test};
use crate::testing::boundaries::edges;
use crate::testing::forms::{FormId, FormNode, Forms};
use crate::testing::normal_form::NormalForm;
use crate::text::{SourceId, Span};
use crate::time::{Instant, Length};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More cases than this are not looked at.
const MOST: usize = 60_000;

/// Whether two rules answer every case alike. `None` when that was not decided.
pub(super) fn always_alike(policy: &Policy, forms: &Forms<'_>, one: &NormalForm, other: &NormalForm) -> Option<bool> {
    if !one.differs_in_condition_alone(other) {
        return None;
    }
    let mut rules = policy.rules.get(..1)?.to_vec();
    rules.extend_from_within(..);
    let bare = Policy { rules: Vec::new(), definitions: Vec::new(), ..policy.clone() };
    let mut abstraction =
        Abstraction { policy: bare, forms, facts: BTreeMap::new(), free: BTreeMap::new(), shared: HashMap::new() };
    for (rule, core) in rules.iter_mut().zip([one, other]) {
        rule.when = abstraction.condition(core.when);
        (rule.presumed, rule.trial) = (core.presumed, false);
        (rule.from, rule.until) = (None, None);
        rule.suspension = None;
        rule.effects = Arc::default();
        rule.because.clear();
    }
    abstraction.policy.rules = rules;
    abstraction.alike()
}

struct Abstraction<'f, 'b> {
    /// With a fact more for each answer that may be anything, and a definition for each form.
    policy: Policy,
    forms: &'f Forms<'b>,
    /// The questions to each fact.
    facts: BTreeMap<FactId, Vec<Predicate>>,
    free: BTreeMap<FormId, FactId>,
    /// Only looked up in, never walked.
    shared: HashMap<FormId, DefinitionId>,
}

impl Abstraction<'_, '_> {
    fn condition(&mut self, id: FormId) -> Condition {
        if let Some(known) = self.shared.get(&id) {
            return Condition::Defined(*known);
        }
        let forms = self.forms;
        let mut all = |parts: &[FormId]| parts.iter().map(|part| self.condition(*part)).collect();
        let condition = match forms.get(id) {
            Some(FormNode::All(parts)) => Condition::All(all(parts)),
            Some(FormNode::Any(parts)) => Condition::Any(all(parts)),
            Some(FormNode::HowMany { comparison, number, of }) => {
                Condition::HowMany { comparison: *comparison, number: (*number).into(), of: all(of) }
            }
            Some(FormNode::Not(part)) => Condition::Not(Box::new(self.condition(*part))),
            Some(FormNode::Test(test)) => match test {
                Test { subject: Subject::Fact(fact), predicate } if predicate.form().is_settled_by_marks() => {
                    self.facts.entry(*fact).or_default().push(predicate.clone());
                    Condition::Test(test.clone())
                }
                _ => self.anything(id),
            },
            Some(FormNode::Other(_)) | None => self.anything(id),
        };
        let definitions = &mut self.policy.definitions;
        let known = DefinitionId(u32::try_from(definitions.len()).unwrap_or(u32::MAX));
        let (name, policy, at) = (String::new(), String::new(), Span::new(SourceId(0), 0, 0));
        definitions.push(Definition { name, condition, policy, at });
        self.shared.insert(id, known);
        Condition::Defined(known)
    }

    /// A question whose answer may be anything.
    fn anything(&mut self, id: FormId) -> Condition {
        let call = &mut self.policy.vocabulary.call;
        let fact = *self.free.entry(id).or_insert_with(|| {
            let name = format!("anything-{}", call.len());
            call.push(Field { name, ty: Type::YesNo, help: String::new(), ask: None, words: BTreeMap::new() });
            FactId(u16::try_from(call.len() - 1).unwrap_or(u16::MAX))
        });
        Condition::Test(Test { subject: Subject::Fact(fact), predicate: Is(true).into() })
    }

    fn alike(&self) -> Option<bool> {
        let mut values: Vec<(FactId, Vec<Val>)> = Vec::new();
        for (fact, predicates) in &self.facts {
            values.push((*fact, self.values(*fact, predicates)?));
        }
        let answers = vec![Val::Unknown, Val::YesNo(true), Val::YesNo(false)];
        values.extend(self.free.values().map(|fact| (*fact, answers.clone())));
        let count = values.iter().try_fold(1usize, |count, (_, values)| count.checked_mul(values.len()));
        if count.is_none_or(|count| count > MOST) {
            return None;
        }
        let program = compile(&self.policy);
        let vocabulary = &self.policy.vocabulary;
        let mut sketch = Sketch::plain(vocabulary, Instant(1_773_237_600));
        sketch.call.clear();
        for number in 0..count? {
            let mut rest = number;
            for (fact, values) in &values {
                if let Some(value) = values.get(rest % values.len()) {
                    sketch.call.insert(*fact, value.clone());
                }
                rest /= values.len();
            }
            let case = sketch.case(vocabulary, &self.policy.zone);
            let seen = rules_seen(&self.policy, &program, &case, &[0, 1]);
            let [one, other] = seen.as_slice() else { return None };
            if state(one) != state(other) {
                return None;
            }
        }
        Some(true)
    }

    /// One value of each stretch between which the questions cannot tell; `None` when there are too many.
    fn values(&self, fact: FactId, predicates: &[Predicate]) -> Option<Vec<Val>> {
        let field = self.policy.vocabulary.call.get(fact.index())?;
        let mut values = vec![Val::Unknown];
        match &field.ty {
            Type::YesNo => values.extend([Val::YesNo(true), Val::YesNo(false)]),
            Type::Choice { values: all, .. } => values.extend((0u16..).take(all.len()).map(Val::Choice)),
            Type::Flags { .. } => {
                let asked = predicates.iter().fold(0u64, |bits, predicate| bits | predicate.flags());
                if asked.count_ones() > 8 {
                    return None;
                }
                // Every subset of the flags that are asked about.
                let mut subset = asked;
                loop {
                    values.push(Val::Flags(subset));
                    if subset == 0 {
                        break;
                    }
                    subset = (subset - 1) & asked;
                }
            }
            Type::Number { .. } | Type::Duration => {
                let numbers = predicates.iter().flat_map(Predicate::numbers);
                let numbers = numbers.flat_map(|number| [number - 1, number, number + 1]);
                let held = |number| match field.ty {
                    Type::Duration => Val::Duration(number),
                    _ => Val::Number(number),
                };
                values.extend(numbers.map(held));
            }
            Type::Time { or_none } => {
                // Which of two spans is the longer may depend on the day, so that one day's order proves nothing.
                let mut spans: Vec<Length> = predicates.iter().flat_map(Predicate::spans).collect();
                spans.dedup();
                if spans.len() > 1 {
                    return None;
                }
                values.extend(or_none.then_some(Val::None));
                let far = [When::shifted(-4_000_000_000), When::shifted(4_000_000_000), When::shifted(-90)];
                values.extend(predicates.iter().flat_map(edges).chain(far).map(Val::Time));
            }
            _ => return None,
        }
        values.dedup();
        Some(values)
    }
}

/// What a rule does: fires, may fire, or does not.
fn state(seen: &RuleSeen) -> (bool, bool) {
    (seen.fires(), seen.truth == Truth::Unknown)
}
