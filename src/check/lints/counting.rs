//! A count that need not count this call: `need-not-count`.
//!
//! `at least 3 calls …, counting this one, where …`, where nothing asks the tests after `where` of this call too.
//!
//! This call counts only if it meets the same tests as the others. Where it does not, three earlier calls are needed and not
//! two, or the rule speaks in a call that has nothing to do with those that it counts. Both are seldom meant by "counting this one".
//!
//! ```heed
//! rule nightly-calls "Calls at night"
//!   when at least 3 calls by the same caller within 7 days, counting this one, where it is between
//!     22:00 and 06:00
//!   then grade at least priority
//!   because "Several calls at night"
//!   source "Local policy"
//! ```
//!
//! If this call must be one of them, ask the same of it:
//!
//! ```heed
//! rule nightly-calls "Calls at night"
//!   when all of:
//!     - this call is between 22:00 and 06:00
//!     - at least 3 calls by the same caller within 7 days, counting this one, where it is between
//!       22:00 and 06:00
//!   then grade at least priority
//!   because "Several calls at night"
//!   source "Local policy"
//! ```

use super::super::policy::Policy;
use super::reach::holds_of_this_call;
use super::sites::{Conjunct, Conjunction};
use crate::semantics::{Condition, Subject, Test};
use crate::text::Diagnostic;

/// `at least 3 calls …, counting this one, where …`: this call counts only if it meets the tests too, which nothing here
/// asks of it.
pub(super) fn need_not_count(held: &Conjunction<'_>) -> Option<Diagnostic> {
    held.parts.iter().filter(|part| !part.negated).find_map(|part| {
        let Condition::Count(count) = part.condition else { return None };
        let (fewest, _) = count.comparison.interval(*count.number);
        if !count.of.this_call || fewest < 1 {
            return None;
        }
        let asked = |test: &Condition| {
            let of_call = of_this_call(held.policy, test);
            // Something asked of the same fact may be narrower.
            let is_same = |part: &Conjunct<'_>, of_call: &Condition| match (part.condition, of_call) {
                (Condition::Test(asked), Condition::Test(own)) => asked.subject == own.subject,
                (asked, own) => asked == own,
            };
            of_call.is_some_and(|of_call| held.parts.iter().any(|part| !part.negated && is_same(part, &of_call)))
        };
        let open = |test: &&Condition| !holds_of_this_call(held.policy, test) && !asked(test);
        count.of.tests.iter().find(open)?;
        let message = match fewest {
            1 => "this call need not be the one that is counted".to_owned(),
            many => format!("this call need not be one of the {many}"),
        };
        Some(
            Diagnostic::warning("need-not-count", part.at, message)
                .help("it counts only if it meets the same tests as the others")
                .help("if it must be one of them, ask the same of this call in a condition of its own"),
        )
    })
}

/// The same test, asked of this call by the facts that stand for the fields.
fn of_this_call(policy: &Policy, test: &Condition) -> Option<Condition> {
    let subject = |subject: Subject| match subject {
        Subject::Field(field) => policy.stands_for(field).map(Subject::Fact),
        Subject::RecordTime => Some(Subject::CallTime),
        Subject::Fact(_) | Subject::CallTime => Some(subject),
        _ => None,
    };
    let all = |parts: &[Condition]| parts.iter().map(|part| of_this_call(policy, part)).collect::<Option<Vec<_>>>();
    Some(match test {
        Condition::All(parts) => Condition::All(all(parts)?),
        Condition::Any(parts) => Condition::Any(all(parts)?),
        Condition::Not(part) => Condition::Not(Box::new(of_this_call(policy, part)?)),
        Condition::Test(test) => {
            Condition::Test(Test { subject: subject(test.subject)?, predicate: test.predicate.replaced(&subject)? })
        }
        _ => return None,
    })
}
