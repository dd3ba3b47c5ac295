//! A call and the horizon of a policy -> its case: the records that the policy can ask for, as they stood at that moment.

use crate::decided::DecidedCalls;
use crate::mapping::DecisionMapping;
use crate::store::{Call, EventStore, NameId, Stored};
use heedful::horizon::{Horizon, WayToReach};
use heedful::model::{FactId, FieldId, LinkTo, Outcomes, RecordId, RecordKind, Vocabulary};
use heedful::time::Zone;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Gathers the histories of calls, with memory that is used again for each.
pub struct Gatherer<'a> {
    store: &'a EventStore,
    horizon: &'a Horizon,
    vocabulary: &'a Vocabulary,
    zone: &'a Zone,
    /// One for each kind of record.
    lists: Vec<Gathered>,
    to_do: Vec<(RecordId, usize)>,
    /// How the decisions of earlier calls were, where the policy looks at them.
    decisions: Option<&'a DecisionMapping>,
    decided: DecidedCalls,
}

/// The records of one kind that were reached.
#[derive(Debug, Default)]
struct Gathered {
    places: BTreeSet<usize>,
    /// Whether there may be others that the call's facts do not tell.
    is_open: bool,
    /// The links by which these are all that can be asked for.
    whole_by: BTreeSet<LinkTo>,
}

impl<'a> Gatherer<'a> {
    pub fn new(store: &'a EventStore, horizon: &'a Horizon, vocabulary: &'a Vocabulary, zone: &'a Zone) -> Self {
        let mut lists = Vec::new();
        lists.resize_with(vocabulary.records.len(), Gathered::default);
        let (decisions, decided) = (store.decisions_within(horizon), DecidedCalls::default());
        Self { store, horizon, vocabulary, zone, lists, to_do: Vec::new(), decisions, decided }
    }

