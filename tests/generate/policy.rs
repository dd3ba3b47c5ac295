//! Whole policies, as text: a base with settings, definitions and a score, and a force that tailors it.

use super::conditions::{Lines, Names, condition, different, group, of_few_answers, questions, times_apart};
use super::words::{DATES, LENGTHS, RECORDS, RISING, SHORT, length, word};
use proptest::option::weighted;
use proptest::prelude::*;
use std::fmt::{self, Write};

/// The definitions that every policy has: `named-0`, and so on.
const DEFINITIONS: usize = 2;

/// What an acceptance can be about, in every policy.
const ABOUT: [&str; 8] = ["rule-0", "named-0", "danger", "enough", "near-call", "hurt", "incident", "incident's kind"];

/// A policy whose parts can be left out one by one, so that a failure shrinks to a few lines.
#[derive(Clone, PartialEq)]
pub struct PolicyText {
    settings: [String; 9],
    pub definitions: Vec<Lines>,
    /// One for each kind of record.
    pub groups: Vec<String>,
    pub points: Vec<(u8, Lines)>,
    /// What gives points of another score, which never counts what is unanswered as yes.
    signs: Vec<(u8, Lines)>,
    /// What tables give in their rows.
    rows: [u8; 3],
    pub unanswered: bool,
    pub rules: Vec<RuleText>,
    /// What the base states of every decision.
    pub invariants: Vec<InvariantText>,
    force: Force,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RuleText {
    pub from: Option<String>,
    pub until: Option<String>,
    /// The time by whose days it is in force; none for the time of the call.
    pub by: Option<String>,
    pub trial: bool,
    pub presumed: bool,
    /// How long it does not speak again, and about whom.
    pub quiet: Option<String>,
    pub when: Lines,
    pub then: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct InvariantText {
    pub whenever: Lines,
    /// Whether what is named is never given, and not always.
    pub never: bool,
    pub demands: Vec<String>,
}

impl InvariantText {
    fn write(&self, name: &str, out: &mut String) {
        let _ = writeln!(out, "invariant {name} \"An invariant\"");
        self.whenever.write(2, "whenever ", out);
        let _ = writeln!(out, "  {}:", if self.never { "never" } else { "then" });
        for demand in &self.demands {
            let _ = writeln!(out, "    - {demand}");
        }
        out.push_str("  source \"Invented\"\n");
    }
}

/// What the force sets and adds.
#[derive(Clone, Debug, PartialEq)]
struct Force {
    enough: Option<u8>,
    long_span: Option<String>,
    evening: Option<String>,
    /// Whether its days off are weekends.
    weekends: bool,
    much_from: Option<u8>,
    adds: Option<String>,
    /// Another way in which the first rule applies.
    widens: Option<Lines>,
    /// From and until when it suspends the second rule.
    suspends: Option<(Option<String>, String)>,
    /// What it states of every decision besides.
    states: Option<InvariantText>,
    /// The warnings that it accepts: the kind, what it is about, and the last day.
    accepts: Vec<(String, String, String)>,
}

impl fmt::Debug for PolicyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.files().join("\n"))
    }
}

impl PolicyText {
    /// The files of the policy, the vocabulary not among them.
    pub fn files(&self) -> Vec<String> {
        vec![self.base(), self.rules_file(), self.force()]
    }

    /// The files of the base alone.
    pub fn base_files(&self) -> Vec<String> {
        vec![self.base(), self.rules_file()]
    }

    /// As if the force set and added nothing.
    pub fn leave_the_force_out(&mut self) {
        self.force = Force {
            enough: None,
            long_span: None,
            evening: None,
            weekends: false,
            much_from: None,
            adds: None,
            widens: None,
            suspends: None,
            states: None,
            accepts: Vec::new(),
        };
    }

    /// The policy with the other way in which the first rule applies, where the force adds one, in the rule itself.
    pub fn written_out(&self) -> Option<Self> {
        let mut whole = self.clone();
        let way = whole.force.widens.take()?;
        let first = whole.rules.first_mut().filter(|first| {
            // Days by another time, and a quiet period, are asked for by each way, so that the conditions differ in form.
            first.when != way
                && first.quiet.is_none()
                && (first.by.is_none() || (first.from.is_none() && first.until.is_none()))
        })?;
        first.when = Lines { head: "any of:".to_owned(), items: vec![first.when.clone(), way] };
        Some(whole)
    }

