//! Lines -> tree: the questions of a form, and how many of them are answered yes.

use super::conditions::LineReader;
use super::grammar::Rule;
use super::layout::RawLine;
use super::parse_cache::{ParseNode, Parts};
use super::tree::{
    Answers, At, Condition, ConditionKind, Label, LabelAt, Party, QuestionLine, QuestionsLine, QuestionsOf,
};

impl LineReader<'_> {
    pub(super) fn questions_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<QuestionsLine> {
        self.no_lines_under(raw);
        Some(match node.rule() {
            Rule::for_caller => QuestionsLine::For(Party::Caller),
            Rule::for_look_up => QuestionsLine::For(Party::LookUp),
            Rule::for_attending => QuestionsLine::For(Party::Officer),
            _ => QuestionsLine::Question(Box::new(self.question(node)?)),
        })
    }

    fn question(&mut self, node: ParseNode<'_>) -> Option<QuestionLine> {
        let parts = node.parts();
        let ask = parts.iter().find(|part| super::asked::party(*part).is_some());
        Some(QuestionLine {
            label: self.label(parts.find(Rule::label)?)?,
            name: self.first_word(parts)?,
            text: self.first_text(parts)?,
            safe_if_overheard: node.has_keyword(Rule::k_safe_if_overheard),
            ask: ask.and_then(|ask| self.ask(ask)),
        })
    }

    fn label(&mut self, node: ParseNode<'_>) -> Option<LabelAt> {
        let at = At(node.span());
        let label = Label::parse(node.text());
        if label.is_none() {
            let message = format!("`{}` is not the number of a question", node.text());
            self.report("not-a-number", at.0, message, "a number is such as `7` or `6a`, or a letter alone");
        }
        Some(LabelAt { label: label?, at })
    }

    pub(super) fn answers(&mut self, node: ParseNode<'_>) -> Option<Answers> {
        let parts = node.parts();
        let group = self.group_kind(node)?;
        Some(Answers { group: Some(group), of: self.questions_of(parts)? })
    }

    /// `for each of dash that is yes`
    pub(super) fn each(&mut self, node: ParseNode<'_>) -> Option<Condition> {
        let of = self.questions_of(node.parts())?;
        Some(Condition { kind: ConditionKind::Answers(Box::new(Answers { group: None, of })), at: At(node.span()) })
    }

    fn questions_of(&mut self, parts: Parts<'_>) -> Option<QuestionsOf> {
        let parts = parts.find(Rule::questions_of)?.parts();
        let mut labels = parts.of(Rule::label);
        let range = match (labels.next(), labels.next()) {
            (Some(first), Some(last)) => Some((self.label(first)?, self.label(last)?)),
            _ => None,
        };
        Some(QuestionsOf { list: self.first_word(parts)?, range })
    }
}
