//! Text -> lines by their margins: which lines belong under which, and where the comments are.

use super::headings::{self, HEADINGS, LINES_UNDER, first_word, is_one_of};
use super::plain::{is_plain, push_blank, push_plain};
use super::quotes::{self, CURLY, TAB, indent};
use super::tree::{BLANK_LINE, Comments};
use crate::text::{Diagnostic, Source, Span, same_or_near, with_article};
use std::borrow::Cow;

/// A line as the grammar will read it: one line of the file with the deeper lines that continue it.
#[derive(Debug)]
pub(super) struct RawLine {
    pub start: usize,
    pub end: usize,
    pub comments: Comments,
    pub children: Vec<RawLine>,
    /// What is wrong with it has been reported, so that the grammar need not complain of it too.
    pub reported: bool,
    indent: usize,
    /// Deeper lines belong under this one, rather than continue it.
    opens: bool,
}

impl RawLine {
    /// Whether something was reported of it, or of a line under it.
    pub(super) fn any_reported(&self) -> bool {
        self.reported || self.children.iter().any(Self::any_reported)
    }
}

/// The lines at the margin, each with those under it.
#[derive(Debug, Default)]
pub(super) struct Layout<'a> {
    pub lines: Vec<RawLine>,
    /// The text without comments, with tabs and curly quotation marks made plain, every place staying where it is.
    pub text: Cow<'a, str>,
    pub closing: Vec<String>,
}

/// How deep lines may lie under one another; deeper cannot be read aloud.
const MAX_DEPTH: usize = 12;

/// Words that begin a line of a rule, a score, a table or an invariant, and never continue one.
const LINE_WORDS: [&str; 8] = ["when", "whenever", "then", "because", "source", "points", "bands", "gives"];

/// The headings under which such lines stand.
const WITH_LINES: [&str; 7] = ["rule", "add", "suspend", "accept", "score", "table", "invariant"];

pub(super) fn layout<'a>(source: &'a Source, problems: &mut Vec<Diagnostic>) -> Layout<'a> {
    let plain = is_plain(&source.text);
    let mut builder = LayoutBuilder {
        source,
        problems,
        plain,
        text: (!plain || source.text.contains('#')).then(|| String::with_capacity(source.text.len())),
        open: Vec::new(),
        done: Vec::new(),
        pending: Vec::new(),
        quote: None,
        runs_on: None,
        cut_off: None,
        uneven: None,
        outdented: None,
        tabs: Vec::new(),
        too_deep: None,
    };
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        builder.line(at, line);
        at += line.len();
    }
    builder.report_open_quote();
    builder.report_tabs();
    builder.close_to(0);
    let closing = builder.take_pending(false);
    let LayoutBuilder { done, text, .. } = builder;
    Layout { lines: done, text: text.map_or(Cow::Borrowed(&source.text), Cow::Owned), closing }
}

struct LayoutBuilder<'a> {
    source: &'a Source,
    problems: &'a mut Vec<Diagnostic>,
    /// Whether nothing in the whole file has to be made plain.
    plain: bool,
    /// The text that is being made; `None` where it is that of the file: plain, and without comments.
    text: Option<String>,
    /// The lines that the next one may belong under or continue, outermost first.
    open: Vec<RawLine>,
    done: Vec<RawLine>,
    /// Comments and empty lines since the last line that says something, each with its margin.
    pending: Vec<(usize, String)>,
    /// Where the quotation mark stands that has not been closed.
    quote: Option<usize>,
    /// A quotation mark of a heading that is known to be closed, although a line under the heading seems to come first.
    runs_on: Option<usize>,
    /// Where the line begins at which a text was cut off that was never closed.
    cut_off: Option<usize>,
    /// The line under which others were told to be uneven, and the margin of these: the same is not told of each.
    uneven: Option<(usize, usize)>,
    /// The list that an item was told to be outdented from: once is enough for each list.
    outdented: Option<usize>,
    /// Where the first tab of each line with tabs stands, and whether it is in the margin.
    tabs: Vec<(usize, usize, bool)>,
    /// The margin of a line that lies too deep; those under it are left out with it.
    too_deep: Option<usize>,
}

