//! A rule as it is and as it is by mistake -> a case that the two answer otherwise, and the test that would tell.
//!
//! The cases of the tests that there are come first, then those with one thing in them otherwise, and only then cases that are
//! made up.

use crate::check::Policy;
use crate::compile::Program;
use crate::engine::Snapshot;
use crate::eval::{RuleSeen, rules_seen};
use crate::model::Truth;
use crate::proof::told_apart;
use crate::proof::witness::Sketch;
use crate::testing::answers::RuleAnswers;
use crate::testing::boundaries::{Cut, Effort, MoveKind, Posed, RulePredicates, Subject, test_body};
use crate::testing::tested::Tested;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// A test that is missing, but for its name, which is given when all are known.
#[derive(Clone, Debug)]
pub(super) struct UnnamedTest {
    /// What the rule does in it, as in `repeat-calls fires`.
    pub does: String,
    /// In what case.
    pub when: String,
    /// What stands below its name.
    pub body: String,
}

/// A rule as it is, and the same rule by mistake.
pub(super) struct CounterexampleSearch<'s> {
    pub policy: &'s Snapshot,
    pub wrong: &'s Policy,
    pub program: &'s Program,
    pub rule: usize,
    /// The mistake, in words.
    pub mistake: &'s str,
}

/// How many tests are varied.
const MOST_TESTS: usize = 40;

/// How many tests are varied with less of them known.
const MOST_WITH_LESS: usize = 4;

/// In how many ways a case is made up.
const MOST_WAYS: usize = 8;

/// The most that is looked at beside the tests, in values.
const MOST_LOOKED_AT: usize = 1_000_000;

