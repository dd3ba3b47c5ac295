//! A question to a value -> values that answer it with yes, or with no.

use crate::model::{Field, Type, Vocabulary};
use crate::proof::witness::{Sketch, Val, When, names, somebody};
use crate::semantics::{Example, Predicate};

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
    Some(match predicate.form().example(want)? {
        Example::Nothing => Val::None,
        Example::YesNo(answer) => Val::YesNo(answer),
        Example::Among(bits) => {
            let Type::Choice { values, .. } = &field.ty else { return None };
            Val::Choice((0..u16::try_from(values.len()).ok()?).find(|at| bits >> at & 1 == 1)?)
        }
        Example::Number(number) => return number_of(number, &field.ty),
        Example::Flags { with, without } => {
            let now = if let Some(Val::Flags(now)) = around.now { *now } else { 0 };
            Val::Flags(now & !without | with)
        }
        Example::Several(number) => return several(number, &field.ty, around.vocabulary),
        Example::Text(text) => Val::Text(text),
        Example::SharedWith { fact, shared } => return same(fact, &field.ty, shared, around),
        time => Val::Time(when(&time, around.sketch)?),
    })
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

/// So many people, or other identities, none of whom is named elsewhere.
pub(super) fn several(number: usize, ty: &Type, vocabulary: &Vocabulary) -> Option<Val> {
    let Type::Identity { kind, many: true } = ty else { return None };
    (number <= 20).then(|| Val::Ids((10..10 + number).map(|at| somebody(vocabulary, *kind, at)).collect()))
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

/// A time that is an example by itself.
pub(super) fn when(example: &Example, sketch: &Sketch) -> Option<When> {
    Some(match example {
        Example::At(time) => When::shifted(time.0 - sketch.at.0),
        Example::FromNow(seconds) => When::shifted(*seconds),
        Example::Back(length, seconds) => When::before(*length).plus(*seconds),
        Example::Ahead(length, seconds) => When::after(*length).plus(*seconds),
        _ => return None,
    })
}
