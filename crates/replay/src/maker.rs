//! A policy -> the case of one call after the other, and of what was decided the records that later cases hold.

use heedful::engine::{RuleId, Snapshot};
use heedful::horizon::Horizon;
use heedful::model::{Case, Outcomes};
use heedful_history::{Call, Gatherer};

/// Makes the cases of one policy, with memory that is used again for each.
pub(crate) struct CaseMaker<'a> {
    policy: &'a Snapshot,
    gatherer: Gatherer<'a>,
}

impl<'a> CaseMaker<'a> {
    pub(crate) fn new(policy: &'a Snapshot, horizon: &'a Horizon) -> Self {
        Self { policy, gatherer: Gatherer::new(horizon, policy.vocabulary(), policy.zone()) }
    }

    /// Writes the JSON of a call's case over what is there.
    pub(crate) fn json(&mut self, call: Call<'_>, text: &mut String) {
        text.clear();
        self.gatherer.case_text(call, text);
    }

    /// A call's case, and what `decide` says of it. Of that, `said` picks what later cases may hold: what certainly comes of the
    /// call, and the rules that apply, with those that do only because of what is presumed: these no record names, since nobody can be
    /// sure that they had to speak.
    pub(crate) fn decided<T>(
        &mut self,
        call: Call<'_>,
        decide: impl FnOnce(&Case) -> T,
        said: impl Fn(&T) -> (&Outcomes, [&[RuleId]; 2]),
    ) -> (&Case, T) {
        let decision = decide(self.gatherer.case(call));
        let (outcome, [fired, presumed]) = said(&decision);
        let certain = fired.iter().filter(|rule| !presumed.contains(rule));
        let policy = self.policy;
        self.gatherer.decided(call, outcome, certain.filter_map(|rule| policy.rule(*rule)));
        (self.gatherer.last(), decision)
    }
}
