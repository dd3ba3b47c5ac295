//! Load -> the one policy that is meant, or why there is none, as an error that a program can hand on.

use super::{Load, Snapshot, named};
use crate::text::Severity;
use std::error::Error;
use std::fmt;

/// Why a set of files gives no policy to decide by: every error with its place, or that none has the name that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadError {
    /// One sentence each, errors with their file, line and column.
    pub reasons: Vec<String>,
}

impl fmt::Display for LoadError {
    /// One reason to a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reasons.join("\n"))
    }
}

impl Error for LoadError {}

impl Load {
    /// The policy called so: in any capitals, with `-` for spaces, or by the start of its name alone.
    ///
    /// # Errors
    /// Every error of the set, each with its file, line and column; or that no policy of the set, or more than one, is called so.
    pub fn policy(mut self, name: &str) -> Result<Snapshot, LoadError> {
        let errors = self.diagnostics.iter().filter(|problem| problem.severity == Severity::Error);
        let reasons: Vec<String> = errors
            .map(|problem| {
                let place = self.sources.get(problem.span.source).map_or_else(String::new, |source| {
                    let at = source.position(problem.span.start);
                    format!("{}:{}:{}: ", source.name, at.line, at.column)
                });
                format!("{place}{}", problem.message)
            })
            .collect();
        if !reasons.is_empty() {
            return Err(LoadError { reasons });
        }
        let names: Vec<&str> = self.policies.iter().map(Snapshot::name).collect();
        let at = named(&names, name).map_err(|why| LoadError { reasons: vec![why] })?;
        Ok(self.policies.swap_remove(at))
    }
}

#[cfg(test)]
mod tests {
    use super::Snapshot;

    /// Whoever decides shares a policy among threads.
    #[test]
    fn a_policy_owns_itself() {
        fn owns_itself<T: Send + Sync + 'static>() {}
        owns_itself::<Snapshot>();
    }
}
