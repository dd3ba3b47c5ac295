//! Checks selections: which records are meant by a noun with its scopes and tests.

use super::names::{Checker, NameScope};
use crate::model::{FactId, FieldId, RecordId, Type};
use crate::semantics::predicates::{InForce, Same};
use crate::semantics::{Condition, Selection, Since, Subject, Test, Use};
use crate::syntax::tree::{self, Scope, Word};
use crate::text::{Diagnostic, Span, joined, with_article};
use crate::time::Length;
use std::collections::BTreeMap;

/// How many tests a group of records may carry, those of the groups it builds on included. Each group that
/// names another twice doubles them.
const MOST_TESTS: usize = 1000;

impl Checker<'_, '_> {
    pub(super) fn selection(&mut self, selection: &tree::Selection) -> Option<Selection> {
        let mut built = self.noun(&selection.noun)?;
        self.report_scopes_twice(selection);
        let mut whole = self.count_this_call(selection, &mut built);
        for scope in &selection.scopes {
            whole &= self.scope(scope, &mut built).is_some();
            if weight(&built) > MOST_TESTS {
                return self.report_too_heavy(selection);
            }
        }
        if let Some(filter) = &selection.filter {
            let place = NameScope::Record { record: built.record, this_call: built.this_call };
            match self.condition(filter, place) {
                Some(Condition::All(parts)) => built.tests.extend(parts),
                Some(test) => built.tests.push(test),
                None => whole = false,
            }
        }
        whole.then_some(built)
    }