/// A line of the file, cut into its margin, what it says, and its comment.
struct Physical<'a> {
    start: usize,
    end: usize,
    /// How many bytes stand before it on its line, and how wide they are.
    margin: usize,
    indent: usize,
    content: &'a str,
    comment: Option<&'a str>,
}

impl LayoutBuilder<'_> {
    fn line(&mut self, start: usize, line: &str) {
        self.note_tab(start, line);
        if self.quote.is_some() && !line.trim().is_empty() {
            let indent = indent(line);
            let ended = self.open.last().is_some_and(|open| indent <= open.indent);
            if ended || self.begins_under_heading(start, line) {
                self.report_open_quote();
                self.cut_off = Some(start + line.len() - line.trim_start().len());
            }
        }
        let in_text = self.quote.is_some();
        let physical = self.cut(start, line);
        if physical.content.is_empty() {
            match physical.comment {
                Some(comment) => self.pending.push((physical.indent, comment.to_owned())),
                None if self.pending.last().is_none_or(|(_, last)| last != BLANK_LINE) => {
                    self.pending.push((0, BLANK_LINE.to_owned()));
                }
                None => {}
            }
        } else if in_text {
            self.continue_line(&physical);
        } else {
            self.place(&physical);
        }
    }

    /// Whether a text that the heading left open ends before this line, which seems to be one under the heading: read as
    /// part of the text it would leave a text open up to the next heading.
    fn begins_under_heading(&mut self, start: usize, line: &str) -> bool {
        let (Some(heading), 1) = (self.open.first(), self.open.len()) else { return false };
        let heading = first_word(self.said(heading));
        let known: Vec<&str> = LINES_UNDER.iter().flat_map(|(headings, _)| headings.iter().copied()).collect();
        // A heading may be misspelt besides.
        let heading = same_or_near(heading, &known).unwrap_or(heading);
        let lines = LINES_UNDER.iter().find(|(headings, _)| is_one_of(headings, heading));
        let begins = lines.is_some_and(|(_, lines)| is_one_of(lines, first_word(line.trim_start())));
        if !begins || self.quote == self.runs_on {
            return false;
        }
        if quotes::leaves_open(self.source.text.get(start..).unwrap_or("")) {
            return true;
        }
        self.runs_on = self.quote;
        false
    }

    /// Finds the comment and whether a quotation mark is left open.
    fn cut<'l>(&mut self, start: usize, line: &'l str) -> Physical<'l> {
        let margin = line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let mut cut_at = 0;
        loop {
            let rest = line.as_bytes().get(cut_at..).unwrap_or_default();
            cut_at += memchr::memchr3(b'"', b'#', CURLY, rest).unwrap_or(rest.len());
            match line.as_bytes().get(cut_at).copied() {
                Some(b'#') if self.quote.is_none() => break,
                Some(b'"' | CURLY) if quotes::is_mark(line, cut_at) => {
                    self.quote = if self.quote.is_some() { None } else { Some(start + cut_at) }
                }
                Some(_) => {}
                None => break,
            }
            cut_at += 1;
        }
        let (said, comment) = line.split_at(cut_at);
        if let Some(text) = &mut self.text {
            if self.plain {
                text.push_str(said);
            } else {
                push_plain(text, said);
            }
            push_blank(text, comment);
        }
        let content = said.trim();
        let end = start + said.trim_end().len();
        let comment = comment.strip_prefix('#').map(comment_text);
        let margin = margin.min(said.len());
        Physical { start: start + margin, end, margin, indent: indent(line), content, comment }
    }

    fn place(&mut self, line: &Physical<'_>) {
        if self.too_deep.is_some_and(|margin| line.indent >= margin) {
            return;
        }
        self.too_deep = None;
        if line.indent == 0 && self.belongs_under_heading(line) {
            return self.place_at_margin(line);
        }
        if line.indent > 0 && self.open.len() > 1 && headings::is_whole(line.content) {
            return self.place_indented_heading(line);
        }
        let item = line.content.starts_with("- ");
        if let Some(list) = self.left_list(line).filter(|_| item) {
            return self.place_in_list(line, list);
        }
        self.close_to(line.indent);
        let Some(parent) = self.open.last() else {
            if line.indent > 0 {
                self.report_no_heading(line);
            }
            return self.push(line, line.indent);
        };
        if !parent.opens || self.continues_heading(parent, line) {
            let beside = item && self.is_item(parent) && self.missing_colon(parent).is_none();
            return match (beside || (self.is_rule_line(line) && self.open.len() == 2), item) {
                (true, _) => self.place_beside(line),
                (false, true) => self.place_stray_item(line),
                (false, false) => self.continue_line(line),
            };
        }
        if self.open.len() > MAX_DEPTH {
            return self.report_too_deep(line);
        }
        let indent = self.evened(line);
        self.push(line, indent);
    }

    /// The outermost list that would end with this line, where no list would be left for it to stand in.
    fn left_list(&self, line: &Physical<'_>) -> Option<usize> {
        let is_list = |open: &&RawLine| open.opens && self.said(open).ends_with(':');
        let kept = self.open.iter().take_while(|open| open.indent < line.indent);
        if kept.clone().last().as_ref().is_some_and(is_list) {
            return None;
        }
        let kept = kept.count();
        self.open.iter().skip(kept).position(|open| is_list(&open)).map(|at| kept + at)
    }

    /// An item that is not indented as deep as the list that it follows belongs to it all the same.
    fn place_in_list(&mut self, line: &Physical<'_>, list: usize) {
        let Some(above) = self.open.get(list) else { return };
        let (start, deeper) = (above.start, above.indent + 2);
        let first = above.children.first().or_else(|| self.open.get(list + 1));
        let (indent, beside) = first.map_or((deeper, None), |first| (first.indent.max(1), Some(first.start)));
        if self.outdented.replace(start) != Some(start) {
            match beside {
                Some(beside) => self.report_uneven(line, indent, beside),
                None => self.report_item_not_deeper(line, indent, (list, start)),
            }
        }
        self.close_to(indent);
        self.push(line, indent);
    }

    fn report_item_not_deeper(&mut self, line: &Physical<'_>, indent: usize, (list_at, list): (usize, usize)) {
        let place = |start: usize| self.source.span(start, start + 1);
        let message = "this item is not indented deeper than the line that its list follows";
        let problem =
            Diagnostic::error("margin", place(line.start), message).also(place(list), "its list follows this");
        let margin = self.source.span(line.start - line.margin, line.start);
        // In a list within another it may have been meant for either.
        let certain = self.open.get(list_at).is_none_or(|above| !self.is_item(above));
        let problem = problem.help("indent each item by two spaces more").fix(margin, " ".repeat(indent));
        self.problems.push(problem.certain(certain));
    }

    /// Whether it begins as a line of a rule or score does, while one of these is the heading.
    fn is_rule_line(&self, line: &Physical<'_>) -> bool {
        let word = first_word(line.content);
        let after = line.content.get(word.len()..).unwrap_or("");
        let ended = after.is_empty() || after.starts_with([' ', ':']);
        let heading = self.open.first().map(|heading| first_word(self.said(heading)));
        ended && is_one_of(&LINE_WORDS, word) && heading.is_some_and(|heading| is_one_of(&WITH_LINES, heading))
    }

    /// Whether a line at the margin begins as none does there, and as lines under the heading above it do.
    fn belongs_under_heading(&self, line: &Physical<'_>) -> bool {
        let Some(heading) = self.open.first().map(|heading| first_word(self.said(heading))) else { return false };
        let word = first_word(line.content);
        let lines = LINES_UNDER.iter().find(|(headings, _)| is_one_of(headings, heading));
        self.is_rule_line(line)
            || (!is_one_of(&HEADINGS, word) && lines.is_some_and(|(_, lines)| is_one_of(lines, word)))
    }

    fn is_item(&self, line: &RawLine) -> bool {
        self.said(line).starts_with("- ")
    }

    /// The last word of a line that a list should follow, when there is no colon after it.
    fn missing_colon(&self, line: &RawLine) -> Option<String> {
        let last = self.said(line).split_whitespace().next_back()?.to_ascii_lowercase();
        matches!(last.as_str(), "of" | "then" | "never" | "points" | "bands" | "gives" | "where").then_some(last)
    }

    /// A line with those that continue it, without the comments among them.
    fn said(&self, line: &RawLine) -> &str {
        self.text.as_ref().unwrap_or(&self.source.text).get(line.start..line.end).unwrap_or("")
    }

    /// A line of a rule at the margin belongs to the rule all the same.
    fn place_at_margin(&mut self, line: &Physical<'_>) {
        let heading = self.open.first().map_or("", |heading| first_word(self.said(heading)));
        let heading =
            if is_one_of(&["add", "suspend"], heading) { "rule".to_owned() } else { heading.to_ascii_lowercase() };
        self.close_to(1);
        let indent =
            self.open.last().and_then(|heading| heading.children.first()).map_or(2, |first| first.indent.max(1));
        let span = self.source.span(line.start, line.start + first_word(line.content).len());
        self.problems.push(
            Diagnostic::error(
                "margin",
                span,
                format!(
                    "`{}` stands at the margin, outside its {heading}",
                    first_word(line.content).to_ascii_lowercase()
                ),
            )
            .help(format!("indent the lines of {} by two spaces", with_article(&heading)))
            .fix(self.source.span(line.start, line.start), " ".repeat(indent))
            .certain(true),
        );
        self.push(line, indent);
    }

    /// A heading that is indented, after lines of another: what follows belongs to it.
    fn place_indented_heading(&mut self, line: &Physical<'_>) {
        let margin = self.source.span(line.start - line.margin, line.start);
        let span = self.source.span(line.start, line.start + first_word(line.content).len());
        let message = format!("`{}` begins something new, and is indented", first_word(line.content));
        let problem = Diagnostic::error("margin", span, message).fix(margin, "").certain(true);
        self.problems.push(problem.help("start headings such as `rule` and `policy` at the margin"));
        self.close_to(0);
        self.push(line, 0);
    }

    /// A line that is indented too far to stand beside the one above, and belongs there.
    fn place_beside(&mut self, line: &Physical<'_>) {
        let Some((indent, beside)) = self.open.last().map(|above| (above.indent, above.start)) else { return };
        self.report_uneven(line, indent, beside);
        self.close_to(indent);
        self.push(line, indent);
    }

    fn continues_heading(&self, parent: &RawLine, line: &Physical<'_>) -> bool {
        parent.children.is_empty() && headings::goes_on(self.said(parent), line.content)
    }

    /// The margin of the lines that this one belongs with; says so when it is another.
    fn evened(&mut self, line: &Physical<'_>) -> usize {
        // An item among lines that are none, or a line among items, is wrong for that alone.
        let item = line.content.starts_with("- ");
        let first =
            self.open.last().and_then(|parent| parent.children.iter().find(|child| self.is_item(child) == item));
        let Some((indent, beside)) = first.map(|first| (first.indent, first.start)) else { return line.indent };
        let parent = self.open.last().map(|parent| (parent.start, line.indent));
        if indent != line.indent && self.uneven != parent {
            self.uneven = parent;
            self.report_uneven(line, indent, beside);
        }
        indent
    }

    fn report_uneven(&mut self, line: &Physical<'_>, indent: usize, beside: usize) {
        let spaces = |indent: usize| if indent == 1 { "1 space".to_owned() } else { format!("{indent} spaces") };
        let place = |start: usize| self.source.span(start, start + 1);
        let problem = Diagnostic::error(
            "margin",
            place(line.start),
            format!(
                "this line is indented by {}, the lines it belongs with by {}",
                spaces(line.indent),
                spaces(indent)
            ),
        )
        .also(place(beside), "it seems to belong with this one")
        .help("line it up with the others");
        let margin = self.source.span(line.start - line.margin, line.start);
        // How deep an item of a list lies is what it means.
        let certain = !line.content.starts_with("- ");
        self.problems.push(problem.fix(margin, " ".repeat(indent)).certain(certain));
    }

    fn report_no_heading(&mut self, line: &Physical<'_>) {
        let margin = self.source.span(line.start - line.margin, line.start);
        let message = "this line is indented, but there is no heading above it to belong to";
        let problem = Diagnostic::error("margin", self.span(line), message).fix(margin, "").certain(true);
        self.problems.push(problem.help("start headings such as `rule` and `policy` at the margin"));
    }

    /// Reports it, and leaves it out with all that lies under it.
    fn report_too_deep(&mut self, line: &Physical<'_>) {
        self.too_deep = Some(line.indent);
        let span = self.span(line);
        if let Some(parent) = self.open.last_mut() {
            parent.reported = true;
        }
        self.problems.push(
            Diagnostic::error("too-deep", span, format!("this line lies more than {MAX_DEPTH} deep under others"))
                .help("give the inner part a name with `define`, and use the name here"),
        );
    }

    /// An item under a line that does not end with a colon, as it should: once for the whole list.
    fn place_stray_item(&mut self, line: &Physical<'_>) {
        if self.open.len() > MAX_DEPTH {
            return self.report_too_deep(line);
        }
        let missing = self.open.last().and_then(|parent| self.missing_colon(parent));
        let Some(parent) = self.open.last_mut() else { return };
        (parent.opens, parent.reported) = (true, true);
        let (start, end) = (parent.start, parent.end);
        let place = |start: usize, end: usize| self.source.span(start, end);
        let problem = if let Some(last) = missing {
            Diagnostic::error(
                "stray-item",
                place(end - last.len(), end),
                format!("a colon is missing after `{last}`, before the list"),
            )
            .fix(place(end, end), ":")
            .certain(true)
            .help("a line that a list follows ends with a colon")
        } else {
            Diagnostic::error("stray-item", place(line.start, line.end), "this list item does not belong to a list")
                .also(place(start, end), "this line does not end with a colon")
                .help("a list follows a line that ends with a colon, such as `when all of:`")
        };
        self.problems.push(problem);
        self.push(line, line.indent);
    }

    fn push(&mut self, line: &Physical<'_>, indent: usize) {
        let nested = !self.open.is_empty();
        let above = self.take_pending(nested);
        let comments = Comments { above, beside: line.comment.map(str::to_owned), ..Comments::default() };
        let heading = self.open.is_empty() && is_one_of(&HEADINGS, first_word(line.content));
        let opens = heading || ends_with_colon(line.content, self.quote.is_some());
        let Physical { start, end, .. } = *line;
        self.open.push(RawLine { start, end, comments, children: Vec::new(), reported: false, indent, opens });
    }

    fn continue_line(&mut self, line: &Physical<'_>) {
        let quoted = self.quote.is_some();
        let at_margin = self.open.len() == 1;
        let mut above = self.take_pending(true);
        if let Some(open) = self.open.last_mut() {
            open.end = line.end;
            open.opens = (at_margin && open.opens) || ends_with_colon(line.content, quoted);
            open.comments.above.append(&mut above);
            match (line.comment, &open.comments.beside) {
                (Some(comment), None) => open.comments.beside = Some(comment.to_owned()),
                (Some(comment), Some(_)) => open.comments.above.push(comment.to_owned()),
                (None, _) => {}
            }
        }
    }

    /// The comments since the last line, for the next one; empty lines mean something only between headings.
    fn take_pending(&mut self, nested: bool) -> Vec<String> {
        let pending = std::mem::take(&mut self.pending).into_iter().map(|(_, comment)| comment);
        pending.filter(|comment| !(nested && comment == BLANK_LINE)).collect()
    }

    /// Leaves each comment that stands further in than the next line with the lines that it stands among.
    fn settle_comments(&mut self, next: usize) {
        let own = self.pending.iter().rposition(|(_, comment)| comment != BLANK_LINE).map_or(0, |last| last + 1);
        let mut settled = 0;
        for (margin, comment) in self.pending.iter().take(own) {
            if comment == BLANK_LINE {
                continue;
            }
            let Some(at) = self.open.iter().rposition(|open| open.indent <= *margin) else { break };
            let deepest = at + 1 == self.open.len();
            let deeper = self.open.get(at).is_some_and(|open| open.indent < *margin);
            let at = if deeper && !deepest { at + 1 } else { at };
            let Some(open) = self.open.get_mut(at) else { break };
            if deeper && deepest && open.indent >= next && open.comments.after.is_empty() {
                open.comments.under.push(comment.clone());
            } else if open.indent > next {
                open.comments.after.push(comment.clone());
            } else {
                break;
            }
            settled += 1;
        }
        if settled > 0 {
            let mut left = 0;
            self.pending.retain(|(_, comment)| {
                left += usize::from(comment != BLANK_LINE);
                left > settled
            });
        }
    }

    /// Ends every open line that a line at this margin cannot belong to.
    fn close_to(&mut self, indent: usize) {
        self.settle_comments(indent);
        while self.open.last().is_some_and(|open| open.indent >= indent) {
            let Some(line) = self.open.pop() else { break };
            match self.open.last_mut() {
                Some(parent) => parent.children.push(line),
                None => self.done.push(line),
            }
        }
    }

    fn report_open_quote(&mut self) {
        let Some(at) = self.quote.take() else { return };
        if let Some(open) = self.open.last_mut() {
            open.reported = true;
        }
        let start = self.open.last().map(|open| open.start);
        if start == self.cut_off && quotes::ends_line(self.source, at) {
            // It ends the text that was cut off above.
            return;
        }
        match start.and_then(|start| quotes::never_opened(self.source, start, at)) {
            Some(problem) => self.problems.push(problem),
            None => self.problems.push(quotes::never_closed(self.source, at)),
        }
    }

    fn note_tab(&mut self, start: usize, line: &str) {
        if self.plain {
            return;
        }
        if let Some(at) = line.find('\t') {
            let margin = line.get(..at).is_some_and(|before| before.trim().is_empty());
            let run = line.bytes().skip(at).take_while(|byte| *byte == b'\t').count();
            self.tabs.push((start + at, run, margin));
        }
    }

    /// Reports the first tab, and how many lines have others.
    fn report_tabs(&mut self) {
        let Some((at, run, margin)) = self.tabs.first().copied() else { return };
        let span = self.source.span(at, at + run);
        let message = if margin { "this line is indented with a tab" } else { "there is a tab in this line" };
        let problem = Diagnostic::error("tab", span, message).help("use spaces, two for each step");
        let problem = problem.fix(self.tabbed(), self.without_tabs()).certain(true);
        self.problems.push(match self.tabs.len() - 1 {
            0 => problem,
            1 => problem.help("one more line of this file has a tab"),
            others => problem.help(format!("{others} more lines of this file have tabs")),
        });
    }

    /// From the first tab of the file to the last.
    fn tabbed(&self) -> Span {
        let first = self.tabs.first().map_or(0, |(at, ..)| *at);
        self.source.span(first, self.source.text.rfind('\t').map_or(first, |last| last + 1))
    }

    /// What stands there, with spaces for each tab: in a margin those of a step, and elsewhere one for all that stand together.
    fn without_tabs(&self) -> String {
        let mut plain = String::new();
        let (mut in_margin, mut after_tab) = (self.tabs.first().is_some_and(|(.., margin)| *margin), false);
        for letter in self.source.slice(self.tabbed()).chars() {
            match letter {
                '\t' if in_margin => plain.push_str(&" ".repeat(TAB)),
                '\t' if after_tab => {}
                '\t' => plain.push(' '),
                other => plain.push(other),
            }
            after_tab = letter == '\t';
            in_margin = letter == '\n' || (in_margin && matches!(letter, ' ' | '\t'));
        }
        plain
    }

    fn span(&self, line: &Physical<'_>) -> Span {
        self.source.span(line.start, line.end)
    }
}

fn ends_with_colon(content: &str, in_text: bool) -> bool {
    !in_text && content.ends_with(':')
}

/// What a comment says. Lines that stand behind a `#` to be used one day keep their indents.
fn comment_text(written: &str) -> &str {
    let text = written.trim_end();
    text.strip_prefix(' ').filter(|text| text.starts_with(' ')).unwrap_or(text.trim_start())
}
