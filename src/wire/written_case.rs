//! Case -> the JSON that it is read from.

use super::line::{Object, Slot};
use crate::engine::Snapshot;
use crate::model::{Case, FactId, Field, RecordId, RecordKind, Records, Type, Value};
use crate::time::{Stamp, Zone, format_duration};

/// A case as one line of JSON, with times by the clocks of the policy's zone. Read again, it is the same case, as long as its names
/// are such as a case can give: none is blank, and no record is called `unknown`.
pub fn case_to_json(policy: &Snapshot, case: &Case) -> String {
    let mut line = Vec::new();
    let written = WrittenCase { policy, case };
    Slot::new(&mut line).object(|whole| {
        written
            .group(whole.slot("call"), &case.id, case.at.into(), &policy.vocabulary().call, |at| case.fact(FactId(at)));
        whole.slot("history").object(|history| written.history(history));
    });
    // All that is written is text, so nothing is replaced.
    String::from_utf8(line).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

struct WrittenCase<'a> {
    policy: &'a Snapshot,
    case: &'a Case,
}

impl WrittenCase<'_> {
    fn history(&self, history: &mut Object<'_>) {
        for (id, kind) in (0..).map(RecordId).zip(&self.policy.vocabulary().records) {
            let Some(records) = self.case.records(id) else { continue };
            let slot = history.slot(&kind.plural);
            if self.case.is_whole(id) {
                self.records(slot, kind, records);
            } else {
                slot.object(|part| {
                    self.complete(part.slot("complete"), id, kind);
                    self.records(part.slot("records"), kind, records);
                });
            }
        }
    }

    /// By what a list that is known in part is all there is.
    fn complete(&self, slot: Slot<'_>, id: RecordId, kind: &RecordKind) {
        match self.case.whole_by(id) {
            [] => slot.yes_no(false),
            links => slot.texts(links.iter().map(|link| link.words(kind, self.policy.vocabulary()).to_string())),
        }
    }

    fn records(&self, slot: Slot<'_>, kind: &RecordKind, records: &Records) {
        // Of a record that was given with several times, the one that was later than the call is said again.
        let doubted = (0..records.len()).filter(|at| records.is_other_time_later(*at));
        let later = doubted.map(|at| (at, self.case.at.plus_seconds(1).into()));
        let all = (0..records.len()).map(|at| (at, records.stamp(at))).chain(later);
        slot.list(all, |slot, (at, stamp)| {
            let id = records.id(at).map_or("", |id| self.case.name(id));
            let row = records.row(at);
            let value = |field: u16| row.get(usize::from(field)).copied().unwrap_or(Value::Unknown);
            self.group(slot, id, stamp, &kind.fields, value);
        });
    }

    /// The call, or a record.
    fn group(&self, slot: Slot<'_>, id: &str, at: Stamp, fields: &[Field], value: impl Fn(u16) -> Value) {
        slot.object(|group| {
            group.slot("id").text(id);
            group.slot("at").text(&written_stamp(at, self.policy.zone()));
            for (place, field) in (0..).zip(fields) {
                let value = value(place);
                if value != Value::Unknown {
                    self.value(group.slot(&field.name), field, value);
                }
            }
        });
    }

    fn value(&self, slot: Slot<'_>, field: &Field, value: Value) {
        let word = |place: usize| field.values().get(place).map_or("", String::as_str);
        match value {
            Value::Unknown => slot.null(),
            Value::None => slot.word("none"),
            Value::YesNo(answer) => slot.yes_no(answer),
            Value::Choice(place) => slot.text(word(usize::from(place))),
            Value::Flags(flags) => slot.texts((0..64).filter(|bit| flags >> bit & 1 == 1).map(word)),
            Value::Number(number) => slot.number(number),
            Value::Duration(seconds) => slot.text(&format_duration(seconds)),
            Value::Time(at) => slot.text(&written_stamp(at.into(), self.policy.zone())),
            Value::Text(at) => slot.text(self.case.text(at)),
            Value::Identity(name) if !matches!(field.ty, Type::Identity { many: true, .. }) => {
                slot.text(self.case.name(name));
            }
            Value::Identity(_) | Value::Identities { .. } => {
                slot.texts(self.case.identities(&value).iter().map(|name| self.case.name(*name)));
            }
        }
    }
}

/// A time by the clocks of a zone; by those of Greenwich where the zone's own cannot be written to the minute, as in centuries in
/// which each town went by its sun.
fn written_stamp(at: Stamp, zone: &Zone) -> String {
    let words = zone.format_stamp(at);
    if Stamp::parse(&words) == Ok(at) { words } else { Zone::utc().format_stamp(at) }
}
