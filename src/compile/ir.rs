//! The intermediate representation: conditions of one or more policies as flat tables, in which equal parts stand once.
//!
//! It is plain data, and says what policies mean without how they are evaluated. **Parts come before what is made of them**: a
//! [`Term`] names only terms, selections, measures and scores that were added before it, and so does every other entry. Whoever
//! goes through a table from its beginning has met all parts of an entry when it comes to the entry.
//!
//! Numbers and lengths stand at their values in force and name the setting that they are taken from (`Ir::settings`).
//!
//! Several policies may stand in one representation, where they are written in one vocabulary and reckon in one time zone, as a
//! base and the policies built on it mostly do: see [`Ir::add`]. What they share stands once, and what one calendar is to one of
//! them and another to the other stands twice.

use super::ids::{MeasureId, SelectionId, TermId, WindowId, numbered};
use crate::check::NamedCalendar;
use crate::model::{FieldId, RecordId};
use crate::semantics::{Band, Monotonicity, Parameter, ScoreIs, SettingId, Subject, Test, Trend};
use crate::syntax::tree::Comparison;
use crate::time::{Instant, Length};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash};

/// Conditions, selections, measures, windows and scores, each by its place in its table.
#[derive(Clone, Debug, Default)]
pub struct Ir {
    pub terms: Vec<Term>,
    pub selections: Vec<FlatSelection>,
    pub measures: Vec<FlatMeasure>,
    pub windows: Vec<FlatWindow>,
    pub scores: Vec<FlatScore>,
    /// Every calendar of the policies, each by its place; those of the first stand where they do there.
    pub calendars: Vec<NamedCalendar>,
    /// Whether the same number is two things where two settings give it, or a setting and the text.
    tells_settings_apart: bool,
    /// Where each entry stands by what it says. These are only looked up in, never walked.
    known: InternTables,
}

#[derive(Clone, Debug, Default)]
struct InternTables {
    hasher: DefaultHashBuilder,
    terms: HashTable<u32>,
    selections: HashTable<u32>,
    measures: HashTable<u32>,
    windows: HashTable<u32>,
    scores: HashTable<u32>,
}

/// A condition. Those about a record are asked of each record that a selection may mean, all others of the call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    All(Box<[TermId]>),
    Any(Box<[TermId]>),
    Not(TermId),
    /// So while it is not known either.
    Presumed(TermId),
    HowMany {
        comparison: Comparison,
        number: Parameter<i64>,
        of: Box<[TermId]>,
    },
    Test(Test),
    Count {
        measure: MeasureId,
        comparison: Comparison,
        number: Parameter<i64>,
    },
    /// Whether the latest (or the first) of the records that a selection means passes a test.
    Latest {
        first: bool,
        of: SelectionId,
        test: TermId,
    },
    /// Whether the times of the last few have a trend.
    Trend {
        of: SelectionId,
        trend: Trend,
    },
    /// About the score at this place.
    Score {
        score: usize,
        is: ScoreIs,
    },
}

/// Which records are meant: those that pass every test and lie in the window.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FlatSelection {
    pub record: RecordId,
    pub window: WindowId,
    pub since: Box<[FlatSince]>,
    pub tests: Box<[TermId]>,
    /// Whether this call counts too, as a record of its own kind.
    pub this_call: bool,
}

/// Spans in which a record's time must lie, all of them; without any, all time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FlatWindow {
    pub record: RecordId,
    pub lengths: Box<[Parameter<Length>]>,
}

/// From when records count.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FlatSince {
    Instant(Instant),
    Midnight,
    Record { first: bool, of: SelectionId },
}

/// Something counted: records, or the different identities in a field of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FlatMeasure {
    pub of: SelectionId,
    pub record: RecordId,
    pub different: Option<FieldId>,
    pub follow: Option<FlatFollow>,
}

/// Another record that comes within a span after a counted one, or none that does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FlatFollow {
    pub not: bool,
    pub within: Parameter<Length>,
    pub by: SelectionId,
    /// Fields that must share somebody: the follower's and the first record's.
    pub that: Vec<(FieldId, FieldId)>,
}

