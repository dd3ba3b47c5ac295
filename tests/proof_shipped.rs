//! Of small mistakes in the shipped policies, what is proved holds in cases that are drawn at random, and what is shown is so.

mod draw;
mod edits;

use crate::laws::{disagreement, policies, say};
use crate::support::{load_folder, policy_files, root, shipped};
use draw::{Calls, Draw, Edges};
use edits::mistaken;
use heedful::engine::{self, Input, Load, Snapshot};
use heedful::model::{Level, OutcomeId};
use heedful::proof::witness::Sketch;
use heedful::proof::{Comparison, Verdict, compare, prove_against_base, prove_invariants};
use heedful::time::{Length, Unit};
use std::time::{Duration, Instant};

const BASE: &str = "National baseline";

/// How many cases are drawn for each mistake: some that are like a call in which a rule applies, and some that are like none.
fn cases_each() -> usize {
    std::env::var("HEEDFUL_CASES_EACH").ok().and_then(|cases| cases.parse().ok()).unwrap_or(150)
}

#[derive(Debug, Default)]
struct Tally {
    /// What was drawn, and what of it is a policy.
    drawn: usize,
    edits: usize,
    /// Of these, those that are the same for every call.
    same: usize,
    cases: usize,
    /// Parts of the outcome and directions, by what was proved or shown of them and whether a random case shows it too.
    never: usize,
    shown: usize,
    shown_and_missed: usize,
    open: usize,
    open_and_so: usize,
    calls: usize,
    certificates: usize,
    proving: Duration,
    longest: Duration,
    /// The mistake of which the proof took longest.
    longest_of: String,
    deciding: Duration,
}

fn less(one: Level, other: Level) -> bool {
    !other.covers(one)
}

/// The lengths, numbers and phrases that stand in the policies' files.
fn edges(files: &[(String, String)]) -> Edges {
    let mut edges = Edges::default();
    for (_, text) in files {
        let words: Vec<&str> = text.split([' ', '\n', ',']).filter(|word| !word.is_empty()).collect();
        for two in words.windows(2) {
            let Ok(amount) = two[0].parse::<u32>() else { continue };
            edges.numbers.push(i64::from(amount));
            let unit = match two[1].trim_end_matches('s') {
                "minute" => Unit::Minutes,
                "hour" => Unit::Hours,
                "day" => Unit::Days,
                "week" => Unit::Weeks,
                "month" => Unit::Months,
                "year" => Unit::Years,
                _ => continue,
            };
            edges.lengths.push(Length::new(amount, unit));
        }
        for mentioned in text.split("mentions").skip(1) {
            let condition = mentioned.split("then").next().unwrap_or_default();
            edges.phrases.extend(condition.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    edges.lengths.sort_unstable_by_key(ToString::to_string);
    edges.lengths.dedup();
    edges.numbers.retain(|number| *number < 60);
    edges.numbers.sort_unstable();
    edges.numbers.dedup();
    edges
}

/// The files under a folder, with their texts.
fn texts(folder: &str) -> Vec<(String, String)> {
    let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).expect("a readable file");
    policy_files(&root(folder)).iter().map(|path| (path.display().to_string(), read(path))).collect()
}

fn loaded(vocabulary: &[(String, String)], policies: &[(String, String)]) -> Load {
    let inputs = vocabulary.iter().chain(policies).map(|(name, text)| Input::new(name.clone(), text.clone()));
    engine::load(&inputs.collect::<Vec<_>>())
}

/// Calls in which rules of the base apply, most of them: those in which each gives what nothing else does.
fn calls_of_rules(base: &Snapshot, vocabulary: &[(String, String)]) -> Vec<Sketch> {
    let bare = "policy \"Bare\"\n  vocabulary \"control-room\"\n  time zone Europe/London\n";
    let bare = loaded(vocabulary, &[("bare.heed".to_owned(), bare.to_owned())]);
    let bare = bare.policies.first().expect("a policy without rules");
    let found = compare(base, bare, false);
    let mut calls: Vec<Sketch> =
        found.parts.into_iter().flat_map(|part| part.lower.calls).map(|difference| difference.call).collect();
    calls.dedup();
    calls
}

struct Law<'s> {
    base: &'s Snapshot,
    /// Calls in which rules apply, and those that were shown of earlier mistakes.
    seeds: Vec<Sketch>,
    edges: Edges,
    draw: Draw,
    tally: Tally,
}

impl Law<'_> {
    fn hold(&mut self, edited: &Snapshot, what: &str) {
        let certify = self.tally.edits.is_multiple_of(4);
        let begun = Instant::now();
        let found = compare(self.base, edited, certify);
        let took = begun.elapsed();
        self.tally.proving += took;
        if took > self.tally.longest {
            (self.tally.longest, self.tally.longest_of) = (took, what.to_owned());
        }
        self.tally.edits += 1;
        if found.not_compared.is_some() {
            return;
        }
        let is_same = found.parts.iter().all(|part| part.lower.is_never() && part.higher.is_never());
        self.tally.same += usize::from(is_same);
        let begun = Instant::now();
        let differ = self.differ(edited, &found);
        self.tally.deciding += begun.elapsed();
        for part in &found.parts {
            let outcome = part.outcome;
            let [lower, higher] = &differ[outcome.index()];
            self.settle(&part.lower, lower.as_ref(), [self.base, edited], outcome, what);
            self.settle(&part.higher, higher.as_ref(), [edited, self.base], outcome, what);
        }
    }

    /// For each part of the outcome a case in which the edited policy gives less, and one in which it gives more.
    fn differ(&mut self, edited: &Snapshot, found: &Comparison) -> Vec<[Option<Sketch>; 2]> {
        let vocabulary = self.base.vocabulary();
        let calls = Calls { vocabulary, edges: &self.edges };
        let mut differ: Vec<[Option<Sketch>; 2]> = vec![[None, None]; vocabulary.outcomes.len()];
        let (mut before, mut after) = (self.base.evaluator(), edited.evaluator());
        let shown: Vec<&Sketch> =
            found.parts.iter().flat_map(|part| &part.lower.calls).map(|difference| &difference.call).collect();
        let many = cases_each();
        for at in 0..many {
            let sketch = match at % 5 {
                0 => calls.any(&mut self.draw),
                1 if !shown.is_empty() => calls.like(self.draw.one(&shown), &mut self.draw),
                _ if self.seeds.is_empty() => calls.any(&mut self.draw),
                _ => {
                    let seed = self.draw.below(self.seeds.len());
                    calls.like(&self.seeds[seed], &mut self.draw)
                }
            };
            let case = sketch.case(vocabulary, self.base.zone());
            let (was, is) = (&before.judge(&case).outcome, &after.judge(&case).outcome);
            for ((was, is), found) in was.0.iter().zip(&is.0).zip(&mut differ) {
                for (found, is_less) in found.iter_mut().zip([less(*was, *is), less(*is, *was)]) {
                    if is_less && found.is_none() {
                        *found = Some(sketch.clone());
                    }
                }
            }
        }
        self.tally.cases += many;
        self.seeds.extend(shown.into_iter().cloned());
        differ
    }

    fn settle(
        &mut self,
        verdict: &Verdict,
        case: Option<&Sketch>,
        [more, fewer]: [&Snapshot; 2],
        outcome: OutcomeId,
        what: &str,
    ) {
        let tally = &mut self.tally;
        check(verdict, &mut tally.certificates);
        tally.calls += verdict.calls.len();
        for difference in &verdict.calls {
            let case = difference.call.case(more.vocabulary(), more.zone());
            let [one, other] = [more, fewer].map(|policy| policy.evaluator().judge(&case).outcome.0[outcome.index()]);
            assert_eq!([one, other], [difference.more, difference.less], "{what}");
            assert!(less(one, other), "{what}: {difference:?}");
            let wrong = [more, fewer].iter().find_map(|policy| disagreement(policy, &case));
            assert_eq!(wrong, None, "{what}");
        }
        let count = match (verdict.calls.is_empty(), verdict.not_settled.is_empty(), case.is_some()) {
            (false, _, true) => &mut tally.shown,
            (false, _, false) => &mut tally.shown_and_missed,
            (true, false, true) => &mut tally.open_and_so,
            (true, false, false) => &mut tally.open,
            (true, true, false) => &mut tally.never,
            (true, true, true) => {
                let name = &more.vocabulary().outcomes[outcome.index()].name;
                panic!("{what}: {name} was proved never to be otherwise, and is in {case:?}")
            }
        };
        *count += 1;
        if !verdict.not_settled.is_empty() {
            say(|| format!("not settled: {what}: {:?}", verdict.not_settled));
        }
    }
}

