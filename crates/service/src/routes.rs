//! Every route: its method, its path, who may use it, what it takes and gives, and what answers it. The router and the description of the service
//! are both made from this -> one table.

use crate::admit::admit;
use crate::ahead;
use crate::answer::ProblemAnswer;
use crate::asked::Asked;
use crate::decide;
use crate::events;
use crate::files;
use crate::given;
use crate::health;
use crate::kept::KeptHistory;
use crate::metrics::Metrics;
use crate::news;
use crate::news::News;
use crate::openapi;
use crate::page;
use crate::policy;
use crate::rate::{RateLimit, UnknownLimit};
use crate::record;
use crate::role::Role;
use crate::signed::SignedPages;
use crate::state::{Service, Shared};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post, put};
use heedful_live::Subscription;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// What a request holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Takes {
    Nothing,
    Case,
    /// A record, with its kind.
    Record,
    /// How far a feed has come.
    Source,
    Json(&'static [&'static str]),
}

/// What an answer holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gives {
    Decision,
    Json,
    Text,
    Bytes,
    Events,
}

/// What a name of a query may say.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asks {
    Text,
    YesNo,
    /// A place in the record: one that a database can count to.
    Place,
    OneOf([&'static str; 2]),
}

/// A route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) role: Role,
    pub(crate) says: &'static str,
    pub(crate) takes: Takes,
    pub(crate) gives: Gives,
    /// Names of the query: with what each is.
    pub(crate) query: &'static [(&'static str, Asks)],
    /// The problems that it may answer with, by code, besides those of every route.
    pub(crate) problems: &'static [&'static str],
}

const FORCE: (&str, Asks) = ("force", Asks::Text);

