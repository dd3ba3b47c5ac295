//! How a set of files is arranged means nothing: their names and order, the order of headings, of a vocabulary's lines and of the
//! files that they stand in, and a policy beside them that nothing is built on.

use crate::generate::case::case;
use crate::generate::policy::policy;
use crate::generate::words::VOCABULARY;
use crate::laws::{each, policies};
use heedful::engine::{self, Input, Load, Snapshot};
use heedful::model::Case;
use heedful::wire;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// The headings of a file, each with the lines under it; the first says what the file is.
fn headings(text: &str) -> Vec<String> {
    let mut headings: Vec<String> = Vec::new();
    for line in text.lines() {
        match headings.last_mut() {
            _ if line.is_empty() || line.starts_with('#') => {}
            Some(last) if line.starts_with(' ') => *last = format!("{last}{line}\n"),
            _ => headings.push(format!("{line}\n")),
        }
    }
    headings
}

/// The lines under a heading that may stand in any order, shuffled: facts, fields and what is skipped.
fn with_lines_shuffled(heading: &str, rank: &mut impl FnMut() -> u32) -> String {
    let lines: Vec<&str> = heading.lines().collect();
    let any_order = ["call", "record", "calendar", "outcome"].iter().any(|word| heading.starts_with(word));
    let (first, rest) = lines.split_first().expect("a heading");
    if !any_order || rest.iter().any(|line| line.starts_with("   ")) {
        return heading.to_owned();
    }
    let mut rest: Vec<(u32, &&str)> = rest.iter().map(|line| (rank(), line)).collect();
    rest.sort_by_key(|(rank, _)| *rank);
    rest.iter().fold(format!("{first}\n"), |text, (_, line)| format!("{text}{line}\n"))
}

/// The same set in other files: headings shuffled, some of them moved to files of their own, all under other names.
fn arranged(files: &[String], seed: u32) -> Vec<Input> {
    let mut state = u64::from(seed) | 1;
    let mut rank = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 33).expect("31 bits")
    };
    let mut parts = Vec::new();
    for file in files {
        let headings = headings(file);
        let (first, rest) = headings.split_first().expect("a heading");
        let mut rest: Vec<(u32, String)> =
            rest.iter().map(|heading| (rank(), with_lines_shuffled(heading, &mut rank))).collect();
        rest.sort();
        let kept = rank() as usize % (rest.len() + 1);
        let title = first.lines().next().expect("a line");
        let part = if title.starts_with("part of") { title.to_owned() } else { format!("part of {title}") };
        let join =
            |rest: &[(u32, String)]| rest.iter().map(|(_, heading)| heading.as_str()).collect::<Vec<_>>().join("\n");
        parts.push(format!("{first}\n{}", join(&rest[..kept])));
        parts.extend(rest[kept..].chunks(2).map(|moved| format!("{part}\n\n{}", join(moved))));
    }
    let mut inputs: Vec<Input> = parts
        .into_iter()
        .map(|text| Input { name: format!("{:08x}.heed", rank()), bytes: text.into_bytes() })
        .collect();
    inputs.sort_by(|one, other| one.name.cmp(&other.name));
    inputs
}

const BESIDE: &str = "policy \"Beside\"\n  tailors \"Base\"\n  set enough to 5 calls\n\nrule beside \"Beside\"\n  when hurt is no\n  then refer to inspector\n  because \"Not hurt\"\n  source \"Invented\"\n";

fn loaded(load: Load) -> BTreeMap<String, Snapshot> {
    let told: Vec<&str> = load.diagnostics.iter().map(|problem| problem.message.as_str()).collect();
    assert!(told.is_empty(), "{told:?}");
    load.policies.into_iter().map(|policy| (policy.name().to_owned(), policy)).collect()
}

/// A decision as it is sent, without the digest. The outcomes stand under their names, so their order is nobody's.
fn sent(policy: &Snapshot, case: &Case) -> Value {
    let mut out = Vec::new();
    wire::push_decision(&mut out, &policy.decide(case), policy);
    let mut value: Value = serde_json::from_slice(&out).expect("a decision");
    value["policy"]["digest"] = Value::Null;
    // Of questions that would settle as much, one asked about an earlier field comes first.
    if let Some(questions) = value["questions"].as_array_mut() {
        questions.sort_by_key(|question| question["about"].to_string());
    }
    value
}

#[test]
fn how_files_are_arranged_means_nothing() {
    let drawn = (policy(), vec(any::<u32>(), 4), vec(case(), 6));
    each(policies(25), &drawn, |(policy, seeds, cases)| {
        let mut files = vec![VOCABULARY.to_owned()];
        files.extend(policy.files());
        let plain = files
            .iter()
            .enumerate()
            .map(|(at, text)| Input { name: format!("{at}.heed"), bytes: text.clone().into_bytes() });
        let before = loaded(engine::load(&plain.collect::<Vec<_>>()));
        files.push(BESIDE.to_owned());
        for seed in seeds {
            let inputs = arranged(&files, seed);
            let after = loaded(engine::load(&inputs));
            for (name, policy) in &before {
                for text in &cases {
                    let (one, other) =
                        (text.build(policy.vocabulary(), false), text.build(after[name].vocabulary(), false));
                    let shown = || {
                        inputs
                            .iter()
                            .map(|input| String::from_utf8_lossy(&input.bytes))
                            .collect::<Vec<_>>()
                            .join("\n----\n")
                    };
                    assert_eq!(sent(policy, &one), sent(&after[name], &other), "{text:?}\n{}", shown());
                }
            }
        }
    });
}
