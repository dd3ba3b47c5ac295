//! Policy -> `PolicyDocument`: what a policy says, in words that are made from what it executes and never from its source.

mod words;
mod lift;
mod predicates;
mod sentences;
mod rules;
mod changes;
mod tables;
mod glossary;
mod questions;
mod document;
mod otherwise;

pub use document::{
    Acceptance, Added, Addition, BaseChanges, Calendar, Called, Defined, Floor, GivenValue, Glossary, Invariant, Moved,
    Piece, Points, PolicyDocument, Rule, RuleGroup, Score, Section, Sentence, Setting, Statement, Suspended,
    Suspension, Table, Word, plain,
};
#[cfg(not(feature = "internals"))]
pub(crate) use lift::Lift;
#[cfg(feature = "internals")]
pub use lift::Lift;
pub(crate) use otherwise::{means_otherwise, reckons_alike};

use crate::check::{self, Policy};
use crate::time::Zone;

/// Says a policy in words. `bases` are the policies that it is built on, from which it is told which names and words
/// each of them brought.
pub(crate) fn explain(policy: &Policy, bases: &[&Policy], digest: &str) -> PolicyDocument {
    let lift = Lift::for_people(policy);
    PolicyDocument {
        name: policy.name.clone(),
        chain: policy.chain.clone(),
        digest: digest.to_owned(),
        vocabulary: policy.vocabulary.name.clone(),
        zone: policy.zone.name().to_owned(),
        changes: lift.changes(bases),
        settings: lift.settings(),
        floors: lift.floors(),
        invariants: lift.invariants(),
        sections: lift.sections(),
        definitions: lift.definitions(),
        scores: lift.scores(),
        tables: lift.tables(),
        calendars: lift.calendars(),
        words: lift.glossary(),
        acceptances: policy.acceptances.iter().map(|accepted| acceptance(accepted, &policy.zone)).collect(),
    }
}

/// An acceptance of a warning, in words.
pub(crate) fn acceptance(accepted: &check::Acceptance, zone: &Zone) -> Acceptance {
    let says = accepted.says().to_owned();
    let check::Acceptance { policy, warning, about, until, reason, owner, at } = accepted;
    Acceptance {
        policy: policy.clone(),
        warning: (*warning).to_owned(),
        about: about.clone(),
        says,
        until: zone.date(*until).spoken(),
        reason: reason.clone(),
        owner: owner.clone(),
        at: *at,
    }
}
