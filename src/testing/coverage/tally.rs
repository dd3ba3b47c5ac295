//! What tests saw and expect, added up over every test and policy, by place in the text.
//!
//! What a test runs through and expects nothing of, it would not notice if it were wrong. So each thing to be seen counts when it
//! was seen on the way to the answer of a rule that the test expects something of; what other tests saw is told apart from it.

use super::spots::{Spot, SpotKind, spots};
use crate::check::Policy;
use crate::compile::{PolicyLayout, Program, TermId};
use crate::engine::Snapshot;
use crate::eval::{Looked, Observed, Seen, looked, observe};
use crate::syntax;
use crate::syntax::tree::{File, Item};
use crate::testing::run::{Progress, Target, TestOptions, prepare};
use crate::testing::tested::{Tested, TestsOf};
use crate::text::{Sources, Span};
use crate::workers::map;
use std::collections::BTreeMap;

/// Something that tests are to see at one place, and whether they did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Where it is written.
    pub at: Span,
    /// What it is.
    pub about: GoalSubject,
    /// Each thing to be seen, in words, and what became of it.
    pub parts: Vec<(String, Sight)>,
}

/// What a goal is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum GoalSubject {
    /// Something that is to be seen in several states: `` `kind is DA` ``, `rule strangulation`.
    States(String),
    /// Records of which several are to be seen, and what one of them is called.
    Records(String),
}

/// What became of something that is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Sight {
    /// By no test.
    Never,
    /// By tests that expect nothing of a rule for which it matters.
    Ran,
    /// By a test that expects something of such a rule.
    Expected,
}

/// What the tests of some files saw of the policies they are for.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// The text of every policy file.
    pub sources: Sources,
    /// In the order of files and places.
    pub goals: Vec<Goal>,
}

impl Coverage {
    /// How much was seen by a test that expects something of it.
    pub fn expected(&self) -> usize {
        self.count(Sight::Expected)
    }

    /// How much was seen by any test.
    pub fn seen(&self) -> usize {
        self.count(Sight::Ran)
    }

    /// How much there is to be seen.
    pub fn all(&self) -> usize {
        self.goals.iter().map(|goal| goal.parts.len()).sum()
    }

    fn count(&self, least: Sight) -> usize {
        self.goals.iter().map(|goal| goal.count(least)).sum()
    }

    /// Hundredths of what is to be seen that are expected, rounded down, so that 100 means all; 100 also when there is nothing
    /// to see.
    pub fn percent(&self) -> usize {
        (self.expected() * 100).checked_div(self.all()).unwrap_or(100)
    }
}

impl Goal {
    /// How many of its parts were seen, or more.
    pub fn count(&self, least: Sight) -> usize {
        self.parts.iter().filter(|(_, sight)| *sight >= least).count()
    }
}

/// Runs every test that can be used and tells what they saw, one coverage for each load of policies.
pub fn coverage(targets: &[Target<'_>], options: &TestOptions<'_>) -> Vec<Coverage> {
    let prepared = prepare(targets, options);
    let mut loads: Vec<&Target<'_>> = Vec::new();
    for target in targets {
        if !loads.iter().any(|known| std::ptr::eq(known.load, target.load)) {
            loads.push(target);
        }
    }
    let mut tests: Vec<Vec<TestsOf<'_>>> = Vec::new();
    for target in &loads {
        let policies = target.load.policies.iter();
        tests.push(policies.map(|policy| TestsOf::new(policy, &prepared, options)).collect());
    }
    (options.progress)(Progress::Of(tests.iter().flatten().map(|tests| tests.tests.len()).sum()));
    loads.into_iter().zip(&tests).map(|(target, tests)| of_load(target, tests, options)).collect()
}

fn of_load(target: &Target<'_>, tests: &[TestsOf<'_>], options: &TestOptions<'_>) -> Coverage {
    let sources = &target.load.sources;
    let files: Vec<File> =
        syntax::parse_all(sources.iter(), options.workers).into_iter().map(|(file, _)| file).collect();
    let mut goals: BTreeMap<(Span, GoalSubject, Option<String>), Goal> = BTreeMap::new();
    for tests in tests {
        let policy = tests.policy;
        let mut layout = PolicyLayout::of(policy.policy());
        let spots = spots(policy.policy(), &items(&files, policy), &mut layout);
        let tally = Tally::of(sources, policy, layout.program(), &tests.tests, options);
        for spot in &spots {
            let goal = tally.goal(spot);
            let first = goal.parts.first().map(|(said, _)| said.clone());
            let slot = goals.entry((goal.at, goal.about.clone(), first)).or_insert_with(|| goal.clone());
            for ((_, known), (_, sight)) in slot.parts.iter_mut().zip(&goal.parts) {
                *known = (*known).max(*sight);
            }
        }
    }
    Coverage { sources: sources.clone(), goals: goals.into_values().collect() }
}

