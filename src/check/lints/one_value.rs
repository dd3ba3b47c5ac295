//! A setting that can have one value alone: `one-value`.
//!
//! A setting whose range begins and ends with the same value.
//!
//! A setting is a number that a force may choose. This one offers a choice and leaves none: every `set` of it is refused,
//! and who reads the policy looks for a decision that nobody may take.
//!
//! ```heed
//! setting quiet-hours is 6 hours, from 6 hours to 6 hours
//!   "How long a caller is quiet before a call is new"
//!
//! rule caller-of-today "A caller of today"
//!   when any call by the same caller within quiet-hours, not counting this one
//!   then grade at least priority
//!   because "The caller has called in the last {quiet-hours}"
//!   source "Local policy"
//! ```
//!
//! Widen the range, or write the value where it is used:
//!
//! ```heed
//! rule caller-of-today "A caller of today"
//!   when any call by the same caller within 6 hours, not counting this one
//!   then grade at least priority
//!   because "The caller has called in the last 6 hours"
//!   source "Local policy"
//! ```

use super::super::policy::{Policy, SettingRange};
use crate::text::Diagnostic;

pub(super) fn one_value(policy: &Policy, found: &mut Vec<Diagnostic>) {
    for setting in &policy.settings {
        let value = match &setting.range {
            Some(SettingRange::FromTo(from, to)) if from == to => from.to_string(),
            Some(SettingRange::OneOf(names)) if names.len() == 1 => names.concat(),
            _ => continue,
        };
        let Some(declared) = setting.given.first() else { continue };
        let message = format!("`{}` can have no other value than {value}", setting.name);
        found.push(
            Diagnostic::warning("one-value", declared.at, message)
                .help("widen its range, or write the value where it is used and leave the setting out"),
        );
    }
}
