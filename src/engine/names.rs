//! What a person calls a policy -> which policy is meant.

use crate::text::{joined, nearest, slug};

/// The place of the policy called `wanted`: in any capitals, with `-` for spaces, or by the start of its name alone.
///
/// # Errors
/// That there is none, or several, in words.
pub fn named(names: &[&str], wanted: &str) -> Result<usize, String> {
    let slug_wanted = slug(wanted);
    let slugs: Vec<String> = names.iter().map(|name| slug(name)).collect();
    let exact =
        names.iter().position(|name| *name == wanted).or_else(|| slugs.iter().position(|slug| *slug == slug_wanted));
    if let Some(at) = exact {
        return Ok(at);
    }
    let starts: Vec<usize> =
        (0..).zip(&slugs).filter(|(_, slug)| slug.starts_with(&slug_wanted)).map(|(at, _)| at).collect();
    match *starts {
        [at] if !slug_wanted.is_empty() => Ok(at),
        [_, _, ..] if !slug_wanted.is_empty() => {
            let meant: Vec<&str> = starts.iter().filter_map(|at| names.get(*at).copied()).collect();
            Err(format!("`{wanted}` could be {}", joined(&meant, "or")))
        }
        _ => Err(unknown(names, &slugs, wanted)),
    }
}

fn unknown(names: &[&str], slugs: &[String], wanted: &str) -> String {
    let first_words = slugs.iter().map(|slug| slug.split('-').next().unwrap_or_default());
    let near = nearest(&slug(wanted), slugs.iter().map(String::as_str).chain(first_words));
    let near = near.and_then(|near| slugs.iter().position(|slug| slug.starts_with(near))).and_then(|at| names.get(at));
    let meant = match near {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there is {}", joined(names, "and")),
    };
    format!("no policy is called `{wanted}`; {meant}")
}
