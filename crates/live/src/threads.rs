//! Threads for the library's work on large sets of files: scoped ones, which end with the work that they were begun for.

use heedful::workers::{Job, Workers};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::thread::{Builder, available_parallelism, scope};

/// At most so many threads at a time, that of the caller among them.
#[derive(Clone, Copy, Debug)]
pub struct Threads(pub NonZero<usize>);

impl Default for Threads {
    /// One for each processor.
    fn default() -> Self {
        Self(available_parallelism().unwrap_or(NonZero::<usize>::MIN))
    }
}

impl Workers for Threads {
    fn count(&self) -> usize {
        self.0.get()
    }

    fn run(&self, jobs: Vec<Job<'_>>) {
        let others = self.count().min(jobs.len()).saturating_sub(1);
        let jobs = Mutex::new(jobs.into_iter());
        let work = || {
            while let Some(job) = next(&jobs) {
                job();
            }
        };
        scope(|scope| {
            // A machine that has no thread to give still has this one.
            let begun: Vec<_> = (0..others).map_while(|_| Builder::new().spawn_scoped(scope, work).ok()).collect();
            work();
            for thread in begun {
                thread.join().unwrap_or_else(|cause| resume_unwind(cause));
            }
        });
    }
}

/// The next piece of work. It is done once the others may take theirs again.
fn next<'s>(jobs: &Mutex<std::vec::IntoIter<Job<'s>>>) -> Option<Job<'s>> {
    jobs.lock().ok()?.next()
}
