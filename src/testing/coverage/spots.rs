//! Tree + Policy -> the places in the text at which something is to be seen, and where it went in the program.

use crate::check::Policy;
use crate::compile::{PolicyLayout, SelectionId, TermId};
use crate::semantics::{Condition, Selection, Subject};
use crate::syntax::tree::{
    self, Amount, ConditionKind as Kind, EffectValue, Item, LengthRef, Meaning, Predicate as Asked, Quantifier,
    RuleLine, Scope, ScoreLine, TrendIs,
};
use crate::text::Span;
use std::collections::BTreeMap;

/// Something that tests are to see.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub at: Span,
    pub what: SpotKind,
}

#[derive(Clone, Debug)]
pub(super) enum SpotKind {
    /// A condition, always known or not.
    Condition {
        term: TermId,
        known: bool,
    },
    /// A question of a form, by its name.
    Question {
        term: TermId,
        name: String,
    },
    /// A scope of a record, such as `by the same caller`, with what a record is called, and with what is said of one that is
    /// so, of one that is not, and of one of which that is not known.
    Scope {
        term: TermId,
        noun: String,
        said: [String; 3],
    },
    /// A setting in a condition: seen when the condition has answered yes and no.
    Threshold {
        setting: String,
        term: TermId,
    },
    /// A setting for how far back: seen when a record lay inside, and another that is the same otherwise lay outside.
    Window {
        setting: String,
        noun: String,
        selection: SelectionId,
    },
    /// A setting in what a rule adds: seen when that rule decides.
    Value {
        setting: String,
        rule: usize,
    },
    Rule {
        name: String,
        rule: usize,
    },
}

/// Finds every spot of a policy among the items of the files that it and its bases are written in.
pub(super) fn spots<'p>(policy: &'p Policy, items: &[&Item], layout: &mut PolicyLayout<'p>) -> Vec<Spot> {
    let groups: BTreeMap<&str, &tree::Selection> = items.iter().copied().filter_map(group).flatten().collect();
    let known = policy.definitions.iter().fold(Vec::new(), |mut known, definition| {
        known.push(is_always_known(&known, &definition.condition));
        known
    });
    let mut finder = SpotFinder { policy, layout, groups, known, spots: Vec::new() };
    for item in items {
        match item {
            Item::Rule(rule) => finder.rule(rule),
            Item::Definition(definition) => {
                if let Meaning::Condition(written) = &definition.meaning
                    && let Some(known) = policy.definitions.iter().find(|it| it.name == definition.name.text)
                {
                    finder.condition(written, &known.condition);
                }
            }
            Item::Score(score) => finder.score(score),
            Item::Addition(addition) => {
                if let Some(rule) = policy.rules.iter().position(|rule| rule.name == addition.rule.text) {
                    finder.addition(addition, rule);
                }
            }
            _ => {}
        }
    }
    finder.spots
}

/// A group of records by its name and by its plural.
fn group(item: &Item) -> Option<Vec<(&str, &tree::Selection)>> {
    let Item::Definition(definition) = item else { return None };
    let Meaning::Records(selection) = &definition.meaning else { return None };
    let plural = definition.plural.as_ref().map(|plural| (plural.text.as_str(), selection));
    Some([(definition.name.text.as_str(), selection)].into_iter().chain(plural).collect())
}

struct SpotFinder<'f, 'p, 't> {
    policy: &'p Policy,
    layout: &'f mut PolicyLayout<'p>,
    groups: BTreeMap<&'t str, &'t tree::Selection>,
    /// Of each definition, whether its answer is always known.
    known: Vec<bool>,
    spots: Vec<Spot>,
}

