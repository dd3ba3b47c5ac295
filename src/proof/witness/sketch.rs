//! A case <-> a sketch of it that can still be changed: facts by name, times by how far from the call they lie.

use crate::model::{Case, CaseBuilder, FactId, FieldId, IdentityKind, LinkTo, RecordId, Type, Value, Vocabulary};
use crate::time::{Instant, Length, Zone};
use std::collections::BTreeMap;

/// What a call is called.
const THIS_CALL: &str = "this-call";

/// One call with its history, before it is a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sketch {
    /// When the call came in.
    pub at: Instant,
    /// The facts of the call. One that is missing is not known.
    pub call: BTreeMap<FactId, Val>,
    /// The list of each kind of record, in any order; `None` for one that is not available.
    pub lists: Vec<Option<Vec<Rec>>>,
    /// Those lists that may lack records, each with the links by which it lacks none. Of a list that is not available it says nothing.
    pub in_part: BTreeMap<RecordId, Vec<LinkTo>>,
}

/// A record of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rec {
    /// Its id, by which other records lead to it.
    pub id: String,
    /// When it was. The call knows nothing of a record that is later than itself.
    pub at: When,
    /// Its fields. One that is missing is not known.
    pub fields: BTreeMap<FieldId, Val>,
}

/// A value, as [`Value`] holds it, with its words in place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Val {
    /// Nobody has said.
    Unknown,
    /// Known not to exist.
    None,
    /// Yes for `true`.
    YesNo(bool),
    /// The value at this place of its list.
    Choice(u16),
    /// Bit `n` is set when the flag at position `n` is.
    Flags(u64),
    /// A whole number.
    Number(i64),
    /// Seconds.
    Duration(i64),
    /// A moment.
    Time(When),
    /// Any text.
    Text(String),
    /// Somebody or something, or the record of this id.
    Id(String),
    /// Several.
    Ids(Vec<String>),
}

/// A time as a length before or after the call, and some seconds later than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct When {
    /// A length on the calendar; none for a time that lies so many seconds from the call.
    pub length: Option<Length>,
    /// Whether the length lies before the call.
    pub before: bool,
    /// Seconds that are added.
    pub shift: i64,
}

impl When {
    /// So long before the call.
    pub fn before(length: Length) -> Self {
        Self { length: Some(length), before: true, shift: 0 }
    }

    /// So long after the call.
    pub fn after(length: Length) -> Self {
        Self { length: Some(length), before: false, shift: 0 }
    }

    /// Seconds from the call, later ones positive.
    pub fn shifted(seconds: i64) -> Self {
        Self { length: None, before: true, shift: seconds }
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus(self, seconds: i64) -> Self {
        Self { shift: self.shift + seconds, ..self }
    }

    /// The time, for a call at a moment.
    pub fn instant(self, call: Instant, zone: &Zone) -> Instant {
        let base = match (self.length, self.before) {
            (None, _) => call,
            (Some(length), true) => zone.before(call, length),
            (Some(length), false) => zone.after(call, length),
        };
        base.plus_seconds(self.shift)
    }

    /// As a test file writes it: `24 hours and 1 minute before`.
    pub fn words(self) -> String {
        let size = |seconds: i64| {
            let seconds = seconds.abs();
            let (amount, unit) = match seconds {
                _ if seconds % 86_400 == 0 && seconds > 0 => (seconds / 3600, "hour"),
                _ if seconds % 3600 == 0 => (seconds / 3600, "hour"),
                _ if seconds % 60 == 0 => (seconds / 60, "minute"),
                _ => (seconds, "second"),
            };
            if amount == 1 { format!("1 {unit}") } else { format!("{amount} {unit}s") }
        };
        let side = |before| if before { "before" } else { "after" };
        match (self.length, self.shift) {
            (Some(length), 0) => format!("{length} {}", side(self.before)),
            (Some(length), shift) => {
                let joiner = if (shift < 0) == self.before { "and" } else { "less" };
                format!("{length} {joiner} {} {}", size(shift), side(self.before))
            }
            (None, shift) => format!("{} {}", size(shift), side(shift <= 0)),
        }
    }
}

impl Sketch {
    /// A call at a quiet hour of a working day, in which everybody is somebody else, with nothing on record.
    pub fn plain(vocabulary: &Vocabulary, at: Instant) -> Self {
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        let mut call = BTreeMap::new();
        for (fact, field) in (0..).map(FactId).zip(&vocabulary.call) {
            if let Type::Identity { kind, many } = field.ty {
                let count = counts.entry(kind.0).or_default();
                *count += 1;
                let name = somebody(vocabulary, kind, *count);
                call.insert(fact, if many { Val::Ids(vec![name]) } else { Val::Id(name) });
            }
        }
        Self { at, call, lists: vec![Some(Vec::new()); vocabulary.records.len()], in_part: BTreeMap::new() }
    }

