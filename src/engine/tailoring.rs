//! A policy -> the same without what it set and suspended, to tell what it adds from what it was allowed; or with a setting at another value.

use super::{Load, Snapshot};
use crate::check;
use crate::compile;
use crate::explain::means_otherwise;
use crate::syntax;
use crate::syntax::tree::{File, Item, PolicyLine};
use crate::text::{Severity, Source, SourceId};
use crate::workers::Sequential;

/// The files of a set, of which a policy is made that says one thing otherwise.
pub(crate) struct Rewriting {
    files: Vec<File>,
}

impl Rewriting {
    /// The files that a policy is made of.
    pub(crate) fn of(load: &Load, policy: &Snapshot) -> Self {
        let chain = &policy.policy().chain;
        let mut files = read(load);
        files.retain(|file| heading(file).is_none_or(|name| chain.contains(name)));
        Self { files }
    }

    /// The policy with a setting at another value, as a policy writes it. `None` where it makes no sense so.
    pub(crate) fn at_value(&self, policy: &Snapshot, setting: &str, value: &str) -> Option<Snapshot> {
        let text = format!("policy \"p\"\n  set {setting} to {value}\n");
        let (read, _) = syntax::parse(&Source::new(SourceId(0), "value", text));
        let value = read.items.into_iter().find_map(|item| match item.node {
            Item::Policy(header) => header.lines.into_iter().find_map(|line| match line.node {
                PolicyLine::Set { value, .. } => Some(value),
                _ => None,
            }),
            _ => None,
        })?;
        let mut files = self.files.clone();
        for item in files.iter_mut().flat_map(|file| &mut file.items) {
            match &mut item.node {
                Item::Setting(item) if item.name.text == setting => item.value = value.clone(),
                Item::Policy(header) => header
                    .lines
                    .retain(|line| !matches!(&line.node, PolicyLine::Set { setting: of, .. } if of.text == setting)),
                _ => {}
            }
        }
        made(&files, policy)
    }
}

impl Rewriting {
    /// The policy without a rule. `None` where it makes no sense so.
    pub(crate) fn without(&self, policy: &Snapshot, rule: &str) -> Option<Snapshot> {
        let mut files = self.files.clone();
        for file in &mut files {
            file.items.retain(|item| match &item.node {
                Item::Rule(item) => item.name.text != rule,
                Item::Addition(item) => item.rule.text != rule,
                Item::Suspension(item) => item.rule.text != rule,
                Item::Acceptance(item) => item.about() != rule,
                _ => true,
            });
        }
        made(&files, policy)
    }
}

fn read(load: &Load) -> Vec<File> {
    syntax::parse_all(load.sources.iter(), &Sequential).into_iter().map(|(file, _)| file).collect()
}

/// The policy that a file is of; none where it is of a vocabulary.
fn heading(file: &File) -> Option<&String> {
    file.items.iter().find_map(|item| match &item.node {
        Item::Policy(header) => Some(&header.name.value),
        Item::PartOfPolicy(name) => Some(&name.value),
        _ => None,
    })
}

/// A policy as these files say it. It goes by the digest of the one in whose place it stands.
fn made(files: &[File], policy: &Snapshot) -> Option<Snapshot> {
    let (policies, problems) = check::check(files);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return None;
    }
    let own = policies.into_iter().find(|known| known.name == policy.name())?;
    let (program, digest) = (compile::compile(&own), policy.digest().to_owned());
    Some(Snapshot { policy: own, program, digest })
}

impl Load {
    /// A policy of this set at the values that one of its bases gives every setting, and with nothing suspended. `None` where it
    /// has no such base, and where it makes no sense so.
    pub fn untailored(&self, policy: &Snapshot, base: &str) -> Option<Snapshot> {
        let chain = &policy.policy().chain;
        let place = chain.iter().position(|name| name == base)?;
        let above = chain.get(place + 1..)?;
        let mut files = read(self);
        for file in &mut files {
            if !heading(file).is_some_and(|name| above.contains(name)) {
                continue;
            }
            file.items.retain(|item| !matches!(item.node, Item::Suspension(_)));
            for item in &mut file.items {
                if let Item::Policy(header) = &mut item.node {
                    header.lines.retain(|line| !matches!(line.node, PolicyLine::Set { .. }));
                }
            }
        }
        made(&files, policy)
    }

    /// A policy of this set under the words of one that tailors it and says more in them, so that both can be compared. `None` where it makes
    /// no sense so, or means something else.
    pub fn under_words_of(&self, base: &Snapshot, policy: &Snapshot) -> Option<Snapshot> {
        let mut files = read(self);
        // What others say in words of their own is no matter of these two.
        let chain = &base.policy().chain;
        files.retain(|file| {
            heading(file).is_none_or(|name| chain.contains(name) || policy.policy().chain.contains(name))
        });
        let line = |of: &String| {
            let mut lines = files.iter().filter(|file| heading(file) == Some(of)).flat_map(|file| &file.items);
            lines.find_map(|item| match &item.node {
                Item::Policy(header) => {
                    header.lines.iter().find(|line| matches!(line.node, PolicyLine::Vocabulary(_))).cloned()
                }
                _ => None,
            })
        };
        let words = policy.policy().chain.iter().rev().find_map(line)?;
        files.retain(|file| heading(file).is_none_or(|name| chain.contains(name)));
        for item in files.iter_mut().flat_map(|file| &mut file.items) {
            if let Item::Policy(header) = &mut item.node
                && header.name.value == base.name()
            {
                header.lines.retain(|line| !matches!(line.node, PolicyLine::Vocabulary(_)));
                header.lines.push(words.clone());
            }
        }
        made(&files, base).filter(|read| means_otherwise(base.policy(), read.policy()).is_none())
    }
}
