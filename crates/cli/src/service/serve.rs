//! `heedful serve`: decisions over HTTP, with what goes live as `heedful watch` has it.

use super::args::{NotRecordedArg, ServeArgs};
use super::demo::Demo;
use super::log;
use super::place::{Place, runtime};
use super::safety::ServeCommand;
use super::token;
use crate::error::CliError;
use crate::terminal::Terminal;
use crate::watch;
use heedful::engine::VERSION;
use heedful_live::Live;
use heedful_live::store::now;
use heedful_live::watch::Watch;
use heedful_record::{QueueLimits, RecordQueue, Recorder, WaitingRoom};
use heedful_service::{EventFiles, Limits, Recording, Service, WhenNotRecorded, log_event, routes, start};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn run(args: ServeArgs, terminal: &Terminal) -> Result<(), CliError> {
    if let Some(ServeCommand::Token(args)) = &args.what {
        return token::run(args, terminal);
    }
    let safety = args.safety.safety()?;
    let credentials = Arc::clone(&safety.credentials);
    let limits = args.safety.limits(Limits {
        body: args.max_body,
        concurrency: args.max_requests,
        deadline: Duration::from_millis(args.deadline),
        lag: Duration::from_secs(args.lag),
        ..Limits::default()
    });
    let live = Arc::new(Live::default());
    let told = live.subscribe();
    let demo = args.demo.then(Demo::new).transpose()?;
    let policies = demo.as_ref().map_or(args.policies, |demo| vec![demo.rules()]);
    let options = watch::options(policies, args.how, &live)?;
    let kept = options.keep.as_ref().map(|keeper| keeper.keep().clone());
    let place = match args.no_record {
        true => None,
        false => Some(Place::of(&args.place, kept.as_ref().map(heedful_live::store::Store::folder))?),
    };
    // What is logged is written until it is dropped.
    let _log = log::begin(args.safety.log);
    if limits.connections < args.safety.max_connections {
        let (asked, room) = (args.safety.max_connections, limits.connections);
        tracing::warn!(
            asked,
            room,
            "the system lets this process have fewer connections (ulimit -n) than were asked for"
        );
    }
    let strict = options.strict_start;
    let watch = Watch::start(&live, options);
    let watch = match watch {
        Ok(watch) => Arc::new(watch),
        Err(why) => {
            while let Ok(event) = told.next_within(Duration::ZERO) {
                log_event(&event);
            }
            tracing::error!("not started: {why}");
            return Err(if strict { CliError::FellShort } else { CliError::Cannot(why) });
        }
    };
    runtime()?.block_on(async {
        let mut ending = None;
        let record = match place {
            None => None,
            Some(place) => {
                let when = match args.when_not_recorded {
                    NotRecordedArg::Answer => WhenNotRecorded::Answer,
                    NotRecordedArg::Queue => WhenNotRecorded::Queue,
                    NotRecordedArg::Refuse => WhenNotRecorded::Refuse,
                };
                // Where nothing is decided without a record, nothing can be decided until it is there.
                let store = match when {
                    WhenNotRecorded::Refuse => place.store().await?,
                    WhenNotRecorded::Answer | WhenNotRecorded::Queue => place.store_or_later().await?,
                };
                let key = Arc::new(place.key()?);
                let verify_key = key.verify_key().clone();
                let (queue, records) = Recorder::new(store.clone(), key, QueueLimits::default());
                let recorder = tokio::spawn(records.run());
                let folder = args.waiting.unwrap_or_else(|| place.waiting());
                let waiting = waiting_room(&queue, args.max_waiting, &folder);
                ending = Some((recorder, Arc::clone(&waiting)));
                Some(Recording::new(store, queue, verify_key, when, waiting))
            }
        };
        let looked = Arc::clone(&watch);
        let (ends, is_ending) = tokio::sync::watch::channel(false);
        let until = async move {
            told_to_end().await;
            let _ = ends.send(true);
        };
        let service = Service {
            live: Arc::clone(&live),
            kept,
            policy: args.force.or_else(|| demo.as_ref().map(|_| Demo::FORCE.to_owned())),
            record,
            events: args.events.map(|map| EventFiles { map, lag: args.events_lag.map(Duration::from_secs) }),
            unknown_keys: args.unknown_keys.into(),
            unknown_values: args.unknown_values.into(),
            limits,
            samples: if demo.is_some() { Demo::samples() } else { Vec::new() },
            safety,
            look: Box::new(move || looked.look()),
            ending: is_ending,
            now,
        };
        let router = routes(service, told).map_err(|error| CliError::Cannot(error.to_string()))?;
        let running = start(router, args.listen, limits, Arc::clone(&credentials), until).await;
        let running = running.map_err(|error| CliError::Cannot(error.to_string()))?;
        let (tls, tokens) = (credentials.has_tls(), credentials.has_tokens());
        let address = running.address.to_string();
        let generation = live.current().map_or(0, |generation| generation.number());
        tracing::info!(address, tls, tokens, generation, engine = VERSION, "listening");
        terminal.print(&format!("{}://{address}\n", if tls { "https" } else { "http" }))?;
        running.ended().await.map_err(|error| CliError::Cannot(error.to_string()))?;
        // Whatever waits to be recorded is recorded before the process ends, or stays on the disk for the next.
        if let Some((recorder, waiting)) = ending {
            let left = waiting.end(limits.grace).await;
            drop(waiting);
            if left.entries > 0 {
                let (decisions, lost) = (left.entries, left.in_memory);
                tracing::error!(
                    decisions,
                    lost,
                    "decisions still wait to be recorded; those on the disk are recorded at the next start"
                );
            }
            let _ = tokio::time::timeout(limits.grace, recorder).await;
        }
        tracing::info!("ended");
        Ok(())
    })
}

/// Where decisions wait that could not be recorded. Where the folder cannot be used they wait in memory, and the log says so: calls are
/// decided all the same.
fn waiting_room(queue: &RecordQueue, most: u64, folder: &Path) -> Arc<WaitingRoom> {
    let path = folder.display().to_string();
    let (room, damaged) = WaitingRoom::open(queue.clone(), most, folder).unwrap_or_else(|error| {
        tracing::error!(path, %error, "decisions that cannot be recorded wait in memory: the folder cannot be used");
        (WaitingRoom::in_memory(queue.clone(), most), None)
    });
    if let Some(damaged) = damaged {
        let damaged = damaged.display().to_string();
        tracing::error!(damaged, "what waited to be recorded is not what was written; it was moved to this file");
    }
    let decisions = room.waiting().entries;
    if decisions > 0 {
        tracing::warn!(decisions, "decisions of an earlier process wait to be recorded");
    }
    Arc::new(room)
}

/// Comes when the process is told to end: by SIGTERM, or by a key at the terminal.
async fn told_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    _ = interrupted => {}
                    _ = terminated.recv() => {}
                }
            }
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
