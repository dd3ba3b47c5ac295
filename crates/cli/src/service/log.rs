//! `--log` -> lines of JSON on standard error, which hold ids only.

use clap::ValueEnum;
use tracing::Level;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

/// How much is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogArg {
    /// What needs somebody
    Error,
    /// What somebody should look at, too
    Warn,
    /// Each request in one line, start, end, and what goes live, too
    Info,
    /// What helps to find a mistake, too
    Debug,
    /// Everything
    Trace,
}

/// Begins to log. What was logged is written once the answer is dropped.
pub(super) fn begin(level: LogArg) -> WorkerGuard {
    let level = match level {
        LogArg::Error => Level::ERROR,
        LogArg::Warn => Level::WARN,
        LogArg::Info => Level::INFO,
        LogArg::Debug => Level::DEBUG,
        LogArg::Trace => Level::TRACE,
    };
    // Whoever reads the log may stop reading. Lines are lost then, and calls are decided.
    let (writer, guard) =
        NonBlockingBuilder::default().lossy(true).thread_name("heedful-log").finish(std::io::stderr());
    // Libraries know nothing of what may not be logged, so from them come warnings alone.
    let levels = Targets::new().with_default(level.min(Level::WARN)).with_target("heedful", level);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(writer).with_target(false);
    let subscriber = tracing_subscriber::registry().with(levels).with(lines);
    // Another that was set before is as good.
    let _ = tracing::subscriber::set_global_default(subscriber);
    guard
}
