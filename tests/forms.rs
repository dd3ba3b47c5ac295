//! What the forms of questions say of each other: one covers another, two exclude each other, and how an answer moves.
//!
//! The prover takes these for axioms and the gate for reasons to let a change through, so each is held to what the evaluator answers.

mod cases;
mod lengths;
mod questions;
mod relied_on;

use crate::laws::{each, policies, say};
use crate::support::load_texts;
use cases::{CaseText, Cases, Held};
use heedful::check::Policy;
use heedful::engine::{Evaluator, Snapshot};
use heedful::model::{FactId, Truth};
use heedful::semantics::{Bound, Claim, Condition, Names, Predicate, Subject, Test};
use heedful::text::{Diagnostic, Severity};
use heedful::time::{Calendar, Instant, Length, Unit, Zone};
use questions::{ASKED, Asked, VOCABULARY, asked};
use std::collections::BTreeMap;

/// How often something was claimed, and of these how often a case was met that it says something of.
#[derive(Debug, Default)]
struct Tally(BTreeMap<(&'static str, String), [usize; 2]>);

impl Tally {
    fn met(&mut self, what: &'static str, form: String, tells: bool) {
        let [claimed, told] = self.0.entry((what, form)).or_default();
        *claimed += 1;
        *told += usize::from(tells);
    }

    fn told(&self, what: &str, form: &str) -> usize {
        self.0.iter().filter(|((of, by), _)| *of == what && by == form).map(|(_, [_, told])| told).sum()
    }
}

/// The words of one policy, beside themselves, as the prover has them.
struct OneVocabulary<'p>(&'p Policy);

impl OneVocabulary<'_> {
    fn calendars(&self, one: usize, other: usize) -> [&Calendar; 2] {
        [one, other].map(|place| &self.0.calendars[place].calendar)
    }
}

impl Names for OneVocabulary<'_> {
    fn among(&self, narrow: u64, wide: u64) -> bool {
        narrow & !wide == 0
    }

    fn contain(&self, wide: u64, narrow: u64) -> bool {
        wide & !narrow == 0
    }

    fn bound(&self, narrow: Bound) -> Option<Bound> {
        Some(narrow)
    }

    fn skips_all_of(&self, wide: usize, narrow: usize) -> bool {
        let [wide, narrow] = self.calendars(wide, narrow);
        wide.skips_all_of(narrow)
    }

    fn counts_all_of(&self, wide: usize, narrow: usize) -> bool {
        let [wide, narrow] = self.calendars(wide, narrow);
        wide.counts_all_of(narrow)
    }

    fn is_same_fact(&self, wide: FactId, narrow: FactId) -> bool {
        wide == narrow
    }

    fn is_same_subject(&self, wide: Subject, narrow: Subject) -> bool {
        wide == narrow
    }

    fn never_longer(&self, one: Length, other: Length, passes_over_days: bool) -> bool {
        one.never_longer_over(other, passes_over_days, &self.0.zone)
    }
}

fn loaded(texts: &[&str]) -> Snapshot {
    let mut load = load_texts(texts);
    let errors: Vec<&Diagnostic> =
        load.diagnostics.iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{}", texts[1]);
    load.policies.remove(0)
}

/// What a rule asks of one value.
fn question(condition: &Condition) -> (Subject, Predicate) {
    match condition {
        Condition::Test(Test { subject, predicate }) => (*subject, predicate.clone()),
        Condition::Count(count) => match count.of.tests.as_slice() {
            [test] => question(test),
            _ => panic!("one test is expected: {count:?}"),
        },
        _ => panic!("a test is expected: {condition:?}"),
    }
}

/// The name of a form, and of times apart how they are reckoned.
fn form(predicate: &Predicate) -> String {
    if let Predicate::Apart(apart) = predicate {
        let over = if apart.calendar.is_some() { " over days" } else { "" };
        return format!("Apart{}{over}", if apart.first_day.is_some() { " in days" } else { "" });
    }
    let said = format!("{predicate:?}");
    said.split('(').next().unwrap_or_default().to_owned()
}

/// The calendar that a question reads.
fn calendar(predicate: &Predicate) -> Option<usize> {
    match predicate {
        Predicate::Calendar(asked) => Some(asked.calendar),
        Predicate::Apart(apart) => apart.calendar,
        _ => None,
    }
}

/// The answer to each question.
fn answers(fired: impl Iterator<Item = String>, undecided: impl Iterator<Item = String>) -> [Truth; ASKED] {
    let mut answers = [Truth::No; ASKED];
    let place = |rule: String| rule[2..].parse::<usize>().expect("a number");
    fired.for_each(|rule| answers[place(rule)] = Truth::Yes);
    undecided.for_each(|rule| answers[place(rule)] = Truth::Unknown);
    answers
}

