//! Certificates -> when each is no longer valid, and how many days there are until then.

use heedful::time::{Instant, Zone};
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};

/// The end of a certificate, or the first of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// Of which.
    pub(crate) of: &'static str,
    pub(crate) at: Instant,
}

/// In health it is said when there are fewer days left than these.
const SOON: i64 = 14;

const DAY: i64 = 24 * 60 * 60;

impl Expiry {
    /// When the first of some certificates ends; none where there are none.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub(crate) fn first_of(of: &'static str, certificates: &[CertificateDer<'_>]) -> Result<Option<Self>, String> {
        let ends = certificates.iter().map(|certificate| match x509_parser::parse_x509_certificate(certificate) {
            Ok((_, certificate)) => Ok(certificate.validity().not_after.timestamp()),
            Err(error) => Err(format!("it cannot be read until when {of} is valid: {error}")),
        });
        let ends: Result<Vec<i64>, String> = ends.collect();
        Ok(ends?.into_iter().min().map(|at| Self { of, at: Instant(at) }))
    }

    /// Whole days that are left; below zero once it is over.
    pub(crate) fn days(&self, now: Instant) -> i64 {
        self.at.0.saturating_sub(now.0).div_euclid(DAY)
    }
}

/// When certificates end, for whoever asks for the service's health.
pub(crate) fn told(expiries: &[Expiry], now: Instant) -> Value {
    let utc = Zone::utc();
    let told = expiries.iter().map(|expiry| {
        let days = expiry.days(now);
        let word = match days {
            ..0 => Some("it is over: callers refuse it, or are refused; replace its file"),
            0..SOON => Some("it ends soon: replace its file, which is then used without a restart"),
            _ => None,
        };
        json!({"of": expiry.of, "until": utc.format(expiry.at), "days_left": days, "word": word})
    });
    told.collect()
}
