//! A call and the horizon of a policy -> its case: the records that the policy can ask for, as they stood at that moment.

use crate::decided::DecidedCalls;
use crate::store::{Call, ID, KindEvents, Order, Stored};
use crate::values::{Kept, kept};
use heedful::horizon::{Horizon, WayToReach};
use heedful::model::{Case, CaseBuilder, FactId, FieldId, LinkTo, Outcomes, RecordId, Value, Vocabulary};
use heedful::time::{Instant, Length, Zone};
use heedful::wire::{Document, Reader, Reading};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Gathers the histories of calls, with memory that is used again for each.
pub struct Gatherer<'a> {
    pub(crate) horizon: &'a Horizon,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) zone: &'a Zone,
    /// One for each kind of record.
    pub(crate) lists: Vec<Gathered>,
    to_do: Vec<(RecordId, u32)>,
    /// Where each span before the call begins, as far as it was asked for.
    starts: Vec<(Length, Instant)>,
    builder: CaseBuilder,
    values: Vec<Value>,
    case: Case,
    /// For cases that come whole.
    reader: Option<Reader<'a>>,
    /// What was decided of earlier calls, where the policy looks at that.
    pub(crate) decided: DecidedCalls,
}

/// The records of one kind that were reached.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Oldest first, with the place of each.
    pub(crate) records: BTreeSet<(Order, u32)>,
    /// Whether there may be others that the call's facts do not tell.
    pub(crate) is_open: bool,
    /// The links by which these are all that can be asked for.
    pub(crate) whole_by: BTreeSet<LinkTo>,
}

/// The memory of a case with more records than this is given back, so that one long history does not stay for good.
const MOST_KEPT: usize = 10_000;

/// Those of whom a record must name one in a field.
type Wanted<'n, 's> = (FieldId, Cow<'n, [&'s str]>);

impl<'a> Gatherer<'a> {
    pub fn new(horizon: &'a Horizon, vocabulary: &'a Vocabulary, zone: &'a Zone) -> Self {
        let mut lists = Vec::new();
        lists.resize_with(vocabulary.records.len(), Gathered::default);
        let (builder, case) = (CaseBuilder::new(vocabulary), Case::blank());
        let (to_do, starts, values, decided) = Default::default();
        Self { horizon, vocabulary, zone, lists, to_do, starts, builder, values, case, reader: None, decided }
    }

    /// The case of a call, which is there until the next is gathered: what `decide` reads from the text of
    /// [`Gatherer::case_text`]. A list of which nothing can be known is not available. One that the call's facts tell only in part is not
    /// complete.
    pub fn case(&mut self, call: Call<'_>) -> &Case {
        if self.case.record_count() > MOST_KEPT {
            let decided = std::mem::take(&mut self.decided);
            *self = Self { decided, ..Self::new(self.horizon, self.vocabulary, self.zone) };
        }
        match call.whole() {
            Some(text) => self.read_whole(text),
            None => {
                self.gather(call);
                self.build(call);
            }
        }
        &self.case
    }

    /// Takes a case that came whole. It was read before, so it can be read again.
    fn read_whole(&mut self, text: &str) {
        let reading = Reading::strict(self.vocabulary, self.zone);
        let reader = self.reader.get_or_insert_with(|| Reader::new(reading));
        self.case = reader.read(Document::json_line(text, 1)).cloned().unwrap_or_else(|_| Case::blank());
    }

    /// The case that was gathered last.
    pub fn last(&self) -> &Case {
        &self.case
    }

