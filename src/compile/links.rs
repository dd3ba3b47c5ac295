//! Ir -> the links between records that conditions follow.

use super::ids::TermId;
use super::ir::{FlatSelection, Ir, Term};
use crate::check::Policy;
use crate::model::{FactId, FieldId, LinkTo, RecordId, Type};
use crate::semantics::{Predicate, Subject, Test};
use std::collections::BTreeSet;

/// A link that some condition follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    OfCall { fact: FactId, to: RecordId },
    OfRecord { record: RecordId, field: FieldId, to: RecordId },
}

pub(super) fn followed(ir: &Ir, policy: &Policy) -> Vec<Link> {
    let mut links = BTreeSet::new();
    for term in &ir.terms {
        match term {
            Term::Test(Test { subject: Subject::Fact(fact), predicate: Predicate::InForce(_) }) => {
                if let Some(Type::Link { record }) = policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty) {
                    links.insert(Link::OfCall { fact: *fact, to: *record });
                }
            }
            Term::Latest { of, test, .. } => {
                let record = ir.selection(*of).map(|selection| selection.record);
                gather(ir, record, *test, &mut links);
            }
            _ => {}
        }
    }
    for selection in &ir.selections {
        selection.tests.iter().for_each(|test| gather(ir, Some(selection.record), *test, &mut links));
    }
    links.into_iter().collect()
}

/// What every record that a selection means shares with the call.
pub fn of_records(ir: &Ir, selection: &FlatSelection) -> Box<[LinkTo]> {
    let mut links = Vec::new();
    let mut to_do: Vec<TermId> = selection.tests.to_vec();
    while let Some(test) = to_do.pop() {
        match ir.term(test) {
            Some(Term::All(parts)) => to_do.extend(parts),
            Some(Term::Test(test)) => links.extend(test.link_to_call()),
            _ => {}
        }
    }
    links.into()
}

/// The links of a kind of record that a condition about it follows.
fn gather(ir: &Ir, record: Option<RecordId>, term: TermId, links: &mut BTreeSet<Link>) {
    let Some(term) = ir.term(term) else { return };
    let Term::Test(test) = term else {
        return term.parts().iter().for_each(|part| gather(ir, record, *part, links));
    };
    for subject in std::iter::once(test.subject).chain(test.predicate.reads()) {
        if let (Some(record), Subject::Through { link, record: to, .. } | Subject::Linked { link, record: to }) =
            (record, subject)
        {
            links.insert(Link::OfRecord { record, field: link, to });
        }
    }
}
