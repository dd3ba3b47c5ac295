//! The points of a score -> the steps that it adds up.
//!
//! Points are added as if each could be given whatever becomes of the others. Of points that hang on the answer to one question
//! this is not so: a caller is in pain, or is not, and only one line of a scale of numbers can be met. While such an answer is open, the
//! sum lies between the least and the most that its answers come to, and not between nothing and all of their points. So
//! points that hang together are told as steps: so many points for the answers that come to one sum at least, so many more for those
//! that come to the next. Each step waits for the same answers, and no two of them exclude each other.

use super::policy::Policy;
use crate::model::{FactId, Truth, Type, Value};
use crate::semantics::predicates::{Compare, Is, OneOf};
use crate::semantics::{Condition, Parameter, Predicate, Subject, Test, how_many, sum};
use crate::syntax::tree::Comparison;
use std::collections::{BTreeMap, BTreeSet};

/// What a score adds, and when.
pub(super) type Points = (Parameter<i64>, Condition);

/// The most ways in which the answers that some points hang on are gone through together; where there are more, the points count as if
/// each could be given whatever becomes of the others.
const MOST_WAYS: usize = 64;
/// The most boxes of ways that a step is made of, and the most that are put together to find them.
const MOST_BOXES: usize = 24;
const MOST_MEETINGS: usize = 64;
/// The most parts of a condition that are looked at.
const MOST_PARTS: usize = 128;

/// What a score adds up.
pub(super) struct Steps {
    /// Points that hang together, by their places.
    pub together: Vec<Vec<usize>>,
    pub steps: Vec<Points>,
    /// The least and the most that all of them come to.
    pub reach: (i64, i64),
}

/// Points that hang together, by their places, and what they come to.
struct Linked {
    places: Vec<usize>,
    steps: Vec<Points>,
    reach: (i64, i64),
}

pub(super) fn steps(policy: &Policy, points: &[Points]) -> Steps {
    let asked: Vec<Option<Asked<'_>>> = points.iter().map(|(points, when)| asked(policy, points, when)).collect();
    let mut together: Vec<Linked> = Vec::new();
    for places in linked(&asked) {
        match tell(policy, points, &asked, &places) {
            Told::AsTheyAre => {}
            Told::Steps(steps, reach) => together.push(Linked { places, steps, reach }),
            Told::TooMuch => {
                let facts: BTreeSet<FactId> = facts(&asked, &places).collect();
                for fact in facts {
                    let of_one = |place: &usize| facts_of(&asked, *place).eq([fact]);
                    let places: Vec<usize> = places.iter().copied().filter(of_one).collect();
                    if let Told::Steps(steps, reach) = tell(policy, points, &asked, &places) {
                        together.push(Linked { places, steps, reach });
                    }
                }
            }
        }
    }
    let mut all = Steps { together: Vec::new(), steps: Vec::new(), reach: (0, 0) };
    let mut add = |steps: &mut dyn Iterator<Item = &Points>, (least, most): (i64, i64)| {
        all.steps.extend(steps.cloned());
        all.reach = (all.reach.0.saturating_add(least), all.reach.1.saturating_add(most));
    };
    for (place, point) in points.iter().enumerate() {
        match together.iter().find(|linked| linked.places.contains(&place)) {
            Some(linked) if linked.places.first() == Some(&place) => add(&mut linked.steps.iter(), linked.reach),
            Some(_) => {}
            None => add(&mut std::iter::once(point), sum([(*point.0, Truth::Unknown)])),
        }
    }
    all.together = together.into_iter().map(|linked| linked.places).collect();
    all
}

/// The questions to facts that a point hangs on.
type Asked<'a> = BTreeMap<FactId, Vec<&'a Predicate>>;

/// The questions that a point hangs on, where it hangs on nothing but answers that can be gone through, and no setting moves it.
fn asked<'a>(policy: &'a Policy, points: &Parameter<i64>, when: &'a Condition) -> Option<Asked<'a>> {
    let (mut asked, mut left) = (BTreeMap::new(), MOST_PARTS);
    // Of nothing nothing hangs together with anything.
    if points.setting.is_some() || **points == 0 {
        return None;
    }
    find(policy, when, &mut asked, &mut left)?;
    Some(asked)
}

