//! Files that nobody would write by hand, and files from somebody who means harm: each is answered, and soon.

use crate::errors::load;
use crate::support::{load_texts, read_case};
use heedful::engine::{Input, Load, Snapshot};
use heedful::text::Severity;
use heedful::wire::InputFormat;
use std::fmt::Write;
use std::time::{Duration, Instant};

/// How long any of them may take, without optimisation and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

const HEADER: &str = "part of policy \"National baseline\"\n\n";

fn answer(name: &str, bytes: impl Into<Vec<u8>>) -> Load {
    let inputs = [Input { name: format!("{name}.heed"), bytes: bytes.into() }];
    let start = Instant::now();
    let load = load(&inputs);
    let took = start.elapsed();
    assert!(took < PATIENCE, "{name} took {took:?}");
    let errors = load.diagnostics.iter().any(|problem| problem.severity == Severity::Error);
    assert_eq!(errors, load.policies.is_empty(), "{name}: a set with an error gives no policy");
    for problem in &load.diagnostics {
        assert!(problem.message.len() < 1000, "{name}: a message stays a message");
    }
    load
}

/// It is refused, with few enough messages to read.
fn refused(name: &str, bytes: impl Into<Vec<u8>>) -> Load {
    let load = answer(name, bytes);
    assert!(!load.diagnostics.is_empty(), "{name} should be refused");
    assert!(load.diagnostics.len() <= 20, "{name}: {} messages", load.diagnostics.len());
    load
}

fn accepted(name: &str, bytes: impl Into<Vec<u8>>) -> Load {
    let load = answer(name, bytes);
    let mut errors = load.diagnostics.iter().filter(|problem| problem.severity == Severity::Error);
    assert_eq!(errors.next().map(|problem| &problem.message), None, "{name}");
    load
}

fn rule(name: &str, when: &str) -> String {
    format!(
        "rule {name} \"Hostile\"\n  when {when}\n  then grade at least priority\n  because \"It is so\"\n  source \"Nowhere\"\n\n"
    )
}

fn policy(when: &str) -> String {
    format!("{HEADER}{}", rule("hostile", when))
}

/// Pieces made from the numbers below `count`, one after another.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut all, number| {
        let _ = write!(all, "{}", piece(number));
        all
    })
}

#[test]
fn nothing_to_read() {
    refused("empty", "");
    refused("only-comments", "# nothing\n# at all\n");
    refused("only-a-bom", b"\xEF\xBB\xBF".to_vec());
    refused("half-a-bom", b"\xEF\xBB".to_vec());
}

#[test]
fn too_large() {
    let load = refused("ten-megabytes-on-a-line", "x".repeat(10 << 20));
    insta::with_settings!({ snapshot_path => "errors", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("file-too-large", crate::errors::shown_diagnostics(&load));
    });
    refused(
        "fifty-thousand-levels",
        format!("{HEADER}rule deep\n{}", many(50_000, |level| format!("{}- all of:\n", " ".repeat(level % 4000)))),
    );
}

#[test]
fn no_text() {
    let mut state = 7u32;
    let random = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    assert!(answer("random-bytes", random.take(100_000).collect::<Vec<u8>>()).diagnostics.len() < 200);
    refused("only-nul", vec![0; 100_000]);
    refused("invalid-everywhere", vec![0xFF; 100_000]);
    refused("latin-1", b"policy \"Caf\xE9\"".to_vec());
}

#[test]
fn long_lines() {
    refused("open-brackets", policy(&"(".repeat(100_000)));
    refused("long-name", policy(&format!("{} is yes", "x".repeat(2_000_000))));
    refused("long-text", policy(&format!("words-heard mention {}", "x".repeat(2_000_000))));
    refused("open-quote", format!("{HEADER}rule a \"{}", "word ".repeat(300_000)));
    refused("quotation-marks", policy(&"\"".repeat(100_001)));
    refused("huge-number", policy(&format!("children-seen is at least {}", "9".repeat(100_000))));
    accepted("long-mention", policy(&format!("words-heard mention \"{}\"", "word ".repeat(100_000))));
}

