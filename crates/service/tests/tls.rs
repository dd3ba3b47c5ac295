//! TLS, with certificates that are made for the test.

use crate::support::{How, Served, case, served_with};
use heedful::time::Instant;
use heedful_service::{CredentialFiles, Credentials, Limits, NewToken, Role, Safety, TlsFiles};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// An authority that gives certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority"))
    }

    fn gives(&self, name: &str) -> Pair {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate().expect("a key");
        Pair { certificate: params.signed_by(&key, &self.0).expect("a certificate").pem(), key: key.serialize_pem() }
    }

    fn pem(&self) -> String {
        self.0.pem()
    }
}

fn files(folder: &Path) -> TlsFiles {
    TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem"), client_ca: None }
}

fn write(folder: &Path, pair: &Pair) {
    fs::write(folder.join("cert.pem"), &pair.certificate).expect("a certificate");
    fs::write(folder.join("key.pem"), &pair.key).expect("a key");
}

/// What a service answers over TLS to one who trusts an authority, and shows a certificate where there is one.
async fn ask(served: &Served, trusts: &Authority, shows: Option<&Pair>, head: &str) -> Result<String, String> {
    let mut roots = RootCertStore::empty();
    let trusted = CertificateDer::from_pem_slice(trusts.pem().as_bytes()).expect("an authority");
    roots.add(trusted).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = config.with_root_certificates(roots);
    let config = match shows {
        None => config.with_no_client_auth(),
        Some(pair) => {
            let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("a certificate")];
            let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("a key");
            config.with_client_auth_cert(chain, key).expect("a certificate and its key")
        }
    };
    let stream = TcpStream::connect(served.address).await.expect("a connection");
    let name = ServerName::try_from("heedful.example").expect("a name");
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let mut stream = connected.map_err(|error| error.to_string())?;
    stream.write_all(head.as_bytes()).await.map_err(|error| error.to_string())?;
    let mut answer = String::new();
    match stream.read_to_string(&mut answer).await {
        Ok(_) => Ok(answer),
        Err(error) => Err(error.to_string()),
    }
}

fn get(path: &str, token: Option<&NewToken>) -> String {
    let token = token.map_or_else(String::new, |token| format!("authorization: Bearer {}\r\n", token.token));
    format!("GET {path} HTTP/1.1\r\nhost: heedful.example\r\n{token}connection: close\r\n\r\n")
}

const QUICK: Duration = Duration::from_millis(20);

async fn served(folder: &TempDir, tls: TlsFiles, lines: &str) -> Served {
    served_at(folder, tls, lines, How::default().now).await
}

async fn served_at(folder: &TempDir, tls: TlsFiles, lines: &str, now: fn() -> Instant) -> Served {
    let tokens = folder.path().join("tokens");
    fs::write(&tokens, lines).expect("tokens");
    let credentials = Credentials::open(CredentialFiles { tokens: Some(tokens), tls: Some(tls) }).expect("credentials");
    let limits = Limits { look_every: QUICK, ..Limits::default() };
    let safety = Safety { credentials: Arc::new(credentials), ..Safety::default() };
    served_with(How { limits, now, ..How::default() }, safety).await
}

#[tokio::test]
async fn it_is_asked_over_tls_and_over_nothing_else() {
    let (folder, authority, stranger) =
        (tempfile::tempdir().expect("a folder"), Authority::new("ours"), Authority::new("other"));
    write(folder.path(), &authority.gives("heedful.example"));
    let cad = NewToken::make("cad", &[Role::Decide]).expect("a token");
    let served = served(&folder, files(folder.path()), &cad.line).await;
    let body = case("a", true);
    let length = body.len();
    let request = format!(
        "POST /decide HTTP/1.1\r\nhost: heedful.example\r\nauthorization: Bearer {}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}",
        cad.token
    );
    let answer = ask(&served, &authority, None, &request).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"recorded\":true"), "{answer}");
    assert!(
        ask(&served, &authority, None, &get("/schema", None)).await.expect("an answer").starts_with("HTTP/1.1 401")
    );
    assert!(ask(&served, &stranger, None, &get("/health", None)).await.is_err(), "another authority");
    // Whoever comes without TLS is not understood, and harms nobody.
    let mut plain = TcpStream::connect(served.address).await.expect("a connection");
    plain.write_all(get("/health", None).as_bytes()).await.expect("a request");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1 200"), "{answer:?}");
    assert!(ask(&served, &authority, None, &get("/health", None)).await.is_ok());
}

#[tokio::test]
async fn a_certificate_says_who_asks_and_what_it_is_for_is_in_the_file() {
    let (folder, authority, stranger) =
        (tempfile::tempdir().expect("a folder"), Authority::new("ours"), Authority::new("other"));
    write(folder.path(), &authority.gives("heedful.example"));
    fs::write(folder.path().join("ca.pem"), authority.pem()).expect("an authority");
    let tls = TlsFiles { client_ca: Some(folder.path().join("ca.pem")), ..files(folder.path()) };
    let cad = NewToken::make("cad", &[Role::Decide]).expect("a token");
    let lines = format!("{}\nconsole read certificate:Console.example\n", cad.line);
    let served = served(&folder, tls, &lines).await;
    let (console, unknown) = (authority.gives("console.EXAMPLE"), authority.gives("unknown.example"));
    let answer = ask(&served, &authority, Some(&console), &get("/schema", None)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = ask(&served, &authority, Some(&console), &get("/record/cases/a", None)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("`console`"), "{answer}");
    let answer = ask(&served, &authority, Some(&unknown), &get("/schema", None)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("certificate:unknown.example"), "{answer}");
    // A token says more than the certificate of the machine that sends it.
    let answer = ask(&served, &authority, Some(&console), &get("/schema", Some(&cad))).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("`cad`"), "{answer}");
    assert!(ask(&served, &authority, None, &get("/health", None)).await.is_err(), "no certificate");
    let forged = stranger.gives("console.example");
    assert!(ask(&served, &authority, Some(&forged), &get("/health", None)).await.is_err(), "another authority");
}

