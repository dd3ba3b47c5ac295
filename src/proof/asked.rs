//! Conditions -> everything that they ask, and of which facts, fields and times.

use crate::check::{Effect, Policy, Rule};
use crate::compile::{FlatSince, Ir, MeasureId, SelectionId, Term, TermId};
use crate::model::{FactId, FieldId, RecordId, Type};
use crate::semantics::predicates::{Apart, Compare, Day, InForce, Passed, ToCome, Within};
use crate::semantics::{FigureSource, Mark, Predicate, Subject, Test};
use crate::syntax::tree::{Comparison, FirstDay, Relation, Side};
use crate::time::{Length, Unit};
use std::collections::{BTreeMap, BTreeSet};

/// Whose value it is, or when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
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
    /// The kinds of record of which the last few are asked how their times follow one another, and within which spans.
    pub trends: BTreeSet<(RecordId, usize)>,
    pub spans_of_trends: Vec<(RecordId, Length)>,
    met: BTreeSet<(TermId, Option<Meant>)>,
}

/// Of which records something is asked, where it is not asked of the call alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Meant {
    kind: RecordId,
    /// Whether the call is among them.
    this_call: bool,
}

/// What a rule asks, and what decides by how much it raises something.
#[derive(Clone, Debug, Default)]
pub(crate) struct AskedByRule {
    pub values: BTreeMap<Place, Vec<Predicate>>,
    /// The fields that lead to a record of another kind.
    pub links: Vec<(RecordId, FieldId)>,
    /// Every kind of record that is counted, looked at, or led to.
    pub kinds: BTreeSet<RecordId>,
    /// The first record, the one that follows it, and within how long.
    pub follows: Vec<(RecordId, RecordId, Length)>,
}

impl AskedByRule {
    pub(crate) fn of(policy: &Policy, rule: &Rule) -> Self {
        let mut ir = Ir::default();
        let mut roots = vec![ir.add_condition(policy, &rule.when)];
        for effect in rule.effects.iter() {
            if let Effect::Figure { of, .. } = effect
                && let FigureSource::Score(score) = policy.rests_on(*of)
            {
                let points = policy.score(score).into_iter().flat_map(|score| &score.points);
                roots.extend(points.map(|(_, part)| ir.add_condition(policy, part)));
            }
        }
        let mut asked = Asked::of(&ir, policy, roots);
        asked.add_effects(policy, rule);
        let follows = ir.measures.iter().filter_map(|measure| {
            let follow = measure.follow.as_ref()?;
            Some((measure.record, ir.selection(follow.by)?.record, *follow.within))
        });
        let links = asked.links.keys().filter_map(|place| match place {
            Place::Field(kind, field) => Some((*kind, *field)),
            _ => None,
        });
        let (links, follows) = (links.collect(), follows.collect());
        Self { links, kinds: asked.kinds(&ir), follows, values: asked.values }
    }
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

    /// The facts on which it depends what a rule gives. What a table goes by is asked whether it reaches each of the rows.
    pub(super) fn add_effects(&mut self, policy: &Policy, rule: &Rule) {
        for effect in rule.effects.iter() {
            let (fact, edges) = match effect {
                Effect::Figure { of, .. } => match policy.rests_on(*of) {
                    FigureSource::Fact(fact) => (fact, row_edges(policy, *of)),
                    FigureSource::Score(_) | FigureSource::Table(_) => continue,
                },
                Effect::RaiseTo { fact, .. } | Effect::Deadline { after: Subject::Fact(fact), .. } => {
                    (*fact, Vec::new())
                }
                Effect::Raise { .. } | Effect::Deadline { .. } => continue,
            };
            self.values.entry(Place::Fact(fact)).or_default().extend(edges);
        }
    }
}

/// What is asked of the time of a record by that from which on records are counted, unless that is another record.
pub(super) fn asked_of_time(since: &FlatSince) -> Option<Predicate> {
    match since {
        FlatSince::Instant(moment) => Some(Day { relation: Relation::OnOrAfter, first: *moment, last: *moment }.into()),
        // Not the same as the day of the call: where a clock is put back over midnight, a day begins before one that it follows is over.
        FlatSince::Midnight => Some(
            Apart {
                comparison: Comparison::AtMost,
                length: Length::new(1, Unit::Days).into(),
                side: Side::Before,
                other: Subject::CallTime,
                first_day: Some(FirstDay::Counted),
                calendar: None,
            }
            .into(),
        ),
        FlatSince::Record { .. } => None,
    }
}

