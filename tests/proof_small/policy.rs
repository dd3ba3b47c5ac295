//! Small policies, over so few words that every case can be gone through, and the same with one small mistake.

use crate::generate::words::{sometimes, word};
use proptest::option::weighted;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

/// Everything that a small policy speaks of, and a list to ask one condition after another by.
pub const VOCABULARY: &str = r#"vocabulary "small"

call "A call"
  fact alone: yes or no "The caller is alone"
  fact hurt: yes or no "Somebody is hurt"
  fact kind: one of red, green, blue "What it is"
  fact many: number from 1 to 4 "How many there are"
  fact signs: any of cry, shout "What is heard"
  fact told: one of low, mid, high in rising order "What the handler said"

record visit "A visit"
  field loud: yes or no "Whether it was loud"

outcome grade: highest of low, mid, high "How soon"
  written as "grade at least"
outcome tell: all that apply of one, two "Whom to tell"
  written as "tell"
outcome online: either offered or not-offered, not-offered wins "Whether to offer an answer online"
  written as "online"
outcome review: highest number from 0 to 9 "How often to look again"
  written as "review"
outcome answer: all that apply of
  a-0, a-1, a-2, a-3, a-4, a-5, a-6, a-7, a-8, a-9, a-10, a-11, a-12, a-13, a-14, a-15, a-16, a-17, a-18, a-19,
  a-20, a-21, a-22, a-23, a-24, a-25, a-26, a-27, a-28, a-29, a-30, a-31
  "Which conditions hold"
"#;

/// The days on which rules begin and end.
pub const DAYS: [&str; 3] = ["2026-03-01", "2026-03-11", "2026-03-21"];

/// A condition: a question about the call or its past, or a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Cond {
    Fact(String),
    Past(String),
    List(String, Vec<Cond>),
}

impl Cond {
    fn write(&self, margin: usize, before: &str, out: &mut String) {
        let (head, items) = match self {
            Self::Fact(said) | Self::Past(said) => (said, &[][..]),
            Self::List(head, items) => (head, items.as_slice()),
        };
        let _ = writeln!(out, "{}{before}{head}", " ".repeat(margin));
        items.iter().for_each(|item| item.write(margin + 2, "- ", out));
    }

    /// A list in which nothing stands twice.
    fn list(head: String, items: Vec<Self>) -> Self {
        let mut kept: Vec<Self> = Vec::new();
        for item in items {
            if !kept.contains(&item) {
                kept.push(item);
            }
        }
        Self::List(head, kept)
    }

    /// What it asks of the past, each question once.
    pub fn past<'c>(&'c self, found: &mut BTreeSet<&'c str>) {
        match self {
            Self::Fact(_) => {}
            Self::Past(said) => drop(found.insert(said)),
            Self::List(_, items) => items.iter().for_each(|item| item.past(found)),
        }
    }

    /// The questions that it is made of, in the order in which they are written.
    fn leaves(&mut self) -> Vec<&mut Self> {
        let mut flat = Vec::new();
        match self {
            Self::List(_, items) => items.iter_mut().for_each(|item| flat.extend(item.leaves())),
            leaf => flat.push(leaf),
        }
        flat
    }
}

/// A rule of a small policy.
#[derive(Clone, Debug, PartialEq)]
pub struct SmallRule {
    from: Option<usize>,
    until: Option<usize>,
    trial: bool,
    presumed: bool,
    /// From and until when the force suspends it.
    suspended: Option<(Option<usize>, usize)>,
    pub when: Cond,
    then: BTreeSet<String>,
}

/// A small policy.
#[derive(Clone, PartialEq)]
pub struct SmallPolicy(pub Vec<SmallRule>);

impl fmt::Debug for SmallPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.files().concat())
    }
}

impl SmallPolicy {
    /// The same without a rule.
    pub fn without(&self, rule: usize) -> Self {
        let mut rules = self.0.clone();
        rules.remove(rule);
        Self(rules)
    }

    /// Whether a rule has its effect on any day.
    pub fn is_always(&self, rule: usize) -> bool {
        let rule = &self.0[rule];
        rule.from.is_none() && rule.until.is_none() && !rule.trial
    }

    /// A base, and a force that suspends some of its rules.
    pub fn files(&self) -> [String; 2] {
        let mut base = "policy \"Base\"\n  vocabulary \"small\"\n  time zone UTC\n".to_owned();
        let mut force = "policy \"Force\"\n  tailors \"Base\"\n".to_owned();
        for (at, rule) in self.0.iter().enumerate() {
            rule.write(at, &mut base);
            if let Some((from, until)) = rule.suspended {
                let from = from.filter(|from| *from <= until).map(|from| format!(" from {}", DAYS[from]));
                let _ = writeln!(
                    force,
                    "\nsuspend rule-{at}{} until {}\n  because \"Invented\"\n  owner \"Invented\"",
                    from.unwrap_or_default(),
                    DAYS[until]
                );
            }
        }
        [base, force]
    }

