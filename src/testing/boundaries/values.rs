//! A question to a value -> values that answer it with yes, or with no.

use super::sketch::{Sketch, Val, When, names, somebody};
use crate::model::{Field, Type, Vocabulary};
use crate::semantics::Predicate;
use crate::syntax::tree::{Comparison, Relation};
use crate::time::{Instant, Length, Unit};

const HOUR: i64 = 3600;

/// What the choice of a value may depend on.
pub(super) struct Around<'a> {
    pub sketch: &'a Sketch,
    pub vocabulary: &'a Vocabulary,
    /// The value that is there, if any.
    pub now: Option<&'a Val>,
}

/// A value of the field's type for which the answer is `want`; `None` where there is none, or where another way is
/// needed.
pub(super) fn answering(predicate: &Predicate, field: &Field, want: bool, around: &Around<'_>) -> Option<Val> {
    match (predicate, &field.ty) {
        (Predicate::Is(wanted), _) => Some(Val::YesNo(*wanted == want)),
        (Predicate::OneOf { values, not }, Type::Choice { values: all, .. }) => {
            let inside = *not != want;
            let count = u16::try_from(all.len()).ok()?;
            (0..count).find(|at| (values >> at & 1 == 1) == inside).map(Val::Choice)
        }
        (Predicate::Compare(comparison, number), ty) => compared(*comparison, *number, ty, want),
        (Predicate::Include { flags, all }, _) => {
            let now = if let Some(Val::Flags(now)) = around.now { *now } else { 0 };
            let lowest = flags & flags.wrapping_neg();
            Some(Val::Flags(match (want, all) {
                (true, true) => now | flags,
                (true, false) => now | lowest,
                (false, _) => now & !flags,
            }))
        }
        (Predicate::Exclude { flags }, _) => {
            let now = if let Some(Val::Flags(now)) = around.now { *now } else { 0 };
            Some(Val::Flags(if want { now & !flags } else { now | (flags & flags.wrapping_neg()) }))
        }
        (Predicate::Mention(phrases), _) => {
            let said = phrases.first().map(|phrase| phrase.trim());
            Some(Val::Text(if want {
                format!("somebody said: {}", said?)
            } else {
                "nothing that could be made out".to_owned()
            }))
        }
        (Predicate::Same { fact, not }, ty) => same(*fact, ty, want != *not, around),
        (Predicate::IsNone { not }, _) if want != *not => Some(Val::None),
        (predicate, Type::Time { .. }) => time(predicate, want, around).map(Val::Time),
        _ => None,
    }
}

fn compared(comparison: Comparison, number: i64, ty: &Type, want: bool) -> Option<Val> {
    let on_the_edge = match (comparison, want) {
        (Comparison::AtLeast | Comparison::AtMost | Comparison::Exactly, true)
        | (Comparison::MoreThan | Comparison::FewerThan, false) => number,
        (Comparison::MoreThan, true) | (Comparison::AtMost | Comparison::Exactly, false) => number + 1,
        (Comparison::FewerThan, true) | (Comparison::AtLeast, false) => number - 1,
    };
    number_of(on_the_edge, ty)
}

/// A number as a value of a type, where the type can hold it.
pub(super) fn number_of(number: i64, ty: &Type) -> Option<Val> {
    match ty {
        Type::Number { range: Some((least, most)) } => {
            (*least <= number && number <= *most).then_some(Val::Number(number))
        }
        Type::Number { range: None } => Some(Val::Number(number)),
        Type::Duration => (number >= 0).then_some(Val::Duration(number)),
        Type::Choice { values, .. } => {
            let at = usize::try_from(number).ok().filter(|at| *at < values.len())?;
            u16::try_from(at).ok().map(Val::Choice)
        }
        _ => None,
    }
}

fn same(fact: crate::model::FactId, ty: &Type, shared: bool, around: &Around<'_>) -> Option<Val> {
    let other = around.sketch.call.get(&fact);
    match ty {
        Type::Identity { kind, many } => {
            let names = names(other);
            let name = if shared { names.first()?.clone() } else { somebody(around.vocabulary, *kind, 9) };
            Some(if *many { Val::Ids(vec![name]) } else { Val::Id(name) })
        }
        Type::Choice { values, .. } => match other {
            Some(Val::Choice(at)) if shared => Some(Val::Choice(*at)),
            Some(Val::Choice(at)) => (0..u16::try_from(values.len()).ok()?).find(|it| it != at).map(Val::Choice),
            _ => None,
        },
        _ => None,
    }
}

/// A time for which the answer is `want`.
pub(super) fn time(predicate: &Predicate, want: bool, around: &Around<'_>) -> Option<When> {
    let half = |length: Length| When::before(part_of(length, 1, 2));
    Some(match predicate {
        Predicate::Passed => When::shifted(if want { -HOUR } else { HOUR }),
        Predicate::ToCome => When::shifted(if want { HOUR } else { -HOUR }),
        Predicate::Within(length) => {
            if want {
                half(*length)
            } else {
                When::before(*length).plus(-60)
            }
        }
        Predicate::WithinNext(length) => {
            if want {
                When::after(part_of(*length, 1, 2))
            } else {
                When::after(*length).plus(60)
            }
        }
        Predicate::Ago(comparison, length) => {
            let old = matches!(comparison, Comparison::AtLeast | Comparison::MoreThan) == want;
            if *comparison == Comparison::Exactly && want {
                When::before(*length)
            } else if old {
                When::before(*length).plus(-HOUR)
            } else {
                half(*length)
            }
        }
        Predicate::IsNone { .. } => When::shifted(-HOUR),
        Predicate::Day { relation, first, last } => {
            When::shifted(on_side(*relation, want, *first, *last).0 - around.sketch.at.0)
        }
        // The time of day and the day are of the call's own time, which is moved elsewhere.
        _ => return None,
    })
}

/// A moment on one side of a first and a last one.
pub(super) fn on_side(relation: Relation, want: bool, first: Instant, last: Instant) -> Instant {
    let (before, after) = (first.plus_seconds(-HOUR), last.plus_seconds(HOUR));
    match (relation, want) {
        (Relation::Before, true) | (Relation::OnOrAfter | Relation::On, false) => before,
        (Relation::After, true) | (Relation::OnOrBefore, false) => after,
        (Relation::On | Relation::OnOrAfter, true) | (Relation::Before, false) => first,
        (Relation::OnOrBefore, true) | (Relation::After, false) => last,
    }
}

/// Whether a moment lies on this side of a first and a last one.
pub(super) fn is_on_side(relation: Relation, at: Instant, first: Instant, last: Instant) -> bool {
    match relation {
        Relation::Before => at < first,
        Relation::OnOrBefore => at <= last,
        Relation::On => (first..=last).contains(&at),
        Relation::OnOrAfter => at >= first,
        Relation::After => at > last,
    }
}

/// About `part` of `whole` parts of a length, in a unit that reads well.
pub(super) fn part_of(length: Length, part: u32, whole: u32) -> Length {
    let seconds = length.usual_seconds().saturating_mul(i64::from(part)) / i64::from(whole.max(1));
    let in_units = |unit: i64| u32::try_from(seconds / unit).unwrap_or(1).max(1);
    match seconds {
        172_800.. => Length::new(in_units(86_400), Unit::Days),
        7200.. => Length::new(in_units(3600), Unit::Hours),
        _ => Length::new(in_units(60), Unit::Minutes),
    }
}
