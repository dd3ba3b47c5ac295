//! YAML text -> trees of plain values, each with its line and column, built from the events of the YAML parser.
//!
//! The only file that knows the library. What would make one text stand for another is refused where it stands: an anchor
//! with many aliases makes a small file fill the memory, a tag or a directive changes what a value is, and none of them
//! has a use in a case.

use super::case_reader::CaseReader;
use super::document::{Document, InputFormat};
use super::problem::{Problem, Problems};
use super::scalar::Scalar;
use super::spanned::{Node, Plain, read_into};
use crate::model::Case;
use crate::text::Position;
use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Span, options};
use std::num::ParseIntError;

/// Finds the cases, which lines of `---` divide.
pub(super) fn split(text: &str) -> (Vec<Document<'_>>, Option<Problem>) {
    if text.len() > InputFormat::Yaml.max_bytes() {
        let message = "this file is too large for YAML, which takes 4 MB at most; send large cases as JSON".to_owned();
        return (Vec::new(), Some(Problem::unreadable(message, 1, 1)));
    }
    match parts(text) {
        Ok(parts) => (parts, None),
        Err(problem) => (Vec::new(), Some(problem)),
    }
}

/// The parts that hold anything but comments. A divider begins its line, where nothing but another document can begin, so
/// there is no need to know what is open above it.
fn parts(text: &str) -> Result<Vec<Document<'_>>, Problem> {
    let mut parts = Vec::new();
    let (mut first_line, mut start, mut filled) = (1, 0, false);
    let mut end = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        if let Some(at) = bare.find(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{FEFF}']) {
            let column = bare.get(..at).unwrap_or_default().chars().count() + 1;
            return Err(Problem::unreadable(ODD_BREAK, number, column));
        }
        let words = bare.trim_matches([' ', '\t']);
        let here = end;
        end += line.len();
        if matches!(bare.trim_end_matches([' ', '\t']), "---" | "...") {
            parts.extend(filled.then(|| part(text.get(start..here).unwrap_or_default(), first_line)));
            (first_line, start, filled) = (number + 1, end, false);
        } else if bare.starts_with("--- ") || bare.starts_with("---\t") || bare.starts_with("...") {
            return Err(Problem::unreadable(DIVIDER, number, 1));
        } else {
            filled |= !words.is_empty() && !words.starts_with('#');
        }
    }
    parts.extend(filled.then(|| part(text.get(start..).unwrap_or_default(), first_line)));
    Ok(parts)
}

fn part(text: &str, line: usize) -> Document<'_> {
    Document { form: InputFormat::Yaml, text, line, column: 1 }
}

/// Reads the one case that is the whole of `text`.
pub(super) fn read(text: &str, reader: &mut CaseReader<'_>, case: &mut Case) -> Result<(), Problems> {
    let mut builder = TreeBuilder { first_line: 1, open: Vec::new(), whole: None };
    match builder.tree(text) {
        Ok(tree) => read_into(&tree, reader, case),
        Err(problem) => Err(Problems { case: builder.call_id(), ..problem.into() }),
    }
}

/// The one tree in the text of a file.
///
/// # Errors
/// Why it cannot be read, at its place.
pub fn read_tree(text: &str) -> Result<Node, Problem> {
    let (parts, broken) = split(text);
    if let Some(problem) = broken {
        return Err(problem);
    }
    match parts.as_slice() {
        [] => Err(Problem::unreadable("there is nothing in this file", 1, 1)),
        [part] => TreeBuilder { first_line: part.line, open: Vec::new(), whole: None }.tree(part.text),
        [_, second, ..] => {
            let message = "this file has a second part after `---`; make it a file of its own";
            Err(Problem::unreadable(message, second.line, 1))
        }
    }
}

/// How deep lists and groups may lie in one another. A case needs four, and a test file a few more.
const MAX_DEPTH: usize = 32;

/// A tree as far as it is built.
struct TreeBuilder {
    /// The line of its file that the text begins on.
    first_line: usize,
    open: Vec<Open>,
    whole: Option<Node>,
}

/// A list or group that is not at its end.
enum Open {
    List(Position, Vec<Node>),
    /// With the key that waits for its value.
    Group(Position, Vec<(Node, Node)>, Option<Node>),
}

