//! Checks the questions of a form: their numbers, whom they are put to, and which of them a policy counts.

use super::names::{Checker, Lookup, NameScope};
use super::once::{Once, no_effect};
use super::rules::OwnCounts;
use super::symbols::{Namespace, SymbolKind};
use super::vocabulary::Builder;
use crate::model::{FactId, Questionnaire};
use crate::semantics::predicates::Is;
use crate::semantics::{Condition, Subject, Test};
use crate::syntax;
use crate::syntax::tree::{
    self, Answers, Ask, FactLine, Group, Label, LabelAt, Party, QuestionLine, QuestionsItem, QuestionsLine,
    QuestionsOf, Type, Word,
};
use crate::text::{Diagnostic, Span, joined, nearest, spoken};
use std::sync::Arc;

/// What is wrong was said.
pub(super) struct Reported;

impl Builder<'_> {
    pub(super) fn questions(&mut self, item: &QuestionsItem) {
        let name = &item.name.text;
        if !self.take(Namespace::Names, SymbolKind::Questions, &item.name) {
            return;
        }
        let party = self.party_of(item);
        let mut questions = Vec::new();
        for question in item.questions() {
            let Some(party) = party.or_else(|| question.ask.as_ref().map(|ask| ask.of)) else { continue };
            let fact = self.question(party, question);
            if let Some(field) = self.field(Namespace::Names, SymbolKind::Fact, question.name.text.clone(), &fact) {
                let at = u16::try_from(self.vocabulary.call.len()).unwrap_or(u16::MAX);
                self.vocabulary.call.push(field);
                questions.push((question.label.label, FactId(at)));
            }
        }
        if !self.lost.anything_under(item.name.at.0) {
            self.numbers_in_order(item);
        }
        let title = item.title.as_ref().map_or_else(|| crate::text::aloud(name), |title| title.value.clone());
        self.vocabulary.questionnaires.push(Questionnaire { name: name.clone(), title, questions });
    }

    /// Whom the questions are put to that do not say so themselves.
    fn party_of(&mut self, item: &QuestionsItem) -> Option<Party> {
        let mut once = Once::under("this list");
        let mut party = None;
        for line in &item.lines {
            if let QuestionsLine::For(of) = line.node
                && once.line("asked of …", line.at.0, self.problems)
            {
                party = Some(of);
                if item.questions().count() > 0 && item.questions().all(|question| question.ask.is_some()) {
                    let message = "each of these questions says itself whom it is put to";
                    self.problems.push(no_effect(line.at.0, message));
                }
            }
        }
        let is_lost = self.lost.anything_under(item.name.at.0);
        if item.questions().next().is_none() && !is_lost {
            let problem = Diagnostic::error("empty-list", item.name.at.0, "there are no questions in this list");
            self.problems.push(problem.help(
                "list them below, each with its number, a name and its words, as in `1. injury \"Is anybody hurt?\"`",
            ));
        } else if party.is_none() && item.questions().any(|question| question.ask.is_none()) && !is_lost {
            let message = "it is not said whom these questions are put to";
            let problem = Diagnostic::error("not-said-to-whom", item.name.at.0, message);
            self.problems.push(
                problem
                    .help("add a line above the first: `asked of the caller`, `asked of the officer` or `looked up`"),
            );
        }
        party
    }

    /// A question as the fact that it is: its words say what the fact means, and are what is asked.
    fn question(&mut self, party: Party, question: &QuestionLine) -> FactLine {
        let QuestionLine { name, text, safe_if_overheard, ask, .. } = question;
        if *safe_if_overheard && party != Party::Caller {
            let message = "only what is put to the caller may be overheard";
            self.problems
                .push(Diagnostic::error("no-effect", text.at.0, message).help("leave `safe if overheard` out"));
        }
        let own = || Ask { of: party, text: text.clone(), safe_if_overheard: *safe_if_overheard };
        let ask = Some(ask.clone().unwrap_or_else(own));
        FactLine { name: name.clone(), ty: Type::YesNo, help: Some(text.clone()), ask }
    }

    fn numbers_in_order(&mut self, item: &QuestionsItem) {
        let labels: Vec<LabelAt> = item.questions().map(|question| question.label).collect();
        for (at, (before, own)) in labels.iter().zip(labels.iter().skip(1)).enumerate() {
            let (last, label) = (before.label, own.label);
            if label.follows(last) {
                continue;
            }
            let is_twice = labels.iter().take(at + 1).any(|other| other.label == label);
            let message = match is_twice {
                true => format!("there are two questions `{label}`"),
                false if label < last => format!("question `{label}` comes after question `{last}`"),
                false => format!("question `{label}` comes right after question `{last}`"),
            };
            let problem = Diagnostic::error("numbers", own.at.0, message).also(before.at.0, "the one before it");
            let problem = problem.help(format!("numbers go up by one: `{}` comes here", last.next()));
            let gap = "where the form has a question between the two that is not answered by yes or no, declare that as a fact of the \
                       call, and begin a new list after it";
            self.problems.push(if !is_twice && label > last.next() { problem.help(gap) } else { problem });
        }
    }
}

