//! A name that does not exist -> the one that was probably meant, where letters alone do not tell: by what it names.

use crate::model::{Field, IdentityKind, Type};
use crate::text::{Diagnostic, joined, nearest};

/// Words that people use for one another.
const ALIKE: [&[&str]; 6] = [
    &["address", "place", "location", "house", "home", "property", "premises", "household"],
    &["phone", "number", "telephone", "mobile", "line"],
    &["suspect", "offender", "perpetrator", "accused", "respondent", "subject"],
    &["victim", "complainant", "survivor", "aggrieved", "injured-party"],
    &["caller", "informant", "reporter", "contact"],
    &["kind", "type", "category", "class", "code"],
];

/// Says which of some fields was probably meant by a name that is none of them: the one that is nearest in letters, that is
/// named alike, or that alone names somebody or something of the kind.
pub(super) fn suggest<'f>(
    problem: Diagnostic,
    written: &str,
    fields: impl Iterator<Item = &'f Field> + Clone,
    identities: &[String],
) -> Diagnostic {
    let names: Vec<&str> = fields.clone().map(|field| field.name.as_str()).collect();
    if let Some(near) = nearest(written, names.iter().copied()) {
        return problem.suggest(Some(near));
    }
    let written = written.strip_suffix("es").filter(|word| word.ends_with("ss")).unwrap_or(written);
    let word = written
        .strip_suffix('s')
        .filter(|word| !ALIKE.iter().any(|alike| alike.contains(&written)) && word.len() > 2)
        .unwrap_or(written);
    let kind_of = |kind: IdentityKind| identities.get(kind.index()).map(String::as_str);
    let of_kind: Vec<&str> = fields
        .filter(|field| matches!(field.ty, Type::Identity { kind, .. } if kind_of(kind) == Some(word)))
        .map(|field| field.name.as_str())
        .collect();
    let alike = ALIKE.iter().find(|alike| alike.contains(&word));
    let named: Vec<&str> =
        names.iter().copied().filter(|name| alike.is_some_and(|alike| alike.contains(name))).collect();
    match (of_kind.as_slice(), named.as_slice()) {
        ([only], _) | ([], [only]) => problem.suggest(Some(only)),
        ([], []) => problem,
        ([], several) | (several, _) => problem.help(format!("did you mean {}?", joined(several, "or"))),
    }
}
