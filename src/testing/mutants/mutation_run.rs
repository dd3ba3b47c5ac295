//! Every small mistake in a policy, and what becomes of it: a test notices, no case can show it, or a test is missing.

use super::edit::{Edit, Editor};
use super::items::edits;
use super::search::{CounterexampleSearch, UnnamedTest};
use crate::check::{self, Policy, SettingRange};
use crate::compile::{Program, compile};
use crate::engine::{Load, Snapshot};
use crate::eval::{InvariantChecker, RuleSeen, observe, rules_seen};
use crate::model::{Case, Truth, Type, Vocabulary};
use crate::proof::{gives_as_much, is_alike};
use crate::syntax;
use crate::syntax::tree::{File, Item};
use crate::testing::answers::RuleAnswers;
use crate::testing::boundaries::Cut;
use crate::testing::forms::Forms;
use crate::testing::invariants::InvariantTests;
use crate::testing::judge::{judge, met, needs_decision};
use crate::testing::meaning::{DecisionMeaning, quoted};
use crate::testing::normal_form::{Besides, NormalForm, cores};
use crate::testing::run::{Prepared, Progress, Target, TestOptions, prepare};
use crate::testing::tested::{Tested, tested};
use crate::text::Severity;
use crate::workers::map;
use std::collections::{BTreeMap, BTreeSet};

/// What became of every small mistake.
#[derive(Clone, Debug, Default)]
pub struct MutationRun {
    /// Each mistake, in the order of files and places.
    pub mutants: Vec<Mutant>,
    /// Tests that do not pass on the policy as it is, and so notice nothing.
    pub unfit: Vec<String>,
    /// Rules and other parts with more mistakes than are made in one of them, and how many were not made.
    pub unmade: Vec<(String, usize)>,
    /// The filter, where it left out every test.
    pub unmatched: Option<String>,
}

/// One small mistake.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The policy's file.
    pub file: String,
    /// The line in it, counted from 1.
    pub line: usize,
    /// The rule, setting, definition or score that it is in.
    pub name: String,
    /// The mistake, in words.
    pub words: String,
    /// What became of it.
    pub fate: MutantStatus,
}

/// What became of a small mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MutantStatus {
    /// A test fails: its file and name.
    Killed(String),
    /// `heedful check` refuses it, so that it can never be in use.
    Refused,
    /// No case can show it.
    Equivalent,
    /// A case shows it and no test does.
    Survived {
        /// What the test should say.
        words: String,
        /// What the test may be called.
        name: String,
        /// The test as it can be put into a test file.
        test: String,
    },
    /// Neither a case nor a proof was found, and why.
    Undecided(String),
    /// It is in rules that none of the tests that the filter takes expects anything of.
    LeftOut,
}

/// The most mistakes that are made in one rule, definition or score.
const MOST_MISTAKES: usize = 2_000;

/// Makes every small mistake in every policy file of a load and sees whether its tests notice.
pub fn hunt(load: &Load, targets: &[Target<'_>], options: &TestOptions<'_>) -> MutationRun {
    let prepared = prepare(targets, options);
    let files: Vec<File> =
        syntax::parse_all(load.sources.iter(), options.workers).into_iter().map(|(file, _)| file).collect();
    let (benches, unfit) = benches(load, &prepared, options);
    let people = load.policies.first().map(|policy| people(policy.vocabulary())).unwrap_or_default();
    let calendars = calendars(&load.policies);
    let editor = Editor { people: &people, calendars: &calendars };
    let none = unfit.is_empty() && benches.iter().all(|bench| bench.tests.is_empty());
    let unmatched = options.filter.filter(|_| none).map(str::to_owned);
    let mut hunt = MutationRun { unfit, unmatched, ..MutationRun::default() };
    let mut work = Vec::new();
    for (file, tree) in files.iter().enumerate() {
        let Some(vocabulary) = load.policies.first().map(Snapshot::vocabulary) else { break };
        for (item, line) in tree.items.iter().enumerate() {
            let edits = edits(&line.node, vocabulary, &editor);
            if let Some(more) = edits.len().checked_sub(MOST_MISTAKES).filter(|more| *more > 0) {
                hunt.unmade.push((name(&line.node), more));
            }
            work.extend(edits.into_iter().take(MOST_MISTAKES).map(|edit| Mistake { file, item, edit }));
        }
    }
    (options.progress)(Progress::Of(work.len()));
    let hunter = Hunter { load, files: &files, benches: &benches, filtered: options.filter.is_some() };
    let found = map(options.workers, &work, |work| {
        let found = hunter.fate(work);
        (options.progress)(Progress::OneMore);
        found
    });
    let mut names = TestNames::of(&benches);
    for (work, found) in work.iter().zip(found) {
        hunt.mutants.push(hunter.mutant(work, found, &mut names));
    }
    hunt
}

/// One mistake to make.
struct Mistake<'w> {
    file: usize,
    item: usize,
    edit: Edit<'w, Item>,
}