    /// The policy with the days of a rule that is in force by another time among its conditions, where there is such a rule.
    pub fn with_dates_as_conditions(&self) -> Option<Self> {
        let mut whole = self.clone();
        let mut found = false;
        for rule in &mut whole.rules {
            let Some(by) = rule.by.take() else { continue };
            let (from, until) = (rule.from.take(), rule.until.take());
            let (first, last) = match (from, until) {
                (Some(from), Some(until)) if from > until => (Some(until), Some(from)),
                dates => dates,
            };
            let from = first.map(|first| format!("{by} is on or after {first}"));
            let until = last.map(|last| format!("{by} is on or before {last}"));
            found |= from.is_some() || until.is_some();
            let dates = from.into_iter().chain(until).map(|head| Lines { head, items: Vec::new() });
            let items = std::iter::once(rule.when.clone()).chain(dates).collect();
            rule.when = Lines { head: "all of:".to_owned(), items };
        }
        found.then_some(whole)
    }

    /// As if the force accepted no warning.
    pub fn accept_nothing(&mut self) {
        self.force.accepts.clear();
    }

    /// Settings, definitions and the score.
    fn base(&self) -> String {
        let mut out = "policy \"Base\"\n  vocabulary \"laws\"\n  time zone Europe/London\n\n".to_owned();
        let [enough, several, long_span, short_span, grade, evening, morning, edge, days_off] = &self.settings;
        let _ = writeln!(out, "setting enough is {enough} calls, from 0 to 5 \"Enough of them\"");
        let _ = writeln!(out, "setting several is {several}");
        let _ = writeln!(out, "setting long-span is {long_span}, from 1 minute to 2 years");
        let _ = writeln!(out, "setting short-span is {short_span}, never raised");
        let _ = writeln!(out, "setting much-from is {edge}, from 3 to 5");
        let _ = writeln!(out, "setting evening is {evening}, from 18:00 to 23:59");
        let _ = writeln!(out, "setting morning is {morning}, from 00:00 to 08:00 \"When the night ends\"");
        let _ = writeln!(out, "setting days-off is {days_off}, one of court-days and weekends");
        let _ = writeln!(out, "setting set-grade is {grade}, never lowered \"A grade\"\n");
        for (record, group) in RECORDS.iter().zip(&self.groups) {
            let _ = writeln!(out, "define {} as {group}", record.group);
        }
        for (at, definition) in self.definitions.iter().enumerate() {
            definition.write(0, &format!("define named-{at} as "), &mut out);
        }
        out.push_str("\nscore danger \"Danger\"\n  points:\n");
        for (points, when) in &self.points {
            let word = if when.head.starts_with("for each") { "" } else { "when " };
            when.write(4, &format!("- {points} {word}"), &mut out);
        }
        out.push_str("  bands:\n    - from 0: little\n    - from 2: some\n    - from much-from: much\n");
        // Where the score counts every unanswered line as yes, none may say so for itself.
        let says_so = |when: &Lines| when.items.is_empty() && when.head.ends_with(" or not answered");
        if self.unanswered && !self.points.iter().any(|(_, when)| says_so(when)) {
            out.push_str("  count unanswered as yes\n");
        }
        out.push_str("  source \"Invented\"\n\nscore signs \"Signs\"\n  points:\n");
        for (points, when) in &self.signs {
            when.write(4, &format!("- {points} when "), &mut out);
        }
        out.push_str("  source \"Invented\"\n");
        let [one, two, three] = &self.rows;
        let _ = writeln!(out, "\ntable by-signs by signs \"By signs\"\n  gives:");
        let _ = writeln!(out, "    - 0: {one}\n    - 1 to 2: {two}\n    - 3 or more: {three}");
        let _ = writeln!(out, "\ntable by-kind by kind \"By kind\"\n  gives:");
        let _ = writeln!(out, "    - assault: {two}\n    - threats or stalking: enough");
        let _ = writeln!(out, "\ntable by-children by children \"By children\"\n  gives:");
        let _ = writeln!(out, "    - 0 to 1: {three}\n    - 2: {one}\n    - 3 to 20: {two}");
        out
    }

    fn rules_file(&self) -> String {
        let mut out = "part of policy \"Base\"\n".to_owned();
        for at in 0..self.rules.len() {
            out.push('\n');
            out.push_str(&self.rule(at));
        }
        for (at, invariant) in self.invariants.iter().enumerate() {
            self.state(&format!("invariant-{at}"), invariant, &mut out);
        }
        out
    }

