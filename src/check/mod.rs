//! Name resolution and type checking: syntax tree -> `Policy`, in which every name stands for something and every rule makes sense.

mod symbols;
mod once;
mod gather;
mod echoes;
mod meant;
mod vocabulary;
mod outcomes;
mod in_force;
mod extend;
mod figures;
mod called;
mod choices;
mod settings;
mod calendars;
mod names;
mod conditions;
mod selections;
mod predicates;
mod ranges;
mod included;
mod apart;
mod steps;
mod bands;
mod scores;
mod questions;
mod tables;
mod effects;
mod rules;
mod quiet;
mod additions;
mod suspensions;
mod acceptances;
mod invariants;
mod grounds;
mod policy;
mod lints;

pub use lints::{Finding, judge, lint, not_tested, over};
pub use policy::{
    Acceptance, Addition, Definition, Effect, Given, Invariant, Modality, NamedCalendar, Policy, QuietPeriod,
    ReasonPart, RecordGroup, Rule, Score, Setting, SettingRange, SettingValue, Suspension, Table,
};

use crate::model::Vocabulary;
use crate::syntax::tree::{File, Item, Line, PolicyLine, Word};
use crate::text::{Diagnostic, nearest};
use crate::time::Zone;
use gather::{Library, gather};
use names::Checker;
use once::Once;
use std::collections::{BTreeMap, BTreeSet};
use symbols::{Ranks, Symbols};

/// Checks a set of files together. Every policy in them is returned, in the order of their names; they are fit for use
/// only when no diagnostic is an error. A problem in a base is reported once, however many policies tailor it.
///
/// Problems are in the order of their places, but that those of the words come before those of what is said in them.
pub fn check(files: &[File]) -> (Vec<Policy>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let library = gather(files, &mut problems);
    let mut words = Words::new();
    for name in library.vocabularies.keys() {
        let mut of_words = Vec::new();
        let built = vocabulary::build(&library, name, |_| 0, &mut of_words);
        words.insert(name, (built, of_words.is_empty()));
        problems.extend(of_words);
    }
    let mut of_policies = Vec::new();
    let mut policies = Vec::new();
    for name in library.policies.keys() {
        policies.extend(policy(&library, &words, name, &mut of_policies));
    }
    problems.sort_by_key(|problem| problem.span);
    of_policies.sort_by_key(|problem| problem.span);
    problems.extend(of_policies);
    let mut seen = BTreeSet::new();
    problems.retain(|problem| seen.insert((problem.span, problem.code, problem.message.clone())));
    // A name that stands in a line which could not be read is not missing.
    let read = |problem: &Diagnostic| !echoes::missing(problem).is_some_and(|name| library.lost.name(name));
    problems.retain(read);
    (policies, echoes::merged_rules(echoes::told_once(problems)))
}

/// Each vocabulary where it stands first in all that is built on it, with the names that it takes, and whether it is sound.
type Words<'a> = BTreeMap<&'a str, ((Vocabulary, Symbols), bool)>;

fn policy<'a>(
    library: &Library<'a>,
    words: &Words<'_>,
    name: &'a str,
    problems: &mut Vec<Diagnostic>,
) -> Option<Policy> {
    check_header(library, name, problems);
    let chain = chain(library, name, problems)?;
    let mut ranks = Ranks::default();
    for name in &chain {
        let named = library.policies.get(name).and_then(gather::PolicyParts::vocabulary);
        let words = named.map(|named| vocabulary::chain(library, &named.value, &mut Vec::new()));
        ranks.add(name, words.unwrap_or_default());
    }
    let (vocabulary, mut symbols) = find_vocabulary(library, words, &chain, &ranks, problems)?;
    let zone = find_zone(library, &chain, problems)?;
    let calendars = calendars::gather_calendars(library, &vocabulary, &chain, &ranks, &mut symbols, problems);
    let mut checker = Checker::new(name, vocabulary, zone, calendars, (symbols, ranks), &library.lost, problems);
    checker.policy.chain = chain.iter().map(|name| (*name).to_owned()).collect();
    let items: Vec<(&str, &Line<Item>)> = chain
        .iter()
        .filter_map(|name| library.policies.get(name).map(|parts| (*name, parts)))
        .flat_map(|(name, parts)| parts.items.iter().map(move |item| (name, *item)))
        .collect();
    checker.name_all(&items);
    checker.forgotten_base = forgotten_base(library, &chain);
    checker.set_all(library, &chain);
    checker.check_all(&items);
    Some(checker.finish())
}