/// The items of the files that belong to a policy or to one that it is built on.
fn items<'f>(files: &'f [File], policy: &Snapshot) -> Vec<&'f Item> {
    let belongs = |file: &&File| match file.items.first().map(|item| &item.node) {
        Some(Item::Policy(header)) => policy.policy().chain.contains(&header.name.value),
        Some(Item::PartOfPolicy(name)) => policy.policy().chain.contains(&name.value),
        _ => false,
    };
    files.iter().filter(belongs).flat_map(|file| &file.items).map(|item| &item.node).collect()
}

/// What was seen, by any test and by those that expect something of it.
#[derive(Clone, Copy, Debug, Default)]
struct Both<T> {
    ran: T,
    expected: T,
}

/// What all tests of one policy saw.
struct Tally<'s> {
    sources: &'s Sources,
    policy: &'s Policy,
    terms: Vec<Both<Seen>>,
    /// Whether a record lay inside the spans of a selection, and whether one lay outside.
    windows: Vec<Both<(bool, bool)>>,
    /// Whether a rule fired, and whether it decided.
    rules: Vec<Both<(bool, bool)>>,
}

/// How many tests are run before what they saw is added up.
const AT_A_TIME: usize = 64;

/// What one test saw: of all rules, and of those that it expects something of. The spans of what is seen from afar are gone.
struct Sights {
    near: Observed,
    far: Looked,
    near_expected: Looked,
    far_expected: Looked,
}

impl<'s> Tally<'s> {
    fn of(
        sources: &'s Sources,
        policy: &'s Snapshot,
        program: &Program,
        tests: &[(Tested, Vec<bool>)],
        options: &TestOptions<'_>,
    ) -> Self {
        // With its spans gone, a selection means the records outside of them too.
        let wide = program.without_spans();
        let typed = policy.policy();
        let mut tally = Self {
            sources,
            policy: typed,
            terms: vec![Both::default(); program.ir.terms.len()],
            windows: vec![Both::default(); program.ir.selections.len()],
            rules: vec![Both::default(); program.rules.len()],
        };
        for some in tests.chunks(AT_A_TIME) {
            let sights = map(options.workers, some, |(test, expects)| {
                let expected = |at: usize| expects.get(at) == Some(&true);
                let sights = Sights {
                    near: observe(typed, program, &test.case),
                    far: looked(typed, &wide, &test.case, |_| true),
                    near_expected: looked(typed, program, &test.case, expected),
                    far_expected: looked(typed, &wide, &test.case, expected),
                };
                (options.progress)(Progress::OneMore);
                sights
            });
            some.iter().zip(&sights).for_each(|((_, expects), sights)| tally.add(sights, expects));
        }
        tally
    }

    fn add(&mut self, sights: &Sights, expects: &[bool]) {
        let Sights { near, far, near_expected, far_expected } = sights;
        for (both, (ran, expected)) in self.terms.iter_mut().zip(near.terms.iter().zip(&near_expected.terms)) {
            both.ran = both.ran.with(*ran);
            both.expected = both.expected.with(*expected);
        }
        let inside = near.members.iter().zip(&far.members);
        let inside_expected = near_expected.members.iter().zip(&far_expected.members);
        for (both, (ran, expected)) in self.windows.iter_mut().zip(inside.zip(inside_expected)) {
            for (window, (inside, with_outside)) in [(&mut both.ran, ran), (&mut both.expected, expected)] {
                window.0 |= *inside > 0;
                window.1 |= with_outside > inside;
            }
        }
        let rules = near.rules.iter().zip(&near.decides).zip(expects);
        for (both, ((rule, decides), expected)) in self.rules.iter_mut().zip(rules) {
            both.ran.0 |= rule.fires();
            both.ran.1 |= decides;
            both.expected.0 |= rule.fires() && *expected;
            both.expected.1 |= *decides && *expected;
        }
    }

