//! Events as they come -> found by whom and what they name, as they stood at any later moment.

use crate::event::PastEvent;
use crate::index::NameIndex;
use crate::mapping::{DecisionMapping, DecisionPart};
use crate::values::{Kept, Names, Said, Values, kept, names_at, pass_text, push_text, take_text};
use heedful::horizon::Horizon;
use heedful::model::{Field, FieldId, LinkTo, OutcomeId, RecordId, Type, Vocabulary};
use heedful::time::{Instant, Stamp, Zone};
use std::collections::{BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// Events, and the calls among them that are to be decided. What happened in one second stands in the order in which it was added.
///
/// Events may be added in any order; those that come in the order of their times are the quickest. What no rule can reach any more can be
/// forgotten.
#[derive(Debug, Default)]
pub struct EventStore {
    /// One for each kind of record.
    kinds: Vec<KindEvents>,
    /// The calls to decide that are still kept, and the number of the first of them.
    calls: VecDeque<StoredCall>,
    first_call: usize,
    /// How many events were added, of any kind.
    added: u64,
    last: Option<Instant>,
    /// The quarters of an hour in which anything happened, and that of the latest addition.
    quarters: BTreeSet<i64>,
    quarter: i64,
    /// How decisions become records, where later calls can look at them.
    decisions: Option<DecisionRecords>,
    /// How many of the events are such records.
    decision_count: u64,
    /// Whether events come as they happen: of two that came to be known in one second the one that was told last counts. In tables nobody
    /// can say which does.
    is_fed: bool,
    /// How many events were told again word for word, and left out.
    pub told_twice: u64,
}

/// How a decision becomes a record.
#[derive(Debug)]
struct DecisionRecords {
    mapping: DecisionMapping,
    /// The fields that hold several identities.
    several: Vec<FieldId>,
}

/// Where an event stands among all: its second, and how many were added before it.
pub(crate) type Order = (Instant, u64);

/// The records of one kind.
#[derive(Debug, Default)]
pub(crate) struct KindEvents {
    /// Whether some table has records of the kind.
    pub(crate) is_there: bool,
    pub(crate) records: VecDeque<Stored>,
    /// The place of the first of `records`. Places go round: of two, the later is known by its distance from here.
    first: u32,
    /// By the names in its fields, and its id under [`ID`].
    pub(crate) index: NameIndex,
    /// Whether every record so far was added after those before it.
    pub(crate) is_in_order: bool,
}

/// What a record's id is found under, besides its fields.
pub(crate) const ID: u16 = u16::MAX;

/// One record as it is kept.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) at: Stamp,
    added: u64,
    known: Instant,
    /// From when on another version stands in its place.
    until: Instant,
    /// The number of the call of which this is the decision. What was decided is not kept here: each policy decides in its own way.
    pub(crate) decision_of: Option<u32>,
    /// A digest of what the call says that it is too, where it is one.
    call: Option<u64>,
    /// Its id, then its values.
    kept: Box<[u8]>,
}

#[derive(Debug)]
struct StoredCall {
    order: Order,
    id: Box<str>,
    facts: Values,
    whole: Option<Box<str>>,
    given: Box<[(OutcomeId, u64)]>,
}

impl EventStore {
    /// No events yet. `there` are the kinds of record that the tables have.
    pub fn new(there: &[RecordId], vocabulary: &Vocabulary) -> Self {
        let mut kinds: Vec<KindEvents> = Vec::new();
        kinds.resize_with(vocabulary.records.len(), KindEvents::new);
        for kind in there {
            kinds.get_mut(kind.index()).into_iter().for_each(|kind| kind.is_there = true);
        }
        Self { kinds, quarter: i64::MIN, ..Self::default() }
    }

    /// A store of records of every kind, which are told as they happen and in any order.
    pub fn fed(vocabulary: &Vocabulary) -> Self {
        let kinds: Vec<RecordId> = (0u16..).map(RecordId).zip(&vocabulary.records).map(|(kind, _)| kind).collect();
        Self { is_fed: true, ..Self::new(&kinds, vocabulary) }
    }