    /// Takes note of how a call was decided: what certainly comes of it, and the rules that apply. The cases of later calls that are
    /// gathered from then on hold it, where the policy looks at decisions; so such calls are gathered and decided one after the other.
    pub fn decided<'r>(&mut self, call: Call<'_>, outcomes: &Outcomes, fired: impl Iterator<Item = &'r str>) {
        let decision = self.decisions.zip(self.store.event(call.place + 1).and_then(|event| event.decision_of));
        if let Some((decisions, number)) = decision {
            let fired: Vec<&str> = fired.collect();
            self.decided.add(number, decisions.members(self.vocabulary, outcomes, &fired));
        }
    }

    /// Writes the case of a call, as the JSON that `decide` takes. A list of which nothing can be known is left out: it is not
    /// available. One that the call's facts tell only in part says that it is not complete.
    pub fn case(&mut self, call: Call<'_>, out: &mut String) {
        if self.store.holds_cases {
            let call = self.store.event(call.place).and_then(|event| event.call.as_ref());
            return out.push_str(call.map_or("{}", |call| &call.json));
        }
        self.lists.iter_mut().for_each(|list| {
            list.places.clear();
            list.is_open = false;
            list.whole_by.clear();
        });
        self.start_at(call);
        while let Some((kind, place)) = self.to_do.pop() {
            self.go_on_from(call, kind, place);
        }
        self.write(call, out);
    }

    fn start_at(&mut self, call: Call<'_>) {
        let horizon = self.horizon;
        let Some(facts) = self.store.event(call.place).and_then(|event| event.call.as_ref()) else { return };
        let named = |fact: FactId| facts.names.iter().find(|(known, _)| *known == fact).map(|(_, names)| &**names);
        for (kind, asked) in (0u16..).map(RecordId).zip(&horizon.kinds) {
            for way in &asked.ways {
                let mut leading_on = way.links.iter().filter(|link| matches!(link, LinkTo::Record { .. })).peekable();
                if leading_on.peek().is_some() {
                    // Whatever record leads on to them is gone on from.
                    leading_on.for_each(|link| self.is_whole_by(kind, *link));
                    continue;
                }
                let mut known: Vec<(FieldId, Cow<'_, [NameId]>)> = Vec::new();
                for link in &way.links {
                    let names = match link {
                        LinkTo::Fact { field, fact } => named(*fact).map(|names| (*field, Cow::Borrowed(names))),
                        LinkTo::Through { link, record, field, fact } => {
                            let ids = named(*fact).and_then(|names| self.ids_of(*record, *field, names));
                            ids.map(|ids| (*link, Cow::Owned(ids)))
                        }
                        LinkTo::Record { .. } => None,
                    };
                    if let Some(names) = names {
                        known.push(names);
                        self.is_whole_by(kind, *link);
                    }
                }
                if known.is_empty() && !way.links.is_empty() {
                    self.leave_open(kind);
                } else {
                    self.reach(call, kind, way, &known);
                }
            }
        }
        for (fact, kind) in &horizon.linked {
            for id in named(*fact).into_iter().flatten() {
                self.reach_by_id(call, *kind, *id);
            }
        }
    }

    /// What a reached record leads to.
    fn go_on_from(&mut self, call: Call<'_>, kind: RecordId, place: usize) {
        let horizon = self.horizon;
        let Some(names) = self.store.event(place).map(|event| &event.names) else { return };
        let names_of = |wanted: FieldId| names.iter().filter(move |(field, _)| *field == wanted).map(|(_, name)| *name);
        for (other, asked) in (0u16..).map(RecordId).zip(&horizon.kinds) {
            for way in &asked.ways {
                let shared: Vec<(FieldId, Cow<'_, [NameId]>)> = way
                    .links
                    .iter()
                    .filter_map(|link| match link {
                        LinkTo::Record { field, record, of } if *record == kind => {
                            Some((*field, Cow::Owned(names_of(*of).collect())))
                        }
                        _ => None,
                    })
                    .collect();
                if !shared.is_empty() {
                    self.reach(call, other, way, &shared);
                }
            }
        }
        let links = horizon.kinds.get(kind.index()).map(|asked| asked.links.as_slice()).unwrap_or_default();
        for (field, target) in links {
            let ids: Vec<NameId> = names_of(*field).collect();
            ids.into_iter().for_each(|id| self.reach_by_id(call, *target, id));
        }
    }

    /// The ids of the records of a kind of which a field names one of these; none where no table has the kind, so that nobody can say.
    fn ids_of(&self, kind: RecordId, field: FieldId, names: &[NameId]) -> Option<Vec<NameId>> {
        let index = self.store.kind(kind).filter(|index| index.is_there)?;
        let places = names.iter().filter_map(|name| index.by_name.get(&(field, *name))).flatten();
        let mut ids: Vec<NameId> = places.filter_map(|place| Some(self.store.event(*place)?.id_name)).collect();
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }

    fn is_whole_by(&mut self, kind: RecordId, link: LinkTo) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.whole_by.insert(link);
        }
    }

    fn leave_open(&mut self, kind: RecordId) {
        if let Some(list) = self.lists.get_mut(kind.index()) {
            list.is_open = true;
        }
    }

    /// Takes the records of a kind that name one of these in each field, as far back as the way goes.
    fn reach(&mut self, call: Call<'_>, kind: RecordId, way: &WayToReach, wanted: &[(FieldId, Cow<'_, [NameId]>)]) {
        let Some(index) = self.store.kind(kind) else { return };
        let first = way.reaches_back_to(call.at(), self.zone);
        let places = match wanted.split_first() {
            None => vec![index.all.as_slice()],
            Some(((field, names), _)) => {
                names.iter().filter_map(|name| Some(index.by_name.get(&(*field, *name))?.as_slice())).collect()
            }
        };
        for list in places {
            let before = list.partition_point(|place| *place < call.place);
            for place in list.get(..before).unwrap_or_default().iter().rev() {
                let Some(event) = self.store.event(*place) else { continue };
                if event.at < first {
                    break;
                }
                let shares = wanted.iter().all(|(field, names)| holds(event, *field, names));
                if shares {
                    self.take(call, kind, *place);
                }
            }
        }
    }

    fn reach_by_id(&mut self, call: Call<'_>, kind: RecordId, id: NameId) {
        let Some(index) = self.store.kind(kind) else { return };
        for place in index.by_id.get(&id).into_iter().flatten() {
            self.take(call, kind, *place);
        }
    }

    fn take(&mut self, call: Call<'_>, kind: RecordId, place: usize) {
        let is_this_call = self.store.event(place).is_some_and(|event| *event.id == *call.id())
            && self.vocabulary.records.get(kind.index()).is_some_and(|kind| kind.is_call);
        if is_this_call || !self.store.stands_at(place, call.place) {
            return;
        }
        if self.lists.get_mut(kind.index()).is_some_and(|list| list.places.insert(place)) {
            self.to_do.push((kind, place));
        }
    }

    fn write(&self, call: Call<'_>, out: &mut String) {
        let json = self.store.event(call.place).and_then(|event| event.call.as_ref()).map_or("{}", |call| &call.json);
        out.push_str("{\"call\":");
        out.push_str(json);
        out.push_str(",\"history\":{");
        let mut is_first = true;
        let kinds = (0u16..).map(RecordId).zip(&self.vocabulary.records).zip(&self.lists);
        for ((id, kind), list) in kinds {
            let is_there = self.store.kind(id).is_some_and(|index| index.is_there);
            let is_asked = self.horizon.kinds.get(id.index()).is_some_and(|asked| !asked.ways.is_empty())
                || !list.places.is_empty();
            if !is_there || !is_asked || (list.is_open && list.places.is_empty() && list.whole_by.is_empty()) {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                out.push(',');
            }
            out.push('"');
            out.push_str(&kind.plural);
            out.push_str(if list.is_open { "\":{\"complete\":" } else { "\":[" });
            if list.is_open {
                self.write_complete(kind, list, out);
                out.push_str(",\"records\":[");
            }
            for (number, place) in list.places.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                let Some(event) = self.store.event(*place) else { continue };
                out.push_str(event.record.as_ref().map_or("{}", |(_, json)| json));
                if let Some(call) = event.decision_of {
                    out.push_str(self.decided.text(call));
                    out.push('}');
                }
            }
            out.push_str(if list.is_open { "]}" } else { "]" });
        }
        out.push_str("}}");
    }

    /// By what a list is all that can be asked for.
    fn write_complete(&self, kind: &RecordKind, list: &Gathered, out: &mut String) {
        if list.whole_by.is_empty() {
            return out.push_str("false");
        }
        for (number, link) in list.whole_by.iter().enumerate() {
            out.push_str(if number == 0 { "[\"" } else { ",\"" });
            // Names of a vocabulary hold nothing that JSON would have to escape.
            let _ = write!(out, "{}\"", link.words(kind, self.vocabulary));
        }
        out.push(']');
    }
}

/// Whether a field of an event names one of these.
fn holds(event: &Stored, field: FieldId, names: &[NameId]) -> bool {
    event.names.iter().any(|(own, name)| *own == field && names.contains(name))
}
