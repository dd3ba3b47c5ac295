//! What is asked of the records of one kind, laid out for one pass over them.
//!
//! What a record can be to the policy is a role: a member of a set that some selection means, or one of those that a
//! count counts. A role is a bit. Every record begins with all roles, and each question takes those away that its answer
//! rules out, so one answer settles the question for all the rules that ask it.

use super::index;
use super::program::{LengthId, MeasureId, Program, SelectionId, Term, TermId};
use crate::check::{Policy, Predicate, Subject, Test};
use crate::model::{FactId, FieldId, RecordId, Truth, Type, Value};
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// A set of records of one kind that evaluation works out: its place among those of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetId(pub u32);

/// Something that a pass counts, by its place among everything that passes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountedId(pub u32);

/// Everything that is asked of the records of one kind at the time of the call.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Whether the call counts too in some selection.
    pub this_call: bool,
    pub sheets: Vec<Sheet>,
    /// How many sets of these records there are.
    pub sets: u32,
}

/// At most 64 roles, and what is asked for them.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its place among the sheets of all kinds.
    pub at: usize,
    /// The roles that a record may have, and those that the call may have.
    pub of_records: u64,
    pub of_this_call: u64,
    /// The roles that are membership of a set. The others are counted.
    pub members: u64,
    /// For each role its [`SetId`] or its [`CountedId`].
    pub places: Vec<u32>,
    /// Conditions about the call alone.
    pub of_call: Vec<(TermId, u64)>,
    /// Spans, and the roles that only records within them have.
    pub spans: Vec<(LengthId, u64)>,
    /// What is asked of the fields of each record.
    pub questions: Vec<Question>,
    /// What is asked of the records that links lead to.
    pub through: Vec<Through>,
    /// Conditions that are asked as they stand, of records that still have some of the roles.
    pub others: Vec<(TermId, u64)>,
    /// The roles that what links lead to, or other conditions, may take away.
    pub needs_more: u64,
}

/// Questions to the record that a link leads to.
#[derive(Clone, Debug)]
pub struct Through {
    pub link: FieldId,
    pub record: RecordId,
    /// The roles for which they are asked.
    pub roles: u64,
    pub questions: Vec<Question>,
}

/// A question about one field.
#[derive(Clone, Debug)]
pub struct Question {
    pub field: FieldId,
    /// What stands for the field where the call is in the place of a record.
    pub of_call: Option<FactId>,
    /// The roles that an answer can take away. Where no record has one of them left, the question is left out.
    pub roles: u64,
    pub ask: Ask,
}

/// What is asked of a value, and what the answer does to roles.
#[derive(Clone, Debug)]
pub enum Ask {
    /// What it is, for a yes or a choice.
    What(Kept),
    /// Whether it is who or what a fact of the call is: for some roles it must be, for others it must not.
    Same { fact: FactId, like: u64, unlike: u64 },
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
    fn all(values: usize) -> Self {
        Self(vec![Roles::of(u64::MAX); values])
    }

    /// Takes roles away where the answer for a value does not allow them.
    fn narrow(&mut self, truths: &[Truth], roles: u64) {
        self.0.iter_mut().zip(truths).for_each(|(kept, truth)| *kept = kept.and(Roles::left_by(*truth, roles)));
    }

    #[inline]
    pub fn by(&self, value: &Value) -> Roles {
        let place = match value {
            Value::Unknown => 0,
            Value::YesNo(is) => 2 + usize::from(*is),
            Value::Choice(at) => 2 + usize::from(*at),
            _ => 1,
        };
        self.0.get(place).copied().unwrap_or(Roles { sure: 0, all: u64::MAX })
    }
}

/// Every value that a type has, in the order of [`Kept`]; `None` where there are too many to try.
fn values_of(ty: &Type) -> Option<Vec<Value>> {
    let values: Vec<Value> = match ty {
        Type::YesNo => [false, true].map(Value::YesNo).into(),
        Type::Choice { values, .. } => (0..u16::try_from(values.len()).ok()?).map(Value::Choice).collect(),
        _ => return None,
    };
    Some([Value::Unknown, Value::None].into_iter().chain(values).collect())
}

