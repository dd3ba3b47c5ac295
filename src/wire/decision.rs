//! Decision -> one JSON object, whose keys and their order are promised to other programs.

use super::warning::sentence;
use crate::engine::Snapshot;
use crate::model::{
    Change, Decision, Effects, Enough, Fired, Ground, Level, Miss, Near, Outcome, OutcomeId, Outcomes, PolicyRef,
    Question, Trial, Undecided, Until,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io;

/// Writes a decision of this policy on one line, without the line's end.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_decision<W: io::Write>(out: W, decision: &Decision, policy: &Snapshot) -> io::Result<()> {
    serde_json::to_writer(out, &DecisionShape { decision, policy }).map_err(io::Error::from)
}

struct DecisionShape<'d> {
    decision: &'d Decision,
    policy: &'d Snapshot,
}

impl Serialize for DecisionShape<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { decision, policy } = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("case", &decision.case)?;
        let PolicyRef { name, digest } = &decision.policy;
        map.serialize_entry("policy", &PolicyRefShape { name, digest })?;
        map.serialize_entry("outcome", &levels(&decision.outcome, policy))?;
        let called = called(&decision.outcome, policy);
        if !called.0.is_empty() {
            map.serialize_entry("called", &called)?;
        }
        map.serialize_entry("possible", &levels(&decision.possible, policy))?;
        map.serialize_entry("fired", &shapes(&decision.fired, FiredShape::new))?;
        map.serialize_entry("undecided", &shapes(&decision.undecided, UndecidedShape::new))?;
        map.serialize_entry("near", &shapes(&decision.near, NearShape::new))?;
        let questions = shapes(&decision.questions, |question| QuestionShape::new(question, policy));
        map.serialize_entry("questions", &questions)?;
        map.serialize_entry("until", &shapes(&decision.until, |until| UntilShape::new(until, policy)))?;
        map.serialize_entry("trial", &shapes(&decision.trial, |trial| TrialShape::new(trial, policy)))?;
        map.serialize_entry("warnings", &shapes(&decision.warnings, sentence))?;
        if let Some(explanation) = &decision.explanation {
            map.serialize_entry("enough", &shapes(&explanation.enough, |enough| EnoughShape::new(enough, policy)))?;
            map.serialize_entry("misses", &shapes(&explanation.misses, |miss| MissShape::new(miss, policy)))?;
        }
        map.end()
    }
}

fn shapes<'d, T, U>(items: &'d [T], shape: impl Fn(&'d T) -> U) -> Vec<U> {
    items.iter().map(shape).collect()
}

#[derive(serde::Serialize)]
struct PolicyRefShape<'d> {
    name: &'d str,
    digest: &'d str,
}

#[derive(serde::Serialize)]
struct FiredShape<'d> {
    rule: &'d str,
    because: &'d str,
    evidence: &'d [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    presumed: &'d [String],
}

impl<'d> FiredShape<'d> {
    fn new(fired: &'d Fired) -> Self {
        let Fired { rule, because, evidence, presumed, adds: _ } = fired;
        Self { rule, because, evidence, presumed }
    }
}

#[derive(serde::Serialize)]
struct UndecidedShape<'d> {
    rule: &'d str,
    unknown: &'d [String],
}

impl<'d> UndecidedShape<'d> {
    fn new(undecided: &'d Undecided) -> Self {
        Self { rule: &undecided.rule, unknown: &undecided.unknown }
    }
}

#[derive(serde::Serialize)]
struct NearShape<'d> {
    rule: &'d str,
    needs: &'d str,
}

impl<'d> NearShape<'d> {
    fn new(near: &'d Near) -> Self {
        Self { rule: &near.rule, needs: &near.needs }
    }
}

#[derive(serde::Serialize)]
struct QuestionShape<'d> {
    ask: &'d str,
    about: &'d str,
    raises: Keyed<'d, LevelShape<'d>>,
}

impl<'d> QuestionShape<'d> {
    fn new(question: &'d Question, policy: &'d Snapshot) -> Self {
        Self { ask: &question.ask, about: &question.about, raises: effects(&question.raises, policy) }
    }
}

#[derive(serde::Serialize)]
struct UntilShape<'d> {
    at: String,
    outcome: Keyed<'d, LevelShape<'d>>,
}

impl<'d> UntilShape<'d> {
    fn new(until: &'d Until, policy: &'d Snapshot) -> Self {
        Self { at: policy.zone().format(until.at), outcome: levels(&until.outcome, policy) }
    }
}

#[derive(serde::Serialize)]
struct TrialShape<'d> {
    rule: &'d str,
    certain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended_until: Option<String>,
    because: &'d str,
    evidence: &'d [String],
    would: Keyed<'d, LevelShape<'d>>,
}

impl<'d> TrialShape<'d> {
    fn new(trial: &'d Trial, policy: &'d Snapshot) -> Self {
        let Trial { rule, certain, suspended_until, because, evidence, would } = trial;
        let suspended_until = suspended_until.map(|until| policy.zone().format(until));
        Self { rule, certain: *certain, suspended_until, because, evidence, would: effects(would, policy) }
    }
}

#[derive(serde::Serialize)]
struct EnoughShape<'d> {
    /// The outcome's name; null for all of them together.
    outcome: Option<&'d str>,
    because: Vec<GroundShape<'d>>,
    smallest: bool,
    no_difference: NoDifferenceShape,
}

