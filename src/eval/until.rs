//! When the outcome changes if nothing else is learnt, and what it becomes.

use super::evaluation::{Evaluation, HORIZON};
use super::rule_scan::{Reach, RuleScan, Verdict, verdict, write_nothing_said};
use super::split::{may_raise, together};
use super::unassessed::unassessed;
use crate::compile::{Later, LengthId, RuleId};
use crate::model::{Outcomes, Until};
use crate::time::Instant;

/// How many moments are looked at before giving up: more would make one decision take too long.
const MAX_STEPS: usize = 256;

/// How many records are looked at again in all, over those moments.
const MAX_RECORDS: usize = 4_000_000;

/// Every change of the certain outcome within the horizon, and whether there was too much to look at.
pub(super) fn until(run: &mut Evaluation<'_>, survey: &mut RuleScan, watch: &mut WatchList) -> (Vec<Until>, bool) {
    let last = run.case.at.plus_seconds(HORIZON);
    let first = run.now;
    let mut changes: Vec<Until> = Vec::new();
    watch.begin(run, survey);
    watch.current.0.clone_from(&survey.outcome.0);
    run.go_to(first);
    let mut leaps = Leaps::new(run);
    // For the moments that are noted on the way.
    let mut cut_short = watch.look(run);
    for _ in 0..MAX_STEPS.min(MAX_RECORDS / (run.case.record_count() + 1)) {
        let at = run.next_change().min(leaps.next);
        if at > last {
            return (changes, cut_short);
        }
        run.go_to(at);
        if leaps.next == at && leaps.bring_back_a_record(run) {
            survey.take(run, Reach::Applies);
            watch.begin(run, survey);
            run.go_to(at);
        }
        if leaps.next == at {
            leaps.compute(run);
        }
        cut_short |= watch.look(run);
        if watch.then != watch.current {
            let (outcome, unassessed) = (watch.then.clone(), unassessed(run, &watch.then));
            changes.push(Until { at, outcome, unassessed });
            watch.current.0.clone_from(&watch.then.0);
        }
    }
    (changes, true)
}

/// The rules that time alone may change, and what the others come to.
///
/// Most rules only stop applying as records leave their spans, so of them those that apply are watched, and those that are
/// open, since what several of these give together may change with any of them. The monotonicity of each answer
/// (`compile/monotonicities.rs`) says which rules these are. The memory is used again for the next case.
#[derive(Debug, Default)]
pub(super) struct WatchList {
    steady: Outcomes,
    /// Open rules that time alone does not change.
    open: Vec<RuleId>,
    rules: Vec<Watched>,
    /// The first moment at which what open rules give together may be otherwise, once that was worked out.
    together_until: Option<Instant>,
    /// The certain outcome as it was last, and at the moment that was looked at.
    current: Outcomes,
    then: Outcomes,
}

#[derive(Debug)]
struct Watched {
    rule: RuleId,
    verdict: Verdict,
    /// The first moment at which it may be otherwise; long ago while nobody has asked.
    until: Instant,
}

impl Watched {
    fn applies(&self) -> bool {
        matches!(self.verdict, Verdict::Yes { .. })
    }
}

impl WatchList {
    fn begin(&mut self, run: &Evaluation<'_>, survey: &RuleScan) {
        let Self { steady, open, rules, then, together_until, .. } = self;
        let watched = |rule: RuleId| Watched { rule, verdict: Verdict::No, until: Instant::MIN };
        write_nothing_said(run.program, run.case, steady);
        open.clear();
        rules.clear();
        rules.extend(run.program.plan.index.may_become_true.iter().copied().map(watched));
        for (id, verdict) in &survey.verdicts {
            let Some(rule) = run.program.rules.get(id.0 as usize) else { continue };
            let monotonicity = run.program.plan.monotonicity(rule.when);
            let moves = match verdict {
                Verdict::Asleep | Verdict::Trial { .. } => continue,
                Verdict::No => monotonicity.rises,
                Verdict::Yes { presumed: false } => monotonicity.falls,
                Verdict::Yes { presumed: true } | Verdict::Unknown => monotonicity.is_timed(),
            };
            if moves || rule.later == Later::Otherwise {
                rules.push(watched(*id));
                continue;
            }
            if matches!(verdict, Verdict::Yes { .. }) {
                run.raise(steady, rule);
            }
            if verdict.is_open(rule) {
                open.push(*id);
            }
        }
        // What adds nothing to what stands anyway changes nothing, whenever it applies.
        rules.retain(|watched| {
            let rule = run.program.rules.get(watched.rule.0 as usize);
            rule.is_some_and(|rule| rule.effects.iter().any(|effect| may_raise(steady, effect)))
        });
        rules.sort_unstable_by_key(|watched| watched.rule);
        rules.dedup_by_key(|watched| watched.rule);
        // Nobody has asked as yet whether one of them applies, or what open ones give.
        then.0.clone_from(&steady.0);
        *together_until = None;
    }

