//! Lines by their margins -> files: the headings of a set of files are shared out among workers when there are many.

use super::conditions::LineReader;
use super::layout::{Layout, RawLine};
use super::parse_cache::ParseCache;
use super::tree::{BLANK_LINE, File, Item, Line, Unparsed};
use crate::text::{Diagnostic, Source};
use crate::workers::{Workers, map};
use std::ptr;

/// A worker begins with nothing known of the wordings of lines, so it is only worth it for so many bytes of policy.
const WORTH_A_WORKER: usize = 64 * 1024;

/// A file cut into lines.
pub(super) struct Laid<'a> {
    pub source: &'a Source,
    pub layout: Layout<'a>,
}

/// A line at the margin with those under it, and the place of its file in the set.
type Heading<'l> = (usize, &'l RawLine);

/// What came of headings that follow one another in a file.
#[derive(Default)]
struct HeadingsRead {
    file: usize,
    items: Vec<Line<Item>>,
    unread: Unparsed,
    problems: Vec<Diagnostic>,
}

/// Reads every line of the files; the bad ones are reported and left out. What comes of each is in the order of the
/// files, and does not depend on the number of workers.
pub(super) fn read(set: &[Laid<'_>], workers: &dyn Workers) -> Vec<(File, Vec<Diagnostic>)> {
    let headings: Vec<Heading<'_>> =
        (0..).zip(set).flat_map(|(file, laid)| laid.layout.lines.iter().map(move |raw| (file, raw))).collect();
    let mut whole: Vec<HeadingsRead> = set.iter().map(|_| HeadingsRead::default()).collect();
    let sources: Vec<&Source> = set.iter().map(|laid| laid.source).collect();
    for part in share_out(&evenly(&headings, shares(&sources, workers)), |share| read_share(set, share), workers) {
        if let Some(file) = whole.get_mut(part.file) {
            file.items.extend(part.items);
            file.unread.header |= part.unread.header;
            file.unread.lines.extend(part.unread.lines);
            file.unread.names.extend(part.unread.names);
            file.problems.extend(part.problems);
        }
    }
    whole.into_iter().zip(set).map(|(part, laid)| assemble(part, laid.layout.closing.clone())).collect()
}

/// What the work makes of the items of all shares, in their order.
pub(super) fn share_out<T: Sync, R: Send>(
    shares: &[&[T]],
    work: impl Fn(&[T]) -> Vec<R> + Sync,
    workers: &dyn Workers,
) -> Vec<R> {
    map(workers, shares, |share| work(share)).into_iter().flatten().collect()
}

/// So many shares of as many items each.
pub(super) fn evenly<T>(items: &[T], shares: usize) -> Vec<&[T]> {
    items.chunks(items.len().div_ceil(shares).max(1)).collect()
}

/// At most so many shares of files that are about as large together.
pub(super) fn by_size<'s, 'a>(set: &'s [&'a Source], shares: usize) -> Vec<&'s [&'a Source]> {
    let sizes = set.iter().map(|source| source.text.len());
    let enough = sizes.clone().sum::<usize>().div_ceil(shares).max(1);
    let sums = sizes.scan(0, |sum, size| {
        *sum += size;
        Some((*sum - size / 2) / enough)
    });
    let share_of: Vec<usize> = sums.collect();
    let mut rest = set;
    let cut = share_of.chunk_by(PartialEq::eq).map(|share| {
        let (share, others) = rest.split_at(share.len());
        rest = others;
        share
    });
    cut.collect()
}

/// How many shares a set is worth.
pub(super) fn shares(set: &[&Source], workers: &dyn Workers) -> usize {
    let bytes: usize = set.iter().map(|source| source.text.len()).sum();
    match bytes / WORTH_A_WORKER {
        0 | 1 => 1,
        worth => workers.count().min(worth).max(1),
    }
}

fn read_share<'l>(set: &'l [Laid<'_>], headings: &[Heading<'l>]) -> Vec<HeadingsRead> {
    let mut lines = ParseCache::default();
    let same_file = |one: &Heading<'_>, other: &Heading<'_>| one.0 == other.0;
    let runs = headings.chunk_by(same_file).filter_map(|run| Some((run, run.first()?.0)));
    runs.filter_map(|(run, file)| {
        let laid = set.get(file)?;
        let mut reader = LineReader::new(laid.source, &laid.layout.text, std::mem::take(&mut lines));
        let mut items = Vec::with_capacity(run.len());
        for (_, raw) in run {
            match reader.heading(raw) {
                Some(item) => items.push(item),
                None => reader.unread.header |= laid.layout.lines.first().is_some_and(|first| ptr::eq(first, *raw)),
            }
        }
        let LineReader { unread, problems, .. } = reader;
        lines = reader.lines;
        Some(HeadingsRead { file, items, unread, problems })
    })
    .collect()
}

fn assemble(part: HeadingsRead, mut closing: Vec<String>) -> (File, Vec<Diagnostic>) {
    let HeadingsRead { mut items, unread, problems, .. } = part;
    let mut after_setting = false;
    for item in &mut items {
        let setting = matches!(item.node, Item::Setting(_));
        // An empty line is put between any two headings; only between settings is it the author's to say.
        if !(setting && after_setting) {
            drop_leading_blank(&mut item.comments.above);
        }
        after_setting = setting;
    }
    drop_leading_blank(&mut closing);
    if closing.last().is_some_and(|last| last == BLANK_LINE) {
        closing.pop();
    }
    (File { items, closing, unread }, problems)
}

fn drop_leading_blank(comments: &mut Vec<String>) {
    if comments.first().is_some_and(|first| first == BLANK_LINE) {
        comments.remove(0);
    }
}