impl Program {
    /// Lays out what all selections and measures ask of records.
    pub(super) fn lay_out_passes(&mut self, policy: &Policy) {
        let mut sheets = 0;
        self.passes = (0..policy.vocabulary.records.len())
            .map(|kind| {
                let record = RecordId(u16::try_from(kind).unwrap_or(u16::MAX));
                let mut pass = Gathering::of(policy, self, record).into_pass();
                for sheet in &mut pass.sheets {
                    sheet.at = sheets;
                    sheets += 1;
                }
                pass
            })
            .collect();
    }
}

/// The roles of the records of one kind, while they are gathered.
struct Gathering<'a> {
    policy: &'a Policy,
    program: &'a mut Program,
    record: RecordId,
    roles: Vec<Role>,
    /// What is in each set; `None` for room in which no role is noted.
    sets: Vec<Option<What>>,
    /// What there is already. These maps are only looked up in.
    known: HashMap<What, SetId>,
    counted: HashMap<(SetId, Box<[LengthId]>), CountedId>,
}

/// The records that pass some tests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct What {
    tests: Vec<TermId>,
    this_call: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Role {
    what: What,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Set(SetId),
    Counted(CountedId, Box<[LengthId]>),
}

impl<'a> Gathering<'a> {
    fn of(policy: &'a Policy, program: &'a mut Program, record: RecordId) -> Self {
        let (known, counted) = (HashMap::new(), HashMap::new());
        let mut gathering = Self { policy, program, record, roles: Vec::new(), sets: Vec::new(), known, counted };
        (0..index(gathering.program.selections.len())).map(SelectionId).for_each(|id| gathering.selection(id));
        (0..index(gathering.program.measures.len())).map(MeasureId).for_each(|id| gathering.measure(id));
        gathering
    }

    fn selection(&mut self, id: SelectionId) {
        let Some(selection) = self.program.selections.get(id.0 as usize) else { return };
        if selection.record != self.record {
            return;
        }
        let this_call = selection.this_call;
        let (timed, still): (Vec<TermId>, Vec<TermId>) =
            selection.tests.iter().copied().partition(|test| selection.timed.contains(test));
        let mut tests = self.one_by_one(still);
        let still = self.shared_set(What { tests: tests.clone(), this_call });
        let set = if timed.is_empty() {
            still
        } else {
            // Later on it is worked out anew for this selection alone.
            tests.extend(self.one_by_one(timed));
            self.set(Some(What { tests, this_call }))
        };
        if let Some(selection) = self.program.selections.get_mut(id.0 as usize) {
            (selection.still, selection.set) = (still, set);
        }
    }

    /// Tests of which all must be passed, each alone.
    fn one_by_one(&self, tests: Vec<TermId>) -> Vec<TermId> {
        let parts = |test: TermId| match self.program.terms.get(test.0 as usize) {
            Some(Term::All(parts)) => self.one_by_one(parts.to_vec()),
            _ => vec![test],
        };
        let mut tests: Vec<TermId> = tests.into_iter().flat_map(parts).collect();
        tests.sort_unstable();
        tests.dedup();
        tests
    }

    fn shared_set(&mut self, what: What) -> SetId {
        if let Some(known) = self.known.get(&what) {
            return *known;
        }
        let set = self.set(Some(what.clone()));
        self.known.insert(what, set);
        set
    }

    fn set(&mut self, what: Option<What>) -> SetId {
        let set = SetId(index(self.sets.len()));
        self.roles.extend(what.clone().map(|what| Role { what, place: Place::Set(set) }));
        self.sets.push(what);
        set
    }

    fn measure(&mut self, id: MeasureId) {
        let Some(measure) = self.program.measures.get(id.0 as usize) else { return };
        let Some(selection) = self.program.selections.get(measure.of.0 as usize) else { return };
        if measure.record != self.record {
            return;
        }
        let set = selection.set;
        let is_plain = measure.follow.is_none() && measure.different.is_none();
        // Where it is not known since when records count, it is not known how many do, however few there are.
        let (has_one_reading, this_call) = (selection.since.is_empty(), selection.this_call);
        let window = self.program.windows.get(selection.window.0 as usize);
        let lengths = window.map(|window| window.lengths.as_slice()).unwrap_or_default().into();
        let has_follow = measure.follow.is_some();
        let several = |field, this_call| self.policy.may_be_several(self.record, field, this_call);
        let is_no_more =
            measure.different.is_none_or(|field| !(several(field, false) || this_call && several(field, true)));
        let at_most = if has_one_reading && is_no_more { self.counted(set, lengths) } else { None };
        let set = if has_follow { self.set(None) } else { set };
        if let Some(measure) = self.program.measures.get_mut(id.0 as usize) {
            (measure.set, measure.at_most) = (set, at_most);
            measure.counted = at_most.filter(|_| is_plain);
        }
    }

