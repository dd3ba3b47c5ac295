//! Times of which one second would do: `same-second`, and `never-so` or `always-so` of times of day.
//!
//! `is on` between two times, which asks for the same second; a range of times of day that begins and ends with the same minute; every
//! day of the week.
//!
//! A rule that asks for the same second never applies, though both times are on one day. It looks right on the page.
//!
//! ```heed
//! rule due-today "Somebody should be there today"
//!   when attendance-due is on this call
//!   then refer to supervisor
//!   because "Somebody should be there today"
//!   source "Local policy"
//! ```
//!
//! For times that lie near each other ask for a span:
//!
//! ```heed
//! rule due-today "Somebody should be there today"
//!   when attendance-due is within the next 24 hours
//!   then refer to supervisor
//!   because "Somebody should be there today"
//!   source "Local policy"
//! ```

use super::sites::Site;
use crate::semantics::Predicate;
use crate::semantics::predicates::{Clock, Moment, Weekday};
use crate::syntax::tree::Relation;
use crate::text::Diagnostic;
use crate::time::Weekday as DayOfWeek;

/// `made-at is on this call`
pub(super) fn same_second(site: &Site<'_>) -> Option<Diagnostic> {
    let (subject, Predicate::Moment(Moment { relation: Relation::On, other })) = site.test()? else { return None };
    let (one, other) = (site.words(subject), site.words(*other));
    let message = format!("this asks for the same second: `{one}` and `{other}` are times, not days");
    Some(
        Diagnostic::warning("same-second", site.at, message)
            .help(format!("for times that lie near each other write `{one} is within 24 hours` or such"))
            .help(format!("for times that lie on one day write `{one} is on the same day as {other}`")),
    )
}

/// A range of times of day with nothing in it, and days of the week that leave none out.
pub(super) fn empty(site: &Site<'_>) -> Option<Diagnostic> {
    match site.test()?.1 {
        Predicate::Clock(Clock { from, to, not, .. }) if from == to => {
            let (from, to) = (from.value, to.value);
            let (code, message) = match not {
                false => ("never-so", format!("from {from} to {to} there is only one second of the day")),
                true => ("always-so", format!("this leaves out only one second of the day, {from}")),
            };
            let help = "for the whole day leave this out; a range may go past midnight, as `between 22:00 and 06:00`";
            Some(Diagnostic::warning(code, site.at, message).help(help))
        }
        Predicate::Weekday(Weekday { days, not }) if DayOfWeek::ALL.iter().all(|day| days.has(*day)) => {
            let (code, message) = match not {
                false => ("always-so", "this is always so: it names every day of the week"),
                true => ("never-so", "this can never be so: it leaves out every day of the week"),
            };
            Some(Diagnostic::warning(code, site.at, message).help("leave this out, or name fewer days"))
        }
        _ => None,
    }
}
