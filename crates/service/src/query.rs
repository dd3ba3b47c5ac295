//! What stands after the `?` of a request -> whether it is what its route takes, or what is wrong with it.

use crate::answer::ProblemAnswer;
use crate::routes::{Asks, Route};
use axum::extract::Query;
use axum::http::Uri;
use heedful::text::nearest;

/// Whether a request asks for what its route has. What it says is not said again: it may be about somebody.
pub(crate) fn check_query(route: &Route, uri: &Uri) -> Result<(), ProblemAnswer> {
    if route.query.is_empty() {
        return Ok(());
    }
    let wrong = |what: String| Err(ProblemAnswer::new("request", format!("after the `?`: {what}")));
    let Ok(Query(said)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return wrong("it cannot be read; it is written `?name=value&other=value`".to_owned());
    };
    for (at, (name, value)) in said.iter().enumerate() {
        let Some((name, asks)) = route.query.iter().find(|(known, _)| known == name) else {
            let known = || route.query.iter().map(|(known, _)| *known);
            let meant = nearest(name, known()).map(|near| format!("did you mean `{near}`?"));
            let all = || format!("this route has `{}`", known().collect::<Vec<_>>().join("`, `"));
            return wrong(format!("a name that this route does not have; {}", meant.unwrap_or_else(all)));
        };
        if said.iter().take(at).any(|(before, _)| before == name) {
            return wrong(format!("`{name}` is said twice"));
        }
        match asks {
            Asks::Text => {}
            Asks::YesNo if ["true", "false"].contains(&value.as_str()) => {}
            Asks::YesNo => return wrong(format!("`{name}` is `true` or `false`")),
            Asks::Place if value.bytes().all(|digit| digit.is_ascii_digit()) && value.parse::<i64>().is_ok() => {}
            Asks::Place => return wrong(format!("`{name}` is a place in the record, as in `{name}=0`")),
            Asks::OneOf(values) if values.contains(&value.as_str()) => {}
            Asks::OneOf([one, other]) => return wrong(format!("`{name}` is `{one}` or `{other}`")),
        }
    }
    Ok(())
}
