//! `docs/lints.md`: made of the pages with which the files in `src/check/lints` and `src/proof/findings` begin, and of what `check` says to their examples.
//!
//! After a change run `INSTA_UPDATE=always cargo test lints`, and read what it wrote.

mod accepted;
mod mended;
mod proved;
mod unsaid;
pub mod seeded;

use crate::errors::load;
use crate::support::{load_folder, policy_files, root};
use heedful::engine::{self, Input, Load};
use heedful::report;
use heedful::syntax;
use heedful::syntax::tree::{At, Comments, Condition, ConditionKind, Group, Item, Line, RuleItem, RuleLine};
use heedful::testing::{Target, TestInput, TestOptions, tested_rules};
use heedful::text::{Diagnostic, Source, SourceId};
use heedful::time::Date;
use heedful::workers::Sequential;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

const INTRODUCTION: &str = "# What `check` warns of

`heedful check` warns of what is sound to decide by, and was probably not meant. A warning keeps nothing from being used, and every \
one of them is told once, at the place where it is written. `heedful check --deny warnings` fails on a warning, for a force's build \
server; with `--format json` warnings come as errors do. A finding is about what stands on the page, and is left out where it could be wrong.

A warning that is right as it stands is accepted in the policy, until a day, with a reason and an owner. [The reference](reference.md#warnings) \
says what it takes:

```heed
accept not-used for quiet-hours until 2027-03-31
  because \"The rule that uses it comes with the next edition\"
  owner \"Head of Contact Management\"
```

Each kind has a name, which stands in square brackets behind `warning`. Every example below is a test: the first is warned of as shown, \
the second is not. They are written in the words of `tests/errors/vocabulary`.
";

/// The day on which the examples are checked.
pub const TODAY: &str = "2026-06-01";

/// The page with which a file begins.
struct Page {
    title: String,
    codes: BTreeSet<String>,
    body: String,
    source: String,
}

fn pages() -> Vec<Page> {
    let folders = ["src/check/lints", "src/proof/findings"];
    let entries = folders.into_iter().flat_map(|folder| fs::read_dir(root(folder)).expect("a folder of lints"));
    let texts = entries.map(|entry| fs::read_to_string(entry.expect("an entry").path()).expect("a file"));
    let mut pages: Vec<Page> =
        texts.filter(|text| text.contains("Diagnostic::warning(")).map(|text| Page::of(&text)).collect();
    pages.sort_by(|one, other| one.title.cmp(&other.title));
    pages
}

impl Page {
    fn of(text: &str) -> Self {
        let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
        let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        let (title, body) = lines.split_first().expect("a page");
        let title = title.trim_end_matches('.').to_owned();
        let codes = title.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        Self { title, codes, body: body.join("\n") + "\n", source: text.to_owned() }
    }

    /// The texts of its examples: first what is warned of, then how it is mended.
    fn examples(&self) -> Vec<String> {
        self.blocks("```heed\n")
    }

    /// The tests beside its examples, where what is told depends on tests.
    fn tests(&self) -> Vec<String> {
        self.blocks("```yaml\n")
    }

    fn blocks(&self, opens: &str) -> Vec<String> {
        let blocks = self.body.split(opens).skip(1);
        blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
    }

    /// An example as part of a policy, with its tests.
    fn checked(&self, at: usize) -> Load {
        let mut load = example(&self.examples()[at]);
        if let Some(text) = self.tests().get(at) {
            let input = TestInput { name: "example.test.yaml".to_owned(), text: text.clone(), ..TestInput::default() };
            let options = TestOptions { filter: None, force: None, workers: &Sequential, progress: &|_| {} };
            let targets = [Target { input: &input, load: &load }];
            let report = heedful::testing::run(&targets, &options);
            assert!(report.is_good(), "{}: {}", self.title, heedful::testing::human(&report, false));
            let tested = tested_rules(&load, &targets, &options);
            let source = load.sources.iter().find(|source| source.name == "example.heed").expect("the example").id;
            load.warn_of_untested(|rule| rule.source != source || tested.rules.contains(&rule), tested.unusable);
        }
        load.warn_of_proved();
        load.warn_as_of(|_| Date::parse(TODAY).expect("a day"));
        load
    }

    /// The page as it is published: with what is said to its first example.
    fn shown(&self) -> String {
        let mut said = String::from("```\n\n```text\n");
        let load = self.checked(0);
        for problem in &load.diagnostics {
            let _ = writeln!(said, "{}", report::diagnostic(problem, &load.sources, false));
        }
        format!("## {}\n{}", self.title, self.body.replacen("```\n", &(said + "```\n"), 1))
    }
}

/// An example as part of a policy.
fn example(text: &str) -> Load {
    load(&[Input::new("example.heed", format!("part of policy \"National baseline\"\n\n{text}"))])
}

#[test]
fn the_page_of_lints_is_made_of_the_sources() {
    let pages = pages();
    let mut index: Vec<(&String, &Page)> =
        pages.iter().flat_map(|page| page.codes.iter().map(move |code| (code, page))).collect();
    index.sort_by_key(|(code, page)| (*code, &page.title));
    let mut made = format!("{INTRODUCTION}\n| name | what it finds |\n|---|---|\n");
    for (code, page) in index {
        let _ = writeln!(made, "| `{code}` | [{}](#{}) |", page.title, anchor(&page.title));
    }
    pages.iter().for_each(|page| {
        let _ = write!(made, "\n{}", page.shown());
    });
    let place = root("docs/lints.md");
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&place, &made).expect("docs/lints.md can be written");
    }
    let kept = fs::read_to_string(&place).unwrap_or_default();
    assert!(kept == made, "docs/lints.md differs from the sources; run `INSTA_UPDATE=always cargo test lints`");
}

