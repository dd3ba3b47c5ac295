//! Conditions -> everything that they ask, and of which facts, fields and times.

use crate::check::Policy;
use crate::compile::{FlatSince, Ir, MeasureId, SelectionId, Term, TermId};
use crate::model::{FactId, FieldId, RecordId, Type};
use crate::semantics::predicates::{Compare, InForce, Passed, ToCome, Within};
use crate::semantics::{FigureSource, Mark, Predicate, Subject, Test};
use crate::syntax::tree::Comparison;
use std::collections::{BTreeMap, BTreeSet};

/// Whose value it is, or when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    Fact(FactId),
    CallTime,
    Field(RecordId, FieldId),
    RecordTime(RecordId),
}

/// What some conditions ask.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub values: BTreeMap<Place, Vec<Predicate>>,
    /// The fields and facts that lead to a record of another kind, and to which.
    pub links: BTreeMap<Place, RecordId>,
    /// The numbers with which counts are compared, for each kind of record.
    pub counts: BTreeMap<RecordId, BTreeSet<i64>>,
    pub measures: BTreeMap<MeasureId, i64>,
    pub selections: BTreeSet<SelectionId>,
    /// How many records the latest or first of a selection, or a trend of it, is about.
    pub last: BTreeMap<SelectionId, usize>,
    /// The kinds of record of which the last few are asked how their times follow one another.
    pub trends: BTreeSet<(RecordId, usize)>,
    met: BTreeSet<(TermId, Option<RecordId>)>,
}

impl Asked {
    pub(super) fn of(ir: &Ir, policy: &Policy, roots: impl IntoIterator<Item = TermId>) -> Self {
        let mut asked = Self::default();
        let gather = &mut Gather { ir, policy, asked: &mut asked };
        roots.into_iter().for_each(|root| gather.term(root, None));
        asked
    }

    pub(super) fn predicates(&self, place: Place) -> &[Predicate] {
        self.values.get(&place).map(Vec::as_slice).unwrap_or_default()
    }

    /// Every kind of record that is counted, looked at, or led to.
    pub(super) fn kinds(&self, ir: &Ir) -> BTreeSet<RecordId> {
        let selected = self.selections.iter().filter_map(|id| ir.selection(*id)).map(|selection| selection.record);
        selected.chain(self.links.values().copied()).collect()
    }

    /// What a table or a number goes by is asked whether it reaches each of the rows.
    pub(super) fn add_figure(&mut self, policy: &Policy, of: FigureSource) {
        let FigureSource::Fact(fact) = policy.rests_on(of) else { return };
        let rows = match of {
            FigureSource::Table(table) => policy.table(table).map(|table| table.rows.as_slice()).unwrap_or_default(),
            FigureSource::Fact(_) | FigureSource::Score(_) => &[],
        };
        let edges = rows.iter().skip(1).map(|row| Compare(Comparison::AtLeast, row.from.into()).into());
        self.values.entry(Place::Fact(fact)).or_default().extend(edges);
    }
}

struct Gather<'g> {
    ir: &'g Ir,
    policy: &'g Policy,
    asked: &'g mut Asked,
}

