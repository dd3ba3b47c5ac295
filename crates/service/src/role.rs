//! The name of a role -> what it may do.

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Anybody who reaches the service: whether it runs, and what it is.
    Anybody,
    /// Has calls decided: the command-and-control system.
    Decide,
    /// Tells what happened, for the histories of later calls: a feed of records.
    Feed,
    /// Reads what is in force and how it goes.
    Read,
    /// Puts policies back in force.
    Edit,
    /// Reads what was recorded.
    Audit,
    /// Besides, reads what was recorded of cases whose records are restricted.
    Restricted,
}

impl Role {
    /// Those that a caller can be given.
    pub const GIVEN: [Self; 6] = [Self::Decide, Self::Feed, Self::Read, Self::Edit, Self::Audit, Self::Restricted];

    /// Its name in files of tokens and in the description.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Decide => "decide",
            Self::Feed => "feed",
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Audit => "audit",
            Self::Restricted => "restricted",
        }
    }

    /// The role of this name that a caller can be given.
    pub fn named(name: &str) -> Option<Self> {
        Self::GIVEN.into_iter().find(|role| role.name() == name)
    }
}