/// How a heading is linked to, as GitHub makes it.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Whatever a page names can be accepted, but for what is said of acceptances themselves.
#[test]
fn every_kind_of_warning_can_be_accepted() {
    let codes: BTreeSet<String> = pages().into_iter().flat_map(|page| page.codes).collect();
    for code in &codes {
        let text = format!(
            "part of policy \"National baseline\"\n\naccept {code} for repeat-calls until 2027-03-31\n  because \"It is looked at\"\n  \
             owner \"Head of Contact Management\"\n"
        );
        let policies = load(&[Input::new("example.heed", text)]).policies;
        assert_eq!(policies.is_empty(), *code == "accepts-nothing", "{code}");
        for policy in &policies {
            let says: Vec<&str> = policy.policy().acceptances.iter().map(heedful::check::Acceptance::says).collect();
            assert!(matches!(says[..], [says] if !says.is_empty()), "{code}: what it says to whoever signs");
        }
    }
}

#[test]
fn every_lint_has_its_page_and_its_examples() {
    let pages = pages();
    assert!(pages.len() >= 10, "the lints are found");
    for page in &pages {
        let Page { title, codes, source, .. } = page;
        let written = source.split("Diagnostic::warning(").skip(1).filter_map(|call| {
            call.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned)
        });
        let unnamed: Vec<String> = written.filter(|code| !codes.contains(code)).collect();
        assert!(unnamed.is_empty(), "{title}: the heading does not name {unnamed:?}");
        let unused: Vec<&String> = codes.iter().filter(|code| !source.contains(&format!("\"{code}\""))).collect();
        assert!(!codes.is_empty() && unused.is_empty(), "{title}: no warning is called {unused:?}");
        let examples = page.examples();
        assert_eq!(examples.len(), 2, "{title}: one example, and the same mended");
        for example in &examples {
            let (file, problems) = syntax::parse(&Source::new(SourceId(0), "example.heed", example.as_str()));
            assert!(problems.is_empty(), "{title}: {problems:?}");
            assert_eq!(syntax::print(&file), *example, "{title}: its layout");
        }
        let told = page.checked(0).diagnostics;
        let others: Vec<&Diagnostic> = told.iter().filter(|problem| !codes.contains(problem.code)).collect();
        assert!(!told.is_empty() && others.is_empty(), "{title}: the first example is told {told:?}");
        assert_eq!(page.checked(1).diagnostics, [], "{title}: the mended example");
    }
}

