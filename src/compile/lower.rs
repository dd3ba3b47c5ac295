//! Policy -> Ir: typed conditions laid out as entries that name their parts by id.

use super::ids::{MeasureId, SelectionId, TermId, WindowId};
use super::ir::{FlatFollow, FlatMeasure, FlatScore, FlatSelection, FlatSince, FlatWindow, Ir, Term};
use crate::check::{self, NamedCalendar, Policy};
use crate::explain::Lift;
use crate::model::{FactId, FieldId};
use crate::semantics::{self, Condition, Count, DefinitionId, FigureSource, ScoreId, Selection, Since, Test};
use hashbrown::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where the parts of one policy stand in an [`Ir`].
#[derive(Clone, Debug, Default)]
pub struct PolicyTerms {
    /// For each rule of the policy, in its order.
    pub rules: Vec<RuleTerms>,
    /// What a condition that counts counts, for people. Equal conditions may be said in several ways; this is the first.
    pub counted: BTreeMap<TermId, Arc<str>>,
    /// For each calendar of the policy, in its order, where it stands.
    pub calendars: Box<[usize]>,
}

/// Where the parts of one rule stand.
#[derive(Clone, Debug)]
pub struct RuleTerms {
    pub when: TermId,
    pub because: Box<[FlatReason]>,
    /// What those of the conditions count that must all hold, as this rule says it.
    pub counted: Box<[(TermId, Arc<str>)]>,
    /// The scores by which it gives a number, and where they stand.
    pub scores: Box<[(ScoreId, usize)]>,
}

/// One of the reasons that a rule gives.
#[derive(Clone, Debug)]
pub struct FlatReason {
    /// The way in which the rule applies that it is the reason of; none where it is given however the rule applies.
    pub way: Option<TermId>,
    pub pieces: Box<[FlatPiece]>,
}

/// A piece of a reason, filled in when it is given.
#[derive(Clone, Debug)]
pub enum FlatPiece {
    Text(Arc<str>),
    /// How many were counted; with the words for one and for more, if they are given.
    Count(MeasureId, Option<Arc<(String, String)>>),
    /// The ids of those counted.
    Ids(MeasureId),
    /// When the latest of those counted was.
    Latest(MeasureId),
    /// What a field of the latest of those counted holds.
    Field(MeasureId, FieldId),
    Fact(FactId),
    /// How many of these questions are answered yes; with the words for one and for more, if they are given.
    Answers(Arc<[FactId]>, Option<Arc<(String, String)>>),
    Score(usize),
}

impl Ir {
    /// Adds the conditions of a policy, and says where each stands; what stands there already is not added again.
    ///
    /// The policies of one representation must be written in one vocabulary and reckon in one time zone, and their settings must be
    /// the same ones as far as both have them: all of these stand in it by their places (`Ir::are_alike`).
    pub fn add(&mut self, policy: &Policy) -> PolicyTerms {
        let mut lowering = Lowering::of(policy, self);
        let mut lower = Lower { policy, ir: self, lowering: &mut lowering };
        let rules = policy.rules.iter().map(|rule| lower.rule(rule)).collect();
        PolicyTerms { rules, counted: lowering.counted, calendars: lowering.calendars }
    }

    /// Adds a condition of a policy that stands in it, such as that of an invariant, and says where it stands.
    pub fn add_condition(&mut self, policy: &Policy, condition: &Condition) -> TermId {
        let mut lowering = Lowering::of(policy, self);
        Lower { policy, ir: self, lowering: &mut lowering }.term(condition)
    }

    /// Adds the invariants of a policy that stands in it.
    pub(super) fn add_invariants(&mut self, policy: &Policy) -> Vec<RuleTerms> {
        let mut lowering = Lowering::of(policy, self);
        let mut lower = Lower { policy, ir: self, lowering: &mut lowering };
        policy.invariants.iter().map(|invariant| lower.invariant(invariant)).collect()
    }

    /// Whether two policies may stand in one representation in which no setting is told from what is equal to it.
    pub fn are_comparable(one: &Policy, other: &Policy) -> bool {
        one.vocabulary == other.vocabulary && one.zone == other.zone
    }

    /// Where each calendar of a policy stands: at its own place, where it is the same there, or beside what other policies have.
    fn places_of_calendars(&mut self, policy: &Policy) -> Box<[usize]> {
        // Two of one policy stay two, though they have the same days: what asks of one and of the other are two conditions in its own program.
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        let place = |(own, named): (usize, &NamedCalendar)| {
            let is_free = |at: &usize| {
                !taken.contains(at) && self.calendars.get(*at).is_some_and(|known| known.calendar == named.calendar)
            };
            let place = std::iter::once(own).chain(0..self.calendars.len()).find(is_free).unwrap_or_else(|| {
                self.calendars.push(named.clone());
                self.calendars.len() - 1
            });
            taken.insert(place);
            place
        };
        policy.calendars.iter().enumerate().map(place).collect()
    }

