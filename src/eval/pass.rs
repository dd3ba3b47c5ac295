//! One pass over the history at the time of the call: each record begins with all member bits, and each answer clears some.

use super::Row;
use super::evaluation::Evaluation;
use super::member_bits::RecordBits;
use crate::compile::{
    Lies, QuestionKind, Questions, RecordPlan, RecordQuestion, SameAs, Term, Through, TriBits, ValuePlace,
};
use crate::model::{Case, Records, Truth, Value};
use crate::semantics::predicates::share;
use std::hint::select_unpredictable;

impl Evaluation<'_> {
    /// Works out which bits every record has, and which it may have.
    pub(super) fn pass_over_history(&self) {
        for (plan, noted) in self.program.plan.records.iter().zip(self.memory.bits.plans()) {
            let list = self.case.records(plan.record).filter(|list| !list.is_empty());
            if list.is_some() || plan.of_this_call != 0 {
                self.pass_over(plan, noted, list);
            } else {
                noted.finish(0, 0);
            }
        }
    }

    #[inline]
    fn pass_over(&self, plan: &RecordPlan, noted: &RecordBits, list: Option<&Records>) {
        let mut of_call = TriBits::of(u64::MAX);
        for (term, bits) in &plan.of_call {
            of_call = of_call.and(TriBits::left_by(self.truth(*term), *bits));
        }
        let mut met = list.map_or(0, |list| self.pass_over_list(plan, noted, list, of_call));
        let mut rows = list.map_or(0, Records::len);
        if plan.of_this_call != 0 {
            let bits = self.left_to_this_call(plan, of_call);
            met |= bits.all;
            noted.rows.iter().skip(rows).take(1).for_each(|row| row.set(bits));
            rows += 1;
        }
        noted.finish(rows, met);
    }

    /// What is left to the call in the place of a record. It comes after the last record and lies in every span.
    fn left_to_this_call(&self, plan: &RecordPlan, of_call: TriBits) -> TriBits {
        let bits = of_call.and(TriBits::of(plan.of_this_call));
        let bits = self.left_by_values(&plan.asked, bits, |place| Values::Call(self.case).at(place));
        if bits.all & plan.needs_more == 0 {
            return bits;
        }
        self.left_by_more(plan, bits, Values::Call(self.case), Row::ThisCall)
    }

    /// Leaves to each record the bits that its time and its values leave, and says which bits some record has or may have.
    /// Most lists are so short that calling it would count.
    #[inline(always)]
    fn pass_over_list(&self, plan: &RecordPlan, noted: &RecordBits, list: &Records, of_call: TriBits) -> u64 {
        let of_records = TriBits::of(plan.of_records).and(of_call);
        let mut met = 0;
        for (row, (time, values)) in noted.rows.iter().zip(list.rows()) {
            let mut bits = of_records;
            // How old a record is cannot be foreseen, and to foresee it wrongly takes longer than to look at every span.
            for (length, needing) in &plan.window_masks {
                bits.all &= select_unpredictable(time < self.memory.start(*length), !*needing, u64::MAX);
            }
            let bits = self.left_by_values(&plan.asked, bits, |place| values.get(place.field.index()));
            row.set(bits);
            met |= bits.all;
        }
        if met & plan.needs_more == 0 && !list.are_any_open() { met } else { self.ask_more(plan, noted, list) }
    }

    /// Asks the rest of those records that still have a bit which needs it. A record of which the time is open has no bit for certain.
    #[inline(never)]
    fn ask_more(&self, plan: &RecordPlan, noted: &RecordBits, list: &Records) -> u64 {
        let mut met = 0;
        for (row, index) in noted.rows.iter().zip(0..list.len()) {
            let mut bits = row.get();
            if bits.all & plan.needs_more != 0 {
                let values = Values::Record(list.row(index));
                bits = self.left_by_more(plan, bits, values, Row::Record { record: plan.record, index });
            }
            if list.is_open(index) {
                bits.sure = 0;
            }
            row.set(bits);
            met |= bits.all;
        }
        met
    }

    /// What the answers about the values of one record leave of its bits.
    ///
    /// Of nearly all records everything is known that is asked of them here, so it keeps to one word, and notes in another
    /// which bits are in doubt.
    #[inline(always)]
    fn left_by_values<'v>(
        &self,
        asked: &Questions,
        bits: TriBits,
        value_at: impl Fn(ValuePlace) -> Option<&'v Value>,
    ) -> TriBits {
        let (mut all, mut doubt) = (bits.all, !bits.sure);
        for same in &asked.same {
            match (value_at(same.place), self.case.fact_ref(same.fact)) {
                (Some(Value::Identity(one)), Some(Value::Identity(other))) => all &= same.left_by(one == other),
                (value, wanted) => {
                    let left = self.left_by_several(same, value, wanted);
                    (all, doubt) = (all & left.all, doubt | !left.sure);
                }
            }
        }
        for what in &asked.what {
            let value = value_at(what.place).unwrap_or(&Value::Unknown);
            match what.kept.by_known(value) {
                Some(left) => all &= left,
                None => {
                    let left = what.kept.by(value);
                    (all, doubt) = (all & left.all, doubt | !left.sure);
                }
            }
        }
        for when in &asked.when {
            if all & when.bits != 0 {
                match self.lies(value_at(when.place), when.lies) {
                    Truth::Yes => {}
                    Truth::No => all &= !when.bits,
                    Truth::Unknown => doubt |= when.bits,
                }
            }
        }
        TriBits { sure: all & !doubt, all }
    }

    /// Whether a time lies where it must.
    #[inline]
    fn lies(&self, value: Option<&Value>, lies: Lies) -> Truth {
        match value {
            Some(Value::Time(time)) => Truth::from(match lies {
                Lies::Within(length) => self.memory.start(length) <= *time && *time <= self.now,
                Lies::Begun => *time <= self.now,
                Lies::Ahead => *time > self.now,
            }),
            Some(Value::None) => Truth::from(lies == Lies::Ahead),
            _ => Truth::Unknown,
        }
    }

    /// What is left by the rest of what is asked of values.
    fn left_by_rest(&self, asked: &Questions, mut bits: TriBits, values: Values<'_>, row: Row) -> TriBits {
        for question in &asked.rest {
            if bits.all & question.bits != 0 {
                let value = values.at(question.place).unwrap_or(&Value::Unknown);
                bits = bits.and(self.left_by(question, value, row));
            }
        }
        bits
    }

    /// What is left when more is asked than what can be told at once from a value.
    #[inline(never)]
    fn left_by_more(&self, plan: &RecordPlan, mut bits: TriBits, values: Values<'_>, row: Row) -> TriBits {
        if !plan.asked.rest.is_empty() {
            bits = self.left_by_rest(&plan.asked, bits, values, row);
        }
        for through in &plan.through {
            if bits.all & through.bits != 0 {
                bits = self.left_by_linked(through, bits, values.at(through.link), row);
            }
        }
        for (term, needed) in &plan.others {
            if bits.all & needed != 0 {
                bits = bits.and(TriBits::left_by(self.truth_of(*term, row), *needed));
            }
        }
        bits
    }

    /// What the answers about the record to which a link leads leave of bits.
    fn left_by_linked(&self, through: &Through, bits: TriBits, link: Option<&Value>, row: Row) -> TriBits {
        let values = match link {
            Some(Value::Identity(id)) => {
                self.case.records(through.record).and_then(|list| Some(list.row(list.find(*id)?))).unwrap_or_default()
            }
            _ => &[],
        };
        let values = Values::Record(values);
        let bits = self.left_by_values(&through.asked, bits, |place| values.at(place));
        if through.asked.rest.is_empty() { bits } else { self.left_by_rest(&through.asked, bits, values, row) }
    }

    /// What is left by whether a value is who or what a fact of the call is, where one is not known, there is none, or there
    /// are several.
    #[cold]
    fn left_by_several(&self, same: &SameAs, value: Option<&Value>, wanted: Option<&Value>) -> TriBits {
        let known = |value: Option<&Value>| value.copied().unwrap_or(Value::Unknown);
        let (value, wanted) = (known(value), known(wanted));
        if value == Value::None {
            return same.left_by_none();
        }
        match share(self.case, value, wanted) {
            Truth::Yes => TriBits::of(same.left_by(true)),
            Truth::No => TriBits::of(same.left_by(false)),
            Truth::Unknown => same.left_in_doubt(),
        }
    }

    /// What the answer to another question leaves.
    fn left_by(&self, question: &RecordQuestion, value: &Value, row: Row) -> TriBits {
        let truth = match &question.ask {
            QuestionKind::SameAs(same) => {
                return self.left_by_several(same, Some(value), self.case.fact_ref(same.fact));
            }
            QuestionKind::Test(term) => match self.program.ir.term(*term) {
                Some(Term::Test(test)) => self.judge(*value, &test.predicate, row),
                _ => Truth::Unknown,
            },
        };
        TriBits::left_by(truth, question.bits)
    }
}

/// The values of a record, or those of the call in the place of one.
#[derive(Clone, Copy)]
enum Values<'v> {
    Record(&'v [Value]),
    Call(&'v Case),
}

impl<'v> Values<'v> {
    #[inline]
    fn at(self, place: ValuePlace) -> Option<&'v Value> {
        match self {
            Self::Record(values) => values.get(place.field.index()),
            Self::Call(case) => case.fact_ref(place.of_call?),
        }
    }
}
