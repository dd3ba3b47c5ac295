//! What rules make certain together, and a change takes away: cases in which one rule or another always applied, and now none may.
//!
//! While a code is not known, one rule for some codes and another for all others are enough for what both ask. A value more
//! that no rule speaks of takes that away, though every rule stays as it is.

use crate::compile::Pivot;
use crate::engine::Snapshot;
use std::collections::{BTreeMap, BTreeSet};

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

/// The rules of a policy that wait for something on which several wait together, by their places: each way in which it may turn out
/// may let one of them apply.
pub(super) fn waiting(snapshot: &Snapshot) -> BTreeSet<usize> {
    let program = snapshot.program();
    let readers: BTreeSet<_> = program.plan.pivots.iter().flat_map(|(_, readers)| readers).collect();
    if readers.is_empty() {
        return BTreeSet::new();
    }
    let waits = |when| program.ir.uses([when]).terms.iter().any(|term| readers.contains(term));
    let rules = program.rules.iter().enumerate();
    rules.filter(|(_, rule)| waits(rule.when)).map(|(at, _)| at).collect()
}

/// Whether a rule may apply by something that is presumed. What is presumed counts for nothing that rules make certain together.
pub(super) fn presumes(snapshot: &Snapshot, at: usize) -> bool {
    let (rules, program) = (&snapshot.policy().rules, snapshot.program());
    let when = program.rules.get(at).map(|rule| rule.when.0 as usize);
    rules.get(at).is_some_and(|rule| rule.presumed)
        || when.and_then(|when| program.plan.presuming.get(when)).is_some_and(|presuming| *presuming)
}
