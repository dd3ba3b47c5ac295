//! Every small mistake in a policy, and what becomes of it: a test notices, no case can show it, or a test is missing.

use super::core::Core;
use super::edit::{Edit, Editor};
use super::items::edits;
use super::prove::always_alike;
use crate::check::{self, Policy};
use crate::compile::compile;
use crate::engine::{Load, Snapshot};
use crate::eval::{RuleSeen, observe, rules_seen};
use crate::model::{Case, Type, Vocabulary};
use crate::syntax;
use crate::syntax::tree::{File, Item};
use crate::testing::answers::Answers;
use crate::testing::bind::bind;
use crate::testing::boundaries::{Posed, pose, test_in_yaml};
use crate::testing::expect::Expectation;
use crate::testing::judge::{judge, met, needs_decision};
use crate::testing::meaning::Meaning;
use crate::testing::run::{Options, Prepared, Progress, Target, in_parallel, prepare};
use crate::text::Severity;
use std::sync::OnceLock;

/// What became of every small mistake.
#[derive(Clone, Debug, Default)]
pub struct Hunt {
    pub mutants: Vec<Mutant>,
    /// Tests that do not pass on the policy as it is, and so notice nothing.
    pub unfit: Vec<String>,
}

/// One small mistake.
#[derive(Clone, Debug)]
pub struct Mutant {
    pub file: String,
    pub line: usize,
    /// The rule, setting, definition or score that it is in.
    pub name: String,
    pub words: String,
    pub fate: Fate,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A test fails: its file and name.
    Killed(String),
    /// `heedful check` refuses it, so that it can never be in use.
    Refused,
    /// No case can show it.
    Equivalent,
    /// A case shows it and no test does: what the test should say, and the test.
    Survived { words: String, test: String },
    /// Neither a case nor a proof was found.
    Undecided,
}

/// Makes every small mistake in every policy file of a load and sees whether its tests notice.
pub fn hunt(load: &Load, targets: &[Target<'_>], options: &Options<'_>) -> Hunt {
    let prepared = prepare(targets, options);
    let files: Vec<File> = syntax::parse_all(load.sources.iter()).into_iter().map(|(file, _)| file).collect();
    let (benches, unfit) = benches(load, &prepared, options);
    let people = load.policies.first().map(|policy| people(policy.vocabulary())).unwrap_or_default();
    let mut work = Vec::new();
    for (file, tree) in files.iter().enumerate() {
        let Some(vocabulary) = load.policies.first().map(Snapshot::vocabulary) else { break };
        for (item, line) in tree.items.iter().enumerate() {
            let edits = edits(&line.node, vocabulary, &Editor { people: &people });
            work.extend(edits.into_iter().map(|edit| Work { file, item, edit }));
        }
    }
    (options.progress)(Progress::Of(work.len()));
    let hunter = Hunter { load, files: &files, benches: &benches };
    let mutants = in_parallel(options.threads, &work, |work| {
        let mutant = hunter.mutant(work);
        (options.progress)(Progress::OneMore);
        mutant
    });
    Hunt { mutants, unfit }
}

/// One mistake to make.
struct Work {
    file: usize,
    item: usize,
    edit: Edit<Item>,
}

fn people(vocabulary: &Vocabulary) -> Vec<String> {
    let identities = vocabulary.call.iter().filter(|field| matches!(field.ty, Type::Identity { .. }));
    identities.map(|field| field.name.clone()).collect()
}

/// One policy with the tests that are for it.
struct Bench<'t> {
    policy: &'t Snapshot,
    cores: Vec<Core>,
    tests: Vec<Tested>,
    /// The cases on the edges of each rule, worked out when they are first needed.
    posed: Vec<OnceLock<Vec<Posed>>>,
}

/// A test that passes on the policy as it is.
struct Tested {
    name: String,
    case: Case,
    expectations: Vec<Expectation>,
    /// What its snapshot holds, where it keeps one.
    meaning: Option<Meaning>,
    seen: Vec<RuleSeen>,
}

