//! A sketch and what holds of it -> a smaller and plainer one of which it still holds.
//!
//! Nothing here knows what makes a witness one: whoever asks says whether a smaller one still is. Each step makes less of something, or
//! something plainer, and nothing more or odder, so there is an end.

use super::named::named_plainly;
use super::place::SketchPlace;
use super::plain;
use super::sketch::{Sketch, Val, When, names};
use crate::model::{IdentityKind, RecordId, Type, Vocabulary};
use crate::time::Zone;
use std::collections::BTreeSet;

/// What came of making a sketch smaller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The smaller sketch.
    pub sketch: Sketch,
    /// How often it was asked whether it still holds.
    pub steps: usize,
    /// Whether it would no longer hold with any one thing less: a record, a fact, a field, a flag, one of several people. Where the
    /// steps did not suffice, nobody knows.
    pub is_least: bool,
}

/// Makes a sketch smaller while `holds` is true of it, as it is of the sketch that is given; it is asked no more than so many times.
///
/// Of what makes no difference nothing is left. What has to be said is said plainly: a list that was not available is an empty one,
/// a call is at noon, records lie some hours before it, or their times are round or a minute beside the end of a span, numbers are at their edge, people are few.
pub fn shrink(
    sketch: &Sketch,
    vocabulary: &Vocabulary,
    zone: &Zone,
    most_steps: usize,
    holds: &dyn Fn(&Sketch) -> bool,
) -> Shrunk {
    let mut least = Least { sketch: sketch.clone(), vocabulary, zone, holds, steps: 0, most_steps, is_cut: false };
    loop {
        let before = least.sketch.clone();
        least.lists();
        least.records();
        least.values_taken();
        least.values_in_part();
        least.people();
        least.moment();
        least.times();
        least.sizes();
        least.names();
        if least.is_cut || least.sketch == before {
            return Shrunk { sketch: least.sketch, steps: least.steps, is_least: !least.is_cut };
        }
    }
}

/// The least sketch so far.
struct Least<'a> {
    sketch: Sketch,
    vocabulary: &'a Vocabulary,
    zone: &'a Zone,
    holds: &'a dyn Fn(&Sketch) -> bool,
    steps: usize,
    most_steps: usize,
    /// Whether a step was left out since there were too many.
    is_cut: bool,
}