#[test]
fn deep_lists() {
    let levels = |count: usize| many(count, |level| format!("{}- all of:\n", " ".repeat(level + 4)));
    refused("deep-list", format!("{HEADER}rule deep\n  when all of:\n{}", levels(1900)));
    refused(
        "deep-list-without-colons",
        format!("{HEADER}rule deep\n  when all of:\n{}", levels(1900).replace(':', "")),
    );
}

#[test]
fn long_chains() {
    let and = |count: usize| vec!["strangulation is yes"; count].join(" and ");
    accepted("long-and-chain", policy(&and(10_000)));
    accepted(
        "long-list",
        policy(&format!(
            "any of:\n{}",
            many(10_000, |at| format!("    - words-heard mention \"word {at}\"\n")).trim_end()
        )),
    );
    refused("long-value-list", policy(&format!("injury is one of {}", vec!["serious"; 100_000].join(", "))));
    refused("mixed-chain", policy(&format!("{} or domestic-call", and(10_000))));
    refused("many-scopes", policy(&format!("any incident{} where", " within 12 months".repeat(50_000))));
}

#[test]
fn definitions() {
    let step =
        |number: usize, earlier: usize| format!("define d{number:05} as d{earlier:05} and strangulation is yes\n");
    let chain = many(5_000, |number| step(number + 1, number));
    refused("chain-of-definitions", format!("{HEADER}define d00000 as strangulation is yes\n{chain}"));
    let backwards = many(1000, |number| step(number, number + 1));
    answer("chain-of-definitions-backwards", format!("{HEADER}{backwards}define d01000 as strangulation is yes\n"));
    let doubled = many(30, |number| {
        format!("define e{} as any of:\n  - e{number}\n  - e{number} and domestic-call\n", number + 1)
    });
    accepted(
        "doubling-definitions",
        format!("{HEADER}define e0 as strangulation is yes\n{doubled}{}", rule("doubled", "e30")),
    );
    let groups = many(30, |number| {
        format!("define g{} as an incident since the latest g{number} since the first g{number}\n", number + 1)
    });
    refused("doubling-groups", format!("{HEADER}define g0 as an incident where kind is stalking\n{groups}"));
}

#[test]
fn times() {
    for date in ["0000-01-01", "0000-00-00", "9999-12-31", "9999-99-99"] {
        answer(date, policy(&format!("any incident since {date}")));
        answer(date, policy(&format!("bail-until is on or before {date}")));
    }
    refused("long-span", policy("any incident within 999999999 years"));
    refused("longest-span", policy("bail-until is within 99999999999999999999 minutes"));
}

#[test]
fn ten_thousand_rules() {
    let load = accepted(
        "sound-rules",
        format!("{HEADER}{}", many(10_000, |number| rule(&format!("r{number}"), "strangulation is yes"))),
    );
    assert_eq!(load.policies.first().map(Snapshot::rule_count), Some(10_003));
}

/// Every one of them is told, and none of them twice.
#[test]
fn ten_thousand_mistakes() {
    let unknown = many(10_000, |number| rule(&format!("r{number}"), &format!("strangulaton{number} is yes")));
    assert_eq!(answer("unknown-facts", format!("{HEADER}{unknown}")).diagnostics.len(), 10_000);
    let unread = many(2_000, |number| rule(&format!("r{number}"), "strangulation = yes"));
    assert_eq!(answer("unread-lines", format!("{HEADER}{unread}")).diagnostics.len(), 2_000);
    let twice = many(2_000, |_| rule("twice", "strangulation is yes"));
    assert_eq!(answer("one-name", format!("{HEADER}{twice}")).diagnostics.len(), 1_999);
}

