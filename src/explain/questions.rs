//! Conditions that ask the questions of a form -> how many of them, as their author said it.

use super::document::{Glossary, Piece, Points, Statement};
use super::lift::Lift;
use super::words::Words;
use crate::check;
use crate::model::{FactId, Questionnaire};
use crate::semantics::predicates::Is;
use crate::semantics::{Condition, Parameter, Predicate, Subject, Test};
use crate::syntax::tree::{Answers, ConditionKind, Group, LabelAt, QuestionsOf};
use crate::syntax::unplaced::{NOWHERE, word};
use std::ops::Range;

impl Lift<'_> {
    /// A list of questions that follow one another on a form, each asked whether it is yes.
    pub(super) fn answers(&self, group: Group, parts: &[Condition]) -> Option<ConditionKind> {
        let (form, run) = self.run_of(parts.iter())?;
        let of = match self.words {
            Words::Marked => QuestionsOf { list: word(&form.words(&run)), range: None },
            Words::Exact => {
                let placed = |label| LabelAt { label, at: NOWHERE };
                let range = form.part(&run).map(|(first, last)| (placed(first), placed(last)));
                QuestionsOf { list: word(&form.name), range }
            }
        };
        Some(ConditionKind::Answers(Box::new(Answers { group: Some(group), of })))
    }

    /// What a condition counts, where that is how many questions of a form are answered yes: `the 24 questions of DASH 2009`.
    pub(crate) fn questions_counted(policy: &check::Policy, condition: &Condition) -> Option<String> {
        let Condition::HowMany { of, .. } = condition else { return None };
        let lift = Lift::for_people(policy);
        let (form, run) = lift.run_of(of.iter())?;
        Some(form.words(&run))
    }

    fn run_of<'c>(&self, parts: impl Iterator<Item = &'c Condition>) -> Option<(&Questionnaire, Range<usize>)> {
        let fact = |part: &Condition| match part {
            Condition::Test(Test { subject: Subject::Fact(fact), predicate: Predicate::Is(Is(true)) }) => Some(*fact),
            _ => None,
        };
        let facts: Vec<FactId> = parts.map(fact).collect::<Option<_>>()?;
        let (form, run) = self.policy.vocabulary.run_of_questions(&facts)?;
        // One question alone is said by its own name.
        (run.len() > 1).then_some((form, run))
    }

    /// What a line of a list of points gives them for.
    pub(super) fn points(&self, line: &[(Parameter<i64>, Condition)]) -> Vec<Points> {
        let each = self.run_of(line.iter().map(|(_, when)| when)).zip(line.first());
        if let Some(((form, run), (points, _))) = each {
            let said = vec![Piece::Text(form.words(&run))];
            return vec![Points { points: **points, each: true, of: Statement { said, under: Vec::new() } }];
        }
        let point = |(points, when): &(Parameter<i64>, Condition)| Points {
            points: **points,
            each: false,
            of: self.statement(when),
        };
        line.iter().map(point).collect()
    }

    /// The questions of each form that rules ask for, as the form has them.
    pub(super) fn forms(&self, used: impl Fn(FactId) -> bool) -> Vec<Glossary> {
        let form = |form: &Questionnaire| {
            let questions = form.questions.iter().filter(|(_, fact)| used(*fact));
            let words = questions.filter_map(|(label, fact)| {
                let mut word = self.word(self.policy.vocabulary.call.get(fact.index())?);
                word.help = format!("{label}. {}", word.help);
                Some(word)
            });
            Glossary { heading: format!("Questions: {}", form.title), help: String::new(), words: words.collect() }
        };
        self.policy.vocabulary.questionnaires.iter().map(form).collect()
    }
}
