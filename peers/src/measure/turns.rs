//! What is compared is timed in turns, so that what else the machine does meets all of it alike.

use crate::clock::{median, nanoseconds};

/// Several ways of doing something, each timed on the same calls in round after round.
///
/// Whatever else is at work only ever adds to a time, so of the rounds the fastest counts.
pub struct Turns {
    /// For each way and call the fastest so far, in nanoseconds.
    fastest: Vec<Vec<f64>>,
}

impl Turns {
    pub fn new(ways: usize, calls: usize) -> Self {
        Self { fastest: vec![vec![f64::INFINITY; calls]; ways] }
    }

    /// Times every call in every way, one way right after the other. `run` is given the way and the call.
    pub fn round(&mut self, mut run: impl FnMut(usize, usize)) {
        let calls = self.fastest.first().map_or(0, Vec::len);
        for call in 0..calls {
            for way in 0..self.fastest.len() {
                self.time(way, call, || run(way, call));
            }
        }
    }

    /// Times one way once more.
    pub fn time(&mut self, way: usize, call: usize, run: impl FnMut()) {
        let fastest = &mut self.fastest[way][call];
        *fastest = fastest.min(nanoseconds(run));
    }

    /// What a way takes in the median of calls; `None` where it was not timed.
    pub fn median(&self, way: usize) -> Option<f64> {
        let timed: Vec<f64> = self.fastest[way].iter().copied().filter(|took| took.is_finite()).collect();
        (!timed.is_empty()).then(|| median(timed))
    }

    /// The same for each way.
    pub fn medians(self) -> Vec<Option<f64>> {
        (0..self.fastest.len()).map(|way| self.median(way)).collect()
    }
}