impl Gather<'_> {
    fn term(&mut self, id: TermId, of: Option<RecordId>) {
        let ir = self.ir;
        let Some(term) = ir.term(id).filter(|_| self.asked.met.insert((id, of))) else { return };
        match term {
            Term::Test(test) => self.test(test, of),
            Term::Count { measure: id, comparison, number } => {
                let Some(measure) = ir.measure(*id) else { return };
                let (_, number) = comparison.plain(**number);
                let highest = number.saturating_add(1);
                self.asked.counts.entry(measure.record).or_default().extend([number, highest]);
                let known = self.asked.measures.entry(*id).or_default();
                *known = (*known).max(highest);
                if let Some(field) = measure.different {
                    self.field(measure.record, field, None);
                }
                self.selection(measure.of);
                if let Some(follow) = &measure.follow {
                    self.selection(follow.by);
                    let by = ir.selection(follow.by).map(|by| by.record);
                    for (own, first) in &follow.that {
                        by.into_iter().for_each(|by| self.field(by, *own, None));
                        self.field(measure.record, *first, None);
                    }
                }
            }
            Term::Latest { of, test, .. } => {
                self.selection(*of);
                self.keep_last(*of, 1);
                self.term(*test, ir.selection(*of).map(|selection| selection.record));
            }
            Term::Trend { of, trend } => {
                self.selection(*of);
                self.keep_last(*of, trend.last());
                self.asked.trends.extend(ir.selection(*of).map(|of| (of.record, trend.last())));
            }
            Term::All(_)
            | Term::Any(_)
            | Term::Not(_)
            | Term::Presumed(_)
            | Term::HowMany { .. }
            | Term::Score { .. } => {
                ir.parts_and_points(term).for_each(|part| self.term(part, of));
            }
        }
    }

    fn keep_last(&mut self, of: SelectionId, many: usize) {
        let known = self.asked.last.entry(of).or_default();
        *known = (*known).max(many);
    }

    fn selection(&mut self, id: SelectionId) {
        let ir = self.ir;
        let Some(selection) = ir.selection(id).filter(|_| self.asked.selections.insert(id)) else { return };
        let spans = ir.spans(selection).iter();
        let spans = spans.map(|length| Within(*length).into());
        self.asked.values.entry(Place::RecordTime(selection.record)).or_default().extend(spans);
        selection.tests.iter().for_each(|test| self.term(*test, Some(selection.record)));
        for since in &selection.since {
            if let FlatSince::Record { of, .. } = since {
                self.keep_last(*of, 1);
                self.selection(*of);
            }
        }
    }

    fn test(&mut self, test: &Test, of: Option<RecordId>) {
        let is_in_force = matches!(test.predicate, Predicate::InForce(InForce { .. }));
        match (test.subject, of) {
            (Subject::Fact(fact), _) if is_in_force => {
                let ty = self.policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty);
                if let Some(Type::Link { record }) = ty {
                    self.asked.links.insert(Place::Fact(fact), *record);
                    self.in_force(*record);
                }
            }
            (Subject::Record(kind), _) => self.in_force(kind),
            (Subject::Linked { link, record }, Some(kind)) => {
                self.asked.links.insert(Place::Field(kind, link), record);
                self.in_force(record);
            }
            (Subject::Through { link, record, field }, Some(kind)) => {
                self.asked.links.insert(Place::Field(kind, link), record);
                self.field(record, field, Some(&test.predicate));
            }
            (Subject::Field(field), Some(kind)) => self.field(kind, field, Some(&test.predicate)),
            (subject, of) => self.value(subject, of, Some(&test.predicate)),
        }
        for mark in test.predicate.form().marks() {
            match mark {
                Mark::Fact(fact) => self.value(Subject::Fact(fact), None, None),
                Mark::Time(other) => self.value(other, of, Some(&Passed.into())),
                Mark::Apart(apart) => {
                    let mirrored = apart.mirrored(test.subject).into();
                    self.value(apart.other, of, Some(&mirrored));
                }
                _ => {}
            }
        }
    }

    fn value(&mut self, subject: Subject, of: Option<RecordId>, predicate: Option<&Predicate>) {
        let place = match (subject, of) {
            (Subject::Fact(fact), _) => Place::Fact(fact),
            (Subject::CallTime, _) | (Subject::RecordTime, None) => Place::CallTime,
            (Subject::RecordTime, Some(kind)) => Place::RecordTime(kind),
            (Subject::Field(field), Some(kind)) => return self.field(kind, field, predicate),
            (Subject::Through { link, record, field }, Some(kind)) => {
                self.asked.links.insert(Place::Field(kind, link), record);
                return self.field(record, field, predicate);
            }
            _ => return,
        };
        self.asked.values.entry(place).or_default().extend(predicate.cloned());
    }

    /// A field, and the fact that stands for it where this call is counted.
    fn field(&mut self, kind: RecordId, field: FieldId, predicate: Option<&Predicate>) {
        self.asked.values.entry(Place::Field(kind, field)).or_default().extend(predicate.cloned());
        let is_call = self.policy.vocabulary.records.get(kind.index()).is_some_and(|kind| kind.is_call);
        if let Some(fact) = self.policy.stands_for(field).filter(|_| is_call) {
            self.asked.values.entry(Place::Fact(fact)).or_default().extend(predicate.cloned());
        }
    }

    fn in_force(&mut self, kind: RecordId) {
        let declared = self.policy.vocabulary.records.get(kind.index()).and_then(|kind| kind.in_force.as_ref());
        let Some(declared) = declared else { return };
        self.field(kind, declared.from, Some(&Passed.into()));
        declared.until.iter().for_each(|until| self.field(kind, *until, Some(&ToCome.into())));
    }
}
