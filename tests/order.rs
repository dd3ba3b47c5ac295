//! Meaning is in the words: no name of a file, no order of files, headings or lines, no comment, no layout and no policy beside it
//! changes a decision or a digest.

use crate::generate::case::{CaseText, case};
use crate::generate::policy::{PolicyText, policy};
use crate::generate::words::VOCABULARY;
use crate::laws::{each, policies};
use crate::support::{policy_files, read_case, root};
use heedful::engine::{self, Input, Load, Snapshot};
use heedful::syntax::tree::{Comments, File, Item, Line, PolicyHeader, VocabularyHeader};
use heedful::syntax::{parse, print};
use heedful::text::{Severity, Sources};
use heedful::wire::{self, InputFormat};
use heedful_live::Threads;
use proptest::collection::vec;
use proptest::prelude::any;
use std::num::NonZero;

/// Numbers that look drawn, and are the same each time.
struct Draws(u64);

impl Draws {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

/// Something done to a set of files.
type NeededChange = fn(&mut Vec<Input>, &mut Draws);

/// What must not matter.
const CHANGES: [(&str, NeededChange); 9] = [
    ("files with other names", |files, draws| rename(files, draws)),
    ("files in another order", |files, draws| draws.shuffle(files)),
    ("headings in another order", |files, draws| rewrite(files, |file| draws.shuffle(rest(&mut file.items)))),
    ("lines of a vocabulary in another order", |files, draws| {
        rewrite(files, |file| file.items.iter_mut().for_each(|item| shuffle_lines(&mut item.node, draws)));
    }),
    ("headings in files of their own", split),
    ("comments and empty lines", |files, draws| comment(files, draws)),
    ("a comment after every line", |files, _| comment_everywhere(files)),
    ("another layout", |files, _| rewrite(files, |_| {})),
    ("another force beside", beside),
];

/// The items of a file but the first, which says what the others belong to.
fn rest<T>(items: &mut [T]) -> &mut [T] {
    items.get_mut(1..).unwrap_or_default()
}

fn rename(files: &mut [Input], draws: &mut Draws) {
    let mut numbers: Vec<usize> = (0..files.len()).collect();
    draws.shuffle(&mut numbers);
    for (file, number) in files.iter_mut().zip(numbers) {
        file.name = format!("{number}/z{}.heed", draws.below(1000));
    }
}

fn rewrite(files: &mut [Input], mut change: impl FnMut(&mut File)) {
    for input in files {
        let mut sources = Sources::default();
        let (id, _) = sources.add(&input.name, &input.bytes);
        let (mut file, problems) = parse(sources.get(id).expect("the file just added"));
        assert!(problems.is_empty(), "{problems:?}");
        change(&mut file);
        input.bytes = print(&file).into_bytes();
    }
}

/// Moves some headings of each file to another file of the same policy or vocabulary.
fn split(files: &mut Vec<Input>, draws: &mut Draws) {
    let mut parts = Vec::new();
    rewrite(files, |file| {
        let part = match file.items.first().map(|first| &first.node) {
            Some(Item::Vocabulary(VocabularyHeader { name, .. }) | Item::PartOfVocabulary(name)) => {
                Item::PartOfVocabulary(name.clone())
            }
            Some(Item::Policy(PolicyHeader { name, .. }) | Item::PartOfPolicy(name)) => {
                Item::PartOfPolicy(name.clone())
            }
            other => panic!("a file begins with {other:?}"),
        };
        let (first, moved): (Vec<_>, Vec<_>) =
            file.items.drain(1..).collect::<Vec<_>>().into_iter().partition(|_| draws.below(2) == 0);
        file.items.extend(first);
        if let Some(heading) = moved.first() {
            let heading = Line { node: part, at: heading.at, comments: Comments::default() };
            let items = std::iter::once(heading).chain(moved).collect();
            parts.push(print(&File { items, ..File::default() }));
        }
    });
    // Of a part of which everything has moved nothing is left to say.
    files.retain(|file| {
        let text = String::from_utf8_lossy(&file.bytes);
        let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        !lines.next().is_some_and(|first| first.starts_with("part of")) || lines.next().is_some()
    });
    files.extend((0..).zip(parts).map(|(at, text)| Input { name: format!("0/{at}.heed"), bytes: text.into_bytes() }));
}

fn shuffle_lines(item: &mut Item, draws: &mut Draws) {
    match item {
        Item::Vocabulary(header) => draws.shuffle(&mut header.lines),
        Item::Call(call) => draws.shuffle(&mut call.lines),
        Item::Record(record) => draws.shuffle(&mut record.lines),
        Item::Outcome(outcome) => draws.shuffle(&mut outcome.lines),
        Item::Calendar(calendar) => draws.shuffle(&mut calendar.lines),
        Item::Policy(header) => draws.shuffle(&mut header.lines),
        _ => {}
    }
}

/// Puts comments beside lines and between them, at any margin, and empty lines; not inside texts, where they would be words.
fn comment(files: &mut [Input], draws: &mut Draws) {
    for file in files {
        let text = String::from_utf8(file.bytes.clone()).expect("a policy is text");
        let mut commented = String::new();
        let mut in_text = false;
        for line in text.lines() {
            if !in_text && draws.below(4) == 0 {
                let margin = " ".repeat(draws.below(9));
                commented.push_str(["\n", "# on trial\n", "   \n"][draws.below(3)]);
                commented.push_str(&format!("{margin}# \"rule x\n"));
            }
            commented.push_str(line);
            let said = if in_text { line } else { line.split('#').next().unwrap_or(line) };
            in_text ^= said.matches('"').count() % 2 == 1;
            if !in_text && said == line && draws.below(4) == 0 {
                commented.push_str([" # when", "#", "  # \"a text that is never closed"][draws.below(3)]);
            }
            commented.push('\n');
        }
        file.bytes = commented.into_bytes();
    }
}

/// Puts a comment with a quotation mark in it after every line that no text goes on from.
fn comment_everywhere(files: &mut [Input]) {
    for file in files {
        let text = String::from_utf8(file.bytes.clone()).expect("a policy is text");
        let mut commented = String::new();
        let mut in_text = false;
        for line in text.lines() {
            commented.push_str(line);
            commented.push('\n');
            let said = if in_text { line } else { line.split('#').next().unwrap_or(line) };
            in_text ^= said.matches('"').count() % 2 == 1;
            if !in_text {
                commented.push_str("        # \"x\n");
            }
        }
        file.bytes = commented.into_bytes();
    }
}

/// A policy that tailors the first of the set, and an unrelated one.
fn beside(files: &mut Vec<Input>, _: &mut Draws) {
    let base = engine::load(files);
    let base = base.policies.first().expect("a policy");
    let tailored = format!(
        "policy \"A force beside\"\n  tailors \"{}\"\n\ndefine beside-them as this call is on Monday\n",
        base.policy().chain[0]
    );
    files.push(Input { name: "beside.heed".to_owned(), bytes: tailored.into_bytes() });
}

fn loaded(files: &[Input], what: &str) -> Load {
    let load = engine::load(files);
    let errors: Vec<&str> = load
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| problem.message.as_str())
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:?}");
    load
}

