//! One policy file: its text, its lines, and the characters that a policy may not hold.

use super::{Diagnostic, SourceId, Span};
use std::sync::OnceLock;

/// The largest policy file that is read, in bytes. The shipped baseline is under 100 kB.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// A file as it was read, with where its lines begin.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its place among the [`Sources`] of a load.
    pub id: SourceId,
    /// The path as it was given, for messages.
    pub name: String,
    /// What it says, as near to the bytes as text can be.
    pub text: String,
    /// Worked out when a place is first asked for, as most files are read without a word about them.
    line_starts: OnceLock<Vec<u32>>,
}

/// A line and a column, both counted from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The number of the line, from 1.
    pub line: usize,
    /// The number of the character in its line, from 1.
    pub column: usize,
}

impl Source {
    /// A file of this name with this text, which is not looked at.
    pub fn new(id: SourceId, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { id, name: name.into(), text: text.into(), line_starts: OnceLock::new() }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = self.text.match_indices('\n').map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
            std::iter::once(0).chain(ends).collect()
        })
    }

    /// The line and column of a byte.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_starts().partition_point(|start| *start <= offset);
        let start = self.line_starts().get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(start as usize..offset as usize).unwrap_or("");
        Position { line, column: before.chars().count() + 1 }
    }

    /// The whole lines that `range` touches, and the number of the first.
    pub fn lines_around(&self, range: std::ops::Range<usize>) -> (std::ops::Range<usize>, usize) {
        let first = self.line_starts().partition_point(|start| *start as usize <= range.start).max(1);
        let last =
            self.line_starts().partition_point(|start| (*start as usize) < range.end.max(range.start + 1)).max(1);
        let start = self.line_starts().get(first - 1).map_or(0, |start| *start as usize);
        let end = self.line_starts().get(last).map_or(self.text.len(), |start| *start as usize - 1);
        (start..end.max(start), first)
    }

    /// The place from one byte to another, widened to whole characters.
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.id, self.text.floor_char_boundary(start), self.text.ceil_char_boundary(end))
    }

    /// The text at a place; empty where the place is not in this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }
}

/// Every file of a load, by [`SourceId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and says what is wrong with its bytes. The text kept is as near as can be to what was read,
    /// so that messages can show it; it is only fit for parsing when there is no error.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> (SourceId, Vec<Diagnostic>) {
        let id = SourceId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let (source, problems) = read_source(id, name, bytes);
        self.files.push(source);
        (id, problems)
    }

    /// The file of this id; `None` when the load has no such file.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// Every file, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }

    /// The text at a place.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).map_or("", |source| source.slice(span))
    }
}

/// Reads the bytes of one file: UTF-8, no larger than [`MAX_BYTES`], no control characters, and none of the
/// marks that word processors put in place of plain ones.
pub fn read_source(id: SourceId, name: &str, bytes: &[u8]) -> (Source, Vec<Diagnostic>) {
    if bytes.len() > MAX_BYTES {
        let size = bytes.len() / (1024 * 1024);
        let problem = Diagnostic::error(
            "file-too-large",
            Span::new(id, 0, 0),
            format!("this file is {size} MB; a policy file is at most {} MB", MAX_BYTES / (1024 * 1024)),
        )
        .help("split the policy over several files, each starting with `part of policy \"…\"`");
        return (Source::new(id, name, ""), vec![problem]);
    }
    if let Some(problem) = no_text(id, bytes) {
        return (Source::new(id, name, ""), vec![problem]);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let source = Source::new(id, name, text);
            let problems = odd_characters(&source);
            (source, problems)
        }
        Err(error) => {
            let source = Source::new(id, name, String::from_utf8_lossy(bytes));
            let at = error.valid_up_to();
            let problem = Diagnostic::error(
                "not-utf8",
                Span::new(id, at, at + '\u{FFFD}'.len_utf8()),
                "this file is not plain UTF-8 text from here on",
            )
            .help("save it as plain text with the encoding UTF-8");
            (source, vec![problem])
        }
    }
}

