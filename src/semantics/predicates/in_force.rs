//! Whether a record is in force, by the times that the vocabulary names for it: `is in force`.

use super::super::form::{Context, Form, Speaker};
use super::super::monotonicity::Monotonicity;
use super::super::subject::Subject;
use super::passing::has_passed;
use crate::model::{self, FieldId, Truth, Value};
use crate::syntax::tree;

/// A record is in force once its start has passed, as long as none of its ends has. It has begun only where it has a start,
/// and never ends where it has no end.
pub fn in_force<C: Context>(times: &model::InForcePeriod, value: impl Fn(FieldId) -> Value, context: &C) -> Truth {
    let begun = match value(times.from) {
        Value::Time(from) => Truth::from(has_passed(from, context)),
        Value::None => Truth::No,
        _ => Truth::Unknown,
    };
    let lasting = times.until.iter().map(|field| match value(*field) {
        Value::Time(end) => Truth::from(!has_passed(end, context)),
        Value::None => Truth::Yes,
        _ => Truth::Unknown,
    });
    lasting.fold(begun, Truth::and)
}

/// `is in force`, which is asked of a record, not of a value: [`in_force`] has its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InForce {
    pub not: bool,
}

impl Form for InForce {
    #[inline]
    fn of_value(&self, _: Value) -> Option<Truth> {
        None
    }

    fn monotonicity(&self, _: Subject) -> Monotonicity {
        Monotonicity::ANY
    }

    fn words(&self, _: &dyn Speaker) -> tree::Predicate {
        tree::Predicate::InForce { not: self.not }
    }
}
