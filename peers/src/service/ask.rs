//! Asks a server over many connections and notes how long each answer takes: a client that costs as little as may be, since it
//! shares the machine with what it measures.

use hdrhistogram::Histogram;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

pub struct Asking {
    pub address: SocketAddr,
    pub connections: usize,
    pub seconds: Duration,
    /// Requests a second; none where each connection asks again as soon as it is answered.
    pub rate: Option<u64>,
}

/// How long answers took, in nanoseconds. At a rate it counts from when a request was due, also where no connection was free then.
pub struct Waits {
    all: Histogram<u64>,
    took: Duration,
}

impl Waits {
    pub fn each_second(&self) -> f64 {
        self.all.len() as f64 / self.took.as_secs_f64()
    }

    /// The time within which such a part of all were answered.
    pub fn at(&self, part: f64) -> f64 {
        self.all.value_at_quantile(part) as f64
    }
}

/// # Errors
/// A connection ends, or an answer is not `200`.
pub fn ask(asking: &Asking, requests: impl Iterator<Item = Vec<u8>>) -> Result<Waits, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let all = Arc::new(Mutex::new(Histogram::new(3).map_err(|error| error.to_string())?));
    // A moment in which the server gets going.
    let begun = Instant::now() + Duration::from_millis(300);
    let until = begun + asking.seconds;
    let local = tokio::task::LocalSet::new();
    let took = local.block_on(&runtime, async {
        let mut asked = Vec::new();
        let mut hands = Vec::new();
        for _ in 0..asking.connections {
            let stream = TcpStream::connect(asking.address).await.map_err(|error| error.to_string())?;
            stream.set_nodelay(true).map_err(|error| error.to_string())?;
            let (hand, work) = mpsc::channel::<(Instant, Vec<u8>)>(1);
            hands.push(hand);
            asked.push(tokio::task::spawn_local(connection(stream, work, Arc::clone(&all), begun)));
        }
        give(asking, requests, hands, until).await;
        for one in asked {
            one.await.map_err(|error| error.to_string())??;
        }
        Ok::<_, String>(begun.elapsed())
    })?;
    let all = std::mem::replace(
        &mut *all.lock().map_err(|error| error.to_string())?,
        Histogram::new(3).map_err(|error| error.to_string())?,
    );
    Ok(Waits { all, took })
}

/// Hands out requests until the time is over: at a rate each when it is due, else whenever a connection is free.
async fn give(
    asking: &Asking,
    requests: impl Iterator<Item = Vec<u8>>,
    hands: Vec<mpsc::Sender<(Instant, Vec<u8>)>>,
    until: Instant,
) {
    let begin = Instant::now();
    let mut number = 0u32;
    let mut next = 0;
    for request in requests {
        let now = Instant::now();
        if now >= until {
            return;
        }
        let due = match asking.rate {
            None => now,
            Some(rate) => {
                let due = begin + Duration::from_secs(1) * number / u32::try_from(rate).unwrap_or(u32::MAX);
                if due > now {
                    tokio::time::sleep_until(due.into()).await;
                }
                due
            }
        };
        number += 1;
        // Whoever is free; where nobody is, the next in turn is waited for.
        let free = (0..hands.len()).map(|step| (next + step) % hands.len()).find(|at| hands[*at].capacity() > 0);
        let at = free.unwrap_or(next);
        next = (at + 1) % hands.len();
        if hands[at].send((due, request)).await.is_err() {
            return;
        }
    }
}

async fn connection(
    mut stream: TcpStream,
    mut work: mpsc::Receiver<(Instant, Vec<u8>)>,
    all: Arc<Mutex<Histogram<u64>>>,
    begun: Instant,
) -> Result<(), String> {
    let mut answer = Vec::new();
    while let Some((due, request)) = work.recv().await {
        stream.write_all(&request).await.map_err(|error| error.to_string())?;
        answer.clear();
        while !is_whole(&answer)? {
            if stream.read_buf(&mut answer).await.map_err(|error| error.to_string())? == 0 {
                return Err("the server closed a connection".to_owned());
            }
        }
        if due >= begun {
            let took = u64::try_from(due.elapsed().as_nanos()).unwrap_or(u64::MAX);
            all.lock().map_err(|error| error.to_string())?.record(took).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// Whether all of an answer is there.
fn is_whole(answer: &[u8]) -> Result<bool, String> {
    let Some(head) = answer.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(false) };
    let text = std::str::from_utf8(&answer[..head]).map_err(|error| error.to_string())?;
    if !text.starts_with("HTTP/1.1 200") {
        return Err(format!("a server answers: {}", String::from_utf8_lossy(answer)));
    }
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Ok(answer.len() >= head + 4 + length.ok_or("an answer without a length")?)
}
