//! Sources -> trees, faster for sets in which many rules are alike.
//!
//! A large set often says a rule again and again with another name and another number after `at least`. The grammar does
//! not ask what a name is or how large a number, so the first of such rules is read, and of the others only what differs.
//! Nothing is said here about what is wrong: at the first sign of it, the set is left to be read line by line.

use super::conditions::{MOST, Reader};
use super::layout::{is_plain, layout_without};
use super::parts;
use super::shape::{is_word, push_word};
use super::tree::*;
use super::wording::Lines;
use crate::text::{Source, seek};
use hashbrown::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// The trees of a set of files, in their order; `None` when something has to be reported or may have to be.
pub(super) fn read(sources: &[&Source]) -> Option<Vec<File>> {
    let shares = parts::by_size(sources, parts::threads(sources));
    let files = parts::share_out(&shares, |share| Share::default().read(share).unwrap_or_else(|| vec![None]));
    files.into_iter().collect()
}

impl RuleItem {
    /// Shows every number of the rule's own conditions that something is compared with, in the order of the text.
    pub fn asked(&mut self, see: &mut impl FnMut(&mut Number)) {
        for line in &mut self.lines {
            if let RuleLine::When(condition) = &mut line.node {
                asked(condition, see);
            }
        }
    }
}

fn asked(condition: &mut Condition, see: &mut impl FnMut(&mut Number)) {
    match &mut condition.kind {
        ConditionKind::Group { group, items } => {
            if let Group::HowMany { amount: Amount::Number(number), .. } = group {
                see(number);
            }
            items.iter_mut().for_each(|item| asked(&mut item.node, see));
        }
        ConditionKind::Chain { items, .. } => items.iter_mut().for_each(|item| asked(item, see)),
        ConditionKind::Count(count) => {
            if let Quantifier::HowMany { amount: Amount::Number(number), .. } = &mut count.quantifier {
                see(number);
            }
        }
        ConditionKind::Test(test) => {
            if let Predicate::Compare { with: Measure::Amount(Amount::Number(number)), .. } = &mut test.predicate {
                see(number);
            }
        }
        _ => {}
    }
}

impl AlikeItem {
    /// The rule as if it had been read by itself, but for its places.
    pub fn told(&self) -> RuleItem {
        let mut rule = RuleItem::clone(&self.like);
        rule.name.clone_from(&self.name);
        let mut numbers = self.numbers.iter();
        rule.asked(&mut |number| number.value = numbers.next().copied().unwrap_or(number.value));
        rule
    }
}

/// What one thread reads.
#[derive(Default)]
struct Share {
    /// The text of each kind of rule without its name and numbers. Only looked up in, never walked.
    known: HashMap<Box<str>, usize>,
    kinds: Vec<Kind>,
    /// The text that is being looked up; its memory is used again.
    key: String,
}

/// Rules that are alike.
#[derive(Default)]
struct Kind {
    /// Whether there is more than one.
    shared: bool,
    /// Whether their numbers stand where they are more than compared with, so that each has to be read.
    unlike: bool,
    first: Option<Arc<RuleItem>>,
}

/// A rule as it stands in its file.
struct Stretch {
    place: Range<usize>,
    name: Range<usize>,
    /// Its numbers, by their places in [`Cut::numbers`].
    numbers: Range<usize>,
    kind: usize,
}

/// The rules of a file: those that are the first of their kind, and the others.
#[derive(Default)]
struct Cut {
    firsts: Vec<Stretch>,
    others: Vec<Stretch>,
    numbers: Vec<Range<usize>>,
}

impl Share {
    fn read(mut self, sources: &[&Source]) -> Option<Vec<Option<File>>> {
        let mut cuts: Vec<Cut> = sources.iter().map(|source| self.cut(source)).collect();
        let mut lines = Lines::default();
        let files = self.files(sources, &cuts, &mut lines)?;
        if !self.kinds.iter().any(|kind| kind.unlike) {
            return Some(files);
        }
        let alike = |stretch: &Stretch| self.kinds.get(stretch.kind).is_some_and(|kind| !kind.unlike);
        for cut in &mut cuts {
            cut.firsts.retain(alike);
            cut.others.retain(alike);
        }
        self.files(sources, &cuts, &mut lines)
    }

    fn files(&mut self, sources: &[&Source], cuts: &[Cut], lines: &mut Lines) -> Option<Vec<Option<File>>> {
        sources.iter().zip(cuts).map(|(source, cut)| self.file(source, cut, lines).map(Some)).collect()
    }

    fn cut(&mut self, source: &Source) -> Cut {
        let mut cut = Cut::default();
        // Elsewhere places move when tabs and quotation marks are made plain.
        if !is_plain(&source.text) {
            return cut;
        }
        for place in headings(&source.text) {
            let Some(said) = source.text.get(place.clone()).map(str::trim_ascii_end) else { continue };
            let first_number = cut.numbers.len();
            let Some(name) = self.key_of(said, place.start, &mut cut.numbers) else {
                cut.numbers.truncate(first_number);
                continue;
            };
            let numbers = first_number..cut.numbers.len();
            if let Some(kind) = self.known.get(self.key.as_str()).copied() {
                self.kinds.get_mut(kind).into_iter().for_each(|kind| kind.shared = true);
                cut.others.push(Stretch { place, name, numbers, kind });
            } else {
                let kind = self.kinds.len();
                self.known.insert(self.key.as_str().into(), kind);
                self.kinds.push(Kind::default());
                cut.firsts.push(Stretch { place, name, numbers, kind });
            }
        }
        cut
    }

