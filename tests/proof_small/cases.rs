//! Every case that a small policy can tell from another: each value of each fact that it names and none, each way in which its
//! past may answer, each day on which it may be otherwise.

use super::policy::{DAYS, SmallPolicy};
use heedful::engine::Snapshot;
use heedful::model::{Case, FactId, FieldId, RecordId, Type};
use heedful::proof::witness::{Rec, Sketch, Val, When};
use heedful::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Noon of the first of [`DAYS`].
const FIRST_DAY: Instant = Instant(1_772_366_400);

/// How long ago the newest record of each stretch is that windows tell apart; the next comes some minutes before it.
const STRETCHES: [i64; 3] = [20 * MINUTE, 5 * HOUR, 3 * DAY];

/// A history, but for what of it is asked.
pub type Past = (Vec<Option<Vec<Rec>>>, BTreeMap<RecordId, Vec<heedful::model::LinkTo>>);

/// Every history of no more than so many records: in each stretch, in each order, at one time and one after another, loud or not or
/// nobody knows; each as all that there is and as a part of it; and none that is available.
pub fn histories(most: usize) -> Vec<Past> {
    let mut all: Vec<Vec<(usize, i64, Option<bool>)>> = vec![Vec::new()];
    let mut longest = all.clone();
    for _ in 0..most {
        let mut longer = Vec::new();
        for history in &longest {
            for stretch in 0..STRETCHES.len() {
                for loud in [Some(true), Some(false), None] {
                    let next = match history.last() {
                        Some((known, ..)) if *known > stretch => continue,
                        // Of records at one time the order makes no difference.
                        Some((known, rank, before)) if *known == stretch => {
                            if loud >= *before {
                                longer.push([history.as_slice(), &[(stretch, *rank, loud)]].concat());
                            }
                            rank + 1
                        }
                        _ => 0,
                    };
                    longer.push([history.as_slice(), &[(stretch, next, loud)]].concat());
                }
            }
        }
        all.extend(longer.iter().cloned());
        longest = longer;
    }
    let mut pasts: Vec<Past> = vec![(vec![None], BTreeMap::new())];
    for history in all {
        let records: Vec<Rec> = history
            .iter()
            .enumerate()
            .map(|(at, (stretch, rank, loud))| Rec {
                id: format!("visit-{}", at + 1),
                at: When::shifted(-(STRETCHES[*stretch] + rank * 10 * MINUTE)),
                fields: loud.iter().map(|loud| (FieldId(0), Val::YesNo(*loud))).collect(),
            })
            .collect();
        pasts.push((vec![Some(records.clone())], BTreeMap::new()));
        pasts.push((vec![Some(records)], BTreeMap::from([(RecordId(0), Vec::new())])));
    }
    pasts
}

/// A call with a history, of which nothing else is known.
pub fn call(past: &Past, at: Instant) -> Sketch {
    let (lists, in_part) = past.clone();
    Sketch { at, call: BTreeMap::new(), lists, in_part }
}

/// On each of the days, and between them.
fn moments(matter: bool) -> Vec<Instant> {
    let on_days = (0..).zip(DAYS).map(|(day, _)| FIRST_DAY.plus_seconds(10 * day * DAY));
    let all = on_days.flat_map(|day| [day.plus_seconds(-5 * DAY), day]);
    let all = all.chain([FIRST_DAY.plus_seconds(25 * DAY)]);
    if matter { all.collect() } else { vec![FIRST_DAY] }
}

/// Each value of each of some facts, and none.
fn facts(policy: &Snapshot, matter: impl Fn(&str) -> bool) -> Vec<BTreeMap<FactId, Val>> {
    let mut all = vec![BTreeMap::new()];
    for (fact, declared) in (0..).map(FactId).zip(&policy.vocabulary().call) {
        if !matter(&declared.name) {
            continue;
        }
        let values: Vec<Val> = match &declared.ty {
            Type::YesNo => vec![Val::YesNo(true), Val::YesNo(false)],
            Type::Choice { values, .. } => (0..).take(values.len()).map(Val::Choice).collect(),
            Type::Flags { values } => (0..1 << values.len()).map(Val::Flags).collect(),
            Type::Number { range: Some((least, most)) } => (*least..=*most).map(Val::Number).collect(),
            other => panic!("{other:?}"),
        };
        let with = |known: &BTreeMap<FactId, Val>| {
            let values = values.iter().map(|value| {
                let mut with = known.clone();
                with.insert(fact, value.clone());
                with
            });
            values.chain([known.clone()]).collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).collect();
    }
    all
}

/// What is asked of the past, each as a rule that gives one value of a list.
pub fn questions(policies: [&SmallPolicy; 2]) -> String {
    let mut asked = BTreeSet::new();
    policies.into_iter().flat_map(|policy| &policy.0).for_each(|rule| rule.when.past(&mut asked));
    let mut text = "policy \"Questions\"\n  vocabulary \"small\"\n  time zone UTC\n".to_owned();
    for (at, question) in asked.iter().enumerate() {
        let rule = format!("rule ask-{at} \"A question\"\n  when {question}\n  then answer a-{at}\n");
        text.push_str(&format!("\n{rule}  because \"x\"\n  source \"Invented\"\n"));
    }
    text
}

/// Of some histories one for each way to answer these questions.
pub fn told_apart<'p>(asking: Option<&Snapshot>, pasts: &'p [Past], cases: &[Case]) -> Vec<&'p Past> {
    let Some(asking) = asking else { return pasts.iter().take(1).collect() };
    let mut evaluator = asking.evaluator();
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for (past, case) in pasts.iter().zip(cases) {
        let judged = evaluator.judge(case);
        if seen.insert(format!("{:?}{:?}", judged.outcome, judged.possible)) {
            kept.push(past);
        }
    }
    kept
}

/// Every case that matters to two policies.
pub fn all(policies: [&SmallPolicy; 2], policy: &Snapshot, pasts: &[&Past], mut each: impl FnMut(Case, &Sketch)) {
    let facts = facts(policy, |name| policies.iter().any(|policy| policy.names(name)));
    for at in moments(policies.iter().any(|policy| policy.has_days())) {
        for past in pasts {
            for facts in &facts {
                let sketch = Sketch { call: facts.clone(), ..call(past, at) };
                each(sketch.case(policy.vocabulary(), policy.zone()), &sketch);
            }
        }
    }
}
