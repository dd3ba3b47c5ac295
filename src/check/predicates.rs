//! Type-checks tests of one value, such as `injury is serious`: which value is asked, and whether its type has such a question.

use super::names::{Checker, Lookup, NameScope};
use super::once::no_effect;
use super::policy::{SettingValue, whole_day};
use super::rules::not_the_vocabularys_word;
use crate::model::{IdentityKind, Type};
use crate::semantics::predicates::{
    self, Ago, Calendar, Compare, Day, Exclude, InForce, Include, Is, IsNone, Mention, OneOf, Passed, Same, ToCome,
    Weekday, Within, WithinNext,
};
use crate::semantics::{Condition, Parameter, Predicate, Subject, Test};
use crate::syntax::tree::{self, Amount, ClockEnd, Comparison, Measure, Moment, Word};
use crate::text::{Code, Diagnostic, Span, joined, nearest, with_article};
use std::collections::{BTreeMap, BTreeSet};

/// A subject with what is known of it.
pub(super) struct Asked {
    pub subject: Subject,
    pub ty: Type,
    /// As the author wrote it.
    pub words: String,
    pub at: Span,
}

impl Checker<'_, '_> {
    pub(super) fn test(&mut self, test: &tree::Test, place: NameScope) -> Option<Condition> {
        if let (tree::Subject::Own(word), NameScope::Call) = (&test.subject, place)
            && self.policy.vocabulary.fact(&word.text).is_none()
        {
            if self.report_questions(word) {
                return None;
            }
            match self.look_up(&word.text, Some(word.at.0)) {
                Some(Lookup::Condition(id)) => {
                    return self.definition_test(word, Condition::Defined(id), &test.predicate);
                }
                Some(Lookup::Score(id)) => return self.score_test(word, id, &test.predicate),
                Some(Lookup::Table(_)) => return self.asked_of_a_table(word),
                Some(Lookup::Group(_)) => {
                    let message = format!("`{}` is a group of records, not a fact", word.text);
                    let help = format!("write `in the latest {}, …`, or count them: `any {} …`", word.text, word.text);
                    self.problems.push(Diagnostic::error("not-a-fact", word.at.0, message).help(help));
                    return None;
                }
                Some(_) => return None,
                None => {}
            }
        }
        let asked = self.asked(&test.subject, place)?;
        let predicate = self.predicate(&asked, &test.predicate, test.at.0, place)?;
        let subject = match (&predicate, asked.subject, &asked.ty) {
            (Predicate::InForce(_), Subject::Field(link), Type::Link { record }) => {
                Subject::Linked { link, record: *record }
            }
            _ => asked.subject,
        };
        Some(Condition::Test(Test { subject, predicate }))
    }

    fn definition_test(&mut self, word: &Word, condition: Condition, predicate: &tree::Predicate) -> Option<Condition> {
        match predicate {
            tree::Predicate::Is { not: false, word: answer } if answer.text == "yes" => Some(condition),
            tree::Predicate::Is { not: false, word: answer } if answer.text == "no" => {
                Some(Condition::Not(Box::new(condition)))
            }
            tree::Predicate::Is { word: answer, .. } if asks_whether_known(&answer.text) => {
                self.problems.push(whether_known(&word.text, word.at.0));
                None
            }
            _ => {
                let message = format!("`{}` is a definition: it can only be yes or no", word.text);
                let help = format!("write `{}` alone, or `{} is no`", word.text, word.text);
                self.problems.push(Diagnostic::error("wrong-question", word.at.0, message).help(help));
                None
            }
        }
    }

    /// The value that a subject means at this place.
    pub(super) fn asked(&mut self, subject: &tree::Subject, place: NameScope) -> Option<Asked> {
        match subject {
            tree::Subject::Own(word) => match place {
                NameScope::Call => self.fact(word),
                NameScope::Record { record, this_call } => self.field(word, record, this_call),
            },
            tree::Subject::ThisCalls(word) => self.fact(word),
            tree::Subject::ThisCall(at) => Some(Asked {
                subject: Subject::CallTime,
                ty: Type::Time { or_none: false },
                words: "this call".to_owned(),
                at: at.0,
            }),
            tree::Subject::It(at) => match place {
                NameScope::Record { .. } => Some(Asked {
                    subject: Subject::RecordTime,
                    ty: Type::Time { or_none: false },
                    words: "it".to_owned(),
                    at: at.0,
                }),
                NameScope::Call => {
                    let problem = Diagnostic::error(
                        "it-of-nothing",
                        at.0,
                        "`it` means the record being tested, and there is none here",
                    );
                    self.problems.push(problem.help("for the time of the call write `this call`"));
                    None
                }
            },
            tree::Subject::Through { link, field } => self.through(link, field, place),
        }
    }

