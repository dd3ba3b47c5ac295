//! Events and a policy -> the case of each call, in the order of time, as `decide` takes it.

use crate::maker::CaseMaker;
use heedful::engine::Snapshot;
use heedful::horizon::Horizon;
use heedful::time::Instant;
use heedful_history::EventStore;
use std::io;

/// Hands on the JSON of each case from a moment on, or of all, with the records within a horizon, as long as `take` says to go on. Where the
/// policy looks at its own earlier decisions, every call is decided on the way.
///
/// # Errors
/// When `take` fails, or a case that was gathered cannot be read.
pub fn each_case(
    policy: &Snapshot,
    horizon: &Horizon,
    store: &EventStore,
    from: Option<Instant>,
    mut take: impl FnMut(&str) -> io::Result<bool>,
) -> io::Result<()> {
    let looks_back = store.decisions_within(horizon).is_some();
    let mut maker = CaseMaker::new(policy, store, horizon);
    let mut evaluator = policy.evaluator();
    let first = store.calls_from(from).start;
    for (number, call) in store.calls().enumerate().skip(if looks_back { 0 } else { first }) {
        if number >= first && !take(maker.json(call))? {
            break;
        }
        if looks_back {
            maker
                .decided(call, |case| evaluator.judge(case), |judged| (&judged.outcome, &judged.fired))
                .map_err(io::Error::other)?;
        }
    }
    Ok(())
}
