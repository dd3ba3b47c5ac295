//! Rules that are alike -> text: the first of them is printed once, with gaps for what the others have of their own.

use super::print::{Break, Printer};
use super::tree::*;
use std::fmt::Write;
use std::iter::Peekable;

/// A rule that is told again with other names and numbers.
pub(super) struct Told {
    lines: Vec<ToldLine>,
}

enum ToldLine {
    /// One or more lines that are the same each time.
    Same(String),
    Own {
        depth: usize,
        breaks: Break,
        pieces: Vec<Piece>,
    },
}

enum Piece {
    Said(String),
    Name,
    Number,
}

/// A line before it is broken to fit.
pub(super) type Unbroken = (usize, Break, String);

/// Stands in the place of the name; no text that is read has this character.
const NAME: char = '\u{1}';

/// Stands in the place of the first number, and the numbers after it in those of the others. Nobody writes one below zero.
const NUMBER: i64 = i64::MIN;

impl Printer {
    /// A rule that is like another.
    pub(super) fn alike(&mut self, item: &Line<Item>, alike: &AlikeItem) {
        let known = std::ptr::from_ref(&*alike.like);
        let told = self.told.remove(&known).unwrap_or_else(|| self.told_once(item, alike));
        match &told {
            Some(told) => self.tell(told, alike),
            None => self.rule(item, &alike.told()),
        }
        self.told.insert(known, told);
    }

    fn tell(&mut self, told: &Told, alike: &AlikeItem) {
        let mut numbers = alike.numbers.iter();
        for line in &told.lines {
            match line {
                ToldLine::Same(said) => self.out.push_str(said),
                ToldLine::Own { depth, breaks, pieces } => {
                    self.said.clear();
                    for piece in pieces {
                        match piece {
                            Piece::Said(said) => self.said.push_str(said),
                            Piece::Name => self.said.push_str(&alike.name.text),
                            Piece::Number => numbers.next().into_iter().for_each(|number| {
                                let _ = write!(self.said, "{number}");
                            }),
                        }
                    }
                    self.fill(*depth, *breaks);
                    self.out.push('\n');
                }
            }
        }
    }

    /// The rule with its gaps; `None` if it is not plain to see where they are.
    fn told_once(&mut self, item: &Line<Item>, alike: &AlikeItem) -> Option<Told> {
        let numbers: Box<[i64]> = (NUMBER..).take(alike.numbers.len()).collect();
        let gaps: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let mut whole = self.unbroken(item, &alike.like).into_iter();
        if whole.any(|(_, _, said)| gaps.iter().any(|gap| said.contains(gap))) {
            return None;
        }
        let name = Word { text: NAME.into(), at: alike.name.at };
        let gapped = AlikeItem { name, like: alike.like.clone(), numbers }.told();
        let mut gaps = gaps.iter().peekable();
        let mut lines: Vec<ToldLine> = Vec::new();
        for (depth, breaks, said) in self.unbroken(item, &gapped) {
            let pieces = pieces(&said, &mut gaps);
            if pieces.iter().any(|piece| !matches!(piece, Piece::Said(_))) {
                lines.push(ToldLine::Own { depth, breaks, pieces });
                continue;
            }
            let start = self.out.len();
            self.said = said;
            self.fill(depth, breaks);
            self.out.push('\n');
            let same = self.out.split_off(start);
            match lines.last_mut() {
                Some(ToldLine::Same(before)) => before.push_str(&same),
                _ => lines.push(ToldLine::Same(same)),
            }
        }
        gaps.peek().is_none().then_some(Told { lines })
    }

    fn unbroken(&mut self, item: &Line<Item>, rule: &RuleItem) -> Vec<Unbroken> {
        self.kept = Some(Vec::new());
        self.rule(item, rule);
        self.kept.take().unwrap_or_default()
    }
}

/// What a line says between its gaps, which are met in their order.
fn pieces<'g>(said: &str, gaps: &mut Peekable<impl Iterator<Item = &'g String>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = said;
    if let Some((before, after)) = rest.split_once(NAME) {
        pieces.extend([Piece::Said(before.to_owned()), Piece::Name]);
        rest = after;
    }
    while let Some((before, after)) = gaps.peek().and_then(|gap| rest.split_once(gap.as_str())) {
        pieces.extend([Piece::Said(before.to_owned()), Piece::Number]);
        rest = after;
        gaps.next();
    }
    pieces.push(Piece::Said(rest.to_owned()));
    pieces
}