fn people(vocabulary: &Vocabulary) -> Vec<String> {
    let identities = vocabulary.call.iter().filter(|field| matches!(field.ty, Type::Identity { .. }));
    identities.map(|field| field.name.clone()).collect()
}

/// The settings of all policies that name a calendar, with the calendars that each may be set to.
fn calendars(policies: &[Snapshot]) -> BTreeMap<String, Vec<String>> {
    let settings = policies.iter().flat_map(|policy| &policy.policy().settings);
    let choices = settings.filter_map(|setting| match &setting.range {
        Some(SettingRange::OneOf(names)) => Some((setting.name.clone(), names.clone())),
        _ => None,
    });
    choices.collect()
}

/// One policy with the tests that are for it.
struct PolicyUnderTest<'t> {
    policy: &'t Snapshot,
    forms: Forms<'static>,
    cores: Vec<NormalForm>,
    besides: Besides,
    tests: Vec<Fit>,
    /// Of each rule, whether a test expects something of it.
    tested: Vec<bool>,
}

/// A test that passes on the policy as it is.
struct Fit {
    tested: Tested,
    /// What its snapshot holds, where it keeps one.
    meaning: Option<DecisionMeaning>,
    /// What the rules said that did not say no, by their places.
    seen: BTreeMap<usize, RuleSeen>,
    /// The rules that it expects something of.
    expects: BTreeSet<usize>,
}

fn benches<'t>(
    load: &'t Load,
    prepared: &[Prepared<'_>],
    options: &TestOptions<'_>,
) -> (Vec<PolicyUnderTest<'t>>, Vec<String>) {
    let mut unfit = Vec::new();
    let mut benches = Vec::new();
    for policy in &load.policies {
        let mut usable = Vec::new();
        for tested in tested(policy, prepared, options) {
            match tested {
                Ok(tested) => usable.push(tested),
                Err(name) => unfit.push(name),
            }
        }
        let invariants = InvariantTests::of(policy);
        let fit = map(options.workers, &usable, |tested| fit(tested, policy, &invariants));
        let mut tests = Vec::new();
        for (tested, fit) in usable.into_iter().zip(fit) {
            match fit {
                Some((meaning, seen, expects)) => tests.push(Fit { tested, meaning, seen, expects }),
                None => unfit.push(tested.place()),
            }
        }
        let typed = policy.policy();
        let mut forms = Forms::default();
        let (cores, besides) = (cores(typed, &mut forms), Besides::of(typed, &mut forms));
        let expected = |at: usize| tests.iter().any(|test| test.expects.contains(&at));
        let tested = (0..typed.rules.len()).map(expected).collect();
        benches.push(PolicyUnderTest { policy, forms, cores, besides, tests, tested });
    }
    (benches, unfit)
}

type Seen = (Option<DecisionMeaning>, BTreeMap<usize, RuleSeen>, BTreeSet<usize>);

/// What a test sees on the policy as it is; `None` when it does not pass.
fn fit(tested: &Tested, policy: &Snapshot, invariants: &InvariantTests<'_>) -> Option<Seen> {
    let decision = policy.decide(&tested.case);
    let answers = RuleAnswers::of(&decision);
    let is_as_expected = judge(&tested.expectations, &answers, &decision, policy).is_empty();
    if !is_as_expected || !invariants.broken(&tested.case, &answers).is_empty() {
        return None;
    }
    let meaning = tested.snapshot.map(|extent| DecisionMeaning::of(&decision, policy, extent));
    let observed = observe(policy.policy(), policy.program(), &tested.case);
    let expects = tested.expects_of(policy, &observed);
    let expects = expects.iter().enumerate().filter(|(_, expects)| **expects).map(|(at, _)| at).collect();
    let seen = observed.rules.into_iter().enumerate().filter(|(_, seen)| seen.truth != Truth::No).collect();
    Some((meaning, seen, expects))
}

/// What was found of one mistake, before tests have names.
enum SearchResult {
    MutantStatus(MutantStatus),
    Missing { policy: String, missing: UnnamedTest },
}

struct Hunter<'h> {
    load: &'h Load,
    files: &'h [File],
    benches: &'h [PolicyUnderTest<'h>],
    filtered: bool,
}

