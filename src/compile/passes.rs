//! What is asked of the records of one kind, laid out for one pass that takes 64 records at a time.
//!
//! The records that selections mean are found in a tree: each branch is what passes one more test, and selections share
//! the branches of the tests that they share. Where nothing passes a test, all that lies beyond it is left out.

use super::index;
use super::program::{LengthId, MeasureId, Program, SelectionId, Term, TermId, WindowId};
use crate::check::{Policy, Predicate, Subject, Test};
use crate::model::{FactId, FieldId, RecordId};
use hashbrown::HashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A set of records of one kind that evaluation works out: its place among those of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetId(pub u32);

/// A question, by its place in [`Pass::asks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AskId(pub u32);

/// A set that a pass counts, by its place among everything that passes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountedId(pub u32);

/// Everything that is asked of the records of one kind at the time of the call.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Whether the call counts too in some selection.
    pub this_call: bool,
    /// Each question once; one that is made of others comes after them.
    pub asks: Vec<Ask>,
    /// The lengths of the spans of each window in which something is counted.
    pub spans: Vec<Box<[LengthId]>>,
    /// The branches of the tree, each followed by those that grow out of it.
    pub picks: Vec<Pick>,
    /// What is counted, pick by pick.
    pub tallies: Vec<Tally>,
    /// How many sets of these records there are.
    pub sets: u32,
}

/// The records of a set that pass one more test.
#[derive(Clone, Debug)]
pub struct Pick {
    pub set: SetId,
    pub from: SetId,
    pub by: By,
    /// Where its tallies begin and end in [`Pass::tallies`].
    pub tallies: (u32, u32),
    /// How many branches grow out of this one.
    pub beyond: u32,
}

/// Those of a pick that lie in some spans are counted.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    /// The place of the spans in [`Pass::spans`].
    pub within: u32,
    pub id: CountedId,
}

/// What a record has to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// All records are picked, whatever `from` is.
    Records,
    RecordsAndThisCall,
    Ask(AskId),
    /// Nothing more: the set is the same at the time of the call. Later on it is worked out anew, and only where somebody
    /// asks.
    Now,
}

/// A question to each record. The commonest are laid out so that nothing about them is looked up record by record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// The choice is among the bits.
    OneOf {
        field: FieldId,
        values: u64,
        not: bool,
    },
    Is {
        field: FieldId,
        wanted: bool,
    },
    /// The identity, or one of several, is one that a fact of the call has.
    Same {
        field: FieldId,
        fact: FactId,
        not: bool,
    },
    /// The time lies in the span that ends now.
    Within {
        field: FieldId,
        length: LengthId,
    },
    /// The record is in force: from a time that `from` has, until the first that one of `until` has.
    InForce {
        from: FieldId,
        until: Box<[FieldId]>,
        not: bool,
    },
    /// The question of a test to a field of the record that a link leads to.
    Through {
        link: FieldId,
        record: RecordId,
        field: FieldId,
        test: TermId,
    },
    /// A condition about the call, so the answer is the same for every record.
    OfCall(TermId),
    All(Box<[AskId]>),
    Any(Box<[AskId]>),
    Not(AskId),
    Other(TermId),
}

impl Program {
    /// Lays out what all selections and measures ask of records.
    pub(super) fn lay_out_passes(&mut self, policy: &Policy) {
        self.passes = (0..policy.vocabulary.records.len())
            .map(|kind| {
                let mut tree = Tree::new(policy, self, RecordId(u16::try_from(kind).unwrap_or(u16::MAX)));
                tree.grow();
                tree.into_pass()
            })
            .collect();
    }
}

/// The picks of one kind of record, while they are gathered.
struct Tree<'a> {
    policy: &'a Policy,
    program: &'a mut Program,
    record: RecordId,
    this_call: bool,
    asks: Vec<Ask>,
    spans: Vec<Box<[LengthId]>>,
    /// What was asked already, and which branches there are. These maps are only looked up in.
    asked: HashMap<Ask, AskId>,
    grown: HashMap<(SetId, By), SetId>,
    /// By set; `None` for room in which no pick writes.
    branches: Vec<Option<Branch>>,
}

struct Branch {
    from: SetId,
    by: By,
    tallies: Vec<Tally>,
    out_of_it: Vec<SetId>,
}

impl<'a> Tree<'a> {
    fn new(policy: &'a Policy, program: &'a mut Program, record: RecordId) -> Self {
        let (asked, grown) = (HashMap::new(), HashMap::new());
        let (asks, spans, branches) = Default::default();
        Self { policy, program, record, this_call: false, asks, spans, asked, grown, branches }
    }

