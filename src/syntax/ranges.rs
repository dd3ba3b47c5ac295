//! A parsed line -> ranges in it: from one number to another, and from one time of day to another.

use super::conditions::LineReader;
use super::grammar::Rule;
use super::parse_cache::ParseNode;
use super::tree::{At, ClockAt, ClockEnd, ClockRef, Predicate, Range};
use crate::text::Diagnostic;
use crate::time::TimeOfDay;

impl LineReader<'_> {
    /// `is from 10 to 13`
    pub(super) fn range(&mut self, node: ParseNode<'_>, not: bool) -> Option<Range> {
        let mut ends = node.parts().iter().filter(|part| matches!(part.rule(), Rule::span | Rule::amount));
        let (from, to) = (self.measure(ends.next()?)?, self.measure(ends.next()?)?);
        Some(Range { not, from, to, at: At(node.span()) })
    }

    /// `is between 22:00 and 06:00`, `is from night-starts until before night-ends`
    pub(super) fn clock_range(&mut self, node: ParseNode<'_>, not: bool) -> Option<Predicate> {
        let parts = node.parts();
        let mut clocks = parts.of(Rule::time_of_day);
        let end = if parts.find(Rule::until_before).is_some() { ClockEnd::Out } else { ClockEnd::In };
        let (from, to) = (self.clock_ref(clocks.next()?)?, self.clock_ref(clocks.next()?)?);
        Some(Predicate::Clock { not, from, to, end })
    }

    fn clock_ref(&mut self, node: ParseNode<'_>) -> Option<ClockRef> {
        let inner = node.parts().first()?;
        Some(match inner.rule() {
            Rule::clock => ClockRef::Clock(self.clock(inner, true)?),
            _ => ClockRef::Name(self.word(inner)),
        })
    }

    pub(super) fn clock(&mut self, node: ParseNode<'_>, in_a_test: bool) -> Option<ClockAt> {
        let clock = TimeOfDay::parse(node.text());
        if clock.is_none() {
            let message = format!("there is no time of day `{}`", node.text());
            let problem = Diagnostic::error("no-such-time", node.span(), message);
            self.problems.push(match node.text() {
                // As a setting it would be the end of a day, where 00:00 is the beginning.
                "24:00" => problem.help("write `00:00` for midnight").fix(node.span(), "00:00").certain(in_a_test),
                _ => problem.help("times of day go from 00:00 to 23:59"),
            });
        }
        Some(ClockAt { clock: clock?, at: At(node.span()) })
    }
}
