//! Every rule's verdict and what follows, asking only the rules that have what they cannot do without.

use super::evaluation::Evaluation;
use super::reading::{CountRange, NO_END};
use super::sets::{Half, Ones};
use super::split::{SplitTogether, together};
use crate::check::Effect;
use crate::compile::{CompiledRule, Index, MeasureId, Program, RuleId, Standing, Threshold};
use crate::model::{Case, FactId, Level, OutcomeId, Outcomes, Truth, Value};

/// What became of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not in force at the time of the call.
    Asleep,
    No,
    Unknown,
    /// It applies; `presumed` where an answer could take that back.
    Yes {
        presumed: bool,
    },
    /// On trial or suspended, and would apply, for certain or perhaps.
    Trial {
        certain: bool,
    },
}

/// How far from applying a rule may be to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Only rules that may apply.
    Applies,
    /// Also rules that count at least half of what they need.
    Near,
}

/// The verdicts, and what they come to. Its memory is used again for the next case.
#[derive(Debug, Default)]
pub(super) struct RuleScan {
    /// In the order of rules: those that were asked. The answer of the others is no, or they are not in force.
    pub verdicts: Vec<(RuleId, Verdict)>,
    pub outcome: Outcomes,
    pub possible: Outcomes,
    /// The part of the outcome that no answer can take back.
    pub certain: Outcomes,
    /// What is certain although no single rule is.
    pub together: Vec<SplitTogether>,
    /// Whether there was too much to go through for that.
    pub cut_short: bool,
    /// The rules to ask, as bits.
    chosen: Vec<u64>,
}

impl RuleScan {
    pub(super) fn take(&mut self, run: &Evaluation<'_>, reach: Reach) {
        self.take_with(run, reach, |_, _| ());
    }

    /// The same, and `applies` is told of each rule that applies, in their order.
    #[inline]
    pub(super) fn take_with(
        &mut self,
        run: &Evaluation<'_>,
        reach: Reach,
        mut applies: impl FnMut(RuleId, &CompiledRule),
    ) {
        self.choose(run, reach);
        self.verdicts.clear();
        write_nothing_said(run.program, run.case, &mut self.outcome);
        self.together.clear();
        self.cut_short = false;
        let mut is_open = run.program.floors.iter().any(|(_, fact)| is_unknown_choice(run.case, *fact));
        for (word, chosen) in self.chosen.iter().enumerate() {
            for at in Ones::of(*chosen, word) {
                let (Some(rule), Ok(id)) = (run.program.rules.get(at), u32::try_from(at)) else { continue };
                let verdict = verdict(run, rule);
                match verdict {
                    Verdict::Yes { presumed } => {
                        run.raise(&mut self.outcome, rule);
                        is_open |= presumed || rule.adds_more;
                        applies(RuleId(id), rule);
                    }
                    Verdict::Unknown => is_open = true,
                    Verdict::Asleep | Verdict::No | Verdict::Trial { .. } => {}
                }
                self.verdicts.push((RuleId(id), verdict));
            }
        }
        if is_open {
            self.find_certain(run);
            self.find_possible(run);
        } else {
            self.certain.0.clone_from(&self.outcome.0);
            self.possible.0.clone_from(&self.outcome.0);
        }
    }

    /// The rules that apply only because of what is presumed.
    pub(super) fn presumed(&self) -> impl Iterator<Item = RuleId> {
        let is_presumed = |(_, verdict): &&(RuleId, Verdict)| *verdict == Verdict::Yes { presumed: true };
        self.verdicts.iter().filter(is_presumed).map(|(id, _)| *id)
    }

