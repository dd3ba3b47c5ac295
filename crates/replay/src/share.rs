//! The numbers of calls -> what workers made of them: the calls shared out among threads, each with a worker of its own.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many calls a worker takes at once.
const CHUNK: usize = 256;

/// Hands every number to one of the workers, one for each thread, and gives what each of them made in the end. Which worker has which number
/// is nobody's concern: what they make together must not depend on it.
pub(crate) fn share_out<W, T: Send>(
    numbers: Range<usize>,
    threads: usize,
    worker: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, usize) + Sync,
    finish: impl Fn(W) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(numbers.start);
    let run = || {
        let mut worker = worker();
        loop {
            let start = next.fetch_add(CHUNK, Ordering::Relaxed);
            if start >= numbers.end {
                return finish(worker);
            }
            (start..(start + CHUNK).min(numbers.end)).for_each(|number| work(&mut worker, number));
        }
    };
    let threads = threads.clamp(1, numbers.len().div_ceil(CHUNK).max(1));
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let own = run();
        let others =
            others.into_iter().map(|worker| worker.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)));
        std::iter::once(own).chain(others).collect()
    })
}
