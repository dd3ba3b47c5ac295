//! One rule as two policies have it -> proved to answer every call alike, or a call that tells them apart.

use super::goal::{Goal, Part};
use super::rules::Side;
use super::search::{Found, Judged, MOST_STEPS, Search};
use super::witness::{Sketch, shrink};
use crate::check::Policy;
use crate::compile::{Ir, TermId};

/// Whether a rule and the one at the same place of another policy answer every call alike, in whether they apply and whether they may, also
/// later than it came in: proved. What is not proved may be so all the same.
pub fn is_alike(one: &Policy, other: &Policy, rule: usize) -> bool {
    let mut ir = Ir::default();
    let Some((sides, roots)) = laid_out(one, other, rule, &mut ir) else { return false };
    if turns_on_later(&ir, roots) {
        return false;
    }
    let mut search = Search::new(&ir, one, Search::asked(&ir, one, &[], &roots), false);
    goals(&sides, rule, roots).iter().all(|goal| search.is_impossible(goal))
}

/// The smallest call that a rule and the one at the same place of another policy answer otherwise, if one is found; rather one in which one
/// applies for certain and the other certainly does not. `tells` has the last word, and is told whether it must be such a one.
pub fn told_apart(one: &Policy, other: &Policy, rule: usize, tells: &dyn Fn(&Sketch, bool) -> bool) -> Option<Sketch> {
    let mut ir = Ir::default();
    let (sides, [was, is]) = laid_out(one, other, rule, &mut ir)?;
    let mut search = Search::of_few(&ir, one, Search::asked(&ir, one, &[], &[was, is]));
    let clear = [[was, is], [is, was]].map(|[so, not]| Goal::of(vec![Part::Holds(so)], vec![vec![Part::MayHold(not)]]));
    let clear = clear.into_iter().map(|goal| (goal, true));
    // Where they give something else, they are told apart wherever the rule applies, at some moment or other.
    let [own, theirs] = &sides;
    let given =
        (own.effects(rule) != theirs.effects(rule)).then(|| Goal::of(vec![Part::Applies(own, rule)], Vec::new()));
    let others = goals(&sides, rule, [was, is]).into_iter().chain(given);
    clear.chain(others.map(|goal| (goal, false))).find_map(|(goal, clearly)| {
        let is_so = |sketch: &Sketch| tells(sketch, clearly);
        match search.find(&goal, &|sketch| Judged::of(is_so(sketch))) {
            Found::Call(call) => Some(shrink(&call, &one.vocabulary, &one.zone, MOST_STEPS, &is_so).sketch),
            Found::Never(_) | Found::NotSettled(_) => None,
        }
    })
}

/// Whether two conditions may be answered otherwise at a later moment, though they are alike at that of the call: by something that time moves
/// and only one of them asks, or that is always so of the call's own time.
fn turns_on_later(ir: &Ir, roots: [TermId; 2]) -> bool {
    let [was, is] = roots.map(|root| ir.moving(&ir.uses([root]).terms));
    was != is || roots[0] != roots[1] && ir.asks_how_old_its_call_is(roots[0])
}

fn laid_out<'p>(one: &'p Policy, other: &'p Policy, rule: usize, ir: &mut Ir) -> Option<([Side<'p>; 2], [TermId; 2])> {
    if !Ir::are_comparable(one, other) {
        return None;
    }
    let sides = [Side::of(one, ir), Side::of(other, ir)];
    let [own, theirs] = &sides;
    let roots = [own.when(rule)?, theirs.when(rule)?];
    Some((sides, roots))
}

/// In which ways the two may differ.
fn goals<'p>(sides: &'p [Side<'p>; 2], rule: usize, [was, is]: [TermId; 2]) -> Vec<Goal<'p>> {
    let [own, theirs] = sides;
    let pairs = [
        [Part::Holds(was), Part::Holds(is)],
        [Part::MayHold(was), Part::MayHold(is)],
        // What it comes to with others while something is not known.
        [Part::HoldsOpenly(was), Part::HoldsOpenly(is)],
        [Part::Applies(own, rule), Part::Applies(theirs, rule)],
    ];
    let both_ways = pairs.into_iter().flat_map(|[one, other]| [[one.clone(), other.clone()], [other, one]]);
    both_ways.map(|[so, not]| Goal::of(vec![so], vec![vec![not]])).collect()
}
