//! The small vocabulary once it says more, and a call of the old words in the newer ones.

use super::policy::VOCABULARY;
use heedful::engine::Snapshot;
use heedful::model::{Case, FactId, Field, Vocabulary};
use heedful::proof::witness::{Sketch, Val};
use proptest::prelude::*;

/// Words that say more.
#[derive(Clone, Debug)]
pub struct NewerWords {
    pub words: String,
    /// Whether the rules stay as they are.
    pub same_rules: bool,
}

/// One value more of a choice, one flag more, at any place; more of a number at either end; one fact more before all others.
pub fn newer_words() -> BoxedStrategy<NewerWords> {
    let inserted = |values: &'static [&'static str], more: &'static str| {
        (prop::bool::weighted(0.6), 0..=values.len()).prop_map(move |(is_more, at)| {
            let mut all = values.to_vec();
            if is_more {
                all.insert(at, more);
            }
            all.join(", ")
        })
    };
    let range = prop::sample::select(vec!["1 to 4", "1 to 4", "0 to 4", "1 to 5", "0 to 6"]);
    let kinds = inserted(&["red", "green", "blue"], "grey");
    let signs = inserted(&["cry", "shout"], "hum");
    (kinds, signs, range, prop::bool::weighted(0.3), prop::bool::weighted(0.6))
        .prop_map(|(kinds, signs, range, has_fact, same_rules)| {
            let words = [("red, green, blue", kinds), ("cry, shout", signs), ("1 to 4", range.to_owned())];
            let mut text = VOCABULARY.to_owned();
            for (old, new) in words {
                text = text.replacen(old, &new, 1);
            }
            if has_fact {
                text = text.replacen("  fact alone", "  fact early: yes or no \"It is early\"\n  fact alone", 1);
            }
            NewerWords { words: text, same_rules }
        })
        .boxed()
}

/// A call that was put down in the words of one policy, in those of another.
pub fn in_words_of(sketch: &Sketch, old: &Vocabulary, new: &Snapshot) -> Case {
    let named = |fact: FactId| -> Option<(FactId, &Field, &Field)> {
        let was = &old.call[fact.index()];
        let facts = (0..).map(FactId).zip(&new.vocabulary().call);
        facts.into_iter().find(|(_, is)| is.name == was.name).map(|(own, is)| (own, was, is))
    };
    let place = |was: &Field, is: &Field, at: usize| is.values().iter().position(|value| *value == was.values()[at]);
    let said = sketch.call.iter().map(|(fact, value)| {
        let (own, was, is) = named(*fact).expect("the same fact");
        let value = match value {
            Val::Choice(at) => {
                let at = place(was, is, usize::from(*at)).expect("the same value");
                Val::Choice(u16::try_from(at).expect("few values"))
            }
            Val::Flags(bits) => {
                let there = (0..was.values().len()).filter(|bit| bits >> bit & 1 == 1);
                Val::Flags(there.map(|bit| 1 << place(was, is, bit).expect("the same flag")).sum())
            }
            other => other.clone(),
        };
        (own, value)
    });
    let sketch = Sketch { call: said.collect(), ..sketch.clone() };
    sketch.case(new.vocabulary(), new.zone())
}
