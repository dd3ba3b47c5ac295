//! Any bytes as a set of policy files: loading answers, every diagnostic points into its file, and can be shown.

#![no_main]

use heedful::engine::load;
use heedful::report;
use heedful::text::Severity;
use heedful_fuzz::{assert_sound, files};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let inputs = files(data);
    let load = load(&inputs);
    assert_sound(&load.diagnostics, &load.sources);
    for diagnostic in load.diagnostics.iter().take(3) {
        report::diagnostic(diagnostic, &load.sources, false);
    }
    if load.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        assert!(load.policies.is_empty(), "a set with an error gives no policy");
    }
});
