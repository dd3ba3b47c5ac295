//! A file of tokens, one on each line -> who may ask, and for what. It holds no token but what a token hashes to.

use crate::role::Role;
use heedful::text::{digest_in_hex, hex};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Somebody whose requests are answered: a system, or a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    name: Arc<str>,
    roles: Arc<[Role]>,
}

impl Caller {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has a role.
    pub fn may(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The names of its roles.
    pub(crate) fn roles(&self) -> String {
        self.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ")
    }
}

/// How a caller is known.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum KnownBy {
    /// SHA-256 of its token.
    Token([u8; 32]),
    /// A name in its certificate, in small letters.
    Certificate(String),
}

/// Everybody whose requests are answered.
pub struct Callers {
    known: Vec<(Caller, KnownBy)>,
}

/// What is wrong with a file of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallersError {
    /// Counted from 1; 0 where it is about the whole file.
    line: usize,
    what: String,
}

impl fmt::Display for CallersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.what),
            line => write!(f, "line {line}: {}", self.what),
        }
    }
}

impl std::error::Error for CallersError {}

const FORM: &str =
    "a line is `NAME ROLE,ROLE sha256:…` or `NAME ROLE,ROLE certificate:DNS-NAME`; `heedful serve token` makes one";

impl Callers {
    /// Reads a file: `NAME ROLE,ROLE sha256:HASH` or `NAME ROLE,ROLE certificate:DNS-NAME` on each line; what follows a `#` at the
    /// start of a line is a comment. A caller may have several lines, as while a token is replaced by another.
    ///
    /// # Errors
    /// The first line that cannot be used, and why; or no line says who may ask.
    pub fn parse(text: &str) -> Result<Self, CallersError> {
        let (mut known, mut seen) = (Vec::new(), BTreeSet::new());
        for (line, words) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let words = words.trim();
            if words.is_empty() || words.starts_with('#') {
                continue;
            }
            let (caller, by) = entry(words).map_err(|what| CallersError { line, what })?;
            if !seen.insert(by.clone()) {
                let what = "an earlier line has the same token or certificate; give each caller its own".to_owned();
                return Err(CallersError { line, what });
            }
            known.push((caller, by));
        }
        if known.is_empty() {
            let what = format!("the file says of nobody that they may ask; {FORM}");
            return Err(CallersError { line: 0, what });
        }
        Ok(Self { known })
    }

    /// Whose token it is. How long this takes says nothing of the tokens that there are.
    pub(crate) fn by_token(&self, token: &str) -> Option<&Caller> {
        let hash = hash(token);
        self.known.iter().fold(None, |found, (caller, by)| match by {
            KnownBy::Token(known) if bool::from(known.ct_eq(&hash)) => Some(caller),
            _ => found,
        })
    }

    /// Whether one of the lines of a caller gives it a role.
    pub(crate) fn may(&self, name: &str, role: Role) -> bool {
        self.known.iter().any(|(caller, _)| caller.name() == name && caller.may(role))
    }

    /// The names of those who have a role and one of some others besides, each once.
    pub(crate) fn with_roles(&self, role: Role, besides: &[Role]) -> Vec<String> {
        let callers = self.known.iter().map(|(caller, _)| caller);
        let with = callers.filter(|caller| caller.may(role) && besides.iter().any(|besides| caller.may(*besides)));
        let names: BTreeSet<String> = with.map(|caller| caller.name().to_owned()).collect();
        names.into_iter().collect()
    }

    /// Whose certificate it is, by the names in it.
    pub(crate) fn by_certificate(&self, names: &[String]) -> Option<&Caller> {
        let is_it = |by: &KnownBy| matches!(by, KnownBy::Certificate(name) if names.contains(name));
        self.known.iter().find(|(_, by)| is_it(by)).map(|(caller, _)| caller)
    }
}

fn entry(words: &str) -> Result<(Caller, KnownBy), String> {
    let mut words = words.split_whitespace();
    let (Some(name), Some(roles), Some(by), None) = (words.next(), words.next(), words.next(), words.next()) else {
        return Err(FORM.to_owned());
    };
    let caller = caller(name, roles.split(',').map(str::trim).filter(|role| !role.is_empty()))?;
    let by = match by.split_once(':') {
        Some(("sha256", hash)) => {
            KnownBy::Token(digest_in_hex(hash).ok_or("after `sha256:` stand 64 digits 0-9 and a-f")?)
        }
        Some(("certificate", name)) if !name.is_empty() => KnownBy::Certificate(name.to_ascii_lowercase()),
        // It may be a token, so it is not said again.
        _ => {
            return Err(format!(
                "the third word is neither `sha256:…` nor `certificate:…`, and a token never stands here itself; {FORM}"
            ));
        }
    };
    Ok((caller, by))
}

fn caller<'r>(name: &str, roles: impl Iterator<Item = &'r str>) -> Result<Caller, String> {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || ['-', '_', '.'].contains(&letter);
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_of_name) {
        return Err("a caller's name has up to 64 letters a-z, digits, `-`, `_` and `.`".to_owned());
    }
    let mut given = Vec::new();
    for role in roles {
        let role = Role::named(role).ok_or_else(|| {
            let all: Vec<&str> = Role::GIVEN.iter().map(|role| role.name()).collect();
            // A word that is in the wrong place may be a token, so only what looks like a role is said again.
            let is_word = role.len() < 16 && role.chars().all(|letter| letter.is_ascii_alphabetic());
            let wrong = if is_word { format!("no role `{role}`") } else { "no such role".to_owned() };
            format!("there is {wrong}; the roles are {}", all.join(", "))
        })?;
        given.push(role);
    }
    if given.is_empty() {
        return Err(format!("`{name}` has no role"));
    }
    Ok(Caller { name: name.into(), roles: given.into() })
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A token that was just made.
pub struct NewToken {
    /// What the caller sends; nothing else holds it.
    pub token: String,
    /// The line for the file of tokens.
    pub line: String,
}

impl NewToken {
    /// Makes a token for a caller.
    ///
    /// # Errors
    /// The name or a role cannot be used, or the system gives no randomness.
    pub fn make(name: &str, roles: &[Role]) -> Result<Self, String> {
        let roles: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        caller(name, roles.iter().copied())?;
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| format!("the system gives no randomness for a token: {error}"))?;
        let token = format!("heedful_{}", hex(&random));
        let line = format!("{name} {} sha256:{}", roles.join(","), hex(&hash(&token)));
        Ok(Self { token, line })
    }
}
