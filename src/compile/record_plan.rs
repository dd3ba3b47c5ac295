//! One bit per selection; each predicate clears the bits it rules out: the questions of one pass over the records of a kind.
//!
//! A record begins with the bits of all selections and counts that may mean it. Each question is asked once, and its answer settles
//! it for all the rules that ask it.

use super::ids::{LengthId, TermId};
use crate::model::{FactId, FieldId, RecordId, Truth, Value};
use crate::semantics::Subject;

/// That a record is a member of a selection, by the plan that asks for it and its bit there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberBit {
    pub plan: u32,
    pub bit: u32,
}

/// A set of records of one kind that is worked out after the pass: its place among those of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetId(pub u32);

/// At most 64 member bits of the records of one kind, and what is asked for them at the time of the call.
#[derive(Clone, Debug)]
pub struct RecordPlan {
    pub record: RecordId,
    /// How many bits there are.
    pub bits: usize,
    /// The bits that a record may have, and those that the call may have.
    pub of_records: u64,
    pub of_this_call: u64,
    /// Conditions about the call alone.
    pub of_call: Vec<(TermId, u64)>,
    /// Spans, and the bits that only records within them have.
    pub window_masks: Vec<(LengthId, u64)>,
    pub asked: Questions,
    /// What is asked of the records that links lead to.
    pub through: Vec<Through>,
    /// Conditions that are asked as they stand, of records that still have some of the bits.
    pub others: Vec<(TermId, u64)>,
    /// The bits that the rest of the questions, what links lead to, or other conditions may take away.
    pub needs_more: u64,
}

/// What is asked of the fields of a record.
#[derive(Clone, Debug, Default)]
pub struct Questions {
    pub same: Vec<SameAs>,
    pub what: Vec<ValueIs>,
    pub when: Vec<TimeLies>,
    pub rest: Vec<RecordQuestion>,
}

/// Questions to the record that a link leads to.
#[derive(Clone, Debug)]
pub struct Through {
    pub link: ValuePlace,
    pub record: RecordId,
    /// The bits for which they are asked.
    pub bits: u64,
    pub asked: Questions,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValuePlace {
    pub field: FieldId,
    /// What stands for the field where the call is in the place of a record.
    pub of_call: Option<FactId>,
}

/// Whether a value is who or what a fact of the call is: for some bits it must be, for others it must not.
#[derive(Clone, Debug)]
pub struct SameAs {
    pub place: ValuePlace,
    pub fact: FactId,
    /// The bits that are left where it is not, and where it is.
    left: [u64; 2],
}

impl SameAs {
    /// The bits that the answer leaves.
    #[inline]
    pub fn left_by(&self, is: bool) -> u64 {
        let [if_not, if_so] = self.left;
        if is { if_so } else { if_not }
    }

    /// What is left where there is nobody.
    pub fn left_by_none(&self) -> TriBits {
        TriBits::of(self.left_by(true) & self.left_by(false))
    }

    /// What is left where nobody knows the answer.
    pub fn left_in_doubt(&self) -> TriBits {
        TriBits { sure: self.left_by_none().sure, all: u64::MAX }
    }
}

/// What a value is, for a yes or a choice.
#[derive(Clone, Debug)]
pub struct ValueIs {
    pub place: ValuePlace,
    pub kept: BitsLeft,
}

/// Whether a time lies where it must.
#[derive(Clone, Debug)]
pub struct TimeLies {
    pub place: ValuePlace,
    /// The bits that need it to. Where no record has one of them left, the question is left out.
    pub bits: u64,
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
pub struct RecordQuestion {
    pub place: ValuePlace,
    /// The bits that need the answer to be yes. Where no record has one of them left, the question is left out.
    pub bits: u64,
    pub ask: QuestionKind,
}

#[derive(Clone, Debug)]
pub enum QuestionKind {
    /// Whether it is who or what a fact of the call is, where either may be several.
    SameAs(SameAs),
    /// Anything else, as the test says it.
    Test(TermId),
}

/// Bits in three values: those that a record has for certain, and those that it has or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriBits {
    pub sure: u64,
    pub all: u64,
}

impl TriBits {
    /// May have any bit, and has none for certain: what is said where nothing is known.
    pub const IN_DOUBT: Self = Self { sure: 0, all: u64::MAX };

    /// Has all of some bits, for certain.
    #[inline]
    pub fn of(bits: u64) -> Self {
        Self { sure: bits, all: bits }
    }

    /// What an answer leaves, where only some bits need it to be yes.
    #[inline]
    pub fn left_by(truth: Truth, bits: u64) -> Self {
        match truth {
            Truth::Yes => Self::of(u64::MAX),
            Truth::Unknown => Self { sure: !bits, all: u64::MAX },
            Truth::No => Self::of(!bits),
        }
    }

    #[inline]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { sure: self.sure & other.sure, all: self.all & other.all }
    }
}

/// What each value of a field leaves of the bits: where it is not known, where there is none, and each that it may have.
#[derive(Clone, Debug)]
pub struct BitsLeft {
    unknown: TriBits,
    none: TriBits,
    known: Box<[u64]>,
}

impl BitsLeft {
    /// All bits, where there are so many answers.
    pub(super) fn all(answers: usize) -> Self {
        let all = TriBits::of(u64::MAX);
        Self { unknown: all, none: all, known: vec![u64::MAX; answers.saturating_sub(2)].into() }
    }

