//! What can never be so together: `never-so`.
//!
//! Conditions that exclude each other in one `all of`, one `none of`, one chain, one `where`, a group of records and what is asked of it,
//! or a definition and what stands beside it; days of the call on which the rule is not in force; a record's time that
//! lies before those that are counted.
//!
//! The rule never applies. Often `any of:` was meant, or a definition says more than its name.
//!
//! ```heed
//! rule violence-or-silence "Violence, or nobody speaks"
//!   when all of:
//!     - opening-code is violence
//!     - opening-code is abandoned-call
//!   then grade at least priority
//!   because "Violence, or nobody speaks"
//!   source "Local policy"
//! ```
//!
//! Where either is enough, say so:
//!
//! ```heed
//! rule violence-or-silence "Violence, or nobody speaks"
//!   when any of:
//!     - opening-code is violence
//!     - opening-code is abandoned-call
//!   then grade at least priority
//!   because "Violence, or nobody speaks"
//!   source "Local policy"
//! ```

use super::super::policy::Policy;
use super::sites::{Conjunct, Conjunction, Limit};
use crate::model::Type;
use crate::semantics::{Claim, Condition, Count, Subject, Test, numbers};
use crate::text::{Diagnostic, Span};

/// The first two that exclude each other.
pub(super) fn opposites(held: &Conjunction<'_>) -> Option<Diagnostic> {
    let clash = |(at, later): (usize, &Conjunct<'_>)| {
        let earlier = held
            .parts
            .iter()
            .take(at)
            .find(|earlier| earlier.at != later.at && exclude(held.policy, earlier, later))?;
        Some(report(later.at, earlier.at, held.is_presumed))
    };
    held.parts.iter().enumerate().find_map(clash).or_else(|| outside_the_limits(held))
}

fn report(later: Span, earlier: Span, is_presumed: bool) -> Diagnostic {
    let help = match is_presumed {
        true => "as it stands, the rule applies only while this is not known; where either is enough, write `any of:`",
        false => "as it stands, whatever needs both never applies; where either is enough, write `any of:`",
    };
    Diagnostic::warning("never-so", later, "this can never be so together with what is asked before")
        .also(earlier, "it excludes this")
        .help(help)
}

/// Whether a fact of the call, or a field of some record, may be known not to be there. Of a field nobody looks which.
pub(super) fn may_be_none(policy: &Policy, subject: Subject) -> bool {
    match subject {
        Subject::Fact(fact) => {
            let ty = policy.vocabulary.call.get(fact.index()).map(|fact| &fact.ty);
            matches!(ty, Some(Type::Time { or_none: true } | Type::Identity { many: true, .. }))
        }
        Subject::CallTime | Subject::RecordTime => false,
        Subject::Field(_) | Subject::Through { .. } | Subject::Linked { .. } | Subject::Record(_) => true,
    }
}

/// A time that is asked for where it cannot lie: while the rule is not in force, before the records that are counted.
fn outside_the_limits(held: &Conjunction<'_>) -> Option<Diagnostic> {
    held.limits.iter().find_map(|limit| {
        let (timed, within, why) = match *limit {
            Limit::InForce(from, until) => {
                (Subject::CallTime, Claim::Days(from, until), "the rule is not in force on any of these days")
            }
            Limit::Since(first) => {
                (Subject::RecordTime, Claim::Days(Some(first), None), "only later records are counted, by `since`")
            }
            Limit::Within(length) => {
                (Subject::RecordTime, Claim::within(length), "only later records are counted, by `within`")
            }
        };
        let outside = |part: &&Conjunct<'_>| match part.condition {
            Condition::Test(Test { subject, predicate }) if *subject == timed && !part.negated && !part.is_presumed => {
                predicate.form().claim(false).is_some_and(|claim| claim.excludes(&within))
            }
            _ => false,
        };
        let part = held.parts.iter().find(outside)?;
        let problem = Diagnostic::warning("never-so", part.at, format!("this can never be so: {why}"));
        Some(problem.help("as it stands, whatever needs this never applies"))
    })
}

fn exclude(policy: &Policy, one: &Conjunct<'_>, other: &Conjunct<'_>) -> bool {
    // Both hold while nobody has answered.
    if one.is_presumed && other.is_presumed {
        return false;
    }
    if one.negated != other.negated && one.condition == other.condition {
        return true;
    }
    match (one.condition, other.condition) {
        (Condition::Test(first), Condition::Test(second)) if first.subject == second.subject => {
            // Of what may not be there a no says nothing but that.
            let may_be_none = may_be_none(policy, first.subject);
            let claim = |test: &Test, negated: bool| match negated && may_be_none {
                true => None,
                false => test.predicate.form().claim(negated),
            };
            let claims = claim(first, one.negated).zip(claim(second, other.negated));
            claims.is_some_and(|(first, second)| first.excludes(&second))
        }
        (Condition::Count(first), Condition::Count(second))
            if first.of == second.of && first.different == second.different && first.follow == second.follow =>
        {
            // Where there may be nothing to count from, a no says nothing of how many there are.
            let claimed = |count: &Count, negated: bool| match count.is_from_a_record() && negated {
                true => None,
                false => numbers(count.comparison, *count.number, negated),
            };
            apart(claimed(first, one.negated), claimed(second, other.negated))
        }
        (Condition::Score { score: first, is: one_is }, Condition::Score { score: second, is: other_is })
            if first == second =>
        {
            let bands = policy.score(*first).map_or(&[][..], |score| &score.bands);
            let (sums, others) = (one_is.sums(bands, one.negated), other_is.sums(bands, other.negated));
            sums.iter().all(|sum| others.iter().all(|other| apart(Some(*sum), Some(*other))))
        }
        _ => false,
    }
}

fn apart(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> bool {
    one.zip(other).is_some_and(|((from, to), (other_from, other_to))| to < other_from || other_to < from)
}
