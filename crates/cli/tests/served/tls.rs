//! `heedful serve` where other machines reach it: TLS, a file of tokens and certificates of callers, and the files that take their places.

use super::server::{Server, folder};
use crate::watch::command::{heedful, text};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// An authority that gives certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority"))
    }

    fn gives(&self, name: &str) -> Pair {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("a key");
        Pair { certificate: params.signed_by(&key, &self.0).expect("a certificate").pem(), key: key.serialize_pem() }
    }
}

fn write(folder: &Path, pair: &Pair) {
    fs::write(folder.join("cert.pem"), &pair.certificate).expect("a certificate");
    fs::write(folder.join("key.pem"), &pair.key).expect("a key");
}

/// One who asks over TLS.
struct Asks<'a> {
    address: &'a str,
    trusts: &'a Authority,
    shows: Option<&'a Pair>,
}

impl Asks<'_> {
    /// What is answered, head and body; or why there is no connection.
    fn get(&self, path: &str, token: &str) -> Result<String, String> {
        self.says(&format!("GET {path} HTTP/1.1\r\nhost: heedful.example\r\n{token}connection: close\r\n\r\n"))
    }

    fn says(&self, request: &str) -> Result<String, String> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.trusts.0.pem().as_bytes()).expect("PEM")).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("versions").with_root_certificates(roots);
        let config = match self.shows {
            None => config.with_no_client_auth(),
            Some(pair) => {
                let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("PEM")];
                let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("a key");
                config.with_client_auth_cert(chain, key).expect("a certificate and its key")
            }
        };
        let name = ServerName::try_from("heedful.example").expect("a name");
        let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
        // The address of every network is that of this machine, too.
        let address = self.address.replace("0.0.0.0", "127.0.0.1");
        let mut stream = StreamOwned::new(connection, TcpStream::connect(address).expect("a connection"));
        let said = stream.write_all(request.as_bytes()).and_then(|()| {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).map(|_| answer)
        });
        said.map_err(|error| error.to_string())
    }
}

