//! Events in the order of time, found by whom and what they name.

use crate::event::{DecisionEvent, PastEvent};
use crate::mapping::DecisionMapping;
use heedful::horizon::Horizon;
use heedful::model::{FactId, FieldId, OutcomeId, RecordId, Vocabulary};
use heedful::time::Instant;
use std::collections::HashMap;
use std::ops::Range;

/// All events of some tables. What happened in one second stands in the order in which it was told: table by table, row by row.
#[derive(Debug, Default)]
pub struct EventStore {
    /// In the order of their times, then as they were told.
    events: Vec<Stored>,
    /// The places of the calls to decide.
    calls: Vec<usize>,
    /// Every name that some field or fact holds. It is only looked up in.
    names: HashMap<Box<str>, NameId>,
    /// One for each kind of record.
    kinds: Vec<KindIndex>,
    /// The calls to decide by whom a fact of theirs names.
    by_fact: HashMap<(FactId, NameId), Vec<usize>>,
    /// Whether each call has its whole case with it, and nothing is to be gathered.
    pub(crate) holds_cases: bool,
    /// How decisions become records, where later calls can look at them.
    decisions: Option<DecisionMapping>,
    /// How many of the events are such records.
    decision_count: usize,
    /// How many events were told again word for word, and left out.
    pub told_twice: u64,
}

/// A name, by when it was met first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NameId(u32);

/// One event as it is kept.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) id: Box<str>,
    pub(crate) id_name: NameId,
    pub(crate) at: Instant,
    pub(crate) known: Instant,
    /// Its kind and its JSON, where it is a record for later calls. That of a decision is still open at its end.
    pub(crate) record: Option<(RecordId, Box<str>)>,
    pub(crate) names: Box<[(FieldId, NameId)]>,
    pub(crate) call: Option<Box<StoredCall>>,
    /// The event that tells of the same record anew, as of a later moment.
    pub(crate) next_version: Option<usize>,
    /// The number of the call among those to decide, of which this is the decision.
    pub(crate) decision_of: Option<u32>,
}

#[derive(Debug)]
pub(crate) struct StoredCall {
    pub(crate) json: Box<str>,
    /// Those whom each fact that is known names.
    pub(crate) names: Box<[(FactId, Box<[NameId]>)]>,
    pub(crate) given: Box<[(OutcomeId, u64)]>,
}

/// The events of one kind, oldest first, by what they name.
#[derive(Debug, Default)]
pub(crate) struct KindIndex {
    /// Whether some table has records of the kind.
    pub(crate) is_there: bool,
    pub(crate) all: Vec<usize>,
    pub(crate) by_name: HashMap<(FieldId, NameId), Vec<usize>>,
    pub(crate) by_id: HashMap<NameId, Vec<usize>>,
}

impl EventStore {
    /// Puts events in order. `told` are the events of each table as they stood, and `kinds` the kinds of record that the tables have.
    pub fn new(mut told: Vec<PastEvent>, kinds: &[RecordId], vocabulary: &Vocabulary) -> Self {
        // A stable sort keeps what is of one second as it was told.
        told.sort_by_key(|event| event.at);
        let mut store = Self::default();
        store.kinds.resize_with(vocabulary.records.len(), KindIndex::default);
        for kind in kinds {
            if let Some(index) = store.kinds.get_mut(kind.index()) {
                index.is_there = true;
            }
        }
        store.events.reserve(told.len());
        for event in told {
            store.add(event);
        }
        store.link_versions();
        store
    }

    /// The calls of whole cases.
    pub(crate) fn of_cases(told: Vec<PastEvent>, vocabulary: &Vocabulary) -> Self {
        Self { holds_cases: true, ..Self::new(told, &[], vocabulary) }
    }

    /// The same, with how the decisions of its calls become records that later calls can look at.
    #[must_use]
    pub fn with_decisions(mut self, decisions: Option<DecisionMapping>) -> Self {
        self.decisions = decisions;
        self
    }