    /// One rule of the base, as text.
    pub fn rule(&self, at: usize) -> String {
        let rule = &self.rules[at];
        let mut out = format!("rule rule-{at} \"A rule\"\n");
        let by = rule.by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
        match (&rule.from, &rule.until) {
            (Some(from), Some(until)) => {
                let (from, until) = if from <= until { (from, until) } else { (until, from) };
                let _ = writeln!(out, "  in force from {from} until {until}{by}");
            }
            (Some(from), None) => {
                let _ = writeln!(out, "  in force from {from}{by}");
            }
            (None, Some(until)) => {
                let _ = writeln!(out, "  in force until {until}{by}");
            }
            (None, None) => {}
        }
        if rule.trial {
            out.push_str("  on trial\n");
        }
        if at == 0 {
            out.push_str("  may be widened\n");
        }
        if at == 1 {
            out.push_str("  may be suspended\n");
        }
        rule.when.write(2, "when ", &mut out);
        if rule.presumed {
            out.push_str("  applies unless known otherwise\n");
        }
        if let Some(quiet) = &rule.quiet {
            let _ = writeln!(out, "  not again within {quiet}");
        }
        out.push_str("  then:\n");
        for effect in &rule.then {
            let _ = writeln!(out, "    - {effect}");
        }
        out.push_str("  because \"{enough} and {danger} and {risk}\"\n  source \"Invented\"\n");
        out
    }

    /// An invariant, without what every decision gives at the setting's value.
    fn state(&self, name: &str, invariant: &InvariantText, out: &mut String) {
        let given = |demand: &&String| demand.ends_with(" set-grade") && self.settings[4] == RISING[0];
        let demands: Vec<String> = invariant.demands.iter().filter(|demand| !given(demand)).cloned().collect();
        if !demands.is_empty() {
            out.push('\n');
            InvariantText { demands, ..invariant.clone() }.write(name, out);
        }
    }

    fn force(&self) -> String {
        let mut out = "policy \"Force\"\n  tailors \"Base\"\n".to_owned();
        if let Some(enough) = self.force.enough {
            let _ = writeln!(out, "  set enough to {enough} calls");
        }
        if let Some(span) = &self.force.long_span {
            let _ = writeln!(out, "  set long-span to {span}");
        }
        if let Some(edge) = self.force.much_from {
            let _ = writeln!(out, "  set much-from to {edge}");
        }
        if let Some(evening) = &self.force.evening {
            let _ = writeln!(out, "  set evening to {evening}");
        }
        if self.force.weekends {
            out.push_str("  set days-off to weekends\n");
        }
        let first = self.rules.first();
        let may_add = |rule: &RuleText, effect: &String| {
            !rule.then.contains(effect) && (rule.quiet.is_none() || effect.starts_with("write to"))
        };
        let adds = self.force.adds.as_ref().filter(|adds| first.is_some_and(|rule| may_add(rule, adds)));
        let widens = self.force.widens.as_ref().filter(|way| first.is_some_and(|rule| rule.when != **way));
        if adds.is_some() || widens.is_some() {
            out.push_str("\nadd to rule-0\n");
            if let Some(way) = widens {
                way.write(2, "also when ", &mut out);
            }
            if let Some(effect) = adds {
                let _ = writeln!(out, "  then {effect}");
            }
            out.push_str("  because \"The force adds this\"\n  source \"Invented\"\n");
        }
        if let Some((from, until)) = self.force.suspends.as_ref().filter(|_| self.rules.len() > 1) {
            let from =
                from.as_ref().filter(|from| *from <= until).map_or(String::new(), |from| format!(" from {from}"));
            let _ = writeln!(out, "\nsuspend rule-1{from} until {until}\n  because \"Invented\"\n  owner \"Invented\"");
        }
        if let Some(invariant) = &self.force.states {
            self.state("rule-0", invariant, &mut out);
        }
        for (kind, about, until) in &self.force.accepts {
            let _ = writeln!(
                out,
                "\naccept {kind} for {about} until {until}\n  because \"Invented\"\n  owner \"Invented\""
            );
        }
        out
    }
}

/// By when something must be done: by the clock, or by the end of a day.
fn deadline() -> BoxedStrategy<String> {
    let by_the_clock = (
        length(),
        word(&["this call", "due", "arrived", "this call's due"]),
        word(&["", ", not counting court-days", ", not counting days-off"]),
    )
        .prop_map(|(length, after, calendar)| format!("review by {length} after {after}{calendar}"));
    let whole_days = (
        word(&["1 day", "2 days", "7 days", "1 week", "1 month", "1 year"]),
        word(&["this call", "due", "arrived"]),
        word(&["", ", not counting court-days", ", not counting days-off"]),
    )
        .prop_map(|(length, after, calendar)| format!("review by the end of the day {length} after {after}{calendar}"));
    let of_the_day =
        word(&["this call", "due", "arrived"]).prop_map(|after| format!("review by the end of the day of {after}"));
    prop_oneof![2 => by_the_clock, 2 => whole_days, 1 => of_the_day].boxed()
}

