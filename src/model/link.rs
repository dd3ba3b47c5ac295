//! Two fields that name the same person, place or record -> `LinkTo`: by what records are found, and the words for it in a case.

use super::{FactId, Field, FieldId, RecordId, RecordKind, Type, Vocabulary};
use crate::text::with_article;
use std::fmt;

/// What a record shares, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkTo {
    /// A field names somebody whom a fact of the call names.
    Fact {
        /// The record's field.
        field: FieldId,
        /// The fact of the call.
        fact: FactId,
    },
    /// A field leads to a record of a kind, of which a field names somebody whom a fact of the call names.
    Through {
        /// The record's field that holds the other's id.
        link: FieldId,
        /// The kind of the other record.
        record: RecordId,
        /// The other record's field.
        field: FieldId,
        /// The fact of the call.
        fact: FactId,
    },
    /// A field names somebody whom a field of another record of the case names.
    Record {
        /// The record's field.
        field: FieldId,
        /// The kind of the other record.
        record: RecordId,
        /// The other record's field.
        of: FieldId,
    },
}

/// A link in words, as a case says it.
#[derive(Clone, Copy, Debug)]
pub struct LinkWords<'v> {
    link: LinkTo,
    kind: &'v RecordKind,
    vocabulary: &'v Vocabulary,
}

const IS: &str = " is ";
const THIS_CALL: &str = "this call's ";
const OF: &str = "'s ";

impl LinkTo {
    /// The words for it, of records of a kind: `victim is this call's victim`, `order's suspect is this call's suspect`,
    /// `caller is an incident's victim`. [`LinkTo::parse`] reads them.
    pub fn words<'v>(&self, kind: &'v RecordKind, vocabulary: &'v Vocabulary) -> LinkWords<'v> {
        LinkWords { link: *self, kind, vocabulary }
    }

    /// Reads the words for a link of records of a kind; `None` where they say nothing of the sort, or name what does not name
    /// anybody.
    pub fn parse(words: &str, kind: &RecordKind, vocabulary: &Vocabulary) -> Option<Self> {
        let (own, other) = words.split_once(IS)?;
        if let Some(fact) = other.strip_prefix(THIS_CALL) {
            let fact = naming(&vocabulary.call, fact).map(FactId)?;
            return match own.split_once(OF) {
                None => Some(Self::Fact { field: naming(&kind.fields, own).map(FieldId)?, fact }),
                Some((link, field)) => {
                    let link = naming(&kind.fields, link).map(FieldId)?;
                    let Type::Link { record } = kind.fields.get(link.index())?.ty else { return None };
                    let field = naming(&vocabulary.records.get(record.index())?.fields, field).map(FieldId)?;
                    Some(Self::Through { link, record, field, fact })
                }
            };
        }
        let (article, other) = other.split_once(' ')?;
        let (record, of) = other.split_once(OF)?;
        if format!("{article} {record}") != with_article(record) {
            return None;
        }
        let record = vocabulary.record(record)?;
        let field = naming(&kind.fields, own).map(FieldId)?;
        let of = naming(&vocabulary.records.get(record.index())?.fields, of).map(FieldId)?;
        Some(Self::Record { field, record, of })
    }

    /// A regular expression for the words of every link that records of a kind can have; none where nothing of theirs names anybody.
    pub fn pattern(kind: &RecordKind, vocabulary: &Vocabulary) -> Option<String> {
        let own = names_of(&kind.fields);
        if own.is_empty() {
            return None;
        }
        let any = |names: &[&str]| format!("({})", names.join("|"));
        let through = kind.fields.iter().filter_map(|field| {
            let Type::Link { record } = field.ty else { return None };
            let far = names_of(&vocabulary.records.get(record.index())?.fields);
            (!far.is_empty()).then(|| format!("{}{OF}{}", field.name, any(&far)))
        });
        let subjects: Vec<String> = std::iter::once(any(&own)).chain(through).collect();
        let facts = names_of(&vocabulary.call);
        let of_call = (!facts.is_empty()).then(|| format!("({}){IS}{THIS_CALL}{}", subjects.join("|"), any(&facts)));
        let records = vocabulary.records.iter().filter_map(|other| {
            let far = names_of(&other.fields);
            (!far.is_empty()).then(|| format!("{}{OF}{}", with_article(&other.name), any(&far)))
        });
        let records: Vec<String> = records.collect();
        let of_record = format!("{}{IS}({})", any(&own), records.join("|"));
        let all: Vec<String> = of_call.into_iter().chain([of_record]).collect();
        Some(format!("^({})$", all.join("|")))
    }

