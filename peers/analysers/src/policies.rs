//! Random numbers -> pairs of policies of rules over facts, the same in both languages, and what one asks of them.

use crate::answer::Facts;
use crate::random::Random;
use std::fmt::Write;

/// Facts of the call. Numbers go from 0 to 100; a choice is one of `COLOURS`.
pub const NUMBERS: usize = 12;
pub const CHOICES: usize = 6;
pub const FLAGS: usize = 10;
pub const COLOURS: [&str; 4] = ["red", "green", "blue", "grey"];
pub const MOST: i64 = 100;

/// How many rules the first policy of a pair has.
const SIZES: [usize; 5] = [5, 20, 50, 100, 200];

/// What becomes of a policy. "Stronger" asks for less, so that it applies to more calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same,
    Otherwise,
    Stronger,
    Weaker,
    Cut,
}

pub const CHANGES: [(Change, &str); 5] = [
    (Change::Same, "the same text"),
    (Change::Otherwise, "the same, said otherwise"),
    (Change::Stronger, "some thresholds easier to reach"),
    (Change::Weaker, "those, and one harder"),
    (Change::Cut, "some cut in two by a yes or no"),
];

pub const COUNT: usize = SIZES.len() * CHANGES.len();

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    Number(usize),
    Choice(usize),
    Flag(usize),
}

#[derive(Clone, Copy, Debug)]
enum Test {
    AtLeast(usize, i64),
    Below(usize, i64),
    Is(usize, usize),
    IsNot(usize, usize),
    Flag(usize, bool),
}

#[derive(Clone, Debug)]
enum Condition {
    Test(Test),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// The conditions of its rules, each of which gives the higher of two grades.
pub struct Policy {
    rules: Vec<Condition>,
    /// Whether `at least 5` is written as `more than 4`.
    otherwise: bool,
}

pub struct Problem {
    pub name: String,
    pub old: Policy,
    pub new: Policy,
}

pub fn problem(at: usize) -> Problem {
    let count = SIZES[at / CHANGES.len()];
    let (change, said) = CHANGES[at % CHANGES.len()];
    let mut random = Random::new(count as u64);
    let old: Vec<Condition> = (0..count).map(|_| rule(&mut random)).collect();
    let mut new = old.clone();
    match change {
        Change::Same => {}
        Change::Otherwise => {
            new.reverse();
            new.iter_mut().for_each(Condition::reverse);
        }
        Change::Stronger | Change::Weaker => {
            new.iter_mut().step_by(3).for_each(|rule| rule.widen(5));
            if change == Change::Weaker {
                weaken(&old, &mut new, &mut random);
            }
        }
        Change::Cut => new = new.into_iter().enumerate().flat_map(|(at, rule)| rule.cut(at % 5 == 0)).collect(),
    }
    let otherwise = change == Change::Otherwise;
    Problem {
        name: format!("{count} rules, {said}"),
        old: Policy { rules: old, otherwise: false },
        new: Policy { rules: new, otherwise },
    }
}

/// Makes one rule harder to reach: the first from the middle on whose loss shows in a call that is drawn, as others may make up for it.
fn weaken(old: &[Condition], new: &mut [Condition], random: &mut Random) {
    let calls: Vec<Facts> = (0..20_000).map(|_| Facts::drawn(random)).filter(|call| applies(old, call)).collect();
    for at in (0..old.len()).map(|at| (at + old.len() / 2) % old.len()) {
        let kept = new[at].clone();
        new[at] = old[at].clone();
        new[at].widen(-10);
        if calls.iter().any(|call| !applies(new, call)) {
            return;
        }
        new[at] = kept;
    }
    panic!("no rule whose loss shows");
}

fn applies(rules: &[Condition], call: &Facts) -> bool {
    rules.iter().any(|rule| rule.holds(call))
}

/// All of a threshold, two or three other questions and in half of the rules any of two or three more, each about another fact.
fn rule(random: &mut Random) -> Condition {
    let mut facts: Vec<Fact> = (0..NUMBERS).map(Fact::Number).collect();
    facts.extend((0..CHOICES).map(Fact::Choice));
    facts.extend((0..FLAGS).map(Fact::Flag));
    let first = facts.remove(random.below(NUMBERS as u64) as usize);
    random.shuffle(&mut facts);
    let mut asked = facts.into_iter();
    let mut parts = vec![Condition::Test(test(random, first))];
    let more = 2 + random.below(2) as usize;
    parts.extend(asked.by_ref().take(more).map(|fact| Condition::Test(test(random, fact))));
    if random.chance(50) {
        let any = 2 + random.below(2) as usize;
        parts.push(Condition::Any(asked.take(any).map(|fact| Condition::Test(test(random, fact))).collect()));
    }
    Condition::All(parts)
}

/// Thresholds keep away from the ends, so that each can be moved and every number beyond an end is like the end.
fn test(random: &mut Random, fact: Fact) -> Test {
    match fact {
        Fact::Number(number) => {
            let by = random.below(36) as i64;
            if random.chance(70) { Test::AtLeast(number, 50 + by) } else { Test::Below(number, 15 + by) }
        }
        Fact::Choice(choice) => {
            let value = random.below(COLOURS.len() as u64) as usize;
            if random.chance(70) { Test::Is(choice, value) } else { Test::IsNot(choice, value) }
        }
        Fact::Flag(flag) => Test::Flag(flag, random.chance(70)),
    }
}

impl Condition {
    fn reverse(&mut self) {
        if let Self::All(parts) | Self::Any(parts) = self {
            parts.reverse();
            parts.iter_mut().for_each(Self::reverse);
        }
    }

