//! The values of a row <-> the bytes in which they are kept: a tenth of what a list of every field would take.

use heedful::time::Instant;

/// What a row says: values by the places of facts or fields. What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Values(Vec<u8>);

/// A value as a row says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// There is none.
    Nothing,
    YesNo(bool),
    Choice(u16),
    Flags(u64),
    Number(i64),
    /// Seconds.
    Duration(i64),
    Time(Instant),
    Text(String),
    /// Somebody or something, or the id of a record.
    Name(String),
    Names(Vec<String>),
}

/// The same where it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept<'k> {
    Nothing,
    YesNo(bool),
    Choice(u16),
    Flags(u64),
    Number(i64),
    Duration(i64),
    Time(Instant),
    Text(&'k str),
    Name(&'k str),
    Names(Names<'k>),
}

const NOTHING: u8 = 0;
const NO: u8 = 1;
const YES: u8 = 2;
const CHOICE: u8 = 3;
const FLAGS: u8 = 4;
const NUMBER: u8 = 5;
const DURATION: u8 = 6;
const TIME: u8 = 7;
const TEXT: u8 = 8;
const NAME: u8 = 9;
const NAMES: u8 = 10;

impl Values {
    pub fn push(&mut self, place: u16, said: &Said) {
        let out = &mut self.0;
        push_number(out, u64::from(place));
        match said {
            Said::Nothing => out.push(NOTHING),
            Said::YesNo(answer) => out.push(if *answer { YES } else { NO }),
            Said::Choice(at) => push_tagged(out, CHOICE, u64::from(*at)),
            Said::Flags(bits) => push_tagged(out, FLAGS, *bits),
            Said::Number(number) => push_tagged(out, NUMBER, zigzag(*number)),
            Said::Duration(seconds) => push_tagged(out, DURATION, zigzag(*seconds)),
            Said::Time(at) => push_tagged(out, TIME, zigzag(at.0)),
            Said::Text(text) => {
                out.push(TEXT);
                push_text(out, text);
            }
            Said::Name(name) => {
                out.push(NAME);
                push_text(out, name);
            }
            Said::Names(names) => {
                push_tagged(out, NAMES, names.len() as u64);
                names.iter().for_each(|name| push_text(out, name));
            }
        }
    }

    /// From bytes that were those of values.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Whom or what the value at a place names, in bytes that [`Values`] made. What stands before it is passed over.
pub(crate) fn names_at(bytes: &[u8], wanted: u16) -> Names<'_> {
    let mut rest = bytes;
    while let Some(place) = take_number(&mut rest) {
        let is_wanted = place == u64::from(wanted);
        let Some((tag, more)) = rest.split_first() else { break };
        rest = more;
        match *tag {
            NOTHING | NO | YES => {}
            NAME if is_wanted => return Names { left: 1, rest },
            NAMES if is_wanted => return Names { left: take_number(&mut rest).unwrap_or(0), rest },
            TEXT | NAME => pass_text(&mut rest),
            NAMES => (0..take_number(&mut rest).unwrap_or(0)).for_each(|_| pass_text(&mut rest)),
            _ => drop(take_number(&mut rest)),
        }
        if is_wanted {
            break;
        }
    }
    Names { left: 0, rest: &[] }
}

/// Goes on behind a text.
pub(crate) fn pass_text(rest: &mut &[u8]) {
    let length = take_number(rest).and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    *rest = rest.get(length..).unwrap_or_default();
}

/// The values in bytes that [`Values`] made, with their places.
pub(crate) fn kept(bytes: &[u8]) -> impl Iterator<Item = (u16, Kept<'_>)> {
    let mut rest = bytes;
    std::iter::from_fn(move || next(&mut rest))
}

fn next<'k>(rest: &mut &'k [u8]) -> Option<(u16, Kept<'k>)> {
    let place = u16::try_from(take_number(rest)?).ok()?;
    let (tag, more) = rest.split_first()?;
    *rest = more;
    let value = match *tag {
        NO => Kept::YesNo(false),
        YES => Kept::YesNo(true),
        CHOICE => Kept::Choice(u16::try_from(take_number(rest)?).ok()?),
        FLAGS => Kept::Flags(take_number(rest)?),
        NUMBER => Kept::Number(unzigzag(take_number(rest)?)),
        DURATION => Kept::Duration(unzigzag(take_number(rest)?)),
        TIME => Kept::Time(Instant(unzigzag(take_number(rest)?))),
        TEXT => Kept::Text(take_text(rest)?),
        NAME => Kept::Name(take_text(rest)?),
        NAMES => {
            let left = take_number(rest)?;
            let names = Names { left, rest };
            (0..left).for_each(|_| pass_text(rest));
            Kept::Names(names)
        }
        _ => Kept::Nothing,
    };
    Some((place, value))
}

/// Several names, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Names<'k> {
    left: u64,
    rest: &'k [u8],
}

