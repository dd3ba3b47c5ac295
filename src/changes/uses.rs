//! The settings that each rule of a policy reads, itself or by way of definitions, scores and tables.

use super::written::Written;
use crate::engine::{Load, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// Which settings the rules of one policy read.
#[derive(Clone, Debug, Default)]
pub struct SettingUses {
    of_rules: BTreeMap<String, BTreeSet<String>>,
}

impl SettingUses {
    /// Of a policy of a set that was loaded.
    pub fn of(load: &Load, policy: &Snapshot) -> Self {
        let written = Written::of(load);
        let owners: BTreeSet<&str> = policy.policy().chain.iter().map(String::as_str).collect();
        let mut of_rules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for setting in policy.settings() {
            for rule in written.users(setting, &owners) {
                of_rules.entry(rule).or_default().insert(setting.to_owned());
            }
        }
        Self { of_rules }
    }

    /// Those that a rule reads, by name.
    pub fn of_rule(&self, rule: &str) -> impl Iterator<Item = &str> {
        self.of_rules.get(rule).into_iter().flatten().map(String::as_str)
    }
}
