//! The reader of lines, and the productions of conditions.

use super::expected;
use super::grammar::Rule;
use super::layout::RawLine;
use super::parse_cache::{ParseCache, ParseNode, Parts, Read};
use super::tree::*;
use crate::text::{Diagnostic, Source, Span, has_odd_character};
use crate::time::Weekday;

/// Reads lines one by one and gathers what is wrong with them.
pub(super) struct LineReader<'a> {
    source: &'a Source,
    /// The text of the source as [`Layout`](super::layout::Layout) has it.
    text: &'a str,
    pub lines: ParseCache,
    pub problems: Vec<Diagnostic>,
    /// What was lost with the lines that could not be read.
    pub unread: Unparsed,
}

/// The largest number that a policy may name.
pub(super) const MOST: i64 = 1_000_000_000_000;

/// The value of a quoted text.
pub(super) fn text(node: ParseNode<'_>) -> Text {
    let inside = node.text().trim_matches('"');
    let at = At(node.span());
    if is_evenly_spaced(inside) {
        return Text { value: inside.to_owned(), at };
    }
    let mut value = String::with_capacity(inside.len());
    for word in inside.split_whitespace() {
        if !value.is_empty() {
            value.push(' ');
        }
        value.push_str(word);
    }
    Text { value, at }
}

/// Whether a text is as it will be kept: in plain characters, with one space between words and none around them.
fn is_evenly_spaced(text: &str) -> bool {
    let spaced = text.bytes().try_fold(b' ', |last, byte| {
        let even = (b'!'..=b'~').contains(&byte) || (byte == b' ' && last != b' ');
        even.then_some(byte)
    });
    spaced.is_some_and(|last| last != b' ')
}

impl<'a> LineReader<'a> {
    pub(super) fn new(source: &'a Source, text: &'a str, lines: ParseCache) -> Self {
        Self { source, text, lines, problems: Vec::new(), unread: Unparsed::default() }
    }

    pub(super) fn problem_count(&self) -> usize {
        self.problems.len()
    }

    /// No line is ever left out without a word: a policy that lacks a line without saying so would be worse than none.
    pub(super) fn report_silent_loss(&mut self, raw: &RawLine, problems_before: usize) {
        let told = self.problems.len() > problems_before || raw.reported || has_odd_character(self.said(raw));
        let unfinished = self.problems.last().is_some_and(|last| last.code == "unfinished-line");
        if !told && !unfinished {
            self.report("cannot-read", self.place(raw), "this line cannot be read", "");
        }
    }

    /// The place of a line, without those under it.
    pub(super) fn place(&self, raw: &RawLine) -> Span {
        self.source.span(raw.start, raw.end)
    }

