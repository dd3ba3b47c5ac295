//! One evaluation of a program at one moment: conditions to truths.

use super::Row;
use super::members::{Member, Members, row, times};
use super::scratch::Scratch;
use crate::check::Policy;
use crate::compile::{MOST_STEPS, MeasureId, Program, SelectionId, Term, TermId};
use crate::model::{Case, RecordId, Truth, Value, Warning};
use crate::semantics::{ScoreIs, Subject, Test, Trend, how_many, sum};
use crate::syntax::tree::Comparison;
use crate::time::Instant;
use std::cell::{Cell, RefCell};

/// How far ahead of the call changes are worked out, in seconds: 60 days.
pub(crate) const HORIZON: i64 = 60 * 86_400;

/// Answers conditions about one case, and remembers what it has worked out.
pub(crate) struct Evaluation<'a> {
    pub policy: &'a Policy,
    pub program: &'a Program,
    pub case: &'a Case,
    /// The moment from which spans are counted back: the call's time or later.
    pub now: Instant,
    pub(super) memory: Box<Scratch>,
    /// The first later moment at which something timed could change, where moments are noted.
    pub(super) next: Cell<Instant>,
    pub(super) notes_moments: bool,
    /// The same case with more of it known, where it is asked what stands until all of that is learnt.
    whole: Option<&'a Evaluation<'a>>,
    pub(super) warnings: RefCell<Vec<Warning>>,
    /// For each policy in the chain how many steps were taken to find what its rules make certain together.
    spent_on_splits: RefCell<Vec<usize>>,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(policy: &'a Policy, program: &'a Program, case: &'a Case, now: Instant) -> Self {
        let run = Self::with(Box::new(Scratch::new(program)), policy, program, case);
        if now == case.at { run } else { run.noting(now) }
    }

    /// The same at a moment from which moments of change are noted.
    pub(crate) fn noting(mut self, moment: Instant) -> Self {
        self.go_to(moment);
        self
    }

    /// Uses the memory of earlier evaluations of the same program, at the call's own time and without noting moments.
    pub(super) fn with(mut memory: Box<Scratch>, policy: &'a Policy, program: &'a Program, case: &'a Case) -> Self {
        memory.begin(program, case, &policy.zone);
        let run = Self {
            policy,
            program,
            case,
            now: case.at,
            memory,
            next: Cell::new(after_horizon(case)),
            notes_moments: false,
            whole: None,
            warnings: RefCell::default(),
            spent_on_splits: RefCell::default(),
        };
        run.pass_over_history();
        run
    }

    pub(crate) fn into_memory(self) -> Box<Scratch> {
        self.memory
    }

    /// Part of a case: a yes or a no is one that learning the rest of the whole case would not take back. It uses the memory
    /// of an earlier part, where there was one.
    pub(crate) fn part_of(whole: &'a Evaluation<'a>, part: &'a Case, memory: Option<Box<Scratch>>) -> Self {
        let memory = memory.unwrap_or_else(|| Box::new(Scratch::new(whole.program)));
        Self { whole: Some(whole), ..Self::with(memory, whole.policy, whole.program, part) }
    }

    /// Counts steps of looking for what rules make certain together, those of a base apart from those of the policies that are built
    /// on it; `None` when one decision has taken enough of them.
    pub(super) fn spend_on_splits(&self, layer: usize, steps: usize) -> Option<()> {
        let mut spent = self.spent_on_splits.borrow_mut();
        if spent.len() <= layer {
            spent.resize(layer + 1, 0);
        }
        let spent = spent.get_mut(layer)?;
        *spent = spent.saturating_add(steps);
        (*spent <= MOST_STEPS).then_some(())
    }

    /// Goes on to another moment of the same case, never back, from which moments of change are noted.
    pub(super) fn go_to(&mut self, moment: Instant) {
        debug_assert!(moment >= self.now, "answers are remembered for later moments only");
        self.now = moment;
        self.memory.begin_moment(moment, &self.policy.zone);
        self.next.set(after_horizon(self.case));
        self.notes_moments = true;
    }

    /// Warns that it was asked whether a day is one of a calendar's, and nobody can say.
    pub(super) fn warn_of_calendar(&self, calendar: usize) {
        if let Some(named) = self.policy.calendars.get(calendar) {
            self.warnings.borrow_mut().push(Warning::CalendarUnknown { calendar: named.name.clone() });
        }
    }

    pub(super) fn take_warnings(&self) -> Vec<Warning> {
        self.warnings.take()
    }

    /// The truth of a condition about the call.
    #[inline(always)]
    pub(crate) fn truth(&self, term: TermId) -> Truth {
        match self.program.ir.term(term) {
            Some(Term::Test(Test { subject: Subject::Fact(fact), predicate })) => {
                let value = self.case.fact_ref(*fact).unwrap_or(&Value::Unknown);
                predicate.of_value(value).unwrap_or_else(|| self.truth_remembered(term))
            }
            _ => self.truth_of_more(term),
        }
    }

    /// The same for all but most questions about a fact. Looking at what the pass noted takes less time than remembering the
    /// answer, and so does asking the parts of what nobody else asks for.
    fn truth_of_more(&self, term: TermId) -> Truth {
        match self.program.ir.term(term) {
            Some(Term::Count { measure, comparison, number }) if self.memory.is_time_of_call() => {
                match self.counted(*measure) {
                    Some(reading) => comparison.between(reading.ends(), **number),
                    None => self.truth_remembered(term),
                }
            }
            Some(Term::All(parts)) if !self.program.plan.is_shared(term) => self.least_of_call(parts),
            Some(Term::Any(parts)) if !self.program.plan.is_shared(term) => {
                Truth::greatest(parts.iter().map(|part| self.truth(*part)))
            }
            _ => self.truth_remembered(term),
        }
    }

    fn truth_remembered(&self, term: TermId) -> Truth {
        let (at, timed) = (term.0 as usize, self.program.plan.monotonicity(term).is_timed());
        self.once(&self.memory.truths, at, timed, || self.work_out(term, Row::Call))
    }

    /// The truth of a condition about a row; only those about the call are remembered.
    pub(crate) fn truth_of(&self, term: TermId, row: Row) -> Truth {
        if matches!(row, Row::Call) { self.truth(term) } else { self.work_out(term, row) }
    }

    fn work_out(&self, id: TermId, row: Row) -> Truth {
        match self.program.ir.term(id) {
            // A part that settles the answer settles it until it changes itself, so no moment of change is missed.
            Some(Term::All(parts)) => self.least(parts, row),
            Some(Term::Any(parts)) => Truth::greatest(parts.iter().map(|part| self.truth_of(*part, row))),
            Some(Term::Not(part)) => !self.truth_of(*part, row),
            Some(Term::HowMany { comparison, number, of }) => {
                how_many(*comparison, **number, of.iter().map(|part| self.truth_of(*part, row)))
            }
            Some(Term::Test(test)) => self.test(test, row),
            Some(Term::Presumed(part)) => self.presumed(*part, row),
            Some(Term::Count { measure, comparison, number }) => self.count(*measure, *comparison, **number),
            Some(Term::Latest { first, of, test }) => self.latest(*first, *of, *test),
            Some(Term::Trend { of, trend }) => self.trend(*of, *trend),
            Some(Term::Score { score, is }) => self.score(*score, is),
            None => Truth::Unknown,
        }
    }

    /// What is not known is presumed, until the answer is no.
    fn presumed(&self, part: TermId, row: Row) -> Truth {
        let truth = self.truth_of(part, row);
        let sure = self.whole.map_or(truth, |whole| whole.truth_of(part, row)) != Truth::No;
        if truth == Truth::Unknown && sure { Truth::Yes } else { truth }
    }

    /// Whether conditions about a row all hold.
    pub(super) fn least(&self, parts: &[TermId], row: Row) -> Truth {
        Truth::least(parts.iter().map(|part| self.truth_of(*part, row)))
    }

    /// Whether conditions about the call all hold.
    #[inline]
    pub(super) fn least_of_call(&self, parts: &[TermId]) -> Truth {
        Truth::least(parts.iter().map(|part| self.truth(*part)))
    }

    fn count(&self, measure: MeasureId, comparison: Comparison, number: i64) -> Truth {
        if self.notes_moments {
            self.note_counted(measure, number);
        }
        if let Some(reading) = self.counted(measure) {
            return comparison.between(reading.ends(), number);
        }
        let readings = self.readings(measure).map(|reading| match reading {
            Some(reading) => comparison.between(reading.ends(), number),
            None => Truth::No,
        });
        readings.reduce(Truth::agreed).unwrap_or(Truth::Unknown)
    }

    fn latest(&self, first: bool, of: SelectionId, test: TermId) -> Truth {
        if first {
            self.note_oldest(of);
        } else if self.has_one_reading(of) {
            let members = self.members(of);
            match members.newest_of_all(1) {
                None => return Truth::No,
                Some(Member { time, index, sure: true }) if members.is_last_certain() => {
                    self.note_leaving(of, time);
                    return self.truth_of(test, self.row(of, index));
                }
                // It is in doubt which is the latest.
                Some(_) => {}
            }
        }
        self.in_every_reading(of, |members| {
            let candidates = members.candidates(first);
            let answers = candidates.rows.map(|member| {
                self.note_leaving(of, member.time);
                self.truth_of(test, members.row(member))
            });
            let none = candidates.maybe_none.then_some(Truth::No);
            answers.chain(none).reduce(Truth::agreed).unwrap_or(Truth::No)
        })
    }

    /// The row of a selection's kind at a place.
    fn row(&self, of: SelectionId, index: usize) -> Row {
        let record = self.program.ir.selection(of).map_or(RecordId(0), |selection| selection.record);
        row(record, times(self.case, record).len(), index)
    }

    /// Whether all records are known, and it is sure from when they count.
    fn has_one_reading(&self, of: SelectionId) -> bool {
        let selection = self.program.ir.selection(of);
        selection.is_some_and(|selection| selection.since.is_empty()) && self.is_whole(of)
    }

    /// Whether all records that a selection can mean are known.
    #[inline]
    pub(super) fn is_whole(&self, of: SelectionId) -> bool {
        let record = self.program.ir.selection(of).map(|selection| selection.record);
        record.is_some_and(|record| self.case.is_whole(record) || self.is_whole_by_link(record, of))
    }

    #[cold]
    fn is_whole_by_link(&self, record: RecordId, of: SelectionId) -> bool {
        self.program.plan.selection(of).is_some_and(|plan| self.case.is_whole_by(record, &plan.links))
    }

    /// A question to the times of the last few that match; unknown when it is not sure which these are.
    fn trend(&self, of: SelectionId, trend: Trend) -> Truth {
        let last = trend.last();
        self.in_every_reading(of, |members| {
            let newest: Vec<Member> = members.all().rev().take(last).collect();
            let (Some(oldest), true) = (newest.last(), newest.len() == last) else { return Truth::No };
            self.note_leaving(of, oldest.time);
            // Whether an older one matches makes no difference: these are the last few all the same.
            if newest.iter().any(|member| !member.sure) {
                return Truth::Unknown;
            }
            let times: Vec<Instant> = newest.iter().rev().map(|member| member.time).collect();
            Truth::from(trend.holds(&times, &self.asking(Row::Call)))
        })
    }

    /// The answer on which every reading of what the selection means agrees.
    fn in_every_reading(&self, of: SelectionId, answer: impl Fn(Members<'_>) -> Truth) -> Truth {
        let members = self.members(of);
        let whole = self.is_whole(of);
        let Some(cuts) = self.cuts(of) else {
            return if whole { answer(members) } else { Truth::Unknown };
        };
        let readings = cuts.iter().map(|cut| match cut {
            None => Truth::No,
            Some(_) if !whole => Truth::Unknown,
            Some(cut) => answer(members.from(*cut)),
        });
        readings.reduce(Truth::agreed).unwrap_or(Truth::Unknown)
    }

    /// The least and the most that a score can be.
    pub(super) fn score_between(&self, score: usize) -> (i64, i64) {
        let Some(score) = self.program.ir.scores.get(score) else { return (0, 0) };
        sum(score.points.iter().map(|(points, term)| {
            let truth = self.truth(*term);
            // What is unanswered counts as yes, until the answer is no.
            let presumed = score.unanswered_as_yes.then(|| self.whole.map_or(truth, |whole| whole.truth(*term)));
            let sure = presumed.map_or(truth == Truth::Yes, |presumed| presumed != Truth::No);
            (**points, if sure { Truth::Yes } else { truth.min(Truth::Unknown) })
        }))
    }

    fn score(&self, at: usize, is: &ScoreIs) -> Truth {
        self.is_score(at, is, self.score_between(at))
    }

    /// The answer to a question about a score that is known to lie between two.
    pub(super) fn is_score(&self, at: usize, is: &ScoreIs, between: (i64, i64)) -> Truth {
        self.program.ir.scores.get(at).map_or(Truth::Unknown, |score| is.between(between, &score.bands))
    }
}

/// After the last moment that is looked at.
fn after_horizon(case: &Case) -> Instant {
    case.at.plus_seconds(HORIZON + 1)
}
