//! A number or a length in a condition, and the setting that it was taken from.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// A setting, by its place among those of the policy. Policies built on one another agree in the settings that both have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SettingId(pub u32);

/// A number or a length at its value in force. The setting that it was taken from takes no part in what a condition means, so
/// two parameters are equal when their values are.
#[derive(Clone, Copy)]
pub struct Parameter<T> {
    pub value: T,
    /// None where it is written as it is.
    pub setting: Option<SettingId>,
}

impl<T> From<T> for Parameter<T> {
    fn from(value: T) -> Self {
        Self { value, setting: None }
    }
}

impl<T> Deref for Parameter<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Parameter<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Parameter<T> {}

impl<T: Hash> Hash for Parameter<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T: fmt::Debug> fmt::Debug for Parameter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
