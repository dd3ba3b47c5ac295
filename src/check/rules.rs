//! Checks rules: their condition, what they raise, and the reason they give.

use super::names::{Checker, Lookup, NameScope};
use super::once::{Once, no_effect};
use super::policy::{Dated, Effect, ReasonPart, Rule, SettingValue, whole_day};
use super::symbols::{Namespace, Symbol, SymbolKind};
use crate::model::{FactId, Field, Outcome, OutcomeId, OutcomeKind, Type};
use crate::semantics::{Condition, Count, Subject};
use crate::syntax;
use crate::syntax::tree::{self, Comparison, EffectValue, Line, Moment, RuleItem, RuleLine, Text};
use crate::text::{Diagnostic, Span, joined, nearest, with_article};
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// A count of the rule's own condition, with the noun that it was written with.
pub(super) struct Counted<'t> {
    noun: &'t str,
    count: Cow<'t, Count>,
}

/// What a rule's own condition counts.
#[derive(Default)]
pub(super) struct OwnCounts<'t> {
    pub records: Vec<Counted<'t>>,
    /// The questions of which it counts those that are answered yes.
    pub questions: Vec<&'t tree::QuestionsOf>,
}

impl<'a> Checker<'a, '_> {
    pub(super) fn check_rules(&mut self, rules: &[(&str, &'a RuleItem)]) {
        self.policy.rules.reserve(rules.len());
        for (policy, item) in rules {
            if !self.declare_rule(policy, &item.name) {
                continue;
            }
            let rule = self.rule(policy, item);
            self.policy.rules.extend(rule);
        }
    }

    fn declare_rule(&mut self, policy: &str, name: &tree::Word) -> bool {
        let rank = self.ranks.of_policy(policy);
        let (kind, at) = (SymbolKind::Rule, Some(name.at.0));
        let symbol = Symbol { kind, name: name.text.clone(), at, rank };
        let Some(problem) = self.symbols.declare(Namespace::Rules, symbol) else { return true };
        let of_base = self.policy.rules.iter().any(|rule| rule.name == name.text && *rule.policy != *policy);
        self.problems.push(match of_base {
            true => problem.help(format!("to add to the base's rule write `add to {}`", name.text)),
            false => problem,
        });
        false
    }

    fn rule(&mut self, policy: &str, item: &'a RuleItem) -> Option<Rule> {
        self.check_lines(item);
        let mut rule = Rule {
            name: item.name.text.clone(),
            title: item.title.as_ref().map_or(&item.name.text, |title| &title.value).as_str().into(),
            when: Condition::All(Vec::new()),
            presumed: false,
            from: None,
            until: None,
            dated: None,
            trial: false,
            may_be_suspended: false,
            may_be_widened: false,
            suspension: None,
            quiet: None,
            effects: Arc::default(),
            additions: Vec::new(),
            because: Vec::new(),
            sources: Vec::new(),
            policy: policy.into(),
            at: item.name.at.0,
        };
        let mut whole = true;
        let mut conditions = Vec::new();
        let mut added = Vec::new();
        for line in &item.lines {
            match &line.node {
                RuleLine::When(condition) => match self.condition(condition, NameScope::Call) {
                    Some(typed) => conditions.push((condition, typed)),
                    None => whole = false,
                },
                RuleLine::Then(effects) => match self.effects(effects) {
                    Some(effects) => added.extend(effects),
                    None => whole = false,
                },
                RuleLine::AppliesUnlessKnownOtherwise => rule.presumed = true,
                RuleLine::OnTrial => rule.trial = true,
                RuleLine::MayBeSuspended => rule.may_be_suspended = true,
                RuleLine::MayBeWidened => rule.may_be_widened = true,
                RuleLine::InForce { from, until, by } => {
                    let from = from.map(|date| whole_day(&self.policy.zone, date));
                    let until = until.map(|date| whole_day(&self.policy.zone, date));
                    if from.zip(until).is_some_and(|(from, until)| from > until) {
                        let problem = Diagnostic::error("bad-range", line.at.0, "this rule ends before it begins");
                        self.problems.push(problem.help("name the earlier day first"));
                    }
                    match by {
                        None => (rule.from, rule.until) = (from.map(|day| day.0), until.map(|day| day.1)),
                        Some(word) => match self.dated_by(word) {
                            Some(by) => rule.dated = Some(Dated { by, from, until }),
                            None => whole = false,
                        },
                    }
                }
                RuleLine::Source(text) => rule.sources.push(text.value.as_str().into()),
                RuleLine::NotAgain(line) => match self.quiet_period(&item.name, line) {
                    Some(period) => rule.quiet = Some(Box::new(period)),
                    None => whole = false,
                },
                RuleLine::Because(_) | RuleLine::AlsoWhen(_) | RuleLine::Help(_) => {}
            }
        }
        rule.effects = added.into();
        // A reason that names the counts of a condition which is itself wrong would only repeat the complaint.
        whole &= !self.lost.anything_under(item.name.at.0);
        let mut counted = OwnCounts::default();
        for (written, typed) in &conditions {
            Self::own_counts(written, typed, &mut counted);
        }
        for line in item.lines.iter().filter(|_| whole) {
            if let RuleLine::Because(text) = &line.node {
                rule.because = self.because(text, &counted).unwrap_or_default();
            }
        }
        if let Some((_, when)) = conditions.pop() {
            rule.when = rule.limited(when);
            let written: Vec<&Line<tree::Effect>> = effects_of(&item.lines).collect();
            self.report_never_quiet(&rule, &written, &rule.effects);
        }
        whole.then_some(rule)
    }

    /// The time by which a rule is in force, which is among the facts of the call.
    fn dated_by(&mut self, word: &tree::Word) -> Option<FactId> {
        let fact = self.policy.vocabulary.fact(&word.text);
        let is_time = |field: &Field| matches!(field.ty, Type::Time { .. });
        let times = self.policy.vocabulary.call.iter().filter(|field| is_time(field));
        let near = nearest(&word.text, times.map(|field| field.name.as_str())).map(str::to_owned);
        let declared = fact.and_then(|fact| self.policy.vocabulary.call.get(fact.index()));
        if declared.is_some_and(is_time) {
            return fact;
        }
        if self.lost.name(&word.text) {
            return None;
        }
        let message = format!("`{}` is not a time among the facts of the call", word.text);
        let problem = Diagnostic::error("not-a-time", word.at.0, message).suggest(near.as_deref());
        self.problems.push(problem.help(
            "name the time by which the guidance applies, such as when the order was made; without `, by …` it is the time of the call",
        ));
        None
    }

    /// Says which lines a rule lacks, or has twice.
    fn check_lines(&mut self, item: &RuleItem) {
        let missing = [
            ("when", "say when it applies: `when …`"),
            ("then", "say what follows: `then grade at least …`"),
            ("because", "give the reason that people will read: `because \"…\"`"),
            ("source", "name the guidance or law that it carries out: `source \"…\"`"),
        ];
        let mut once = Once::under("this rule");
        self.check_each_once(&item.lines, &mut once);
        let lost = |name: &str| self.lost.line_under(item.name.at.0, name);
        let missing: Vec<(&str, &str)> =
            missing.into_iter().filter(|(name, _)| !once.has(name) && !lost(name)).collect();
        self.report_missing(item.name.at.0, &format!("rule `{}`", item.name.text), &missing);
    }

    /// Reports the lines that something lacks, each with what to write.
    pub(super) fn report_missing(&mut self, at: Span, of: &str, missing: &[(&str, &str)]) {
        if missing.is_empty() {
            return;
        }
        let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
        let problem = Diagnostic::error("line-missing", at, format!("{of} has no {}", joined(&names, "or")));
        self.problems.push(missing.iter().fold(problem, |problem, (_, help)| problem.help(*help)));
    }

    /// Each line of a rule once; but it may have several sources.
    pub(super) fn check_each_once(&mut self, lines: &[Line<RuleLine>], once: &mut Once) {
        for line in lines {
            let at = line.at.0;
            match &line.node {
                RuleLine::Help(_) => {
                    let help =
                        "a rule has one text, which stands after its name; for a remark write a comment with `#`";
                    self.problems.push(no_effect(at, "this text has no effect here").help(help));
                }
                RuleLine::Source(text) => {
                    if !once.has("source") {
                        once.line("source", at, self.problems);
                    }
                    once.text("source", text, at, self.problems);
                }
                other => drop(once.line(line_name(other), at, self.problems)),
            }
            if let RuleLine::Then(effects) = &line.node {
                for effect in effects {
                    once.line(&syntax::print_effect(&effect.node), effect.at.0, self.problems);
                }
            }
        }
    }

    pub(super) fn effects(&mut self, lines: &[Line<tree::Effect>]) -> Option<Vec<Effect>> {
        let effects: Vec<Option<Effect>> = lines.iter().map(|line| self.effect(&line.node)).collect();
        effects.into_iter().collect()
    }

    fn effect(&mut self, effect: &tree::Effect) -> Option<Effect> {
        let outcomes = Rc::clone(&self.outcomes);
        let mut numbered = (0..).map(OutcomeId).zip(outcomes.iter());
        let said = |(_, outcome): &(OutcomeId, &Outcome)| same_but_for_capitals(&outcome.phrase, &effect.phrase.value);
        let Some((id, outcome)) = numbered.find(said).filter(|_| !effect.phrase.value.is_empty()) else {
            return self.report_no_effect(effect);
        };
        match (outcome.kind.takes_time(), &effect.value) {
            (false, EffectValue::Words(words)) if outcome.kind.numbers().is_some() => {
                self.number_effect(id, outcome, words)
            }
            (true, EffectValue::Deadline(deadline)) => self.deadline(id, deadline),
            (true, EffectValue::Words(_)) => {
                let message = format!("`{}` needs a time", outcome.phrase);
                let help = format!("such as `{} 40 minutes after this call`", outcome.phrase);
                self.problems.push(Diagnostic::error("wrong-kind", effect.phrase.at.0, message).help(help));
                None
            }
            (false, EffectValue::Deadline(_)) => {
                let (what, help) = match outcome.kind.numbers() {
                    Some((from, to)) => ("number", format!("it is followed by a number from {from} to {to} alone")),
                    None => ("value", format!("its values are {}", joined(&outcome.kind.values(), "and"))),
                };
                let message = format!("`{}` takes a {what}, not a time", outcome.phrase);
                self.problems.push(Diagnostic::error("wrong-kind", effect.phrase.at.0, message).help(help));
                None
            }
            (false, EffectValue::Words(words)) => self.raise(id, &outcome.name, &outcome.kind, words),
        }
    }

    fn raise(&mut self, id: OutcomeId, name: &str, kind: &OutcomeKind, words: &[tree::Word]) -> Option<Effect> {
        let values = kind.values();
        let words: Vec<tree::Word> = words.iter().map(|word| self.setting_word(word)).collect();
        if let (Some(_), [word]) = (kind.scale(), words.as_slice())
            && let Some(fact) = self.fact_of_values(word, &values)
        {
            return Some(Effect::RaiseTo { outcome: id, fact });
        }
        if let (false, Some(extra)) = (kind.takes_several(), words.get(1)) {
            let message = format!("`{name}` takes one value");
            self.problems.push(Diagnostic::error("wrong-kind", extra.at.0, message).help("leave the others out"));
            return None;
        }
        Some(Effect::Raise { outcome: id, level: kind.level_of(self.bits_in(name, &values, &words)?)? })
    }

    /// The fact of the call that is a choice of just these values, unless the word is itself one of them.
    fn fact_of_values(&self, word: &tree::Word, wanted: &[&str]) -> Option<FactId> {
        let fact = self.policy.vocabulary.fact(&word.text).filter(|_| !wanted.contains(&word.text.as_str()))?;
        match &self.policy.vocabulary.call.get(fact.index())?.ty {
            Type::Choice { values, .. } if values.iter().eq(wanted) => Some(fact),
            _ => None,
        }
    }

    pub(super) fn moment(&mut self, moment: &Moment) -> Option<Subject> {
        match moment {
            Moment::Subject(tree::Subject::ThisCall(_)) => Some(Subject::CallTime),
            Moment::Subject(tree::Subject::Own(word) | tree::Subject::ThisCalls(word)) => {
                let fact = self.policy.vocabulary.fact(&word.text);
                let ty = fact.and_then(|fact| self.policy.vocabulary.call.get(fact.index())).map(|fact| &fact.ty);
                match (fact, ty) {
                    (Some(fact), Some(Type::Time { .. })) => Some(Subject::Fact(fact)),
                    _ => {
                        let times =
                            self.policy.vocabulary.call.iter().filter(|fact| matches!(fact.ty, Type::Time { .. }));
                        let near = nearest(&word.text, times.map(|fact| fact.name.as_str())).map(str::to_owned);
                        let problem = Diagnostic::error(
                            "not-a-time",
                            word.at.0,
                            format!("`{}` is not a time of this call", word.text),
                        );
                        self.problems.push(
                            problem
                                .suggest(near.as_deref())
                                .help("count from `this call` or from a time among its facts"),
                        );
                        None
                    }
                }
            }
            Moment::Date(_, at) | Moment::Subject(tree::Subject::It(at)) => {
                let problem = Diagnostic::error("not-a-time", at.0, "a deadline is counted from a time of this call");
                self.problems.push(problem.help("such as `40 minutes after this call`"));
                None
            }
            Moment::Subject(tree::Subject::Through { link, .. }) => {
                let problem =
                    Diagnostic::error("not-a-time", link.at.0, "a deadline is counted from a time of this call");
                self.problems.push(problem.help("such as `40 minutes after this call`"));
                None
            }
        }
    }

    /// The counts that stand in the rule's own condition, in its order.
    pub(super) fn own_counts<'t>(written: &'t tree::Condition, typed: &'t Condition, found: &mut OwnCounts<'t>) {
        use tree::ConditionKind as K;
        let of = |selection: &Arc<crate::semantics::Selection>| Count {
            comparison: Comparison::AtLeast,
            number: 1.into(),
            different: None,
            of: Arc::clone(selection),
            follow: None,
        };
        match (&written.kind, typed) {
            (
                K::Group { items, .. },
                Condition::All(parts) | Condition::Any(parts) | Condition::HowMany { of: parts, .. },
            ) => {
                for (item, part) in items.iter().zip(parts) {
                    Self::own_counts(&item.node, part, found);
                }
            }
            (K::Chain { items, .. }, Condition::All(parts) | Condition::Any(parts)) => {
                for (item, part) in items.iter().zip(parts) {
                    Self::own_counts(item, part, found);
                }
            }
            (K::Answers(answers), _) => found.questions.push(&answers.of),
            (K::Count(tree), Condition::Count(count)) => {
                found.records.push(Counted { noun: &tree.of.noun.text, count: Cow::Borrowed(count) });
            }
            (written, typed) => {
                if let Some((written, typed)) = written.of().zip(typed.of()) {
                    found.records.push(Counted { noun: &written.noun.text, count: Cow::Owned(of(typed)) });
                }
            }
        }
    }

    /// Whether a reason may name what is counted so.
    fn is_called(&self, counted: &Counted<'_>, noun: &str) -> bool {
        let record = self.policy.vocabulary.records.get(counted.count.of.record.index());
        counted.noun == noun || record.is_some_and(|record| record.name == noun || record.plural == noun)
    }

    /// Cuts a reason at its `{…}`.
    pub(super) fn because(&mut self, text: &Text, own: &OwnCounts<'_>) -> Option<Vec<ReasonPart>> {
        let mut pieces = Vec::new();
        let mut rest = text.value.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let before_length = text.value.len() - after.len() - 1;
            let Some((name, after)) = after.split_once('}') else {
                let span = place(text, before_length, 1);
                let problem = Diagnostic::error("bad-placeholder", span, "this `{` is never closed by `}`");
                self.problems.push(problem.help("close it, as in `{count}`"));
                return None;
            };
            if !before.is_empty() {
                pieces.push(ReasonPart::Text(before.into()));
            }
            let span = place(text, before_length, name.len() + 2);
            pieces.push(self.placeholder(name.trim(), span, own)?);
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(ReasonPart::Text(rest.into()));
        }
        Some(pieces)
    }

    fn placeholder(&mut self, name: &str, span: Span, own: &OwnCounts<'_>) -> Option<ReasonPart> {
        let (name, forms) = match name.split_once(':') {
            Some((name, forms)) => (name.trim(), forms.split_once(',')),
            None => (name, None),
        };
        let forms = forms.map(|(one, more)| Arc::new((one.trim().to_owned(), more.trim().to_owned())));
        let (what, noun) = match name.split_once(" of ") {
            Some((what, noun)) => (what.trim(), Some(noun.trim())),
            None => (name, None),
        };
        if what == "count"
            && let Some(asked) = self.questions_in_a_reason(noun, span, own)
        {
            return Some(ReasonPart::Answers(asked.ok()?, forms));
        }
        if what == "count" {
            return self.counted(name, noun, span, own).map(|count| ReasonPart::Count(count, forms));
        }
        let wrap: Option<fn(Count) -> ReasonPart> = match what {
            "ids" => Some(ReasonPart::Ids),
            "latest" => Some(ReasonPart::Latest),
            _ => None,
        };
        if let Some(wrap) = wrap {
            return self.counted(name, noun, span, own).map(wrap);
        }
        if let Some((noun, field)) = name.split_once("'s ") {
            return self.counted_field(name, noun.trim(), field.trim(), span, own);
        }
        if let Some(value) = self.setting_value(name) {
            let words = match value {
                SettingValue::Number { number, .. } => number.to_string(),
                other => other.to_string(),
            };
            return Some(ReasonPart::Text(words.into()));
        }
        if let Some(fact) = self.policy.vocabulary.fact(name) {
            return Some(ReasonPart::Fact(fact));
        }
        let found = self.look_up(name, Some(span));
        if let Some(Lookup::Score(score)) = found {
            return Some(ReasonPart::Score(score));
        }
        let settings = self.policy.settings.iter().map(|setting| setting.name.as_str());
        let facts = self.policy.vocabulary.call.iter().map(|fact| fact.name.as_str());
        let near = nearest(name, ["count", "ids", "latest"].into_iter().chain(settings).chain(facts));
        let problem = Diagnostic::error("bad-placeholder", span, format!("`{{{name}}}` cannot be filled in"));
        let problem = match (found, near) {
            (Some(Lookup::Table(_)), _) => problem
                .help("what a table gives stands on the page beside its outcome; name here what the table goes by"),
            (_, Some(near)) => problem.help(format!("did you mean `{{{near}}}`?")),
            (_, None) => problem,
        };
        if self.lost.name(name) {
            return None;
        }
        self.problems.push(problem.help("between `{` and `}` stands `count`, `ids`, `latest`, a field as in `order's kind`, a setting, a fact of the call or a score"));
        None
    }

    /// `{order's kind}`: a field of the latest of the orders counted.
    fn counted_field(
        &mut self,
        name: &str,
        noun: &str,
        field: &str,
        span: Span,
        own: &OwnCounts<'_>,
    ) -> Option<ReasonPart> {
        let count = self.counted(name, Some(noun), span, own)?;
        let kind = self.policy.vocabulary.records.get(count.of.record.index())?;
        let Some(id) = kind.field(field) else {
            let near = nearest(field, kind.fields.iter().map(|field| field.name.as_str()));
            let problem = Diagnostic::error("bad-placeholder", span, format!("a {} has no field `{field}`", kind.name));
            self.problems.push(match near {
                Some(near) => problem.help(format!("did you mean `{{{noun}'s {near}}}`?")),
                None => problem,
            });
            return None;
        };
        Some(ReasonPart::Field(count, id))
    }

    fn counted(&mut self, name: &str, noun: Option<&str>, span: Span, own: &OwnCounts<'_>) -> Option<Count> {
        let counted = own.records.as_slice();
        let mut fitting = counted.iter().filter(|counted| noun.is_none_or(|noun| self.is_called(counted, noun)));
        let first = fitting.next();
        match (first, fitting.next()) {
            (Some(only), None) => Some(only.count.clone().into_owned()),
            // Two counts of the same records: the first of them is meant, and its records are the same.
            (Some(first), Some(other)) if first.count.of == other.count.of => Some(first.count.clone().into_owned()),
            (Some(first), Some(_)) => {
                let mut nouns: Vec<&str> = counted.iter().map(|counted| counted.noun).collect();
                nouns.sort_unstable();
                nouns.dedup();
                let message = format!("`{{{name}}}` could be any of several counts in this rule");
                let problem = Diagnostic::error("bad-placeholder", span, message);
                let alone = noun.is_none()
                    && nouns
                        .iter()
                        .all(|noun| counted.iter().filter(|counted| self.is_called(counted, noun)).count() == 1);
                let choices: Vec<String> = nouns.iter().map(|noun| format!("{{{name} of {noun}}}")).collect();
                let help = match alone {
                    true => format!("say which: {}", joined(&choices, "or")),
                    false => {
                        let kind = self.policy.vocabulary.records.get(first.count.of.record.index());
                        let kind = kind.map_or("record", |kind| kind.name.as_str());
                        format!(
                            "to tell them apart give the records of one a name, as in `define NAME as {} where …`, count `NAME` in the condition, and name it here",
                            with_article(kind)
                        )
                    }
                };
                self.problems.push(problem.help(help));
                None
            }
            (None, _) => {
                let message = match noun {
                    Some(noun) => format!("this rule's own conditions do not count `{noun}`"),
                    None => "this rule's own conditions do not count anything".to_owned(),
                };
                let problem = Diagnostic::error("bad-placeholder", span, message);
                self.problems.push(
                    problem.help("counts inside a definition have no number here; write the count in the rule itself"),
                );
                None
            }
        }
    }
}

