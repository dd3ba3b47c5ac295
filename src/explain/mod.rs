//! Policy -> `PolicyDocument`: what a policy says, in words that are made from what it executes and never from its source.

mod words;
mod lift;
mod predicates;
mod sentences;
mod rules;
mod changes;
mod tables;
mod glossary;
mod document;

pub use document::{
    Added, Addition, BaseChanges, Calendar, Called, Defined, Floor, GivenValue, Glossary, Moved, Piece, PolicyDocument,
    Rule, RuleGroup, Score, Section, Sentence, Setting, Statement, Suspended, Suspension, plain,
};
#[cfg(not(feature = "internals"))]
pub(crate) use lift::Lift;
#[cfg(feature = "internals")]
pub use lift::Lift;

use crate::check::Policy;

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
        sections: lift.sections(),
        definitions: lift.definitions(),
        scores: lift.scores(),
        calendars: lift.calendars(),
        words: lift.glossary(),
    }
}
