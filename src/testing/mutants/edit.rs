//! A condition -> every condition that is wrong in one small way.

use crate::syntax::tree::{
    Amount, Answers, Apart, At, ClockAt, ClockEnd, ClockRef, Comparison, Condition, ConditionKind as Kind, Count,
    FirstDay, Follow, Group, IncludeHowMany, Joiner, Label, LabelAt, Latest, LengthAt, LengthRef, Line, Measure,
    Number, Predicate, Quantifier, QuestionsOf, Range, Relation, Scope, Selection, Side, Test, Text, Trend, TrendIs,
    Word,
};
use crate::text::Span;
use crate::time::{Length, TimeOfDay, Unit};
use std::collections::BTreeMap;

/// Something written otherwise. It is made when it is asked for: a list of thousands has thousands of ways to be wrong, each as
/// long as the list.
pub(super) struct Edit<'e, T> {
    /// What is otherwise, in words: `24 hours -> 25 hours`.
    pub words: String,
    pub at: Span,
    to: Box<dyn Fn() -> T + Send + Sync + 'e>,
}

impl<'e, T: 'e> Edit<'e, T> {
    /// For what is short.
    pub(super) fn new(at: Span, words: impl Into<String>, to: T) -> Self
    where
        T: Clone + Send + Sync,
    {
        Self::lazy(at, words, move || to.clone())
    }

    pub(super) fn lazy(at: Span, words: impl Into<String>, to: impl Fn() -> T + Send + Sync + 'e) -> Self {
        Self { words: words.into(), at, to: Box::new(to) }
    }

    pub(super) fn make(&self) -> T {
        (self.to)()
    }

    pub(super) fn map<U>(self, build: impl Fn(T) -> U + Send + Sync + 'e) -> Edit<'e, U> {
        let Self { words, at, to } = self;
        Edit { words, at, to: Box::new(move || build(to())) }
    }
}

/// What may stand in the place of what is written.
pub(super) struct Editor<'e> {
    /// What a link may be swapped for: the call's identities.
    pub people: &'e [String],
    /// The settings that name a calendar, each with the calendars that it may be set to.
    pub calendars: &'e BTreeMap<String, Vec<String>>,
}

/// Edits of a part, as edits of the whole that it belongs to.
fn inside<'e, T: Clone + Sync, P: 'e>(
    whole: &'e T,
    edits: Vec<Edit<'e, P>>,
    put: impl Fn(&mut T, P) + Copy + Send + Sync + 'e,
) -> Vec<Edit<'e, T>> {
    let build = |edit: Edit<'e, P>| {
        edit.map(move |part| {
            let mut whole = whole.clone();
            put(&mut whole, part);
            whole
        })
    };
    edits.into_iter().map(build).collect()
}

