//! Evaluation -> Overview: what a decision says by number, for those who count many decisions and read none.

use super::evaluation::Evaluation;
use super::explain::Explainer;
use super::rule_scan::{RuleScan, Verdict, is_unknown_choice};
use super::scratch::Marks;
use super::{About, Because};
use crate::check::Effect;
use crate::compile::{CompiledRule, RuleId};
use crate::model::{FactId, FieldId, Level, OutcomeId, Outcomes, RecordId, Vocabulary};

/// What a decision says, without its reasons, its wording and until when it holds: rules and what is not known by their numbers. What
/// a decision says in lists of one for each rule is here what all of them say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// What is certain.
    pub outcome: Outcomes,
    /// The most that it could still be.
    pub possible: Outcomes,
    /// The rules that apply, in the order of their names.
    pub fired: Vec<RuleId>,
    /// Those of them that apply only because of what is presumed.
    pub presumed: Vec<RuleId>,
    /// The one rule that gives the first outcome its level, where it is one alone.
    pub sole: Option<RuleId>,
    /// The rules that may apply or not, in the order of their names.
    pub undecided: Vec<RuleId>,
    /// The rules without effect that would apply, and whether for certain.
    pub trial: Vec<(RuleId, bool)>,
    /// What undecided rules wait for, each once, in no order that means anything. Unlike a decision, which names no more than so many
    /// fields for one rule, it leaves out none.
    pub waits_for: Vec<GapId>,
    /// What the questions are about, likewise.
    pub asked: Vec<GapId>,
}

/// Something that may not be known: a fact of the call, a list of the history, or of its records a field or the time; by its place in
/// [`Snapshot::gaps`](crate::engine::Snapshot::gaps).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GapId(pub u32);

impl GapId {
    /// The place as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Everything that may not be known, as a path without the places of records: `call.injury`, `history.orders`, `history.orders.at`,
/// `history.orders.expires`.
pub(crate) fn gaps(vocabulary: &Vocabulary) -> Vec<String> {
    let facts = vocabulary.call.iter().map(|fact| ["call.", &fact.name].concat());
    let of_records = vocabulary.records.iter().flat_map(|kind| {
        let list = ["history.", &kind.plural].concat();
        let time = [&list, ".at"].concat();
        let fields: Vec<String> = kind.fields.iter().map(|field| [&list, ".", &field.name].concat()).collect();
        [list, time].into_iter().chain(fields)
    });
    facts.chain(of_records).collect()
}

/// Finds the number of what is not known, and notes each once.
#[derive(Debug, Default)]
pub(super) struct GapFinder {
    /// The number of each kind's list.
    lists: Vec<u32>,
    waits_for: Marks,
    asked: Marks,
}

impl GapFinder {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let mut next = count(vocabulary.call.len());
        let lists = vocabulary.records.iter().map(|kind| {
            let own = next;
            next = next.saturating_add(2).saturating_add(count(kind.fields.len()));
            own
        });
        Self { lists: lists.collect(), ..Self::default() }
    }
}

/// The number of a gap, where `lists` holds those of the lists.
fn number_of(lists: &[u32], about: &About) -> GapId {
    let list = |record: &RecordId| lists.get(record.index()).copied().unwrap_or(0);
    GapId(match about {
        About::Fact(FactId(fact)) => u32::from(*fact),
        About::List(record) => list(record),
        About::Time { record, .. } => list(record) + 1,
        About::Field { record, field: FieldId(field), .. } => list(record) + 2 + u32::from(*field),
    })
}