impl Hunter<'_> {
    fn mutant(&self, work: &Mistake<'_>, found: SearchResult, names: &mut TestNames) -> Mutant {
        let source = self.load.sources.get(work.edit.at.source);
        let item = self.files.get(work.file).and_then(|file| file.items.get(work.item));
        let fate = match found {
            SearchResult::MutantStatus(fate) => fate,
            SearchResult::Missing { policy, missing } => {
                let words = format!("{policy}: no test says that {} here: {}", missing.does, missing.when);
                let name = names.name(&missing);
                let test = format!("  - name: {}\n{}", quoted(&name), missing.body);
                MutantStatus::Survived { words, name, test }
            }
        };
        Mutant {
            file: source.map_or_else(String::new, |source| source.name.clone()),
            line: source.map_or(1, |source| source.position(work.edit.at.start).line),
            name: item.map_or_else(String::new, |item| name(&item.node)),
            words: work.edit.words.clone(),
            fate,
        }
    }

    fn fate(&self, work: &Mistake<'_>) -> SearchResult {
        let mut files = self.files.to_vec();
        if let Some(line) = files.get_mut(work.file).and_then(|file| file.items.get_mut(work.item)) {
            line.node = work.edit.make();
        }
        let (policies, problems) = check::check(&files);
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return SearchResult::MutantStatus(MutantStatus::Refused);
        }
        drop(files);
        let (mut wrong, mut left_out) = (Vec::new(), false);
        for policy in policies {
            let Some(bench) = self.benches.iter().find(|bench| bench.policy.name() == policy.name) else { continue };
            let mut forms = Forms::above(&bench.forms);
            let (cores, besides) = (cores(&policy, &mut forms), Besides::of(&policy, &mut forms));
            let changed = cores.iter().zip(&bench.cores).enumerate().filter(|(_, (now, was))| now != was);
            let mut rules: Vec<usize> = changed.map(|(at, _)| at).collect();
            let all = rules.len();
            rules.retain(|at| !self.filtered || bench.tested.get(*at) == Some(&true));
            left_out |= rules.len() < all;
            // A filter asks about rules alone.
            let says_otherwise = besides != bench.besides && !self.filtered;
            // Rules that mean the same by themselves may be enough for something else between them.
            let may_give_otherwise =
                !self.filtered && policy != *bench.policy.policy() && bench.policy.gives_together();
            if !rules.is_empty() || says_otherwise || may_give_otherwise {
                let program = compile(&policy);
                wrong.push(Wrong { bench, policy, program, cores, rules, says_otherwise, mistake: &work.edit.words });
            }
        }
        match (wrong.is_empty(), left_out) {
            (true, true) => return SearchResult::MutantStatus(MutantStatus::LeftOut),
            (true, false) => return SearchResult::MutantStatus(MutantStatus::Equivalent),
            (false, _) => {}
        }
        match wrong.iter().find_map(Wrong::killer) {
            Some(killer) => SearchResult::MutantStatus(MutantStatus::Killed(killer)),
            None => survivor(&wrong),
        }
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
        Item::Table(table) => format!("table {}", table.name.text),
        _ => "policy".to_owned(),
    }
}

/// The names of tests that are missing, each another than those of the tests that there are.
struct TestNames {
    taken: BTreeSet<String>,
    /// By what stands below the name: the same test is missing for several mistakes.
    given: BTreeMap<String, String>,
}

impl TestNames {
    fn of(benches: &[PolicyUnderTest<'_>]) -> Self {
        let tests = benches.iter().flat_map(|bench| &bench.tests);
        Self { taken: tests.map(|test| test.tested.name.clone()).collect(), given: BTreeMap::new() }
    }

    fn name(&mut self, missing: &UnnamedTest) -> String {
        if let Some(name) = self.given.get(&missing.body) {
            return name.clone();
        }
        let plain = format!("{}: {}", missing.does, missing.when);
        let numbered = (2..).map(|number| format!("{plain} ({number})"));
        let free = std::iter::once(plain.clone()).chain(numbered).find(|name| !self.taken.contains(name));
        let name = free.unwrap_or(plain);
        self.taken.insert(name.clone());
        self.given.insert(missing.body.clone(), name.clone());
        name
    }
}

/// A policy with a mistake in it.
struct Wrong<'h> {
    bench: &'h PolicyUnderTest<'h>,
    policy: Policy,
    program: Program,
    cores: Vec<NormalForm>,
    /// The rules that do not mean what they did, by their places.
    rules: Vec<usize>,
    /// Whether it states something else of every decision, or gives other reasons.
    says_otherwise: bool,
    mistake: &'h str,
}

