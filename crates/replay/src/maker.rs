//! Events and a policy -> the case of one call after the other, and of what was decided the records that later cases hold.

use heedful::engine::{RuleId, Snapshot};
use heedful::horizon::Horizon;
use heedful::model::{Case, Outcomes};
use heedful::wire::{Document, Reader, Reading};
use heedful_history::{Call, EventStore, Gatherer};

/// Makes the cases of one policy, with memory that is used again for each.
pub(crate) struct CaseMaker<'a> {
    policy: &'a Snapshot,
    gatherer: Gatherer<'a>,
    reader: Reader<'a>,
    text: String,
}

impl<'a> CaseMaker<'a> {
    pub(crate) fn new(policy: &'a Snapshot, store: &'a EventStore, horizon: &'a Horizon) -> Self {
        let (vocabulary, zone) = (policy.vocabulary(), policy.zone());
        Self {
            policy,
            gatherer: Gatherer::new(store, horizon, vocabulary, zone),
            reader: Reader::new(Reading::strict(vocabulary, zone)),
            text: String::new(),
        }
    }

    /// The JSON of a call's case.
    pub(crate) fn json(&mut self, call: Call<'_>) -> &str {
        self.text.clear();
        self.gatherer.case(call, &mut self.text);
        &self.text
    }

    /// A call's case, and what `decide` says of it. Of that, `said` picks what later cases may hold: what certainly comes of the
    /// call, and the rules that apply.
    ///
    /// # Errors
    /// When the case cannot be read.
    pub(crate) fn decided<T>(
        &mut self,
        call: Call<'_>,
        decide: impl FnOnce(&Case) -> T,
        said: impl Fn(&T) -> (&Outcomes, &[RuleId]),
    ) -> Result<(&Case, T), String> {
        self.json(call);
        let Self { policy, gatherer, reader, text } = self;
        let case = reader.read(Document::json_line(text, 1));
        let case = case.map_err(|problems| format!("the case of call {} cannot be read: {problems}", call.id()))?;
        let decision = decide(case);
        let (outcome, fired) = said(&decision);
        gatherer.decided(call, outcome, fired.iter().filter_map(|rule| policy.rule(*rule)));
        Ok((case, decision))
    }
}