impl TreeBuilder {
    fn tree(&mut self, text: &str) -> Result<Node, Problem> {
        let options = options! {
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
            disallow_directives: true,
            emit_anchor_events: true,
            emit_unresolved_aliases: true,
            block_scalar_eof_without_line_feed: true,
        };
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|error| self.broken(text, &error))?;
            self.take(event, &span)?;
        }
        let nothing = Node { at: Position { line: self.first_line, column: 1 }, value: Plain::Nothing };
        Ok(self.whole.take().unwrap_or(nothing))
    }

    /// The id of the call, of a case that cannot be read to its end.
    fn call_id(&self) -> Option<String> {
        let [Open::Group(_, entries, key), rest @ ..] = self.open.as_slice() else { return None };
        let call = match (key, rest) {
            (Some(key), [Open::Group(_, call, _), ..]) if is(key, "call") => call,
            _ => match &entries.iter().find(|(key, _)| is(key, "call"))?.1.value {
                Plain::Group(call) => call,
                _ => return None,
            },
        };
        match &call.iter().find(|(key, _)| is(key, "id"))?.1.value {
            Plain::Words(id) if !id.trim().is_empty() => Some(id.clone()),
            _ => None,
        }
    }

    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), Problem> {
        let at = self.position(&span.start);
        if let Event::Scalar(.., Some(_)) | Event::SequenceStart(.., Some(_)) | Event::MappingStart(.., Some(_)) = event
        {
            return Err(refused(TAG, span.tag_start().map_or(at, |tag| self.position(&tag))));
        }
        match event {
            Event::Anchor(..) => return Err(refused(ANCHOR, at)),
            Event::Alias(_) | Event::UnresolvedAlias(_) => return Err(refused(ALIAS, at)),
            Event::DocumentStart(..) if self.whole.is_some() => return Err(refused(DIVIDER, at)),
            Event::Scalar(words, ScalarStyle::Plain, ..) => self.add(Node { at, value: plain(&words) }),
            Event::Scalar(words, ..) => self.add(Node::words(words, at)),
            Event::SequenceStart(..) => self.open.push(Open::List(at, Vec::new())),
            Event::MappingStart(..) => self.open.push(Open::Group(at, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.whole = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Group(_, entries, key)) => match key.take() {
                None => *key = Some(node),
                Some(key) => entries.push((key, node)),
            },
        }
    }

    /// Whatever holds others stands where the first of them does.
    fn close(&mut self) {
        let node = match self.open.pop() {
            None => return,
            Some(Open::List(at, items)) => {
                Node { at: items.first().map_or(at, |first| first.at), value: Plain::List(items) }
            }
            Some(Open::Group(at, entries, _)) => {
                Node { at: entries.first().map_or(at, |(first, _)| first.at), value: Plain::Group(entries) }
            }
        };
        self.add(node);
    }

    fn position(&self, marker: &Marker) -> Position {
        Position { line: marker.line() + self.first_line - 1, column: marker.col() + 1 }
    }

    fn broken(&self, text: &str, error: &ScanError) -> Problem {
        let offset = error.marker().byte_offset().unwrap_or(text.len());
        let (before, rest) = text.split_at_checked(offset).unwrap_or((text, ""));
        let message = meaning(error.kind(), rest.chars().next());
        let mut at = self.position(error.marker());
        if message == TAB {
            // The library has gone past it.
            at.column -= (before.len() - before.trim_end_matches('\t').len()).min(at.column - 1);
        }
        refused(message, at)
    }
}

fn is(key: &Node, word: &str) -> bool {
    matches!(&key.value, Plain::Words(words) if words == word)
}

fn refused(message: &str, at: Position) -> Problem {
    Problem::unreadable(message, at.line, at.column)
}

const ODD_BREAK: &str = "there is an odd line break or an invisible mark here; delete it";
const DIVIDER: &str = "a line that divides two cases is `---` and nothing else";
const ANCHOR: &str =
    "`&` names a value to repeat elsewhere, which is not allowed; put a text that begins with it in quotes";
const ALIAS: &str =
    "`*` repeats a value from elsewhere, which is not allowed; put a text that begins with it in quotes";
const TAG: &str = "`!` changes the kind of a value, which is not allowed; put a text that begins with it in quotes";
const TAB: &str = "there is a tab in the margin; use spaces";
const MARGIN: &str = "this does not line up with what it belongs to; compare its margin with those of the lines above";

