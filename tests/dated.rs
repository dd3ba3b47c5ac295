//! A rule that is in force by another time than the call's decides as one that asks for its days among its conditions.

use crate::generate::case::case;
use crate::generate::policy::policy;
use crate::laws::{each, load, policies};
use crate::oracle::Oracle;
use proptest::collection::vec;

#[test]
fn days_by_another_time_are_conditions() {
    let (mut dated, mut differ) = (0, 0);
    each(policies(60), &(policy(), vec(case(), 8)), |(text, cases)| {
        let Some(written_out) = text.with_dates_as_conditions() else { return };
        dated += 1;
        let (one, other) = (load(&text.base_files()), load(&written_out.base_files()));
        let (one, other) = (&one.policies[0], &other.policies[0]);
        for case in cases {
            let case = case.build(one.vocabulary(), false);
            let rules = Oracle::new(one.policy(), &case).answer().rules;
            assert_eq!(rules, Oracle::new(other.policy(), &case).answer().rules, "{text:?}");
            let (decision, as_conditions) = (one.decide(&case), other.decide(&case));
            assert_eq!(
                (&decision.outcome, &decision.possible, &decision.fired, &decision.undecided, &decision.until),
                (
                    &as_conditions.outcome,
                    &as_conditions.possible,
                    &as_conditions.fired,
                    &as_conditions.undecided,
                    &as_conditions.until
                ),
                "{text:?}"
            );
            differ += usize::from(!decision.undecided.is_empty() || !decision.fired.is_empty());
        }
    });
    assert!(dated > 5 && differ > 20, "{dated} policies are dated, {differ} cases tell");
}
