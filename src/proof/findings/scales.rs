//! A condition -> what it asks the size of, and for which sizes it is so.

use crate::check::Policy;
use crate::compile::{Ir, TermId};
use crate::model::{FactId, Type};
use crate::semantics::predicates::Range;
use crate::semantics::{Claim, Condition, Count, ScoreId, ScoreIs, Subject, Test};
use crate::syntax::tree::Comparison;

/// Something that is more or less.
#[derive(Clone, Copy)]
pub(super) enum Scale<'p> {
    /// A number, a length or a step among values in rising order.
    Fact(FactId),
    Score(ScoreId),
    /// How many there are of some records.
    Count(&'p Count),
    /// How many of some conditions are so.
    Answers(&'p [Condition]),
}

/// What tells one scale from another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ScaleKey {
    Fact(FactId),
    Score(ScoreId),
    Counted(TermId),
}

/// Sizes, each from a first to a last, in rising order, with others between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes(Vec<(i64, i64)>);

/// What a condition asks of a scale.
pub(super) struct Sized<'p> {
    pub scale: Scale<'p>,
    pub sizes: Sizes,
}

impl Sizes {
    /// Some of them, of all that there can be.
    fn of(sizes: impl IntoIterator<Item = (i64, i64)>, (least, most): (i64, i64)) -> Self {
        let within = sizes.into_iter().map(|(from, to)| (from.max(least), to.min(most)));
        let mut all: Vec<(i64, i64)> = within.filter(|(from, to)| from <= to).collect();
        all.sort_unstable();
        let mut sizes: Vec<(i64, i64)> = Vec::new();
        for (from, to) in all {
            match sizes.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => sizes.push((from, to)),
            }
        }
        Self(sizes)
    }

    pub(super) fn runs(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// Those of any.
    pub(super) fn any<'s>(all: impl IntoIterator<Item = &'s Self>) -> Self {
        Self::of(all.into_iter().flat_map(|sizes| sizes.0.iter().copied()), (i64::MIN, i64::MAX))
    }

    /// Those of all.
    pub(super) fn all<'s>(all: impl IntoIterator<Item = &'s Self>) -> Self {
        let any = Self(vec![(i64::MIN, i64::MAX)]);
        all.into_iter().fold(any, |all, sizes| all.both(sizes))
    }

    fn both(&self, other: &Self) -> Self {
        let shared = |one: &(i64, i64)| {
            let one = *one;
            other.0.iter().map(move |other| (one.0.max(other.0), one.1.min(other.1)))
        };
        Self::of(self.0.iter().flat_map(shared), (i64::MIN, i64::MAX))
    }

    /// All others that there can be.
    fn others(&self, (least, most): (i64, i64)) -> Self {
        let (mut others, mut from) = (Vec::new(), Some(least));
        for run in &self.0 {
            others.extend(from.zip(run.0.checked_sub(1)));
            from = run.1.checked_add(1);
        }
        others.extend(from.map(|from| (from, most)));
        Self::of(others, (least, most))
    }
}

impl<'p> Scale<'p> {
    pub(super) fn key(self, policy: &Policy, ir: &mut Ir) -> ScaleKey {
        match self {
            Self::Fact(fact) => ScaleKey::Fact(fact),
            Self::Score(score) => ScaleKey::Score(score),
            Self::Count(_) | Self::Answers(_) => ScaleKey::Counted(ir.add_condition(policy, &self.is((1, i64::MAX)))),
        }
    }

    fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Fact(one), Self::Fact(other)) => one == other,
            (Self::Score(one), Self::Score(other)) => one == other,
            (Self::Count(one), Self::Count(other)) => {
                (&one.of, one.different, &one.follow) == (&other.of, other.different, &other.follow)
            }
            (Self::Answers(one), Self::Answers(other)) => one == other,
            _ => false,
        }
    }

    /// The least and the most that there can be.
    pub(super) fn reach(self, policy: &Policy) -> (i64, i64) {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        match self {
            Self::Fact(fact) => match policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty) {
                Some(Type::Number { range }) => range.unwrap_or((i64::MIN, i64::MAX)),
                Some(Type::Choice { values, .. }) => (0, count(values.len()) - 1),
                _ => (0, i64::MAX),
            },
            Self::Score(score) => policy.score(score).map_or((0, i64::MAX), |score| score.reach),
            Self::Count(_) => (0, i64::MAX),
            Self::Answers(of) => (0, count(of.len())),
        }
    }

    /// Whether somebody who counts on from one size comes to another next, in the largest unit in which both are whole.
    pub(super) fn is_next(self, policy: &Policy, (from, to): (i64, i64)) -> bool {
        let of_call = |fact: FactId| policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty);
        let is_length = matches!(self, Self::Fact(fact) if matches!(of_call(fact), Some(Type::Duration)));
        let is_whole = |unit: &&i64| from % **unit == 0 && to % **unit == 0;
        let unit = [86_400, 3600, 60].iter().find(is_whole).filter(|_| is_length).copied().unwrap_or(1);
        to.saturating_sub(from) <= unit
    }

    /// That it lies from one size to another; the last of them may be any more.
    pub(super) fn is(self, (from, to): (i64, i64)) -> Condition {
        let sides = [(Comparison::AtLeast, from), (Comparison::AtMost, to)];
        let sides = sides.into_iter().filter(|(_, number)| *number != i64::MAX);
        match self {
            Self::Fact(fact) => {
                let predicate = Range { from: from.into(), to: to.into(), not: false }.into();
                Condition::Test(Test { subject: Subject::Fact(fact), predicate })
            }
            Self::Score(score) => {
                Condition::Score { score, is: ScoreIs::Range { from: from.into(), to: to.into(), not: false } }
            }
            Self::Count(count) => Condition::All(
                sides
                    .map(|(comparison, number)| {
                        Condition::Count(Count { comparison, number: number.into(), ..count.clone() })
                    })
                    .collect(),
            ),
            Self::Answers(of) => Condition::All(
                sides
                    .map(|(comparison, number)| Condition::HowMany {
                        comparison,
                        number: number.into(),
                        of: of.to_vec(),
                    })
                    .collect(),
            ),
        }
    }
}

