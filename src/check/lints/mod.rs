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
mod twice;
mod over;

use super::policy::Policy;
use crate::syntax::tree::File;
use crate::text::Diagnostic;
use crate::time::{Date, Zone};
use sites::{Conjunction, Site};
use std::collections::BTreeSet;

/// What looks at one condition.
const AT_EACH: [fn(&Site<'_>) -> Option<Diagnostic>; 5] =
    [reach::out_of_reach, moments::same_second, moments::empty, inside_where::of_the_call, bands::band_alone];

/// What looks at conditions that must hold together.
const TOGETHER: [fn(&Conjunction<'_>) -> Option<Diagnostic>; 2] = [together::opposites, counting::need_not_count];

/// Looks through policies that were checked and have no error, in the files that they were read from. What is found is
/// told once, in the order of places, however many policies are built on the one that it stands in.
pub fn lint(files: &[File], policies: &[Policy]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let items = sites::written(files);
    for policy in policies {
        let (sites, held) = sites::of(policy, &items);
        found.extend(sites.iter().flat_map(|site| AT_EACH.iter().filter_map(move |look| look(site))));
        found.extend(idle::idle(policy, files, &items));
        one_value::one_value(policy, &mut found);
        twice::twice(policy, files, &items, &mut found);
        found.extend(held.iter().flat_map(|held| TOGETHER.iter().filter_map(move |look| look(held))));
    }
    found.extend(unused::unused(policies, files));
    told_once(found)
}

/// What of the policies was for a time that is over. What day it is may differ with the zone of each of them.
pub fn over<'p>(policies: impl Iterator<Item = &'p Policy>, today: impl Fn(&Zone) -> Date) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    policies.for_each(|policy| over::over(policy, today(&policy.zone), &mut found));
    told_once(found)
}

fn told_once(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.sort_by_key(|problem| problem.span);
    let mut seen = BTreeSet::new();
    found.retain(|problem| seen.insert((problem.span, problem.code)));
    found
}
