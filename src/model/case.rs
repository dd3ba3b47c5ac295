//! One call with its history, checked against the vocabulary: the evaluator's only input.

use super::names::{NameTable, Texts};
use super::{FactId, LinkTo, Name, RecordId, Records, Value, Warning};
use crate::time::{Instant, Stamp};
use std::sync::Arc;

/// One call and its history. A fact that is missing is [`Value::Unknown`]; a list that is missing is `None`,
/// which is not the same as an empty one.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The call's own id.
    pub id: String,
    /// When the call came in.
    pub at: Instant,
    pub(super) call: Vec<Value>,
    pub(super) lists: Vec<List>,
    pub(super) names: Arc<NameTable>,
    pub(super) members: Vec<Name>,
    pub(super) texts: Texts,
    /// What was odd about the case, though it could be used.
    pub warnings: Vec<Warning>,
}

/// A list of the history. It is shared, so that a case with another fact is soon made.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct List {
    pub(super) records: Arc<Records>,
    pub(super) known: ListExtent,
    /// Of a list that is known in part: by which links all records are there.
    pub(super) whole_by: Vec<LinkTo>,
}

/// How much is known of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ListExtent {
    /// The list could not be had; there are no records in it.
    #[default]
    Nothing,
    /// Some records, but there may be others.
    Part,
    Whole,
}

impl Case {
    /// A case of which nothing is known.
    pub fn blank() -> Self {
        Self {
            id: String::new(),
            at: Instant(0),
            call: Vec::new(),
            lists: Vec::new(),
            names: Arc::default(),
            members: Vec::new(),
            texts: Texts::default(),
            warnings: Vec::new(),
        }
    }

    /// The value of a fact of the call; [`Value::Unknown`] when it is not known or the case has no such fact.
    #[inline]
    pub fn fact(&self, fact: FactId) -> Value {
        self.call.get(fact.index()).copied().unwrap_or(Value::Unknown)
    }

    /// A fact where it lies; `None` is not known either.
    #[inline]
    pub(crate) fn fact_ref(&self, fact: FactId) -> Option<&Value> {
        self.call.get(fact.index())
    }

    /// The records of a kind that are not later than the call; `None` when the list could not be had.
    #[inline]
    pub fn records(&self, kind: RecordId) -> Option<&Records> {
        let list = self.lists.get(kind.index())?;
        (list.known != ListExtent::Nothing).then_some(&*list.records)
    }

    /// Whether the records of a kind are all that there are. Else there may be others, as when the list could not be had.
    #[inline]
    pub fn is_whole(&self, kind: RecordId) -> bool {
        self.lists.get(kind.index()).is_some_and(|list| list.known == ListExtent::Whole)
    }

    /// Whether the records of a kind that share all of these with the call, or with a record of the case, are all that there are: the
    /// list is whole, or it is by one of these links, of which the call's fact is known.
    pub fn is_whole_by(&self, kind: RecordId, links: &[LinkTo]) -> bool {
        let Some(list) = self.lists.get(kind.index()) else { return false };
        let leads_somewhere = |link: &LinkTo| link.fact().is_none_or(|fact| self.fact(fact) != Value::Unknown);
        list.known == ListExtent::Whole
            || list.whole_by.iter().any(|link| links.contains(link) && leads_somewhere(link))
    }

    /// By which links the list of a kind holds all records, where it is not whole.
    pub fn whole_by(&self, kind: RecordId) -> &[LinkTo] {
        self.lists.get(kind.index()).map(|list| list.whole_by.as_slice()).unwrap_or_default()
    }

    /// For each kind of record how many there are, and whether these are all that there are.
    #[inline]
    pub fn sizes(&self) -> impl Iterator<Item = (usize, bool)> {
        self.lists.iter().map(|list| (list.records.len(), list.known == ListExtent::Whole))
    }

    /// The times of the call and of every record.
    pub fn times(&self) -> impl Iterator<Item = Instant> {
        let records = self.lists.iter().flat_map(|list| list.records.times().iter().copied());
        std::iter::once(self.at).chain(records)
    }

    /// How many records there are, of all kinds.
    pub fn record_count(&self) -> usize {
        self.lists.iter().map(|list| list.records.len()).sum()
    }

    /// The words of a name of this case.
    pub fn name(&self, name: Name) -> &str {
        self.names.words(name)
    }

    /// The ids of some records, oldest first and each once.
    pub fn ids_in_order(&self, records: &[(RecordId, usize)]) -> impl Iterator<Item = &str> {
        let found = |(kind, index): &(RecordId, usize)| {
            let records = self.records(*kind)?;
            Some((records.stamp(*index), self.name(records.id(*index)?)))
        };
        // The records of one kind are in order as they stand, and nearly always they are of one kind.
        let stand = records.is_sorted_by(|(kind, index), (next_kind, next)| kind == next_kind && index < next);
        let (standing, others) = if stand { (records, &[][..]) } else { (&[][..], records) };
        let mut others: Vec<(Stamp, &str)> = others.iter().filter_map(found).collect();
        others.sort_unstable();
        let mut last = None;
        let ids = standing.iter().filter_map(found).chain(others);
        ids.filter(move |id| last.replace(*id) != Some(*id)).map(|(_, id)| id)
    }

    /// The text at a place, as [`Value::Text`] holds it; empty when the case has no such text.
    pub fn text(&self, at: u32) -> &str {
        self.texts.get(at).unwrap_or("")
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