fn check(verdict: &Verdict, certificates: &mut usize) {
    for certificate in &verdict.certificates {
        assert_eq!(certificate.certificate.check(), Ok(()));
        *certificates += 1;
    }
}

#[test]
fn no_random_case_contradicts_what_is_proved_of_a_small_mistake() {
    let asked_for = policies(0);
    let (vocabulary, written) = (texts("rules/vocabulary"), texts("rules/national"));
    let base = shipped("rules", BASE);
    // To find a call for each rule takes as long as many mistakes.
    let seeds = if asked_for > 0 { calls_of_rules(&base, &vocabulary) } else { Vec::new() };
    let draw = Draw(u64::from(asked_for));
    let mut law = Law { base: &base, seeds, edges: edges(&written), draw, tally: Tally::default() };
    let wanted = policies(4);
    while law.tally.edits < wanted as usize {
        law.tally.drawn += 1;
        let Some((edited, what)) = mistaken(&written, &mut law.draw) else { continue };
        let load = loaded(&vocabulary, &edited);
        if let Some(edited) = load.policies.iter().find(|policy| policy.name() == BASE) {
            law.hold(edited, &what);
            if law.tally.edits.is_multiple_of(25) {
                say(|| format!("{:?}", law.tally));
            }
        }
    }
    say(|| format!("{:#?}", law.tally));
    assert!(law.tally.never > 0 && law.tally.shown + law.tally.shown_and_missed > 0, "{:?}", law.tally);
}

#[test]
fn what_is_proved_of_the_shipped_forces_is_certified() {
    let load = load_folder("rules");
    let base = load.policies.iter().find(|policy| policy.name() == BASE).expect("the base");
    let mut certificates = 0;
    for force in load.policies.iter().filter(|policy| policy.name() != BASE) {
        let proof = prove_against_base(&load, force, base, true);
        for part in &compare(base, force, true).parts {
            check(&part.lower, &mut certificates);
            check(&part.higher, &mut certificates);
        }
        assert!(proof.is_never_weaker(), "{}", force.name());
    }
    for policy in &load.policies {
        for invariant in prove_invariants(policy, true) {
            assert_eq!(invariant.broken, None, "{}", invariant.name);
            for certificate in &invariant.certificates {
                assert_eq!(certificate.check(), Ok(()));
                certificates += 1;
            }
        }
    }
    assert!(certificates > 0);
}
