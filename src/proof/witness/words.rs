//! Sketch -> the call that it stands for, in sentences for whoever has to judge whether it matters.

use super::sketch::{Rec, Sketch, Val, When};
use crate::engine::Snapshot;
use crate::eval::{spoken_duration, value_words};
use crate::model::{Case, FactId, Field, FieldId, RecordId, RecordKind, Records, Type, Value};
use crate::text::{aloud, capitalised, spoken};

fn witness(sketch: &Sketch, policy: &Snapshot) -> String {
    let case = sketch.case(policy.vocabulary(), policy.zone());
    let said = SaidWitness { sketch, policy, case: &case };
    let mut lines = vec![format!("A call at {}.", policy.zone().spoken(case.at)), said.facts()];
    let kinds = || (0..).map(RecordId).zip(&policy.vocabulary().records);
    let before = lines.len();
    lines.extend(kinds().flat_map(|(id, kind)| said.records(id, kind)));
    let nothing = if lines.len() > before { "nothing else" } else { "nothing" };
    let (whole, others): (Vec<_>, Vec<_>) = kinds().partition(|(id, _)| case.is_whole(*id));
    let whole: Vec<String> = whole.iter().map(|(_, kind)| aloud(&kind.plural)).collect();
    match (whole.is_empty(), others.is_empty()) {
        (true, _) => {}
        (false, true) => lines.push(format!("{} is on record.", capitalised(nothing))),
        (false, false) => lines.push(format!("Of {}, {nothing} is on record.", spoken(&whole, "and"))),
    }
    lines.extend(others.into_iter().map(|(id, kind)| said.not_whole(id, kind)));
    lines.join("\n")
}

impl Sketch {
    /// The call and its history in sentences, each on a line: when it is, all that is known of it, what is on record and how long
    /// before the call that was, and which lists are not there or not whole.
    pub fn in_words(&self, policy: &Snapshot) -> String {
        witness(self, policy)
    }

    /// The same without breaks, to stand in a sentence.
    pub fn on_one_line(&self, policy: &Snapshot) -> String {
        self.in_words(policy).replace('\n', " ")
    }
}

struct SaidWitness<'a> {
    sketch: &'a Sketch,
    policy: &'a Snapshot,
    case: &'a Case,
}

/// Records that differ in nothing but when they were.
struct Alike {
    with: Vec<String>,
    /// The name of one that others lead to.
    id: Option<String>,
    times: Vec<String>,
}

