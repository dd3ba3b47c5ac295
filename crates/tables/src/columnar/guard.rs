//! Work of the Parquet library -> what came of it, or that the file is broken where the library takes it at its word and gives up.

use parquet::errors::{ParquetError, Result};
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

static QUIET: Once = Once::new();

/// Does some work with a file. The library checks most of what a file says of itself, and panics over the rest; that is one more way in
/// which a file is broken, and nothing for the terminal.
///
/// # Errors
/// Those of the work, and where the library gave up. What the work had in hand is not to be used after an error.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    QUIET.call_once(|| {
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |cause| {
            if !IS_GUARDED.get() {
                told(cause);
            }
        }));
    });
    let outer = IS_GUARDED.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    IS_GUARDED.set(outer);
    done.unwrap_or_else(|_| Err(ParquetError::General("what it says of itself cannot be so".to_owned())))
}
