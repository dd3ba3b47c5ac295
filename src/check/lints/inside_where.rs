//! A question about the call among those about records: `asks-the-call`.
//!
//! Inside `where`, or after `in the latest …,`, a question about the call alone.
//!
//! What stands there is asked of each record, and this has the same answer for all of them: where it is no, none is counted,
//! and `no …` then holds however many there are. Read aloud, it sounds as if the record had been asked.
//!
//! ```heed
//! rule hurt-before "Hurt before"
//!   when any incident about the same victim where kind is assault and this call's injury is serious
//!   then grade at least priority
//!   because "Somebody is hurt again"
//!   source "Local policy"
//! ```
//!
//! Ask it beside the count, in a condition of its own:
//!
//! ```heed
//! rule hurt-before "Hurt before"
//!   when all of:
//!     - any incident about the same victim where kind is assault
//!     - injury is serious
//!   then grade at least priority
//!   because "Somebody is hurt again"
//!   source "Local policy"
//! ```

use super::sites::Site;
use crate::semantics::Subject;
use crate::text::Diagnostic;

pub(super) fn of_the_call(site: &Site<'_>) -> Option<Diagnostic> {
    let record = site.policy.vocabulary.records.get(site.record?.index())?;
    let (subject, predicate) = site.test()?;
    let is_of_the_call = |subject: Subject| matches!(subject, Subject::Fact(_) | Subject::CallTime);
    if !is_of_the_call(subject) || !predicate.reads().all(is_of_the_call) {
        return None;
    }
    let message = format!("this asks about the call, and not about the {}", record.name);
    Some(
        Diagnostic::warning("asks-the-call", site.at, message)
            .help("it is the same for every record; ask it in a condition of its own, beside this one"),
    )
}
