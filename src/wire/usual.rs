//! JSON text -> `Case`, where the text is spelled as nearly every program spells it.
//!
//! The JSON library can read any spelling and say what is wrong with it, and most of the time of a case went to that. So
//! a case is first read here, from its bytes straight into the builder. Whatever is not usual is left to the library,
//! which reads the text from the start: an escape in a text, an unknown key or one that is given twice, a value of another
//! type, anything that is wrong. Nothing is said here, and no value is made by rules of its own: what a text or a number
//! means is asked of the same functions.

use super::case::{CaseReader, Room};
use super::group::is_blank;
use super::keys::{self, Keys};
use super::scan::{Key, Scan};
use super::value::{choice, in_range, worded};
use crate::model::{Field, RecordId, Type, Value, Vocabulary};
use crate::time::Instant;

/// The keys of a vocabulary as they are usually spelled, each with its quotation marks and its colon, by their numbers.
#[derive(Debug)]
pub(super) struct Spelled {
    case: Vec<Key>,
    call: Vec<Key>,
    history: Vec<Key>,
    records: Vec<Vec<Key>>,
}

impl Spelled {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        Self {
            case: spelled(Keys::Case),
            call: spelled(Keys::Call(&vocabulary.call)),
            history: spelled(Keys::History(vocabulary)),
            records: vocabulary.records.iter().map(|kind| spelled(Keys::Record(kind))).collect(),
        }
    }
}

fn spelled(keys: Keys<'_>) -> Vec<Key> {
    (0..keys.count()).filter_map(|number| keys.at(number).map(Key::new)).collect()
}

/// A case that is being read. `None` from any of its functions means that the text is not usual.
pub(super) struct Usual<'r, 'v, 't> {
    pub(super) reader: &'r mut CaseReader<'v>,
    pub(super) scan: Scan<'t>,
    pub(super) spelled: &'r Spelled,
}

