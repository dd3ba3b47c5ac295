//! Pieces of work -> their answers, in the order of the pieces: the library starts no thread, so whoever calls says how work is
//! shared out. When a piece is done, and beside which others, changes nothing but the time.

/// A piece of work.
pub type Job<'s> = Box<dyn FnOnce() + Send + 's>;

/// Who does the work of a large set of files.
pub trait Workers: Sync {
    /// How many pieces are done at a time.
    fn count(&self) -> usize;

    /// Does every piece, in any order, and comes back when all are done.
    fn run(&self, jobs: Vec<Job<'_>>);
}

/// One piece after the other, on the thread of whoever calls.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Workers for Sequential {
    fn count(&self) -> usize {
        1
    }

    fn run(&self, jobs: Vec<Job<'_>>) {
        jobs.into_iter().for_each(|job| job());
    }
}

/// The most items of one piece. Tests differ in how long they take, and whoever is done early takes another piece.
const MOST: usize = 16;

/// What the work makes of each item, in their order.
pub(crate) fn map<T: Sync, U: Send>(workers: &dyn Workers, items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    if workers.count() < 2 || items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    let mut answers: Vec<Option<U>> = items.iter().map(|_| None).collect();
    let length = MOST.min(items.len().div_ceil(workers.count()));
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for (items, answers) in items.chunks(length).zip(answers.chunks_mut(length)) {
        jobs.push(Box::new(move || {
            answers.iter_mut().zip(items).for_each(|(answer, item)| *answer = Some(work(item)));
        }));
    }
    workers.run(jobs);
    // What was left undone is done here, so that no answer hangs on who works.
    answers.into_iter().zip(items).map(|(answer, item)| answer.unwrap_or_else(|| work(item))).collect()
}

/// What two pieces of work come to.
pub(crate) fn both<A: Send, B: Send>(
    workers: &dyn Workers,
    one: impl Fn() -> A + Sync,
    other: impl Fn() -> B + Sync,
) -> (A, B) {
    let (mut first, mut second) = (None, None);
    workers.run(vec![Box::new(|| first = Some(one())), Box::new(|| second = Some(other()))]);
    (first.unwrap_or_else(one), second.unwrap_or_else(other))
}

#[cfg(test)]
mod tests {
    use crate::workers::{Job, Sequential, Workers, both, map};

    /// Begins with the last piece, and leaves every third undone.
    struct Contrary;

    impl Workers for Contrary {
        fn count(&self) -> usize {
            3
        }

        fn run(&self, jobs: Vec<Job<'_>>) {
            jobs.into_iter().rev().enumerate().filter(|(at, _)| at % 3 != 2).for_each(|(_, job)| job());
        }
    }

    #[test]
    fn answers_come_in_the_order_of_the_items_whatever_is_done_when() {
        let items: Vec<u32> = (0..100).collect();
        let all: [&dyn Workers; 2] = [&Sequential, &Contrary];
        for workers in all {
            assert_eq!(map(workers, &items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
            assert_eq!(both(workers, || 1, || "two"), (1, "two"));
        }
    }
}
