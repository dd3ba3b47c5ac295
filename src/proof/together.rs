//! What rules make certain together, and a change takes away: cases in which one rule or another always applied, and now none may.
//!
//! While a code is not known, one rule for some codes and another for all others are enough for what both ask. A value more
//! that no rule speaks of takes that away, though every rule stays as it is.

use crate::compile::Pivot;
use crate::engine::Snapshot;
use std::collections::BTreeMap;

/// The things that rules no longer cover between them: for each its name, and a sentence.
pub fn together_lost(before: &Snapshot, after: &Snapshot) -> Vec<(String, String)> {
    let own = covered(after);
    let mut lost = Vec::new();
    for ((what, name), many) in covered(before) {
        let left = own.get(&(what, name)).copied().unwrap_or(0);
        if left < many {
            let said = format!(
                "while {what} `{name}` is not known, rules of `{}` were enough together, since each way that it may turn out \
                 let one of them apply; now there is a way that no rule speaks of",
                before.name()
            );
            lost.push((name.to_owned(), said));
        }
    }
    lost
}

/// The things that rules cover between them, by name, and how many there are of each: counts of the same records have the
/// same name.
fn covered(snapshot: &Snapshot) -> BTreeMap<(&'static str, &str), usize> {
    let (policy, program) = (snapshot.policy(), snapshot.program());
    let mut covered = BTreeMap::new();
    for (pivot, _) in &program.plan.pivots {
        let named = match pivot {
            Pivot::Fact(fact) => policy.vocabulary.call.get(fact.index()).map(|fact| ("the fact", fact.name.as_str())),
            Pivot::Score(at) => program.ir.scores.get(*at).map(|score| ("the score", score.name.as_str())),
            Pivot::Measure(id) => {
                let record = program.ir.measure(*id).map(|measure| measure.record);
                let record = record.and_then(|record| policy.vocabulary.records.get(record.index()));
                record.map(|record| ("the number of", record.plural.as_str()))
            }
            // A condition that helps both as it is and turned round is lost with one of the rules that say so.
            Pivot::Term(_) => None,
        };
        if let Some(named) = named {
            *covered.entry(named).or_insert(0) += 1;
        }
    }
    covered
}