impl<'k> Iterator for Names<'k> {
    type Item = &'k str;

    fn next(&mut self) -> Option<&'k str> {
        self.left = self.left.checked_sub(1)?;
        take_text(&mut self.rest)
    }
}

impl<'k> Kept<'k> {
    /// The same by itself.
    pub(crate) fn said(self) -> Said {
        match self {
            Self::Nothing => Said::Nothing,
            Self::YesNo(answer) => Said::YesNo(answer),
            Self::Choice(at) => Said::Choice(at),
            Self::Flags(bits) => Said::Flags(bits),
            Self::Number(number) => Said::Number(number),
            Self::Duration(seconds) => Said::Duration(seconds),
            Self::Time(at) => Said::Time(at),
            Self::Text(text) => Said::Text(text.to_owned()),
            Self::Name(name) => Said::Name(name.to_owned()),
            Self::Names(names) => Said::Names(names.map(str::to_owned).collect()),
        }
    }

    /// Whom or what it names: one, several, or nobody. None where it is a value of another type.
    pub(crate) fn names(self) -> Option<impl Iterator<Item = &'k str>> {
        let (one, several) = match self {
            Self::Name(name) => (Some(name), None),
            Self::Names(names) => (None, Some(names)),
            _ => return None,
        };
        Some(one.into_iter().chain(several.into_iter().flatten()))
    }
}

pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    push_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

pub(crate) fn take_text<'k>(rest: &mut &'k [u8]) -> Option<&'k str> {
    let length = usize::try_from(take_number(rest)?).ok()?;
    let (text, more) = rest.split_at_checked(length)?;
    *rest = more;
    std::str::from_utf8(text).ok()
}

fn push_tagged(out: &mut Vec<u8>, tag: u8, number: u64) {
    out.push(tag);
    push_number(out, number);
}

/// Seven bits in each byte, the lowest first, and the eighth says that more follow.
pub(crate) fn push_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

pub(crate) fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (byte, more) = rest.split_first()?;
        *rest = more;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Small numbers, also those below zero, as small ones.
pub(crate) fn zigzag(number: i64) -> u64 {
    (number.unsigned_abs() << 1).wrapping_sub(u64::from(number < 0))
}

pub(crate) fn unzigzag(number: u64) -> i64 {
    let half = (number >> 1).cast_signed();
    if number & 1 == 0 { half } else { -1 - half }
}

#[cfg(test)]
mod tests {
    use super::{Said, Values, kept, names_at, unzigzag, zigzag};
    use heedful::time::Instant;

    #[test]
    fn what_is_kept_comes_back() {
        let names = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let said = [
            Said::Nothing,
            Said::YesNo(true),
            Said::YesNo(false),
            Said::Choice(300),
            Said::Flags(u64::MAX),
            Said::Number(-129),
            Said::Duration(86_400),
            Said::Time(Instant(1_735_689_600)),
            Said::Text("é\n\"".to_owned()),
            Said::Name("a".repeat(200)),
            Said::Names(names(&[])),
            Said::Names(names(&["a", "", "c"])),
        ];
        let mut values = Values::default();
        (300u16..).zip(&said).for_each(|(place, said)| values.push(place, said));
        let again: Vec<(u16, Said)> = kept(values.bytes()).map(|(place, kept)| (place, kept.said())).collect();
        assert_eq!(again, (300u16..).zip(said).collect::<Vec<_>>());
    }

    #[test]
    fn names_are_found_behind_other_values() {
        let mut values = Values::default();
        let said = [
            Said::Text("text".to_owned()),
            Said::Names(vec!["one".to_owned(), "two".to_owned()]),
            Said::Number(7),
            Said::Name("three".to_owned()),
        ];
        (0u16..).zip(&said).for_each(|(place, said)| values.push(place, said));
        let found = |place| names_at(values.bytes(), place).collect::<Vec<_>>();
        assert_eq!(
            [found(0), found(1), found(2), found(3), found(4)],
            [vec![], vec!["one", "two"], vec![], vec!["three"], vec![]]
        );
    }

    #[test]
    fn every_number_comes_back() {
        for number in [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN + 1, 1 << 40, -(1 << 40)] {
            assert_eq!(unzigzag(zigzag(number)), number);
        }
    }
}