/// Every effect that the lines of a rule or an addition name.
pub(super) fn effects_of(lines: &[Line<RuleLine>]) -> impl Iterator<Item = &Line<tree::Effect>> {
    let then = lines.iter().filter_map(|line| match &line.node {
        RuleLine::Then(effects) => Some(effects),
        _ => None,
    });
    then.flatten()
}

/// For a force's own word where a rule must say a value.
pub(super) fn not_the_vocabularys_word(at: Span, called: &str, value: &str) -> Diagnostic {
    let message = format!("`{called}` is this force's word for `{value}`");
    Diagnostic::error("unknown-value", at, message)
        .help(format!("rules are written in the vocabulary's words: write `{value}`"))
}

fn same_but_for_capitals(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return one.eq_ignore_ascii_case(other);
    }
    one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}

/// The place of a stretch of a text's value, where the text stands as it was written; else the place of the text.
fn place(text: &Text, start: usize, length: usize) -> Span {
    let whole = text.at.0;
    let inside = whole.range().len().checked_sub(2);
    if inside != Some(text.value.len()) {
        return whole;
    }
    let start = whole.range().start + 1 + start;
    Span::new(whole.source, start, start + length)
}

fn line_name(line: &RuleLine) -> &'static str {
    match line {
        RuleLine::Help(_) => "help",
        RuleLine::InForce { .. } => "in force",
        RuleLine::OnTrial => "on trial",
        RuleLine::MayBeSuspended => "may be suspended",
        RuleLine::MayBeWidened => "may be widened",
        RuleLine::When(_) => "when",
        RuleLine::AlsoWhen(_) => "also when",
        RuleLine::AppliesUnlessKnownOtherwise => "applies unless known otherwise",
        RuleLine::NotAgain(_) => "not again",
        RuleLine::Then(_) => "then",
        RuleLine::Because(_) => "because",
        RuleLine::Source(_) => "source",
    }
}
