//! Over a vocabulary so small that every case can be gone through, what is proved of two policies is what going through them finds.

mod cases;
mod policy;

use crate::laws::{disagreement, each, policies, say};
use crate::support::load_texts;
use heedful::engine::Snapshot;
use heedful::model::{Case, Level, Outcomes};
use heedful::proof::{Verdict, compare};
use heedful::text::Diagnostic;
use policy::{SmallPolicy, VOCABULARY, pair};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What came of many questions: whether one policy ever gives less of a part of the outcome.
#[derive(Debug, Default)]
struct Tally {
    pairs: usize,
    /// Of the pairs that were drawn, those of which one is no policy.
    refused: usize,
    cases: usize,
    /// Proved, and in no case so.
    never: usize,
    /// Shown, and in some case so.
    shown: usize,
    /// Shown by a call with more to it than the cases that are gone through.
    shown_beyond: usize,
    /// Neither proved nor shown, although it is so in some case; and although in none.
    open_and_so: usize,
    open_and_not_found: usize,
    /// Calls that are so by what rules are enough for between them.
    together: usize,
    certificates: usize,
    proving: Duration,
    going_through: Duration,
}

/// The force of a small policy; none where a mistake has made it no policy, as a line that stands twice does.
fn load(policy: &SmallPolicy) -> Option<Snapshot> {
    let [base, force] = policy.files();
    let policies = load_texts(&[VOCABULARY, &base, &force]).policies;
    policies.into_iter().find(|policy| policy.name() == "Force")
}

fn less(one: Level, other: Level) -> bool {
    !other.covers(one)
}

struct Law {
    pasts: Vec<cases::Past>,
    /// Each of them in a case of which nothing else is known.
    calls: Vec<Case>,
    tally: Tally,
}

impl Law {
    fn new(most_records: usize) -> Self {
        let any = load(&SmallPolicy(Vec::new())).expect("a policy without rules");
        let pasts = cases::histories(most_records);
        let at = heedful::time::Instant(1_772_366_400);
        let calls = pasts.iter().map(|past| cases::call(past, at).case(any.vocabulary(), any.zone())).collect();
        Self { pasts, calls, tally: Tally::default() }
    }

    fn hold(&mut self, one: &SmallPolicy, other: &SmallPolicy) {
        let Some((old, new)) = load(one).zip(load(other)) else {
            self.tally.refused += 1;
            return;
        };
        let certify = self.tally.pairs.is_multiple_of(4);
        self.tally.pairs += 1;
        let begun = Instant::now();
        let found = compare(&old, &new, certify);
        self.tally.proving += begun.elapsed();
        assert_eq!(found.not_compared, None);
        let begun = Instant::now();
        let less = self.less([one, other], [&old, &new]);
        self.tally.going_through += begun.elapsed();
        let back = compare(&new, &old, false);
        for (part, mirrored) in found.parts.iter().zip(&back.parts) {
            let at = part.outcome.index();
            for (way, (verdict, also)) in
                [(&part.lower, &mirrored.higher), (&part.higher, &mirrored.lower)].into_iter().enumerate()
            {
                // How counts add up is said from the question on that first needs it, so one way round something may be proved that
                // is left open the other way round; it is never refuted.
                let refutes = |one: &Verdict, other: &Verdict| one.is_never() && !other.calls.is_empty();
                assert!(!refutes(verdict, also) && !refutes(also, verdict), "{one:?}{other:?}");
                let (more, fewer) = if way == 0 { (&old, &new) } else { (&new, &old) };
                if !verdict.not_settled.is_empty() {
                    say(|| format!("not settled: {:?}\n{one:?}\n{other:?}", verdict.not_settled));
                }
                self.settle(verdict, less[at][way].as_ref(), [more, fewer], at)
                    .unwrap_or_else(|why| panic!("{why}: outcome {at}, way {way}\n{one:?}\n{other:?}"));
            }
        }
    }

    /// Every case that a policy can tell from another, with the rules that apply to it and what they give.
    fn each_case(&mut self, text: &SmallPolicy, policy: &Snapshot, mut each: impl FnMut(&Case, &[usize], &Outcomes)) {
        let texts = [text, text];
        let questions = load_texts(&[VOCABULARY, &cases::questions(texts)]).policies;
        let pasts = cases::told_apart(questions.first(), &self.pasts, &self.calls);
        let mut evaluator = policy.evaluator();
        cases::all(texts, policy, &pasts, |case| {
            let judged = evaluator.judge(&case);
            let fired: Vec<usize> = judged.fired.iter().map(|rule| rule.0 as usize).collect();
            each(&case, &fired, &judged.outcome);
        });
    }

