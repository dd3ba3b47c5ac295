//! What is certain although no single rule is: whatever the unknown turns out to be, some rule gives as much.
//!
//! One unknown thing is taken at a time: a fact, the sum of a score, a number counted, or a condition. For each way in
//! which it may turn out, the rules that wait for it are answered anew, everything else staying as it is known; what all
//! these ways share is certain. A rule counts in a way only if its condition is then yes, so nothing is presumed.

use super::Row;
use super::evaluation::Evaluation;
use super::reading::CountRange;
use crate::check::Effect;
use crate::compile::{CompiledRule, Pivot, RuleId, Term, TermId};
use crate::model::{Effects, FactId, Level, OutcomeId, Outcomes, Truth, Type, Value};
use crate::semantics::{Narrowed, Predicate, answers_of_flags, telling, values_telling};
use crate::syntax::tree::Comparison;
use std::collections::{BTreeMap, BTreeSet};

/// Rules of which enough apply, whatever turns out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SplitTogether {
    pub rules: Vec<RuleId>,
    /// What they give at least, beyond what was certain before.
    pub adds: Effects,
}

/// What was found, and whether there were too many ways to go through them all.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub together: Vec<SplitTogether>,
    pub cut_short: bool,
}

/// What a thing may turn out to be.
#[derive(Clone, Debug)]
enum Turn {
    Value(FactId, Value),
    Sum(i64),
    /// How many there are, where there is anything to count from.
    Counted(Option<i64>),
    /// The answer of each reader.
    Answers(Vec<Truth>),
}

/// What some of these rules make certain together, beyond what is certain already. They are those in force that are open,
/// and those that apply with an effect which is open.
///
/// What the rules of a policy make certain is found among them alone first, and then with those of the policies built on it, so
/// that nothing these add can take it away.
pub(super) fn together(run: &Evaluation<'_>, rules: &[RuleId], certain: &Outcomes) -> Found {
    let mut found = Found::default();
    let is_open = |reader: &TermId| run.open_truth(*reader) == Truth::Unknown;
    let pivots =
        run.program.plan.pivots.iter().map(|(pivot, readers)| (*pivot, readers.iter().copied().filter(is_open)));
    let pivots = pivots.map(|(pivot, readers)| (pivot, readers.collect::<Vec<TermId>>()));
    let pivots: Vec<(Pivot, Vec<TermId>)> = pivots.filter(|(_, readers)| !readers.is_empty()).collect();
    if pivots.is_empty() {
        return found;
    }
    let rules = rules.iter().filter_map(|id| Some((*id, run.program.rules.get(id.0 as usize)?)));
    let rules: Vec<(RuleId, &CompiledRule)> =
        rules.filter(|(_, rule)| rule.effects.iter().any(|effect| may_raise(certain, effect))).collect();
    let layers: BTreeSet<usize> = rules.iter().map(|(_, rule)| rule.layer).collect();
    let mut reached = certain.clone();
    for layer in layers {
        let rules = rules.iter().filter(|(_, rule)| rule.layer <= layer).copied().collect();
        let Some(mut split) = Split::of(run, rules, layer) else {
            found.cut_short = true;
            continue;
        };
        for (pivot, readers) in &pivots {
            let readers: Vec<TermId> = readers.iter().filter(|reader| split.open.contains(reader)).copied().collect();
            if readers.is_empty() {
                continue;
            }
            let together = split.turns(*pivot, &readers).and_then(|turns| split.through(&readers, turns, &reached));
            if let Some(together) = together {
                reached.raise(&together.adds);
                found.together.push(together);
            }
        }
        found.cut_short |= split.cut_short;
    }
    found
}

/// Whether an effect may add to outcomes. What has to be worked out is not worked out for that.
pub(super) fn may_raise(outcomes: &Outcomes, effect: &Effect) -> bool {
    match effect {
        Effect::Raise { outcome, level } => outcomes.are_raised_by(*outcome, *level),
        Effect::RaiseTo { .. } | Effect::Figure { .. } | Effect::Deadline { .. } => true,
    }
}