impl Overview {
    /// Writes what the scan of an evaluation found over what is there.
    pub(super) fn write(&mut self, run: &Evaluation<'_>, scan: &RuleScan, gaps: &mut GapFinder) {
        let Self { outcome, possible, fired, presumed, sole, undecided, trial, waits_for, asked } = self;
        outcome.0.clone_from(&scan.outcome.0);
        possible.0.clone_from(&scan.possible.0);
        fired.clear();
        presumed.clear();
        presumed.extend(scan.presumed());
        undecided.clear();
        trial.clear();
        waits_for.clear();
        asked.clear();
        let first = scan.outcome.0.first();
        let mut giving = (0u32, None);
        let GapFinder { lists, waits_for: waits_marks, asked: asked_marks } = gaps;
        let mut waits = Noted::new(lists, waits_marks, waits_for);
        let mut asks = Noted::new(lists, asked_marks, asked);
        let explainer = Explainer::new(run);
        let (mut open, mut moving) = (Vec::new(), Vec::new());
        for (id, verdict) in &scan.verdicts {
            let Some(rule) = run.program.rules.get(id.0 as usize) else { continue };
            match verdict {
                Verdict::Asleep | Verdict::No => {}
                Verdict::Trial { certain } => trial.push((*id, *certain)),
                Verdict::Yes { presumed } => {
                    fired.push(*id);
                    let mut adds = rule.effects.iter().filter_map(|effect| run.sure_effect(rule, effect));
                    if adds.any(|(outcome, level)| outcome.index() == 0 && Some(&level) == first) {
                        giving = (giving.0 + 1, Some(*id));
                    }
                    if *presumed && moves(run, scan, rule, Because::Presumed) {
                        moving.push(rule.when);
                    }
                    if rule.adds_more {
                        let is_moving = moves(run, scan, rule, Because::Open);
                        let mut is_open = false;
                        run.unknown_effects(rule, |about| {
                            is_open = true;
                            waits.add(about);
                            if is_moving {
                                asks.add(about);
                            }
                        });
                        if is_open {
                            undecided.push(*id);
                        }
                    }
                }
                Verdict::Unknown => {
                    undecided.push(*id);
                    open.push(rule.when);
                    if moves(run, scan, rule, Because::Open) {
                        moving.push(rule.when);
                    }
                }
            }
        }
        explainer.all_unknowns(&open, |about| waits.add(about));
        explainer.all_unknowns(&moving, |about| asks.add(about));
        for (outcome, fact) in &run.program.floors {
            let raises = |top| would_raise(&scan.outcome, *outcome, top);
            if is_unknown_choice(run.case, *fact) && run.top(*outcome).is_some_and(raises) {
                asks.add(&About::Fact(*fact));
            }
        }
        *sole = giving.1.filter(|_| giving.0 == 1);
    }
}

/// Whether an answer to what a rule waits for could make more of the outcome, or less: only then it is asked for.
fn moves(run: &Evaluation<'_>, scan: &RuleScan, rule: &CompiledRule, because: Because) -> bool {
    let sure = |effect: &Effect| run.sure_effect(rule, effect);
    if because == Because::Presumed {
        return rule.effects.iter().filter_map(sure).any(|(outcome, level)| scan.undone_by(outcome, level).is_some());
    }
    let raises = |(outcome, level)| would_raise(&scan.outcome, outcome, level);
    rule.effects.iter().filter_map(sure).any(raises) || run.possible_effects(rule).any(raises)
}

/// Whether a level is more than is certain. A time that nobody can say yet may be any.
fn would_raise(certain: &Outcomes, outcome: OutcomeId, level: Level) -> bool {
    level.is_unknown_time() || certain.level(outcome).is_some_and(|known| known.raised_by(level) != known)
}

/// A list in which each gap stands once.
struct Noted<'n> {
    lists: &'n [u32],
    met: &'n mut Marks,
    list: &'n mut Vec<GapId>,
}

impl<'n> Noted<'n> {
    fn new(lists: &'n [u32], met: &'n mut Marks, list: &'n mut Vec<GapId>) -> Self {
        met.begin();
        Self { lists, met, list }
    }

    fn add(&mut self, about: &About) {
        let gap = number_of(self.lists, about);
        if self.met.is_first(gap.index()) {
            self.list.push(gap);
        }
    }
}