    fn fact(&mut self, word: &Word) -> Option<Asked> {
        let found = self.policy.vocabulary.fact(&word.text);
        let ty = found.and_then(|fact| self.policy.vocabulary.call.get(fact.index())).map(|fact| fact.ty.clone());
        if let (Some(fact), Some(ty)) = (found, ty) {
            return Some(Asked { subject: Subject::Fact(fact), ty, words: word.text.clone(), at: word.at.0 });
        }
        let problem = Diagnostic::error("unknown-name", word.at.0, format!("there is no fact `{}`", word.text));
        let holder = self.policy.vocabulary.records.iter().find(|record| record.field(&word.text).is_some());
        let problem = match holder {
            Some(record) => problem.help(format!(
                "it is a field of {}: write `any {} where {} …` or `in the latest {}, {} …`",
                with_article(&record.name),
                record.name,
                word.text,
                record.name,
                word.text
            )),
            None => match self.nearest_name(&word.text) {
                Some(near) => problem.suggest(Some(&near)),
                None => self.counted_or_meant(problem, word),
            },
        };
        self.report_unknown(word, problem);
        None
    }

    /// What to say of a name that is near none: records are counted, and a fact may be named otherwise.
    fn counted_or_meant(&self, problem: Diagnostic, word: &Word) -> Diagnostic {
        let vocabulary = &self.policy.vocabulary;
        let found = vocabulary.record(&word.text).or_else(|| vocabulary.record_by_plural(&word.text));
        match found.and_then(|record| vocabulary.records.get(record.index())) {
            Some(record) => {
                let (name, plural) = (&record.name, &record.plural);
                problem.help(format!("{plural} are counted: write `any {name} …` or `at least 2 {plural} …`"))
            }
            None => super::meant::suggest(problem, &word.text, vocabulary.call.iter(), &vocabulary.identities),
        }
    }

    fn field(&mut self, word: &Word, record: crate::model::RecordId, this_call: bool) -> Option<Asked> {
        let kind = self.policy.vocabulary.records.get(record.index())?;
        if let Some(field) = kind.field(&word.text) {
            let ty = kind.fields.get(field.index())?.ty.clone();
            let field = self.own_field(record, this_call, field, word)?;
            return Some(Asked { subject: Subject::Field(field), ty, words: word.text.clone(), at: word.at.0 });
        }
        let problem = Diagnostic::error(
            "unknown-name",
            word.at.0,
            format!("{} has no field `{}`", with_article(&kind.name), word.text),
        );
        let vocabulary = &self.policy.vocabulary;
        let problem = match vocabulary.fact(&word.text).and_then(|fact| vocabulary.call.get(fact.index())) {
            // Asked of the call it would be another question: whether the call is so, for every record alike.
            Some(_) => {
                let names: Vec<&str> = kind.fields.iter().map(|field| field.name.as_str()).collect();
                let record = with_article(&kind.name);
                let problem = match names.as_slice() {
                    [] => problem.help(format!("{record} has no fields")),
                    names => problem.help(format!("{record} has {}", joined(names, "and"))),
                };
                problem
                    .help(format!(
                        "to ask it of {}, declare `field {}: …` under `record {}` in the vocabulary",
                        kind.plural, word.text, kind.name
                    ))
                    .help(format!(
                        "it is a fact of the call: to ask it of the call, write `{} …` in a condition of its own",
                        word.text
                    ))
            }
            None => super::meant::suggest(problem, &word.text, kind.fields.iter(), &vocabulary.identities),
        };
        self.report_unknown(word, problem);
        None
    }