impl Editor<'_> {
    pub(super) fn condition<'e>(&self, condition: &'e Condition) -> Vec<Edit<'e, Condition>> {
        let at = condition.at;
        let edits: Vec<Edit<'e, Kind>> = match &condition.kind {
            Kind::Group { group, items } => self.group(&condition.kind, group, items, at.0),
            Kind::Chain { joiner, items } => self.chain(&condition.kind, *joiner, items, at.0),
            Kind::Answers(answers) => wrap(answers_edits(answers, at.0), |answers| Kind::Answers(Box::new(answers))),
            Kind::Count(count) => wrap(self.count(count, at.0), |count| Kind::Count(Box::new(count))),
            Kind::Latest(latest) => wrap(self.latest(latest, at.0), |latest| Kind::Latest(Box::new(latest))),
            Kind::Trend(trend) => {
                let last = match &trend.is {
                    TrendIs::Converging { last } => amount(last),
                    TrendIs::GapShrinking => Vec::new(),
                };
                let last = inside(&**trend, last, |trend: &mut Trend, last| trend.is = TrendIs::Converging { last });
                let of = inside(&**trend, self.selection(&trend.of), |trend, of| trend.of = of);
                wrap(last.into_iter().chain(of).collect(), |trend| Kind::Trend(Box::new(trend)))
            }
            Kind::Test(test) => wrap(self.test(test), |test| Kind::Test(Box::new(test))),
            Kind::Bare(_) => Vec::new(),
        };
        wrap(edits, move |kind| Condition { kind, at })
    }

    fn group<'e>(
        &self,
        whole: &'e Kind,
        group: &'e Group,
        items: &'e [Line<Condition>],
        at: Span,
    ) -> Vec<Edit<'e, Kind>> {
        let with = |group: Group| Kind::Group { group, items: items.to_vec() };
        let mut edits = Vec::new();
        match group {
            Group::All if items.len() > 1 => edits.push(Edit::lazy(at, "all of -> any of", move || with(Group::Any))),
            Group::Any if items.len() > 1 => edits.push(Edit::lazy(at, "any of -> all of", move || with(Group::All))),
            Group::HowMany { comparison, amount: number } => {
                for edit in amount(number) {
                    edits.push(edit.map(move |amount| with(Group::HowMany { comparison: *comparison, amount })));
                }
                let (to, words) = other(*comparison);
                let to = move || with(Group::HowMany { comparison: to, amount: number.clone() });
                edits.push(Edit::lazy(at, words, to));
            }
            Group::All | Group::Any | Group::None => {}
        }
        for (place, item) in items.iter().enumerate() {
            let own = self.condition(&item.node);
            edits.extend(inside(whole, own, move |whole, part| {
                if let Kind::Group { items, .. } = whole
                    && let Some(item) = items.get_mut(place)
                {
                    item.node = part;
                }
            }));
            if items.len() > 1 {
                let words = format!("without `{}`", crate::syntax::print_condition(&item.node));
                let without = move || Kind::Group { group: group.clone(), items: without(items, place) };
                edits.push(Edit::lazy(item.node.at.0, words, without));
            }
        }
        edits
    }

    fn chain<'e>(&self, whole: &'e Kind, joiner: Joiner, items: &'e [Condition], at: Span) -> Vec<Edit<'e, Kind>> {
        let (to, words) = match joiner {
            Joiner::And => (Joiner::Or, "and -> or"),
            Joiner::Or => (Joiner::And, "or -> and"),
        };
        let mut edits = vec![Edit::lazy(at, words, move || Kind::Chain { joiner: to, items: items.to_vec() })];
        for (place, item) in items.iter().enumerate() {
            edits.extend(inside(whole, self.condition(item), move |whole, part| {
                if let Kind::Chain { items, .. } = whole
                    && let Some(item) = items.get_mut(place)
                {
                    *item = part;
                }
            }));
            let words = format!("without `{}`", crate::syntax::print_condition(item));
            let to = move || match without(items, place).as_slice() {
                [only] => only.kind.clone(),
                fewer => Kind::Chain { joiner, items: fewer.to_vec() },
            };
            edits.push(Edit::lazy(item.at.0, words, to));
        }
        edits
    }

    fn count<'e>(&self, count: &'e Count, at: Span) -> Vec<Edit<'e, Count>> {
        let number = |value: i64| Amount::Number(Number { value, at: At(at) });
        let how_many = |comparison, amount| Quantifier::HowMany { comparison, amount };
        let mut quantifiers: Vec<Edit<'e, Quantifier>> = match &count.quantifier {
            Quantifier::Any => vec![
                Edit::new(at, "any -> at least 2", how_many(Comparison::AtLeast, number(2))),
                Edit::new(at, "any -> no", Quantifier::No),
            ],
            Quantifier::No => vec![
                Edit::new(at, "no -> at most 1", how_many(Comparison::AtMost, number(1))),
                Edit::new(at, "no -> any", Quantifier::Any),
            ],
            Quantifier::HowMany { comparison, amount: written } => {
                let (to, words) = other(*comparison);
                let numbers = amount(written).into_iter();
                let numbers = numbers.map(|edit| edit.map(move |amount| how_many(*comparison, amount)));
                numbers.chain([Edit::new(at, words, how_many(to, written.clone()))]).collect()
            }
        };
        quantifiers.retain(|edit| edit.make() != count.quantifier);
        let mut edits = inside(count, quantifiers, |count, quantifier| count.quantifier = quantifier);
        edits.extend(inside(count, self.selection(&count.of), |count, of| count.of = of));
        if let Some(follow) = &count.follow {
            let own = self.follow(follow, at);
            edits.extend(inside(count, own, |count, follow| count.follow = Some(follow)));
            let alone = move || Count { follow: None, ..count.clone() };
            edits.push(Edit::lazy(at, "without what follows", alone));
        }
        edits
    }

    fn follow<'e>(&self, follow: &'e Follow, at: Span) -> Vec<Edit<'e, Follow>> {
        let mut edits = inside(follow, length(&follow.within), |follow, within| follow.within = within);
        edits.extend(inside(follow, self.selection(&follow.by), |follow, by| follow.by = by));
        let (words, negated) = match follow.negated {
            true => ("not followed -> followed", false),
            false => ("followed -> not followed", true),
        };
        edits.push(Edit::lazy(at, words, move || Follow { negated, ..follow.clone() }));
        edits
    }

    fn latest<'e>(&self, latest: &'e Latest, at: Span) -> Vec<Edit<'e, Latest>> {
        let words = if latest.first { "the first -> the latest" } else { "the latest -> the first" };
        let mut edits = vec![Edit::lazy(at, words, || Latest { first: !latest.first, ..latest.clone() })];
        edits.extend(inside(latest, self.selection(&latest.of), |latest, of| latest.of = of));
        edits.extend(inside(latest, self.condition(&latest.test), |latest, test| latest.test = test));
        edits
    }

    pub(super) fn selection<'e>(&self, selection: &'e Selection) -> Vec<Edit<'e, Selection>> {
        let mut edits = Vec::new();
        for (place, scope) in selection.scopes.iter().enumerate() {
            let own = self.scope(scope, selection.noun.at.0);
            edits.extend(inside(selection, own, move |selection, scope| match scope {
                Some(scope) => {
                    if let Some(slot) = selection.scopes.get_mut(place) {
                        *slot = scope;
                    }
                }
                None => drop(selection.scopes.remove(place)),
            }));
        }
        if let Some(filter) = &selection.filter {
            edits
                .extend(inside(selection, self.condition(filter), |selection, filter| selection.filter = Some(filter)));
            let without = || Selection { filter: None, ..selection.clone() };
            edits.push(Edit::lazy(filter.at.0, "without its `where`", without));
        }
        edits
    }

    /// A scope otherwise, or gone.
    fn scope<'e>(&self, scope: &'e Scope, noun: Span) -> Vec<Edit<'e, Option<Scope>>> {
        match scope {
            Scope::InForce(at) => vec![Edit::new(at.0, "without `in force`", None)],
            Scope::Same { preposition, name } => {
                let mut edits = vec![Edit::new(name.at.0, format!("without `the same {}`", name.text), None)];
                for other in self.others(name) {
                    let words = format!("the same {} -> the same {other}", name.text);
                    let word = Word { text: other.clone(), at: name.at };
                    let scope = Scope::Same { preposition: preposition.clone(), name: word };
                    edits.push(Edit::new(name.at.0, words, Some(scope)));
                }
                edits
            }
            Scope::That { name, .. } => vec![Edit::new(name.at.0, format!("without `that {}`", name.text), None)],
            Scope::Within(written) => {
                let gone = Edit::new(place_of(written), "without its span", None);
                length(written).into_iter().map(|edit| edit.map(|to| Some(Scope::Within(to)))).chain([gone]).collect()
            }
            Scope::SinceMidnight(at) => {
                let day = LengthRef::Length(LengthAt { length: Length::new(24, Unit::Hours), at: *at });
                vec![
                    Edit::new(at.0, "without its `since`", None),
                    Edit::new(at.0, "since midnight -> within 24 hours", Some(Scope::Within(day))),
                ]
            }
            Scope::SinceDate(_, at) => vec![Edit::new(at.0, "without its `since`", None)],
            Scope::SinceRecord { first, noun: of, links } => {
                let words = if *first { "the first -> the latest" } else { "the latest -> the first" };
                let other = Scope::SinceRecord { first: !first, noun: of.clone(), links: links.clone() };
                vec![Edit::new(of.at.0, "without its `since`", None), Edit::new(of.at.0, words, Some(other))]
            }
            Scope::CountingThis(at) => {
                vec![Edit::new(noun, "counting this one -> not counting it", Some(Scope::NotCountingThis(*at)))]
            }
            Scope::NotCountingThis(at) => {
                vec![Edit::new(noun, "not counting this one -> counting it", Some(Scope::CountingThis(*at)))]
            }
        }
    }

    fn others(&self, name: &Word) -> Vec<&String> {
        self.people.iter().filter(|other| **other != name.text).collect()
    }

    fn test<'e>(&self, test: &'e Test) -> Vec<Edit<'e, Test>> {
        let at = test.at.0;
        let predicates = self.predicate(&test.predicate, at);
        let mut edits = inside(test, predicates, |test, predicate| test.predicate = predicate);
        if test.or_not_answered {
            let answered = || Test { or_not_answered: false, ..test.clone() };
            edits.push(Edit::lazy(at, "without `or not answered`", answered));
        }
        edits
    }

    fn predicate<'e>(&self, predicate: &'e Predicate, at: Span) -> Vec<Edit<'e, Predicate>> {
        match predicate {
            Predicate::Is { not, word } if word.text == "yes" || word.text == "no" => {
                let other = if word.text == "yes" { "no" } else { "yes" };
                let to = Predicate::Is { not: *not, word: Word { text: other.to_owned(), at: word.at } };
                vec![Edit::new(at, format!("is {} -> is {other}", word.text), to)]
            }
            Predicate::Is { not, word } => {
                let words = if *not { "is not -> is" } else { "is -> is not" };
                vec![Edit::new(at, words, Predicate::Is { not: !not, word: word.clone() })]
            }
            Predicate::OneOf { not, words } => fewer(words)
                .into_iter()
                .map(|edit| edit.map(move |words| Predicate::OneOf { not: *not, words }))
                .collect(),
            Predicate::Include { all, words, verb } => {
                let some = fewer(words).into_iter();
                let mut edits: Vec<Edit<'e, Predicate>> = some
                    .map(|edit| edit.map(move |words| Predicate::Include { all: *all, words, verb: *verb }))
                    .collect();
                if words.len() > 1 {
                    let said = if *all { "all of -> any of" } else { "any of -> all of" };
                    let to = Predicate::Include { all: !all, words: words.clone(), verb: *verb };
                    edits.push(Edit::new(at, said, to));
                }
                edits
            }
            Predicate::Exclude { words, verb } => fewer(words)
                .into_iter()
                .map(|edit| edit.map(move |words| Predicate::Exclude { words, verb: *verb }))
                .collect(),
            Predicate::IncludeHowMany(included) => {
                wrap(include_edits(included, at), |included| Predicate::IncludeHowMany(Box::new(included)))
            }
            Predicate::Compare { comparison, with, ago } => compare(*comparison, with, *ago, at),
            Predicate::Range(range) => wrap(range_edits(range), |range| Predicate::Range(Box::new(range))),
            Predicate::Within(written) => wrap(length(written), Predicate::Within),
            Predicate::WithinNext(written) => wrap(length(written), Predicate::WithinNext),
            Predicate::Moment { relation, moment } => {
                let to = other_relation(*relation);
                vec![Edit::new(
                    at,
                    "the other side of the moment",
                    Predicate::Moment { relation: to, moment: moment.clone() },
                )]
            }
            Predicate::Apart(apart) => wrap(apart_edits(apart, at), |apart| Predicate::Apart(Box::new(apart))),
            Predicate::SameDay { not, other } => {
                let to = Predicate::SameDay { not: !not, other: other.clone() };
                vec![Edit::new(at, "on the same day, the other way", to)]
            }
            Predicate::Clock { not, from, to, end } => {
                let with = |from, to| Predicate::Clock { not: *not, from, to, end: *end };
                let (said, other_end) = match end {
                    ClockEnd::In => (format!("{to} -> until before {to}"), ClockEnd::Out),
                    ClockEnd::Out => (format!("until before {to} -> {to}"), ClockEnd::In),
                };
                let to_the_end = Predicate::Clock { not: *not, from: from.clone(), to: to.clone(), end: other_end };
                let mut edits = wrap(clocks(from), move |from| with(from, to.clone()));
                edits.extend(wrap(clocks(to), move |to| with(from.clone(), to)));
                edits.push(Edit::new(at, said, to_the_end));
                edits
            }
            Predicate::Same { not, fact } => self
                .others(fact)
                .into_iter()
                .map(|other| {
                    let word = Word { text: other.clone(), at: fact.at };
                    let words = format!("this call's {} -> this call's {other}", fact.text);
                    Edit::new(at, words, Predicate::Same { not: *not, fact: word })
                })
                .collect(),
            Predicate::InForce { not } => {
                vec![Edit::new(at, "in force -> not in force", Predicate::InForce { not: !not })]
            }
            Predicate::HasPassed => vec![Edit::new(at, "has passed -> is still to come", Predicate::StillToCome)],
            Predicate::StillToCome => vec![Edit::new(at, "is still to come -> has passed", Predicate::HasPassed)],
            Predicate::Mention { texts, verb } => {
                let without = |(place, gone): (usize, &'e Text)| {
                    let words = format!("without \"{}\"", gone.value);
                    let to = move || Predicate::Mention { texts: without(texts, place), verb: *verb };
                    Edit::lazy(gone.at.0, words, to)
                };
                texts.iter().enumerate().filter(|_| texts.len() > 1).map(without).collect()
            }
            Predicate::Weekend { not } => {
                vec![Edit::new(at, "at the weekend, the other way", Predicate::Weekend { not: !not })]
            }
            Predicate::Weekday { not, days } => {
                vec![Edit::new(
                    at,
                    "on these days, the other way",
                    Predicate::Weekday { not: !not, days: days.clone() },
                )]
            }
            Predicate::Calendar { not, name } => {
                vec![Edit::new(
                    at,
                    "on these days, the other way",
                    Predicate::Calendar { not: !not, name: name.clone() },
                )]
            }
        }
    }
}

