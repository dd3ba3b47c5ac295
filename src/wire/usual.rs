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
use crate::time::{Instant, Stamp};

/// A case that is being read. `None` from any of its functions means that the text is not usual.
pub(super) struct Usual<'r, 'v, 't> {
    pub(super) reader: &'r mut CaseReader<'v>,
    pub(super) scan: Scan<'t>,
    pub(super) spelling: &'r Spelling,
}

/// What comes next in a group: the key of a number, and the key itself if its lead was read; or the end.
enum Next<'r> {
    Key(usize, Option<&'r Key>),
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
        call.filter(|_| self.scan.next().is_none()).map(|(id, at): (_, Stamp)| (id, at.at))
    }

    fn call(&mut self) -> Option<(&'t str, Stamp)> {
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

    fn records(&mut self, id: RecordId, keys: &'r [Key], fields: &'v [Field], room: &mut Room) -> Option<()> {
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
    fn record(&mut self, keys: &'r [Key], fields: &'v [Field], room: &mut Room) -> Option<(&'t str, Stamp)> {
        let start = room.values.len();
        room.values.resize(start + fields.len(), Value::Unknown);
        let values = room.values.get_mut(start..)?;
        let (mut id, mut at) = (None, None);
        self.group(keys, |case, key, led| {
            match (key.checked_sub(keys::FIRST_FIELD), led) {
                (Some(field), led) => case.value(fields, field, led, values.get_mut(field)?)?,
                (None, led) if key == keys::ID => {
                    let words = if led.is_some() { case.scan.rest_of_text() } else { case.scan.text() };
                    id = Some(words.filter(|id| !is_blank(id))?);
                }
                (None, Some(_)) => at = Some(case.scan.rest_of_time()?),
                (None, None) => at = Some(case.scan.time()?),
            }
            Some(())
        })?;
        id.zip(at)
    }

    /// Writes what is there over `value`, which is that of a field and not known as yet. `led` is the key whose lead came before.
    #[inline]
    fn value(&mut self, fields: &'v [Field], field: usize, led: Option<&Key>, value: &mut Value) -> Option<()> {
        let ty = || fields.get(field).map(|field| &field.ty);
        let Some(key) = led else { return self.any_value(ty()?, value) };
        if let Some((_, known)) = key.known.iter().find(|(word, _)| self.scan.skip_word(word).is_some()) {
            *value = *known;
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
            Begins::Other => return self.any_value(ty()?, value),
        }
        worded(self.reader, ty()?, self.scan.rest_of_text()?, value).ok()
    }

    /// The same for a value before which there may be blanks, and of which nothing was read.
    fn any_value(&mut self, ty: &'v Type, value: &mut Value) -> Option<()> {
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

    /// Reads a group of keys, of which none may come twice. `value` reads the value of the key with this number, of which the
    /// lead was read if it is given too.
    #[inline]
    fn group(
        &mut self,
        keys: &'r [Key],
        mut value: impl FnMut(&mut Self, usize, Option<&'r Key>) -> Option<()>,
    ) -> Option<()> {
        let mut met = Met::default();
        let mut next = 0;
        loop {
            let expected = keys.get(next).filter(|key| self.scan.skip_word(&key.lead).is_some());
            let (number, key) = match expected {
                Some(key) => (next, Some(key)),
                None if next > 0 && self.scan.skip("}").is_some() => return Some(()),
                None => match self.other_key(keys, next)? {
                    Next::Key(number, key) => (number, key),
                    Next::End => return Some(()),
                },
            };
            met.add(number)?;
            value(self, number, key)?;
            next = number + 1;
        }
    }

    /// Reads a key that was not expected, or is written otherwise, or the end of the group.
    #[inline(never)]
    fn other_key(&mut self, keys: &'r [Key], next: usize) -> Option<Next<'r>> {
        let is_first = next == 0;
        if !is_first {
            let soon = (next + 1..).zip(keys.get(next + 1..).unwrap_or_default()).take(LOOKED_FOR);
            for (number, key) in soon {
                if self.scan.skip_word(&key.lead).is_some() {
                    return Some(Next::Key(number, Some(key)));
                }
            }
        }
        if !self.scan.has(if is_first { "{" } else { "," }) {
            return (!is_first && self.scan.has("}")).then_some(Next::End);
        }
        if is_first && self.scan.has("}") {
            return Some(Next::End);
        }
        let name = self.scan.text()?;
        let is_it = |number: &usize| keys.get(*number).is_some_and(|key| key.name == name);
        let number = (next..keys.len()).chain(0..next).find(is_it)?;
        self.scan.has(":").then_some(Next::Key(number, None))
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
