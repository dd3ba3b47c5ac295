//! Policies, the vocabulary of others -> the same policies to be read under it, and what of their own words it lacks.

use super::vocabulary::meanings_lost;
use crate::engine::{Input, Load, Snapshot};
use crate::syntax;
use crate::syntax::tree::Item;
use crate::text::Source;

/// The files of some policies with the vocabularies of others in place of their own.
pub fn under_other_words(policies: &Load, words: &Load) -> Vec<Input> {
    let own = policies.sources.iter().filter(|source| !is_of_vocabulary(source));
    let others = words.sources.iter().filter(|source| is_of_vocabulary(source));
    own.chain(others).map(|source| Input::new(source.name.clone(), source.text.clone())).collect()
}

/// What stands in the way of reading a policy under the words of another: whatever can be said in its own and not in those, or means
/// something else there, one sentence each.
pub fn words_in_the_way(policy: &Snapshot, other: &Snapshot) -> Vec<String> {
    meanings_lost(policy.policy(), other.policy())
}

fn is_of_vocabulary(source: &Source) -> bool {
    let (file, _) = syntax::parse(source);
    let first = file.items.first().map(|item| &item.node);
    matches!(first, Some(Item::Vocabulary(_) | Item::PartOfVocabulary(_)))
}