    /// Has the records of a set that lie in some spans counted.
    fn counted(&mut self, set: SetId, lengths: Box<[LengthId]>) -> Option<CountedId> {
        let key = (set, lengths);
        if let Some(known) = self.counted.get(&key) {
            return Some(*known);
        }
        let what = self.sets.get(set.0 as usize).cloned().flatten()?;
        let id = CountedId(index(self.program.counted));
        self.program.counted += 1;
        self.roles.push(Role { what, place: Place::Counted(id, key.1.clone()) });
        self.counted.insert(key, id);
        Some(id)
    }

    fn into_pass(mut self) -> Pass {
        let mut roles = std::mem::take(&mut self.roles);
        // Roles that ask the same stand together, so that few sheets ask it.
        roles.sort_unstable();
        let this_call = roles.iter().any(|role| role.what.this_call);
        let sheets = roles.chunks(u64::BITS as usize).map(|roles| self.sheet(roles)).collect();
        Pass { this_call, sheets, sets: index(self.sets.len()) }
    }

    fn sheet(&mut self, roles: &[Role]) -> Sheet {
        let mut sheet = Sheet::default();
        let mut asked: BTreeMap<TermId, u64> = BTreeMap::new();
        let mut spans: BTreeMap<LengthId, u64> = BTreeMap::new();
        for (at, Role { what, place }) in roles.iter().enumerate() {
            let role = 1 << at;
            sheet.of_records |= role;
            sheet.of_this_call |= if what.this_call { role } else { 0 };
            what.tests.iter().for_each(|test| *asked.entry(*test).or_default() |= role);
            sheet.places.push(match place {
                Place::Set(set) => {
                    sheet.members |= role;
                    set.0
                }
                Place::Counted(counted, lengths) => {
                    lengths.iter().for_each(|length| *spans.entry(*length).or_default() |= role);
                    counted.0
                }
            });
        }
        sheet.spans = spans.into_iter().collect();
        for (term, roles) in asked {
            if self.put(&mut sheet, term, roles).is_none() {
                sheet.others.push((term, roles));
            }
        }
        sheet.questions.iter_mut().for_each(|question| question.of_call = self.policy.stands_for(question.field));
        sheet.put_in_order();
        let others = sheet.others.iter().map(|(_, roles)| *roles);
        let more = sheet.through.iter().map(|through| through.roles).chain(others);
        sheet.needs_more = more.fold(0, |all, roles| all | roles);
        sheet
    }

    /// Lays out a condition that some roles need to hold, unless it has to be asked as it stands.
    fn put(&mut self, sheet: &mut Sheet, term: TermId, roles: u64) -> Option<()> {
        if let Some((subject, values, truths)) = self.by_value(term) {
            return sheet.ask_what(subject, values, &truths, roles);
        }
        let Some(Term::Test(test)) = self.program.terms.get(term.0 as usize) else { return None };
        if is_of_call(test) {
            sheet.of_call.push((term, roles));
            return Some(());
        }
        match (test.subject, &test.predicate) {
            (Subject::Record(record), Predicate::InForce { not: false }) => {
                let kind = self.policy.vocabulary.records.get(record.index())?.in_force.as_ref()?;
                sheet.ask(Subject::Field(kind.from), Ask::Begun, roles)?;
                kind.until.iter().try_for_each(|field| sheet.ask(Subject::Field(*field), Ask::Lasting, roles))
            }
            (_, Predicate::InForce { .. }) => None,
            (subject, Predicate::Same { fact, not }) => sheet.ask_whether_same(subject, *fact, *not, roles),
            (subject, Predicate::Within(length)) => {
                let length = *length;
                sheet.ask(subject, Ask::Within(self.program.length(length)), roles)
            }
            (subject, _) => sheet.ask(subject, Ask::Test(term), roles),
        }
    }

