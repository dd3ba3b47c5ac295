//! Conditions of a rule -> for each a call in which it holds, made small and set out plainly.

use super::asked::{Asked, Place};
use super::goal::{Goal, Part};
use super::rules::Side;
use super::search::{Found, Judged, MOST_STEPS, Search, Unsettled};
use super::witness::{Rec, Sketch, SketchPlace, Val, When, names, shrink};
use crate::check::{Policy, Rule};
use crate::compile::{Ir, compile};
use crate::eval::rules_seen;
use crate::model::{RecordId, Truth};
use crate::semantics::{Condition, Predicate};
use crate::time::{Length, Unit};
use std::sync::Arc;

/// What is to be so of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wish {
    pub when: Condition,
    /// What is to be so besides, if it can be.
    pub rather: Vec<Condition>,
}

/// The calls that were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cases {
    /// In the order of the wishes, each once.
    pub calls: Vec<Sketch>,
    /// Why of some wish it was not settled whether there is a call.
    pub unsettled: Option<Unsettled>,
}

/// Calls in which conditions hold while a rule is in force: one for each of the wishes, until there are so many.
pub(crate) fn cases(policy: &Policy, rule: &Rule, wishes: &[Wish], most: usize) -> Cases {
    // Each wish is a rule of a policy of its own: first with what is to be so besides, then without.
    let whole = |wish: &Wish| {
        let all = std::iter::once(&wish.when).chain(&wish.rather);
        Condition::All(all.cloned().collect())
    };
    let wished = wishes.iter().flat_map(|wish| [whole(wish), wish.when.clone()]);
    let asking = policy.with_rules(wished.map(|when| asking_only(rule, when)).collect());
    let program = compile(&asking);
    let mut ir = Ir::default();
    let side = Side::of(&asking, &mut ir);
    let asked = Search::asked(&ir, &asking, &[&side], &[]);
    let mut search = Search::of_few(&ir, &asking, asked);
    let mut cases = Cases::default();
    for (at, wish) in wishes.iter().enumerate() {
        if cases.calls.len() >= most {
            break;
        }
        let places = if wish.rather.is_empty() { 2 * at + 1..2 * at + 2 } else { 2 * at..2 * at + 2 };
        for place in places {
            let holds = |sketch: &Sketch| {
                let case = sketch.case(&asking.vocabulary, &asking.zone);
                let seen = rules_seen(&asking, &program, &case, &[place]);
                case.warnings.is_empty() && seen.first().is_some_and(|seen| seen.truth == Truth::Yes)
            };
            let goal = Goal::of(vec![Part::Applies(&side, place)], Vec::new());
            match search.find(&goal, &|sketch| Judged::of(holds(sketch))) {
                Found::Call(call) => {
                    let least = shrink(&call, &asking.vocabulary, &asking.zone, MOST_STEPS, &holds).sketch;
                    let asked = Asked::of(&ir, &asking, side.when(place));
                    let call = set_out(least, &asking, &asked, &holds);
                    if !cases.calls.contains(&call) {
                        cases.calls.push(call);
                    }
                    break;
                }
                Found::NotSettled(why) if place % 2 == 1 => cases.unsettled = cases.unsettled.or(Some(why)),
                Found::NotSettled(_) | Found::Never(_) => {}
            }
        }
    }
    cases
}

/// A rule that applies when a condition holds, as long in force as another, and gives nothing.
pub(super) fn asking_only(rule: &Rule, when: Condition) -> Rule {
    Rule {
        when,
        presumed: false,
        trial: false,
        suspension: None,
        quiet: None,
        effects: Arc::from([]),
        additions: Vec::new(),
        because: Vec::new(),
        ..rule.clone()
    }
}

/// The same call as a person would write it: everybody who is asked about is somebody, and records of a kind lie evenly over the
/// shortest span that is asked about, each at a time of its own, where that will do.
fn set_out(mut sketch: Sketch, policy: &Policy, asked: &Asked, holds: &dyn Fn(&Sketch) -> bool) -> Sketch {
    for kind in (0..).map(RecordId).take(sketch.lists.len()) {
        let count = sketch.lists.get(kind.index()).and_then(Option::as_ref).map_or(0, Vec::len);
        if count == 0 {
            continue;
        }
        let mut spans: Vec<Length> =
            asked.predicates(Place::RecordTime(kind)).iter().flat_map(Predicate::spans).collect();
        spans.sort_by_key(|span| span.usual_seconds());
        spans.dedup();
        // Since midnight it is some hours at the least when people are at work.
        spans.extend([Length::new(6, Unit::Hours), Length::new(40, Unit::Days)]);
        for span in spans {
            let mut even = sketch.clone();
            even.list(kind).into_iter().for_each(|records| lie_evenly(records, span));
            if holds(&even) {
                sketch = even;
                break;
            }
        }
    }
    let vocabulary = &policy.vocabulary;
    for (fact, value) in Sketch::plain(vocabulary, sketch.at).call {
        let is_asked = asked.values.contains_key(&Place::Fact(fact)) && !sketch.call.contains_key(&fact);
        let is_new = !SketchPlace::all(&sketch).iter().any(|place| share(place.get(&sketch), Some(&value)));
        if is_asked && is_new {
            let mut more = sketch.clone();
            more.call.insert(fact, value);
            if holds(&more) {
                sketch = more;
            }
        }
    }
    sketch
}

fn share(one: Option<&Val>, other: Option<&Val>) -> bool {
    let others = names(other);
    names(one).iter().any(|name| others.contains(name))
}

/// The oldest first, as they stand.
fn lie_evenly(records: &mut [Rec], span: Length) {
    let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
    for (turn, record) in (1..=count).rev().zip(records) {
        record.at = When::before(span.part(turn, count.saturating_add(1)));
    }
}