fn benches<'t>(load: &'t Load, prepared: &[Prepared<'_>], options: &Options<'_>) -> (Vec<Bench<'t>>, Vec<String>) {
    let mut unfit = Vec::new();
    let mut benches = Vec::new();
    for policy in &load.policies {
        let own = prepared.iter().filter(|file| file.policy.is_some_and(|it| std::ptr::eq(it, policy)));
        let tests: Vec<_> = own.flat_map(|file| file.read.tests.iter().map(move |test| (file, test))).collect();
        let tested = in_parallel(options.threads, &tests, |(file, test)| {
            let name = format!("{}: {}", file.input.name, test.name);
            let bound = bind(&file.read, test, policy).map_err(|_| name.clone())?;
            let decision = policy.decide(&bound.case);
            let answers = Answers::of(&decision);
            if !judge(&bound.expectations, &answers, &decision, policy).is_empty() {
                return Err(name);
            }
            let meaning = test.snapshot.map(|extent| Meaning::of(&decision, policy, extent));
            let seen = observe(policy.policy(), policy.program(), &bound.case).rules;
            Ok(Tested { name, case: bound.case, expectations: bound.expectations, meaning, seen })
        });
        let mut fit = Vec::new();
        for tested in tested {
            match tested {
                Ok(tested) => fit.push(tested),
                Err(name) => unfit.push(name),
            }
        }
        let typed = policy.policy();
        benches.push(Bench {
            policy,
            cores: typed.rules.iter().map(|rule| Core::of(typed, rule)).collect(),
            tests: fit,
            posed: typed.rules.iter().map(|_| OnceLock::new()).collect(),
        });
    }
    (benches, unfit)
}

struct Hunter<'h> {
    load: &'h Load,
    files: &'h [File],
    benches: &'h [Bench<'h>],
}

impl Hunter<'_> {
    fn mutant(&self, work: &Work) -> Mutant {
        let source = self.load.sources.get(work.edit.at.source);
        let item = self.files.get(work.file).and_then(|file| file.items.get(work.item));
        Mutant {
            file: source.map_or_else(String::new, |source| source.name.clone()),
            line: source.map_or(1, |source| source.position(work.edit.at.start).line),
            name: item.map_or_else(String::new, |item| name(&item.node)),
            words: work.edit.words.clone(),
            fate: self.fate(work),
        }
    }

    fn fate(&self, work: &Work) -> Fate {
        let mut files = self.files.to_vec();
        if let Some(line) = files.get_mut(work.file).and_then(|file| file.items.get_mut(work.item)) {
            line.node = work.edit.to.clone();
        }
        let (policies, problems) = check::check(&files);
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return Fate::Refused;
        }
        let mut wrong: Vec<Wrong<'_>> = Vec::new();
        for policy in policies {
            let Some(bench) = self.benches.iter().find(|bench| bench.policy.name() == policy.name) else { continue };
            let rules = changed(bench, &policy);
            if !rules.is_empty() {
                wrong.push(Wrong { bench, policy, rules });
            }
        }
        if wrong.is_empty() {
            return Fate::Equivalent;
        }
        wrong.iter().find_map(Wrong::killer).map_or_else(|| survivor(&wrong), Fate::Killed)
    }
}

/// What an item is called.
fn name(item: &Item) -> String {
    match item {
        Item::Rule(rule) => format!("rule {}", rule.name.text),
        Item::Addition(addition) => format!("add to {}", addition.rule.text),
        Item::Definition(definition) => format!("define {}", definition.name.text),
        Item::Setting(setting) => format!("setting {}", setting.name.text),
        Item::Score(score) => format!("score {}", score.name.text),
        _ => "policy".to_owned(),
    }
}

/// The rules that do not mean what they did, by their places.
fn changed(bench: &Bench<'_>, policy: &Policy) -> Vec<usize> {
    let pairs = policy.rules.iter().zip(&bench.cores).enumerate();
    pairs.filter(|(_, (rule, core))| Core::of(policy, rule) != **core).map(|(at, _)| at).collect()
}

/// A policy with a mistake in it.
struct Wrong<'h> {
    bench: &'h Bench<'h>,
    policy: Policy,
    rules: Vec<usize>,
}