#[tokio::test]
async fn new_certificates_are_taken_as_they_come_and_bad_ones_never() {
    let (folder, old, new) = (tempfile::tempdir().expect("a folder"), Authority::new("old"), Authority::new("new"));
    let (first, second) = (old.gives("heedful.example"), new.gives("heedful.example"));
    write(folder.path(), &first);
    let cad = NewToken::make("cad", &[Role::Decide]).expect("a token");
    let served = served(&folder, files(folder.path()), &cad.line).await;
    let health = async |authority: &Authority| ask(&served, authority, None, &get("/health", None)).await;
    let said = async |authority: &Authority| {
        health(authority).await.expect("an answer").contains("cannot be used as they are now")
    };
    assert!(!said(&old).await);
    // The new certificate with the old key, then nothing that is a certificate, then none.
    for spoil in [second.certificate.as_str(), "-----BEGIN CERTIFICATE-----\n", ""] {
        fs::write(folder.path().join("cert.pem"), spoil).expect("a file");
        while !said(&old).await {
            tokio::time::sleep(QUICK).await;
        }
        write(folder.path(), &first);
        while said(&old).await {
            tokio::time::sleep(QUICK).await;
        }
    }
    write(folder.path(), &second);
    while health(&new).await.is_err() {
        tokio::time::sleep(QUICK).await;
    }
    assert!(health(&old).await.is_err() && !said(&new).await);
}

#[tokio::test]
async fn until_when_certificates_are_valid_is_in_health_and_metrics_also_of_a_new_one() {
    let (folder, authority) = (tempfile::tempdir().expect("a folder"), Authority::new("ours"));
    let until = |day: u8| {
        let mut params = CertificateParams::new(vec!["heedful.example".to_owned()]).expect("parameters");
        params.not_after = rcgen::date_time_ymd(2099, 6, day);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &authority.0).expect("a certificate").pem();
        Pair { certificate, key: key.serialize_pem() }
    };
    write(folder.path(), &until(7));
    fs::write(folder.path().join("ca.pem"), authority.pem()).expect("an authority");
    let tls = TlsFiles { client_ca: Some(folder.path().join("ca.pem")), ..files(folder.path()) };
    let console = authority.gives("console.example");
    let served = served_at(&folder, tls, "console read certificate:console.example\n", || Instant(4083683200)).await;
    let asked = async |path: &str| ask(&served, &authority, Some(&console), &get(path, None)).await.expect("an answer");
    // On the service's clock it is 28 May; on that of whoever asks it must be valid.
    let health = asked("/health").await;
    assert!(health.contains(r#""until":"2099-06-07T00:00:00+00:00","days_left":9,"word":"it ends soon"#), "{health}");
    assert!(health.contains(r#""of":"the authority of clients","until":"4096-01-01T00:00:00+00:00""#), "{health}");
    let metrics = asked("/metrics").await;
    assert!(metrics.contains("heedful_certificate_days_left{of=\"the certificate\"} 9"), "{metrics}");
    write(folder.path(), &until(30));
    while !asked("/health").await.contains(r#""days_left":32,"word":null"#) {
        tokio::time::sleep(QUICK).await;
    }
}

#[test]
fn files_that_cannot_be_used_at_the_start_say_which_and_why() {
    let (folder, authority) = (tempfile::tempdir().expect("a folder"), Authority::new("ours"));
    let (one, other) = (authority.gives("heedful.example"), authority.gives("heedful.example"));
    let why = |certificate: &str, key: &str, ca: Option<&str>| {
        write(folder.path(), &Pair { certificate: certificate.to_owned(), key: key.to_owned() });
        let mut tls = files(folder.path());
        if let Some(ca) = ca {
            fs::write(folder.path().join("ca.pem"), ca).expect("a file");
            tls.client_ca = Some(folder.path().join("ca.pem"));
        }
        let opened = Credentials::open(CredentialFiles { tokens: None, tls: Some(tls) });
        opened.err().expect("it cannot be used").to_string()
    };
    for (said, expected) in [
        (why(&one.certificate, &other.key, None), "cannot be used together"),
        (why("nothing", &one.key, None), "BEGIN CERTIFICATE"),
        (why(&one.certificate, "nothing", None), "the key cannot be used"),
        (why(&one.certificate, &one.key, Some("")), "the authority of clients is not there"),
    ] {
        assert!(said.contains(expected) && said.contains("cert.pem"), "{said}");
    }
    let gone = Credentials::open(CredentialFiles { tokens: Some(folder.path().join("none")), tls: None });
    let said = gone.err().expect("it is not there").to_string();
    assert!(said.contains("none cannot be read"), "{said}");
}
