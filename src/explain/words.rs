//! How names are printed: exactly, or with a mark where a document links them to their explanation.

/// Stands after a name that is defined elsewhere in the document. No policy file may hold it.
pub(super) const DEFINED: char = '\u{1}';

/// How names are said.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// As the language reads them.
    Exact,
    /// With [`DEFINED`] after what is defined elsewhere, and the force's own names for values.
    Marked,
}

impl Words {
    pub(super) fn defined(self, name: &str) -> String {
        match self {
            Self::Exact => name.to_owned(),
            Self::Marked => format!("{name}{DEFINED}"),
        }
    }

    /// A value by its name, or as people say it: `Grade 1 (immediate)`, where the force has its own name for it.
    pub(super) fn value(self, value: &str, said: impl FnOnce() -> String) -> String {
        match self {
            Self::Exact => value.to_owned(),
            Self::Marked => said(),
        }
    }
}
