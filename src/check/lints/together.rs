//! Conditions that must hold together and never can.

use super::super::policy::Policy;
use super::reach::interval;
use super::sites::{Held, Limit, Part};
use crate::model::FactId;
use crate::semantics::{Condition, Predicate, ScoreId, ScoreIs, Subject, Test};
use crate::syntax::tree::{Comparison, Relation};
use crate::text::{Diagnostic, Span};
use crate::time::{Instant, Length, Weekday, Weekdays};

/// The first two that exclude each other.
pub(super) fn opposites(held: &Held<'_>) -> Option<Diagnostic> {
    let clash = |(at, later): (usize, &Part<'_>)| {
        let earlier = held
            .parts
            .iter()
            .take(at)
            .find(|earlier| earlier.at != later.at && exclude(held.policy, earlier, later))?;
        Some(report(later.at, earlier.at))
    };
    held.parts.iter().enumerate().find_map(clash).or_else(|| outside_the_limits(held))
}

fn report(later: Span, earlier: Span) -> Diagnostic {
    Diagnostic::warning("never-so", later, "this can never be so together with what is asked before")
        .also(earlier, "it excludes this")
        .help("as it stands, whatever needs both never applies; where either is enough, write `any of:`")
}

/// A time that is asked for where it cannot lie: while the rule is not in force, before the records that are counted.
fn outside_the_limits(held: &Held<'_>) -> Option<Diagnostic> {
    held.limits.iter().find_map(|limit| {
        let (timed, within, why) = match *limit {
            Limit::InForce(from, until) => {
                (Subject::CallTime, Claim::Days(from, until), "the rule is not in force on any of these days")
            }
            Limit::Since(first) => {
                (Subject::RecordTime, Claim::Days(Some(first), None), "only later records are counted, by `since`")
            }
            Limit::Within(length) => {
                (Subject::RecordTime, Claim::Age(0, bounds(length).1), "only later records are counted, by `within`")
            }
        };
        let outside = |part: &&Part<'_>| match part.condition {
            Condition::Test(Test { subject, predicate }) if *subject == timed && !part.negated => {
                claim(predicate, false).is_some_and(|claim| claim.excludes(&within))
            }
            _ => false,
        };
        let part = held.parts.iter().find(outside)?;
        let problem = Diagnostic::warning("never-so", part.at, format!("this can never be so: {why}"));
        Some(problem.help("as it stands, whatever needs this never applies"))
    })
}

fn exclude(policy: &Policy, one: &Part<'_>, other: &Part<'_>) -> bool {
    if one.negated != other.negated && one.condition == other.condition {
        return true;
    }
    match (one.condition, other.condition) {
        (Condition::Test(first), Condition::Test(second)) if first.subject == second.subject => {
            let claims = claim(&first.predicate, one.negated).zip(claim(&second.predicate, other.negated));
            claims.is_some_and(|(first, second)| first.excludes(&second))
        }
        (Condition::Count(first), Condition::Count(second))
            if first.of == second.of && first.different == second.different && first.follow == second.follow =>
        {
            apart(
                numbers(first.comparison, first.number, one.negated),
                numbers(second.comparison, second.number, other.negated),
            )
        }
        (Condition::Score { score: first, is: one_is }, Condition::Score { score: second, is: other_is })
            if first == second =>
        {
            let sums = sums(policy, *first, one_is, one.negated);
            let others = self::sums(policy, *first, other_is, other.negated);
            sums.iter().all(|sum| others.iter().all(|other| apart(Some(*sum), Some(*other))))
        }
        _ => false,
    }
}

/// The sums of a score that are asked for, from a first to a last; all of them where that is not known.
fn sums(policy: &Policy, score: ScoreId, is: &ScoreIs, negated: bool) -> Vec<(i64, i64)> {
    match is {
        ScoreIs::Compare(comparison, number) => {
            vec![numbers(*comparison, *number, negated).unwrap_or((i64::MIN, i64::MAX))]
        }
        ScoreIs::In { bands, not } => {
            let known = policy.score(score).map_or(&[][..], |score| score.bands.as_slice());
            let asked = (0..).zip(known).filter(|(at, _)| (bands >> at & 1 == 1) != (*not != negated));
            asked.map(|(_, band)| (band.from, band.to.unwrap_or(i64::MAX))).collect()
        }
    }
}

/// The numbers of which a comparison holds, or does not.
fn numbers(comparison: Comparison, number: i64, negated: bool) -> Option<(i64, i64)> {
    let comparison = match (comparison, negated) {
        (comparison, false) => comparison,
        (Comparison::AtLeast, true) => Comparison::FewerThan,
        (Comparison::FewerThan, true) => Comparison::AtLeast,
        (Comparison::AtMost, true) => Comparison::MoreThan,
        (Comparison::MoreThan, true) => Comparison::AtMost,
        (Comparison::Exactly, true) => return None,
    };
    Some(interval(comparison, number))
}

