//! What is to be asked, looked up and told, each under one heading: for the caller, for whoever looks it up, and for the
//! officer who attends.

use super::page::{Page, View, elsewhere};
use super::words::PolicyWords;
use crate::model::{Decision, Question};
use crate::syntax::tree::Party;

/// The most questions that are read while somebody waits on the line, besides those that could raise a grade.
const MOST_QUESTIONS: usize = 4;

/// What stands under one heading.
struct Heading<'d> {
    heading: &'static str,
    questions: Vec<&'d Question>,
    /// What the outcomes name, in words, and what they could still name.
    named: Vec<String>,
    perhaps: Vec<String>,
}

pub(super) fn write(page: &mut Page, words: &PolicyWords<'_>, decision: &Decision, view: View) {
    let of = |party: Party| decision.questions.iter().filter(move |question| question.of == party);
    let named = |party| named(words, decision, party);
    let none = || (Vec::new(), Vec::new());
    let mut write_act = |one: Heading<'_>| act(page, words, decision, view, one);
    let (now, later): (Vec<_>, Vec<_>) =
        of(Party::Caller).partition(|question| question.safe_if_overheard || !decision.overheard);
    let about = named(Party::Caller);
    let nothing = now.is_empty() && later.is_empty() && about == none();
    if decision.overheard && !nothing {
        let heading = "ASK THE CALLER, WHO MAY BE OVERHEARD";
        let nothing = if now.is_empty() { vec!["nothing that is safe to ask now".to_owned()] } else { Vec::new() };
        write_act(Heading::new(heading, now, (nothing, Vec::new())));
        write_act(Heading::new("ASK LATER, ONCE THE CALLER CAN SPEAK SAFELY", later, about));
    } else {
        write_act(Heading::new("ASK THE CALLER", now, about));
    }
    write_act(Heading::new("LOOK UP", of(Party::LookUp).collect(), named(Party::LookUp)));
    write_act(Heading::new("ASK THE ATTENDING OFFICER", of(Party::Officer).collect(), none()));
    write_act(Heading::new("TELL THE ATTENDING OFFICER", Vec::new(), named(Party::Officer)));
}

impl<'d> Heading<'d> {
    fn new(heading: &'static str, questions: Vec<&'d Question>, (named, perhaps): (Vec<String>, Vec<String>)) -> Self {
        Self { heading, questions, named, perhaps }
    }
}

/// What the outcomes that are for somebody name, with what they could still name; and what those could that name
/// nothing yet.
fn named(words: &PolicyWords<'_>, decision: &Decision, party: Party) -> (Vec<String>, Vec<String>) {
    let (mut named, mut perhaps) = (Vec::new(), Vec::new());
    for (id, outcome, level) in words.each(&decision.outcome).filter(|(_, outcome, _)| outcome.party == Some(party)) {
        match (words.value(id, level), words.could_become(decision, id, |_| true)) {
            (Some(now), Some(more)) => named.push(format!("{now}; {more}")),
            (Some(now), None) => named.push(now),
            (None, None) if decision.unassessed(id).is_some_and(|it| !it.open) => {
                named.extend(outcome.unassessed.clone());
            }
            (None, more) => perhaps.extend(more),
        }
    }
    (named, perhaps)
}

fn act(page: &mut Page, words: &PolicyWords<'_>, decision: &Decision, view: View, act: Heading<'_>) {
    if act.questions.is_empty() && act.named.is_empty() && act.perhaps.is_empty() {
        return;
    }
    page.heading(act.heading);
    act.named.iter().for_each(|named| page.item(named));
    let mut left_out = 0;
    for (at, asked) in act.questions.into_iter().enumerate() {
        match view {
            View::Specialist => question(page, words, asked, decision),
            View::Handler if at < MOST_QUESTIONS || raises_a_grade(words, asked) => page.item(&asked.ask),
            View::Handler => left_out += 1,
        }
    }
    if left_out > 0 {
        page.item(&elsewhere(left_out));
    }
    act.perhaps.iter().for_each(|perhaps| page.item(perhaps));
}

/// Whether an answer could raise a scale: it is shown however long the list.
fn raises_a_grade(words: &PolicyWords<'_>, question: &Question) -> bool {
    let outcomes = &words.policy.vocabulary().outcomes;
    let of_scale = |at: usize| outcomes.get(at).is_some_and(|outcome| outcome.kind.scale().is_some());
    question.raises.0.iter().chain(&question.undoes.0).any(|(id, _)| of_scale(id.index()))
}

/// A question with what its answer could add.
fn question(page: &mut Page, words: &PolicyWords<'_>, question: &Question, decision: &Decision) {
    page.item(&question.ask);
    let added = words.added(&question.raises, &decision.outcome);
    let added = words.effects(&added);
    if !added.is_empty() {
        page.detail(&format!("could add: {}", added.join("; ")));
    }
    let undone = words.effects(&question.undoes);
    if !undone.is_empty() {
        page.detail(&format!("could take back what is only presumed: {}", undone.join("; ")));
    }
}
