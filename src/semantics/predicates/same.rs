//! Whether somebody or something is who or what a fact of this call is: `is this call's caller`.

use super::super::claim::Claim;
use super::super::form::{Context, Form, Names, Speaker};
use super::super::marks::Mark;
use crate::model::{Case, FactId, Truth, Value};
use crate::syntax::tree;

/// Whether two values are one choice, or share somebody.
pub fn share(case: &Case, one: Value, other: Value) -> Truth {
    Truth::from(match (one, other) {
        (Value::Unknown, _) | (_, Value::Unknown) => return Truth::Unknown,
        (Value::Choice(one), Value::Choice(other)) => one == other,
        _ => {
            let others = case.identities(&other);
            case.identities(&one).iter().any(|name| others.contains(name))
        }
    })
}

/// `is this call's caller`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Same {
    pub fact: FactId,
    pub not: bool,
}

impl Form for Same {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let shared = context.share(value, context.fact(self.fact));
        if self.not { !shared } else { shared }
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        vec![Mark::Fact(self.fact)]
    }

    fn claim(&self, negated: bool) -> Option<Claim> {
        Some(Claim::Same(self.fact, self.not != negated))
    }

    fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
        self.not == narrow.not && names.is_same_fact(self.fact, narrow.fact)
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::Same { not: self.not, fact: speaker.fact(self.fact) }
    }
}
