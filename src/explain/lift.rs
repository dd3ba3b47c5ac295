//! Typed conditions -> the sentences that say them: what a policy executes, back in its own language, every setting at
//! its value. Reading and checking the sentences gives the same conditions again (a law in the tests).

use super::document::Piece;
use super::words::Words;
use crate::check::{Definition, Effect, Policy, QuietPeriod, Score};
use crate::model::{Content, FactId, FieldId, Level, RecordId};
use crate::semantics::{Condition, Count, FigureSource, Parameter, ScoreId, ScoreIs, Selection, Since, Subject};
use crate::syntax;
use crate::syntax::tree::{
    self, Amount, Comparison, ConditionKind, EffectValue, Follow, Group, Joiner, Measure, Moment, Quantifier, Scope,
    Word,
};
use crate::syntax::unplaced::{NOWHERE, amount, length_ref, line, text, word};
use crate::text::aloud;

/// Says the parts of one policy.
#[derive(Clone, Copy)]
pub struct Lift<'p> {
    pub(super) policy: &'p Policy,
    pub(super) words: Words,
}

/// Whose fields a bare name means.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Call,
    Record(RecordId),
}

impl<'p> Lift<'p> {
    /// In the very words of the language, so that what is said can be read again.
    pub fn exact(policy: &'p Policy) -> Self {
        Self { policy, words: Words::Exact }
    }

    /// For people: with the force's names for values, and with what is defined elsewhere marked.
    pub(super) fn for_people(policy: &'p Policy) -> Self {
        Self { policy, words: Words::Marked }
    }

    /// What a rule, definition or score asks of a call.
    pub fn condition(&self, condition: &Condition) -> tree::Condition {
        self.at(condition, Place::Call)
    }

    /// Which records a group holds.
    pub fn group(&self, group: &crate::check::RecordGroup) -> tree::Selection {
        self.selection(&group.of, false, Counting::WhereItMatters)
    }

    pub(super) fn at(&self, condition: &Condition, place: Place) -> tree::Condition {
        let kind = match condition {
            Condition::All(parts) => self.list(Group::All, parts, place),
            Condition::Any(parts) => self.list(Group::Any, parts, place),
            Condition::Not(part) => return self.not(part, place),
            Condition::HowMany { comparison, number, of } => {
                let group = Group::HowMany { comparison: *comparison, amount: amount(**number) };
                self.list(group, of, place)
            }
            Condition::Test(test) => ConditionKind::Test(Box::new(self.test(test, place))),
            Condition::Presumed(part) => {
                let mut said = self.at(part, place);
                if let ConditionKind::Test(test) = &mut said.kind {
                    test.or_not_answered = true;
                }
                return said;
            }
            Condition::Count(count) => ConditionKind::Count(Box::new(self.count(count))),
            Condition::Latest { first, of, test } => {
                let test = self.chain(test, Place::Record(of.record));
                let of = self.selection(of, false, Counting::Never);
                ConditionKind::Latest(Box::new(tree::Latest { first: *first, of, test }))
            }
            Condition::Trend { of, trend } => {
                let (is, many) = trend.words();
                ConditionKind::Trend(Box::new(tree::Trend { of: self.selection(of, many, Counting::Never), is }))
            }
            Condition::Defined(id) => {
                let name = self.policy.definition(*id).map_or("", |definition: &Definition| &definition.name);
                ConditionKind::Bare(self.defined(name))
            }
            Condition::Score { score, is } => ConditionKind::Test(Box::new(self.score(*score, is))),
        };
        tree::Condition { kind, at: NOWHERE }
    }

    fn list(&self, group: Group, parts: &[Condition], place: Place) -> ConditionKind {
        if let (Place::Call, Some(answers)) = (place, self.answers(group.clone(), parts)) {
            return answers;
        }
        let items = parts.iter().map(|part| line(self.at(part, place))).collect();
        ConditionKind::Group { group, items }
    }

    /// How long a rule that has spoken does not speak again, as its line says it.
    pub fn not_again(&self, quiet: &QuietPeriod) -> tree::NotAgain {
        let links =
            quiet.links.iter().map(|link| (link.preposition.clone(), word(self.field(quiet.record, link.field))));
        tree::NotAgain { within: length_ref(*quiet.within), links: links.collect(), at: NOWHERE }
    }

    /// `none of` is said of a list, and `is no` of a definition.
    fn not(&self, part: &Condition, place: Place) -> tree::Condition {
        let kind = match part {
            Condition::Any(parts) => self.list(Group::None, parts, place),
            Condition::Defined(id) => {
                let name = self.policy.definition(*id).map_or("", |definition| &definition.name);
                let predicate = tree::Predicate::Is { not: false, word: word("no") };
                let subject = tree::Subject::Own(self.defined(name));
                ConditionKind::Test(Box::new(tree::Test { subject, predicate, or_not_answered: false, at: NOWHERE }))
            }
            other => self.list(Group::None, std::slice::from_ref(other), place),
        };
        tree::Condition { kind, at: NOWHERE }
    }