/// Another number of them, the other side of its edge, and one question more or less at either end.
fn answers_edits<'e>(answers: &'e Answers, at: Span) -> Vec<Edit<'e, Answers>> {
    let groups: Vec<Edit<'e, Group>> = match &answers.group {
        Some(Group::All) => vec![Edit::new(at, "all of -> any of", Group::Any)],
        Some(Group::Any) => vec![Edit::new(at, "any of -> all of", Group::All)],
        Some(Group::HowMany { comparison, amount: written }) => {
            let with = |comparison, amount| Group::HowMany { comparison, amount };
            let numbers = amount(written).into_iter().map(|edit| edit.map(move |amount| with(*comparison, amount)));
            let (to, words) = other(*comparison);
            numbers.chain([Edit::new(at, words, with(to, written.clone()))]).collect()
        }
        Some(Group::None) | None => Vec::new(),
    };
    let mut edits = inside(answers, groups, |answers, group| answers.group = Some(group));
    if let Some((first, last)) = answers.of.range {
        let ends = [(first.label.previous(), None), (Some(first.label.next()), None)];
        let ends = ends.into_iter().chain([(None, last.label.previous()), (None, Some(last.label.next()))]);
        let edit = |(from, to): (Option<Label>, Option<Label>)| {
            let (was, label) = from.map(|label| (first, label)).or_else(|| to.map(|label| (last, label)))?;
            let own = LabelAt { label, ..was };
            let range = Some(if from.is_some() { (own, last) } else { (first, own) });
            let make = move || Answers { of: QuestionsOf { range, ..answers.of.clone() }, ..answers.clone() };
            Some(Edit::lazy(was.at.0, format!("{} -> {label}", was.label), make))
        };
        edits.extend(ends.filter_map(edit));
    }
    edits
}

