//! `heedful decide`: cases in, decisions out, in the same order.

use super::args::{DecideArgs, Format, UnknownArg, ViewArg};
use super::cases::{Block, CaseFile, Cases, LinesFile};
use super::error::CliError;
use super::follow::FollowedPolicy;
use super::terminal::Terminal;
use super::worker::{DecideOptions, OutputBuffer, Worker};
use super::{policy, pool};
use heedful::engine::Snapshot;
use heedful::report::{self, View};
use heedful::wire::{self, Problems};
use heedful_live::files::is_standard_input;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{BufWriter, Stdout, Write};
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(args: &DecideArgs, terminal: &Terminal) -> Result<(), CliError> {
    let rules = if args.policy.live {
        Rules::Followed(Box::new(FollowedPolicy::begin(&args.policy, terminal)?))
    } else {
        Rules::Fixed(Arc::new(policy::load(&args.policy, terminal)?))
    };
    let options = DecideOptions {
        view: match args.view {
            ViewArg::Handler => View::Handler,
            ViewArg::Specialist => View::Specialist,
        },
        why: args.why,
        brief: args.brief,
        unknown_keys: args.unknown_keys.into(),
        unknown_values: args.unknown_values.into(),
        format: if args.brief { Format::Json } else { terminal.format_by_reader() },
        styled: terminal.out_styled,
    };
    // People read one decision after the other.
    let workers = match (options.format, args.threads) {
        (Format::Human, _) => 1,
        // Each line is decided under what is in force when it comes, one after the other.
        _ if args.policy.live => 1,
        (Format::Json, Some(threads)) => usize::from(threads),
        (Format::Json, None) => std::thread::available_parallelism().map_or(1, usize::from),
    };
    let desk = DecisionWriter { terminal, out: terminal.out(), bar: ProgressBar::hidden(), cases: 0, refused: 0 };
    // Whoever asks for an answer whatever comes, or for as long as it runs, sends lines: the first of them may be broken.
    let always_answers = args.policy.live || args.unknown_values == UnknownArg::Warn;
    let lines_only = Which { files: args.lines, standard_input: args.lines || always_answers };
    Office { rules, options, lines_only, workers, desk }.decide(&args.cases)
}

/// A file longer than this gets a progress bar.
const LONG: u64 = 4 * 1024 * 1024;

/// So many bytes of decisions are handed out together, where nobody waits for each.
const FULL: usize = 64 * 1024;

/// What is decided under.
enum Rules<'t> {
    /// One policy, for as long as the command runs.
    Fixed(Arc<Snapshot>),
    /// Whatever is in force at the time.
    Followed(Box<FollowedPolicy<'t>>),
}

impl Rules<'_> {
    fn now(&mut self) -> Arc<Snapshot> {
        match self {
            Self::Fixed(policy) => Arc::clone(policy),
            Self::Followed(follow) => follow.now(),
        }
    }
}

/// Where each line is a case, whatever it looks like.
#[derive(Clone, Copy)]
struct Which {
    files: bool,
    standard_input: bool,
}

/// Under what is decided, how, and who hands out what was decided.
struct Office<'t> {
    rules: Rules<'t>,
    options: DecideOptions,
    lines_only: Which,
    workers: usize,
    desk: DecisionWriter<'t>,
}

impl Office<'_> {
    fn decide(mut self, files: &[impl AsRef<Path>]) -> Result<(), CliError> {
        for path in files {
            self.file(path.as_ref())?;
        }
        self.desk.finish()
    }

    fn file(&mut self, path: &Path) -> Result<(), CliError> {
        let file = CaseFile::open(path)?;
        let name = file.name.clone();
        self.desk.bar = match file.length.filter(|length| *length > LONG && self.options.format == Format::Json) {
            Some(length) => progress_bar(length),
            None => ProgressBar::hidden(),
        };
        let bar = self.desk.bar.clone();
        let Which { files, standard_input } = self.lines_only;
        let lines_only = if is_standard_input(path) { standard_input } else { files };
        let done = match file.wrap(move |input| bar.wrap_read(input)).begin(lines_only)? {
            Cases::Lines(lines) => self.lines(&name, lines),
            Cases::Whole(whole) => {
                let Self { rules, options, desk, .. } = self;
                let policy = rules.now();
                let mut worker = Worker::new(&policy, *options, desk.cases > 0);
                let mut buffer = OutputBuffer::default();
                whole.each(&mut |case| {
                    worker.case(case, &mut buffer);
                    desk.take_when_full(&name, &mut buffer)
                })?;
                desk.take(&name, &buffer)
            }
        };
        self.desk.bar.finish_and_clear();
        done
    }

    fn lines(&mut self, name: &str, mut lines: LinesFile) -> Result<(), CliError> {
        let Self { rules, options, workers, desk, .. } = self;
        let (mut block, mut buffer) = (Block::default(), OutputBuffer::default());
        let mut more = lines.next_block(&mut block)?;
        while more {
            // What went live while the block was waited for counts for it.
            let policy = rules.now();
            let mut worker = Worker::new(&policy, *options, desk.cases > 0);
            while more {
                worker.block(&block, &mut buffer);
                desk.take(name, &buffer)?;
                buffer.clear();
                // A file of one block is not worth a thread.
                if *workers > 1 && !lines.have_ended() {
                    return pool::decide(&policy, *options, lines, *workers, |buffer| desk.take(name, buffer));
                }
                more = lines.next_block(&mut block)?;
                if !Arc::ptr_eq(&policy, &rules.now()) {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Hands out what was decided and keeps count.
struct DecisionWriter<'t> {
    terminal: &'t Terminal,
    out: BufWriter<Stdout>,
    bar: ProgressBar,
    cases: usize,
    refused: usize,
}

impl DecisionWriter<'_> {
    fn take_when_full(&mut self, file: &str, buffer: &mut OutputBuffer) -> Result<(), CliError> {
        if buffer.out.len() >= FULL {
            self.take(file, buffer)?;
            buffer.clear();
        }
        Ok(())
    }

    fn take(&mut self, file: &str, buffer: &OutputBuffer) -> Result<(), CliError> {
        self.cases += buffer.cases;
        self.refused += buffer.refused.len();
        let mut from = 0;
        for (to, problems) in &buffer.refused {
            self.write(buffer.out.get(from..*to).unwrap_or_default())?;
            self.say(file, problems);
            from = *to;
        }
        self.write(buffer.out.get(from..).unwrap_or_default())
    }

    fn write(&mut self, decisions: &[u8]) -> Result<(), CliError> {
        self.out.write_all(decisions).and_then(|()| self.out.flush()).map_err(|error| CliError::writing(&error))
    }

    fn say(&self, file: &str, problems: &Problems) {
        let text = if self.terminal.json_was_asked_for() {
            json_lines(file, problems)
        } else {
            report::problems(file, problems)
        };
        self.bar.suspend(|| self.terminal.say(text.trim_end()));
    }

    fn finish(self) -> Result<(), CliError> {
        if self.refused == 0 {
            return Ok(());
        }
        if self.cases > 1 && !self.terminal.json_was_asked_for() {
            self.terminal.say(&format!("{} of {} cases could not be read", self.refused, self.cases));
        }
        Err(CliError::FellShort)
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