fn effect() -> BoxedStrategy<String> {
    prop_oneof![
        2 => word(&["grade at least mid", "grade at least high", "grade at least set-grade", "grade at least risk"]),
        2 => word(&["refer to specialist", "refer to supervisor and inspector", "refer to specialist, supervisor and inspector"]),
        2 => deadline(),
        1 => word(&["percent 7", "percent 20", "percent enough", "percent children", "percent signs", "percent by-signs", "percent by-kind", "percent by-children"]),
        1 => word(&["attend within 5", "attend within 30", "attend within children", "attend within signs", "attend within by-signs", "attend within by-kind", "attend within by-children"]),
        1 => word(&["video response may-be-offered", "video response not-suitable"]),
        1 => word(&["worry at least calm", "worry at least tense"]),
        1 => letter(),
    ]
    .boxed()
}

/// What may be left out by a rule that has spoken.
fn letter() -> BoxedStrategy<String> {
    word(&["write to housing", "write to neighbours", "write to neighbours and housing"])
}

/// For how long a rule that has spoken does not speak again, and about whom.
fn quiet() -> BoxedStrategy<String> {
    let links = word(&[
        "by the same caller",
        "at the same location",
        "by the same caller at the same location",
        "with the same suspect by the same caller",
    ]);
    (length(), links).prop_map(|(length, links)| format!("{length} {links}")).boxed()
}

fn rule(names: Names) -> BoxedStrategy<RuleText> {
    let parts = (
        weighted(0.2, word(&DATES)),
        weighted(0.2, word(&DATES)),
        weighted(0.5, word(&["due", "arrived"])),
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.2),
        condition(names),
        prop::collection::vec(effect(), 1..3),
        weighted(0.12, (quiet(), letter())),
    );
    parts
        .prop_map(|(from, until, by, trial, presumed, when, mut then, quiet)| {
            then.sort();
            then.dedup();
            let (quiet, letter) = quiet.unzip();
            let then = letter.map_or(then, |letter| vec![letter]);
            RuleText { from, until, by, trial, presumed, quiet, when, then }
        })
        .boxed()
}

/// What an invariant bars.
fn barred() -> BoxedStrategy<String> {
    word(&[
        "grade at least mid",
        "grade at least high",
        "grade at least set-grade",
        "refer to specialist",
        "refer to supervisor and inspector",
        "percent 7",
        "percent enough",
        "attend within 30",
        "video response may-be-offered",
        "video response not-suitable",
        "worry at least tense",
        "write to housing",
    ])
}

fn invariant(names: Names) -> BoxedStrategy<InvariantText> {
    // Every decision gives the lowest value of a scale.
    let demanded = effect().prop_filter("it is demanded", |effect| effect != "worry at least calm");
    let demands = prop_oneof![
        3 => prop::collection::vec(demanded, 1..3).prop_map(|demands| (false, demands)),
        2 => prop::collection::vec(barred(), 1..3).prop_map(|demands| (true, demands)),
    ];
    (condition(names), demands)
        .prop_map(|(whenever, (never, mut demands))| {
            demands.sort();
            demands.dedup();
            InvariantText { whenever, never, demands }
        })
        .boxed()
}

