//! The far ends of spans, remembered: the calendar is asked once for all the moments that have the same answer.

use super::{Instant, Length, Zone};

/// The far end of a span moves with the clock, second for second, until it jumps ([`Zone::next_jump`]). So between two
/// jumps it is a subtraction, and a long run of calls needs the calendar only a few times.
#[derive(Clone, Debug, Default)]
pub struct SpanCache {
    cached: Vec<CachedSpan>,
}

#[derive(Clone, Debug)]
struct CachedSpan {
    length: Length,
    direction: Direction,
    /// The stretch that was asked for last: calls come mostly in the order of time.
    last: Stretch,
    /// In the order of time; they do not overlap.
    stretches: Vec<Stretch>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Back,
    Ahead,
}

/// The moments from `from` to just before `until`, at all of which the far end lies `offset` seconds on.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: Instant,
    until: Instant,
    offset: i64,
}

impl Stretch {
    fn far_end(self, moment: Instant) -> FarEnd {
        FarEnd { at: moment.plus_seconds(self.offset), since: self.from, jumps: self.until }
    }
}

/// The far end of a span, since when it has not jumped, and the first later moment at which it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FarEnd {
    /// Where the span ends.
    pub at: Instant,
    /// The first second since which it has not jumped.
    pub since: Instant,
    /// The first later second at which it may.
    pub jumps: Instant,
}

/// Where the spans of some lengths start that end now. While no start jumps, going on to another moment takes no computing.
#[derive(Clone, Debug)]
pub struct Starts {
    now: Instant,
    /// From when until just before when no start jumps.
    from: Instant,
    until: Instant,
    /// For each length how far its start lies from now in seconds, and when it jumps.
    offsets: Vec<(i64, Instant)>,
}

impl Starts {
    /// Of so many lengths, for no moment yet.
    pub fn new(lengths: usize) -> Self {
        Self { now: Instant::MIN, from: Instant::MAX, until: Instant::MIN, offsets: vec![(0, Instant::MAX); lengths] }
    }

    /// Goes on to a moment. `spans` was made ready for the lengths.
    #[inline]
    pub fn go_to(&mut self, now: Instant, spans: &mut SpanCache, zone: &Zone) {
        self.now = now;
        if !(self.from <= now && now < self.until) {
            self.compute(spans, zone);
        }
    }

    #[cold]
    fn compute(&mut self, spans: &mut SpanCache, zone: &Zone) {
        (self.from, self.until) = (Instant::MIN, Instant::MAX);
        for (known, offset) in spans.cached.iter_mut().zip(&mut self.offsets) {
            let start = known.far_end(zone, self.now);
            *offset = (start.at.0 - self.now.0, start.jumps);
            // A start at the end of all time stays there.
            let moves = Instant::MIN < start.at && start.at < Instant::MAX;
            let since = if moves { start.since } else { Instant::MAX };
            (self.from, self.until) = (self.from.max(since), self.until.min(start.jumps));
        }
    }

    /// The start of the span of the length at this place.
    #[inline]
    pub fn start(&self, place: usize) -> Instant {
        self.offsets.get(place).map_or(Instant::MIN, |(offset, _)| Instant(self.now.0 + offset))
    }

    /// The first later moment at which that start may jump.
    pub fn jumps(&self, place: usize) -> Instant {
        self.offsets.get(place).map_or(Instant::MAX, |(_, jumps)| *jumps)
    }
}

/// More stretches than this of one span are forgotten, so that memory does not grow with the number of calls.
const MAX_STRETCHES: usize = 256;

impl SpanCache {
    /// Ready for spans back over these lengths, whose starts [`Starts`] keeps.
    pub fn of(lengths: &[Length]) -> Self {
        Self { cached: lengths.iter().map(|length| CachedSpan::new(*length, Direction::Back)).collect() }
    }

    /// What [`Zone::before`] gives. All questions to one `SpanCache` must be about one zone.
    pub fn before(&mut self, zone: &Zone, moment: Instant, length: Length) -> FarEnd {
        self.far_end(zone, moment, length, Direction::Back)
    }

    /// What [`Zone::after`] gives.
    pub fn after(&mut self, zone: &Zone, moment: Instant, length: Length) -> FarEnd {
        self.far_end(zone, moment, length, Direction::Ahead)
    }

    fn far_end(&mut self, zone: &Zone, moment: Instant, length: Length, direction: Direction) -> FarEnd {
        let known = self.cached.iter().position(|known| known.length == length && known.direction == direction);
        let known = known.unwrap_or_else(|| {
            self.cached.push(CachedSpan::new(length, direction));
            self.cached.len() - 1
        });
        match self.cached.get_mut(known) {
            Some(known) => known.far_end(zone, moment),
            None => FarEnd { at: moment, since: moment, jumps: Instant::MAX },
        }
    }
}

impl CachedSpan {
    fn new(length: Length, direction: Direction) -> Self {
        // An exact length is all one stretch.
        let last = match (length.exact_seconds(), direction) {
            (None, _) => Stretch { from: Instant::MAX, until: Instant::MIN, offset: 0 },
            (Some(offset), Direction::Ahead) => Stretch { from: Instant::MIN, until: Instant::MAX, offset },
            (Some(offset), Direction::Back) => Stretch { from: Instant::MIN, until: Instant::MAX, offset: -offset },
        };
        Self { length, direction, last, stretches: Vec::new() }
    }

    #[inline]
    fn far_end(&mut self, zone: &Zone, moment: Instant) -> FarEnd {
        if self.last.from <= moment && moment < self.last.until {
            return self.last.far_end(moment);
        }
        self.other_far_end(zone, moment)
    }

    #[cold]
    fn other_far_end(&mut self, zone: &Zone, moment: Instant) -> FarEnd {
        let place = self.stretches.partition_point(|stretch| stretch.until <= moment);
        if let Some(stretch) = self.stretches.get(place).filter(|stretch| stretch.from <= moment) {
            self.last = *stretch;
            return stretch.far_end(moment);
        }
        let at = match self.direction {
            Direction::Back => zone.before(moment, self.length),
            Direction::Ahead => zone.after(moment, self.length),
        };
        let jumps = zone.next_jump(moment, at, self.length);
        if at > Instant::MIN && at < Instant::MAX {
            self.last = Stretch { from: moment, until: jumps, offset: at.0 - moment.0 };
            self.remember(place, self.last);
        }
        FarEnd { at, since: moment, jumps }
    }

    fn remember(&mut self, place: usize, stretch: Stretch) {
        let full = self.stretches.len() >= MAX_STRETCHES;
        match self.stretches.get_mut(place) {
            // The same stretch, met at an earlier moment than before.
            Some(known) if known.until == stretch.until && known.offset == stretch.offset => known.from = stretch.from,
            _ if full => self.stretches = vec![stretch],
            _ => self.stretches.insert(place, stretch),
        }
    }
}