    /// The same with a rule for each condition, so that every case is gone through that one of them can tell from another.
    pub fn asking(&self, conditions: impl IntoIterator<Item = Cond>) -> Self {
        let asking = conditions.into_iter().map(|when| SmallRule {
            from: None,
            until: None,
            trial: true,
            presumed: false,
            suspended: None,
            when,
            then: BTreeSet::new(),
        });
        Self(self.0.iter().cloned().chain(asking).collect())
    }

    /// Whether any day matters to it.
    pub fn has_days(&self) -> bool {
        self.0.iter().any(|rule| rule.from.is_some() || rule.until.is_some() || rule.suspended.is_some())
    }

    /// Whether a fact stands somewhere in it.
    pub fn names(&self, fact: &str) -> bool {
        self.files().iter().any(|file| file.split(|c: char| !c.is_alphanumeric()).any(|word| word == fact))
    }
}

impl SmallRule {
    /// Asks one question of the call, in a list of some kind, and presumes its answer.
    fn presume(&mut self, head: &str) {
        let leaves = self.when.leaves();
        let asked = leaves.into_iter().find_map(|leaf| match leaf {
            Cond::Fact(said) => Some(said.trim_end_matches(" or not answered").to_owned()),
            _ => None,
        });
        let asked = asked.unwrap_or_else(|| "hurt is yes".to_owned());
        self.when = Cond::list(head.to_owned(), vec![Cond::Fact(format!("{asked} or not answered"))]);
    }

    fn write(&self, at: usize, out: &mut String) {
        let _ = writeln!(out, "\nrule rule-{at} \"A rule\"");
        let (from, until) = match (self.from, self.until) {
            (Some(from), Some(until)) => (Some(from.min(until)), Some(from.max(until))),
            days => days,
        };
        let day = |word: &str, day: Option<usize>| day.map(|day| format!(" {word} {}", DAYS[day])).unwrap_or_default();
        if from.is_some() || until.is_some() {
            let _ = writeln!(out, "  in force{}{}", day("from", from), day("until", until));
        }
        if self.trial {
            out.push_str("  on trial\n");
        }
        out.push_str("  may be suspended\n");
        self.when.write(2, "when ", out);
        if self.presumed {
            out.push_str("  applies unless known otherwise\n");
        }
        out.push_str("  then:\n");
        for effect in &self.then {
            let _ = writeln!(out, "    - {effect}");
        }
        out.push_str("  because \"x\"\n  source \"Invented\"\n");
    }
}

fn fact() -> BoxedStrategy<Cond> {
    let test = prop_oneof![
        4 => word(&["hurt is yes", "hurt is no", "alone is yes", "alone is no"]),
        4 => word(&["kind is red", "kind is not red", "kind is green", "kind is one of red or blue", "kind is not blue"]),
        3 => word(&["many is at least 2", "many is at least 3", "many is at least 4", "many is at most 2", "many is at most 3"]),
        2 => word(&["many is exactly 2", "many is exactly 3", "many is from 2 to 3", "many is not from 2 to 3"]),
        2 => word(&["signs include cry", "signs include any of cry or shout", "signs include at most 0", "signs include at least 2"]),
    ];
    let test = (test, prop::bool::weighted(0.18))
        .prop_map(|(test, presumed)| if presumed { format!("{test} or not answered") } else { test });
    test.prop_map(Cond::Fact).boxed()
}

fn past() -> BoxedStrategy<Cond> {
    let how = prop_oneof![
        4 => (1..4).prop_map(|number| format!("at least {number}")),
        2 => (0..3).prop_map(|number| format!("at most {number}")),
        1 => (0..3).prop_map(|number| format!("exactly {number}")),
        1 => (1..4).prop_map(|number| format!("fewer than {number}")),
        1 => word(&["any", "no"]),
    ];
    let window = || sometimes(0.7, word(&[" within 1 hour", " within 2 days"])).prop_map(Option::unwrap_or_default);
    let filter = sometimes(0.5, word(&[", where loud is yes", ", where loud is no"]));
    let count = (how, window(), filter)
        .prop_map(|(how, window, filter)| format!("{how} visits{window}{}", filter.unwrap_or_default()));
    let latest = (word(&["latest", "latest", "first"]), window(), word(&["loud is yes", "loud is no"]))
        .prop_map(|(which, window, test)| format!("in the {which} visit{window}, {test}"));
    prop_oneof![4 => count, 1 => latest].prop_map(Cond::Past).boxed()
}