fn find<'a>(policy: &'a Policy, when: &'a Condition, asked: &mut Asked<'a>, left: &mut usize) -> Option<()> {
    *left = left.checked_sub(1)?;
    match when {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().try_for_each(|part| find(policy, part, asked, left))
        }
        Condition::HowMany { number, of, .. } if number.setting.is_none() => {
            of.iter().try_for_each(|part| find(policy, part, asked, left))
        }
        Condition::Not(part) => find(policy, part, asked, left),
        Condition::Defined(id) => find(policy, &policy.definition(*id)?.condition, asked, left),
        Condition::Test(Test { subject: Subject::Fact(fact), predicate }) => {
            let form = predicate.form();
            if form.settings().iter().any(Option::is_some) || !form.is_settled_by_marks() {
                return None;
            }
            let ty = &policy.vocabulary.call.get(fact.index())?.ty;
            if !matches!(ty, Type::YesNo | Type::Choice { .. } | Type::Number { .. } | Type::Duration) {
                return None;
            }
            asked.entry(*fact).or_default().push(predicate);
            Some(())
        }
        _ => None,
    }
}

fn facts_of<'a>(asked: &'a [Option<Asked<'_>>], place: usize) -> impl Iterator<Item = FactId> + 'a {
    asked.get(place).into_iter().flatten().flat_map(|asked| asked.keys().copied())
}

fn facts<'a>(asked: &'a [Option<Asked<'_>>], group: &'a [usize]) -> impl Iterator<Item = FactId> + 'a {
    group.iter().flat_map(|place| facts_of(asked, *place))
}

/// Points that hang on a common fact, or on facts that others have in common; by their places.
fn linked(asked: &[Option<Asked<'_>>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for place in (0..asked.len()).filter(|place| facts_of(asked, *place).next().is_some()) {
        let own: BTreeSet<FactId> = facts_of(asked, place).collect();
        let (mut with, without): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| facts(asked, group).any(|fact| own.contains(&fact)));
        with.push(vec![place]);
        let mut group = with.concat();
        group.sort_unstable();
        groups = without;
        groups.push(group);
    }
    groups
}

/// How points that may hang together are told.
enum Told {
    /// Added one by one they come to the same.
    AsTheyAre,
    Steps(Vec<Points>, (i64, i64)),
    TooMuch,
}

/// Answers to one question that no point tells apart.
struct Class {
    /// One of them.
    example: Value,
    answers: Answers,
}

#[derive(Clone)]
enum Answers {
    Is(bool),
    OneOf(u64),
    /// Numbers from one to another, in rising order.
    Between(Vec<(i64, i64)>),
}

/// A fact, its answers, and the lowest and highest of them where they are numbers.
struct Question {
    fact: FactId,
    classes: Vec<Class>,
    range: (i64, i64),
}

/// For each question which of its classes it is; past the last of them where that is open.
type Way = Vec<usize>;

