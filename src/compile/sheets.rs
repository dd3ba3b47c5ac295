//! What is asked of the records of one kind, laid out for one pass over them.
//!
//! Each record has a word of bits, one bit for each selection or count that may mean it (a role). A record begins with all bits, and
//! each question clears those that its answer rules out, so one answer settles the question for all the rules that ask it.

use super::ids::{LengthId, TermId};
use crate::model::{FactId, FieldId, RecordId, Truth, Value};
use crate::semantics::Subject;

/// A role, by the sheet that it is on and its bit there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleId {
    pub sheet: u32,
    pub bit: u32,
}

/// A set of records of one kind that is worked out after the pass: its place among those of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetId(pub u32);

/// At most 64 roles of the records of one kind, and what is asked for them at the time of the call.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub record: RecordId,
    /// How many roles there are.
    pub roles: usize,
    /// The roles that a record may have, and those that the call may have.
    pub of_records: u64,
    pub of_this_call: u64,
    /// Conditions about the call alone.
    pub of_call: Vec<(TermId, u64)>,
    /// Spans, and the roles that only records within them have.
    pub spans: Vec<(LengthId, u64)>,
    pub asked: Asked,
    /// What is asked of the records that links lead to.
    pub through: Vec<Through>,
    /// Conditions that are asked as they stand, of records that still have some of the roles.
    pub others: Vec<(TermId, u64)>,
    /// The roles that the rest of the questions, what links lead to, or other conditions may take away.
    pub needs_more: u64,
}

/// What is asked of the fields of a record.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub same: Vec<Same>,
    pub what: Vec<What>,
    pub when: Vec<When>,
    pub rest: Vec<Question>,
}

/// Questions to the record that a link leads to.
#[derive(Clone, Debug)]
pub struct Through {
    pub link: Place,
    pub record: RecordId,
    /// The roles for which they are asked.
    pub roles: u64,
    pub asked: Asked,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub field: FieldId,
    /// What stands for the field where the call is in the place of a record.
    pub of_call: Option<FactId>,
}

/// Whether a value is who or what a fact of the call is: for some roles it must be, for others it must not.
#[derive(Clone, Debug)]
pub struct Same {
    pub place: Place,
    pub fact: FactId,
    /// The roles that are left where it is not, and where it is.
    left: [u64; 2],
}

impl Same {
    /// The roles that the answer leaves.
    #[inline]
    pub fn left_by(&self, is: bool) -> u64 {
        let [if_not, if_so] = self.left;
        if is { if_so } else { if_not }
    }

    /// What is left where there is nobody.
    pub fn left_by_none(&self) -> Roles {
        Roles::of(self.left_by(true) & self.left_by(false))
    }

    /// What is left where nobody knows the answer.
    pub fn left_in_doubt(&self) -> Roles {
        Roles { sure: self.left_by_none().sure, all: u64::MAX }
    }
}

/// What a value is, for a yes or a choice.
#[derive(Clone, Debug)]
pub struct What {
    pub place: Place,
    pub kept: Kept,
}

/// Whether a time lies where it must.
#[derive(Clone, Debug)]
pub struct When {
    pub place: Place,
    /// The roles that need it to. Where no record has one of them left, the question is left out.
    pub roles: u64,
    pub lies: Lies,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// In the span that ends now.
    Within(LengthId),
    /// Not ahead of now.
    Begun,
    /// Ahead of now, as what never ends does too.
    Ahead,
}

/// Another question about one field.
#[derive(Clone, Debug)]
pub struct Question {
    pub place: Place,
    /// The roles that need the answer to be yes. Where no record has one of them left, the question is left out.
    pub roles: u64,
    pub ask: Ask,
}

#[derive(Clone, Debug)]
pub enum Ask {
    /// Whether it is who or what a fact of the call is, where either may be several.
    Same(Same),
    /// Anything else, as the test says it.
    Test(TermId),
}

/// The roles that a record has for certain, and those that it has or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    pub sure: u64,
    pub all: u64,
}

impl Roles {
    /// May have any role, and has none for certain: what is said where nothing is known.
    pub const IN_DOUBT: Self = Self { sure: 0, all: u64::MAX };

    /// Has all of some roles, for certain.
    #[inline]
    pub fn of(roles: u64) -> Self {
        Self { sure: roles, all: roles }
    }

    /// What an answer leaves, where only some roles need it to be yes.
    #[inline]
    pub fn left_by(truth: Truth, roles: u64) -> Self {
        match truth {
            Truth::Yes => Self::of(u64::MAX),
            Truth::Unknown => Self { sure: !roles, all: u64::MAX },
            Truth::No => Self::of(!roles),
        }
    }

    #[inline]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { sure: self.sure & other.sure, all: self.all & other.all }
    }
}

/// What each value of a field leaves of the roles: where it is not known, where there is none, and each that it may have.
#[derive(Clone, Debug)]
pub struct Kept {
    unknown: Roles,
    none: Roles,
    known: Box<[u64]>,
}

impl Kept {
    /// All roles, where there are so many answers.
    pub(super) fn all(answers: usize) -> Self {
        let all = Roles::of(u64::MAX);
        Self { unknown: all, none: all, known: vec![u64::MAX; answers.saturating_sub(2)].into() }
    }

    /// Takes roles away where the answer for a value does not allow them. Answers come in the order in which values stand
    /// above; those for known values are certain.
    pub(super) fn narrow(&mut self, answers: &[Truth], roles: u64) {
        for (kept, answer) in [&mut self.unknown, &mut self.none].into_iter().zip(answers) {
            *kept = kept.and(Roles::left_by(*answer, roles));
        }
        for (kept, answer) in self.known.iter_mut().zip(answers.iter().skip(2)) {
            *kept &= Roles::left_by(*answer, roles).all;
        }
    }

