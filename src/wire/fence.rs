//! YAML text -> the parts between lines of `---`, once it is sure that nothing in it stands for something written elsewhere.
//!
//! An anchor with many aliases makes a small file fill the memory, and a tag changes what a value is. Neither has a use
//! in a case. The library cannot be told to refuse them, so the text is read beforehand by the same rules as the
//! library's own scanner: where a token may begin, what is inside quotes, and which lines belong to a text block.

use super::problem::Problem;

/// The parts that hold anything, with the number of their first line.
pub(super) fn parts(text: &str) -> Result<Vec<(usize, &str)>, Problem> {
    let mut scanner = Scanner::default();
    let mut parts = Vec::new();
    let mut part = Part { line: 1, start: 0, filled: false };
    let mut start = 0;
    for (line, with_break) in (1..).zip(text.split_inclusive('\n')) {
        let bare = with_break.strip_suffix('\n').unwrap_or(with_break);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        let end = start + with_break.len();
        match scanner.line(bare).map_err(|wrong| wrong.in_line(line, bare))? {
            Line::Divider => {
                part.close(text, start, &mut parts);
                part = Part { line: line + 1, start: end, filled: false };
            }
            Line::Filled => part.filled = true,
            Line::Blank => {}
        }
        start = end;
    }
    part.close(text, text.len(), &mut parts);
    Ok(parts)
}

/// The part that is being read.
struct Part {
    line: usize,
    start: usize,
    filled: bool,
}

impl Part {
    fn close<'t>(&self, text: &'t str, end: usize, parts: &mut Vec<(usize, &'t str)>) {
        if self.filled {
            parts.push((self.line, text.get(self.start..end).unwrap_or_default()));
        }
    }
}

/// How deep lists and groups may lie on one line. A case needs three; the library's time grows with the square.
const MAX_DEPTH: usize = 32;

enum Line {
    Divider,
    Filled,
    Blank,
}

/// What is refused, and the byte in its line.
struct Wrong {
    at: usize,
    message: &'static str,
}

impl Wrong {
    fn in_line(self, line: usize, text: &str) -> Problem {
        let column = text.get(..self.at).unwrap_or_default().chars().count() + 1;
        Problem::unreadable(self.message, line, column)
    }
}

/// What the lines so far leave open.
#[derive(Default)]
struct Scanner {
    /// The quotation mark of a text that has not ended.
    quote: Option<u8>,
    /// How many brackets are open.
    brackets: usize,
    /// How many dashes the present line has begun lists with.
    dashes: usize,
    /// Whether a text without quotes has begun, which deeper lines continue.
    bare_text: bool,
    /// Column of the innermost key or dash: what belongs to it is deeper.
    owner: Option<usize>,
    /// Column at which the present token began outside of brackets.
    token: usize,
    block: Option<Block>,
}

/// A text block, which began with `|` or `>`.
#[derive(Default)]
struct Block {
    /// Its margin, once a line has shown it.
    margin: Option<usize>,
    /// The longest of the blank lines before that.
    blank: usize,
}

impl Scanner {
    fn line(&mut self, line: &str) -> Result<Line, Wrong> {
        if let Some(at) = line.find(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{FEFF}']) {
            return Err(Wrong { at, message: "there is an odd line break or an invisible mark here; delete it" });
        }
        let margin = line.bytes().take_while(|byte| *byte == b' ').count();
        if self.quote.is_none() && self.brackets == 0 {
            if matches!(line.trim_end_matches([' ', '\t']), "---" | "...") {
                *self = Self::default();
                return Ok(Line::Divider);
            }
            if line.starts_with("--- ") || line.starts_with("...") || line.starts_with("---\t") {
                return Err(Wrong { at: 0, message: "a line that divides two cases is `---` and nothing else" });
            }
            if line.trim_matches([' ', '\t']).is_empty() {
                self.blank(margin);
                return Ok(Line::Blank);
            }
            if self.in_block(margin) {
                return Ok(Line::Filled);
            }
            match line.as_bytes().get(margin) {
                Some(b'#') => {
                    self.bare_text = false;
                    return Ok(Line::Blank);
                }
                Some(b'\t') => return Err(Wrong { at: margin, message: "there is a tab in the margin; use spaces" }),
                Some(b'%') if margin == 0 => {
                    return Err(Wrong { at: 0, message: "a line that begins with `%` has no use in a case" });
                }
                _ => {}
            }
            self.bare_text &= self.owner.is_none_or(|owner| margin > owner);
        }
        self.tokens(line.as_bytes(), margin)?;
        Ok(Line::Filled)
    }

