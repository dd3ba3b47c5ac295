//! Calls and a policy -> the case of each, in the order of time, as `decide` takes it.

use crate::maker::CaseMaker;
use heedful::engine::{Evaluator, Snapshot};
use heedful::horizon::Horizon;
use heedful_history::{Call, EventStore};
use std::io;

/// What takes the text of each case.
pub type TakeCase<'w> = &'w mut dyn FnMut(&str) -> io::Result<()>;

/// Makes the texts of cases. Where the policy looks at its own earlier decisions, every call is decided on the way.
pub(crate) struct CaseTexts<'a> {
    maker: CaseMaker<'a>,
    evaluator: Evaluator<'a>,
    horizon: &'a Horizon,
    text: String,
}

impl<'a> CaseTexts<'a> {
    /// Of cases with the records within a horizon.
    pub(crate) fn new(policy: &'a Snapshot, horizon: &'a Horizon) -> Self {
        let maker = CaseMaker::new(policy, horizon);
        Self { maker, evaluator: policy.evaluator(), horizon, text: String::new() }
    }

    /// Goes on to a call, and gives the text of its case where that is wanted.
    pub(crate) fn next(&mut self, call: Call<'_>, store: &EventStore, is_wanted: bool) -> Option<&str> {
        let Self { maker, evaluator, horizon, text } = self;
        if is_wanted {
            maker.json(call, text);
        }
        if store.decisions_within(horizon).is_some() {
            maker.decided(
                call,
                |case| evaluator.judge(case),
                |judged| (&judged.outcome, [&judged.fired, &judged.presumed]),
            );
        }
        is_wanted.then_some(&**text)
    }
}

/// Hands on the JSON of the case of each call that a store keeps, with the records within a horizon, as long as `take` says to go on.
///
/// # Errors
/// When `take` fails.
pub fn each_case(
    policy: &Snapshot,
    horizon: &Horizon,
    store: &EventStore,
    mut take: impl FnMut(&str) -> io::Result<bool>,
) -> io::Result<()> {
    let mut texts = CaseTexts::new(policy, horizon);
    for call in store.calls() {
        if let Some(text) = texts.next(call, store, true)
            && !take(text)?
        {
            break;
        }
    }
    Ok(())
}
