//! A peer behind the web server that heedful is behind: a case, or one on each line, to what its engine says.

use crate::engines::{self, Engine};
use crate::generate::Texts;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use axum::routing::post;
use std::cell::RefCell;

thread_local! {
    /// Each thread of the server has an engine of its own, so none waits for another.
    static ENGINE: RefCell<Option<Box<dyn Engine>>> = const { RefCell::new(None) };
}

/// In place of an engine's name: nothing is decided.
pub const NOTHING: &str = "nothing";

/// Serves the engine of a name, until the process is ended. Where it listens goes to standard output.
///
/// # Errors
/// There is none of that name, or the system does not let it listen.
pub fn serve(name: &str) -> Result<(), String> {
    let name = match name {
        NOTHING => NOTHING,
        name => engines::all().iter().find(|kind| kind.name == name).ok_or("no such engine")?.name,
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let router = Router::new().route("/decide", post(decide)).with_state(name);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
        println!("http://{}", listener.local_addr().map_err(|error| error.to_string())?);
        axum::serve(listener, router).await.map_err(|error| error.to_string())
    })
}

async fn decide(State(name): State<&'static str>, headers: HeaderMap, body: String) -> impl IntoResponse {
    let many = headers.get(header::CONTENT_TYPE).is_some_and(|form| form == "application/x-ndjson");
    let form = if many { "application/x-ndjson" } else { "application/json" };
    if name == NOTHING {
        return ([(header::CONTENT_TYPE, form)], "{}\n".repeat(body.lines().count()).into_bytes());
    }
    let answer = ENGINE.with_borrow_mut(|engine| {
        let engine = engine.get_or_insert_with(|| {
            let kind =
                engines::all().into_iter().find(|kind| kind.name == name).expect("the engine that was asked for");
            kind.loaded(1).expect("an engine that takes its rules")
        });
        let mut answer = Vec::with_capacity(1024);
        for line in body.lines() {
            engine.decide(&Texts::sent(line), &mut answer);
            answer.push(b'\n');
        }
        answer
    });
    ([(header::CONTENT_TYPE, form)], answer)
}
