//! Selections and counts (reference, section 5, "Counting").

use super::{Interval, Oracle, Row, all, any, opposite, shared, tally, truth};
use heedful::model::{FactId, FieldId, LinkTo, Name, Records, Truth, Type, Value};
use heedful::semantics::predicates::Same;
use heedful::semantics::{Condition, Count, Follow, Predicate, Selection, Since, Subject, Test};
use heedful::time::Instant;
use std::collections::HashSet;

/// One reading of a selection's `since`s: from when on, for each; nothing when there is no such record to count from.
pub(super) type Reading = Option<Vec<Instant>>;

/// The records of a selection that match or may.
pub(super) struct Members {
    /// Oldest first.
    pub rows: Vec<(Row, Truth)>,
    /// The list could not be had, so there may be any number more.
    pub absent: bool,
}

impl Oracle<'_> {
    pub(super) fn count(&self, count: &Count) -> Truth {
        let Some(readings) = self.readings(&count.of) else { return Truth::Unknown };
        shared(readings.iter().map(|reading| match reading {
            None => Truth::No,
            Some(from) => self.how_many(count, from).compare(count.comparison, *count.number),
        }))
    }

    pub(super) fn how_many(&self, count: &Count, from: &[Instant]) -> Interval {
        let mut members = self.members(&count.of, from);
        if let Some(follow) = &count.follow {
            for (row, matches) in &mut members.rows {
                *matches = all([*matches, self.followed(follow, *row)]);
            }
        }
        match count.different {
            Some(field) => self.different(field, &count.of, &members),
            None => {
                let answers: Vec<Truth> = members.rows.iter().map(|(_, matches)| *matches).collect();
                let known = tally(&answers);
                Interval { most: known.most.filter(|_| !members.absent), ..known }
            }
        }
    }

    /// Every way in which the `since`s of a selection can be read; `None` where the list of one is absent, so that
    /// they can be read in any way at all.
    pub(super) fn readings(&self, of: &Selection) -> Option<Vec<Reading>> {
        let mut readings: Vec<Reading> = vec![Some(Vec::new())];
        for since in &of.since {
            let starts = self.starts(since)?;
            let pairs = readings.iter().flat_map(|reading| starts.iter().map(move |start| (reading, *start)));
            let longer = pairs.map(|(reading, start)| Some([reading.as_ref()?.as_slice(), &[start?]].concat()));
            readings = longer.collect();
        }
        Some(readings)
    }

    /// Every moment from which a `since` may count; `None` among them where there may be no such record.
    fn starts(&self, since: &Since) -> Option<Vec<Option<Instant>>> {
        let (first, of) = match since {
            Since::Midnight => {
                let zone = &self.policy.zone;
                return Some(vec![Some(zone.day_start(zone.date(self.now)))]);
            }
            Since::Instant(instant) => return Some(vec![Some(*instant)]),
            Since::Record { first, of } => (*first, of),
        };
        let mut starts = Vec::new();
        for reading in self.readings(of)? {
            let Some(from) = reading else {
                starts.push(None);
                continue;
            };
            let members = self.members(of, &from);
            if members.absent {
                return None;
            }
            let ends = self.possible_ends(&members.rows, first);
            starts.extend(ends.into_iter().map(|end| end.map(|row| self.time(row))));
        }
        Some(starts)
    }

    /// Each record of the kind, and whether it is one of the selection.
    pub(super) fn members(&self, of: &Selection, from: &[Instant]) -> Members {
        let (rows, absent) = self.rows(of);
        let rows = rows.into_iter().map(|row| (row, self.is_member(of, from, row))).collect();
        Members { rows, absent }
    }

    /// Every record of the kind, oldest first, this call after all others of its second; and whether there may be more of them, or the
    /// list could not be had.
    fn rows(&self, of: &Selection) -> (Vec<Row>, bool) {
        let list = self.case.records(of.record);
        let mut rows: Vec<Row> = (0..list.map_or(0, Records::len)).map(|at| Row::Listed(of.record, at)).collect();
        let is_call = self.policy.vocabulary.records[of.record.index()].is_call;
        rows.extend((of.this_call && is_call).then_some(Row::ThisCall));
        let key = |row: &Row| (self.time(*row), *row == Row::ThisCall);
        rows.sort_by_key(key);
        (rows, list.is_none() || !self.holds_all(of))
    }

    /// Whether the list holds every record that can be meant: it is whole, or it is by something that each must share with the call.
    fn holds_all(&self, of: &Selection) -> bool {
        let whole_by = self.case.whole_by(of.record);
        let known = |fact: FactId| self.case.fact(fact) != Value::Unknown;
        let is_shared = |link: &LinkTo| match *link {
            LinkTo::Fact { field, fact } => known(fact) && self.must_share(&of.tests, Subject::Field(field), fact),
            LinkTo::Through { link, record, field, fact } => {
                known(fact) && self.must_share(&of.tests, Subject::Through { link, record, field }, fact)
            }
            LinkTo::Record { .. } => false,
        };
        self.case.is_whole(of.record) || whole_by.iter().any(is_shared)
    }

    fn must_share(&self, tests: &[Condition], own: Subject, with: FactId) -> bool {
        tests.iter().any(|test| match test {
            Condition::All(parts) => self.must_share(parts, own, with),
            Condition::Defined(id) => {
                let definition = self.policy.definition(*id).expect("a definition of the policy");
                self.must_share(std::slice::from_ref(&definition.condition), own, with)
            }
            Condition::Test(Test { subject, predicate: Predicate::Same(Same { fact, not: false }) }) => {
                *subject == own && *fact == with
            }
            _ => false,
        })
    }

    /// Whether the list holds every record that can follow this one: those that name somebody whom it names.
    fn holds_all_followers(&self, follow: &Follow, first: Row) -> bool {
        let Row::Listed(record, _) = first else { return false };
        let whole_by = self.case.whole_by(follow.by.record);
        follow.that.iter().any(|(field, of)| {
            whole_by.contains(&LinkTo::Record { field: *field, record, of: *of })
                && self.field(Some(first), *of) != Value::Unknown
        })
    }

    fn is_member(&self, of: &Selection, from: &[Instant], row: Row) -> Truth {
        let tests = of.tests.iter().map(|test| self.condition(test, Some(row)));
        let time = if self.is_open(row) { Truth::Unknown } else { Truth::Yes };
        all(tests.chain([self.in_time(of, from, self.time(row)), time]))
    }

    /// Whether this is one of several times that were given for a record.
    fn is_open(&self, row: Row) -> bool {
        match row {
            Row::Listed(record, at) => self.case.records(record).is_some_and(|list| list.is_open(at)),
            Row::ThisCall => false,
        }
    }

    /// Whether it is certain that one record came before another: by the second, and within one by the fractions that both give.
    /// This call comes after all others.
    pub(super) fn came_before(&self, one: Row, other: Row) -> bool {
        match (one, other) {
            (Row::Listed(record, one), Row::Listed(_, other)) => {
                let list = self.case.records(record).expect("a list that holds it");
                let (one, other) = (list.stamp(one), list.stamp(other));
                let fractions = one.fraction.zip(other.fraction);
                one.at < other.at || (one.at == other.at && fractions.is_some_and(|(one, other)| one < other))
            }
            (Row::Listed(..), Row::ThisCall) => true,
            (Row::ThisCall, _) => false,
        }
    }

    fn in_time(&self, of: &Selection, from: &[Instant], time: Instant) -> Truth {
        let in_windows = of.windows.iter().all(|window| self.span_start(**window) <= time && time <= self.now);
        truth(in_windows && from.iter().all(|from| time >= *from))
    }

    /// Whether another record comes at or after this one and within the span after it. That none does is only so
    /// once the span has ended.
    pub(super) fn followed(&self, follow: &Follow, first: Row) -> Truth {
        let begins = self.time(first);
        let ends = self.policy.zone.after(begins, *follow.within);
        let (followers, absent) = self.followers(follow, first);
        let found = followers.iter().map(|(row, matches)| {
            let time = self.time(*row);
            let linked = follow
                .that
                .iter()
                .map(|(own, of_first)| self.same(self.field(Some(*row), *own), self.field(Some(first), *of_first)));
            let in_span = truth(*row != first && begins <= time && time <= ends);
            all(linked.chain([*matches, in_span]))
        });
        let found = any(found.chain(absent.then_some(Truth::Unknown)));
        if follow.not { all([opposite(found), truth(self.now > ends)]) } else { found }
    }

    /// The records that may follow: a record that is one of them in some readings only may or may not be.
    fn followers(&self, follow: &Follow, first: Row) -> (Vec<(Row, Truth)>, bool) {
        let by = &*follow.by;
        let Some(readings) = self.readings(by) else {
            return (Vec::new(), true);
        };
        let (rows, absent) = self.rows(by);
        let absent = absent && readings.iter().any(Option::is_some) && !self.holds_all_followers(follow, first);
        let judged = rows.into_iter().map(|row| {
            let matches = readings.iter().map(|reading| match reading {
                None => Truth::No,
                Some(from) => self.is_member(by, from, row),
            });
            (row, shared(matches))
        });
        (judged.collect(), absent)
    }

    /// How many different identities there are in a field: those that are known, and those that an unknown field or
    /// an unsure record may add.
    fn different(&self, field: FieldId, of: &Selection, members: &Members) -> Interval {
        let mut certain: HashSet<Name> = HashSet::new();
        let mut possible: HashSet<Name> = HashSet::new();
        let mut unknown = Some(0);
        for (row, matches) in members.rows.iter().filter(|(_, matches)| *matches != Truth::No) {
            let value = self.field(Some(*row), field);
            if value == Value::Unknown {
                let several = self.may_hold_several(field, of, *row);
                unknown = unknown.filter(|_| !several).map(|unknown| unknown + 1);
            }
            let named = self.case.identities(&value);
            possible.extend(named);
            if *matches == Truth::Yes {
                certain.extend(named);
            }
        }
        let number = |set: &HashSet<Name>| i64::try_from(set.len()).expect("a short list");
        let most = unknown.filter(|_| !members.absent).map(|unknown| number(&possible) + unknown);
        Interval { least: number(&certain), most }
    }

    fn may_hold_several(&self, field: FieldId, of: &Selection, row: Row) -> bool {
        let vocabulary = &self.policy.vocabulary;
        let declared = match row {
            Row::Listed(..) => &vocabulary.records[of.record.index()].fields[field.index()],
            Row::ThisCall => &vocabulary.call[self.policy.call_fields[field.index()].expect("checked").index()],
        };
        matches!(declared.ty, Type::Identity { many: true, .. })
    }
}

impl Oracle<'_> {
    /// Which of some records may be the last (or the first) of those that match: all but those of which it is certain that one that is sure
    /// comes after (or before); `None` if there may be none.
    pub(super) fn possible_ends(&self, rows: &[(Row, Truth)], first: bool) -> Vec<Option<Row>> {
        let beyond =
            |one: Row, other: Row| if first { self.came_before(other, one) } else { self.came_before(one, other) };
        let sure = || rows.iter().filter(|(_, matches)| *matches == Truth::Yes);
        let may_be = rows
            .iter()
            .filter(|(row, matches)| *matches != Truth::No && !sure().any(|(other, _)| beyond(*row, *other)));
        let none = sure().next().is_none().then_some(None);
        may_be.map(|(row, _)| Some(*row)).chain(none).collect()
    }
}