/// The conditions that must all hold for one to, definitions looked into where they are such.
pub(super) fn conjuncts<'p>(policy: &'p Policy, condition: &'p Condition) -> Vec<&'p Condition> {
    match meant(policy, condition) {
        Condition::All(parts) => parts.iter().flat_map(|part| conjuncts(policy, part)).collect(),
        // None of several is each of them turned round, which has no place of its own.
        _ => vec![condition],
    }
}

/// What a definition means.
pub(super) fn meant<'p>(policy: &'p Policy, mut condition: &'p Condition) -> &'p Condition {
    while let Condition::Defined(id) = condition {
        match policy.definition(*id) {
            Some(definition) => condition = &definition.condition,
            None => break,
        }
    }
    condition
}

/// What a condition asks of a scale, where it asks one thing alone.
pub(super) fn sized<'p>(policy: &'p Policy, condition: &'p Condition) -> Option<Sized<'p>> {
    let of = |scale: Scale<'p>, sizes: Vec<(i64, i64)>| {
        let sizes = Sizes::of(sizes, scale.reach(policy));
        Some(Sized { scale, sizes })
    };
    match meant(policy, condition) {
        // While it is not known it is another matter.
        Condition::Presumed(part) => sized(policy, part),
        Condition::Not(part) => {
            let Sized { scale, sizes } = sized(policy, part)?;
            Some(Sized { scale, sizes: sizes.others(scale.reach(policy)) })
        }
        Condition::Test(Test { subject: Subject::Fact(fact), predicate }) => {
            let ty = policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty)?;
            let is_size = matches!(ty, Type::Number { .. } | Type::Duration | Type::Choice { rising: true, .. });
            let form = predicate.form();
            let runs = |claim: Claim| match claim {
                Claim::Between(from, to) => Some(vec![(from, to)]),
                Claim::OneOf(bits) => {
                    Some((0..64).filter(|at| bits >> at & 1 == 1).map(|at| (at, at)).collect::<Vec<_>>())
                }
                _ => None,
            };
            if !is_size {
                return None;
            }
            let scale = Scale::Fact(*fact);
            match form.claim(false).and_then(runs) {
                Some(sizes) => of(scale, sizes),
                None => {
                    let others = Sizes::of(form.claim(true).and_then(runs)?, scale.reach(policy));
                    Some(Sized { scale, sizes: others.others(scale.reach(policy)) })
                }
            }
        }
        Condition::Score { score, is } => of(Scale::Score(*score), is.sums(&policy.score(*score)?.bands, false)),
        Condition::Count(count) => of(Scale::Count(count), vec![count.comparison.interval(*count.number)]),
        Condition::HowMany { comparison, number, of: parts } => {
            of(Scale::Answers(parts), vec![comparison.interval(**number)])
        }
        Condition::Any(parts) => match any_of_one(policy, parts) {
            Some(one) => Some(one),
            None => of(Scale::Answers(parts), vec![(1, i64::MAX)]),
        },
        _ => None,
    }
}

/// What conditions of which one is enough ask, where all ask the size of the same.
fn any_of_one<'p>(policy: &'p Policy, parts: &'p [Condition]) -> Option<Sized<'p>> {
    let parts: Vec<Sized<'p>> = parts.iter().map(|part| sized(policy, part)).collect::<Option<_>>()?;
    let scale = parts.first()?.scale;
    let sizes = Sizes::any(parts.iter().map(|part| &part.sizes));
    parts.iter().all(|part| part.scale.is_same(scale)).then_some(Sized { scale, sizes })
}