fn written(policy: &Snapshot, case: &heedful::model::Case) -> String {
    let mut json = Vec::new();
    wire::push_decision(&mut json, &policy.decide(case), policy);
    String::from_utf8(json).expect("a decision is text")
}

/// Holds for every policy of the set that decisions and digests are what they were.
fn hold(files: &[Input], seed: u64, cases: &dyn Fn(&Snapshot) -> Vec<heedful::model::Case>) {
    let before = loaded(files, "as written");
    for (what, change) in CHANGES {
        let mut changed = files.to_vec();
        change(&mut changed, &mut Draws(seed));
        let after = loaded(&changed, what);
        for policy in &before.policies {
            let again = after.policies.iter().find(|other| other.name() == policy.name()).expect("the same policies");
            assert_eq!(policy.digest(), again.digest(), "{what}: digest of {}", policy.name());
            for (case, same) in cases(policy).iter().zip(cases(again)) {
                assert_eq!(written(policy, case), written(again, &same), "{what}: {}", policy.name());
            }
        }
    }
}

fn shipped() -> Vec<Input> {
    let read = |path: std::path::PathBuf| Input {
        name: path.display().to_string(),
        bytes: std::fs::read(&path).expect("a readable file"),
    };
    policy_files(&root("rules")).into_iter().map(read).collect()
}