struct Split<'r, 'a> {
    run: &'r Evaluation<'a>,
    rules: Vec<(RuleId, &'r CompiledRule)>,
    /// The answers of the open conditions, and of the parts that they are made of.
    known: BTreeMap<TermId, Truth>,
    /// The open conditions, on which the rules wait.
    open: BTreeSet<TermId>,
    /// The open conditions that a condition is a part of.
    above: BTreeMap<TermId, Vec<TermId>>,
    layer: usize,
    cut_short: bool,
}

impl<'r, 'a> Split<'r, 'a> {
    /// `None` where it was too much to find out what leaves the rules open.
    fn of(run: &'r Evaluation<'a>, rules: Vec<(RuleId, &'r CompiledRule)>, layer: usize) -> Option<Self> {
        let (known, open, above) = Default::default();
        let mut split = Self { run, rules, known, open, above, layer, cut_short: false };
        split.walk()?;
        Some(split)
    }

    /// Counts what is gone through; `None` where that is more than one decision should take.
    fn spend(&mut self, steps: usize) -> Option<()> {
        let spent = self.run.spend_on_splits(self.layer, steps);
        self.cut_short |= spent.is_none();
        spent
    }

    /// Finds the conditions that leave the rules open.
    fn walk(&mut self) -> Option<()> {
        let mut to_do: Vec<TermId> = self.rules.iter().map(|(_, rule)| rule.when).collect();
        while let Some(term) = to_do.pop() {
            let truth = *self.known.entry(term).or_insert_with(|| self.run.open_truth(term));
            if truth != Truth::Unknown {
                continue;
            }
            if self.open.insert(term) {
                let parts = self.parts(term);
                self.spend(parts.len())?;
                for part in &parts {
                    self.above.entry(*part).or_default().push(term);
                }
                to_do.extend(parts);
            }
        }
        Some(())
    }

    /// What a condition is made of.
    fn parts(&self, term: TermId) -> Vec<TermId> {
        let ir = &self.run.program.ir;
        ir.term(term).map(|term| ir.parts_and_points(term).collect()).unwrap_or_default()
    }

    /// Whatever a thing may turn out to be, once at least for each way in which its readers may answer; `None` where that is
    /// not gone through.
    fn turns(&mut self, pivot: Pivot, readers: &[TermId]) -> Option<Vec<Turn>> {
        self.spend(readers.len())?;
        Some(match pivot {
            Pivot::Fact(fact) => {
                let ty = &self.run.policy.vocabulary.call.get(fact.index())?.ty;
                let asked = readers.iter().map(|reader| self.asked(*reader));
                let asked: Vec<Option<&Predicate>> = asked.collect();
                if matches!(ty, Type::Flags { .. }) {
                    let answers = answers_of_flags(asked.into_iter(), &Narrowed::default(), |steps| self.spend(steps));
                    self.cut_short |= answers.is_none();
                    return Some(answers?.into_iter().map(Turn::Answers).collect());
                }
                let values = values_telling(ty, &Narrowed::default(), asked.into_iter().flatten())?;
                values.into_iter().map(|value| Turn::Value(fact, value)).collect()
            }
            Pivot::Score(score) => {
                let (least, most) = self.run.sum_between(score, |point| self.run.open_truth(point));
                let sums = telling((least, most), readers.iter().flat_map(|reader| self.turns_of_score(*reader)));
                sums.into_iter().map(Turn::Sum).collect()
            }
            Pivot::Measure(measure) => {
                let counts = || readers.iter().filter_map(|reader| self.count(*reader)).map(|(_, number)| number);
                let counted = |reading: Option<CountRange>| match reading {
                    Some(reading) => {
                        telling(reading.ends(), counts()).into_iter().map(|count| Turn::Counted(Some(count))).collect()
                    }
                    None => vec![Turn::Counted(None)],
                };
                self.run.readings(measure).flat_map(counted).collect()
            }
            Pivot::Term(_) => [Truth::Yes, Truth::No].map(|answer| Turn::Answers(vec![answer])).into(),
        })
    }

    /// The answer of a reader where the thing that it reads turns out so.
    fn answer(&self, place: usize, reader: TermId, turn: &Turn) -> Truth {
        match turn {
            Turn::Value(_, value) => {
                let predicate = self.asked(reader);
                predicate.map_or(Truth::Unknown, |predicate| self.run.judge(*value, predicate, Row::Call))
            }
            Turn::Sum(sum) => match self.run.program.ir.term(reader) {
                Some(Term::Score { score, is }) => self.run.is_score(*score, is, (*sum, *sum)),
                _ => Truth::Unknown,
            },
            Turn::Counted(None) => Truth::No,
            Turn::Counted(Some(counted)) => {
                let holds = self.count(reader).is_some_and(|(comparison, number)| comparison.holds(*counted, number));
                Truth::from(holds)
            }
            Turn::Answers(answers) => answers.get(place).copied().unwrap_or(Truth::Unknown),
        }
    }

    fn asked(&self, reader: TermId) -> Option<&'a Predicate> {
        match self.run.program.ir.term(reader)? {
            Term::Test(test) => Some(&test.predicate),
            _ => None,
        }
    }