    /// What a line says, as written.
    pub(super) fn said(&self, raw: &RawLine) -> &'a str {
        self.text.get(raw.start..raw.end).unwrap_or("")
    }

    /// Parses one line; what is wrong with it is reported.
    pub(super) fn parse(&mut self, rule: Rule, raw: &RawLine) -> Option<Read<'a>> {
        let said = self.said(raw);
        match self.lines.read(rule, said, self.source, raw.start) {
            Ok(line) => line,
            // A line with an odd character is reported for that, and may well be right without it.
            Err(_) if raw.reported || has_odd_character(said) => None,
            Err(error) => {
                let problem = expected::explain(self.source, rule, raw.start, said, &error);
                if !self.goes_on(raw, &problem) {
                    self.problems.push(problem);
                }
                None
            }
        }
    }

    /// Whether a line that begins like none of its kind follows at once one that is not finished, which was reported:
    /// the two are one line, broken in a way that cannot be seen.
    fn goes_on(&self, raw: &RawLine, problem: &Diagnostic) -> bool {
        let unfinished = self.problems.last().filter(|last| last.code == "unfinished-line").map(|last| last.span);
        let between = unfinished.and_then(|last| self.text.get(last.range().end..raw.start));
        problem.code == "unknown-line" && between.is_some_and(|between| between.trim().is_empty())
    }

    pub(super) fn line<T>(&self, raw: &RawLine, node: T) -> Line<T> {
        Line { node, at: At(self.place(raw)), comments: raw.comments.clone() }
    }

    pub(super) fn report(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: &str) {
        let problem = Diagnostic::error(code, span, message);
        self.problems.push(if help.is_empty() { problem } else { problem.help(help) });
    }

    pub(super) fn no_lines_under(&mut self, raw: &RawLine) {
        if let Some(child) = raw.children.first().filter(|_| !raw.reported) {
            let span = self.source.span(child.start, child.end);
            self.report(
                "margin",
                span,
                "nothing can stand under the line above",
                "move this line back to the margin of its rule",
            );
        }
    }

    pub(super) fn require_items(&mut self, raw: &RawLine) {
        if raw.children.is_empty() && !raw.reported {
            let span = self.source.span(raw.end.saturating_sub(1), raw.end);
            self.report(
                "empty-list",
                span,
                "this line ends with a colon, but no list follows it",
                "list its parts below it, each on its own line, deeper than this one and starting with `- `",
            );
        }
    }

    /// `conditions`: a group with the list under the line, or a chain on the line itself.
    pub(super) fn conditions(&mut self, node: ParseNode<'_>, raw: Option<&RawLine>) -> Option<Condition> {
        let inner = node.parts().first()?;
        match inner.rule() {
            Rule::group_open => self.group(inner, raw),
            _ => self.chain(inner, raw),
        }
    }

    /// How many of a list are asked for: `all of`, `any of`, `none of` or a number.
    pub(super) fn group_kind(&mut self, node: ParseNode<'_>) -> Option<Group> {
        Some(match node.parts().find(Rule::how_many) {
            Some(how_many) => {
                let (comparison, amount) = self.how_many(how_many)?;
                Group::HowMany { comparison, amount }
            }
            None if node.has_keyword(Rule::k_all_of) => Group::All,
            None if node.has_keyword(Rule::k_any_of) => Group::Any,
            None => Group::None,
        })
    }

    fn group(&mut self, node: ParseNode<'_>, raw: Option<&RawLine>) -> Option<Condition> {
        let at = At(node.span());
        let group = node.parts().first()?;
        let kind = self.group_kind(group)?;
        let items = match raw {
            Some(raw) => {
                self.require_items(raw);
                let mut items = Vec::with_capacity(raw.children.len());
                items.extend(raw.children.iter().filter_map(|child| self.condition_line(child)));
                items
            }
            None => Vec::new(),
        };
        Some(Condition { kind: ConditionKind::Group { group: kind, items }, at })
    }

    fn condition_line(&mut self, raw: &RawLine) -> Option<Line<Condition>> {
        let line = self.parse(Rule::condition_line, raw)?;
        let condition = self.conditions(line.whole()?.parts().first()?, Some(raw))?;
        Some(self.line(raw, condition))
    }

    /// Conditions or tests joined on one line. Mixing *and* with *or* has two readings and is refused.
    fn chain(&mut self, node: ParseNode<'_>, raw: Option<&RawLine>) -> Option<Condition> {
        let at = At(node.span());
        let parts = node.parts();
        let opens_list = |condition: &Condition| matches!(&condition.kind, ConditionKind::Count(count) if matches!(count.of.filter.as_ref().map(|filter| &filter.kind), Some(ConditionKind::Group { .. })));
        let items: Vec<Condition> = parts.iter().filter_map(|part| self.condition(part, raw)).collect();
        if items.len() < parts.len() {
            return None;
        }
        if let (Some(raw), false) = (raw, items.iter().any(opens_list)) {
            self.no_lines_under(raw);
        }
        let (and, or) = (node.has_keyword(Rule::k_and), node.has_keyword(Rule::k_or));
        if and && or {
            self.report_two_readings(node, parts);
        }
        if items.len() == 1 {
            return items.into_iter().next();
        }
        let presumed = |item: &&Condition| matches!(&item.kind, ConditionKind::Test(test) if test.or_not_answered);
        if let Some(test) = items.iter().find(presumed) {
            self.report_not_answered_in_chain(test, if or { "any of" } else { "all of" });
        }
        let filtered =
            |condition: &Condition| matches!(&condition.kind, ConditionKind::Count(count) if count.of.filter.is_some());
        if let Some(count) = items.iter().find(|item| filtered(item)) {
            self.report_where_in_chain(count, if or { "any of" } else { "all of" });
        }
        let joiner = if or { Joiner::Or } else { Joiner::And };
        Some(Condition { kind: ConditionKind::Chain { joiner, items }, at })
    }

    fn report_two_readings(&mut self, node: ParseNode<'_>, parts: Parts<'_>) {
        let words: Vec<&str> = parts.iter().map(|part| part.text().trim()).collect();
        let mut joiners = Vec::new();
        for (one, next) in parts.iter().zip(parts.iter().skip(1)) {
            let between = self.source.text.get(one.span().end as usize..next.span().start as usize).unwrap_or("");
            joiners.push(if between.to_ascii_lowercase().contains("or") { "or" } else { "and" });
        }
        let reading = |tight: &str| {
            let mut said = String::new();
            let mut open = false;
            for (at, word) in words.iter().enumerate() {
                let next_is_tight = joiners.get(at).is_some_and(|joiner| *joiner == tight);
                if next_is_tight && !open {
                    said.push('(');
                    open = true;
                }
                said.push_str(word);
                if open && !next_is_tight {
                    said.push(')');
                    open = false;
                }
                if let Some(joiner) = joiners.get(at) {
                    said.push_str(&format!(" {joiner} "));
                }
            }
            said
        };
        let problem =
            Diagnostic::error("two-readings", node.span(), "`and` and `or` on one line can be read in two ways")
                .help(format!("it may mean: {}", reading("and")))
                .help(format!("or it may mean: {}", reading("or")))
                .help("say which with a list: `all of:` or `any of:`, and each part on its own line below");
        self.problems.push(problem);
    }

    fn report_not_answered_in_chain(&mut self, test: &Condition, group: &str) {
        let message = "a test with `or not answered` must have the line to itself, or it is not clear what else may go unanswered";
        let problem = Diagnostic::error("not-answered-in-chain", test.at.0, message);
        self.problems.push(problem.help(format!("make a list: `{group}:`, and each condition on its own line below")));
    }

    fn report_where_in_chain(&mut self, count: &Condition, group: &str) {
        let problem = Diagnostic::error(
            "where-in-chain",
            count.at.0,
            "a count with `where` must have the line to itself, or it is not clear where its tests end",
        )
        .help(format!("make a list: `{group}:`, and each condition on its own line below"));
        self.problems.push(problem);
    }

    fn condition(&mut self, node: ParseNode<'_>, raw: Option<&RawLine>) -> Option<Condition> {
        let at = At(node.span());
        let kind = match node.rule() {
            Rule::answers => ConditionKind::Answers(Box::new(self.answers(node)?)),
            Rule::count => ConditionKind::Count(Box::new(self.count(node, raw)?)),
            Rule::latest => {
                let parts = node.parts();
                ConditionKind::Latest(Box::new(Latest {
                    first: parts.first()?.rule() == Rule::in_the_first,
                    of: self.selected(parts)?,
                    test: self.chain(parts.last()?, None)?,
                }))
            }
            Rule::closer => {
                let parts = node.parts();
                let is = TrendIs::Converging { last: self.amount(parts.first()?)? };
                ConditionKind::Trend(Box::new(Trend { of: self.selected(parts)?, is }))
            }
            Rule::gap_shorter => {
                let of = self.selected(node.parts())?;
                ConditionKind::Trend(Box::new(Trend { of, is: TrendIs::GapShrinking }))
            }
            Rule::test => ConditionKind::Test(Box::new(self.test(node)?)),
            _ => ConditionKind::Bare(self.word(node.parts().first()?)),
        };
        Some(Condition { kind, at })
    }

    pub(super) fn how_many(&mut self, node: ParseNode<'_>) -> Option<(Comparison, Amount)> {
        let parts = node.parts();
        Some((comparison(parts.first()?)?, self.amount(parts.get(1)?)?))
    }

    pub(super) fn amount(&mut self, node: ParseNode<'_>) -> Option<Amount> {
        let inner = node.parts().first()?;
        Some(match inner.rule() {
            Rule::number => Amount::Number(self.number(inner)?),
            _ => Amount::Name(self.word(inner)),
        })
    }

    pub(super) fn number(&mut self, node: ParseNode<'_>) -> Option<Number> {
        match node.text().parse::<i64>() {
            Ok(value) if value <= MOST => Some(Number { value, at: At(node.span()) }),
            _ => {
                let message = format!("the number `{}` is too large", shortened(node.text()));
                self.report("number-too-large", node.span(), message, "numbers go up to 1000000000000");
                None
            }
        }
    }

    fn count(&mut self, node: ParseNode<'_>, raw: Option<&RawLine>) -> Option<Count> {
        let parts = node.parts();
        let first = parts.first()?;
        let quantifier = match first.rule() {
            Rule::any => Quantifier::Any,
            Rule::no => Quantifier::No,
            _ => {
                let (comparison, amount) = self.how_many(first)?;
                Quantifier::HowMany { comparison, amount }
            }
        };
        let different = parts.find(Rule::different);
        let different = different.and_then(|part| self.first_word(part.parts()));
        let follow = match parts.find(Rule::follow) {
            Some(follow) => Some(self.follow(follow)?),
            None => None,
        };
        let filter = match parts.find(Rule::filter) {
            Some(filter) => Some(self.filter(filter, raw)?),
            None => None,
        };
        let selection = Selection { filter, ..self.selected(parts)? };
        Some(Count { quantifier, different, of: selection, follow })
    }

    fn filter(&mut self, node: ParseNode<'_>, raw: Option<&RawLine>) -> Option<Condition> {
        let inner = node.parts().first()?;
        match inner.rule() {
            Rule::group_open => self.group(inner, raw),
            _ => self.chain(inner, None),
        }
    }

    /// `selection`: a record or group with its scopes and filter.
    pub(super) fn selection(&mut self, node: ParseNode<'_>, raw: Option<&RawLine>) -> Option<Selection> {
        let parts = node.parts();
        let filter = match parts.find(Rule::filter) {
            Some(filter) => Some(self.filter(filter, raw)?),
            None => None,
        };
        let grouped = matches!(filter.as_ref().map(|filter| &filter.kind), Some(ConditionKind::Group { .. }));
        if let (Some(raw), false) = (raw, grouped) {
            self.no_lines_under(raw);
        }
        Some(Selection { filter, ..self.selected(parts)? })
    }

    /// The noun and scopes among the parts of a count, latest, trend or follower; the filter is read elsewhere.
    fn selected(&mut self, parts: Parts<'_>) -> Option<Selection> {
        let noun = self.first_word(parts)?;
        let is_scope = |part: &ParseNode<'_>| {
            matches!(
                part.rule(),
                Rule::in_force
                    | Rule::same
                    | Rule::that
                    | Rule::within
                    | Rule::since
                    | Rule::counting_this
                    | Rule::not_counting_this
            )
        };
        let scopes: Option<Vec<Scope>> = parts.iter().filter(is_scope).map(|part| self.scope(part)).collect();
        let counting = |part: &ParseNode<'_>| matches!(part.rule(), Rule::counting_this | Rule::not_counting_this);
        if let Some(again) = parts.iter().filter(counting).nth(1) {
            let message = "it is said twice whether this call is counted";
            self.report("two-readings", again.span(), message, "leave one of the two out");
        }
        Some(Selection { noun, scopes: scopes?, filter: None })
    }

    fn scope(&mut self, node: ParseNode<'_>) -> Option<Scope> {
        let parts = node.parts();
        let at = At(node.span());
        let link = |reader: &Self| {
            let preposition = parts.first()?.text().to_ascii_lowercase();
            Some((preposition, reader.first_word(parts)?))
        };
        match node.rule() {
            Rule::in_force => Some(Scope::InForce(at)),
            Rule::same => link(self).map(|(preposition, name)| Scope::Same { preposition, name }),
            Rule::that => link(self).map(|(preposition, name)| Scope::That { preposition, name }),
            Rule::within => Some(Scope::Within(self.length_ref(parts.first()?)?)),
            Rule::since => self.since(parts, at),
            Rule::counting_this => Some(Scope::CountingThis(at)),
            _ => Some(Scope::NotCountingThis(at)),
        }
    }

    fn since(&mut self, parts: Parts<'_>, at: At) -> Option<Scope> {
        let first = parts.first()?;
        if first.rule() == Rule::date {
            return Some(Scope::SinceDate(self.date(first)?, at));
        }
        if first.rule() == Rule::since_midnight {
            return Some(Scope::SinceMidnight(at));
        }
        let (first, links) = (first.rule() == Rule::since_first, self.same_links(parts));
        Some(Scope::SinceRecord { first, noun: self.first_word(parts)?, links })
    }

    /// Each `about the same victim` among the parts: its preposition and its name.
    pub(super) fn same_links(&self, parts: Parts<'_>) -> Vec<(String, Word)> {
        let links = parts.of(Rule::same).filter_map(|part| {
            let inner = part.parts();
            Some((inner.first()?.text().to_ascii_lowercase(), self.first_word(inner)?))
        });
        links.collect()
    }

    fn follow(&mut self, node: ParseNode<'_>) -> Option<Follow> {
        let parts = node.parts();
        Some(Follow {
            negated: parts.first()?.rule() == Rule::not_followed,
            within: self.length_ref(parts.get(1)?)?,
            by: self.selected(parts)?,
        })
    }

    fn test(&mut self, node: ParseNode<'_>) -> Option<Test> {
        let parts = node.parts();
        let subject = self.subject(parts.first()?)?;
        let predicate = self.predicate(parts.get(1)?)?;
        let or_not_answered = parts.find(Rule::or_not_answered).is_some();
        Some(Test { subject, predicate, or_not_answered, at: At(node.span()) })
    }

    pub(super) fn measure(&mut self, node: ParseNode<'_>) -> Option<Measure> {
        Some(match node.rule() {
            Rule::span => Measure::Length(self.length(node)?),
            _ => Measure::Amount(self.amount(node)?),
        })
    }

    pub(super) fn subject(&mut self, node: ParseNode<'_>) -> Option<Subject> {
        let inner = node.parts().first()?;
        let words = self.words(inner.parts(), Rule::name);
        let mut words = words.into_iter();
        Some(match inner.rule() {
            Rule::this_calls => Subject::ThisCalls(words.next()?),
            Rule::this_call => Subject::ThisCall(At(inner.span())),
            Rule::it => Subject::It(At(inner.span())),
            Rule::through => Subject::Through { link: words.next()?, field: words.next()? },
            _ => Subject::Own(words.next()?),
        })
    }

    pub(super) fn moment(&mut self, node: ParseNode<'_>) -> Option<Moment> {
        let inner = node.parts().first()?;
        Some(match inner.rule() {
            Rule::date => Moment::Date(self.date(inner)?, At(inner.span())),
            _ => Moment::Subject(self.subject(inner)?),
        })
    }

    fn predicate(&mut self, node: ParseNode<'_>) -> Option<Predicate> {
        let parts = node.parts();
        let not = parts.first().is_some_and(|part| part.rule() == Rule::not);
        let verb = if node.text().split_whitespace().next().is_some_and(|word| word.to_ascii_lowercase().ends_with('s'))
        {
            Verb::Singular
        } else {
            Verb::Plural
        };
        Some(match node.rule() {
            Rule::is_in_force => Predicate::InForce { not },
            Rule::is_weekend => Predicate::Weekend { not },
            Rule::has_passed => Predicate::HasPassed,
            Rule::to_come => Predicate::StillToCome,
            Rule::is_calendar => Predicate::Calendar { not, name: self.first_word(parts)? },
            Rule::is_apart => Predicate::Apart(Box::new(self.apart(node)?)),
            Rule::is_same_day => self.same_day(node, not)?,
            Rule::is_next => Predicate::WithinNext(self.length_ref(parts.first()?)?),
            Rule::is_within => Predicate::Within(self.length_ref(parts.first()?)?),
            Rule::is_member => Predicate::OneOf { not, words: self.list(parts) },
            Rule::is_same => {
                let this_calls = parts.last()?;
                Predicate::Same { not, fact: self.first_word(this_calls.parts())? }
            }
            Rule::is_word => Predicate::Is { not, word: self.is_word(parts)? },
            Rule::excludes => Predicate::Exclude {
                words: self.list(parts),
                verb: if node.text().to_ascii_lowercase().starts_with("does") { Verb::Singular } else { Verb::Plural },
            },
            Rule::mentions => {
                let texts = parts.first()?.parts().iter().map(|node| self.quoted(node)).collect();
                Predicate::Mention { texts, verb }
            }
            Rule::includes => self.includes(node, parts, verb)?,
            Rule::is_clock => self.clock_range(node, not)?,
            Rule::is_weekday => {
                let mut days: Vec<Weekday> = Vec::new();
                for node in parts.of(Rule::weekday) {
                    let Some(day) = Weekday::parse(node.text()) else { continue };
                    if days.contains(&day) {
                        let message = format!("`{}` is listed twice", day.name());
                        let at = node.span();
                        self.report("named-twice", at, &message, "leave one of them out");
                    }
                    days.push(day);
                }
                Predicate::Weekday { not, days: days.into_iter().collect() }
            }
            Rule::is_moment => {
                Predicate::Moment { relation: relation(parts.first()?.rule()), moment: self.moment(parts.get(1)?)? }
            }
            Rule::is_range => Predicate::Range(Box::new(self.range(node, not)?)),
            Rule::is_compare => Predicate::Compare {
                comparison: comparison(parts.first()?)?,
                with: self.measure(parts.get(1)?)?,
                ago: parts.iter().any(|part| part.rule() == Rule::ago),
            },
            _ => return None,
        })
    }

    /// The word compared with, of which `no` and `none` are keywords elsewhere.
    fn is_word(&self, parts: Parts<'_>) -> Option<Word> {
        let word = parts.last()?;
        let text = match word.rule() {
            Rule::none_value => "none",
            Rule::no => "no",
            _ => word.text(),
        };
        Some(Word { text: text.to_owned(), at: At(word.span()) })
    }

    fn includes(&mut self, node: ParseNode<'_>, parts: Parts<'_>, verb: Verb) -> Option<Predicate> {
        let first = parts.first()?;
        if first.rule() == Rule::how_many {
            let (comparison, amount) = self.how_many(first)?;
            let of = parts.of(Rule::names_each).next().map(|names| self.words(names.parts(), Rule::name));
            let at = At(node.span());
            return Some(Predicate::IncludeHowMany(Box::new(IncludeHowMany { comparison, amount, of, verb, at })));
        }
        if first.rule() == Rule::all_of {
            let words = self.list(first.parts());
            return Some(Predicate::Include { all: words.len() > 1, words, verb });
        }
        let words = self.list(parts);
        if first.rule() != Rule::any_of && words.len() > 1 {
            self.report(
                "two-readings",
                node.span(),
                "several flags after `include` can be read in two ways",
                "say `include any of …` or `include all of …`",
            );
        }
        Some(Predicate::Include { all: false, words, verb })
    }
}

pub(super) fn comparison(node: ParseNode<'_>) -> Option<Comparison> {
    Some(match node.rule() {
        Rule::at_least => Comparison::AtLeast,
        Rule::at_most => Comparison::AtMost,
        Rule::more_than => Comparison::MoreThan,
        Rule::fewer_than | Rule::less_than => Comparison::FewerThan,
        Rule::exactly => Comparison::Exactly,
        _ => return None,
    })
}

fn relation(rule: Rule) -> Relation {
    match rule {
        Rule::on_or_before => Relation::OnOrBefore,
        Rule::on_or_after => Relation::OnOrAfter,
        Rule::before => Relation::Before,
        Rule::after => Relation::After,
        _ => Relation::On,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(20) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}
