//! `heedful decide`: cases in, decisions out, in the same order.

use super::args::{Decide, Format, UnknownKeysArg, ViewArg};
use super::cases::CaseFile;
use super::policy;
use super::stop::Stop;
use super::terminal::Terminal;
use crate::engine::Snapshot;
use crate::report::{self, View};
use crate::wire::{self, Document, Problem, Problems, Reading, UnknownKeys};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{BufWriter, Stdout, Write};
use std::path::Path;

pub(super) fn run(args: &Decide, terminal: &Terminal) -> Result<(), Stop> {
    let policies = policy::load(&args.policy, terminal)?;
    let policy = policy::choose(policies, args.policy.force.as_deref())?;
    let unknown_keys = match args.unknown_keys {
        UnknownKeysArg::Error => UnknownKeys::Refuse,
        UnknownKeysArg::Warn => UnknownKeys::Warn,
    };
    let reading = Reading { vocabulary: policy.vocabulary(), zone: policy.zone(), unknown_keys };
    let mut desk = Desk {
        policy: &policy,
        view: match args.view {
            ViewArg::Handler => View::Handler,
            ViewArg::Specialist => View::Specialist,
        },
        why: args.why,
        reading,
        terminal,
        format: terminal.format_by_reader(),
        out: terminal.out(),
        bar: ProgressBar::hidden(),
        cases: 0,
        refused: 0,
    };
    for path in &args.cases {
        desk.file(path)?;
    }
    desk.finish()
}

/// A file longer than this gets a progress bar.
const LONG: u64 = 4 * 1024 * 1024;

/// Decides one case after the other and keeps count.
struct Desk<'p> {
    policy: &'p Snapshot,
    view: View,
    why: bool,
    reading: Reading<'p>,
    terminal: &'p Terminal,
    format: Format,
    out: BufWriter<Stdout>,
    bar: ProgressBar,
    cases: usize,
    refused: usize,
}

impl Desk<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Stop> {
        let file = CaseFile::open(path)?;
        let name = file.name.clone();
        self.bar = match file.length.filter(|length| *length > LONG && self.format == Format::Json) {
            Some(length) => progress_bar(length),
            None => ProgressBar::hidden(),
        };
        let bar = self.bar.clone();
        let file = file.wrap(move |input| bar.wrap_read(input));
        let done = file.each(&mut |document, waiting| self.case(&name, document, waiting));
        self.bar.finish_and_clear();
        done
    }

    fn case(&mut self, file: &str, read: Result<Document<'_>, Problem>, waiting: bool) -> Result<(), Stop> {
        self.cases += 1;
        match read.map_err(Problems::from).and_then(|document| document.read(self.reading)) {
            Ok(case) if self.why => self.write(&self.policy.decide_and_explain(&case))?,
            Ok(case) => self.write(&self.policy.decide(&case))?,
            Err(problems) => {
                self.refused += 1;
                self.flush()?;
                self.say(file, &problems);
            }
        }
        // Whoever feeds us line by line may wait for an answer before the next line.
        if waiting { self.flush() } else { Ok(()) }
    }

    fn write(&mut self, decision: &crate::model::Decision) -> Result<(), Stop> {
        let written = match self.format {
            Format::Json => {
                wire::write_decision(&mut self.out, decision, self.policy).and_then(|()| writeln!(self.out))
            }
            Format::Human => {
                let between = if self.cases > 1 {
                    "\n────────────────────\n\n"
                } else {
                    ""
                };
                let page = report::decision(decision, self.policy, self.view, self.terminal.out_styled);
                write!(self.out, "{between}{page}")
            }
        };
        written.map_err(|error| Stop::writing(&error))
    }

    fn flush(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(|error| Stop::writing(&error))
    }

    fn say(&self, file: &str, problems: &Problems) {
        let text = if self.terminal.json_was_asked_for() {
            json_lines(file, problems)
        } else {
            report::problems(file, problems)
        };
        self.bar.suspend(|| self.terminal.say(text.trim_end()));
    }

    fn finish(mut self) -> Result<(), Stop> {
        self.flush()?;
        if self.refused == 0 {
            return Ok(());
        }
        if self.cases > 1 && !self.terminal.json_was_asked_for() {
            self.terminal.say(&format!("{} of {} cases could not be read", self.refused, self.cases));
        }
        Err(Stop::FellShort)
    }
}

fn json_lines(file: &str, problems: &Problems) -> String {
    let mut bytes = Vec::new();
    for problem in &problems.list {
        // Writing to memory cannot fail.
        let _ = wire::write_problem(&mut bytes, file, problem);
        bytes.push(b'\n');
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Drawn on standard error, and only on a terminal.
fn progress_bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{wide_bar} {percent}% of {total_bytes}, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
