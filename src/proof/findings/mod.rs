//! The policies of a set -> what each of them by itself is proved to do, or shown by a call, and was probably not meant to.
//!
//! As the files of `check/lints`, each begins with its page for authors, of which `docs/lints.md` is made. Nothing is told that is not proved or
//! shown; but for invariants, what is not settled is left out.

mod scales;
mod inquiry;
mod apply;
mod outdone;
mod alike;
mod settings;
mod left_out;
mod too_soon;
mod while_unknown;
mod stated;

use crate::check::Finding;
use crate::engine::{Load, Rewriting, Snapshot};
use crate::semantics::Condition;
use crate::text::{Code, Diagnostic, Span};
use inquiry::inquire;
use std::collections::{BTreeMap, BTreeSet};

impl Load {
    /// Adds to the diagnostics what is proved of the policies, or shown by a call. That takes many times as long as reading them, so only
    /// who is asked to check them does it; what is accepted is taken away with the rest, once a day is given.
    pub fn warn_of_proved(&mut self) {
        // A set with an error has no policy, and its errors stay in their order.
        if self.policies.is_empty() {
            return;
        }
        let found = findings(self);
        self.warn_of(found);
    }
}

/// The warnings that there are of a policy already.
struct Told<'l> {
    known: BTreeSet<(&'l str, Code)>,
}

impl<'l> Told<'l> {
    fn of(load: &'l Load, policy: &Snapshot) -> Self {
        let of_policy = load.findings().iter().filter(|finding| finding.policies.contains(policy.name()));
        Self { known: of_policy.filter_map(|it| Some((it.about.as_deref()?, it.problem.code))).collect() }
    }

    /// Whether something of one of these kinds is told under a name.
    fn any(&self, name: &str, codes: &[Code]) -> bool {
        codes.iter().any(|code| self.known.contains(&(name, *code)))
    }
}

fn findings(load: &Load) -> Vec<Finding> {
    // A base comes before what is built on it, so that what it states is told of itself.
    let mut policies: Vec<&Snapshot> = load.policies.iter().collect();
    policies.sort_by_key(|policy| policy.policy().chain.len());
    let mut found: Vec<Finding> = Vec::new();
    let mut seen: BTreeMap<(Span, Code), usize> = BTreeMap::new();
    for policy in policies {
        for (about, problem) in of_policy(load, policy) {
            let at = *seen.entry((problem.span, problem.code)).or_insert(found.len());
            match found.get_mut(at) {
                Some(first) => drop(first.policies.insert(policy.name().to_owned())),
                None => found.push(Finding {
                    problem,
                    about: Some(about),
                    policies: BTreeSet::from([policy.name().to_owned()]),
                }),
            }
        }
    }
    found
}

fn of_policy(load: &Load, policy: &Snapshot) -> Vec<(String, Diagnostic)> {
    let (told, rewriting) = (Told::of(load, policy), Rewriting::of(load, policy));
    let mut found = stated::stated(policy);
    let (holes, absences) = (left_out::holes(policy.policy()), too_soon::absences(policy.policy()));
    let in_holes = holes.iter().map(|hole| hole.is.clone());
    let of_absences = absences.iter().flat_map(|absence| [absence.event.clone(), absence.is_just_now.clone()]);
    let posed: Vec<Condition> = in_holes.chain(of_absences).collect();
    found.extend(inquire(policy, &posed, |asked| {
        let (mut found, mut out) = apply::apply(asked, &told);
        found.extend(outdone::outdone(policy, &rewriting, asked, &told, &mut out));
        found.extend(alike::alike(policy, &rewriting, asked, &out));
        found.extend(settings::settings(policy, &rewriting, asked, &told, &out));
        found.extend(left_out::left_out(asked, &holes, 0));
        found.extend(too_soon::too_soon(asked, &absences, holes.len()));
        found.extend(while_unknown::while_unknown(asked));
        found
    }));
    found
}