#[derive(serde::Serialize)]
struct NoDifferenceShape {
    facts: usize,
    records: usize,
}

impl<'d> EnoughShape<'d> {
    fn new(enough: &'d Enough, policy: &'d Snapshot) -> Self {
        let Enough { outcome, grounds, smallest, idle_facts, idle_records } = enough;
        let name = |id: OutcomeId| policy.vocabulary().outcomes.get(id.index()).map(|outcome| outcome.name.as_str());
        let because =
            shapes(grounds, |Ground { about, id, says }: &Ground| GroundShape { about, id: id.as_deref(), says });
        let no_difference = NoDifferenceShape { facts: *idle_facts, records: *idle_records };
        Self { outcome: outcome.and_then(name), because, smallest: *smallest, no_difference }
    }
}

#[derive(serde::Serialize)]
struct GroundShape<'d> {
    about: &'d str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'d str>,
    says: &'d str,
}

#[derive(serde::Serialize)]
struct MissShape<'d> {
    reaches: Keyed<'d, LevelShape<'d>>,
    rule: &'d str,
    #[serde(rename = "if")]
    changes: Vec<GroundShape<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    more_records_alone: bool,
}

impl<'d> MissShape<'d> {
    fn new(miss: &'d Miss, policy: &'d Snapshot) -> Self {
        let Miss { outcome, reaches, rule, changes, before, more_records_alone } = miss;
        let declared = policy.vocabulary().outcomes.get(outcome.index());
        let level =
            declared.map(|declared| (declared.name.as_str(), level_shape(declared, Level::Highest(*reaches), policy)));
        Self {
            reaches: Keyed(level.into_iter().collect()),
            rule,
            changes: shapes(changes, |Change { about, says }: &Change| GroundShape { about, id: None, says }),
            before: before.map(|before| policy.zone().format(before)),
            more_records_alone: *more_records_alone,
        }
    }
}

/// An object whose keys are outcomes, in the order of the vocabulary.
struct Keyed<'d, T>(Vec<(&'d str, T)>);

impl<T: Serialize> Serialize for Keyed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// One level as words.
#[derive(serde::Serialize)]
#[serde(untagged)]
enum LevelShape<'d> {
    Word(Option<&'d str>),
    Words(Vec<&'d str>),
    Time(String),
}

fn levels<'d>(outcomes: &'d Outcomes, policy: &'d Snapshot) -> Keyed<'d, LevelShape<'d>> {
    let declared = policy.vocabulary().outcomes.iter().zip(&outcomes.0);
    Keyed(declared.map(|(outcome, level)| (outcome.name.as_str(), level_shape(outcome, *level, policy))).collect())
}

fn effects<'d>(effects: &'d Effects, policy: &'d Snapshot) -> Keyed<'d, LevelShape<'d>> {
    let declared = |id: &OutcomeId| policy.vocabulary().outcomes.get(id.index());
    let named = effects.0.iter().filter_map(|(id, level)| declared(id).map(|outcome| (outcome, *level)));
    Keyed(named.map(|(outcome, level)| (outcome.name.as_str(), level_shape(outcome, level, policy))).collect())
}

fn level_shape<'d>(outcome: &'d Outcome, level: Level, policy: &'d Snapshot) -> LevelShape<'d> {
    let values = outcome.kind.values();
    let word = |position: u16| values.get(usize::from(position)).copied();
    match level {
        Level::Highest(position) => LevelShape::Word(word(position)),
        Level::Either(position) => LevelShape::Word(position.and_then(word)),
        Level::AllThatApply(bits) => LevelShape::Words(positions(bits).filter_map(word).collect()),
        Level::Earliest(None) => LevelShape::Word(None),
        Level::Earliest(Some(at)) => LevelShape::Time(policy.zone().format(at)),
    }
}

/// The positions of the bits that are set, lowest first.
fn positions(bits: u64) -> impl Iterator<Item = u16> {
    (0..64).filter(move |position| bits >> position & 1 == 1)
}

/// The force's own words for the values of the certain outcome, where it has any.
fn called<'d>(outcomes: &'d Outcomes, policy: &'d Snapshot) -> Keyed<'d, LevelShape<'d>> {
    let declared = (0..).map(OutcomeId).zip(&policy.vocabulary().outcomes).zip(&outcomes.0);
    let own = declared
        .filter_map(|((id, outcome), level)| Some((outcome.name.as_str(), own_words(id, outcome, *level, policy)?)));
    Keyed(own.collect())
}

fn own_words<'d>(id: OutcomeId, outcome: &'d Outcome, level: Level, policy: &'d Snapshot) -> Option<LevelShape<'d>> {
    match level {
        Level::Highest(position) | Level::Either(Some(position)) => {
            policy.called(id, position).map(|word| LevelShape::Word(Some(word)))
        }
        Level::AllThatApply(bits) => {
            let values = outcome.kind.values();
            let own = |position: u16| policy.called(id, position);
            let word = |position| own(position).or_else(|| values.get(usize::from(position)).copied());
            let any = positions(bits).any(|position| own(position).is_some());
            any.then(|| LevelShape::Words(positions(bits).filter_map(word).collect()))
        }
        Level::Earliest(_) | Level::Either(None) => None,
    }
}
