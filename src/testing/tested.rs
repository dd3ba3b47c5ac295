//! Tests and the policy they are for -> the cases that they pose, and the rules that each of them expects something of.
//!
//! A test expects something of a rule when it would fail if the rule answered otherwise. What a test runs and expects nothing
//! of, it would not notice.

use super::bind::bind;
use super::expect::{Expectation, Expected};
use super::run::{Prepared, TestOptions};
use super::test_file::Extent;
use crate::engine::Snapshot;
use crate::eval::{Observed, RuleSeen, observe};
use crate::model::{Case, Effects, Level, OutcomeId, Outcomes, Truth};
use crate::workers::map;

/// A test that can be put to its policy.
#[derive(Debug)]
pub(super) struct Tested {
    pub file: String,
    pub name: String,
    pub case: Case,
    pub expectations: Vec<Expectation>,
    /// How much of the decision its snapshot keeps, where it has one.
    pub snapshot: Option<Extent>,
}

impl TestOptions<'_> {
    /// Whether the filter takes a test.
    pub(super) fn takes(&self, file: &str, test: &str) -> bool {
        self.filter.is_none_or(|wanted| format!("{file} {test}").contains(wanted))
    }
}

/// The tests of a policy that the filter takes, in the order of the files; in the place of one that cannot be used its name.
pub(super) fn tested(
    policy: &Snapshot,
    prepared: &[Prepared<'_>],
    options: &TestOptions<'_>,
) -> Vec<Result<Tested, String>> {
    let own = prepared.iter().filter(|file| file.policy.is_some_and(|it| std::ptr::eq(it, policy)));
    let tests: Vec<_> = own
        .flat_map(|file| file.read.tests.iter().map(move |test| (file, test)))
        .filter(|(file, test)| options.takes(&file.input.name, &test.name))
        .collect();
    map(options.workers, &tests, |(file, test)| match bind(&file.read, test, policy) {
        Ok(bound) => Ok(Tested {
            file: file.input.name.clone(),
            name: test.name.clone(),
            case: bound.case,
            expectations: bound.expectations,
            snapshot: test.snapshot,
        }),
        Err(_) => Err(format!("{}: {}", file.input.name, test.name)),
    })
}

/// The tests of one policy, each with the rules that it expects something of.
pub(super) struct TestsOf<'p> {
    pub policy: &'p Snapshot,
    pub tests: Vec<(Tested, Vec<bool>)>,
}

impl<'p> TestsOf<'p> {
    pub(super) fn new(policy: &'p Snapshot, prepared: &[Prepared<'_>], options: &TestOptions<'_>) -> Self {
        let tests: Vec<Tested> = tested(policy, prepared, options).into_iter().flatten().collect();
        let expects = map(options.workers, &tests, |test| {
            test.expects_of(policy, &observe(policy.policy(), policy.program(), &test.case))
        });
        Self { policy, tests: tests.into_iter().zip(expects).collect() }
    }

    /// The tests that expect something of the rule at this place.
    pub(super) fn about(&self, rule: usize) -> impl Iterator<Item = &Tested> {
        self.tests.iter().filter(move |(_, expects)| expects.get(rule) == Some(&true)).map(|(test, _)| test)
    }
}

impl Tested {
    /// The file and the name.
    pub(super) fn place(&self) -> String {
        format!("{}: {}", self.file, self.name)
    }

    /// Of each rule, whether this test expects something of it.
    pub(super) fn expects_of(&self, policy: &Snapshot, observed: &Observed) -> Vec<bool> {
        let rules = &policy.policy().rules;
        if self.snapshot == Some(Extent::Whole) {
            return vec![true; rules.len()];
        }
        let mut expected = vec![false; rules.len()];
        let mut name = |wanted: &str| {
            let found = rules.iter().position(|rule| rule.name == wanted);
            found.and_then(|at| expected.get_mut(at)).into_iter().for_each(|slot| *slot = true);
        };
        for expectation in &self.expectations {
            match &expectation.what {
                Expected::Rule(rule, _)
                | Expected::NotInForce(rule, _)
                | Expected::Because(rule, _)
                | Expected::Evidence(rule, _)
                | Expected::Adds(rule, ..) => {
                    name(rule);
                }
                _ => {}
            }
        }
        for ((at, slot), seen) in expected.iter_mut().enumerate().zip(&observed.rules) {
            *slot = *slot
                || self.expectations.iter().any(|it| tells(&it.what, at, seen, observed))
                || (self.snapshot == Some(Extent::Outcome) && changes(at, seen, observed));
        }
        expected
    }
}

/// Whether an expectation of the whole decision fails when one rule answers otherwise.
fn tells(what: &Expected, at: usize, seen: &RuleSeen, observed: &Observed) -> bool {
    match what {
        Expected::OnlyFired(_) | Expected::NoneUndecided => !seen.trial,
        Expected::Outcome(id, wanted) if !seen.trial => {
            let now = observed.outcome.0.get(id.index()).copied();
            now.is_some_and(|now| {
                let other = if seen.fires() { without(at, *id, now, observed) } else { with(&seen.sure, *id, now) };
                other != now && wanted.holds(now) && !wanted.holds(other)
            })
        }
        Expected::Possible(id, wanted) if !seen.trial => {
            let now = observed.possible.0.get(id.index()).copied();
            now.is_some_and(|now| {
                let more = with(&seen.possible, *id, with(&seen.sure, *id, now));
                more != now && wanted.holds(now) && !wanted.holds(more)
            })
        }
        Expected::Certain(true) => !seen.trial && seen.truth == Truth::No && raises(seen, &observed.outcome),
        _ => false,
    }
}

/// Whether the outcome is another when one rule answers otherwise.
fn changes(at: usize, seen: &RuleSeen, observed: &Observed) -> bool {
    if seen.fires() { observed.decides.get(at) == Some(&true) } else { !seen.trial && raises(seen, &observed.outcome) }
}

fn raises(seen: &RuleSeen, outcome: &Outcomes) -> bool {
    !outcome.raised_parts(&seen.sure).0.is_empty()
}

fn with(effects: &Effects, id: OutcomeId, level: Level) -> Level {
    effects.0.iter().filter(|(outcome, _)| *outcome == id).fold(level, |level, (_, more)| level.raised_by(*more))
}

/// What an outcome is without one rule that fires.
fn without(at: usize, id: OutcomeId, now: Level, observed: &Observed) -> Level {
    let others = observed.rules.iter().enumerate().filter(|(other, it)| *other != at && it.fires() && !it.trial);
    others.fold(observed.floor.0.get(id.index()).copied().unwrap_or(now), |level, (_, it)| with(&it.sure, id, level))
}
