//! What a solver found -> the call that it stands for.

use super::encode::{Encoder, History, Holds, Row, Spot, ValueVar};
use super::solver::Lit;
use super::witness::{Rec, Sketch, Val, When, somebody};
use crate::model::{RecordId, Value};
use crate::time::Instant;
use std::collections::BTreeMap;

impl Encoder<'_> {
    /// The call in the model that was found last; `None` where no history of so many records is looked at.
    pub(super) fn realised(&mut self) -> Option<Sketch> {
        let History::Of { now, records } = self.history.clone() else { return None };
        let policy = self.policy();
        let mut sketch = Sketch { at: now, call: BTreeMap::new(), lists: Vec::new(), in_part: BTreeMap::new() };
        let values: Vec<((Row, Spot), std::rc::Rc<ValueVar>)> = self.known_values();
        for ((row, spot), value) in &values {
            if let (Row::Call, Spot::Fact(fact)) = (row, spot)
                && let Some(val) = self.val(value, now)
            {
                sketch.call.insert(*fact, val);
            }
        }
        for (kind, declared) in (0..).map(RecordId).zip(&policy.vocabulary.records) {
            let count = records.get(&kind).copied().unwrap_or(0);
            let mut list = Vec::new();
            for at in 0..count {
                let row = Row::Slot(kind, at);
                if !self.is_present(row) {
                    continue;
                }
                let mut fields = BTreeMap::new();
                let mut when = When::shifted(0);
                for ((_, spot), value) in values.iter().filter(|((known, _), _)| *known == row) {
                    match spot {
                        Spot::Field(field) => {
                            let val = self.val(value, now);
                            fields.extend(val.map(|val| (*field, val)));
                        }
                        Spot::Time => {
                            if let Some(Val::Time(at)) = self.val(value, now) {
                                when = at;
                            }
                        }
                        Spot::Fact(_) | Spot::Far { .. } => {}
                    }
                }
                list.push(Rec { id: record_id(&declared.name, at), at: when, fields });
            }
            let is_whole = !records.contains_key(&kind) || self.is_all_known(kind);
            if !is_whole && !list.is_empty() {
                sketch.in_part.insert(kind, Vec::new());
            }
            sketch.lists.push((is_whole || !list.is_empty()).then_some(list));
        }
        Some(sketch)
    }

    /// What a fact or a field holds in the model; `None` where it is not known.
    fn val(&self, value: &ValueVar, now: Instant) -> Option<Val> {
        let holds = |lit: Lit| self.gates.solver.holds(lit);
        if holds(value.unknown) {
            return None;
        }
        if holds(value.none) {
            return Some(Val::None);
        }
        let policy = self.policy();
        match &value.holds {
            Holds::One(all) => {
                let (value, _) = all.iter().find(|(_, lit)| holds(*lit))?;
                match value {
                    Value::YesNo(is) => Some(Val::YesNo(*is)),
                    Value::Choice(at) => Some(Val::Choice(*at)),
                    Value::Number(number) => Some(Val::Number(*number)),
                    Value::Duration(seconds) => Some(Val::Duration(*seconds)),
                    _ => None,
                }
            }
            Holds::Time { at, .. } => {
                let (time, _) = at.iter().find(|(_, lit)| holds(*lit))?;
                Some(Val::Time(When::shifted(time.0 - now.0)))
            }
            Holds::Flags(bits) => {
                Some(Val::Flags(bits.iter().filter(|(_, lit)| holds(*lit)).fold(0, |flags, (bit, _)| flags | 1 << bit)))
            }
            Holds::Phrases(phrases) => {
                let said: Vec<&str> =
                    phrases.iter().filter(|(_, lit)| holds(*lit)).map(|(phrase, _)| phrase.as_str()).collect();
                Some(Val::Text(if said.is_empty() { "nothing more".to_owned() } else { said.join(". ") }))
            }
            Holds::Names { kind, names, several } => {
                let named = (1..).zip(names).filter(|(_, lit)| holds(**lit));
                let mut named = named.map(|(at, _)| somebody(&policy.vocabulary, *kind, at));
                if *several { Some(Val::Ids(named.collect())) } else { named.next().map(Val::Id) }
            }
            Holds::Record(kind, targets) => {
                let place = targets.iter().position(|lit| holds(*lit)).unwrap_or(usize::MAX - 1);
                let name = policy.vocabulary.records.get(kind.index()).map_or("record", |kind| kind.name.as_str());
                Some(Val::Id(if place < targets.len() { record_id(name, place) } else { format!("{name}-elsewhere") }))
            }
            Holds::Anything => None,
        }
    }

    fn is_present(&self, row: Row) -> bool {
        self.present_lit(row).is_some_and(|lit| self.gates.solver.holds(lit))
    }

    fn is_all_known(&self, kind: RecordId) -> bool {
        self.known_extent(&(kind, Vec::new())).is_none_or(|lit| self.gates.solver.holds(lit))
    }
}

fn record_id(name: &str, at: usize) -> String {
    format!("{name}-{}", at + 1)
}