    fn count(&self, reader: TermId) -> Option<(Comparison, i64)> {
        match self.run.program.ir.term(reader)? {
            Term::Count { comparison, number, .. } => Some((*comparison, **number)),
            _ => None,
        }
    }

    /// The sums at which the answer of a condition about a score may turn.
    fn turns_of_score(&self, reader: TermId) -> Vec<i64> {
        match self.run.program.ir.term(reader) {
            Some(Term::Score { score, is }) => is.turns(self.run.program.ir.bands(*score)),
            _ => Vec::new(),
        }
    }

    /// What every way gives, beyond what is certain; `None` where that is nothing, or took too long.
    fn through(&mut self, readers: &[TermId], turns: Vec<Turn>, certain: &Outcomes) -> Option<SplitTogether> {
        let mut shared: Option<Outcomes> = None;
        let mut given: Vec<(RuleId, OutcomeId, Level)> = Vec::new();
        for turn in &turns {
            self.spend(self.rules.len())?;
            let answers = self.answers(readers, turn)?;
            let mut outcomes = self.run.program.lowest.clone();
            for (outcome, fact) in &self.run.program.floors {
                if let Turn::Value(known, Value::Choice(at)) = turn
                    && known == fact
                {
                    outcomes.raise_to_value(*outcome, *at);
                }
            }
            for (id, rule) in &self.rules {
                let answer = answers.get(&rule.when).or_else(|| self.known.get(&rule.when));
                if answer != Some(&Truth::Yes) {
                    continue;
                }
                for (outcome, level) in rule.effects.iter().filter_map(|effect| self.effect(rule, effect, turn)) {
                    outcomes.raise_one(outcome, level);
                    given.push((*id, outcome, level));
                }
            }
            let all = match shared.take() {
                None => outcomes,
                Some(before) => before.shared_with(&outcomes),
            };
            if certain.lacks_of(&all).0.is_empty() {
                return None;
            }
            shared = Some(all);
        }
        let adds = certain.lacks_of(&shared?);
        let helps = |(_, outcome, level): &&(RuleId, OutcomeId, Level)| {
            adds.0.iter().any(|(added, reached)| added == outcome && level.helps_to_reach(*reached))
        };
        let rules: BTreeSet<RuleId> = given.iter().filter(helps).map(|(id, ..)| *id).collect();
        Some(SplitTogether { rules: rules.into_iter().collect(), adds })
    }

    /// The answers of the open conditions in one way; of those that are as they were, none. `None` when it took too long.
    fn answers(&mut self, readers: &[TermId], turn: &Turn) -> Option<BTreeMap<TermId, Truth>> {
        self.spend(readers.len())?;
        let answered = readers.iter().enumerate().map(|(place, reader)| (*reader, self.answer(place, *reader, turn)));
        let mut answers: BTreeMap<TermId, Truth> = answered.collect();
        let above = |term: &TermId| self.above.get(term).into_iter().flatten().copied();
        let mut to_do: BTreeSet<TermId> = readers.iter().flat_map(above).collect();
        // The parts of a condition come before it.
        while let Some(term) = to_do.pop_first() {
            if self.run.spend_on_splits(self.layer, 1).is_none() {
                self.cut_short = true;
                return None;
            }
            if answers.contains_key(&term) {
                continue;
            }
            let answer =
                |part: TermId| answers.get(&part).or_else(|| self.known.get(&part)).copied().unwrap_or(Truth::Unknown);
            let laid = self.run.program.ir.term(term);
            if let Some(answer) = laid.and_then(|laid| self.run.of_parts(laid, answer)) {
                answers.insert(term, answer);
                to_do.extend(above(&term));
            }
        }
        Some(answers)
    }

    /// What a rule adds for certain in one way.
    fn effect(&self, rule: &CompiledRule, effect: &Effect, turn: &Turn) -> Option<(OutcomeId, Level)> {
        match (effect, turn) {
            (Effect::RaiseTo { outcome, fact }, Turn::Value(known, Value::Choice(at))) if fact == known => {
                Some((*outcome, self.run.program.lowest.level(*outcome)?.at_value(*at)))
            }
            _ => self.run.sure_effect(rule, effect),
        }
    }
}
