//! The bands of a score -> the same in rising order, when every sum lies in one of them, whatever the settings with which they begin.

use super::names::Checker;
use super::policy::{SettingRange, SettingValue};
use super::symbols::{Namespace, SymbolKind};
use crate::semantics::{Band, Parameter};
use crate::syntax::tree::{self, Amount, BandEnd, Line, ScoreItem};
use crate::text::Diagnostic;

/// A band with the sums at which it may begin, by the range of the setting that says where.
struct Begun<'l> {
    line: &'l Line<tree::Band>,
    from: Parameter<i64>,
    lowest: i64,
    highest: i64,
}

impl Checker<'_, '_> {
    /// The bands in rising order, when they cover every sum from the least to the most, each once.
    pub(super) fn bands(
        &mut self,
        item: &ScoreItem,
        lines: &[&Line<tree::Band>],
        reach: (i64, i64),
    ) -> Option<Vec<Band>> {
        let begun: Vec<Option<Begun<'_>>> = lines.iter().map(|line| self.begun(line)).collect();
        let mut begun: Vec<Begun<'_>> = begun.into_iter().collect::<Option<_>>()?;
        begun.sort_by_key(|band| *band.from);
        if !self.said_one_way(&begun) || !self.bands_the_right_way(&begun) {
            return None;
        }
        let mut sound = self.begin_in_order(&begun);
        let ends: Vec<Option<i64>> = begun
            .iter()
            .enumerate()
            .map(|(at, band)| match band.line.node.end {
                BandEnd::At(to) => Some(to.value),
                BandEnd::Open => None,
                BandEnd::BeforeTheNext => begun.get(at + 1).map(|next| next.from.saturating_sub(1)),
            })
            .collect();
        sound &= self.cover_every_sum(item, &begun, &ends, reach, sound);
        if begun.len() > 64 {
            let message = format!("there are {} bands; 64 is the most", begun.len());
            self.problems.push(Diagnostic::error("too-many-values", item.name.at.0, message));
            sound = false;
        }
        let bands = begun.iter().zip(ends);
        let bands = bands.map(|(band, to)| Band { from: band.from, to, name: band.line.node.name.text.clone() });
        sound.then(|| bands.collect())
    }

