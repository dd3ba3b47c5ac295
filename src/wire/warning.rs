//! What was odd about a case, as a sentence. It names ids and paths, and never a fact.

use super::path::plain;
use crate::model::Warning;

/// The warning as a sentence for a person.
pub fn sentence(warning: &Warning) -> String {
    match warning {
        Warning::LaterThanCall { list, id } => {
            format!("`{}` in `{list}` is later than the call, and was left out", plain(id))
        }
        Warning::ThisCallInHistory { list } => format!("this call is also in `{list}`, and was left out there"),
        Warning::ListedTwice { list, id } => {
            format!("`{}` is in `{list}` more than once, and counts each time", plain(id))
        }
        Warning::LinkNotFound { path, id } => {
            format!("`{path}` names `{}`, which the history does not hold; it is taken as unknown", plain(id))
        }
        Warning::CalendarIncomplete { calendar, rule } => format!(
            "a time in rule `{rule}` runs past the days for which calendar `{calendar}` is complete; check it by hand"
        ),
        Warning::UntilCutShort => "only the first moments of change were worked out; there are more".to_owned(),
        Warning::ValueNotKnown { path } => {
            format!("what `{path}` holds cannot be used; it is taken as not known")
        }
        Warning::RecordLeftOut { list } => {
            format!("a record in `{list}` has no `id` and `at` that can be used; how many there are is not known")
        }
        Warning::UnknownKey { path } => format!("`{path}` is not in the vocabulary, and was left out"),
    }
}
