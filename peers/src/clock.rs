//! How long something takes.

use std::time::{Duration, Instant};

/// A measurement runs for at least so long, so that reading the clock does not count.
const LONG_ENOUGH: Duration = Duration::from_micros(40);

/// Nanoseconds for one run, after a first one that is not timed unless it is slow.
pub fn nanoseconds(mut run: impl FnMut()) -> f64 {
    let mut runs = 1;
    let started = Instant::now();
    run();
    let first = started.elapsed();
    if first > 100 * LONG_ENOUGH {
        return first.as_nanos() as f64;
    }
    loop {
        let started = Instant::now();
        for _ in 0..runs {
            run();
        }
        let took = started.elapsed();
        if took >= LONG_ENOUGH {
            return took.as_nanos() as f64 / f64::from(runs);
        }
        runs *= 2;
    }
}

/// The middle one; 0 of none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}
