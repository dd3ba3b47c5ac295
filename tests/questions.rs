//! Laws of questions: asked one after the other, they settle the outcome, and never need many more answers than the
//! best order would.

use crate::generate::case::{CaseText, Cell, case};
use crate::generate::policy::policy;
use crate::laws::{each, hold, load, policies, presumes};
use crate::unknown::at_most;
use heedful::engine::Snapshot;
use heedful::model::{Case, Decision, FactId, Vocabulary};
use heedful::wire::policy_questions;
use proptest::collection::vec;
use std::collections::BTreeSet;

/// The cell that a path names, made known.
fn answer(text: &mut CaseText, vocabulary: &Vocabulary, path: &str) {
    if let Some(name) = path.strip_prefix("call.") {
        let fact = vocabulary.fact(name).expect("a fact");
        text.facts[fact.index()].known = true;
        return;
    }
    let path = path.strip_prefix("history.").expect("a place in a case");
    let Some((plural, rest)) = path.split_once('[') else {
        let kind = vocabulary.record_by_plural(path).expect("a list");
        text.lists[kind.index()].0 = true;
        text.complete(kind.index());
        return;
    };
    let kind = vocabulary.record_by_plural(plural).expect("a list");
    let (position, field) = rest.split_once("].").expect("a field of a record");
    if field == "at" {
        // To a fraction of a second, which generated cases do not have: it stays open.
        return;
    }
    let field = vocabulary.records[kind.index()].field(field).expect("a field");
    let record = &mut text.lists[kind.index()].1[position.parse::<usize>().expect("a position")];
    record.fields[field.index()].known = true;
}

fn asking_goes_wrong(policy: &Snapshot, text: &CaseText) -> Option<String> {
    let truth = policy.decide(&text.build(policy.vocabulary(), true)).outcome;
    let mut known = text.clone();
    let mut asked = BTreeSet::new();
    for _ in 0..300 {
        let decision = policy.decide(&known.build(policy.vocabulary(), false));
        if !presumes(policy) && !at_most(&decision.outcome, &truth) {
            return Some(format!("{:?} is certain, and it turns out {truth:?}", decision.outcome));
        }
        let Some(question) = decision.questions.iter().find(|question| !asked.contains(&question.about)) else {
            // A link to a record that the history does not hold stays open, whatever is answered, and so does a fraction.
            let settled = decision.outcome == truth || !decision.questions.is_empty();
            return (!settled).then(|| format!("no question is left at {:?}, and it is {truth:?}", decision.outcome));
        };
        answer(&mut known, policy.vocabulary(), &question.about);
        asked.insert(question.about.clone());
    }
    Some("the questions do not come to an end".to_owned())
}

/// What a question is about, of whichever record.
fn of_any_record(about: &str) -> String {
    let mut parts = about.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |known, part| known + part.split_once(']').map_or(part, |(_, rest)| rest))
}

#[test]
fn every_question_of_a_decision_is_among_those_of_its_policy() {
    hold(policies(100), 30, |policy, text: &CaseText| {
        let all = policy_questions(policy);
        let listed = |asked: &str, about: &str| {
            let questions = all["questions"].as_array().expect("a list");
            // A question about a record says which it is about, in brackets at its end.
            questions
                .iter()
                .any(|known| known["about"] == about && asked.starts_with(known["ask"].as_str().expect("words")))
        };
        let asked = policy.decide(&text.build(policy.vocabulary(), false)).questions;
        let other = asked.iter().find(|asked| !listed(&asked.ask, &of_any_record(&asked.about)));
        other.map(|other| format!("`{}` about {} is not among those of the policy", other.ask, other.about))
    });
}

#[test]
fn asked_one_after_the_other_they_settle_the_outcome() {
    hold(policies(40), 10, asking_goes_wrong);
}

/// One answer, in a unit that a mean over a few halvings comes to a whole number of.
const ANSWER: u64 = 1024;

/// A few facts that are not known, each of which may turn out one of two ways.
struct Puzzle<'p> {
    policy: &'p Snapshot,
    base: CaseText,
    open: Vec<(FactId, [Cell; 2])>,
    /// For each state of knowledge, in base 3: the fewest answers needed on average, and those that our order needs.
    solved: Vec<Option<(u64, u64)>>,
}

