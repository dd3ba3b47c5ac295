//! What can be asked for on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use heedful::text::says_something;
use heedful::wire::{UnknownKeys, UnknownValues};
use std::path::PathBuf;

/// Escalation rules for police control rooms, in a language that a policy lead can read aloud.
#[derive(Parser)]
#[command(name = "heedful", version, max_term_width = 100, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) output: Output,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done, and nothing wrong
  1  the policy, a case or a check fell short
  2  wrong usage, or a file could not be read or written
  3  `compare` alone: neither proved nor shown otherwise";

#[derive(Args)]
pub(super) struct Output {
    /// Write for people or for programs
    ///
    /// Without this, `decide` writes for people on a terminal and for programs otherwise; other commands write for
    /// people.
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Output")]
    pub(super) format: Option<Format>,
    /// When to use colour; `NO_COLOR` and `CLICOLOR_FORCE` are honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub(super) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub(super) enum Command {
    Check(CheckArgs),
    Decide(DecideArgs),
    New(super::new::args::NewArgs),
    Fmt(FmtArgs),
    Explain(ExplainArgs),
    Test(super::test::args::TestArgs),
    Case(CaseArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Watch(WatchArgs),
    Kept(KeptArgs),
    Compare(super::compare::args::CompareArgs),
    Replay(Box<ReplayArgs>),
    Map(MapArgs),
    Serve(Box<super::service::args::ServeArgs>),
    Record(super::service::args::RecordArgs),
}

/// Report every error and warning in every policy file
#[derive(Args)]
#[command(after_help = "\
Examples:
  heedful check rules
  heedful check rules/national rules/forces/riverside.heed
  heedful check --format json rules > problems.json
  heedful check --deny warnings rules   # for a build server: a warning fails too
  heedful check --fix rules   # writes what is certain, and says which
  heedful check --bound 1000 rules   # the most work that one decision can take
  heedful check --effective --force riverside rules   # every value, and who gave it")]
pub(super) struct CheckArgs {
    /// Policy files, folders of them, or `-` for standard input
    #[arg(required = true, value_name = "POLICY")]
    pub(super) policies: Vec<PathBuf>,
    /// Print the most comparisons that a decision takes with this many records of each kind
    #[arg(long, value_name = "RECORDS")]
    pub(super) bound: Option<u64>,
    /// Print the policies as they are in force: each setting and rule, and where it came from
    #[arg(long)]
    pub(super) effective: bool,
    /// Which policy to print, when there are several: its name, or the start of it
    #[arg(long, value_name = "NAME", requires = "effective")]
    pub(super) force: Option<String>,
    /// Fail on these too, and not on errors alone; they are reported all the same
    #[arg(long, value_name = "WHAT")]
    pub(super) deny: Option<DenyArg>,
    /// Write every fix that is certain into the files first, of errors and of warnings, and say which
    #[arg(long)]
    pub(super) fix: bool,
    /// Warn of what is over on this day, such as 2026-03-01 [default: today]
    #[arg(long, value_name = "DATE")]
    pub(super) on: Option<String>,
}

/// What fails a check besides an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DenyArg {
    /// Any warning, also of a file that is not read
    Warnings,
}

/// Decide cases
#[derive(Args)]
#[command(after_help = "\
A case is JSON, JSON Lines or YAML. A file that ends in .jsonl or .ndjson, or
whose first line is a whole case, is read line by line: each line gives one line
of output, in the same order. A line that cannot be read gives one that says
why, and is reported on standard error too.

Examples:
  heedful decide --policy rules --force riverside examples/police-suspect.json
  heedful decide --policy rules --force riverside night.jsonl > decisions.jsonl
  heedful decide --policy rules --force riverside --view specialist examples/police-suspect.json
  heedful decide --policy rules --force riverside --why examples/police-suspect.json
  heedful decide --policy rules --force riverside - < night.jsonl
  heedful decide --live --policy rules --force riverside -   # under what `heedful watch rules` has in force
  heedful decide --policy rules --force riverside \\
    --unknown-keys warn --unknown-values warn -   # always an answer")]
