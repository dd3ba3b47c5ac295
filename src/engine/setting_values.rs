//! The range of a setting -> the values in it, as a policy writes them.

use crate::check::{Setting, SettingRange, SettingValue};
use crate::model::Vocabulary;
use crate::time::{Length, TimeOfDay, Unit};

/// The values that a setting may have, as a policy writes them: all, or both ends and steps between.
pub(super) fn values(setting: &Setting, vocabulary: &Vocabulary, most: usize) -> Vec<String> {
    let (from, to) = match &setting.range {
        None => return Vec::new(),
        Some(SettingRange::OneOf(names)) => return names.clone(),
        Some(SettingRange::FromTo(from, to)) => (from, to),
    };
    let most = most.max(2);
    match (from, to) {
        (SettingValue::Number { number: from, unit }, SettingValue::Number { number: to, .. }) => {
            let unit = unit.as_ref().map_or_else(String::new, |unit| format!(" {unit}"));
            let span = to.saturating_sub(*from);
            let step = (span / i64::try_from(most - 1).unwrap_or(1)).max(1);
            let mut numbers: Vec<i64> =
                (0..).map(|at| from + at * step).take_while(|number| number < to).take(most - 1).collect();
            numbers.push(*to);
            numbers.into_iter().map(|number| format!("{number}{unit}")).collect()
        }
        (SettingValue::Length(from), SettingValue::Length(to)) => lengths(*from, *to, most),
        (SettingValue::Clock(from), SettingValue::Clock(to)) => clocks(*from, *to, most),
        (SettingValue::Word(from), SettingValue::Word(to)) => {
            let scales = vocabulary.outcomes.iter().map(|outcome| outcome.kind.values());
            let lists = vocabulary.call.iter().map(|fact| fact.values().iter().map(String::as_str).collect::<Vec<_>>());
            let between = |values: Vec<&str>| {
                let place = |wanted: &str| values.iter().position(|value| *value == wanted);
                let (from, to) = (place(from)?, place(to)?);
                Some(values.get(from.min(to)..=from.max(to))?.iter().map(|value| (*value).to_owned()).collect())
            };
            scales.chain(lists).find_map(between).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Times of day from one to another: both ends, and whole steps of minutes or hours between.
fn clocks(from: TimeOfDay, to: TimeOfDay, most: usize) -> Vec<String> {
    let fits = |step: &u32| usize::try_from((to.0.saturating_sub(from.0)) / step).is_ok_and(|steps| steps + 2 <= most);
    let steps = [1, 5, 15, 30, 60, 120, 240, 480, 720].map(|minutes| minutes * 60);
    let step = steps.into_iter().find(fits).unwrap_or(86_400);
    let between = (1..).map(|at: u32| from.0 / step * step + at * step).take_while(|clock| *clock < to.0);
    let last = (to > from).then_some(to.0);
    [from.0].into_iter().chain(between).chain(last).map(|clock| TimeOfDay(clock).to_string()).collect()
}

/// Lengths from one to another: both ends, and whole numbers of the longer one's unit between.
fn lengths(from: Length, to: Length, most: usize) -> Vec<String> {
    let unit: Unit = to.unit;
    let all: Vec<Length> = (1..=to.amount)
        .map(|amount| Length::new(amount, unit))
        .filter(|length| length.usual_seconds() > from.usual_seconds())
        .collect();
    let step = all.len().div_ceil(most - 1).max(1);
    // Counted from the end, so that it is among them.
    let mut chosen: Vec<Length> = all.iter().rev().step_by(step).copied().collect();
    chosen.push(from);
    chosen.reverse();
    chosen.into_iter().map(|length| length.to_string()).collect()
}
