//! Whether a test of one value certainly passes wherever another passed, across two vocabularies by their names.

use super::sides::Sides;
use crate::check::Policy;
use crate::model::{FactId, FieldId, RecordId, Type};
use crate::semantics::{Bound, Names, Subject, Test};
use crate::time::Length;

/// Whose fields are meant: the call's, or those of a kind of record, by its place in each vocabulary.
#[derive(Clone, Copy)]
pub(super) enum FieldOwner {
    Call,
    Record { wide: RecordId, narrow: RecordId },
}

impl FieldOwner {
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Call => Self::Call,
            Self::Record { wide, narrow } => Self::Record { wide: narrow, narrow: wide },
        }
    }
}

pub(super) fn place_in(wide: RecordId, narrow: RecordId) -> FieldOwner {
    FieldOwner::Record { wide, narrow }
}

/// Whether a test passes wherever the narrow one does.
pub(super) fn covers_test(sides: Sides<'_>, wide: &Test, narrow: &Test, place: FieldOwner) -> bool {
    let (at, theirs) = match place {
        FieldOwner::Call => (None, None),
        FieldOwner::Record { wide, narrow } => (Some(wide), Some(narrow)),
    };
    let (own, asked) =
        (ComparedValue::new(sides.wide, at, wide.subject), ComparedValue::new(sides.narrow, theirs, narrow.subject));
    own.is_named_as(&asked)
        && wide.predicate.covers(&narrow.predicate, &Across { sides, place: (at, theirs), own, asked })
}

/// The vocabularies of two tests, and what each asks about.
struct Across<'p> {
    sides: Sides<'p>,
    place: (Option<RecordId>, Option<RecordId>),
    own: ComparedValue<'p>,
    asked: ComparedValue<'p>,
}

impl Names for Across<'_> {
    fn among(&self, narrow: u64, wide: u64) -> bool {
        within(&self.asked.named(narrow), &self.own.named(wide))
    }

    fn contain(&self, wide: u64, narrow: u64) -> bool {
        within(&self.own.named(wide), &self.asked.named(narrow))
    }

    fn bound(&self, narrow: Bound) -> Option<Bound> {
        let (own, asked) = (self.own.values(), self.asked.values());
        if own == asked { Some(narrow) } else { translated(narrow, asked, own) }
    }

    fn skips_all_of(&self, wide: usize, narrow: usize) -> bool {
        // What became of a calendar's days is held for itself, so that the name is enough.
        let name = |policy: &Policy, at: usize| policy.calendars.get(at).map(|calendar| calendar.name.clone());
        name(self.sides.wide, wide) == name(self.sides.narrow, narrow)
    }

    fn counts_all_of(&self, wide: usize, narrow: usize) -> bool {
        self.skips_all_of(wide, narrow)
    }

    fn is_same_fact(&self, wide: FactId, narrow: FactId) -> bool {
        fact_name(self.sides.wide, wide) == fact_name(self.sides.narrow, narrow)
    }

    fn never_longer(&self, one: Length, other: Length, passes_over_days: bool) -> bool {
        self.sides.never_longer(one, other, passes_over_days)
    }

    fn is_same_subject(&self, wide: Subject, narrow: Subject) -> bool {
        let (at, theirs) = self.place;
        ComparedValue::new(self.sides.wide, at, wide).is_named_as(&ComparedValue::new(
            self.sides.narrow,
            theirs,
            narrow,
        ))
    }
}

/// What a test asks about.
struct ComparedValue<'p> {
    /// Kind and names, the same in every vocabulary; none where something has no name.
    name: Option<Vec<&'p str>>,
    ty: Option<&'p Type>,
}

impl<'p> ComparedValue<'p> {
    fn new(policy: &'p Policy, record: Option<RecordId>, subject: Subject) -> Self {
        let vocabulary = &policy.vocabulary;
        let field_of =
            |record: RecordId, field: FieldId| vocabulary.records.get(record.index())?.fields.get(field.index());
        let record_name = |record: RecordId| vocabulary.records.get(record.index()).map(|kind| kind.name.as_str());
        let none = || Self { name: None, ty: None };
        match subject {
            Subject::Fact(fact) => match vocabulary.call.get(fact.index()) {
                Some(fact) => Self { name: Some(vec!["fact", &fact.name]), ty: Some(&fact.ty) },
                None => none(),
            },
            Subject::Field(field) => match record.and_then(|record| field_of(record, field)) {
                Some(field) => Self { name: Some(vec!["field", &field.name]), ty: Some(&field.ty) },
                None => none(),
            },
            Subject::CallTime => Self { name: Some(vec!["time of the call"]), ty: None },
            Subject::RecordTime => Self { name: Some(vec!["time"]), ty: None },
            Subject::Record(kind) => Self { name: record_name(kind).map(|kind| vec!["record", kind]), ty: None },
            Subject::Linked { link, record: kind } => {
                let link = link_name(policy, record, link);
                Self { name: link.zip(record_name(kind)).map(|(link, kind)| vec!["linked", link, kind]), ty: None }
            }
            Subject::Through { link, record: kind, field } => {
                let (link, field) = (link_name(policy, record, link), field_of(kind, field));
                match (link, record_name(kind), field) {
                    (Some(link), Some(kind), Some(field)) => {
                        Self { name: Some(vec!["through", link, kind, &field.name]), ty: Some(&field.ty) }
                    }
                    _ => none(),
                }
            }
        }
    }

    fn is_named_as(&self, other: &Self) -> bool {
        self.name.is_some() && self.name == other.name
    }

    fn values(&self) -> &'p [String] {
        match self.ty {
            Some(Type::Choice { values, .. } | Type::Flags { values }) => values,
            _ => &[],
        }
    }

    fn named(&self, bits: u64) -> Vec<&'p str> {
        let values = self.values().iter().enumerate();
        values
            .filter(|(at, _)| bits.checked_shr(u32::try_from(*at).unwrap_or(u32::MAX)).unwrap_or(0) & 1 == 1)
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

fn link_name(policy: &Policy, record: Option<RecordId>, link: FieldId) -> Option<&str> {
    Some(&policy.vocabulary.records.get(record?.index())?.fields.get(link.index())?.name)
}

/// A bound of places among the values of a choice, as places among values to which others may have been added.
fn translated(bound: Bound, from: &[String], to: &[String]) -> Option<Bound> {
    let place = |at: i64| {
        let name = from.get(usize::try_from(at).ok()?)?;
        i64::try_from(to.iter().position(|known| known == name)?).ok()
    };
    Some(match bound {
        Bound::AtLeast(at) => Bound::AtLeast(place(at)?),
        Bound::AtMost(at) => Bound::AtMost(place(at)?),
        Bound::Exactly(at) => Bound::Exactly(place(at)?),
    })
}

fn within(some: &[&str], all: &[&str]) -> bool {
    some.iter().all(|one| all.contains(one))
}

fn fact_name(policy: &Policy, fact: FactId) -> Option<&str> {
    policy.vocabulary.call.get(fact.index()).map(|fact| fact.name.as_str())
}