pub(super) struct DecideArgs {
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    /// Files of cases, or `-` for standard input
    #[arg(required = true, value_name = "CASE")]
    pub(super) cases: Vec<PathBuf>,
    /// For whom to write: the call handler, or the specialist who wants all of it
    #[arg(long, value_name = "WHO", default_value = "handler")]
    pub(super) view: ViewArg,
    /// Say as well which facts alone give the outcome, and what it lacks to be higher; this takes longer
    #[arg(long)]
    pub(super) why: bool,
    /// Only the outcome, the rules that apply and the records they counted, as JSON: for going through years of calls
    #[arg(long, conflicts_with_all = ["why", "view"])]
    pub(super) brief: bool,
    /// What to do with a key that the vocabulary does not have
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(super) unknown_keys: UnknownArg,
    /// What to do with a value that the vocabulary does not have, or that cannot be read: left out, it is not known
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(super) unknown_values: UnknownArg,
    /// Take each line as a case, whatever it looks like: for a program that sends a line and waits for its answer. With
    /// `--live` or `--unknown-values warn` standard input is taken so anyway
    #[arg(long)]
    pub(super) lines: bool,
    /// How many lines of JSON Lines to decide at once; the output is the same [default: as many as there are processors]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ViewArg {
    /// The grade, what to do, the weightiest questions and reasons
    Handler,
    /// Everything, with records, near misses and rules on trial
    Specialist,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum UnknownArg {
    /// Refuse the case
    Error,
    /// Leave it out, and say so in the decision
    Warn,
}

impl From<UnknownArg> for UnknownKeys {
    fn from(what: UnknownArg) -> Self {
        match what {
            UnknownArg::Error => Self::Refuse,
            UnknownArg::Warn => Self::Warn,
        }
    }
}

impl From<UnknownArg> for UnknownValues {
    fn from(what: UnknownArg) -> Self {
        match what {
            UnknownArg::Error => Self::Refuse,
            UnknownArg::Warn => Self::Warn,
        }
    }
}

/// Which policy is meant.
#[derive(Args)]
pub(super) struct PolicyArgs {
    /// The policy file, or a folder that holds it with all it builds on
    #[arg(long = "policy", required_unless_present = "keep", value_name = "POLICY")]
    pub(super) paths: Vec<PathBuf>,
    /// What is in force now, as `heedful watch` keeps it, whatever the files say: also while they are broken, refused or
    /// held, and after a roll-back
    #[arg(long, group = "kept")]
    pub(super) live: bool,
    /// A policy that was kept when it was live: the digest that a decision names, or its first digits
    #[arg(long = "policy-digest", id = "digest", value_name = "DIGEST", group = "kept")]
    pub(super) digest: Option<String>,
    /// The folder in which policies were kept [default: `.heedful/NAME` beside the policy]
    #[arg(long, value_name = "FOLDER", requires = "kept")]
    pub(super) keep: Option<PathBuf>,
    /// Which policy, when there are several: its name, or the start of it
    #[arg(long, value_name = "NAME")]
    pub(super) force: Option<String>,
}

/// Rewrite policy files in the one canonical layout
#[derive(Args)]
#[command(after_help = "\
Examples:
  heedful fmt rules
  heedful fmt --check rules      # for a build server: changes nothing
  heedful fmt - < draft.heed     # for an editor: to standard output")]
pub(super) struct FmtArgs {
    /// Policy files, folders of them, or `-` for standard input
    #[arg(required = true, value_name = "POLICY")]
    pub(super) policies: Vec<PathBuf>,
    /// Change nothing; list the files that would change, and fail if there are any
    #[arg(long)]
    pub(super) check: bool,
}

/// Write what a policy says, in plain words, as a document to read and sign
#[derive(Args)]
#[command(after_help = "\
The words are made from what the program executes, with every setting at its
value. What a force changes comes first.

Examples:
  heedful explain --policy rules --force riverside > riverside.md
  heedful explain --policy rules --force riverside --html > riverside.html
  heedful explain --policy rules --force riverside --format json")]
pub(super) struct ExplainArgs {
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    /// Write one web page, for a screen or a printer, instead of Markdown
    #[arg(long)]
    pub(super) html: bool,
    /// Write only what changed since the policy of this digest, or its first digits, as `heedful watch` or `heedful serve` kept it
    #[arg(long, value_name = "DIGEST")]
    pub(super) since: Option<String>,
}

/// Write a blank case in YAML, to be filled in: every fact, what it means and what it may say
#[derive(Args)]
#[command(after_help = "\
What is left empty is not known, so a blank case is decided as it is.

Examples:
  heedful case --policy rules --force riverside > case.yaml
  heedful decide --policy rules --force riverside case.yaml")]
pub(super) struct CaseArgs {
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    /// When the call came in, such as `22:10 on 14 March 2026` by the clocks of the policy's zone [default: now]
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

/// Print the JSON Schema of a case
#[derive(Args)]
#[command(after_help = "\
Examples:
  heedful schema --policy rules > case.schema.json
  heedful schema --policy rules --force riverside")]
pub(super) struct SchemaArgs {
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    /// Print instead how far back each list of the history must reach, and by what its records are found
    #[arg(long)]
    pub(super) history: bool,
}

/// Decide past calls from tables of events, and count
#[derive(Args)]
#[command(after_help = "\
A mapping file says which column of which table holds what, in the words of the
vocabulary. Each call is decided with the history that the policy can ask for, as
it stood at that moment: nothing later, and of a record that was changed the
version that was known then.

Examples:
  heedful replay --policy rules --force riverside --map events/map.yaml
  heedful replay --policy rules --force riverside --against draft --map map.yaml events
  heedful replay --policy rules --force riverside --map map.yaml --sweep repeat-calls
  heedful replay --policy rules --force riverside --map map.yaml --by area --format json > report.json
  heedful replay --policy rules --force riverside --map map.yaml --capsules year.jsonl --key force.key
  heedful replay --policy rules --force riverside year.jsonl   # the same report, without the records")]
pub(super) struct ReplayArgs {
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    /// Another policy to set beside it: a file, or a folder that holds it with all it builds on
    #[arg(long, value_name = "POLICY")]
    pub(super) against: Vec<PathBuf>,
    /// Which policy of `--against`, when there are several; the one named with `--force` when not given
    #[arg(long, value_name = "NAME", requires = "against")]
    pub(super) against_force: Option<String>,
    /// The mapping file of the tables; without one, EVENTS is a file of whole cases
    #[arg(long, value_name = "FILE", required_unless_present = "events")]
    pub(super) map: Option<PathBuf>,
    /// The folder of the tables, or the one table that the mapping names; `-` for standard input [default: the folder of the
    /// mapping]. Without a mapping, whole cases, one a line: capsules, or what `--cases` wrote
    #[arg(value_name = "EVENTS")]
    pub(super) events: Option<PathBuf>,
    /// Decide calls from this day on; earlier ones are history alone, since their own histories are cut off
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<String>,
    /// Count by the values of this fact of the call; may be given more than once
    #[arg(long, value_name = "FACT")]
    pub(super) by: Vec<String>,
    /// Say how many calls that were followed by another had been raised: a fact that both share, and a span, such as
    /// `caller within 30 days`
    #[arg(long, value_name = "FACT within SPAN")]
    pub(super) followed: Option<String>,
    /// Leave out groups of fewer calls
    #[arg(long, value_name = "CALLS", default_value = "10")]
    pub(super) hide_below: u64,
    /// Try every value that a setting may have, or the ends and steps between where there are many; two settings give a grid
    #[arg(long, value_name = "SETTING")]
    pub(super) sweep: Vec<String>,
    /// Write the report to this file too, as one web page that works offline and prints
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// Write each row that cannot be used to this file, with the reason
    #[arg(long, value_name = "FILE")]
    pub(super) refused: Option<PathBuf>,
    /// Write every decision to this file, a row for each call and policy: .parquet, .csv or .jsonl, the last two also with .gz
    #[arg(long, value_name = "FILE")]
    pub(super) decisions: Option<PathBuf>,
    /// Write each case as it was decided to this file, one line of JSON each
    #[arg(long, value_name = "FILE")]
    pub(super) cases: Option<PathBuf>,
    /// Write a capsule of each case to this file: only the facts that the policies can read, with people, places and ids under
    /// names that only the key gives
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(super) capsules: Option<PathBuf>,
    /// The file of the secret for `--capsules`: at least 32 bytes, which nobody else can read
    #[arg(long, value_name = "FILE", requires = "capsules")]
    pub(super) key: Option<PathBuf>,
    /// Keep the ids of calls in capsules as they are
    #[arg(long, requires = "capsules")]
    pub(super) keep_call_ids: bool,
}

/// Draft a mapping of a table, or check one
#[derive(Args)]
#[command(after_help = "\
Examples:
  heedful map --policy rules --force riverside --guess calls.csv > map.yaml
  heedful map --policy rules --force riverside --guess cad.sqlite --table calls > map.yaml
  heedful map --policy rules --force riverside --check map.yaml
  heedful map --policy rules --force riverside --check map.yaml --show 3   # and the first cases that it makes")]
pub(super) struct MapArgs {
    #[command(flatten)]
    pub(super) policy: PolicyArgs,
    /// Write a first mapping of this table, commented, to standard output
    #[arg(long, value_name = "FILE", required_unless_present = "check", conflicts_with = "check")]
    pub(super) guess: Option<PathBuf>,
    /// Which table of a SQLite file; where it is not said and the file has several, they are listed
    #[arg(long, value_name = "TABLE", requires = "guess")]
    pub(super) table: Option<String>,
    /// What each row of the table is: a record of the vocabulary
    #[arg(long, value_name = "RECORD", default_value = "call", requires = "guess")]
    pub(super) record: String,
    /// Read the tables of this mapping, and say what becomes of their rows
    #[arg(long, value_name = "MAP")]
    pub(super) check: Option<PathBuf>,
    /// The folder of the tables, or the one table that the mapping names [default: the folder of the mapping]
    #[arg(value_name = "EVENTS", requires = "check")]
    pub(super) events: Option<PathBuf>,
    /// Print the first cases that it makes, with all that they say of people
    #[arg(long, value_name = "CASES", requires = "check")]
    pub(super) show: Option<usize>,
}

/// Print a script that completes commands in a shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  heedful completions bash > ~/.local/share/bash-completion/completions/heedful
  heedful completions fish > ~/.config/fish/completions/heedful.fish")]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: Shell,
}

/// Put changes of policy files in force as they are saved, once they are safe
#[derive(Args)]
#[command(after_help = "\
A change goes live when the files have stopped changing and the set has passed
its gates: it checks, its own tests pass, a policy that tailors another is no
weaker than that one, and nothing that is in force is lost or may be weaker.
Until then the last good policies stay in force. What a change takes away waits
until somebody accepts it by name, with `heedful kept accept`.

Examples:
  heedful watch rules
  heedful watch --format json rules >> /var/log/heedful/changes.jsonl
  heedful watch --keep /var/lib/heedful /etc/heedful/rules
  heedful watch --no-events --look-every 2 /mnt/share/rules   # a network file system")]
pub(super) struct WatchArgs {
    /// Policy files or folders of them; they need not exist yet
    #[arg(required = true, value_name = "POLICY")]
    pub(super) policies: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) how: WatchHow,
}

