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

/// Writes a duration of whole seconds so that it is read as the same: `PT1H30M`.
pub fn format_duration(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = |amount: i64, unit| if amount == 0 { String::new() } else { format!("{amount}{unit}") };
    let parts = [part(hours, "H"), part(minutes, "M"), part(seconds, "S")].concat();
    if parts.is_empty() { "PT0S".to_owned() } else { format!("PT{parts}") }
}
