//! The links between records that conditions follow.

use super::ids::{SelectionId, TermId};
use super::program::{Latest, Link, Program, Term};
use crate::check::Policy;
use crate::model::{RecordId, Type};
use crate::semantics::{Predicate, Subject, Test};
use std::collections::BTreeSet;

impl Program {
    pub(super) fn links_followed(&self, policy: &Policy) -> Vec<Link> {
        let mut links = BTreeSet::new();
        for term in &self.terms {
            match term {
                Term::Test(Test { subject: Subject::Fact(fact), predicate: Predicate::InForce(_) }) => {
                    if let Some(Type::Link { record }) = policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty) {
                        links.insert(Link::OfCall { fact: *fact, to: *record });
                    }
                }
                Term::Latest(Latest { of, test, .. }) => self.gather_links(self.kind_of(*of), *test, &mut links),
                _ => {}
            }
        }
        for selection in &self.selections {
            selection.tests.iter().for_each(|test| self.gather_links(Some(selection.record), *test, &mut links));
        }
        links.into_iter().collect()
    }

    fn kind_of(&self, selection: SelectionId) -> Option<RecordId> {
        self.selections.get(selection.0 as usize).map(|selection| selection.record)
    }

    /// The links of a kind of record that a condition about it follows.
    fn gather_links(&self, record: Option<RecordId>, term: TermId, links: &mut BTreeSet<Link>) {
        let subjects = match self.terms.get(term.0 as usize) {
            Some(Term::Test(test)) => std::iter::once(test.subject).chain(test.predicate.reads()),
            Some(Term::All(parts) | Term::Any(parts) | Term::HowMany { of: parts, .. }) => {
                return parts.iter().for_each(|part| self.gather_links(record, *part, links));
            }
            Some(Term::Not(part)) => return self.gather_links(record, *part, links),
            _ => return,
        };
        for subject in subjects {
            if let (Some(record), Subject::Through { link, record: to, .. } | Subject::Linked { link, record: to }) =
                (record, subject)
            {
                links.insert(Link::OfRecord { record, field: link, to });
            }
        }
    }
}