    fn begun<'l>(&mut self, line: &'l Line<tree::Band>) -> Option<Begun<'l>> {
        let from = self.number(&line.node.from)?;
        let Amount::Name(word) = &line.node.from else {
            return Some(Begun { line, from, lowest: *from, highest: *from });
        };
        let setting = self.settings.get(word.text.as_str()).and_then(|at| self.policy.settings.get(*at))?;
        let Some(SettingRange::FromTo(
            SettingValue::Number { number: lowest, .. },
            SettingValue::Number { number: highest, .. },
        )) = setting.range
        else {
            let message = format!("`{}` has no range, so nobody can say that the bands stay in order", word.text);
            let problem = Diagnostic::error("bands", word.at.0, message);
            let declared = setting.given.first().map_or(word.at.0, |given| given.at);
            let help =
                format!("give it one, such as `{}, from {} to {}`", setting.value, from.saturating_sub(1), *from + 1);
            self.problems.push(problem.also(declared, "here it is declared").help(help));
            return None;
        };
        Some(Begun { line, from, lowest, highest })
    }

    /// Of a band that ends before the next begins, the next must say where it begins in the same way.
    fn said_one_way(&mut self, bands: &[Begun<'_>]) -> bool {
        let by_its_beginning = |band: &&Begun<'_>| matches!(band.line.node.end, BandEnd::BeforeTheNext);
        let Some(first) = bands.iter().find(by_its_beginning) else { return true };
        let Some(other) = bands.iter().find(|band| !by_its_beginning(band)) else { return true };
        let problem = Diagnostic::error("bands", other.line.at.0, "this band is not written as the others are")
            .also(first.line.at.0, "this one says where it begins, and ends where the next begins");
        let (from, name) = (&other.line.node.from, &other.line.node.name.text);
        self.problems.push(problem.help(format!("write `- from {from}: {name}`, and all the others in this way")));
        false
    }

    /// Whether each begins above the one before it, whatever the settings in their ranges.
    fn begin_in_order(&mut self, bands: &[Begun<'_>]) -> bool {
        let mut sound = true;
        for (lower, upper) in bands.iter().zip(bands.iter().skip(1)) {
            // Where a band ends is said of the others, and is looked at with the sums that they cover.
            if !matches!(lower.line.node.end, BandEnd::BeforeTheNext) || lower.highest < upper.lowest {
                continue;
            }
            let begins = |band: &Begun<'_>, at: i64| match &band.line.node.from {
                Amount::Name(word) => format!("`{}` may be set to {at}", word.text),
                Amount::Number(_) => format!("`{}` begins at {at}", band.line.node.name.text),
            };
            let (first, second) = (begins(lower, lower.highest), begins(upper, upper.lowest));
            let message = format!("{first}, and {second}: then no score is `{}`", lower.line.node.name.text);
            let problem = Diagnostic::error("bands", upper.line.at.0, message)
                .also(lower.line.at.0, "this band comes before it")
                .help("the lower one must end below the number at which the other begins, whatever both are set to");
            self.problems.push(problem);
            sound = false;
        }
        sound
    }

    fn cover_every_sum(
        &mut self,
        item: &ScoreItem,
        bands: &[Begun<'_>],
        ends: &[Option<i64>],
        (least, most): (i64, i64),
        mut sound: bool,
    ) -> bool {
        // What the score cannot come to may lie in the first band, or in none.
        let mut next = bands.first().map(|band| band.highest.min(least)).or(Some(least));
        let score = &item.name.text;
        let policy = self.owner(score);
        let in_order = sound;
        for (at, (band, end)) in bands.iter().zip(ends).enumerate() {
            let (word, of) = (&band.line.node.name, SymbolKind::Band(score.clone()));
            sound &= self.take(&policy, Namespace::Bands(score.clone()), of.clone(), word);
            sound &= self.take(&policy, Namespace::Levels, of, word);
            let from = if at == 0 { band.highest } else { *band.from };
            let problem = match next {
                _ if !in_order => None,
                Some(free) if from == free || at == 0 && from < free => None,
                Some(free) if from > free => {
                    let below = missing(free, from.saturating_sub(1));
                    Some(match &band.line.node.from {
                        Amount::Name(word) if at == 0 => {
                            format!("with `{}` at {from} no band holds a score of {below}", word.text)
                        }
                        _ => format!("no band before this one holds a score of {below}"),
                    })
                }
                _ => Some(format!("a score of {from} is in two bands")),
            };
            if let Some(message) = problem {
                self.problems.push(
                    Diagnostic::error("bands", band.line.at.0, message)
                        .help("every score lies in one band: each begins where the one before it ends"),
                );
                sound = false;
            }
            next = end.map(|to| to.saturating_add(1));
        }
        if let (Some(free), false) = (next, bands.is_empty())
            && free <= most
            && sound
        {
            let message = format!("no band holds a score of {}, though {most} can be reached", missing(free, most));
            let problem = Diagnostic::error("bands", item.name.at.0, message);
            self.problems.push(problem.help(format!("add a band `- {free} or more: …`")));
            sound = false;
        }
        sound
    }

    fn bands_the_right_way(&mut self, bands: &[Begun<'_>]) -> bool {
        let mut sound = true;
        for band in bands {
            let (Amount::Number(from), BandEnd::At(to)) = (&band.line.node.from, band.line.node.end) else { continue };
            if to.value >= from.value {
                continue;
            }
            let span = from.at.0.to(to.at.0);
            let problem = Diagnostic::error("bad-range", span, "the range of this band is the wrong way round");
            self.problems.push(problem.help(format!("write `{} to {}`", to.value, from.value)));
            sound = false;
        }
        sound
    }
}

fn missing(from: i64, to: i64) -> String {
    match to - from {
        0 => from.to_string(),
        1 => format!("{from} or {to}"),
        _ => format!("{from} to {to}"),
    }
}
