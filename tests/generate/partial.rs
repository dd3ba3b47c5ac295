//! Lists of which a part was sent: by which links it is all, and the records that were not sent.

use super::case::{CaseText, Cell, Content, RecordText};
use super::words::{FACTS, RECORDS};

/// What is said of a list of which a part was sent.
#[derive(Clone, Debug, Default)]
pub struct Unsent {
    /// The links by which it is all that there is, among those of [`LINKS`].
    pub whole_by: Vec<&'static str>,
    /// What was not sent. None of it is linked in one of those ways.
    pub records: Vec<RecordText>,
}

/// Links by which a list may be whole, for each kind of record.
pub const LINKS: [&[&str]; 5] = [
    &[
        "suspect is this call's suspect",
        "order's suspect is this call's suspect",
        "order's victim is this call's caller",
        "suspect is an incident's suspect",
    ],
    &[
        "caller is this call's caller",
        "suspect is this call's suspect",
        "location is this call's location",
        "suspect is an incident's suspect",
    ],
    &["caller is this call's caller", "suspect is this call's suspect", "location is this call's location"],
    &[
        "suspect is this call's suspect",
        "location is this call's location",
        "victim is a call's caller",
        "suspect is a breach's suspect",
    ],
    &["suspect is this call's suspect", "victim is this call's caller", "suspect is an incident's suspect"],
];

impl CaseText {
    /// The same with every list all that there is: what was not sent is not there.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self { unsent: vec![None; RECORDS.len()], ..self.clone() }
    }

    /// The same with what was not sent of a list.
    pub fn complete(&mut self, kind: usize) {
        if let Some(unsent) = self.unsent[kind].take() {
            self.lists[kind].1.extend(unsent.records);
        }
    }

    /// The records of a kind, sent and not.
    fn all_of(&self, kind: usize) -> impl Iterator<Item = &RecordText> {
        let unsent = self.unsent[kind].iter().flat_map(|unsent| &unsent.records);
        self.lists[kind].1.iter().chain(unsent)
    }

    /// Sends what has to be sent, since its list is said to be whole by something that it shares.
    pub fn send_what_is_linked(&mut self) {
        for kind in 0..RECORDS.len() {
            let Some(mut unsent) = self.unsent[kind].take() else { continue };
            // Those that lead to records may themselves be unsent.
            self.unsent[kind] = Some(unsent.clone());
            let is_linked = |record: &RecordText| unsent.whole_by.iter().any(|link| self.is_linked(kind, record, link));
            let (linked, others): (Vec<_>, Vec<_>) = unsent.records.iter().cloned().partition(is_linked);
            unsent.records = others;
            self.unsent[kind] = Some(unsent);
            self.lists[kind].1.extend(linked);
        }
    }

    fn is_linked(&self, kind: usize, record: &RecordText, link: &str) -> bool {
        let (own, other) = link.split_once(" is ").expect("a link");
        let with: Vec<&Cell> = match other.strip_prefix("this call's ") {
            Some(fact) => vec![&self.facts[place(&FACTS, fact)]],
            None => {
                let (far, of) = other.split_once(' ').expect("an article").1.split_once("'s ").expect("a link");
                let far = RECORDS.iter().position(|record| record.name == far).expect("a kind");
                self.all_of(far).map(|record| &record.fields[place(RECORDS[far].fields, of)]).collect()
            }
        };
        let own: Vec<&Cell> = match own.split_once("'s ") {
            None => vec![&record.fields[place(RECORDS[kind].fields, own)]],
            Some((through, field)) => {
                let id = &record.fields[place(RECORDS[kind].fields, through)];
                let far = RECORDS.iter().position(|record| record.name == through).expect("a kind");
                let found = self.all_of(far).filter(|order| names(id).contains(&order.id.as_str()));
                found.map(|order| &order.fields[place(RECORDS[far].fields, field)]).collect()
            }
        };
        own.iter().any(|own| with.iter().any(|with| names(own).iter().any(|name| names(with).contains(name))))
    }
}

fn place<T>(fields: &[(&str, T)], name: &str) -> usize {
    fields.iter().position(|(own, _)| *own == name).expect("a field")
}

fn names(cell: &Cell) -> Vec<&str> {
    match &cell.value {
        Content::Name(name) => vec![name],
        Content::Names(names) => names.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}
