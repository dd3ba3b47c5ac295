//! Links of a case that lead to no record of it.

use super::{About, path};
use crate::check::Policy;
use crate::compile::{Link, Program};
use crate::model::{Case, RecordId, Value, Warning};

/// A warning for each link that some condition may follow and that leads nowhere. A list that could not be had,
/// or not all of it, is not warned of: nobody can say what it holds.
pub(super) fn not_found(policy: &Policy, program: &Program, case: &Case) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut look = |value: Value, to: RecordId, about: About| {
        if let (Value::Identity(id), Some(records)) = (value, case.records(to))
            && case.is_whole(to)
            && records.find(id).is_none()
        {
            let path = path(&policy.vocabulary, case, &about);
            warnings.push(Warning::LinkNotFound { path, id: case.name(id).to_owned() });
        }
    };
    for link in &program.plan.links {
        match *link {
            Link::OfCall { fact, to } => look(case.fact(fact), to, About::Fact(fact)),
            Link::OfRecord { record, field, to } => {
                let Some(records) = case.records(record) else { continue };
                for index in 0..records.len() {
                    look(records.value(index, field), to, About::Field { record, index, field });
                }
            }
        }
    }
    warnings
}
