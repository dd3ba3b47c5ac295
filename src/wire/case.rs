//! Serde visitors for a whole case: the call, and the lists of records of its history.

use super::case_reader::CaseReader;
use super::group::RecordVisitor;
use super::keys::{self, Keys, Met};
use super::path::Path;
use super::problem::Fault;
use super::scalar::{Scalar, skip_group, skip_list, takes_any_value, takes_single_values};
use super::visitor::KeyVisitor;
use crate::model::{LinkTo, RecordId, RecordKind, Warning};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;

/// Reads a whole case.
pub(super) struct CaseVisitor<'r, 'v> {
    pub(super) reader: &'r mut CaseReader<'v>,
}

impl<'de> DeserializeSeed<'de> for CaseVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CaseVisitor<'_, '_> {
    type Value = ();

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        skip_list(list)?;
        self.take(Scalar::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut group: A) -> Result<(), A::Error> {
        let Self { reader } = self;
        let path = Path::Root;
        let mut seen = [Met::Never; 2];
        let keys = Keys::Case;
        let mut next = 0;
        while let Some(key) =
            group.next_key_seed(KeyVisitor { reader, path: &path, keys, seen: &mut seen, next: &mut next })?
        {
            match key {
                Some(keys::CALL) => group.next_value_seed(CallVisitor { reader })?,
                Some(keys::HISTORY) => group.next_value_seed(HistoryVisitor { reader })?,
                _ => drop(group.next_value::<IgnoredAny>()?),
            }
        }
        if seen.get(keys::HISTORY) == Some(&Met::Twice) {
            reader.builder.leave_all_open();
        }
        match seen {
            [Met::Never, _] => reader.problem(&path, Fault::Missing, "the case has no `call`"),
            _ => Ok(()),
        }
    }
}

impl CaseVisitor<'_, '_> {
    fn take<E: Error>(self, found: Scalar<'_>) -> Result<(), E> {
        let message = format!("a case must be a group with the keys `call` and `history`, not {}", found.what());
        self.reader.problem(&Path::Root, Fault::BadValue, message)
    }
}

struct CallVisitor<'r, 'v> {
    reader: &'r mut CaseReader<'v>,
}

impl<'de> DeserializeSeed<'de> for CallVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        let Self { reader } = self;
        let keys = Keys::Call(&reader.reading.vocabulary.call);
        let mut room = std::mem::take(&mut reader.room);
        let path = Path::Root;
        let path = path.key("call");
        let group = RecordVisitor { reader, path, keys, room: &mut room };
        if let Some((id, at)) = group.deserialize(input)? {
            reader.is_called(&id);
            reader.at = Some(at.at);
        }
        reader.builder.swap_call(&mut room.values);
        reader.room = room;
        Ok(())
    }
}

struct HistoryVisitor<'r, 'v> {
    reader: &'r mut CaseReader<'v>,
}

impl<'de> DeserializeSeed<'de> for HistoryVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for HistoryVisitor<'_, '_> {
    type Value = ();

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        skip_list(list)?;
        self.take(Scalar::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut group: A) -> Result<(), A::Error> {
        let Self { reader } = self;
        let path = Path::Root;
        let path = path.key("history");
        let vocabulary = reader.reading.vocabulary;
        let keys = Keys::History(vocabulary);
        let mut seen = std::mem::take(&mut reader.room.lists);
        seen.clear();
        seen.resize(keys.count(), Met::Never);
        let mut next = 0;
        while let Some(key) =
            group.next_key_seed(KeyVisitor { reader, path: &path, keys, seen: &mut seen, next: &mut next })?
        {
            let list = key.and_then(|key| Some((RecordId(u16::try_from(key).ok()?), vocabulary.records.get(key)?)));
            match list {
                Some((id, kind)) => {
                    group.next_value_seed(ListVisitor { reader, id, kind, path: path.key(&kind.plural) })?;
                }
                None => drop(group.next_value::<IgnoredAny>()?),
            }
        }
        let twice = (0u16..).zip(&seen).filter(|(_, met)| **met == Met::Twice);
        twice.for_each(|(kind, _)| reader.builder.leave_open(RecordId(kind)));
        reader.room.lists = seen;
        Ok(())
    }
}

impl HistoryVisitor<'_, '_> {
    fn take<E: Error>(self, found: Scalar<'_>) -> Result<(), E> {
        if matches!(found, Scalar::Nothing) {
            return Ok(());
        }
        let message =
            format!("the history must be a group of lists, one for each kind of record, not {}", found.what());
        self.reader.bad_value(&Path::Root.key("history"), Fault::BadValue, message)
    }
}

struct ListVisitor<'r, 'v> {
    reader: &'r mut CaseReader<'v>,
    id: RecordId,
    kind: &'v RecordKind,
    path: Path<'r>,
}

