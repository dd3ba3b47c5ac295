//! One call with its history, checked against the vocabulary: the evaluator's only input.

use super::{FactId, RecordId, Value, Vocabulary, Warning};
use crate::time::Instant;
use std::sync::Arc;
use string_interner::{DefaultSymbol, StringInterner, Symbol, backend::StringBackend};

/// An identity or a record's id, as a number that stands for the same words throughout a case.
pub type Name = DefaultSymbol;

/// One call and its history. A fact that is missing is [`Value::Unknown`]; a list that is missing is `None`,
/// which is not the same as an empty one.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    /// When the call came in.
    pub at: Instant,
    pub(super) call: Vec<Value>,
    pub(super) lists: Vec<Option<List>>,
    pub(super) names: Arc<StringInterner<StringBackend>>,
    pub(super) members: Vec<Name>,
    pub(super) texts: Vec<String>,
    /// What was odd about the case, though it could be used.
    pub warnings: Vec<Warning>,
}

/// A list of the history. It is shared, so that a case with another fact is soon made.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) records: Arc<Records>,
    pub(super) whole: bool,
}

/// The records of one kind, oldest first (those of the same second by id), as columns.
#[derive(Clone, Debug, Default)]
pub struct Records {
    width: usize,
    ids: Vec<Name>,
    times: Vec<Instant>,
    values: Vec<Value>,
    /// Where each record stood in the list that was sent.
    positions: Vec<u32>,
    /// Each id with its record, in the order of ids.
    by_id: Vec<(Name, u32)>,
}

impl Case {
    pub fn fact(&self, fact: FactId) -> Value {
        self.call.get(fact.index()).copied().unwrap_or(Value::Unknown)
    }

    /// The records of a kind that are not later than the call; `None` when the list could not be had.
    pub fn records(&self, kind: RecordId) -> Option<&Records> {
        self.lists.get(kind.index())?.as_ref().map(|list| &*list.records)
    }

    /// Whether the records of a kind are all that there are. Else there may be others, as when the list could not be had.
    pub fn is_whole(&self, kind: RecordId) -> bool {
        self.lists.get(kind.index()).and_then(Option::as_ref).is_some_and(|list| list.whole)
    }

    /// The times of the call and of every record.
    pub fn times(&self) -> impl Iterator<Item = Instant> {
        let records = self.lists.iter().flatten().flat_map(|list| list.records.times.iter().copied());
        std::iter::once(self.at).chain(records)
    }

    /// How many records there are, of all kinds.
    pub fn record_count(&self) -> usize {
        self.lists.iter().flatten().map(|list| list.records.len()).sum()
    }

    pub fn name(&self, name: Name) -> &str {
        self.names.resolve(name).unwrap_or("")
    }

    /// A small number that stands for a name in this case.
    pub fn name_number(&self, name: Name) -> usize {
        name.to_usize()
    }

    pub fn text(&self, at: u32) -> &str {
        self.texts.get(at as usize).map_or("", String::as_str)
    }

    /// The identities in a value: one, several, or none.
    pub fn identities<'a>(&'a self, value: &'a Value) -> &'a [Name] {
        match value {
            Value::Identity(name) => std::slice::from_ref(name),
            Value::Identities { start, len } => {
                let start = *start as usize;
                self.members.get(start..start + *len as usize).unwrap_or(&[])
            }
            _ => &[],
        }
    }
}

impl Records {
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub fn times(&self) -> &[Instant] {
        &self.times
    }

    pub fn time(&self, record: usize) -> Instant {
        self.times.get(record).copied().unwrap_or(Instant::MIN)
    }

    pub fn id(&self, record: usize) -> Option<Name> {
        self.ids.get(record).copied()
    }

    pub fn value(&self, record: usize, field: super::FieldId) -> Value {
        self.values.get(record * self.width + field.index()).copied().unwrap_or(Value::Unknown)
    }

    /// Where a record stood in the list that was sent, for messages.
    pub fn position(&self, record: usize) -> usize {
        self.positions.get(record).map_or(0, |position| *position as usize)
    }

    pub fn find(&self, id: Name) -> Option<usize> {
        let after = self.by_id.partition_point(|(known, _)| *known <= id);
        let (found, record) = self.by_id.get(after.checked_sub(1)?)?;
        (*found == id).then_some(*record as usize)
    }
}

impl Records {
    /// These alone, in the order that they have.
    pub(super) fn only(&self, indices: &[usize]) -> Self {
        let mut kept = Self { width: self.width, ..Self::default() };
        for index in indices {
            if let (Some(id), Some(at)) = (self.id(*index), self.times.get(*index)) {
                let values = self.values.get(index * self.width..(index + 1) * self.width).unwrap_or(&[]);
                kept.append(id, *at, values);
                if let (Some(slot), Some(position)) = (kept.positions.last_mut(), self.positions.get(*index)) {
                    *slot = *position;
                }
            }
        }
        kept
    }

    /// Adds the newest record.
    pub(super) fn append(&mut self, id: Name, at: Instant, values: &[Value]) {
        let index = to_u32(self.ids.len());
        let place = self.by_id.partition_point(|(known, _)| *known <= id);
        self.width = values.len();
        self.positions.push(index);
        self.ids.push(id);
        self.times.push(at);
        self.values.extend_from_slice(values);
        self.by_id.insert(place, (id, index));
    }

