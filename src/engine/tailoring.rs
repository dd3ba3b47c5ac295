//! A policy that tailors others -> the same without what it set and suspended, to tell what it adds from what it was allowed.

use super::{Load, Snapshot};
use crate::check;
use crate::compile;
use crate::syntax;
use crate::syntax::tree::{Item, PolicyLine};
use crate::text::Severity;
use crate::workers::Sequential;

impl Load {
    /// A policy of this set at the values that one of its bases gives every setting, and with nothing suspended. `None` where it
    /// has no such base, and where it makes no sense so.
    pub fn untailored(&self, policy: &Snapshot, base: &str) -> Option<Snapshot> {
        let chain = &policy.policy().chain;
        let place = chain.iter().position(|name| name == base)?;
        let above = chain.get(place + 1..)?;
        let parsed = syntax::parse_all(self.sources.iter(), &Sequential);
        let mut files: Vec<syntax::tree::File> = parsed.into_iter().map(|(file, _)| file).collect();
        for file in &mut files {
            let named = file.items.iter().find_map(|item| match &item.node {
                Item::Policy(header) => Some(header.name.value.clone()),
                Item::PartOfPolicy(name) => Some(name.value.clone()),
                _ => None,
            });
            if !named.is_some_and(|name| above.contains(&name)) {
                continue;
            }
            file.items.retain(|item| !matches!(item.node, Item::Suspension(_)));
            for item in &mut file.items {
                if let Item::Policy(header) = &mut item.node {
                    header.lines.retain(|line| !matches!(line.node, PolicyLine::Set { .. }));
                }
            }
        }
        let (policies, problems) = check::check(&files);
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return None;
        }
        let own = policies.into_iter().find(|known| known.name == policy.name())?;
        let (program, digest) = (compile::compile(&own), policy.digest().to_owned());
        Some(Snapshot { policy: own, program, digest })
    }
}
