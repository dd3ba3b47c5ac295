//! Near misses: the fewest changes to a case that would reach a higher value.

use super::candidates::Move;
use super::reach::{Dependencies, PredicatesAsked, WantedAnswer, blockers};
use super::say;
use super::shape::Draft;
use super::turns::turns;
use crate::check::{Effect, Policy};
use crate::compile::{CompiledRule, Program, Term, TermId};
use crate::eval::{Evaluation, Row, certain};
use crate::model::{Case, FactId, Level, Miss, OutcomeId, Records};
use crate::semantics::FigureSource;
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// What lacks more changes than this is not near.
const MOST_CHANGES: usize = 4;

/// How often one rule is asked about, for each number of changes.
const MOST_QUESTIONS: usize = 20_000;

/// How much is done in all before giving up, in conditions, records and changes looked at.
const MOST_WORK: usize = 300_000_000;

/// What asking about one rule takes besides its conditions, and how many comparisons of records cost as much as one condition.
const WORK_OF_A_QUESTION: usize = 200;
const COMPARISONS: u64 = 16;

/// How many moments are looked at for the one at which a miss is too late.
const MOST_MOMENTS: usize = 1000;

/// The nearest miss for each higher value of an outcome that is a scale, lowest first; and whether there was too much to try
/// it all.
pub(super) fn misses(policy: &Policy, program: &Program, case: &Case, outcome: OutcomeId) -> (Vec<Miss>, bool) {
    let levels: Vec<Level> = higher(policy, program, case, outcome);
    let mut search = WaySearch::new(policy, program, case, outcome);
    let misses: Vec<Miss> = levels.into_iter().flat_map(|level| search.misses(level)).collect();
    (misses, search.cut_short || search.draft.cut_short)
}

/// The levels above the one that is certain, of an outcome that is a scale, and of one that is a number those that rules name;
/// none of any other.
pub(super) fn higher(policy: &Policy, program: &Program, case: &Case, outcome: OutcomeId) -> Vec<Level> {
    let declared = policy.vocabulary.outcomes.get(outcome.index());
    let now = certain(&Evaluation::new(policy, program, case, case.at)).level(outcome);
    let Some((declared, now)) = declared.zip(now) else { return Vec::new() };
    if declared.kind.numbers().is_none() {
        return declared.kind.above(now).collect();
    }
    let named = program.rules.iter().flat_map(|rule| rule.effects.iter()).filter_map(|effect| match effect {
        Effect::Raise { outcome: of, level } if *of == outcome && !now.covers(*level) => Some(*level),
        _ => None,
    });
    let mut named: Vec<Level> = named.collect();
    named.sort_by_key(|level| level.strength());
    named.dedup();
    named
}

fn speaks(rule: &CompiledRule, at: Instant) -> bool {
    rule.is_in_force(at) && !rule.is_without_effect(at)
}

fn goal(rule: &CompiledRule) -> WantedAnswer {
    if rule.presumed { WantedAnswer::NOT_NO } else { WantedAnswer::YES }
}

pub(super) struct WaySearch<'a> {
    policy: &'a Policy,
    program: &'a Program,
    outcome: OutcomeId,
    pub(super) draft: Draft,
    /// All changes that bear on some rule which could raise the outcome.
    pub(super) moves: Vec<Move>,
    reaches: BTreeMap<TermId, Dependencies>,
    questions: usize,
    left: usize,
    /// What asking about one rule takes, and what may still be done for all of them.
    work_of_a_question: usize,
    work_left: usize,
    /// Whether some rule was given up.
    cut_short: bool,
}

impl<'a> WaySearch<'a> {
    pub(super) fn new(policy: &'a Policy, program: &'a Program, case: &Case, outcome: OutcomeId) -> Self {
        let comparisons = program.bound(case.record_count() as u64) / COMPARISONS;
        let of_records = usize::try_from(comparisons).unwrap_or(usize::MAX / 2);
        let mut search = Self {
            policy,
            program,
            outcome,
            draft: Draft::new(case, MOST_CHANGES),
            moves: Vec::new(),
            reaches: BTreeMap::new(),
            // A long history makes each question dear.
            questions: MOST_QUESTIONS / (1 + case.record_count() / 200),
            left: 0,
            work_of_a_question: WORK_OF_A_QUESTION + program.ir.terms.len() + of_records,
            work_left: MOST_WORK,
            cut_short: false,
        };
        let rules = program.rules.iter().filter(|rule| speaks(rule, case.at) && search.raises_to(rule).is_some());
        let conditions: Vec<TermId> = rules.map(|rule| rule.when).collect();
        let reach = Dependencies::of(policy, program, &conditions);
        let moves = search.draft.moves(policy, program, &PredicatesAsked::of(policy, program), &reach);
        let given = search.given();
        let is_given = |one: &Move| matches!(one, Move::Fact { fact, .. } if given.contains(fact));
        search.moves = moves.into_iter().filter(|one| !is_given(one)).collect();
        search
    }

