//! Which records a selection means, and how many a count counts.

use super::Row;
use super::run::Run;
use crate::check::Subject;
use crate::compile::{Follow, Measure, MeasureId, Selection, SelectionId, Since};
use crate::model::{FieldId, Name, RecordId, Truth, Type, Value};
use crate::time::Instant;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// More readings than this of what *since the latest* means are not followed up: the answer is unknown.
const MAX_READINGS: usize = 100;

/// Stands for the call itself among the members of a selection.
const THIS_CALL: u32 = u32::MAX;

/// A record that is, or may be, meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub time: Instant,
    pub index: u32,
    pub sure: bool,
}

/// Those that are sure to be meant, and those that are or may be; both oldest first.
#[derive(Debug)]
pub(crate) struct Members {
    pub record: RecordId,
    pub sure: Vec<Member>,
    pub all: Vec<Member>,
}

/// What a selection means.
#[derive(Debug)]
pub(crate) struct Matched {
    /// This call among them, where it counts.
    pub members: Members,
    /// Whether there are no others. There may be when the list could not be had.
    pub whole: bool,
    /// From when records count, in each reading of what *since* means; `None` where there is nothing to count from.
    /// Empty when that cannot be known at all.
    pub cuts: Vec<Option<Instant>>,
}

/// How many were counted.
#[derive(Debug)]
pub(super) struct Measured {
    pub members: Members,
    /// One for each reading of *since*; `None` where there is nothing to count from.
    pub readings: Vec<Option<Reading>>,
    /// From when members are evidence in every reading.
    pub cut: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub least: i64,
    /// `None` when there is no upper end.
    pub most: Option<i64>,
}

/// The rows of which one is the latest (or first).
pub(super) struct Candidates {
    pub rows: Vec<Member>,
    /// Whether there may be none at all.
    pub maybe_none: bool,
}

impl Members {
    fn none(record: RecordId) -> Self {
        Self { record, sure: Vec::new(), all: Vec::new() }
    }

    fn push(&mut self, member: Member) {
        if member.sure {
            self.sure.push(member);
        }
        self.all.push(member);
    }

    /// The row that a member stands for.
    pub(crate) fn row(&self, member: Member) -> Row {
        if member.index == THIS_CALL {
            Row::ThisCall
        } else {
            Row::Record { record: self.record, index: member.index as usize }
        }
    }
}

/// The members from a moment on.
pub(super) fn from(members: &[Member], cut: Instant) -> &[Member] {
    members.get(members.partition_point(|member| member.time < cut)..).unwrap_or(&[])
}

/// The rows of which one is the latest (or first) from a moment on: all that may be up to the first that is sure.
pub(super) fn candidates(members: &[Member], first: bool) -> Candidates {
    let mut rows = Vec::new();
    let mut ordered: Box<dyn Iterator<Item = &Member>> =
        if first { Box::new(members.iter()) } else { Box::new(members.iter().rev()) };
    let settled = ordered.any(|member| {
        rows.push(*member);
        member.sure
    });
    Candidates { rows, maybe_none: !settled }
}

impl Matched {
    /// From when members count in every reading that has anything to count from.
    pub(super) fn sure_from(&self) -> Instant {
        self.cuts.iter().flatten().max().copied().unwrap_or(Instant::MAX)
    }
}

