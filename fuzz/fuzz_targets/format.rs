//! Any file that parses: what is printed parses to the same tree, and printing that changes nothing.

#![no_main]

use heedful::syntax::{parse, print};
use heedful::text::{Severity, Source, SourceId, read_source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (source, problems) = read_source(SourceId(0), "fuzz.heed", data);
    if !problems.is_empty() {
        return;
    }
    let (file, problems) = parse(&source);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return;
    }
    let printed = print(&file);
    let (again, problems) = parse(&Source::new(SourceId(0), "printed.heed", printed.as_str()));
    let errors: Vec<_> = problems.iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "what is printed parses: {errors:#?}\n{printed}");
    assert!(again == file, "what is printed says the same:\n{printed}");
    let twice = print(&again);
    assert!(twice == printed, "printing changes nothing the second time:\n{printed}\n---- and then\n{twice}");
});