    /// What is left by a value that is known; `None` for any other.
    #[inline]
    pub fn by_known(&self, value: &Value) -> Option<u64> {
        let place = match value {
            Value::Choice(at) => usize::from(*at),
            Value::YesNo(is) => usize::from(*is),
            _ => return None,
        };
        self.known.get(place).copied()
    }

    pub fn by(&self, value: &Value) -> Roles {
        match value {
            Value::Unknown => self.unknown,
            Value::None => self.none,
            value => self.by_known(value).map_or(Roles::IN_DOUBT, Roles::of),
        }
    }
}

impl Sheet {
    pub(super) fn new(record: RecordId) -> Self {
        let (roles, of_records, of_this_call, of_call, spans) = Default::default();
        let (asked, through, others, needs_more) = Default::default();
        Self { record, roles, of_records, of_this_call, of_call, spans, asked, through, others, needs_more }
    }

    /// The questions to the record that a subject is about, and the field.
    fn about(&mut self, subject: Subject, roles: u64) -> Option<(Place, &mut Asked)> {
        let (field, asked) = match subject {
            Subject::Field(field) => (field, &mut self.asked),
            Subject::Through { link, record, field } => {
                let through = &mut self.through;
                let at = through.iter().position(|known| (known.link.field, known.record) == (link, record));
                let at = at.unwrap_or_else(|| {
                    let link = Place { field: link, of_call: None };
                    through.push(Through { link, record, roles: 0, asked: Asked::default() });
                    through.len() - 1
                });
                let through = through.get_mut(at)?;
                through.roles |= roles;
                (field, &mut through.asked)
            }
            _ => return None,
        };
        Some((Place { field, of_call: None }, asked))
    }

    pub(super) fn ask(&mut self, subject: Subject, ask: Ask, roles: u64) -> Option<()> {
        let (place, asked) = self.about(subject, roles)?;
        asked.rest.push(Question { place, roles, ask });
        Some(())
    }

    pub(super) fn ask_when(&mut self, subject: Subject, lies: Lies, roles: u64) -> Option<()> {
        let (place, asked) = self.about(subject, roles)?;
        asked.when.push(When { place, roles, lies });
        Some(())
    }

    pub(super) fn ask_what(&mut self, subject: Subject, answers: &[Truth], roles: u64) -> Option<()> {
        let (place, asked) = self.about(subject, roles)?;
        let new = || What { place, kept: Kept::all(answers.len()) };
        let at = place_of(&mut asked.what, |what| what.place == place, new);
        asked.what.get_mut(at)?.kept.narrow(answers, roles);
        Some(())
    }

    /// Asks whether a value is who or what a fact is. `several` says whether either may be several.
    pub(super) fn ask_whether_same(
        &mut self,
        subject: Subject,
        several: bool,
        fact: FactId,
        not: bool,
        roles: u64,
    ) -> Option<()> {
        let (place, asked) = self.about(subject, roles)?;
        let new = || Same { place, fact, left: [u64::MAX; 2] };
        let is_known = |known: &Same| (known.place, known.fact) == (place, fact);
        let same = if several {
            let is_same = |known: &Question| matches!(&known.ask, Ask::Same(same) if is_known(same));
            let at = place_of(&mut asked.rest, is_same, || Question { place, roles: 0, ask: Ask::Same(new()) });
            let question = asked.rest.get_mut(at)?;
            question.roles |= roles;
            match &mut question.ask {
                Ask::Same(same) => same,
                Ask::Test(_) => return None,
            }
        } else {
            let at = place_of(&mut asked.same, is_known, new);
            asked.same.get_mut(at)?
        };
        let [if_not, if_so] = &mut same.left;
        *(if not { if_so } else { if_not }) &= !roles;
        Some(())
    }

    /// Says which facts stand for fields where the call is in the place of a record, puts questions in order, and says
    /// which roles need more than a look at values.
    pub(super) fn finish(&mut self, stands_for: impl Fn(FieldId) -> Option<FactId>) {
        self.asked.put_in_order();
        self.through.iter_mut().for_each(|through| through.asked.put_in_order());
        let links = self.through.iter_mut().map(|through| &mut through.link);
        self.asked.places().chain(links).for_each(|place| place.of_call = stands_for(place.field));
        let rest = self.asked.rest.iter().map(|question| question.roles);
        let others = self.others.iter().map(|(_, roles)| *roles);
        let more = self.through.iter().map(|through| through.roles).chain(others).chain(rest);
        self.needs_more = more.fold(0, |all, roles| all | roles);
    }
}

/// The place of the first item like this; one is added where there is none.
fn place_of<T>(items: &mut Vec<T>, is_like: impl FnMut(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    items.iter().position(is_like).unwrap_or_else(|| {
        items.push(new());
        items.len() - 1
    })
}

impl Asked {
    fn put_in_order(&mut self) {
        self.rest.sort_by_key(|question| matches!(question.ask, Ask::Test(_)));
    }

    fn places(&mut self) -> impl Iterator<Item = &mut Place> {
        let same = self.same.iter_mut().map(|same| &mut same.place);
        let what = self.what.iter_mut().map(|what| &mut what.place);
        let when = self.when.iter_mut().map(|when| &mut when.place);
        same.chain(what).chain(when).chain(self.rest.iter_mut().map(|question| &mut question.place))
    }
}
