//! A policy beside one that it tailors: whether it still has all that the base asks for.

use crate::check::{Effect, Policy, Rule, SettingValue};
use crate::model::{Content, Level, OutcomeKind};
use crate::semantics::Subject;
use crate::text::{counted, joined};
use crate::time::Length;
use std::collections::BTreeMap;

/// What came of comparing a policy with its base, by structure: rules, effects, dates, trials and presumptions.
/// Whether conditions say as much is not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseComparison {
    /// The policy's name.
    pub policy: String,
    /// The name of the one that it tailors.
    pub base: String,
    /// How many rules of the base were looked for.
    pub rules: usize,
    /// The settings that the policy has at other values, each inside the range that the base allows: name, the base's
    /// value, the policy's.
    pub tailored: Vec<(String, String, String)>,
    /// The rules that the policy suspends, each of which the base lets it.
    pub suspended: Vec<String>,
    /// The rules that apply in more ways, each of which the base lets be widened.
    pub widened: Vec<String>,
    /// Each way in which the policy asks for less, one sentence each.
    pub weaker: Vec<String>,
    /// Whether it is proved that it gives no less in any call, but for what the base allows.
    pub is_proved: bool,
}

/// Compares a policy with one of those it tailors.
pub fn compare_with_base(policy: &Policy, base: &Policy) -> BaseComparison {
    let tailored = tailored(policy, base);
    let mut weaker = Vec::new();
    for rule in &base.rules {
        let say = |what: String| format!("rule `{}` of {} {what}", rule.name, base.name);
        match policy.rules.iter().find(|own| own.name == rule.name) {
            None => weaker.push(say(format!("is not in {}", policy.name))),
            Some(own) => {
                let pair = Pair { policy, base, tailored: &tailored };
                weaker.extend(pair.less(own, rule).into_iter().map(say));
            }
        }
    }
    let more_ways =
        |own: &&Rule| base.rules.iter().any(|rule| rule.name == own.name && rule.ways().len() < own.ways().len());
    let widened = policy.rules.iter().filter(more_ways).map(|rule| rule.name.clone()).collect();
    let suspended = policy.rules.iter().filter(|own| {
        own.suspension.is_some() && base.rules.iter().any(|rule| rule.name == own.name && rule.suspension.is_none())
    });
    let suspended = suspended.map(|rule| rule.name.clone()).collect();
    let shown = tailored.iter().map(|(name, was, is)| (name.clone(), was.to_string(), is.to_string())).collect();
    let (policy, base, rules) = (policy.name.clone(), base.name.clone(), base.rules.len());
    BaseComparison { policy, base, rules, tailored: shown, suspended, widened, weaker, is_proved: false }
}

impl BaseComparison {
    /// What came of it, one sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let Self { policy, base, rules, tailored, suspended, widened, weaker, is_proved } = self;
        if !weaker.is_empty() {
            let lead = format!("{policy} is weaker than {base}, which it tailors:");
            return std::iter::once(lead).chain(weaker.iter().map(|what| format!("  {what}"))).collect();
        }
        let all = if *rules == 1 { "the 1 rule".to_owned() } else { format!("all {}", counted(*rules, "rule")) };
        let set = match tailored.len() {
            0 => String::new(),
            1 => "; 1 setting differs, inside the range that the base allows".to_owned(),
            many => format!("; {many} settings differ, each inside the range that the base allows"),
        };
        let off = match suspended.as_slice() {
            [] => String::new(),
            rules => format!("; {} suspended, as the base allows", joined(rules, "and")),
        };
        let more = match widened.as_slice() {
            [] => String::new(),
            rules => format!("; {} widened, as the base allows", joined(rules, "and")),
        };
        let how = if *is_proved {
            "proved for every call, but for what the base allows"
        } else {
            "compared by structure, not proved"
        };
        vec![format!("{policy} keeps {all} of {base}{set}{off}{more} ({how})")]
    }
}

/// The settings of the base that have another value in the policy.
fn tailored<'p>(policy: &'p Policy, base: &'p Policy) -> Vec<(String, &'p SettingValue, &'p SettingValue)> {
    let differs = base.settings.iter().filter_map(|setting| {
        let own = policy.settings.iter().find(|own| own.name == setting.name)?;
        (own.value != setting.value).then(|| (setting.name.clone(), &setting.value, &own.value))
    });
    differs.collect()
}

struct Pair<'p> {
    policy: &'p Policy,
    base: &'p Policy,
    tailored: &'p [(String, &'p SettingValue, &'p SettingValue)],
}

/// What a rule asks for, in words that two vocabularies share.
#[derive(Default)]
struct Demand {
    /// For each outcome, how far it is raised.
    raised: BTreeMap<String, Level>,
    /// Outcomes that are raised to what a fact, a score or a table says.
    to_facts: Vec<(String, String)>,
    deadlines: Vec<(DeadlineKind, Length)>,
}

/// The outcome, the moment that it is counted from, the calendar whose days are passed over, and whether it lasts to the end of a
/// day.
type DeadlineKind = (String, String, Option<String>, bool);

