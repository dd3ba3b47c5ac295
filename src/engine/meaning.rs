//! Files -> what each policy in them means, for its digest.
//!
//! A policy means what its own files, those of its bases and those of its vocabularies say: without comments or layout, and
//! whatever the files are called and whichever of them says what. Policies that it does not build on take no part.

use super::digest::digest;
use crate::check::Policy;
use crate::syntax::print_parts;
use crate::syntax::tree::{File, Item, PolicyLine, VocabularyLine};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is said of each policy and each vocabulary of a set of files.
#[derive(Debug, Default)]
pub(super) struct SetMeaning<'f> {
    said: BTreeMap<MeaningOwner<'f>, OwnerMeaning<'f>>,
}

/// What a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum MeaningOwner<'f> {
    Policy(&'f str),
    Vocabulary(&'f str),
}

#[derive(Debug, Default)]
struct OwnerMeaning<'f> {
    /// In no order; the same may be said twice.
    parts: Vec<String>,
    /// The vocabulary that a policy is written in, or that a vocabulary extends.
    vocabulary: Option<&'f str>,
}

impl<'f> SetMeaning<'f> {
    pub(super) fn of(files: &'f [File]) -> Self {
        let mut meaning = Self::default();
        for file in files {
            let mut owner = None;
            for item in &file.items {
                owner = opened(&item.node).or(owner);
                let Some(owner) = owner else { continue };
                let said = meaning.said.entry(owner).or_default();
                match &item.node {
                    Item::PartOfPolicy(_) | Item::PartOfVocabulary(_) => continue,
                    Item::Policy(header) => {
                        let named = header.lines.iter().find_map(|line| match &line.node {
                            PolicyLine::Vocabulary(name) => Some(name.value.as_str()),
                            _ => None,
                        });
                        said.vocabulary = named.or(said.vocabulary);
                    }
                    Item::Vocabulary(header) => {
                        let extended = header.lines.iter().find_map(|line| match &line.node {
                            VocabularyLine::Extends(name) => Some(name.value.as_str()),
                            _ => None,
                        });
                        said.vocabulary = extended.or(said.vocabulary);
                    }
                    _ => {}
                }
                said.parts.extend(print_parts(item));
            }
        }
        for said in meaning.said.values_mut() {
            said.parts.sort_unstable();
        }
        meaning
    }

    /// The digest of what one policy means: its name, and all that is said of it, of its bases and of its vocabularies.
    pub(super) fn digest(&self, policy: &Policy) -> String {
        let chain: Vec<MeaningOwner<'_>> = policy.chain.iter().map(|name| MeaningOwner::Policy(name)).collect();
        let mut owners: BTreeSet<MeaningOwner<'_>> = BTreeSet::new();
        for policy in chain {
            owners.insert(policy);
            let mut vocabulary = self.said.get(&policy).and_then(|said| said.vocabulary).map(MeaningOwner::Vocabulary);
            while let Some(named) = vocabulary.filter(|named| owners.insert(*named)) {
                vocabulary = self.said.get(&named).and_then(|said| said.vocabulary).map(MeaningOwner::Vocabulary);
            }
        }
        let known = owners.iter().filter_map(|owner| Some((owner, self.said.get(owner)?)));
        let told = known.flat_map(|(owner, said)| {
            let heading = match owner {
                MeaningOwner::Policy(name) => ["policy ", name],
                MeaningOwner::Vocabulary(name) => ["vocabulary ", name],
            };
            heading
                .into_iter()
                .chain(END)
                .chain(said.parts.iter().flat_map(|part| [part.as_str()].into_iter().chain(END)))
        });
        digest([policy.name.as_str()].into_iter().chain(END).chain(told).map(str::as_bytes))
    }
}

/// Stands after each part, and in none.
const END: [&str; 1] = ["\0"];

fn opened(item: &Item) -> Option<MeaningOwner<'_>> {
    Some(match item {
        Item::Policy(header) => MeaningOwner::Policy(&header.name.value),
        Item::PartOfPolicy(name) => MeaningOwner::Policy(&name.value),
        Item::Vocabulary(header) => MeaningOwner::Vocabulary(&header.name.value),
        Item::PartOfVocabulary(name) => MeaningOwner::Vocabulary(&name.value),
        _ => return None,
    })
}
