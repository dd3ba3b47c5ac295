//! Keys and values -> one line of JSON, written piece by piece into memory, with nothing built in between.

/// The place of one value.
pub(super) struct Slot<'o> {
    out: &'o mut Vec<u8>,
}

/// An object that is being written.
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
    begun: bool,
}

impl<'o> Slot<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out }
    }

    pub(super) fn null(self) {
        self.out.extend_from_slice(b"null");
    }

    pub(super) fn yes_no(self, answer: bool) {
        self.out.extend_from_slice(if answer { b"true" } else { b"false" });
    }

    pub(super) fn number(self, number: impl std::fmt::Display) {
        self.out.extend_from_slice(number.to_string().as_bytes());
    }

    pub(super) fn text(self, text: &str) {
        if is_plain(text) {
            self.word(text);
        } else {
            // Writing to memory cannot fail.
            let _ = serde_json::to_writer(self.out, text);
        }
    }

    /// A text that is written as it is: no name or word of the language holds anything else, and no digest.
    pub(super) fn word(self, word: &str) {
        debug_assert!(is_plain(word), "{word:?} is no word of the language");
        self.out.push(b'"');
        self.out.extend_from_slice(word.as_bytes());
        self.out.push(b'"');
    }

    pub(super) fn word_or_null(self, word: Option<&str>) {
        match word {
            Some(word) => self.word(word),
            None => self.null(),
        }
    }

    pub(super) fn text_or_null(self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    pub(super) fn texts<T: AsRef<str>>(self, texts: impl IntoIterator<Item = T>) {
        self.list(texts, |slot, text| slot.text(text.as_ref()));
    }

    pub(super) fn list<T>(self, items: impl IntoIterator<Item = T>, mut write: impl FnMut(Slot<'_>, T)) {
        self.out.push(b'[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            write(Slot { out: &mut *self.out }, item);
        }
        self.out.push(b']');
    }

    pub(super) fn object(self, write: impl FnOnce(&mut Object<'_>)) {
        self.out.push(b'{');
        let mut object = Object { out: self.out, begun: false };
        write(&mut object);
        object.out.push(b'}');
    }
}

impl Object<'_> {
    /// The place of the value of `key`, which is to be written before anything else. A key is one of our own or a name of the
    /// vocabulary.
    #[inline]
    pub(super) fn slot(&mut self, key: &str) -> Slot<'_> {
        debug_assert!(is_plain(key), "{key:?} is no name of the language");
        let mark: &[u8] = if std::mem::replace(&mut self.begun, true) { b",\"" } else { b"\"" };
        self.out.extend_from_slice(mark);
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        Slot { out: &mut *self.out }
    }
}

/// Whether a text is written as it is.
fn is_plain(text: &str) -> bool {
    // To its end: that takes fewer instructions than looking for an early one.
    text.bytes().fold(true, |plain, byte| plain & !matches!(byte, b'"' | b'\\' | ..b' '))
}

#[cfg(test)]
mod tests {
    use super::Slot;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_written_as_the_library_does(text in any::<String>(), odd in "[\"\\\\\u{0}-\u{7f}é☎]{0,40}") {
            for text in [text, odd] {
                let mut out = Vec::new();
                Slot::new(&mut out).text(&text);
                prop_assert_eq!(out, serde_json::to_vec(&text).expect("a text"));
            }
        }
    }
}
