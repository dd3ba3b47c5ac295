//! One pass over the history: every question about records, at the time of the call.
//!
//! A record begins with all the roles of its kind, and the answers to questions take roles away. What is left is noted.

use super::Row;
use super::evaluation::Evaluation;
use super::noted::OfSheet;
use crate::compile::{Ask, Asked, Lies, Place, Question, Roles, Same, Sheet, Term, Through};
use crate::model::{Case, Records, Truth, Value};
use crate::semantics::predicates::share;
use std::hint::select_unpredictable;

impl Evaluation<'_> {
    /// Works out which roles every record has, and which it may have.
    pub(super) fn pass_over_history(&self) {
        for (sheet, noted) in self.program.plan.sheets.iter().zip(self.memory.noted.sheets()) {
            let list = self.case.records(sheet.record).filter(|list| !list.is_empty());
            if list.is_some() || sheet.of_this_call != 0 {
                self.pass_over(sheet, noted, list);
            } else {
                noted.finish(0, 0);
            }
        }
    }

    #[inline]
    fn pass_over(&self, sheet: &Sheet, noted: &OfSheet, list: Option<&Records>) {
        let mut of_call = Roles::of(u64::MAX);
        for (term, roles) in &sheet.of_call {
            of_call = of_call.and(Roles::left_by(self.truth(*term), *roles));
        }
        let mut met = list.map_or(0, |list| self.pass_over_list(sheet, noted, list, of_call));
        let mut rows = list.map_or(0, Records::len);
        if sheet.of_this_call != 0 {
            let roles = self.left_to_this_call(sheet, of_call);
            met |= roles.all;
            noted.rows.iter().skip(rows).take(1).for_each(|row| row.set(roles));
            rows += 1;
        }
        noted.finish(rows, met);
    }

    /// What is left to the call in the place of a record. It comes after the last record and lies in every span.
    fn left_to_this_call(&self, sheet: &Sheet, of_call: Roles) -> Roles {
        let roles = of_call.and(Roles::of(sheet.of_this_call));
        let roles = self.left_by_values(&sheet.asked, roles, |place| Values::Call(self.case).at(place));
        if roles.all & sheet.needs_more == 0 {
            return roles;
        }
        self.left_by_more(sheet, roles, Values::Call(self.case), Row::ThisCall)
    }

    /// Leaves to each record the roles that its time and its values leave, and says which roles some record has or may have.
    /// Most lists are so short that calling it would count.
    #[inline(always)]
    fn pass_over_list(&self, sheet: &Sheet, noted: &OfSheet, list: &Records, of_call: Roles) -> u64 {
        let of_records = Roles::of(sheet.of_records).and(of_call);
        let mut met = 0;
        for (row, (time, values)) in noted.rows.iter().zip(list.rows()) {
            let mut roles = of_records;
            // How old a record is cannot be foreseen, and to foresee it wrongly takes longer than to look at every span.
            for (length, needing) in &sheet.spans {
                roles.all &= select_unpredictable(time < self.memory.start(*length), !*needing, u64::MAX);
            }
            let roles = self.left_by_values(&sheet.asked, roles, |place| values.get(place.field.index()));
            row.set(roles);
            met |= roles.all;
        }
        if met & sheet.needs_more == 0 && !list.are_any_open() { met } else { self.ask_more(sheet, noted, list) }
    }

    /// Asks the rest of those records that still have a role which needs it. A record of which the time is open has no role for certain.
    #[inline(never)]
    fn ask_more(&self, sheet: &Sheet, noted: &OfSheet, list: &Records) -> u64 {
        let mut met = 0;
        for (row, index) in noted.rows.iter().zip(0..list.len()) {
            let mut roles = row.get();
            if roles.all & sheet.needs_more != 0 {
                let values = Values::Record(list.row(index));
                roles = self.left_by_more(sheet, roles, values, Row::Record { record: sheet.record, index });
            }
            if list.is_open(index) {
                roles.sure = 0;
            }
            row.set(roles);
            met |= roles.all;
        }
        met
    }

    /// What the answers about the values of one record leave of its roles.
    ///
    /// Of nearly all records everything is known that is asked of them here, so it keeps to one word, and notes in another
    /// which roles are in doubt.
    #[inline(always)]
    fn left_by_values<'v>(&self, asked: &Asked, roles: Roles, value_at: impl Fn(Place) -> Option<&'v Value>) -> Roles {
        let (mut all, mut doubt) = (roles.all, !roles.sure);
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
            if all & when.roles != 0 {
                match self.lies(value_at(when.place), when.lies) {
                    Truth::Yes => {}
                    Truth::No => all &= !when.roles,
                    Truth::Unknown => doubt |= when.roles,
                }
            }
        }
        Roles { sure: all & !doubt, all }
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
    fn left_by_rest(&self, asked: &Asked, mut roles: Roles, values: Values<'_>, row: Row) -> Roles {
        for question in &asked.rest {
            if roles.all & question.roles != 0 {
                let value = values.at(question.place).unwrap_or(&Value::Unknown);
                roles = roles.and(self.left_by(question, value, row));
            }
        }
        roles
    }

    /// What is left when more is asked than what can be told at once from a value.
    #[inline(never)]
    fn left_by_more(&self, sheet: &Sheet, mut roles: Roles, values: Values<'_>, row: Row) -> Roles {
        if !sheet.asked.rest.is_empty() {
            roles = self.left_by_rest(&sheet.asked, roles, values, row);
        }
        for through in &sheet.through {
            if roles.all & through.roles != 0 {
                roles = self.left_by_linked(through, roles, values.at(through.link), row);
            }
        }
        for (term, needed) in &sheet.others {
            if roles.all & needed != 0 {
                roles = roles.and(Roles::left_by(self.truth_of(*term, row), *needed));
            }
        }
        roles
    }

    /// What the answers about the record to which a link leads leave of roles.
    fn left_by_linked(&self, through: &Through, roles: Roles, link: Option<&Value>, row: Row) -> Roles {
        let values = match link {
            Some(Value::Identity(id)) => {
                self.case.records(through.record).and_then(|list| Some(list.row(list.find(*id)?))).unwrap_or_default()
            }
            _ => &[],
        };
        let values = Values::Record(values);
        let roles = self.left_by_values(&through.asked, roles, |place| values.at(place));
        if through.asked.rest.is_empty() { roles } else { self.left_by_rest(&through.asked, roles, values, row) }
    }

    /// What is left by whether a value is who or what a fact of the call is, where one is not known, there is none, or there
    /// are several.
    #[cold]
    fn left_by_several(&self, same: &Same, value: Option<&Value>, wanted: Option<&Value>) -> Roles {
        let known = |value: Option<&Value>| value.copied().unwrap_or(Value::Unknown);
        let (value, wanted) = (known(value), known(wanted));
        if value == Value::None {
            return same.left_by_none();
        }
        match share(self.case, value, wanted) {
            Truth::Yes => Roles::of(same.left_by(true)),
            Truth::No => Roles::of(same.left_by(false)),
            Truth::Unknown => same.left_in_doubt(),
        }
    }

    /// What the answer to another question leaves.
    fn left_by(&self, question: &Question, value: &Value, row: Row) -> Roles {
        let truth = match &question.ask {
            Ask::Same(same) => return self.left_by_several(same, Some(value), self.case.fact_ref(same.fact)),
            Ask::Test(term) => match self.program.ir.term(*term) {
                Some(Term::Test(test)) => self.judge(*value, &test.predicate, row),
                _ => Truth::Unknown,
            },
        };
        Roles::left_by(truth, question.roles)
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
    fn at(self, place: Place) -> Option<&'v Value> {
        match self {
            Self::Record(values) => values.get(place.field.index()),
            Self::Call(case) => case.fact_ref(place.of_call?),
        }
    }
}
