//! Questions -> text: how each is put, to whom, and with which number it stands on its form.

use super::tree::{Ask, Party, QuestionLine, QuestionsLine, Text};
use std::fmt::{self, Display, Formatter};

/// Stands in a line's words where a new line begins if the whole does not fit on one.
pub(super) const PART: char = '\n';

/// A heading or line with the text that may stand after it.
pub(super) struct WithText<'t, D>(D, Option<&'t Text>);

pub(super) fn with_text<D: Display>(said: D, text: Option<&Text>) -> WithText<'_, D> {
    WithText(said, text)
}

impl<D: Display> Display for WithText<'_, D> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        self.1.map_or(Ok(()), |text| write!(f, "{PART}{text}"))
    }
}

pub(super) fn questions_line(line: &QuestionsLine) -> String {
    match line {
        QuestionsLine::For(Party::Caller) => "asked of the caller".to_owned(),
        QuestionsLine::For(Party::LookUp) => "looked up".to_owned(),
        QuestionsLine::For(Party::Officer) => "asked of the officer".to_owned(),
        QuestionsLine::Question(question) => {
            let QuestionLine { label, name, text, safe_if_overheard, ask } = &**question;
            let safe = if *safe_if_overheard { ", safe if overheard" } else { "" };
            let said = format!("{}. {name}{PART}{text}{safe}", label.label);
            ask.as_ref().map_or_else(|| said.clone(), |ask| format!("{said}{PART}{}", asked(ask)))
        }
    }
}

pub(super) fn asked(ask: &Ask) -> String {
    let how = match ask.of {
        Party::Caller => "asked as",
        Party::LookUp => "looked up as",
        Party::Officer => "asked of the officer as",
    };
    format!("{how} {}{}", ask.text, if ask.safe_if_overheard { ", safe if overheard" } else { "" })
}
