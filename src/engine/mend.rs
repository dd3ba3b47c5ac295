//! Files with what is wrong in them -> the same files with every certain fix made, and what was done.

use super::{Input, Load};
use crate::text::{Code, Diagnostic, Fix, Source};
use std::collections::BTreeMap;

/// One thing that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The file, as messages name it.
    pub file: String,
    /// The line, counted from 1, as it was before this was mended.
    pub line: usize,
    /// The kind of problem.
    pub code: Code,
    /// What was wrong.
    pub message: String,
    /// What stood there, from the first to the last line that the edit touches.
    pub before: String,
    /// What stands there now; empty where it was taken away.
    pub after: String,
}

/// Files that were mended, as far as that is certain.
#[derive(Debug)]
pub struct Mending {
    /// Every file, with the certain fixes made.
    pub inputs: Vec<Input>,
    /// What was done, in the order in which it was.
    pub mended: Vec<Mended>,
    /// What is left to say of the files.
    pub load: Load,
}

/// How often files are read again; what is mended may bring to light what could not be told before.
const MOST_ROUNDS: usize = 200;

/// Makes every fix that is certain, of errors and of warnings, and reads the files again until there is none. Everything else in
/// them stays as it is, byte for byte.
pub fn mend(inputs: &[Input], load: impl Fn(&[Input]) -> Load) -> Mending {
    let mut mending = Mending { inputs: inputs.to_vec(), mended: Vec::new(), load: load(inputs) };
    for _ in 0..MOST_ROUNDS {
        let before = mending.mended.len();
        for (input, source) in mending.inputs.iter_mut().zip(mending.load.sources.iter()) {
            let of_file = mending.load.diagnostics.iter().filter(|problem| problem.span.source == source.id);
            mending.mended.extend(mend_file(input, source, of_file));
        }
        if mending.mended.len() == before {
            break;
        }
        mending.load = load(&mending.inputs);
    }
    mending
}

/// Makes one fix of each line; another on the same line is made when the file is read again, as its line then is.
fn mend_file<'d>(input: &mut Input, source: &Source, problems: impl Iterator<Item = &'d Diagnostic>) -> Vec<Mended> {
    // What was read is the file but for a mark at its start, or else it is no text that could be written again.
    let Some(text_at) = input.bytes.len().checked_sub(source.text.len()) else { return Vec::new() };
    if input.bytes.get(text_at..) != Some(source.text.as_bytes()) {
        return Vec::new();
    }
    let edits = problems.filter_map(|problem| Some((edit(source, problem.fix.as_ref()?)?, problem)));
    let edits: BTreeMap<(usize, usize), (String, &Diagnostic)> =
        edits.map(|((start, end, text), problem)| ((start, end), (text, problem))).collect();
    let mut mended = Vec::new();
    let mut text = String::with_capacity(source.text.len());
    let (mut done, mut free) = (0, 0);
    for ((start, end), (replacement, problem)) in edits {
        let (lines, line) = source.lines_around(start..end);
        let Some(kept) = source.text.get(done..start).filter(|_| free <= start) else { continue };
        let (head, tail) = (source.text.get(lines.start..start), source.text.get(end..lines.end));
        let after = [head.unwrap_or(""), &replacement, tail.unwrap_or("")].concat();
        text.push_str(kept);
        text.push_str(&replacement);
        (done, free) = (end, lines.end.max(end));
        mended.push(Mended {
            file: source.name.clone(),
            line,
            code: problem.code,
            message: problem.message.clone(),
            before: source.text.get(lines).unwrap_or("").trim_end().to_owned(),
            after: after.trim_end().to_owned(),
        });
    }
    if !mended.is_empty() {
        text.push_str(source.text.get(done..).unwrap_or(""));
        input.bytes.truncate(text_at);
        input.bytes.extend_from_slice(text.as_bytes());
    }
    mended
}

/// Where a certain fix begins and ends, and what it puts there. One that would leave an empty line takes the line away.
fn edit(source: &Source, fix: &Fix) -> Option<(usize, usize, String)> {
    let (start, end) = (fix.span.range().start, fix.span.range().end);
    let before = source.text.get(..start)?;
    let (said, after) = (source.text.get(start..end)?, source.text.get(end..)?);
    if !fix.certain && !differs_in_capitals(said, &fix.replacement) {
        return None;
    }
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = after.find('\n').map_or(after.len(), |at| at + 1);
    let is_blank = |text: Option<&str>| text.is_some_and(|text| text.trim().is_empty());
    if fix.replacement.is_empty()
        && !said.trim().is_empty()
        && is_blank(before.get(line..))
        && is_blank(after.get(..rest))
    {
        return Some((line, end + rest, String::new()));
    }
    Some((start, end, fix.replacement.clone()))
}

/// Whether two names differ in capitals or the marks that join their words alone. No two things are called so, hence the one that
/// there is was meant.
fn differs_in_capitals(said: &str, meant: &str) -> bool {
    let heard = |name: &str| name.to_lowercase().replace('_', "-");
    !said.contains(' ') && heard(said) == heard(meant)
}