    /// What no answer can take back: the rules that apply without presuming anything, and what open ones give together.
    fn find_certain(&mut self, run: &Evaluation<'_>) {
        write_nothing_said(run.program, run.case, &mut self.certain);
        let mut open = Vec::new();
        for (id, verdict) in &self.verdicts {
            let Some(rule) = run.program.rules.get(id.0 as usize) else { continue };
            if *verdict == (Verdict::Yes { presumed: false }) {
                run.raise(&mut self.certain, rule);
            }
            if verdict.is_open(rule) {
                open.push(*id);
            }
        }
        let found = together(run, &open, &self.certain);
        for together in &found.together {
            self.certain.raise(&together.adds);
            self.outcome.raise(&together.adds);
        }
        (self.together, self.cut_short) = (found.together, found.cut_short);
    }

    /// The part of the outcome that an answer could take back which shows that a rule does not apply that presumes it.
    pub(super) fn undone_by(&self, outcome: OutcomeId, level: Level) -> Option<Level> {
        let (said, certain) = (self.outcome.level(outcome)?, self.certain.level(outcome)?);
        // What another rule says as well, and more, stands anyway.
        level.beyond(certain).filter(|_| level.helps_to_reach(said))
    }

    fn choose(&mut self, run: &Evaluation<'_>, reach: Reach) {
        let Index { always, records, measures, scores, terms, .. } = &run.program.plan.index;
        self.chosen.resize(run.program.rules.len().div_ceil(64), 0);
        if !run.memory.is_time_of_call() {
            // What was counted is of another moment.
            self.chosen.fill(u64::MAX);
            return;
        }
        self.chosen.fill(0);
        for (noted, needs) in run.memory.bits.plans().iter().zip(records) {
            for bit in Ones::of(noted.met() & needs.needed, 0) {
                let most = run.memory.bits.set_on(noted, bit).count(Half::All, 0);
                let needs = needs.needs.get(bit).map(Vec::as_slice).unwrap_or_default();
                self.ask_up_to(needs, reach.of(most.into()));
            }
        }
        if !run.memory.are_all_whole() {
            let in_doubt = records.iter().filter(|needs| !run.case.is_whole(needs.record));
            in_doubt.flat_map(|records| &records.needs).for_each(|needs| self.ask_up_to(needs, NO_END));
        }
        for (measure, needs) in measures {
            self.ask_up_to(needs, reach.of(run.most_counted(*measure)));
        }
        for (score, needs) in scores {
            let (least, most) = run.score_between(*score);
            self.ask_up_to(needs, reach.of(least.max(most)));
        }
        always.iter().for_each(|rule| self.ask(*rule));
        for (term, rules) in terms {
            if run.truth(*term) != Truth::No {
                rules.iter().for_each(|rule| self.ask(*rule));
            }
        }
    }

    /// Has the rules asked for which there may be enough.
    fn ask_up_to(&mut self, needs: &[Threshold], most: i64) {
        needs.iter().take_while(|need| need.number <= most).for_each(|need| self.ask(need.rule));
    }

    #[inline]
    fn ask(&mut self, rule: RuleId) {
        if let Some(chosen) = self.chosen.get_mut(rule.0 as usize / 64) {
            *chosen |= 1 << (rule.0 % 64);
        }
    }

    fn find_possible(&mut self, run: &Evaluation<'_>) {
        self.possible.0.clone_from(&self.outcome.0);
        for (outcome, level) in unknown_floors(run) {
            self.possible.raise_one(outcome, level);
        }
        for (id, verdict) in &self.verdicts {
            let Some(rule) = run.program.rules.get(id.0 as usize) else { continue };
            match verdict {
                Verdict::Unknown => {
                    run.raise(&mut self.possible, rule);
                    run.raise_to_the_most(&mut self.possible, rule);
                }
                Verdict::Yes { .. } if rule.adds_more => run.raise_to_the_most(&mut self.possible, rule),
                _ => {}
            }
        }
        for (outcome, level) in self.presumed_sides() {
            let may_say = |rule: &CompiledRule| {
                let says = |effect: &Effect| *effect == (Effect::Raise { outcome, level });
                rule.effects.iter().any(says)
            };
            let speaks = |verdict: &Verdict| matches!(verdict, Verdict::Unknown | Verdict::Yes { .. });
            let mut rules = self.verdicts.iter().filter(|(_, verdict)| speaks(verdict));
            if rules.any(|(id, _)| run.program.rules.get(id.0 as usize).is_some_and(may_say))
                && let Some(possible) = self.possible.0.get_mut(outcome.index())
            {
                *possible = level;
            }
        }
    }

