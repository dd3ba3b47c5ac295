//! Files of tokens, certificates and keys -> what is in force of them. They are read again when they change; where what they say then
//! cannot be used, what was in force stays.

use crate::callers::Callers;
use crate::expiry;
use crate::expiry::Expiry;
use arc_swap::{ArcSwap, ArcSwapOption};
use axum_server::tls_rustls::RustlsConfig;
use heedful::time::Instant;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, fs};

/// Where the service's certificate is.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// PEM: its own certificate first, then those up to the authority.
    pub certificate: PathBuf,
    /// PEM.
    pub key: PathBuf,
    /// PEM: the authorities by which clients' certificates are checked; none where clients need none.
    pub client_ca: Option<PathBuf>,
}

/// Where the secrets of a service are.
#[derive(Clone, Debug, Default)]
pub struct CredentialFiles {
    /// Who may ask; none where everybody on this machine may.
    pub tokens: Option<PathBuf>,
    /// None where it listens without TLS.
    pub tls: Option<TlsFiles>,
}

/// What cannot be used, and why.
#[derive(Debug)]
pub struct CredentialError(String);

impl fmt::Display for CredentialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CredentialError {}

/// Who may ask, and by which certificate the service is known.
#[derive(Default)]
pub struct Credentials {
    callers: ArcSwapOption<Callers>,
    tls: Option<RustlsConfig>,
    /// The files, where there are any.
    followed: Mutex<Vec<Followed>>,
    tokens_are_refused: AtomicBool,
    tls_is_refused: AtomicBool,
    /// When the certificates in force end.
    expiries: ArcSwap<Vec<Expiry>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Tokens,
    Tls,
}

/// Files that are read together.
struct Followed {
    what: What,
    paths: Vec<PathBuf>,
    /// What they said when they were last used or refused.
    judged: [u8; 32],
    /// What they said at the last look.
    seen: [u8; 32],
}

impl Followed {
    fn read(&self) -> (Result<Vec<Vec<u8>>, String>, [u8; 32]) {
        let contents: Result<Vec<Vec<u8>>, String> = self
            .paths
            .iter()
            .map(|path| fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display())))
            .collect();
        let mut hasher = Sha256::new();
        match &contents {
            Ok(contents) => contents.iter().for_each(|content| hasher.update(Sha256::digest(content))),
            Err(why) => hasher.update(why.as_bytes()),
        }
        (contents, hasher.finalize().into())
    }

    /// What they say, where it is something else than before and was the same at two looks: a file that is being written is not used.
    fn changed(&mut self) -> Option<Result<Vec<Vec<u8>>, String>> {
        let (contents, digest) = self.read();
        let is_settled = self.seen == digest;
        self.seen = digest;
        if !is_settled || self.judged == digest {
            return None;
        }
        self.judged = digest;
        Some(contents)
    }

    /// The files by name, for messages.
    fn names(&self) -> String {
        self.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    }
}

impl Credentials {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// One of them cannot be read or used.
    pub fn open(files: CredentialFiles) -> Result<Self, CredentialError> {
        let mut opened = Self::default();
        let groups = [
            files.tokens.map(|path| (What::Tokens, vec![path])),
            files.tls.map(|tls| (What::Tls, [tls.certificate, tls.key].into_iter().chain(tls.client_ca).collect())),
        ];
        let mut followed = Vec::new();
        for (what, paths) in groups.into_iter().flatten() {
            let mut files = Followed { what, paths, judged: [0; 32], seen: [0; 32] };
            let (contents, digest) = files.read();
            (files.judged, files.seen) = (digest, digest);
            let in_files = |why: String| CredentialError(format!("{}: {why}", files.names()));
            let contents = contents.map_err(CredentialError)?;
            match what {
                What::Tokens => opened.callers.store(Some(Arc::new(callers(&contents).map_err(in_files)?))),
                What::Tls => {
                    let (config, expiries) = server_config(&contents).map_err(in_files)?;
                    opened.expiries.store(Arc::new(expiries));
                    opened.tls = Some(RustlsConfig::from_config(Arc::new(config)));
                }
            }
            followed.push(files);
        }
        opened.followed = Mutex::new(followed);
        Ok(opened)
    }