    /// Makes the key of a rule that begins there in its file, adds the places of its numbers, and gives that of its name.
    /// `None` for what is no rule or has comments.
    fn key_of(&mut self, said: &str, base: usize, numbers: &mut Vec<Range<usize>>) -> Option<Range<usize>> {
        let rest = said.strip_prefix("rule ")?;
        let name = said.len() - rest.len();
        let name = name..name + rest.bytes().position(|byte| matches!(byte, b' ' | b'\n'))?;
        let named = said.get(name.clone()).filter(|name| is_word(name))?;
        self.key.clear();
        push_word(&mut self.key, named, false);
        let bytes = said.as_bytes();
        let (mut copied, mut at) = (name.end, name.end);
        loop {
            at += seek::quotation_mark_to_digit(bytes.get(at..)?);
            match bytes.get(at) {
                None => break,
                Some(b'"') => at += seek::quotation_mark(bytes.get(at + 1..)?) + 2,
                Some(b'#') => return None,
                Some(b'0'..=b'9') => {
                    let digits = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
                    let number = at..at + digits;
                    at = number.end;
                    if matches!(bytes.get(at), None | Some(b' ' | b'\n')) && compares(said.get(..number.start)?) {
                        self.key.push_str(said.get(copied..number.start)?);
                        // No text that is read has this character.
                        self.key.push('\0');
                        copied = at;
                        numbers.push(base + number.start..base + number.end);
                    }
                }
                Some(_) => at += 1,
            }
        }
        self.key.push_str(said.get(copied..)?);
        Some(base + name.start..base + name.end)
    }

    fn file(&mut self, source: &Source, cut: &Cut, lines: &mut Lines) -> Option<File> {
        let left_out: Vec<Range<usize>> = cut.others.iter().map(|other| other.place.clone()).collect();
        let mut problems = Vec::new();
        let layout = layout_without(source, &left_out, &mut problems);
        let mut reader = Reader::new(source, &layout.text, std::mem::take(lines));
        let mut items = Vec::with_capacity(layout.lines.len() + cut.others.len());
        let mut firsts = cut.firsts.iter().peekable();
        let mut others = cut.others.iter().peekable();
        for raw in &layout.lines {
            while let Some(other) = others.next_if(|other| other.place.start < raw.start) {
                self.tell(source, cut, other, &mut items)?;
            }
            let mut item = reader.heading(raw)?;
            if let Some(first) = firsts.next_if(|first| first.place.start == raw.start) {
                let kind = self.kinds.get_mut(first.kind)?;
                if kind.shared {
                    (item.node, kind.first) = first_of_kind(item.node, first, cut);
                    kind.unlike = kind.first.is_none();
                }
            }
            items.push(item);
        }
        for other in others {
            self.tell(source, cut, other, &mut items)?;
        }
        let sound = problems.is_empty() && reader.problems.is_empty() && reader.unread == Unread::default();
        *lines = reader.lines;
        (sound && !items.is_empty()).then_some(File { items, ..File::default() })
    }

    /// Adds the rule as one that is like the first of its kind, if it is. `None` when a number is too large.
    fn tell(&self, source: &Source, cut: &Cut, other: &Stretch, items: &mut Vec<Line<Item>>) -> Option<()> {
        let Some(like) = self.kinds.get(other.kind)?.first.clone() else { return Some(()) };
        let value = |place: &Range<usize>| source.text.get(place.clone())?.parse().ok().filter(|value| *value <= MOST);
        let numbers = cut.numbers.get(other.numbers.clone())?.iter().map(value).collect::<Option<Box<[i64]>>>()?;
        let at = At(source.span(other.name.start, other.name.end));
        let name = Word { text: source.text.get(other.name.clone())?.to_owned(), at };
        items.push(Line { node: Item::Alike(AlikeItem { name, like, numbers }), at, comments: Comments::default() });
        Some(())
    }
}

/// The rule that others are like, and that is like itself, if its name and numbers are where they were thought to be; else the item
/// as it was.
fn first_of_kind(item: Item, first: &Stretch, cut: &Cut) -> (Item, Option<Arc<RuleItem>>) {
    let Item::Rule(mut rule) = item else { return (item, None) };
    let (mut places, mut numbers) = (Vec::new(), Vec::new());
    rule.asked(&mut |number| {
        places.push(number.at.0.range());
        numbers.push(number.value);
    });
    if rule.name.at.0.range() != first.name || cut.numbers.get(first.numbers.clone()) != Some(&places) {
        return (Item::Rule(rule), None);
    }
    let name = rule.name.clone();
    let like = Arc::new(rule);
    (Item::Alike(AlikeItem { name, like: Arc::clone(&like), numbers: numbers.into() }), Some(like))
}

/// Whether something is compared with a number that follows.
fn compares(before: &str) -> bool {
    ["at least ", "at most ", "more than ", "fewer than ", "less than ", "exactly "]
        .iter()
        .any(|words| before.ends_with(words))
}

/// Where the headings of a file stand, each with the lines under it; what is above the first is left out.
fn headings(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(first) = bytes.get(at) {
        let end = at + seek::line_end(bytes.get(at..).unwrap_or_default()) + 1;
        if !matches!(first, b' ' | b'\n' | b'\r') {
            found.push(at..end);
        } else if let Some(heading) = found.last_mut() {
            heading.end = end;
        }
        at = end;
    }
    if let Some(last) = found.last_mut() {
        last.end = text.len();
    }
    found
}
