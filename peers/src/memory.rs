//! Counts what is allocated: how often on the thread that measures, and what the whole process keeps.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// The system's allocator, with a count kept for each thread so that counting costs peers next to nothing.
pub struct Counting;

#[derive(Clone, Copy, Default)]
pub struct Allocated {
    pub times: u64,
    pub bytes: u64,
}

thread_local! {
    static ALLOCATED: Cell<Allocated> = const { Cell::new(Allocated { times: 0, bytes: 0 }) };
}

/// What this thread has allocated so far.
pub fn allocated() -> Allocated {
    ALLOCATED.get()
}

impl Allocated {
    pub fn since(self, before: Self) -> Self {
        Self { times: self.times - before.times, bytes: self.bytes - before.bytes }
    }
}

/// Whether bytes are counted that are not given back. It is on only while a policy is loaded, where threads may help each
/// other; elsewhere it would slow down those who allocate.
static WATCHED: AtomicBool = AtomicBool::new(false);
static KEPT: AtomicI64 = AtomicI64::new(0);

/// What comes of `work`, and how many of the bytes that it allocates, on any thread, are not given back by its end.
pub fn kept<T>(work: impl FnOnce() -> T) -> (T, i64) {
    let before = KEPT.load(Ordering::Relaxed);
    WATCHED.store(true, Ordering::Relaxed);
    let done = work();
    WATCHED.store(false, Ordering::Relaxed);
    (done, KEPT.load(Ordering::Relaxed) - before)
}

fn note(times: u64, more: usize, less: usize) {
    if WATCHED.load(Ordering::Relaxed) {
        KEPT.fetch_add(more as i64 - less as i64, Ordering::Relaxed);
    }
    // A thread that is ending has no count any more.
    let _ = ALLOCATED.try_with(|count| {
        let Allocated { times: so_far, bytes } = count.get();
        count.set(Allocated { times: so_far + times, bytes: bytes + more as u64 });
    });
}

// SAFETY: everything is left to the system's allocator; the count is a plain cell that allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size(), 0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size(), 0);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(0, 0, layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(1, size, layout.size());
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// The most memory that this process has had, in KiB, where the system says so.
pub fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
