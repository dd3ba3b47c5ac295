//! A router and an address -> a service that listens, until it is told to end; what is under way ends first.

use crate::credentials::Credentials;
use crate::door::{Door, Room};
use crate::state::Limits;
use axum::Router;
use axum_server::{Handle, Server};
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A service that listens.
#[derive(Debug)]
pub struct Running {
    /// Where it listens; the port that the system chose where none was asked for.
    pub address: SocketAddr,
    ended: JoinHandle<io::Result<()>>,
}

/// Why a service does not listen.
#[derive(Debug)]
pub enum ServeError {
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// Others than this machine could reach it, and not enough is asked of them.
    Open {
        address: SocketAddr,
        /// What is missing, of what others are asked for.
        missing: &'static str,
    },
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Open { address, missing } => write!(
                f,
                "{address} can be reached from other machines, so it needs {missing}; or listen on 127.0.0.1, behind a proxy that has both TLS and tokens"
            ),
        }
    }
}

impl std::error::Error for ServeError {}

/// How long a connection of HTTP/2 may be silent before it is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(20);
/// How many requests one connection of HTTP/2 has under way.
const STREAMS: u32 = 256;
/// The largest head of a request of HTTP/2, in bytes.
const LARGEST_HEAD: u32 = 16 * 1024;

/// Begins to listen. Nothing is answered any more once `until` is over and what was under way has ended, or its time is over.
///
/// # Errors
/// The address cannot be listened on, or other machines can reach it and it has no TLS or no tokens.
pub async fn start(
    router: Router,
    address: SocketAddr,
    limits: Limits,
    credentials: Arc<Credentials>,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<Running, ServeError> {
    if !address.ip().is_loopback() {
        let missing = match (credentials.has_tls(), credentials.has_tokens()) {
            (true, true) => None,
            (false, true) => Some("TLS (--tls-cert and --tls-key)"),
            (true, false) => Some("tokens (--tokens)"),
            (false, false) => Some("TLS and tokens (--tls-cert, --tls-key and --tokens)"),
        };
        if let Some(missing) = missing {
            return Err(ServeError::Open { address, missing });
        }
    }
    let failed = |error| ServeError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let ended = tokio::spawn(async move {
        let (handle, room) = (Handle::new(), Room::of(limits.connections, limits.connections_of_one));
        let server = server(listener, limits, handle.clone());
        let ending = async {
            until.await;
            handle.graceful_shutdown(None);
            tokio::time::sleep(limits.grace).await;
            tracing::warn!("requests were still under way when the time to end them was over");
            handle.shutdown();
            std::future::pending::<()>().await;
        };
        let following = Arc::clone(&credentials).follow(limits.look_every);
        let serving = async {
            match credentials.tls() {
                None => server.acceptor(Door::plain(room, limits.patience)).serve(router.into_make_service()).await,
                Some(tls) => {
                    let door = Door::tls(room, limits.patience, tls.clone());
                    server.acceptor(door).serve(router.into_make_service()).await
                }
            }
        };
        tokio::select! {
            done = serving => done,
            () = ending => Ok(()),
            () = following => Ok(()),
        }
    });
    Ok(Running { address, ended })
}

fn server(listener: TcpListener, limits: Limits, handle: Handle<SocketAddr>) -> Server<SocketAddr> {
    let mut server = Server::from_listener(listener).handle(handle).first_request_timeout(limits.patience);
    let builder = server.http_builder();
    // Whoever has said all that it had to say, and closed its side, still waits for the answer.
    builder.http1().header_read_timeout(limits.patience).half_close(true);
    builder
        .http2()
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(LARGEST_HEAD)
        .keep_alive_interval(SILENCE)
        .keep_alive_timeout(SILENCE);
    server
}

impl Running {
    /// Waits until it has ended.
    ///
    /// # Errors
    /// It could not go on listening.
    pub async fn ended(self) -> io::Result<()> {
        self.ended.await.unwrap_or_else(|error| Err(io::Error::other(error)))
    }
}
