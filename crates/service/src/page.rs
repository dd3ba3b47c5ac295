//! `GET /`: what the service is and how it goes, and, where it was given calls to try, a form to try them with.

use crate::routes::ROUTES;
use crate::state::{Sample, Shared};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, header};
use axum::response::IntoResponse;
use heedful::engine::VERSION;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::sync::Arc;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Nothing but what comes from here.
const ALLOWED: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) async fn script() -> Response<Body> {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}

pub(crate) async fn page(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let page = whole(&shared).into_string();
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, ALLOWED)];
    (headers, page).into_response()
}

fn whole(shared: &Shared) -> Markup {
    let generation = shared.service.live.current();
    let policies = generation.as_ref().map(|generation| generation.policies()).unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "heedful" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "heedful" }
                    @match &generation {
                        None => p class="warning" { "No policy is in force: calls cannot be decided here yet." },
                        Some(generation) => p {
                            "Generation " (generation.number()) " is in force:"
                            @for (number, policy) in policies.iter().enumerate() {
                                @if number > 0 { "," } " " (policy.name())
                            }
                            "."
                        },
                    }
                    @if !shared.service.samples.is_empty() { (form(&shared.service.samples)) }
                    section {
                        h2 { "What it answers" }
                        table {
                            caption { "Routes; " a href="/openapi.json" { "/openapi.json" } " describes each" }
                            thead { tr { th scope="col" { "Route" } th scope="col" { "What" } } }
                            tbody {
                                @for route in ROUTES.iter().filter(|route| route.path != "/page.js") {
                                    tr {
                                        th scope="row" { code { (route.method.to_ascii_uppercase()) " " (route.path) } }
                                        td { (route.says) }
                                    }
                                }
                            }
                        }
                    }
                    footer { p { "heedful " (VERSION) ". Every person and call in the examples is invented." } }
                }
                @if !shared.service.samples.is_empty() { script src="/page.js" {} }
            }
        }
    }
}

fn form(samples: &[Sample]) -> Markup {
    html! {
        section {
            h2 { "Try a call" }
            form id="try" {
                p {
                    label for="sample" { "An invented call" } " "
                    select id="sample" {
                        @for (name, case) in samples { option value=(case) { (name) } }
                    }
                }
                p {
                    label for="case" { "What is known of it and of its history, which may be changed" } br;
                    textarea id="case" rows="14" cols="80" spellcheck="false" { (samples.first().map_or("", |(_, case)| case)) }
                }
                p { button type="submit" { "Decide" } }
            }
            div id="answer" role="status" aria-live="polite" {}
        }
    }
}