    /// The sketch of a case, with every time as seconds from the call. It drops the id of the call, what of the case was left out,
    /// and fractions of a second.
    pub fn of(case: &Case, vocabulary: &Vocabulary) -> Self {
        let known = |value: Value| Val::of(value, case);
        let facts = (0..).map(FactId).zip(&vocabulary.call).map(|(fact, _)| (fact, case.fact(fact)));
        let call = facts.filter(|(_, value)| *value != Value::Unknown).map(|(fact, value)| (fact, known(value)));
        let list = |kind: RecordId, fields: usize| {
            let records = case.records(kind)?;
            let record = |at: usize| {
                let values = (0..).map(FieldId).take(fields).map(|field| (field, records.value(at, field)));
                let values = values.filter(|(_, value)| *value != Value::Unknown);
                let id = records.id(at).map_or_else(String::new, |id| case.name(id).to_owned());
                let at = When::shifted(records.time(at).0 - case.at.0);
                Rec { id, at, fields: values.map(|(field, value)| (field, known(value))).collect() }
            };
            // Of a record that was given with several times, the one that was later than the call is said again.
            let doubted = (0..records.len()).filter(|at| records.is_other_time_later(*at));
            let later = doubted.map(|at| Rec { at: When::shifted(1), ..record(at) });
            Some((0..records.len()).map(record).chain(later).collect())
        };
        let kinds = (0..).map(RecordId).zip(&vocabulary.records);
        let lists = kinds.map(|(kind, declared)| list(kind, declared.fields.len())).collect();
        let kinds = (0..).map(RecordId).take(vocabulary.records.len());
        let in_part = kinds.filter(|kind| case.records(*kind).is_some() && !case.is_whole(*kind));
        let in_part = in_part.map(|kind| (kind, case.whole_by(kind).to_vec())).collect();
        Self { at: case.at, call: call.collect(), lists, in_part }
    }

    /// About how much there is of it, in values.
    pub fn size(&self) -> usize {
        let records = self.lists.iter().flatten().flatten();
        records.fold(1 + self.call.len(), |size, record| size + 2 + record.fields.len())
    }

    /// The records of a kind, where the vocabulary has it; a list that was not available is one without records from then on.
    pub fn list(&mut self, kind: RecordId) -> Option<&mut Vec<Rec>> {
        self.lists.get_mut(kind.index()).map(|list| list.get_or_insert_with(Vec::new))
    }

    /// A record by its place in its list.
    pub fn record(&self, kind: RecordId, index: usize) -> Option<&Rec> {
        self.lists.get(kind.index())?.as_ref()?.get(index)
    }

    /// A record by its place in its list, to be changed.
    pub fn record_mut(&mut self, kind: RecordId, index: usize) -> Option<&mut Rec> {
        self.lists.get_mut(kind.index())?.as_mut()?.get_mut(index)
    }

    /// Adds a record and says where it stands.
    pub fn add(&mut self, vocabulary: &Vocabulary, kind: RecordId, at: When) -> Option<usize> {
        let name = vocabulary.records.get(kind.index())?.name.clone();
        let list = self.list(kind)?;
        let free = (1..).find(|number| !list.iter().any(|it| it.id == format!("{name}-{number}")))?;
        list.push(Rec { id: format!("{name}-{free}"), at, fields: BTreeMap::new() });
        Some(list.len() - 1)
    }