/// How policy files are watched.
#[derive(Args)]
pub(super) struct WatchHow {
    /// Where to keep every policy that goes live [default: `.heedful/NAME` beside the policy]
    #[arg(long, value_name = "FOLDER")]
    pub(super) keep: Option<PathBuf>,
    /// Put changes in force that fail their tests, are weaker than their base or take away what is in force, for a workshop
    #[arg(long)]
    pub(super) advisory_gates: bool,
    /// Stop when the files do not pass at the start, rather than go on with the last good policies that were kept
    #[arg(long)]
    pub(super) strict_start: bool,
    /// Read the files this often, whatever the system says of changes
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) look_every: u64,
    /// Do not listen for changes, only look: for network file systems, which tell nothing
    #[arg(long)]
    pub(super) no_events: bool,
    /// How long the files must stay as they are, when they lack something that is in force, before the change is judged
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) hold: u64,
}

/// List, compare and restore the policies that were live; accept what a held change takes away
#[derive(Args)]
#[command(after_help = "\
A running `heedful watch` obeys at once.

Examples:
  heedful kept list --policy rules
  heedful kept compare --policy rules 3f2a90 81bc07
  heedful kept held --policy rules             # what waits, and what it takes away
  heedful kept accept --policy rules rule:urgent setting:repeat-calls \\
    --by 'A. Example, policy lead' --because 'agreed on 3 March, minute 4'
  heedful kept restore --policy rules 3f2a90 \\
    --by 'A. Example, duty inspector' --because 'too many calls are raised'
  heedful kept release --policy rules          # the files rule again
  heedful decide --policy rules --policy-digest 3f2a90 --force riverside night.jsonl")]
