//! Unknown facts: their paths in the case, and the questions that would settle them.

use super::evaluation::Evaluation;
use super::rule_scan::RuleScan;
use super::{About, Because, Doubt};
use crate::model::{Ask, Case, Effects, Level, OutcomeId, Outcomes, Question, RecordId, Vocabulary};
use crate::text::aloud;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// `history.orders[0].expires`: where a fact stands in the case as it was sent.
pub(crate) fn path(vocabulary: &Vocabulary, case: &Case, about: &About) -> String {
    let plural = |record: &RecordId| vocabulary.records.get(record.index()).map_or("", |kind| kind.plural.as_str());
    match about {
        About::Fact(fact) => {
            ["call.", vocabulary.call.get(fact.index()).map_or("", |fact| fact.name.as_str())].concat()
        }
        About::List(record) => ["history.", plural(record)].concat(),
        About::Time { record, index } => {
            let position = case.records(*record).map_or(0, |records| records.position(*index));
            ["history.", plural(record), "[", &position.to_string(), "].at"].concat()
        }
        About::Field { record, index, field } => {
            let position = case.records(*record).map_or(0, |records| records.position(*index));
            let kind = vocabulary.records.get(record.index());
            let name = kind.and_then(|kind| kind.fields.get(field.index())).map_or("", |field| field.name.as_str());
            ["history.", plural(record), "[", &position.to_string(), "].", name].concat()
        }
    }
}

/// The question that asks for a fact. What nobody gave a question is looked up: it cannot be put to a caller.
fn wording(run: &Evaluation<'_>, about: &About) -> Option<Ask> {
    let vocabulary = &run.policy.vocabulary;
    let record = |record: &RecordId| vocabulary.records.get(record.index());
    let of_record = |ask: Ask, of: RecordId, index: usize| {
        let kind = record(&of)?;
        let id = run.case.records(of).and_then(|records| records.id(index)).map_or("", |id| run.case.name(id));
        Some(Ask { text: format!("{} ({} {id})", ask.text, aloud(&kind.name)), ..ask })
    };
    match about {
        About::Fact(fact) => Some(vocabulary.call.get(fact.index())?.question()),
        About::List(kind) => Some(record(kind)?.question()),
        About::Time { record: of, index } => of_record(record(of)?.time_question(), *of, *index),
        About::Field { record: of, index, field } => {
            of_record(record(of)?.fields.get(field.index())?.question(), *of, *index)
        }
    }
}

/// Whether the call is one that others may hear, as far as is known.
pub(super) fn overheard(vocabulary: &Vocabulary, case: &Case) -> bool {
    vocabulary.overheard.iter().any(|(fact, values)| values.contains(&case.fact(*fact)))
}

/// What an answer could do.
#[derive(Default)]
struct AnswerEffect<'d> {
    raises: Effects,
    undoes: Effects,
    /// For each rule that waits for it: how far it could raise the outcomes, and how many facts it waits for in all.
    rules: Vec<(&'d Strength, usize)>,
}

/// How far outcomes are raised, so that the strongest comes first: outcomes are declared weightiest first.
type Strength = Vec<(usize, i64)>;

/// What questions are put in order by, the smallest first.
type Rank = (Bearing, Strength, usize, Reverse<usize>);

/// What an answer bears on, in the order in which it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bearing {
    Rules,
    /// Nothing but a floor: it is somebody's own judgement, not something to be found out.
    Floor,
    /// Nothing but what is presumed.
    Presumed,
}

