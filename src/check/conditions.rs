//! Name resolution and type checking of conditions: lists, chains, definitions and counts.

use super::names::{Checker, Lookup, NameScope};
use super::once::Once;
use super::predicates::asks_whether_known;
use super::vocabulary::plurals_of_field;
use crate::model::{Field, FieldId, Type};
use crate::semantics::predicates::Is;
use crate::semantics::{Condition, Count, Follow, Subject, Test, Trend};
use crate::syntax::tree::{
    Comparison, ConditionKind, DefinitionItem, Group, Joiner, Meaning, Quantifier, TrendIs, Word,
};
use crate::syntax::{self, tree};
use crate::text::{Diagnostic, joined, nearest, with_article};
use std::sync::Arc;

impl<'a> Checker<'a, '_> {
    pub(super) fn define(&mut self, item: &'a DefinitionItem) -> Option<Lookup> {
        match &item.meaning {
            Meaning::Condition(condition) => {
                let condition = self.condition(condition, NameScope::Call)?;
                Some(Lookup::Condition(self.add_definition(&item.name, condition)))
            }
            Meaning::Records(selection) => {
                let of = self.selection(selection)?;
                Some(Lookup::Group(Box::new(self.add_group(&item.name, of))))
            }
        }
    }

    pub(super) fn condition(&mut self, condition: &tree::Condition, place: NameScope) -> Option<Condition> {
        match &condition.kind {
            ConditionKind::Group { group, items } => self.group(group, items, place),
            ConditionKind::Chain { joiner, items } => {
                let parts = self.all(items.iter(), place)?;
                Some(match joiner {
                    Joiner::And => Condition::All(parts),
                    Joiner::Or => Condition::Any(parts),
                })
            }
            ConditionKind::Test(test) if test.or_not_answered => self.presumed(test, place),
            ConditionKind::Test(test) => self.test(test, place),
            ConditionKind::Bare(word) => self.bare(word, place),
            ConditionKind::Answers(answers) => self.answers(answers, condition.at, place),
            _ if matches!(place, NameScope::Record { .. }) => {
                let message = "records cannot be counted inside the tests of another record";
                let problem = Diagnostic::error("count-in-where", condition.at.0, message);
                self.problems.push(
                    problem.help(
                        "put the inner count on a line of its own, or use `followed within` or `since the latest`",
                    ),
                );
                None
            }
            ConditionKind::Count(count) => self.count(count),
            ConditionKind::Latest(latest) => {
                let of = self.selection(&latest.of)?;
                let place = NameScope::Record { record: of.record, this_call: of.this_call };
                let test = Box::new(self.condition(&latest.test, place)?);
                Some(Condition::Latest { first: latest.first, of: of.into(), test })
            }
            ConditionKind::Trend(trend) => {
                let of = self.selection(&trend.of);
                let trend = self.trend(&trend.is)?;
                Some(Condition::Trend { of: of?.into(), trend })
            }
        }
    }

    /// `strangulation is yes or not answered`: only a fact of the call is something that somebody is asked and may not answer.
    fn presumed(&mut self, test: &tree::Test, place: NameScope) -> Option<Condition> {
        let condition = self.test(test, place);
        let refused = match place {
            NameScope::Record { .. } => Some((
                "`or not answered` cannot be said of a record",
                "a record of which this is not known may or may not count; for a rule that applies while that is open, add a line \
                 `applies unless known otherwise`",
            )),
            NameScope::Call => match condition.as_ref()? {
                Condition::Test(Test { subject: Subject::Fact(_), .. }) => None,
                Condition::Test(_) => Some((
                    "`or not answered` has no meaning here: the time of the call is always known",
                    "leave `or not answered` out",
                )),
                Condition::Score { .. } => Some((
                    "`or not answered` cannot be said of a score: what may be unanswered are its points",
                    "say it of the points, or add `count unanswered as yes` to the score",
                )),
                _ => Some((
                    "`or not answered` cannot be said of a definition: nobody is asked for it",
                    "say it of the facts that the definition names",
                )),
            },
        };
        if let Some((message, help)) = refused {
            self.problems.push(Diagnostic::error("not-answered", test.at.0, message).help(help));
            return None;
        }
        Some(Condition::Presumed(Box::new(condition?)))
    }

    fn trend(&mut self, is: &TrendIs) -> Option<Trend> {
        let TrendIs::Converging { last: written } = is else { return Some(Trend::GapShrinking) };
        let last = self.number(written)?;
        if *last < 3 {
            let message = format!("the last {} have too few gaps between them to be coming closer together", *last);
            let at = match written {
                tree::Amount::Number(number) => number.at.0,
                tree::Amount::Name(name) => name.at.0,
            };
            self.problems.push(Diagnostic::error("too-few", at, message).help("name 3 or more"));
            return None;
        }
        Some(Trend::Converging { last })
    }

    /// Every part, or nothing; the problems of all of them are reported either way.
    fn all<'c>(
        &mut self,
        items: impl Iterator<Item = &'c tree::Condition>,
        place: NameScope,
    ) -> Option<Vec<Condition>> {
        let parts: Vec<Option<Condition>> = items.map(|item| self.condition(item, place)).collect();
        parts.into_iter().collect()
    }

    fn group(&mut self, group: &Group, items: &[tree::Line<tree::Condition>], place: NameScope) -> Option<Condition> {
        let mut once = Once::under("this list");
        for item in items {
            once.line(&syntax::print_condition(&item.node), item.at.0, self.problems);
        }
        let parts = self.all(items.iter().map(|item| &item.node), place);
        Some(match group {
            Group::All => Condition::All(parts?),
            Group::Any => Condition::Any(parts?),
            Group::None => Condition::Not(Box::new(Condition::Any(parts?))),
            Group::HowMany { comparison, amount } => {
                let number = self.number(amount);
                Condition::HowMany { comparison: *comparison, number: number?, of: parts? }
            }
        })
    }

    fn bare(&mut self, word: &Word, place: NameScope) -> Option<Condition> {
        if let NameScope::Record { .. } = place {
            let yes = Word { text: "yes".to_owned(), at: word.at };
            let test = tree::Test {
                subject: tree::Subject::Own(word.clone()),
                predicate: tree::Predicate::Is { not: false, word: yes },
                or_not_answered: false,
                at: word.at,
            };
            return self.test(&test, place);
        }
        if let Some(fact) = self.policy.vocabulary.fact(&word.text) {
            let is_yes_no = self.policy.vocabulary.call.get(fact.index()).is_some_and(|fact| fact.ty == Type::YesNo);
            if is_yes_no {
                let test = Test { subject: Subject::Fact(fact), predicate: Is(true).into() };
                return Some(Condition::Test(test));
            }
            let message = format!("it is not said what `{}` should be", word.text);
            let help = format!("write `{} is …`", word.text);
            self.problems.push(Diagnostic::error("unfinished-test", word.at.0, message).help(help));
            return None;
        }
        if self.report_questions(word) {
            return None;
        }
        match self.look_up(&word.text, Some(word.at.0)) {
            Some(Lookup::Condition(id)) => Some(Condition::Defined(id)),
            Some(Lookup::Group(_)) => {
                let message = format!("`{}` is a group of records; it is not said how many", word.text);
                let help = format!("write `any {}` or `at least 2 {}`", word.text, self.plural_of(&word.text));
                self.problems.push(Diagnostic::error("unfinished-test", word.at.0, message).help(help));
                None
            }
            Some(Lookup::Table(_)) => {
                let message = format!("`{}` is a table, which gives a number and is neither yes nor no", word.text);
                let problem = Diagnostic::error("wrong-question", word.at.0, message);
                self.problems
                    .push(problem.help("give its number in `then`, after the words of an outcome that is a number"));
                None
            }
            Some(Lookup::Score(_)) => {
                let message = format!("`{}` is a score; it is not said what it should be", word.text);
                let help = format!("write `{} is at least …`", word.text);
                self.problems.push(Diagnostic::error("unfinished-test", word.at.0, message).help(help));
                None
            }
            Some(_) => None,
            None => {
                let message = format!("there is no definition or fact `{}`", word.text);
                let problem = Diagnostic::error("unknown-name", word.at.0, message);
                let problem = if asks_whether_known(&word.text) {
                    problem.help("for what nobody has answered, end the test with `or not answered`")
                } else {
                    problem.suggest(self.nearest_name(&word.text).as_deref())
                };
                self.report_unknown(word, problem);
                None
            }
        }
    }

    /// The nearest fact, definition or score.
    pub(super) fn nearest_name(&self, written: &str) -> Option<String> {
        let facts = self.policy.vocabulary.call.iter().map(|fact| fact.name.as_str());
        let names = facts.chain(self.definitions.keys().copied()).chain(self.scores.keys().copied());
        nearest(written, names).map(str::to_owned)
    }

    fn count(&mut self, count: &tree::Count) -> Option<Condition> {
        let (comparison, number) = match &count.quantifier {
            Quantifier::Any => (Comparison::AtLeast, Some(1.into())),
            Quantifier::No => (Comparison::Exactly, Some(0.into())),
            Quantifier::HowMany { comparison, amount } => (*comparison, self.number(amount)),
        };
        let of = self.selection(&count.of);
        if let Some(of) = &of {
            self.require_counting_words(&count.of, of);
        }
        let follow = match (&count.follow, &of) {
            (Some(follow), Some(of)) => Some(Arc::new(self.follow(follow, of)?)),
            _ => None,
        };
        let of = of?;
        let different = match &count.different {
            Some(word) => Some(self.different(word, &of)?),
            None => None,
        };
        Some(Condition::Count(Count { comparison, number: number?, different, of: Arc::new(of), follow }))
    }

    /// A count of calls must say in words whether the present call is counted.
    fn require_counting_words(&mut self, written: &tree::Selection, of: &crate::semantics::Selection) {
        if self.is_call(of) && !says_counting(written) {
            let span = written.noun.at.0;
            let problem =
                Diagnostic::error("counting-not-said", span, "it is not said whether this call is counted too");
            self.problems.push(problem.help("add `, counting this one` or `, not counting this one`"));
        }
    }

    pub(super) fn is_call(&self, of: &crate::semantics::Selection) -> bool {
        self.policy.vocabulary.records.get(of.record.index()).is_some_and(|record| record.is_call)
    }

    fn different(&mut self, word: &Word, of: &crate::semantics::Selection) -> Option<FieldId> {
        let record = self.policy.vocabulary.records.get(of.record.index())?;
        let named = |field: &&Field| field.name == word.text || plurals_of_field(&field.name).contains(&word.text);
        let found = record.fields.iter().find(named).and_then(|field| record.field(&field.name));
        let field = found.and_then(|field| record.fields.get(field.index()));
        match (found, field.map(|field| &field.ty)) {
            (Some(field), Some(Type::Identity { .. })) => Some(field),
            (Some(_), _) => {
                let message = format!("`{}` is not an identity, so different ones cannot be counted", word.text);
                let identities = identities(record);
                let help = match identities.as_slice() {
                    [] => format!("{} has no identities", with_article(&record.name)),
                    known => format!("{} has the identities {}", with_article(&record.name), joined(known, "and")),
                };
                self.problems.push(Diagnostic::error("wrong-kind", word.at.0, message).help(help));
                None
            }
            (None, _) if self.lost.name(word.text.trim_end_matches('s').trim_end_matches('e')) => None,
            (None, _) if self.lost.name(word.text.trim_end_matches('s')) => None,
            (None, _) => {
                let message = format!("{} has no field `{}`", with_article(&record.name), word.text);
                let problem = Diagnostic::error("unknown-name", word.at.0, message);
                let fields = record.fields.iter().filter(|field| matches!(field.ty, Type::Identity { .. }));
                let problem = super::meant::suggest(problem, &word.text, fields, &self.policy.vocabulary.identities);
                let known = format!("its identities are {}", joined(&identities(record), "and"));
                self.problems.push(if identities(record).is_empty() { problem } else { problem.help(known) });
                None
            }
        }
    }

    fn follow(&mut self, follow: &tree::Follow, first: &crate::semantics::Selection) -> Option<Follow> {
        let by = self.selection(&follow.by);
        let within = self.length(&follow.within);
        let mut by = by?;
        by.said.that = prepositions(&follow.by);
        self.require_counting_words(&follow.by, &by);
        let that = self.that_links(&follow.by, by.record, first.record)?;
        Some(Follow { not: follow.negated, within: within?, by: by.into(), that })
    }
}

/// The prepositions of a follower's links to its first record.
fn prepositions(by: &tree::Selection) -> Vec<String> {
    let that = |scope: &tree::Scope| match scope {
        tree::Scope::That { preposition, .. } => Some(preposition.clone()),
        _ => None,
    };
    by.scopes.iter().filter_map(that).collect()
}

fn says_counting(selection: &tree::Selection) -> bool {
    selection.scopes.iter().any(|scope| matches!(scope, tree::Scope::CountingThis(_) | tree::Scope::NotCountingThis(_)))
}

/// The fields of a record that are identities.
fn identities(record: &crate::model::RecordKind) -> Vec<&str> {
    record
        .fields
        .iter()
        .filter(|field| matches!(field.ty, Type::Identity { .. }))
        .map(|field| field.name.as_str())
        .collect()
}
