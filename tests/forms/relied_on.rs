//! Where the gate lets one question take the place of another, or the prover proves that it may, no case answers it lower.

use super::questions::{Asked, VOCABULARY, asked};
use super::{Decided, form};
use crate::harmless::lost_between;
use crate::laws::{each, policies, say};
use crate::support::load_texts;
use heedful::model::Truth;
use heedful::proof::{RuleVerdict, compare_rules};
use std::collections::BTreeMap;

/// How often one question was taken to be as wide as another, by the form of the other.
type Taken = BTreeMap<String, usize>;

/// The same questions, of which some rules ask those of others.
fn changed(asked: &Asked, instead: &[(usize, usize)]) -> Asked {
    let mut changed = asked.clone();
    for (at, other) in instead {
        changed.questions[*at].clone_from(&asked.questions[*other]);
    }
    changed
}

/// Which rules are to ask the question of which others: some pairs of one form, since others are hardly ever taken for as wide.
fn pairs(decided: &Decided) -> Vec<(usize, usize)> {
    let forms: Vec<String> = decided.questions.iter().map(|(_, predicate)| form(predicate)).collect();
    let places = 0..forms.len();
    let all = places.clone().flat_map(|at| places.clone().map(move |other| (at, other)));
    let all = all
        .filter(|(at, other)| forms[*at] == forms[*other] && decided.questions[*at].1 != decided.questions[*other].1);
    let mut all: Vec<(usize, usize)> = all.collect();
    let by = decided.asked.dice[0] % all.len().max(1);
    all.rotate_left(by);
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for (at, other) in all.into_iter().step_by(5) {
        if taken.len() < 2 && taken.iter().all(|(known, _)| *known != at) {
            taken.push((at, other));
        }
    }
    taken
}

#[test]
fn a_question_that_may_take_the_place_of_another_is_answered_no_lower() {
    let (mut let_through, mut proved, mut shown) = (Taken::new(), Taken::new(), 0);
    each(policies(12), &asked(), |asked| {
        let decided = Decided::new(asked);
        let instead = pairs(&decided);
        let asked = changed(&decided.asked, &instead);
        let before = load_texts(&[VOCABULARY, &decided.asked.policy(&decided.asked.questions)]);
        let after = load_texts(&[VOCABULARY, &asked.policy(&asked.questions)]);
        let lost: Vec<String> = lost_between(&before, &after).into_iter().map(|lost| lost.name).collect();
        let is_changed = |rule: &str| instead.iter().any(|(at, _)| rule == format!("q-{at:02}"));
        let found = compare_rules(&before.policies[0], &after.policies[0], is_changed);
        for (at, wide) in instead {
            let rule = format!("q-{at:02}");
            let is_let_through = !lost.contains(&format!("rule:{rule}"));
            let verdict = found.of_rule(&rule);
            let is_proved = matches!(verdict, RuleVerdict::Never);
            shown += usize::from(matches!(verdict, RuleVerdict::Call(_)));
            for (case, answers) in decided.rows() {
                let (own, theirs) = (answers[wide], answers[at]);
                let broken = |who: &str| {
                    decided.broken(&format!("{who} takes the first for as wide"), &[wide, at], case, answers)
                };
                assert!(!is_let_through || theirs <= own, "{}", broken("the gate"));
                assert!(!is_proved || theirs != Truth::Yes || own == Truth::Yes, "{}", broken("the prover"));
            }
            for (taken, is_taken) in [(&mut let_through, is_let_through), (&mut proved, is_proved)] {
                *taken.entry(form(&decided.questions[at].1)).or_default() += usize::from(is_taken);
            }
        }
    });
    say(|| format!("let through {let_through:?}\nproved {proved:?}\nshown {shown}"));
    let count = |taken: &Taken| taken.values().sum::<usize>();
    assert!(count(&let_through) > 0 && count(&proved) > 0 && shown > 0, "{let_through:?}, {proved:?}, {shown}");
}