impl Checker<'_, '_> {
    /// How many of some questions are answered yes, as a condition that asks each of them.
    pub(super) fn answers(&mut self, answers: &Answers, at: tree::At, place: NameScope) -> Option<Condition> {
        if matches!(place, NameScope::Record { .. }) {
            let problem = Diagnostic::error(
                "count-in-where",
                at.0,
                "questions are put about the call, and not about its records",
            );
            self.problems.push(problem.help("put this on a line of its own, outside of `where`"));
            return None;
        }
        let number = match &answers.group {
            Some(Group::HowMany { comparison, amount }) => Some((*comparison, self.number(amount))),
            _ => None,
        };
        let asked = self.answered_yes(&answers.of)?;
        Some(match (&answers.group, number) {
            (_, Some((comparison, number))) => Condition::HowMany { comparison, number: number?, of: asked },
            (Some(Group::All), _) => Condition::All(asked),
            (Some(Group::None), _) => Condition::Not(Box::new(Condition::Any(asked))),
            _ => Condition::Any(asked),
        })
    }

    /// Of each of some questions, that it is answered yes.
    pub(super) fn answered_yes(&mut self, of: &QuestionsOf) -> Option<Vec<Condition>> {
        let yes = |fact: FactId| Condition::Test(Test { subject: Subject::Fact(fact), predicate: Is(true).into() });
        Some(self.facts_of(of)?.into_iter().map(yes).collect())
    }

    /// The facts that hold the answers to some questions.
    pub(super) fn facts_of(&mut self, of: &QuestionsOf) -> Option<Vec<FactId>> {
        let Some(form) = self.policy.vocabulary.questionnaire(&of.list.text) else {
            self.no_questions(&of.list);
            return None;
        };
        let (name, questions) = (form.title.clone(), form.questions.clone());
        let Some((first, last)) = &of.range else { return Some(questions.into_iter().map(|(_, fact)| fact).collect()) };
        let labels: Vec<Label> = questions.iter().map(|(label, _)| *label).collect();
        let known: Vec<bool> = [first, last].into_iter().map(|end| self.is_on(end, &name, &labels)).collect();
        if known.contains(&false) {
            return None;
        }
        if first.label >= last.label {
            let message = format!("there are no questions from `{}` to `{}`", first.label, last.label);
            let problem = Diagnostic::error("bad-range", first.at.0.to(last.at.0), message);
            self.problems.push(problem.help("name the first of several questions, then the last; for one alone write its name, as in `injury is yes`"));
            return None;
        }
        let within = |label: Label| first.label <= label && label <= last.label;
        Some(questions.into_iter().filter(|(label, _)| within(*label)).map(|(_, fact)| fact).collect())
    }

    fn is_on(&mut self, end: &LabelAt, form: &str, labels: &[Label]) -> bool {
        let is_on = labels.contains(&end.label);
        if !is_on {
            let message = format!("there is no question `{}` of {form}", end.label);
            let problem = Diagnostic::error("unknown-name", end.at.0, message);
            self.problems.push(match labels.first().zip(labels.last()) {
                Some((first, last)) => problem.help(format!("its questions are `{first}` to `{last}`")),
                None => problem,
            });
        }
        is_on
    }

