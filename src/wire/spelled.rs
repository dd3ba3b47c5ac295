//! Vocabulary -> how its keys and choices are spelled in JSON by nearly every program: a lead for each key, which is compared
//! with the text in one step.

use super::keys::{FIRST_FIELD, Keys};
use super::scan::Word;
use crate::model::{Type, Value, Vocabulary};

/// The two spellings of a vocabulary: most programs write no blanks at all, and most others one after each comma and colon.
#[derive(Debug)]
pub(super) struct Spelled {
    compact: Spelling,
    spaced: Spelling,
}

/// The keys of each group, by their numbers.
#[derive(Debug)]
pub(super) struct Spelling {
    pub(super) case: Vec<Key>,
    pub(super) call: Vec<Key>,
    pub(super) history: Vec<Key>,
    pub(super) records: Vec<Vec<Key>>,
}

#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: String,
    /// All from the mark before it up to its value, and the quotation mark with which the value begins if it is a text.
    pub(super) lead: Word,
    /// What nearly always comes after the lead, where that is one of a few, and the value that it stands for.
    pub(super) known: Vec<(Word, Value)>,
    pub(super) begins: Begins,
}

/// What comes after a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begins {
    /// The rest of a text that is one identity.
    Identity,
    /// The rest of a text that is a time.
    Time,
    /// The rest of any other text.
    Text,
    /// A value that is no text, or need not be.
    Other,
}

impl Spelled {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        Self { compact: Spelling::new(vocabulary, ""), spaced: Spelling::new(vocabulary, " ") }
    }

    /// The spelling that a text seems to be in: the first colon tells.
    pub(super) fn of(&self, text: &str) -> &Spelling {
        let is_spaced = text.split_once(':').is_some_and(|(_, after)| after.starts_with(' '));
        if is_spaced { &self.spaced } else { &self.compact }
    }
}

impl Spelling {
    fn new(vocabulary: &Vocabulary, blank: &str) -> Self {
        let of = |keys| spelled(keys, blank);
        Self {
            case: of(Keys::Case),
            call: of(Keys::Call(&vocabulary.call)),
            history: of(Keys::History(vocabulary)),
            records: vocabulary.records.iter().map(|kind| of(Keys::Record(kind))).collect(),
        }
    }
}

fn spelled(keys: Keys<'_>, blank: &str) -> Vec<Key> {
    let key = |number: usize| {
        let name = keys.at(number)?;
        let before = if number == 0 { "{".to_owned() } else { format!(",{blank}") };
        let (begins, known) = match (keys, number.checked_sub(FIRST_FIELD)) {
            (Keys::Case | Keys::History(_), _) => (Begins::Other, Vec::new()),
            // An id or a time.
            (_, None) => (Begins::Text, Vec::new()),
            (_, Some(field)) => {
                let ty = &keys.fields().get(field)?.ty;
                (begins(ty), known(ty))
            }
        };
        let mark = if begins == Begins::Other { "" } else { "\"" };
        let lead = Word::new(format!("{before}{}:{blank}{mark}", quoted(name)));
        Some(Key { name: name.to_owned(), lead, known, begins })
    };
    (0..keys.count()).filter_map(key).collect()
}

fn begins(ty: &Type) -> Begins {
    match ty {
        Type::Identity { many: false, .. } => Begins::Identity,
        Type::Time { .. } => Begins::Time,
        Type::Choice { .. } | Type::Duration | Type::Text | Type::Link { .. } => Begins::Text,
        Type::YesNo | Type::Flags { .. } | Type::Number { .. } | Type::Identity { many: true, .. } => Begins::Other,
    }
}

fn known(ty: &Type) -> Vec<(Word, Value)> {
    match ty {
        Type::YesNo => {
            [("false", false), ("true", true)].map(|(word, is)| (Word::new(word.to_owned()), Value::YesNo(is))).into()
        }
        Type::Choice { values, .. } => {
            let rest = |value: &String| Some(Word::new(quoted(value).strip_prefix('"')?.to_owned()));
            (0..).zip(values).filter_map(|(at, value)| Some((rest(value)?, Value::Choice(at)))).collect()
        }
        _ => Vec::new(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
