//! What a test claims, so that a test of the same name that claims less is not taken for the same test.

/// What a test poses and expects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claims {
    /// The digest of the case as it is written.
    pub case: String,
    /// Everything that it expects.
    pub list: Vec<TestClaim>,
}

/// One thing that a test expects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestClaim {
    /// What it is about: `grade`, `rule repeat`, `snapshot`.
    pub about: String,
    /// How what is said is meant.
    pub how: ClaimKind,
    /// As it is written.
    pub said: String,
    /// Everything that it takes: of a scale each value up to the one that is meant.
    pub takes: Vec<String>,
    /// The latest second that it allows, where it is about a time; less for what asks for more.
    pub by: Option<i64>,
}

/// How a claim means what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    /// This and nothing else.
    Exactly,
    /// This, or what asks for more.
    AtLeast,
    /// Anything but this.
    Not,
}

impl Claims {
    /// What these claim less than they did, one sentence each.
    pub(super) fn less_than(&self, before: &Self) -> Vec<String> {
        let case = (self.case != before.case).then(|| "poses another case than it did".to_owned());
        let gone = before.list.iter().filter(|claim| !self.list.iter().any(|own| own.covers(claim)));
        let gone = gone.map(|claim| format!("no longer expects as much of {}: {}", claim.about, claim.said));
        case.into_iter().chain(gone).collect()
    }
}

impl TestClaim {
    /// Whether whatever fails the other fails this too, or is less than this asks for.
    fn covers(&self, before: &Self) -> bool {
        let as_strict = match (self.how, before.how) {
            (ClaimKind::Exactly, ClaimKind::Exactly | ClaimKind::AtLeast)
            | (ClaimKind::AtLeast, ClaimKind::AtLeast) => true,
            (ClaimKind::Not, ClaimKind::Not) => self.takes == before.takes && self.by == before.by,
            _ => false,
        };
        let in_time = before.by.is_none_or(|latest| self.by.is_some_and(|own| own <= latest));
        self.about == before.about
            && as_strict
            && (self.how == ClaimKind::Not || in_time && before.takes.iter().all(|value| self.takes.contains(value)))
    }
}