impl<'de> DeserializeSeed<'de> for ListVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ListVisitor<'_, '_> {
    type Value = ();

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { reader, id: kind_id, kind, path } = self;
        reader.builder.supply(kind_id);
        let keys = Keys::Record(kind);
        let mut room = std::mem::take(&mut reader.room);
        for position in 0.. {
            let record = RecordVisitor { reader, path: path.at(position), keys, room: &mut room };
            let Some(record) = list.next_element_seed(record)? else { break };
            match record {
                Some((id, at)) => {
                    let id = reader.builder.name(&id);
                    reader.builder.push(kind_id, id, at, &room.values);
                }
                None => {
                    reader.warn(Warning::RecordLeftOut { list: kind.plural.clone() });
                    reader.builder.leave_open(kind_id);
                }
            }
        }
        reader.room = room;
        Ok(())
    }

    /// A list that is not all there is, `{"complete": false, "records": […]}`, or only by some links:
    /// `{"complete": ["caller is this call's caller"], "records": […]}`.
    fn visit_map<A: MapAccess<'de>>(self, mut group: A) -> Result<(), A::Error> {
        let Self { reader, id, kind, path } = self;
        let (mut complete, mut has_records, mut is_other) = (None, false, false);
        while let Some(key) = group.next_key::<Cow<'de, str>>()? {
            match &*key {
                "complete" if complete.is_none() => {
                    let path = path.key("complete");
                    complete = Some(group.next_value_seed(CompleteVisitor { reader, kind, path })?);
                }
                "records" if !has_records => {
                    has_records = true;
                    group.next_value_seed(ListVisitor { reader, id, kind, path: path.key("records") })?;
                }
                _ => {
                    group.next_value::<IgnoredAny>()?;
                    is_other = true;
                }
            }
        }
        match &mut complete {
            Some(Complete::Yes) if !is_other => {}
            Some(Complete::By(links)) if !is_other => reader.builder.whole_by(id, std::mem::take(links)),
            _ => reader.builder.leave_open(id),
        }
        if is_other || complete.is_none() {
            let message = format!(
                "`{}` must be a list of records, or a group with `complete` (true, false or a list of links) and `records`, each once",
                kind.plural
            );
            reader.bad_value(&path, Fault::BadValue, message)?;
        }
        Ok(())
    }
}

/// Whether a list is all that there is.
enum Complete {
    Yes,
    No,
    /// All that are linked in one of these ways.
    By(Vec<LinkTo>),
}

/// Reads whether a list is all that there is. What is no answer is no.
struct CompleteVisitor<'r, 'v> {
    reader: &'r mut CaseReader<'v>,
    kind: &'v RecordKind,
    path: Path<'r>,
}

impl<'de> DeserializeSeed<'de> for CompleteVisitor<'_, '_> {
    type Value = Complete;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Complete, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for CompleteVisitor<'_, '_> {
    type Value = Complete;

    takes_single_values!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Complete, A::Error> {
        let Self { reader, kind, path } = self;
        let mut links = Vec::new();
        for position in 0.. {
            let visitor = LinkVisitor { reader, kind, path: path.at(position) };
            let Some(link) = list.next_element_seed(visitor)? else { break };
            links.extend(link);
        }
        Ok(Complete::By(links))
    }

    fn visit_map<A: MapAccess<'de>>(self, group: A) -> Result<Complete, A::Error> {
        skip_group(group)?;
        self.take(Scalar::Group)
    }
}

impl CompleteVisitor<'_, '_> {
    fn take<E: Error>(self, found: Scalar<'_>) -> Result<Complete, E> {
        match found {
            Scalar::YesNo(true) => Ok(Complete::Yes),
            Scalar::YesNo(false) => Ok(Complete::No),
            other => {
                let message = format!("`complete` is true, false or a list of links, not {}", other.what());
                self.reader.bad_value(&self.path, Fault::BadValue, message).map(|()| Complete::No)
            }
        }
    }
}

/// Reads a link by which a list is all that there is. What is no link says nothing.
struct LinkVisitor<'r, 'v> {
    reader: &'r mut CaseReader<'v>,
    kind: &'v RecordKind,
    path: Path<'r>,
}

impl<'de> DeserializeSeed<'de> for LinkVisitor<'_, '_> {
    type Value = Option<LinkTo>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LinkVisitor<'_, '_> {
    type Value = Option<LinkTo>;

    takes_any_value!();
}

impl LinkVisitor<'_, '_> {
    fn take<E: Error>(self, found: Scalar<'_>) -> Result<Option<LinkTo>, E> {
        let vocabulary = self.reader.reading.vocabulary;
        if let Scalar::Words(words) = &found
            && let Some(link) = LinkTo::parse(words, self.kind, vocabulary)
        {
            return Ok(Some(link));
        }
        // The words themselves are not repeated: they may be anything that a system sent by mistake.
        let example = LinkTo::example(self.kind, vocabulary);
        let example = example.map(|link| format!(", as in `{}`", link.words(self.kind, vocabulary)));
        let message = format!(
            "a link by which `{}` is complete says which field shares somebody, and with what{}",
            self.kind.plural,
            example.unwrap_or_default()
        );
        self.reader.bad_value(&self.path, Fault::BadValue, message).map(|()| None)
    }
}

impl ListVisitor<'_, '_> {
    /// Nothing in the place of a list: the list could not be had.
    fn take<E: Error>(self, found: Scalar<'_>) -> Result<(), E> {
        if matches!(found, Scalar::Nothing) {
            return Ok(());
        }
        let message = format!("`{}` must be a list of records, not {}", self.kind.plural, found.what());
        self.reader.bad_value(&self.path, Fault::BadValue, message)
    }
}
