//! Policy -> Horizon: what of a call's history its rules can ask for, so that nothing else need be gathered.
//!
//! A selection of records is reached by its links: `by the same caller` asks for the records that name this call's caller, and a
//! follower `by that caller` for those that name the first record's. What it can mean lies within its spans. Records that it does
//! not reach answer no to it, whatever else they say, so leaving them out changes no decision.

mod find;

pub(crate) use find::horizon;

use crate::model::{FactId, FieldId, LinkTo, RecordId, Vocabulary};
use crate::text::{counted, spoken, with_article};
use crate::time::{Instant, Length, Zone};
use std::collections::BTreeSet;

/// What the rules of a policy can ask for, kind by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Horizon {
    /// One for each kind of record, in the order of the vocabulary.
    pub kinds: Vec<KindHorizon>,
    /// The facts of the call that lead to a record by its id, and the kind of record.
    pub linked: Vec<(FactId, RecordId)>,
    /// For each fact of the call what of it is read; none where nothing is.
    pub facts: Vec<Option<FieldRead>>,
}

/// What of a fact or field a policy reads, in a condition or to say it in a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldRead {
    /// All that it says.
    Whole,
    /// Of a text only which of these it holds, each as [`folded`](crate::text::folded) writes it.
    Phrases(BTreeSet<String>),
}

impl FieldRead {
    /// What both read together.
    #[must_use]
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Phrases(mut own), Self::Phrases(other)) => {
                own.extend(other);
                Self::Phrases(own)
            }
            _ => Self::Whole,
        }
    }

    /// Adds what somebody reads of a field to what is read of each.
    fn add(fields: &mut [Option<Self>], at: usize, read: Self) {
        if let Some(known) = fields.get_mut(at) {
            *known = Some(match known.take() {
                Some(known) => known.or(read),
                None => read,
            });
        }
    }

    fn add_all(fields: &mut Vec<Option<Self>>, others: Vec<Option<Self>>) {
        fields.resize(fields.len().max(others.len()), None);
        for (at, read) in others.into_iter().enumerate() {
            read.into_iter().for_each(|read| Self::add(fields, at, read));
        }
    }
}

/// What is asked of the records of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindHorizon {
    /// Each way in which some rule reaches them; none where no rule asks for any.
    pub ways: Vec<WayToReach>,
    /// The fields that rules follow to a record of a kind, by its id.
    pub links: Vec<(FieldId, RecordId)>,
    /// For each field what of it is read; none where nothing is.
    pub fields: Vec<Option<FieldRead>>,
}

/// One way to reach records: those that are linked in every way, not older than any span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayToReach {
    /// None where every record of the kind is meant.
    pub links: Vec<LinkTo>,
    /// The spans in which the record must lie, counted back from the call; none where it may be of any age.
    pub windows: Vec<Length>,
    /// From when on records are meant, where a rule names a day.
    pub since: Option<Instant>,
}

impl WayToReach {
    /// The earliest time at which a record may be and still be meant, for a call at a time.
    pub fn reaches_back_to(&self, at: Instant, zone: &Zone) -> Instant {
        let starts = self.windows.iter().map(|window| zone.before(at, *window));
        starts.chain(self.since).max().unwrap_or(Instant::MIN)
    }
}

impl Horizon {
    /// Whether some rule may look at a record of a kind: it counts them, or is led to one.
    pub fn asks_for(&self, kind: RecordId) -> bool {
        let is_counted = self.kinds.get(kind.index()).is_some_and(|asked| !asked.ways.is_empty());
        let mut links = self.kinds.iter().flat_map(|asked| asked.links.iter().map(|(_, to)| to));
        is_counted || links.any(|to| *to == kind) || self.linked.iter().any(|(_, to)| *to == kind)
    }

    /// What either asks for, of policies with one vocabulary.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.kinds.resize_with(self.kinds.len().max(other.kinds.len()), KindHorizon::default);
        for (own, other) in self.kinds.iter_mut().zip(other.kinds) {
            let new = other.ways.into_iter().filter(|way| !own.ways.contains(way)).collect::<Vec<_>>();
            own.ways.extend(new);
            let new = other.links.into_iter().filter(|link| !own.links.contains(link)).collect::<Vec<_>>();
            own.links.extend(new);
            FieldRead::add_all(&mut own.fields, other.fields);
        }
        FieldRead::add_all(&mut self.facts, other.facts);
        let new = other.linked.into_iter().filter(|link| !self.linked.contains(link)).collect::<Vec<_>>();
        self.linked.extend(new);
        self
    }

    /// What each list of the history must hold, in words, one line for each kind that is asked for.
    pub fn in_words(&self, vocabulary: &Vocabulary) -> Vec<String> {
        let named = |record: RecordId, field: FieldId| {
            let kind = vocabulary.records.get(record.index());
            let field = kind.and_then(|kind| kind.fields.get(field.index()));
            (kind.map_or("", |kind| kind.name.as_str()), field.map_or("", |field| field.name.as_str()))
        };
        let kinds = vocabulary.records.iter().zip(&self.kinds).filter(|(_, asked)| !asked.ways.is_empty());
        let lines = kinds.map(|(kind, asked)| {
            let field = |field: &FieldId| kind.fields.get(field.index()).map_or("", |field| field.name.as_str());
            let fact = |fact: &FactId| vocabulary.call.get(fact.index()).map_or("", |fact| fact.name.as_str());
            let way = |way: &WayToReach| {
                let links: Vec<String> = way
                    .links
                    .iter()
                    .map(|link| match link {
                        LinkTo::Fact { field: own, fact: of } => {
                            format!("with this call's {} as {}", fact(of), field(own))
                        }
                        LinkTo::Through { link, record, field: far, fact: of } => {
                            let (name, far) = named(*record, *far);
                            format!(
                                "whose {} leads to {} with this call's {} as {far}",
                                field(link),
                                with_article(name),
                                fact(of)
                            )
                        }
                        LinkTo::Record { field: own, record, of } => {
                            let (name, of) = named(*record, *of);
                            format!("with the {of} of {} that is reached as {}", with_article(name), field(own))
                        }
                    })
                    .collect();
                let links = if links.is_empty() { "all of them".to_owned() } else { spoken(&links, "and") };
                let spans: Vec<String> = way.windows.iter().map(|window| format!("within {window}")).collect();
                match (spans.is_empty(), way.since) {
                    (true, None) => format!("{links}, of any age"),
                    (true, Some(_)) => format!("{links}, since a day that a rule names"),
                    (false, _) => format!("{links}, {}", spoken(&spans, "and")),
                }
            };
            let ways: Vec<String> = asked.ways.iter().map(way).collect();
            format!("{} ({}): {}", kind.plural, counted(ways.len(), "way"), ways.join("; "))
        });
        lines.collect()
    }
}