    fn grow(&mut self) {
        let popularity = self.popularity();
        let rank = |test: &TermId| (Reverse(popularity.get(test).copied().unwrap_or(0)), *test);
        for id in (0..index(self.program.selections.len())).map(SelectionId) {
            let Some(selection) = self.program.selections.get(id.0 as usize) else { continue };
            if selection.record != self.record {
                continue;
            }
            let (this_call, timed) = (selection.this_call, selection.timed.clone());
            let still = selection.tests.iter().copied().filter(|test| !timed.contains(test)).collect();
            let mut still: Vec<TermId> = self.one_by_one(still);
            // What many ask is asked first, so that they share it.
            still.sort_unstable_by_key(rank);
            self.this_call |= this_call;
            let all = self.root(if this_call { By::RecordsAndThisCall } else { By::Records });
            let still = self.path(all, &still);
            let mut set = still;
            if !timed.is_empty() {
                set = self.path(still, &self.one_by_one(timed.to_vec()));
                set = self.branch(set, By::Now);
            }
            if let Some(selection) = self.program.selections.get_mut(id.0 as usize) {
                (selection.still, selection.set) = (still, set);
            }
        }
        (0..index(self.program.measures.len())).map(MeasureId).for_each(|id| self.measure(id));
    }

    /// In how many selections each test is.
    fn popularity(&self) -> BTreeMap<TermId, usize> {
        let mut popularity = BTreeMap::new();
        for selection in self.program.selections.iter().filter(|selection| selection.record == self.record) {
            for test in self.one_by_one(selection.tests.to_vec()) {
                *popularity.entry(test).or_default() += 1;
            }
        }
        popularity
    }

    /// Tests of which all must be passed, each alone.
    fn one_by_one(&self, tests: Vec<TermId>) -> Vec<TermId> {
        let parts = |test: TermId| match self.program.terms.get(test.0 as usize) {
            Some(Term::All(parts)) => self.one_by_one(parts.to_vec()),
            _ => vec![test],
        };
        tests.into_iter().flat_map(parts).collect()
    }

    fn path(&mut self, from: SetId, tests: &[TermId]) -> SetId {
        tests.iter().fold(from, |from, test| {
            let ask = self.ask(*test);
            self.shared_branch(from, By::Ask(ask))
        })
    }

    fn root(&mut self, by: By) -> SetId {
        let itself = SetId(index(self.branches.len()));
        *self.grown.entry((SetId::default(), by)).or_insert_with(|| {
            self.branches.push(Some(Branch { from: itself, by, tallies: Vec::new(), out_of_it: Vec::new() }));
            itself
        })
    }

    fn shared_branch(&mut self, from: SetId, by: By) -> SetId {
        if let Some(known) = self.grown.get(&(from, by)) {
            return *known;
        }
        let set = self.branch(from, by);
        self.grown.insert((from, by), set);
        set
    }

    fn branch(&mut self, from: SetId, by: By) -> SetId {
        let set = SetId(index(self.branches.len()));
        self.branches.push(Some(Branch { from, by, tallies: Vec::new(), out_of_it: Vec::new() }));
        if let Some(Some(from)) = self.branches.get_mut(from.0 as usize) {
            from.out_of_it.push(set);
        }
        set
    }

    fn measure(&mut self, id: MeasureId) {
        let Some(measure) = self.program.measures.get(id.0 as usize) else { return };
        let Some(selection) = self.program.selections.get(measure.of.0 as usize) else { return };
        if measure.record != self.record {
            return;
        }
        let (mut set, mut counted) = (selection.set, None);
        if measure.follow.is_some() {
            self.branches.push(None);
            set = SetId(index(self.branches.len() - 1));
        } else if measure.different.is_none() && selection.since.is_empty() {
            counted = Some(self.counted(set, selection.window));
        }
        if let Some(measure) = self.program.measures.get_mut(id.0 as usize) {
            (measure.set, measure.counted) = (set, counted);
        }
    }

    /// Has the records of a set that lie in a window counted.
    fn counted(&mut self, set: SetId, window: WindowId) -> CountedId {
        let lengths = self.program.windows.get(window.0 as usize).map(|window| window.lengths.as_slice());
        let lengths = lengths.unwrap_or_default();
        let within = self.spans.iter().position(|known| **known == *lengths).unwrap_or_else(|| {
            self.spans.push(lengths.into());
            self.spans.len() - 1
        });
        let count = Tally { within: index(within), id: CountedId(index(self.program.counted)) };
        let Some(Some(branch)) = self.branches.get_mut(set.0 as usize) else { return count.id };
        if let Some(known) = branch.tallies.iter().find(|known| known.within == count.within) {
            return known.id;
        }
        branch.tallies.push(count);
        self.program.counted += 1;
        count.id
    }