    /// Whether the record of an event was told, and stands just as the event says; where `by_then`, also known as early as the event says:
    /// else a version that comes to light in between would take the place of both.
    pub fn stands(&self, event: &PastEvent, by_then: bool) -> bool {
        let Some((kind, values)) = &event.record else { return false };
        let newest = self.newest(*kind, &event.id);
        newest.is_some_and(|newest| {
            let is_by_then = !by_then || newest.known >= event.known;
            is_by_then && newest.at == event.at && *newest.kept == *kept_bytes(&event.id, values)
        })
    }

    /// When the newest version of a record came to be known.
    pub fn newest_known(&self, kind: RecordId, id: &str) -> Option<Instant> {
        self.newest(kind, id).map(|newest| newest.known)
    }

    /// The newest version of a record: the one that came to be known last.
    pub(crate) fn newest(&self, kind: RecordId, id: &str) -> Option<&Stored> {
        let events = self.kinds.get(kind.index())?;
        let versions = events.index.records(ID, id).filter_map(|place| events.record(place));
        versions.filter(|record| record.id() == id).max_by_key(|record| (record.known, record.added))
    }

    /// The same, with how the decisions of its calls become records that later calls can look at.
    #[must_use]
    pub fn with_decisions(mut self, decisions: Option<DecisionMapping>, vocabulary: &Vocabulary) -> Self {
        self.decisions = decisions.map(|mapping| {
            let fields = vocabulary.records.get(mapping.record.index()).map(|kind| kind.fields.as_slice());
            let is_several = |field: &Field| matches!(field.ty, Type::Identity { many: true, .. });
            let several = (0u16..).map(FieldId).zip(fields.unwrap_or_default());
            let several = several.filter(|(_, field)| is_several(field)).map(|(id, _)| id).collect();
            DecisionRecords { mapping, several }
        });
        self
    }

    /// How decisions become records that a policy of this horizon looks at; none where it looks at none of them.
    pub fn decisions_within(&self, horizon: &Horizon) -> Option<&DecisionMapping> {
        let mapping = self.decisions.as_ref().map(|decisions| &decisions.mapping);
        mapping.filter(|decisions| horizon.asks_for(decisions.record))
    }

    /// Adds an event, at its place in the order of time: after all that were added of its second.
    pub fn add(&mut self, event: PastEvent) {
        let order = (event.at.at, self.added);
        let PastEvent { id, at, known, record, call } = event;
        if let Some((kind, values)) = record
            && let Some(kind) = self.kinds.get_mut(kind.index())
        {
            let stored = Stored {
                at,
                added: self.added,
                known,
                until: Instant::MAX,
                decision_of: None,
                call: call.as_ref().map(|call| digest(&call.facts)),
                kept: kept_bytes(&id, &values),
            };
            if !kind.add(stored, self.is_fed) {
                self.told_twice += 1;
                return;
            }
        }
        self.added += 1;
        self.last = self.last.max(Some(at.at));
        let quarter = at.at.0.div_euclid(QUARTER);
        if self.quarter != quarter {
            self.quarter = quarter;
            self.quarters.insert(quarter);
        }
        if let Some(call) = call {
            let call = StoredCall {
                order,
                id: id.into(),
                facts: call.facts,
                whole: call.whole.map(Into::into),
                given: call.given.into(),
            };
            let at = match self.calls.back().is_none_or(|last| last.order < order) {
                true => self.calls.len(),
                false => self.calls.partition_point(|known| known.order < order),
            };
            self.calls.insert(at, call);
            self.add_decision(at, known);
        }
    }