/// A sum of points, each added where its condition holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FlatScore {
    pub name: String,
    /// What is added up: none excludes another.
    pub points: Vec<(Parameter<i64>, TermId)>,
    /// The conditions of the points as the author wrote them, for whoever looks at the policy's own words.
    pub written: Vec<TermId>,
    pub bands: Vec<Band>,
    pub unanswered_as_yes: bool,
}

/// Everything that some terms rest on, themselves included, each table in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    pub terms: BTreeSet<TermId>,
    pub selections: BTreeSet<SelectionId>,
    pub measures: BTreeSet<MeasureId>,
    /// By their places.
    pub scores: BTreeSet<usize>,
}

/// What stands in a table once.
trait Interned: Eq + Hash {
    /// The settings that its numbers and lengths are taken from, one for each of them.
    fn settings(&self) -> impl Iterator<Item = Option<SettingId>>;
}

impl Interned for Term {
    fn settings(&self) -> impl Iterator<Item = Option<SettingId>> {
        self.own_settings().into_iter()
    }
}

impl Interned for FlatSelection {
    fn settings(&self) -> impl Iterator<Item = Option<SettingId>> {
        std::iter::empty()
    }
}

impl Interned for FlatWindow {
    fn settings(&self) -> impl Iterator<Item = Option<SettingId>> {
        self.lengths.iter().map(|length| length.setting)
    }
}

impl Interned for FlatMeasure {
    fn settings(&self) -> impl Iterator<Item = Option<SettingId>> {
        self.follow.iter().map(|follow| follow.within.setting)
    }
}

impl Interned for FlatScore {
    fn settings(&self) -> impl Iterator<Item = Option<SettingId>> {
        self.points.iter().map(|(points, _)| points.setting).chain(self.bands.iter().map(|band| band.from.setting))
    }
}

impl Term {
    /// The setting that each of its own numbers and lengths is taken from.
    fn own_settings(&self) -> Vec<Option<SettingId>> {
        match self {
            Self::HowMany { number, .. } | Self::Count { number, .. } => vec![number.setting],
            Self::Trend { trend, .. } => vec![trend.setting()],
            Self::Test(test) => test.predicate.form().settings(),
            Self::Score { is, .. } => is.settings(),
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Presumed(_) | Self::Latest { .. } => Vec::new(),
        }
    }

    /// The conditions that a compound condition is made of.
    pub fn parts(&self) -> &[TermId] {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::HowMany { of: parts, .. } => parts,
            Self::Not(part) | Self::Presumed(part) => std::slice::from_ref(part),
            Self::Test(_) | Self::Count { .. } | Self::Latest { .. } | Self::Trend { .. } | Self::Score { .. } => &[],
        }
    }
}

impl FlatSelection {
    /// Whether it counts from a record, which may not be there.
    pub fn is_from_a_record(&self) -> bool {
        self.since.iter().any(|since| matches!(since, FlatSince::Record { .. }))
    }
}

impl FlatMeasure {
    /// Whether nothing is asked but how many records a selection means.
    pub fn is_plain(&self) -> bool {
        self.follow.is_none() && self.different.is_none()
    }
}

impl Ir {
    /// An empty one in which each number and length is known by the setting that it is taken from too, so that a setting can be
    /// moved without moving what is only equal to it by chance. By [`Default`], equal values are one, as deciding needs it, and
    /// each names the setting that was met first.
    pub fn telling_settings_apart() -> Self {
        Self { tells_settings_apart: true, ..Self::default() }
    }

    #[inline]
    pub fn term(&self, id: TermId) -> Option<&Term> {
        self.terms.get(id.0 as usize)
    }

    #[inline]
    pub fn selection(&self, id: SelectionId) -> Option<&FlatSelection> {
        self.selections.get(id.0 as usize)
    }

    #[inline]
    pub fn measure(&self, id: MeasureId) -> Option<&FlatMeasure> {
        self.measures.get(id.0 as usize)
    }

    /// Each term with its id.
    pub fn terms(&self) -> impl DoubleEndedIterator<Item = (TermId, &Term)> + ExactSizeIterator {
        self.terms.iter().enumerate().map(|(at, term)| (TermId(numbered(at)), term))
    }

