//! What is in force -> what a change would take away of it, each thing under a name by which it can be accepted.

use super::claims::Claims;
use super::effects::effects_lost;
use super::invariants::states_less;
use super::reread::{OtherWords, Reread};
use super::vocabulary::words_lost;
use super::wider::Wider;
use crate::changes::{Change, ChangeKind, Changes, What, between};
use crate::check::{Invariant, Policy, Rule, Suspension};
use crate::engine::{Load, Snapshot, digest};
use crate::proof::{Comparison, Difference, Reading, RuleVerdict, compare_rules};
use crate::text::joined;
use crate::workers::Sequential;
use std::collections::{BTreeMap, BTreeSet};

/// A test by which it is known: what was tested must not get lost unseen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownTest {
    /// The policy that it is for.
    pub policy: String,
    /// The test's name.
    pub name: String,
    /// The file that holds it, as people know it.
    pub file: String,
    /// What it poses and expects; none where that is not known.
    pub claims: Option<Claims>,
}

/// What is in force, for a change to be compared with.
#[derive(Clone, Copy)]
pub struct PolicyInForce<'f> {
    /// The policies; none where they are not known.
    pub load: Option<&'f Load>,
    /// The tests that passed when it went live, or since.
    pub tests: &'f [KnownTest],
    /// How many tests there were; more than those above where it is not known which they were.
    pub test_count: usize,
    /// What cannot be known of it any more: a name to accept that by, and a sentence.
    pub unknown: &'f [(String, String)],
    /// What somebody accepted to be lost, each by [`Lost::id`].
    pub accepted: &'f BTreeSet<String>,
}

/// One thing that is in force and that a change takes away, weakens, or may weaken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// By which it is accepted: `rule:urgent`, `setting:repeat-calls`, `tests:rules/tests/harm.test.yaml`.
    pub name: String,
    /// The policies in which it is lost.
    pub policies: BTreeSet<String>,
    /// What is lost, one sentence each.
    pub said: Vec<String>,
    /// What was written and what is now.
    pub changes: Vec<Change>,
    /// The names of all tests that are gone, of which the sentences give the first few.
    pub tests: BTreeSet<String>,
}

impl Lost {
    /// The digest of all of it, so that whoever accepts it accepts this and nothing that comes later.
    pub fn id(&self) -> String {
        let Self { name, policies, said, changes, tests } = self;
        digest([format!("{name:?} {policies:?} {said:?} {changes:?} {tests:?}").as_bytes()])
    }
}

/// Everything that is in force and that a change takes away, weakens, or may weaken, in the order of names.
///
/// A change is harmless where that is certain: a rule that is new, or whose condition is as wide, by structure, and that
/// asks for as much, no later. What is not certain is among what is lost.
pub fn lost(in_force: &PolicyInForce<'_>, load: &Load, tests: &[KnownTest]) -> Vec<Lost> {
    let mut found = LossFinder::default();
    if let Some(before) = in_force.load {
        found.changes = between(before, load);
        let words = OtherWords::new(before, load);
        for policy in &before.policies {
            let name = policy.name();
            match load.policies.iter().find(|after| after.name() == name) {
                Some(after) => {
                    found.policy(policy, after, &words.reread(policy, after, &Sequential));
                }
                None => {
                    let said = format!("`{name}` is no longer a policy here");
                    found.add(What::Policy, name, name, said);
                }
            }
        }
    }
    found.tests(in_force, tests);
    for (name, said) in in_force.unknown {
        found.push(name.clone(), "", said.clone(), Vec::new());
    }
    found.lost.into_values().collect()
}

#[derive(Default)]
struct LossFinder {
    changes: Changes,
    lost: BTreeMap<String, Lost>,
}