impl Run<'_> {
    pub(crate) fn matched(&self, id: SelectionId) -> Rc<Matched> {
        let at = id.0 as usize;
        if let Some(known) = self.matched.borrow().get(at).cloned().flatten() {
            return known;
        }
        let matched = Rc::new(match self.program.selections.get(at) {
            Some(selection) => self.match_records(selection),
            None => Matched { members: Members::none(RecordId(0)), whole: false, cuts: Vec::new() },
        });
        if let Some(slot) = self.matched.borrow_mut().get_mut(at) {
            *slot = Some(Rc::clone(&matched));
        }
        matched
    }

    fn match_records(&self, selection: &Selection) -> Matched {
        let cuts = self.cuts(selection);
        let starts = selection.windows.iter().map(|window| self.span_start(*window));
        let start = starts.max().unwrap_or(Instant::MIN);
        let earliest = cuts.iter().flatten().min().copied().unwrap_or(Instant::MAX).max(start);
        let mut members = Members::none(selection.record);
        if let Some(records) = self.case.records(selection.record) {
            let first = records.times().partition_point(|time| *time < earliest);
            for index in first..records.len() {
                let row = Row::Record { record: selection.record, index };
                let member =
                    Member { time: records.time(index), index: u32::try_from(index).unwrap_or(THIS_CALL), sure: true };
                self.consider(selection, row, member, &mut members);
            }
        }
        if selection.this_call && self.case.at >= earliest {
            let this_call = Member { time: self.case.at, index: THIS_CALL, sure: true };
            self.consider(selection, Row::ThisCall, this_call, &mut members);
        }
        Matched { members, whole: self.case.is_whole(selection.record), cuts }
    }

    fn consider(&self, selection: &Selection, row: Row, member: Member, members: &mut Members) {
        let truth = selection.tests.iter().map(|test| self.truth_of(*test, row)).fold(Truth::Yes, Truth::and);
        if truth != Truth::No {
            members.push(Member { sure: truth == Truth::Yes, ..member });
        }
    }

    /// From when records count, in every reading of the selection's *since* parts together.
    fn cuts(&self, selection: &Selection) -> Vec<Option<Instant>> {
        let mut cuts = vec![Some(Instant::MIN)];
        for since in &selection.since {
            let readings: Vec<Option<Instant>> = match since {
                Since::Instant(instant) => vec![Some(*instant)],
                Since::Record { first, of } => self.since_record(*first, *of),
            };
            let both = |one: Option<Instant>| readings.iter().map(move |other| Some(one?.max((*other)?)));
            cuts = cuts.into_iter().flat_map(both).collect();
            cuts.sort_unstable();
            cuts.dedup();
            if cuts.len() > MAX_READINGS {
                return Vec::new();
            }
        }
        cuts
    }

    fn since_record(&self, first: bool, of: SelectionId) -> Vec<Option<Instant>> {
        let matched = self.matched(of);
        if first {
            self.note_oldest(of, &matched);
        }
        let mut readings = Vec::new();
        for cut in &matched.cuts {
            match cut {
                Some(cut) => {
                    if !matched.whole {
                        return Vec::new();
                    }
                    let candidates = candidates(from(&matched.members.all, *cut), first);
                    self.note_leaving(of, &candidates.rows);
                    readings.extend(candidates.rows.iter().map(|member| Some(member.time)));
                    readings.extend(candidates.maybe_none.then_some(None));
                }
                None => readings.push(None),
            }
        }
        readings.sort_unstable();
        readings.dedup();
        readings
    }

    pub(super) fn measure(&self, id: MeasureId) -> Rc<Measured> {
        let at = id.0 as usize;
        if let Some(known) = self.measured.borrow().get(at).cloned().flatten() {
            return known;
        }
        let measured = Rc::new(match self.program.measures.get(at) {
            Some(measure) => self.count_members(measure),
            None => Measured { members: Members::none(RecordId(0)), readings: Vec::new(), cut: Instant::MAX },
        });
        if let Some(slot) = self.measured.borrow_mut().get_mut(at) {
            *slot = Some(Rc::clone(&measured));
        }
        measured
    }

    fn count_members(&self, measure: &Measure) -> Measured {
        let matched = self.matched(measure.of);
        let known = &matched.members;
        let members = match &measure.follow {
            Some(follow) => self.followed(known, follow),
            None => Members { record: known.record, sure: known.sure.clone(), all: known.all.clone() },
        };
        let reading = |cut: Instant| {
            let (sure, all) = (from(&members.sure, cut), from(&members.all, cut));
            let (least, most) = match measure.different {
                Some(field) => (self.distinct(&members, sure, field).0, self.distinct(&members, all, field).1),
                None => (length(sure), Some(length(all))),
            };
            Reading { least, most: most.filter(|_| matched.whole) }
        };
        let readings = matched.cuts.iter().map(|cut| cut.map(reading)).collect();
        let cut = matched.sure_from();
        Measured { members, readings, cut }
    }

    /// How many different identities members have: at least those that are known, and at most those and one for
    /// each member whose identity is not known (no limit where it may be several).
    fn distinct(&self, members: &Members, among: &[Member], field: FieldId) -> (i64, Option<i64>) {
        let mut names: HashSet<Name> = HashSet::new();
        let mut unknown = Some(0i64);
        for member in among {
            let row = members.row(*member);
            let value = self.value(Subject::Field(field), row);
            if value == Value::Unknown {
                let several = self.may_be_several(members.record, field, row);
                unknown = unknown.filter(|_| !several).map(|unknown| unknown + 1);
            }
            names.extend(self.case.identities(&value));
        }
        let known = i64::try_from(names.len()).unwrap_or(i64::MAX);
        (known, unknown.map(|unknown| known.saturating_add(unknown)))
    }

    /// Whether a field holds identities; for this call, whether the fact that stands for it does.
    fn may_be_several(&self, record: RecordId, field: FieldId, row: Row) -> bool {
        let vocabulary = &self.policy.vocabulary;
        let declared = if row == Row::ThisCall {
            let fact = self.policy.call_fields.get(field.index()).copied().flatten();
            fact.and_then(|fact| vocabulary.call.get(fact.index()))
        } else {
            vocabulary.records.get(record.index()).and_then(|kind| kind.fields.get(field.index()))
        };
        declared.is_none_or(|declared| matches!(declared.ty, Type::Identity { many: true, .. }))
    }

    /// The members that are followed (or not) by another record.
    fn followed(&self, firsts: &Members, follow: &Follow) -> Members {
        let by = self.matched(follow.by);
        self.note_oldest(follow.by, &by);
        let followers = Followers::new(self, follow, &by);
        let mut kept = Members::none(firsts.record);
        for member in &firsts.all {
            let end = self.policy.zone.after(member.time, follow.within);
            let truth = followers.follows(self, firsts, *member, end);
            let truth = if follow.not {
                self.may_change_at(end.plus_seconds(1));
                if self.now > end { !truth } else { Truth::No }
            } else {
                truth
            };
            if truth != Truth::No {
                kept.push(Member { sure: member.sure && truth == Truth::Yes, ..*member });
            }
        }
        kept
    }

    /// Notes when each of some members leaves the spans of its selection.
    pub(super) fn note_leaving(&self, id: SelectionId, members: &[Member]) {
        let Some(selection) = self.program.selections.get(id.0 as usize) else { return };
        for window in &selection.windows {
            for member in members {
                self.may_change_on_leaving(member.time, *window);
            }
        }
    }

    /// Notes when the oldest member leaves, for answers that any member can change.
    pub(super) fn note_oldest(&self, id: SelectionId, matched: &Matched) {
        self.note_leaving(id, matched.members.all.get(..1).unwrap_or(&[]));
    }

    /// Notes when a count of at least `number`, or of one more, may stop being met: when the member that makes
    /// up the number leaves its span. Older ones do not matter.
    pub(super) fn note_counted(&self, id: MeasureId, measured: &Measured, number: i64) {
        let Some(measure) = self.program.measures.get(id.0 as usize) else { return };
        let members = &measured.members;
        match measure.different {
            None => {
                self.note_making_up(measure.of, &members.sure, number);
                self.note_making_up(measure.of, &members.all, number);
            }
            Some(field) => {
                self.note_making_up(measure.of, &self.newest_of_each(members, &members.sure, field), number);
                let all = self.newest_of_each(members, &members.all, field);
                self.note_making_up(measure.of, &all, number);
                // One whose identities are not known may stand for any number of them until it leaves.
                let unknown =
                    |member: &&Member| self.value(Subject::Field(field), members.row(**member)) == Value::Unknown;
                self.note_leaving(measure.of, all.iter().rev().find(unknown).map_or(&[], std::slice::from_ref));
            }
        }
    }

    fn note_making_up(&self, id: SelectionId, members: &[Member], number: i64) {
        for needed in [number, number.saturating_add(1)] {
            let Some(back) = usize::try_from(needed).ok().filter(|needed| *needed > 0) else { continue };
            let makes_up = members.len().checked_sub(back).and_then(|at| members.get(at..=at));
            self.note_leaving(id, makes_up.unwrap_or(&[]));
        }
    }

    /// For each identity the newest member that has it, and every member whose identity is not known; oldest first.
    fn newest_of_each(&self, members: &Members, among: &[Member], field: FieldId) -> Vec<Member> {
        let mut seen: HashSet<Name> = HashSet::new();
        let mut newest = Vec::new();
        for member in among.iter().rev() {
            let value = self.value(Subject::Field(field), members.row(*member));
            let unknown = usize::from(value == Value::Unknown);
            let new = self.case.identities(&value).iter().filter(|name| seen.insert(**name)).count();
            newest.extend(std::iter::repeat_n(*member, new + unknown));
        }
        newest.reverse();
        newest
    }
}