    /// Takes bits away where the answer for a value does not allow them. Answers come in the order in which values stand
    /// above; those for known values are certain.
    pub(super) fn narrow(&mut self, answers: &[Truth], bits: u64) {
        for (kept, answer) in [&mut self.unknown, &mut self.none].into_iter().zip(answers) {
            *kept = kept.and(TriBits::left_by(*answer, bits));
        }
        for (kept, answer) in self.known.iter_mut().zip(answers.iter().skip(2)) {
            *kept &= TriBits::left_by(*answer, bits).all;
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

    pub fn by(&self, value: &Value) -> TriBits {
        match value {
            Value::Unknown => self.unknown,
            Value::None => self.none,
            value => self.by_known(value).map_or(TriBits::IN_DOUBT, TriBits::of),
        }
    }
}

impl RecordPlan {
    pub(super) fn new(record: RecordId) -> Self {
        let (bits, of_records, of_this_call, of_call, window_masks) = Default::default();
        let (asked, through, others, needs_more) = Default::default();
        Self { record, bits, of_records, of_this_call, of_call, window_masks, asked, through, others, needs_more }
    }

    /// The questions to the record that a subject is about, and the field.
    fn about(&mut self, subject: Subject, bits: u64) -> Option<(ValuePlace, &mut Questions)> {
        let (field, asked) = match subject {
            Subject::Field(field) => (field, &mut self.asked),
            Subject::Through { link, record, field } => {
                let through = &mut self.through;
                let at = through.iter().position(|known| (known.link.field, known.record) == (link, record));
                let at = at.unwrap_or_else(|| {
                    let link = ValuePlace { field: link, of_call: None };
                    through.push(Through { link, record, bits: 0, asked: Questions::default() });
                    through.len() - 1
                });
                let through = through.get_mut(at)?;
                through.bits |= bits;
                (field, &mut through.asked)
            }
            _ => return None,
        };
        Some((ValuePlace { field, of_call: None }, asked))
    }

    pub(super) fn ask(&mut self, subject: Subject, ask: QuestionKind, bits: u64) -> Option<()> {
        let (place, asked) = self.about(subject, bits)?;
        asked.rest.push(RecordQuestion { place, bits, ask });
        Some(())
    }

    pub(super) fn ask_when(&mut self, subject: Subject, lies: Lies, bits: u64) -> Option<()> {
        let (place, asked) = self.about(subject, bits)?;
        asked.when.push(TimeLies { place, bits, lies });
        Some(())
    }

    pub(super) fn ask_what(&mut self, subject: Subject, answers: &[Truth], bits: u64) -> Option<()> {
        let (place, asked) = self.about(subject, bits)?;
        let new = || ValueIs { place, kept: BitsLeft::all(answers.len()) };
        let at = place_of(&mut asked.what, |what| what.place == place, new);
        asked.what.get_mut(at)?.kept.narrow(answers, bits);
        Some(())
    }

    /// Asks whether a value is who or what a fact is. `several` says whether either may be several.
    pub(super) fn ask_whether_same(
        &mut self,
        subject: Subject,
        several: bool,
        fact: FactId,
        not: bool,
        bits: u64,
    ) -> Option<()> {
        let (place, asked) = self.about(subject, bits)?;
        let new = || SameAs { place, fact, left: [u64::MAX; 2] };
        let is_known = |known: &SameAs| (known.place, known.fact) == (place, fact);
        let same = if several {
            let is_same = |known: &RecordQuestion| matches!(&known.ask, QuestionKind::SameAs(same) if is_known(same));
            let at = place_of(&mut asked.rest, is_same, || RecordQuestion {
                place,
                bits: 0,
                ask: QuestionKind::SameAs(new()),
            });
            let question = asked.rest.get_mut(at)?;
            question.bits |= bits;
            match &mut question.ask {
                QuestionKind::SameAs(same) => same,
                QuestionKind::Test(_) => return None,
            }
        } else {
            let at = place_of(&mut asked.same, is_known, new);
            asked.same.get_mut(at)?
        };
        let [if_not, if_so] = &mut same.left;
        *(if not { if_so } else { if_not }) &= !bits;
        Some(())
    }

    /// Says which facts stand for fields where the call is in the place of a record, puts questions in order, and says
    /// which bits need more than a look at values.
    pub(super) fn finish(&mut self, stands_for: impl Fn(FieldId) -> Option<FactId>) {
        self.asked.put_in_order();
        self.through.iter_mut().for_each(|through| through.asked.put_in_order());
        let links = self.through.iter_mut().map(|through| &mut through.link);
        self.asked.places().chain(links).for_each(|place| place.of_call = stands_for(place.field));
        let rest = self.asked.rest.iter().map(|question| question.bits);
        let others = self.others.iter().map(|(_, bits)| *bits);
        let more = self.through.iter().map(|through| through.bits).chain(others).chain(rest);
        self.needs_more = more.fold(0, |all, bits| all | bits);
    }
}

/// The place of the first item like this; one is added where there is none.
fn place_of<T>(items: &mut Vec<T>, is_like: impl FnMut(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    items.iter().position(is_like).unwrap_or_else(|| {
        items.push(new());
        items.len() - 1
    })
}

impl Questions {
    fn put_in_order(&mut self) {
        self.rest.sort_by_key(|question| matches!(question.ask, QuestionKind::Test(_)));
    }

    fn places(&mut self) -> impl Iterator<Item = &mut ValuePlace> {
        let same = self.same.iter_mut().map(|same| &mut same.place);
        let what = self.what.iter_mut().map(|what| &mut what.place);
        let when = self.when.iter_mut().map(|when| &mut when.place);
        same.chain(what).chain(when).chain(self.rest.iter_mut().map(|question| &mut question.place))
    }
}