    /// The case that it stands for.
    pub fn case(&self, vocabulary: &Vocabulary, zone: &Zone) -> Case {
        let mut builder = CaseBuilder::new(vocabulary);
        for (fact, value) in &self.call {
            let value = self.value(value, zone, &mut builder);
            builder.set(*fact, value);
        }
        for ((kind, declared), list) in (0..).map(RecordId).zip(&vocabulary.records).zip(&self.lists) {
            let Some(records) = list else { continue };
            builder.supply(kind);
            if let Some(links) = self.in_part.get(&kind) {
                builder.whole_by(kind, links.clone());
            }
            for record in records {
                let fields = (0..).map(FieldId).zip(&declared.fields);
                let values: Vec<Value> = fields
                    .map(|(field, _)| {
                        let value = record.fields.get(&field).unwrap_or(&Val::Unknown);
                        self.value(value, zone, &mut builder)
                    })
                    .collect();
                let id = builder.name(&record.id);
                builder.push(kind, id, record.at.instant(self.at, zone), &values);
            }
        }
        builder.finish(vocabulary, self.call_id(), self.at)
    }

    /// What the call is called: not as a record is, which would be taken for the call itself.
    fn call_id(&self) -> String {
        let is_taken = |id: &str| self.lists.iter().flatten().flatten().any(|record| record.id == id);
        let more = (2..).map(|number: u32| format!("{THIS_CALL}-{number}"));
        let mut ids = std::iter::once(THIS_CALL.to_owned()).chain(more);
        ids.find(|id| !is_taken(id)).unwrap_or_default()
    }

    fn value(&self, value: &Val, zone: &Zone, builder: &mut CaseBuilder) -> Value {
        match value {
            Val::Unknown => Value::Unknown,
            Val::None => Value::None,
            Val::YesNo(answer) => Value::YesNo(*answer),
            Val::Choice(at) => Value::Choice(*at),
            Val::Flags(flags) => Value::Flags(*flags),
            Val::Number(number) => Value::Number(*number),
            Val::Duration(seconds) => Value::Duration(*seconds),
            Val::Time(when) => Value::Time(when.instant(self.at, zone)),
            Val::Text(text) => builder.text(text),
            Val::Id(name) => Value::Identity(builder.name(name)),
            Val::Ids(names) => builder.identities(names.iter().map(String::as_str)),
        }
    }
}

impl Val {
    fn of(value: Value, case: &Case) -> Self {
        match value {
            Value::Unknown => Self::Unknown,
            Value::None => Self::None,
            Value::YesNo(answer) => Self::YesNo(answer),
            Value::Choice(at) => Self::Choice(at),
            Value::Flags(flags) => Self::Flags(flags),
            Value::Number(number) => Self::Number(number),
            Value::Duration(seconds) => Self::Duration(seconds),
            Value::Time(at) => Self::Time(When::shifted(at.0 - case.at.0)),
            Value::Text(at) => Self::Text(case.text(at).to_owned()),
            Value::Identity(name) => Self::Id(case.name(name).to_owned()),
            Value::Identities { .. } => {
                Self::Ids(case.identities(&value).iter().map(|name| case.name(*name).to_owned()).collect())
            }
        }
    }
}

/// `person-2`, `address-1`.
pub fn somebody(vocabulary: &Vocabulary, kind: IdentityKind, number: usize) -> String {
    let kind = vocabulary.identities.get(kind.index()).map_or("somebody", String::as_str);
    format!("{kind}-{number}")
}

/// The names that an identity's value holds.
pub fn names(value: Option<&Val>) -> Vec<String> {
    match value {
        Some(Val::Id(name)) => vec![name.clone()],
        Some(Val::Ids(names)) => names.clone(),
        _ => Vec::new(),
    }
}