/// Every shipped rule that always speaks is said again, and said again with one more condition.
#[test]
fn rules_that_others_make_idle_are_found_among_the_shipped_ones() {
    let files = policy_files(&root("rules"));
    let mut inputs: Vec<Input> =
        files.iter().map(|path| Input::new(path.display().to_string(), fs::read(path).expect("a file"))).collect();
    let more = condition("contact-kind is not silent");
    let mut seeded: Vec<(String, &str)> = Vec::new();
    let mut text = String::from("part of policy \"National baseline\"\n");
    for path in files.iter().filter(|path| path.starts_with(root("rules/national"))) {
        let source = Source::new(SourceId(0), "rules", fs::read_to_string(path).expect("a file"));
        for item in syntax::parse(&source).0.items {
            let Item::Rule(rule) = item.node else { continue };
            let limits = |line: &Line<RuleLine>| {
                matches!(
                    line.node,
                    RuleLine::OnTrial | RuleLine::MayBeSuspended | RuleLine::MayBeWidened | RuleLine::InForce { .. }
                )
            };
            if rule.lines.iter().any(limits) {
                continue;
            }
            for code in ["said-twice", "outdone"] {
                let mut copy = rule.clone();
                copy.name.text = format!("{}-{code}", rule.name.text);
                if code == "outdone" {
                    narrow(&mut copy, &more);
                }
                seeded.push((copy.name.text.clone(), code));
                text += &format!("\n{}", printed(copy));
            }
        }
    }
    assert!(seeded.len() >= 80, "only {} rules are seeded", seeded.len());
    inputs.push(Input::new("seeded.heed", text));
    let load = engine::load(&inputs);
    let found: BTreeSet<(String, &str)> =
        load.diagnostics.iter().map(|problem| (load.sources.slice(problem.span).to_owned(), problem.code)).collect();
    let missed: Vec<&(String, &str)> = seeded.iter().filter(|seed| !found.contains(*seed)).collect();
    assert!(missed.is_empty(), "{missed:?}");
    let wrong: Vec<&(String, &str)> = found.iter().filter(|finding| !seeded.contains(finding)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A name that is declared and not used is found in whichever shipped policy it stands.
#[test]
fn names_that_nothing_uses_are_found_in_every_shipped_policy() {
    let shipped = load_folder("rules");
    let mut found = 0;
    for policy in &shipped.policies {
        let text = format!(
            "part of policy \"{}\"\n\nsetting idle-setting is 3 days, from 1 day to 7 days \"Idle\"\n\ndefine idle-definition as \
             domestic-call\n\ndefine idle-group as an incident where kind is stalking\n\nscore idle-score \"Idle\"\n  points:\n    - 1 \
             when domestic-call\n  bands:\n    - 0 to 1: some\n  source \"a test\"\n",
            policy.name()
        );
        let mut inputs: Vec<Input> =
            shipped.sources.iter().map(|source| Input::new(&source.name, source.text.clone())).collect();
        inputs.push(Input::new("seeded.heed", text));
        let load = engine::load(&inputs);
        let told: Vec<&str> = load.diagnostics.iter().map(|problem| load.sources.slice(problem.span)).collect();
        // Of a base, definitions and groups may be meant for those that build on it.
        let is_base = policy.name() == "National baseline";
        let all = ["idle-setting", "idle-definition", "idle-group", "idle-score"];
        let wanted: Vec<&str> =
            all.into_iter().filter(|name| !is_base || !matches!(*name, "idle-definition" | "idle-group")).collect();
        assert_eq!(told, wanted, "{}: {:?}", policy.name(), load.diagnostics);
        found += told.len();
    }
    assert!(found >= 10, "only {found} names are seeded");
}

fn condition(text: &str) -> Condition {
    let text = format!("part of policy \"p\"\n\ndefine d as {text}\n");
    let items = syntax::parse(&Source::new(SourceId(0), "condition", text)).0.items;
    let meaning = items.into_iter().find_map(|item| match item.node {
        Item::Definition(definition) => Some(definition.meaning),
        _ => None,
    });
    match meaning {
        Some(syntax::tree::Meaning::Condition(condition)) => condition,
        _ => panic!("a condition"),
    }
}

fn narrow(rule: &mut RuleItem, more: &Condition) {
    for line in &mut rule.lines {
        if let RuleLine::When(when) = &mut line.node {
            let at = when.at;
            let items = [when.clone(), more.clone()].map(|node| Line { node, at, comments: Comments::default() });
            let kind = ConditionKind::Group { group: Group::All, items: items.to_vec() };
            *when = Condition { kind, at };
        }
    }
}

fn printed(rule: RuleItem) -> String {
    let at: At = rule.name.at;
    let line = Line { node: Item::Rule(rule), at, comments: Comments::default() };
    syntax::print(&syntax::tree::File { items: vec![line], ..Default::default() })
}
