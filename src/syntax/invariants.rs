//! The lines of an invariant -> tree, and back to lines.

use super::conditions::LineReader;
use super::grammar::Rule;
use super::layout::RawLine;
use super::parse_cache::ParseNode;
use super::phrases::ConditionHead;
use super::print::{Break, Printer};
use super::question_text::with_text;
use super::tree::*;

impl LineReader<'_> {
    pub(super) fn invariant_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<InvariantLine> {
        let parts = node.parts();
        match node.rule() {
            Rule::whenever => return Some(InvariantLine::Whenever(self.conditions(parts.first()?, Some(raw))?)),
            Rule::then_list => return Some(InvariantLine::Then(self.effect_list(raw))),
            Rule::never_list => return Some(InvariantLine::Never(self.effect_list(raw))),
            _ => self.no_lines_under(raw),
        }
        Some(match node.rule() {
            Rule::then_one => InvariantLine::Then(self.only_effect(parts)?),
            Rule::never_one => InvariantLine::Never(self.only_effect(parts)?),
            Rule::source => InvariantLine::Source(self.answered_for(parts)?),
            _ => InvariantLine::Help(self.first_text(parts)?),
        })
    }
}

impl Printer {
    pub(super) fn invariant(&mut self, item: &Line<Item>, invariant: &InvariantItem) {
        let heading = format!("invariant {}", invariant.name.text);
        self.write(0, item, Break::AfterComma, with_text(&heading, invariant.title.as_ref()));
        for line in &invariant.lines {
            match &line.node {
                InvariantLine::Help(text) => self.write(1, line, Break::Anywhere, text),
                InvariantLine::Whenever(condition) => {
                    self.write(1, line, Break::Anywhere, format_args!("whenever {}", ConditionHead(condition)));
                    self.children(2, condition);
                }
                InvariantLine::Then(effects) => self.effects("then", line, effects),
                InvariantLine::Never(effects) => self.effects("never", line, effects),
                InvariantLine::Source(text) => self.write(1, line, Break::Anywhere, format_args!("source {text}")),
            }
            self.below(1, line);
        }
    }
}