fn leaf() -> BoxedStrategy<Cond> {
    prop_oneof![1 => fact(), 1 => past()].boxed()
}

fn head() -> BoxedStrategy<String> {
    let some = prop_oneof![
        3 => (1..3).prop_map(|number| format!("at least {number} of:")),
        1 => word(&["at most 1 of:", "exactly 1 of:"])
    ];
    prop_oneof![4 => word(&["all of:", "any of:", "none of:"]), 1 => some].boxed()
}

fn condition() -> BoxedStrategy<Cond> {
    leaf()
        .prop_recursive(2, 5, 3, |inner| {
            (head(), prop::collection::vec(inner, 1..4)).prop_map(|(head, items)| Cond::list(head, items))
        })
        .boxed()
}

fn effect() -> BoxedStrategy<String> {
    prop_oneof![
        5 => word(&["grade at least mid", "grade at least high"]),
        4 => word(&["tell one", "tell two", "tell one and two"]),
        1 => word(&["grade at least told"]),
        1 => word(&["review many", "review 2", "review 3"]),
        1 => word(&["online offered", "online not-offered"]),
    ]
    .boxed()
}

fn rule() -> BoxedStrategy<SmallRule> {
    let day = || weighted(0.12, 0..DAYS.len());
    let suspended = weighted(0.1, (weighted(0.4, 0..DAYS.len()), 0..DAYS.len()));
    let then = prop::collection::btree_set(effect(), 1..3);
    (day(), day(), prop::bool::weighted(0.08), prop::bool::weighted(0.12), suspended, condition(), then)
        .prop_map(|(from, until, trial, presumed, suspended, when, then)| SmallRule {
            from,
            until,
            trial,
            presumed,
            suspended,
            when,
            then,
        })
        .boxed()
}

/// A small policy.
fn policy() -> BoxedStrategy<SmallPolicy> {
    prop::collection::vec(rule(), 1..4).prop_map(SmallPolicy).boxed()
}

/// A small mistake.
#[derive(Clone, Debug)]
enum Mistake {
    /// Another question in the place of the one at this place.
    Leaf(usize, Cond),
    /// The list at this place otherwise.
    Head(String),
    /// One item less of the list.
    Shorter(usize),
    /// The condition within a list of this kind, with another beside it.
    Within(String, Cond),
    When(Cond),
    Days(Option<usize>, Option<usize>),
    Presumed,
    Trial,
    Suspended(Option<(Option<usize>, usize)>),
    Then(BTreeSet<String>),
    Gone,
    Twice(SmallRule),
    /// The rule as two: for each way that a fact may be, one.
    Split(Cond, Cond),
}

/// A rule as two.
fn split() -> BoxedStrategy<Mistake> {
    let split = word(&[
        "hurt is yes|hurt is no",
        "hurt is yes|hurt is no or not answered",
        "kind is red|kind is not red",
        "kind is one of red or blue|kind is green",
        "many is at least 3|many is at most 2",
        "many is from 2 to 4|many is exactly 1",
        "signs include any of cry or shout|signs include at most 0",
    ]);
    let split = split.prop_map(|two| {
        let (one, other) = two.split_once('|').expect("two sides");
        Mistake::Split(Cond::Fact(one.to_owned()), Cond::Fact(other.to_owned()))
    });
    split.boxed()
}

fn mistake() -> BoxedStrategy<Mistake> {
    let day = || weighted(0.5, 0..DAYS.len());
    prop_oneof![
        8 => (0..6usize, leaf()).prop_map(|(at, leaf)| Mistake::Leaf(at, leaf)),
        3 => head().prop_map(Mistake::Head),
        2 => (0..3usize).prop_map(Mistake::Shorter),
        3 => (word(&["all of:", "any of:", "none of:"]), leaf()).prop_map(|(head, leaf)| Mistake::Within(head, leaf)),
        2 => condition().prop_map(Mistake::When),
        2 => (day(), day()).prop_map(|(from, until)| Mistake::Days(from, until)),
        1 => Just(Mistake::Presumed),
        1 => Just(Mistake::Trial),
        1 => weighted(0.7, (day(), 0..DAYS.len())).prop_map(Mistake::Suspended),
        2 => prop::collection::btree_set(effect(), 1..3).prop_map(Mistake::Then),
        1 => Just(Mistake::Gone),
        2 => rule().prop_map(Mistake::Twice),
        1 => split(),
    ]
    .boxed()
}

