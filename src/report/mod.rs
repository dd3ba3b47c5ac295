//! Diagnostic, Decision, `PolicyDocument`, Changes, Event -> words for people: on a terminal, on a page, on paper.

mod diagnostic;
mod problem;
mod words;
mod blank;
mod decision;
mod acts;
mod why;
mod changes;
mod live;
mod page;
mod document;
mod markdown;
mod html;
mod effective;
mod comparison;

pub use blank::blank_case;
pub use changes::{change_lines, changes, lines_of_changes, thing};
pub use comparison::{comparison, shown_call, verdict};
pub use decision::decision;
pub use diagnostic::{diagnostic, file_warning, mended, summary};
pub use document::SignedPage;
pub use effective::effective;
pub(crate) use html::escaped;
pub use live::event;
pub use page::View;
pub use problem::problems;
