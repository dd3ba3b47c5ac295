//! That something did not happen, said before it could have: `too-soon`.
//!
//! A rule that applies because nothing came within a span after something else, and does so while the span still runs. There are three ways to
//! write it so: `no incidents …, followed within 48 hours by a call`, beside a condition that there is such an incident; `no calls within 48 hours since the
//! latest incident`; and under `none of`, that a time which may be `none` is within 48 hours after another. A call is shown in which the
//! rule applies within a minute of the event. What names no span, as `no arrests since the latest breach`, says how it stands now, and is not told.
//!
//! Who reads that nobody came within 48 hours acts on it, and nobody is late yet. The rule then speaks of every such event, and soon nobody reads it.
//!
//! ```heed
//! rule no-order-made "No order was made after an incident"
//!   when all of:
//!     - any incident about the same victim within 28 days
//!     - no incident about the same victim within 28 days, followed within 48 hours by an order
//!   then refer to supervisor
//!   because "No order was made within 48 hours"
//!   source "Local policy"
//! ```
//!
//! `not followed within` is so only once the span is over:
//!
//! ```heed
//! rule no-order-made "No order was made after an incident"
//!   when any incident about the same victim within 28 days, not followed within 48 hours by an order
//!   then refer to supervisor
//!   because "No order was made within 48 hours"
//!   source "Local policy"
//! ```

use super::super::goal::{Goal, Part};
use super::inquiry::{self, Inquiry};
use super::scales::meant;
use crate::check::Policy;
use crate::eval::Judgement;
use crate::explain::Lift;
use crate::model::FactId;
use crate::semantics::predicates::{Apart, IsNone, Within};
use crate::semantics::{Condition, Count, Predicate, Selection, Since, Subject, Test};
use crate::syntax::tree::{Comparison, Side};
use crate::text::Diagnostic;
use crate::time::{Length, Unit};
use std::sync::Arc;

/// How old an event is while what should follow it is certainly still to come.
const JUST_NOW: Length = Length { amount: 1, unit: Unit::Minutes };

/// That nothing came within a span after an event, as a rule asks it.
pub(super) struct Absence {
    rule: usize,
    /// What is said to whoever wrote it: that it is judged too soon, and what to write.
    said: String,
    instead: String,
    /// That there is such an event at all.
    pub event: Condition,
    /// Whether the absence is so only where there is such an event.
    needs_event: bool,
    /// That there is one such event, and it is a minute old.
    pub is_just_now: Condition,
}

/// The absences that a policy's own rules ask for and may judge too soon, as far as the conditions tell.
pub(super) fn absences(policy: &Policy) -> Vec<Absence> {
    let mut found = Vec::new();
    for (at, rule) in policy.rules.iter().enumerate().filter(|(_, rule)| *rule.policy == *policy.name) {
        for way in rule.ways() {
            let mut finder = Finder { policy, rule: at, found: &mut found };
            finder.look(way, false);
        }
    }
    found
}

struct Finder<'a> {
    policy: &'a Policy,
    rule: usize,
    found: &'a mut Vec<Absence>,
}

