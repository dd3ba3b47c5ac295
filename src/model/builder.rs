//! Facts and records as they are read -> `Case`, in memory that serves one case after another.

use super::case::{Case, List, ListExtent};
use super::names::{NameTable, Texts, to_u32};
use super::sent::{Ordering, Sent};
use super::{FactId, LinkTo, Name, RecordId, Value, Vocabulary};
use crate::time::{Instant, Stamp};
use std::mem::swap;
use std::sync::Arc;

/// Gathers the parts of a case as they are read, and puts the records in order.
#[derive(Debug, Default)]
pub struct CaseBuilder {
    call: Vec<Value>,
    /// The records of each kind.
    lists: Vec<Sent>,
    names: NameTable,
    members: Vec<Name>,
    texts: Texts,
}

impl CaseBuilder {
    /// Nothing gathered yet, for cases of this vocabulary.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        Self {
            call: vec![Value::Unknown; vocabulary.call.len()],
            lists: vocabulary.records.iter().map(|kind| Sent::new(kind.fields.len())).collect(),
            names: NameTable::default(),
            members: Vec::new(),
            texts: Texts::default(),
        }
    }

    /// Forgets what was gathered, and keeps the memory.
    pub fn clear(&mut self) {
        self.call.fill(Value::Unknown);
        self.lists.iter_mut().for_each(Sent::clear);
        self.names.clear();
        self.members.clear();
        self.texts.clear();
    }

    /// Gives a fact its value, in place of any that it had.
    pub fn set(&mut self, fact: FactId, value: Value) {
        if let Some(slot) = self.call.get_mut(fact.index()) {
            *slot = value;
        }
    }

    /// Takes all facts at once, of which `values` holds one value for each, and leaves memory for the next in its place.
    pub fn swap_call(&mut self, values: &mut Vec<Value>) {
        values.resize(self.call.len(), Value::Unknown);
        swap(&mut self.call, values);
    }

    /// The name of somebody or something, the same for the same words.
    pub fn name(&mut self, words: &str) -> Name {
        self.names.get_or_add(words)
    }

    /// The value of a field that may hold several identities.
    pub fn identities<'a>(&mut self, people: impl IntoIterator<Item = &'a str>) -> Value {
        let start = self.members.len();
        people.into_iter().for_each(|person| self.member(person));
        self.members_from(start)
    }

    /// How many identities there are, in all the values that may hold several.
    pub fn member_count(&self) -> usize {
        self.members.len()
    }

    /// Adds an identity to the value that [`CaseBuilder::members_from`] makes.
    pub fn member(&mut self, person: &str) {
        let name = self.names.get_or_add(person);
        self.members.push(name);
    }

    /// The identities that were added since there were `start` of them.
    pub fn members_from(&self, start: usize) -> Value {
        Value::Identities { start: to_u32(start), len: to_u32(self.members.len().saturating_sub(start)) }
    }

    /// The value of a text.
    pub fn text(&mut self, text: impl AsRef<str>) -> Value {
        Value::Text(self.texts.push(text.as_ref()))
    }

    /// Says that the list of this kind was supplied, even if it turns out empty.
    pub fn supply(&mut self, kind: RecordId) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.supplied = true;
        }
    }

    /// Says that the list of this kind, where it is supplied, holds all records that are linked in one of these ways, and may lack
    /// others. Where it is left open too, or this is said twice, it may lack any.
    pub fn whole_by(&mut self, kind: RecordId, links: Vec<LinkTo>) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.open |= list.whole_by.is_some();
            list.whole_by = Some(links);
        }
    }

    /// Says that the list of this kind may lack any records.
    pub fn leave_open(&mut self, kind: RecordId) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.open = true;
        }
    }

    /// Says so of all lists.
    pub fn leave_all_open(&mut self) {
        self.lists.iter_mut().for_each(|list| list.open = true);
    }

    /// Adds a record in the order in which it was sent. `values` holds one value for each field of the kind.
    pub fn push(&mut self, kind: RecordId, id: Name, at: impl Into<Stamp>, values: &[Value]) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.push(id, at.into(), values);
        }
    }

    /// Puts each list in order and leaves out what the call cannot have known: records later than it, and itself.
    pub fn finish(mut self, vocabulary: &Vocabulary, id: String, at: Instant) -> Case {
        let mut case = Case::blank();
        self.finish_into(&mut case, vocabulary, &id, at);
        case
    }

    /// Does the same in the memory of a case that is no longer needed, and leaves that case's own memory to the next, which begins
    /// with [`CaseBuilder::clear`].
    pub fn finish_into(&mut self, case: &mut Case, vocabulary: &Vocabulary, id: &str, at: Instant) {
        id.clone_into(&mut case.id);
        case.at = at;
        case.warnings.clear();
        case.lists.resize_with(vocabulary.records.len(), List::default);
        let Self { lists, names, members, texts, .. } = self;
        let own = names.get(id);
        let same = |one: Value, other: Value| say_the_same(members, texts, one, other);
        for ((kind, sent), list) in vocabulary.records.iter().zip(lists).zip(&mut case.lists) {
            list.known = match (sent.supplied, sent.open || sent.whole_by.is_some()) {
                (true, false) => ListExtent::Whole,
                (true, true) => ListExtent::Part,
                (false, _) => ListExtent::Nothing,
            };
            list.whole_by.clear();
            if let Some(links) = sent.whole_by.take().filter(|_| !sent.open) {
                list.whole_by = links;
            }
            if sent.is_empty() && list.records.is_empty() {
                continue;
            }
            if let Some(records) = unshared(&mut list.records) {
                let own = own.filter(|_| kind.is_call);
                let by = Ordering { names, kind, call_at: at, own, same: &same };
                sent.put_in_order(records, &by, &mut case.warnings);
            }
        }
        if let Some(names) = unshared(&mut case.names) {
            swap(names, &mut self.names);
        }
        swap(&mut case.call, &mut self.call);
        swap(&mut case.members, &mut self.members);
        swap(&mut case.texts, &mut self.texts);
        self.call.resize(case.call.len(), Value::Unknown);
        // Not in the order of the records, which is nobody's concern.
        case.warnings.sort();
        case.warnings.dedup();
    }
}

/// Whether two values of one field say the same, in whatever order they name people.
fn say_the_same(members: &[Name], texts: &Texts, one: Value, other: Value) -> bool {
    let people = |start: u32, len: u32| {
        let start = start as usize;
        let mut people = members.get(start..start + len as usize).unwrap_or_default().to_vec();
        people.sort_unstable();
        people.dedup();
        people
    };
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => texts.get(one) == texts.get(other),
        (Value::Identities { start, len }, Value::Identities { start: other, len: others }) => {
            people(start, len) == people(other, others)
        }
        (one, other) => one == other,
    }
}

/// What is there, to be written over; something fresh where a copy of the case still reads it. It is always `Some`.
fn unshared<T: Default>(shared: &mut Arc<T>) -> Option<&mut T> {
    if Arc::strong_count(shared) > 1 {
        *shared = Arc::default();
    }
    Arc::get_mut(shared)
}
