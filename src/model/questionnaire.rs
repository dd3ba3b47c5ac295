//! The questions of a form -> which of them some facts are, in the words of people.

use super::ids::FactId;
use super::vocabulary::{Questionnaire, Vocabulary};
use crate::syntax::tree::Label;
use std::ops::Range;

impl Vocabulary {
    /// The questions of the form of this name.
    pub fn questionnaire(&self, name: &str) -> Option<&Questionnaire> {
        self.questionnaires.iter().find(|form| form.name == name)
    }

    /// The form on which a fact is a question, and its number there.
    pub fn asked_on(&self, fact: FactId) -> Option<(&Questionnaire, Label)> {
        self.questionnaires.iter().find_map(|form| {
            let (label, _) = form.questions.iter().find(|(_, own)| *own == fact)?;
            Some((form, *label))
        })
    }

    /// The form of which these facts are questions that follow one another, and which of its questions they are.
    pub fn run_of_questions(&self, facts: &[FactId]) -> Option<(&Questionnaire, Range<usize>)> {
        let first = facts.first()?;
        self.questionnaires.iter().find_map(|form| {
            let start = form.questions.iter().position(|(_, own)| own == first)?;
            let end = start + facts.len();
            let run = form.questions.get(start..end)?;
            run.iter().map(|(_, own)| own).eq(facts).then_some((form, start..end))
        })
    }
}

impl Questionnaire {
    /// The number of the first of some of its questions, and that of the last; `None` for all of them.
    pub fn part(&self, run: &Range<usize>) -> Option<(Label, Label)> {
        let (first, _) = self.questions.get(run.start)?;
        let (last, _) = self.questions.get(run.end.checked_sub(1)?)?;
        (run.len() < self.questions.len()).then_some((*first, *last))
    }

    /// Some of its questions as people say it: `the 24 questions of DASH 2009`, `questions 4 to 11 of DASH 2009`.
    pub fn words(&self, run: &Range<usize>) -> String {
        match self.part(run) {
            Some((first, last)) => format!("questions {first} to {last} of {}", self.title),
            None => format!("the {} questions of {}", self.questions.len(), self.title),
        }
    }
}