    fn through(&mut self, link: &Word, field: &Word, place: NameScope) -> Option<Asked> {
        let NameScope::Record { record, this_call } = place else {
            let message = format!("this call has no link `{}`", link.text);
            let problem = Diagnostic::error("unknown-name", link.at.0, message);
            let holder = self.policy.vocabulary.records.iter().find(|record| record.field(&link.text).is_some());
            let example = holder
                .map(|record| format!("; write such as `any {} where {}'s {} …`", record.name, link.text, field.text));
            self.problems
                .push(problem.help(format!("links lead from one record to another{}", example.unwrap_or_default())));
            return None;
        };
        let asked = self.field(link, record, this_call)?;
        let (Type::Link { record: target }, Subject::Field(link_field)) = (&asked.ty, asked.subject) else {
            let message = format!("`{}` is {}, not a link to another record", link.text, self.described(&asked.ty));
            self.problems.push(
                Diagnostic::error("wrong-kind", link.at.0, message)
                    .help("only a field declared as `link to …` leads to another record"),
            );
            return None;
        };
        let target = *target;
        let found = self.field(field, target, false)?;
        let Subject::Field(target_field) = found.subject else { return None };
        let subject = Subject::Through { link: link_field, record: target, field: target_field };
        Some(Asked {
            subject,
            ty: found.ty,
            words: format!("{}'s {}", link.text, field.text),
            at: link.at.0.to(field.at.0),
        })
    }

    pub(super) fn wrong(&mut self, code: Code, span: Span, message: String, help: &str) -> Option<Predicate> {
        self.problems.push(Diagnostic::error(code, span, message).help(help));
        None
    }

    pub(super) fn wrong_question(&mut self, asked: &Asked, span: Span) -> Option<Predicate> {
        let message = format!("this cannot be asked of `{}`, which is {}", asked.words, self.described(&asked.ty));
        let help = format!("what can be asked of it: {}", questions(&asked.ty));
        self.wrong("wrong-question", span, message, &help)
    }

    fn predicate(
        &mut self,
        asked: &Asked,
        predicate: &tree::Predicate,
        span: Span,
        place: NameScope,
    ) -> Option<Predicate> {
        use tree::Predicate as P;
        match (predicate, &asked.ty) {
            (P::Is { not, word }, ty) => self.is(asked, ty, *not, word, span),
            (P::OneOf { not, words }, Type::Choice { values, .. }) => {
                let values = self.bits(asked, values, words)?;
                Some(OneOf { values, not: *not }.into())
            }
            (P::Compare { comparison, with, ago }, ty) => self.compare(asked, ty, *comparison, with, *ago, span),
            (P::Range(range), _) => self.range(asked, range),
            (P::Within(length), Type::Time { .. }) => {
                let value = self.length(length)?;
                if let (Subject::RecordTime, NameScope::Record { record, .. }) = (asked.subject, place) {
                    self.check_reach(record, *value, length);
                }
                Some(Within(value).into())
            }
            (P::WithinNext(length), Type::Time { .. }) => Some(WithinNext(self.length(length)?).into()),
            (P::HasPassed, Type::Time { .. }) => Some(Passed.into()),
            (P::StillToCome, Type::Time { .. }) => Some(ToCome.into()),
            (P::Apart(apart), Type::Time { .. }) => self.apart(asked, apart, span, place),
            (P::SameDay { not, other }, Type::Time { .. }) => self.same_day(*not, other, place),
            (P::Clock { not, from, to, end }, Type::Time { .. }) => self.clock_range(*not, (from, to), *end, span),
            (P::Clock { not, from, to, end: ClockEnd::In }, Type::Number { .. } | Type::Duration) => {
                let not = if *not { "not " } else { "" };
                let help = format!("write `{} is {not}from {from} to {to}`", asked.words);
                self.wrong("wrong-question", span, "`between` is asked of times of day".to_owned(), &help)
            }
            (P::Weekend { not }, Type::Time { .. }) => {
                let days = [crate::time::Weekday::Saturday, crate::time::Weekday::Sunday].into_iter().collect();
                Some(Weekday { days, not: *not }.into())
            }
            (P::Weekday { not, days }, Type::Time { .. }) => {
                Some(Weekday { days: days.iter().copied().collect(), not: *not }.into())
            }
            (P::Calendar { not, name }, Type::Time { .. }) => {
                Some(Calendar { calendar: self.calendar(name)?, not: *not }.into())
            }
            (P::Moment { relation, moment }, Type::Time { .. }) => match moment {
                Moment::Date(date, _) => {
                    let (first, last) = whole_day(&self.policy.zone, *date);
                    Some(Day { relation: *relation, first, last }.into())
                }
                Moment::Subject(other) => {
                    let other = self.other_time(other, place)?;
                    Some(predicates::Moment { relation: *relation, other }.into())
                }
            },
            (P::Same { not, fact }, ty) => self.same_as(asked, ty, *not, fact, span),
            (P::InForce { not }, Type::Link { record }) => {
                let record = self.policy.vocabulary.records.get(record.index())?;
                if record.in_force.is_none() {
                    let message =
                        format!("the vocabulary does not say when {} is in force", with_article(&record.name));
                    return self.wrong("never-in-force", span, message, "add to its record: `in force from … until …`");
                }
                Some(InForce { not: *not }.into())
            }
            (P::Include { all, words, .. }, Type::Flags { values }) => {
                let flags = self.bits(asked, values, words)?;
                // Of one flag, `all of` and `any of` are the same.
                Some(Include { flags, all: *all && flags.count_ones() > 1 }.into())
            }
            (P::Exclude { words, .. }, Type::Flags { values }) => {
                Some(Exclude { flags: self.bits(asked, values, words)? }.into())
            }
            (P::IncludeHowMany(included), _) => self.how_many_included(asked, included),
            (P::Mention { texts, .. }, Type::Text) => self.mention(texts),
            (P::Include { words, .. }, Type::Choice { .. }) => self.choice_as_flags(asked, span, "", words),
            (P::Exclude { words, .. }, Type::Choice { .. }) => self.choice_as_flags(asked, span, "not ", words),
            _ => self.wrong_question(asked, span),
        }
    }