pub(super) struct KeptArgs {
    #[command(subcommand)]
    pub(super) what: KeptCommand,
}

#[derive(Subcommand)]
pub(super) enum KeptCommand {
    /// When each policy went live, and what it changed
    List(KeepPlace),
    /// What one kept policy holds, and whether it is still what it was
    Show(KeptOne),
    /// What differs between two kept policies
    Compare(KeptTwo),
    /// What change waits, and what it takes away
    Held(KeepPlace),
    /// Accept, by name, what the waiting change takes away; once all of it is accepted, the change goes live
    Accept(KeptAccept),
    /// Put a kept policy in force, whatever the files say, until it is released
    Restore(KeptRestore),
    /// Let the files rule again
    Release(KeptRelease),
    /// Whether the journal is as it was written: no line missing, altered, added or out of its place
    Verify(KeepPlace),
}

/// Who answers for it, and why.
#[derive(Args)]
pub(crate) struct ByWord {
    /// Who answers for this: a name and a role
    #[arg(long, value_name = "NAME, ROLE", value_parser = with_content)]
    pub(super) by: String,
    /// Why
    #[arg(long, value_name = "REASON", value_parser = with_content)]
    pub(super) because: String,
}

/// A text that says something.
pub(super) fn with_content(text: &str) -> Result<String, String> {
    let text = text.trim();
    if says_something(text) { Ok(text.to_owned()) } else { Err("this says nothing".to_owned()) }
}

