//! The decision (reference, section 6): what each rule says, and what follows.

use super::ways::Supposed;
use super::{Oracle, deadline};
use heedful::check::{Effect, Rule};
use heedful::model::{FactId, Level, OutcomeKind, Outcomes, Truth, Type, Value};
use heedful::semantics::{FigureSource, Subject};
use heedful::time::Instant;
use std::collections::BTreeSet;

/// What the oracle has to say of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The truth of each rule that is in force, by name.
    pub rules: Vec<(String, Truth)>,
    pub outcome: Outcomes,
    pub possible: Outcomes,
    /// Outcomes that say what they are called where no rule applies, and to which none adds; and whether one may still.
    pub unassessed: Vec<(usize, bool)>,
    /// Rules that apply and say of an outcome the side that loses.
    pub outvoted: Vec<(usize, String)>,
    /// Each rule that applies, with the ids of the records it rests on.
    pub fired: Vec<(String, Vec<String>)>,
    /// Rules that may or may not apply, and those that apply but whose effect is not known.
    pub undecided: Vec<String>,
    /// Rules on trial that would apply, and whether that is certain.
    pub trial: Vec<(String, bool)>,
}

/// What a rule adds: what is known of it, the most that it may be, and whether anything in it is unknown.
#[derive(Default)]
pub(super) struct Adds {
    pub known: Vec<(usize, Level)>,
    at_most: Vec<(usize, Level)>,
    unknown: bool,
}