impl<'v, 't> Usual<'_, 'v, 't> {
    /// Reads a case that is the whole of the text. The answer is its call's id and time.
    pub(super) fn case(&mut self) -> Option<(&'t str, Instant)> {
        let mut call = None;
        self.group(&self.spelled.case, &mut [false; 2], |case, key| {
            match key {
                keys::CALL => call = Some(case.call()?),
                _ => case.history()?,
            }
            Some(())
        })?;
        call.filter(|_| self.scan.next().is_none())
    }

    fn call(&mut self) -> Option<(&'t str, Instant)> {
        let mut room = std::mem::take(&mut self.reader.room);
        let call = self.record(&self.spelled.call, &self.reader.reading.vocabulary.call, &mut room);
        self.reader.builder.set_all(&room.values);
        self.reader.room = room;
        call
    }

    fn history(&mut self) -> Option<()> {
        if self.nothing()? {
            return Some(());
        }
        let vocabulary = self.reader.reading.vocabulary;
        let keys = &self.spelled.history;
        let mut room = std::mem::take(&mut self.reader.room);
        let mut seen = std::mem::take(&mut room.lists);
        seen.clear();
        seen.resize(keys.len(), false);
        let read = self.group(keys, &mut seen, |case, key| {
            let (keys, kind) = (case.spelled.records.get(key)?, vocabulary.records.get(key)?);
            case.records(RecordId(u16::try_from(key).ok()?), keys, &kind.fields, &mut room)
        });
        room.lists = seen;
        self.reader.room = room;
        read
    }

    fn records(&mut self, id: RecordId, keys: &[Key], fields: &'v [Field], room: &mut Room) -> Option<()> {
        if self.nothing()? {
            return Some(());
        }
        self.reader.builder.supply(id);
        self.list(|case| {
            let (own, at) = case.record(keys, fields, room)?;
            let own = case.reader.builder.name(own);
            case.reader.builder.push(id, own, at, &room.values);
            Some(())
        })
    }

    /// The call, or a record of the history.
    fn record(&mut self, keys: &[Key], fields: &'v [Field], room: &mut Room) -> Option<(&'t str, Instant)> {
        let Room { seen, values, .. } = room;
        seen.clear();
        seen.resize(keys.len(), false);
        values.clear();
        values.resize(fields.len(), Value::Unknown);
        let (mut id, mut at) = (None, None);
        self.group(keys, seen, |case, key| {
            match key.checked_sub(keys::FIRST_FIELD) {
                Some(field) => *values.get_mut(field)? = case.value(fields.get(field)?)?,
                None if key == keys::ID => id = Some(case.scan.text().filter(|id| !is_blank(id))?),
                None => at = Some(Instant::parse(case.scan.text()?).ok()?),
            }
            Some(())
        })?;
        id.zip(at)
    }

    fn value(&mut self, field: &'v Field) -> Option<Value> {
        match (self.scan.next()?, &field.ty) {
            (b'"', ty) => {
                let words = self.scan.text()?;
                worded(self.reader, ty, words).ok()
            }
            (b't', Type::YesNo) => self.scan.skip("true").map(|()| Value::YesNo(true)),
            (b'f', Type::YesNo) => self.scan.skip("false").map(|()| Value::YesNo(false)),
            (b'[', Type::Flags { values }) => self.flags(values),
            (b'[', Type::Identity { many: true, .. }) => self.identities(),
            (b'-' | b'0'..=b'9', Type::Number { range }) => in_range(self.scan.number()?, *range).ok(),
            (b'n', _) => self.scan.skip("null").map(|()| Value::Unknown),
            _ => None,
        }
    }

    fn flags(&mut self, values: &[String]) -> Option<Value> {
        let mut flags = 0;
        self.list(|case| {
            flags |= 1u64.checked_shl(u32::from(choice(values, case.scan.text()?).ok()?)).unwrap_or(0);
            Some(())
        })?;
        Some(Value::Flags(flags))
    }

    fn identities(&mut self) -> Option<Value> {
        let start = self.reader.builder.member_count();
        self.list(|case| {
            let person = case.scan.text().filter(|person| !is_blank(person))?;
            case.reader.builder.member(person);
            Some(())
        })?;
        Some(self.reader.builder.members_from(start))
    }

    /// Whether `null` stands in the place of a list or group.
    fn nothing(&mut self) -> Option<bool> {
        match self.scan.next()? {
            b'n' => self.scan.skip("null").map(|()| true),
            _ => Some(false),
        }
    }

    /// Reads a group of keys, of which none may come twice. `value` reads the value of the key with this number.
    #[inline]
    fn group(
        &mut self,
        keys: &[Key],
        seen: &mut [bool],
        mut value: impl FnMut(&mut Self, usize) -> Option<()>,
    ) -> Option<()> {
        if !self.scan.has("{") {
            return None;
        }
        if self.scan.has("}") {
            return Some(());
        }
        let mut next = 0;
        loop {
            let key = self.key(keys, next)?;
            if std::mem::replace(seen.get_mut(key)?, true) {
                return None;
            }
            self.scan.next();
            value(self, key)?;
            if !self.scan.has(",") {
                return self.scan.has("}").then_some(());
            }
            next = key + 1;
        }
    }

    /// Reads a key and the colon after it. Keys tend to be written in the order of the vocabulary, so `next` is tried
    /// first, and then those after it.
    #[inline]
    fn key(&mut self, keys: &[Key], next: usize) -> Option<usize> {
        self.scan.next();
        match keys.get(next).and_then(|key| self.scan.skip_key(key)) {
            Some(()) => Some(next),
            None => self.other_key(keys, next),
        }
    }

    /// Reads a key that was not expected, or that has blanks after it.
    fn other_key(&mut self, keys: &[Key], next: usize) -> Option<usize> {
        let mut is_it = |number: &usize| {
            let key = keys.get(*number)?;
            self.scan.skip(key.quoted())
        };
        let number = (next..keys.len()).chain(0..next).find(|number| is_it(number).is_some())?;
        self.scan.has(":").then_some(number)
    }

    /// Reads a list. `item` reads each of its items.
    #[inline]
    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if !self.scan.has("[") {
            return None;
        }
        if self.scan.has("]") {
            return Some(());
        }
        loop {
            self.scan.next();
            item(self)?;
            if !self.scan.has(",") {
                return self.scan.has("]").then_some(());
            }
        }
    }
}
