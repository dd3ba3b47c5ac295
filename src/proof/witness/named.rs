//! A sketch -> the same with plain names: its records oldest first and numbered, its people and places numbered as they are met.

use super::place::SketchPlace;
use super::sketch::{Sketch, Val, somebody};
use crate::model::{RecordId, Type, Vocabulary};
use crate::time::Zone;
use std::collections::BTreeMap;

/// The same sketch with its records in the order of their times, under names such as `call-1` and `person-1`.
pub(super) fn named_plainly(sketch: &Sketch, vocabulary: &Vocabulary, zone: &Zone) -> Sketch {
    let mut named = sketch.clone();
    for list in named.lists.iter_mut().flatten() {
        list.sort_by_key(|record| record.at.instant(sketch.at, zone));
    }
    let mut names = PlainNames { vocabulary, given: BTreeMap::new(), counts: BTreeMap::new() };
    for (kind, list) in (0..).map(RecordId).zip(&mut named.lists) {
        for record in list.iter_mut().flatten() {
            record.id = names.of_record(kind, &record.id);
        }
    }
    for place in SketchPlace::all(&named) {
        let Some(ty) = place.declared(vocabulary).map(|field| &field.ty) else { continue };
        let value = match place.get(&named) {
            Some(Val::Id(name)) => Val::Id(names.of(ty, name)),
            Some(Val::Ids(people)) => Val::Ids(people.iter().map(|name| names.of(ty, name)).collect()),
            _ => continue,
        };
        place.set(&mut named, value);
    }
    named
}

/// What names belong to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Record(RecordId),
    Identity(u16),
}

/// The names that were given in the place of others.
struct PlainNames<'v> {
    vocabulary: &'v Vocabulary,
    given: BTreeMap<(Named, String), String>,
    counts: BTreeMap<Named, usize>,
}

impl PlainNames<'_> {
    fn of(&mut self, ty: &Type, name: &str) -> String {
        match ty {
            Type::Link { record } => self.of_record(*record, name),
            Type::Identity { kind, .. } => {
                let vocabulary = self.vocabulary;
                self.given(Named::Identity(kind.0), name, |number| somebody(vocabulary, *kind, number))
            }
            _ => name.to_owned(),
        }
    }

    fn of_record(&mut self, kind: RecordId, id: &str) -> String {
        let name = self.vocabulary.records.get(kind.index()).map_or("", |kind| kind.name.as_str());
        self.given(Named::Record(kind), id, |number| format!("{name}-{number}"))
    }

    fn given(&mut self, of: Named, name: &str, plain: impl FnOnce(usize) -> String) -> String {
        let Self { given, counts, .. } = self;
        let new = given.entry((of, name.to_owned())).or_insert_with(|| {
            let count = counts.entry(of).or_default();
            *count += 1;
            plain(*count)
        });
        new.clone()
    }
}