/// Whether what a table goes by reaches each of its rows.
fn row_edges(policy: &Policy, of: FigureSource) -> Vec<Predicate> {
    let FigureSource::Table(table) = of else { return Vec::new() };
    let rows = policy.table(table).into_iter().flat_map(|table| table.rows.iter().skip(1));
    rows.map(|row| Compare(Comparison::AtLeast, row.from.into()).into()).collect()
}

struct Gather<'g> {
    ir: &'g Ir,
    policy: &'g Policy,
    asked: &'g mut Asked,
}

impl Gather<'_> {
    fn term(&mut self, id: TermId, of: Option<Meant>) {
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
                let meant = self.meant(measure.of);
                let shared = measure.follow.iter().flat_map(|follow| follow.that.iter().map(|(_, first)| first));
                for field in measure.different.iter().chain(shared) {
                    meant.into_iter().for_each(|meant| self.field(meant, *field, None));
                }
                self.selection(measure.of);
                if let Some(follow) = &measure.follow {
                    self.selection(follow.by);
                    let by = self.meant(follow.by);
                    for (own, _) in &follow.that {
                        by.into_iter().for_each(|by| self.field(by, *own, None));
                    }
                }
            }
            Term::Latest { of, test, .. } => {
                self.selection(*of);
                self.keep_last(*of, 1);
                self.term(*test, self.meant(*of));
            }
            Term::Trend { of, trend } => {
                self.selection(*of);
                self.keep_last(*of, trend.last());
                if let Some(of) = ir.selection(*of) {
                    self.asked.trends.insert((of.record, trend.last()));
                    self.asked.spans_of_trends.extend(ir.spans(of).iter().map(|span| (of.record, **span)));
                }
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

    fn meant(&self, of: SelectionId) -> Option<Meant> {
        self.ir.selection(of).map(|of| Meant { kind: of.record, this_call: of.this_call })
    }

    fn keep_last(&mut self, of: SelectionId, many: usize) {
        let known = self.asked.last.entry(of).or_default();
        *known = (*known).max(many);
    }

    fn selection(&mut self, id: SelectionId) {
        let ir = self.ir;
        let Some(selection) = ir.selection(id).filter(|_| self.asked.selections.insert(id)) else { return };
        let mut asked: Vec<Predicate> = ir.spans(selection).iter().map(|length| Within(*length).into()).collect();
        for since in &selection.since {
            match since {
                FlatSince::Record { of, .. } => {
                    self.keep_last(*of, 1);
                    self.selection(*of);
                }
                since => asked.extend(asked_of_time(since)),
            }
        }
        self.asked.values.entry(Place::RecordTime(selection.record)).or_default().extend(asked);
        selection.tests.iter().for_each(|test| self.term(*test, self.meant(id)));
    }

    fn test(&mut self, test: &Test, of: Option<Meant>) {
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
            (Subject::Linked { link, record }, Some(of)) => {
                self.asked.links.insert(Place::Field(of.kind, link), record);
                self.in_force(record);
            }
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

    fn value(&mut self, subject: Subject, of: Option<Meant>, predicate: Option<&Predicate>) {
        let place = match (subject, of) {
            (Subject::Fact(fact), _) => Place::Fact(fact),
            (Subject::CallTime, _) | (Subject::RecordTime, None) => Place::CallTime,
            (Subject::RecordTime, Some(of)) => Place::RecordTime(of.kind),
            (Subject::Field(field), Some(of)) => return self.field(of, field, predicate),
            (Subject::Through { link, record, field }, Some(of)) => {
                self.asked.links.insert(Place::Field(of.kind, link), record);
                return self.field(Meant { kind: record, this_call: false }, field, predicate);
            }
            _ => return,
        };
        self.asked.values.entry(place).or_default().extend(predicate.cloned());
    }

    /// A field, and the fact that stands for it where this call is counted.
    fn field(&mut self, of: Meant, field: FieldId, predicate: Option<&Predicate>) {
        self.asked.values.entry(Place::Field(of.kind, field)).or_default().extend(predicate.cloned());
        if let Some(fact) = self.policy.stands_for(field).filter(|_| of.this_call) {
            self.asked.values.entry(Place::Fact(fact)).or_default().extend(predicate.cloned());
        }
    }

    fn in_force(&mut self, kind: RecordId) {
        let declared = self.policy.vocabulary.records.get(kind.index()).and_then(|kind| kind.in_force.as_ref());
        let Some(declared) = declared else { return };
        let of = Meant { kind, this_call: false };
        self.field(of, declared.from, Some(&Passed.into()));
        declared.until.iter().for_each(|until| self.field(of, *until, Some(&ToCome.into())));
    }
}
