//! Which words a text holds: `mentions "gun" or "knife"`.

use super::super::form::{Context, Form, Names, Speaker};
use super::super::marks::Mark;
use crate::model::{Truth, Value};
use crate::syntax::tree;
use crate::syntax::unplaced::text;

/// Each a run of words, as [`crate::text::folded`] writes them, of which one is enough.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mention(pub Vec<String>);

impl Form for Mention {
    fn truth<C: Context>(&self, value: Value, context: &C) -> Truth {
        let Value::Text(at) = value else { return Truth::Unknown };
        let words = crate::text::folded(context.text(at));
        Truth::from(self.0.iter().any(|phrase| words.contains(phrase.as_str())))
    }

    fn marks(&self) -> Vec<Mark<'_>> {
        self.0.iter().map(|phrase| Mark::Phrase(phrase.trim())).collect()
    }

    fn covers(&self, narrow: &Self, _: &dyn Names) -> bool {
        narrow.0.iter().all(|phrase| self.0.contains(phrase))
    }

    fn words(&self, speaker: &dyn Speaker) -> tree::Predicate {
        let texts = self.0.iter().map(|phrase| text(phrase.trim())).collect();
        tree::Predicate::Mention { texts, verb: speaker.verb() }
    }
}
