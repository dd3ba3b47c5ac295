//! Lints: a typed policy -> warnings about what is sound to decide by, and probably not what its author meant.
//!
//! Each file looks for one kind of thing, at every condition or among conditions that must hold together. A finding is a
//! warning, and a warning never keeps a policy from being used.

mod sites;
mod reach;
mod moments;
mod together;
mod counting;
mod idle;

use super::policy::Policy;
use crate::syntax::tree::File;
use crate::text::Diagnostic;
use sites::{Conjunction, Site};
use std::collections::BTreeSet;

/// What looks at one condition.
const AT_EACH: [fn(&Site<'_>) -> Option<Diagnostic>; 3] = [reach::out_of_reach, moments::same_second, moments::empty];

/// What looks at conditions that must hold together.
const TOGETHER: [fn(&Conjunction<'_>) -> Option<Diagnostic>; 2] = [together::opposites, counting::need_not_count];

/// Looks through policies that were checked and have no error, in the files that they were read from. What is found is
/// told once, in the order of places, however many policies are built on the one that it stands in.
pub fn lint(files: &[File], policies: &[Policy]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for policy in policies {
        let (sites, held) = sites::of(policy, files);
        found.extend(sites.iter().flat_map(|site| AT_EACH.iter().filter_map(move |look| look(site))));
        found.extend(idle::idle(policy, files));
        found.extend(held.iter().flat_map(|held| TOGETHER.iter().filter_map(move |look| look(held))));
    }
    found.sort_by_key(|problem| problem.span);
    let mut seen = BTreeSet::new();
    found.retain(|problem| seen.insert((problem.span, problem.code)));
    found
}
