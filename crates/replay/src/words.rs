//! Numbers -> as people read them.

use crate::report::SampleOfIds;

/// `12345` is `12,345`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut said = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

/// `1 row`, `1,234 rows`.
pub(crate) fn counted(number: u64, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{} {what}s", thousands(number)) }
}

/// Thousandths as a percentage: `125` is `12.5 %`.
pub(crate) fn percent(thousandths: u64) -> String {
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// `3 (row-1, row-4, …)`
pub(crate) fn such_as(sample: &SampleOfIds) -> String {
    if sample.calls == 0 {
        return "0".to_owned();
    }
    let more = if sample.calls > sample.first.len() as u64 { ", …" } else { "" };
    format!("{} ({}{more})", thousands(sample.calls), sample.first.join(", "))
}