    /// Takes note of how a call was decided: what comes of it, and the rules that certainly apply. The cases of later calls that are
    /// gathered from then on hold it, where the policy looks at decisions; so such calls are gathered and decided one after the other.
    pub fn decided<'r>(&mut self, call: Call<'_>, outcomes: &Outcomes, fired: impl Iterator<Item = &'r str>) {
        if let Some(decisions) = call.store.decisions_within(self.horizon)
            && let Some(number) = call.decided_number()
        {
            let fired: Vec<&str> = fired.collect();
            self.decided.add(number, decisions.values(self.vocabulary, outcomes, &fired));
        }
    }

    /// What a record says, with what was decided where it is a decision.
    pub(crate) fn values_of<'r>(&'r self, record: &'r Stored) -> impl Iterator<Item = (u16, Kept<'r>)> {
        let decided = record.decision_of.map(|call| self.decided.bytes(call)).unwrap_or_default();
        record.values().chain(kept(decided))
    }

    /// Finds the records of a call's history.
    pub(crate) fn gather(&mut self, call: Call<'_>) {
        self.lists.iter_mut().for_each(|list| {
            list.records.clear();
            list.is_open = false;
            list.whole_by.clear();
        });
        self.starts.clear();
        self.start_at(call);
        while let Some((kind, place)) = self.to_do.pop() {
            self.go_on_from(call, kind, place);
        }
        for (kind, list) in (0u16..).map(RecordId).zip(&mut self.lists) {
            if !call.has_whole(kind) {
                list.is_open = true;
                list.whole_by.clear();
            }
        }
    }

    fn start_at(&mut self, call: Call<'_>) {
        let horizon = self.horizon;
        let facts: Vec<(u16, Vec<&str>)> =
            call.facts().filter_map(|(fact, value)| Some((fact, value.names()?.collect()))).collect();
        let named =
            |wanted: FactId| facts.iter().find(|(fact, _)| *fact == wanted.0).map(|(_, names)| names.as_slice());
        // By what links records were reached already, and back to when: fewer links lead to more.
        let mut reached: Vec<(Vec<LinkTo>, Instant)> = Vec::new();
        for (kind, asked) in (0u16..).map(RecordId).zip(&horizon.kinds) {
            reached.clear();
            for way in &asked.ways {
                let mut leading_on = way.links.iter().filter(|link| matches!(link, LinkTo::Record { .. })).peekable();
                if leading_on.peek().is_some() {
                    // Whatever record leads on to them is gone on from.
                    leading_on.for_each(|link| self.is_whole_by(kind, *link));
                    continue;
                }
                let is_known = |link: &LinkTo| match link {
                    LinkTo::Fact { fact, .. } => named(*fact).is_some(),
                    LinkTo::Through { record, fact, .. } => named(*fact).is_some() && call.has_whole(*record),
                    LinkTo::Record { .. } => false,
                };
                let links: Vec<LinkTo> = way.links.iter().copied().filter(is_known).collect();
                links.iter().for_each(|link| self.is_whole_by(kind, *link));
                if links.is_empty() && !way.links.is_empty() {
                    self.leave_open(kind);
                    continue;
                }
                let first = self.reaches_back_to(call, way);
                let is_covered = |(others, since): &(Vec<LinkTo>, Instant)| {
                    *since <= first && others.iter().all(|link| links.contains(link))
                };
                if reached.iter().any(is_covered) {
                    continue;
                }
                let wanted = links.iter().filter_map(|link| match link {
                    LinkTo::Fact { field, fact } => Some((*field, Cow::Borrowed(named(*fact)?))),
                    LinkTo::Through { link, record, field, fact } => {
                        Some((*link, Cow::Owned(ids_of(call, *record, *field, named(*fact)?)?)))
                    }
                    LinkTo::Record { .. } => None,
                });
                let wanted: Vec<Wanted<'_, '_>> = wanted.collect();
                self.reach(call, kind, first, &wanted);
                reached.push((links, first));
            }
        }
        for (fact, kind) in &horizon.linked {
            for id in named(*fact).into_iter().flatten() {
                self.reach_by_id(call, *kind, id);
            }
        }
    }

    /// What a reached record leads to.
    fn go_on_from(&mut self, call: Call<'_>, kind: RecordId, place: u32) {
        let horizon = self.horizon;
        let Some(record) = call.store.kind(kind).and_then(|events| events.record(place)) else { return };
        for (other, asked) in (0u16..).map(RecordId).zip(&horizon.kinds) {
            for way in &asked.ways {
                let shared = way.links.iter().filter_map(|link| match link {
                    LinkTo::Record { field, record: of_kind, of } if *of_kind == kind => {
                        Some((*field, Cow::Owned(record.names(of.0).collect())))
                    }
                    _ => None,
                });
                let shared: Vec<Wanted<'_, '_>> = shared.collect();
                if !shared.is_empty() {
                    let first = self.reaches_back_to(call, way);
                    self.reach(call, other, first, &shared);
                }
            }
        }
        let links = horizon.kinds.get(kind.index()).map(|asked| asked.links.as_slice()).unwrap_or_default();
        for (field, target) in links {
            record.names(field.0).for_each(|id| self.reach_by_id(call, *target, id));
        }
    }

    fn is_whole_by(&mut self, kind: RecordId, link: LinkTo) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.whole_by.insert(link);
        }
    }

    fn leave_open(&mut self, kind: RecordId) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.is_open = true;
        }
    }

    /// The earliest time that a way reaches for a call. Many ways have the same spans.
    fn reaches_back_to(&mut self, call: Call<'_>, way: &WayToReach) -> Instant {
        let (at, zone, starts) = (call.at(), self.zone, &mut self.starts);
        let begins = way.windows.iter().map(|window| match starts.iter().find(|(known, _)| known == window) {
            Some((_, start)) => *start,
            None => {
                let start = zone.before(at, *window);
                starts.push((*window, start));
                start
            }
        });
        begins.chain(way.since).max().unwrap_or(Instant::MIN)
    }

    /// Takes the records of a kind that name one of these in each field, from a time on.
    fn reach(&mut self, call: Call<'_>, kind: RecordId, first: Instant, wanted: &[Wanted<'_, '_>]) {
        let Some(events) = call.store.kind(kind) else { return };
        let mut take = |place: u32| {
            let Some(record) = events.record(place) else { return Reached::TooOld };
            if record.at.at < first {
                return Reached::TooOld;
            }
            if wanted.iter().all(|(field, names)| record.names(field.0).any(|name| names.contains(&name))) {
                self.take(call, kind, (place, record));
            }
            Reached::Taken
        };
        let Some(((field, names), _)) = wanted.split_first() else {
            for place in events.places() {
                if take(place) == Reached::TooOld && events.is_in_order {
                    break;
                }
            }
            return;
        };
        for name in names.iter() {
            // The latest first, so that all after the first that is too old are too.
            let mut places = events.index.records(field.0, name);
            while places.next().is_some_and(|place| take(place) == Reached::Taken) {}
        }
    }

    fn reach_by_id(&mut self, call: Call<'_>, kind: RecordId, id: &str) {
        let Some(events) = call.store.kind(kind) else { return };
        for place in events.index.records(ID, id) {
            if let Some(record) = events.record(place).filter(|record| record.id() == id) {
                self.take(call, kind, (place, record));
            }
        }
    }

    fn take(&mut self, call: Call<'_>, kind: RecordId, (place, record): (u32, &Stored)) {
        let is_call = || self.vocabulary.records.get(kind.index()).is_some_and(|kind| kind.is_call);
        if !record.stands_for(call) || (is_call() && record.id() == call.id()) {
            return;
        }
        if self.lists.get_mut(kind.index()).is_some_and(|list| list.records.insert((record.order(), place))) {
            self.to_do.push((kind, place));
        }
    }
}

