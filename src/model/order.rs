//! Vocabulary -> the same vocabulary in the order of its names, so that where a word is declared means nothing.
//!
//! Many things come in the order of the vocabulary: the outcomes of a decision, questions that are worth the same, which of
//! two sets of facts that are as small is shown. Were that the order of lines and files, moving one would change decisions.

use super::ids::{FactId, FieldId, RecordId};
use super::vocabulary::{Type, Vocabulary};
use std::collections::BTreeMap;

/// The outcome that leads wherever there is one.
const GRADE: &str = "grade";

impl Vocabulary {
    /// Facts, kinds of record and fields by name; the questions of a form together, as the form has them. Of outcomes the one called `grade` comes first, since a page leads with the
    /// first, and it is the one that is explained. The others come weightiest first: scales before lists, lists before times, and
    /// times before what is one of two; of scales one with a floor first; of the same kind by name. Values stay in their order.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        let places = self.places_on_forms();
        let facts = sort(&mut self.call, |fact| {
            let own = || (fact.name.clone(), None);
            places.get(&fact.name).cloned().unwrap_or_else(own)
        });
        for form in &mut self.questionnaires {
            form.questions.iter_mut().for_each(|(_, fact)| *fact = FactId(moved(&facts, fact.0)));
        }
        sort(&mut self.questionnaires, |form| form.name.clone());
        let records = sort(&mut self.records, |record| record.name.clone());
        for record in &mut self.records {
            let fields = sort(&mut record.fields, |field| field.name.clone());
            for field in &mut record.fields {
                if let Type::Link { record } = &mut field.ty {
                    *record = RecordId(moved(&records, record.0));
                }
            }
            if let Some(rules) = &mut record.rules {
                *rules = FieldId(moved(&fields, rules.0));
            }
            if let Some(in_force) = &mut record.in_force {
                in_force.from = FieldId(moved(&fields, in_force.from.0));
                in_force.until.iter_mut().for_each(|until| *until = FieldId(moved(&fields, until.0)));
                in_force.until.sort_unstable();
            }
        }
        for fact in &mut self.call {
            if let Type::Link { record } = &mut fact.ty {
                *record = RecordId(moved(&records, record.0));
            }
        }
        for outcome in &mut self.outcomes {
            if let Some(floor) = outcome.kind.floor_mut() {
                *floor = FactId(moved(&facts, floor.0));
            }
        }
        self.overheard.iter_mut().for_each(|(fact, _)| *fact = FactId(moved(&facts, fact.0)));
        self.overheard.sort_by_key(|(fact, _)| *fact);
        sort(&mut self.outcomes, |outcome| (outcome.name != GRADE, outcome.kind.rank(), outcome.name.clone()));
        self
    }

    /// Of each fact that is a question on a form, which form that is, and the place on it.
    fn places_on_forms(&self) -> BTreeMap<String, (String, Option<usize>)> {
        let questions = self.questionnaires.iter().flat_map(|form| {
            let places = form.questions.iter().enumerate();
            places.map(|(at, (_, fact))| (*fact, (form.name.clone(), Some(at))))
        });
        questions.filter_map(|(fact, place)| Some((self.call.get(fact.index())?.name.clone(), place))).collect()
    }
}

/// Sorts, and says for each place what the new one is.
fn sort<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) -> Vec<u16> {
    let mut numbered: Vec<(u16, T)> = (0..).zip(std::mem::take(items)).collect();
    numbered.sort_by_cached_key(|(_, item)| key(item));
    let mut places = vec![0; numbered.len()];
    for (now, (was, _)) in (0..).zip(&numbered) {
        if let Some(place) = places.get_mut(usize::from(*was)) {
            *place = now;
        }
    }
    items.extend(numbered.into_iter().map(|(_, item)| item));
    places
}

fn moved(places: &[u16], was: u16) -> u16 {
    places.get(usize::from(was)).copied().unwrap_or(was)
}
