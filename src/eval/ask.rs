//! Unknown facts: their paths in the case, and the questions that would settle them.

use super::About;
use super::run::Run;
use crate::model::{Effects, Level, Outcomes, Question};
use std::collections::BTreeMap;

/// `history.orders[0].expires`: where a fact stands in the case as it was sent.
pub(super) fn path(run: &Run<'_>, about: &About) -> String {
    let vocabulary = &run.policy.vocabulary;
    let plural = |record: &crate::model::RecordId| {
        vocabulary.records.get(record.index()).map_or("", |kind| kind.plural.as_str())
    };
    match about {
        About::Fact(fact) => {
            format!("call.{}", vocabulary.call.get(fact.index()).map_or("", |fact| fact.name.as_str()))
        }
        About::List(record) => format!("history.{}", plural(record)),
        About::Field { record, index, field } => {
            let position = run.case.records(*record).map_or(0, |records| records.position(*index));
            let kind = vocabulary.records.get(record.index());
            let name = kind.and_then(|kind| kind.fields.get(field.index())).map_or("", |field| field.name.as_str());
            format!("history.{}[{position}].{name}", plural(record))
        }
    }
}

/// The words in which a fact is asked for.
fn wording(run: &Run<'_>, about: &About) -> String {
    let vocabulary = &run.policy.vocabulary;
    let asked = |ask: Option<&String>, fallback: String| ask.cloned().unwrap_or(fallback);
    match about {
        About::Fact(fact) => match vocabulary.call.get(fact.index()) {
            Some(fact) => {
                asked(fact.ask.as_ref(), format!("What is known of this: {}?", fact.help.trim_end_matches('.')))
            }
            None => String::new(),
        },
        About::List(record) => match vocabulary.records.get(record.index()) {
            Some(kind) => {
                asked(kind.ask.as_ref(), format!("The history of {} could not be had. Is there any?", kind.plural))
            }
            None => String::new(),
        },
        About::Field { record, index, field } => {
            let Some(kind) = vocabulary.records.get(record.index()) else { return String::new() };
            let Some(field) = kind.fields.get(field.index()) else { return String::new() };
            let id =
                run.case.records(*record).and_then(|records| records.id(*index)).map_or("", |id| run.case.name(id));
            let question =
                asked(field.ask.as_ref(), format!("What is known of this: {}?", field.help.trim_end_matches('.')));
            format!("{question} ({} {id})", kind.name)
        }
    }
}

/// One question for each unknown fact whose answer could raise the outcome, those that could raise it most first, and
/// among equals in the order of the vocabulary.
pub(super) fn questions(run: &Run<'_>, certain: &Outcomes, doubts: &[(Vec<About>, Effects)]) -> Vec<Question> {
    let mut raised: BTreeMap<About, Effects> = BTreeMap::new();
    for (unknown, effects) in doubts {
        for about in unknown {
            raised.entry(*about).or_default().0.extend(effects.0.iter().copied());
        }
    }
    let mut questions: Vec<(Vec<(usize, i64)>, Question)> = raised
        .into_iter()
        .map(|(about, effects)| {
            let raises = certain.raised_parts(&effects);
            let strength = raises.0.iter().map(|(outcome, level)| (outcome.index(), -strength(*level))).collect();
            (strength, Question { ask: wording(run, &about), about: path(run, &about), raises })
        })
        .filter(|(_, question)| !question.raises.0.is_empty())
        .collect();
    // Outcomes are declared weightiest first; the sort is stable, so that equals stay in the vocabulary's order.
    questions.sort_by(|one, other| one.0.cmp(&other.0));
    questions.into_iter().map(|(_, question)| question).collect()
}

fn strength(level: Level) -> i64 {
    match level {
        Level::Highest(at) => i64::from(at),
        Level::AllThatApply(bits) => i64::from(bits.count_ones()),
        Level::Earliest(at) => at.map_or(0, |_| 1),
        Level::Either(at) => at.map_or(0, |at| i64::from(at) + 1),
    }
}
