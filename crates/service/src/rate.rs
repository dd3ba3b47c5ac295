//! A request and who it is from -> whether they may make it now, by how many they may make in a second.

use crate::role::Role;
use governor::clock::MonotonicClock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;

/// How many requests each caller may make in a second.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub per_second: NonZeroU32,
    /// What those who have calls decided may always make in a second, if that is more: the peak that was agreed with them.
    pub decide_peak: NonZeroU32,
}

type ByCaller = RateLimiter<String, HashMapStateStore<String>, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

/// The requests that callers have made lately.
pub(crate) struct RateLimit {
    decide: ByCaller,
    others: ByCaller,
}

impl RateLimit {
    pub(crate) fn new(rate: Rate) -> Self {
        // A peak may end one second and begin the next, so what two seconds allow may come at once.
        let limiter = |most: NonZeroU32| {
            let quota = Quota::per_second(most).allow_burst(most.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
            RateLimiter::hashmap_with_clock(quota, MonotonicClock)
        };
        Self { decide: limiter(rate.per_second.max(rate.decide_peak)), others: limiter(rate.per_second) }
    }

    /// Whether a caller may use a route of this role now. Routes by which calls are decided are counted by themselves.
    pub(crate) fn allows(&self, caller: &str, role: Role) -> bool {
        let limiter = if role == Role::Decide { &self.decide } else { &self.others };
        limiter.check_key(&caller.to_owned()).is_ok()
    }
}