    /// Each selection with its id.
    pub fn selections(&self) -> impl Iterator<Item = (SelectionId, &FlatSelection)> {
        self.selections.iter().enumerate().map(|(at, selection)| (SelectionId(numbered(at)), selection))
    }

    /// Each measure with its id.
    pub fn measures(&self) -> impl Iterator<Item = (MeasureId, &FlatMeasure)> {
        self.measures.iter().enumerate().map(|(at, measure)| (MeasureId(numbered(at)), measure))
    }

    /// What adds to a score, and how much.
    pub fn points(&self, score: usize) -> &[(Parameter<i64>, TermId)] {
        self.scores.get(score).map(|score| score.points.as_slice()).unwrap_or_default()
    }

    /// The bands of a score.
    pub fn bands(&self, score: usize) -> &[Band] {
        self.scores.get(score).map(|score| score.bands.as_slice()).unwrap_or_default()
    }

    /// The lengths of a selection's window.
    pub fn spans(&self, selection: &FlatSelection) -> &[Parameter<Length>] {
        self.windows.get(selection.window.0 as usize).map(|window| &*window.lengths).unwrap_or_default()
    }

    /// The conditions that a compound condition is made of.
    pub fn parts(&self, id: TermId) -> &[TermId] {
        self.term(id).map(Term::parts).unwrap_or_default()
    }

    /// The conditions that must all hold for one to.
    pub fn all_of<'a>(&'a self, id: &'a TermId) -> &'a [TermId] {
        match self.term(*id) {
            Some(Term::All(parts)) => parts,
            _ => std::slice::from_ref(id),
        }
    }

    /// The conditions that a compound one is made of, and those for which a score gives points.
    pub fn parts_and_points(&self, term: &Term) -> impl Iterator<Item = TermId> {
        let points = match term {
            Term::Score { score, .. } => self.points(*score),
            _ => &[],
        };
        term.parts().iter().copied().chain(points.iter().map(|(_, point)| *point))
    }