/// What is known of an open fact: nothing, the one answer, or the other.
fn digit(state: usize, at: usize) -> usize {
    state / 3usize.pow(u32::try_from(at).expect("few facts")) % 3
}

impl Puzzle<'_> {
    fn case(&self, state: usize) -> Case {
        let mut text = self.base.clone();
        for (at, (fact, answers)) in self.open.iter().enumerate() {
            text.facts[fact.index()] = match digit(state, at) {
                0 => Cell { known: false, ..answers[0].clone() },
                known => Cell { known: true, ..answers[known - 1].clone() },
            };
        }
        text.build(self.policy.vocabulary(), false)
    }

    /// The first question about a fact that is open.
    fn next_asked(&self, state: usize, decision: &Decision) -> Option<usize> {
        let name = |fact: &FactId| format!("call.{}", self.policy.vocabulary().call[fact.index()].name);
        let open =
            |path: &str| (0..self.open.len()).find(|at| digit(state, *at) == 0 && path == name(&self.open[*at].0));
        decision.questions.iter().find_map(|question| open(&question.about))
    }

    /// The mean number of answers from a state on, each answer being as likely as the other: at best, and in our order.
    fn solve(&mut self, state: usize) -> (u64, u64) {
        if let Some(known) = self.solved[state] {
            return known;
        }
        let decision = self.policy.decide(&self.case(state));
        let step = |at: usize, answer: usize| state + answer * 3usize.pow(u32::try_from(at).expect("few facts"));
        let needed = match self.next_asked(state, &decision) {
            None => (0, 0),
            Some(asked) => {
                let open: Vec<usize> = (0..self.open.len()).filter(|at| digit(state, *at) == 0).collect();
                let mut after = |at: usize| {
                    let (one, other) = (self.solve(step(at, 1)), self.solve(step(at, 2)));
                    ((one.0 + other.0) / 2, (one.1 + other.1) / 2)
                };
                let best = open.iter().map(|at| after(*at).0).min().unwrap_or(0);
                (ANSWER + best, ANSWER + after(asked).1)
            }
        };
        self.solved[state] = Some(needed);
        needed
    }
}

/// The mean over generated puzzles: at best, and in our order. `docs/explanations.md` has the figures.
#[test]
fn they_need_few_more_answers_than_the_best_order() {
    let (mut best, mut ours, mut puzzles) = (0, 0, 0);
    each(policies(60), &(policy(), vec(case(), 2)), |(text, cases)| {
        let load = load(&text.files());
        for policy in load.policies.iter().filter(|policy| !presumes(policy)) {
            let mut base = cases[0].whole();
            base.facts.iter_mut().for_each(|cell| cell.known = true);
            base.lists.iter_mut().for_each(|(supplied, records)| {
                *supplied = true;
                records.iter_mut().flat_map(|record| &mut record.fields).for_each(|cell| cell.known = true);
            });
            let pairs = (0u16..).map(FactId).zip(cases[0].facts.iter().zip(&cases[1].facts));
            let open = pairs.filter(|(_, (one, other))| one.value != other.value).take(5);
            let open: Vec<_> = open.map(|(fact, (one, other))| (fact, [one.clone(), other.clone()])).collect();
            let states = 3usize.pow(u32::try_from(open.len()).expect("few facts"));
            let mut puzzle = Puzzle { policy, base, open, solved: vec![None; states] };
            let (fewest, asked) = puzzle.solve(0);
            if fewest > 0 {
                best += fewest;
                ours += asked;
                puzzles += 1;
            }
        }
    });
    let thousandths = |sum: u64| sum * 1000 / ANSWER / puzzles.max(1);
    println!(
        "{puzzles} puzzles; answers, in thousandths: {} at best, {} in our order",
        thousandths(best),
        thousandths(ours)
    );
    assert!(puzzles > 0 && ours * 2 <= best * 3, "{puzzles} puzzles: {ours} answers against {best}");
}
