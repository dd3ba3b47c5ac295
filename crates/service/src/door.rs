//! A connection -> one that is let in, with what is known of who it is from; or none, where there are as many as there may be.

use crate::rate::origin;
use axum_server::accept::{Accept, DefaultAcceptor};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::server::TlsStream;
use tower_http::add_extension::AddExtension;

/// What is known of who a connection is from. It is dropped with the connection, and makes room for another.
pub(crate) struct Peer {
    /// The names in its certificate, in small letters.
    pub(crate) names: Vec<String>,
    pub(crate) address: IpAddr,
    _place: Place,
}

/// How many connections there may be, in all and from one address.
#[derive(Clone)]
pub(crate) struct Room {
    places: Arc<Semaphore>,
    of_one: usize,
    by_origin: Arc<Mutex<HashMap<IpAddr, Held>>>,
    is_full: Arc<AtomicBool>,
    turned_away: Arc<AtomicU64>,
}

/// The connections from one address.
#[derive(Default)]
struct Held {
    connections: usize,
    /// Whether others were turned away, which is logged once.
    is_full: bool,
}

/// The place of one connection, which is given back when this is dropped.
struct Place {
    origin: IpAddr,
    by_origin: Arc<Mutex<HashMap<IpAddr, Held>>>,
    _of_all: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_origin = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = by_origin.get_mut(&self.origin) {
            *held = Held { connections: held.connections.saturating_sub(1), is_full: false };
            if held.connections == 0 {
                by_origin.remove(&self.origin);
            }
        }
    }
}

impl Room {
    pub(crate) fn of(places: usize, of_one: usize) -> Self {
        let places = Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)));
        Self {
            places,
            of_one: of_one.max(1),
            by_origin: Arc::default(),
            is_full: Arc::default(),
            turned_away: Arc::default(),
        }
    }

    fn enter(&self, address: IpAddr) -> io::Result<Place> {
        let of_all = self.enter_all()?;
        let origin = origin(address);
        let mut by_origin = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        let held = by_origin.entry(origin).or_default();
        if held.connections >= self.of_one {
            if !std::mem::replace(&mut held.is_full, true) {
                tracing::warn!(%origin, "one address has as many connections as it may; others of it are turned away");
            }
            return Err(io::Error::other("there are as many connections from this address as there may be"));
        }
        held.connections += 1;
        Ok(Place { origin, by_origin: Arc::clone(&self.by_origin), _of_all: of_all })
    }

    fn enter_all(&self) -> io::Result<OwnedSemaphorePermit> {
        let entered = Arc::clone(&self.places).try_acquire_owned();
        let was_full = self.is_full.swap(entered.is_err(), Ordering::Relaxed);
        match entered {
            Ok(place) => {
                if was_full {
                    let turned_away = self.turned_away.swap(0, Ordering::Relaxed);
                    tracing::info!(turned_away, "there is room for connections again");
                }
                Ok(place)
            }
            Err(_) => {
                self.turned_away.fetch_add(1, Ordering::Relaxed);
                if !was_full {
                    tracing::warn!("there are as many connections as there may be; others are turned away");
                }
                Err(io::Error::other("there are as many connections as there may be"))
            }
        }
    }
}

/// A connection that is given up when its other side takes nothing for a while.
pub(crate) type Patient = Pin<Box<TimeoutStream<TcpStream>>>;

/// Lets connections in, with TLS or without.
#[derive(Clone)]
pub(crate) struct Door<A> {
    room: Room,
    patience: Duration,
    inner: A,
}

impl Door<DefaultAcceptor> {
    pub(crate) fn plain(room: Room, patience: Duration) -> Self {
        Self { room, patience, inner: DefaultAcceptor::new() }
    }
}

impl Door<RustlsAcceptor> {
    pub(crate) fn tls(room: Room, patience: Duration, config: RustlsConfig) -> Self {
        Self { room, patience, inner: RustlsAcceptor::new(config).handshake_timeout(patience) }
    }
}

/// A connection that may know who it is from.
pub(crate) trait Introduced {
    /// The names in the certificate of the other side, in small letters.
    fn names(&self) -> Vec<String>;
}

impl Introduced for Patient {
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Introduced for TlsStream<Patient> {
    fn names(&self) -> Vec<String> {
        let (_, connection) = self.get_ref();
        let Some(certificate) = connection.peer_certificates().and_then(<[_]>::first) else { return Vec::new() };
        // It was checked when the connection was made.
        let Ok(certificate) = webpki::EndEntityCert::try_from(certificate) else { return Vec::new() };
        certificate.valid_dns_names().map(str::to_ascii_lowercase).collect()
    }
}

impl<A, S> Accept<TcpStream, S> for Door<A>
where
    A: Accept<Patient, S> + Clone + Send + Sync + 'static,
    A::Stream: Introduced + AsyncRead + AsyncWrite + Unpin + Send,
    A::Service: Send,
    A::Future: Send,
    S: Send + 'static,
{
    type Stream = A::Stream;
    type Service = AddExtension<A::Service, Arc<Peer>>;
    type Future = BoxFuture<'static, io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let (door, address) = (self.clone(), stream.peer_addr().map(|address| address.ip()));
        Box::pin(async move {
            // One who has gone by now needs no place.
            let address = address?;
            let place = door.room.enter(address)?;
            // An answer is small and goes at once.
            stream.set_nodelay(true)?;
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(door.patience));
            let (stream, service) = door.inner.accept(Box::pin(stream), service).await?;
            let peer = Arc::new(Peer { names: stream.names(), address, _place: place });
            Ok((stream, AddExtension::new(service, peer)))
        })
    }
}
