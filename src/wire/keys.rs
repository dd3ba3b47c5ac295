//! The keys that each group of a case may hold, and what to say of any other.

use super::path::plain;
use crate::model::{Field, RecordKind, Vocabulary};
use crate::text::nearest;

/// Which group is being read. Its keys are numbered: those that every such group has come first, then the declared ones.
#[derive(Clone, Copy)]
pub(super) enum Keys<'v> {
    Case,
    History(&'v Vocabulary),
    Call(&'v [Field]),
    Record(&'v RecordKind),
}

/// How often a key has been met in its group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Met {
    #[default]
    Never,
    Once,
    Twice,
}

pub(super) const CALL: usize = 0;
pub(super) const HISTORY: usize = 1;
const CASE: [&str; 2] = ["call", "history"];

pub(super) const ID: usize = 0;
pub(super) const AT: usize = 1;
pub(super) const FIRST_FIELD: usize = 2;
const EVERY_RECORD: [&str; FIRST_FIELD] = ["id", "at"];

impl<'v> Keys<'v> {
    fn fixed(self) -> &'static [&'static str] {
        match self {
            Self::Case => &CASE,
            Self::History(_) => &[],
            Self::Call(_) | Self::Record(_) => &EVERY_RECORD,
        }
    }

    pub(super) fn fields(self) -> &'v [Field] {
        match self {
            Self::Case | Self::History(_) => &[],
            Self::Call(fields) => fields,
            Self::Record(kind) => &kind.fields,
        }
    }

    fn kinds(self) -> &'v [RecordKind] {
        match self {
            Self::History(vocabulary) => &vocabulary.records,
            Self::Case | Self::Call(_) | Self::Record(_) => &[],
        }
    }

    fn declared(self) -> impl Iterator<Item = &'v str> {
        let fields = self.fields().iter().map(|field| field.name.as_str());
        fields.chain(self.kinds().iter().map(|kind| kind.plural.as_str()))
    }

    fn all(self) -> impl Iterator<Item = &'v str> {
        self.fixed().iter().copied().chain(self.declared())
    }

    pub(super) fn count(self) -> usize {
        self.fixed().len() + self.fields().len() + self.kinds().len()
    }

    /// Whether a case is nothing without what this key holds.
    pub(super) fn is_vital(self, number: usize) -> bool {
        match self {
            Self::Case => number == CALL,
            Self::Call(_) => number < FIRST_FIELD,
            Self::History(_) | Self::Record(_) => false,
        }
    }

    /// The key of this number.
    #[inline]
    pub(super) fn at(self, number: usize) -> Option<&'v str> {
        let fixed = self.fixed();
        match number.checked_sub(fixed.len()) {
            None => fixed.get(number).copied(),
            Some(number) => {
                let field = self.fields().get(number).map(|field| field.name.as_str());
                field.or_else(|| self.kinds().get(number).map(|kind| kind.plural.as_str()))
            }
        }
    }

    /// The number of a key, which is looked for from `next` on and then from the start.
    pub(super) fn find(self, key: &str, next: usize) -> Option<usize> {
        if self.at(next) == Some(key) {
            return Some(next);
        }
        (next + 1..self.count()).chain(0..next).find(|number| self.at(*number) == Some(key))
    }

    /// What to say of a key that this group does not have.
    pub(super) fn unknown(self, key: &str) -> String {
        let shown = plain(key);
        let wrong = match self {
            Self::Case => format!("a case has no `{shown}`"),
            Self::History(_) => format!("there is no kind of record called `{shown}`"),
            Self::Call(_) => format!("there is no fact `{shown}`"),
            Self::Record(kind) => format!("`{}` have no field `{shown}`", kind.plural),
        };
        match self.meant(key) {
            Some(near) => format!("{wrong}; did you mean `{near}`?"),
            None if matches!(self, Self::Case) => format!("{wrong}; it has `call` and `history`"),
            None => wrong,
        }
    }

    fn meant(self, key: &str) -> Option<&'v str> {
        let by_singular = self.kinds().iter().find(|kind| kind.name == key).map(|kind| kind.plural.as_str());
        by_singular.or_else(|| nearest(key, self.all())).or_else(|| self.all().find(|known| begins_alike(known, key)))
    }
}

/// Whether two words share more than half of the longer one, from the start: `strangled` and `strangulation`.
fn begins_alike(known: &str, key: &str) -> bool {
    let same = known.chars().zip(key.chars()).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count();
    same * 2 > known.chars().count().max(key.chars().count())
}
