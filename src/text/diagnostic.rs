//! What is wrong, where, and what would mend it: data only, with no opinion on how it is shown.

use super::Span;
use super::words::brief;

/// How bad it is. A policy with an error is never used; a warning is for the author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The policy is not used.
    Error,
    /// For the author; the policy is used all the same.
    Warning,
}

/// The stable name of a kind of problem, such as `unknown-name`.
pub type Code = &'static str;

/// A replacement that would mend the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The text that is replaced.
    pub span: Span,
    /// What stands there instead; empty to take it away.
    pub replacement: String,
    /// Whether nothing else can have been meant, so that it can be written without asking. No decision is another for it.
    pub certain: bool,
}

/// One problem in a policy, in the words of the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of problem, for programs.
    pub code: Code,
    /// Whether it keeps the policy from being used.
    pub severity: Severity,
    /// What is wrong: a small-lettered fragment with no full stop.
    pub message: String,
    /// The place that is wrong.
    pub span: Span,
    /// What to say at the place itself; may be empty.
    pub label: String,
    /// Other places that matter, such as where a name was first used.
    pub others: Vec<(Span, String)>,
    /// What would work, one sentence each.
    pub help: Vec<String>,
    /// An edit that would mend it, where one is certain enough to be offered.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error of this kind at a place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: brief(message.into()),
            span,
            label: String::new(),
            others: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// A warning of this kind at a place.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// With words for the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = brief(label.into());
        self
    }

    /// With one more sentence on what would work.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(brief(help.into()));
        self
    }

    /// With another place that matters, and words for it.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.others.push((span, label.into()));
        self
    }

    /// With an edit that would mend it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into(), certain: false });
        self
    }

    /// With an edit that was given before and is certain, if it is.
    #[must_use]
    pub fn certain(mut self, certain: bool) -> Self {
        if let Some(fix) = &mut self.fix {
            fix.certain = certain;
        }
        self
    }

    /// Adds "did you mean" with its fix, when there is a near name.
    #[must_use]
    pub fn suggest(self, nearest: Option<&str>) -> Self {
        match nearest {
            Some(name) => {
                let span = self.span;
                self.help(format!("did you mean `{name}`?")).fix(span, name)
            }
            None => self,
        }
    }
}