/// What a policy says of itself it says once.
fn check_header(library: &Library<'_>, name: &str, problems: &mut Vec<Diagnostic>) {
    let Some(parts) = library.policies.get(name) else { return };
    let mut once = Once::under("this policy");
    for line in parts.lines() {
        let said = match &line.node {
            PolicyLine::Help(_) => "\"…\"",
            PolicyLine::Vocabulary(_) => "vocabulary",
            PolicyLine::TimeZone(_) => "time zone",
            PolicyLine::Tailors(_) => "tailors",
            PolicyLine::Set { .. } | PolicyLine::IsCalled { .. } => continue,
        };
        once.line(said, line.at.0, problems);
    }
}

/// The policy and its bases, the furthest first.
fn chain<'a>(library: &Library<'a>, name: &'a str, problems: &mut Vec<Diagnostic>) -> Option<Vec<&'a str>> {
    let mut chain = vec![name];
    let mut at = name;
    while let Some(base) = library.policies.get(at).and_then(gather::PolicyParts::tailors) {
        if chain.contains(&base.value.as_str()) {
            // Each policy of the circle would say so: the first of them by name speaks for all.
            if base.value == name && chain.iter().all(|other| name <= *other) {
                let message = format!("`{at}` tailors `{}`, which in turn is built on `{at}`", base.value);
                let problem = Diagnostic::error("goes-in-circles", base.at.0, message);
                problems.push(problem.help("a policy cannot tailor itself, not even through others"));
            }
            return None;
        }
        if !library.policies.contains_key(base.value.as_str()) {
            if library.lost.header() || library.lost.name(&base.value) {
                return None;
            }
            let near = nearest(&base.value, library.policies.keys().copied());
            let problem = Diagnostic::error("unknown-name", base.at.0, format!("there is no policy `{}`", base.value));
            problems.push(match near {
                Some(near) => problem.help(format!("did you mean `{near}`?")).fix(base.at.0, format!("\"{near}\"")),
                None => problem.help(
                    "the base must be loaded together with the policy that tailors it: give the folder that holds both",
                ),
            });
            return None;
        }
        at = &base.value;
        chain.push(at);
    }
    chain.reverse();
    Some(chain)
}

