//! A value and what else is known -> the answer to a question about it: what can be asked of a value, a file for each family.

mod none;
mod choice;
mod number;
mod flags;
mod how_many;
mod passing;
mod span;
mod moment;
mod apart;
mod clock;
mod same;
mod mention;
mod in_force;

pub use super::apart::{Apart, Reach};
pub use apart::SameDay;
pub use choice::{Is, OneOf};
pub use clock::{Calendar, Clock, Weekday};
pub use flags::{Exclude, Include};
pub use how_many::{FlagCount, IdentityCount, identity_count};
pub use in_force::{InForce, in_force};
pub use mention::Mention;
pub use moment::{Day, Moment};
pub use none::IsNone;
pub use number::{Compare, Range};
pub use passing::{Passed, ToCome};
pub use same::{Same, share};
pub use span::{Ago, Within, WithinNext};

use super::form::{Context, Form, Names};
use super::marks::Mark;
use super::subject::Subject;
use crate::model::{Truth, Value};
use crate::time::Length;

/// The one list of all forms, and what hands a call on to the form that is meant.
macro_rules! forms {
    ($($form:ident),+ $(,)?) => {
        /// What can be asked of a value.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Predicate {
            $($form($form)),+
        }

        $(impl From<$form> for Predicate {
            fn from(form: $form) -> Self {
                Self::$form(form)
            }
        })+

        impl Predicate {
            /// What is the same for every form, but for its truth.
            pub fn form(&self) -> &dyn Form {
                match self {
                    $(Self::$form(form) => form),+
                }
            }

            /// The answer for a value, where neither the clock nor anything else has a say in it.
            #[inline]
            pub fn of_value(&self, value: &Value) -> Option<Truth> {
                if *value == Value::Unknown {
                    return Some(Truth::Unknown);
                }
                match self {
                    $(Self::$form(form) => form.of_value(*value)),+
                }
            }

            /// The answer for a value, where [`Predicate::of_value`] gives none.
            pub fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
                match self {
                    $(Self::$form(form) => form.truth(value, context)),+
                }
            }

            /// Whether the answer is yes wherever that of the narrow question was, which names things in another vocabulary.
            pub fn covers(&self, narrow: &Self, names: &dyn Names) -> bool {
                match (self, narrow) {
                    $((Self::$form(wide), Self::$form(narrow)) => wide.covers(narrow, names),)+
                    _ => {
                        let narrow = narrow.form().interval().and_then(|interval| names.interval(interval));
                        self.form().interval().zip(narrow).is_some_and(|((least, most), (from, to))| least <= from && to <= most)
                    }
                }
            }

            /// The same question in its simplest form.
            #[must_use]
            pub fn plain(&self) -> Self {
                match self {
                    $(Self::$form(form) => form.plain().into()),+
                }
            }

            /// The same question with the other times that it is compared with replaced; `None` where one has no replacement.
            pub fn replaced(&self, with: &dyn Fn(Subject) -> Option<Subject>) -> Option<Self> {
                Some(match self {
                    $(Self::$form(form) => form.replaced(with)?.into()),+
                })
            }

            /// The same question about calendars that stand at other places.
            #[must_use]
            pub fn with_calendars(&self, place: &dyn Fn(usize) -> usize) -> Self {
                match self {
                    $(Self::$form(form) => form.with_calendars(place).into()),+
                }
            }
        }
    };
}

forms!(
    Is,
    OneOf,
    Compare,
    Range,
    Ago,
    Within,
    WithinNext,
    Passed,
    ToCome,
    Day,
    Moment,
    Apart,
    SameDay,
    Clock,
    Weekday,
    Calendar,
    IsNone,
    Same,
    Include,
    Exclude,
    FlagCount,
    IdentityCount,
    Mention,
    InForce,
);

impl Predicate {
    /// What it reads besides the value that it asks about.
    pub fn reads(&self) -> impl Iterator<Item = Subject> {
        self.form().marks().into_iter().filter_map(|mark| match mark {
            Mark::Fact(fact) => Some(Subject::Fact(fact)),
            Mark::Time(subject) => Some(subject),
            _ => None,
        })
    }

    /// The numbers that the value is compared with.
    pub fn numbers(&self) -> impl Iterator<Item = i64> {
        self.form().marks().into_iter().filter_map(|mark| match mark {
            Mark::Number(number) => Some(number),
            _ => None,
        })
    }

    /// The lengths of time before now that the value is compared with.
    pub fn spans(&self) -> impl Iterator<Item = Length> {
        self.form().marks().into_iter().filter_map(|mark| match mark {
            Mark::Back(length) => Some(length),
            _ => None,
        })
    }

    /// The flags that it asks for, as bits.
    pub fn flags(&self) -> u64 {
        self.form().marks().into_iter().fold(0, |bits, mark| match mark {
            Mark::Flags { flags, .. } => bits | flags,
            _ => bits,
        })
    }
}
