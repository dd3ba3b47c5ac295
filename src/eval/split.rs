//! What is certain although no single rule is: whatever the unknown turns out to be, some rule gives as much.
//!
//! One unknown thing is taken at a time: a fact, the sum of a score, a number counted, or a condition. For each way in
//! which it may turn out, the rules that wait for it are answered anew, everything else staying as it is known; what all
//! these ways share is certain. A rule counts in a way only if its condition is then yes, so nothing is presumed.

use super::measure::Reading;
use super::run::Run;
use super::{Row, parts};
use crate::check::{Effect, Predicate, ScoreIs};
use crate::compile::{Count, Pivot, Rule, RuleId, Term, TermId};
use crate::model::{Effects, FactId, Level, OutcomeId, Outcomes, Truth, Type, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How many answers are worked out before giving up: more would make one decision take too long.
const MOST_ANSWERS: usize = 1_000_000;

/// A fact with flags is taken apart when no more of them than this are asked about: each may be there or not.
const MOST_FLAGS: u32 = 6;

/// Rules of which enough apply, whatever turns out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Together {
    pub rules: Vec<RuleId>,
    /// What they give at least, beyond what was certain before.
    pub adds: Effects,
}

/// What was found, and whether there were too many ways to go through them all.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub together: Vec<Together>,
    pub cut_short: bool,
}

/// One way in which a thing may turn out: the answer of each of its readers, and the value, where it is a fact.
#[derive(Debug, PartialEq)]
struct Way {
    answers: Vec<Truth>,
    fact: Option<(FactId, Value)>,
}

/// What some of these rules make certain together, beyond what is certain already. They are those in force that are open,
/// and those that apply with an effect which is open.
pub(super) fn together(run: &Run<'_>, rules: &[RuleId], certain: &Outcomes) -> Found {
    let is_open = |reader: &TermId| run.open_truth(*reader) == Truth::Unknown;
    let pivots = run.program.pivots.iter().map(|(pivot, readers)| (*pivot, readers.iter().copied().filter(is_open)));
    let pivots = pivots.map(|(pivot, readers)| (pivot, readers.collect::<Vec<TermId>>()));
    let pivots: Vec<(Pivot, Vec<TermId>)> = pivots.filter(|(_, readers)| !readers.is_empty()).collect();
    if pivots.is_empty() {
        return Found::default();
    }
    let rules: Vec<(RuleId, &Rule)> = rules
        .iter()
        .filter_map(|id| Some((*id, run.program.rules.get(id.0 as usize)?)))
        .filter(|(_, rule)| rule.effects.iter().any(|effect| may_raise(certain, effect)))
        .collect();
    if rules.is_empty() {
        return Found::default();
    }
    let mut split = Split {
        run,
        rules,
        known: BTreeMap::new(),
        askers: BTreeMap::new(),
        above: BTreeMap::new(),
        left: MOST_ANSWERS,
    };
    split.walk();
    let mut reached = certain.clone();
    let mut found = Found::default();
    for (pivot, mut readers) in pivots {
        readers.retain(|reader| split.askers.contains_key(reader));
        if !split.is_asked_twice(pivot, &readers) {
            continue;
        }
        let Some(ways) = split.ways(pivot, &readers) else { continue };
        let Some(together) = split.through(&readers, &ways, &reached) else {
            found.cut_short = split.left == 0;
            continue;
        };
        reached.raise(&together.adds);
        found.together.push(together);
    }
    found
}

/// Whether an effect may add to outcomes. What has to be worked out is not worked out for that.
pub(super) fn may_raise(outcomes: &Outcomes, effect: &Effect) -> bool {
    match effect {
        Effect::Raise { outcome, level } => outcomes.are_raised_by(*outcome, *level),
        Effect::RaiseTo { .. } | Effect::Deadline { .. } => true,
    }
}

struct Split<'r, 'a> {
    run: &'r Run<'a>,
    rules: Vec<(RuleId, &'r Rule)>,
    /// The answers of the open conditions, and of the parts that they are made of.
    known: BTreeMap<TermId, Truth>,
    /// For each open condition how many rules and other open conditions ask for it.
    askers: BTreeMap<TermId, usize>,
    /// The open conditions that a condition is a part of.
    above: BTreeMap<TermId, Vec<TermId>>,
    left: usize,
}

impl Split<'_, '_> {
    /// Finds the conditions that leave the rules open.
    fn walk(&mut self) {
        let mut to_do: Vec<TermId> = self.rules.iter().map(|(_, rule)| rule.when).collect();
        while let Some(term) = to_do.pop() {
            let truth = *self.known.entry(term).or_insert_with(|| self.run.open_truth(term));
            if truth != Truth::Unknown {
                continue;
            }
            let askers = self.askers.entry(term).or_default();
            *askers += 1;
            if *askers == 1 {
                let parts = self.parts(term);
                for part in &parts {
                    self.above.entry(*part).or_default().push(term);
                }
                to_do.extend(parts);
            }
        }
    }