    /// How decisions become records that a policy of this horizon looks at; none where it looks at none of them.
    pub fn decisions_within(&self, horizon: &Horizon) -> Option<&DecisionMapping> {
        self.decisions.as_ref().filter(|decisions| horizon.asks_for(decisions.record))
    }

    fn name(&mut self, name: &str) -> NameId {
        if let Some(id) = self.names.get(name) {
            return *id;
        }
        let id = NameId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.insert(name.into(), id);
        id
    }

    fn add(&mut self, event: PastEvent) {
        if self.is_told_already(&event) {
            self.told_twice += 1;
            return;
        }
        let names = event.names.iter().map(|(field, name)| (*field, self.name(name))).collect::<Box<[_]>>();
        let (mut call, mut decision) = (event.call, None);
        if let Some(call) = &mut call {
            decision = call.decision.take();
        }
        let call = call.map(|call| {
            let names = call.names.iter().map(|(fact, names)| {
                let names = names.iter().map(|name| self.name(name)).collect();
                (*fact, names)
            });
            Box::new(StoredCall { names: names.collect(), json: call.json.into(), given: call.given.into() })
        });
        let id_name = self.name(&event.id);
        let place = self.events.len();
        if let Some(call) = &call {
            self.calls.push(place);
            let names = call.names.iter().flat_map(|(fact, names)| names.iter().map(|name| (*fact, *name)));
            names.for_each(|key| self.by_fact.entry(key).or_default().push(place));
        }
        if let Some((kind, _)) = &event.record {
            self.index(*kind, id_name, &names, place);
        }
        let record = event.record.map(|(kind, json)| (kind, json.into()));
        let (id, at, known) = (event.id.into(), event.at, event.known);
        self.events.push(Stored { id, id_name, at, known, record, names, call, next_version: None, decision_of: None });
        if let Some(decision) = decision {
            self.add_decision(decision, at, known);
        }
    }

    /// Adds the decision of the call that was added last, right after it.
    fn add_decision(&mut self, decision: DecisionEvent, at: Instant, known: Instant) {
        let number = self.calls.len().checked_sub(1).and_then(|number| u32::try_from(number).ok());
        let names = decision.names.iter().map(|(field, name)| (*field, self.name(name))).collect::<Box<[_]>>();
        let (id_name, place) = (self.name(&decision.id), self.events.len());
        self.index(decision.kind, id_name, &names, place);
        self.decision_count += 1;
        self.events.push(Stored {
            id: decision.id.into(),
            id_name,
            at,
            known,
            record: Some((decision.kind, decision.json.into())),
            names,
            call: None,
            next_version: None,
            decision_of: number,
        });
    }

    /// Notes where a record of a kind is, by its id and by whom it names.
    fn index(&mut self, kind: RecordId, id: NameId, names: &[(FieldId, NameId)], place: usize) {
        let Some(index) = self.kinds.get_mut(kind.index()) else { return };
        index.all.push(place);
        index.by_id.entry(id).or_default().push(place);
        let mut held = names.to_vec();
        held.sort_unstable();
        held.dedup();
        held.into_iter().for_each(|key| index.by_name.entry(key).or_default().push(place));
    }

    /// Whether the same was told of the same record before, and known no later.
    fn is_told_already(&self, event: &PastEvent) -> bool {
        let Some((kind, json)) = &event.record else { return false };
        let Some(id) = self.names.get(event.id.as_str()) else { return false };
        let told = self.kinds.get(kind.index()).and_then(|index| index.by_id.get(id));
        told.into_iter().flatten().filter_map(|place| self.events.get(*place)).any(|stored| {
            stored.known == event.known
                && stored.record.as_ref().is_some_and(|(_, known)| **known == **json)
                && stored.call.as_ref().map(|call| &*call.json) == event.call.as_ref().map(|call| call.json.as_str())
        })
    }