    fn blank(&mut self, length: usize) {
        if let Some(Block { margin: None, blank }) = &mut self.block {
            *blank = length.max(*blank);
        }
    }

    /// Whether the line with this margin belongs to the text block that is open, which it may begin or end.
    fn in_block(&mut self, margin: usize) -> bool {
        let least = self.owner.map_or(0, |owner| owner + 1).max(1);
        let Some(block) = &mut self.block else { return false };
        let wanted = *block.margin.get_or_insert(margin.max(block.blank).max(least));
        let inside = margin >= wanted;
        if !inside {
            self.block = None;
        }
        inside
    }

    fn tokens(&mut self, line: &[u8], mut at: usize) -> Result<(), Wrong> {
        self.dashes = 0;
        while let Some(byte) = line.get(at).copied() {
            let next = line.get(at + 1).copied().unwrap_or(b' ');
            let after_blank = at == 0 || line.get(at - 1).copied().is_none_or(is_blank);
            at += if let Some(quote) = self.quote {
                self.quoted(quote, byte, next)
            } else if is_blank(byte) {
                1
            } else if byte == b'#' && after_blank {
                self.bare_text = false;
                return Ok(());
            } else if self.bare_text {
                self.bare(byte, next)
            } else if matches!(byte, b'|' | b'>') && self.brackets == 0 {
                return self.begin_block(line, at);
            } else {
                self.token(byte, next, at)?
            };
        }
        Ok(())
    }

    /// Inside quotes. The answer is how many bytes to move on by, as for the others.
    fn quoted(&mut self, quote: u8, byte: u8, next: u8) -> usize {
        match (quote, byte, next) {
            (b'"', b'\\', _) | (b'\'', b'\'', b'\'') => 2,
            _ => {
                if byte == quote {
                    self.quote = None;
                }
                1
            }
        }
    }

    /// Inside a text without quotes.
    fn bare(&mut self, byte: u8, next: u8) -> usize {
        let in_brackets = self.brackets > 0;
        match byte {
            b':' if is_blank(next) => self.key_ends(),
            b',' | b'[' | b']' | b'{' | b'}' if in_brackets => {
                self.bare_text = false;
                return 0;
            }
            _ => {}
        }
        1
    }

    fn key_ends(&mut self) {
        self.bare_text = false;
        if self.brackets == 0 {
            self.owner = Some(self.token);
        }
    }

    /// Where a token may begin.
    fn token(&mut self, byte: u8, next: u8, at: usize) -> Result<usize, Wrong> {
        let refused = match byte {
            b'&' => Some(
                "`&` names a value to repeat elsewhere, which is not allowed; put a text that begins with it in quotes",
            ),
            b'*' => Some(
                "`*` repeats a value from elsewhere, which is not allowed; put a text that begins with it in quotes",
            ),
            b'!' => {
                Some("`!` changes the kind of a value, which is not allowed; put a text that begins with it in quotes")
            }
            _ => None,
        };
        if let Some(message) = refused {
            return Err(Wrong { at, message });
        }
        let in_brackets = self.brackets > 0;
        match byte {
            b':' if in_brackets || is_blank(next) => self.key_ends(),
            b'-' | b'?' if is_blank(next) => {
                self.dashes += 1;
                if !in_brackets {
                    self.owner = Some(at);
                }
            }
            b',' if in_brackets => {}
            b']' | b'}' => self.brackets = self.brackets.saturating_sub(1),
            _ => self.begin_value(byte, at),
        }
        if self.brackets.max(self.dashes) > MAX_DEPTH {
            return Err(Wrong { at, message: "this is nested too deeply" });
        }
        Ok(1)
    }

    fn begin_value(&mut self, byte: u8, at: usize) {
        if self.brackets == 0 {
            self.token = at;
        }
        match byte {
            b'[' | b'{' => self.brackets += 1,
            b'"' | b'\'' => self.quote = Some(byte),
            _ => self.bare_text = true,
        }
    }

    fn begin_block(&mut self, line: &[u8], at: usize) -> Result<(), Wrong> {
        let header = line.iter().skip(at + 1).take_while(|byte| !is_blank(**byte));
        if header.clone().any(u8::is_ascii_digit) {
            return Err(Wrong { at, message: "a text block has no number after its mark; leave it out" });
        }
        self.block = Some(Block::default());
        Ok(())
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}
