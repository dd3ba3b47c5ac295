//! Records that are followed, or not, by another within a span.

use super::Row;
use super::evaluation::Evaluation;
use super::members::{Member, Members};
use super::sets::TriSet;
use crate::compile::{FlatFollow, FlatMeasure, MeasureId, SelectionId};
use crate::model::{FieldId, LinkTo, Name, Truth, Value};
use crate::semantics::Subject;
use crate::semantics::predicates::share;
use crate::time::Instant;
use std::collections::HashMap;

/// From so many followers on they are sorted by whom they are about, so that each first record looks at its own only.
const MANY: i64 = 64;

impl Evaluation<'_> {
    /// The field of the first records by which the list of their followers is whole, where it is by some.
    pub(super) fn all_followers_of(&self, firsts: SelectionId, follow: &FlatFollow) -> Option<FieldId> {
        let record = self.program.ir.selection(firsts)?.record;
        let followers = self.program.ir.selection(follow.by)?.record;
        let links = follow.that.iter().map(|(field, of)| LinkTo::Record { field: *field, record, of: *of });
        let known = links.zip(&follow.that).find(|(link, _)| self.case.is_whole_by(followers, &[*link]));
        known.map(|(_, (_, of))| *of)
    }

    /// The members that are followed (or not) by another record.
    pub(super) fn followed(&self, id: MeasureId, measure: &FlatMeasure, follow: &FlatFollow) -> Members<'_> {
        let (firsts, until) = self.noting_until(|| self.members(measure.of));
        let Some(plan) = self.program.plan.measure(id) else { return firsts };
        let set = self.memory.set(firsts.record, firsts.records(), plan.set);
        self.once(&self.memory.followed, id.0 as usize, plan.monotonicity.is_timed(), || {
            // With other first records, others are followed.
            self.may_change_at(until);
            self.note_oldest(follow.by);
            let followers = Followers::new(self, measure.of, follow);
            firsts.ask_into(set, |member| {
                let end = self.span_end(member.time, *follow.within);
                let truth = followers.follows(firsts, member, end);
                if !follow.not {
                    return truth;
                }
                self.may_change_at(end.plus_seconds(1));
                if self.now > end { !truth } else { Truth::No }
            });
        });
        firsts.among(TriSet::new(set))
    }
}

/// The records that may follow, so that the ones wanted are found without looking at the others.
struct Followers<'r, 'a> {
    run: &'r Evaluation<'a>,
    follow: &'r FlatFollow,
    members: Members<'r>,
    /// What can be said of the followers beside those found: unknown when their list could not be had.
    others: Truth,
    /// A field of the first records: of those whom it names, all followers are known.
    all_of: Option<FieldId>,
    /// From when followers count in every reading; those before that only may be meant. `None` when there may be
    /// nothing to count from.
    sure_from: Option<Instant>,
    /// Where there are many, by the identity that links them; those whose identity is not known under `None`. The map
    /// is only looked up in, never walked.
    linked: Option<Linked>,
}

type Linked = HashMap<Option<Name>, Vec<Member>>;

/// Members by the identity in a field.
#[cold]
fn linked(run: &Evaluation<'_>, members: Members<'_>, field: FieldId) -> Linked {
    let mut linked = Linked::new();
    for member in members.all() {
        let value = run.value(Subject::Field(field), members.row(member));
        if value == Value::Unknown {
            linked.entry(None).or_default().push(member);
        }
        for name in run.case.identities(&value) {
            linked.entry(Some(*name)).or_default().push(member);
        }
    }
    linked
}

