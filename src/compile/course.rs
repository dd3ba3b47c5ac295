//! How answers can move as time passes and nothing else is learnt: what is looked at again to say until when an outcome holds.

use super::program::{Latest, LengthId, Program, Selection, Since, Term};
use crate::check::{Predicate, ScoreIs, Subject, Test};
use crate::syntax::tree::Comparison;
use crate::time::Length;

/// Which way an answer may move with the clock, in the order no, unknown, yes. Of records: whether some may join, and
/// whether some may leave. An answer that moves neither way does not depend on the clock.
///
/// The clock of a wall goes back now and then, and months differ in length, so the start of a span of days may leap
/// back too: what only falls may then rise. Whoever relies on the direction has to look out for that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Course {
    pub rises: bool,
    pub falls: bool,
}

impl Course {
    pub const STILL: Self = Self { rises: false, falls: false };
    const FALLING: Self = Self { rises: false, falls: true };
    const ANY: Self = Self { rises: true, falls: true };

    pub fn is_timed(self) -> bool {
        self.rises || self.falls
    }

    fn with(self, other: Self) -> Self {
        Self { rises: self.rises || other.rises, falls: self.falls || other.falls }
    }

    fn turned(self) -> Self {
        Self { rises: self.falls, falls: self.rises }
    }

    /// Either way, if it moves at all.
    fn both(self) -> Self {
        if self.is_timed() { Self::ANY } else { Self::STILL }
    }

    /// The course of an answer about a number that has this course.
    fn compared(self, comparison: Comparison) -> Self {
        match comparison {
            Comparison::AtLeast | Comparison::MoreThan => self,
            Comparison::AtMost | Comparison::FewerThan => self.turned(),
            Comparison::Exactly => self.both(),
        }
    }
}

impl Program {
    /// The course of a term whose parts are laid out already.
    pub(super) fn course_of(&self, term: &Term) -> Course {
        let all =
            |parts: &[super::TermId]| parts.iter().map(|part| self.course(*part)).fold(Course::STILL, Course::with);
        match term {
            Term::All(parts) | Term::Any(parts) => all(parts),
            Term::Not(part) => self.course(*part).turned(),
            Term::HowMany { comparison, of, .. } => all(of).compared(*comparison),
            Term::Test(test) => course_of_test(test),
            Term::Count(count) => {
                let measure = self.measures.get(count.measure.0 as usize);
                measure.map_or(Course::ANY, |measure| measure.course).compared(count.comparison)
            }
            // Which record is the latest may change either way when one that may be meant leaves.
            Term::Latest(Latest { of, test, .. }) => self.members_course(*of).with(self.course(*test)).both(),
            Term::Closer { of, .. } => self.members_course(*of).both(),
            Term::Gap(_) => Course::ANY,
            Term::Score { score, is } => {
                let Some(score) = self.scores.get(*score) else { return Course::ANY };
                let points = score.points.iter().map(|(points, term)| {
                    let course = self.course(*term);
                    if *points < 0 { course.turned() } else { course }
                });
                let sum = points.fold(Course::STILL, Course::with);
                match is {
                    ScoreIs::Compare(comparison, _) => sum.compared(*comparison),
                    ScoreIs::In { .. } => sum.both(),
                }
            }
        }
    }

    /// The spans that the answers which only fall are about, of those whose start may leap.
    pub(super) fn leaping_lengths(&mut self) -> Vec<LengthId> {
        let tests = self.terms.iter().filter_map(|term| match term {
            Term::Test(Test { predicate: Predicate::Within(length), .. }) => Some(*length),
            _ => None,
        });
        let tests: Vec<Length> = tests.collect();
        for length in tests {
            self.length(length);
        }
        let leaps = |(_, length): &(LengthId, &Length)| length.exact_seconds().is_none();
        (0u32..).map(LengthId).zip(&self.lengths).filter(leaps).map(|(id, _)| id).collect()
    }

    /// The course of what a selection means.
    pub(super) fn selection_course(&self, selection: &Selection) -> Course {
        let tests = selection.tests.iter().map(|test| self.course(*test)).fold(Course::STILL, Course::with);
        let since = selection.since.iter().map(|since| match since {
            Since::Instant(_) => Course::STILL,
            Since::Record { of, .. } => self.members_course(*of).both(),
        });
        let windows = if selection.windows.is_empty() { Course::STILL } else { Course::FALLING };
        since.fold(tests.with(windows), Course::with)
    }

    fn members_course(&self, id: super::SelectionId) -> Course {
        self.selections.get(id.0 as usize).map_or(Course::ANY, |selection| selection.course)
    }

    /// The course of how many a measure counts.
    pub(super) fn measure_course(&self, of: super::SelectionId, follow: Option<&super::Follow>) -> Course {
        let of = self.members_course(of);
        match follow {
            None => of,
            Some(follow) if follow.not => Course::ANY,
            Some(follow) => of.with(self.members_course(follow.by)),
        }
    }
}

fn course_of_test(test: &Test) -> Course {
    match test.predicate {
        // Neither the call nor a record of its history is still to come.
        Predicate::Within(_) if matches!(test.subject, Subject::CallTime | Subject::RecordTime) => Course::FALLING,
        Predicate::Passed
        | Predicate::ToCome
        | Predicate::Within(_)
        | Predicate::WithinNext(_)
        | Predicate::Ago(..)
        | Predicate::InForce { .. } => Course::ANY,
        Predicate::Is(_)
        | Predicate::OneOf { .. }
        | Predicate::Compare(..)
        | Predicate::Day { .. }
        | Predicate::Moment { .. }
        | Predicate::Clock { .. }
        | Predicate::Weekday { .. }
        | Predicate::Calendar { .. }
        | Predicate::IsNone { .. }
        | Predicate::Same { .. }
        | Predicate::Include { .. }
        | Predicate::Exclude { .. }
        | Predicate::Mention(_) => Course::STILL,
    }
}
