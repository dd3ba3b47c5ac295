//! A request -> let through to its route, where the one who asks is known and has the role for it; or the answer that says why not.

use crate::answer::ProblemAnswer;
use crate::asked::note_caller;
use crate::callers::{Caller, Callers};
use crate::door::Peer;
use crate::query::check_query;
use crate::role::Role;
use crate::routes::route_of;
use crate::state::Shared;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use std::sync::Arc;

pub(crate) async fn admit(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response<Body> {
    match admitted(&shared, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn admitted(shared: &Shared, request: &Request) -> Result<(), ProblemAnswer> {
    // Where there is no such route, there is nothing to keep from anybody.
    let Some(route) = route_of(request).filter(|route| route.role != Role::Anybody) else { return Ok(()) };
    let caller = match shared.service.safety.credentials.callers() {
        None => {
            not_from_another_page(request)?;
            None
        }
        Some(callers) => Some(known(&callers, request).map_err(|problem| once_more(shared, request, problem))?),
    };
    if let Some(caller) = &caller {
        note_caller(caller);
        if !caller.may(route.role) {
            return Err(ProblemAnswer::new(
                "role",
                format!(
                    "`{}` has the roles {}, and this is for the role `{}`; whoever keeps the file of tokens can give it",
                    caller.name(),
                    caller.roles(),
                    route.role.name()
                ),
            ));
        }
    }
    let name = caller.as_ref().map_or("", Caller::name);
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > shared.service.limits.body) {
        return Err(ProblemAnswer::too_large(shared.service.limits.body));
    }
    match &shared.rates {
        Some(rates) if !rates.allows(name, route.role) => Err(ProblemAnswer::new(
            "too-many",
            "this caller makes more requests in a second than it may; ask again in a second, or agree on a higher peak",
        )),
        _ => check_query(route, request.uri()),
    }
}

/// What one is told of whom it is not known who they are, as long as not too many such requests come from there.
fn once_more(shared: &Shared, request: &Request, problem: ProblemAnswer) -> ProblemAnswer {
    let address = request.extensions().get::<Arc<Peer>>().map(|peer| peer.address);
    if address.is_none_or(|address| shared.unknown.allows(address)) {
        return problem;
    }
    let most = shared.service.limits.unknown_per_minute;
    ProblemAnswer::new(
        "too-many",
        format!(
            "more than {most} requests in a minute came from this address without a token or certificate that is known; those with one are answered as ever: see that yours is in the file of tokens"
        ),
    )
}

/// Who asks: by a token, or else by the certificate of the connection.
pub(crate) fn known(callers: &Callers, request: &Request) -> Result<Caller, ProblemAnswer> {
    let who = |detail: String| ProblemAnswer::new("who", detail);
    if request.headers().contains_key(header::AUTHORIZATION) {
        let token = bearer(request.headers())
            .ok_or_else(|| who("write the token as `authorization: Bearer TOKEN`, once".to_owned()))?;
        let caller = callers.by_token(token);
        return caller.cloned().ok_or_else(|| {
            who("this token is not, or no longer, in the file of tokens; `heedful serve token` makes another"
                .to_owned())
        });
    }
    let names = request.extensions().get::<Arc<Peer>>().map(|peer| peer.names.as_slice()).unwrap_or_default();
    if let Some(caller) = callers.by_certificate(names) {
        return Ok(caller.clone());
    }
    Err(who(match names.first() {
        None => "send a token: `authorization: Bearer TOKEN`; `heedful serve token` makes one".to_owned(),
        Some(name) => format!(
            "the file of tokens has no line with `certificate:{name}`, the name in the certificate; add one, or send a token: `authorization: Bearer TOKEN`"
        ),
    }))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Where nobody is asked who they are, a page of another site that somebody on this machine has open changes nothing all the same.
fn not_from_another_page(request: &Request) -> Result<(), ProblemAnswer> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = header(header::ORIGIN).filter(|_| request.method() == Method::POST) else { return Ok(()) };
    let host = header(header::HOST).or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str));
    let from = origin.split_once("://").map(|(_, from)| from);
    if from.is_some() && from == host {
        return Ok(());
    }
    Err(ProblemAnswer::new(
        "role",
        "a page of another site may not do this; start the service with --tokens for those that may",
    ))
}