    /// Tests on one line, joined by `and`s or by `or`s.
    fn chain(&self, condition: &Condition, place: Place) -> tree::Condition {
        let (joiner, parts) = match condition {
            Condition::All(parts) => (Joiner::And, parts),
            Condition::Any(parts) => (Joiner::Or, parts),
            _ => return self.at(condition, place),
        };
        let items = parts.iter().map(|part| self.at(part, place)).collect();
        tree::Condition { kind: ConditionKind::Chain { joiner, items }, at: NOWHERE }
    }

    /// What a count counts, without how many, as people say it: `calls by the same caller within 24 hours`.
    pub fn counted(policy: &Policy, count: &Count) -> String {
        let lift = Lift::for_people(policy);
        let piece = |piece: Piece| match piece {
            Piece::Name { said, .. } => aloud(&said),
            Piece::Text(said) | Piece::Blank(said) => said,
        };
        lift.sentence(&syntax::print_counted(&lift.count_as(count, true))).into_iter().map(piece).collect()
    }

    fn count(&self, count: &Count) -> tree::Count {
        self.count_as(count, count.follow.is_some())
    }

    /// What follows is said on the same line.
    fn count_as(&self, count: &Count, on_a_line: bool) -> tree::Count {
        let quantifier = match (count.comparison, *count.number, count.different) {
            (Comparison::AtLeast, 1, None) => Quantifier::Any,
            (Comparison::Exactly, 0, _) => Quantifier::No,
            (comparison, number, _) => Quantifier::HowMany { comparison, amount: amount(number) },
        };
        let many = count.different.is_some() || !(matches!(quantifier, Quantifier::Any) || *count.number == 1);
        let many = many && !matches!((&quantifier, count.different), (Quantifier::No, None));
        let different =
            count.different.map(|field| word(&self.plural_field(count.of.record, field, *count.number != 1)));
        let follow = count.follow.as_ref().map(|follow| Follow {
            negated: follow.not,
            within: length_ref(*follow.within),
            by: self.follower(follow),
        });
        let of = if on_a_line {
            self.on_a_line(&count.of, many, Counting::Always)
        } else {
            self.selection(&count.of, many, Counting::Always)
        };
        tree::Count { quantifier, different, of, follow }
    }

    fn follower(&self, follow: &crate::semantics::Follow) -> tree::Selection {
        let mut by = self.selection(&follow.by, false, Counting::Always);
        let counting = by.scopes.pop_if(|scope| matches!(scope, Scope::CountingThis(_) | Scope::NotCountingThis(_)));
        for (at, (field, _)) in follow.that.iter().enumerate() {
            let preposition = follow.by.said.that.get(at).map_or("by", String::as_str).to_owned();
            by.scopes.push(Scope::That { preposition, name: word(self.field(follow.by.record, *field)) });
        }
        by.scopes.extend(counting);
        by
    }

    fn score(&self, score: ScoreId, is: &ScoreIs) -> tree::Test {
        let found = self.policy.score(score);
        let name = found.map_or("", |score: &Score| &score.name);
        let bands = |bits: u64| {
            let named = found.into_iter().flat_map(|score| &score.bands).enumerate();
            named.filter(|(at, _)| bits >> at & 1 == 1).map(|(_, band)| word(&band.name)).collect::<Vec<_>>()
        };
        let predicate = match is {
            ScoreIs::Compare(comparison, number) => compared(*comparison, Measure::Amount(amount(**number))),
            ScoreIs::Range { from, to, not: false } if from == to => {
                compared(Comparison::Exactly, Measure::Amount(amount(**from)))
            }
            ScoreIs::Range { from, to, not } => {
                let end = |number: &Parameter<i64>| Measure::Amount(amount(**number));
                tree::Predicate::Range(Box::new(tree::Range { not: *not, from: end(from), to: end(to), at: NOWHERE }))
            }
            ScoreIs::In { bands: bits, not } => match bands(*bits).as_slice() {
                // Less than the lowest band: a sum in no band at all.
                [] => {
                    let lowest = bands(1).pop().unwrap_or_else(|| word(""));
                    compared(Comparison::FewerThan, Measure::Amount(Amount::Name(lowest)))
                }
                [only] => tree::Predicate::Is { not: *not, word: only.clone() },
                several => tree::Predicate::OneOf { not: *not, words: several.to_vec() },
            },
        };
        let subject = tree::Subject::Own(self.defined(name));
        tree::Test { subject, predicate, or_not_answered: false, at: NOWHERE }
    }