fn tell(policy: &Policy, points: &[Points], asked: &[Option<Asked<'_>>], group: &[usize]) -> Told {
    let all: BTreeSet<FactId> = facts(asked, group).collect();
    let questions: Option<Vec<Question>> = all.into_iter().map(|fact| question(policy, asked, group, fact)).collect();
    let Some(questions) = questions else { return Told::TooMuch };
    let sizes = |more: usize| questions.iter().map(move |question| question.classes.len() + more);
    if sizes(0).try_fold(1usize, usize::checked_mul).is_none_or(|ways| ways > MOST_WAYS) {
        return Told::TooMuch;
    }
    let between = |way: &Way| {
        let known = questions
            .iter()
            .zip(way)
            .filter_map(|(question, at)| Some((question.fact, question.classes.get(*at)?.example)));
        let known: BTreeMap<FactId, Value> = known.collect();
        let points = group.iter().filter_map(|place| points.get(*place));
        sum(points.map(|(points, when)| (**points, truth(policy, when, &known))))
    };
    let sums: Vec<(Way, i64)> = product(sizes(0))
        .into_iter()
        .map(|way| {
            let (sum, _) = between(&way);
            (way, sum)
        })
        .collect();
    let reach = |way: &Way| {
        let may_be = |(other, _): &&(Way, i64)| {
            let mut places = way.iter().zip(other).zip(sizes(0));
            places.all(|((at, other), open)| at == other || *at == open)
        };
        let sums = || sums.iter().filter(may_be).map(|(_, sum)| *sum);
        (sums().min().unwrap_or(0), sums().max().unwrap_or(0))
    };
    let open: Way = sizes(0).collect();
    if product(sizes(1)).iter().all(|way| between(way) == reach(way)) {
        return Told::AsTheyAre;
    }
    let (least, most) = reach(&open);
    let mut steps = Vec::new();
    if least != 0 {
        steps.push((least.into(), Condition::All(Vec::new())));
    }
    let levels: BTreeSet<i64> = sums.iter().map(|(_, sum)| *sum).collect();
    for (level, next) in levels.iter().zip(levels.iter().skip(1)) {
        let met = sums.iter().filter(|(_, sum)| sum >= next).map(|(way, _)| way);
        let Some(boxes) = largest_boxes(met) else { return Told::TooMuch };
        let parts = boxes.iter().map(|one| said(&questions, one)).collect();
        steps.push((next.saturating_sub(*level).into(), only_or(parts, Condition::Any)));
    }
    Told::Steps(steps, (least, most))
}

/// The answers to a question, put together where no point of the group tells them apart.
fn question(policy: &Policy, asked: &[Option<Asked<'_>>], group: &[usize], fact: FactId) -> Option<Question> {
    let of_point = |place: &usize| asked.get(*place)?.as_ref()?.get(&fact);
    let predicates: Vec<&Predicate> = group.iter().filter_map(of_point).flatten().copied().collect();
    let mut range = (i64::MIN, i64::MAX);
    let all: Vec<Class> = match &policy.vocabulary.call.get(fact.index())?.ty {
        Type::YesNo => {
            let answers = [false, true].into_iter();
            answers.map(|yes| Class { example: Value::YesNo(yes), answers: Answers::Is(yes) }).collect()
        }
        Type::Choice { values, .. } => {
            let bits = (0u16..).zip(values).map(|(at, _)| (at, 1u64.checked_shl(u32::from(at)).unwrap_or(0)));
            bits.map(|(at, bit)| Class { example: Value::Choice(at), answers: Answers::OneOf(bit) }).collect()
        }
        Type::Number { range: declared } => {
            range = declared.unwrap_or(range);
            spans(&predicates, range, Value::Number)
        }
        Type::Duration => {
            range = (0, i64::MAX);
            spans(&predicates, range, Value::Duration)
        }
        _ => return None,
    };
    let mut classes: BTreeMap<Vec<Truth>, Class> = BTreeMap::new();
    for class in all {
        let answers = predicates.iter().map(|predicate| predicate.of_value(&class.example));
        let answers: Vec<Truth> = answers.collect::<Option<_>>()?;
        match classes.get_mut(&answers) {
            Some(known) => known.answers = known.answers.with(&class.answers),
            None => drop(classes.insert(answers, class)),
        }
    }
    (classes.len() <= 64).then(|| Question { fact, classes: classes.into_values().collect(), range })
}

/// Numbers, cut wherever an answer may turn.
fn spans(predicates: &[&Predicate], (least, most): (i64, i64), value: fn(i64) -> Value) -> Vec<Class> {
    let turns = predicates.iter().flat_map(|predicate| predicate.numbers());
    let starts = turns.flat_map(|number| [Some(number), number.checked_add(1)]).flatten();
    let starts: BTreeSet<i64> = starts.filter(|start| least < *start && *start <= most).chain([least]).collect();
    let ends = starts.iter().skip(1).map(|next| next.saturating_sub(1)).chain([most]);
    let spans = starts.iter().copied().zip(ends);
    spans.map(|(from, to)| Class { example: value(from), answers: Answers::Between(vec![(from, to)]) }).collect()
}

impl Answers {
    fn with(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::OneOf(own), Self::OneOf(more)) => Self::OneOf(own | more),
            (Self::Between(own), Self::Between(more)) => {
                let mut all = [own.as_slice(), more.as_slice()].concat();
                all.sort_unstable();
                let mut joined: Vec<(i64, i64)> = Vec::new();
                for (from, to) in all {
                    match joined.last_mut() {
                        Some(last) if last.1.checked_add(1) == Some(from) => last.1 = to,
                        _ => joined.push((from, to)),
                    }
                }
                Self::Between(joined)
            }
            (own, _) => own.clone(),
        }
    }

    /// The question that has yes for an answer where the fact is one of them.
    fn asked(&self, fact: FactId, (lowest, highest): (i64, i64)) -> Condition {
        let test = |predicate| Condition::Test(Test { subject: Subject::Fact(fact), predicate });
        let compare = |comparison, number: i64| test(Predicate::Compare(Compare(comparison, number.into())));
        match self {
            Self::Is(yes) => test(Predicate::Is(Is(*yes))),
            Self::OneOf(values) => test(Predicate::OneOf(OneOf { values: *values, not: false })),
            Self::Between(spans) => {
                let span = |(from, to): &(i64, i64)| {
                    if from == to {
                        return compare(Comparison::Exactly, *from);
                    }
                    let from = (*from != lowest).then(|| compare(Comparison::AtLeast, *from));
                    let to = (*to != highest).then(|| compare(Comparison::AtMost, *to));
                    only_or(from.into_iter().chain(to).collect(), Condition::All)
                };
                only_or(spans.iter().map(span).collect(), Condition::Any)
            }
        }
    }
}

