//! Any bytes as files beside the shipped vocabulary: loading answers, and a policy that loads decides every case,
//! the same way each time.

#![no_main]

use heedful::engine::load;
use heedful::model::Case;
use heedful::report::{self, View};
use heedful::wire::{InputFormat, Reading, documents, write_decision};
use heedful_fuzz::{assert_sound, beside_vocabulary, shipped};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let policy = shipped();
    let reading = Reading::strict(policy.vocabulary(), policy.zone());
    let read = |form, text| {
        let (found, broken) = documents(form, text);
        assert_eq!(broken, None);
        found.into_iter().map(move |document| document.read(reading).expect("a shipped example is a case"))
    };
    let json = read(InputFormat::Json, include_str!("../../examples/repeat-calls-in-one-night.json"));
    let yaml = read(InputFormat::Yaml, include_str!("../../examples/counter-allegation.yaml"));
    json.chain(yaml).collect()
});

fuzz_target!(|data: &[u8]| {
    let inputs = beside_vocabulary(data);
    let load = load(&inputs);
    assert_sound(&load.diagnostics, &load.sources);
    // The cases were read against the shipped vocabulary, so they say nothing about a policy that has another.
    for policy in load.policies.iter().filter(|policy| policy.vocabulary() == shipped().vocabulary()) {
        for case in CASES.iter() {
            let decision = policy.decide(case);
            for view in [View::Handler, View::Specialist] {
                report::decision(&decision, policy, view, false);
            }
            let write = |decision| {
                let mut written = Vec::new();
                write_decision(&mut written, decision, policy).expect("writing to memory");
                written
            };
            assert!(write(&decision) == write(&policy.decide(case)), "the same case is decided the same way");
        }
    }
});