impl LossFinder {
    fn policy(&mut self, in_force: &Snapshot, candidate: &Snapshot, reread: &Reread) {
        let (before, after) = (in_force.policy(), candidate.policy());
        let name = &before.name;
        let bases: Vec<&String> = before.chain.iter().filter(|base| !after.chain.contains(base)).collect();
        for base in &bases {
            let rules: Vec<&str> =
                gone(before, after).filter(|rule| *rule.policy == ***base).map(|rule| rule.name.as_str()).collect();
            let mut said =
                format!("`{name}` no longer tailors `{base}`, and loses its rules: {}", joined(&rules, "and"));
            let stated = unstated(before, after).filter(|invariant| invariant.policy == ***base);
            let stated: Vec<&str> = stated.map(|invariant| invariant.name.as_str()).collect();
            if !stated.is_empty() {
                said.push_str(&format!("; and its invariants: {}", joined(&stated, "and")));
            }
            let key = format!("tailors:{}", slug(name));
            let changes = self.written(|change| change.what == What::Policy && change.name == *name);
            self.push(key, name, said, changes);
        }
        if before.zone != after.zone {
            self.add(What::Policy, name, name, format!("`{name}` reckons by the clock of another place"));
        }
        for (what, word, said) in words_lost(before, after) {
            self.add(what, &word, name, said);
        }
        for rule in gone(before, after).filter(|rule| !bases.iter().any(|base| *rule.policy == ***base)) {
            self.add(What::Rule, &rule.name, name, format!("rule `{}` is no longer in `{name}`", rule.name));
        }
        for invariant in unstated(before, after).filter(|it| !bases.iter().any(|base| it.policy == ***base)) {
            let said = format!("invariant `{}` is no longer in `{name}`", invariant.name);
            self.add(What::Invariant, &invariant.name, name, said);
        }
        let wider = Wider::new(after, before);
        for invariant in &before.invariants {
            if let Some(own) = after.invariants.iter().find(|own| own.name == invariant.name) {
                let less = states_less((own, after), (invariant, before), &wider);
                if !less.is_empty() {
                    let said = format!("invariant `{}` of `{name}` {}", invariant.name, less.join("; it "));
                    self.add(What::Invariant, &invariant.name, name, said);
                }
            }
        }
        let less = before.rules.iter().filter_map(|rule| {
            let own = after.rules.iter().find(|own| own.name == rule.name)?;
            Some((rule, weaker((own, after), (rule, before), &wider)))
        });
        let less: Vec<(&Rule, Vec<&str>)> = less.collect();
        let may_be_less = |less: &[&str]| less.iter().all(|less| MAY_BE_LESS.contains(less));
        // A call has the last word on each rule that nothing else stops: also on one that is as wide by its structure.
        let open: BTreeSet<&str> =
            less.iter().filter(|(_, less)| may_be_less(less)).map(|(rule, _)| rule.name.as_str()).collect();
        let compared = match reread.policy(in_force) {
            Some(read) => compare_rules(Reading::of(in_force, read), candidate, |rule| open.contains(rule)),
            None => {
                let why = reread.why_not().unwrap_or("they are written in different words");
                Comparison::not_compared(why.to_owned())
            }
        };
        for (rule, less) in less {
            let mut said: Vec<String> = less.iter().map(|less| (*less).to_owned()).collect();
            match may_be_less(&less).then(|| compared.of_rule(&rule.name)) {
                Some(RuleVerdict::Never) => continue,
                Some(RuleVerdict::Call(difference)) if less.is_empty() && difference.together.is_some() => continue,
                Some(RuleVerdict::Call(difference)) => said = vec![given_less(difference, candidate)],
                // What is as wide by its structure is so, whatever else is not settled.
                Some(RuleVerdict::NotSettled(_)) if less.is_empty() => continue,
                Some(RuleVerdict::NotSettled(why)) => {
                    let open = format!(", and whether it ever does was not settled: {why}");
                    said.last_mut().into_iter().for_each(|last| last.push_str(&open));
                }
                None => {}
            }
            self.rule(rule, name, &said);
        }
        self.together(in_force, candidate, &compared);
    }

    /// What rules were enough for between them while something is not known, and are not any more.
    fn together(&mut self, in_force: &Snapshot, candidate: &Snapshot, compared: &Comparison) {
        let name = in_force.name();
        if let Some(why) = &compared.not_compared {
            if in_force.gives_together() {
                let said = format!(
                    "rules of `{name}` are enough together while something is not known, and whether they still are was not settled: {why}"
                );
                self.push("together".to_owned(), name, said, Vec::new());
            }
            return;
        }
        for lower in compared.parts.iter().map(|part| &part.lower) {
            let calls = lower.calls.iter().filter_map(|call| {
                let less = format!(
                    "enough together for more than would be given now in this call: {}",
                    call.call.on_one_line(candidate)
                );
                Some((call.together.as_ref()?, &call.rule, less))
            });
            let open = lower.not_settled.iter().filter_map(|open| {
                let why = format!("enough together, and whether they still are was not settled: {}", open.why);
                Some((open.together.as_ref()?, &open.rule, why))
            });
            for (together, rule, less) in calls.chain(open) {
                let rules = together.rules(rule);
                let said = format!("while {} is not known, rules {rules} of `{name}` are {less}", together.what);
                self.push(format!("together:{}", slug(&together.name)), name, said, Vec::new());
            }
        }
    }

