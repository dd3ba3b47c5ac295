//! Where the records come from that a rule names when it applies.

use super::sheets::RoleId;
use crate::model::RecordId;

/// Where the evidence of a rule comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EvidenceSource {
    /// From no record: only the call is asked about.
    #[default]
    Call,
    /// From the records that have one role, whenever the rule applies at the time of the call.
    Role(RecordId, RoleId),
    /// From whatever turns out to be so.
    Several,
}

impl EvidenceSource {
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Call, one) | (one, Self::Call) => one,
            (one, other) if one == other => one,
            _ => Self::Several,
        }
    }
}
