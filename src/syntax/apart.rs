//! Reads from lines: how far a time lies from another, and whether two lie on one day.

use super::conditions::{LineReader, comparison};
use super::grammar::Rule;
use super::parse_cache::ParseNode;
use super::tree::{Apart, FirstDay, LengthRef, Measure, Predicate, Side};

impl LineReader<'_> {
    /// `is within 3 days after order-made, counting its day`
    pub(super) fn apart(&mut self, node: ParseNode<'_>) -> Option<Apart> {
        let parts = node.parts();
        let first = parts.first()?;
        let (comparison, length) = match first.rule() {
            Rule::length => match self.length_ref(first)? {
                LengthRef::Length(length) => (None, Measure::Length(length)),
                LengthRef::Name(word) => (None, Measure::Amount(super::tree::Amount::Name(word))),
            },
            _ => (Some(comparison(first)?), self.measure(parts.get(1)?)?),
        };
        let has = |rule: Rule| parts.iter().any(|part| part.rule() == rule);
        let first_day = match (has(Rule::counting_its_day), has(Rule::not_counting_its_day)) {
            (true, _) => Some(FirstDay::Counted),
            (_, true) => Some(FirstDay::NotCounted),
            _ => None,
        };
        Some(Apart {
            comparison,
            length,
            side: if has(Rule::before) { Side::Before } else { Side::After },
            other: self.subject(parts.find(Rule::subject)?)?,
            first_day,
            calendar: parts.find(Rule::passing_over).and_then(|calendar| self.first_word(calendar.parts())),
        })
    }

    /// `is on the same day as this call`
    pub(super) fn same_day(&mut self, node: ParseNode<'_>, not: bool) -> Option<Predicate> {
        Some(Predicate::SameDay { not, other: self.subject(node.parts().find(Rule::subject)?)? })
    }
}
