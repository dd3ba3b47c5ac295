//! A document as one web page that needs nothing else: no script, and its styles inside.

use super::document::{Block, Entry, Inline, SignedPage};
use crate::text::seen;
use std::fmt::Write;

impl SignedPage {
    /// As a page for a screen, a telephone or a printer.
    pub fn html(&self) -> String {
        let title = escaped(&self.title);
        let mut page = HtmlPage::default();
        page.contents(&self.blocks);
        for block in &self.blocks {
            page.block(block);
        }
        whole(&title, &css_text(&self.foot), &page.out)
    }
}

fn whole(title: &str, foot: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{}@media print {{ @page {{ @bottom-left {{ content: {foot}; font-size: 7pt; }} \
         @bottom-right {{ content: counter(page) \" of \" counter(pages); font-size: 7pt; }} }} }}\n</style>\n</head>\n\
         <body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
        include_str!("html.css"),
    )
}

/// A text of CSS, in which no letter but those of words stands as it is.
fn css_text(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        letter if letter.is_ascii_alphanumeric() || " ,:".contains(letter) => letter.to_string(),
        other => format!("\\{:x} ", u32::from(other)),
    });
    format!("\"{}\"", letters.collect::<String>())
}

#[derive(Default)]
struct HtmlPage {
    out: String,
    /// How many parts have begun.
    parts: usize,
}

impl HtmlPage {
    /// Links to the parts of the page.
    fn contents(&mut self, blocks: &[Block]) {
        let inside = blocks.iter().flat_map(|block| match block {
            Block::Card(blocks, _) => blocks.as_slice(),
            other => std::slice::from_ref(other),
        });
        let parts = inside.filter_map(|block| match block {
            Block::Heading { level: 2, said } => Some(said),
            _ => None,
        });
        self.out.push_str("<nav>\n<ul>\n");
        for (number, said) in (1..).zip(parts) {
            let _ = writeln!(self.out, "<li><a href=\"#part-{number}\">{}</a></li>", escaped(said));
        }
        self.out.push_str("</ul>\n</nav>\n");
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level: 2, said } => {
                self.parts += 1;
                let _ = writeln!(self.out, "<h2 id=\"part-{}\">{}</h2>", self.parts, escaped(said));
            }
            Block::Heading { level, said } => {
                let _ = writeln!(self.out, "<h{level}>{}</h{level}>", escaped(said));
            }
            Block::Paragraph(said) => {
                let _ = writeln!(self.out, "<p>{}</p>", line(said));
            }
            Block::Notice(said) => {
                let _ = writeln!(self.out, "<p class=\"notice\">{}</p>", line(said));
            }
            Block::List(entries) => self.list(entries),
            Block::Table { head, rows } => self.table(head, rows),
            Block::Card(blocks, name) => {
                let id = name.as_ref().map_or(String::new(), |name| format!(" id=\"{}\"", escaped(&target(name))));
                let _ = writeln!(self.out, "<section{id}>");
                for block in blocks {
                    self.block(block);
                }
                self.out.push_str("</section>\n");
            }
            Block::ToFillIn(what) => {
                let _ = writeln!(self.out, "<p class=\"fill\"><span>{}</span></p>", escaped(what));
            }
        }
    }

    fn list(&mut self, entries: &[Entry]) {
        self.out.push_str("<ul>\n");
        for entry in entries {
            let _ = write!(self.out, "<li>{}", line(&entry.said));
            if !entry.under.is_empty() {
                self.out.push('\n');
                self.list(&entry.under);
            }
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ul>\n");
    }

    fn table(&mut self, head: &[&str], rows: &[Vec<Vec<Inline>>]) {
        let _ = writeln!(self.out, "<table{}>", if head.is_empty() { " class=\"about\"" } else { "" });
        if !head.is_empty() {
            let cells: String = head.iter().map(|cell| format!("<th>{}</th>", escaped(cell))).collect();
            let _ = writeln!(self.out, "<thead><tr>{cells}</tr></thead>");
        }
        self.out.push_str("<tbody>\n");
        for row in rows {
            let cell = |(at, cell): (usize, &Vec<Inline>)| {
                // On a narrow screen each cell stands on its own line, after the heading of its column.
                let of = head.get(at).map_or(String::new(), |head| format!(" data-of=\"{}\"", escaped(head)));
                format!("<td{of}>{}</td>", line(cell))
            };
            let cells: String = row.iter().enumerate().map(cell).collect();
            let _ = writeln!(self.out, "<tr>{cells}</tr>");
        }
        self.out.push_str("</tbody>\n</table>\n");
    }
}

fn line(said: &[Inline]) -> String {
    let piece = |piece: &Inline| match piece {
        Inline::Text(text) => escaped(text),
        Inline::Strong(text) => format!("<strong>{}</strong>", escaped(text)),
        Inline::Name(text) => format!("<code>{}</code>", escaped(text)),
        Inline::Link { said, to } => format!("<a href=\"#{}\">{}</a>", escaped(&target(to)), escaped(said)),
        Inline::Blank(what) => format!("<span class=\"blank\">{}</span>", escaped(what)),
    };
    said.iter().map(piece).collect()
}

/// Where a name is explained; no part of the page has such a name.
fn target(name: &str) -> String {
    format!("name-{name}")
}

/// A text in which no letter means anything to a reader of HTML or XML.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(letter),
            letter => out.push(seen(letter)),
        }
    }
    out
}