/// What became of a record that was looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Taken,
    TooOld,
}

/// The ids of the records of a kind of which a field names one of these; none where not all of the kind is here, so that nobody can say.
fn ids_of<'s>(call: Call<'s>, kind: RecordId, field: FieldId, names: &[&str]) -> Option<Vec<&'s str>> {
    let events = call.store.kind(kind).filter(|_| call.has_whole(kind))?;
    let places = names.iter().flat_map(|name| events.index.records(field.0, name));
    let records = places.filter_map(|place| events.record(place));
    let meant = records.filter(|record| record.names(field.0).any(|name| names.contains(&name)));
    let mut ids: Vec<&str> = meant.map(Stored::id).collect();
    ids.sort_unstable();
    ids.dedup();
    Some(ids)
}

impl Gatherer<'_> {
    /// The lists that the case has, each with its kind and the records that are kept of it.
    pub(crate) fn listed<'s>(&self, call: Call<'s>) -> impl Iterator<Item = (RecordId, &Gathered, &'s KindEvents)> {
        let lists = (0u16..).map(RecordId).zip(&self.lists);
        lists.filter_map(|(kind, list)| {
            let events = call.store.kind(kind).filter(|events| events.is_there)?;
            let is_asked = self.horizon.kinds.get(kind.index()).is_some_and(|asked| !asked.ways.is_empty())
                || !list.records.is_empty();
            let is_known = !list.is_open || !list.records.is_empty() || !list.whole_by.is_empty();
            (is_asked && is_known).then_some((kind, list, events))
        })
    }

    fn build(&mut self, call: Call<'_>) {
        let (mut builder, mut values) = (std::mem::take(&mut self.builder), std::mem::take(&mut self.values));
        builder.clear();
        values.clear();
        values.resize(self.vocabulary.call.len(), Value::Unknown);
        put(&mut builder, &mut values, call.facts());
        builder.swap_call(&mut values);
        for (kind, list, events) in self.listed(call) {
            builder.supply(kind);
            match list.is_open {
                true if list.whole_by.is_empty() => builder.leave_open(kind),
                true => builder.whole_by(kind, list.whole_by.iter().copied().collect()),
                false => {}
            }
            let fields = self.vocabulary.records.get(kind.index()).map_or(0, |kind| kind.fields.len());
            for (_, place) in &list.records {
                let Some(record) = events.record(*place) else { continue };
                values.clear();
                values.resize(fields, Value::Unknown);
                put(&mut builder, &mut values, self.values_of(record));
                let id = builder.name(record.id());
                builder.push(kind, id, record.at, &values);
            }
        }
        builder.finish_into(&mut self.case, self.vocabulary, call.id(), call.at());
        self.builder = builder;
        self.values = values;
    }
}

/// Puts values into their places.
fn put<'k>(builder: &mut CaseBuilder, values: &mut [Value], said: impl Iterator<Item = (u16, Kept<'k>)>) {
    for (place, kept) in said {
        let value = match kept {
            Kept::Nothing => Value::None,
            Kept::YesNo(answer) => Value::YesNo(answer),
            Kept::Choice(at) => Value::Choice(at),
            Kept::Flags(bits) => Value::Flags(bits),
            Kept::Number(number) => Value::Number(number),
            Kept::Duration(seconds) => Value::Duration(seconds),
            Kept::Time(at) => Value::Time(at),
            Kept::Text(text) => builder.text(text),
            Kept::Name(name) => Value::Identity(builder.name(name)),
            Kept::Names(names) => builder.identities(names),
        };
        values.get_mut(usize::from(place)).into_iter().for_each(|slot| *slot = value);
    }
}
