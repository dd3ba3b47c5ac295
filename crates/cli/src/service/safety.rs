//! Arguments of `heedful serve` -> who may ask, for what and how much.

use super::log::LogArg;
use crate::error::CliError;
use clap::{Args, Subcommand};
use heedful_service::{CredentialFiles, Credentials, Limits, Rate, Restricted, Role, Safety, TlsFiles};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

/// Who may ask, for what and how much.
#[derive(Args)]
pub(super) struct SafetyArgs {
    /// Who may ask: a file with a line for each caller, as `heedful serve token` makes them. On 127.0.0.1 everybody may where
    /// there is none
    #[arg(long, value_name = "FILE")]
    pub(super) tokens: Option<PathBuf>,
    /// The certificate of this service and those up to its authority (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(super) tls_cert: Option<PathBuf>,
    /// The key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(super) tls_key: Option<PathBuf>,
    /// Callers must have a certificate of this authority (PEM); a line of --tokens with `certificate:DNS-NAME` says who they are
    #[arg(long, value_name = "FILE", requires_all = ["tls_cert", "tokens"])]
    pub(super) tls_client_ca: Option<PathBuf>,
    /// Records of cases with a decision that says this are read by callers with the role `restricted` only; may be given more than once
    #[arg(long, value_name = "OUTCOME=VALUE", default_value = "record-access=restricted")]
    pub(super) restricted: Vec<Restricted>,
    /// How many requests a caller may make in a second [default: as many as they like]
    #[arg(long, value_name = "NUMBER", requires = "decide_peak")]
    pub(super) rate_limit: Option<NonZeroU32>,
    /// How many requests in a second those who have calls decided may always make: the peak that was agreed with them
    #[arg(long, value_name = "NUMBER", requires = "rate_limit")]
    pub(super) decide_peak: Option<NonZeroU32>,
    /// How many connections there may be; others are closed at once
    #[arg(long, value_name = "NUMBER", default_value_t = 8_192)]
    pub(super) max_connections: usize,
    /// How many of them may come from one address (of IPv6, from one /64); a proxy is one address
    #[arg(long, value_name = "NUMBER", default_value_t = 4_096)]
    pub(super) max_connections_per_address: usize,
    /// How many requests without a known token or certificate an address is told so of in a minute (401); to more of them the
    /// answer is 429. Those of known callers are not counted
    #[arg(long, value_name = "NUMBER", default_value = "60")]
    pub(super) max_unknown: NonZeroU32,
    /// How much is logged, as lines of JSON on standard error
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    pub(super) log: LogArg,
}

#[derive(Subcommand)]
pub(crate) enum ServeCommand {
    /// Make a token for a caller, and print it once; the file of tokens holds only what it hashes to
    Token(TokenArgs),
}

#[derive(Args)]
pub(crate) struct TokenArgs {
    /// The caller: a system, or a person; it stands in the log and in the record
    #[arg(long, value_name = "NAME")]
    pub(super) name: String,
    /// What the caller may do; may be given more than once
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = role)]
    pub(super) roles: Vec<Role>,
    /// The file of tokens, to whose end the line for it is written [default: the line is printed]
    #[arg(long, value_name = "FILE")]
    pub(super) tokens: Option<PathBuf>,
}

fn role(name: &str) -> Result<Role, String> {
    let all: Vec<&str> = Role::GIVEN.iter().map(|role| role.name()).collect();
    Role::named(name).ok_or_else(|| format!("the roles are {}", all.join(", ")))
}

/// Files and connections that are needed besides those of callers: the record, the policies, the log.
const OTHER_FILES: u64 = 256;

impl SafetyArgs {
    /// Who may ask, for what and how much.
    pub(super) fn safety(&self) -> Result<Safety, CliError> {
        let tls = self.tls_cert.clone().zip(self.tls_key.clone());
        let tls = tls.map(|(certificate, key)| TlsFiles { certificate, key, client_ca: self.tls_client_ca.clone() });
        let credentials = Credentials::open(CredentialFiles { tokens: self.tokens.clone(), tls });
        let credentials = credentials.map_err(|error| CliError::Cannot(error.to_string()))?;
        let rate = self.rate_limit.zip(self.decide_peak);
        Ok(Safety {
            credentials: Arc::new(credentials),
            restricted: self.restricted.clone(),
            rate: rate.map(|(per_second, decide_peak)| Rate { per_second, decide_peak }),
        })
    }

    /// The limits with as many connections as were asked for, and the system lets this process have.
    pub(super) fn limits(&self, limits: Limits) -> Limits {
        let asked = u64::try_from(self.max_connections).unwrap_or(u64::MAX);
        let files = rlimit::increase_nofile_limit(asked.saturating_add(OTHER_FILES)).unwrap_or(u64::MAX);
        let room = asked.min(files.saturating_sub(OTHER_FILES).max(1));
        Limits {
            connections: usize::try_from(room).unwrap_or(self.max_connections),
            connections_of_one: self.max_connections_per_address,
            unknown_per_minute: self.max_unknown,
            ..limits
        }
    }
}