    /// Says of each event which one takes its place, and when: of those of one id the next that came to be known later.
    fn link_versions(&mut self) {
        for index in &self.kinds {
            for versions in index.by_id.values().filter(|versions| versions.len() > 1) {
                let mut order = versions.clone();
                order.sort_by_key(|place| (self.events.get(*place).map(|event| event.known), *place));
                for pair in order.windows(2) {
                    let [one, next] = pair else { continue };
                    let is_later = match (self.events.get(*one), self.events.get(*next)) {
                        (Some(one), Some(next)) => next.known > one.known,
                        _ => false,
                    };
                    if let Some(event) = self.events.get_mut(*one).filter(|_| is_later) {
                        event.next_version = Some(*next);
                    }
                }
            }
        }
    }

    /// The calls to decide, oldest first.
    pub fn calls(&self) -> impl ExactSizeIterator<Item = Call<'_>> {
        self.calls.iter().map(|place| Call { store: self, place: *place })
    }

    /// The places of the calls from a moment on, or of all, among those to decide.
    pub fn calls_from(&self, from: Option<Instant>) -> Range<usize> {
        let is_before = |place: &usize| self.events.get(*place).is_some_and(|event| Some(event.at) < from);
        self.calls.partition_point(is_before)..self.calls.len()
    }

    /// The call to decide at this place among them.
    pub fn call(&self, number: usize) -> Option<Call<'_>> {
        self.calls.get(number).map(|place| Call { store: self, place: *place })
    }

    /// The times of all events, in order.
    pub fn times(&self) -> impl Iterator<Item = Instant> {
        self.events.iter().map(|event| event.at)
    }

    /// How many events were told, each version of a record counted; a decision is none.
    pub fn len(&self) -> usize {
        self.events.len() - self.decision_count
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(crate) fn event(&self, place: usize) -> Option<&Stored> {
        self.events.get(place)
    }

    pub(crate) fn kind(&self, kind: RecordId) -> Option<&KindIndex> {
        self.kinds.get(kind.index())
    }

    /// What is kept as of a call: not later than it, known by then, and not told anew by then.
    pub(crate) fn stands_at(&self, place: usize, call: usize) -> bool {
        let (Some(event), Some(asked)) = (self.events.get(place), self.events.get(call)) else { return false };
        let is_superseded =
            event.next_version.and_then(|next| self.events.get(next)).is_some_and(|next| next.known <= asked.at);
        place < call && event.known <= asked.at && !is_superseded
    }
}

/// One call to decide.
#[derive(Clone, Copy, Debug)]
pub struct Call<'s> {
    pub(crate) store: &'s EventStore,
    pub(crate) place: usize,
}

impl<'s> Call<'s> {
    pub fn id(&self) -> &'s str {
        self.store.event(self.place).map_or("", |event| &event.id)
    }

    pub fn at(&self) -> Instant {
        self.store.event(self.place).map_or(Instant::MIN, |event| event.at)
    }

    /// What the control room gave it for an outcome, as an [`AnswerColumn`](crate::AnswerColumn) has it; none where no table says.
    pub(crate) fn given(&self, outcome: OutcomeId) -> Option<u64> {
        let given = &self.store.event(self.place)?.call.as_ref()?.given;
        given.iter().find(|(known, _)| *known == outcome).map(|(_, answer)| *answer)
    }

    /// Whether another call up to a moment names somebody whom a fact of it names; none where the fact is not known.
    pub fn is_repeated(&self, fact: FactId, until: Instant) -> Option<bool> {
        let own = self.store.event(self.place)?.call.as_ref()?;
        let (_, names) = own.names.iter().find(|(known, _)| *known == fact)?;
        let next = |name: &NameId| {
            let places = self.store.by_fact.get(&(fact, *name))?;
            let next = places.get(places.partition_point(|place| *place <= self.place))?;
            self.store.event(*next)
        };
        Some(names.iter().filter_map(next).any(|event| event.at <= until))
    }
}