    /// Adds the decision of a call, right after it, as far as it is known before the call is decided.
    fn add_decision(&mut self, call: usize, known: Instant) {
        let (Some(DecisionRecords { mapping, several }), Some(told)) = (&self.decisions, self.calls.get(call)) else {
            return;
        };
        let mut values = Values::default();
        for value in &mapping.values {
            let said = match &value.part {
                DecisionPart::Call => Some(Said::Name(told.id.to_string())),
                DecisionPart::Fact(fact) => {
                    kept(told.facts.bytes()).find(|(own, _)| *own == fact.0).map(|(_, kept)| kept.said())
                }
                DecisionPart::Outcome(_) | DecisionPart::Rules(_) => None,
            };
            let said = said.map(|said| match said {
                Said::Name(one) if several.contains(&value.field) => Said::Names(vec![one]),
                other => other,
            });
            said.into_iter().for_each(|said| values.push(value.field.0, &said));
        }
        let id = format!("{} of {}", mapping.name, told.id);
        let stored = Stored {
            at: told.order.0.into(),
            added: self.added,
            known,
            until: Instant::MAX,
            decision_of: u32::try_from(self.first_call + call).ok(),
            call: None,
            kept: kept_bytes(&id, &values),
        };
        if self.kinds.get_mut(mapping.record.index()).is_some_and(|kind| kind.add(stored, false)) {
            self.added += 1;
            self.decision_count += 1;
        }
    }

    /// The calls to decide that are kept, oldest first.
    pub fn calls(&self) -> impl ExactSizeIterator<Item = Call<'_>> {
        (0..self.calls.len()).map(|at| Call { store: self, from: CallFrom::Store { number: self.first_call + at, at } })
    }

    /// The numbers of the calls that are kept. Calls are numbered from 0 in the order of their times.
    pub fn call_numbers(&self) -> Range<usize> {
        self.first_call..self.first_call + self.calls.len()
    }

    /// The call with this number.
    pub fn call(&self, number: usize) -> Option<Call<'_>> {
        let at = number.checked_sub(self.first_call).filter(|at| *at < self.calls.len())?;
        Some(Call { store: self, from: CallFrom::Store { number, at } })
    }

    /// A call that comes in.
    pub fn incoming<'s>(&'s self, call: &'s IncomingCall) -> Call<'s> {
        Call { store: self, from: CallFrom::Outside(call) }
    }

    /// The first second of each quarter of an hour in which anything happened, in order. Days begin and end with one in every zone.
    pub fn quarters(&self) -> impl Iterator<Item = Instant> {
        self.quarters.iter().map(|quarter| Instant(quarter.saturating_mul(QUARTER)))
    }

    /// The time of the last event.
    pub fn last(&self) -> Option<Instant> {
        self.last
    }

    /// How many events were told, each version of a record counted; a decision is none.
    pub fn len(&self) -> u64 {
        self.added - self.decision_count
    }

    pub fn is_empty(&self) -> bool {
        self.added == 0
    }

    /// Forgets the calls to decide, which have been decided, and the records that no policy can reach any more from a call at a time or
    /// later. Nothing that is of any age is forgotten.
    pub fn forget(&mut self, horizon: &Horizon, zone: &Zone, at: Instant) {
        self.first_call += self.calls.len();
        self.calls.clear();
        for (kind, events) in (0u16..).map(RecordId).zip(&mut self.kinds) {
            events.forget_before(reaches_back_to(horizon, kind, zone, at).plus_seconds(-MARGIN));
        }
    }

    pub(crate) fn kind(&self, kind: RecordId) -> Option<&KindEvents> {
        self.kinds.get(kind.index())
    }
}

/// Where clocks go back, a span from a later moment may begin a little earlier than one from an earlier moment; in seconds.
const MARGIN: i64 = 2 * 86_400;

/// In seconds.
const QUARTER: i64 = 900;

/// The earliest time of which a record of a kind can matter for a call at a time or later.
fn reaches_back_to(horizon: &Horizon, kind: RecordId, zone: &Zone, at: Instant) -> Instant {
    let leads_to = |link: &LinkTo| matches!(link, LinkTo::Through { record, .. } if *record == kind);
    let ways = || horizon.kinds.iter().flat_map(|asked| &asked.ways);
    let is_linked = horizon.linked.iter().any(|(_, target)| *target == kind)
        || horizon.kinds.iter().flat_map(|asked| &asked.links).any(|(_, target)| *target == kind)
        || ways().flat_map(|way| &way.links).any(leads_to);
    if is_linked {
        return Instant::MIN;
    }
    let own = horizon.kinds.get(kind.index()).map(|asked| asked.ways.as_slice()).unwrap_or_default();
    own.iter().map(|way| way.reaches_back_to(at, zone)).min().unwrap_or(at)
}