impl SaidWitness<'_> {
    fn facts(&self) -> String {
        let known = (0..).map(FactId).zip(&self.policy.vocabulary().call);
        let known = known.filter(|(fact, _)| self.case.fact(*fact) != Value::Unknown);
        let said = known.map(|(fact, field)| {
            let value = self.value(self.case.fact(fact), self.sketch.call.get(&fact), field);
            let includes = matches!(self.case.fact(fact), Value::Flags(flags) if flags != 0);
            format!("{} {} {value}", aloud(&field.name), if includes { "include" } else { "is" })
        });
        let said: Vec<String> = said.collect();
        if said.is_empty() {
            return "Nothing is known of it.".to_owned();
        }
        format!("All that is known of it: {}.", said.join("; "))
    }

    /// A sentence for each lot of records that are alike, the newest first.
    fn records(&self, id: RecordId, kind: &RecordKind) -> Vec<String> {
        let Some(records) = self.case.records(id) else { return Vec::new() };
        let mut lots: Vec<Alike> = Vec::new();
        for at in (0..records.len()).rev() {
            let Some(sketched) = self.sketch.record(id, records.position(at)) else { continue };
            let with = self.fields(kind, records, at, sketched);
            let own = self.is_linked(&sketched.id).then(|| sketched.id.clone());
            let time = if records.is_open(at) {
                format!("perhaps {}", self.so_long(sketched.at))
            } else {
                self.so_long(sketched.at)
            };
            match lots.iter_mut().find(|lot| lot.with == with && lot.id.is_none() && own.is_none()) {
                Some(lot) => lot.times.push(time),
                None => lots.push(Alike { with, id: own, times: vec![time] }),
            }
        }
        lots.into_iter().map(|lot| sentence(kind, &lot)).collect()
    }

    fn fields(&self, kind: &RecordKind, records: &Records, at: usize, sketched: &Rec) -> Vec<String> {
        let fields = (0..).map(FieldId).zip(&kind.fields);
        let known = fields.filter(|(field, _)| records.value(at, *field) != Value::Unknown);
        let said = known.map(|(id, field)| {
            if self.is_as_in_the_call(field, records.value(at, id)) {
                return format!("the same {}", aloud(&field.name));
            }
            let value = self.value(records.value(at, id), sketched.fields.get(&id), field);
            format!("{} {value}", aloud(&field.name))
        });
        said.collect()
    }

    /// Whether a field names just whom the call's own fact of its name does.
    fn is_as_in_the_call(&self, field: &Field, value: Value) -> bool {
        let vocabulary = self.policy.vocabulary();
        let fact = vocabulary.fact(&field.name);
        let own = fact.map_or(Value::Unknown, |fact| self.case.fact(fact));
        let people = self.case.identities(&value);
        matches!(field.ty, Type::Identity { .. }) && !people.is_empty() && people == self.case.identities(&own)
    }

    fn value(&self, value: Value, sketched: Option<&Val>, field: &Field) -> String {
        match sketched {
            Some(Val::Time(when)) if *when == When::shifted(0) => "the time of this call".to_owned(),
            Some(Val::Time(when)) if !Self::is_far(*when) => format!("{} this call", self.so_long(*when)),
            Some(Val::Text(text)) => format!("\"{text}\""),
            _ => value_words(self.policy.policy(), self.case, value, field),
        }
    }

    /// How long before the call, or after it; of what is far from it by an odd number of seconds the moment itself.
    fn so_long(&self, when: When) -> String {
        let side = |shift: i64| if shift < 0 { "before" } else { "after" };
        match when {
            When { length: None, shift: 0, .. } => "at the same time".to_owned(),
            _ if Self::is_far(when) => self.policy.zone().spoken(when.instant(self.case.at, self.policy.zone())),
            When { length: None, shift, .. } => format!("{} {}", spoken_duration(shift.saturating_abs()), side(shift)),
            _ => when.words(),
        }
    }

    fn is_far(when: When) -> bool {
        when.length.is_none() && when.shift.saturating_abs() > 3 * 86_400
    }

    /// Whether any record, or the call, leads to a record of this id.
    fn is_linked(&self, id: &str) -> bool {
        let vocabulary = self.policy.vocabulary();
        let leads = |field: Option<&Field>, value: &Val| {
            let is_link = field.is_some_and(|field| matches!(field.ty, Type::Link { .. }));
            is_link && matches!(value, Val::Id(to) if to == id)
        };
        let of_call = self.sketch.call.iter().any(|(fact, value)| leads(vocabulary.call.get(fact.index()), value));
        let lists = vocabulary.records.iter().zip(&self.sketch.lists);
        let of_records = lists.flat_map(|(kind, list)| list.iter().flatten().map(move |record| (kind, record)));
        let of_fields = of_records.flat_map(|(kind, record)| {
            record.fields.iter().map(move |(field, value)| (kind.fields.get(field.index()), value))
        });
        of_call || of_fields.into_iter().any(|(field, value)| leads(field, value))
    }

    fn not_whole(&self, id: RecordId, kind: &RecordKind) -> String {
        let plural = aloud(&kind.plural);
        if self.case.records(id).is_none() {
            return format!("The list of {plural} is not available.");
        }
        let links = self.case.whole_by(id).iter().map(|link| link.words(kind, self.policy.vocabulary()).to_string());
        let links: Vec<String> = links.collect();
        if links.is_empty() {
            return format!("There may be other {plural}.");
        }
        format!("There may be other {plural}, but none of which {}.", spoken(&links, "or"))
    }
}

/// `On record: 3 calls with the same caller, 2 hours before, 5 hours before and 23 hours and 59 minutes before.`
fn sentence(kind: &RecordKind, lot: &Alike) -> String {
    let count = lot.times.len();
    let name = aloud(if count == 1 { &kind.name } else { &kind.plural });
    let id = lot.id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    let with = if lot.with.is_empty() { String::new() } else { format!(" with {}", spoken(&lot.with, "and")) };
    format!("On record: {count} {name}{id}{with}: {}.", lot.times.join(", "))
}