    /// What a rule does, in the words of the vocabulary.
    pub fn effect(&self, effect: &Effect) -> tree::Effect {
        let (id, value) = match effect {
            Effect::Raise { outcome, level } => (*outcome, EffectValue::Words(self.values(*outcome, level))),
            Effect::RaiseTo { outcome, fact } => (*outcome, EffectValue::Words(vec![word(self.fact(*fact))])),
            Effect::Figure { outcome, of } => {
                let of = match of {
                    FigureSource::Fact(fact) => word(self.fact(*fact)),
                    other => self.defined(self.policy.source_name(*other).unwrap_or("")),
                };
                (*outcome, EffectValue::Words(vec![of]))
            }
            Effect::Deadline { outcome, length, after, calendar, end_of_day } => {
                let after = Moment::Subject(self.subject(*after, Place::Call));
                let calendar = calendar.and_then(|at| self.policy.calendars.get(at));
                let calendar = calendar.map(|calendar| self.defined(&calendar.name));
                let length = (!end_of_day || length.amount > 0).then(|| length_ref(*length));
                let deadline = tree::Deadline { length, after, calendar, end_of_day: *end_of_day };
                (*outcome, EffectValue::Deadline(deadline))
            }
        };
        let phrase = self.policy.vocabulary.outcomes.get(id.index()).map_or("", |outcome| &outcome.phrase);
        tree::Effect { phrase: text(phrase), value }
    }

    fn values(&self, outcome: crate::model::OutcomeId, level: &Level) -> Vec<Word> {
        let Some(kind) = self.policy.vocabulary.outcomes.get(outcome.index()).map(|outcome| &outcome.kind) else {
            return Vec::new();
        };
        if let Content::Number(Some(number)) = level.content() {
            return vec![word(&number.to_string())];
        }
        let said = |at: u16| Some(self.words.value(kind.value(at)?, || self.policy.said(outcome, at)));
        level.values().filter_map(said).map(|value| word(&value)).collect()
    }
}

/// Whether a selection says that this call counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    /// Wherever calls are counted.
    Always,
    /// Where it is otherwise than in the group.
    WhereItMatters,
    Never,
}