/// The same for the same values, in every run.
fn digest(values: &Values) -> u64 {
    let mut hasher = DefaultHasher::new();
    values.hash(&mut hasher);
    hasher.finish()
}

fn kept_bytes(id: &str, values: &Values) -> Box<[u8]> {
    let mut bytes = Vec::with_capacity(id.len() + 2 + values.bytes().len());
    push_text(&mut bytes, id);
    bytes.extend_from_slice(values.bytes());
    bytes.into()
}

impl KindEvents {
    fn new() -> Self {
        Self { is_in_order: true, ..Self::default() }
    }

    /// The record at a place; none where it was forgotten.
    pub(crate) fn record(&self, place: u32) -> Option<&Stored> {
        self.records.get(usize::try_from(place.wrapping_sub(self.first)).ok()?)
    }

    /// The places of all records, the latest added first.
    pub(crate) fn places(&self) -> impl Iterator<Item = u32> {
        let count = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        (0..count).rev().map(|at| self.first.wrapping_add(at))
    }

    /// Adds a record; does not where the same was told before.
    fn add(&mut self, stored: Stored, is_fed: bool) -> bool {
        let versions: Vec<u32> =
            self.index.records(ID, stored.id()).filter(|place| self.is_called(*place, stored.id())).collect();
        let is_same = |known: &Stored| {
            known.kept == stored.kept
                && known.at == stored.at
                && known.known == stored.known
                && known.call == stored.call
                && known.decision_of == stored.decision_of
        };
        if versions.iter().filter_map(|place| self.record(*place)).any(is_same) {
            return false;
        }
        let order = stored.order();
        self.is_in_order &= self.records.back().is_none_or(|last| last.order() < order);
        let place = self.first.wrapping_add(u32::try_from(self.records.len()).unwrap_or(u32::MAX));
        self.records.push_back(stored);
        let Self { records, index, first, .. } = self;
        let is_later = |place: u32| {
            let at = usize::try_from(place.wrapping_sub(*first)).ok();
            at.and_then(|at| records.get(at)).is_some_and(|record| record.order() > order)
        };
        if let Some(stored) = records.back() {
            index.add(ID, stored.id(), place, is_later);
            for (field, value) in stored.values() {
                value.names().into_iter().flatten().for_each(|name| index.add(field, name, place, is_later));
            }
        }
        if !versions.is_empty() {
            self.link_versions(versions.into_iter().chain([place]).collect(), is_fed);
        }
        true
    }

    fn is_called(&self, place: u32, id: &str) -> bool {
        self.record(place).is_some_and(|record| record.id() == id)
    }

    /// Says until when each version stands: until the next is known. Of those that came to be known at once the last told stands where
    /// events are told as they happen; else all do.
    fn link_versions(&mut self, mut versions: Vec<u32>, is_fed: bool) {
        versions.sort_by_key(|place| {
            self.record(*place)
                .map(|record| (record.known, if is_fed { (Instant::MIN, record.added) } else { record.order() }))
        });
        let known: Vec<Option<Instant>> = versions.iter().map(|place| Some(self.record(*place)?.known)).collect();
        for (number, place) in versions.iter().enumerate() {
            let next = known.get(number + 1).copied().flatten();
            let at = usize::try_from(place.wrapping_sub(self.first)).unwrap_or(usize::MAX);
            if let Some(record) = self.records.get_mut(at) {
                record.until = next.filter(|next| is_fed || *next > record.known).unwrap_or(Instant::MAX);
            }
        }
    }

    fn forget_before(&mut self, first: Instant) {
        while self.records.front().is_some_and(|record| record.at.at < first) {
            self.records.pop_front();
            self.first = self.first.wrapping_add(1);
        }
        let Self { records, index, first, .. } = self;
        index.forget(|place| usize::try_from(place.wrapping_sub(*first)).is_ok_and(|at| at < records.len()));
    }
}

impl Stored {
    pub(crate) fn id(&self) -> &str {
        take_text(&mut &*self.kept).unwrap_or("")
    }

    /// The values of its fields.
    pub(crate) fn values(&self) -> impl Iterator<Item = (u16, Kept<'_>)> {
        let mut rest = &*self.kept;
        pass_text(&mut rest);
        kept(rest)
    }

