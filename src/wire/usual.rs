//! JSON text -> `Case`, where the text is spelled as nearly every program spells it.
//!
//! The JSON library reads any spelling, and its visitors can say where anything is wrong; a live case needs neither, and is
//! read here in less than half of the time, from its bytes straight into the builder. Whatever is not usual is left to
//! the library, which reads the text from the start: an escape in a text, an unknown key or one that is given twice, a value
//! of another type, anything that is wrong. Nothing is said here, and no value is made by rules of its own: what a text or
//! a number means is asked of the same functions.

use super::case::{CaseReader, Room};
use super::group::is_blank;
use super::keys::{self, Keys};
use super::scan::{Scan, Word};
use super::value::{flag, in_range, worded};
use crate::model::{Field, RecordId, Type, Value, Vocabulary};
use crate::time::Instant;

/// The keys of a vocabulary as they are usually spelled, each with its quotation marks and its colon, by their numbers: one
/// comparison sees that a key is the expected one.
#[derive(Debug)]
pub(super) struct Spelled {
    case: Vec<Word>,
    call: Vec<Word>,
    history: Vec<Word>,
    records: Vec<Vec<Word>>,
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

fn spelled(keys: Keys<'_>) -> Vec<Word> {
    (0..keys.count())
        .filter_map(|number| keys.at(number))
        .map(|key| Word::new(format!("{}:", serde_json::Value::from(key))))
        .collect()
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
        room.values.clear();
        let call = self.record(&self.spelled.call, &self.reader.reading.vocabulary.call, &mut room);
        self.reader.builder.swap_call(&mut room.values);
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

    fn records(&mut self, id: RecordId, keys: &[Word], fields: &'v [Field], room: &mut Room) -> Option<()> {
        if self.nothing()? {
            return Some(());
        }
        room.values.clear();
        self.list(|case| {
            let (own, at) = case.record(keys, fields, room)?;
            let own = case.reader.builder.name(own);
            case.reader.builder.push_head(id, own, at);
            Some(())
        })?;
        self.reader.builder.swap_rows(id, &mut room.values);
        Some(())
    }

    /// The call, or a record of the history. Its values are written where they are to stay, after those that are there: to
    /// put one together elsewhere and then move it takes the processor longer than to read it.
    fn record(&mut self, keys: &[Word], fields: &'v [Field], room: &mut Room) -> Option<(&'t str, Instant)> {
        let Room { seen, values, .. } = room;
        seen.clear();
        seen.resize(keys.len(), false);
        let start = values.len();
        values.resize(start + fields.len(), Value::Unknown);
        let values = values.get_mut(start..)?;
        let (mut id, mut at) = (None, None);
        self.group(keys, seen, |case, key| {
            match key.checked_sub(keys::FIRST_FIELD) {
                Some(field) => case.value(&fields.get(field)?.ty, values.get_mut(field)?)?,
                None if key == keys::ID => id = Some(case.scan.text().filter(|id| !is_blank(id))?),
                None => at = Some(case.scan.time()?),
            }
            Some(())
        })?;
        id.zip(at)
    }

    /// Writes what is there over `value`, which is not known as yet.
    fn value(&mut self, ty: &'v Type, value: &mut Value) -> Option<()> {
        match (self.scan.next()?, ty) {
            (b'"', ty) => worded(self.reader, ty, self.scan.text()?, value).ok()?,
            (b't', Type::YesNo) => {
                self.scan.skip("true")?;
                *value = Value::YesNo(true);
            }
            (b'f', Type::YesNo) => {
                self.scan.skip("false")?;
                *value = Value::YesNo(false);
            }
            (b'[', Type::Flags { values }) => *value = self.flags(values)?,
            (b'[', Type::Identity { many: true, .. }) => *value = self.identities()?,
            (b'-' | b'0'..=b'9', Type::Number { range }) => *value = in_range(self.scan.number()?, *range).ok()?,
            (b'n', _) => self.scan.skip("null")?,
            _ => return None,
        }
        Some(())
    }

    fn flags(&mut self, values: &[String]) -> Option<Value> {
        let mut flags = 0;
        self.list(|case| {
            flags |= flag(values, case.scan.text()?).ok()?;
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
        keys: &[Word],
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
            value(self, key)?;
            if !self.scan.has(",") {
                return self.scan.has("}").then_some(());
            }
            next = key + 1;
        }
    }

    /// Reads a key and the colon after it. Keys tend to be written in the order of the vocabulary, so `next` is tried first.
    #[inline]
    fn key(&mut self, keys: &[Word], next: usize) -> Option<usize> {
        match keys.get(next).and_then(|key| self.scan.skip_word(key)) {
            Some(()) => Some(next),
            None => self.other_key(keys, next),
        }
    }

    /// Reads a key that was not expected, or that has blanks around it. Only keys of its length are looked at further.
    #[inline(never)]
    fn other_key(&mut self, keys: &[Word], next: usize) -> Option<usize> {
        let name = self.scan.text()?;
        let spelled = name.len() + "\"\":".len();
        let is_it = |number: &usize| {
            let key = keys.get(*number).map(Word::as_str).filter(|key| key.len() == spelled);
            key.is_some_and(|key| key.get(1..=name.len()) == Some(name))
        };
        let number = (next..keys.len()).chain(0..next).find(is_it)?;
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
            item(self)?;
            if !self.scan.has(",") {
                return self.scan.has("]").then_some(());
            }
        }
    }
}
