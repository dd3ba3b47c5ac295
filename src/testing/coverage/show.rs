//! Coverage -> the policy's own text with what was not seen: on a terminal, as a page, and for lcov.

use super::tally::{Coverage, Goal, GoalSubject, Sight};
use crate::report::escaped;
use crate::text::{Source, SourceId};
use crate::wire::{CoverageVerdict, Missing};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// The goals that begin on one line.
struct CoveredLine<'c> {
    number: usize,
    text: &'c str,
    goals: Vec<&'c Goal>,
}

impl CoveredLine<'_> {
    fn expected(&self) -> usize {
        self.goals.iter().map(|goal| goal.count(Sight::Expected)).sum()
    }

    fn seen(&self) -> usize {
        self.goals.iter().map(|goal| goal.count(Sight::Ran)).sum()
    }

    fn all(&self) -> usize {
        self.goals.iter().map(|goal| goal.parts.len()).sum()
    }

    /// What is missing, each goal once: `this condition was never seen unknown`.
    fn missing(&self) -> Vec<String> {
        let missing = |goal: &&Goal| {
            let parts = |sight: Sight| {
                let parts = goal.parts.iter().filter(move |(_, own)| *own == sight);
                parts.map(|(part, _)| part.as_str()).collect::<Vec<_>>()
            };
            let never =
                said(&goal.about, &parts(Sight::Never)).map(|(what, how)| format!("{what} was never seen{how}"));
            let ran = said(&goal.about, &parts(Sight::Ran))
                .map(|(what, how)| format!("{what} was seen{how} only by tests that expect nothing of its rule"));
            [never, ran]
        };
        self.goals.iter().flat_map(missing).flatten().collect()
    }
}