/// The one part that there is, or what is made of several.
fn only_or(mut parts: Vec<Condition>, several: fn(Vec<Condition>) -> Condition) -> Condition {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            several(parts)
        }
    }
}

fn truth(policy: &Policy, when: &Condition, known: &BTreeMap<FactId, Value>) -> Truth {
    let answer = |part: &Condition| truth(policy, part, known);
    match when {
        Condition::All(parts) => Truth::least(parts.iter().map(answer)),
        Condition::Any(parts) => Truth::greatest(parts.iter().map(answer)),
        Condition::Not(part) => !answer(part),
        Condition::HowMany { comparison, number, of } => how_many(*comparison, **number, of.iter().map(answer)),
        Condition::Defined(id) => policy.definition(*id).map_or(Truth::Unknown, |it| answer(&it.condition)),
        Condition::Test(Test { subject: Subject::Fact(fact), predicate }) => {
            known.get(fact).and_then(|value| predicate.of_value(value)).unwrap_or(Truth::Unknown)
        }
        _ => Truth::Unknown,
    }
}

/// Every way to take one of each.
fn product(sizes: impl Iterator<Item = usize>) -> Vec<Way> {
    let mut ways = vec![Vec::new()];
    for size in sizes {
        let with = |way: &Way, at: usize| way.iter().copied().chain([at]).collect();
        ways = ways.iter().flat_map(|way| (0..size).map(move |at| with(way, at))).collect();
    }
    ways
}

/// For each question the classes that are in it, as bits.
type WayBox = Vec<u64>;

/// All boxes of ways that lie in a set of them and in no larger such box; `None` where there are too many.
///
/// A condition that is made of all of them is known as soon as what is known settles it: where every way that is still open lies in the set,
/// they are a box, so it lies in one of the largest; and where none does, each box lacks one of the answers that are known. Any two
/// boxes that meet in all questions but one make another, with the classes of both in that one; where nothing new comes of it, all are there.
fn largest_boxes<'a>(ways: impl Iterator<Item = &'a Way>) -> Option<Vec<WayBox>> {
    let bit = |at: &usize| u32::try_from(*at).ok().and_then(|at| 1u64.checked_shl(at)).unwrap_or(0);
    // Begun with what differs in the last question alone.
    let mut rows: BTreeMap<&[usize], u64> = BTreeMap::new();
    for way in ways {
        let Some((last, before)) = way.split_last() else { continue };
        *rows.entry(before).or_default() |= bit(last);
    }
    let mut boxes: Vec<WayBox> =
        rows.into_iter().map(|(before, last)| before.iter().map(bit).chain([last]).collect()).collect();
    let lies_in = |one: &WayBox, other: &WayBox| one.iter().zip(other).all(|(one, other)| one & !other == 0);
    for _ in 0..MOST_MEETINGS {
        let is_new = |one: &WayBox| !boxes.iter().any(|known| lies_in(one, known));
        let pairs = boxes.iter().enumerate().flat_map(|(at, one)| boxes.iter().take(at).map(move |other| (one, other)));
        let Some(new) = pairs.flat_map(|(one, other)| meetings(one, other)).find(is_new) else { return Some(boxes) };
        boxes.retain(|known| !lies_in(known, &new));
        boxes.push(new);
        if boxes.len() > MOST_BOXES {
            return None;
        }
    }
    None
}

/// What two boxes make together, question by question.
fn meetings(one: &WayBox, other: &WayBox) -> Vec<WayBox> {
    let joined = |joined: usize| {
        let parts = one.iter().zip(other).enumerate();
        let parts = parts.map(|(at, (one, other))| if at == joined { one | other } else { one & other });
        let parts: WayBox = parts.collect();
        parts.iter().all(|classes| *classes != 0).then_some(parts)
    };
    (0..one.len()).filter_map(joined).collect()
}

/// A box as a condition: a question that may have any answer is not asked.
fn said(questions: &[Question], one: &WayBox) -> Condition {
    let part = |(question, classes): (&Question, &u64)| {
        let is_in =
            |at: usize| u32::try_from(at).ok().and_then(|at| classes.checked_shr(at)).is_some_and(|bit| bit & 1 == 1);
        let within = question.classes.iter().enumerate().filter(|(at, _)| is_in(*at)).map(|(_, class)| &class.answers);
        if within.clone().count() == question.classes.len() {
            return None;
        }
        let answers = within.cloned().reduce(|one, other| one.with(&other))?;
        Some(answers.asked(question.fact, question.range))
    };
    only_or(questions.iter().zip(one).filter_map(part).collect(), Condition::All)
}