/// What to say of a file that cannot be read as text at all: in two bytes for each character, or of another program.
fn no_text(id: SourceId, bytes: &[u8]) -> Option<Diagnostic> {
    let wide = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let empty = bytes.iter().filter(|byte| **byte == 0).count();
    let half_empty = empty > 1 && empty >= bytes.len() / 3;
    let message = if wide || half_empty {
        "this file is saved as UTF-16, not as UTF-8"
    } else if empty > 0 && std::str::from_utf8(bytes).is_err() {
        "this file is not a plain text"
    } else {
        return None;
    };
    let problem = Diagnostic::error("not-text", Span::new(id, 0, 0), message);
    Some(problem.help("save it as plain text with the encoding UTF-8"))
}

/// How many odd characters are reported in one file before the rest are left for the next run.
const MAX_ODD: usize = 20;

/// Whether a text holds a character that is reported when its file is read; bytes that are no text are shown as one.
pub fn has_odd_character(text: &str) -> bool {
    text.chars().any(|character| odd(character).is_some())
}

/// One problem for each line and kind of character; its fix mends them all from the first to the last.
fn odd_characters(source: &Source) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if is_plain(&source.text) {
        return problems;
    }
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        if is_plain(line) {
            start += line.len();
            continue;
        }
        let mut kinds: Vec<&str> = Vec::new();
        for (at, character) in line.char_indices() {
            let Some((what, _)) = odd(character).filter(|(what, _)| !kinds.contains(what)) else { continue };
            kinds.push(what);
            problems.push(odd_in_line(source, start + at, line.get(at..).unwrap_or(""), what));
            if problems.len() == MAX_ODD {
                return problems;
            }
        }
        start += line.len();
    }
    problems
}

/// Whether a text holds only what nobody could object to. It looks at every byte, since that is faster than stopping.
fn is_plain(line: &str) -> bool {
    line.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
}

/// `rest` is the line from the first odd character of its kind.
fn odd_in_line(source: &Source, start: usize, rest: &str, what: &str) -> Diagnostic {
    let same = |character: &char| odd(*character).is_some_and(|(other, _)| other == what);
    let count = rest.chars().filter(same).count();
    let end = rest
        .char_indices()
        .rfind(|(_, character)| same(character))
        .map_or(0, |(at, character)| at + character.len_utf8());
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let message = if count == 1 {
        format!("there is {what} here")
    } else {
        format!("there is {what} here, and {} more on this line", count - 1)
    };
    let problem = Diagnostic::error("odd-character", Span::new(source.id, start, start + first), message);
    let Some(plain) = rest.chars().next().and_then(odd).and_then(|(_, plain)| plain) else {
        return problem.help("delete it, and type what should stand here");
    };
    let replaced = rest
        .get(..end)
        .unwrap_or("")
        .chars()
        .map(|character| if same(&character) { plain.to_owned() } else { character.to_string() });
    let problem = problem.fix(Span::new(source.id, start, start + end), replaced.collect::<String>());
    // What was turned round looked otherwise to whoever wrote it.
    let problem = problem.certain(what != TURNS);
    problem.help(match plain {
        "" => "delete it; it cannot be seen, and it changes how the line is read".to_owned(),
        " " => "type a plain space instead; a word processor may have changed it".to_owned(),
        plain => format!("type a plain `{plain}` instead; a word processor may have changed it"),
    })
}

/// What is wrong with a mark that makes what follows look otherwise than it is read.
const TURNS: &str = "a hidden mark that turns the direction of writing";

/// What is wrong with a character, and the plain text to put in its place.
fn odd(character: char) -> Option<(&'static str, Option<&'static str>)> {
    Some(match character {
        '\u{201C}' | '\u{201D}' | '\u{201E}' => ("a curly quotation mark", Some("\"")),
        '\u{2018}' | '\u{2019}' => ("a curly apostrophe", Some("'")),
        '\u{2010}'..='\u{2012}' => ("a long hyphen", Some("-")),
        '\u{A0}' | '\u{2007}' | '\u{202F}' => ("a space that is not a plain one", Some(" ")),
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => ("an invisible character", Some("")),
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' => (TURNS, Some("")),
        char::REPLACEMENT_CHARACTER => ("a mark that stands for a character that was lost", None),
        '\0' => ("a character that is not text (NUL)", None),
        '\n' | '\r' | '\t' => return None,
        control if control.is_control() => ("a character that cannot be seen and is not text", None),
        _ => return None,
    })
}
