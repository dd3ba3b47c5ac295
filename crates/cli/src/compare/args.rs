//! What `heedful compare` can be asked.

use clap::Args;
use std::path::PathBuf;

/// Prove that a policy never gives less than another, or show a call for which it does
#[derive(Args)]
#[command(after_help = "\
Every call that there can be is gone through, not those of the past alone. For
each part of the outcome the answer is that the new policy is never lower, which
is proved, or a call for which it is, as small as it can be.

Exit codes:
  0  nowhere lower, proved
  1  lower, and here is a call; with --base one that the base does not allow
  2  wrong usage, or a file could not be read or written
  3  not settled: neither proved nor shown

Examples:
  heedful compare rules-before rules --force riverside
  heedful compare 3f2a90 rules --force riverside   # with what `heedful watch rules` kept
  heedful compare 3f2a90 81bc07 --keep /var/lib/heedful --force riverside
  heedful compare --base --force riverside rules   # with the policies that it tailors
  heedful compare --base --force riverside --certify --page riverside.html rules
  heedful compare --format json --cases found rules-before rules --force riverside
  heedful compare --certificates proofs rules-before rules --force riverside")]
pub(crate) struct CompareArgs {
    /// The policy as it was: a file or folder, or the digest of one that was kept; with `--base` the one policy
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The policy as it is to be, in the same ways
    #[arg(value_name = "NEW", required_unless_present = "base", conflicts_with = "base")]
    pub(crate) new: Option<String>,
    /// Which policy, when there are several: its name, or the start of it
    #[arg(long, value_name = "NAME")]
    pub(crate) force: Option<String>,
    /// Which policy of OLD, where it has another name there
    #[arg(long, value_name = "NAME", conflicts_with = "base")]
    pub(crate) old_force: Option<String>,
    /// Compare a policy with each of those that it tailors
    #[arg(long)]
    pub(crate) base: bool,
    /// Count what the base allows too: a setting moved in its range, and a rule that is suspended
    #[arg(long, requires = "base")]
    pub(crate) strict: bool,
    /// The folder in which policies were kept [default: `.heedful/NAME` beside the other policy]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keep: Option<PathBuf>,
    /// Write each call to a file of this folder, as a case that `heedful decide` takes
    #[arg(long, value_name = "FOLDER")]
    pub(crate) cases: Option<PathBuf>,
    /// Write what is proved to a file as a page to read and sign: HTML where its name ends in .html, Markdown elsewhere
    #[arg(long, value_name = "FILE")]
    pub(crate) page: Option<PathBuf>,
    /// Check a certificate of each answer that is proved, independently of what found it
    #[arg(long)]
    pub(crate) certify: bool,
    /// Write each certificate to a folder in this one too, for checkers of others
    #[arg(long, value_name = "FOLDER")]
    pub(crate) certificates: Option<PathBuf>,
}