    /// A link that records of a kind can have, to show how one is written: a field that names somebody, with the fact of its name.
    pub fn example(kind: &RecordKind, vocabulary: &Vocabulary) -> Option<Self> {
        let fields = (0u16..).map(FieldId).zip(&kind.fields).filter(|(_, field)| names_somebody(field));
        let linked = |(field, declared): (FieldId, &Field)| {
            let fact = naming(&vocabulary.call, &declared.name).map(FactId)?;
            Some(Self::Fact { field, fact })
        };
        fields.filter_map(linked).next()
    }

    /// Whether the field of records of a kind that it goes by names somebody, or something that is one of its kind, and not what sort
    /// of thing the record is.
    pub fn names_somebody(&self, kind: RecordId, vocabulary: &Vocabulary) -> bool {
        let (kind, field) = match *self {
            Self::Fact { field, .. } | Self::Record { field, .. } => (kind, field),
            Self::Through { record, field, .. } => (record, field),
        };
        let kind = vocabulary.records.get(kind.index());
        kind.and_then(|kind| kind.fields.get(field.index())).is_some_and(names_somebody)
    }

    /// The fact of the call that has to be known for it to lead to any record; none where another record leads to it.
    pub fn fact(&self) -> Option<FactId> {
        match self {
            Self::Fact { fact, .. } | Self::Through { fact, .. } => Some(*fact),
            Self::Record { .. } => None,
        }
    }
}

/// The place of a field by its name, if it names somebody or something.
fn naming(fields: &[Field], name: &str) -> Option<u16> {
    let place = fields.iter().position(|field| field.name == name)?;
    u16::try_from(place).ok().filter(|_| fields.get(place).is_some_and(names_somebody))
}

/// The names of the fields that name somebody or something.
fn names_of(fields: &[Field]) -> Vec<&str> {
    fields.iter().filter(|field| names_somebody(field)).map(|field| field.name.as_str()).collect()
}

fn names_somebody(field: &Field) -> bool {
    matches!(field.ty, Type::Identity { .. } | Type::Link { .. })
}

impl fmt::Display for LinkWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |fields: &[Field], at: usize| fields.get(at).map_or(String::new(), |field| field.name.clone());
        let kind_of = |record: RecordId| self.vocabulary.records.get(record.index());
        let far = |record: RecordId, at: FieldId| kind_of(record).map(|kind| name(&kind.fields, at.index()));
        let own = |field: FieldId| name(&self.kind.fields, field.index());
        let of_call = |fact: FactId| name(&self.vocabulary.call, fact.index());
        match self.link {
            LinkTo::Fact { field, fact } => write!(f, "{}{IS}{THIS_CALL}{}", own(field), of_call(fact)),
            LinkTo::Through { link, record, field, fact } => {
                let field = far(record, field).unwrap_or_default();
                write!(f, "{}{OF}{field}{IS}{THIS_CALL}{}", own(link), of_call(fact))
            }
            LinkTo::Record { field, record, of } => {
                let kind = kind_of(record).map_or("", |kind| kind.name.as_str());
                write!(f, "{}{IS}{}{OF}{}", own(field), with_article(kind), far(record, of).unwrap_or_default())
            }
        }
    }
}
