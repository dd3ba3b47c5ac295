//! Reads from lines: whom a question is for, when a call may be overheard, and what values are called.

use super::conditions::LineReader;
use super::grammar::Rule;
use super::layout::RawLine;
use super::parse_cache::ParseNode;
use super::tree::{Ask, CallLine, CalledLine, Party};

impl LineReader<'_> {
    pub(super) fn ask(&mut self, node: ParseNode<'_>) -> Option<Ask> {
        let safe_if_overheard = node.has_keyword(Rule::k_safe_if_overheard);
        Some(Ask { of: party(node)?, text: self.first_text(node.parts())?, safe_if_overheard })
    }

    pub(super) fn call_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<CallLine> {
        self.no_lines_under(raw);
        let parts = node.parts();
        Some(match node.rule() {
            Rule::called_line => CallLine::IsCalled(self.called(parts.first()?)?),
            Rule::overheard_line => {
                let fact = self.first_word(parts)?;
                let mut values = self.list(parts);
                if values.is_empty() {
                    values = parts.iter().skip(1).map(|part| self.word(part)).collect();
                }
                CallLine::MayBeOverheard { fact, values }
            }
            _ => CallLine::Fact(self.fact(node)?),
        })
    }

    pub(super) fn called(&mut self, node: ParseNode<'_>) -> Option<CalledLine> {
        let parts = node.parts();
        let mut words = self.words(parts, Rule::name).into_iter();
        Some(CalledLine { of: words.next()?, value: words.next()?, words: self.first_text(parts)? })
    }
}

/// Whom a question of a fact or record is for; `None` for what is no question.
pub(super) fn party(node: ParseNode<'_>) -> Option<Party> {
    match node.rule() {
        Rule::asked_as => Some(Party::Caller),
        Rule::looked_up_as => Some(Party::LookUp),
        Rule::asked_of_officer => Some(Party::Officer),
        _ => None,
    }
}