    /// The rule's first question is its threshold.
    fn widen(&mut self, by: i64) {
        match self {
            Self::Test(Test::AtLeast(_, threshold)) => *threshold -= by,
            Self::Test(Test::Below(_, threshold)) => *threshold += by,
            Self::Test(_) => {}
            Self::All(parts) | Self::Any(parts) => parts[0].widen(by),
        }
    }

    fn cut(self, is_cut: bool) -> Vec<Self> {
        let Self::All(parts) = &self else { return vec![self] };
        let Some(flag) = (0..FLAGS).find(|flag| is_cut && !self.asks(*flag)) else { return vec![self] };
        let half = |value| {
            let mut parts = parts.clone();
            parts.insert(1, Self::Test(Test::Flag(flag, value)));
            Self::All(parts)
        };
        vec![half(true), half(false)]
    }

    /// Of a call of which everything is known.
    fn holds(&self, call: &Facts) -> bool {
        match self {
            Self::Test(Test::AtLeast(fact, least)) => call.numbers[*fact] >= Some(*least),
            Self::Test(Test::Below(fact, limit)) => call.numbers[*fact] < Some(*limit),
            Self::Test(Test::Is(fact, value)) => call.choices[*fact] == Some(*value as u16),
            Self::Test(Test::IsNot(fact, value)) => call.choices[*fact] != Some(*value as u16),
            Self::Test(Test::Flag(fact, value)) => call.flags[*fact] == Some(*value),
            Self::All(parts) => parts.iter().all(|part| part.holds(call)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(call)),
        }
    }

    fn asks(&self, flag: usize) -> bool {
        match self {
            Self::Test(test) => matches!(test, Test::Flag(asked, _) if *asked == flag),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.asks(flag)),
        }
    }
}

/// The vocabulary and a policy in it.
pub fn heedful(policy: &Policy) -> [String; 2] {
    let mut vocabulary = "vocabulary \"facts\"\n\ncall \"A call\"\n".to_owned();
    let colours = COLOURS.join(", ");
    for number in 0..NUMBERS {
        let _ = writeln!(vocabulary, "  fact number-{number}: number from 0 to {MOST} \"A number\"");
    }
    for choice in 0..CHOICES {
        let _ = writeln!(vocabulary, "  fact choice-{choice}: one of {colours} \"A choice\"");
    }
    for flag in 0..FLAGS {
        let _ = writeln!(vocabulary, "  fact flag-{flag}: yes or no \"A flag\"");
    }
    vocabulary
        .push_str("\noutcome grade: highest of scheduled, immediate \"How soon\"\n  written as \"grade at least\"\n");
    let mut text = "policy \"Rules\"\n  vocabulary \"facts\"\n  time zone UTC\n".to_owned();
    for (at, rule) in policy.rules.iter().enumerate() {
        let _ = write!(text, "\nrule rule-{at} \"Rule {at}\"\n  when ");
        write_heedful(rule, policy.otherwise, 4, &mut text);
        text.push_str(
            "  then grade at least immediate\n  because \"It applies\"\n  source \"This comparison alone\"\n",
        );
    }
    [vocabulary, text]
}

