//! Whether a rule certainly asks for as much as it did, across two vocabularies by their names.

use super::wider::Wider;
use crate::check::{Effect, Policy};
use crate::model::{FactId, OutcomeId, OutcomeKind};
use crate::semantics::{FigureSource, Row, Subject, given_between};
use crate::time::Length;

/// Whether anything that a rule asked for may be lost: a value, or a deadline that comes no later.
pub(super) fn effects_lost(
    (own, policy): (&[Effect], &Policy),
    (before, in_force): (&[Effect], &Policy),
    wider: &Wider<'_>,
) -> bool {
    let kept = |effect: &Effect| match effect {
        Effect::Raise { outcome, level } if kind(in_force, *outcome).is_some_and(|kind| kind.numbers().is_some()) => {
            own.iter().any(|own| match own {
                Effect::Raise { outcome: own, level: theirs } => {
                    outcome_name(policy, *own) == outcome_name(in_force, *outcome) && theirs.covers(*level)
                }
                _ => false,
            })
        }
        Effect::Figure { outcome, of } => own.iter().any(|own| match own {
            Effect::Figure { outcome: own, of: theirs } => {
                outcome_name(policy, *own) == outcome_name(in_force, *outcome)
                    && gives_as_much(wider, (policy, *theirs), (in_force, *of), kind(in_force, *outcome))
            }
            _ => false,
        }),
        Effect::Raise { outcome, level } => {
            let value = |at: u16| kind(in_force, *outcome)?.value(at);
            let mut values = level.values().filter_map(value);
            values.all(|value| own.iter().any(|own| raises(policy, own, in_force, *outcome, value)))
        }
        Effect::RaiseTo { outcome, fact } => own.iter().any(|own| match own {
            Effect::RaiseTo { outcome: own, fact: theirs } => {
                outcome_name(policy, *own) == outcome_name(in_force, *outcome)
                    && fact_name(policy, *theirs) == fact_name(in_force, *fact)
            }
            _ => false,
        }),
        Effect::Deadline { outcome, length, after, calendar, end_of_day } => own.iter().any(|own| match own {
            Effect::Deadline { outcome: own, length: theirs, after: from, calendar: over, end_of_day: whole } => {
                whole == end_of_day
                    && outcome_name(policy, *own) == outcome_name(in_force, *outcome)
                    && moment(policy, *from).is_some_and(|from| Some(from) == moment(in_force, *after))
                    && calendar_name(policy, *over) == calendar_name(in_force, *calendar)
                    && kind(policy, *own).is_some_and(|kind| {
                        kind.asks_for_as_much(*theirs, *length, |one: Length, other| {
                            one.never_longer_over(other, calendar.is_some(), &policy.zone)
                        })
                    })
            }
            _ => false,
        }),
    };
    !before.iter().all(kept)
}

/// Whether an effect raises an outcome at least to a value of another vocabulary.
fn raises(policy: &Policy, own: &Effect, in_force: &Policy, outcome: OutcomeId, value: &str) -> bool {
    let Effect::Raise { outcome: at, level } = own else { return false };
    if outcome_name(policy, *at) != outcome_name(in_force, outcome) {
        return false;
    }
    kind(policy, *at).and_then(|kind| kind.position(value)).is_some_and(|wanted| level.reaches(wanted))
}

fn kind(policy: &Policy, outcome: OutcomeId) -> Option<&OutcomeKind> {
    policy.vocabulary.outcomes.get(outcome.index()).map(|outcome| &outcome.kind)
}

fn outcome_name(policy: &Policy, outcome: OutcomeId) -> Option<&str> {
    policy.vocabulary.outcomes.get(outcome.index()).map(|outcome| outcome.name.as_str())
}

fn fact_name(policy: &Policy, fact: FactId) -> Option<&str> {
    policy.vocabulary.call.get(fact.index()).map(|fact| fact.name.as_str())
}

fn calendar_name(policy: &Policy, calendar: Option<usize>) -> Option<&str> {
    calendar.and_then(|at| policy.calendars.get(at)).map(|calendar| calendar.name.as_str())
}

/// Whether a number asks for as much as another, whatever it turns out to be: that of a fact with the same name and range, of a
/// score that never comes to less, or for the lowest number to more, or of a table by the same that never gives less.
fn gives_as_much(
    wider: &Wider<'_>,
    (policy, own): (&Policy, FigureSource),
    (in_force, before): (&Policy, FigureSource),
    kind: Option<&OutcomeKind>,
) -> bool {
    match (own, before) {
        (FigureSource::Fact(own), FigureSource::Fact(before)) => {
            let range =
                |policy: &Policy, fact: FactId| policy.vocabulary.call.get(fact.index()).map(|it| it.ty.clone());
            fact_name(policy, own) == fact_name(in_force, before) && range(policy, own) == range(in_force, before)
        }
        (FigureSource::Score(own), FigureSource::Score(before)) => match kind {
            Some(OutcomeKind::HighestNumber { .. }) => wider.sums_to_as_much(own, before),
            Some(OutcomeKind::LowestNumber { .. }) => wider.sums_to_as_little(own, before),
            _ => false,
        },
        (FigureSource::Table(own), FigureSource::Table(before)) => {
            let Some((own, before)) = policy.table(own).zip(in_force.table(before)) else { return false };
            let is_same_key = match (own.by, before.by) {
                (FigureSource::Score(own), FigureSource::Score(before)) => {
                    wider.sums_to_as_much(own, before) && wider.sums_to_as_little(own, before)
                }
                (by, theirs) => gives_as_much(wider, (policy, by), (in_force, theirs), kind),
            };
            // Between the ends of rows, what each table gives is one number.
            let rows = || own.rows.iter().chain(&before.rows);
            let ends = rows().flat_map(|row| [Some(row.from), row.to, row.to.map(|to| to.saturating_add(1))]);
            let less = |at: i64| {
                let given = |rows: &[Row]| given_between(rows, (at, at)).map(|(number, _)| number);
                given(&before.rows).is_some_and(|before| {
                    let level = |number: i64| kind.map(|kind| kind.least().at_number(number));
                    given(&own.rows)
                        .is_none_or(|own| level(own).zip(level(before)).is_none_or(|(own, before)| !own.covers(before)))
                })
            };
            is_same_key && !ends.flatten().any(less)
        }
        _ => false,
    }
}

/// The moment that a deadline is counted from, by name; none where that cannot be said.
fn moment(policy: &Policy, after: Subject) -> Option<&str> {
    match after {
        Subject::Fact(fact) => fact_name(policy, fact),
        Subject::CallTime => Some(""),
        _ => None,
    }
}
