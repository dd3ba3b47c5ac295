//! What can never be so, or always is: `never-so` and `always-so`.
//!
//! A number beyond the range with which it is declared; `more than` the highest or `less than` the lowest of a rising choice;
//! all of the values that there are; `include at least 4 of` three values; a length of time below 0; `at least 4 of` a list of three, or `at least 0`; a score beyond what its points come to; a count that always holds
//! this call.
//!
//! A rule that can never apply is a safeguard on paper alone. A condition that always holds tells no call from another, so that the
//! rule speaks in calls for which it was not written.
//!
//! ```heed
//! rule many-children "Many children"
//!   when children-seen is at least 30
//!   then refer to supervisor
//!   because "Many children are there"
//!   source "Local policy"
//! ```
//!
//! Ask for what there can be:
//!
//! ```heed
//! rule many-children "Many children"
//!   when children-seen is at least 3
//!   then refer to supervisor
//!   because "Many children are there"
//!   source "Local policy"
//! ```

use super::super::policy::Policy;
use super::sites::Site;
use super::together::may_be_none;
use crate::model::Type;
use crate::semantics::predicates::{Moment, Same, SameDay};
use crate::semantics::{Claim, Condition, Count, Predicate, ScoreIs, Subject, Test, bands_between};
use crate::syntax::tree::{Comparison, Relation};
use crate::text::Diagnostic;

/// What a comparison comes to, whatever the case.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Never,
    Always,
}

impl Fate {
    fn turned(self) -> Self {
        match self {
            Self::Never => Self::Always,
            Self::Always => Self::Never,
        }
    }
}

pub(super) fn out_of_reach(site: &Site<'_>) -> Option<Diagnostic> {
    let (fate, why) = match site.condition {
        Condition::Test(Test { subject, predicate: Predicate::FlagCount(count) }) => {
            let named = i64::from(count.flags.count_ones());
            let why = match (fate(count.comparison, *count.number, 0, named)?, named) {
                (Fate::Always, _) if *count.number == 0 => "there are never fewer than 0".to_owned(),
                (_, named) if count.is_all => format!("`{}` has {named} values in all", site.words(*subject)),
                (_, 1) => "1 value is named".to_owned(),
                (_, named) => format!("{named} values are named"),
            };
            (fate(count.comparison, *count.number, 0, named)?, why)
        }
        Condition::Test(Test { predicate: Predicate::IdentityCount(count), .. }) => {
            (fate(count.comparison, *count.number, 0, i64::MAX)?, "there are never fewer than 0".to_owned())
        }
        Condition::Test(Test { subject, predicate }) => of_a_value(site, *subject, predicate)?,
        Condition::HowMany { comparison, number, of } => of_a_list(*comparison, **number, of.len())?,
        Condition::Score { score, is } => {
            let score = site.policy.score(*score)?;
            let (least, most) = score.reach;
            let why = format!("`{}` goes from {least} to {most}", score.name);
            let fate = match is {
                ScoreIs::Compare(comparison, number) => fate(*comparison, **number, least, most)?,
                ScoreIs::Range { from, to, not } => {
                    let fate = between((**from, **to), least, most)?;
                    if *not { fate.turned() } else { fate }
                }
                ScoreIs::In { bands, not } => {
                    among(if *not { !bands } else { *bands }, bands_between(&score.bands, least, most))?
                }
            };
            (fate, why)
        }
        Condition::Count(count) => of_a_count(site.policy, count)?,
        _ => return None,
    };
    let (code, said, help) = match fate {
        Fate::Never if site.is_presumed => {
            ("never-so", "this can never be so", "as it stands, it holds only while it is not known")
        }
        Fate::Never => ("never-so", "this can never be so", "as it stands, whatever needs this never applies"),
        Fate::Always => {
            ("always-so", "this is always so", "it tells no call from another; leave it out, or ask for what is meant")
        }
    };
    Some(Diagnostic::warning(code, site.at, format!("{said}: {why}")).help(help))
}

/// What a comparison comes to of a number that lies from `low` to `high`.
fn fate(comparison: Comparison, number: i64, low: i64, high: i64) -> Option<Fate> {
    between(comparison.interval(number), low, high)
}

/// The same for a number that is asked to lie from `from` to `to`.
fn between((from, to): (i64, i64), low: i64, high: i64) -> Option<Fate> {
    if to < low || high < from {
        Some(Fate::Never)
    } else if from <= low && high <= to {
        Some(Fate::Always)
    } else {
        None
    }
}