    /// Whether two policies may stand in one representation.
    #[cfg(feature = "internals")]
    pub fn are_alike(one: &Policy, other: &Policy) -> bool {
        let mut settings = one.settings.iter().zip(&other.settings);
        Self::are_comparable(one, other) && settings.all(|(one, other)| one.name == other.name)
    }
}

/// What is known of a policy while its conditions are laid out. The maps but the last are only looked up in, never walked.
#[derive(Debug, Default)]
pub(super) struct Lowering {
    /// Selections that rules share, by where they are. Each is kept, so that nothing else can come to be there.
    shared: HashMap<*const Selection, (Arc<Selection>, SelectionId)>,
    definitions: HashMap<DefinitionId, TermId>,
    scores: HashMap<ScoreId, usize>,
    counted: BTreeMap<TermId, Arc<str>>,
    /// Where each calendar of the policy stands.
    calendars: Box<[usize]>,
}

impl Lowering {
    pub(super) fn of(policy: &Policy, ir: &mut Ir) -> Self {
        Self { calendars: ir.places_of_calendars(policy), ..Self::default() }
    }
}

/// Lays out conditions of one policy.
pub(super) struct Lower<'l> {
    pub(super) policy: &'l Policy,
    pub(super) ir: &'l mut Ir,
    pub(super) lowering: &'l mut Lowering,
}

impl<'l> Lower<'l> {
    fn rule(&mut self, rule: &'l check::Rule) -> RuleTerms {
        let when = self.term(&rule.when);
        let counted = rule.ways().iter().flat_map(|way| self.counted(way)).collect();
        let scores = self.scores_of(&rule.effects);
        RuleTerms { when, because: self.reasons(rule), counted, scores }
    }

    fn invariant(&mut self, invariant: &check::Invariant) -> RuleTerms {
        let (when, scores) = (self.term(&invariant.condition), self.scores_of(&invariant.demands));
        RuleTerms { when, because: Box::default(), counted: Box::default(), scores }
    }

    /// The scores by which effects give a number, and where they stand.
    fn scores_of(&mut self, effects: &[check::Effect]) -> Box<[(ScoreId, usize)]> {
        let policy = self.policy;
        let scores = effects.iter().filter_map(|effect| {
            let check::Effect::Figure { of, .. } = effect else { return None };
            match policy.rests_on(*of) {
                FigureSource::Score(score) => Some((score, self.score(score))),
                FigureSource::Fact(_) | FigureSource::Table(_) => None,
            }
        });
        scores.collect()
    }

    /// The rule's own reason, then those that additions give.
    fn reasons(&mut self, rule: &'l check::Rule) -> Box<[FlatReason]> {
        let own = rule.additions.first().map_or(rule.because.len(), |addition| addition.because.start);
        let is_widened = rule.ways().len() > 1;
        let own = (is_widened.then_some(0), 0..own);
        let added = rule.additions.iter().map(|addition| (addition.way, addition.because.clone()));
        let reasons = std::iter::once(own).chain(added).filter(|(way, pieces)| way.is_some() || !pieces.is_empty());
        let reasons = reasons.map(|(way, pieces)| FlatReason {
            way: way.and_then(|way| rule.ways().get(way)).map(|way| self.term(way)),
            pieces: rule.because.get(pieces).unwrap_or_default().iter().map(|piece| self.piece(piece)).collect(),
        });
        reasons.collect()
    }

    /// What the conditions count that must all hold for a condition to, each with its words.
    fn counted(&mut self, condition: &'l Condition) -> Vec<(TermId, Arc<str>)> {
        let policy = self.policy;
        let named = |condition| named(policy, condition);
        let parts = match named(condition) {
            Some(Condition::All(parts)) => parts.as_slice(),
            _ => std::slice::from_ref(condition),
        };
        let counts = parts.iter().filter_map(|part| {
            let count = named(part)?;
            let words = match count {
                Condition::Count(counted) => Lift::counted(policy, counted),
                questions => Lift::questions_counted(policy, questions)?,
            };
            Some((count, words))
        });
        counts.map(|(count, words)| (self.term(count), words.into())).collect()
    }

    pub(super) fn term(&mut self, condition: &Condition) -> TermId {
        let term = match condition {
            Condition::All(parts) => Term::All(self.all(parts)),
            Condition::Any(parts) => Term::Any(self.all(parts)),
            Condition::Not(part) => Term::Not(self.term(part)),
            Condition::Presumed(part) => Term::Presumed(self.term(part)),
            Condition::HowMany { comparison, number, of } => {
                Term::HowMany { comparison: *comparison, number: *number, of: self.all(of) }
            }
            Condition::Test(test) => Term::Test(self.test(test)),
            Condition::Count(count) => return self.count(count),
            Condition::Latest { first, of, test } => {
                let of = self.shared(of);
                Term::Latest { first: *first, of, test: self.term(test) }
            }
            Condition::Trend { of, trend } => Term::Trend { of: self.shared(of), trend: *trend },
            Condition::Defined(id) => return self.definition(*id),
            Condition::Score { score, is } => Term::Score { score: self.score(*score), is: is.clone() },
        };
        self.ir.put_term(term)
    }

