//! Policies, the vocabulary of others -> the same policies under it, and what of their own words it lacks.

use super::vocabulary::meanings_lost;
use crate::engine::{Input, Load, Snapshot, load_with};
use crate::explain::means_otherwise;
use crate::syntax;
use crate::syntax::tree::Item;
use crate::text::{Severity, Source};
use crate::workers::Workers;
use std::cell::OnceCell;
use std::sync::Arc;

/// Some policies, to be read under the words of others. What is read is kept, since one vocabulary has many policies.
pub struct OtherWords<'l> {
    policies: &'l Load,
    others: &'l Load,
    read: OnceCell<Arc<Load>>,
}

/// A policy as it is under other words.
#[derive(Clone, Debug)]
pub enum Reread {
    /// Both are written in the same words.
    NotNeeded,
    /// The set that it stands in, with the other vocabularies in the place of its own.
    Under(Arc<Load>),
    /// Why it cannot be read so.
    Cannot(String),
}

impl<'l> OtherWords<'l> {
    /// Some policies, and those under whose words they are to be read.
    pub fn new(policies: &'l Load, others: &'l Load) -> Self {
        Self { policies, others, read: OnceCell::new() }
    }

    /// Reads a policy under the words of one of the others, if these keep all that could be said.
    pub fn reread(&self, policy: &Snapshot, other: &Snapshot, workers: &dyn Workers) -> Reread {
        if policy.vocabulary() == other.vocabulary() {
            return Reread::NotNeeded;
        }
        let in_the_way = meanings_lost(policy.policy(), other.policy());
        if !in_the_way.is_empty() {
            return Reread::Cannot(format!(
                "they are written in different vocabularies, and that of the new one does not keep what can be said in the old one: {}",
                in_the_way.join("; ")
            ));
        }
        let load =
            self.read.get_or_init(|| Arc::new(load_with(&under_other_words(self.policies, self.others), workers)));
        let read = load.policies.iter().find(|known| known.name() == policy.name());
        let means_otherwise = read.and_then(|read| means_otherwise(policy.policy(), read.policy()));
        match (load.diagnostics.iter().find(|problem| problem.severity == Severity::Error), read) {
            (None, Some(_)) if means_otherwise.is_none() => Reread::Under(Arc::clone(load)),
            (None, Some(_)) => Reread::Cannot(format!(
                "they are written in different vocabularies, and {} of the old one means something else under that of the new one",
                means_otherwise.unwrap_or_default()
            )),
            (None, None) => {
                Reread::Cannot(format!("there is no policy `{}` under the words of the new one", policy.name()))
            }
            (Some(problem), _) => Reread::Cannot(format!(
                "they are written in different vocabularies, and the old one cannot be read under that of the new one: {}",
                problem.message
            )),
        }
    }
}

impl Reread {
    /// The policy so; as it was given where that is not needed, and `None` where it cannot be read so.
    pub fn policy<'p>(&'p self, given: &'p Snapshot) -> Option<&'p Snapshot> {
        match self {
            Self::NotNeeded => Some(given),
            Self::Under(load) => load.policies.iter().find(|policy| policy.name() == given.name()),
            Self::Cannot(_) => None,
        }
    }
}

/// The files of some policies with the vocabularies of others in place of their own.
fn under_other_words(policies: &Load, words: &Load) -> Vec<Input> {
    let own = policies.sources.iter().filter(|source| !is_of_vocabulary(source));
    let others = words.sources.iter().filter(|source| is_of_vocabulary(source));
    own.chain(others).map(|source| Input::new(source.name.clone(), source.text.clone())).collect()
}

fn is_of_vocabulary(source: &Source) -> bool {
    let (file, _) = syntax::parse(source);
    let first = file.items.first().map(|item| &item.node);
    matches!(first, Some(Item::Vocabulary(_) | Item::PartOfVocabulary(_)))
}