impl SmallPolicy {
    fn with(&self, at: usize, mistake: Mistake) -> Self {
        let mut policy = self.clone();
        let at = at % policy.0.len();
        let rule = &mut policy.0[at];
        match mistake {
            Mistake::Leaf(place, leaf) => {
                let leaves = rule.when.leaves();
                let place = place % leaves.len().max(1);
                leaves.into_iter().nth(place).into_iter().for_each(|known| *known = leaf.clone());
            }
            Mistake::Head(other) => match &mut rule.when {
                Cond::List(head, _) => *head = other,
                _ => rule.when = Cond::list("none of:".to_owned(), vec![rule.when.clone()]),
            },
            Mistake::Shorter(item) => match &mut rule.when {
                Cond::List(_, items) if items.len() > 1 => drop(items.remove(item % items.len())),
                _ => drop(policy.0.remove(at)),
            },
            Mistake::Within(head, leaf) => rule.when = Cond::list(head, vec![rule.when.clone(), leaf]),
            Mistake::When(when) => rule.when = when,
            Mistake::Days(from, until) => (rule.from, rule.until) = (from, until),
            Mistake::Presumed => rule.presumed = !rule.presumed,
            Mistake::Trial => rule.trial = !rule.trial,
            Mistake::Suspended(suspended) => rule.suspended = suspended,
            Mistake::Then(then) => rule.then = then,
            Mistake::Gone => drop(policy.0.remove(at)),
            Mistake::Twice(other) => policy.0.push(other),
            Mistake::Split(one, other) => {
                let both = |side| Cond::list("all of:".to_owned(), vec![rule.when.clone(), side]);
                let two = [one, other].map(|side| SmallRule { when: both(side), ..rule.clone() });
                policy.0.splice(at..=at, two);
            }
        }
        policy
    }
}

/// Something that a small policy states of every decision.
#[derive(Clone, Debug)]
pub struct SmallInvariant {
    pub whenever: Cond,
    never: bool,
    demand: String,
}

impl SmallInvariant {
    pub fn write(&self, at: usize, out: &mut String) {
        let _ = writeln!(out, "\ninvariant stated-{at} \"It is so\"");
        self.whenever.write(2, "whenever ", out);
        let _ = writeln!(out, "  {} {}\n  source \"Invented\"", if self.never { "never" } else { "then" }, self.demand);
    }
}

/// A small policy, and what it states: often of what one of its rules asks and gives, which is where a proof may go wrong.
pub fn stating() -> BoxedStrategy<(SmallPolicy, Vec<SmallInvariant>)> {
    let demand = word(&[
        "grade at least mid",
        "grade at least high",
        "tell one",
        "tell two",
        "online offered",
        "online not-offered",
    ]);
    let by_a_rule = weighted(0.7, (0..4usize, 0..4usize, prop::bool::weighted(0.3)));
    let stated = (prop_oneof![2 => fact(), 1 => condition()], prop::bool::weighted(0.5), demand, by_a_rule);
    (cut_in_two(), weighted(0.4, (0..4usize, head())), prop::collection::vec(stated, 1..5))
        .prop_map(|(mut policy, presumed, stated)| {
            if let Some((rule, head)) = presumed {
                let place = rule % policy.0.len();
                policy.0[place].presume(&head);
            }
            let stated = stated.into_iter().map(|(mut whenever, never, mut demand, by_a_rule)| {
                if let Some((rule, leaf, is_turned)) = by_a_rule {
                    let rule = &policy.0[rule % policy.0.len()];
                    let mut asked = rule.when.clone();
                    let leaves = asked.leaves();
                    let place = leaf % leaves.len().max(1);
                    if let Some(leaf) = leaves.into_iter().nth(place) {
                        whenever = leaf.clone();
                    }
                    if is_turned {
                        whenever = Cond::list("none of:".to_owned(), vec![whenever]);
                    }
                    // What is stated names values.
                    let named = rule.then.iter().find(|given| !given.ends_with("told") && !given.starts_with("review"));
                    demand = named.cloned().unwrap_or(demand);
                }
                SmallInvariant { whenever, never, demand }
            });
            let stated = stated.collect();
            (policy, stated)
        })
        .boxed()
}

/// A small policy of which some rule is cut in two: for each way that a fact may be, one.
pub fn cut_in_two() -> BoxedStrategy<SmallPolicy> {
    (policy(), 0..4usize, split()).prop_map(|(policy, at, split)| policy.with(at, split)).boxed()
}

/// A small policy, and the same with a small mistake or two.
pub fn pair() -> BoxedStrategy<(SmallPolicy, SmallPolicy)> {
    let edits = prop::collection::vec((0..4usize, mistake()), 1..3);
    let edited =
        |(policy, edits): (SmallPolicy, Vec<(usize, Mistake)>)| {
            let edited = edits.into_iter().fold(policy.clone(), |edited, (at, mistake)| {
                if edited.0.is_empty() { edited } else { edited.with(at, mistake) }
            });
            (policy, edited)
        };
    (policy(), edits).prop_map(edited).boxed()
}