impl<'r, 'a> Followers<'r, 'a> {
    fn new(run: &'r Evaluation<'a>, firsts: SelectionId, follow: &'r FlatFollow) -> Self {
        let members = run.members(follow.by);
        let whole = run.is_whole(follow.by);
        let cuts = run.cuts(follow.by);
        let (countless, sure_from) = match &cuts {
            None => (!whole, Some(Instant::MIN)),
            Some(cuts) => (
                cuts.is_empty() || (!whole && cuts.iter().any(Option::is_some)),
                cuts.iter().copied().collect::<Option<Vec<Instant>>>().and_then(|cuts| cuts.into_iter().max()),
            ),
        };
        let others = if countless { Truth::Unknown } else { Truth::No };
        let linked = match follow.that.first() {
            Some((own, _)) if members.count_all() > MANY => Some(linked(run, members, *own)),
            _ => None,
        };
        // Where it is not sure from when followers count, it is of no use to know them all.
        let are_settled = cuts.as_ref().is_none_or(|cuts| !cuts.is_empty());
        let all_of = if countless && are_settled { run.all_followers_of(firsts, follow) } else { None };
        Self { run, follow, members, others, all_of, sure_from, linked }
    }

    /// Whether some other record comes from the first one's time to `end`.
    fn follows(&self, firsts: Members<'_>, first: Member, end: Instant) -> Truth {
        let found = match (&self.linked, self.follow.that.first()) {
            (Some(linked), Some((_, field))) => self.any_linked(linked, *field, firsts, first, end),
            _ => self.any_among(firsts, first, end, self.members.from(first.time).all(), Truth::Yes),
        };
        found.or(if self.are_all_known(firsts, first) { Truth::No } else { self.others })
    }

    /// Whether no record can follow this one but those that are known.
    fn are_all_known(&self, firsts: Members<'_>, first: Member) -> bool {
        let row = firsts.row(first);
        // What leads on from this call is said by its facts.
        self.all_of
            .is_some_and(|field| row != Row::ThisCall && self.run.value(Subject::Field(field), row) != Value::Unknown)
    }

    #[inline(never)]
    fn any_linked(&self, linked: &Linked, field: FieldId, firsts: Members<'_>, first: Member, end: Instant) -> Truth {
        let value = self.run.value(Subject::Field(field), firsts.row(first));
        if value == Value::Unknown {
            return self.any_among(firsts, first, end, self.members.from(first.time).all(), Truth::Unknown);
        }
        let names = self.run.case.identities(&value).iter().map(|name| Some(*name));
        let lists = names.chain([None]).filter_map(|name| Some((name, linked.get(&name)?)));
        let best = |(name, list): (Option<Name>, &Vec<Member>)| {
            let most = if name.is_some() { Truth::Yes } else { Truth::Unknown };
            let start = list.partition_point(|member| member.time < first.time);
            let list = list.get(start..).unwrap_or_default();
            self.any_among(firsts, first, end, list.iter().copied(), most)
        };
        lists.map(best).fold(Truth::No, Truth::or)
    }

    /// The best answer among followers that come no earlier than the first record. It is `most` at best.
    fn any_among(
        &self,
        firsts: Members<'_>,
        first: Member,
        end: Instant,
        followers: impl Iterator<Item = Member>,
        most: Truth,
    ) -> Truth {
        let same_kind = self.members.record == firsts.record;
        let mut best = Truth::No;
        for follower in followers.take_while(|follower| follower.time <= end) {
            if !(same_kind && follower.index == first.index) {
                best = best.or(self.is_followed_by(firsts, first, follower));
            }
            if best == most {
                break;
            }
        }
        best
    }

    fn is_followed_by(&self, firsts: Members<'_>, first: Member, follower: Member) -> Truth {
        let sure = follower.sure && self.sure_from.is_some_and(|from| follower.time >= from);
        let sure = if sure { Truth::Yes } else { Truth::Unknown };
        let linked = self.follow.that.iter().map(|(own, other)| {
            let own = self.run.value(Subject::Field(*own), self.members.row(follower));
            share(self.run.case, own, self.run.value(Subject::Field(*other), firsts.row(first)))
        });
        linked.fold(sure, Truth::and)
    }
}