/// The followers in an order in which the ones wanted are found without looking at the others.
struct Followers<'m> {
    follow: &'m Follow,
    members: &'m Members,
    /// What can be said of the followers beside those found: unknown when their list could not be had.
    others: Truth,
    /// From when followers count in every reading; those before that only may be meant. `None` when there may be
    /// nothing to count from.
    sure_from: Option<Instant>,
    /// By the identity that links them, when a link is asked for; those whose identity is not known under `None`.
    linked: HashMap<Option<Name>, Vec<Member>>,
}

impl<'m> Followers<'m> {
    fn new(run: &Run<'_>, follow: &'m Follow, by: &'m Matched) -> Self {
        let members = &by.members;
        let mut linked: HashMap<Option<Name>, Vec<Member>> = HashMap::new();
        if let Some((own, _)) = follow.that.first() {
            for member in &members.all {
                let value = run.value(Subject::Field(*own), members.row(*member));
                if value == Value::Unknown {
                    linked.entry(None).or_default().push(*member);
                }
                for name in run.case.identities(&value) {
                    linked.entry(Some(*name)).or_default().push(*member);
                }
            }
        }
        let countless = !by.whole && by.cuts.iter().any(Option::is_some);
        let others = if countless || by.cuts.is_empty() { Truth::Unknown } else { Truth::No };
        let sure_from =
            by.cuts.iter().copied().collect::<Option<Vec<Instant>>>().and_then(|cuts| cuts.into_iter().max());
        Self { follow, members, others, sure_from, linked }
    }

