//! Questions to a value that may be anything: answers that keep to what the forms of the questions say of one another.

use super::question::Question;
use super::row::{Row, Spot};
use super::terms::Encoder;
use super::var::{Holds, ValueVar};
use crate::check::NamedCalendar;
use crate::model::{FactId, Truth, Value};
use crate::proof::solver::Lit;
use crate::proof::tri::Tri;
use crate::semantics::predicates::{IsNone, Same};
use crate::semantics::{Bound, Claim, Mark, Names, Predicate, Subject};
use crate::time::{Calendar, Length, Zone};

impl Encoder<'_> {
    /// The answer of a question to a value that may be anything.
    pub(super) fn free_question(&mut self, predicate: &Predicate, row: Row, spot: Spot, value: &ValueVar) -> Tri {
        let (row, spot) = self.home(row, spot);
        let known = match predicate {
            Predicate::IsNone(IsNone { not }) => Tri::of(Truth::from(*not), &self.gates),
            Predicate::Same(Same { fact, not }) => {
                let shared = self.known_question(&Same { fact: *fact, not: false }.into(), row, spot);
                let other = self.value(Row::Call, Spot::Fact(*fact));
                // Whom no value names it shares with nobody.
                let exists = Tri::known(!other.none);
                let shared = Tri::all(&[shared, exists], &mut self.gates);
                let shared = shared.only_known_where(!other.unknown, &mut self.gates);
                if *not { shared.negated() } else { shared }
            }
            predicate => match self.at_call(predicate, row, spot) {
                Some(answer) => answer,
                None => self.known_question(predicate, row, spot),
            },
        };
        if !matches!(value.holds, Holds::Anything) {
            // Here everything else is told by what the value holds.
            self.left_open = true;
        }
        self.away(predicate, value, known)
    }

    /// The answer of a question to the time of the call, where it is always the same or turns on dates alone.
    fn at_call(&mut self, predicate: &Predicate, row: Row, spot: Spot) -> Option<Tri> {
        if (row, spot) != (Row::Call, Spot::Time) {
            return None;
        }
        if let (Predicate::Day(_), Some(Claim::Days(first, last))) = (predicate, predicate.form().claim(false)) {
            let begun = first.map(|first| self.is_since(first));
            let over = last.map(|last| !self.is_since(last.plus_seconds(1)));
            let lits: Vec<Lit> = begun.into_iter().chain(over).collect();
            return Some(Tri::known(self.gates.and(&lits)));
        }
        let is_within = matches!(predicate, Predicate::Within(_) | Predicate::WithinNext(_));
        let is_the_same_at_any_time = |mark: &Mark<'_>| match mark {
            Mark::Now => true,
            // A day that a zone left out lasts no time at all, and now is within it all the same.
            Mark::Back(length) | Mark::Ahead(length) => is_within || length.exact_seconds().is_some(),
            _ => false,
        };
        if !predicate.form().marks().iter().all(is_the_same_at_any_time) {
            return None;
        }
        let moment = self.moment();
        Some(Tri::of(moment.answer(predicate, Value::Time(moment.now), Value::Unknown), &self.gates))
    }

    /// The answer where the value is known and exists.
    fn known_question(&mut self, predicate: &Predicate, row: Row, spot: Spot) -> Tri {
        let asked = self.free.entry((row, spot)).or_default();
        if let Some((_, answer)) = asked.iter().find(|(known, _)| known.predicate == *predicate) {
            return *answer;
        }
        let reads = predicate.reads().next().is_some() && !matches!(predicate, Predicate::Same(_));
        let reads = reads || predicate.form().marks().iter().any(|mark| matches!(mark, Mark::Apart(_)));
        let is_settled = !reads && !matches!(predicate, Predicate::Calendar(_));
        let answer = if is_settled { Tri::known(self.gates.solver.fresh()) } else { Tri::free(&mut self.gates) };
        let others = asked.clone();
        let question = Question { predicate: predicate.clone(), is_settled };
        for (other, theirs) in &others {
            self.relate((&question, answer), (other, *theirs));
        }
        self.free.entry((row, spot)).or_default().push((question, answer));
        answer
    }

    /// What the answers of two questions to one value say of each other.
    fn relate(&mut self, (one, own): (&Question, Tri), (other, theirs): (&Question, Tri)) {
        for ((wide, wide_answer), (narrow, narrow_answer)) in
            [((one, own), (other, theirs)), ((other, theirs), (one, own))]
        {
            if wide
                .predicate
                .covers(&narrow.predicate, &OneVocabulary { zone: &self.policy.zone, calendars: &self.ir.calendars })
            {
                self.gates.solver.clause([!narrow_answer.yes, wide_answer.yes]);
                if wide.is_settled && narrow.is_settled {
                    self.gates.solver.clause([!narrow_answer.may, wide_answer.may]);
                }
            }
        }
        let signs = [(false, false), (false, true), (true, false), (true, true)];
        for (negated, also_negated) in signs {
            let claims = one.predicate.form().claim(negated).zip(other.predicate.form().claim(also_negated));
            if claims.is_some_and(|(own, theirs)| own.excludes(&theirs)) {
                let holds = |answer: Tri, negated: bool| if negated { !answer.may } else { answer.yes };
                self.gates.solver.clause([!holds(own, negated), !holds(theirs, also_negated)]);
            }
        }
    }
}

/// The names of one vocabulary, beside themselves.
struct OneVocabulary<'p> {
    zone: &'p Zone,
    calendars: &'p [NamedCalendar],
}

impl<'p> OneVocabulary<'p> {
    fn calendars(&self, wide: usize, narrow: usize) -> Option<(&'p Calendar, &'p Calendar)> {
        let calendar = |place: usize| self.calendars.get(place).map(|named| &named.calendar);
        calendar(wide).zip(calendar(narrow))
    }
}

impl Names for OneVocabulary<'_> {
    fn never_longer(&self, one: Length, other: Length, passes_over_days: bool) -> bool {
        one.never_longer_over(other, passes_over_days, self.zone)
    }

    fn among(&self, narrow: u64, wide: u64) -> bool {
        narrow & !wide == 0
    }

    fn contain(&self, wide: u64, narrow: u64) -> bool {
        wide & !narrow == 0
    }

    fn bound(&self, narrow: Bound) -> Option<Bound> {
        Some(narrow)
    }

    fn skips_all_of(&self, wide: usize, narrow: usize) -> bool {
        self.calendars(wide, narrow).is_some_and(|(wide, narrow)| wide.skips_all_of(narrow))
    }

    fn counts_all_of(&self, wide: usize, narrow: usize) -> bool {
        self.calendars(wide, narrow).is_some_and(|(wide, narrow)| wide.counts_all_of(narrow))
    }

    fn is_same_fact(&self, wide: FactId, narrow: FactId) -> bool {
        wide == narrow
    }

    fn is_same_subject(&self, wide: Subject, narrow: Subject) -> bool {
        wide == narrow
    }
}
