//! Whether a condition is certainly as wide as another was: in every case it holds where the other held, and is at least
//! not known where that was not known. Compared by structure, so `false` means no more than that nobody can be sure.

use super::predicates::{FieldOwner, covers_test, place_in};
use super::sides::Sides;
use crate::check::{Policy, Score};
use crate::explain::reckons_alike;
use crate::model::{FieldId, RecordId};
use crate::semantics::{
    Bound, Condition, Count, DefinitionId, Follow, Parameter, ScoreId, ScoreIs, Selection, Since, Test,
};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// How many parts of conditions are compared for one rule before the answer is that nobody can be sure.
const MOST_STEPS: u32 = 100_000;

/// Compares conditions of a policy with those of the policy that it takes the place of.
pub(super) struct Wider<'p> {
    sides: Sides<'p>,
    /// Whether equal conditions mean the same in both policies: all that a condition can name is the same.
    alike: bool,
    steps: Cell<u32>,
    /// What came of comparing two definitions, by which of them had to be the wider.
    known: RefCell<BTreeMap<(bool, DefinitionId, DefinitionId), bool>>,
}

impl<'p> Wider<'p> {
    pub(super) fn new(policy: &'p Policy, in_force: &'p Policy) -> Self {
        let sides = Sides { wide: policy, narrow: in_force, turned: false };
        let alike = names_mean_the_same(policy, in_force);
        Self { sides, alike, steps: Cell::new(0), known: RefCell::default() }
    }

    /// Whether the condition of a rule is certainly as wide as that of the rule in force.
    pub(super) fn covers(&self, condition: &Condition, in_force: &Condition) -> bool {
        self.steps.set(0);
        self.condition(self.sides, condition, in_force, FieldOwner::Call)
    }

