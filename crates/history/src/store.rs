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
            if !kind.add(stored) {
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
        if self.kinds.get_mut(mapping.record.index()).is_some_and(|kind| kind.add(stored)) {
            self.added += 1;
            self.decision_count += 1;
        }
    }

    /// The calls to decide that are kept, oldest first.
    pub fn calls(&self) -> impl ExactSizeIterator<Item = Call<'_>> {
        (0..self.calls.len()).map(|at| Call { store: self, number: self.first_call + at, at })
    }

    /// The numbers of the calls that are kept. Calls are numbered from 0 in the order of their times.
    pub fn call_numbers(&self) -> Range<usize> {
        self.first_call..self.first_call + self.calls.len()
    }

    /// The call with this number.
    pub fn call(&self, number: usize) -> Option<Call<'_>> {
        let at = number.checked_sub(self.first_call).filter(|at| *at < self.calls.len())?;
        Some(Call { store: self, number, at })
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
    fn add(&mut self, stored: Stored) -> bool {
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
            self.link_versions(versions.into_iter().chain([place]).collect());
        }
        true
    }

    fn is_called(&self, place: u32, id: &str) -> bool {
        self.record(place).is_some_and(|record| record.id() == id)
    }

    /// Says until when each version stands: until the next is known.
    fn link_versions(&mut self, mut versions: Vec<u32>) {
        versions.sort_by_key(|place| self.record(*place).map(|record| (record.known, record.order())));
        let known: Vec<Option<Instant>> = versions.iter().map(|place| Some(self.record(*place)?.known)).collect();
        for (number, place) in versions.iter().enumerate() {
            let next = known.get(number + 1).copied().flatten();
            let at = usize::try_from(place.wrapping_sub(self.first)).unwrap_or(usize::MAX);
            if let Some(record) = self.records.get_mut(at) {
                record.until = next.filter(|next| *next > record.known).unwrap_or(Instant::MAX);
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
    pub(crate) fn stands_at(&self, call: Order) -> bool {
        self.order() < call && self.known <= call.0 && self.until > call.0
    }
}

/// One call to decide.
#[derive(Clone, Copy, Debug)]
pub struct Call<'s> {
    pub(crate) store: &'s EventStore,
    number: usize,
    at: usize,
}

impl<'s> Call<'s> {
    fn stored(self) -> Option<&'s StoredCall> {
        self.store.calls.get(self.at)
    }

    /// Its number among all calls to decide.
    pub fn number(self) -> usize {
        self.number
    }

    pub fn id(self) -> &'s str {
        self.stored().map_or("", |call| &call.id)
    }

    pub fn at(self) -> Instant {
        self.order().0
    }

    pub(crate) fn order(self) -> Order {
        self.stored().map_or((Instant::MIN, 0), |call| call.order)
    }

    /// The values of its facts.
    pub(crate) fn facts(self) -> impl Iterator<Item = (u16, Kept<'s>)> {
        kept(self.stored().map(|call| call.facts.bytes()).unwrap_or_default())
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
