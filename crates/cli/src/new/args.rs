//! Arguments of `heedful new`.

use crate::args::with_content;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Begin a policy: a force's own, or a form with its questions, each with its tests
#[derive(Args)]
#[command(after_help = "\
Two files are written and none is replaced: the rules, with everything that can be
changed and how, and their tests. Both pass as they are.

Examples:
  heedful new force \"Northmoor Police\" --policy rules --base \"National baseline\" --to rules/forces
  heedful new form \"Doorstep check\" --to forms")]
pub(crate) struct NewArgs {
    #[command(subcommand)]
    pub(crate) what: NewCommand,
}

#[derive(Subcommand)]
pub(crate) enum NewCommand {
    /// A force's policy, which says only what it decides otherwise than its base
    Force(NewForce),
    /// A form of your own: its questions, how they are counted, and what follows
    Form(NewForm),
}

#[derive(Args)]
pub(crate) struct NewForce {
    /// What the policy is called, such as "Northmoor Police"
    #[arg(value_name = "NAME", value_parser = policy_name)]
    pub(crate) name: String,
    /// The policy files, or a folder of them, in which the base is
    #[arg(long = "policy", required = true, value_name = "POLICY")]
    pub(crate) policies: Vec<PathBuf>,
    /// The policy that it builds on, when there are several: its name, or the start of it
    #[arg(long, value_name = "NAME")]
    pub(crate) base: Option<String>,
    #[command(flatten)]
    pub(crate) place: NewWhere,
}

#[derive(Args)]
pub(crate) struct NewForm {
    /// What the form is called, such as "Doorstep check"
    #[arg(value_name = "NAME", value_parser = policy_name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) place: NewWhere,
}

/// Where the new files go.
#[derive(Args)]
pub(crate) struct NewWhere {
    /// The folder in which they are written, which is made where there is none
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) to: PathBuf,
}

/// A name that can stand in a heading, and of which a file can be called.
fn policy_name(text: &str) -> Result<String, String> {
    let name = with_content(text)?;
    match name.chars().find(|letter| letter.is_control() || "\"{}\\".contains(*letter)) {
        Some(odd) => Err(format!("a name has no {odd:?} in it")),
        None => Ok(name),
    }
}
