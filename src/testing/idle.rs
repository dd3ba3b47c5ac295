//! An expectation -> why it can tell nothing, whatever the rules of the policy say of the case.

use super::expect::{Expectation, Expected};
use super::fault::TestFault;
use super::judge::is_in_force;
use super::wanted::Wanted;
use crate::engine::Snapshot;
use crate::eval::nothing_said;
use crate::model::{Case, Level, OutcomeId, Outcomes};

/// The expectations that cannot fail.
pub(super) fn idle(expectations: &[Expectation], case: &Case, policy: &Snapshot) -> Vec<TestFault> {
    let idle = Idle { case, policy, least: nothing_said(policy.program(), case) };
    let fault = |it: &Expectation| idle.why(&it.what).map(|why| TestFault::new(it.at, why));
    expectations.iter().filter_map(fault).collect()
}

struct Idle<'i> {
    case: &'i Case,
    policy: &'i Snapshot,
    /// The outcome before any rule has spoken. Rules only ever add to it.
    least: Outcomes,
}

impl Idle<'_> {
    fn why(&self, what: &Expected) -> Option<String> {
        let rule = match what {
            Expected::Rule(rule, _)
            | Expected::Because(rule, _)
            | Expected::Evidence(rule, _)
            | Expected::Adds(rule, ..) => Some(rule),
            _ => None,
        };
        if let Some(rule) = rule.filter(|rule| !is_in_force(rule, self.case.at, self.policy)) {
            return Some(format!(
                "rule `{rule}` is not in force at the time of this call, so it cannot apply whatever else is so; move \
                 `at`, or write `not in force` where its dates are what is tested"
            ));
        }
        match what {
            Expected::Outcome(id, wanted) | Expected::Possible(id, wanted) => {
                self.outcome(*id, *wanted, self.least(*id)?)
            }
            // Where something else is said while no rule speaks, a rule may add the lowest or nothing.
            Expected::Adds(_, id, _) if self.is_told_apart(*id) => None,
            Expected::Adds(_, id, wanted) => self.outcome(*id, *wanted, self.least(*id)?.least()),
            Expected::Changes(_, outcomes) => {
                outcomes.iter().find_map(|(id, wanted)| self.outcome(*id, *wanted, self.least(*id)?))
            }
            _ => None,
        }
    }

    fn is_told_apart(&self, id: OutcomeId) -> bool {
        let outcome = self.policy.vocabulary().outcomes.get(id.index());
        outcome.is_some_and(|outcome| outcome.unassessed.is_some())
    }

    fn least(&self, id: OutcomeId) -> Option<Level> {
        self.least.level(id)
    }

    fn outcome(&self, id: OutcomeId, wanted: Wanted, least: Level) -> Option<String> {
        wanted.always_holds(least, id, self.policy).then(|| {
            let name = self.policy.vocabulary().outcomes.get(id.index()).map_or("", |outcome| outcome.name.as_str());
            let wanted = wanted.in_words(id, self.policy);
            format!(
                "{name} is {wanted} here whatever the rules say, so this cannot fail; expect what a rule makes of it"
            )
        })
    }
}