    fn goal(&self, spot: &Spot) -> Goal {
        let seen = |term: &TermId| self.terms.get(term.0 as usize).copied().unwrap_or_default();
        let rule = |at: &usize| self.rules.get(*at).copied().unwrap_or_default();
        let states = |about: String| GoalSubject::States(about);
        let (about, parts) = match &spot.what {
            SpotKind::Condition { term, known } => {
                let parts = [("true", seen(term).of(|it| it.yes)), ("false", seen(term).of(|it| it.no))];
                let unknown = (!known).then(|| ("unknown", seen(term).of(|it| it.unknown)));
                let about = format!("`{}`", excerpt(self.sources.slice(spot.at)));
                (states(about), parts.into_iter().chain(unknown).map(in_words).collect())
            }
            SpotKind::Question { term, name } => {
                let seen = seen(term);
                let parts =
                    [("yes", seen.of(|it| it.yes)), ("no", seen.of(|it| it.no)), ("open", seen.of(|it| it.unknown))];
                (states(format!("question `{name}`")), parts.map(in_words).to_vec())
            }
            SpotKind::Scope { term, noun, said: [yes, no, unknown] } => {
                let seen = seen(term);
                let sights = [seen.of(|it| it.yes), seen.of(|it| it.no), seen.of(|it| it.unknown)];
                let said = [yes, no, unknown].map(Clone::clone);
                (GoalSubject::Records(noun.clone()), said.into_iter().zip(sights).collect())
            }
            SpotKind::Threshold { setting, term } => {
                let parts = [("met", seen(term).of(|it| it.yes)), ("not met", seen(term).of(|it| it.no))];
                (states(format!("setting {}", self.named(setting))), parts.map(in_words).to_vec())
            }
            SpotKind::Window { setting, noun, selection } => {
                let window = self.windows.get(selection.0 as usize).copied().unwrap_or_default();
                let setting = self.named(setting);
                let inside = (format!("within {setting}"), window.of(|it| it.0));
                let outside = (format!("outside {setting} and else like one inside"), window.of(|it| it.1));
                (GoalSubject::Records(noun.clone()), vec![inside, outside])
            }
            SpotKind::Value { setting, rule: at } => {
                let parts = [("deciding", rule(at).of(|it| it.1))];
                (states(format!("setting {}", self.named(setting))), parts.map(in_words).to_vec())
            }
            SpotKind::Rule { name, rule: at } => {
                let parts = [("firing", rule(at).of(|it| it.0)), ("deciding the outcome", rule(at).of(|it| it.1))];
                (states(format!("rule {name}")), parts.map(in_words).to_vec())
            }
        };
        Goal { at: spot.at, about, parts }
    }

    /// A setting by its name; where the value in force is another than the one it was declared with, also by that value and the
    /// policy that gave it, for it is another threshold there.
    fn named(&self, name: &str) -> String {
        let setting = self.policy.settings.iter().find(|setting| setting.name == name);
        match setting.and_then(|setting| Some((setting, setting.given.first()?))) {
            Some((setting, declared)) if declared.value != setting.value => {
                format!("{name} ({} under {})", setting.value, setting.set_by())
            }
            _ => name.to_owned(),
        }
    }
}

impl<T: Copy> Both<T> {
    fn of(self, is: impl Fn(T) -> bool) -> Sight {
        match (is(self.expected), is(self.ran)) {
            (true, _) => Sight::Expected,
            (false, true) => Sight::Ran,
            (false, false) => Sight::Never,
        }
    }
}

fn in_words((said, sight): (&str, Sight)) -> (String, Sight) {
    (said.to_owned(), sight)
}

/// The beginning of a stretch of a policy's text, on one line.
fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= MOST { words } else { words.chars().take(MOST).chain(['…']).collect() }
}
