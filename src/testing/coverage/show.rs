//! Coverage -> the policy's own text with what was not seen: on a terminal, as a page, and for lcov.

use super::tally::{Coverage, Goal};
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
    fn seen(&self) -> usize {
        self.goals.iter().flat_map(|goal| &goal.parts).filter(|(_, seen)| *seen).count()
    }

    fn all(&self) -> usize {
        self.goals.iter().map(|goal| goal.parts.len()).sum()
    }

    /// What was not seen, each goal once: `this condition was never unknown`.
    fn missing(&self) -> Vec<String> {
        let missing = |goal: &&Goal| {
            let parts: Vec<&str> = goal.parts.iter().filter(|(_, seen)| !seen).map(|(part, _)| *part).collect();
            match parts.split_last() {
                None => None,
                Some((only, [])) => Some(format!("{} was never seen {only}", goal.about)),
                Some((last, rest)) => Some(format!("{} was never seen {} or {last}", goal.about, rest.join(", "))),
            }
        };
        self.goals.iter().filter_map(missing).collect()
    }
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

fn share(seen: usize, all: usize) -> String {
    format!("{seen} of {all} ({} %)", (seen * 100).checked_div(all).unwrap_or(100))
}

/// Every line with something that was not seen, and the sums.
pub fn terminal(coverage: &Coverage, styled: bool) -> String {
    let style = |colour: AnsiColor| if styled { colour.on_default() } else { Style::new() };
    let (red, bold) = (style(AnsiColor::Red), if styled { Style::new().bold() } else { Style::new() });
    let mut out = String::new();
    for source in covered(coverage) {
        let lines = lines(coverage, source);
        let (seen, all) = (lines.iter().map(CoveredLine::seen).sum(), lines.iter().map(CoveredLine::all).sum());
        let _ = writeln!(out, "{bold}{}: {} seen{bold:#}", source.name, share(seen, all));
        for line in lines.iter().filter(|line| line.seen() < line.all()) {
            let _ = writeln!(out, "{:>5} | {}", line.number, line.text);
            for missing in line.missing() {
                let _ = writeln!(out, "      | {red}{missing}{red:#}");
            }
        }
    }
    let _ = writeln!(out, "{bold}coverage: {}{bold:#}", share(coverage.seen(), coverage.all()));
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
    CoverageVerdict { seen: coverage.seen(), all: coverage.all(), percent: coverage.percent(), missing }
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}\
pre{font:13px/1.5 ui-monospace,monospace;border:1px solid #ccc;overflow-x:auto}\
.l{display:block;padding:0 .5rem;white-space:pre-wrap}.n{color:#666;display:inline-block;width:3.5rem}\
.y{background:#e3f5e3}.p{background:#fff3cd}.m{background:#fbdcdc}.w{color:#8a1f11;display:block;padding-left:4rem}";

/// One page with the whole text of every file: green where all was seen, yellow where part was, red where nothing was.
pub fn html(coverages: &[Coverage]) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>What the tests have seen</title>\
         <style>{STYLE}</style></head><body>\n<h1>What the tests have seen</h1>\n"
    );
    for coverage in coverages {
        let _ = writeln!(out, "<p>{} seen in all.</p>", share(coverage.seen(), coverage.all()));
        for source in covered(coverage) {
            let lines = lines(coverage, source);
            let (seen, all) = (lines.iter().map(CoveredLine::seen).sum(), lines.iter().map(CoveredLine::all).sum());
            let _ = writeln!(out, "<h2>{}</h2><p>{} seen.</p>\n<pre>", escaped(&source.name), share(seen, all));
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
    let class = match (line.seen(), line.all()) {
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

/// The tracefile of lcov: a line is hit when all that is to be seen on it was, and each thing to be seen is a branch. That a
/// line ran says nothing, since every rule is asked in every case.
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
                for (branch, (block, (_, seen))) in parts.enumerate() {
                    let _ = writeln!(out, "BRDA:{},{block},{branch},{}", line.number, u8::from(*seen));
                }
            }
            let (all, seen) = (
                lines.iter().map(|line| line.all()).sum::<usize>(),
                lines.iter().map(|line| line.seen()).sum::<usize>(),
            );
            let _ = writeln!(out, "BRF:{all}\nBRH:{seen}");
            for line in &lines {
                let _ = writeln!(out, "DA:{},{}", line.number, u8::from(line.seen() == line.all()));
            }
            let hit = lines.iter().filter(|line| line.seen() == line.all()).count();
            let _ = writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
        }
    }
    out
}