fn write_heedful(condition: &Condition, otherwise: bool, margin: usize, out: &mut String) {
    let (head, parts) = match condition {
        Condition::Test(test) => {
            let _ = match test {
                Test::AtLeast(fact, least) if otherwise => writeln!(out, "number-{fact} is more than {}", least - 1),
                Test::AtLeast(fact, least) => writeln!(out, "number-{fact} is at least {least}"),
                Test::Below(fact, limit) if otherwise => writeln!(out, "number-{fact} is at most {}", limit - 1),
                Test::Below(fact, limit) => writeln!(out, "number-{fact} is less than {limit}"),
                Test::Is(fact, value) => writeln!(out, "choice-{fact} is {}", COLOURS[*value]),
                Test::IsNot(fact, value) => writeln!(out, "choice-{fact} is not {}", COLOURS[*value]),
                Test::Flag(fact, value) => writeln!(out, "flag-{fact} is {}", if *value { "yes" } else { "no" }),
            };
            return;
        }
        Condition::All(parts) => ("all of:", parts),
        Condition::Any(parts) => ("any of:", parts),
    };
    let _ = writeln!(out, "{head}");
    for part in parts {
        let _ = write!(out, "{}- ", " ".repeat(margin));
        write_heedful(part, otherwise, margin + 2, out);
    }
}

/// The schema, in which facts may be missing or not, and a policy in it.
pub fn cedar(policy: &Policy, missing: bool) -> [String; 2] {
    let mark = if missing { "?" } else { "" };
    let numbers = (0..NUMBERS).map(|fact| format!("number_{fact}{mark}: Long"));
    let choices = (0..CHOICES).map(|fact| format!("choice_{fact}{mark}: Colour"));
    let flags = (0..FLAGS).map(|fact| format!("flag_{fact}{mark}: Bool"));
    let facts: Vec<String> = numbers.chain(choices).chain(flags).collect();
    let schema = format!(
        "entity Colour enum [{}];\nentity Desk;\nentity Call;\naction escalate appliesTo {{\n  principal: [Desk],\n  \
         resource: [Call],\n  context: {{ {} }}\n}};\n",
        COLOURS.map(|colour| format!("\"{colour}\"")).join(", "),
        facts.join(", ")
    );
    let mut text = String::new();
    for rule in &policy.rules {
        let condition = write_cedar(rule, policy.otherwise, missing);
        let _ = writeln!(text, "permit(principal, action == Action::\"escalate\", resource) when {{ {condition} }};");
    }
    [schema, text]
}

fn write_cedar(condition: &Condition, otherwise: bool, missing: bool) -> String {
    let list = |parts: &[Condition], sign: &str| {
        let parts: Vec<String> = parts.iter().map(|part| write_cedar(part, otherwise, missing)).collect();
        format!("({})", parts.join(sign))
    };
    let (fact, test) = match condition {
        Condition::All(parts) => return list(parts, " && "),
        Condition::Any(parts) => return list(parts, " || "),
        Condition::Test(Test::AtLeast(fact, least)) if otherwise => {
            (format!("number_{fact}"), format!(" > {}", least - 1))
        }
        Condition::Test(Test::AtLeast(fact, least)) => (format!("number_{fact}"), format!(" >= {least}")),
        Condition::Test(Test::Below(fact, limit)) if otherwise => {
            (format!("number_{fact}"), format!(" <= {}", limit - 1))
        }
        Condition::Test(Test::Below(fact, limit)) => (format!("number_{fact}"), format!(" < {limit}")),
        Condition::Test(Test::Is(fact, value)) => {
            (format!("choice_{fact}"), format!(" == Colour::\"{}\"", COLOURS[*value]))
        }
        Condition::Test(Test::IsNot(fact, value)) => {
            (format!("choice_{fact}"), format!(" != Colour::\"{}\"", COLOURS[*value]))
        }
        Condition::Test(Test::Flag(fact, value)) => (format!("flag_{fact}"), format!(" == {value}")),
    };
    let known = if missing { format!("context has {fact} && ") } else { String::new() };
    format!("({known}context.{fact}{test})")
}