    /// The questions that `{count of …}` means in a reason: those that it names, else the only ones that the rule counts. `None` where it
    /// means something else.
    pub(super) fn questions_in_a_reason(
        &mut self,
        noun: Option<&str>,
        span: Span,
        own: &OwnCounts<'_>,
    ) -> Option<Result<Arc<[FactId]>, Reported>> {
        let Some(noun) = noun else {
            let (first, rest) = own.questions.split_first().filter(|_| own.records.is_empty())?;
            return Some(match rest.iter().all(|other| other == first) {
                true => self.facts_of(first).map(Into::into).ok_or(Reported),
                false => Err(self.which_questions(span, own)),
            });
        };
        let at = tree::At(span);
        let list = |text: &str| Word { text: text.trim().to_owned(), at };
        let labels = noun.strip_prefix("questions ").and_then(|rest| rest.split_once(" of "));
        let range = labels.and_then(|(labels, form)| Some((labels.split_once(" to ")?, form)));
        let range = range.and_then(|((first, last), form)| {
            let label = |text: &str| Some(LabelAt { label: Label::parse(text.trim())?, at });
            Some(QuestionsOf { list: list(form), range: Some((label(first)?, label(last)?)) })
        });
        let meant = range.unwrap_or_else(|| QuestionsOf { list: list(noun), range: None });
        self.policy.vocabulary.questionnaire(&meant.list.text)?;
        let of_this_form = || own.questions.iter().filter(|counted| counted.list == meant.list);
        if meant.range.is_none()
            && of_this_form().next().is_some()
            && !of_this_form().any(|counted| counted.range.is_none())
        {
            return Some(Err(self.which_questions(span, own)));
        }
        Some(self.facts_of(&meant).map(Into::into).ok_or(Reported))
    }

    fn which_questions(&mut self, span: Span, own: &OwnCounts<'_>) -> Reported {
        let mut choices: Vec<String> = Vec::new();
        for counted in &own.questions {
            let choice = format!("`{{count of {}}}`", syntax::print_questions(counted));
            if !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        let message = "it is not said which of the questions that this rule counts are meant";
        let problem = Diagnostic::error("bad-placeholder", span, message);
        self.problems.push(problem.help(format!("say which: {}", spoken(&choices, "or"))));
        Reported
    }

    /// A name that is no list of questions where one is counted.
    fn no_questions(&mut self, word: &Word) {
        let name = &word.text;
        let problem = |message: String| Diagnostic::error("unknown-name", word.at.0, message);
        let told = match self.policy.vocabulary.fact(name) {
            Some(_) => problem(format!("`{name}` is a fact of the call, and not a list of questions"))
                .help(self.how_many_of_a_list(name, None).unwrap_or_else(|| format!("for one question write `{name} is yes`; for several of them make a list: `any of:`, and each on its own line below"))),
            None => match self.look_up(name, Some(word.at.0)) {
                Some(Lookup::Broken) => return,
                Some(_) => problem(format!("`{name}` is not a list of questions"))
                    .help("make a list: `any of:`, and each condition on its own line below"),
                None => {
                    let names: Vec<String> = self.policy.vocabulary.questionnaires.iter().map(|form| form.name.clone()).collect();
                    let near = nearest(name, names.iter().map(String::as_str));
                    let problem = problem(format!("there is no list of questions `{name}`")).suggest(near);
                    match (names.as_slice(), near) {
                        (_, Some(_)) => problem,
                        ([], _) => problem.help("a list of questions is declared in the vocabulary, by `questions`; for conditions make a list: `any of:`, and each on its own line below"),
                        (names, _) => problem.help(format!("the vocabulary has the questions of {}", joined(names, "and"))),
                    }
                }
            },
        };
        self.report_unknown(word, told);
    }

    /// Says so where something is asked of a list of questions as if it were one value.
    pub(super) fn report_questions(&mut self, word: &Word) -> bool {
        if self.policy.vocabulary.questionnaire(&word.text).is_none() {
            return false;
        }
        let message = format!("`{}` is a list of questions; it is not said how many of them", word.text);
        let problem = Diagnostic::error("unfinished-test", word.at.0, message);
        self.problems
            .push(problem.help(format!("write such as `at least 2 of {0} are yes` or `any of {0} is yes`", word.text)));
        true
    }
}
