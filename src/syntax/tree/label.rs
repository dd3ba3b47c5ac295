//! The numbers of questions on a form, and which of them come after which.

use super::line::At;
use std::fmt::{self, Display, Formatter};

/// The number of a question on its form: `7`, `6a`, or a letter alone. In the order of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    number: Option<u32>,
    letter: Option<char>,
}

impl Label {
    /// Reads `7`, `6a` or `b`, in any letters.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, letter) = text.split_at_checked(digits)?;
        let mut letters = letter.chars();
        let letter = match (letters.next(), letters.next()) {
            (None, _) => None,
            (Some(letter), None) if letter.is_ascii_alphabetic() => Some(letter.to_ascii_lowercase()),
            _ => return None,
        };
        let number =
            if number.is_empty() { None } else { Some(number.parse().ok().filter(|number| *number < 10_000)?) };
        (number.is_some() || letter.is_some()).then_some(Self { number, letter })
    }

    /// Whether a form goes on with this after that: `8` or `8a` after `7` or `7c`, `6b` after `6a`, `6a` after `6`, `c` after `b`.
    pub fn follows(self, before: Self) -> bool {
        let next_number = before.number.map(|number| number.saturating_add(1));
        match (self.number, self.letter) {
            (number, Some(letter)) if number == before.number => match before.letter {
                Some(last) => u32::from(letter) == u32::from(last) + 1,
                None => letter == 'a',
            },
            (Some(number), None | Some('a')) => Some(number) == next_number,
            _ => false,
        }
    }

    /// What most forms go on with.
    #[must_use]
    pub fn next(self) -> Self {
        match (self.number, self.letter) {
            (Some(number), _) => Self { number: Some(number.saturating_add(1)), letter: None },
            (None, letter) => {
                let next = letter.and_then(|letter| char::from_u32(u32::from(letter) + 1));
                Self { number: None, letter: next.filter(char::is_ascii_lowercase).or(letter) }
            }
        }
    }
}

impl Label {
    /// What most forms have before it; `None` for the first.
    pub fn previous(self) -> Option<Self> {
        let before = |letter: char| char::from_u32(u32::from(letter).checked_sub(1)?).filter(char::is_ascii_lowercase);
        match (self.number, self.letter) {
            (number, Some(letter)) if letter != 'a' => Some(Self { number, letter: Some(before(letter)?) }),
            (Some(number), _) => Some(Self { number: Some(number.checked_sub(1)?), letter: None }),
            (None, _) => None,
        }
    }
}

impl Display for Label {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.number.map_or(Ok(()), |number| number.fmt(f))?;
        self.letter.map_or(Ok(()), |letter| letter.fmt(f))
    }
}

/// A label with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelAt {
    pub label: Label,
    pub at: At,
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn labels_go_up_by_one_with_letters_between() {
        let label = |text| Label::parse(text).expect(text);
        for (before, after) in
            [("7", "8"), ("7", "8a"), ("7c", "8"), ("6", "6a"), ("6a", "6b"), ("b", "c"), ("9", "10")]
        {
            assert!(label(after).follows(label(before)), "{after} after {before}");
            assert!(label(before) < label(after), "{before} before {after}");
        }
        for (before, after) in
            [("7", "7"), ("7", "9"), ("7", "6"), ("6a", "6c"), ("6", "6b"), ("6a", "6"), ("b", "d"), ("7", "a")]
        {
            assert!(!label(after).follows(label(before)), "{after} after {before}");
        }
        for odd in ["", "1ab", "ab", "1.2", "99999"] {
            assert_eq!(Label::parse(odd), None, "{odd}");
        }
        assert_eq!(label("06A").to_string(), "6a");
    }
}