    /// The facts that are values of the outcome given by somebody: its floor, and those to which a rule raises it. That
    /// somebody might have given a higher one is no miss.
    fn given(&self) -> BTreeSet<FactId> {
        let declared = self.policy.vocabulary.outcomes.get(self.outcome.index());
        let floor = declared.and_then(|declared| declared.kind.floor());
        let raised_to =
            self.program.rules.iter().flat_map(|rule| rule.effects.iter()).filter_map(|effect| match effect {
                Effect::RaiseTo { outcome, fact } | Effect::Figure { outcome, of: FigureSource::Fact(fact) }
                    if *outcome == self.outcome =>
                {
                    Some(*fact)
                }
                _ => None,
            });
        raised_to.chain(floor).collect()
    }

    /// The nearest miss of a level, and the nearest that only takes more records.
    fn misses(&mut self, level: Level) -> Vec<Miss> {
        let nearest = self.nearest(level, false);
        let alone = nearest.as_ref().is_some_and(|(_, moves)| moves.iter().all(Move::is_more_records));
        let by_records = if alone { None } else { self.nearest(level, true) };
        let found = nearest.map(|way| (way, alone)).into_iter().chain(by_records.map(|way| (way, true)));
        let found: Vec<((usize, Vec<Move>), bool)> = found.collect();
        found.into_iter().filter_map(|((place, moves), alone)| self.miss(level, place, &moves, alone)).collect()
    }

    /// The nearest way to a level, and the place of the rule that leads there. Of equally near ways, one that asks less,
    /// then one that reaches no more than the level, then the first rule's.
    pub(super) fn nearest(&mut self, level: Level, records_alone: bool) -> Option<(usize, Vec<Move>)> {
        let at = self.draft.case.at;
        let mut rules: Vec<(usize, &CompiledRule, Level)> = (0..)
            .zip(&self.program.rules)
            .filter(|(_, rule)| speaks(rule, at))
            .filter_map(|(place, rule)| Some((place, rule, self.raises_to(rule).filter(|to| to.covers(level))?)))
            .collect();
        rules.sort_by_key(|(_, _, to)| to.strength());
        (1..=MOST_CHANGES).find_map(|most| {
            let mut best: Option<(usize, Vec<Move>)> = None;
            for (place, rule, _) in &rules {
                if self.spend(self.moves.len()).is_none() {
                    return best;
                }
                let reach = self.reach(rule.when);
                let allowed = self.moves.iter().filter(|one| !records_alone || one.is_more_records());
                let moves: Vec<Move> = allowed.filter(|one| one.bears_on(&reach)).cloned().collect();
                self.left = self.questions;
                let mut made = Vec::new();
                if self.go_on(rule, &moves, &mut made, most)
                    && best.as_ref().is_none_or(|best| self.asks_less((rule, &made), best))
                {
                    best = Some((*place, made));
                }
            }
            best
        })
    }

    /// Counts what is done; `None` when enough of it was.
    fn spend(&mut self, work: usize) -> Option<()> {
        let left = self.work_left.checked_sub(work);
        self.work_left = left.unwrap_or(0);
        self.cut_short |= left.is_none();
        left.map(|_| ())
    }

    /// Whether a way asks for less than another: the other's changes would do for it too, and its own not for the other.
    fn asks_less(&self, (rule, moves): (&CompiledRule, &[Move]), (place, others): &(usize, Vec<Move>)) -> bool {
        let Some(other) = self.program.rules.get(*place) else { return false };
        self.does(others, rule) && !self.does(moves, other)
    }

    /// Whether changes are enough for a rule.
    fn does(&self, moves: &[Move], rule: &CompiledRule) -> bool {
        let at = self.draft.case.at;
        let changed = self.draft.with(moves, at);
        goal(rule).met(Evaluation::new(self.policy, self.program, &changed, at).truth(rule.when))
    }

    /// The level that a rule raises the outcome to, where it names one.
    fn raises_to(&self, rule: &CompiledRule) -> Option<Level> {
        let levels = rule.effects.iter().filter_map(|effect| match effect {
            Effect::Raise { outcome, level } if *outcome == self.outcome => Some(*level),
            _ => None,
        });
        levels.reduce(Level::raised_by)
    }