    fn test(&self, test: &Test) -> Test {
        let place = |own: usize| self.lowering.calendars.get(own).copied().unwrap_or(own);
        Test { predicate: test.predicate.with_calendars(&place), ..test.clone() }
    }

    fn all(&mut self, parts: &[Condition]) -> Box<[TermId]> {
        parts.iter().map(|part| self.term(part)).collect()
    }

    fn count(&mut self, count: &Count) -> TermId {
        let measure = self.measure(count);
        let term = Term::Count { measure, comparison: count.comparison, number: count.number };
        let id = self.ir.put_term(term);
        let policy = self.policy;
        self.lowering.counted.entry(id).or_insert_with(|| Lift::counted(policy, count).into());
        id
    }

    /// A definition is laid out once, however many rules use it.
    fn definition(&mut self, id: DefinitionId) -> TermId {
        if let Some(term) = self.lowering.definitions.get(&id) {
            return *term;
        }
        let term = match self.policy.definition(id) {
            Some(definition) => self.term(&definition.condition),
            None => self.ir.put_term(Term::Any(Box::default())),
        };
        self.lowering.definitions.insert(id, term);
        term
    }

    fn score(&mut self, id: ScoreId) -> usize {
        if let Some(at) = self.lowering.scores.get(&id) {
            return *at;
        }
        let score = match self.policy.score(id) {
            Some(score) => FlatScore {
                name: score.name.clone(),
                points: score.steps.iter().map(|(points, condition)| (*points, self.term(condition))).collect(),
                written: score.points.iter().map(|(_, condition)| self.term(condition)).collect(),
                bands: score.bands.clone(),
                unanswered_as_yes: score.unanswered_as_yes,
            },
            None => FlatScore::default(),
        };
        let at = self.ir.put_score(score);
        self.lowering.scores.insert(id, at);
        at
    }

    pub(super) fn selection(&mut self, selection: &Selection) -> SelectionId {
        let tests = self.all(&selection.tests);
        let since = selection.since.iter().map(|since| match since {
            Since::Midnight => FlatSince::Midnight,
            Since::Instant(instant) => FlatSince::Instant(*instant),
            Since::Record { first, of } => FlatSince::Record { first: *first, of: self.selection(of) },
        });
        let since = since.collect();
        let Selection { record, this_call, .. } = *selection;
        let window = self.window(selection);
        self.ir.put_selection(FlatSelection { record, window, since, tests, this_call })
    }

    fn shared(&mut self, selection: &Arc<Selection>) -> SelectionId {
        if let Some((_, id)) = self.lowering.shared.get(&Arc::as_ptr(selection)) {
            return *id;
        }
        let id = self.selection(selection);
        self.lowering.shared.insert(Arc::as_ptr(selection), (Arc::clone(selection), id));
        id
    }

    fn window(&mut self, selection: &Selection) -> WindowId {
        let lengths = selection.windows.as_slice().into();
        self.ir.put_window(FlatWindow { record: selection.record, lengths })
    }

    fn measure(&mut self, count: &Count) -> MeasureId {
        let of = self.shared(&count.of);
        let follow = count.follow.as_ref().map(|follow: &Arc<semantics::Follow>| FlatFollow {
            not: follow.not,
            within: follow.within,
            by: self.shared(&follow.by),
            that: follow.that.clone(),
        });
        self.ir.put_measure(FlatMeasure { of, record: count.of.record, different: count.different, follow })
    }

    fn piece(&mut self, piece: &check::ReasonPart) -> FlatPiece {
        match piece {
            check::ReasonPart::Text(text) => FlatPiece::Text(text.clone()),
            check::ReasonPart::Count(count, words) => FlatPiece::Count(self.measure(count), words.clone()),
            check::ReasonPart::Ids(count) => FlatPiece::Ids(self.measure(count)),
            check::ReasonPart::Latest(count) => FlatPiece::Latest(self.measure(count)),
            check::ReasonPart::Field(count, field) => FlatPiece::Field(self.measure(count), *field),
            check::ReasonPart::Fact(fact) => FlatPiece::Fact(*fact),
            check::ReasonPart::Answers(facts, words) => FlatPiece::Answers(Arc::clone(facts), words.clone()),
            check::ReasonPart::Score(score) => FlatPiece::Score(self.score(*score)),
        }
    }
}

/// What a condition says, where it is only named.
fn named<'p>(policy: &'p Policy, mut condition: &'p Condition) -> Option<&'p Condition> {
    while let Condition::Defined(id) = condition {
        condition = &policy.definition(*id)?.condition;
    }
    Some(condition)
}