impl Least<'_> {
    /// Takes a sketch in the place of the least one, if it holds of it.
    fn take(&mut self, other: Sketch) -> bool {
        if other == self.sketch {
            return false;
        }
        if self.steps == self.most_steps {
            self.is_cut = true;
            return false;
        }
        self.steps += 1;
        let holds = (self.holds)(&other);
        if holds {
            self.sketch = other;
        }
        holds
    }

    /// Does so with the change made.
    fn change(&mut self, change: impl FnOnce(&mut Sketch)) -> bool {
        let mut other = self.sketch.clone();
        change(&mut other);
        self.take(other)
    }

    /// Takes the first that holds.
    fn first<T: Clone>(&mut self, plainer: Vec<T>, put: impl Fn(&mut Sketch, T)) {
        let _ = plainer.into_iter().any(|one| self.change(|sketch| put(sketch, one)));
    }

    /// Nothing on record rather than a list that is not available, and all of it rather than a part; else a part by fewer links.
    fn lists(&mut self) {
        for kind in self.kinds() {
            if self.sketch.lists.get(kind.index()).is_some_and(Option::is_none) {
                self.change(|sketch| {
                    sketch.in_part.remove(&kind);
                    sketch.list(kind);
                });
            }
            if self.sketch.in_part.contains_key(&kind) && !self.change(|sketch| drop(sketch.in_part.remove(&kind))) {
                let mut at = 0;
                while self.sketch.in_part.get(&kind).is_some_and(|links| at < links.len()) {
                    let is_less = self.change(|sketch| {
                        sketch.in_part.get_mut(&kind).into_iter().for_each(|links| drop(links.drain(at..=at)));
                    });
                    at += usize::from(!is_less);
                }
            }
        }
    }

    /// Fewer records: many at a time first, since most witnesses need few.
    fn records(&mut self) {
        for kind in self.kinds() {
            let mut size = self.count(kind).max(1);
            loop {
                let mut at = 0;
                while at < self.count(kind) {
                    let is_less = self.change(|sketch| {
                        if let Some(Some(list)) = sketch.lists.get_mut(kind.index()) {
                            list.drain(at..list.len().min(at + size));
                        }
                    });
                    at += if is_less { 0 } else { size };
                }
                if size == 1 {
                    break;
                }
                size /= 2;
            }
        }
    }

    /// Fewer facts and fields that are known.
    fn values_taken(&mut self) {
        for place in SketchPlace::all(&self.sketch) {
            // Nothing says so more briefly that it is not known.
            self.change(|sketch| place.clear(sketch));
        }
    }

    /// Fewer flags, people and words.
    fn values_in_part(&mut self) {
        for place in SketchPlace::all(&self.sketch) {
            let parts = |sketch: &Sketch| place.get(sketch).map(plain::parts_taken).unwrap_or_default();
            let mut at = 0;
            while let Some(less) = parts(&self.sketch).into_iter().nth(at) {
                let is_less = self.change(|sketch| place.set(sketch, less));
                at += usize::from(!is_less);
            }
        }
    }

    /// One person in the place of two, one address in the place of two.
    fn people(&mut self) {
        for kind in (0..).map(IdentityKind).take(self.vocabulary.identities.len()) {
            let people: Vec<String> = self.people_of(kind).into_iter().collect();
            for (at, person) in people.iter().enumerate().skip(1) {
                let others = people.iter().take(at).cloned().collect();
                let places = self.places_of(kind);
                self.first(others, |sketch, other| {
                    places.iter().for_each(|place| rename(*place, sketch, person, &other));
                });
            }
        }
    }

    fn moment(&mut self) {
        let plainer = plain::moments(self.sketch.at, self.zone);
        self.first(plainer, |sketch, at| sketch.at = at);
    }

    fn times(&mut self) {
        let (call, zone) = (self.sketch.at, self.zone);
        for kind in self.kinds() {
            for index in 0..self.count(kind) {
                let Some(when) = self.sketch.record(kind, index).map(|record| record.at) else { continue };
                let plainest = plain::time_of_record(index);
                let plainer = if when == plainest { Vec::new() } else { plain::times(when, call, zone) };
                self.first([plainest].into_iter().chain(plainer).collect(), |sketch, when| {
                    sketch.record_mut(kind, index).into_iter().for_each(|record| record.at = when);
                });
            }
        }
        for place in SketchPlace::all(&self.sketch) {
            if let Some(Val::Time(when)) = place.get(&self.sketch) {
                let plainer: Vec<When> = plain::times(*when, call, zone);
                self.first(plainer, |sketch, when| place.set(sketch, Val::Time(when)));
            }
        }
    }

    /// A number that must not be as small as it can be goes down to the least that it may be; any other stays.
    fn sizes(&mut self) {
        for place in SketchPlace::all(&self.sketch) {
            let Some(value) = place.get(&self.sketch).cloned() else { continue };
            let Some(mut least) = plain::size(&value).filter(|size| *size > 0) else { continue };
            let mut too_small = plain::least_size(place.declared(self.vocabulary));
            if least <= too_small || self.asks(place, plain::sized(&value, too_small)) {
                continue;
            }
            while least - too_small > 1 {
                let middle = too_small + (least - too_small) / 2;
                if self.change(|sketch| place.set(sketch, plain::sized(&value, middle))) {
                    least = middle;
                } else {
                    too_small = middle;
                }
            }
        }
    }

    /// Whether it would hold with another value, which is not taken.
    fn asks(&mut self, place: SketchPlace, value: Val) -> bool {
        let kept = self.sketch.clone();
        let holds = self.change(|sketch| place.set(sketch, value));
        self.sketch = kept;
        holds
    }

    fn names(&mut self) {
        let named = named_plainly(&self.sketch, self.vocabulary, self.zone);
        self.take(named);
    }

    fn kinds(&self) -> impl Iterator<Item = RecordId> + use<> {
        (0..).map(RecordId).take(self.sketch.lists.len())
    }

    fn count(&self, kind: RecordId) -> usize {
        self.sketch.lists.get(kind.index()).and_then(Option::as_ref).map_or(0, Vec::len)
    }

    /// Where somebody or something of a kind is named.
    fn places_of(&self, kind: IdentityKind) -> Vec<SketchPlace> {
        let is_of = |place: &SketchPlace| {
            let declared = place.declared(self.vocabulary).map(|field| &field.ty);
            matches!(declared, Some(Type::Identity { kind: of, .. }) if *of == kind)
        };
        SketchPlace::all(&self.sketch).into_iter().filter(is_of).collect()
    }

    fn people_of(&self, kind: IdentityKind) -> BTreeSet<String> {
        self.places_of(kind).into_iter().flat_map(|place| names(place.get(&self.sketch))).collect()
    }
}

/// Puts one name in the place of another.
fn rename(place: SketchPlace, sketch: &mut Sketch, from: &str, to: &str) {
    let renamed = |name: &String| if name == from { to.to_owned() } else { name.clone() };
    let value = match place.get(sketch) {
        Some(Val::Id(name)) => Val::Id(renamed(name)),
        Some(Val::Ids(names)) => {
            let names: BTreeSet<String> = names.iter().map(renamed).collect();
            Val::Ids(names.into_iter().collect())
        }
        _ => return,
    };
    place.set(sketch, value);
}