/// A length one unit otherwise, the other side of its edge, the other way to count days, and every day counted.
fn apart_edits<'e>(apart: &'e Apart, at: Span) -> Vec<Edit<'e, Apart>> {
    let lengths = match &apart.length {
        Measure::Length(written) => wrap(lengths(*written), Measure::Length),
        Measure::Amount(_) => Vec::new(),
    };
    let mut edits = inside(apart, lengths, |apart, length| apart.length = length);
    if let Some(comparison) = apart.comparison {
        let (to, words) = other(comparison);
        edits.push(Edit::lazy(at, words, move || Apart { comparison: Some(to), ..apart.clone() }));
    }
    let (side, words) = match apart.side {
        Side::Before => (Side::After, "before -> after"),
        Side::After => (Side::Before, "after -> before"),
    };
    if apart.calendar.is_none() {
        edits.push(Edit::lazy(at, words, move || Apart { side, ..apart.clone() }));
    } else {
        edits.push(Edit::lazy(at, "counting every day", || Apart { calendar: None, ..apart.clone() }));
    }
    if let Some(first_day) = apart.first_day {
        let (to, words) = match first_day {
            FirstDay::Counted => (FirstDay::NotCounted, "counting its day -> not counting it"),
            FirstDay::NotCounted => (FirstDay::Counted, "not counting its day -> counting it"),
        };
        edits.push(Edit::lazy(at, words, move || Apart { first_day: Some(to), ..apart.clone() }));
        edits.push(Edit::lazy(at, "by the clock", || Apart { first_day: None, ..apart.clone() }));
    }
    edits
}

