//! What is asked of the records of one kind, laid out for one pass over them.
//!
//! What a record can be to the policy is a role: a member of a set that some selection means, or one of those that a
//! count counts. A role is a bit. Every record begins with all roles, and each question takes those away that its answer
//! rules out, so one answer settles the question for all the rules that ask it.

use super::program::{LengthId, TermId};
use crate::check::Subject;
use crate::model::{FactId, FieldId, RecordId, Truth, Value};

/// A role, by the sheet that it is on and its bit there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleId {
    pub sheet: u32,
    pub bit: u32,
}

/// A set of records of one kind that is worked out after the pass: its place among those of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetId(pub u32);

/// Everything that is asked of the records of one kind at the time of the call.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Whether the call counts too in some selection.
    pub this_call: bool,
    /// The places of these sheets among those of all kinds follow one another.
    pub sheets: Vec<Sheet>,
    /// How many sets of these records are worked out after the pass.
    pub sets: u32,
}

/// At most 64 roles, and what is asked for them.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
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
    /// What the answer leaves of roles.
    #[inline]
    pub fn left_by(&self, is: bool) -> Roles {
        let [if_not, if_so] = self.left;
        Roles::of(if is { if_so } else { if_not })
    }

    /// What is left where there is nobody.
    pub fn left_by_none(&self) -> Roles {
        self.left_by(true).and(self.left_by(false))
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
    /// Whether it is a time in the span that ends now.
    Within(LengthId),
    /// Whether it is a time that has come.
    Begun,
    /// Whether it is a time that has not come, or there is none.
    Lasting,
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

/// What each value of a field leaves of the roles: first where it is not known, then where there is none, then the values.
#[derive(Clone, Debug)]
pub struct Kept(Vec<Roles>);

impl Kept {
    pub(super) fn all(values: usize) -> Self {
        Self(vec![Roles::of(u64::MAX); values])
    }

    /// Takes roles away where the answer for a value does not allow them.
    pub(super) fn narrow(&mut self, truths: &[Truth], roles: u64) {
        self.0.iter_mut().zip(truths).for_each(|(kept, truth)| *kept = kept.and(Roles::left_by(*truth, roles)));
    }

    #[inline]
    pub fn by(&self, value: &Value) -> Roles {
        let place = match value {
            Value::Choice(at) => 2 + usize::from(*at),
            Value::YesNo(is) => 2 + usize::from(*is),
            Value::Unknown => 0,
            _ => 1,
        };
        self.0.get(place).copied().unwrap_or(Roles::IN_DOUBT)
    }
}

impl Sheet {
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

    pub(super) fn ask_what(&mut self, subject: Subject, truths: &[Truth], roles: u64) -> Option<()> {
        let (place, asked) = self.about(subject, roles)?;
        let new = || What { place, kept: Kept::all(truths.len()) };
        let at = place_of(&mut asked.what, |what| what.place == place, new);
        asked.what.get_mut(at)?.kept.narrow(truths, roles);
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
                _ => return None,
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
        self.rest.sort_by_key(|question| match question.ask {
            Ask::Same(_) => 0,
            Ask::Test(_) => 2,
            _ => 1,
        });
    }

    fn places(&mut self) -> impl Iterator<Item = &mut Place> {
        let same = self.same.iter_mut().map(|same| &mut same.place);
        let what = self.what.iter_mut().map(|what| &mut what.place);
        same.chain(what).chain(self.rest.iter_mut().map(|question| &mut question.place))
    }
}