pub(crate) static ROUTES: [Route; 25] = [
    Route {
        method: "get",
        path: "/",
        role: Role::Anybody,
        says: "What the service is, as a page",
        takes: Takes::Nothing,
        gives: Gives::Text,
        query: &[],
        problems: &[],
    },
    Route {
        method: "get",
        path: "/page.js",
        role: Role::Anybody,
        says: "What the page runs",
        takes: Takes::Nothing,
        gives: Gives::Text,
        query: &[],
        problems: &[],
    },
    Route {
        method: "post",
        path: "/decide",
        role: Role::Decide,
        says: "Decides a call with its history, or one on each line",
        takes: Takes::Case,
        gives: Gives::Decision,
        query: &[FORCE, ("why", Asks::YesNo), ("history", Asks::OneOf(["sent", "kept"]))],
        problems: &[
            "not-found",
            "case",
            "not-json",
            "media-type",
            "too-large",
            "no-policy",
            "which-policy",
            "not-recorded",
        ],
    },
    Route {
        method: "get",
        path: "/policy",
        role: Role::Read,
        says: "The policy in force, as a document: HTML for a browser, else JSON",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[FORCE],
        problems: &["no-policy", "which-policy"],
    },
    Route {
        method: "get",
        path: "/schema",
        role: Role::Read,
        says: "The JSON Schema of a case",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[FORCE],
        problems: &["no-policy", "which-policy"],
    },
    Route {
        method: "get",
        path: "/questions",
        role: Role::Read,
        says: "Every question that a decision may ask, whom it is for, and what answers it",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[FORCE],
        problems: &["no-policy", "which-policy"],
    },
    Route {
        method: "get",
        path: "/generations",
        role: Role::Read,
        says: "What is in force, and what was",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[],
        problems: &[],
    },
    Route {
        method: "post",
        path: "/roll-back",
        role: Role::Edit,
        says: "Puts a kept generation back in force until it is released",
        takes: Takes::Json(&["digest", "by", "because"]),
        gives: Gives::Json,
        query: &[],
        problems: &["not-found", "too-large"],
    },
    Route {
        method: "post",
        path: "/release",
        role: Role::Edit,
        says: "Puts the files back in force",
        takes: Takes::Json(&["by", "because"]),
        gives: Gives::Json,
        query: &[],
        problems: &["not-found", "too-large"],
    },
    Route {
        method: "get",
        path: "/news",
        role: Role::Read,
        says: "What goes live, what is refused and what is due, as it happens",
        takes: Takes::Nothing,
        gives: Gives::Events,
        query: &[],
        problems: &[],
    },
    Route {
        method: "post",
        path: "/records",
        role: Role::Feed,
        says: "Keeps a record for the histories of later calls, or one from each line",
        takes: Takes::Record,
        gives: Gives::Json,
        query: &[FORCE],
        problems: &[
            "record",
            "not-json",
            "media-type",
            "too-large",
            "no-policy",
            "which-policy",
            "not-found",
            "not-recorded",
        ],
    },
    Route {
        method: "put",
        path: "/sources/{kind}",
        role: Role::Feed,
        says: "Notes up to when a feed has told every record of a kind",
        takes: Takes::Source,
        gives: Gives::Json,
        query: &[FORCE],
        problems: &["record", "no-policy", "which-policy", "not-found", "not-recorded", "too-large"],
    },
    Route {
        method: "get",
        path: "/sources",
        role: Role::Read,
        says: "Up to when each feed has told everything, and which are late",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[],
        problems: &[],
    },
    Route {
        method: "get",
        path: "/due",
        role: Role::Decide,
        says: "The times ahead that came, from a place in the record on, each with its case decided again",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[("since", Asks::Place)],
        problems: &["not-found", "not-recorded"],
    },
    Route {
        method: "post",
        path: "/cases/{case}/close",
        role: Role::Decide,
        says: "Closes a case: what is still ahead of it is told to nobody, unless it is decided again",
        takes: Takes::Json(&["by", "because"]),
        gives: Gives::Json,
        query: &[],
        problems: &["not-found", "not-recorded", "too-large"],
    },
    Route {
        method: "get",
        path: "/health",
        role: Role::Anybody,
        says: "That the service runs, and how it is",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[],
        problems: &[],
    },
    Route {
        method: "get",
        path: "/ready",
        role: Role::Anybody,
        says: "Whether calls can be decided here; 503 where they cannot",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[],
        problems: &[],
    },
    Route {
        method: "get",
        path: "/metrics",
        role: Role::Read,
        says: "Counters and histograms for Prometheus",
        takes: Takes::Nothing,
        gives: Gives::Text,
        query: &[],
        problems: &[],
    },
    Route {
        method: "get",
        path: "/openapi.json",
        role: Role::Anybody,
        says: "This description",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[],
        problems: &[],
    },
    Route {
        method: "get",
        path: "/record/key",
        role: Role::Anybody,
        says: "The key by which checkpoints of the record are checked",
        takes: Takes::Nothing,
        gives: Gives::Text,
        query: &[],
        problems: &["not-found"],
    },
    Route {
        method: "get",
        path: "/record/log/{*path}",
        role: Role::Read,
        says: "A file of the record's log (C2SP tlog-tiles)",
        takes: Takes::Nothing,
        gives: Gives::Bytes,
        query: &[],
        problems: &["not-found", "not-recorded"],
    },
    Route {
        method: "get",
        path: "/record/entries/{place}",
        role: Role::Audit,
        says: "An entry of the record, with the proof that it is in the log; that it was read is recorded. A restricted one needs the role `restricted` besides",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[],
        problems: &["not-found", "not-recorded"],
    },
    Route {
        method: "get",
        path: "/record/cases/{case}",
        role: Role::Audit,
        says: "Everything that is recorded of a case; that it was read is recorded. A restricted one needs the role `restricted` besides",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[],
        problems: &["not-found", "not-recorded"],
    },
    Route {
        method: "get",
        path: "/record/restricted",
        role: Role::Audit,
        says: "The restricted cases, from a place in the record on, each with the decisions by which it is; that they were listed is recorded. It needs the role `restricted` besides",
        takes: Takes::Nothing,
        gives: Gives::Json,
        query: &[("since", Asks::Place)],
        problems: &["not-found", "not-recorded"],
    },
    Route {
        method: "post",
        path: "/record/cases/{case}/handler-grade",
        role: Role::Decide,
        says: "Records the grade that the call handler gave, and why",
        takes: Takes::Json(&["outcome", "because"]),
        gives: Gives::Json,
        query: &[],
        problems: &["not-found", "not-recorded", "too-large"],
    },
];