    /// A rule that may do less, by what was written otherwise and bears on it: a setting, a definition, the rule itself.
    fn rule(&mut self, rule: &Rule, policy: &str, weaker: &[String]) {
        let said = format!("rule `{}` of `{policy}` {}", rule.name, weaker.join("; it "));
        let mut causes = self.written(|change| {
            let own = matches!(change.what, What::Rule | What::Addition | What::Suspension) && change.name == rule.name;
            let says = change.parts.iter().any(|part| !WORDING.contains(&part.name));
            change.policies.iter().any(|name| name == policy)
                && says
                && (own || change.touches.contains(&rule.name))
                && !matches!(change.what, What::Policy | What::Vocabulary)
        });
        // A definition that is new takes nothing away by itself; what uses it now does.
        if causes.iter().any(|change| change.how != ChangeKind::Added) {
            causes.retain(|change| change.how != ChangeKind::Added || change.what == What::Suspension);
        }
        if causes.is_empty() {
            self.push(format!("rule:{}", rule.name), policy, said.clone(), Vec::new());
        }
        for cause in causes {
            let key = key(cause.what, &cause.name);
            self.push(key, policy, said.clone(), vec![cause]);
        }
    }

    /// The tests that are still there by their names, and claim less.
    fn hollowed(&mut self, before: &[KnownTest], now: &[KnownTest]) {
        let mut known: BTreeMap<(&str, &str), Vec<(&str, &Claims)>> = BTreeMap::new();
        for test in now {
            let claims = test.claims.as_ref().map(|claims| (test.file.as_str(), claims));
            known.entry((&test.policy, &test.name)).or_default().extend(claims);
        }
        for test in before {
            let Some(claims) = &test.claims else { continue };
            let own = known.get(&(test.policy.as_str(), test.name.as_str())).map(Vec::as_slice).unwrap_or_default();
            // One that moved is any of those of its name.
            let is_here = own.iter().any(|(file, _)| *file == test.file);
            let own = own.iter().filter(|(file, _)| !is_here || *file == test.file);
            let less = own.map(|(_, own)| own.less_than(claims)).min_by_key(Vec::len);
            for less in less.unwrap_or_default() {
                let said = format!("the test `{}` of {} {less}", test.name, test.file);
                self.push(format!("test:{}", slug(&test.name)), &test.policy, said, Vec::new());
            }
        }
    }

    fn tests(&mut self, in_force: &PolicyInForce<'_>, now: &[KnownTest]) {
        self.hollowed(in_force.tests, now);
        let gone = tests_gone(in_force.tests, now);
        let unknown = in_force.test_count.saturating_sub(in_force.tests.len());
        if unknown > 0 && now.len() < in_force.test_count {
            let said = format!("there were {} tests, and there are {} now", in_force.test_count, now.len());
            return self.push("tests".to_owned(), "", said, Vec::new());
        }
        if gone.len() == in_force.tests.len() && !gone.is_empty() {
            let said = format!("every test is gone: there were {}", gone.len());
            return self.push("tests".to_owned(), "", said, Vec::new());
        }
        let mut files: BTreeMap<&str, Vec<&KnownTest>> = BTreeMap::new();
        gone.into_iter().for_each(|test| files.entry(&test.file).or_default().push(test));
        for (file, gone) in files {
            let all = in_force.tests.iter().filter(|test| test.file == file).count();
            let names: Vec<&str> = gone.iter().map(|test| test.name.as_str()).collect();
            let said = match gone.len() == all {
                true => format!("every test of {file} is gone: {}", joined(&names, "and")),
                false => format!("{} of the {all} tests of {file} are gone: {}", gone.len(), joined(&names, "and")),
            };
            let key = format!("tests:{file}");
            self.push(key.clone(), "", said, Vec::new());
            if let Some(lost) = self.lost.get_mut(&key) {
                lost.tests.extend(gone.iter().map(|test| format!("{} ({})", test.name, test.policy)));
            }
        }
    }

    fn written(&self, which: impl Fn(&Change) -> bool) -> Vec<Change> {
        self.changes.list.iter().filter(|change| which(change)).cloned().collect()
    }

    fn add(&mut self, what: What, name: &str, policy: &str, said: String) {
        let changes =
            self.written(|change| change.what == what && change.name == name && change.how != ChangeKind::Added);
        self.push(key(what, name), policy, said, changes);
    }