    /// Those whom a field names.
    pub(crate) fn names(&self, field: u16) -> Names<'_> {
        let mut rest = &*self.kept;
        pass_text(&mut rest);
        names_at(rest, field)
    }

    pub(crate) fn order(&self) -> Order {
        (self.at.at, self.added)
    }

    /// Whether it is kept as of a call: not later than it, known by then, and not told anew by then.
    pub(crate) fn stands_for(&self, call: Call<'_>) -> bool {
        self.order() < call.order() && self.known <= call.known() && self.until > call.known()
    }
}

/// One call to decide.
#[derive(Clone, Copy, Debug)]
pub struct Call<'s> {
    pub(crate) store: &'s EventStore,
    from: CallFrom<'s>,
}

/// Where a call is.
#[derive(Clone, Copy, Debug)]
enum CallFrom<'s> {
    Store { number: usize, at: usize },
    Outside(&'s IncomingCall),
}

/// A call that is decided as it comes in, with the records as they stand; it is in no store.
#[derive(Clone, Debug)]
pub struct IncomingCall {
    pub id: String,
    pub at: Instant,
    /// As of when the records stand.
    pub known: Instant,
    /// The values of its facts.
    pub facts: Values,
    /// For each kind of record whether the store holds all that there is. The list of another is never said to be complete, and is not
    /// there where no record of it is reached.
    pub whole: Vec<bool>,
}

impl<'s> Call<'s> {
    fn stored(self) -> Option<&'s StoredCall> {
        match self.from {
            CallFrom::Store { at, .. } => self.store.calls.get(at),
            CallFrom::Outside(_) => None,
        }
    }

    /// Its number among all calls to decide; none where it is not one of the store's.
    pub(crate) fn decided_number(self) -> Option<u32> {
        match self.from {
            CallFrom::Store { number, .. } => u32::try_from(number).ok(),
            CallFrom::Outside(_) => None,
        }
    }

    /// Its number among all calls to decide.
    pub fn number(self) -> usize {
        match self.from {
            CallFrom::Store { number, .. } => number,
            CallFrom::Outside(_) => self.store.first_call + self.store.calls.len(),
        }
    }

    pub fn id(self) -> &'s str {
        match self.from {
            CallFrom::Store { .. } => self.stored().map_or("", |call| &call.id),
            CallFrom::Outside(call) => &call.id,
        }
    }

    pub fn at(self) -> Instant {
        self.order().0
    }

    pub(crate) fn order(self) -> Order {
        match self.from {
            CallFrom::Store { .. } => self.stored().map_or((Instant::MIN, 0), |call| call.order),
            CallFrom::Outside(call) => (call.at, u64::MAX),
        }
    }

    /// As of when records stand.
    pub(crate) fn known(self) -> Instant {
        match self.from {
            CallFrom::Store { .. } => self.at(),
            CallFrom::Outside(call) => call.known,
        }
    }

    /// Whether all records of a kind are here, as far as anybody says.
    pub(crate) fn has_whole(self, kind: RecordId) -> bool {
        match self.from {
            CallFrom::Store { .. } => self.store.kind(kind).is_some_and(|events| events.is_there),
            CallFrom::Outside(call) => call.whole.get(kind.index()).copied().unwrap_or(false),
        }
    }

    /// The values of its facts.
    pub(crate) fn facts(self) -> impl Iterator<Item = (u16, Kept<'s>)> {
        kept(match self.from {
            CallFrom::Store { .. } => self.stored().map(|call| call.facts.bytes()).unwrap_or_default(),
            CallFrom::Outside(call) => call.facts.bytes(),
        })
    }

    /// Its whole case as JSON, where it came with that.
    pub(crate) fn whole(self) -> Option<&'s str> {
        self.stored()?.whole.as_deref()
    }

    /// What the control room gave it for an outcome, as an [`AnswerColumn`](crate::AnswerColumn) has it; none where no table says.
    pub fn given(self, outcome: OutcomeId) -> Option<u64> {
        let given = &self.stored()?.given;
        given.iter().find(|(known, _)| *known == outcome).map(|(_, answer)| *answer)
    }
}