/// All but one of a list.
pub(super) fn without<T: Clone>(items: &[T], place: usize) -> Vec<T> {
    let kept = items.iter().enumerate().filter(|(at, _)| *at != place);
    kept.map(|(_, item)| item.clone()).collect()
}

fn wrap<'e, T: 'e, U>(edits: Vec<Edit<'e, T>>, build: impl Fn(T) -> U + Copy + Send + Sync + 'e) -> Vec<Edit<'e, U>> {
    edits.into_iter().map(|edit| edit.map(build)).collect()
}

fn compare<'e>(comparison: Comparison, with: &'e Measure, ago: bool, at: Span) -> Vec<Edit<'e, Predicate>> {
    let (to, words) = other(comparison);
    let mut edits = vec![Edit::new(at, words, Predicate::Compare { comparison: to, with: with.clone(), ago })];
    edits.extend(wrap(measure(with), move |with| Predicate::Compare { comparison, with, ago }));
    edits
}

/// Another number, the other side of its edge, and one value less to choose from.
fn include_edits(included: &IncludeHowMany, at: Span) -> Vec<Edit<'_, IncludeHowMany>> {
    let (to, words) = other(included.comparison);
    let mut edits = inside(included, amount(&included.amount), |included, amount| included.amount = amount);
    edits.extend(inside(included, vec![Edit::new(at, words, to)], |included, to| included.comparison = to));
    let lists = included.of.iter().flat_map(|words| fewer(words)).collect();
    edits.extend(inside(included, lists, |included, words| included.of = Some(words)));
    edits
}