impl Finder<'_> {
    /// Looks at what must hold for a rule to apply; or must not, where it is negated.
    fn look(&mut self, condition: &Condition, negated: bool) {
        match (meant(self.policy, condition), negated) {
            (Condition::All(parts), false) | (Condition::Any(parts), true) => {
                parts.iter().for_each(|part| self.look(part, negated));
            }
            (Condition::Not(part), _) => self.look(part, !negated),
            (Condition::Count(count), _) => self.count(count, negated),
            (Condition::Test(Test { subject: Subject::Fact(fact), predicate: Predicate::Apart(apart) }), true) => {
                self.time(*fact, apart);
            }
            _ => {}
        }
    }

    fn count(&mut self, count: &Count, negated: bool) {
        let (from, to) = count.comparison.interval(*count.number);
        let is_of_few = if negated { to == i64::MAX && from > 0 } else { from <= 0 && to < i64::MAX };
        if !is_of_few {
            return;
        }
        let first = Lift::counted(self.policy, &Count { follow: None, ..count.clone() });
        if let Some(follow) = count.follow.as_ref().filter(|follow| !follow.not) {
            let said = format!("asks for no {first} that were followed within {}", *follow.within);
            let instead = format!(
                "ask for `any` of them, `not followed within {}`, which is so only once that is over",
                *follow.within
            );
            self.add((&count.of, false), *follow.within, said, instead);
        }
        let since = count.of.since.iter().find_map(|since| match since {
            Since::Record { of, .. } => Some(of),
            Since::Instant(_) | Since::Midnight => None,
        });
        if let Some((event, within)) = since.zip(count.of.windows.first()) {
            let said = format!("asks for no {first}");
            let instead = format!(
                "a span beside `since` reaches back from now: ask for `any` of what it counts from, `not followed within {}`",
                **within
            );
            self.add((event, true), **within, said, instead);
        }
    }

    fn add(&mut self, (of, needs_event): (&Selection, bool), within: Length, said: String, instead: String) {
        if !self.is_open(within) {
            return;
        }
        let counted = |comparison: Comparison, of: Selection| {
            let (number, different, of) = (1.into(), None, Arc::new(of));
            Condition::Count(Count { comparison, number, different, of, follow: None })
        };
        let mut lately = of.clone();
        lately.windows.push(JUST_NOW.into());
        let one = [counted(Comparison::AtMost, of.clone()), counted(Comparison::AtLeast, lately)];
        self.found.push(Absence {
            rule: self.rule,
            said: format!("{said}, and applies while that time still runs"),
            instead,
            event: counted(Comparison::AtLeast, of.clone()),
            needs_event,
            is_just_now: Condition::All(one.to_vec()),
        });
    }

    /// A time that is not within a span after another: also while it is none.
    fn time(&mut self, fact: FactId, apart: &Apart) {
        let name = |fact: FactId| self.policy.vocabulary.call.get(fact.index()).map_or("", |fact| fact.name.as_str());
        let Subject::Fact(other) = apart.other else { return };
        let is_within = matches!(apart.comparison, Comparison::AtMost | Comparison::FewerThan);
        if apart.side != Side::After || !is_within || !self.is_open(*apart.length) {
            return;
        }
        let test = |fact, predicate| Condition::Test(Test { subject: Subject::Fact(fact), predicate });
        let lately = test(other, Within(JUST_NOW.into()).into());
        let none = test(fact, IsNone { not: false }.into());
        let (name, of, length) = (name(fact), name(other), *apart.length);
        self.found.push(Absence {
            rule: self.rule,
            said: format!("applies while `{name}` is none, though it may still come within {length} after `{of}`"),
            instead: format!("ask besides that `{of} is at least {length} ago`"),
            event: test(other, IsNone { not: true }.into()),
            needs_event: false,
            is_just_now: Condition::All(vec![none, lately]),
        });
    }

    /// Whether a span still runs when what it begins with is a minute old.
    fn is_open(&self, span: Length) -> bool {
        let zone = &self.policy.zone;
        JUST_NOW.never_longer_than(span, zone) && !span.never_longer_than(JUST_NOW, zone)
    }
}

/// What there is to tell of the absences. `posed` is where the first of them stands among what is asked about, each with two conditions:
/// its event, and that this is a minute old.
pub(super) fn too_soon(asked: &mut Inquiry<'_>, absences: &[Absence], posed: usize) -> Vec<(String, Diagnostic)> {
    let mut found = Vec::new();
    for (absence, event) in absences.iter().zip((posed..).step_by(2)) {
        let (Some(rule), is_just_now) = (asked.policy.rules.get(absence.rule), event + 1) else { continue };
        let applies = Part::Applies(asked.side, absence.rule);
        let (Some(Part::Holds(is_there)), Some(just_now)) = (asked.posed(event), asked.posed(is_just_now)) else {
            continue;
        };
        // A rule that needs no such event says that there was none.
        let without = Goal::of(vec![applies.clone()], vec![vec![Part::MayHold(is_there)]]);
        if !absence.needs_event && !asked.is_impossible(&without) {
            continue;
        }
        let goal = Goal::of(vec![applies, just_now], Vec::new());
        let is_so = |judged: &Judgement| inquiry::applies(judged, absence.rule);
        let Some(call) = asked.call(&goal, std::slice::from_ref(&absence.is_just_now), &is_so) else { continue };
        let problem = Diagnostic::warning("too-soon", rule.at, format!("`{}` {}", rule.name, absence.said))
            .help(format!("it applies in this call: {}", asked.in_words(&call)))
            .help(absence.instead.clone());
        found.push((rule.name.clone(), problem));
    }
    found
}