    pub(super) fn set(&mut self, record: usize, field: super::FieldId, value: Value) {
        if let Some(slot) = self.values.get_mut(record * self.width + field.index()) {
            *slot = value;
        }
    }
}

/// Gathers the parts of a case as they are read, and puts the records in order.
#[derive(Debug)]
pub struct CaseBuilder {
    call: Vec<Value>,
    lists: Vec<Option<Records>>,
    names: StringInterner<StringBackend>,
    members: Vec<Name>,
    texts: Vec<String>,
}

impl CaseBuilder {
    pub fn new(vocabulary: &Vocabulary) -> Self {
        Self {
            call: vec![Value::Unknown; vocabulary.call.len()],
            lists: vec![None; vocabulary.records.len()],
            names: StringInterner::new(),
            members: Vec::new(),
            texts: Vec::new(),
        }
    }

    pub fn set(&mut self, fact: FactId, value: Value) {
        if let Some(slot) = self.call.get_mut(fact.index()) {
            *slot = value;
        }
    }

    pub fn name(&mut self, words: &str) -> Name {
        self.names.get_or_intern(words)
    }

    pub fn identities<'a>(&mut self, people: impl IntoIterator<Item = &'a str>) -> Value {
        let start = self.members.len();
        for person in people {
            let name = self.names.get_or_intern(person);
            self.members.push(name);
        }
        let len = self.members.len() - start;
        Value::Identities { start: to_u32(start), len: to_u32(len) }
    }

    pub fn text(&mut self, text: String) -> Value {
        self.texts.push(text);
        Value::Text(to_u32(self.texts.len() - 1))
    }

    /// Says that the list of this kind was supplied, even if it turns out empty.
    pub fn supply(&mut self, kind: RecordId) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.get_or_insert_with(Records::default);
        }
    }

    /// Adds a record in the order in which it was sent. `values` holds one value for each field of the kind.
    pub fn push(&mut self, kind: RecordId, id: Name, at: Instant, values: &[Value]) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            let list = list.get_or_insert_with(Records::default);
            list.width = values.len();
            list.positions.push(to_u32(list.ids.len()));
            list.ids.push(id);
            list.times.push(at);
            list.values.extend_from_slice(values);
        }
    }

    /// Puts each list in order and leaves out what the call cannot have known: records later than it, and itself.
    pub fn finish(self, vocabulary: &Vocabulary, id: String, at: Instant) -> Case {
        let mut warnings = Vec::new();
        let own = self.names.get(&id);
        let lists = vocabulary
            .records
            .iter()
            .zip(self.lists)
            .map(|(kind, list)| {
                let own = own.filter(|_| kind.is_call);
                let records = list?.in_order(&self.names, at, own, &kind.plural, &mut warnings);
                Some(List { records: Arc::new(records), whole: true })
            })
            .collect();
        let Self { call, names, members, texts, .. } = self;
        Case { id, at, call, lists, names: Arc::new(names), members, texts, warnings }
    }
}

impl Records {
    fn in_order(
        mut self,
        names: &StringInterner<StringBackend>,
        call_at: Instant,
        own: Option<Name>,
        plural: &str,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let words = |record: u32| self.ids.get(record as usize).and_then(|id| names.resolve(*id)).unwrap_or("");
        let mut order: Vec<u32> = Vec::with_capacity(self.ids.len());
        for (record, (id, time)) in (0u32..).zip(self.ids.iter().zip(&self.times)) {
            if Some(*id) == own {
                warnings.push(Warning::ThisCallInHistory { list: plural.to_owned() });
            } else if *time > call_at {
                warnings.push(Warning::LaterThanCall { list: plural.to_owned(), id: words(record).to_owned() });
            } else {
                order.push(record);
            }
        }
        let key = |record: &u32| (self.times.get(*record as usize).copied(), words(*record), *record);
        order.sort_unstable_by(|one, other| key(one).cmp(&key(other)));
        if order.len() < self.ids.len() || order.windows(2).any(|pair| matches!(pair, [one, next] if one > next)) {
            self.rearrange(&order);
        }
        self.index_ids(names, plural, warnings);
        self
    }

    /// Keeps the records of `order`, in that order, one column at a time so that no more than one is there twice.
    fn rearrange(&mut self, order: &[u32]) {
        self.ids = order.iter().filter_map(|record| self.ids.get(*record as usize).copied()).collect();
        self.times = order.iter().filter_map(|record| self.times.get(*record as usize).copied()).collect();
        self.positions = order.iter().filter_map(|record| self.positions.get(*record as usize).copied()).collect();
        let row = |record: u32| {
            self.values.get(record as usize * self.width..(record as usize + 1) * self.width).unwrap_or(&[])
        };
        let mut values = Vec::with_capacity(order.len() * self.width);
        order.iter().for_each(|record| values.extend_from_slice(row(*record)));
        self.values = values;
    }

    /// Notes where each id is. Of two records with one id the later is found, and both count.
    fn index_ids(&mut self, names: &StringInterner<StringBackend>, plural: &str, warnings: &mut Vec<Warning>) {
        self.by_id = (0u32..).zip(&self.ids).map(|(record, id)| (*id, record)).collect();
        self.by_id.sort_unstable();
        for pair in self.by_id.windows(2) {
            if let [(one, _), (other, _)] = pair
                && one == other
            {
                let id = names.resolve(*one).unwrap_or("").to_owned();
                warnings.push(Warning::ListedTwice { list: plural.to_owned(), id });
            }
        }
    }
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