/// Each end one further and one nearer. One that would leave no range is not checked, so it is no mutant.
fn range_edits(range: &Range) -> Vec<Edit<'_, Range>> {
    let mut edits = wrap(measure(&range.from), |from| Range { from, ..range.clone() });
    edits.extend(wrap(measure(&range.to), |to| Range { to, ..range.clone() }));
    edits
}

fn clocks(written: &ClockRef) -> Vec<Edit<'_, ClockRef>> {
    match written {
        ClockRef::Clock(clock) => wrap(minutes(*clock), ClockRef::Clock),
        ClockRef::Name(_) => Vec::new(),
    }
}

/// A minute sooner and a minute later.
pub(super) fn minutes<'e>(written: ClockAt) -> Vec<Edit<'e, ClockAt>> {
    let moved = |by: i64| {
        let moved = (i64::from(written.clock.0) + by).rem_euclid(86_400);
        let clock = TimeOfDay(u32::try_from(moved).unwrap_or(0));
        Edit::new(written.at.0, format!("{} -> {clock}", written.clock), ClockAt { clock, at: written.at })
    };
    [-60, 60].map(moved).into()
}

fn measure(written: &Measure) -> Vec<Edit<'_, Measure>> {
    match written {
        Measure::Length(written) => wrap(lengths(*written), Measure::Length),
        Measure::Amount(written) => wrap(amount(written), Measure::Amount),
    }
}

