//! A request -> what becomes known of it while it is answered: who asks, and about which case; for the record and for the log.

use crate::callers::Caller;
use std::future::Future;
use std::sync::{Arc, OnceLock};

tokio::task_local! {
    static ASKED: Arc<Asked>;
}

/// What is known of the request that is being answered.
#[derive(Default)]
pub(crate) struct Asked {
    caller: OnceLock<Caller>,
    case: OnceLock<String>,
}

impl Asked {
    /// Answers a request, of which `self` is then told.
    pub(crate) async fn during<T>(self: Arc<Self>, answering: impl Future<Output = T>) -> T {
        ASKED.scope(self, answering).await
    }

    /// The name of who asks; empty where nobody is asked for it.
    pub(crate) fn by(&self) -> &str {
        self.caller.get().map_or("", Caller::name)
    }

    /// Its case, or how many; empty where it is about none.
    pub(crate) fn case(&self) -> &str {
        self.case.get().map_or("", String::as_str)
    }
}

/// Notes who asks.
pub(crate) fn note_caller(caller: &Caller) {
    let _ = ASKED.try_with(|asked| asked.caller.set(caller.clone()));
}

/// Notes about which case the request is; what is noted first stays.
pub(crate) fn note_case(case: &str) {
    let _ = ASKED.try_with(|asked| asked.case.get_or_init(|| case.to_owned()).len());
}

/// Who asks; none where nobody is asked for it.
pub(crate) fn caller() -> Option<Caller> {
    ASKED.try_with(|asked| asked.caller.get().cloned()).ok().flatten()
}
