//! Lints: a typed policy -> warnings about what is sound to decide by, and probably not what its author meant.
//!
//! Each file looks for one kind of thing, and begins with its page for authors: a heading that names its codes, what is found and why it
//! matters, an example, and how to mend it. `docs/lints.md` is made of these pages. A finding is a warning, and a warning never
//! keeps a policy from being used.

mod sites;
mod reach;
mod moments;
mod together;
mod counting;
mod idle;
mod inside_where;
mod bands;
mod one_value;
mod mentions;
mod unused;
mod untested;
mod twice;
mod over;
mod accepted;
mod headings;

pub(super) use accepted::ACCEPTABLE;
pub use accepted::judge;
pub use untested::not_tested;

use super::policy::Policy;
use crate::syntax::tree::File;
use crate::text::{Code, Diagnostic, Span};
use crate::time::{Date, Zone};
use headings::Headings;
use sites::{Conjunction, Site};
use std::collections::{BTreeMap, BTreeSet};

/// What looks at one condition.
const AT_EACH: [fn(&Site<'_>) -> Option<Diagnostic>; 5] =
    [reach::out_of_reach, moments::same_second, moments::empty, inside_where::of_the_call, bands::band_alone];

/// What looks at conditions that must hold together.
const TOGETHER: [fn(&Conjunction<'_>) -> Option<Diagnostic>; 2] = [together::opposites, counting::need_not_count];

/// A warning with what it takes to accept it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub problem: Diagnostic,
    /// The name under whose heading it stands; none where it stands under no name.
    pub about: Option<String>,
    /// The policies in which it is found, by name.
    pub policies: BTreeSet<String>,
}

/// Looks through policies that were checked and have no error, in the files that they were read from. What is found is
/// told once, in the order of places, however many policies are built on the one that it stands in.
pub fn lint(files: &[File], policies: &[Policy]) -> Vec<Finding> {
    let items = sites::written(files);
    let headings = Headings::of(files);
    let mut findings = Vec::new();
    let mut add = |names: BTreeSet<String>, problem: Diagnostic| {
        let about = headings.named(problem.span);
        findings.push(Finding { problem, about, policies: names });
    };
    for policy in policies {
        let mut found = Vec::new();
        let (sites, held) = sites::of(policy, &items);
        found.extend(sites.iter().flat_map(|site| AT_EACH.iter().filter_map(move |look| look(site))));
        found.extend(idle::idle(policy, files, &items));
        one_value::one_value(policy, &mut found);
        twice::twice(policy, files, &items, &mut found);
        found.extend(held.iter().flat_map(|held| TOGETHER.iter().filter_map(move |look| look(held))));
        found.into_iter().for_each(|problem| add(BTreeSet::from([policy.name.clone()]), problem));
    }
    unused::unused(policies, files).into_iter().for_each(|(names, problem)| add(names, problem));
    told_once(findings)
}

/// What of the policies was for a time that is over. What day it is may differ with the zone of each of them.
pub fn over<'p>(policies: impl Iterator<Item = &'p Policy>, today: impl Fn(&Zone) -> Date) -> Vec<Finding> {
    let of_policy = |policy: &'p Policy| {
        let found = over::over(policy, today(&policy.zone));
        let names = BTreeSet::from([policy.name.clone()]);
        found.into_iter().map(move |(about, problem)| Finding { problem, about: Some(about), policies: names.clone() })
    };
    told_once(policies.flat_map(of_policy).collect())
}

/// The first of those that say the same of one place, for all policies in which it is so.
fn told_once(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| finding.problem.span);
    let mut told: Vec<Finding> = Vec::new();
    let mut seen: BTreeMap<(Span, Code), usize> = BTreeMap::new();
    for finding in found {
        let at = *seen.entry((finding.problem.span, finding.problem.code)).or_insert(told.len());
        match told.get_mut(at) {
            Some(first) => first.policies.extend(finding.policies),
            None => told.push(finding),
        }
    }
    told
}