/// One draw: its questions as they were checked, its cases, and how each question is answered in each.
struct Decided {
    asked: Asked,
    policy: Snapshot,
    questions: Vec<(Subject, Predicate)>,
    cases: Vec<CaseText>,
    answers: Vec<[Truth; ASKED]>,
}

impl Decided {
    fn new(asked: Asked) -> Self {
        let policy = loaded(&[VOCABULARY, &asked.policy(&asked.questions)]);
        let questions: Vec<(Subject, Predicate)> =
            policy.policy().rules.iter().map(|rule| question(&rule.when)).collect();
        let predicates: Vec<Predicate> = questions.iter().map(|(_, predicate)| predicate.clone()).collect();
        let cases = Cases { asked: &asked, policy: policy.policy(), predicates: &predicates }.all();
        let mut evaluator: Evaluator<'_> = policy.evaluator();
        let rule = |id| policy.rule(id).expect("a rule").to_owned();
        let answers = cases
            .iter()
            .map(|case| {
                let overview = evaluator.overview(&case.build(&asked, policy.vocabulary()));
                answers(overview.fired.iter().map(|id| rule(*id)), overview.undecided.iter().map(|id| rule(*id)))
            })
            .collect();
        Self { asked, policy, questions, cases, answers }
    }

    fn zone(&self) -> &Zone {
        self.policy.zone()
    }

    fn rows(&self) -> impl Iterator<Item = (&CaseText, &[Truth; ASKED])> {
        self.cases.iter().zip(&self.answers)
    }

    /// What to say of a claim that a case contradicts.
    fn broken(&self, claim: &str, of: &[usize], case: &CaseText, answers: &[Truth; ASKED]) -> String {
        let Asked { subject, questions, calendars, zone, .. } = &self.asked;
        let said: Vec<String> =
            of.iter().map(|at| format!("{subject} {}: {:?}", questions[*at], answers[*at])).collect();
        format!("{claim}\n{}\nin {zone}, at {}: {case:?}\n{calendars}", said.join("\n"), self.zone().format(case.at))
    }

    /// Where one question covers another, no case answers the narrow one higher.
    fn covering_holds(&self, tally: &mut Tally) {
        let names = OneVocabulary(self.policy.policy());
        for (one, (_, wide)) in self.questions.iter().enumerate() {
            for (other, (_, narrow)) in self.questions.iter().enumerate() {
                if wide == narrow || !wide.covers(narrow, &names) {
                    continue;
                }
                // Of two calendars one may be complete for days for which the other is not, so only a yes is claimed.
                let is_for_yes = calendar(wide) != calendar(narrow);
                let mut tells = false;
                for (case, answers) in self.rows() {
                    let (wide, narrow) = (answers[one], answers[other]);
                    let holds = narrow <= wide || is_for_yes && narrow == Truth::Unknown;
                    assert!(holds, "{}", self.broken("the first covers the second", &[one, other], case, answers));
                    tells |= narrow == Truth::Yes;
                }
                let (wide, narrow) = (form(wide), form(narrow));
                let what = if wide == narrow { "covers" } else { "covers another form" };
                tally.met(what, wide, tells);
            }
        }
    }

    /// Where the claims of two answers exclude each other, no case has both.
    fn excluding_holds(&self, tally: &mut Tally) {
        for one in 0..ASKED {
            for other in one + 1..ASKED {
                for (no, other_no) in [(false, false), (false, true), (true, false), (true, true)] {
                    let forms = [one, other].map(|at| self.questions[at].1.form());
                    let claims = forms[0].claim(no).zip(forms[1].claim(other_no));
                    if !claims.is_some_and(|(one, other)| one.excludes(&other)) {
                        continue;
                    }
                    let holds = |answer: Truth, no: bool| answer == if no { Truth::No } else { Truth::Yes };
                    let mut tells = false;
                    for (case, answers) in self.rows() {
                        // A no says something of a value only where there is one.
                        if (no || other_no) && case.held.contains(&Held::None) {
                            continue;
                        }
                        let both = [holds(answers[one], no), holds(answers[other], other_no)];
                        let broken = || {
                            let claim = format!("these exclude each other, no or yes: {no}, {other_no}");
                            self.broken(&claim, &[one, other], case, answers)
                        };
                        assert!(both != [true, true], "{}", broken());
                        tells |= both != [false, false];
                    }
                    let what = if no || other_no { "excludes, by a no" } else { "excludes" };
                    let mut forms = [one, other].map(|at| form(&self.questions[at].1));
                    forms.sort();
                    tally.met(what, forms.join(" and "), tells);
                }
            }
        }
    }

