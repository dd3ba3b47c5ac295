//! A request, and who or where it is from -> whether it is answered now, by how many there were lately.

use crate::role::Role;
use governor::clock::MonotonicClock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

/// How many requests each caller may make in a second.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub per_second: NonZeroU32,
    /// What those who have calls decided or tell records may always make in a second of each, if that is more: the peak that was agreed
    /// with them.
    pub decide_peak: NonZeroU32,
}

type By<K> = RateLimiter<K, HashMapStateStore<K>, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

/// The requests that callers have made lately.
pub(crate) struct RateLimit {
    decide: By<String>,
    /// A call that is decided is told of, too, so it is as many; and a feed that catches up keeps no call waiting.
    feed: By<String>,
    others: By<String>,
}

impl RateLimit {
    pub(crate) fn new(rate: Rate) -> Self {
        // A peak may end one second and begin the next, so what two seconds allow may come at once.
        let limiter = |most: NonZeroU32| {
            let quota = Quota::per_second(most).allow_burst(most.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
            RateLimiter::hashmap_with_clock(quota, MonotonicClock)
        };
        let peak = rate.per_second.max(rate.decide_peak);
        Self { decide: limiter(peak), feed: limiter(peak), others: limiter(rate.per_second) }
    }

    /// Whether a caller may use a route of this role now. Routes by which calls are decided are counted by themselves, and so are those by
    /// which records are told.
    pub(crate) fn allows(&self, caller: &str, role: Role) -> bool {
        let limiter = match role {
            Role::Decide => &self.decide,
            Role::Feed => &self.feed,
            _ => &self.others,
        };
        limiter.check_key(&caller.to_owned()).is_ok()
    }
}

/// The network of one who asks: their address, or for IPv6 the first half of it, since one customer has all of the second.
pub(crate) fn origin(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// How many addresses are kept in mind before those that were quiet are forgotten.
const MOST_ADDRESSES: usize = 10_000;

/// The requests of nobody who is known, by where they came from. Those of known callers are not counted, wherever they come from.
pub(crate) struct UnknownLimit {
    by_origin: By<IpAddr>,
}

impl UnknownLimit {
    pub(crate) fn new(per_minute: NonZeroU32) -> Self {
        Self { by_origin: RateLimiter::hashmap_with_clock(Quota::per_minute(per_minute), MonotonicClock) }
    }

    /// Whether one more is told that it is not known who asks.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        if self.by_origin.len() >= MOST_ADDRESSES {
            self.by_origin.retain_recent();
        }
        self.by_origin.check_key(&origin(address)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{UnknownLimit, origin};
    use std::net::IpAddr;
    use std::num::NonZeroU32;

    fn at(address: &str) -> IpAddr {
        address.parse().expect("an address")
    }

    #[test]
    fn whoever_has_many_addresses_of_one_network_is_one() {
        assert_eq!(origin(at("2001:db8:1:2:3::4")), origin(at("2001:db8:1:2:ffff::")));
        assert_ne!(origin(at("2001:db8:1:2::")), origin(at("2001:db8:1:3::")));
        assert_eq!(origin(at("::ffff:192.0.2.1")), at("192.0.2.1"));
        let limit = UnknownLimit::new(NonZeroU32::new(2).expect("a number"));
        let allowed = |address| limit.allows(at(address));
        assert!(allowed("2001:db8::1") && allowed("2001:db8::2") && !allowed("2001:db8::3"));
        assert!(allowed("2001:db8:0:1::3") && allowed("192.0.2.1"), "another is not kept waiting by it");
    }
}