fn answers(path: &str) -> MethodRouter<Arc<Shared>> {
    match path {
        "/" => get(page::page),
        "/page.js" => get(page::script),
        "/decide" => post(decide::decide),
        "/policy" => get(policy::policy),
        "/schema" => get(policy::schema),
        "/questions" => get(policy::questions),
        "/generations" => get(policy::generations),
        "/roll-back" => post(policy::roll_back),
        "/release" => post(policy::release),
        "/news" => get(news::news),
        "/records" => post(events::records),
        "/sources/{kind}" => put(events::source),
        "/sources" => get(events::sources),
        "/due" => get(ahead::due),
        "/cases/{case}/close" => post(ahead::close),
        "/health" => get(health::health),
        "/ready" => get(health::ready),
        "/metrics" => get(health::metrics),
        "/openapi.json" => get(openapi::openapi),
        "/record/key" => get(record::key),
        "/record/log/{*path}" => get(record::log),
        "/record/entries/{place}" => get(record::entry),
        "/record/cases/{case}" => get(record::of_case),
        "/record/restricted" => get(record::restricted),
        "/record/cases/{case}/handler-grade" => post(given::handler_grade),
        _ => MethodRouter::new(),
    }
}

/// The router of a service. `told` is subscribed to its live policies, which had better be before the first of them was put in force:
/// it is what the log and those who listen hear of them.
///
/// # Errors
/// The thread that passes on events cannot begin.
pub fn routes(service: Service, told: Subscription) -> io::Result<Router> {
    let limits = service.limits;
    let news = News::begin(told, service.now, limits.listeners)?;
    let rates = service.safety.rate.map(RateLimit::new);
    let kept = KeptHistory::new(service.events.is_some());
    let shared = Arc::new(Shared {
        service,
        metrics: Metrics::new(),
        news,
        rates,
        unknown: UnknownLimit::new(limits.unknown_per_minute),
        kept,
        signed: SignedPages::default(),
        busy: AtomicUsize::new(0),
    });
    files::begin(&shared);
    ahead::begin(&shared);
    let mut router = Router::new();
    for route in &ROUTES {
        router = router.route(route.path, answers(route.path));
    }
    Ok(router
        .fallback(|| async { ProblemAnswer::new("not-found", "there is no such route; /openapi.json has them all") })
        .method_not_allowed_fallback(|| async {
            ProblemAnswer::new("not-allowed", "this route has another method; /openapi.json says which")
        })
        .layer(from_fn_with_state(Arc::clone(&shared), in_our_words))
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(from_fn_with_state(Arc::clone(&shared), admit))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request could not be answered, by a mistake in heedful");
            ProblemAnswer::new("failed", "this is a mistake in heedful; the request can be sent again").into_response()
        }))
        .layer(from_fn_with_state(Arc::clone(&shared), within_limits))
        .with_state(shared))
}

/// What the framework refuses by itself, said as everything else is.
async fn in_our_words(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response<Body> {
    let response = next.run(request).await;
    let is_ours =
        response.headers().get("content-type").is_some_and(|form| form.as_bytes().starts_with(b"application/"));
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if !is_ours => {
            ProblemAnswer::too_large(shared.service.limits.body).into_response()
        }
        status if status.is_client_error() && !is_ours => {
            ProblemAnswer::new("request", "the request cannot be understood; /openapi.json says what it may be")
                .into_response()
        }
        _ => response,
    }
}

/// The route that a request is for; none where there is no such route.
pub(crate) fn route_of(request: &Request) -> Option<&'static Route> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    ROUTES.iter().find(|route| route.path == path)
}

/// Turns away what is too much, gives up what takes too long, counts every answer, and logs it in one line.
async fn within_limits(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response<Body> {
    let begun = Instant::now();
    let route = route_of(&request).map_or("other", |route| route.path);
    let limits = shared.service.limits;
    let asked = Arc::new(Asked::default());
    let busy = Busy::enter(&shared.busy);
    let response = if busy.number > limits.concurrency {
        ProblemAnswer::new("busy", format!("{} requests are worked on at a time; ask again", limits.concurrency))
            .into_response()
    } else {
        match tokio::time::timeout(limits.time, Arc::clone(&asked).during(next.run(request))).await {
            Ok(response) => response,
            Err(_) => {
                ProblemAnswer::new("too-slow", format!("the answer took longer than {} ms", limits.time.as_millis()))
                    .into_response()
            }
        }
    };
    let status = response.status().as_u16();
    shared.metrics.answered(route, status);
    // A thousand seconds for a second are milliseconds, with their fraction.
    let ms = begun.elapsed().saturating_mul(1_000).as_secs_f64();
    tracing::info!(route, status, ms, caller = asked.by(), case = asked.case(), "answered");
    response
}

/// One request that is worked on.
struct Busy<'a> {
    all: &'a AtomicUsize,
    number: usize,
}

impl<'a> Busy<'a> {
    fn enter(all: &'a AtomicUsize) -> Self {
        Self { all, number: all.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
    }
}