    /// `is X`, by the kind of the value.
    fn is(&mut self, asked: &Asked, ty: &Type, not: bool, word: &Word, span: Span) -> Option<Predicate> {
        match (ty, word.text.as_str()) {
            (Type::YesNo, "yes" | "no") if !not => Some(Is(word.text == "yes").into()),
            (Type::YesNo, answer @ ("yes" | "no")) => {
                let other = if answer == "yes" { "no" } else { "yes" };
                let message = format!("`is not {answer}` can be read in two ways");
                let help = format!("write `{} is {other}`; a fact that is not known is neither", asked.words);
                self.problems.push(Diagnostic::error("two-readings", span, message).help(help));
                None
            }
            (Type::Choice { values, .. }, answer) if values.contains(&word.text) || !asks_whether_known(answer) => {
                let values = self.bits(asked, values, std::slice::from_ref(word))?;
                Some(OneOf { values, not }.into())
            }
            (Type::Time { or_none: true }, "none") => Some(IsNone { not }.into()),
            (Type::Time { or_none: false }, "none") => {
                let message = format!("`{}` always has a time, so it is never none", asked.words);
                self.wrong(
                    "wrong-question",
                    span,
                    message,
                    "declare it as `time or none` in the vocabulary if it may have no time",
                )
            }
            (Type::Number { .. }, text) if !not && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok().map(|number: i64| Compare(Comparison::Exactly, number.into()).into())
            }
            (Type::Flags { values }, _) if values.contains(&word.text) => {
                let message = format!("`{}` may hold several values", asked.words);
                let help = format!("write `{} include {}`", asked.words, word.text);
                self.wrong("wrong-question", span, message, &help)
            }
            (_, answer) if asks_whether_known(answer) => {
                self.problems.push(whether_known(&asked.words, span));
                None
            }
            (Type::Identity { .. }, _) if self.policy.vocabulary.fact(&word.text).is_some() => {
                let message = format!("`{}` is not somebody's name but a fact of this call", word.text);
                let help = format!("write `{} is this call's {}`", asked.words, word.text);
                self.wrong("wrong-question", word.at.0, message, &help)
            }
            _ => self.wrong_question(asked, span),
        }
    }

    /// The positions of words in a list of values, as bits.
    pub(super) fn bits_in(&mut self, owner: &str, values: &[impl AsRef<str>], words: &[Word]) -> Option<u64> {
        let mut bits = Some(0u64);
        let mut seen: BTreeMap<&str, (&Word, usize)> = BTreeMap::new();
        for word in words {
            let (first, times) = seen.entry(&word.text).or_insert((word, 0));
            *times += 1;
            // However often it is there, it is one mistake.
            if *times == 2 {
                let problem = Diagnostic::error("named-twice", word.at.0, format!("`{}` is listed twice", word.text));
                self.problems.push(problem.also(first.at.0, "the first time").help("leave one of them out"));
            }
            match values.iter().position(|value| value.as_ref() == word.text) {
                Some(at) => bits = bits.map(|bits| bits | 1 << at),
                None if self.lost.name(&word.text) => bits = None,
                None if self.value_called(&word.text).is_some() => {
                    if let Some((called, value)) = self.value_called(&word.text) {
                        let problem = not_the_vocabularys_word(word.at.0, &called, &value);
                        self.problems.push(problem.fix(word.at.0, value).certain(true));
                    }
                    bits = None;
                }
                None => {
                    let near = nearest(&word.text, values.iter().map(AsRef::as_ref));
                    let message = format!("`{owner}` has no value `{}`", word.text);
                    let problem = Diagnostic::error("unknown-value", word.at.0, message).suggest(near);
                    self.problems.push(problem.help(format!("its values are {}", joined(values, "and"))));
                    bits = None;
                }
            }
        }
        bits
    }

    pub(super) fn bits(&mut self, asked: &Asked, values: &[String], words: &[Word]) -> Option<u64> {
        let values = values.to_vec();
        self.bits_in(&asked.words, &values, words)
    }

    fn compare(
        &mut self,
        asked: &Asked,
        ty: &Type,
        comparison: Comparison,
        with: &Measure,
        ago: bool,
        span: Span,
    ) -> Option<Predicate> {
        match (ty, with, ago) {
            (Type::Number { .. }, Measure::Amount(amount), false) => {
                Some(Compare(comparison, self.number(amount)?).into())
            }
            (Type::Duration, measure, false) => Some(Compare(comparison, self.seconds(measure)?).into()),
            (Type::Time { .. }, measure, true) => Some(Ago(comparison, self.measured_length(measure)?).into()),
            (Type::Time { .. }, _, false) => self.wrong(
                "unfinished-test",
                span,
                format!("`{}` is a time, and this is a length of time", asked.words),
                "say `is at least 3 days ago`, or `is within 3 days`",
            ),
            (Type::Choice { values, rising: true }, Measure::Amount(Amount::Name(word)), false) => {
                let word = self.setting_word(word);
                let bits = self.bits(asked, values, std::slice::from_ref(&word))?;
                Some(Compare(comparison, i64::from(bits.trailing_zeros()).into()).into())
            }
            (Type::Choice { rising: false, .. }, ..) => {
                self.problems.push(without_order(asked, span));
                None
            }
            (Type::Flags { .. } | Type::Identity { many: true, .. }, Measure::Amount(amount), false) => {
                self.list_as_number(asked, comparison, amount, span)
            }
            _ => self.wrong_question(asked, span),
        }
    }

    pub(super) fn measured_length(&mut self, measure: &Measure) -> Option<Parameter<crate::time::Length>> {
        match measure {
            Measure::Length(length) => Some(length.length.into()),
            Measure::Amount(Amount::Name(word)) => self.length(&tree::LengthRef::Name(word.clone())),
            Measure::Amount(Amount::Number(number)) => {
                let message = format!("`{}` needs a unit such as `hours`", number.value);
                let help = format!("write such as `{} hours` or `{} minutes`", number.value, number.value);
                self.problems.push(Diagnostic::error("unknown-unit", number.at.0, message).help(help));
                None
            }
        }
    }

    /// A value named directly, or the value of the setting of that name.
    pub(super) fn setting_word(&self, word: &Word) -> Word {
        match self.setting_value(&word.text) {
            Some(SettingValue::Word(value)) => Word { text: value.clone(), at: word.at },
            _ => word.clone(),
        }
    }

    fn same_as(&mut self, asked: &Asked, ty: &Type, not: bool, fact: &Word, span: Span) -> Option<Predicate> {
        let other = self.fact(fact)?;
        let Subject::Fact(id) = other.subject else { return None };
        match (ty, &other.ty) {
            (Type::Identity { kind: one, .. }, Type::Identity { kind: two, .. }) if one == two => {}
            (Type::Choice { values: one, .. }, Type::Choice { values: two, .. }) if one == two => {}
            (Type::Identity { kind: one, .. }, Type::Identity { kind: two, .. }) => {
                let (one, two) = (with_article(self.identity(*one)), with_article(self.identity(*two)));
                let message = format!("`{}` is {one} and `{}` is {two}", asked.words, fact.text);
                return self.wrong("wrong-kind", span, message, "they can never be the same");
            }
            _ => {
                let message = format!(
                    "`{}` is {} and `{}` is {}",
                    asked.words,
                    self.described(ty),
                    fact.text,
                    self.described(&other.ty)
                );
                return self.wrong(
                    "wrong-kind",
                    span,
                    message,
                    "only identities, or choices of the same values, can be the same",
                );
            }
        }
        Some(Same { fact: id, not }.into())
    }

    /// What a type is, in a policy lead's words.
    pub(super) fn described(&self, ty: &Type) -> String {
        let fixed = match ty {
            Type::YesNo => "yes or no",
            Type::Choice { .. } => "a choice",
            Type::Flags { .. } => "a list of values",
            Type::Number { .. } => "a number",
            Type::Duration => "a length of time",
            Type::Time { .. } => "a time",
            Type::Text => "a text",
            Type::Link { .. } => "a link to another record",
            Type::Identity { kind, many: false } => return with_article(self.identity(*kind)),
            Type::Identity { kind, many: true } => {
                return format!("{}, or several", with_article(self.identity(*kind)));
            }
        };
        fixed.to_owned()
    }

    fn identity(&self, kind: IdentityKind) -> &str {
        self.policy.vocabulary.identities.get(kind.index()).map_or("", String::as_str)
    }

    fn mention(&mut self, texts: &[tree::Text]) -> Option<Predicate> {
        let mut phrases = Vec::new();
        let mut seen = BTreeSet::new();
        for text in texts {
            let phrase = crate::text::folded(&text.value);
            if !seen.insert(phrase.clone()) {
                let message = format!("`\"{}\"` is listed twice", text.value);
                return self.wrong("named-twice", text.at.0, message, "leave one of them out");
            }
            phrases.push(phrase);
        }
        for (text, phrase) in texts.iter().zip(&phrases) {
            let Some(shorter) =
                phrases.iter().position(|other| !other.is_empty() && other != phrase && phrase.contains(other))
            else {
                continue;
            };
            let said = texts.get(shorter).map_or("", |text| text.value.as_str());
            let message =
                format!("whatever mentions \"{}\" mentions \"{said}\" too, so this changes nothing", text.value);
            self.problems.push(no_effect(text.at.0, message));
        }
        Some(Mention(phrases).into())
    }
}

