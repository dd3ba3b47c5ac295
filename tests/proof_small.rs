//! Over a vocabulary so small that every case can be gone through, what is proved of two policies is what going through them finds.

mod cases;
mod newer;
mod policy;

use crate::harmless::lost_between;
use crate::laws::{disagreement, each, policies, say};
use crate::support::load_texts;
use heedful::engine::{Load, Snapshot};
use heedful::eval::InvariantChecker;
use heedful::live::OtherWords;
use heedful::model::{Case, Level, Outcomes};
use heedful::proof::{Reading, Verdict, compare, prove_invariants};
use heedful::text::Diagnostic;
use heedful::workers::Sequential;
use newer::{in_words_of, newer_words};
use policy::{SmallPolicy, VOCABULARY, cut_in_two, pair, stating};
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
        cases::all(texts, policy, &pasts, |case, _| {
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
        cases::all(texts, old, &pasts, |case, _| {
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

/// In words that say more, a policy is no lower than the one before it was in its own words, where that is proved, and is held where it is.
#[test]
fn what_is_proved_in_newer_words_is_what_every_case_in_the_old_shows() {
    let (mut never, mut open, mut lower) = (0, 0, 0);
    let law = Law::new(2);
    each(policies(40), &(pair(), cut_in_two(), newer_words()), |(pair, cut, newer)| {
        // What rules are enough for between them rests on what a fact may be.
        let (one, other) = if newer.same_rules { (cut.clone(), cut) } else { pair };
        let files = |words: &str, policy: &SmallPolicy| {
            let [base, force] = policy.files();
            load_texts(&[words, &base, &force])
        };
        let [before, after] = [files(VOCABULARY, &one), files(&newer.words, &other)];
        let force = |load: &Load| load.policies.iter().position(|policy| policy.name() == "Force");
        let Some((old, new)) = force(&before).zip(force(&after)) else { return };
        let (old, new) = (&before.policies[old], &after.policies[new]);
        let reread = OtherWords::new(&before, &after).reread(old, new, &Sequential);
        let read = reread.policy(old).unwrap_or_else(|| panic!("{reread:?}{}", newer.words));
        let found = compare(Reading::of(old, read), new, false);
        let texts = [&one, &other];
        let questions = load_texts(&[VOCABULARY, &cases::questions(texts)]).policies;
        let pasts = cases::told_apart(questions.first(), &law.pasts, &law.calls);
        let (mut was, mut is) = (old.evaluator(), new.evaluator());
        let mut is_lower = vec![None; old.vocabulary().outcomes.len()];
        cases::all(texts, old, &pasts, |case, sketch| {
            let [was, is] = [
                was.judge(&case).outcome.clone(),
                is.judge(&in_words_of(sketch, old.vocabulary(), new)).outcome.clone(),
            ];
            for ((was, is), lower) in was.0.iter().zip(&is.0).zip(&mut is_lower) {
                if less(*was, *is) && lower.is_none() {
                    *lower = Some(case.clone());
                }
            }
        });
        if is_lower.iter().any(Option::is_some) {
            assert!(
                !lost_between(&before, &after).is_empty(),
                "let through: {is_lower:?}\n{one:?}{other:?}{}",
                newer.words
            );
        }
        for (part, case) in found.parts.iter().zip(is_lower) {
            match (part.lower.is_never(), case) {
                (true, None) => never += 1,
                (true, Some(case)) => {
                    panic!("proved never to be lower, and it is in {case:?}\n{one:?}{other:?}{}", newer.words)
                }
                (false, None) => open += 1,
                (false, Some(_)) => lower += 1,
            }
        }
    });
    say(|| {
        format!(
            "in newer words: {never} proved, {lower} lower, {open} shown or open and lower in no case of the old words"
        )
    });
    assert!(never > 0 && lower > 0, "{never} {lower}");
}

/// An invariant that is proved is broken in no case, and where one is broken that is shown or left open.
#[test]
fn what_is_proved_of_invariants_is_so_in_every_case() {
    let (mut proved, mut broken, mut open) = (0, 0, 0);
    let law = Law::new(2);
    each(policies(30), &stating(), |(policy, stated)| {
        let [mut base, _] = policy.files();
        stated.iter().enumerate().for_each(|(at, invariant)| invariant.write(at, &mut base));
        let load = load_texts(&[VOCABULARY, &base]);
        let Some(snapshot) = load.policies.first() else { return };
        let proofs = prove_invariants(snapshot, false);
        let asking = policy.asking(stated.iter().map(|invariant| invariant.whenever.clone()));
        let texts = [&asking, &asking];
        let questions = load_texts(&[VOCABULARY, &cases::questions(texts)]).policies;
        let pasts = cases::told_apart(questions.first(), &law.pasts, &law.calls);
        let checker = InvariantChecker::of(snapshot.policy()).expect("invariants");
        let mut evaluator = snapshot.evaluator();
        let mut breaks: BTreeMap<String, Case> = BTreeMap::new();
        cases::all(texts, snapshot, &pasts, |case, _| {
            let judged = evaluator.judge(&case);
            for breach in checker.breaches(&case, &judged.outcome, &judged.possible) {
                breaks.entry(breach.invariant.name.clone()).or_insert_with(|| case.clone());
            }
        });
        for proof in &proofs {
            match (proof.is_proved(), breaks.get(&proof.name)) {
                (true, None) => proved += 1,
                (true, Some(case)) => panic!("{} is proved, and broken in {case:?}\n{base}", proof.name),
                (false, Some(_)) if proof.broken.is_some() => broken += 1,
                (false, _) => open += 1,
            }
        }
    });
    say(|| {
        format!("of invariants: {proved} proved, {broken} broken, {open} open or broken by more than is gone through")
    });
    assert!(proved > 0 && broken > 0, "{proved} {broken}");
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