impl Wrong<'_> {
    /// The first test that fails, those first for which a wrong rule answered anything but no.
    fn killer(&self) -> Option<String> {
        let about = |fit: &&Fit| self.rules.iter().any(|at| fit.seen.contains_key(at));
        let (first, rest): (Vec<&Fit>, Vec<&Fit>) = self.bench.tests.iter().partition(about);
        let mut unread = None;
        let invariants = InvariantChecker::of(&self.policy);
        let breaks = |case: &Case, answers: &RuleAnswers| {
            invariants.as_ref().is_some_and(|held| !held.breaches(case, &answers.outcome, &answers.possible).is_empty())
        };
        first.into_iter().chain(rest).find_map(|fit| {
            let now = rules_seen(&self.policy, &self.program, &fit.tested.case, &self.rules);
            let differs = self.rules.iter().zip(&now).any(|(at, now)| !same(fit.seen.get(at), now));
            let deep =
                self.says_otherwise || fit.meaning.is_some() || fit.tested.expectations.iter().any(needs_decision);
            if !differs && !deep {
                return None;
            }
            let fails = if deep {
                let snapshot = unread.get_or_insert_with(|| Snapshot::unread(self.policy.clone()));
                self.fails_deeply(fit, snapshot, breaks)
            } else {
                let answers =
                    RuleAnswers::observed(&self.policy, &observe(&self.policy, &self.program, &fit.tested.case));
                let is_met = |expectation| met(expectation, &answers, self.bench.policy);
                !fit.tested.expectations.iter().all(is_met) || breaks(&fit.tested.case, &answers)
            };
            fails.then(|| fit.tested.place())
        })
    }

    fn fails_deeply(&self, fit: &Fit, policy: &Snapshot, breaks: impl Fn(&Case, &RuleAnswers) -> bool) -> bool {
        let decision = policy.decide(&fit.tested.case);
        let answers = RuleAnswers::of(&decision);
        let misses = judge(&fit.tested.expectations, &answers, &decision, policy);
        let is_other = |meaning: &DecisionMeaning| *meaning != DecisionMeaning::of(&decision, policy, meaning.extent);
        !misses.is_empty() || breaks(&fit.tested.case, &answers) || fit.meaning.as_ref().is_some_and(is_other)
    }

    /// The test that is missing for one of the rules; else why the search for it ended early, if it did.
    fn missing(&self, rule: usize) -> Result<UnnamedTest, Option<Cut>> {
        // First the tests that are about the rule, and of these first those in which it did not say no.
        let rank = |fit: &&Fit| (!fit.expects.contains(&rule), !fit.seen.contains_key(&rule));
        let mut tests: Vec<&Fit> = self.bench.tests.iter().collect();
        tests.sort_by_key(rank);
        let tests: Vec<&Tested> = tests.into_iter().map(|fit| &fit.tested).collect();
        let Self { bench, policy, program, mistake, .. } = self;
        CounterexampleSearch { policy: bench.policy, wrong: policy, program, rule, mistake }.find(&tests)
    }

    fn is_alike(&self) -> bool {
        !self.says_otherwise && self.rules_are_alike() && self.is_alike_together()
    }

    /// Whether rules are enough for the same between them.
    fn is_alike_together(&self) -> bool {
        let (right, wrong) = (self.bench.policy, Snapshot::unread(self.policy.clone()));
        let gives_together = right.gives_together() || wrong.gives_together();
        !gives_together || gives_as_much(right, &wrong) && gives_as_much(&wrong, right)
    }

    fn rules_are_alike(&self) -> bool {
        self.rules.iter().all(|at| {
            let cores = self.bench.cores.get(*at).zip(self.cores.get(*at));
            cores.is_some_and(|(was, now)| was.differs_in_condition_alone(now))
                && is_alike(self.bench.policy.policy(), &self.policy, *at)
        })
    }
}

/// Whether what a rule says gives the same decision as what it said, which was no where nothing was kept.
fn same(was: Option<&RuleSeen>, now: &RuleSeen) -> bool {
    let all = |seen: &RuleSeen| {
        let RuleSeen { truth, presumed, trial, sure, possible, in_doubt, .. } = seen.clone();
        (truth, presumed, trial, sure, possible, in_doubt)
    };
    match was {
        None => now.truth == Truth::No,
        Some(was) => all(was) == all(now),
    }
}

/// What becomes of a mistake that no test noticed.
fn survivor(wrong: &[Wrong<'_>]) -> SearchResult {
    if wrong.iter().all(Wrong::is_alike) {
        return SearchResult::MutantStatus(MutantStatus::Equivalent);
    }
    let mut cut = None;
    for wrong in wrong {
        for at in &wrong.rules {
            match wrong.missing(*at) {
                Ok(missing) => return SearchResult::Missing { policy: wrong.bench.policy.name().to_owned(), missing },
                Err(why) => cut = cut.or(why),
            }
        }
    }
    let found = match wrong.iter().any(|wrong| wrong.says_otherwise) {
        true => "it changes what is stated of every decision or a reason, and no test of the policy notices",
        false => "no case was found that shows it, and no proof that there is none",
    };
    SearchResult::MutantStatus(MutantStatus::Undecided(match cut {
        Some(cut) => format!("{found}: {}", cut.words()),
        None => found.to_owned(),
    }))
}