    /// For each part of the outcome a case in which the second gives less, and one in which the first does.
    fn less(&mut self, texts: [&SmallPolicy; 2], [old, new]: [&Snapshot; 2]) -> Vec<[Option<Case>; 2]> {
        let mut found: Vec<[Option<Case>; 2]> = vec![[None, None]; old.vocabulary().outcomes.len()];
        let questions = load_texts(&[VOCABULARY, &cases::questions(texts)]).policies;
        let pasts = cases::told_apart(questions.first(), &self.pasts, &self.calls);
        let (mut before, mut after) = (old.evaluator(), new.evaluator());
        let mut count = 0;
        cases::all(texts, old, &pasts, |case| {
            count += 1;
            let was = &before.judge(&case).outcome;
            let is = &after.judge(&case).outcome;
            for ((was, is), found) in was.0.iter().zip(&is.0).zip(&mut found) {
                for (found, is_less) in found.iter_mut().zip([less(*was, *is), less(*is, *was)]) {
                    if is_less && found.is_none() {
                        *found = Some(case.clone());
                    }
                }
            }
        });
        self.tally.cases += count;
        found
    }

    fn settle(
        &mut self,
        verdict: &Verdict,
        case: Option<&Case>,
        [more, fewer]: [&Snapshot; 2],
        at: usize,
    ) -> Result<(), String> {
        for certificate in &verdict.certificates {
            certificate.certificate.check().map_err(|flaw| format!("a certificate that proves nothing: {flaw:?}"))?;
            self.tally.certificates += 1;
        }
        for difference in &verdict.calls {
            let case = difference.call.case(more.vocabulary(), more.zone());
            let [one, other] = [more, fewer].map(|policy| policy.evaluator().judge(&case).outcome.0[at]);
            if [one, other] != [difference.more, difference.less] || !less(one, other) {
                return Err(format!("a call that shows nothing: {case:?}"));
            }
            if let Some(why) = [more, fewer].iter().find_map(|policy| disagreement(policy, &case)) {
                return Err(why);
            }
        }
        let tally = &mut self.tally;
        tally.together += verdict.calls.iter().filter(|call| call.together.is_some()).count();
        let count = match (verdict.calls.is_empty(), verdict.not_settled.is_empty(), case) {
            (false, _, Some(_)) => &mut tally.shown,
            (false, _, None) => &mut tally.shown_beyond,
            (true, false, Some(_)) => &mut tally.open_and_so,
            (true, false, None) => &mut tally.open_and_not_found,
            (true, true, None) => &mut tally.never,
            (true, true, Some(case)) => return Err(format!("proved never to be so, and it is in {case:?}")),
        };
        *count += 1;
        Ok(())
    }
}

#[test]
fn what_is_proved_is_what_every_case_shows() {
    let mut law = Law::new(3);
    each(policies(20), &pair(), |(one, other)| {
        law.hold(&one, &other);
        if law.tally.pairs.is_multiple_of(50) {
            say(|| format!("{:?}", law.tally));
        }
    });
    let tally = &law.tally;
    say(|| format!("{tally:#?}"));
    assert!(tally.refused * 4 < tally.pairs, "{tally:?}");
    assert!(tally.never > 0 && tally.shown > 0 && tally.certificates > 0, "{tally:?}");
}

/// What `check` tells of rules that never or always apply, that apply alike, or that change nothing, is so in every case.
#[test]
fn what_check_tells_of_rules_is_so_in_every_case() {
    let mut law = Law::new(2);
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    each(policies(24), &pair(), |(one, other)| {
        // The rules of both, so that many give as much as others; without a force, which would be told of as well. A rule that a force may
        // suspend is nothing that another may go without.
        let policy = SmallPolicy([one.0, other.0].concat());
        let alone = |policy: &SmallPolicy| {
            let [text, _] = policy.files();
            load_texts(&[VOCABULARY, &text.replace("  may be suspended\n", "")])
        };
        let mut load = alone(&policy);
        if load.policies.is_empty() {
            return;
        }
        load.warn_of_proved();
        let named = |problem: &Diagnostic| -> Vec<usize> {
            let names = problem.message.split('`').skip(1).step_by(2);
            names.filter_map(|name| name.strip_prefix("rule-")?.parse().ok()).collect()
        };
        let found: Vec<(&str, Vec<usize>)> =
            load.diagnostics.iter().map(|problem| (problem.code, named(problem))).collect();
        let base = load.policies.first().expect("a policy");
        for (code, rules) in found {
            let without = match code {
                "changes-nothing" => policy.without(rules[0]),
                "never-applies" | "always-applies" | "applies-alike" => policy.clone(),
                _ => continue,
            };
            *told.entry(code).or_default() += 1;
            let left = alone(&without);
            let mut left = left.policies.first().expect("a policy without one of its rules").evaluator();
            law.each_case(&policy, base, |case, fired, was| match code {
                "changes-nothing" => {
                    assert_eq!(was, &left.judge(case).outcome, "{code} {rules:?}{policy:?}{case:?}");
                }
                "never-applies" => assert!(!fired.contains(&rules[0]), "{code} {rules:?}{policy:?}{case:?}"),
                "always-applies" => {
                    assert!(
                        fired.contains(&rules[0]) || !policy.is_always(rules[0]),
                        "{code} {rules:?}{policy:?}{case:?}"
                    );
                }
                _ => {
                    let [one, other] = [rules[0], rules[1]].map(|rule| fired.contains(&rule));
                    assert_eq!(one, other, "{code} {rules:?}{policy:?}{case:?}");
                }
            });
        }
    });
    say(|| format!("{told:?}"));
    assert!(told.contains_key("changes-nothing") && told.contains_key("never-applies"), "{told:?}");
}