    fn condition(&self, sides: Sides<'_>, wide: &Condition, narrow: &Condition, place: FieldOwner) -> bool {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MOST_STEPS {
            return false;
        }
        if self.alike && wide == narrow {
            return true;
        }
        match (wide, narrow) {
            (_, Condition::Any(parts)) => parts.iter().all(|part| self.condition(sides, wide, part, place)),
            (Condition::All(parts), _) => parts.iter().all(|part| self.condition(sides, part, narrow, place)),
            (Condition::Any(some), Condition::All(all)) => {
                some.iter().any(|part| self.condition(sides, part, narrow, place))
                    || all.iter().any(|part| self.condition(sides, wide, part, place))
            }
            (Condition::Any(parts), _) => parts.iter().any(|part| self.condition(sides, part, narrow, place)),
            (_, Condition::All(parts)) => parts.iter().any(|part| self.condition(sides, wide, part, place)),
            (Condition::Defined(wide), Condition::Defined(narrow)) => self.definition(sides, *wide, *narrow),
            (Condition::Defined(id), _) => {
                let definition = sides.wide.definition(*id);
                definition
                    .is_some_and(|definition| self.condition(sides, &definition.condition, narrow, FieldOwner::Call))
            }
            (_, Condition::Defined(id)) => {
                let definition = sides.narrow.definition(*id);
                definition
                    .is_some_and(|definition| self.condition(sides, wide, &definition.condition, FieldOwner::Call))
            }
            (Condition::Not(wide), Condition::Not(narrow)) => {
                self.condition(sides.turned(), narrow, wide, place.turned())
            }
            (
                Condition::HowMany { comparison, number, of },
                Condition::HowMany { comparison: theirs, number: asked, of: parts },
            ) => {
                let (bound, asked) = (Bound::of_how_many(*comparison, **number), Bound::of_how_many(*theirs, **asked));
                bound.covers(
                    asked,
                    || self.each_has_its_own(sides, of, parts, place),
                    || self.each_has_its_own(sides.turned(), parts, of, place.turned()),
                )
            }
            // What is presumed holds wherever its test does.
            (Condition::Presumed(wide), Condition::Presumed(narrow)) => self.condition(sides, wide, narrow, place),
            (Condition::Presumed(wide), _) => self.condition(sides, wide, narrow, place),
            (Condition::Test(wide), Condition::Test(narrow)) => covers_test(sides, wide, narrow, place),
            (Condition::Count(wide), Condition::Count(narrow)) => self.count(sides, wide, narrow),
            (
                Condition::Latest { first, of, test },
                Condition::Latest { first: theirs, of: selection, test: asked },
            ) => {
                let place = place_in(of.record, selection.record);
                first == theirs && self.same(sides, of, selection) && self.condition(sides, test, asked, place)
            }
            (Condition::Trend { of, trend }, Condition::Trend { of: selection, trend: theirs }) => {
                trend == theirs && self.same(sides, of, selection)
            }
            (Condition::Score { score, is }, Condition::Score { score: theirs, is: asked }) => {
                self.score(sides, (*score, is), (*theirs, asked))
            }
            _ => false,
        }
    }

    fn definition(&self, sides: Sides<'_>, wide: DefinitionId, narrow: DefinitionId) -> bool {
        let key = (sides.turned, wide, narrow);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let pair = sides.wide.definition(wide).zip(sides.narrow.definition(narrow));
        let covers = pair
            .is_some_and(|(wide, narrow)| self.condition(sides, &wide.condition, &narrow.condition, FieldOwner::Call));
        self.known.borrow_mut().insert(key, covers);
        covers
    }

    /// Whether each of the narrow conditions has a wide one of its own that covers it, so that at least as many hold.
    fn each_has_its_own(&self, sides: Sides<'_>, wide: &[Condition], narrow: &[Condition], place: FieldOwner) -> bool {
        let mut taken = vec![false; wide.len()];
        narrow.iter().all(|narrow| {
            let mut free = taken.iter_mut().zip(wide);
            let own = free.find(|(taken, wide)| !**taken && self.condition(sides, wide, narrow, place));
            own.map(|(taken, _)| *taken = true).is_some()
        })
    }

    fn count(&self, sides: Sides<'_>, wide: &Count, narrow: &Count) -> bool {
        let different = |policy: &Policy, count: &Count| {
            count.different.map(|field| field_name(policy, count.of.record, field).map(str::to_owned))
        };
        // How many this call names of them rests on the fact that stands for the field.
        let several = |policy: &Policy, count: &Count| {
            count.different.map(|field| policy.may_be_several(count.of.record, field, count.of.this_call))
        };
        let alike = different(sides.wide, wide) == different(sides.narrow, narrow)
            && several(sides.wide, wide) == several(sides.narrow, narrow);
        let bound = Bound::of_how_many(wide.comparison, *wide.number);
        let counts_more = |sides: Sides<'_>, wide: &Count, narrow: &Count| {
            // Where there is no record to count from every answer is no, that nothing is counted too.
            self.count_from_the_same(sides, &wide.of, &narrow.of)
                && self.selection(sides, &wide.of, &narrow.of)
                && self.follow(
                    sides,
                    (wide.of.record, wide.follow.as_deref()),
                    (narrow.of.record, narrow.follow.as_deref()),
                )
        };
        alike
            && bound.covers(
                Bound::of_how_many(narrow.comparison, *narrow.number),
                || counts_more(sides, wide, narrow),
                || counts_more(sides.turned(), narrow, wide),
            )
    }

    fn follow(
        &self,
        sides: Sides<'_>,
        (wide_record, wide): (RecordId, Option<&Follow>),
        (narrow_record, narrow): (RecordId, Option<&Follow>),
    ) -> bool {
        let (wide, narrow) = match (wide, narrow) {
            (None, _) => return true,
            (Some(_), None) => return false,
            (Some(wide), Some(narrow)) => (wide, narrow),
        };
        let finds_more =
            |sides: Sides<'_>, (wide_record, wide): (RecordId, &Follow), (record, narrow): (RecordId, &Follow)| {
                let links = links(sides.narrow, record, narrow);
                sides.never_longer(*narrow.within, *wide.within, false)
                    && self.selection(sides, &wide.by, &narrow.by)
                    && self::links(sides.wide, wide_record, wide).iter().all(|link| links.contains(link))
            };
        match (wide.not, narrow.not) {
            (false, false) => finds_more(sides, (wide_record, wide), (narrow_record, narrow)),
            (true, true) => finds_more(sides.turned(), (narrow_record, narrow), (wide_record, wide)),
            _ => false,
        }
    }

    /// Whether one selection holds every record that another holds.
    fn selection(&self, sides: Sides<'_>, wide: &Selection, narrow: &Selection) -> bool {
        let name = |policy: &Policy, record: RecordId| {
            policy.vocabulary.records.get(record.index()).map(|record| record.name.clone())
        };
        let place = place_in(wide.record, narrow.record);
        name(sides.wide, wide.record) == name(sides.narrow, narrow.record)
            && self.are_whole_alike(sides, wide, narrow)
            && (wide.this_call || !narrow.this_call)
            && wide
                .windows
                .iter()
                .all(|window| narrow.windows.iter().any(|theirs| sides.never_longer(**theirs, **window, false)))
            && wide.since.iter().all(|since| narrow.since.iter().any(|theirs| self.since(sides, since, theirs)))
            && wide
                .tests
                .iter()
                .all(|test| narrow.tests.iter().any(|theirs| self.condition(sides, test, theirs, place)))
    }

    /// Whether neither counts from a record, or both from the same.
    fn count_from_the_same(&self, sides: Sides<'_>, one: &Selection, other: &Selection) -> bool {
        let is_record = |since: &Since| matches!(since, Since::Record { .. });
        let covers = |sides: Sides<'_>, one: &Selection, other: &Selection| {
            let mut records = one.since.iter().filter(|since| is_record(since));
            records.all(|since| other.since.iter().any(|theirs| self.since(sides, since, theirs)))
        };
        covers(sides, one, other) && covers(sides.turned(), other, one)
    }

    /// Whether the lists of both are whole by the same links: only a list that may lack nothing answers that there is none.
    fn are_whole_alike(&self, sides: Sides<'_>, one: &Selection, other: &Selection) -> bool {
        let place = place_in(one.record, other.record);
        let (own, theirs) = (links_to_call(sides.wide, &one.tests), links_to_call(sides.narrow, &other.tests));
        own.iter().all(|own| theirs.iter().any(|theirs| covers_test(sides, own, theirs, place)))
            && theirs.iter().all(|theirs| own.iter().any(|own| covers_test(sides, own, theirs, place)))
    }

    fn same(&self, sides: Sides<'_>, one: &Selection, other: &Selection) -> bool {
        self.selection(sides, one, other) && self.selection(sides.turned(), other, one)
    }

    fn since(&self, sides: Sides<'_>, wide: &Since, narrow: &Since) -> bool {
        match (wide, narrow) {
            (Since::Instant(wide), Since::Instant(narrow)) => wide <= narrow,
            (Since::Midnight, Since::Midnight) => true,
            (Since::Record { first, of }, Since::Record { first: theirs, of: selection }) => {
                first == theirs && self.same(sides, of, selection)
            }
            _ => false,
        }
    }

    fn score(&self, sides: Sides<'_>, (wide, is): (ScoreId, &ScoreIs), (narrow, asked): (ScoreId, &ScoreIs)) -> bool {
        let Some((wide, narrow)) = sides.wide.score(wide).zip(sides.narrow.score(narrow)) else { return false };
        let more = || self.sums_to_more(sides, wide, narrow);
        let less = || self.sums_to_more(sides.turned(), narrow, wide);
        if let Some(((from, to), (least, most))) = is.interval(&wide.bands).zip(asked.interval(&narrow.bands)) {
            let below = from == i64::MIN || from <= least && more();
            return below && (to == i64::MAX || most <= to && less());
        }
        wide.bands == narrow.bands && is == asked && more() && less()
    }

    /// Whether a score certainly never comes to less than that of the policy in force.
    pub(super) fn sums_to_as_much(&self, score: ScoreId, in_force: ScoreId) -> bool {
        let pair = self.sides.wide.score(score).zip(self.sides.narrow.score(in_force));
        pair.is_some_and(|(own, before)| self.sums_to_more(self.sides, own, before))
    }

    /// Whether a score certainly never comes to more than that of the policy in force.
    pub(super) fn sums_to_as_little(&self, score: ScoreId, in_force: ScoreId) -> bool {
        let pair = self.sides.wide.score(score).zip(self.sides.narrow.score(in_force));
        pair.is_some_and(|(own, before)| self.sums_to_more(self.sides.turned(), before, own))
    }

    /// Whether a score never comes to less than another.
    fn sums_to_more(&self, sides: Sides<'_>, wide: &Score, narrow: &Score) -> bool {
        if wide.unanswered_as_yes != narrow.unanswered_as_yes {
            return false;
        }
        let covers = |wide: &Condition, narrow: &Condition| self.condition(sides, wide, narrow, FieldOwner::Call);
        // Points below nought make less of a sum where more is so.
        let no_less = |(points, own): &Points, (asked, condition): &Points| {
            let back = || self.condition(sides.turned(), condition, own, FieldOwner::Call);
            **points >= **asked && if **asked < 0 { points == asked && back() } else { covers(own, condition) }
        };
        // Of points that hang together the least of the sum is the greater for it, and the most the less: the same must in both.
        let together = |places: &[usize]| {
            let moved = narrow.together.iter().map(|group| {
                let group = group.iter().map(|place| places.get(*place).copied());
                group.collect::<Option<BTreeSet<usize>>>()
            });
            let own: BTreeSet<BTreeSet<usize>> =
                wide.together.iter().map(|group| group.iter().copied().collect()).collect();
            // What they come to rests on what their facts may be, which may be more in other words.
            let are_told_alike = own.is_empty() || reckons_alike((sides.wide, wide), (sides.narrow, narrow));
            are_told_alike && moved.collect::<Option<BTreeSet<BTreeSet<usize>>>>().is_some_and(|moved| moved == own)
        };
        let in_order = wide.points.len() == narrow.points.len()
            && wide.points.iter().zip(&narrow.points).all(|(own, asked)| no_less(own, asked))
            && together(&(0..wide.points.len()).collect::<Vec<usize>>());
        let none_takes_away = || wide.points.iter().all(|(points, _)| **points >= 0);
        let places = || {
            let mut taken: Vec<usize> = Vec::new();
            for asked in &narrow.points {
                let mut free = wide.points.iter().enumerate().filter(|(place, _)| !taken.contains(place));
                let own = free.find(|(_, own)| no_less(own, asked)).map(|(place, _)| place)?;
                taken.push(own);
            }
            Some(taken)
        };
        in_order || none_takes_away() && places().is_some_and(|places| together(&places))
    }
}