    /// What a condition is made of.
    fn parts(&self, term: TermId) -> Vec<TermId> {
        let program = self.run.program;
        match program.terms.get(term.0 as usize) {
            Some(Term::Score { score, .. }) => {
                let points = program.scores.get(*score).map(|score| score.points.as_slice()).unwrap_or_default();
                points.iter().map(|(_, point)| *point).collect()
            }
            _ => parts(program, term).to_vec(),
        }
    }

    /// Whether at least two ask for a thing; the one way of any other is that no rule applies.
    fn is_asked_twice(&self, pivot: Pivot, readers: &[TermId]) -> bool {
        let askers: usize = readers.iter().filter_map(|reader| self.askers.get(reader)).sum();
        let raises = |fact: FactId| {
            let effects = self.rules.iter().flat_map(|(_, rule)| rule.effects.iter());
            let raised =
                effects.filter(|effect| matches!(effect, Effect::RaiseTo { fact: raised, .. } if *raised == fact));
            raised.count() + self.run.program.floors.iter().filter(|(_, floor)| *floor == fact).count()
        };
        askers > 1 || matches!(pivot, Pivot::Fact(fact) if askers == 1 && raises(fact) > 0)
    }

    /// Every way in which a thing may turn out; `None` where they are not gone through.
    fn ways(&self, pivot: Pivot, readers: &[TermId]) -> Option<Vec<Way>> {
        let way = |answers| Way { answers, fact: None };
        let mut ways: Vec<Way> = match pivot {
            Pivot::Fact(fact) => {
                let values = self.values(fact, readers)?;
                let way = |value| Way { answers: self.answers_for(value, readers), fact: Some((fact, value)) };
                values.into_iter().map(way).collect()
            }
            Pivot::Score(score) => {
                let between = self.run.sum_between(score, |point| self.run.open_truth(point));
                let sums = telling(between, readers.iter().flat_map(|reader| self.turns_of_score(*reader)));
                sums.into_iter().map(|sum| way(self.answers_to_sum(sum, readers))).collect()
            }
            Pivot::Measure(measure) => {
                let mut ways = Vec::new();
                for reading in self.run.readings(measure) {
                    let Some(reading) = reading else {
                        // There is nothing to count from.
                        ways.push(way(vec![Truth::No; readers.len()]));
                        continue;
                    };
                    let counts = readers.iter().filter_map(|reader| self.count(*reader));
                    for counted in telling(reading, counts.map(|count| count.number)) {
                        let holds = |reader: &TermId| {
                            self.count(*reader).is_some_and(|count| count.comparison.holds(counted, count.number))
                        };
                        ways.push(way(readers.iter().map(|reader| Truth::from(holds(reader))).collect()));
                    }
                }
                ways
            }
            Pivot::Term(_) => [Truth::Yes, Truth::No].map(|answer| way(vec![answer])).into(),
        };
        ways.dedup();
        (!ways.is_empty()).then_some(ways)
    }

    /// Values of an unknown fact, one at least for each way in which its readers may answer.
    fn values(&self, fact: FactId, readers: &[TermId]) -> Option<Vec<Value>> {
        let asked = || readers.iter().filter_map(|reader| self.asked(*reader));
        let turns = || {
            asked().filter_map(|predicate| match predicate {
                Predicate::Compare(_, number) => Some(*number),
                _ => None,
            })
        };
        Some(match &self.run.policy.vocabulary.call.get(fact.index())?.ty {
            Type::YesNo => [true, false].map(Value::YesNo).into(),
            Type::Choice { values, .. } => (0u16..).zip(values).map(|(at, _)| Value::Choice(at)).collect(),
            Type::Number { range } => {
                let (least, most) = range.unwrap_or((i64::MIN, i64::MAX));
                telling(Reading { least, most }, turns()).into_iter().map(Value::Number).collect()
            }
            Type::Duration => {
                telling(Reading { least: 0, most: i64::MAX }, turns()).into_iter().map(Value::Duration).collect()
            }
            Type::Flags { .. } => {
                let asked = asked().fold(0u64, |bits, predicate| match predicate {
                    Predicate::Include { flags, .. } | Predicate::Exclude { flags } => bits | flags,
                    _ => bits,
                });
                if asked.count_ones() > MOST_FLAGS {
                    return None;
                }
                subsets(asked).map(Value::Flags).collect()
            }
            Type::Time { .. } | Type::Text | Type::Identity { .. } | Type::Link { .. } => return None,
        })
    }

    fn asked(&self, reader: TermId) -> Option<&Predicate> {
        match self.run.program.terms.get(reader.0 as usize)? {
            Term::Test(test) => Some(&test.predicate),
            _ => None,
        }
    }

    fn count(&self, reader: TermId) -> Option<&Count> {
        match self.run.program.terms.get(reader.0 as usize)? {
            Term::Count(count) => Some(count),
            _ => None,
        }
    }

    fn answers_for(&self, value: Value, readers: &[TermId]) -> Vec<Truth> {
        let answer = |reader: &TermId| {
            let predicate = self.asked(*reader);
            predicate.map_or(Truth::Unknown, |predicate| self.run.judge(value, predicate, Row::Call))
        };
        readers.iter().map(answer).collect()
    }