/// Any policy over the test vocabulary.
pub fn policy() -> BoxedStrategy<PolicyText> {
    let settings = (
        (0..6u8).prop_map(|number| number.to_string()),
        word(&["3", "4 incidents"]),
        word(&LENGTHS),
        word(&SHORT),
        word(&RISING),
        word(&["18:00", "22:00", "23:59"]),
        word(&["00:00", "01:30", "06:00"]),
        word(&["3", "4"]),
        word(&["court-days", "court-days", "weekends"]),
    );
    let no_score = |definitions| Names { definitions, groups: true, score: false };
    let definitions = (condition(no_score(0)), condition(no_score(1)));
    let groups = RECORDS.map(group);
    let each = questions().prop_map(|of| Lines { head: format!("for each of {of} that is yes"), items: Vec::new() });
    let given = prop_oneof![4 => condition(no_score(DEFINITIONS)), 1 => each];
    let points = prop::collection::vec((0..4u8, given), 1..3);
    let points = (points, weighted(0.5, prop::collection::vec((0..4u8, of_few_answers()), 1..5)))
        .prop_map(|(points, more)| points.into_iter().chain(more.unwrap_or_default()).collect::<Vec<_>>())
        .boxed();
    let presumes_nothing = |lines: &Lines| {
        let mut text = String::new();
        lines.write(0, "", &mut text);
        !text.contains("or not answered")
    };
    let sign = condition(no_score(0)).prop_filter("a number that is given presumes nothing", presumes_nothing);
    let signs = prop::collection::vec((0..4u8, sign), 1..4).prop_map(without_doubles);
    let all = Names { definitions: DEFINITIONS, groups: true, score: true };
    let rules = prop::collection::vec(rule(all), 1..5);
    let suspends = (weighted(0.3, word(&DATES)), word(&DATES));
    let accepts =
        (word(&["never-so", "always-so", "adds-nothing", "not-used", "over", "outdone"]), word(&ABOUT), word(&DATES));
    let force = (
        weighted(0.5, 0..6u8),
        weighted(0.5, word(&LENGTHS)),
        weighted(0.5, word(&["18:00", "21:30", "23:59"])),
        prop::bool::weighted(0.3),
        weighted(0.5, 3..6u8),
        weighted(0.4, effect()),
        weighted(0.4, condition(all)),
        weighted(0.4, suspends),
        (prop::collection::vec(accepts, 0..4), weighted(0.4, invariant(all))),
    )
        .prop_map(
            |(enough, long_span, evening, weekends, much_from, adds, widens, suspends, (mut accepts, states))| {
                accepts.sort();
                accepts.dedup_by(|(kind, about, _), (first, of, _)| (kind, about) == (first, of));
                Force { enough, long_span, evening, weekends, much_from, adds, widens, suspends, states, accepts }
            },
        );
    let rows = prop::array::uniform3(0..40u8);
    let invariants = prop::collection::vec(invariant(all), 0..3);
    (settings, definitions, groups, points, (signs, rows), any::<bool>(), rules, (force, invariants))
        .prop_map(|(settings, definitions, groups, points, (signs, rows), unanswered, rules, (force, invariants))| {
            PolicyText {
                settings: settings.into(),
                definitions: vec![definitions.0, definitions.1],
                groups: groups.to_vec(),
                points: without_doubles(points),
                signs,
                rows,
                unanswered,
                rules,
                invariants,
                force,
            }
        })
        .boxed()
}

/// Points, no two of them for one thing.
fn without_doubles(points: Vec<(u8, Lines)>) -> Vec<(u8, Lines)> {
    let mut kept: Vec<(u8, Lines)> = Vec::new();
    for point in points {
        if !kept.iter().any(|(_, known)| *known == point.1) {
            kept.push(point);
        }
    }
    kept
}

/// A policy of one rule, about a score of which the points hang on few answers.
pub fn policy_of_scales() -> BoxedStrategy<PolicyText> {
    (policy(), prop::collection::vec((0..4u8, of_few_answers()), 2..7))
        .prop_map(|(mut policy, points)| {
            policy.points = without_doubles(points);
            policy
        })
        .boxed()
}

/// A policy of one rule, which counts different people.
pub fn policy_counting_people() -> BoxedStrategy<PolicyText> {
    policy_of_one_rule(different())
}

/// A policy of one rule, which asks how far times lie apart.
pub fn policy_of_times() -> BoxedStrategy<PolicyText> {
    let with_deadline = |(mut policy, deadline): (PolicyText, String)| {
        policy.rules.iter_mut().for_each(|rule| rule.then.push(deadline.clone()));
        policy
    };
    (policy_of_one_rule(times_apart()), deadline()).prop_map(with_deadline).boxed()
}

/// A policy of one rule, which asks a few facts of the call and does not speak again for a time.
pub fn policy_of_a_quiet_rule() -> BoxedStrategy<PolicyText> {
    (policy_of_one_rule(of_few_answers()), quiet(), letter())
        .prop_map(|(mut policy, quiet, letter)| {
            policy.rules[0].quiet = Some(quiet);
            policy.rules[0].then = vec![letter];
            policy
        })
        .boxed()
}

fn policy_of_one_rule(when: BoxedStrategy<Lines>) -> BoxedStrategy<PolicyText> {
    let rule = |when| RuleText {
        from: None,
        until: None,
        by: None,
        trial: false,
        presumed: false,
        quiet: None,
        when,
        then: vec!["grade at least mid".to_owned()],
    };
    let alone = move |(policy, when)| {
        let mut policy = PolicyText { rules: vec![rule(when)], ..policy };
        policy.leave_the_force_out();
        policy
    };
    (policy(), when).prop_map(alone).boxed()
}