/// What an error means to somebody who never met the library, by its kind and the character where it is.
fn meaning(kind: &ErrorKind, there: Option<char>) -> &'static str {
    match (kind, there) {
        (ErrorKind::DirectiveDisallowed, _) => "a line that begins with `%` has no use in a case",
        (ErrorKind::MissingAnchorOrAliasName, Some('&')) => ANCHOR,
        (ErrorKind::MissingAnchorOrAliasName, _) => ALIAS,
        (
            ErrorKind::ExpectedTagBang
            | ErrorKind::InvalidGlobalTagCharacter
            | ErrorKind::InvalidTagTerminator
            | ErrorKind::MissingTagUri
            | ErrorKind::UnclosedVerbatimTag
            | ErrorKind::UndeclaredTagHandle
            | ErrorKind::InvalidTagEscape
            | ErrorKind::InvalidTagUtf8
            | ErrorKind::InvalidTagUtf8LeadingByte
            | ErrorKind::InvalidTagUtf8TrailingByte,
            _,
        ) => TAG,
        (ErrorKind::RecursionLimitExceeded, _) => "this is nested too deeply",
        (ErrorKind::BomInsideDocument, _) => ODD_BREAK,
        (ErrorKind::InvalidDocumentEnd, _) => DIVIDER,
        (
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar,
            _,
        ) => TAB,
        (
            ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::ExpectedNodeContent,
            Some(','),
        ) => "there is a comma too many here",
        (
            ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::UnclosedFlowCollection { .. },
            _,
        ) => "a closing bracket is missing",
        (ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. }, _) => {
            "this closing bracket is not that of the bracket that is open"
        }
        (ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator, _) => {
            "a comma or a closing bracket is missing before this"
        }
        (ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar, _) => {
            "the closing quotation mark of this text is missing"
        }
        (ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar, _) => {
            "there is more after the closing quotation mark of a text; put all of the text in the quotes"
        }
        (
            ErrorKind::UnknownQuotedScalarEscape
            | ErrorKind::InvalidQuotedScalarHexEscape
            | ErrorKind::InvalidUnicodeEscape,
            _,
        ) => {
            "a backslash in double quotes has a meaning of its own; write two of them, or put the text in single quotes"
        }
        (
            ErrorKind::InvalidIndentation
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::InvalidFlowScalarIndent
            | ErrorKind::InvalidBlockScalarIndent
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::BlockSequenceEntryNotAllowed,
            _,
        ) => MARGIN,
        (ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey, _) => "a colon is missing after a key",
        (ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement, _) => {
            "a colon does not fit here; put a text that has a colon in it in quotes"
        }
        (ErrorKind::PlainScalarStartsWithDashFlowIndicator, _) => {
            "a `-` that stands alone in brackets is put in quotes"
        }
        (ErrorKind::UnexpectedCharacter { .. }, _) => "a text that begins with this mark is put in quotes",
        (ErrorKind::CommentNotSeparated, _) => {
            "a comment has a space before its `#`; put a text that has a `#` in it in quotes"
        }
        (ErrorKind::CommentInterceptedScalar, _) => "a text goes on after a comment; put the comment above it",
        _ => "this is not YAML that can be read; put a text that has marks in it in quotes",
    }
}

/// What a text without quotes stands for. `yes` and `no` are words, which the vocabulary's types tell apart.
fn plain(words: &str) -> Plain {
    match words {
        "" | "~" | "null" | "Null" | "NULL" => Plain::Nothing,
        "true" | "True" | "TRUE" => Plain::YesNo(true),
        "false" | "False" | "FALSE" => Plain::YesNo(false),
        words => number(words).unwrap_or_else(|| Plain::Words(words.to_owned())),
    }
}

/// A number as YAML writes it: `12`, `0x1F`, `0o17`, `0b11`, `3.5`, `1e3`, `.inf`, each with a sign or without. Digits after a zero,
/// as in `007`, are words.
fn number(words: &str) -> Option<Plain> {
    let unsigned = words.strip_prefix(['-', '+']).unwrap_or(words);
    let first = unsigned.bytes().next()?;
    let digits = unsigned.bytes().all(|byte| byte.is_ascii_digit());
    if !(first.is_ascii_digit() || first == b'.') || (digits && first == b'0' && unsigned.len() > 1) {
        return None;
    }
    let whole: Result<i128, ParseIntError> = match unsigned.get(..2) {
        Some("0x") => signed(words, unsigned, 16),
        Some("0o") => signed(words, unsigned, 8),
        Some("0b") => signed(words, unsigned, 2),
        _ => words.parse(),
    };
    match whole.map(i64::try_from) {
        Ok(Ok(number)) => return Some(Plain::Whole(number)),
        Ok(Err(_)) => return Some(Plain::TooLarge),
        Err(_) => {}
    }
    let float = match unsigned {
        ".inf" | ".Inf" | ".INF" => return Some(Plain::Fraction),
        ".nan" | ".NaN" | ".NAN" if unsigned.len() == words.len() => return Some(Plain::Fraction),
        _ => words.parse::<f64>().ok().filter(|number| number.is_finite())?,
    };
    Some(match Scalar::of_float(float) {
        Scalar::Whole(number) => Plain::Whole(number),
        Scalar::Fraction => Plain::Fraction,
        _ => Plain::TooLarge,
    })
}

/// A number in another base, its sign put before its digits.
fn signed(words: &str, unsigned: &str, radix: u32) -> Result<i128, ParseIntError> {
    let digits = unsigned.get(2..).unwrap_or_default();
    let sign = if words.starts_with('-') { "-" } else { "" };
    i128::from_str_radix(&format!("{sign}{}", if digits.starts_with(['-', '+']) { "" } else { digits }), radix)
}
