//! What was odd about a case, as a sentence. It names ids and paths, and never a fact.

use super::path::plain;
use crate::model::Warning;
use crate::text::joined;

/// The warning as a sentence for a person.
pub fn sentence(warning: &Warning) -> String {
    match warning {
        Warning::LaterThanCall { list, id } => {
            format!("`{}` in `{list}` is later than the call, and was left out", plain(id))
        }
        Warning::ThisCallInHistory { list } => format!("this call is also in `{list}`, and was left out there"),
        Warning::ListedTwice { list, id, differs } => listed_twice(list, &plain(id), differs),
        Warning::LinkNotFound { path, id } => {
            format!("`{path}` names `{}`, which the history does not hold; it is taken as unknown", plain(id))
        }
        Warning::CalendarIncomplete { calendar, rule } => format!(
            "a time in rule `{rule}` runs past the days for which calendar `{calendar}` is complete; check it by hand"
        ),
        Warning::CalendarUnknown { calendar } => format!(
            "calendar `{calendar}` is not complete for a day that is asked about; whether it is one of its days is not known"
        ),
        Warning::UntilCutShort => "only the first moments of change were worked out; there are more".to_owned(),
        Warning::ValueNotKnown { path } => {
            format!("what `{path}` holds cannot be used; it is taken as not known")
        }
        Warning::RecordLeftOut { list } => {
            format!("a record in `{list}` has no `id` and `at` that can be used; how many there are is not known")
        }
        Warning::TogetherCutShort => {
            "too much is unknown to go through every way in which it may turn out; more may be certain".to_owned()
        }
        Warning::UnknownNotListed { rule, more } => {
            format!("rule `{rule}` waits for more fields of records than are listed; there are {more} more")
        }
        Warning::UnknownKey { path } => format!("`{path}` is not in the vocabulary, and was left out"),
    }
}

fn listed_twice(list: &str, id: &str, differs: &[String]) -> String {
    let said = format!("`{id}` is in `{list}` more than once");
    let fields: Vec<&String> = differs.iter().filter(|field| *field != "at").collect();
    let counts = match differs.len() > fields.len() {
        true => "with different times, each of which may or may not count",
        false => "and counts once",
    };
    match fields.as_slice() {
        [] => format!("{said}, {counts}"),
        fields => format!("{said}, {counts}; what it says of {} differs, and is not known", joined(fields, "and")),
    }
}
