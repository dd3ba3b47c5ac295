//! Whether all engines come to the same, case by case. Nothing is timed before they do.

use crate::engines::{Engine, Kind};
use crate::generate::Texts;
use crate::policy::{RULES, TABLE};
use crate::verdict::Answer;

/// Whether all engines say the same of each case, and in how many cases each rule fires.
///
/// # Errors
/// The first case on which two do not agree, with what both of them say; a rule that never fires, or always.
pub fn agree(kinds: &[Kind], cases: &[Texts]) -> Result<[usize; RULES], String> {
    let mut expected = None;
    for kind in kinds {
        eprintln!("{} cases: {}", cases.len(), kind.name);
        agree_on(kind, &mut *kind.loaded(1)?, cases, &mut expected)?;
    }
    let mut fired = [0; RULES];
    for rule in expected.iter().flatten().flat_map(|answer| &answer.fired) {
        fired[*rule] += 1;
    }
    match fired.iter().position(|count| *count == 0 || *count == cases.len()) {
        Some(rule) => Err(format!("{} tells no case from another", TABLE[rule].name)),
        None => Ok(fired),
    }
}

/// Whether an engine says what was expected; the first one to be asked says what that is.
///
/// # Errors
/// The first case on which it does not.
pub fn agree_on(
    kind: &Kind,
    engine: &mut dyn Engine,
    cases: &[Texts],
    expected: &mut Option<Vec<Answer>>,
) -> Result<(), String> {
    engine.take(cases);
    let answer = |(number, text)| {
        engine.evaluate(number);
        engine.answer(number, text)
    };
    let answers: Vec<Answer> = cases.iter().enumerate().map(answer).collect();
    let expected = expected.get_or_insert_with(|| answers.clone());
    for ((case, expected), answer) in cases.iter().zip(expected).zip(&answers) {
        if !expected.agrees(answer) {
            let (name, id, records, text) = (kind.name, &case.id, case.records, &case.rfc3339);
            let difference = expected.difference(answer);
            return Err(format!("{name} does not agree on {id}, with {records} records: {difference}\n{text}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{agree, agree_on};
    use crate::engines::{BY_RULE, FUSED, Kind, all};
    use crate::generate::cases;

    fn engine(name: &str) -> Kind {
        all().into_iter().find(|kind| kind.name == name).expect("an engine of that name")
    }

    #[test]
    fn all_engines_agree() {
        agree(&all(), &cases(500)).expect("engines that agree");
    }

    /// The last engine to be asked has cases with other histories.
    #[test]
    fn a_disagreement_names_the_case() {
        let (few, others) = (cases(3), &cases(6)[3..]);
        let mut expected = None;
        let fused = engine(FUSED);
        agree_on(&fused, &mut *fused.loaded(1).expect("a policy"), &few, &mut expected).expect("the first one");
        let by_rule = engine(BY_RULE);
        let said = agree_on(&by_rule, &mut *by_rule.loaded(1).expect("a policy"), others, &mut expected);
        assert!(said.expect_err("a disagreement").contains("does not agree on call-3"));
    }
}
