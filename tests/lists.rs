//! What the records of a list mean: in whatever order they come, and however often one is given.

use crate::generate::case::CaseText;
use crate::laws::{disagreement, hold, policies, presumes, until_is_wrong};
use crate::oracle::Oracle;
use heedful::engine::Snapshot;
use heedful::model::{Case, Decision, Truth, Warning};

/// A decision without the places in the lists that were sent, which are what the paths of unknown facts name.
pub fn anywhere(decision: &Decision) -> String {
    let said = format!("{decision:#?}");
    let mut parts = said.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "[" + part.trim_start_matches(|digit: char| digit.is_ascii_digit()))
}

fn built(policy: &Snapshot, text: &CaseText) -> Case {
    text.build(policy.vocabulary(), false)
}

#[test]
fn the_order_of_records_changes_no_decision() {
    hold(policies(30), 20, |policy, text| {
        [text.clone(), text.with_doubles()].iter().find_map(|text| {
            let [one, other] = [text, &text.shuffled()].map(|text| anywhere(&policy.decide(&built(policy, text))));
            (one != other).then(|| format!("{one}\nand in another order\n{other}"))
        })
    });
}

#[test]
fn a_record_given_twice_alike_counts_once() {
    hold(policies(30), 20, |policy, text| {
        let mut doubled = text.clone();
        for (_, list) in &mut doubled.lists {
            list.extend(list.clone());
        }
        let once = policy.decide(&built(policy, text));
        let mut twice = policy.decide(&built(policy, &doubled));
        twice.warnings.retain(|warning| !matches!(warning, Warning::ListedTwice { .. }));
        (once != twice).then(|| format!("{once:#?}\nand each given twice\n{twice:#?}"))
    });
}

#[test]
fn the_evaluator_agrees_with_the_oracle_on_records_given_twice() {
    hold(policies(30), 30, |policy, text| disagreement(policy, &built(policy, &text.with_doubles())));
    hold(policies(15), 4, |policy, text| until_is_wrong(policy, &text.with_doubles()));
}

/// Whatever is certain where a record was given twice is so whichever of the two is right.
#[test]
fn two_records_of_one_id_settle_nothing_that_either_alone_would_not() {
    let truths = |policy: &Snapshot, text: &CaseText| Oracle::new(policy.policy(), &built(policy, text)).answer().rules;
    hold(policies(30), 20, |policy, text| {
        if presumes(policy) {
            return None;
        }
        let doubled = text.with_doubles();
        let mut others = doubled.clone();
        for (_, list) in &mut others.lists {
            let last = list.pop();
            list.retain(|record| last.as_ref().is_none_or(|last| last.id != record.id));
            list.extend(last);
        }
        let both = truths(policy, &doubled);
        [text, &others].into_iter().find_map(|one| {
            let wrong = |((name, both), (_, one)): (&(String, Truth), &(String, Truth))| {
                let settled = *both != Truth::Unknown && *one != Truth::Unknown && one != both;
                settled.then(|| format!("{name} is {both:?} with both, and {one:?} with one"))
            };
            both.iter().zip(&truths(policy, one)).find_map(wrong)
        })
    });
}