/// Words that ask whether something is known at all.
pub(super) fn asks_whether_known(answer: &str) -> bool {
    ["unknown", "known", "missing", "answered", "unanswered", "unclear", "unsure"]
        .iter()
        .any(|word| answer.eq_ignore_ascii_case(word))
}

/// `strangulation is unknown`
pub(super) fn whether_known(asked: &str, span: Span) -> Diagnostic {
    Diagnostic::error("wrong-question", span, format!("it cannot be asked whether `{asked}` is known"))
        .help("what is not known needs no rule: it stays open, and whoever can answer is asked")
        .help("for a test that is taken to be so until somebody answers, end it with `or not answered`; for a whole rule, add a line \
               `applies unless known otherwise`")
}

/// Asked whether a value is more than another, where none is.
pub(super) fn without_order(asked: &Asked, span: Span) -> Diagnostic {
    let message = format!("the values of `{}` have no order, so none is more than another", asked.words);
    Diagnostic::error("wrong-question", span, message)
        .help("use `is` or `is one of`, or declare it `in rising order` in the vocabulary")
}

fn questions(ty: &Type) -> &'static str {
    match ty {
        Type::YesNo => "`is yes` or `is no`",
        Type::Choice { rising: false, .. } => "`is …` or `is one of …`",
        Type::Choice { rising: true, .. } => "`is …`, `is one of …`, `is at least …` or `is from … to …`",
        Type::Flags { .. } => "`include …`, `do not include …` or `include at least 2 of …`",
        Type::Number { .. } => "`is at least …`, `is at most …`, `is exactly …` or `is from … to …`",
        Type::Duration => "`is at least 40 minutes` or `is from 20 minutes to 40 minutes`",
        Type::Time { .. } => {
            "`is within 3 days`, `is at least 3 days ago`, `has passed`, `is before …` or `is on the same day as …`"
        }
        Type::Text => "`mention \"…\"`",
        Type::Identity { many: false, .. } => "`is this call's …`",
        Type::Identity { many: true, .. } => "`is this call's …` or `includes at least 2`",
        Type::Link { .. } => "`is in force`, or a field of the linked record, as in `order's kind`",
    }
}
