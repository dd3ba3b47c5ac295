//! Scores and tables of the tree -> their lines.

use super::phrases::{ConditionHead, Listed, is_each};
use super::print::{Break, Printer};
use super::question_text::with_text;
use super::tree::*;

impl Printer {
    pub(super) fn score(&mut self, item: &Line<Item>, score: &ScoreItem) {
        self.write(
            0,
            item,
            Break::AfterComma,
            with_text(format_args!("score {}", score.name.text), score.title.as_ref()),
        );
        for line in &score.lines {
            match &line.node {
                ScoreLine::Help(text) => self.write(1, line, Break::Anywhere, text),
                ScoreLine::CountUnansweredAsYes => self.write(1, line, Break::Anywhere, "count unanswered as yes"),
                ScoreLine::Source(text) => self.write(1, line, Break::Anywhere, format_args!("source {text}")),
                ScoreLine::Points(points) => {
                    self.write(1, line, Break::Anywhere, "points:");
                    for point in points {
                        let when = if is_each(&point.node.when) { "" } else { "when " };
                        let said = format!("- {} {when}{}", point.node.points, ConditionHead(&point.node.when));
                        self.write(2, point, Break::Anywhere, &said);
                        self.children(3, &point.node.when);
                        self.below(2, point);
                    }
                }
                ScoreLine::Bands(bands) => {
                    self.write(1, line, Break::Anywhere, "bands:");
                    for band in bands {
                        self.write(2, band, Break::Anywhere, format_args!("- {}", band_words(&band.node)));
                        self.below(2, band);
                    }
                }
            }
            self.below(1, line);
        }
    }

    pub(super) fn table(&mut self, item: &Line<Item>, table: &TableItem) {
        let heading = format!("table {} by {}", table.name.text, table.by.text);
        self.write(0, item, Break::AfterComma, with_text(&heading, table.title.as_ref()));
        for line in &table.lines {
            match &line.node {
                TableLine::Help(text) => self.write(1, line, Break::Anywhere, text),
                TableLine::Source(text) => self.write(1, line, Break::Anywhere, format_args!("source {text}")),
                TableLine::Gives(rows) => {
                    self.write(1, line, Break::Anywhere, "gives:");
                    for row in rows {
                        let when = match &row.node.when {
                            RowKey::Numbers { from, to } => range_words(*from, *to),
                            RowKey::Values(values) => Listed(values, "or").to_string(),
                        };
                        self.write(2, row, Break::Anywhere, format_args!("- {when}: {}", row.node.gives));
                        self.below(2, row);
                    }
                }
            }
            self.below(1, line);
        }
    }
}

fn band_words(band: &Band) -> String {
    let name = &band.name.text;
    match (&band.from, band.end) {
        (from, BandEnd::BeforeTheNext) => format!("from {from}: {name}"),
        (from, BandEnd::Open) => format!("{from} or more: {name}"),
        (Amount::Number(from), BandEnd::At(to)) => format!("{}: {name}", range_words(*from, Some(to))),
        (from, BandEnd::At(to)) => format!("{from} to {}: {name}", to.value),
    }
}

fn range_words(from: Number, to: Option<Number>) -> String {
    match to {
        None => format!("{} or more", from.value),
        Some(to) if to.value == from.value => to.value.to_string(),
        Some(to) => format!("{} to {}", from.value, to.value),
    }
}
