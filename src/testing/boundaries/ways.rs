//! A rule's condition -> the ways in which it may hold, and those in which it all but holds: each as what to look for in a call.

use crate::check::{Policy, Score};
use crate::proof::Wish;
use crate::semantics::{Condition, Count, DefinitionId, ScoreIs, Selection};
use crate::syntax::tree::Comparison;
use crate::testing::forms::sums_worth_a_look;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most ways that are told apart.
const MOST_WAYS: usize = 24;

/// The most ways of one part that are told apart beside other parts.
const MOST_OF_PART: usize = 4;

/// The most that is looked for in one way.
const MOST_PARTS: usize = 64;

/// What tells one way from others.
#[derive(Clone, Debug, Default)]
struct Way {
    all: Vec<Condition>,
    /// What is to be so besides, if it can be: so that it is this way alone, and on the edge.
    rather: Vec<Condition>,
}

/// The ways in which a condition may hold, each to be looked for; last that it holds in any.
pub(super) fn ways_to_hold(policy: &Policy, condition: &Condition) -> Vec<Wish> {
    let mut ways = Ways { policy, known: BTreeMap::new() }.of(condition, true);
    ways.push(Way::default());
    let wish = |way: Way| {
        let when = std::iter::once(condition.clone()).chain(way.all).collect();
        Wish { when: Condition::All(when), rather: way.rather }
    };
    ways.into_iter().map(wish).collect()
}

/// The ways in which a condition lacks nothing but that one record fewer is there, of records of which it asks for none.
pub(super) fn ways_to_miss(policy: &Policy, condition: &Condition) -> Vec<Wish> {
    let ways = Ways { policy, known: BTreeMap::new() }.of(condition, true);
    let mut wishes: Vec<Wish> = Vec::new();
    for way in ways {
        let mut parts = Vec::new();
        let mut met = BTreeSet::new();
        std::iter::once(condition).chain(&way.all).for_each(|part| together(policy, part, &mut parts, &mut met));
        for (at, part) in parts.iter().enumerate() {
            let Some(one) = one_of_none(policy, part, true) else { continue };
            let others = parts.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, part)| (*part).clone());
            // What asks for one of several is asked for by the way that it is.
            let others = others.filter(|part| !matches!(part, Condition::Any(_)));
            let wish = Wish { when: Condition::All(others.chain([one]).collect()), rather: Vec::new() };
            if wishes.len() < MOST_WAYS && !wishes.contains(&wish) {
                wishes.push(wish);
            }
        }
    }
    wishes
}

/// The parts that must all hold for a condition to hold, those of each definition once.
fn together<'p>(
    policy: &'p Policy,
    condition: &'p Condition,
    parts: &mut Vec<&'p Condition>,
    met: &mut BTreeSet<DefinitionId>,
) {
    match condition {
        Condition::All(all) => all.iter().for_each(|part| together(policy, part, parts, met)),
        Condition::Defined(id) => {
            let definition = policy.definition(*id).filter(|_| met.insert(*id));
            definition.into_iter().for_each(|it| together(policy, &it.condition, parts, met));
        }
        part if parts.len() < MOST_PARTS && !parts.contains(&part) => parts.push(part),
        _ => {}
    }
}

/// That there is one of the records of which there must be none for a condition to be answered so.
fn one_of_none(policy: &Policy, condition: &Condition, want: bool) -> Option<Condition> {
    match condition {
        Condition::Count(count) => (on_the_edge(count, want) == 0).then(|| exactly(count, 1)),
        Condition::Not(part) => one_of_none(policy, part, !want),
        Condition::Presumed(part) => one_of_none(policy, part, want),
        Condition::Defined(id) => one_of_none(policy, &policy.definition(*id)?.condition, want),
        _ => None,
    }
}

fn on_the_edge(count: &Count, want: bool) -> i64 {
    count.comparison.on_the_edge(*count.number, want).max(0)
}

fn exactly(count: &Count, number: i64) -> Condition {
    Condition::Count(Count { comparison: Comparison::Exactly, number: number.into(), ..count.clone() })
}

/// A condition that holds where another is answered so.
fn answered(condition: &Condition, want: bool) -> Condition {
    if want { condition.clone() } else { Condition::Not(Box::new(condition.clone())) }
}

struct Ways<'p> {
    policy: &'p Policy,
    /// The ways of each definition, which are worked out once, however many others name it.
    known: BTreeMap<(DefinitionId, bool), Vec<Way>>,
}

