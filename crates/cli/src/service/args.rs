//! Arguments of `heedful serve` and `heedful record`.

use super::safety::{SafetyArgs, ServeCommand};
use crate::args::{ByWord, UnknownArg, WatchHow};
use clap::{Args, Subcommand, ValueEnum};
use heedful_service::Restricted;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Decide calls over HTTP, each with a record of it
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Changes of the policy files go live as `heedful watch` puts them in force.
Every decision is recorded before it is answered, in a log that any standard
verifier can check: `heedful record verify`.

Examples:
  heedful serve --demo                       # open the address that it prints
  heedful serve --policy rules --force riverside
  heedful serve --policy /etc/heedful/rules --keep /var/lib/heedful --force riverside
  heedful serve --policy rules --force riverside --record postgres://records.example/heedful
  heedful serve token --name cad --role decide --tokens /etc/heedful/tokens
  heedful serve --policy rules --force riverside --listen 0.0.0.0:7999 \\
    --tokens /etc/heedful/tokens --tls-cert /etc/heedful/cert.pem --tls-key /etc/heedful/key.pem
  curl http://127.0.0.1:7999/decide -H 'content-type: application/json' -d @case.json"
)]
pub(crate) struct ServeArgs {
    #[command(subcommand)]
    pub(super) what: Option<ServeCommand>,
    /// Policy files or folders of them; they need not exist yet
    #[arg(long = "policy", required_unless_present = "demo", value_name = "POLICY")]
    pub(super) policies: Vec<PathBuf>,
    /// Serve the shipped policies with a page to try invented calls on, in a folder that is gone afterwards
    #[arg(long, conflicts_with_all = ["policies", "record", "keep"])]
    pub(super) demo: bool,
    /// The policy that decides where a request names none: its name, or the start of it
    #[arg(long, value_name = "NAME")]
    pub(super) force: Option<String>,
    /// Where to listen; with port 0 the system chooses one, which is printed
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7999")]
    pub(super) listen: SocketAddr,
    #[command(flatten)]
    pub(super) place: RecordPlace,
    /// Record nothing: for a workshop
    #[arg(long, conflicts_with_all = ["record", "record_key"])]
    pub(super) no_record: bool,
    /// What becomes of a decision that cannot be recorded
    #[arg(long, value_name = "WHAT", default_value = "answer")]
    pub(super) when_not_recorded: NotRecordedArg,
    /// The folder in which decisions wait that could not be recorded [default: `waiting` beside the key of the record]
    #[arg(long, value_name = "FOLDER")]
    pub(super) waiting: Option<PathBuf>,
    /// How much may wait to be recorded, in bytes; a decision takes some 5,000, and what comes then is as --when-not-recorded says
    #[arg(long, value_name = "BYTES", default_value_t = 256 * 1024 * 1024)]
    pub(super) max_waiting: u64,
    /// What to do with a key that the vocabulary does not have
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(super) unknown_keys: UnknownArg,
    /// What to do with a value that the vocabulary does not have, or that cannot be read: left out, it is not known
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(super) unknown_values: UnknownArg,
    /// The largest body of a request, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 4 * 1024 * 1024)]
    pub(super) max_body: usize,
    /// How many requests are worked on at a time; more are turned away at once
    #[arg(long, value_name = "NUMBER", default_value_t = 4096)]
    pub(super) max_requests: usize,
    /// How long a decision waits for the history that is kept here, and then for its record, in milliseconds; a history that cannot be had by
    /// then is not available, and what cannot be recorded by then is as --when-not-recorded says
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 200)]
    pub(super) deadline: u64,
    /// How late a feed of records may be, in seconds, unless it says so itself; then it no longer counts that there is no record
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(super) lag: u64,
    /// A mapping of tables of what happened (docs/replay.md), for calls that are decided by themselves; read again when they change
    #[arg(long, value_name = "MAPPING", conflicts_with = "no_record")]
    pub(super) events: Option<PathBuf>,
    /// How old such a table may be, in seconds; then it no longer counts that it has no record [default: as --lag]
    #[arg(long, value_name = "SECONDS", requires = "events")]
    pub(super) events_lag: Option<u64>,
    #[command(flatten)]
    pub(super) safety: SafetyArgs,
    #[command(flatten)]
    pub(super) how: WatchHow,
}