impl SpotFinder<'_, '_, '_> {
    fn push(&mut self, at: Span, what: SpotKind) {
        self.spots.push(Spot { at, what });
    }

    fn rule(&mut self, item: &tree::RuleItem) {
        let place = item.name.at.0;
        let Some(at) = self.policy.rules.iter().position(|rule| rule.at == place) else { return };
        let Some(rule) = self.policy.rules.get(at) else { return };
        self.push(place, SpotKind::Rule { name: rule.name.clone(), rule: at });
        for line in &item.lines {
            match &line.node {
                RuleLine::When(written) => {
                    rule.ways().iter().take(1).for_each(|own| self.condition(written, &rule.written(own)));
                }
                RuleLine::NotAgain(quiet) => {
                    if let Some(Condition::Presumed(spoken)) = rule.quiet.as_ref().map(|quiet| quiet.condition()) {
                        let term = self.layout.term(&spoken);
                        self.push(quiet.at.0, SpotKind::Condition { term, known: false });
                        self.length(&quiet.within, term);
                    }
                }
                effects => self.effects(effects, at),
            }
        }
    }

    fn addition(&mut self, item: &tree::AdditionItem, rule: usize) {
        let of_rule = self.policy.rules.get(rule);
        let added = of_rule.and_then(|rule| rule.additions.iter().find(|added| added.at == item.rule.at.0));
        for line in &item.lines {
            match &line.node {
                RuleLine::AlsoWhen(written) => {
                    if let (Some(rule), Some(at)) = (of_rule, added.and_then(|added| added.way)) {
                        rule.ways().iter().skip(at).take(1).for_each(|way| self.condition(written, &rule.written(way)));
                    }
                }
                effects => self.effects(effects, rule),
            }
        }
    }

    fn effects(&mut self, line: &RuleLine, rule: usize) {
        let RuleLine::Then(effects) = line else { return };
        for effect in effects {
            let named: Vec<&tree::Word> = match &effect.node.value {
                EffectValue::Words(words) => words.iter().collect(),
                EffectValue::Deadline(tree::Deadline { length: Some(LengthRef::Name(word)), .. }) => vec![word],
                EffectValue::Deadline(_) => Vec::new(),
            };
            for word in named {
                if self.is_setting(&word.text) {
                    self.push(word.at.0, SpotKind::Value { setting: word.text.clone(), rule });
                }
            }
        }
    }

    fn is_setting(&self, name: &str) -> bool {
        self.policy.settings.iter().any(|setting| setting.name == name)
    }

    fn score(&mut self, item: &tree::ScoreItem) {
        let Some(score) = self.policy.scores.iter().find(|score| score.name == item.name.text) else { return };
        let written = item.lines.iter().filter_map(|line| match &line.node {
            ScoreLine::Points(points) => Some(points),
            _ => None,
        });
        for (point, typed) in written.flatten().zip(score.by_line()) {
            match &point.node.when.kind {
                Kind::Answers(each) => typed.iter().for_each(|(_, typed)| self.question(each, typed)),
                _ => typed.iter().for_each(|(_, typed)| self.condition(&point.node.when, typed)),
            }
        }
    }

    /// Walks a condition and what it became side by side.
    fn condition(&mut self, written: &tree::Condition, typed: &Condition) {
        match (&written.kind, typed) {
            (Kind::Group { items, .. }, Condition::All(parts) | Condition::Any(parts)) => {
                items.iter().zip(parts).for_each(|(item, part)| self.condition(&item.node, part));
            }
            (Kind::Group { items, .. }, Condition::Not(inner)) => {
                if let Condition::Any(parts) = &**inner {
                    items.iter().zip(parts).for_each(|(item, part)| self.condition(&item.node, part));
                }
            }
            (Kind::Group { items, group }, Condition::HowMany { of, .. }) => {
                let term = self.layout.term(typed);
                if let tree::Group::HowMany { amount, .. } = group {
                    self.amount(amount, term);
                    let at = match amount {
                        Amount::Number(number) => number.at.0,
                        Amount::Name(word) => word.at.0,
                    };
                    self.push(at, SpotKind::Condition { term, known: false });
                }
                items.iter().zip(of).for_each(|(item, part)| self.condition(&item.node, part));
            }
            (Kind::Chain { items, .. }, Condition::All(parts) | Condition::Any(parts)) => {
                items.iter().zip(parts).for_each(|(item, part)| self.condition(item, part));
            }
            (Kind::Answers(answers), typed) => {
                self.leaf(written, typed);
                let asked = match typed {
                    Condition::Not(inner) => inner,
                    typed => typed,
                };
                if let Condition::All(of) | Condition::Any(of) | Condition::HowMany { of, .. } = asked {
                    of.iter().for_each(|question| self.question(answers, question));
                }
            }
            _ => self.leaf(written, typed),
        }
    }

    fn question(&mut self, answers: &tree::Answers, typed: &Condition) {
        let Condition::Test(test) = typed else { return };
        let Subject::Fact(fact) = test.subject else { return };
        let Some(fact) = self.policy.vocabulary.call.get(fact.index()) else { return };
        let (term, name) = (self.layout.term(typed), fact.name.clone());
        self.push(answers.of.list.at.0, SpotKind::Question { term, name });
    }

    fn leaf(&mut self, written: &tree::Condition, typed: &Condition) {
        // What is presumed is never unknown; what a test must see is the answer that is not there.
        let typed = if let Condition::Presumed(part) = typed { part } else { typed };
        let term = self.layout.term(typed);
        let knowable = is_always_known(&self.known, typed);
        self.push(written.at.0, SpotKind::Condition { term, known: knowable });
        match (&written.kind, typed) {
            (Kind::Count(count), Condition::Count(known)) => {
                if let Quantifier::HowMany { amount, .. } = &count.quantifier {
                    self.amount(amount, term);
                }
                self.selection(&count.of, &known.of);
                if let (Some(follow), Some(by)) = (&count.follow, &known.follow) {
                    self.length(&follow.within, term);
                    self.selection(&follow.by, &by.by);
                }
            }
            (Kind::Answers(answers), _) => {
                if let Some(tree::Group::HowMany { amount, .. }) = &answers.group {
                    self.amount(amount, term);
                }
            }
            (Kind::Latest(latest), Condition::Latest { of, test, .. }) => {
                self.selection(&latest.of, of);
                self.condition(&latest.test, test);
            }
            (Kind::Trend(trend), Condition::Trend { of, .. }) => {
                if let TrendIs::Converging { last } = &trend.is {
                    self.amount(last, term);
                }
                self.selection(&trend.of, of);
            }
            (Kind::Test(test), _) => match &test.predicate {
                Asked::Compare { with, .. } => self.measure(with, term),
                Asked::IncludeHowMany(included) => self.amount(&included.amount, term),
                Asked::Apart(apart) => self.measure(&apart.length, term),
                Asked::Range(range) => {
                    self.measure(&range.from, term);
                    self.measure(&range.to, term);
                }
                Asked::Clock { from, to, .. } => {
                    self.clock(from, term);
                    self.clock(to, term);
                }
                Asked::Within(length) | Asked::WithinNext(length) => self.length(length, term),
                _ => {}
            },
            _ => {}
        }
    }

    fn measure(&mut self, measure: &tree::Measure, term: TermId) {
        if let tree::Measure::Amount(amount) = measure {
            self.amount(amount, term);
        }
    }

    fn amount(&mut self, amount: &Amount, term: TermId) {
        if let Amount::Name(word) = amount
            && self.is_setting(&word.text)
        {
            self.push(word.at.0, SpotKind::Threshold { setting: word.text.clone(), term });
        }
    }

    fn clock(&mut self, clock: &tree::ClockRef, term: TermId) {
        if let tree::ClockRef::Name(word) = clock {
            self.push(word.at.0, SpotKind::Threshold { setting: word.text.clone(), term });
        }
    }

    fn length(&mut self, length: &LengthRef, term: TermId) {
        if let LengthRef::Name(word) = length {
            self.push(word.at.0, SpotKind::Threshold { setting: word.text.clone(), term });
        }
    }

    /// The tests of a selection: first those of the group that it names, then its own.
    fn selection(&mut self, written: &tree::Selection, typed: &Selection) {
        let id = self.layout.selection(typed);
        self.tests(written, &typed.tests, id);
    }

    fn tests(&mut self, written: &tree::Selection, tests: &[Condition], id: SelectionId) {
        let base = self.groups.get(written.noun.text.as_str()).copied();
        let own = own_tests(written);
        let (first, rest) = tests.split_at(tests.len().saturating_sub(own));
        if let Some(base) = base {
            self.tests(base, first, id);
        }
        let mut rest = rest.iter();
        let noun = self.one(&written.noun.text);
        for scope in &written.scopes {
            match scope {
                Scope::InForce(at) => {
                    let said = ["in force", "that is not in force", "of which it is not known whether it is in force"];
                    self.scope(at.0, rest.next(), &noun, said.map(str::to_owned));
                }
                Scope::Same { preposition, name } => {
                    let said = [
                        format!("{preposition} the same {}", name.text),
                        format!("{preposition} another {}", name.text),
                        format!("whose {} is not known", name.text),
                    ];
                    self.scope(name.at.0, rest.next(), &noun, said);
                }
                Scope::Within(LengthRef::Name(word)) => {
                    let (setting, noun) = (word.text.clone(), noun.clone());
                    self.push(word.at.0, SpotKind::Window { setting, noun, selection: id });
                }
                _ => {}
            }
        }
        let rest = rest.as_slice();
        match (written.filter.as_ref().map(|filter| (&filter.kind, filter)), rest) {
            (Some((Kind::Group { group: tree::Group::All, items }, _)), parts) => {
                items.iter().zip(parts).for_each(|(item, part)| self.condition(&item.node, part));
            }
            (Some((Kind::Chain { joiner: tree::Joiner::And, items }, _)), parts) => {
                items.iter().zip(parts).for_each(|(item, part)| self.condition(item, part));
            }
            (Some((_, filter)), [only]) => self.condition(filter, only),
            _ => {}
        }
    }

    fn scope(&mut self, at: Span, test: Option<&Condition>, noun: &str, said: [String; 3]) {
        if let Some(test) = test {
            let term = self.layout.term(test);
            self.push(at, SpotKind::Scope { term, noun: noun.to_owned(), said });
        }
    }

    /// What one of some records is called: `calls` as `call`.
    fn one(&self, noun: &str) -> String {
        let kinds = self.policy.vocabulary.records.iter().map(|kind| (&kind.plural, &kind.name));
        let groups = self.policy.groups.iter().map(|group| (&group.plural, &group.name));
        kinds.chain(groups).find(|(plural, _)| *plural == noun).map_or(noun, |(_, one)| one.as_str()).to_owned()
    }
}

/// How many tests a selection adds to those of its group.
fn own_tests(written: &tree::Selection) -> usize {
    let scopes = written.scopes.iter().filter(|scope| matches!(scope, Scope::InForce(_) | Scope::Same { .. })).count();
    let filter = match written.filter.as_ref().map(|filter| &filter.kind) {
        None => 0,
        Some(Kind::Group { group: tree::Group::All, items }) => items.len(),
        Some(Kind::Chain { joiner: tree::Joiner::And, items }) => items.len(),
        Some(_) => 1,
    };
    scopes + filter
}

/// Whether a condition asks only for the time of the call or of a record, which is always known. Definitions build on those before
/// them, so each is looked at once.
fn is_always_known(known: &[bool], condition: &Condition) -> bool {
    match condition {
        Condition::Test(test) => {
            let timed = |subject: Subject| matches!(subject, Subject::CallTime | Subject::RecordTime);
            timed(test.subject) && test.predicate.reads().all(timed)
        }
        Condition::All(parts) | Condition::Any(parts) => parts.iter().all(|part| is_always_known(known, part)),
        Condition::Not(part) => is_always_known(known, part),
        Condition::Defined(id) => known.get(id.0 as usize) == Some(&true),
        _ => false,
    }
}