/// What some parts of a goal are, and in which state: nothing for no part.
fn said(about: &GoalSubject, parts: &[&str]) -> Option<(String, String)> {
    let (last, rest) = parts.split_last()?;
    Some(match (about, rest) {
        (GoalSubject::States(what), []) => (what.clone(), format!(" {last}")),
        (GoalSubject::States(what), rest) => (what.clone(), format!(" {} or {last}", rest.join(", "))),
        (GoalSubject::Records(noun), []) => (format!("{} {noun} {last}", article(noun)), String::new()),
        (GoalSubject::Records(noun), [first, rest @ ..]) => {
            let rest: String = rest.iter().map(|part| format!(", one {part}")).collect();
            (format!("{} {noun} {first}{rest}, or one {last},", article(noun)), String::new())
        }
    })
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

fn lines<'c>(coverage: &'c Coverage, source: &'c Source) -> Vec<CoveredLine<'c>> {
    let mut lines: Vec<CoveredLine<'c>> =
        (1..).zip(source.text.lines()).map(|(number, text)| CoveredLine { number, text, goals: Vec::new() }).collect();
    for goal in coverage.goals.iter().filter(|goal| goal.at.source == source.id) {
        let line = source.position(goal.at.start).line;
        if let Some(line) = line.checked_sub(1).and_then(|at| lines.get_mut(at)) {
            line.goals.push(goal);
        }
    }
    lines
}

fn covered(coverage: &Coverage) -> impl Iterator<Item = &Source> {
    let has = |id: SourceId| coverage.goals.iter().any(|goal| goal.at.source == id);
    coverage.sources.iter().filter(move |source| has(source.id))
}

/// Both sums: what tests expect, and what they saw.
fn shares(expected: usize, seen: usize, all: usize) -> String {
    let share = |some: usize| format!("{some} of {all} ({} %)", (some * 100).checked_div(all).unwrap_or(100));
    format!("{} expected by a test, {} seen by one", share(expected), share(seen))
}

fn shares_of(lines: &[CoveredLine<'_>]) -> String {
    let all = |sums: [usize; 3], line: &CoveredLine<'_>| {
        let [expected, seen, all] = sums;
        [expected + line.expected(), seen + line.seen(), all + line.all()]
    };
    let [expected, seen, all] = lines.iter().fold([0; 3], all);
    shares(expected, seen, all)
}

/// Every line with something that no test expects, and the sums.
pub fn terminal(coverage: &Coverage, styled: bool) -> String {
    let style = |colour: AnsiColor| if styled { colour.on_default() } else { Style::new() };
    let (red, bold) = (style(AnsiColor::Red), if styled { Style::new().bold() } else { Style::new() });
    let mut out = String::new();
    for source in covered(coverage) {
        let lines = lines(coverage, source);
        let _ = writeln!(out, "{bold}{}: {}{bold:#}", source.name, shares_of(&lines));
        for line in lines.iter().filter(|line| line.expected() < line.all()) {
            let _ = writeln!(out, "{:>5} | {}", line.number, line.text);
            for missing in line.missing() {
                let _ = writeln!(out, "      | {red}{missing}{red:#}");
            }
        }
    }
    let sums = shares(coverage.expected(), coverage.seen(), coverage.all());
    let _ = writeln!(out, "{bold}coverage: {sums}{bold:#}");
    out
}

/// The form that other programs are promised.
pub fn verdict(coverage: &Coverage) -> CoverageVerdict {
    let mut missing = Vec::new();
    for source in covered(coverage) {
        for line in lines(coverage, source) {
            let said = line.missing().into_iter();
            missing.extend(said.map(|said| Missing { file: source.name.clone(), line: line.number, said }));
        }
    }
    CoverageVerdict {
        expected: coverage.expected(),
        seen: coverage.seen(),
        all: coverage.all(),
        percent: coverage.percent(),
        missing,
    }
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}\
pre{font:13px/1.5 ui-monospace,monospace;border:1px solid #ccc;overflow-x:auto}\
.l{display:block;padding:0 .5rem;white-space:pre-wrap}.n{color:#666;display:inline-block;width:3.5rem}\
.y{background:#e3f5e3}.p{background:#fff3cd}.m{background:#fbdcdc}.w{color:#8a1f11;display:block;padding-left:4rem}";

/// One page with the whole text of every file: green where a test expects all of it, yellow where part, red where nothing.
pub fn html(coverages: &[Coverage]) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>What the tests have seen</title>\
         <style>{STYLE}</style></head><body>\n<h1>What the tests have seen</h1>\n"
    );
    for coverage in coverages {
        let sums = shares(coverage.expected(), coverage.seen(), coverage.all());
        let _ = writeln!(out, "<p>{sums}, in all.</p>");
        for source in covered(coverage) {
            let lines = lines(coverage, source);
            let _ = writeln!(out, "<h2>{}</h2><p>{}.</p>\n<pre>", escaped(&source.name), shares_of(&lines));
            for line in &lines {
                html_line(&mut out, line);
            }
            out.push_str("</pre>\n");
        }
    }
    out.push_str("</body></html>\n");
    out
}

fn html_line(out: &mut String, line: &CoveredLine<'_>) {
    let class = match (line.expected(), line.all()) {
        (_, 0) => "",
        (0, _) => " m",
        (seen, all) if seen < all => " p",
        _ => " y",
    };
    let _ = write!(out, "<span class=\"l{class}\"><span class=\"n\">{}</span>{}", line.number, escaped(line.text));
    for missing in line.missing() {
        let _ = write!(out, "<span class=\"w\">{}</span>", escaped(&missing));
    }
    out.push_str("</span>");
}

/// The tracefile of lcov: a line is hit when a test expects all that is to be seen on it, and each thing to be seen is a branch.
/// That a line ran says nothing, since every rule is asked in every case.
pub fn lcov(coverages: &[Coverage]) -> String {
    let mut out = String::new();
    for coverage in coverages {
        for source in covered(coverage) {
            let _ = writeln!(out, "TN:\nSF:{}", source.name);
            let lines = lines(coverage, source);
            let lines: Vec<&CoveredLine<'_>> = lines.iter().filter(|line| line.all() > 0).collect();
            for line in &lines {
                let parts =
                    line.goals.iter().zip(0..).flat_map(|(goal, block)| goal.parts.iter().map(move |it| (block, it)));
                for (branch, (block, (_, sight))) in parts.enumerate() {
                    let _ =
                        writeln!(out, "BRDA:{},{block},{branch},{}", line.number, u8::from(*sight == Sight::Expected));
                }
            }
            let (all, expected) = (
                lines.iter().map(|line| line.all()).sum::<usize>(),
                lines.iter().map(|line| line.expected()).sum::<usize>(),
            );
            let _ = writeln!(out, "BRF:{all}\nBRH:{expected}");
            let is_hit = |line: &&&CoveredLine<'_>| line.expected() == line.all();
            for line in &lines {
                let _ = writeln!(out, "DA:{},{}", line.number, u8::from(is_hit(&line)));
            }
            let hit = lines.iter().filter(is_hit).count();
            let _ = writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
        }
    }
    out
}
