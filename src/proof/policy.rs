//! A policy -> all that is proved of it: what it states, and where it may give less than those that it tailors.

use super::base::{prove_against_base, under_words_of};
use super::compare::{Reading, compare};
use super::compared::Compared;
use super::invariants::{InvariantProof, prove_invariants};
use crate::engine::{Load, Snapshot};
use crate::workers::{Workers, both};

/// All that is proved of a policy by itself and beside those that it tailors.
#[derive(Debug)]
pub struct PolicyProof<'p> {
    /// What came of each invariant, in the order of the policy.
    pub invariants: Vec<InvariantProof>,
    /// The policy beside each that it tailors, the nearest first.
    pub bases: Vec<Compared<'p>>,
}

/// Proves what there is to prove of a policy. With `certify` what proves each answer is kept, and checked.
pub fn prove_policy<'p>(load: &'p Load, policy: &'p Snapshot, certify: bool, workers: &dyn Workers) -> PolicyProof<'p> {
    let named: Vec<&str> = policy.bases().collect();
    let bases = named.iter().rev().filter_map(|name| load.policies.iter().find(|base| base.name() == *name));
    let mut bases: Vec<Compared<'p>> =
        bases.map(|base| compare_with_base(load, policy, base, certify, workers)).collect();
    if certify {
        bases.iter_mut().for_each(Compared::check_certificates);
    }
    PolicyProof { invariants: prove_invariants(policy, certify), bases }
}

/// Compares a policy with one that it tailors, and tells what that one allows from what it does not.
pub fn compare_with_base<'p>(
    load: &'p Load,
    policy: &'p Snapshot,
    base: &'p Snapshot,
    certify: bool,
    workers: &dyn Workers,
) -> Compared<'p> {
    let (read, note) = under_words_of(load, base, policy);
    let reading = Reading::of(base, &read);
    let (comparison, proof) =
        both(workers, || compare(reading, policy, certify), || prove_against_base(load, policy, reading, certify));
    let mut compared = Compared::new((read, load), (policy, load), comparison, Vec::new());
    (compared.base, compared.note) = (Some(proof), note);
    compared
}