#[test]
fn ten_thousand_names() {
    let settings = many(2_000, |number| format!("setting s{number} is {number} calls\n"));
    let uses =
        many(2_000, |number| rule(&format!("r{number}"), &format!("at least s{number} incidents within 12 months")));
    accepted("settings-and-uses", format!("{HEADER}{settings}\n{uses}"));
    let additions = many(10_000, |number| format!("add to r{number}\n  then refer to supervisor\n  source \"Here\"\n"));
    let unknown = answer("additions-to-nothing", format!("{HEADER}{additions}"));
    assert_eq!(unknown.diagnostics.len(), 10_000);
}

/// Definitions, and scores, each of which names the one before it twice: written out they would have no end.
#[test]
fn doubled_and_doubled_again() {
    let definitions = many(30, |step| {
        format!("define step-{} as any of:\n  - step-{step}\n  - step-{step} and flags include domestic\n\n", step + 1)
    });
    let scores = many(30, |step| {
        let points =
            format!("  points:\n    - 1 when sum-{step} is at least 1\n    - 1 when sum-{step} is at least 2\n");
        let bands =
            "  bands:\n    - 0: low\n    - 1 or more: some\n  count unanswered as yes\n  source \"Nowhere\"\n\n";
        format!("score sum-{} \"A sum\"\n{points}{bands}", step + 1)
    });
    let first = "define step-0 as strangulation is yes or injury is serious\n\nscore sum-0 \"A sum\"\n  points:\n    \
                 - 1 when strangulation is yes\n    - 1 when injury is serious\n  bands:\n    - 0: low\n    \
                 - 1 or more: some\n  source \"Nowhere\"\n\n";
    let rules =
        [("last", "step-30"), ("not-last", "step-30 is no"), ("sum", "sum-30 is some"), ("no-sum", "sum-30 is low")];
    let rules: String = rules.map(|(name, when)| rule(name, when)).concat();
    let load = accepted("doubled", format!("{HEADER}{first}{definitions}{scores}{rules}"));
    let policy = load.policies.first().expect("a policy");
    for facts in
        ["", ", \"flags\": []", ", \"injury\": \"serious\"", ", \"strangulation\": false, \"injury\": \"minor\""]
    {
        let json =
            format!("{{\"call\": {{\"id\": \"a\", \"at\": \"2026-03-14T22:00:00Z\"{facts}}}, \"history\": {{}}}}");
        let case = read_case(policy, InputFormat::Json, &json);
        let start = Instant::now();
        let decision = policy.decide_and_explain(&case);
        assert!(start.elapsed() < PATIENCE, "{facts} took {:?}", start.elapsed());
        assert_eq!(decision.outcome, policy.decide(&case).outcome);
    }
    assert!(load.explain(policy).definitions.len() > 30);
    assert!(heedful::wire::case_schema(policy.vocabulary()).is_object());
}

/// Thousands of rules about numbers that are not known: what they give together, why, and what is near.
#[test]
fn thousands_that_ask_about_one_unknown_number() {
    let vocabulary = "vocabulary \"numbers\"\n\ncall \"A call\"\n  fact one: number \"One\"\n  fact other: number \"The other\"\n\n\
                      outcome grade: highest of low, priority and high \"Grade\"\n  written as \"grade at least\"\n";
    let exact = many(2_000, |number| rule(&format!("exact-{number}"), &format!("one is {number}")));
    let both = many(1_000, |number| {
        rule(&format!("both-{number}"), &format!("one is at least {number} and other is at most {number}"))
    });
    let policy = format!("policy \"Numbers\"\n  vocabulary \"numbers\"\n  time zone Europe/London\n\n{exact}{both}");
    let loaded = load_texts(&[vocabulary, &policy]);
    let policy = loaded.policies.first().expect("it is sound");
    let case = "{\"call\": {\"id\": \"c\", \"at\": \"2026-03-01T00:00:00Z\"}}";
    let start = Instant::now();
    let decision = policy.decide_and_explain(&read_case(policy, InputFormat::Json, case));
    assert!(start.elapsed() < PATIENCE, "it took {:?}", start.elapsed());
    assert_eq!(decision.undecided.len(), 3_000);
    assert!(decision.explanation.is_some_and(|explanation| explanation.misses_cut_short), "it says that it gave up");
}
