//! A document as Markdown.

use super::document::{Block, Entry, Inline, SignedPage};
use crate::text::{harmless, seen};
use std::fmt::Write;

impl SignedPage {
    /// As Markdown: its common form, with tables.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}\n", escaped(&self.title));
        for block in &self.blocks {
            write(block, &mut out);
        }
        out
    }
}

fn write(block: &Block, out: &mut String) {
    match block {
        Block::Heading { level, said } => {
            let _ = write!(out, "\n{} {}\n", "#".repeat(*level), escaped(said));
        }
        Block::Paragraph(said) => {
            let _ = write!(out, "\n{}\n", begun(&line(said)));
        }
        Block::Notice(said) => {
            let _ = write!(out, "\n> {}\n", begun(&line(said)));
        }
        Block::List(entries) => {
            out.push('\n');
            list(entries, 0, out);
        }
        Block::Table { head, rows } => table(head, rows, out),
        Block::Card(blocks, _) => {
            for block in blocks {
                write(block, out);
            }
        }
        Block::ToFillIn(what) => {
            let _ = write!(out, "\n**{what}:** {}\n", "\\_".repeat(40));
        }
    }
}

fn list(entries: &[Entry], margin: usize, out: &mut String) {
    for entry in entries {
        let _ = writeln!(out, "{:margin$}- {}", "", begun(&line(&entry.said)));
        list(&entry.under, margin + 2, out);
    }
}

fn table(head: &[&str], rows: &[Vec<Vec<Inline>>], out: &mut String) {
    let columns = rows.first().map_or(head.len(), Vec::len);
    let head: Vec<String> = (0..columns).map(|at| head.get(at).map_or(String::new(), |cell| escaped(cell))).collect();
    let _ = write!(out, "\n| {} |\n|{}\n", head.join(" | "), "---|".repeat(columns));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| line(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

fn line(said: &[Inline]) -> String {
    let piece = |piece: &Inline| match piece {
        Inline::Text(text) => escaped(text),
        Inline::Strong(text) => format!("**{}**", escaped(text)),
        Inline::Name(text) => format!("`{}`", harmless(&text.replace(['`', '|'], ""))),
        Inline::Link { said, .. } => format!("*{}*", escaped(said)),
        Inline::Blank(what) => format!("‹{}›", escaped(what)),
    };
    said.iter().map(piece).collect()
}

/// A text in which no letter means anything to Markdown.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(letter);
            }
            '&' => out.push_str("&amp;"),
            letter => out.push(seen(letter)),
        }
    }
    out
}

/// A line whose beginning would start a list or a rule, made plain.
fn begun(line: &str) -> String {
    let number = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let ordered = number.len() < line.len() && number.starts_with(['.', ')']);
    if ordered {
        let (digits, rest) = line.split_at(line.len() - number.len());
        return format!("{digits}\\{rest}");
    }
    if line.starts_with(['-', '+', '=']) { format!("\\{line}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{begun, escaped};

    #[test]
    fn nothing_in_a_text_means_anything_to_markdown() {
        assert_eq!(
            escaped("a|b *c* <d> [e] _f_ `g` #h ~i~ \\ & \u{1b}"),
            "a\\|b \\*c\\* \\<d\\> \\[e\\] \\_f\\_ \\`g\\` \\#h \\~i\\~ \\\\ &amp; \u{FFFD}"
        );
        assert_eq!(begun("1999. It began"), "1999\\. It began");
        assert_eq!(begun("3 calls"), "3 calls");
        assert_eq!(begun("- dash"), "\\- dash");
    }
}
