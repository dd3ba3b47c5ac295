//! Lines of a score and of a table -> tree.

use super::conditions::LineReader;
use super::grammar::Rule;
use super::layout::RawLine;
use super::parse_cache::ParseNode;
use super::tree::*;

impl LineReader<'_> {
    pub(super) fn score_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<ScoreLine> {
        let parts = node.parts();
        Some(match node.rule() {
            Rule::points_list => ScoreLine::Points(self.items(raw, Rule::points_line, |reader, parts, child| {
                let points = reader.amount(parts.first()?)?;
                let given = parts.get(1)?;
                let when = match given.rule() {
                    Rule::each => {
                        reader.no_lines_under(child);
                        reader.each(given)?
                    }
                    _ => reader.conditions(given, Some(child))?,
                };
                Some(Points { points, when })
            })),
            Rule::bands_list => ScoreLine::Bands(self.items(raw, Rule::band_line, |reader, parts, child| {
                reader.no_lines_under(child);
                let (range, name) = (parts.first()?, reader.word(parts.get(1)?));
                if range.rule() == Rule::band_from {
                    let from = reader.amount(range.parts().first()?)?;
                    return Some(Band { from, end: BandEnd::BeforeTheNext, name });
                }
                let (from, to) = reader.band_range(range)?;
                Some(Band { from: Amount::Number(from), end: to.map_or(BandEnd::Open, BandEnd::At), name })
            })),
            Rule::unanswered => ScoreLine::CountUnansweredAsYes,
            Rule::source => ScoreLine::Source(self.answered_for(parts)?),
            _ => ScoreLine::Help(self.first_text(parts)?),
        })
    }

    pub(super) fn table_line(&mut self, node: ParseNode<'_>, raw: &RawLine) -> Option<TableLine> {
        let parts = node.parts();
        Some(match node.rule() {
            Rule::gives_list => TableLine::Gives(self.items(raw, Rule::row_line, |reader, parts, child| {
                reader.no_lines_under(child);
                let when = parts.first()?;
                let when = match when.rule() {
                    Rule::names_or => RowKey::Values(reader.words(when.parts(), Rule::name)),
                    _ => {
                        let (from, to) = reader.band_range(when)?;
                        RowKey::Numbers { from, to }
                    }
                };
                Some(TableRow { when, gives: reader.amount(parts.get(1)?)? })
            })),
            Rule::source => TableLine::Source(self.answered_for(parts)?),
            _ => TableLine::Help(self.first_text(parts)?),
        })
    }

    /// `0 to 3`, `3` or `8 or more`.
    fn band_range(&mut self, node: ParseNode<'_>) -> Option<(Number, Option<Number>)> {
        let range = node.parts();
        let from = self.number(range.first()?)?;
        let to = match (node.rule(), range.get(1)) {
            (Rule::band_open, _) => None,
            (_, Some(to)) => Some(self.number(to)?),
            (_, None) => Some(from),
        };
        Some((from, to))
    }
}