    /// What an answer says of a value is so of it.
    fn claims_hold(&self, tally: &mut Tally) {
        for (at, (_, predicate)) in self.questions.iter().enumerate() {
            for no in [false, true] {
                let Some(claim) = predicate.form().claim(no) else { continue };
                let mut tells = false;
                for (case, answers) in self.rows() {
                    let Some(held) = case.known().filter(|held| !(no && **held == Held::None)) else { continue };
                    if answers[at] != if no { Truth::No } else { Truth::Yes } {
                        continue;
                    }
                    tells = true;
                    let said = format!("{claim:?} is said");
                    assert!(is_so(&claim, held, case, self.zone()), "{}", self.broken(&said, &[at], case, answers));
                }
                tally.met(if no { "a no says" } else { "a yes says" }, form(predicate), tells);
            }
        }
    }

    /// An answer moves with its value as its form says, and is yes on the run of numbers that it says.
    fn growth_holds(&self, tally: &mut Tally) {
        for (at, (_, predicate)) in self.questions.iter().enumerate() {
            let known: Vec<(&Held, &CaseText, &[Truth; ASKED])> =
                self.rows().filter_map(|(case, answers)| Some((case.known()?, case, answers))).collect();
            if let Some((from, to)) = predicate.form().interval() {
                for (held, case, answers) in &known {
                    let number = match held {
                        Held::Number(number) | Held::Duration(number) => *number,
                        Held::Choice(place) => i64::from(*place),
                        Held::People(people) => named(people),
                        _ => continue,
                    };
                    let inside = Truth::from(from <= number && number <= to);
                    assert_eq!(answers[at], inside, "{}", self.broken("one run of numbers", &[at], case, answers));
                }
                tally.met("is one run of numbers", form(predicate), !known.is_empty());
            }
            let growth = predicate.form().growth();
            if growth.rises && growth.falls {
                continue;
            }
            let mut tells = false;
            for (less, _, before) in &known {
                for (more, case, after) in known.iter().filter(|(more, ..)| is_more(more, less)) {
                    let (before, after_) = (before[at], after[at]);
                    let moves = (growth.rises || after_ <= before) && (growth.falls || after_ >= before);
                    let said = format!("{growth:?} as it grows from {less:?}, where it is {before:?}, to {more:?}");
                    assert!(moves, "{}", self.broken(&said, &[at], case, after));
                    tells |= before != after_;
                }
            }
            tally.met(if growth.rises { "rises as it grows" } else { "falls as it grows" }, form(predicate), tells);
        }
    }

    /// While nothing else is learnt, an answer moves with time as its form says; what only falls may rise where the start of a
    /// span leaps back.
    fn time_holds(&self, tally: &mut Tally) {
        let zone = self.zone();
        let lengths = self.questions.iter().flat_map(|(_, predicate)| predicate.spans()).take(2);
        let ahead: Vec<Length> = lengths.chain([Length::new(1, Unit::Hours), Length::new(1, Unit::Days)]).collect();
        for (case, now) in self.rows().step_by(9) {
            let built = case.build(&self.asked, self.policy.vocabulary());
            let mut before = (case.at, *now);
            let mut laters: Vec<Instant> = ahead.iter().map(|length| zone.after(case.at, *length)).collect();
            laters.push(case.at.plus_seconds(1));
            laters.sort_unstable();
            for later in laters {
                let decision = self.policy.decide_as_of(&built, later);
                let undecided = decision.undecided.iter().map(|rule| rule.rule.clone());
                let after = answers(decision.fired.iter().map(|rule| rule.rule.clone()), undecided);
                for (at, (subject, predicate)) in self.questions.iter().enumerate() {
                    let moves = predicate.form().monotonicity(*subject);
                    if moves.rises && moves.falls {
                        continue;
                    }
                    let leaps = predicate.spans().any(|span| zone.before(later, span) < zone.before(before.0, span));
                    let (was, is) = (before.1[at], after[at]);
                    let holds = (moves.rises || is <= was || leaps) && (moves.falls || is >= was);
                    let said = || {
                        let when = zone.format(later);
                        self.broken(&format!("{moves:?}, and at {when} it is {is:?}"), &[at], case, now)
                    };
                    assert!(holds, "{}", said());
                    let what = if moves.is_timed() { "only falls with time" } else { "stays as time passes" };
                    tally.met(what, form(predicate), was != Truth::Unknown);
                }
                before = (later, after);
            }
        }
    }
}

fn named(people: &[&str]) -> i64 {
    let each: std::collections::BTreeSet<&&str> = people.iter().collect();
    i64::try_from(each.len()).expect("a short list")
}

