//! heedful: two policies -> whether the second ever gives less, and what each of them gives for a call.

use crate::answer::{Answer, Facts};
use crate::policies::{Problem, heedful};
use heedful::engine::{Input, Snapshot, load};
use heedful::proof::compare_rules;
use heedful::proof::witness::{Sketch, Val};

pub struct Loaded {
    old: Snapshot,
    new: Snapshot,
}

impl Loaded {
    pub fn of(problem: &Problem) -> Self {
        let [old, new] = [&problem.old, &problem.new].map(|policy| {
            let inputs = heedful(policy).map(|text| Input { name: "facts.heed".to_owned(), bytes: text.into_bytes() });
            let mut loaded = load(&inputs);
            let first = loaded.diagnostics.first();
            loaded.policies.pop().unwrap_or_else(|| panic!("{first:?}"))
        });
        Self { old, new }
    }

    /// Only this way round, as the other analyser is asked; of each rule that gives something, with a call for each that is found.
    pub fn ask(&self) -> Answer {
        let found = compare_rules(&self.old, &self.new, |_| true);
        let lower = &found.parts[0].lower;
        if let Some(call) = lower.calls.first() {
            return Answer::Call(Box::new(self.facts(&call.call)));
        }
        let mut open = lower.not_settled.iter().map(|(_, why)| why).chain(&found.not_compared).chain(&found.together);
        open.next().map_or(Answer::Proved, |why| Answer::Open(why.clone()))
    }

    fn facts(&self, call: &Sketch) -> Facts {
        let mut facts = Facts::default();
        let value = |name: String| call.call.get(&self.old.vocabulary().fact(&name).expect("a fact"));
        for (at, fact) in facts.numbers.iter_mut().enumerate() {
            *fact = value(format!("number-{at}"))
                .and_then(|value| if let Val::Number(number) = value { Some(*number) } else { None });
        }
        for (at, fact) in facts.choices.iter_mut().enumerate() {
            *fact = value(format!("choice-{at}"))
                .and_then(|value| if let Val::Choice(place) = value { Some(*place) } else { None });
        }
        for (at, fact) in facts.flags.iter_mut().enumerate() {
            *fact = value(format!("flag-{at}"))
                .and_then(|value| if let Val::YesNo(yes) = value { Some(*yes) } else { None });
        }
        facts
    }

    /// Whether the old policy decides more for it than the new one.
    pub fn is_less(&self, facts: &Facts) -> bool {
        let vocabulary = self.old.vocabulary();
        let fact = |name: String| vocabulary.fact(&name).expect("a fact");
        let mut call = Sketch::plain(vocabulary, heedful::time::Instant(1_796_000_000));
        let numbers = facts.numbers.iter().enumerate();
        call.call
            .extend(numbers.filter_map(|(at, number)| Some((fact(format!("number-{at}")), Val::Number((*number)?)))));
        let choices = facts.choices.iter().enumerate();
        call.call
            .extend(choices.filter_map(|(at, place)| Some((fact(format!("choice-{at}")), Val::Choice((*place)?)))));
        let flags = facts.flags.iter().enumerate();
        call.call.extend(flags.filter_map(|(at, yes)| Some((fact(format!("flag-{at}")), Val::YesNo((*yes)?)))));
        let case = call.case(vocabulary, self.old.zone());
        let [was, is] = [&self.old, &self.new].map(|policy| policy.evaluator().judge(&case).outcome.0[0]);
        !is.covers(was)
    }
}