    /// What is said twice of the same records says nothing more, or two things.
    fn report_scopes_twice(&mut self, selection: &tree::Selection) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for scope in &selection.scopes {
            let (said, at) = match scope {
                Scope::InForce(at) => ("in force".to_owned(), at.0),
                Scope::Same { name, .. } => (format!("the same {}", name.text), name.at.0),
                Scope::That { name, .. } => (format!("that {}", name.text), name.at.0),
                Scope::Within(tree::LengthRef::Length(length)) => ("within".to_owned(), length.at.0),
                Scope::Within(tree::LengthRef::Name(word)) => ("within".to_owned(), word.at.0),
                Scope::SinceMidnight(at) => ("since midnight".to_owned(), at.0),
                Scope::SinceDate(_, at) => ("since".to_owned(), at.0),
                Scope::SinceRecord { first, noun, links } => {
                    let links: String = links.iter().map(|(_, name)| format!(" of the same {}", name.text)).collect();
                    let which = if *first { "first" } else { "latest" };
                    let said = format!("since the {which} {}{links}", noun.text);
                    (said, noun.at.0)
                }
                // Whoever reads the line says so of these, since they may stand in two places of it.
                Scope::CountingThis(_) | Scope::NotCountingThis(_) => continue,
            };
            if let Some(first) = seen.get(&said) {
                let message = format!("`{said}` is said twice of the same records");
                let problem = Diagnostic::error("line-twice", at, message).also(*first, "the first time");
                self.problems.push(problem.help("leave one of them out"));
                continue;
            }
            seen.insert(said, at);
        }
    }

    /// Whether this call counts, by the words here, or else by those of the group. A group that did not count it may
    /// ask for what it lacks.
    fn count_this_call(&mut self, selection: &tree::Selection, built: &mut Selection) -> bool {
        let said = selection.scopes.iter().rev().find_map(|scope| match scope {
            Scope::CountingThis(_) => Some(true),
            Scope::NotCountingThis(_) => Some(false),
            _ => None,
        });
        let Some(counts) = said else { return true };
        let newly = counts && !built.this_call;
        built.this_call = counts;
        let fields: Vec<FieldId> = built.tests.iter().filter(|_| newly).flat_map(fields_of).collect();
        fields.into_iter().all(|field| {
            let kind = self.policy.vocabulary.records.get(built.record.index());
            let name =
                kind.and_then(|kind| kind.fields.get(field.index())).map_or(String::new(), |field| field.name.clone());
            self.own_field(built.record, true, field, &Word { text: name, at: selection.noun.at }).is_some()
        })
    }

    fn report_too_heavy(&mut self, selection: &tree::Selection) -> Option<Selection> {
        let message = format!(
            "`{}` carries more than {MOST_TESTS} tests here, those of the groups it builds on included",
            selection.noun.text
        );
        let problem = Diagnostic::error("too-many-tests", selection.noun.at.0, message);
        self.problems.push(problem.help("name fewer groups after `since the latest`"));
        None
    }

    fn scope(&mut self, scope: &Scope, built: &mut Selection) -> Option<()> {
        match scope {
            Scope::Within(length) => {
                let value = self.length(length)?;
                self.check_reach(built.record, *value, length);
                built.windows.push(value);
            }
            Scope::Same { preposition, name } => {
                let test = self.same(name, built)?;
                add_same(built, preposition, test);
            }
            // Read with the first record, by `that_links`; the grammar has it only after `followed within`.
            Scope::That { .. } => {}
            Scope::InForce(at) => {
                let record = self.policy.vocabulary.records.get(built.record.index())?;
                if record.in_force.is_none() {
                    let message =
                        format!("the vocabulary does not say when {} is in force", with_article(&record.name));
                    let problem = Diagnostic::error("never-in-force", at.0, message);
                    self.problems.push(problem.help("add to its record: `in force from … until …`"));
                    return None;
                }
                let test = Test { subject: Subject::Record(built.record), predicate: InForce { not: false }.into() };
                built.tests.push(Condition::Test(test));
            }
            Scope::SinceMidnight(_) => built.since.push(Since::Midnight),
            Scope::SinceDate(date, _) => built.since.push(Since::Instant(self.policy.zone.day_start(*date))),
            Scope::SinceRecord { first, noun, links } => {
                let mut of = self.noun(noun)?;
                for (preposition, name) in links {
                    let test = self.same(name, &of)?;
                    add_same(&mut of, preposition, test);
                }
                built.since.push(Since::Record { first: *first, of });
            }
            Scope::CountingThis(at) | Scope::NotCountingThis(at) => {
                if !self.is_call(built) {
                    let record = self.policy.vocabulary.records.get(built.record.index())?;
                    let message =
                        format!("this call is not one of the {}, so it cannot be counted among them", record.plural);
                    self.problems.push(Diagnostic::error("not-a-call", at.0, message).help("leave these words out"));
                    return None;
                }
            }
        }
        Some(())
    }

    /// `by the same caller`: the record's field and the call's fact of that name share somebody.
    fn same(&mut self, name: &Word, of: &Selection) -> Option<Condition> {
        let (field, fact) = self.shared(name, of.record, of.this_call)?;
        Some(Condition::Test(Test { subject: Subject::Field(field), predicate: Same { fact, not: false }.into() }))
    }

    /// The field of a record and the fact of the call that have a name in common, and may share somebody.
    pub(super) fn shared(&mut self, name: &Word, of: RecordId, this_call: bool) -> Option<(FieldId, FactId)> {
        let record = self.policy.vocabulary.records.get(of.index())?;
        let field = record.field(&name.text);
        let fact = self.policy.vocabulary.fact(&name.text);
        if let (Some(field), Some(fact)) = (field, fact) {
            if !self.comparable(of, field, fact) {
                let message = format!(
                    "the `{}` of {} and of this call are not of the same kind",
                    name.text,
                    with_article(&record.name)
                );
                let problem = Diagnostic::error("wrong-kind", name.at.0, message);
                self.problems
                    .push(problem.help("the two must be identities of one kind, or choices of the same values"));
                return None;
            }
            return self.own_field(of, this_call, field, name).map(|field| (field, fact));
        }
        if name.text == "day" && field.is_none() {
            let problem = Diagnostic::error("unknown-name", name.at.0, "`the same day` is no link to this call");
            let help = "write `since midnight`, or among its tests `it is on the same day as this call`";
            self.problems.push(problem.help(help));
            return None;
        }
        let owner = if field.is_none() { with_article(&record.name) } else { "this call".to_owned() };
        let vocabulary = &self.policy.vocabulary;
        let shared = record.fields.iter().filter(|field| vocabulary.fact(&field.name).is_some());
        let problem = Diagnostic::error("unknown-name", name.at.0, format!("{owner} has no `{}`", name.text));
        let problem = super::meant::suggest(problem, &name.text, shared.clone(), &vocabulary.identities);
        let both: Vec<&str> = shared
            .filter(|field| matches!(field.ty, Type::Identity { .. } | Type::Choice { .. }))
            .map(|field| field.name.as_str())
            .collect();
        let problem = match both.as_slice() {
            [] => problem,
            both => {
                problem.help(format!("{} and this call both have {}", with_article(&record.name), joined(both, "and")))
            }
        };
        self.report_unknown(name, problem.help("where the names differ, write `where … is this call's …`"));
        None
    }

    /// The pairs of fields by which a follower is linked to its first record.
    pub(super) fn that_links(
        &mut self,
        by: &tree::Selection,
        record: RecordId,
        first: RecordId,
    ) -> Option<Vec<(FieldId, FieldId)>> {
        let mut links = Vec::new();
        for scope in &by.scopes {
            let Scope::That { name, .. } = scope else { continue };
            let records = &self.policy.vocabulary.records;
            let (own, other) = (records.get(record.index())?, records.get(first.index())?);
            let pair = own.field(&name.text).zip(other.field(&name.text));
            let kinds =
                pair.and_then(|(a, b)| Some((&own.fields.get(a.index())?.ty, &other.fields.get(b.index())?.ty)));
            match (pair, kinds) {
                (Some(pair), Some((Type::Identity { kind: one, .. }, Type::Identity { kind: two, .. })))
                    if one == two =>
                {
                    links.push(pair);
                }
                _ => {
                    let message = format!(
                        "{} and {} do not both have an identity `{}`",
                        with_article(&own.name),
                        with_article(&other.name),
                        name.text
                    );
                    self.problems.push(Diagnostic::error("unknown-name", name.at.0, message));
                    return None;
                }
            }
        }
        Some(links)
    }

    /// Where this call may stand in the record's place, it must have the fact that the field is about.
    pub(super) fn own_field(
        &mut self,
        record: RecordId,
        this_call: bool,
        field: FieldId,
        word: &Word,
    ) -> Option<FieldId> {
        let is_call = self.policy.vocabulary.records.get(record.index()).is_some_and(|record| record.is_call);
        if this_call && is_call && self.stands_for(field).is_none() {
            let message =
                format!("this call has no `{}` of the same kind, so it cannot be said whether it counts", word.text);
            let problem = Diagnostic::error("not-on-this-call", word.at.0, message);
            self.problems.push(problem.help("write `, not counting this one`, or test a fact that the call has too"));
            return None;
        }
        Some(field)
    }

    /// Whether a record's field and a fact of the call can be the same.
    pub(super) fn comparable(&self, record: RecordId, field: FieldId, fact: FactId) -> bool {
        let vocabulary = &self.policy.vocabulary;
        let field = vocabulary.records.get(record.index()).and_then(|record| record.fields.get(field.index()));
        let fact = vocabulary.call.get(fact.index());
        match (field.map(|field| &field.ty), fact.map(|fact| &fact.ty)) {
            (Some(Type::Identity { kind: one, .. }), Some(Type::Identity { kind: other, .. })) => one == other,
            (Some(Type::Choice { values: one, .. }), Some(Type::Choice { values: other, .. })) => one == other,
            _ => false,
        }
    }

    /// A rule must not look further back than its source reaches.
    pub(super) fn check_reach(&mut self, record: RecordId, length: Length, place: &tree::LengthRef) {
        let zone = &self.policy.zone;
        let Some(record) = self.policy.vocabulary.records.get(record.index()) else { return };
        let Some(kept) = record.kept_for.filter(|kept| !length.never_longer_than(*kept, zone)) else { return };
        let span = match place {
            tree::LengthRef::Length(length) => length.at.0,
            tree::LengthRef::Name(word) => word.at.0,
        };
        let plural = &record.plural;
        let message = if kept.never_longer_than(length, zone) {
            format!("this looks back {length}, but {plural} are kept for {kept}")
        } else {
            format!("{length} can be longer than the {kept} for which {plural} are kept")
        };
        let problem = Diagnostic::error("out-of-reach", span, message);
        self.problems.push(problem.help("records further back would be missing, and the count would be too low"));
    }
}

/// Adds a test with the preposition that it was written with.
fn add_same(selection: &mut Selection, preposition: &str, test: Condition) {
    selection.said.same.push((selection.tests.len(), preposition.to_owned()));
    selection.tests.push(test);
}

/// How many tests a selection carries, with those of the records it counts from.
fn weight(selection: &Selection) -> usize {
    let since = selection.since.iter().map(|since| match since {
        Since::Instant(_) | Since::Midnight => 1,
        Since::Record { of, .. } => 1 + weight(of),
    });
    selection.tests.len() + selection.windows.len() + since.sum::<usize>()
}

/// The fields of the record itself that a test asks about.
fn fields_of(condition: &Condition) -> Vec<FieldId> {
    let of = |subject: &Subject| match subject {
        Subject::Field(field) => Some(*field),
        Subject::Through { link, .. } | Subject::Linked { link, .. } => Some(*link),
        _ => None,
    };
    let of_use = |used| match used {
        Use::Part(part, None) => fields_of(part),
        Use::Test(test) => {
            std::iter::once(test.subject).chain(test.predicate.reads()).filter_map(|it| of(&it)).collect()
        }
        _ => Vec::new(),
    };
    condition.uses().into_iter().flat_map(of_use).collect()
}