/// Whether a value is certainly more than another, in the order of its type.
fn is_more(more: &Held, less: &Held) -> bool {
    match (more, less) {
        (Held::Number(more), Held::Number(less)) | (Held::Duration(more), Held::Duration(less)) => more > less,
        (Held::Choice(more), Held::Choice(less)) => more > less,
        (Held::Flags(more), Held::Flags(less)) => more != less && less & !more == 0,
        _ => false,
    }
}

/// Whether what an answer says of a value is so.
fn is_so(claim: &Claim, held: &Held, case: &CaseText, zone: &Zone) -> bool {
    match (*claim, held) {
        (Claim::OneOf(values), Held::YesNo(answer)) => values >> u32::from(*answer) & 1 == 1,
        (Claim::OneOf(values), Held::Choice(place)) => values >> place & 1 == 1,
        (Claim::Between(from, to), Held::Number(number) | Held::Duration(number)) => from <= *number && *number <= to,
        (Claim::Between(from, to), Held::Choice(place)) => (from..=to).contains(&i64::from(*place)),
        (Claim::Between(from, to), Held::People(people)) => (from..=to).contains(&named(people)),
        (Claim::Days(first, last), Held::Time(time)) => {
            first.is_none_or(|first| first <= *time) && last.is_none_or(|last| *time <= last)
        }
        (Claim::Age(least, most), Held::Time(time)) => (least..=most).contains(&(case.at.0 - time.0)),
        (Claim::Weekdays(days), Held::Time(time)) => days.has(zone.weekday(*time)),
        (Claim::AnyFlag(flags), Held::Flags(set)) => set & flags != 0,
        (Claim::AllFlags(flags), Held::Flags(set)) => set & flags == flags,
        (Claim::NoFlag(flags), Held::Flags(set)) => set & flags == 0,
        // Whom it shares is not told by the value alone.
        (Claim::Same(..), Held::People(_) | Held::Choice(_)) => true,
        (Claim::NoTime, held) => *held == Held::None,
        (Claim::SomeTime, held) => matches!(held, Held::Time(_)),
        _ => false,
    }
}

/// What must be met in every build, so that the law cannot hold by drawing nothing.
const TOLD: [(&str, &[&str]); 9] = [
    (
        "covers",
        &[
            "Ago",
            "Apart",
            "Apart in days",
            "Apart in days over days",
            "Apart over days",
            "Calendar",
            "Clock",
            "Compare",
            "Exclude",
            "FlagCount",
            "IdentityCount",
            "Include",
            "Mention",
            "OneOf",
            "Range",
            "Within",
            "WithinNext",
        ],
    ),
    ("covers another form", &["Compare", "Range"]),
    (
        "excludes",
        &[
            "Ago and Ago",
            "Ago and ToCome",
            "Ago and Within",
            "Ago and WithinNext",
            "Apart and IsNone",
            "Compare and Compare",
            "Compare and OneOf",
            "Compare and Range",
            "Day and Day",
            "Exclude and FlagCount",
            "Exclude and Include",
            "FlagCount and FlagCount",
            "FlagCount and Include",
            "IdentityCount and IdentityCount",
            "Is and Is",
            "OneOf and OneOf",
            "Passed and ToCome",
            "Range and Range",
            "Same and Same",
            "ToCome and Within",
            "Weekday and Weekday",
        ],
    ),
    (
        "excludes, by a no",
        &["Compare and Range", "Exclude and Include", "OneOf and OneOf", "Passed and Within", "Same and Same"],
    ),
    ("is one run of numbers", &["Compare", "IdentityCount", "Range"]),
    ("rises as it grows", &["Compare", "FlagCount", "Include"]),
    ("falls as it grows", &["Compare", "Exclude", "FlagCount"]),
    ("only falls with time", &["Within"]),
    ("stays as time passes", &["Apart", "Calendar", "Clock", "Day", "Is", "Moment", "SameDay", "Weekday"]),
];

#[test]
fn what_forms_say_of_each_other_is_so_in_every_case() {
    let mut tally = Tally::default();
    let mut cases = 0;
    each(policies(300), &asked(), |asked| {
        let decided = Decided::new(asked);
        cases += decided.cases.len();
        decided.covering_holds(&mut tally);
        decided.excluding_holds(&mut tally);
        decided.claims_hold(&mut tally);
        decided.growth_holds(&mut tally);
        decided.time_holds(&mut tally);
    });
    say(|| format!("{cases} cases: {tally:#?}"));
    for (what, forms) in TOLD {
        for form in forms {
            assert!(tally.told(what, form) > 0, "no case was met in which {what} of {form} tells: {tally:#?}");
        }
    }
}
