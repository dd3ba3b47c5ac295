//! A rule that applies -> what it adds: what is certain, the most that it could be, and what is not known in between.

use super::evaluation::Evaluation;
use super::explain::Explainer;
use super::{About, Row, RuleEffects};
use crate::check::{Effect, NamedCalendar};
use crate::compile::CompiledRule;
use crate::model::{Effects, Level, OutcomeId, Outcomes, Truth, Value, Warning};
use crate::semantics::{FigureSource, ScoreId, Subject, given_between};
use crate::time::{Calendar, Instant, Length};
use std::collections::BTreeSet;

impl Evaluation<'_> {
    /// What a rule adds when it applies.
    pub(crate) fn effects(&self, rule: &CompiledRule) -> RuleEffects {
        let sure = self.sure_effects(rule);
        let mut effects = RuleEffects { sure, possible: Effects::default(), unknown: Vec::new() };
        for effect in rule.effects.iter() {
            let Some(possible) = self.possible_effect(rule, effect) else { continue };
            effects.possible.0.push(possible);
            // Two of its deadlines may be counted from one time.
            self.unknown_of(rule, effect, |about| {
                if !effects.unknown.contains(about) {
                    effects.unknown.push(*about);
                }
            });
        }
        effects.possible.0.extend(effects.sure.0.iter().copied());
        effects
    }

    /// What a rule adds at most where that depends on a fact that is not known.
    pub(super) fn possible_effects(&self, rule: &CompiledRule) -> impl Iterator<Item = (OutcomeId, Level)> {
        rule.effects.iter().filter_map(|effect| self.possible_effect(rule, effect))
    }

    /// Hands on what it depends on, once for each effect.
    pub(super) fn unknown_effects(&self, rule: &CompiledRule, mut add: impl FnMut(&About)) {
        for effect in rule.effects.iter().filter(|effect| self.possible_effect(rule, effect).is_some()) {
            self.unknown_of(rule, effect, &mut add);
        }
    }

    fn unknown_of(&self, rule: &CompiledRule, effect: &Effect, mut add: impl FnMut(&About)) {
        match effect {
            Effect::RaiseTo { fact, .. } | Effect::Deadline { after: Subject::Fact(fact), .. } => {
                add(&About::Fact(*fact));
            }
            Effect::Figure { of, .. } => match self.policy.rests_on(*of) {
                FigureSource::Fact(fact) => add(&About::Fact(fact)),
                FigureSource::Score(score) => {
                    let points = self.program.ir.points(score_place(rule, score)).iter().map(|(_, point)| *point);
                    let open = points.filter(|point| self.truth(*point) == Truth::Unknown);
                    let mut met = BTreeSet::new();
                    Explainer::new(self).all_unknowns(&open.collect::<Vec<_>>(), |about| {
                        if met.insert(*about) {
                            add(about);
                        }
                    });
                }
                FigureSource::Table(_) => {}
            },
            Effect::Raise { .. } | Effect::Deadline { .. } => {}
        }
    }

    /// What a rule adds for certain when it applies.
    pub(crate) fn sure_effects(&self, rule: &CompiledRule) -> Effects {
        let mut sure = Vec::with_capacity(rule.effects.len());
        sure.extend(rule.effects.iter().filter_map(|effect| self.sure_effect(rule, effect)));
        Effects(sure)
    }

    /// Raises outcomes by what a rule adds for certain when it applies.
    #[inline]
    pub(super) fn raise(&self, outcomes: &mut Outcomes, rule: &CompiledRule) {
        for effect in rule.effects.iter() {
            match effect {
                Effect::Raise { outcome, level } => outcomes.raise_one(*outcome, *level),
                effect => self.raise_by_more(outcomes, rule, effect),
            }
        }
    }

    /// The same for an effect that has to be worked out.
    #[inline(never)]
    fn raise_by_more(&self, outcomes: &mut Outcomes, rule: &CompiledRule, effect: &Effect) {
        let raised = self.sure_effect(rule, effect);
        raised.into_iter().for_each(|(outcome, level)| outcomes.raise_one(outcome, level));
    }

    /// Raises outcomes by the most that a rule may add besides when it applies.
    pub(super) fn raise_to_the_most(&self, outcomes: &mut Outcomes, rule: &CompiledRule) {
        for (outcome, level) in self.possible_effects(rule) {
            outcomes.raise_one(outcome, level);
        }
    }

    pub(super) fn sure_effect(&self, rule: &CompiledRule, effect: &Effect) -> Option<(OutcomeId, Level)> {
        match effect {
            Effect::Raise { outcome, level } => Some((*outcome, *level)),
            Effect::RaiseTo { outcome, fact } => match self.case.fact(*fact) {
                Value::Choice(at) => Some((*outcome, self.program.lowest.level(*outcome)?.at_value(at))),
                _ => None,
            },
            Effect::Figure { outcome, of } => Some((*outcome, self.figure(rule, *outcome, *of)?.0)),
            Effect::Deadline { outcome, length, after, calendar, end_of_day } => match self.value(*after, Row::Call) {
                Value::Time(start) => {
                    let calendar = calendar.and_then(|at| self.policy.calendars.get(at));
                    let end = if *end_of_day {
                        self.end_of_day(start, *length, calendar.map(|named| &named.calendar))
                    } else {
                        self.deadline(start, *length, calendar.map(|named| &named.calendar))
                    };
                    self.warn_of_short_calendar(rule, calendar, start, end);
                    Some((*outcome, self.program.lowest.level(*outcome)?.at_time(Some(end))))
                }
                _ => None,
            },
        }
    }

    /// What one effect adds at most, where it depends on a fact that is not known.
    fn possible_effect(&self, rule: &CompiledRule, effect: &Effect) -> Option<(OutcomeId, Level)> {
        match effect {
            Effect::RaiseTo { outcome, fact } if !matches!(self.case.fact(*fact), Value::Choice(_)) => {
                Some((*outcome, self.top(*outcome)?))
            }
            Effect::Deadline { outcome, after: Subject::Fact(fact), .. } if self.case.fact(*fact) == Value::Unknown => {
                // Some time, nobody can say which.
                Some((*outcome, self.program.lowest.level(*outcome)?.at_time(None)))
            }
            Effect::Figure { outcome, of } => {
                let (sure, most) = self.figure(rule, *outcome, *of)?;
                (sure != most).then_some((*outcome, most))
            }
            _ => None,
        }
    }

    /// What a number gives at least and at most, while it is only known to lie between two.
    fn figure(&self, rule: &CompiledRule, outcome: OutcomeId, of: FigureSource) -> Option<(Level, Level)> {
        let between = match of {
            FigureSource::Fact(_) | FigureSource::Score(_) => self.number_between(rule, of)?,
            FigureSource::Table(table) => {
                let table = self.policy.table(table)?;
                given_between(&table.rows, self.number_between(rule, table.by)?)?
            }
        };
        Some(self.program.lowest.level(outcome)?.ends_of(between))
    }

    /// The least and the most that a fact or a score may be; of a choice, by the places of its values.
    fn number_between(&self, rule: &CompiledRule, of: FigureSource) -> Option<(i64, i64)> {
        match of {
            FigureSource::Fact(fact) => {
                match (self.case.fact(fact), &self.policy.vocabulary.call.get(fact.index())?.ty) {
                    (Value::Number(number), _) => Some((number, number)),
                    (Value::Choice(at), _) => Some((at.into(), at.into())),
                    (_, ty) => ty.ends(),
                }
            }
            FigureSource::Score(score) => Some(self.score_between(score_place(rule, score))),
            FigureSource::Table(_) => None,
        }
    }

    /// The highest level of an outcome.
    pub(super) fn top(&self, outcome: OutcomeId) -> Option<Level> {
        self.policy.vocabulary.outcomes.get(outcome.index()).map(|outcome| outcome.kind.most())
    }

    fn deadline(&self, start: Instant, length: Length, calendar: Option<&Calendar>) -> Instant {
        let zone = &self.policy.zone;
        calendar.map_or_else(|| self.span_end(start, length), |calendar| calendar.after(zone, start, length))
    }

    /// The last second of the day that lies so many days on.
    fn end_of_day(&self, start: Instant, length: Length, calendar: Option<&Calendar>) -> Instant {
        let zone = &self.policy.zone;
        let day = zone.date(start);
        let last = match calendar {
            Some(calendar) if length.amount > 0 => calendar.days_on(day, length, false),
            _ => day.days_on(length, false),
        };
        zone.day_end(last)
    }

    /// Warns that days on which the calendar is not complete were reckoned with.
    fn warn_of_short_calendar(
        &self,
        rule: &CompiledRule,
        calendar: Option<&NamedCalendar>,
        start: Instant,
        end: Instant,
    ) {
        let zone = &self.policy.zone;
        if let Some(named) = calendar.filter(|named| !named.calendar.covers(zone.date(start), zone.date(end))) {
            let warning = Warning::CalendarIncomplete { calendar: named.name.clone(), rule: rule.name.clone() };
            self.warnings.borrow_mut().push(warning);
        }
    }
}

/// Where a score stands by which a rule gives a number.
fn score_place(rule: &CompiledRule, score: ScoreId) -> usize {
    rule.scores.iter().find(|(known, _)| *known == score).map_or(usize::MAX, |(_, place)| *place)
}