impl Pair<'_> {
    /// How the policy's own version of a rule asks for less than the base's.
    fn less(&self, own: &Rule, base: &Rule) -> Vec<String> {
        let mut less = Vec::new();
        if own.trial && !base.trial {
            less.push("is on trial here".to_owned());
        }
        if base.presumed && !own.presumed {
            less.push("no longer applies when its condition is not known".to_owned());
        }
        if own.from > base.from {
            less.push("comes into force later here".to_owned());
        }
        if own.until.is_some_and(|until| base.until.is_none_or(|theirs| until < theirs)) {
            less.push("ends earlier here".to_owned());
        }
        let (mine, theirs) = (asked(&own.effects, self.policy), asked(&base.effects, self.base));
        let missing: Vec<String> = [self.raised(&mine, &theirs), facts(&mine, &theirs), self.deadlines(&mine, &theirs)]
            .into_iter()
            .flatten()
            .collect();
        if !missing.is_empty() {
            less.push(format!("asks for less here: {}", joined(&missing, "and")));
        }
        less
    }

    /// The outcomes that the base raises further, unless a setting that the base allows to be changed says so.
    fn raised(&self, mine: &Demand, theirs: &Demand) -> Vec<String> {
        let lower = theirs.raised.iter().filter(|(outcome, level)| match mine.raised.get(*outcome) {
            Some(own) => !own.covers(**level) && !self.by_setting(outcome, *own, **level),
            None => true,
        });
        lower.map(|(outcome, _)| outcome.clone()).collect()
    }

    fn by_setting(&self, outcome: &str, own: Level, base: Level) -> bool {
        if let (Content::Number(Some(own)), Content::Number(Some(base))) = (own.content(), base.content()) {
            let is = |value: &SettingValue, wanted: i64| matches!(value, SettingValue::Number { number, .. } if *number == wanted);
            return self.tailored.iter().any(|(_, theirs, mine)| is(theirs, base) && is(mine, own));
        }
        let step = |policy, level: Level| kind(policy, outcome)?.scale()?.get(usize::from(level.values().last()?));
        let (Some(own), Some(base)) = (step(self.policy, own), step(self.base, base)) else { return false };
        let is = |value: &SettingValue, word: &str| matches!(value, SettingValue::Word(known) if known == word);
        self.tailored.iter().any(|(_, theirs, mine)| is(theirs, base) && is(mine, own))
    }

    /// Whether one is the other, or passes over another calendar that a setting names and the base allows.
    fn is_kept(&self, own: &DeadlineKind, base: &DeadlineKind) -> bool {
        let is = |value: &SettingValue, name: &str| matches!(value, SettingValue::Calendar(known) if known == name);
        let as_set =
            |own: &str, base: &str| self.tailored.iter().any(|(_, theirs, mine)| is(theirs, base) && is(mine, own));
        let calendar = match (&own.2, &base.2) {
            (Some(own), Some(base)) => own == base || as_set(own, base),
            (own, base) => own == base,
        };
        calendar && (&own.0, &own.1, own.3) == (&base.0, &base.1, base.3)
    }

    fn deadlines(&self, mine: &Demand, theirs: &Demand) -> Vec<String> {
        let set = |own: Length, base: Length| {
            let pair = (&SettingValue::Length(base), &SettingValue::Length(own));
            self.tailored.iter().any(|(_, theirs, mine)| (*theirs, *mine) == pair)
        };
        let as_much = |outcome: &str, own: Length, base: Length, calendar: Option<&String>| {
            let never_longer = |one: Length, other| one.never_longer_over(other, calendar.is_some(), &self.base.zone);
            kind(self.policy, outcome).is_some_and(|kind| kind.asks_for_as_much(own, base, never_longer))
        };
        let later = theirs.deadlines.iter().filter(|(key, length)| {
            let mut own = mine.deadlines.iter().filter(|(own, _)| self.is_kept(own, key)).map(|(_, length)| *length);
            !own.any(|own| as_much(&key.0, own, *length, key.2.as_ref()) || set(own, *length))
        });
        later.map(|((outcome, ..), _)| outcome.clone()).collect()
    }
}

fn facts(mine: &Demand, theirs: &Demand) -> Vec<String> {
    let gone = theirs.to_facts.iter().filter(|pair| !mine.to_facts.contains(pair));
    gone.map(|(outcome, _)| outcome.clone()).collect()
}

fn asked(effects: &[Effect], policy: &Policy) -> Demand {
    let vocabulary = &policy.vocabulary;
    let outcome_name = |id: &crate::model::OutcomeId| {
        vocabulary.outcomes.get(id.index()).map_or_else(String::new, |outcome| outcome.name.clone())
    };
    let fact_name =
        |id: crate::model::FactId| vocabulary.call.get(id.index()).map_or_else(String::new, |fact| fact.name.clone());
    let mut asked = Demand::default();
    for effect in effects {
        match effect {
            Effect::Raise { outcome, level } => {
                let entry = asked.raised.entry(outcome_name(outcome)).or_insert(*level);
                *entry = entry.raised_by(*level);
            }
            Effect::RaiseTo { outcome, fact } => asked.to_facts.push((outcome_name(outcome), fact_name(*fact))),
            Effect::Figure { outcome, of } => {
                let of = policy.source_name(*of).unwrap_or("").to_owned();
                asked.to_facts.push((outcome_name(outcome), of));
            }
            Effect::Deadline { outcome, length, after, calendar, end_of_day } => {
                let after = match after {
                    Subject::Fact(fact) => fact_name(*fact),
                    _ => "this call".to_owned(),
                };
                let calendar = calendar.and_then(|at| policy.calendars.get(at)).map(|calendar| calendar.name.clone());
                asked.deadlines.push(((outcome_name(outcome), after, calendar, *end_of_day), *length));
            }
        }
    }
    asked
}

fn kind<'p>(policy: &'p Policy, outcome: &str) -> Option<&'p OutcomeKind> {
    policy.vocabulary.outcomes.iter().find(|declared| declared.name == outcome).map(|declared| &declared.kind)
}
