//! A folder of kept policies -> the policy that is in force now, for as long as a command runs.

use super::args::PolicyArgs;
use super::error::CliError;
use super::policy;
use super::terminal::Terminal;
use heedful::engine::{Snapshot, short_digest};
use heedful_live::store::{Store, StoreStamp};
use std::sync::Arc;

/// The policy that is in force, looked for anew whenever the kept folder changed.
pub(super) struct FollowedPolicy<'t> {
    keep: Store,
    /// The policy by name, so that one of the same place in another generation is not taken for it.
    name: String,
    policy: Arc<Snapshot>,
    /// By which the generation is kept, and what the folder looked like when it was found.
    bytes: String,
    seen: StoreStamp,
    terminal: &'t Terminal,
}

impl<'t> FollowedPolicy<'t> {
    pub(super) fn begin(args: &PolicyArgs, terminal: &'t Terminal) -> Result<Self, CliError> {
        let keep = policy::kept(args)?;
        let seen = keep.stamp();
        let in_force = keep.in_force().map_err(CliError::Cannot)?;
        policy::warn(&in_force.passed_over, terminal);
        let policy = Arc::new(policy::choose(in_force.load.policies, args.force.as_deref())?);
        let name = policy.name().to_owned();
        Ok(Self { keep, name, policy, bytes: in_force.bytes, seen, terminal })
    }

    /// The policy as it is in force now. Where that cannot be had, the one before is better than none: it is said, and
    /// every decision names what it was made under.
    pub(super) fn now(&mut self) -> Arc<Snapshot> {
        let seen = self.keep.stamp();
        if seen != self.seen {
            self.seen = seen;
            if let Err(why) = self.look() {
                let digest = short_digest(self.policy.digest());
                self.terminal.say(&format!("warning: {why}; decisions go on under {digest}"));
            }
        }
        Arc::clone(&self.policy)
    }

    fn look(&mut self) -> Result<(), String> {
        let in_force = self.keep.in_force_but(&self.bytes)?;
        let Some(in_force) = in_force else { return Ok(()) };
        policy::warn(&in_force.passed_over, self.terminal);
        let found = in_force.load.policies.into_iter().find(|policy| policy.name() == self.name);
        let policy = found.ok_or_else(|| format!("`{}` is no longer among the policies in force", self.name))?;
        (self.policy, self.bytes) = (Arc::new(policy), in_force.bytes);
        Ok(())
    }
}