/// What a score adds, and when.
type Points = (Parameter<i64>, Condition);

/// Whether the words, definitions, scores and calendars of two policies are the same, wherever they are written.
fn names_mean_the_same(one: &Policy, other: &Policy) -> bool {
    let definitions = |policy: &Policy| {
        let definitions = policy.definitions.iter();
        definitions.map(|it| (it.name.clone(), it.condition.clone())).collect::<Vec<(String, Condition)>>()
    };
    let is_same = |(one, other): (&Score, &Score)| {
        // Equal points may hang together in one and not in the other, where a setting gives them.
        (&one.name, &one.points, &one.together, &one.steps, &one.bands, one.unanswered_as_yes)
            == (&other.name, &other.points, &other.together, &other.steps, &other.bands, other.unanswered_as_yes)
    };
    one.vocabulary == other.vocabulary
        && one.calendars == other.calendars
        && definitions(one) == definitions(other)
        && one.scores.len() == other.scores.len()
        && one.scores.iter().zip(&other.scores).all(is_same)
}

/// The questions by which every record of a selection shares somebody with the call.
fn links_to_call<'c>(policy: &'c Policy, tests: &'c [Condition]) -> Vec<&'c Test> {
    let links = |test: &'c Condition| match test {
        Condition::Test(test) => test.link_to_call().map(|_| test).into_iter().collect(),
        Condition::All(parts) => links_to_call(policy, parts),
        Condition::Defined(id) => policy
            .definition(*id)
            .map(|definition| links_to_call(policy, std::slice::from_ref(&definition.condition)))
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    tests.iter().flat_map(links).collect()
}

/// The fields that must share somebody, by their names.
fn links(policy: &Policy, record: RecordId, follow: &Follow) -> Vec<(String, String)> {
    let name = |record, field| field_name(policy, record, field).unwrap_or_default().to_owned();
    follow.that.iter().map(|(own, theirs)| (name(follow.by.record, *own), name(record, *theirs))).collect()
}

fn field_name(policy: &Policy, record: RecordId, field: FieldId) -> Option<&str> {
    Some(&policy.vocabulary.records.get(record.index())?.fields.get(field.index())?.name)
}