    /// Looks at the files again and again, for as long as it is polled.
    pub(crate) async fn follow(self: Arc<Self>, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let looking = Arc::clone(&self);
            // A disk that is slow keeps nobody waiting.
            let _ = tokio::task::spawn_blocking(move || looking.look()).await;
        }
    }

    fn look(&self) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        for files in followed.iter_mut() {
            let Some(contents) = files.changed() else { continue };
            let used = contents.and_then(|contents| {
                match files.what {
                    What::Tokens => self.callers.store(Some(Arc::new(callers(&contents)?))),
                    What::Tls => {
                        let (config, expiries) = server_config(&contents)?;
                        self.expiries.store(Arc::new(expiries));
                        self.tls.iter().for_each(|tls| tls.reload_from_config(Arc::new(config.clone())));
                    }
                }
                Ok(())
            });
            let refused = match files.what {
                What::Tokens => &self.tokens_are_refused,
                What::Tls => &self.tls_is_refused,
            };
            refused.store(used.is_err(), Ordering::Relaxed);
            match used {
                Ok(()) => tracing::info!(files = files.names(), "what the files say is in force"),
                Err(why) => {
                    tracing::error!(files = files.names(), why, "the files cannot be used; what was in force stays");
                }
            }
        }
    }

    /// Who may ask; none where everybody may.
    pub(crate) fn callers(&self) -> Option<Arc<Callers>> {
        self.callers.load_full()
    }

    pub(crate) fn tls(&self) -> Option<&RustlsConfig> {
        self.tls.as_ref()
    }

    /// Whether a caller must be known.
    pub fn has_tokens(&self) -> bool {
        self.callers.load().is_some()
    }

    /// Whether nobody on the way can read along.
    pub fn has_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// When the certificates in force end.
    pub(crate) fn expiries(&self) -> Arc<Vec<Expiry>> {
        self.expiries.load_full()
    }

    /// How tokens and certificates are, for whoever asks for the service's health.
    pub(crate) fn told(&self, now: Instant) -> serde_json::Value {
        let told = |is_there: bool, refused: &AtomicBool| match (is_there, refused.load(Ordering::Relaxed)) {
            (false, _) => None,
            (true, false) => Some("as the files say"),
            (true, true) => {
                Some("the files cannot be used as they are now; what was in force stays, and the log says why")
            }
        };
        serde_json::json!({
            "tokens": told(self.has_tokens(), &self.tokens_are_refused),
            "tls": told(self.has_tls(), &self.tls_is_refused),
            "certificates": expiry::told(&self.expiries(), now),
        })
    }
}

fn callers(contents: &[Vec<u8>]) -> Result<Callers, String> {
    let text = contents.first().map_or(Ok(""), |content| std::str::from_utf8(content));
    let text = text.map_err(|error| format!("it is not UTF-8 from byte {} on", error.valid_up_to()))?;
    Callers::parse(text).map_err(|error| error.to_string())
}

/// From the certificate, the key and, where clients must have certificates, their authorities; with when these end.
fn server_config(contents: &[Vec<u8>]) -> Result<(ServerConfig, Vec<Expiry>), String> {
    let [certificate, key, rest @ ..] = contents else { return Err("there is no certificate".to_owned()) };
    let chain = certificates(certificate, "the certificate")?;
    let (own, above) = chain.split_at(1.min(chain.len()));
    let mut expiries =
        vec![Expiry::first_of("the certificate", own)?, Expiry::first_of("the authorities of the certificate", above)?];
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| format!("the key cannot be used: {error}"))?;
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| format!("TLS cannot be used: {error}"))?;
    let builder = match rest.first() {
        None => builder.with_no_client_auth(),
        Some(authorities) => {
            let mut roots = RootCertStore::empty();
            let authorities = certificates(authorities, "the authority of clients")?;
            expiries.push(Expiry::first_of("the authority of clients", &authorities)?);
            for authority in authorities {
                roots.add(authority).map_err(|error| format!("the authority of clients cannot be used: {error}"))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            let verifier = verifier.map_err(|error| format!("the authority of clients cannot be used: {error}"))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| format!("the certificate and the key cannot be used together: {error}"))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((config, expiries.into_iter().flatten().collect()))
}

fn certificates(pem: &[u8], which: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let read = read.map_err(|error| format!("{which} cannot be read: {error}"))?;
    if read.is_empty() {
        return Err(format!("{which} is not there: the file holds no `BEGIN CERTIFICATE`"));
    }
    Ok(read)
}
