//! Calls in any vocabulary, drawn at random, and calls that are like another but for a few things.

use heedful::model::{FactId, FieldId, RecordId, Type, Vocabulary};
use heedful::proof::witness::{Rec, Sketch, Val, When, somebody};
use heedful::time::{Instant, Length};
use std::collections::BTreeMap;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// Noon on a Wednesday: 2026-03-11.
const PLAIN_MOMENT: Instant = Instant(1_773_230_400);

/// Numbers drawn one after another, the same for the same seed.
pub struct Draw(pub u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of so many.
    pub fn below(&mut self, many: usize) -> usize {
        usize::try_from(self.next() % many.max(1) as u64).expect("less than a usize")
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// So often in a hundred.
    pub fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What policies ask about, so that cases lie on its edges.
#[derive(Debug, Default)]
pub struct Edges {
    pub lengths: Vec<Length>,
    pub numbers: Vec<i64>,
    pub phrases: Vec<String>,
}

/// Calls in a vocabulary.
pub struct Calls<'v> {
    pub vocabulary: &'v Vocabulary,
    pub edges: &'v Edges,
}

impl Calls<'_> {
    /// Any call.
    pub fn any(&self, draw: &mut Draw) -> Sketch {
        let known = draw.one(&[20, 60, 95]);
        let mut sketch = Sketch { at: self.moment(draw), ..Sketch::plain(self.vocabulary, PLAIN_MOMENT) };
        for (fact, declared) in (0..).map(FactId).zip(&self.vocabulary.call) {
            if draw.often(known) {
                let value = self.value(&declared.ty, draw);
                sketch.call.insert(fact, value);
            }
        }
        for kind in (0..).map(RecordId).take(self.vocabulary.records.len()) {
            for _ in 0..draw.one(&[0, 0, 1, 2, 4]) {
                self.add(&mut sketch, kind, known, draw);
            }
            self.list(&mut sketch, kind, draw);
        }
        sketch
    }

    /// The same call, with a few things otherwise.
    pub fn like(&self, sketch: &Sketch, draw: &mut Draw) -> Sketch {
        let mut sketch = sketch.clone();
        for _ in 0..=draw.below(4) {
            self.change(&mut sketch, draw);
        }
        sketch
    }

    fn change(&self, sketch: &mut Sketch, draw: &mut Draw) {
        let fact = draw.below(self.vocabulary.call.len());
        let kind = draw.below(self.vocabulary.records.len());
        let id = RecordId(u16::try_from(kind).expect("few kinds"));
        match draw.below(10) {
            0 => sketch.at = self.moment(draw),
            1 => drop(sketch.call.remove(&FactId(u16::try_from(fact).expect("few facts")))),
            2 | 3 => {
                let value = self.value(&self.vocabulary.call[fact].ty, draw);
                sketch.call.insert(FactId(u16::try_from(fact).expect("few facts")), value);
            }
            4 => self.list(sketch, id, draw),
            5 => self.add(sketch, id, 80, draw),
            _ => {
                // Something of a record that there is.
                let places: Vec<(usize, usize)> = sketch
                    .lists
                    .iter()
                    .enumerate()
                    .flat_map(|(kind, list)| (0..list.as_ref().map_or(0, Vec::len)).map(move |at| (kind, at)))
                    .collect();
                if places.is_empty() {
                    return;
                }
                let (kind, at) = draw.one(&places);
                let fields = &self.vocabulary.records[kind].fields;
                let Some(records) = &mut sketch.lists[kind] else { return };
                match draw.below(4) {
                    0 => records[at].at = self.when(draw),
                    1 if draw.often(50) => drop(records.remove(at)),
                    1 => {
                        let twin =
                            Rec { id: format!("{}-twin-{}", records[at].id, records.len()), ..records[at].clone() };
                        records.push(twin);
                    }
                    _ if fields.is_empty() => {}
                    _ => {
                        let field = draw.below(fields.len());
                        let value = if draw.often(20) { Val::Unknown } else { self.value(&fields[field].ty, draw) };
                        records[at].fields.insert(FieldId(u16::try_from(field).expect("few fields")), value);
                    }
                }
            }
        }
    }

    fn add(&self, sketch: &mut Sketch, kind: RecordId, known: usize, draw: &mut Draw) {
        let mut fields = BTreeMap::new();
        for (field, declared) in (0..).map(FieldId).zip(&self.vocabulary.records[kind.index()].fields) {
            if draw.often(known) {
                fields.insert(field, self.value(&declared.ty, draw));
            }
        }
        let at = self.when(draw);
        let number = sketch.lists[kind.index()].as_ref().map_or(0, Vec::len) + 1;
        let name = &self.vocabulary.records[kind.index()].name;
        let list = sketch.list(kind).expect("a kind of record");
        if !list.iter().any(|record| record.id == format!("{name}-{number}")) {
            list.push(Rec { id: format!("{name}-{number}"), at, fields });
        }
    }

    /// Whether a list is whole, in part or not available.
    fn list(&self, sketch: &mut Sketch, kind: RecordId, draw: &mut Draw) {
        sketch.in_part.remove(&kind);
        match draw.below(10) {
            0 => sketch.lists[kind.index()] = None,
            1 => drop(sketch.in_part.insert(kind, Vec::new())),
            _ => drop(sketch.list(kind)),
        }
    }

    fn moment(&self, draw: &mut Draw) -> Instant {
        match draw.below(3) {
            0 => PLAIN_MOMENT,
            1 => PLAIN_MOMENT.plus_seconds(15 * MINUTE * i64::try_from(draw.below(96)).expect("few")),
            _ => PLAIN_MOMENT.plus_seconds(DAY * i64::try_from(draw.below(900)).expect("few") - 300 * DAY),
        }
    }

    /// A time before the call, mostly on or beside the end of a span.
    fn when(&self, draw: &mut Draw) -> When {
        let beside = draw.one(&[0, 0, -MINUTE, MINUTE, -1, 1]);
        match draw.below(4) {
            0 => When::shifted(-MINUTE * i64::try_from(draw.below(3000)).expect("few")),
            1 => When::shifted(-DAY * i64::try_from(draw.below(1200)).expect("few")),
            _ => When::before(draw.one(&self.edges.lengths)).plus(beside),
        }
    }

    fn value(&self, ty: &Type, draw: &mut Draw) -> Val {
        let number = |draw: &mut Draw| draw.one(&self.edges.numbers) + draw.one(&[-1, 0, 0, 1]);
        match ty {
            Type::YesNo => Val::YesNo(draw.often(50)),
            Type::Choice { values, .. } => Val::Choice(u16::try_from(draw.below(values.len())).expect("few values")),
            Type::Flags { values } => {
                let many = draw.one(&[0, 1, 2, values.len()]);
                Val::Flags((0..many).fold(0, |bits, _| bits | 1 << draw.below(values.len())))
            }
            Type::Number { range } => {
                let (least, most) = range.unwrap_or((0, 40));
                Val::Number(number(draw).clamp(least, most))
            }
            Type::Duration => Val::Duration(draw.one(&[0, 59, 60, 600, 601, 1800, 2400, 3600, 7200, 86_400])),
            Type::Time { or_none } => match draw.below(5) {
                0 if *or_none => Val::None,
                1 => {
                    let end = When::after(draw.one(&self.edges.lengths));
                    Val::Time(end.plus(draw.one(&[0, 1, -1])))
                }
                _ => Val::Time(self.when(draw)),
            },
            Type::Text => Val::Text(if self.edges.phrases.is_empty() || draw.often(30) {
                "nothing more".to_owned()
            } else {
                self.edges.phrases[draw.below(self.edges.phrases.len())].clone()
            }),
            Type::Identity { kind, many } => {
                let name = |draw: &mut Draw| somebody(self.vocabulary, *kind, 1 + draw.below(3));
                if *many { Val::Ids((0..draw.below(3)).map(|_| name(draw)).collect()) } else { Val::Id(name(draw)) }
            }
            Type::Link { record } => {
                let name = &self.vocabulary.records[record.index()].name;
                Val::Id(format!("{name}-{}", 1 + draw.below(3)))
            }
            _ => Val::Unknown,
        }
    }
}