/// One question for each unknown fact whose answer could raise the outcome, or take back what is presumed. First those for
/// which rules wait, those that could raise it most before others; among them, those by which a rule is settled with
/// the fewest answers, then those for which most such rules wait, then in the order of the vocabulary.
pub(super) fn questions(run: &Evaluation<'_>, survey: &RuleScan, doubts: &[Doubt]) -> Vec<Question> {
    let moved: Vec<(Effects, Effects)> = doubts.iter().map(|doubt| raised_and_undone(survey, doubt)).collect();
    let strengths: Vec<Strength> = moved.iter().map(|(raises, _)| strength_of(raises)).collect();
    let mut waiting: BTreeMap<About, AnswerEffect<'_>> = BTreeMap::new();
    for ((doubt, (raises, undoes)), strength) in doubts.iter().zip(&moved).zip(&strengths) {
        for about in &doubt.unknown {
            let entry = waiting.entry(*about).or_default();
            entry.raises.0.extend(raises.0.iter().copied());
            entry.undoes.0.extend(undoes.0.iter().copied());
            if doubt.because == Because::Open && !raises.0.is_empty() {
                entry.rules.push((strength, doubt.unknown.len()));
            }
        }
    }
    let mut questions: Vec<(Rank, Question)> = waiting
        .into_iter()
        .filter_map(|(about, waiting)| {
            let Ask { of, text: ask, safe_if_overheard } = wording(run, &about)?;
            let question = Question {
                ask,
                of,
                safe_if_overheard,
                about: path(&run.policy.vocabulary, run.case, &about),
                raises: together(waiting.raises),
                undoes: together(waiting.undoes),
            };
            let strongest = waiting.rules.iter().map(|(strength, _)| *strength).min();
            let settled = waiting.rules.iter().filter(|(strength, _)| Some(*strength) == strongest);
            let fewest = settled.clone().map(|(_, facts)| *facts).min().unwrap_or(usize::MAX);
            let (bearing, moves) = match (strongest, question.raises.0.is_empty()) {
                (Some(_), _) => (Bearing::Rules, &question.raises),
                (None, false) => (Bearing::Floor, &question.raises),
                (None, true) => (Bearing::Presumed, &question.undoes),
            };
            Some(((bearing, strength_of(moves), fewest, Reverse(settled.count())), question))
        })
        .filter(|(_, question)| !question.raises.0.is_empty() || !question.undoes.0.is_empty())
        .collect();
    // The sort is stable, so that equals stay in the vocabulary's order.
    questions.sort_by(|one, other| one.0.cmp(&other.0));
    questions.into_iter().map(|(_, question)| question).collect()
}

/// How one doubt could raise the outcome, and what of the outcome it could take back.
fn raised_and_undone(survey: &RuleScan, doubt: &Doubt) -> (Effects, Effects) {
    if doubt.because != Because::Presumed {
        return (raised(&survey.outcome, &doubt.adds), Effects::default());
    }
    let mut undoes = Effects::default();
    let mut raises = Effects::default();
    for (outcome, level) in &doubt.adds.0 {
        let (Some(said), Some(undone)) = (survey.outcome.level(*outcome), survey.undone_by(*outcome, *level)) else {
            continue;
        };
        undoes.0.push((*outcome, undone));
        // The other side of the two.
        if let Some(other) = survey.possible.level(*outcome).filter(|other| said.is_side() && *other != said) {
            raises.0.push((*outcome, other));
        }
    }
    (together(raises), together(undoes))
}

/// Effects of several rules, one for each outcome. A time of which nobody can say when it is may be before any other.
fn together(effects: Effects) -> Effects {
    let mut joined: BTreeMap<OutcomeId, Level> = BTreeMap::new();
    for (outcome, level) in effects.0 {
        let with = |known: Level| match (known.is_unknown_time(), level.is_unknown_time()) {
            (true, _) => known,
            (_, true) => level,
            (false, false) => known.raised_by(level),
        };
        joined.entry(outcome).and_modify(|known| *known = with(*known)).or_insert(level);
    }
    Effects(joined.into_iter().collect())
}

/// The effects that would raise the outcomes. A time that is counted from a fact which is not known may be any.
fn raised(certain: &Outcomes, effects: &Effects) -> Effects {
    let any_time = effects.0.iter().filter(|(_, level)| level.is_unknown_time()).copied();
    let mut raised = certain.raised_parts(effects);
    raised.0.extend(any_time);
    together(raised)
}

fn strength_of(effects: &Effects) -> Strength {
    let raised = effects.0.iter().map(|(outcome, level)| (outcome.index(), -level.strength()));
    // What raises another outcome besides comes before what does not.
    raised.chain([(usize::MAX, 0)]).collect()
}
