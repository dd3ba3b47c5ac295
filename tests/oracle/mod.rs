//! A second evaluator, slow and obvious, written from `docs/reference.md` and from nothing else.
//!
//! It shares no code with the compiler or the evaluator, so that both being wrong in the same way is unlikely. Every
//! condition is worked out afresh, every selection looks at every record, and where the reference says *what all
//! readings share*, the readings are listed one by one.

mod deadline;
mod decide;
mod evidence;
mod invariants;
mod predicate;
mod quiet;
mod records;
mod span;
mod trend;
pub mod points;
mod ways;

pub use decide::Answer;
pub use ways::both;

use heedful::check::{Policy, Score};
use heedful::model::{Case, FactId, FieldId, RecordId, Truth, Value};
use heedful::semantics::{Condition, ScoreId, ScoreIs, Trend};
use heedful::syntax::tree::Comparison;
use heedful::time::Instant;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// One policy asked about one case at one moment.
pub struct Oracle<'a> {
    policy: &'a Policy,
    case: &'a Case,
    /// The call's own time, or a later moment.
    now: Instant,
    spans: span::Spans,
    /// Whether tests that are so or not answered, and scores that count what is unanswered as yes, presume an answer; else it is
    /// left open.
    presumes: bool,
    /// One unknown thing, and how it is supposed to turn out.
    supposed: Option<ways::Supposed>,
    /// The answers of conditions that are not made of others, by where they stand in the policy: nothing that is supposed
    /// changes them.
    answers: Rc<RefCell<HashMap<*const Condition, Truth>>>,
}

/// A record of the history, or this call standing among the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Listed(RecordId, usize),
    ThisCall,
}

/// How many there are: at least so many, and at most so many or any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval {
    least: i64,
    most: Option<i64>,
}

impl Interval {
    /// The answer that every number of the interval gives, else unknown.
    fn compare(self, comparison: Comparison, number: i64) -> Truth {
        // Past the number itself every larger count answers alike, so an open end is looked at just beyond it.
        let most = self.most.unwrap_or(self.least.max(number) + 2);
        let answers: Vec<bool> = (self.least..=most).map(|count| comparison.holds(count, number)).collect();
        if answers.iter().all(|yes| *yes) {
            Truth::Yes
        } else if answers.iter().any(|yes| *yes) {
            Truth::Unknown
        } else {
            Truth::No
        }
    }
}

/// What all readings share.
fn shared(readings: impl IntoIterator<Item = Truth>) -> Truth {
    readings.into_iter().reduce(|one, other| if one == other { one } else { Truth::Unknown }).unwrap_or(Truth::Unknown)
}

fn all(parts: impl IntoIterator<Item = Truth>) -> Truth {
    let parts: Vec<Truth> = parts.into_iter().collect();
    if parts.contains(&Truth::No) {
        Truth::No
    } else if parts.contains(&Truth::Unknown) {
        Truth::Unknown
    } else {
        Truth::Yes
    }
}

fn any(parts: impl IntoIterator<Item = Truth>) -> Truth {
    opposite(all(parts.into_iter().map(opposite)))
}

fn opposite(truth: Truth) -> Truth {
    match truth {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Unknown => Truth::Unknown,
    }
}

fn opposite_if(not: bool, truth: Truth) -> Truth {
    if not { opposite(truth) } else { truth }
}

fn truth(yes: bool) -> Truth {
    if yes { Truth::Yes } else { Truth::No }
}

impl<'a> Oracle<'a> {
    pub fn new(policy: &'a Policy, case: &'a Case) -> Self {
        Self {
            policy,
            case,
            now: case.at,
            spans: span::Spans::default(),
            presumes: true,
            supposed: None,
            answers: Rc::default(),
        }
    }

    /// The same question asked at a later moment, nothing else being learnt.
    fn at(&self, now: Instant) -> Self {
        Self { now, answers: Rc::default(), ..self.sharing() }
    }

    /// The same question at the same moment.
    fn sharing(&self) -> Self {
        Self {
            policy: self.policy,
            case: self.case,
            now: self.now,
            spans: span::Spans::default(),
            presumes: self.presumes,
            supposed: self.supposed.clone(),
            answers: Rc::clone(&self.answers),
        }
    }

    /// The same question where nothing is presumed.
    fn open(&self) -> Self {
        Self { presumes: false, ..self.sharing() }
    }

    /// A condition; `row` is the record whose tests these are.
    /// The answer to a condition about the call.
    pub fn truth(&self, condition: &Condition) -> Truth {
        self.condition(condition, None)
    }