impl Ways<'_> {
    /// The ways in which a condition is answered so, one at the least.
    fn of(&mut self, condition: &Condition, want: bool) -> Vec<Way> {
        let mut ways = match condition {
            Condition::All(parts) | Condition::Any(parts) if matches!(condition, Condition::All(_)) == want => {
                self.of_all(parts.iter().map(|part| (part, want)))
            }
            Condition::All(parts) | Condition::Any(parts) => self.of_any(parts, want),
            Condition::Not(part) => self.of(part, !want),
            Condition::Presumed(part) => self.of(part, want),
            Condition::HowMany { comparison, number, of } => self.how_many(comparison.on_the_edge(**number, want), of),
            Condition::Count(count) => self.counted(count, on_the_edge(count, want)),
            Condition::Latest { first, of, test } => {
                let ways = self.of(test, want).into_iter().filter(|way| !way.all.is_empty());
                let is_so = |way: Way| {
                    let parts = std::iter::once(answered(test, want)).chain(way.all).collect();
                    let test = Box::new(Condition::All(parts));
                    Condition::Latest { first: *first, of: Arc::clone(of), test }
                };
                ways.map(|way| Way { all: vec![is_so(way)], rather: Vec::new() }).collect()
            }
            Condition::Defined(id) => self.of_definition(*id, want),
            Condition::Score { score, is } => match self.policy.score(*score) {
                Some(found) => scored(found, is, want, |is| Condition::Score { score: *score, is }),
                None => Vec::new(),
            },
            Condition::Test(_) | Condition::Trend { .. } => Vec::new(),
        };
        ways.truncate(MOST_WAYS);
        if ways.is_empty() {
            ways.push(Way::default());
        }
        ways
    }

    /// Every part answered so: the first way of each, then the second of each, and so on, until each was there.
    fn of_all<'c>(&mut self, parts: impl Iterator<Item = (&'c Condition, bool)>) -> Vec<Way> {
        let of_parts: Vec<Vec<Way>> = parts.map(|(part, want)| self.of(part, want)).collect();
        let most = of_parts.iter().map(Vec::len).max().unwrap_or(0);
        let turns = (0..most).map(|turn| {
            let mut way = Way::default();
            for own in &of_parts {
                own.get(turn % own.len().max(1)).into_iter().for_each(|own| way.add(own));
            }
            way
        });
        turns.collect()
    }

    /// One part answered so, and the others not.
    fn of_any(&mut self, parts: &[Condition], want: bool) -> Vec<Way> {
        let mut ways = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
            let others: Vec<Condition> = others.map(|(_, other)| answered(other, !want)).take(MOST_PARTS).collect();
            for own in self.of(part, want).into_iter().take(MOST_OF_PART) {
                let mut way = Way { all: vec![answered(part, want)], rather: Vec::new() };
                way.add(&own);
                way.add(&Way { all: Vec::new(), rather: others.clone() });
                ways.push(way);
            }
            if ways.len() >= MOST_WAYS {
                break;
            }
        }
        ways
    }

    /// So many parts that stand beside each other, and no others: so every part is in some way.
    fn how_many(&mut self, number: i64, of: &[Condition]) -> Vec<Way> {
        let Ok(number) = usize::try_from(number) else { return Vec::new() };
        let Some(last) = of.len().checked_sub(number) else { return Vec::new() };
        let ways = (0..=last).take(MOST_WAYS).map(|start| {
            let parts = of.iter().enumerate();
            let (inside, outside): (Vec<_>, Vec<_>) = parts.partition(|(at, _)| (start..start + number).contains(at));
            let mut way = Way::default();
            for (_, part) in &inside {
                way.add(&Way { all: vec![(*part).clone()], rather: Vec::new() });
            }
            let others = outside.into_iter().map(|(_, part)| answered(part, false)).take(MOST_PARTS).collect();
            way.add(&Way { all: Vec::new(), rather: others });
            let own = self.of_all(inside.into_iter().map(|(_, part)| (part, true)));
            own.iter().take(1).for_each(|own| way.add(own));
            way
        });
        ways.collect()
    }

    /// So many records and no more: in each of the ways in which a record may be one that is meant.
    fn counted(&mut self, count: &Count, number: i64) -> Vec<Way> {
        let ways = self.of_all(count.of.tests.iter().filter(|_| number > 0).map(|test| (test, true)));
        let narrowed = |more: &[Condition]| {
            let tests = count.of.tests.iter().chain(more).cloned().collect();
            let of = Arc::new(Selection { tests, ..Selection::clone(&count.of) });
            Condition::Count(Count { comparison: Comparison::AtLeast, number: number.into(), of, ..count.clone() })
        };
        let of_records = ways.into_iter().map(|way| {
            let all = if way.all.is_empty() { Vec::new() } else { vec![narrowed(&way.all)] };
            let alone = (!way.rather.is_empty()).then(|| narrowed(&[way.all, way.rather].concat()));
            Way { all, rather: std::iter::once(exactly(count, number)).chain(alone).collect() }
        });
        let mut ways: Vec<Way> = of_records.collect();
        if ways.is_empty() {
            ways.push(Way { all: Vec::new(), rather: vec![exactly(count, number)] });
        }
        ways
    }

    fn of_definition(&mut self, id: DefinitionId, want: bool) -> Vec<Way> {
        if let Some(known) = self.known.get(&(id, want)) {
            return known.clone();
        }
        let Some(definition) = self.policy.definition(id) else { return Vec::new() };
        let ways = self.of(&definition.condition, want);
        self.known.insert((id, want), ways.clone());
        ways
    }
}

/// The sum on the edge, with each of the points in it; and where the higher bands begin.
fn scored(score: &Score, is: &ScoreIs, want: bool, of: impl Fn(ScoreIs) -> Condition) -> Vec<Way> {
    let reaches = |sum: i64| is.holds(sum, &score.bands) == want;
    let sums: Vec<i64> = sums_worth_a_look(score, is).into_iter().filter(|sum| reaches(*sum)).collect();
    let edge = sums.iter().copied().find(|sum| !reaches(sum - 1) && *sum > 0).or(sums.last().copied());
    let Some(edge) = edge else { return Vec::new() };
    let exactly = |sum: i64| vec![of(ScoreIs::Compare(Comparison::Exactly, sum.into()))];
    let with = score.points.iter().map(|(_, part)| Way { all: exactly(edge), rather: vec![part.clone()] });
    let bands = score.bands.iter().map(|band| *band.from).filter(|from| *from > edge && sums.contains(from));
    with.chain(bands.map(|from| Way { all: exactly(from), rather: Vec::new() })).collect()
}

impl Way {
    /// What another asks for as well.
    fn add(&mut self, other: &Self) {
        for (own, theirs) in [(&mut self.all, &other.all), (&mut self.rather, &other.rather)] {
            for part in theirs {
                if own.len() < MOST_PARTS && !own.contains(part) {
                    own.push(part.clone());
                }
            }
        }
    }
}