    /// Whether some other record comes from the first one's time to `end`.
    fn follows(&self, run: &Run<'_>, firsts: &Members, first: Member, end: Instant) -> Truth {
        let members = self.members;
        let found = match self.follow.that.first() {
            None => self.any_in(run, firsts, first, end, &members.all, Truth::Yes),
            Some((_, field)) => {
                let value = run.value(Subject::Field(*field), firsts.row(first));
                if value == Value::Unknown {
                    self.any_in(run, firsts, first, end, &members.all, Truth::Unknown)
                } else {
                    let names = run.case.identities(&value).iter().map(|name| Some(*name));
                    let lists = names.chain([None]).filter_map(|name| Some((name, self.linked.get(&name)?)));
                    lists
                        .map(|(name, list)| {
                            self.any_in(
                                run,
                                firsts,
                                first,
                                end,
                                list,
                                if name.is_some() { Truth::Yes } else { Truth::Unknown },
                            )
                        })
                        .fold(Truth::No, Truth::or)
                }
            }
        };
        found.or(self.others)
    }

    /// The best answer among followers in the span, given what is known of the first link already.
    fn any_in(
        &self,
        run: &Run<'_>,
        firsts: &Members,
        first: Member,
        end: Instant,
        among: &[Member],
        link: Truth,
    ) -> Truth {
        let members = self.members;
        let same_kind = members.record == firsts.record;
        let mut best = Truth::No;
        for follower in from(among, first.time) {
            if follower.time > end {
                break;
            }
            if same_kind && follower.index == first.index {
                continue;
            }
            let sure = follower.sure && self.sure_from.is_some_and(|from| follower.time >= from);
            let sure = if sure { Truth::Yes } else { Truth::Unknown };
            let others = self.follow.that.iter().skip(1).map(|(own, other)| {
                let own = run.value(Subject::Field(*own), members.row(*follower));
                run.same(own, run.value(Subject::Field(*other), firsts.row(first)), false)
            });
            best = best.or(others.fold(sure.and(link), Truth::and));
            if best == link {
                break;
            }
        }
        best
    }
}

fn length(members: &[Member]) -> i64 {
    i64::try_from(members.len()).unwrap_or(i64::MAX)
}
