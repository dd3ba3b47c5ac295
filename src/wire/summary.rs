//! Load -> the few numbers at the end of a check.

use crate::engine::{Load, Snapshot};
use crate::text::Severity;
use serde::Serialize;

/// What a set of policy files holds, and how much is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many files there are.
    pub files: usize,
    /// How many errors.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// How many warnings are accepted, and not among those.
    pub accepted: usize,
    /// How many vocabularies the set holds.
    pub vocabularies: usize,
    /// None when there is any error.
    pub policies: Vec<PolicySummary>,
}

/// One policy of the set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicySummary {
    /// Its name.
    pub name: String,
    /// The digest of what it means.
    pub digest: String,
    /// The rules of the policy it tailors are counted too.
    pub rules: usize,
    /// The most comparisons that a decision takes, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<u64>,
}

impl Summary {
    /// `records` asks for the bound with so many records of each kind.
    pub fn of(load: &Load, records: Option<u64>) -> Self {
        let count = |severity| load.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
        Self {
            files: load.sources.iter().count(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            accepted: load.accepted.len(),
            vocabularies: load.vocabularies.len(),
            policies: load.policies.iter().map(|policy| PolicySummary::of(policy, records)).collect(),
        }
    }
}

impl PolicySummary {
    fn of(policy: &Snapshot, records: Option<u64>) -> Self {
        Self {
            name: policy.name().to_owned(),
            digest: policy.digest().to_owned(),
            rules: policy.rule_count(),
            bound: records.map(|records| policy.bound(records)),
        }
    }
}
