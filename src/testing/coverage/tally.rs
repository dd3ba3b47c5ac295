//! What tests saw, added up over every test and policy, by place in the text.

use super::spots::{Spot, What, spots};
use crate::compile::{Layout, Program};
use crate::engine::Snapshot;
use crate::eval::{Observed, Seen, observe};
use crate::model::Case;
use crate::syntax::tree::{File, Item};
use crate::syntax::{self};
use crate::testing::bind::bind;
use crate::testing::run::{Options, Prepared, Progress, Target, in_parallel, prepare};
use crate::text::{Sources, Span};
use std::collections::BTreeMap;

/// Something that tests are to see at one place, and whether they did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    pub at: Span,
    /// What it is about, in words: `this condition`, `setting repeat-calls`.
    pub about: String,
    /// Each thing to be seen, in words, and whether it was.
    pub parts: Vec<(&'static str, bool)>,
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
    pub fn seen(&self) -> usize {
        self.goals.iter().flat_map(|goal| &goal.parts).filter(|(_, seen)| *seen).count()
    }

    pub fn all(&self) -> usize {
        self.goals.iter().map(|goal| goal.parts.len()).sum()
    }

    /// Hundredths, rounded down, so that 100 means all; 100 also when there is nothing to see.
    pub fn percent(&self) -> usize {
        (self.seen() * 100).checked_div(self.all()).unwrap_or(100)
    }
}

/// Runs every test that can be used and tells what they saw, one coverage for each load of policies.
pub fn coverage(targets: &[Target<'_>], options: &Options<'_>) -> Vec<Coverage> {
    let prepared = prepare(targets, options);
    (options.progress)(Progress::Of(prepared.iter().map(|file| file.read.tests.len()).sum()));
    let mut loads: Vec<&Target<'_>> = Vec::new();
    for target in targets {
        if !loads.iter().any(|known| std::ptr::eq(known.load, target.load)) {
            loads.push(target);
        }
    }
    loads.into_iter().map(|target| of_load(target, &prepared, options)).collect()
}

fn of_load(target: &Target<'_>, prepared: &[Prepared<'_>], options: &Options<'_>) -> Coverage {
    let sources = &target.load.sources;
    let files: Vec<File> = sources.iter().map(|source| syntax::parse(source).0).collect();
    let mut goals: BTreeMap<(Span, String), Goal> = BTreeMap::new();
    for policy in &target.load.policies {
        let mut layout = Layout::of(policy.policy());
        let spots = spots(policy.policy(), &items(&files, policy), &mut layout);
        let tally = Tally::of(sources, policy, layout.program(), &cases(policy, prepared), options);
        for spot in &spots {
            let goal = tally.goal(spot);
            let slot = goals.entry((goal.at, goal.about.clone())).or_insert_with(|| goal.clone());
            for (known, (_, seen)) in slot.parts.iter_mut().zip(&goal.parts) {
                known.1 |= seen;
            }
        }
    }
    Coverage { sources: sources.clone(), goals: goals.into_values().collect() }
}

/// The items of the files that belong to a policy or to one that it is built on.
pub(in crate::testing) fn items<'f>(files: &'f [File], policy: &Snapshot) -> Vec<&'f Item> {
    let belongs = |file: &&File| match file.items.first().map(|item| &item.node) {
        Some(Item::Policy(header)) => policy.policy().chain.contains(&header.name.value),
        Some(Item::PartOfPolicy(name)) => policy.policy().chain.contains(&name.value),
        _ => false,
    };
    files.iter().filter(belongs).flat_map(|file| &file.items).map(|item| &item.node).collect()
}

/// The cases of the tests that are for a policy.
fn cases(policy: &Snapshot, prepared: &[Prepared<'_>]) -> Vec<Case> {
    let own = prepared.iter().filter(|file| file.policy.is_some_and(|known| std::ptr::eq(known, policy)));
    own.flat_map(|file| file.read.tests.iter().filter_map(|test| bind(&file.read, test, policy).ok()))
        .map(|bound| bound.case)
        .collect()
}

/// What all cases of one policy saw.
struct Tally<'s> {
    sources: &'s Sources,
    terms: Vec<Seen>,
    /// Whether a record lay inside the spans of a selection, and whether one lay outside.
    windows: Vec<(bool, bool)>,
    /// Whether a rule fired, and whether it decided.
    rules: Vec<(bool, bool)>,
}

impl<'s> Tally<'s> {
    fn of(sources: &'s Sources, policy: &Snapshot, program: &Program, cases: &[Case], options: &Options<'_>) -> Self {
        // With its spans gone, a selection means the records outside of them too.
        let wide = program.without_spans();
        let observed = in_parallel(options.threads, cases, |case| {
            let near = observe(policy.policy(), program, case);
            let far = observe(policy.policy(), &wide, case);
            (options.progress)(Progress::OneMore);
            (near, far)
        });
        let mut tally = Self {
            sources,
            terms: vec![Seen::default(); program.terms.len()],
            windows: vec![(false, false); program.selections.len()],
            rules: vec![(false, false); program.rules.len()],
        };
        observed.iter().for_each(|(near, far)| tally.add(near, far));
        tally
    }

    fn add(&mut self, near: &Observed, far: &Observed) {
        self.terms.iter_mut().zip(&near.terms).for_each(|(all, one)| *all = all.with(*one));
        let members = near.members.iter().zip(&far.members);
        for (window, (inside, with_outside)) in self.windows.iter_mut().zip(members) {
            window.0 |= *inside > 0;
            window.1 |= with_outside > inside;
        }
        for (all, (rule, decides)) in self.rules.iter_mut().zip(near.rules.iter().zip(&near.decides)) {
            all.0 |= rule.fires();
            all.1 |= decides;
        }
    }

    fn goal(&self, spot: &Spot) -> Goal {
        let seen = |term: &crate::compile::TermId| self.terms.get(term.0 as usize).copied().unwrap_or_default();
        let rule = |at: &usize| self.rules.get(*at).copied().unwrap_or_default();
        let (about, parts) = match &spot.what {
            What::Condition { term, known } => {
                let seen = seen(term);
                let mut parts = vec![("true", seen.yes), ("false", seen.no)];
                if !known {
                    parts.push(("unknown", seen.unknown));
                }
                (format!("`{}`", excerpt(self.sources.slice(spot.at))), parts)
            }
            What::Threshold { setting, term } => {
                let seen = seen(term);
                (format!("setting {setting}"), vec![("met", seen.yes), ("not met", seen.no)])
            }
            What::Window { setting, selection } => {
                let (inside, outside) = self.windows.get(selection.0 as usize).copied().unwrap_or_default();
                (format!("setting {setting}"), vec![("a record inside", inside), ("a record outside", outside)])
            }
            What::Value { setting, rule: at } => (format!("setting {setting}"), vec![("deciding", rule(at).1)]),
            What::Rule { name, rule: at } => {
                (format!("rule {name}"), vec![("firing", rule(at).0), ("deciding the outcome", rule(at).1)])
            }
        };
        Goal { at: spot.at, about, parts }
    }
}

/// The beginning of a stretch of a policy's text, on one line.
fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= MOST { words } else { words.chars().take(MOST).chain(['…']).collect() }
}