    /// Works out the certain outcome at the moment at which the run is; `cut_short` where that is too much.
    fn look(&mut self, run: &Evaluation<'_>) -> bool {
        let Self { steady, open, rules, then, together_until, .. } = self;
        let rule = |watched: &Watched| run.program.rules.get(watched.rule.0 as usize);
        let mut is_otherwise = false;
        for watched in rules.iter_mut() {
            if run.now < watched.until {
                run.may_change_at(watched.until);
            } else if let Some(rule) = rule(watched) {
                let (verdict, until) = run.noting_until(|| {
                    let verdict = verdict(run, rule);
                    if rule.later == Later::Otherwise {
                        run.effects(rule);
                    }
                    verdict
                });
                is_otherwise |= verdict != watched.verdict || rule.later == Later::Otherwise;
                (watched.verdict, watched.until) = (verdict, until);
            }
        }
        if let Some(until) = *together_until
            && !is_otherwise
            && run.now < until
        {
            run.may_change_at(until);
            return false;
        }
        // What else a rule adds does not depend on the moment.
        then.0.clone_from(&steady.0);
        let applying = rules.iter().filter(|watched| watched.applies()).filter_map(rule);
        applying.for_each(|rule| run.raise(then, rule));
        let is_open = |watched: &&Watched| rule(watched).is_some_and(|rule| watched.verdict.is_open(rule));
        let moving = rules.iter().filter(is_open).map(|watched| watched.rule);
        let mut all: Vec<RuleId> = open.iter().copied().chain(moving).collect();
        all.sort_unstable();
        let (found, until) = run.noting_until(|| together(run, &all, then));
        found.together.iter().for_each(|together| then.raise(&together.adds));
        *together_until = Some(until);
        found.cut_short
    }
}

/// When the starts of spans next leap back, as they may where a clock is put back or a month is shorter than the one
/// before: a record that had left a span may then be in it again, and a rule that nobody watched may apply.
struct Leaps {
    next: Instant,
    /// For each span that may leap where it started when this was computed, and when that start leaps.
    starts: Vec<(LengthId, Instant, Instant)>,
    computed_at: Instant,
}

impl Leaps {
    fn new(run: &Evaluation<'_>) -> Self {
        let mut leaps = Self { next: Instant::MAX, starts: Vec::new(), computed_at: run.now };
        leaps.compute(run);
        leaps
    }

    fn compute(&mut self, run: &Evaluation<'_>) {
        let start = |length: &LengthId| (*length, run.memory.start(*length), run.memory.jumps(*length));
        self.starts.clear();
        self.starts.extend(run.program.plan.leaping.iter().map(start));
        self.next = self.starts.iter().map(|(.., leaps)| *leaps).min().unwrap_or(Instant::MAX);
        self.computed_at = run.now;
    }

    /// Whether a span that may leap now reaches back to a record, or to this call, that had left it.
    fn bring_back_a_record(&self, run: &Evaluation<'_>) -> bool {
        self.starts.iter().filter(|(.., leaps)| *leaps == self.next).any(|(length, start, _)| {
            let before = start.plus_seconds(run.now.0 - self.computed_at.0 - 1);
            let again = run.memory.start(*length)..before;
            run.case.times().any(|time| again.contains(&time))
        })
    }
}