impl Oracle<'_> {
    /// The certain outcome at a later moment, nothing else being learnt.
    pub fn outcome_at(&self, now: Instant) -> Outcomes {
        self.at(now).answer().outcome
    }

    /// The outcomes to which no rule adds then, and whether one may.
    pub fn unassessed_at(&self, now: Instant) -> Vec<(usize, bool)> {
        self.at(now).answer().unassessed
    }

    pub fn answer(&self) -> Answer {
        let mut answer = Answer {
            rules: Vec::new(),
            outcome: Outcomes(Vec::new()),
            possible: Outcomes(Vec::new()),
            unassessed: Vec::new(),
            outvoted: Vec::new(),
            fired: Vec::new(),
            undecided: Vec::new(),
            trial: Vec::new(),
        };
        let open = self.open();
        let (mut speaking, mut said, mut doubtful) = (Vec::new(), Vec::new(), Vec::new());
        let (mut assessed, mut perhaps, mut sides) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        for rule in self.policy.rules.iter().filter(|rule| self.rule_in_force(rule)) {
            let truth = self.rule(rule);
            let applies = truth == Truth::Yes || (truth == Truth::Unknown && rule.presumed);
            // What a score counts as yes may still be answered.
            let truth = if truth == Truth::No { open.rule(rule) } else { truth };
            answer.rules.push((rule.name.clone(), truth));
            if truth == Truth::No {
                continue;
            }
            let suspended = rule.suspension.as_ref().is_some_and(|suspension| {
                suspension.from.is_none_or(|from| from <= self.case.at) && self.case.at <= suspension.until
            });
            if rule.trial || suspended {
                answer.trial.push((rule.name.clone(), applies));
                continue;
            }
            let adds = self.adds(rule);
            for effect in &*rule.effects {
                let at = effect.outcome().index();
                // Any value of a scale is an assessment, also the one at which it stands anyway.
                let alone = self.adds(&Rule { effects: [effect.clone()].into(), ..rule.clone() });
                let assesses = !alone.known.is_empty() || matches!(effect, Effect::RaiseTo { .. });
                let may = alone.unknown || assesses;
                if applies && assesses {
                    assessed.insert(at);
                } else if may {
                    perhaps.insert(at);
                }
            }
            if applies {
                sides.extend(adds.known.iter().map(|(at, level)| (*at, *level, rule.name.clone())));
                answer.fired.push((rule.name.clone(), self.evidence(&rule.when)));
                said.extend(adds.known.iter().copied());
            }
            if !applies || adds.unknown {
                answer.undecided.push(rule.name.clone());
            }
            doubtful.extend(adds.known);
            doubtful.extend(adds.at_most);
            speaking.push(rule);
        }
        let certain = open.together(&speaking);
        answer.outcome = certain.clone();
        raise(&mut answer.outcome, &said);
        answer.possible = answer.outcome.clone();
        raise(&mut answer.possible, &doubtful);
        raise(&mut answer.possible, &self.unknown_floors());
        for (at, possible) in answer.possible.0.iter_mut().enumerate() {
            // A side that wins only because nothing is known otherwise hides the other, which may still be.
            let (loser, winner) = (Level::Either(Some(0)), Level::Either(Some(1)));
            if answer.outcome.0[at] == winner && certain.0[at] != winner && doubtful.contains(&(at, loser)) {
                *possible = loser;
            }
        }
        for (at, outcome) in self.policy.vocabulary.outcomes.iter().enumerate() {
            let (loser, winner) = (Level::Either(Some(0)), Level::Either(Some(1)));
            if answer.outcome.0[at] == winner {
                let losing = sides.iter().filter(|(of, level, _)| *of == at && *level == loser);
                answer.outvoted.extend(losing.map(|(_, _, rule)| (at, rule.clone())));
            }
            let floor = match outcome.kind {
                OutcomeKind::Highest { floor: Some(fact), .. } => Some(self.fact(fact)),
                _ => None,
            };
            let (graded, ungraded) = (matches!(floor, Some(Value::Choice(_))), floor == Some(Value::Unknown));
            let least = self.floor_without_facts().0[at];
            if outcome.unassessed.is_some() && !graded && !assessed.contains(&at) && answer.outcome.0[at] == least {
                answer.unassessed.push((at, ungraded || perhaps.contains(&at)));
            }
        }
        answer
    }

    /// Every outcome where nothing is said and nothing is known.
    fn floor_without_facts(&self) -> Outcomes {
        let least = self.policy.vocabulary.outcomes.iter().map(|outcome| match outcome.kind {
            OutcomeKind::Highest { .. } => Level::Highest(0),
            OutcomeKind::AllThatApply { .. } => Level::AllThatApply(0),
            OutcomeKind::Earliest => Level::Earliest(None),
            OutcomeKind::Either { .. } => Level::Either(None),
            OutcomeKind::HighestNumber { .. } => Level::HighestNumber(None),
            OutcomeKind::LowestNumber { .. } => Level::LowestNumber(None),
            ref other => panic!("{other:?}"),
        });
        Outcomes(least.collect())
    }

    /// The top of each floor that is not known.
    fn unknown_floors(&self) -> Vec<(usize, Level)> {
        let outcomes = self.policy.vocabulary.outcomes.iter().enumerate();
        let unknown = outcomes.filter_map(|(at, outcome)| match &outcome.kind {
            OutcomeKind::Highest { values, floor: Some(fact) } if self.fact(*fact) == Value::Unknown => {
                Some((at, Level::Highest(u16::try_from(values.len() - 1).expect("a short list"))))
            }
            _ => None,
        });
        unknown.collect()
    }

    /// A fact as it is supposed to turn out.
    fn level(&self, fact: FactId) -> Value {
        match self.supposed {
            Some(Supposed::Fact(supposed, value)) if supposed == fact => value,
            _ => self.fact(fact),
        }
    }

    /// By the call's own time, whatever moment is asked about.
    fn rule_in_force(&self, rule: &Rule) -> bool {
        rule.from.is_none_or(|from| from <= self.case.at) && rule.until.is_none_or(|until| self.case.at <= until)
    }

    /// The outcome before any rule has spoken.
    pub(super) fn floor(&self) -> Outcomes {
        let levels = self.policy.vocabulary.outcomes.iter().map(|outcome| match outcome.kind {
            OutcomeKind::Highest { floor: Some(fact), .. } => match self.level(fact) {
                Value::Choice(at) => Level::Highest(at),
                _ => Level::Highest(0),
            },
            OutcomeKind::Highest { floor: None, .. } => Level::Highest(0),
            OutcomeKind::AllThatApply { .. } => Level::AllThatApply(0),
            OutcomeKind::Earliest => Level::Earliest(None),
            OutcomeKind::Either { .. } => Level::Either(None),
            OutcomeKind::HighestNumber { .. } => Level::HighestNumber(None),
            OutcomeKind::LowestNumber { .. } => Level::LowestNumber(None),
            _ => panic!("the oracle knows no such kind of outcome"),
        });
        Outcomes(levels.collect())
    }

    pub(super) fn adds(&self, rule: &Rule) -> Adds {
        let mut adds = Adds::default();
        for effect in rule.effects.iter() {
            match effect {
                Effect::Raise { outcome, level } => adds.known.push((outcome.index(), *level)),
                Effect::RaiseTo { outcome, fact } => match self.level(*fact) {
                    Value::Choice(at) => adds.known.push((outcome.index(), Level::Highest(at))),
                    _ => {
                        let values = self.policy.vocabulary.outcomes[outcome.index()].kind.values().len();
                        let top = u16::try_from(values - 1).expect("a short list");
                        adds.at_most.push((outcome.index(), Level::Highest(top)));
                        adds.unknown = true;
                    }
                },
                Effect::Figure { outcome, of } => {
                    // What is only supposed of something else changes no sum.
                    let (least, most) = Self { supposed: None, ..self.sharing() }.figure(*of);
                    let number = |number: i64| Some(i32::try_from(number).expect("a low number"));
                    let (sure, possible) = match self.policy.vocabulary.outcomes[outcome.index()].kind {
                        OutcomeKind::HighestNumber { .. } => {
                            (Level::HighestNumber(number(least)), Level::HighestNumber(number(most)))
                        }
                        _ => (Level::LowestNumber(number(most)), Level::LowestNumber(number(least))),
                    };
                    adds.known.push((outcome.index(), sure));
                    adds.at_most.push((outcome.index(), possible));
                    adds.unknown |= least != most;
                }
                Effect::Deadline { outcome, length, after, calendar, end_of_day } => {
                    let start = match after {
                        Subject::CallTime => Value::Time(self.case.at),
                        Subject::Fact(fact) => self.fact(*fact),
                        other => panic!("a deadline is not counted from {other:?}"),
                    };
                    match start {
                        Value::Time(start) => {
                            let calendar = calendar.map(|at| &self.policy.calendars[at].calendar);
                            let zone = &self.policy.zone;
                            let end = match end_of_day {
                                true => deadline::end_of_day(zone, calendar, start, *length),
                                false => deadline::after(zone, calendar, start, *length),
                            };
                            adds.known.push((outcome.index(), Level::Earliest(Some(end))));
                        }
                        Value::None => {}
                        _ => adds.unknown = true,
                    }
                }
            }
        }
        adds
    }

    /// The least and the most that a number may turn out to be.
    fn figure(&self, of: FigureSource) -> (i64, i64) {
        match of {
            FigureSource::Score(score) => self.sum(self.policy.score(score).expect("checked")),
            FigureSource::Table(table) => {
                let table = self.policy.table(table).expect("checked");
                let (least, most) = self.figure(table.by);
                let given: Vec<i64> = (least..=most)
                    .map(|at| {
                        let mut rows =
                            table.rows.iter().filter(|row| row.from <= at && row.to.is_none_or(|to| at <= to));
                        let row = rows.next().expect("a row for every value");
                        assert!(rows.next().is_none(), "{at} is in two rows");
                        *row.gives
                    })
                    .collect();
                (*given.iter().min().expect("a row"), *given.iter().max().expect("a row"))
            }
            FigureSource::Fact(fact) => match (self.fact(fact), &self.policy.vocabulary.call[fact.index()].ty) {
                (Value::Number(number), _) => (number, number),
                (Value::Choice(at), _) => (at.into(), at.into()),
                (_, Type::Number { range }) => range.expect("checked"),
                (_, Type::Choice { values, .. }) => (0, i64::try_from(values.len() - 1).expect("a short list")),
                (value, _) => panic!("{value:?} is no number"),
            },
        }
    }
}

/// Nothing lowers an outcome.
pub(super) fn raise(outcomes: &mut Outcomes, effects: &[(usize, Level)]) {
    for (at, level) in effects {
        let slot = &mut outcomes.0[*at];
        *slot = match (*slot, *level) {
            (Level::Highest(one), Level::Highest(other)) => Level::Highest(one.max(other)),
            (Level::AllThatApply(one), Level::AllThatApply(other)) => Level::AllThatApply(one | other),
            (Level::Earliest(None), other) | (other, Level::Earliest(None)) => other,
            (Level::Earliest(Some(one)), Level::Earliest(Some(other))) => Level::Earliest(Some(one.min(other))),
            (Level::Either(one), Level::Either(other)) => Level::Either(one.max(other)),
            (Level::HighestNumber(one), Level::HighestNumber(other)) => Level::HighestNumber(one.max(other)),
            (Level::LowestNumber(one), Level::LowestNumber(other)) => {
                Level::LowestNumber(one.into_iter().chain(other).min())
            }
            (one, other) => panic!("{one:?} cannot be raised by {other:?}"),
        };
    }
}
