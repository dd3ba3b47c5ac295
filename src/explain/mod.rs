//! Policy -> Document: what a policy says, in words that are made from what it executes and never from its source.

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
    Added, Addition, Calendar, Called, Changes, Defined, Document, Floor, Given, Glossary, Group, Moved, Piece, Rule,
    Score, Section, Sentence, Setting, Statement, Suspended, Suspension, plain,
};
#[cfg(not(feature = "internals"))]
pub(crate) use lift::Lift;
#[cfg(feature = "internals")]
pub use lift::Lift;

use crate::check::Policy;

/// Says a policy in words. `bases` are the policies that it is built on, from which it is told which names and words
/// each of them brought.
pub(crate) fn explain(policy: &Policy, bases: &[&Policy], digest: &str) -> Document {
    let lift = Lift::for_people(policy);
    Document {
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