#[test]
fn nothing_but_words_changes_what_the_shipped_policies_decide() {
    let examples: Vec<String> = std::fs::read_dir(root("examples"))
        .expect("a readable folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| std::fs::read_to_string(path).expect("a readable file"))
        .filter(|text| !text.trim_start().starts_with('['))
        .take(4)
        .collect();
    hold(&shipped(), 7, &|policy| examples.iter().map(|text| read_case(policy, InputFormat::Json, text)).collect());
}

#[test]
fn nothing_but_words_changes_what_generated_policies_decide() {
    let drawn = (policy(), vec(case(), 2), any::<u64>());
    each(policies(16), &drawn, |(policy, texts, seed): (PolicyText, Vec<CaseText>, u64)| {
        let texts_of = std::iter::once(VOCABULARY.to_owned()).chain(policy.files());
        let files: Vec<Input> = (0..)
            .zip(texts_of)
            .map(|(number, text)| Input { name: format!("{number}.heed"), bytes: text.into_bytes() })
            .collect();
        hold(&files, seed, &|policy| texts.iter().map(|text| text.build(policy.vocabulary(), false)).collect());
    });
}

/// A change of meaning is a change of the digest, of that policy and those built on it alone.
#[test]
fn a_digest_changes_with_what_its_policy_says() {
    let files = shipped();
    let before = loaded(&files, "as written");
    let digests =
        |load: &Load| -> Vec<String> { load.policies.iter().map(|policy| policy.digest().to_owned()).collect() };
    let mut edited = files;
    let force = edited.iter_mut().find(|file| file.name.ends_with("riverside.heed")).expect("a shipped force");
    let text = String::from_utf8(force.bytes.clone()).expect("a policy is text");
    force.bytes = format!("{text}\ndefine on-a-monday as this call is on Monday\n").into_bytes();
    let after = loaded(&edited, "with a definition more");
    for ((policy, was), is) in before.policies.iter().zip(digests(&before)).zip(digests(&after)) {
        assert_eq!(was != is, policy.name() == "Riverside Police", "{}", policy.name());
    }
}

/// Large sets are shared out; how many do the work, and who is done first, is seen in nothing.
#[test]
fn however_many_work_on_a_large_set_it_is_the_same_load() {
    let more = |file: u32, broken: bool| {
        let rule = |number: u32| {
            let least = if broken && number.is_multiple_of(97) { "at lest" } else { "at least" };
            format!(
                "rule more-{file}-{number}\n  when {least} {number} incidents about the same victim within {number} days\n  then grade at least priority\n  \
                 because \"There are {number} incidents\"\n  source \"a test\"\n"
            )
        };
        let rules: Vec<String> = (2..700).map(rule).collect();
        let text = format!("part of policy \"National baseline\"\n\n{}", rules.join("\n"));
        Input { name: format!("more-{file}.heed"), bytes: text.into_bytes() }
    };
    for broken in [false, true] {
        let set: Vec<Input> = shipped().into_iter().chain((0..4).map(|file| more(file, broken))).collect();
        let told = |load: &Load| {
            let digests: Vec<&str> = load.policies.iter().map(Snapshot::digest).collect();
            format!("{digests:?} {:?}", load.diagnostics)
        };
        let alone = engine::load(&set);
        assert_eq!(alone.policies.is_empty(), broken);
        for threads in [2, 3, 7] {
            let threads = Threads(NonZero::new(threads).expect("a thread at least"));
            assert!(told(&engine::load_with(&set, &threads)) == told(&alone), "{threads:?}");
        }
    }
}