/// Where the record is.
#[derive(Args)]
pub(crate) struct RecordPlace {
    /// The record: a file of SQLite, or the URL of a PostgreSQL database that servers share [default: `record.sqlite` in the
    /// folder of kept policies]
    #[arg(long, value_name = "FILE or URL")]
    pub(super) record: Option<String>,
    /// The key that signs it, which is made where there is none [default: `record.key` in the folder of kept policies]
    #[arg(long, value_name = "FILE")]
    pub(super) record_key: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NotRecordedArg {
    /// Give it all the same, and record it as soon as that can be done: a call does not wait for a disk. Where --max-waiting is reached,
    /// give it without a record
    Answer,
    /// The same, but do not give it where --max-waiting is reached
    Queue,
    /// Do not give it, and say why
    Refuse,
}

/// Check, replay, export and erase what a service recorded
#[derive(Args)]
#[command(after_help = "\
Examples:
  heedful record verify --policy rules
  heedful record verify --policy rules --since checkpoint-of-june   # it begins with just what it was
  heedful record replay --policy rules               # decides each case again, and compares every byte
  heedful record export --policy rules log           # for any verifier of C2SP tlog-tiles
  heedful record prove --policy rules 17 --by 'A. Example, standards' --because 'review of June'
  heedful record restricted --policy rules --by 'A. Example, standards' --because 'review of June'
  heedful record erase --policy rules --case C-17 --by 'A. Example' --because 'asked for on 3 March'")]
pub(crate) struct RecordArgs {
    #[command(subcommand)]
    pub(super) what: RecordCommand,
}

#[derive(Subcommand)]
pub(super) enum RecordCommand {
    /// Go through the whole record: nothing in it is another, cut off or put in between
    Verify(VerifyArgs),
    /// Print an entry with the proof that it is in the log; that somebody looked at it is recorded
    Prove(ProveArgs),
    /// Decide recorded cases again under the policies that were kept, and compare every byte
    Replay(ReplayRecordArgs),
    /// List the restricted cases; that they were listed is recorded
    Restricted(RestrictedArgs),
    /// Write the log as files that any standard verifier reads
    Export(ExportArgs),
    /// Erase what is recorded of a case, or what is older than a day; every proof stays valid
    Erase(EraseArgs),
}

/// Whose record, and where it is.
#[derive(Args)]
pub(super) struct Whose {
    /// The policy, beside which it is kept
    #[arg(long, value_name = "POLICY", required_unless_present = "keep")]
    pub(super) policy: Option<PathBuf>,
    /// The folder in which policies are kept [default: `.heedful/NAME` beside the policy]
    #[arg(long, value_name = "FOLDER")]
    pub(super) keep: Option<PathBuf>,
    #[command(flatten)]
    pub(super) place: RecordPlace,
}

#[derive(Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// A checkpoint that was kept elsewhere: the log must have been just that then; may be given more than once
    #[arg(long, value_name = "FILE")]
    pub(super) since: Vec<PathBuf>,
}

#[derive(Args)]
pub(super) struct ProveArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// The place of the entry, as the decision says it
    pub(super) place: u64,
    #[command(flatten)]
    pub(super) word: ByWord,
}

#[derive(Args)]
pub(super) struct ReplayRecordArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// Only what is recorded of this case
    #[arg(long, value_name = "ID")]
    pub(super) case: Option<String>,
}

#[derive(Args)]
pub(super) struct RestrictedArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// What a decision says where its case is restricted; may be given more than once
    #[arg(long, value_name = "OUTCOME=VALUE", default_value = "record-access=restricted")]
    pub(super) restricted: Vec<Restricted>,
    #[command(flatten)]
    pub(super) word: ByWord,
}

#[derive(Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// The folder to write it to
    pub(super) folder: PathBuf,
}

#[derive(Args)]
pub(super) struct EraseArgs {
    #[command(flatten)]
    pub(super) whose: Whose,
    /// The case
    #[arg(long, value_name = "ID", required_unless_present = "before", conflicts_with = "before")]
    pub(super) case: Option<String>,
    /// Everything that was recorded before this day (UTC), as retention asks
    #[arg(long, value_name = "DATE")]
    pub(super) before: Option<String>,
    #[command(flatten)]
    pub(super) word: ByWord,
}