/// A token for a caller, made by the command, whose line is in the file of tokens.
fn token(folder: &Path, name: &str, roles: &[&str]) -> String {
    let roles = roles.iter().flat_map(|role| ["--role", role]);
    let args: Vec<&str> = ["serve", "token", "--tokens", "tokens", "--name", name].into_iter().chain(roles).collect();
    let made = heedful(folder, &args).output().expect("the program runs");
    assert!(made.status.success(), "{}", text(&made.stderr));
    let made = text(&made.stdout);
    let token = made.split_whitespace().find(|word| word.starts_with("heedful_")).expect("a token");
    format!("authorization: Bearer {token}\r\n")
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn it_does_not_listen_for_other_machines_without_tls_and_tokens() {
    let (folder, authority) = (folder(), Authority::new());
    let folder = folder.path();
    write(folder, &authority.gives("heedful.example"));
    token(folder, "cad", &["decide"]);
    let (tls, tokens) =
        (["--tls-cert", "cert.pem", "--tls-key", "key.pem"].as_slice(), ["--tokens", "tokens"].as_slice());
    for (more, missing) in [
        (&[][..], "TLS and tokens (--tls-cert, --tls-key and --tokens)"),
        (tokens, "TLS (--tls-cert"),
        (tls, "tokens (--tokens)"),
    ] {
        let args = [&["serve", "--policy", "rules", "--listen", "0.0.0.0:0"], more].concat();
        let refused = heedful(folder, &args).output().expect("the program runs");
        let said = text(&refused.stderr);
        assert!(!refused.status.success() && said.contains(missing), "{args:?}: {said}");
        assert!(text(&refused.stdout).is_empty(), "it listens nowhere");
    }
    // Half of what TLS needs is none.
    let refused = heedful(folder, &["serve", "--policy", "rules", "--tls-cert", "cert.pem"]).output().expect("it runs");
    assert!(!refused.status.success() && text(&refused.stderr).contains("--tls-key"), "{refused:?}");
    let args = ["serve", "--policy", "rules", "--tls-cert", "cert.pem", "--tls-key", "cert.pem"];
    let refused = heedful(folder, &args).output().expect("the program runs");
    assert!(!refused.status.success() && text(&refused.stderr).contains("the key cannot be used"), "{refused:?}");
}

#[test]
fn callers_are_known_by_tokens_and_certificates_and_files_that_are_replaced_count_without_a_restart() {
    let (folder, first, second) = (folder(), Authority::new(), Authority::new());
    let folder = folder.path();
    write(folder, &first.gives("heedful.example"));
    fs::write(folder.join("ca.pem"), first.0.pem()).expect("an authority");
    let cad = token(folder, "cad", &["decide", "feed"]);
    let mut lines = fs::read_to_string(folder.join("tokens")).expect("tokens");
    lines.push_str("console read certificate:console.example\n");
    fs::write(folder.join("tokens"), &lines).expect("tokens");
    let server = Server::begin(
        folder,
        &[
            "serve",
            "--policy",
            "rules",
            "--listen",
            "0.0.0.0:0",
            "--tokens",
            "tokens",
            "--tls-cert",
            "cert.pem",
            "--tls-key",
            "key.pem",
            "--tls-client-ca",
            "ca.pem",
        ],
    );
    let console = first.gives("console.example");
    let asks = |trusts, shows| Asks { address: &server.address, trusts, shows };
    let known = asks(&first, Some(&console));
    // By its certificate it is one caller, by a token another, and each may what its line says.
    assert!(known.get("/schema", "").expect("an answer").starts_with("HTTP/1.1 200"));
    assert!(known.get("/due", "").expect("an answer").contains("`console`"));
    let case = r#"{"call":{"id":"C-1","at":"2026-05-28T22:00:00+01:00","urgent":true}}"#;
    let decide = |token: &str| {
        let head = format!("POST /decide HTTP/1.1\r\nhost: heedful.example\r\n{token}connection: close\r\n");
        known.says(&format!("{head}content-length: {}\r\n\r\n{case}", case.len())).expect("an answer")
    };
    assert!(decide(&cad).contains("\"recorded\":true"), "{}", decide(&cad));
    assert!(
        decide("").starts_with("HTTP/1.1 403")
            && decide("authorization: Bearer heedful_0\r\n").starts_with("HTTP/1.1 401")
    );
    // Nobody without a certificate of the authority, and nobody without TLS.
    assert!(asks(&first, None).get("/health", &cad).is_err());
    let forged = second.gives("console.example");
    assert!(asks(&first, Some(&forged)).get("/health", "").is_err());
    let mut plain = TcpStream::connect(server.address.replace("0.0.0.0", "127.0.0.1")).expect("a connection");
    plain.write_all(b"GET /health HTTP/1.1\r\nhost: here\r\n\r\n").expect("a request");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!text(&answer).contains("HTTP/1.1 200"));
    assert!(known.get("/health", "").expect("an answer").contains("\"days_left\":"));
    // A token that is taken out is refused, and one that comes is known.
    fs::write(folder.join("tokens"), lines.replace("cad decide", "# cad decide")).expect("tokens");
    wait_until("the token is refused", || decide(&cad).starts_with("HTTP/1.1 401"));
    let other = token(folder, "other", &["decide"]);
    wait_until("the token is known", || decide(&other).starts_with("HTTP/1.1 200"));
    // A certificate of another authority takes the place of the first. One that is spoilt does not.
    fs::write(folder.join("cert.pem"), "-----BEGIN CERTIFICATE-----\n").expect("a file");
    wait_until("it says so", || {
        known.get("/health", "").is_ok_and(|told| told.contains("cannot be used as they are now"))
    });
    write(folder, &second.gives("heedful.example"));
    wait_until("the certificate is replaced", || asks(&second, Some(&console)).get("/health", "").is_ok());
    assert!(known.get("/health", "").is_err(), "the first is not shown any more");
    // And so does another authority of callers.
    fs::write(folder.join("ca.pem"), second.0.pem()).expect("an authority");
    wait_until("the authority is replaced", || asks(&second, Some(&console)).get("/health", "").is_err());
    assert!(asks(&second, Some(&forged)).get("/schema", "").expect("an answer").starts_with("HTTP/1.1 200"));
}