    fn ask(&mut self, term: TermId) -> AskId {
        let ask = match self.program.terms.get(term.0 as usize) {
            Some(Term::All(parts)) => Ask::All(self.asks(&parts.clone())),
            Some(Term::Any(parts)) => Ask::Any(self.asks(&parts.clone())),
            Some(Term::Not(part)) => {
                let part = *part;
                Ask::Not(self.ask(part))
            }
            Some(Term::Test(test)) => {
                let test = test.clone();
                self.test(&test, term)
            }
            _ => Ask::Other(term),
        };
        if let Some(known) = self.asked.get(&ask) {
            return *known;
        }
        let id = AskId(index(self.asks.len()));
        self.asks.push(ask.clone());
        self.asked.insert(ask, id);
        id
    }

    fn asks(&mut self, parts: &[TermId]) -> Box<[AskId]> {
        parts.iter().map(|part| self.ask(*part)).collect()
    }

    fn test(&mut self, test: &Test, term: TermId) -> Ask {
        match (test.subject, &test.predicate) {
            _ if is_of_call(test) => Ask::OfCall(term),
            (Subject::Field(field), Predicate::OneOf { values, not }) => {
                Ask::OneOf { field, values: *values, not: *not }
            }
            (Subject::Field(field), Predicate::Is(wanted)) => Ask::Is { field, wanted: *wanted },
            (Subject::Field(field), Predicate::Same { fact, not }) => Ask::Same { field, fact: *fact, not: *not },
            (Subject::Field(field), Predicate::Within(length)) => {
                Ask::Within { field, length: self.program.length(*length) }
            }
            (Subject::Record(record), Predicate::InForce { not }) => {
                let kind = self.policy.vocabulary.records.get(record.index()).and_then(|kind| kind.in_force.as_ref());
                kind.map_or(Ask::Other(term), |kind| Ask::InForce {
                    from: kind.from,
                    until: kind.until.clone().into(),
                    not: *not,
                })
            }
            (Subject::Through { link, record, field }, _) => Ask::Through { link, record, field, test: term },
            _ => Ask::Other(term),
        }
    }

    fn into_pass(self) -> Pass {
        let sets = index(self.branches.len());
        let (mut picks, mut tallies): (Vec<Pick>, Vec<Tally>) = Default::default();
        let mut places = vec![0; self.branches.len()];
        let is_root =
            |(set, branch): (u32, &Option<Branch>)| branch.as_ref().is_some_and(|branch| branch.from.0 == set);
        let mut next: Vec<u32> =
            (0..sets).zip(&self.branches).filter(|branch| is_root(*branch)).map(|(set, _)| set).collect();
        while let Some(set) = next.pop() {
            let Some(Some(branch)) = self.branches.get(set as usize) else { continue };
            places.iter_mut().skip(set as usize).take(1).for_each(|place| *place = picks.len());
            let first = index(tallies.len());
            tallies.extend(branch.tallies.iter().copied());
            let (from, by, tallies) = (branch.from, branch.by, (first, index(tallies.len())));
            picks.push(Pick { set: SetId(set), from, by, tallies, beyond: 0 });
            next.extend(branch.out_of_it.iter().map(|set| set.0));
        }
        // Branches come after the one that they grow out of, so from the last on each is complete when it is added.
        for at in (0..picks.len()).rev() {
            let Some(Pick { from, beyond, .. }) = picks.get(at).filter(|pick| pick.from != pick.set).cloned() else {
                continue;
            };
            let parent = places.get(from.0 as usize).and_then(|place| picks.get_mut(*place));
            parent.into_iter().for_each(|parent| parent.beyond += beyond + 1);
        }
        Pass { this_call: self.this_call, asks: self.asks, spans: self.spans, picks, tallies, sets }
    }
}

/// Whether the answer is the same for every record.
fn is_of_call(test: &Test) -> bool {
    let of_call = |subject: Subject| matches!(subject, Subject::Fact(_) | Subject::CallTime);
    let other = match &test.predicate {
        Predicate::Moment { other, .. } => of_call(*other),
        _ => true,
    };
    of_call(test.subject) && other
}