fn find_vocabulary(
    library: &Library<'_>,
    words: &Words<'_>,
    chain: &[&str],
    ranks: &Ranks<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<(Vocabulary, Symbols)> {
    let parts = chain.iter().rev().filter_map(|name| library.policies.get(name));
    let named = parts.filter_map(gather::PolicyParts::vocabulary).next();
    let header = library.policies.get(chain.first()?)?.header?;
    match named {
        None if library.lost.line_under(header.1, "vocabulary") || library.lost.line_under(header.1, "tailors") => None,
        None => {
            let problem =
                Diagnostic::error("no-vocabulary", header.1, "this policy does not say which vocabulary it uses");
            problems.push(match forgotten_base(library, chain) {
                Some(help) => problem.help(help),
                None => other_base(library, chain)
                    .into_iter()
                    .fold(problem.help("add a line under it: `vocabulary \"…\"`"), Diagnostic::help),
            });
            None
        }
        Some(name) if library.vocabularies.get(name.value.as_str()).is_none_or(|parts| parts.header.is_none()) => {
            if library.lost.header() || library.lost.name(&name.value) {
                return None;
            }
            let near = nearest(&name.value, library.vocabularies.keys().copied());
            let problem =
                Diagnostic::error("unknown-name", name.at.0, format!("there is no vocabulary `{}`", name.value));
            problems.push(match near {
                Some(near) => problem.help(format!("did you mean `{near}`?")).fix(name.at.0, format!("\"{near}\"")),
                None => problem
                    .help("the vocabulary must be loaded together with the policy: give the folder that holds both"),
            });
            None
        }
        Some(name) => {
            let extended = vocabulary::chain(library, &name.value, &mut Vec::new());
            let earlier = chain
                .iter()
                .filter_map(|policy| library.policies.get(policy))
                .find_map(|parts| parts.vocabulary().filter(|base| !extended.contains(&base.value.as_str())));
            if let Some(base) = earlier {
                let message = format!("the vocabulary `{}` does not extend `{}`", name.value, base.value);
                let problem = Diagnostic::error("not-extended", name.at.0, message);
                problems.push(problem.also(base.at.0, "the base is written in these words").help(format!(
                    "begin it with `vocabulary \"{}\"` and under that `extends \"{}\"`",
                    name.value, base.value
                )));
                return None;
            }
            // What is wrong in the words is reported on its own, and is the cause of much that would be reported here.
            let rank = |name: &str| ranks.of_vocabulary(name);
            let (vocabulary, is_sound) = match words.get(name.value.as_str()) {
                Some(built) if extended.iter().all(|name| rank(name) == 0) => built.clone(),
                _ => {
                    let mut of_words = Vec::new();
                    let built = vocabulary::build(library, &name.value, rank, &mut of_words);
                    (built, of_words.is_empty())
                }
            };
            let sound = is_sound && !extended.iter().any(|name| library.lost.of_vocabulary(name));
            sound.then_some(vocabulary)
        }
    }
}

/// For a policy that seems to be a force's and does not say whose rules it tailors: that it should.
fn forgotten_base(library: &Library<'_>, chain: &[&str]) -> Option<String> {
    let [name] = chain else { return None };
    let parts = library.policies.get(name)?;
    let sets = parts.lines().iter().any(|line| matches!(line.node, PolicyLine::Set { .. }));
    let builds_on = |item: &&Line<Item>| matches!(item.node, Item::Addition(_) | Item::Suspension(_));
    if !sets && !parts.items.iter().any(builds_on) {
        return None;
    }
    Some(tailors_what(library, name))
}

/// For a policy that has only rules of its own and names no vocabulary: that it may be a force's, where there is another.
fn other_base(library: &Library<'_>, chain: &[&str]) -> Option<String> {
    let [name] = chain else { return None };
    let rules = library.policies.get(name)?.items.iter().any(|item| matches!(item.node, Item::Rule(_)));
    (rules && library.policies.len() > 1).then(|| tailors_what(library, name))
}

fn tailors_what(library: &Library<'_>, name: &str) -> String {
    let is_base =
        |other: &&&str| **other != name && library.policies.get(**other).is_some_and(|it| it.tailors().is_none());
    let mut bases = library.policies.keys().filter(is_base);
    let base = bases.next().filter(|_| bases.next().is_none()).map_or("…", |only| only);
    format!("is this a force's policy? Then add a line that says whose rules it tailors: `tailors \"{base}\"`")
}

/// The time zone of the furthest base. A day is the same day in all that is built on it.
fn find_zone(library: &Library<'_>, chain: &[&str], problems: &mut Vec<Diagnostic>) -> Option<Zone> {
    let (root, built) = chain.split_first()?;
    let named = zones(library, root).into_iter().next();
    for other in built.last().map(|name| zones(library, name)).unwrap_or_default() {
        let message = "a policy that tailors another reckons days in the time zone of its base";
        let problem = Diagnostic::error("base-decides", other.at.0, message).help("leave this line out");
        problems
            .push(named.into_iter().fold(problem, |problem, zone| problem.also(zone.at.0, "the base says it here")));
    }
    let header = library.policies.get(root)?.header?;
    let Some(word) = named else {
        if library.lost.line_under(header.1, "time") {
            return None;
        }
        let message = "this policy does not say in which time zone it reckons days";
        let problem = Diagnostic::error("no-time-zone", header.1, message);
        problems.push(match forgotten_base(library, chain) {
            Some(help) => problem.help(help),
            None => problem.help("add a line under it: `time zone Europe/London`"),
        });
        return None;
    };
    let zone = Zone::named(&word.text);
    if zone.is_none() {
        problems.push(
            Diagnostic::error("unknown-name", word.at.0, format!("there is no time zone `{}`", word.text))
                .suggest(nearest_zone(&word.text))
                .help("time zones are named by continent and city, such as `Europe/London`"),
        );
    }
    zone
}

/// The time zones that a policy names.
fn zones<'a>(library: &Library<'a>, name: &str) -> Vec<&'a Word> {
    let lines = library.policies.get(name).map_or(&[][..], gather::PolicyParts::lines);
    let zone = |line: &'a Line<PolicyLine>| match &line.node {
        PolicyLine::TimeZone(zone) => Some(zone),
        _ => None,
    };
    lines.iter().filter_map(zone).collect()
}

/// The zone that was probably meant, also by the initials that are said for it here.
fn nearest_zone(written: &str) -> Option<&'static str> {
    let initials = ["BST", "UK", "GB", "London", "Britain"].iter().any(|name| name.eq_ignore_ascii_case(written));
    if initials { Some("Europe/London") } else { nearest(written, ["Europe/London", "Europe/Dublin", "UTC"]) }
}
