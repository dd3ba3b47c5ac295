//! Whether a test of one value certainly passes wherever another passed, across two vocabularies by their names.

use super::sides::{Sides, never_longer};
use crate::check::Policy;
use crate::model::{FactId, FieldId, RecordId, Type};
use crate::semantics::{Predicate, Subject, Test};
use crate::syntax::tree::Comparison;

/// Whose fields are meant: the call's, or those of a kind of record, by its place in each vocabulary.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Call,
    Record { wide: RecordId, narrow: RecordId },
}

impl Place {
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Call => Self::Call,
            Self::Record { wide, narrow } => Self::Record { wide: narrow, narrow: wide },
        }
    }
}

pub(super) fn place_in(wide: RecordId, narrow: RecordId) -> Place {
    Place::Record { wide, narrow }
}

/// What a number is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    AtLeast(i64),
    AtMost(i64),
    Exactly(i64),
}

impl Bound {
    pub(super) fn of(comparison: Comparison, number: i64) -> Self {
        match comparison {
            Comparison::AtLeast => Self::AtLeast(number),
            Comparison::MoreThan => Self::AtLeast(number.saturating_add(1)),
            Comparison::AtMost => Self::AtMost(number),
            Comparison::FewerThan => Self::AtMost(number.saturating_sub(1)),
            Comparison::Exactly => Self::Exactly(number),
        }
    }

    /// Of how many there are: never fewer than none.
    pub(super) fn of_how_many(comparison: Comparison, number: i64) -> Self {
        match Self::of(comparison, number) {
            Self::Exactly(0) => Self::AtMost(0),
            bound => bound,
        }
    }

    /// Whether a number is within this bound wherever another was within the narrow one, given whether it is certainly
    /// no smaller than that, and whether it is certainly no larger.
    pub(super) fn covers(self, narrow: Self, no_smaller: impl Fn() -> bool, no_larger: impl Fn() -> bool) -> bool {
        match (self, narrow) {
            (Self::AtLeast(wide), Self::AtLeast(narrow) | Self::Exactly(narrow)) => wide <= narrow && no_smaller(),
            (Self::AtMost(wide), Self::AtMost(narrow) | Self::Exactly(narrow)) => wide >= narrow && no_larger(),
            (Self::Exactly(wide), Self::Exactly(narrow)) => wide == narrow && no_smaller() && no_larger(),
            _ => false,
        }
    }
}

/// Whether a test passes wherever the narrow one does.
pub(super) fn covers_test(sides: Sides<'_>, wide: &Test, narrow: &Test, place: Place) -> bool {
    let (at, theirs) = match place {
        Place::Call => (None, None),
        Place::Record { wide, narrow } => (Some(wide), Some(narrow)),
    };
    let (own, asked) = (Asked::new(sides.wide, at, wide.subject), Asked::new(sides.narrow, theirs, narrow.subject));
    own.name.is_some()
        && own.name == asked.name
        && match (&wide.predicate, &narrow.predicate) {
            (Predicate::Moment { relation, other }, Predicate::Moment { relation: asked_for, other: asked }) => {
                let (own, asked) = (Asked::new(sides.wide, at, *other), Asked::new(sides.narrow, theirs, *asked));
                relation == asked_for && own.name.is_some() && own.name == asked.name
            }
            (wide, narrow) => covers(sides, (own, wide), (asked, narrow)),
        }
}

/// What a test asks about.
struct Asked<'p> {
    /// Kind and names, the same in every vocabulary; none where something has no name.
    name: Option<Vec<&'p str>>,
    ty: Option<&'p Type>,
}

impl<'p> Asked<'p> {
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

fn covers(sides: Sides<'_>, (own, wide): (Asked<'_>, &Predicate), (asked, narrow): (Asked<'_>, &Predicate)) -> bool {
    use Predicate as P;
    let holds_all = |wide: u64, narrow: u64| within(&asked.named(narrow), &own.named(wide));
    let holds_only = |wide: u64, narrow: u64| within(&own.named(wide), &asked.named(narrow));
    match (wide, narrow) {
        (P::OneOf { values: wide, not: false }, P::OneOf { values: narrow, not: false })
        | (P::Include { flags: wide, all: false }, P::Include { flags: narrow, all: false }) => {
            holds_all(*wide, *narrow)
        }
        (P::OneOf { values: wide, not: true }, P::OneOf { values: narrow, not: true })
        | (P::Include { flags: wide, all: true }, P::Include { flags: narrow, all: true })
        | (P::Exclude { flags: wide }, P::Exclude { flags: narrow }) => holds_only(*wide, *narrow),
        (P::Compare(by, number), P::Compare(theirs, asked_for)) => {
            let (bound, asked_for) = (Bound::of(*by, *number), Bound::of(*theirs, *asked_for));
            match (own.values(), asked.values()) {
                (own, asked) if own == asked => bound.covers(asked_for, || true, || true),
                (own, asked) => {
                    translated(asked_for, asked, own).is_some_and(|asked| bound.covers(asked, || true, || true))
                }
            }
        }
        (P::Ago(by, wide), P::Ago(theirs, narrow)) if by == theirs => match by {
            Comparison::AtLeast | Comparison::MoreThan => never_longer(*wide, *narrow),
            Comparison::AtMost | Comparison::FewerThan => never_longer(*narrow, *wide),
            Comparison::Exactly => wide == narrow,
        },
        (P::Within(wide), P::Within(narrow)) | (P::WithinNext(wide), P::WithinNext(narrow)) => {
            never_longer(*narrow, *wide)
        }
        (P::Mention(wide), P::Mention(narrow)) => narrow.iter().all(|phrase| wide.contains(phrase)),
        (P::Calendar { calendar, not }, P::Calendar { calendar: theirs, not: other }) => {
            let name = |policy: &Policy, at: usize| policy.calendars.get(at).map(|calendar| calendar.name.clone());
            not == other && name(sides.wide, *calendar) == name(sides.narrow, *theirs)
        }
        (P::Same { fact, not }, P::Same { fact: theirs, not: other }) => {
            not == other && fact_name(sides.wide, *fact) == fact_name(sides.narrow, *theirs)
        }
        // What remains holds no place in a vocabulary, so that it means the same wherever it is equal.
        (
            P::Is(_)
            | P::Passed
            | P::ToCome
            | P::Day { .. }
            | P::Clock { .. }
            | P::Weekday { .. }
            | P::IsNone { .. }
            | P::InForce { .. },
            _,
        ) => wide == narrow,
        _ => false,
    }
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