    /// What is asked about, how many values it has, and the answer for each; where a condition is about one field that
    /// has few values.
    fn by_value(&self, term: TermId) -> Option<(Subject, usize, Vec<Truth>)> {
        let together = |parts: &[TermId], join: fn(Truth, Truth) -> Truth| {
            let mut parts = parts.iter().map(|part| self.by_value(*part));
            let first = parts.next()??;
            parts.try_fold(first, |(subject, values, truths), part| {
                let (_, _, others) = part.filter(|(other, ..)| *other == subject)?;
                Some((subject, values, truths.into_iter().zip(others).map(|(one, other)| join(one, other)).collect()))
            })
        };
        match self.program.terms.get(term.0 as usize)? {
            Term::All(parts) => together(parts, Truth::and),
            Term::Any(parts) => together(parts, Truth::or),
            Term::Not(part) => {
                let (subject, values, truths) = self.by_value(*part)?;
                Some((subject, values, truths.into_iter().map(|truth| !truth).collect()))
            }
            Term::Test(test) => {
                let (record, field) = match test.subject {
                    Subject::Field(field) => (self.record, field),
                    Subject::Through { record, field, .. } => (record, field),
                    _ => return None,
                };
                let kind = self.policy.vocabulary.records.get(record.index())?;
                let values = values_of(&kind.fields.get(field.index())?.ty)?;
                let truths: Option<Vec<Truth>> = values.iter().map(|value| test.predicate.of_value(*value)).collect();
                Some((test.subject, values.len(), truths?))
            }
            _ => None,
        }
    }
}

impl Sheet {
    /// The questions to the record that a subject is about, and the field.
    fn about(&mut self, subject: Subject, roles: u64) -> Option<(FieldId, &mut Vec<Question>)> {
        match subject {
            Subject::Field(field) => Some((field, &mut self.questions)),
            Subject::Through { link, record, field } => {
                let through = &mut self.through;
                let at = through.iter().position(|known| (known.link, known.record) == (link, record));
                let at = at.unwrap_or_else(|| {
                    through.push(Through { link, record, roles: 0, questions: Vec::new() });
                    through.len() - 1
                });
                let through = through.get_mut(at)?;
                through.roles |= roles;
                Some((field, &mut through.questions))
            }
            _ => None,
        }
    }

    fn ask(&mut self, subject: Subject, ask: Ask, roles: u64) -> Option<()> {
        let (field, questions) = self.about(subject, roles)?;
        questions.push(Question { field, of_call: None, roles, ask });
        Some(())
    }

    fn ask_what(&mut self, subject: Subject, values: usize, truths: &[Truth], roles: u64) -> Option<()> {
        let (field, questions) = self.about(subject, roles)?;
        for known in questions.iter_mut().filter(|known| known.field == field) {
            if let Ask::What(kept) = &mut known.ask {
                known.roles |= roles;
                kept.narrow(truths, roles);
                return Some(());
            }
        }
        let mut kept = Kept::all(values);
        kept.narrow(truths, roles);
        self.ask(subject, Ask::What(kept), roles)
    }

    fn ask_whether_same(&mut self, subject: Subject, wanted: FactId, not: bool, roles: u64) -> Option<()> {
        let (field, questions) = self.about(subject, roles)?;
        let (for_like, for_unlike) = if not { (0, roles) } else { (roles, 0) };
        for known in questions.iter_mut().filter(|known| known.field == field) {
            if let Ask::Same { fact, like, unlike } = &mut known.ask
                && *fact == wanted
            {
                known.roles |= roles;
                *like |= for_like;
                *unlike |= for_unlike;
                return Some(());
            }
        }
        self.ask(subject, Ask::Same { fact: wanted, like: for_like, unlike: for_unlike }, roles)
    }

    /// Puts first what most records fail, so that what comes after is often left out.
    fn put_in_order(&mut self) {
        let rank = |question: &Question| match question.ask {
            Ask::Same { .. } => (0, question.roles.count_zeros()),
            Ask::Test(_) => (2, 0),
            _ => (1, 0),
        };
        self.questions.sort_by_key(rank);
        self.through.iter_mut().for_each(|through| through.questions.sort_by_key(rank));
    }
}

/// Whether the answer is the same for every record.
fn is_of_call(test: &Test) -> bool {
    let of_call = |subject: Subject| matches!(subject, Subject::Fact(_) | Subject::CallTime);
    let other = match &test.predicate {
        Predicate::Moment { other, .. } => of_call(*other),
        _ => true,
    };
    of_call(test.subject) && other
}
