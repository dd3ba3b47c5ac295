//! Every rule's verdict and what follows, asking only the rules that have what they cannot do without.

use super::measure::{NO_END, Reading};
use super::run::Run;
use super::sets::Ones;
use crate::compile::{Counted, Index, MeasureId, Needs, Rule, RuleId};
use crate::model::{Case, Level, OutcomeKind, Outcomes, Truth, Value, Vocabulary};

/// What became of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not in force at the time of the call.
    Asleep,
    No,
    Unknown,
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
pub(super) struct Survey {
    /// In the order of rules: those that were asked. The answer of the others is no, or they are not in force.
    pub verdicts: Vec<(RuleId, Verdict)>,
    pub outcome: Outcomes,
    pub possible: Outcomes,
    /// The rules to ask, as bits.
    asked: Vec<u64>,
}

impl Survey {
    pub(super) fn take(&mut self, run: &Run<'_>, reach: Reach) {
        self.choose(run, reach);
        self.verdicts.clear();
        for (word, bits) in self.asked.iter().enumerate() {
            for at in Ones::of(*bits, word) {
                if let (Some(rule), Ok(id)) = (run.program.rules.get(at), u32::try_from(at)) {
                    self.verdicts.push((RuleId(id), verdict(run, rule)));
                }
            }
        }
        self.sum_up(run);
    }

    fn choose(&mut self, run: &Run<'_>, reach: Reach) {
        let Index { always, counted, measures, scores, terms, .. } = &run.program.index;
        self.asked.resize(run.program.rules.len().div_ceil(64), 0);
        if !run.memory.is_time_of_call() {
            // What was counted is of another moment.
            self.asked.fill(u64::MAX);
            return;
        }
        self.asked.fill(0);
        let asked = &mut self.asked;
        let mut ask = |id: &RuleId| {
            if let Some(word) = asked.get_mut(id.0 as usize / 64) {
                *word |= 1 << (id.0 % 64);
            }
        };
        always.iter().for_each(&mut ask);
        for (term, rules) in terms {
            if run.truth(*term) != Truth::No {
                rules.iter().for_each(&mut ask);
            }
        }
        let enough = |most: i64| if reach == Reach::Near { most.saturating_mul(2) } else { most };
        let mut ask_up_to = |most: i64, needs: &Needs| {
            needs.iter().take_while(|(number, _)| *number <= most).for_each(|(_, id)| ask(id));
        };
        for sheet in run.program.passes.iter().flat_map(|pass| &pass.sheets) {
            for role in Ones::of(run.memory.met(sheet.at), 0) {
                let at = sheet.places.get(role).map_or(usize::MAX, |place| *place as usize);
                let (Some(number), Some(Counted { fewest, needs, .. })) =
                    (run.memory.counted().get(at), counted.get(at))
                else {
                    continue;
                };
                let most = enough(i64::from(number.get().1));
                if most >= *fewest {
                    ask_up_to(most, needs);
                }
            }
        }
        if !run.memory.are_all_whole() {
            let in_doubt = counted.iter().filter(|counted| !run.memory.is_whole(counted.record));
            in_doubt.for_each(|counted| ask_up_to(NO_END, &counted.needs));
        }
        measures.iter().for_each(|(measure, needs)| ask_up_to(enough(run.most_counted(*measure)), needs));
        for (score, needs) in scores {
            let (least, most) = run.score_between(*score);
            ask_up_to(enough(least.max(most)), needs);
        }
    }

    fn sum_up(&mut self, run: &Run<'_>) {
        write_nothing_said(&run.policy.vocabulary, run.case, &mut self.outcome);
        let rules =
            || self.verdicts.iter().filter_map(|(id, verdict)| Some((run.program.rules.get(id.0 as usize)?, verdict)));
        for (rule, verdict) in rules() {
            if matches!(verdict, Verdict::Yes { .. }) {
                run.raise(&mut self.outcome, rule);
            }
        }
        self.possible.0.clone_from(&self.outcome.0);
        for (rule, verdict) in rules() {
            match verdict {
                Verdict::Unknown => {
                    run.raise(&mut self.possible, rule);
                    run.raise_to_the_most(&mut self.possible, rule);
                }
                Verdict::Yes { .. } if rule.adds_more => run.raise_to_the_most(&mut self.possible, rule),
                _ => {}
            }
        }
    }
}

impl Run<'_> {
    /// The most that may be counted.
    fn most_counted(&self, id: MeasureId) -> i64 {
        match self.counted(id) {
            Some(Reading { most, .. }) => most,
            None => {
                let most = |reading: Option<Reading>| reading.map_or(0, |reading| reading.most);
                self.readings(id).into_iter().map(most).max().unwrap_or(NO_END)
            }
        }
    }
}

pub(super) fn verdict(run: &Run<'_>, rule: &Rule) -> Verdict {
    let at = run.case.at;
    if !rule.is_in_force(at) {
        return Verdict::Asleep;
    }
    let truth = run.truth(rule.when);
    match (truth, rule.is_without_effect(at)) {
        (Truth::No, _) => Verdict::No,
        (Truth::Yes, true) => Verdict::Trial { certain: true },
        (Truth::Unknown, true) => Verdict::Trial { certain: rule.presumed },
        (Truth::Yes, false) => Verdict::Yes { presumed: false },
        (Truth::Unknown, false) if rule.presumed => Verdict::Yes { presumed: true },
        (Truth::Unknown, false) => Verdict::Unknown,
    }
}

/// The outcomes before any rule has spoken: the lowest, or the call's own floor where it is known.
pub(crate) fn nothing_said(vocabulary: &Vocabulary, case: &Case) -> Outcomes {
    let mut outcomes = Outcomes::default();
    write_nothing_said(vocabulary, case, &mut outcomes);
    outcomes
}

pub(super) fn write_nothing_said(vocabulary: &Vocabulary, case: &Case, outcomes: &mut Outcomes) {
    let levels = vocabulary.outcomes.iter().map(|outcome| match &outcome.kind {
        OutcomeKind::Highest { floor, .. } => match floor.map(|fact| case.fact(fact)) {
            Some(Value::Choice(at)) => Level::Highest(at),
            _ => Level::Highest(0),
        },
        OutcomeKind::AllThatApply { .. } => Level::AllThatApply(0),
        OutcomeKind::Earliest => Level::Earliest(None),
        OutcomeKind::Either { .. } => Level::Either(None),
    });
    outcomes.0.clear();
    outcomes.0.extend(levels);
}
