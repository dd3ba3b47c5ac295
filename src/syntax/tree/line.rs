//! What all of the tree is made of: words, texts and lengths with their places, and lines with their comments.

use crate::text::Span;
use crate::time::Length;

/// A place that takes no part in comparisons: two trees are equal when they say the same.
#[derive(Clone, Copy, Debug, Eq)]
pub struct At(pub Span);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A name as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub at: At,
}

/// A quoted text, its runs of white space made single spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub value: String,
    pub at: At,
}

/// One line with the comments that belong to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<T> {
    pub node: T,
    pub at: At,
    pub comments: Comments,
}

/// Stands among the comments above a line at the margin for a line that is empty.
pub const BLANK_LINE: &str = "\n";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// Lines of their own above the line; at the margin also [`BLANK_LINE`].
    pub above: Vec<String>,
    /// At the end of the line.
    pub beside: Option<String>,
    /// Lines of their own below the line and all that lies under it, deeper than it is.
    pub under: Vec<String>,
    /// Lines of their own below those, at the margin of the line, where the next line stands further out.
    pub after: Vec<String>,
}

/// A written length of time with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LengthAt {
    pub length: Length,
    pub at: At,
}