/// Lists that lack one of two or more words.
fn fewer(words: &[Word]) -> Vec<Edit<'_, Vec<Word>>> {
    let edit = |(place, gone): (usize, &Word)| {
        Edit::lazy(gone.at.0, format!("without `{}`", gone.text), move || without(words, place))
    };
    words.iter().enumerate().filter(|_| words.len() > 1).map(edit).collect()
}

/// The comparison that differs at the edge alone.
fn other(comparison: Comparison) -> (Comparison, &'static str) {
    match comparison {
        Comparison::AtLeast => (Comparison::MoreThan, "at least -> more than"),
        Comparison::MoreThan => (Comparison::AtLeast, "more than -> at least"),
        Comparison::AtMost => (Comparison::FewerThan, "at most -> fewer than"),
        Comparison::FewerThan => (Comparison::AtMost, "fewer than -> at most"),
        Comparison::Exactly => (Comparison::AtLeast, "exactly -> at least"),
    }
}

fn other_relation(relation: Relation) -> Relation {
    match relation {
        Relation::Before => Relation::OnOrBefore,
        Relation::OnOrBefore => Relation::Before,
        Relation::After | Relation::On => Relation::OnOrAfter,
        Relation::OnOrAfter => Relation::After,
    }
}

/// A number one less and one more. What a setting holds is changed where it is set.
pub(super) fn amount<'e>(amount: &Amount) -> Vec<Edit<'e, Amount>> {
    let Amount::Number(number) = amount else { return Vec::new() };
    numbers(*number).into_iter().map(|edit| edit.map(Amount::Number)).collect()
}

pub(super) fn numbers<'e>(number: Number) -> Vec<Edit<'e, Number>> {
    let to =
        |value: i64| Edit::new(number.at.0, format!("{} -> {value}", number.value), Number { value, at: number.at });
    [number.value - 1, number.value + 1].into_iter().filter(|value| *value >= 0).map(to).collect()
}

fn length<'e>(written: &LengthRef) -> Vec<Edit<'e, LengthRef>> {
    match written {
        LengthRef::Length(written) => wrap(lengths(*written), LengthRef::Length),
        LengthRef::Name(_) => Vec::new(),
    }
}

/// A length one unit less and one more.
pub(super) fn lengths<'e>(written: LengthAt) -> Vec<Edit<'e, LengthAt>> {
    let Length { amount, unit } = written.length;
    let to = |amount: u32| {
        let length = Length::new(amount, unit);
        Edit::new(written.at.0, format!("{} -> {length}", written.length), LengthAt { length, at: written.at })
    };
    [amount.checked_sub(1), amount.checked_add(1)].into_iter().flatten().filter(|it| *it > 0).map(to).collect()
}

fn place_of(written: &LengthRef) -> Span {
    match written {
        LengthRef::Length(written) => written.at.0,
        LengthRef::Name(word) => word.at.0,
    }
}