impl CounterexampleSearch<'_> {
    /// The missing test; else why the search ended early, if it did.
    pub(super) fn find(&self, tests: &[&Tested]) -> Result<UnnamedTest, Option<Cut>> {
        let sketches: Vec<(String, Sketch)> = tests
            .iter()
            .filter(|test| test.case.warnings.is_empty())
            .map(|test| (test.name.clone(), Sketch::of(&test.case, self.policy.vocabulary())))
            .collect();
        if let Some((test, sketch)) = sketches.iter().find(|(_, sketch)| self.shows(sketch)) {
            return Ok(self.missing(sketch, format!("as in {test}")));
        }
        let mut cut = None;
        let [right, wrong] = [self.right(), self.other()];
        for subject in [right, wrong] {
            let Some(rule) = subject.policy.rules.get(subject.rule) else { continue };
            let asked = RulePredicates::of(subject.policy, rule);
            let effort = Effort::of(MOST_LOOKED_AT);
            let mut seen = BTreeSet::new();
            // Some mistakes show only where less is known than in any test.
            let less = sketches.iter().take(MOST_WITH_LESS).flat_map(|(test, sketch)| with_less(test, sketch, &asked));
            let less: Vec<(String, Sketch)> = less.collect();
            for (test, sketch) in sketches.iter().take(MOST_TESTS).chain(&less) {
                let found = self.first(|visit| {
                    let _ = subject.beside(sketch, &asked, &effort, &mut seen, visit);
                });
                if let Some(posed) = found {
                    return Ok(self.missing(&posed.sketch, format!("{}, else as in {test}", posed.label)));
                }
            }
            cut = cut.or(effort.cut());
        }
        for subject in [right, wrong] {
            let mut reached = None;
            let found = self.first(|visit| reached = Some(subject.pose(MOST_WAYS, &[], visit)));
            if let Some(posed) = found {
                let of_mistake = std::ptr::eq(subject.policy, self.wrong);
                let when = match (posed.label.as_str(), of_mistake) {
                    ("", false) => "in a case like any other for it".to_owned(),
                    (label, false) => label.to_owned(),
                    ("", true) => format!("in a case for which it would be otherwise by mistake: {}", self.mistake),
                    (label, true) => format!("{label}, beside a case for this mistake: {}", self.mistake),
                };
                return Ok(self.missing(&posed.sketch, when));
            }
            cut = cut.or(reached.and_then(|reached| reached.cut));
        }
        let tells = |sketch: &Sketch, clearly: bool| self.shows(sketch) && (!clearly || self.is_clear(sketch));
        match told_apart(right.policy, wrong.policy, self.rule, &tells) {
            Some(sketch) => Ok(self.missing(&sketch, format!("in a case for this mistake: {}", self.mistake))),
            None => Err(cut),
        }
    }

    fn right(&self) -> Subject<'_> {
        Subject { policy: self.policy.policy(), program: self.policy.program(), rule: self.rule }
    }

    fn other(&self) -> Subject<'_> {
        Subject { policy: self.wrong, program: self.program, rule: self.rule }
    }

    /// The first case that shows the mistake, of those that are shown; one in which everything is known before one in which not.
    fn first(&self, show: impl FnOnce(&mut dyn FnMut(Posed) -> ControlFlow<()>)) -> Option<Posed> {
        let (mut found, mut unknown) = (None, None);
        show(&mut |posed| {
            if unknown.is_some() && posed.kind == MoveKind::Unknown {
                return ControlFlow::Continue(());
            }
            if self.shows(&posed.sketch) {
                if posed.kind == MoveKind::Unknown {
                    unknown = Some(posed);
                    return ControlFlow::Continue(());
                }
                found = Some(posed);
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        found.or(unknown)
    }

    fn shows(&self, sketch: &Sketch) -> bool {
        self.seen(sketch).is_some_and(|[was, now]| !same_to_tests(&was, &now))
    }

    /// Whether one of the two applies for certain, and the other certainly does not.
    fn is_clear(&self, sketch: &Sketch) -> bool {
        self.seen(sketch).is_some_and(|[was, now]| was.truth == !now.truth && was.truth != Truth::Unknown)
    }

    /// What the rule says of a case as it is, and by mistake; `None` of a case that no test can give.
    fn seen(&self, sketch: &Sketch) -> Option<[RuleSeen; 2]> {
        let right = self.policy;
        let case = sketch.case(right.vocabulary(), right.zone());
        // A test cannot say of a list that it is known in part.
        if !case.warnings.is_empty() || !sketch.in_part.is_empty() {
            return None;
        }
        let was = rules_seen(right.policy(), right.program(), &case, &[self.rule]).into_iter().next()?;
        let now = rules_seen(self.wrong, self.program, &case, &[self.rule]).into_iter().next()?;
        Some([was, now])
    }

    fn missing(&self, sketch: &Sketch, when: String) -> UnnamedTest {
        let policy = self.policy;
        let rule = policy.policy().rules.get(self.rule);
        let name = rule.map_or("", |rule| rule.name.as_str());
        let asked = rule.map(|rule| RulePredicates::of(policy.policy(), rule)).unwrap_or_default();
        let decision = policy.decide(&sketch.case(policy.vocabulary(), policy.zone()));
        let answer = RuleAnswers::of(&decision).rule(name);
        let state = match (answer.fired, answer.presumed, answer.undecided) {
            (true, true, _) => "is presumed",
            (true, false, _) => "fires",
            (false, _, true) => "is undecided",
            (false, _, false) => "does not fire",
        };
        let body = test_body(sketch, &decision, policy, name, true, Some(&asked));
        UnnamedTest { does: format!("{name} {state}"), when, body }
    }
}

/// The case of a test with one list or one fact that a rule asks for not known.
fn with_less(test: &str, sketch: &Sketch, asked: &RulePredicates) -> Vec<(String, Sketch)> {
    let mut cases = Vec::new();
    for kind in &asked.kinds {
        let mut less = sketch.clone();
        less.lists.iter_mut().skip(kind.index()).take(1).for_each(|list| *list = None);
        cases.push(less);
    }
    for fact in asked.facts.keys() {
        let mut less = sketch.clone();
        less.call.remove(fact);
        cases.push(less);
    }
    let named = |less| (format!("{test} with less of it known"), less);
    cases.into_iter().filter(|less| less != sketch).map(named).collect()
}

/// Whether the test that says what the right rule does would pass by mistake too.
fn same_to_tests(right: &RuleSeen, wrong: &RuleSeen) -> bool {
    let state = |seen: &RuleSeen| (seen.fires(), seen.truth == Truth::Unknown);
    // A rule that fires is told to be undecided as well where it may add more.
    if state(right) == (false, true) && !right.trial && wrong.fires() && wrong.in_doubt && !wrong.trial {
        return true;
    }
    let told = right.fires() || (right.trial && right.truth == Truth::Unknown);
    state(right) == state(wrong) && (!told || right.sure == wrong.sure)
}
