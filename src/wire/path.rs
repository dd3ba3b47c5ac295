//! Where in a case something stands, in the words of a decision's `about`: `history.orders[0].kind`.

use crate::text::seen;
use std::fmt;

/// A place in a case, as a chain back to its root. Nothing is allocated until somebody asks to see it.
#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    Root,
    Key(&'p Path<'p>, &'p str),
    At(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    pub(super) fn key(&'p self, key: &'p str) -> Self {
        Self::Key(self, key)
    }

    pub(super) fn at(&'p self, position: usize) -> Self {
        Self::At(self, position)
    }

    /// The same place in any record of its list: `history.orders[].kind`.
    pub(super) fn anywhere(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Key(Self::Root, key) => plain(key),
            Self::Key(parent, key) => format!("{}.{}", parent.anywhere(), plain(key)),
            Self::At(parent, _) => format!("{}[]", parent.anywhere()),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(Self::Root, key) => f.write_str(&plain(key)),
            Self::Key(parent, key) => write!(f, "{parent}.{}", plain(key)),
            Self::At(parent, position) => write!(f, "{parent}[{position}]"),
        }
    }
}

/// The most letters of somebody else's word that a message repeats.
const MAX_LETTERS: usize = 40;

/// A word from a file, fit for a message: short, on one line, and with nothing in it that steers a terminal.
pub(super) fn plain(word: &str) -> String {
    let mut shown: String = word.chars().take(MAX_LETTERS).map(seen).collect();
    if word.chars().nth(MAX_LETTERS).is_some() {
        shown.push('…');
    }
    shown
}