    /// One of the things in the way must be changed whatever else is, so only changes that bear on them are tried.
    fn go_on(&mut self, rule: &CompiledRule, moves: &[Move], made: &mut Vec<Move>, most: usize) -> bool {
        let left = self.left.checked_sub(1);
        self.cut_short |= left.is_none();
        let Some(left) = left.filter(|_| self.spend(self.work_of_a_question).is_some()) else { return false };
        self.left = left;
        let at = self.draft.case.at;
        let changed = self.draft.with(made, at);
        let run = Evaluation::new(self.policy, self.program, &changed, at);
        if goal(rule).met(run.truth(rule.when)) {
            return true;
        }
        if most == 0 {
            return false;
        }
        if self.spend(moves.len()).is_none() {
            return false;
        }
        let blockers = blockers(&run, rule.when, Row::Call, goal(rule));
        let reaches: Vec<Dependencies> = blockers.iter().map(|term| self.reach(*term)).collect();
        for one in moves.iter().filter(|one| reaches.iter().any(|reach| one.bears_on(reach))) {
            if made.iter().any(|other| one.excludes(other)) {
                continue;
            }
            made.push(one.clone());
            if self.go_on(rule, moves, made, most - 1) {
                return true;
            }
            made.pop();
        }
        false
    }

    fn reach(&mut self, term: TermId) -> Dependencies {
        let (policy, program) = (self.policy, self.program);
        self.reaches.entry(term).or_insert_with(|| Dependencies::of(policy, program, &[term])).clone()
    }

    fn miss(&mut self, level: Level, place: usize, moves: &[Move], more_records_alone: bool) -> Option<Miss> {
        let rule = self.program.rules.get(place)?;
        let before = self.too_late(rule, moves);
        let counted = |one: &Move| self.counting(rule, moves, one);
        Some(Miss {
            outcome: self.outcome,
            reaches: level,
            rule: rule.name.clone(),
            changes: say::changes(self.policy, &self.draft.case, moves, counted),
            before,
            more_records_alone,
        })
    }

    /// The words of the first count of a rule that counts a record which is added.
    fn counting(&self, rule: &CompiledRule, moves: &[Move], one: &Move) -> Option<String> {
        let Move::Record { record, .. } = one else { return None };
        let changed = self.draft.with(moves, self.draft.case.at);
        let run = Evaluation::new(self.policy, self.program, &changed, changed.at);
        // Those that are added come last.
        let known = self.draft.case.records(*record).map_or(0, Records::len);
        let same = moves.iter().filter(|other| matches!(other, Move::Record { record: kind, .. } if kind == record));
        let index = known + same.take_while(|other| *other != one).count();
        let reach = Dependencies::of(self.policy, self.program, &[rule.when]);
        self.program.counted.iter().find_map(|(term, words)| {
            let Some(Term::Count { measure, .. }) = self.program.ir.term(*term) else { return None };
            let measure = self.program.ir.measure(*measure)?;
            let members = run.members(measure.of);
            let counted = members.record == *record && members.sure().any(|member| member.index == index);
            (counted && measure.follow.is_none() && reach.selections.contains(&measure.of)).then(|| words.to_string())
        })
    }

    /// The first moment at which the same changes, made then, would not be enough any more. It matters only where
    /// records are added: they may yet come.
    fn too_late(&mut self, rule: &CompiledRule, moves: &[Move]) -> Option<Instant> {
        if !moves.iter().any(Move::is_more_records) {
            return None;
        }
        let start = self.draft.case.at;
        let last = start.plus_seconds(crate::eval::HORIZON);
        let turns = turns(&Evaluation::new(self.policy, self.program, &self.draft.case, start), rule);
        let mut now = start;
        for _ in 0..MOST_MOMENTS {
            let case = self.draft.with(moves, now);
            let run = Evaluation::new(self.policy, self.program, &case, now).noting(now);
            let truth = run.truth(rule.when);
            if !goal(rule).met(truth) {
                return Some(now);
            }
            // What changes for the records that are there, and what for those that are added then.
            let turn = turns.range((Bound::Excluded(now), Bound::Unbounded)).next();
            let next = turn.copied().into_iter().chain(Some(run.next_change()).filter(|next| *next > now)).min();
            match next.filter(|next| *next <= last) {
                Some(next) => now = next,
                None => return None,
            }
        }
        self.cut_short = true;
        None
    }
}
