//! `in force from starts until expires or discharged-at` -> the fields of a record that say when it is in force.

use super::vocabulary::Builder;
use crate::model::{FieldId, InForcePeriod, RecordId, Type};
use crate::syntax::tree::Word;
use crate::text::{Diagnostic, nearest, with_article};
use std::collections::BTreeMap;

impl Builder<'_> {
    /// A record is in force from one of its times until the first of others, which are all different.
    pub(super) fn in_force(&mut self, id: RecordId, from: &Word, until: &[Word]) {
        let mut seen = BTreeMap::from([(from.text.as_str(), from)]);
        for word in until {
            if let Some(first) = seen.insert(&word.text, word) {
                let problem =
                    Diagnostic::error("line-twice", word.at.0, format!("`{}` is named twice here", word.text));
                self.problems.push(problem.also(first.at.0, "the first time").help("leave one of them out"));
            }
        }
        let from = self.time_field(id, from);
        let until: Vec<_> = until.iter().map(|field| self.time_field(id, field)).collect();
        if let (Some(from), Some(until)) = (from, until.into_iter().collect::<Option<Vec<_>>>()) {
            self.edit(id, |record| record.in_force = Some(InForcePeriod { from, until }));
        }
    }

    fn time_field(&mut self, id: RecordId, word: &Word) -> Option<FieldId> {
        let record = self.vocabulary.records.get(id.index())?;
        let found = record.field(&word.text);
        let is_time = found
            .and_then(|field| record.fields.get(field.index()))
            .is_some_and(|field| matches!(field.ty, Type::Time { .. }));
        if is_time {
            return found;
        }
        let times =
            record.fields.iter().filter(|field| matches!(field.ty, Type::Time { .. })).map(|field| field.name.as_str());
        let near = nearest(&word.text, times);
        if self.lost.name(&word.text) {
            return None;
        }
        let message = format!("`{}` is not a time of {}", word.text, with_article(&record.name));
        let problem = Diagnostic::error("not-a-time", word.at.0, message).suggest(near);
        self.problems.push(problem.help("name a field of this record that is a `time` or a `time or none`"));
        None
    }
}