#[derive(Args)]
pub(super) struct KeptAccept {
    #[command(flatten)]
    pub(super) place: KeepPlace,
    #[command(flatten)]
    pub(super) word: ByWord,
    /// What is accepted, by the names that `heedful watch` and `heedful kept held` print
    #[arg(required = true, value_name = "WHAT")]
    pub(super) what: Vec<String>,
}

#[derive(Args)]
pub(super) struct KeptRestore {
    #[command(flatten)]
    pub(super) one: KeptOne,
    #[command(flatten)]
    pub(super) word: ByWord,
}

#[derive(Args)]
pub(super) struct KeptRelease {
    #[command(flatten)]
    pub(super) place: KeepPlace,
    /// Who answers for this: a name and a role
    #[arg(long, value_name = "NAME, ROLE", requires = "because", value_parser = with_content)]
    pub(super) by: Option<String>,
    /// Why
    #[arg(long, value_name = "REASON", requires = "by", value_parser = with_content)]
    pub(super) because: Option<String>,
}

/// Where policies were kept.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct KeepPlace {
    /// The policy that was watched; its kept ones are in `.heedful/NAME` beside it
    #[arg(long, value_name = "POLICY")]
    pub(super) policy: Option<PathBuf>,
    /// The folder in which policies were kept
    #[arg(long, value_name = "FOLDER")]
    pub(super) keep: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct KeptOne {
    #[command(flatten)]
    pub(super) place: KeepPlace,
    /// A digest or its first digits: of the meaning, of the bytes, or the one that a decision names
    #[arg(value_name = "DIGEST")]
    pub(super) digest: String,
}

#[derive(Args)]
pub(super) struct KeptTwo {
    #[command(flatten)]
    pub(super) place: KeepPlace,
    /// The earlier policy, by a digest or its first digits
    #[arg(value_name = "OLD")]
    pub(super) old: String,
    /// The later policy
    #[arg(value_name = "NEW")]
    pub(super) new: String,
}