impl Wrong<'_> {
    /// The first test that fails, those first for which a wrong rule answered anything but no.
    fn killer(&self) -> Option<String> {
        let program = compile(&self.policy);
        let about = |tested: &&Tested| {
            self.rules.iter().any(|at| tested.seen.get(*at).is_some_and(|seen| seen.truth != crate::model::Truth::No))
        };
        let (first, rest): (Vec<&Tested>, Vec<&Tested>) = self.bench.tests.iter().partition(about);
        let mut unread = None;
        first.into_iter().chain(rest).find_map(|tested| {
            let now = rules_seen(&self.policy, &program, &tested.case, &self.rules);
            let differs =
                self.rules.iter().zip(&now).any(|(at, now)| tested.seen.get(*at).is_none_or(|was| !same(was, now)));
            let deep = tested.meaning.is_some() || tested.expectations.iter().any(needs_decision);
            if !differs && !deep {
                return None;
            }
            let fails = if deep {
                let snapshot = unread.get_or_insert_with(|| Snapshot::unread(self.policy.clone()));
                self.fails_deeply(tested, snapshot)
            } else {
                let answers = Answers::observed(&self.policy, &observe(&self.policy, &program, &tested.case));
                !tested.expectations.iter().all(|expectation| met(expectation, &answers, self.bench.policy))
            };
            fails.then(|| tested.name.clone())
        })
    }

    fn fails_deeply(&self, tested: &Tested, policy: &Snapshot) -> bool {
        let decision = policy.decide(&tested.case);
        let misses = judge(&tested.expectations, &Answers::of(&decision), &decision, policy);
        let is_other = |meaning: &Meaning| *meaning != Meaning::of(&decision, policy, meaning.extent);
        !misses.is_empty() || tested.meaning.as_ref().is_some_and(is_other)
    }

    /// A case that the wrong policy answers otherwise: from the edges of the rule as it is, or of the rule as it is wrong.
    fn case(&self, at: usize) -> Option<Posed> {
        let right = self.bench.policy;
        let wrong = compile(&self.policy);
        let known = self.bench.posed.get(at)?.get_or_init(|| pose(right, right.program(), at, usize::MAX));
        let shows = |posed: &&Posed| {
            let case = posed.sketch.case(right.vocabulary(), right.zone());
            let was = rules_seen(right.policy(), right.program(), &case, &[at]);
            let now = rules_seen(&self.policy, &wrong, &case, &[at]);
            was.first().zip(now.first()).is_some_and(|(was, now)| !same_to_tests(was, now))
        };
        known.iter().find(shows).cloned().or_else(|| {
            let other = Snapshot::unread(self.policy.clone());
            pose(&other, other.program(), at, usize::MAX).iter().find(shows).cloned()
        })
    }
}

/// Whether two answers of a rule give the same decision.
fn same(one: &RuleSeen, other: &RuleSeen) -> bool {
    let all = |seen: &RuleSeen| {
        let RuleSeen { truth, presumed, trial, sure, possible, in_doubt, .. } = seen.clone();
        (truth, presumed, trial, sure, possible, in_doubt)
    };
    let silent = |seen: &RuleSeen| seen.truth == crate::model::Truth::No;
    (silent(one) && silent(other)) || all(one) == all(other)
}

/// Whether no expectation of a rule could tell two answers apart.
fn same_to_tests(one: &RuleSeen, other: &RuleSeen) -> bool {
    let state = |seen: &RuleSeen| (seen.fires(), seen.truth == crate::model::Truth::Unknown);
    let told = one.fires() || (one.trial && one.truth == crate::model::Truth::Unknown);
    state(one) == state(other) && (!told || one.sure == other.sure)
}

/// What becomes of a mistake that no test noticed.
fn survivor(wrong: &[Wrong<'_>]) -> Fate {
    for wrong in wrong {
        for at in &wrong.rules {
            let Some(posed) = wrong.case(*at) else { continue };
            let policy = wrong.bench.policy;
            let rule = policy.policy().rules.get(*at).map_or("", |rule| rule.name.as_str());
            let label = if posed.label.is_empty() { "applies" } else { &posed.label };
            let decision = policy.decide(&posed.sketch.case(policy.vocabulary(), policy.zone()));
            let answer = Answers::of(&decision).rule(rule);
            let state = match (answer.fired, answer.undecided) {
                (true, _) => "fires",
                (false, true) => "is undecided",
                (false, false) => "does not fire",
            };
            let words = format!("{}: no test says that rule {rule} {state} when: {label}", policy.name());
            let name = format!("{rule}: {label}");
            let test = test_in_yaml(&name, &posed.sketch, &decision, policy, rule, true);
            return Fate::Survived { words, test };
        }
    }
    let alike = |wrong: &Wrong<'_>| {
        wrong.rules.iter().all(|at| {
            let cores = wrong.bench.cores.get(*at).zip(wrong.policy.rules.get(*at));
            let proved = cores
                .and_then(|(was, rule)| always_alike(wrong.bench.policy.policy(), was, &Core::of(&wrong.policy, rule)));
            proved == Some(true)
        })
    };
    if wrong.iter().all(alike) { Fate::Equivalent } else { Fate::Undecided }
}