    fn condition(&self, condition: &Condition, row: Option<Row>) -> Truth {
        if row.is_none()
            && let Some(answer) = self.supposed_answer(condition)
        {
            return answer;
        }
        match condition {
            Condition::All(parts) => all(parts.iter().map(|part| self.condition(part, row))),
            Condition::Any(parts) => any(parts.iter().map(|part| self.condition(part, row))),
            Condition::Not(inner) => opposite(self.condition(inner, row)),
            Condition::Presumed(inner) => match self.condition(inner, row) {
                Truth::Unknown if self.presumes => Truth::Yes,
                answer => answer,
            },
            Condition::HowMany { comparison, number, of } => {
                let answers: Vec<Truth> = of.iter().map(|part| self.condition(part, row)).collect();
                tally(&answers).compare(*comparison, **number)
            }
            Condition::Test(test) => self.test(test, row),
            Condition::Count(_) | Condition::Latest { .. } | Condition::Trend { .. } => self.about_records(condition),
            Condition::Defined(id) => {
                let definition = self.policy.definition(*id).expect("a definition that was checked");
                self.condition(&definition.condition, None)
            }
            Condition::Score { score, is } => self.score(*score, is),
        }
    }

    /// Worked out once: what is supposed is supposed of what comes of it.
    fn about_records(&self, condition: &Condition) -> Truth {
        let place = std::ptr::from_ref(condition);
        if let Some(known) = self.answers.borrow().get(&place) {
            return *known;
        }
        let answer = match condition {
            Condition::Count(count) => self.count(count),
            Condition::Latest { first, of, test } => self.latest(*first, of, test),
            Condition::Trend { of, trend: Trend::Converging { last } } => self.closer(**last, of),
            Condition::Trend { of, trend: Trend::GapShrinking } => self.gap(of),
            other => panic!("{other:?} is not about records"),
        };
        self.answers.borrow_mut().insert(place, answer);
        answer
    }

    fn score(&self, id: ScoreId, is: &ScoreIs) -> Truth {
        let score = self.policy.score(id).expect("a score that was checked");
        let (least, most) = match self.supposed {
            Some(ways::Supposed::Sum(supposed, sum)) if supposed == id => (sum, sum),
            _ => self.sum(score),
        };
        let holds = |sum: i64| match is {
            ScoreIs::Compare(comparison, number) => comparison.holds(sum, **number),
            ScoreIs::Range { from, to, not } => (from.value..=to.value).contains(&sum) != *not,
            ScoreIs::In { bands, not } => {
                let band = score.bands.iter().position(|band| *band.from <= sum && band.to.is_none_or(|to| sum <= to));
                let among = band.is_some_and(|band| bands & (1 << band) != 0);
                among != *not
            }
        };
        let answers: Vec<Truth> = (least..=most).map(|sum| truth(holds(sum))).collect();
        shared(answers)
    }

    /// The least and the most that the points can come to.
    fn sum(&self, score: &Score) -> (i64, i64) {
        score.steps.iter().fold((0, 0), |(least, most), (points, condition)| match self.condition(condition, None) {
            Truth::Yes => (least + **points, most + **points),
            Truth::Unknown if self.presumes && score.unanswered_as_yes => (least + **points, most + **points),
            Truth::Unknown => (least, most + **points),
            Truth::No => (least, most),
        })
    }

    fn fact(&self, fact: FactId) -> Value {
        self.case.fact(fact)
    }

    /// A field of a record, or the fact of this call that stands for it.
    fn field(&self, row: Option<Row>, field: FieldId) -> Value {
        match row.expect("a field is asked of a record") {
            Row::Listed(kind, at) => self.case.records(kind).expect("a list that holds it").value(at, field),
            Row::ThisCall => match self.policy.call_fields[field.index()] {
                Some(fact) => self.fact(fact),
                None => Value::Unknown,
            },
        }
    }

    fn time(&self, row: Row) -> Instant {
        match row {
            Row::Listed(kind, at) => self.case.records(kind).expect("a list that holds it").time(at),
            Row::ThisCall => self.case.at,
        }
    }

    fn id(&self, row: Row) -> &str {
        match row {
            Row::Listed(kind, at) => {
                let id = self.case.records(kind).and_then(|list| list.id(at)).expect("every record has an id");
                self.case.name(id)
            }
            Row::ThisCall => &self.case.id,
        }
    }
}

/// How many of these answers are yes.
fn tally(answers: &[Truth]) -> Interval {
    let of = |wanted: Truth| {
        i64::try_from(answers.iter().filter(|answer| **answer == wanted).count()).expect("a short list")
    };
    Interval { least: of(Truth::Yes), most: Some(of(Truth::Yes) + of(Truth::Unknown)) }
}