fn apart(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> bool {
    one.zip(other).is_some_and(|((from, to), (other_from, other_to))| to < other_from || other_to < from)
}

/// What a predicate says of a value that is known.
#[derive(Clone, Copy)]
enum Claim {
    /// One of the values at these bits.
    OneOf(u64),
    Between(i64, i64),
    /// A time from a first to a last second, each open if there is none.
    Days(Option<Instant>, Option<Instant>),
    /// A time that lies so many seconds back, at least and at most; ahead where that is below nothing.
    Age(i64, i64),
    Weekdays(Weekdays),
    AnyFlag(u64),
    AllFlags(u64),
    NoFlag(u64),
    Same(FactId, bool),
    NoTime,
    SomeTime,
}

fn claim(predicate: &Predicate, negated: bool) -> Option<Claim> {
    Some(match (predicate, negated) {
        (Predicate::Is(yes), _) => Claim::OneOf(if *yes == negated { 1 } else { 2 }),
        (Predicate::OneOf { values, not }, _) => Claim::OneOf(if *not == negated { *values } else { !values }),
        (Predicate::Compare(comparison, number), _) => {
            let (from, to) = numbers(*comparison, *number, negated)?;
            Claim::Between(from, to)
        }
        (Predicate::Same { fact, not }, _) => Claim::Same(*fact, *not != negated),
        (Predicate::IsNone { not }, _) => {
            if *not == negated {
                Claim::NoTime
            } else {
                Claim::SomeTime
            }
        }
        (Predicate::Include { flags, all: true }, false) => Claim::AllFlags(*flags),
        (Predicate::Include { flags, all: false }, false) | (Predicate::Exclude { flags }, true) => {
            Claim::AnyFlag(*flags)
        }
        (Predicate::Include { flags, all: false }, true) | (Predicate::Exclude { flags }, false) => {
            Claim::NoFlag(*flags)
        }
        (Predicate::Day { relation, first, last }, false) => match relation {
            Relation::Before => Claim::Days(None, Some(first.plus_seconds(-1))),
            Relation::After => Claim::Days(Some(last.plus_seconds(1)), None),
            Relation::On => Claim::Days(Some(*first), Some(*last)),
            Relation::OnOrBefore => Claim::Days(None, Some(*last)),
            Relation::OnOrAfter => Claim::Days(Some(*first), None),
        },
        (Predicate::Weekday { days, not: false }, false) => Claim::Weekdays(*days),
        (Predicate::Within(length), false) => Claim::Age(0, bounds(*length).1),
        (Predicate::WithinNext(length), false) => Claim::Age(-bounds(*length).1, 0),
        (Predicate::Passed, false) | (Predicate::ToCome, true) => Claim::Age(0, i64::MAX),
        (Predicate::ToCome, false) | (Predicate::Passed, true) => Claim::Age(i64::MIN, -1),
        (Predicate::Ago(comparison, length), false) => ago(*comparison, *length),
        (Predicate::Clock { .. } | Predicate::Moment { .. } | Predicate::Calendar { .. }, false) => Claim::SomeTime,
        _ => return None,
    })
}

/// How far back a time lies, as wide as the calendar may make it.
fn ago(comparison: Comparison, length: Length) -> Claim {
    let (least, most) = bounds(length);
    match comparison {
        Comparison::AtLeast | Comparison::MoreThan => Claim::Age(least, i64::MAX),
        Comparison::AtMost | Comparison::FewerThan => Claim::Age(0, most),
        Comparison::Exactly => Claim::Age(least, most),
    }
}

/// The fewest and the most seconds that a length may last, with room to spare for months and the change of clocks.
fn bounds(length: Length) -> (i64, i64) {
    match length.exact_seconds() {
        Some(seconds) => (seconds, seconds),
        None => {
            let usual = length.usual_seconds();
            ((usual - usual / 10 - 86_400).max(0), usual + usual / 10 + 86_400)
        }
    }
}

impl Claim {
    fn is_of_a_time(self) -> bool {
        matches!(self, Self::Days(..) | Self::Age(..) | Self::Weekdays(_) | Self::SomeTime)
    }

    fn excludes(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::OneOf(one), Self::OneOf(other)) => one & other == 0,
            (Self::Between(from, to), Self::Between(other_from, other_to))
            | (Self::Age(from, to), Self::Age(other_from, other_to)) => to < other_from || other_to < from,
            // The place of a choice among its values.
            (Self::OneOf(values), Self::Between(from, to)) | (Self::Between(from, to), Self::OneOf(values)) => {
                (0..64).all(|at| values >> at & 1 == 0 || i64::from(at) < from || i64::from(at) > to)
            }
            (Self::Days(from, to), Self::Days(other_from, other_to)) => {
                let over =
                    |to: Option<Instant>, from: Option<Instant>| to.zip(from).is_some_and(|(to, from)| to < from);
                over(to, other_from) || over(other_to, from)
            }
            (Self::Weekdays(one), Self::Weekdays(other)) => {
                !Weekday::ALL.into_iter().any(|day| one.has(day) && other.has(day))
            }
            (Self::AnyFlag(some), Self::NoFlag(none)) | (Self::NoFlag(none), Self::AnyFlag(some)) => some & !none == 0,
            (Self::AllFlags(all), Self::NoFlag(none)) | (Self::NoFlag(none), Self::AllFlags(all)) => all & none != 0,
            (Self::Same(one, not), Self::Same(other, other_not)) => one == other && not != other_not,
            (Self::NoTime, other) | (other, Self::NoTime) => other.is_of_a_time(),
            _ => false,
        }
    }
}
