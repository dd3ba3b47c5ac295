//! Policies, the vocabulary of others -> the same policies under it, and what of their own words it lacks.

use super::vocabulary::meanings_lost;
use crate::engine::{Input, Load, Snapshot, load_with};
use crate::explain::means_otherwise;
use crate::syntax;
use crate::syntax::tree::Item;
use crate::text::{Severity, Source};
use crate::workers::Workers;
use std::sync::Arc;

/// Some policies, to be read under the words of others.
pub struct OtherWords<'l> {
    policies: &'l Load,
    others: &'l Load,
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
        Self { policies, others }
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
        let files = under_other_words(self.policies, &policy.policy().chain, self.others);
        let load = load_with(&files, workers);
        let read = load.policies.iter().find(|known| known.name() == policy.name());
        let means_otherwise = read.and_then(|read| means_otherwise(policy.policy(), read.policy()));
        match (load.diagnostics.iter().find(|problem| problem.severity == Severity::Error), read) {
            (None, Some(_)) if means_otherwise.is_none() => Reread::Under(Arc::new(load)),
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

    /// Why it is not read so, where it is not.
    pub fn why_not(&self) -> Option<&str> {
        match self {
            Self::NotNeeded | Self::Under(_) => None,
            Self::Cannot(why) => Some(why),
        }
    }
}

/// The files of a chain of policies with the vocabularies of others in place of their own. Whatever another policy of the set says, and whether
/// it can be read so, is no matter of theirs.
fn under_other_words(policies: &Load, chain: &[String], words: &Load) -> Vec<Input> {
    let own = policies.sources.iter().filter(|source| heading(source).is_some_and(|policy| chain.contains(&policy)));
    let others = words.sources.iter().filter(|source| heading(source).is_none());
    own.chain(others).map(|source| Input::new(source.name.clone(), source.text.clone())).collect()
}

/// The policy that a file is of; none where it is of a vocabulary.
fn heading(source: &Source) -> Option<String> {
    let (file, _) = syntax::parse(source);
    file.items.into_iter().find_map(|item| match item.node {
        Item::Policy(header) => Some(header.name.value),
        Item::PartOfPolicy(name) => Some(name.value),
        _ => None,
    })
}