impl Lift<'_> {
    /// Some records, in the plural where several are counted.
    fn selection(&self, selection: &Selection, many: bool, counting: Counting) -> tree::Selection {
        let said = self.on_a_line(selection, many, counting);
        let filter = said.filter.map(|filter| if self.words == Words::Marked { as_list(filter) } else { filter });
        tree::Selection { filter, ..said }
    }

    /// Some records, with plain tests on the same line.
    fn on_a_line(&self, selection: &Selection, many: bool, counting: Counting) -> tree::Selection {
        let group = selection.said.group.as_deref().and_then(|name| self.policy.group(name));
        let given = group.map_or((0, 0, 0, false), |group| {
            let of = &group.of;
            (of.tests.len(), of.windows.len(), of.since.len(), of.this_call)
        });
        let (tests, windows, since, counted) = given;
        let mut scopes = Vec::new();
        let mut filtered = tests;
        for (at, test) in selection.tests.iter().enumerate().skip(tests) {
            match self.scope(selection, at, test) {
                Some(scope) if at == filtered => scopes.push(scope),
                _ => break,
            }
            filtered = at + 1;
        }
        scopes.extend(selection.windows.iter().skip(windows).map(|length| Scope::Within(length_ref(**length))));
        scopes.extend(selection.since.iter().skip(since).map(|since| self.since(since)));
        let is_call = self.policy.vocabulary.records.get(selection.record.index()).is_some_and(|kind| kind.is_call);
        let said = match counting {
            Counting::Always => is_call,
            Counting::WhereItMatters => selection.this_call != counted,
            Counting::Never => false,
        };
        if said {
            scopes.push(match selection.this_call {
                true => Scope::CountingThis(NOWHERE),
                false => Scope::NotCountingThis(NOWHERE),
            });
        }
        let filter = self.filter(selection.tests.get(filtered..).unwrap_or_default(), selection.record);
        tree::Selection { noun: self.noun(selection, many), scopes, filter }
    }

    /// The test of a selection as `by the same caller` or `in force`, if that is what it says.
    fn scope(&self, selection: &Selection, at: usize, test: &Condition) -> Option<Scope> {
        use crate::semantics::predicates::{InForce, Same};
        use crate::semantics::{Predicate, Test};
        match test {
            Condition::Test(Test {
                subject: Subject::Record(_),
                predicate: Predicate::InForce(InForce { not: false }),
            }) => Some(Scope::InForce(NOWHERE)),
            Condition::Test(Test {
                subject: Subject::Field(field),
                predicate: Predicate::Same(Same { not: false, .. }),
            }) => {
                let (_, preposition) = selection.said.same.iter().find(|(same, _)| *same == at)?;
                let name = word(self.field(selection.record, *field));
                Some(Scope::Same { preposition: preposition.clone(), name })
            }
            _ => None,
        }
    }

    fn since(&self, since: &Since) -> Scope {
        match since {
            Since::Midnight => Scope::SinceMidnight(NOWHERE),
            Since::Instant(instant) => Scope::SinceDate(self.policy.zone.date(*instant), NOWHERE),
            Since::Record { first, of } => {
                let said = self.selection(of, false, Counting::Never);
                let link = |scope| match scope {
                    Scope::Same { preposition, name } => Some((preposition, name)),
                    _ => None,
                };
                let links = said.scopes.into_iter().filter_map(link).collect();
                Scope::SinceRecord { first: *first, noun: said.noun, links }
            }
        }
    }

    /// The tests after `where`: on the line if they are plain, else as a list.
    fn filter(&self, tests: &[Condition], record: RecordId) -> Option<tree::Condition> {
        let place = Place::Record(record);
        let plain = |tests: &[Condition]| tests.iter().all(|test| matches!(test, Condition::Test(_)));
        match tests {
            [] => None,
            [Condition::Any(parts)] if parts.len() > 1 && plain(parts) => {
                Some(self.chain(&Condition::Any(parts.clone()), place))
            }
            [only] if !matches!(only, Condition::All(_)) => Some(self.at(only, place)),
            several if plain(several) => Some(self.chain(&Condition::All(several.to_vec()), place)),
            several => Some(self.at(&Condition::All(several.to_vec()), place)),
        }
    }

    fn noun(&self, selection: &Selection, many: bool) -> Word {
        let kind = self.policy.vocabulary.records.get(selection.record.index());
        let Some(group) = selection.said.group.as_deref().and_then(|name| self.policy.group(name)) else {
            let name = kind.map_or("", |kind| if many { &kind.plural } else { &kind.name });
            return word(name);
        };
        self.defined(if many && self.is_plural_of_one(&group.plural) { &group.plural } else { &group.name })
    }

    /// Whether a plural means one group, and nothing else.
    fn is_plural_of_one(&self, plural: &str) -> bool {
        let vocabulary = &self.policy.vocabulary;
        let groups = self.policy.groups.iter();
        vocabulary.record(plural).or_else(|| vocabulary.record_by_plural(plural)).is_none()
            && !self.policy.definitions.iter().any(|definition| definition.name == plural)
            && groups.filter(|group| group.plural == plural || group.name == plural).count() == 1
    }

    /// The plural of a field's name, where it is read as that field again.
    fn plural_field(&self, record: RecordId, field: FieldId, many: bool) -> String {
        let name = self.field(record, field);
        let plural = format!("{name}{}", if name.ends_with(['s', 'x']) || name.ends_with("ch") { "es" } else { "s" });
        let kind = self.policy.vocabulary.records.get(record.index());
        let taken = kind.is_some_and(|kind| {
            kind.fields
                .iter()
                .any(|other| plural.trim_end_matches('s') == other.name.trim_end_matches('s') && other.name != name)
        });
        if many && !taken { plural } else { name.to_owned() }
    }

    pub(super) fn fact(&self, fact: FactId) -> &str {
        self.policy.vocabulary.call.get(fact.index()).map_or("", |fact| &fact.name)
    }

    pub(super) fn field(&self, record: RecordId, field: FieldId) -> &str {
        let kind = self.policy.vocabulary.records.get(record.index());
        kind.and_then(|kind| kind.fields.get(field.index())).map_or("", |field| &field.name)
    }

    /// A name that the policy gives something.
    pub(super) fn defined(&self, name: &str) -> Word {
        word(&self.words.defined(name))
    }
}

/// A list in the place of more than two tests on one line, which nobody takes in at once.
fn as_list(filter: tree::Condition) -> tree::Condition {
    let tree::Condition { kind: ConditionKind::Chain { joiner, items }, at } = filter else { return filter };
    if items.len() < 3 {
        return tree::Condition { kind: ConditionKind::Chain { joiner, items }, at };
    }
    let group = match joiner {
        Joiner::And => Group::All,
        Joiner::Or => Group::Any,
    };
    let items = items.into_iter().map(line).collect();
    tree::Condition { kind: ConditionKind::Group { group, items }, at }
}

fn compared(comparison: Comparison, with: Measure) -> tree::Predicate {
    tree::Predicate::Compare { comparison, with, ago: false }
}
