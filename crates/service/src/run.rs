//! A router and an address -> a service that listens, until it is told to end; what is under way ends first.

use axum::Router;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
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
    /// Others than this machine could reach it, and nothing is asked of them.
    Open(SocketAddr),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Open(address) => write!(
                f,
                "{address} can be reached from other machines, so it needs TLS and tokens; listen on 127.0.0.1, behind a proxy that has both"
            ),
        }
    }
}

impl std::error::Error for ServeError {}

/// Begins to listen. Nothing is answered any more once `until` is over and what was under way has ended, or `grace` has passed.
///
/// # Errors
/// The address cannot be listened on.
pub async fn start(
    router: Router,
    address: SocketAddr,
    grace: Duration,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<Running, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::Open(address));
    }
    let failed = |error| ServeError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let ended = tokio::spawn(async move {
        let (told, ending) = oneshot::channel();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            until.await;
            let _ = told.send(());
        });
        let longest = async move {
            // A sender that is gone means that serving has ended by itself.
            if ending.await.is_ok() {
                tokio::time::sleep(grace).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            done = serving => done,
            () = longest => {
                tracing::warn!("requests were still under way when the time to end them was over");
                Ok(())
            }
        }
    });
    Ok(Running { address, ended })
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
