//! JSON text -> `Case`, where the text is spelled as nearly every program spells it.
//!
//! The JSON library reads any spelling, and its visitors can say where anything is wrong; a live case needs neither, and is
//! read here in less than half of the time, from its bytes straight into the builder. Whatever is not usual is left to
//! the library, which reads the text from the start: an escape in a text, an unknown key or one that is given twice, a value
//! of another type, anything that is wrong. Nothing is said here. What begins as a value of its kind usually does is read for
//! that (`spelled.rs`), and what any other text or a number means is asked of the same functions.

use super::case::{CaseReader, Room};
use super::group::is_blank;
use super::keys;
use super::scan::Scan;
use super::spelled::{Begins, Key, Spelling};
use super::value::{flag, in_range, worded};
use crate::model::{Field, RecordId, Type, Value};
use crate::time::Instant;

/// A case that is being read. `None` from any of its functions means that the text is not usual.
pub(super) struct Usual<'r, 'v, 't> {
    pub(super) reader: &'r mut CaseReader<'v>,
    pub(super) scan: Scan<'t>,
    pub(super) spelling: &'r Spelling,
}

/// What comes next in a group that has not ended.
enum Next {
    /// The key of a number, and whether its lead was read: with it more than the key.
    Key(usize, bool),
    /// Nothing: the group is empty.
    End,
}

/// The keys of a group that were met, as bits.
#[derive(Default)]
struct Met([u64; MOST_KEYS / 64]);

/// No key from this number on is usual: where a vocabulary has so many facts, a case that gives one is left to the library.
const MOST_KEYS: usize = 256;

/// How many keys are looked for, from the expected one on, before a key is read as a text: what is not known is often left out.
const LOOKED_FOR: usize = 8;

impl Met {
    /// Notes a key; `None` if it was met before.
    #[inline]
    fn add(&mut self, key: usize) -> Option<()> {
        let word = self.0.get_mut(key / 64)?;
        let bit = 1 << (key % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new.then_some(())
    }
}

impl<'r, 'v, 't> Usual<'r, 'v, 't> {
    /// Reads a case that is the whole of the text. The answer is its call's id and time.
    pub(super) fn case(&mut self) -> Option<(&'t str, Instant)> {
        let mut call = None;
        self.group(&self.spelling.case, |case, key, _| {
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
        let call = self.record(&self.spelling.call, &self.reader.reading.vocabulary.call, &mut room);
        self.reader.builder.swap_call(&mut room.values);
        self.reader.room = room;
        call
    }

    fn history(&mut self) -> Option<()> {
        if self.nothing()? {
            return Some(());
        }
        let (spelling, vocabulary) = (self.spelling, self.reader.reading.vocabulary);
        let mut room = std::mem::take(&mut self.reader.room);
        let read = self.group(&spelling.history, |case, key, _| {
            let (keys, kind) = (spelling.records.get(key)?, vocabulary.records.get(key)?);
            case.records(RecordId(u16::try_from(key).ok()?), keys, &kind.fields, &mut room)
        });
        self.reader.room = room;
        read
    }

    fn records(&mut self, id: RecordId, keys: &[Key], fields: &'v [Field], room: &mut Room) -> Option<()> {
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
    fn record(&mut self, keys: &[Key], fields: &'v [Field], room: &mut Room) -> Option<(&'t str, Instant)> {
        let start = room.values.len();
        room.values.resize(start + fields.len(), Value::Unknown);
        let values = room.values.get_mut(start..)?;
        let (mut id, mut at) = (None, None);
        self.group(keys, |case, number, led| {
            match number.checked_sub(keys::FIRST_FIELD) {
                Some(field) => {
                    let (key, ty) = (keys.get(number)?, &fields.get(field)?.ty);
                    case.value(key, led, ty, values.get_mut(field)?)?;
                }
                None if number == keys::ID => {
                    let words = if led { case.scan.rest_of_text() } else { case.scan.text() };
                    id = Some(words.filter(|id| !is_blank(id))?);
                }
                None => at = Some(if led { case.scan.rest_of_time() } else { case.scan.time() }?),
            }
            Some(())
        })?;
        id.zip(at)
    }

    /// Writes what is there over `value`, which is not known as yet. `led` says whether the lead of its key was read.
    #[inline]
    fn value(&mut self, key: &Key, led: bool, ty: &'v Type, value: &mut Value) -> Option<()> {
        if !led {
            return self.any_value(key, ty, value);
        }
        if let Some(known) = self.known(key) {
            *value = known;
            return Some(());
        }
        match key.begins {
            Begins::Identity => {
                let words = self.scan.rest_of_text().filter(|words| !is_blank(words))?;
                *value = Value::Identity(self.reader.builder.name(words));
                return Some(());
            }
            Begins::Time => {
                if let Some(at) = self.scan.rest_of_common_time() {
                    *value = Value::Time(at);
                    return Some(());
                }
            }
            Begins::Text => {}
            Begins::Other => return self.any_value(key, ty, value),
        }
        worded(self.reader, ty, self.scan.rest_of_text()?, value).ok()
    }

    /// The value that stands for what comes next, where that is one of a few words.
    #[inline]
    fn known(&mut self, key: &Key) -> Option<Value> {
        key.known.iter().find(|(word, _)| self.scan.skip_word(word).is_some()).map(|(_, value)| *value)
    }

    /// The same for a value before which there may be blanks, and of which nothing was read.
    fn any_value(&mut self, key: &Key, ty: &'v Type, value: &mut Value) -> Option<()> {
        match (self.scan.next()?, ty) {
            (b'"', ty) => worded(self.reader, ty, self.scan.text()?, value).ok()?,
            (b't' | b'f', Type::YesNo) => *value = self.known(key)?,
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

    /// Reads a group of keys, of which none may come twice. `value` reads the value of the key with this number, and is told
    /// whether the key's lead was read.
    #[inline]
    fn group(&mut self, keys: &[Key], mut value: impl FnMut(&mut Self, usize, bool) -> Option<()>) -> Option<()> {
        let mut met = Met::default();
        let mut next = 0;
        loop {
            let (number, led) = if keys.get(next).is_some_and(|key| self.scan.skip_word(&key.lead).is_some()) {
                (next, true)
            } else if next > 0 && self.scan.has("}") {
                return Some(());
            } else {
                match self.other_key(keys, next)? {
                    Next::Key(number, led) => (number, led),
                    Next::End => return Some(()),
                }
            };
            met.add(number)?;
            value(self, number, led)?;
            next = number + 1;
        }
    }

    /// Reads a key that was not expected, or is written otherwise.
    #[inline(never)]
    fn other_key(&mut self, keys: &[Key], next: usize) -> Option<Next> {
        let is_first = next == 0;
        if !is_first {
            let soon = (next + 1..).zip(keys.get(next + 1..).unwrap_or_default()).take(LOOKED_FOR);
            for (number, key) in soon {
                if self.scan.skip_word(&key.lead).is_some() {
                    return Some(Next::Key(number, true));
                }
            }
        }
        if !self.scan.has(if is_first { "{" } else { "," }) {
            return None;
        }
        if is_first && self.scan.has("}") {
            return Some(Next::End);
        }
        let name = self.scan.text()?;
        let is_it = |number: &usize| keys.get(*number).is_some_and(|key| key.name == name);
        let number = (next..keys.len()).chain(0..next).find(is_it)?;
        self.scan.has(":").then_some(Next::Key(number, false))
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
