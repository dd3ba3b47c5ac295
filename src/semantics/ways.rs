//! Questions to one unknown thing -> the ways in which it may turn out, one at least of each stretch in which all answers are the same.

use super::{Mark, Predicate, Takes};
use crate::model::{Truth, Type, Value};
use std::collections::BTreeSet;

/// The most ways in which the flags of one fact are gone through.
const MOST_SETS: usize = 4096;

/// Numbers from a least to a most, one at least of each run in which every comparison with `turns` answers alike.
pub fn telling((least, most): (i64, i64), turns: impl Iterator<Item = i64>) -> BTreeSet<i64> {
    let beside = |turn: i64| [turn.saturating_sub(1), turn, turn.saturating_add(1)];
    let all = turns.flat_map(beside).chain([least, most]);
    all.filter(|number| least <= *number && *number <= most).collect()
}

/// What an unknown fact may turn out to be, of all that its type allows: less where a policy is read under words that have grown since.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Narrowed {
    /// The values of a choice, by their places.
    pub values: Option<Vec<u16>>,
    /// The least and the most of a number.
    pub range: Option<(i64, i64)>,
    /// The flags that there may be, as bits.
    pub flags: Option<u64>,
}

impl Narrowed {
    /// To what it could be in earlier words.
    pub fn to(earlier: Option<&Type>, now: &Type) -> Self {
        let all = Self::default();
        match (now, earlier) {
            (Type::Choice { values, .. }, Some(Type::Choice { values: earlier, .. })) if earlier != values => {
                let known = (0u16..).zip(values).filter(|(_, value)| earlier.contains(value)).map(|(at, _)| at);
                Self { values: Some(known.collect()), ..all }
            }
            (Type::Number { range }, Some(Type::Number { range: earlier })) if earlier != range => {
                Self { range: *earlier, ..all }
            }
            (Type::Flags { values }, Some(Type::Flags { values: earlier })) if earlier != values => {
                let known =
                    (0u32..).zip(values).filter(|(_, value)| earlier.contains(value)).map(|(bit, _)| 1u64 << bit);
                Self { flags: Some(known.fold(0, |bits, bit| bits | bit)), ..all }
            }
            // All else that it may be is so in all words, or is not gone through.
            (
                Type::Choice { .. }
                | Type::Number { .. }
                | Type::Flags { .. }
                | Type::YesNo
                | Type::Duration
                | Type::Time { .. }
                | Type::Text
                | Type::Identity { .. }
                | Type::Link { .. },
                _,
            ) => all,
        }
    }

    /// The places of the values of a choice that it may be.
    pub fn places(&self, values: usize) -> Vec<u16> {
        match &self.values {
            Some(places) => places.clone(),
            None => (0..u16::try_from(values).unwrap_or(u16::MAX)).collect(),
        }
    }

    /// The flags that there may be of so many, as bits.
    pub fn bits(&self, flags: usize) -> u64 {
        self.flags.unwrap_or_else(|| (0u32..).take(flags).fold(0, |bits, bit| bits | 1u64 << bit))
    }

    /// The least and the most that a number may be.
    pub fn ends(&self, range: Option<(i64, i64)>) -> (i64, i64) {
        self.range.or(range).unwrap_or((i64::MIN, i64::MAX))
    }
}

/// Values of an unknown fact, one at least for each way in which questions to it may be answered; `None` for a type of which values are
/// not gone through one by one.
pub fn values_telling<'p>(
    ty: &Type,
    narrowed: &Narrowed,
    asked: impl Iterator<Item = &'p Predicate>,
) -> Option<Vec<Value>> {
    let turns = asked.flat_map(Predicate::numbers);
    Some(match ty {
        Type::YesNo => [true, false].map(Value::YesNo).into(),
        Type::Choice { values, .. } => narrowed.places(values.len()).into_iter().map(Value::Choice).collect(),
        Type::Number { range } => telling(narrowed.ends(*range), turns).into_iter().map(Value::Number).collect(),
        Type::Duration => telling((0, i64::MAX), turns).into_iter().map(Value::Duration).collect(),
        Type::Flags { .. } | Type::Time { .. } | Type::Text | Type::Identity { .. } | Type::Link { .. } => return None,
    })
}

/// The answers that questions to an unknown set of flags may give; open where a question is not about single flags. `None` where there
/// are too many ways, or `spend` will not have so many steps taken.
///
/// Flag by flag it is there or not; what makes no difference to any question is not told apart, so that many flags cost what the
/// answers differ in.
pub fn answers_of_flags<'p>(
    asked: impl Iterator<Item = Option<&'p Predicate>>,
    narrowed: &Narrowed,
    mut spend: impl FnMut(usize) -> Option<()>,
) -> Option<Vec<Vec<Truth>>> {
    let of_flags = |predicate: &Predicate| {
        predicate.form().marks().into_iter().find_map(|mark| match mark {
            Mark::Flags { flags, takes } => Some((flags, takes?)),
            _ => None,
        })
    };
    let questions: Vec<Option<(u64, Takes)>> = asked.map(|predicate| of_flags(predicate?)).collect();
    let flags = questions.iter().flatten().fold(0u64, |bits, (flags, _)| bits | flags);
    let mut sets: BTreeSet<Vec<u8>> = [vec![0; questions.len()]].into();
    for flag in (0..u64::BITS).map(|bit| 1u64 << bit).filter(|flag| flags & flag != 0) {
        spend(sets.len().saturating_mul(questions.len()))?;
        let may_be_there = narrowed.flags.is_none_or(|known| known & flag != 0);
        let with = |set: &Vec<u8>, is_there: bool| {
            let remembered = questions.iter().zip(set).map(|(asked, before)| match asked {
                Some((flags, takes)) if flags & flag != 0 => takes.after(*before, is_there),
                _ => *before,
            });
            remembered.collect::<Vec<u8>>()
        };
        let ways: &[bool] = if may_be_there { &[true, false] } else { &[false] };
        sets = sets.iter().flat_map(|set| ways.iter().map(|is_there| with(set, *is_there))).collect();
        if sets.len() > MOST_SETS {
            return None;
        }
    }
    let answers = |set: Vec<u8>| {
        let answers = questions.iter().zip(set);
        let answer = |(asked, set): (&Option<(u64, Takes)>, u8)| {
            asked.map_or(Truth::Unknown, |(_, takes)| Truth::from(takes.answer(set)))
        };
        answers.map(answer).collect()
    };
    Some(sets.into_iter().map(answers).collect())
}
