//! A case that can still be changed: facts by name, times by how far from the call they lie.

use crate::model::{Case, CaseBuilder, FactId, Field, FieldId, IdentityKind, RecordId, Type, Value, Vocabulary};
use crate::time::{Instant, Length, Zone};
use std::collections::BTreeMap;

/// One call with its history, before it is a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::testing) struct Sketch {
    pub at: Instant,
    pub call: BTreeMap<FactId, Val>,
    /// `None` for a list that is not available.
    pub lists: Vec<Option<Vec<Rec>>>,
}

/// A record of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::testing) struct Rec {
    pub id: String,
    pub at: When,
    pub fields: BTreeMap<FieldId, Val>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::testing) enum Val {
    Unknown,
    None,
    YesNo(bool),
    Choice(u16),
    Flags(u64),
    Number(i64),
    /// Seconds.
    Duration(i64),
    Time(When),
    Text(String),
    Id(String),
    Ids(Vec<String>),
}

/// A time as a length before or after the call, and some seconds later than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::testing) struct When {
    pub length: Option<Length>,
    pub before: bool,
    pub shift: i64,
}

impl When {
    pub(in crate::testing) fn before(length: Length) -> Self {
        Self { length: Some(length), before: true, shift: 0 }
    }

    pub(in crate::testing) fn after(length: Length) -> Self {
        Self { length: Some(length), before: false, shift: 0 }
    }

    /// Seconds from the call, later ones positive.
    pub(in crate::testing) fn shifted(seconds: i64) -> Self {
        Self { length: None, before: true, shift: seconds }
    }

    pub(in crate::testing) fn plus(self, seconds: i64) -> Self {
        Self { shift: self.shift + seconds, ..self }
    }

    pub(in crate::testing) fn instant(self, call: Instant, zone: &Zone) -> Instant {
        let base = match (self.length, self.before) {
            (None, _) => call,
            (Some(length), true) => zone.before(call, length),
            (Some(length), false) => zone.after(call, length),
        };
        base.plus_seconds(self.shift)
    }

    /// As a test file writes it: `24 hours and 1 minute before`.
    pub(in crate::testing) fn words(self) -> String {
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
    pub(in crate::testing) fn plain(vocabulary: &Vocabulary, at: Instant) -> Self {
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
        Self { at, call, lists: vec![Some(Vec::new()); vocabulary.records.len()] }
    }

    /// What a test poses.
    pub(in crate::testing) fn of(case: &Case, vocabulary: &Vocabulary) -> Self {
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
            Some((0..records.len()).map(record).collect())
        };
        let kinds = (0..).map(RecordId).zip(&vocabulary.records);
        let lists = kinds.map(|(kind, declared)| list(kind, declared.fields.len())).collect();
        Self { at: case.at, call: call.collect(), lists }
    }

    /// About how much there is of it, in values.
    pub(in crate::testing) fn size(&self) -> usize {
        let records = self.lists.iter().flatten().flatten();
        records.fold(1 + self.call.len(), |size, record| size + 2 + record.fields.len())
    }

    pub(in crate::testing) fn list(&mut self, kind: RecordId) -> Option<&mut Vec<Rec>> {
        self.lists.get_mut(kind.index()).map(|list| list.get_or_insert_with(Vec::new))
    }

    pub(in crate::testing) fn record(&self, kind: RecordId, index: usize) -> Option<&Rec> {
        self.lists.get(kind.index())?.as_ref()?.get(index)
    }

    pub(in crate::testing) fn record_mut(&mut self, kind: RecordId, index: usize) -> Option<&mut Rec> {
        self.lists.get_mut(kind.index())?.as_mut()?.get_mut(index)
    }

    /// Adds a record and says where it stands.
    pub(in crate::testing) fn add(&mut self, vocabulary: &Vocabulary, kind: RecordId, at: When) -> Option<usize> {
        let name = vocabulary.records.get(kind.index())?.name.clone();
        let list = self.list(kind)?;
        let free = (1..).find(|number| !list.iter().any(|it| it.id == format!("{name}-{number}")))?;
        list.push(Rec { id: format!("{name}-{free}"), at, fields: BTreeMap::new() });
        Some(list.len() - 1)
    }

    /// The case that it stands for.
    pub(in crate::testing) fn case(&self, vocabulary: &Vocabulary, zone: &Zone) -> Case {
        let mut builder = CaseBuilder::new(vocabulary);
        for (fact, value) in &self.call {
            let value = self.value(value, zone, &mut builder);
            builder.set(*fact, value);
        }
        for ((kind, declared), list) in (0..).map(RecordId).zip(&vocabulary.records).zip(&self.lists) {
            let Some(records) = list else { continue };
            builder.supply(kind);
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
        builder.finish(vocabulary, "this-call".to_owned(), self.at)
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
pub(super) fn somebody(vocabulary: &Vocabulary, kind: IdentityKind, number: usize) -> String {
    let kind = vocabulary.identities.get(kind.index()).map_or("somebody", String::as_str);
    format!("{kind}-{number}")
}

/// The names that an identity's value holds.
pub(super) fn names(value: Option<&Val>) -> Vec<String> {
    match value {
        Some(Val::Id(name)) => vec![name.clone()],
        Some(Val::Ids(names)) => names.clone(),
        _ => Vec::new(),
    }
}

/// A value as a test file writes it.
pub(in crate::testing) fn in_yaml(value: &Val, field: &Field, at: Instant, zone: &Zone) -> String {
    use crate::testing::meaning::quoted;
    let values: &[String] = match &field.ty {
        Type::Choice { values, .. } | Type::Flags { values } => values,
        _ => &[],
    };
    let word = |position: usize| values.get(position).map_or_else(String::new, |value| quoted(value));
    let list = |words: Vec<String>| format!("[{}]", words.join(", "));
    match value {
        Val::Unknown => "unknown".to_owned(),
        Val::None => "none".to_owned(),
        Val::YesNo(answer) => if *answer { "yes" } else { "no" }.to_owned(),
        Val::Choice(position) => word(usize::from(*position)),
        Val::Flags(flags) => list((0..64).filter(|bit| flags >> bit & 1 == 1).map(word).collect()),
        Val::Number(number) => number.to_string(),
        Val::Duration(seconds) => duration(*seconds),
        Val::Time(when) if when.length.is_none() && when.shift.abs() > 3 * 86_400 => {
            quoted(&zone.format(when.instant(at, zone)))
        }
        Val::Time(when) => when.words(),
        Val::Text(text) => quoted(text),
        Val::Id(name) => quoted(name),
        Val::Ids(names) => list(names.iter().map(|name| quoted(name)).collect()),
    }
}

/// `PT1H30M`.
fn duration(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = |amount: i64, unit| if amount == 0 { String::new() } else { format!("{amount}{unit}") };
    let parts = [part(hours, "H"), part(minutes, "M"), part(seconds, "S")].concat();
    if parts.is_empty() { "PT0S".to_owned() } else { format!("PT{parts}") }
}