    /// The outcomes of two sides of which the one that wins stands only because nothing is known otherwise, with the other.
    fn presumed_sides(&self) -> Vec<(OutcomeId, Level)> {
        let pairs = (0u16..).map(OutcomeId).zip(self.outcome.0.iter().zip(&self.certain.0));
        let presumed = pairs.filter(|(_, (said, certain))| said != certain);
        presumed.filter_map(|(id, (said, _))| Some((id, said.loser()?))).collect()
    }
}

impl Verdict {
    /// Whether an answer could make more or less of what a rule adds.
    pub(super) fn is_open(self, rule: &CompiledRule) -> bool {
        match self {
            Self::Unknown | Self::Yes { presumed: true } => true,
            Self::Yes { presumed: false } => rule.adds_more,
            Self::Asleep | Self::No | Self::Trial { .. } => false,
        }
    }
}

impl Reach {
    /// The number up to which rules are asked, where so many may be counted.
    fn of(self, most: i64) -> i64 {
        match self {
            Self::Applies => most,
            Self::Near => most.saturating_mul(2),
        }
    }
}

impl Evaluation<'_> {
    /// The most that may be counted.
    fn most_counted(&self, id: MeasureId) -> i64 {
        match self.counted(id) {
            Some(CountRange { most, .. }) => most,
            None => {
                let most = |reading: Option<CountRange>| reading.map_or(0, |reading| reading.most);
                self.readings(id).map(most).max().unwrap_or(NO_END)
            }
        }
    }
}

/// The condition of a rule that is not in force is not asked.
pub(super) fn verdict(run: &Evaluation<'_>, rule: &CompiledRule) -> Verdict {
    let at = run.case.at;
    let is_limited = rule.standing == Standing::Limited;
    if is_limited && !rule.is_in_force(at) {
        return Verdict::Asleep;
    }
    let truth = run.truth(rule.when);
    let open = if run.program.plan.presumes(rule.when) { run.open_truth(rule.when) } else { truth };
    let applies = truth == Truth::Yes || (truth == Truth::Unknown && rule.presumed);
    if !applies && truth == Truth::No && open == Truth::No {
        return Verdict::No;
    }
    if is_limited && rule.is_without_effect(at) {
        return Verdict::Trial { certain: applies };
    }
    if applies { Verdict::Yes { presumed: open != Truth::Yes } } else { Verdict::Unknown }
}

/// The outcomes before any rule has spoken: the lowest, or the call's own floor where it is known.
pub(crate) fn nothing_said(program: &Program, case: &Case) -> Outcomes {
    let mut outcomes = Outcomes::default();
    write_nothing_said(program, case, &mut outcomes);
    outcomes
}

pub(super) fn write_nothing_said(program: &Program, case: &Case, outcomes: &mut Outcomes) {
    outcomes.0.clone_from(&program.lowest.0);
    for (outcome, fact) in &program.floors {
        if let Value::Choice(at) = case.fact(*fact) {
            outcomes.raise_to_value(*outcome, at);
        }
    }
}

/// The highest that each floor could be of which the fact is not known.
fn unknown_floors(run: &Evaluation<'_>) -> Vec<(OutcomeId, Level)> {
    let unknown = run.program.floors.iter().filter(|(_, fact)| is_unknown_choice(run.case, *fact));
    unknown.filter_map(|(outcome, _)| Some((*outcome, run.top(*outcome)?))).collect()
}

pub(super) fn is_unknown_choice(case: &Case, fact: FactId) -> bool {
    !matches!(case.fact(fact), Value::Choice(_))
}
