//! The numbers of calls -> what workers made of them: the calls shared out among threads, each with a worker of its own.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many calls a worker takes at once.
const CHUNK: usize = 256;

/// Hands every number to one of the workers, one for each thread, and gives what each of them made in the end. Which worker has which number
/// is nobody's concern: what they make together must not depend on it.
///
/// # Errors
/// What the work on the first number came to that failed.
pub(crate) fn share_out<W, T: Send>(
    numbers: Range<usize>,
    threads: usize,
    worker: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, usize) -> Result<(), String> + Sync,
    finish: impl Fn(W) -> T + Sync,
) -> Result<Vec<T>, String> {
    let next = AtomicUsize::new(numbers.start);
    let threads = threads.clamp(1, numbers.len().div_ceil(CHUNK).max(1));
    let run = || {
        let mut worker = worker();
        loop {
            let start = next.fetch_add(CHUNK, Ordering::Relaxed);
            if start >= numbers.end {
                return Ok(finish(worker));
            }
            for number in start..(start + CHUNK).min(numbers.end) {
                if let Err(why) = work(&mut worker, number) {
                    // Nobody needs to go on.
                    next.store(numbers.end, Ordering::Relaxed);
                    return Err((number, why));
                }
            }
        }
    };
    let done: Vec<Result<T, (usize, String)>> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let own = run();
        let others =
            others.into_iter().map(|worker| worker.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)));
        std::iter::once(own).chain(others).collect()
    });
    let (mut made, mut first): (Vec<T>, Option<(usize, String)>) = (Vec::new(), None);
    for worker in done {
        match worker {
            Ok(part) => made.push(part),
            Err(failed) if first.as_ref().is_none_or(|first| failed.0 < first.0) => first = Some(failed),
            Err(_) => {}
        }
    }
    first.map_or(Ok(made), |(_, why)| Err(why))
}