/// What it comes to that a value is one of those asked for, of those that it can have.
fn among(asked: u64, possible: u64) -> Option<Fate> {
    if asked & possible == 0 {
        Some(Fate::Never)
    } else if asked & possible == possible {
        Some(Fate::Always)
    } else {
        None
    }
}

fn bits(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

fn of_a_value(site: &Site<'_>, subject: Subject, predicate: &Predicate) -> Option<(Fate, String)> {
    let name = site.words(subject);
    if let Some(fate) =
        with_itself(subject, predicate).filter(|fate| *fate == Fate::Never || !may_be_none(site.policy, subject))
    {
        return Some((fate, format!("`{name}` is compared with itself")));
    }
    match (predicate.form().claim(false)?, site.ty(subject)?) {
        (Claim::Between(from, to), Type::Number { range: Some((low, high)) }) => {
            let why = format!("`{name}` is declared as a number from {low} to {high}");
            Some((between((from, to), *low, *high)?, why))
        }
        (Claim::Between(from, to), Type::Duration) => {
            let why = format!("`{name}` is a length of time, and none is shorter than 0 minutes");
            Some((between((from, to), 0, i64::MAX)?, why))
        }
        (Claim::Between(from, to), Type::Choice { values, .. }) => {
            let last = values.len().checked_sub(1)?;
            let fate = between((from, to), 0, i64::try_from(last).ok()?)?;
            let why = format!("the values of `{name}` rise from `{}` to `{}`", values.first()?, values.get(last)?);
            Some((fate, why))
        }
        (Claim::OneOf(asked), Type::Choice { values, .. }) => {
            let why = format!("`{name}` has no other values than these");
            Some((among(asked, bits(values.len()))?, why))
        }
        (Claim::Same(fact, not), _) if subject == Subject::Fact(fact) && !may_be_none(site.policy, subject) => {
            let fate = if not { Fate::Never } else { Fate::Always };
            Some((fate, format!("`{name}` is compared with itself")))
        }
        _ => None,
    }
}

/// What comes of comparing a time with itself, where days that are counted with their first do not make it otherwise.
fn with_itself(subject: Subject, predicate: &Predicate) -> Option<Fate> {
    let (other, is_so) = match predicate {
        Predicate::Moment(Moment { relation, other }) => {
            (*other, matches!(relation, Relation::On | Relation::OnOrBefore | Relation::OnOrAfter))
        }
        Predicate::SameDay(SameDay { other, not }) => (*other, !not),
        Predicate::Apart(apart) if apart.first_day.is_none() => (apart.other, apart.comparison.holds(0, 1)),
        _ => return None,
    };
    (other == subject).then_some(if is_so { Fate::Always } else { Fate::Never })
}

fn of_a_list(comparison: Comparison, number: i64, parts: usize) -> Option<(Fate, String)> {
    let fate = fate(comparison, number, 0, i64::try_from(parts).ok()?)?;
    let parts = if parts == 1 { "1 part".to_owned() } else { format!("{parts} parts") };
    let why = match fate {
        Fate::Always if number == 0 => format!("of {parts} there are never fewer than 0"),
        _ => format!("the list has {parts}"),
    };
    Some((fate, why))
}

fn of_a_count(policy: &Policy, count: &Count) -> Option<(Fate, String)> {
    let counts_itself = count.of.this_call
        && count.different.is_none()
        && count.follow.is_none()
        && count.of.since.is_empty()
        && count.of.tests.iter().all(|test| holds_of_this_call(policy, test) && !may_be_of_nobody(policy, test));
    let least = i64::from(counts_itself);
    let fate = fate(count.comparison, *count.number, least, i64::MAX)?;
    // Where there is nothing to count from, the answer is no whatever the number.
    if matches!(fate, Fate::Always) && count.is_from_a_record() {
        return None;
    }
    let why = if counts_itself {
        "this call is counted too, so there is always one"
    } else {
        "there are never fewer than 0 of anything"
    };
    Some((fate, why.to_owned()))
}

/// Whether a test shares whom a fact names, which may be nobody.
fn may_be_of_nobody(policy: &Policy, test: &Condition) -> bool {
    match test {
        Condition::Test(Test { predicate: Predicate::Same(Same { fact, .. }), .. }) => {
            may_be_none(policy, Subject::Fact(*fact))
        }
        _ => false,
    }
}

/// Whether a test of calls holds of the present one in any case: it asks for what this call itself has.
pub(super) fn holds_of_this_call(policy: &Policy, test: &Condition) -> bool {
    match test {
        Condition::Test(Test {
            subject: Subject::Field(field),
            predicate: Predicate::Same(Same { fact, not: false }),
        }) => policy.stands_for(*field) == Some(*fact),
        _ => false,
    }
}