    /// Which terms rest on what is presumed while it is not known: by a test that says so, or a score that counts what is unanswered as yes.
    pub fn presuming(&self) -> Vec<bool> {
        let mut known: Vec<bool> = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            // The parts of a term come before it.
            let presumes = |part: TermId| known.get(part.0 as usize).is_some_and(|presumes| *presumes);
            let is_score = |score: usize| self.scores.get(score).is_some_and(|score| score.unanswered_as_yes);
            let presuming =
                matches!(term, Term::Presumed(_)) || matches!(term, Term::Score { score, .. } if is_score(*score));
            let presuming = presuming || self.parts_and_points(term).any(presumes);
            known.push(presuming);
        }
        known
    }

    /// Everything that terms rest on.
    pub fn uses(&self, roots: impl IntoIterator<Item = TermId>) -> Uses {
        let mut uses = Uses::default();
        roots.into_iter().for_each(|root| self.use_term(root, &mut uses));
        uses
    }

    /// Of these terms those that time moves, and that are not made of others.
    pub fn moving(&self, terms: &BTreeSet<TermId>) -> BTreeSet<TermId> {
        let moved = super::monotonicities::of_terms(self);
        let is_moved = |term: &TermId| {
            let is_made_of_others = self.term(*term).is_none_or(|term| self.parts_and_points(term).next().is_some());
            !is_made_of_others && moved.get(term.0 as usize).is_some_and(|moved| *moved != Monotonicity::CONSTANT)
        };
        terms.iter().copied().filter(is_moved).collect()
    }

    /// Whether a condition asks how long ago its own call came in: at the moment of the call that is always the same, and later it is not.
    pub fn asks_how_old_its_call_is(&self, root: TermId) -> bool {
        let is_of_call =
            |term: &TermId| matches!(self.term(*term), Some(Term::Test(Test { subject: Subject::CallTime, .. })));
        self.moving(&self.uses([root]).terms).iter().any(is_of_call)
    }

    /// The settings that terms rest on.
    pub fn settings(&self, roots: impl IntoIterator<Item = TermId>) -> BTreeSet<SettingId> {
        let uses = self.uses(roots);
        let of_terms = uses.terms.iter().filter_map(|id| self.term(*id)).flat_map(Term::own_settings).flatten();
        let selections = uses.selections.iter().filter_map(|id| self.selection(*id));
        let of_windows = selections.flat_map(|selection| self.spans(selection)).filter_map(|length| length.setting);
        let measures = uses.measures.iter().filter_map(|id| self.measure(*id));
        let of_follows = measures.filter_map(|measure| measure.follow.as_ref()?.within.setting);
        let scores = uses.scores.iter().filter_map(|score| self.scores.get(*score));
        let of_scores = scores.flat_map(Interned::settings).flatten();
        of_terms.chain(of_windows).chain(of_follows).chain(of_scores).collect()
    }

    fn use_term(&self, id: TermId, uses: &mut Uses) {
        let Some(term) = self.term(id).filter(|_| uses.terms.insert(id)) else { return };
        match term {
            Term::Count { measure, .. } => {
                let Some(counted) = self.measure(*measure).filter(|_| uses.measures.insert(*measure)) else { return };
                self.use_selection(counted.of, uses);
                counted.follow.iter().for_each(|follow| self.use_selection(follow.by, uses));
            }
            Term::Latest { of, test, .. } => {
                self.use_selection(*of, uses);
                self.use_term(*test, uses);
            }
            Term::Trend { of, .. } => self.use_selection(*of, uses),
            Term::Score { score, .. } => drop(uses.scores.insert(*score)),
            Term::All(_) | Term::Any(_) | Term::Not(_) | Term::Presumed(_) | Term::HowMany { .. } | Term::Test(_) => {}
        }
        self.parts_and_points(term).for_each(|part| self.use_term(part, uses));
    }

    fn use_selection(&self, id: SelectionId, uses: &mut Uses) {
        let Some(selection) = self.selection(id).filter(|_| uses.selections.insert(id)) else { return };
        selection.tests.iter().for_each(|test| self.use_term(*test, uses));
        for since in &selection.since {
            if let FlatSince::Record { of, .. } = since {
                self.use_selection(*of, uses);
            }
        }
    }

    pub(super) fn put_term(&mut self, term: Term) -> TermId {
        TermId(put(self.tells_settings_apart, &mut self.terms, &mut self.known.terms, &self.known.hasher, term))
    }

    pub(super) fn put_selection(&mut self, selection: FlatSelection) -> SelectionId {
        SelectionId(put(
            self.tells_settings_apart,
            &mut self.selections,
            &mut self.known.selections,
            &self.known.hasher,
            selection,
        ))
    }

    pub(super) fn put_measure(&mut self, measure: FlatMeasure) -> MeasureId {
        MeasureId(put(
            self.tells_settings_apart,
            &mut self.measures,
            &mut self.known.measures,
            &self.known.hasher,
            measure,
        ))
    }

    pub(super) fn put_window(&mut self, window: FlatWindow) -> WindowId {
        WindowId(put(self.tells_settings_apart, &mut self.windows, &mut self.known.windows, &self.known.hasher, window))
    }

    pub(super) fn put_score(&mut self, score: FlatScore) -> usize {
        put(self.tells_settings_apart, &mut self.scores, &mut self.known.scores, &self.known.hasher, score) as usize
    }
}

/// The place of an entry in its table: where an equal one stands, or at the end.
fn put<T: Interned>(
    tells_settings_apart: bool,
    table: &mut Vec<T>,
    known: &mut HashTable<u32>,
    hasher: &DefaultHashBuilder,
    entry: T,
) -> u32 {
    let is_same = |other: &T| *other == entry && (!tells_settings_apart || other.settings().eq(entry.settings()));
    let hash = hasher.hash_one(&entry);
    if let Some(at) = known.find(hash, |at| table.get(*at as usize).is_some_and(is_same)) {
        return *at;
    }
    let at = numbered(table.len());
    table.push(entry);
    known.insert_unique(hash, at, |at| table.get(*at as usize).map_or(0, |entry| hasher.hash_one(entry)));
    at
}
