//! The diff of two sets of declarations: what was removed, added or changed, part by part.

use super::written::{Thing, Written};
use super::{Change, ChangeKind, ChangedPart, Changes, What};
use crate::check::{Policy, Setting};
use crate::engine::{Load, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// What changed from one set of policies to the next. Both must be free of errors.
pub fn between(before: &Load, after: &Load) -> Changes {
    let old = Side { written: Written::of(before), policies: &before.policies };
    let new = Side { written: Written::of(after), policies: &after.policies };
    let mut list = things(&old, &new);
    list.extend(settings(&old, &new));
    list.sort();
    Changes { list }
}

struct Side<'l> {
    written: Written,
    policies: &'l [Snapshot],
}

impl Side<'_> {
    fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().map(Snapshot::policy).find(|policy| policy.name == name)
    }

    /// The policies in which takes effect what a policy or vocabulary of this name declares.
    fn in_effect(&self, owner: &str) -> Vec<String> {
        let under = |policy: &&Policy| {
            policy.chain.iter().any(|base| base == owner) || self.written.is_under(&policy.vocabulary.name, owner)
        };
        self.policies.iter().map(Snapshot::policy).filter(under).map(|policy| policy.name.clone()).collect()
    }

    /// The rules that use a name in any of these policies.
    fn touched(&self, name: &str, policies: &[String]) -> Vec<String> {
        let chains = policies.iter().filter_map(|name| self.policy(name)).flat_map(|policy| &policy.chain);
        let owners: BTreeSet<&str> = chains.map(String::as_str).collect();
        self.written.users(name, &owners).into_iter().collect()
    }
}

/// Everything but the values of settings, by what is written.
fn things(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    let keys: BTreeSet<_> = old.written.things.keys().chain(new.written.things.keys()).collect();
    let mut list = Vec::new();
    for key in keys {
        let (what, name, owner) = key;
        let (was, is) = (old.written.things.get(key), new.written.things.get(key));
        let (how, side) = match (was, is) {
            (Some(_), None) => (ChangeKind::Removed, old),
            (None, Some(_)) => (ChangeKind::Added, new),
            _ => (ChangeKind::Changed, new),
        };
        let parts = parts(was, is);
        // A setting is added and removed with its value, which is compared apart.
        let by_value = *what == What::Setting && how != ChangeKind::Changed;
        if by_value || (how == ChangeKind::Changed && parts.is_empty()) {
            continue;
        }
        let policies = side.in_effect(owner);
        let touches = match what {
            What::Definition | What::Score | What::Table | What::Calendar | What::Fact => side.touched(name, &policies),
            _ => Vec::new(),
        };
        list.push(Change { how, what: *what, name: name.clone(), parts, policies, touches });
    }
    list
}

fn parts(was: Option<&Thing>, is: Option<&Thing>) -> Vec<ChangedPart> {
    let all = |thing: Option<&Thing>| thing.map(|thing| thing.parts.clone()).unwrap_or_default();
    let (was, is) = (all(was), all(is));
    let find = |parts: &[(&'static str, String)], name: &str| {
        parts.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone())
    };
    let mut names: Vec<&'static str> = is.iter().map(|(name, _)| *name).collect();
    names.extend(was.iter().map(|(name, _)| *name).filter(|name| find(&is, name).is_none()));
    let parts = names.into_iter().map(|name| ChangedPart { name, before: find(&was, name), after: find(&is, name) });
    parts.filter(|part| part.before != part.after).collect()
}

/// Settings by the value that is in force in each policy, whoever set it. The same change in several policies is one.
fn settings(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    let mut found: BTreeMap<(ChangeKind, String, Vec<ChangedPart>), Vec<String>> = BTreeMap::new();
    for name in old.policies.iter().chain(new.policies).map(Snapshot::name).collect::<BTreeSet<_>>() {
        let (Some(was), Some(is)) = (old.policy(name), new.policy(name)) else { continue };
        let names: BTreeSet<&String> = was.settings.iter().chain(&is.settings).map(|setting| &setting.name).collect();
        for setting in names {
            let value = |policy: &Policy| value(&policy.settings, setting);
            let (before, after) = (value(was), value(is));
            let how = match (&before, &after) {
                (Some(was), Some(is)) if was == is => continue,
                (Some(_), Some(_)) => ChangeKind::Changed,
                (Some(_), None) => ChangeKind::Removed,
                (None, _) => ChangeKind::Added,
            };
            let part = ChangedPart { name: "value", before, after };
            found.entry((how, setting.clone(), vec![part])).or_default().push(name.to_owned());
        }
    }
    let change = |((how, name, parts), policies): ((ChangeKind, String, Vec<ChangedPart>), Vec<String>)| {
        let side = if how == ChangeKind::Removed { old } else { new };
        let touches = side.touched(&name, &policies);
        Change { how, what: What::Setting, name, parts, policies, touches }
    };
    found.into_iter().map(change).collect()
}

fn value(settings: &[Setting], name: &str) -> Option<String> {
    settings.iter().find(|setting| setting.name == name).map(|setting| setting.value.to_string())
}