    fn push(&mut self, name: String, policy: &str, said: String, changes: Vec<Change>) {
        let lost = self.lost.entry(name.clone()).or_insert_with(|| Lost {
            name,
            policies: BTreeSet::new(),
            said: Vec::new(),
            changes: Vec::new(),
            tests: BTreeSet::new(),
        });
        lost.policies.extend((!policy.is_empty()).then(|| policy.to_owned()));
        if !lost.said.contains(&said) {
            lost.said.push(said);
        }
        for change in changes {
            if !lost.changes.contains(&change) {
                lost.changes.push(change);
            }
        }
    }
}

/// The parts of a thing that say nothing of when a rule applies or what it asks for.
const WORDING: [&str; 7] = ["title", "reason", "source", "help", "range", "purpose", "widening"];

fn gone<'p>(before: &'p Policy, after: &'p Policy) -> impl Iterator<Item = &'p Rule> {
    before.rules.iter().filter(|rule| !after.rules.iter().any(|own| own.name == rule.name))
}

/// What was stated of every decision, and is not any more.
fn unstated<'p>(before: &'p Policy, after: &'p Policy) -> impl Iterator<Item = &'p Invariant> {
    before.invariants.iter().filter(|invariant| !after.invariants.iter().any(|own| own.name == invariant.name))
}

/// The tests that are gone: each that is in none of the files now, or in fewer of them.
fn tests_gone<'t>(before: &'t [KnownTest], now: &'t [KnownTest]) -> Vec<&'t KnownTest> {
    let mut files: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let key = |test: &'t KnownTest| (test.policy.as_str(), test.name.as_str());
    now.iter().for_each(|test| files.entry(key(test)).or_default().push(&test.file));
    let mut moved = Vec::new();
    for test in before {
        let own = files.entry(key(test)).or_default();
        match own.iter().position(|file| *file == test.file) {
            Some(at) => {
                own.remove(at);
            }
            None => moved.push(test),
        }
    }
    moved.retain(|test| files.get_mut(&key(test)).and_then(Vec::pop).is_none());
    moved
}

const MAY_APPLY_LESS: &str = "may apply less often";
const MAY_ASK_LESS: &str = "may ask for less, or for it later";

/// What the structure of two rules alone does not settle.
const MAY_BE_LESS: [&str; 2] = [MAY_APPLY_LESS, MAY_ASK_LESS];

/// The call in which something that a rule in force gives is not given any more.
fn given_less(difference: &Difference, candidate: &Snapshot) -> String {
    let call = difference.call.on_one_line(candidate);
    format!("gives more than would be given now in this call: {call}")
}

/// In what a rule does less, or may do less, than the rule in force.
fn weaker((own, policy): (&Rule, &Policy), (rule, before): (&Rule, &Policy), wider: &Wider<'_>) -> Vec<&'static str> {
    // A rule on trial changes no decision.
    if rule.trial {
        return Vec::new();
    }
    let mut said = Vec::new();
    if own.trial {
        said.push("is on trial now, so that it changes no decision");
    }
    if own.suspension.as_ref().is_some_and(|suspension| !is_within(suspension, rule.suspension.as_deref())) {
        said.push("is suspended for a time");
    }
    if rule.presumed && !own.presumed {
        said.push("no longer applies while its condition is not known");
    }
    if own.from > rule.from {
        said.push("comes into force later");
    }
    if own.until.is_some_and(|until| rule.until.is_none_or(|theirs| until < theirs)) {
        said.push("ends earlier");
    }
    if !wider.covers(&own.when, &rule.when) {
        said.push(MAY_APPLY_LESS);
    }
    if effects_lost((&own.effects, policy), (&rule.effects, before), wider) {
        said.push(MAY_ASK_LESS);
    }
    said
}

/// Whether a suspension leaves a rule out only when it was left out before.
fn is_within(suspension: &Suspension, before: Option<&Suspension>) -> bool {
    before.is_some_and(|before| suspension.from >= before.from && suspension.until <= before.until)
}

/// The name by which somebody accepts that a thing is lost.
fn key(what: What, name: &str) -> String {
    format!("{}:{}", what.word(), slug(name))
}

/// A name that needs no quotes on a command line: `order's kind` is `order.kind`.
fn slug(name: &str) -> String {
    let words = name.replace("'s ", ".").to_lowercase();
    let words = words.split(|letter: char| !letter.is_alphanumeric() && letter != '.').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}