    fn answers_to_sum(&self, sum: i64, readers: &[TermId]) -> Vec<Truth> {
        let answer = |reader: &TermId| match self.run.program.terms.get(reader.0 as usize) {
            Some(Term::Score { score, is }) => self.run.is_score(*score, is, sum, sum),
            _ => Truth::Unknown,
        };
        readers.iter().map(answer).collect()
    }

    /// The sums at which the answer of a condition about a score may turn.
    fn turns_of_score(&self, reader: TermId) -> Vec<i64> {
        match self.run.program.terms.get(reader.0 as usize) {
            Some(Term::Score { is: ScoreIs::Compare(_, number), .. }) => vec![*number],
            Some(Term::Score { score, is: ScoreIs::In { .. } }) => {
                let bands = self.run.program.scores.get(*score).map(|score| score.bands.as_slice()).unwrap_or_default();
                bands.iter().flat_map(|band| [Some(band.from), band.to]).flatten().collect()
            }
            _ => Vec::new(),
        }
    }

    /// What every way gives, beyond what is certain; `None` where that is nothing, or took too long.
    fn through(&mut self, readers: &[TermId], ways: &[Way], certain: &Outcomes) -> Option<Together> {
        let mut shared: Option<Outcomes> = None;
        let mut given: Vec<(RuleId, OutcomeId, Level)> = Vec::new();
        for way in ways {
            let answers = self.answers(readers, way)?;
            let mut outcomes = self.run.program.lowest.clone();
            for (outcome, fact) in &self.run.program.floors {
                if let Some((known, Value::Choice(at))) = way.fact
                    && known == *fact
                {
                    outcomes.raise_one(*outcome, Level::Highest(at));
                }
            }
            for (id, rule) in &self.rules {
                let answer = answers.get(&rule.when).or_else(|| self.known.get(&rule.when));
                if answer != Some(&Truth::Yes) {
                    continue;
                }
                for (outcome, level) in rule.effects.iter().filter_map(|effect| self.effect(rule, effect, way)) {
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
            adds.0.iter().any(|(added, reached)| added == outcome && helps_to_reach(*level, *reached))
        };
        let rules: BTreeSet<RuleId> = given.iter().filter(helps).map(|(id, ..)| *id).collect();
        Some(Together { rules: rules.into_iter().collect(), adds })
    }

    /// The answers of the open conditions in one way; of those that are as they were, none. `None` when it took too long.
    fn answers(&mut self, readers: &[TermId], way: &Way) -> Option<BTreeMap<TermId, Truth>> {
        let mut answers: BTreeMap<TermId, Truth> = readers.iter().copied().zip(way.answers.iter().copied()).collect();
        let above = |term: &TermId| self.above.get(term).into_iter().flatten().copied();
        let mut to_do: BTreeSet<TermId> = readers.iter().flat_map(above).collect();
        // The parts of a condition come before it.
        while let Some(term) = to_do.pop_first() {
            self.left = self.left.checked_sub(1)?;
            if answers.contains_key(&term) {
                continue;
            }
            let answer =
                |part: TermId| answers.get(&part).or_else(|| self.known.get(&part)).copied().unwrap_or(Truth::Unknown);
            let laid = self.run.program.terms.get(term.0 as usize);
            if let Some(answer) = laid.and_then(|laid| self.run.of_parts(laid, answer)) {
                answers.insert(term, answer);
                to_do.extend(above(&term));
            }
        }
        Some(answers)
    }

    /// What a rule adds for certain in one way.
    fn effect(&self, rule: &Rule, effect: &Effect, way: &Way) -> Option<(OutcomeId, Level)> {
        match (effect, way.fact) {
            (Effect::RaiseTo { outcome, fact }, Some((known, Value::Choice(at)))) if *fact == known => {
                Some((*outcome, Level::Highest(at)))
            }
            _ => self.run.sure_effect(rule, effect),
        }
    }
}

/// Whether a level has a share in reaching another: some of a collection, or all of anything else.
fn helps_to_reach(level: Level, reached: Level) -> bool {
    match (level, reached) {
        (Level::AllThatApply(one), Level::AllThatApply(all)) => one & all != 0,
        (level, reached) => level.raised_by(reached) == level,
    }
}

/// Numbers from a least to a most, one at least of each run in which every comparison with `turns` answers alike.
fn telling(Reading { least, most }: Reading, turns: impl Iterator<Item = i64>) -> BTreeSet<i64> {
    let beside = |turn: i64| [turn.saturating_sub(1), turn, turn.saturating_add(1)];
    let all = turns.flat_map(beside).chain([least, most]);
    all.filter(|number| least <= *number && *number <= most).collect()
}

/// Every set of some bits.
fn subsets(bits: u64) -> impl Iterator<Item = u64> {
    let mut next = Some(0u64);
    std::iter::from_fn(move || {
        let now = next?;
        next = (now != bits).then(|| now.wrapping_sub(bits) & bits);
        Some(now)
    })
}
