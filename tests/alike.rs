//! Rules that differ in their names and in numbers alone are read once and told again; the policy is the same as when
//! each of them is read by itself.

use crate::generate::policy::policy;
use crate::generate::words::VOCABULARY;
use crate::laws::{each, policies};
use crate::support::{policy_files, root};
use heedful::check::check;
use heedful::engine::{self, Input};
use heedful::syntax::{self, tree::Item};
use heedful::text::{Source, SourceId};
use proptest::arbitrary::any;

/// Words behind which a number is compared with something.
const COMPARED: [&str; 4] = ["at least ", "at most ", "more than ", "exactly "];

/// The text, and each of its rules once more for each of these: with another name and other numbers.
fn with_more(text: &str, more: std::ops::Range<usize>) -> String {
    let mut whole = text.trim_end().to_owned();
    let starts: Vec<usize> =
        text.match_indices('\n').map(|(at, _)| at + 1).filter(|at| text[*at..].starts_with("rule ")).collect();
    for start in starts {
        let lines = text[start..].split_inclusive('\n');
        let under = lines.skip(1).take_while(|line| line.starts_with([' ', '\n']));
        let length = text[start..].find('\n').map_or(0, |end| end + 1) + under.map(str::len).sum::<usize>();
        let rule = text.get(start..start + length).unwrap_or(&text[start..]).trim_end();
        for number in more.clone() {
            whole.push_str("\n\n");
            whole.push_str(&varied(rule, number));
        }
    }
    whole.push('\n');
    whole
}

fn varied(rule: &str, number: usize) -> String {
    let name_end = rule["rule ".len()..].find([' ', '\n']).map_or(rule.len(), |at| at + "rule ".len());
    let mut said = format!("{}-again-{number}", &rule[..name_end]);
    let mut rest = &rule[name_end..];
    while let Some(digit) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let end =
            rest[digit..].find(|letter: char| !letter.is_ascii_digit()).map_or(rest.len(), |length| digit + length);
        let compared = COMPARED.iter().any(|words| rest[..digit].ends_with(words));
        // Whether a length of time has a plural is not asked here, but a number that asks how many is its own.
        let alone =
            ![" hour", " day", " minute", " week", " month", " year"].iter().any(|unit| rest[end..].starts_with(unit));
        said.push_str(&rest[..digit]);
        match rest[digit..end].parse::<usize>() {
            Ok(value) if compared && alone => said.push_str(&(value + number).to_string()),
            _ => said.push_str(&rest[digit..end]),
        }
        rest = &rest[end..];
    }
    said + rest
}

/// Holds the law for one set, and says how many rules of it were told again.
fn hold(texts: &[String]) -> usize {
    let input = |(number, text): (usize, &String)| Input { name: format!("file{number}"), bytes: text.clone().into() };
    let inputs: Vec<Input> = texts.iter().enumerate().map(input).collect();
    let sources: Vec<Source> = (0..).map(SourceId).zip(texts).map(|(id, text)| Source::new(id, "file", text)).collect();
    let load = engine::load(&inputs);
    let (files, problems): (Vec<_>, Vec<_>) = sources.iter().map(syntax::parse).unzip();
    assert!(problems.iter().all(Vec::is_empty), "{problems:?}");
    let (policies, _) = check(&files);
    assert_eq!(load.policies.len(), policies.len(), "{:?}", load.diagnostics);
    let mut meaning: Vec<String> = files.iter().map(syntax::print_meaning).collect();
    meaning.sort();
    for (snapshot, policy) in load.policies.iter().zip(&policies) {
        for (one, other) in snapshot.policy().rules.iter().zip(&policy.rules) {
            assert_eq!(one, other);
        }
        assert!(snapshot.policy() == policy, "{}", policy.name);
        let parts = [policy.name.as_bytes(), &[0]].into_iter().chain(meaning.iter().map(String::as_bytes));
        assert_eq!(snapshot.digest(), engine::digest(parts));
    }
    let told = syntax::parse_sound(&sources);
    let items = told.iter().flatten().flat_map(|file| &file.items);
    // The first is like itself.
    items.filter(|item| matches!(&item.node, Item::Alike(alike) if alike.name != alike.like.name)).count()
}

#[test]
fn a_shipped_policy_with_more_of_its_rules_is_what_it_would_be_read_rule_by_rule() {
    let mut texts: Vec<String> = Vec::new();
    for path in policy_files(&root("rules")) {
        let text = std::fs::read_to_string(path).expect("a text");
        texts.push(with_more(&text, 1..4));
    }
    let told = hold(&texts);
    assert!(told > 50, "{told} rules were told again");
}

/// The text with one slip of the pen.
fn slipped(text: &str, place: usize, slip: usize) -> String {
    const SLIPS: [&str; 12] = ["", "\"", "#", "\n", " ", "  ", "x", "9", "-", ":", "is ", "\nrule "];
    let (before, after) = text.split_at(text.floor_char_boundary(place % (text.len() + 1)));
    // Every other slip takes the place of what was there.
    let left = if slip.is_multiple_of(2) { after.chars().as_str() } else { after.get(1..).unwrap_or(after) };
    format!("{before}{}{left}", SLIPS[slip / 2 % SLIPS.len()])
}

#[test]
fn a_slip_in_one_of_many_rules_is_never_overlooked() {
    let mut harmless = 0;
    each(policies(150), &(policy(), any::<(usize, usize, usize)>()), |(policy, (file, place, slip))| {
        let files = policy.files();
        let mut texts: Vec<String> =
            std::iter::once(VOCABULARY.to_owned()).chain(files.iter().map(|text| with_more(text, 1..3))).collect();
        let at = 1 + file % files.len();
        texts[at] = slipped(&texts[at], place, slip);
        let inputs = texts.iter().map(|text| Input { name: "file".to_owned(), bytes: text.clone().into() });
        // A set of which something is said was read line by line.
        if engine::load(&inputs.collect::<Vec<_>>()).diagnostics.is_empty() {
            hold(&texts);
            harmless += 1;
        }
    });
    assert!(harmless > 10, "{harmless} slips were harmless");
}

#[test]
fn a_generated_policy_with_more_of_its_rules_is_what_it_would_be_read_rule_by_rule() {
    let mut told = 0;
    each(policies(60), &policy(), |policy| {
        let files = policy.files();
        let texts = std::iter::once(VOCABULARY.to_owned()).chain(files.iter().map(|text| with_more(text, 1..3)));
        told += hold(&texts.collect::<Vec<_>>());
    });
    assert!(told > 100, "{told} rules were told again");
}
