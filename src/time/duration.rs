//! A stretch of time as machines write it, such as `PT40M`.

use jiff::SignedDuration;

/// Reads an ISO 8601 duration of hours, minutes and seconds; the answer is in whole seconds.
///
/// # Errors
/// What is wrong with it, in words.
pub fn parse_duration(text: &str) -> Result<i64, &'static str> {
    const FORM: &str = "is not a duration of hours, minutes and seconds; write 40 minutes as PT40M";
    if text.starts_with(['-', '−']) {
        return Err("is less than nothing; a duration starts with P, as in PT40M");
    }
    if !text.starts_with(['P', 'p']) {
        return Err(FORM);
    }
    text.parse::<SignedDuration>().map(|duration| duration.as_secs()).map_err(|_| FORM)
}
