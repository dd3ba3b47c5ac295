//! Parts of a tree that stand in no file, for whoever says something that nobody wrote.

use super::tree::{Amount, At, ClockAt, ClockRef, Comments, LengthAt, LengthRef, Line, Number, Text, Word};
use crate::text::{SourceId, Span};
use crate::time::{Length, TimeOfDay};

pub const NOWHERE: At = At(Span { source: SourceId(0), start: 0, end: 0 });

pub fn word(text: &str) -> Word {
    Word { text: text.to_owned(), at: NOWHERE }
}

pub fn text(value: &str) -> Text {
    Text { value: value.to_owned(), at: NOWHERE }
}

pub fn amount(value: i64) -> Amount {
    Amount::Number(Number { value, at: NOWHERE })
}

pub fn clock(clock: TimeOfDay) -> ClockRef {
    ClockRef::Clock(ClockAt { clock, at: NOWHERE })
}

pub fn length(length: Length) -> LengthAt {
    LengthAt { length, at: NOWHERE }
}

pub fn length_ref(of: Length) -> LengthRef {
    LengthRef::Length(length(of))
}

pub fn line<T>(node: T) -> Line<T> {
    Line { node, at: NOWHERE, comments: Comments::default() }
}
