//! A rule of a base that a force widens applies as a rule would that said all its ways itself, and gives the reasons of those that hold.

use crate::generate::case::case;
use crate::generate::policy::policy;
use crate::laws::{each, load, policies};
use crate::oracle::Oracle;
use heedful::model::Truth;
use proptest::collection::vec;

#[test]
fn a_widened_rule_is_one_that_says_all_its_ways() {
    let mut widened = 0;
    each(policies(200), &policy(), |text| {
        let Some(written_out) = text.written_out() else { return };
        widened += 1;
        let (one, other) = (load(&text.files()), load(&written_out.files()));
        let rules = |load: &heedful::engine::Load| {
            let force = load.policies.iter().find(|policy| policy.name() == "Force").expect("the force");
            force.policy().rules.iter().map(|rule| (rule.name.clone(), rule.when.clone())).collect::<Vec<_>>()
        };
        assert_eq!(rules(&one), rules(&other), "{text:?}");
    });
    // The law would be empty if no force widened a rule.
    assert!(widened * 5 > policies(200), "{widened} rules are widened");
}

#[test]
fn the_reasons_of_the_ways_that_hold_are_given_and_no_others() {
    let mut told = [0; 3];
    each(policies(100), &(policy(), vec(case(), 8)), |(text, cases)| {
        let load = load(&text.files());
        let force = load.policies.iter().find(|policy| policy.name() == "Force").expect("the force");
        let Some(rule) = force.policy().rules.iter().find(|rule| rule.ways().len() == 2) else { return };
        for case in cases {
            let case = case.build(force.vocabulary(), false);
            let decision = force.decide(&case);
            let Some(fired) = decision.fired.iter().find(|fired| fired.rule == rule.name) else { continue };
            let oracle = Oracle::new(force.policy(), &case);
            let [own, added]: [Truth; 2] = [0, 1].map(|at| oracle.truth(&rule.ways()[at]));
            let says_own = fired.because.contains(" and ");
            let says_added = fired.because.contains("The force adds this");
            assert_eq!((says_own, says_added), (own >= added, added >= own), "{}\n{text:?}", fired.because);
            told[usize::from(says_own) + 2 * usize::from(says_added) - 1] += 1;
        }
    });
    assert!(told.iter().all(|count| *count > 0), "{told:?}");
}
