//! When the outcome changes if nothing else is learnt, and what it becomes.

use super::run::{HORIZON, Run};
use super::survey::{Reach, Survey, Verdict, verdict, write_nothing_said};
use crate::check::Effect;
use crate::compile::{LengthId, RuleId};
use crate::model::{Outcomes, Until};
use crate::time::Instant;

/// How many moments are looked at before giving up: more would make one decision take too long.
const MAX_STEPS: usize = 256;

/// How many records are looked at again in all, over those moments.
const MAX_RECORDS: usize = 4_000_000;

/// Every change of the certain outcome within the horizon, and whether there were too many moments to look at.
pub(super) fn until(run: &mut Run<'_>, survey: &mut Survey, watch: &mut Watch) -> (Vec<Until>, bool) {
    let last = run.case.at.plus_seconds(HORIZON);
    let mut changes: Vec<Until> = Vec::new();
    watch.begin(run, survey);
    watch.current.0.clone_from(&survey.outcome.0);
    run.go_to(run.case.at);
    let mut leaps = Leaps::new(run);
    // For the moments that are noted on the way.
    watch.look(run);
    for _ in 0..MAX_STEPS.min(MAX_RECORDS / (run.case.record_count() + 1)) {
        let at = run.next_change().min(leaps.next);
        if at > last {
            return (changes, false);
        }
        run.go_to(at);
        if leaps.next == at && leaps.bring_back_a_record(run) {
            survey.take(run, Reach::Applies);
            watch.begin(run, survey);
            run.go_to(at);
        }
        if leaps.next == at {
            leaps.reckon(run);
        }
        watch.look(run);
        if watch.then != watch.current {
            changes.push(Until { at, outcome: watch.then.clone() });
            watch.current.0.clone_from(&watch.then.0);
        }
    }
    (changes, true)
}

/// The rules that time alone may change, and what the others come to.
///
/// Most rules only stop applying as records leave their spans, so of them those that apply are watched. The course of
/// each answer (`compile/course.rs`) says which rules these are. The memory is used again for the next case.
#[derive(Debug, Default)]
pub(super) struct Watch {
    steady: Outcomes,
    rules: Vec<Watched>,
    /// The certain outcome as it was last, and at the moment that was looked at.
    current: Outcomes,
    then: Outcomes,
}

#[derive(Debug)]
struct Watched {
    rule: RuleId,
    applies: bool,
    /// The first moment at which it may be otherwise; long ago while nobody has asked.
    until: Instant,
}

impl Watch {
    fn begin(&mut self, run: &Run<'_>, survey: &Survey) {
        let Self { steady, rules, then, .. } = self;
        let watched = |rule: RuleId| Watched { rule, applies: false, until: Instant::MIN };
        write_nothing_said(run.program, run.case, steady);
        rules.clear();
        rules.extend(run.program.index.wakers.iter().copied().map(watched));
        for (id, verdict) in &survey.verdicts {
            let Some(rule) = run.program.rules.get(id.0 as usize) else { continue };
            let course = run.program.course(rule.when);
            match verdict {
                Verdict::Yes { .. } if course.falls => rules.push(watched(*id)),
                Verdict::Yes { .. } => run.raise(steady, rule),
                Verdict::No | Verdict::Unknown if course.rises => rules.push(watched(*id)),
                _ => {}
            }
        }
        // What adds nothing to what stands anyway changes nothing, whenever it applies.
        rules.retain(|watched| {
            let rule = run.program.rules.get(watched.rule.0 as usize);
            rule.is_some_and(|rule| rule.effects.iter().any(|effect| may_raise(steady, effect)))
        });
        rules.sort_unstable_by_key(|watched| watched.rule);
        rules.dedup_by_key(|watched| watched.rule);
        // Nobody has asked as yet whether one of them applies.
        then.0.clone_from(&steady.0);
    }

    /// Works out the certain outcome at the moment at which the run is.
    fn look(&mut self, run: &Run<'_>) {
        let Self { steady, rules, then, .. } = self;
        let rule = |watched: &Watched| run.program.rules.get(watched.rule.0 as usize);
        let mut is_otherwise = false;
        for watched in rules.iter_mut() {
            if run.now < watched.until {
                run.may_change_at(watched.until);
            } else if let Some(rule) = rule(watched) {
                let (verdict, until) = run.noting_until(|| verdict(run, rule));
                let applies = matches!(verdict, Verdict::Yes { .. });
                is_otherwise |= applies != watched.applies;
                (watched.applies, watched.until) = (applies, until);
            }
        }
        // What a rule adds does not depend on the moment.
        if is_otherwise {
            then.0.clone_from(&steady.0);
            let applying = rules.iter().filter(|watched| watched.applies).filter_map(rule);
            applying.for_each(|rule| run.raise(then, rule));
        }
    }
}

/// Whether an effect may add to outcomes. What has to be worked out is not worked out for that.
fn may_raise(outcomes: &Outcomes, effect: &Effect) -> bool {
    match effect {
        Effect::Raise { outcome, level } => outcomes.are_raised_by(*outcome, *level),
        Effect::RaiseTo { .. } | Effect::Deadline { .. } => true,
    }
}

/// When the starts of spans next leap back, as they may where a clock is put back or a month is shorter than the one
/// before: a record that had left a span may then be in it again, and a rule that nobody watched may apply.
struct Leaps {
    next: Instant,
    /// For each span that may leap where it started when this was reckoned, and when that start leaps.
    starts: Vec<(LengthId, Instant, Instant)>,
    reckoned_at: Instant,
}

impl Leaps {
    fn new(run: &Run<'_>) -> Self {
        let mut leaps = Self { next: Instant::MAX, starts: Vec::new(), reckoned_at: run.now };
        leaps.reckon(run);
        leaps
    }

    fn reckon(&mut self, run: &Run<'_>) {
        let start = |length: &LengthId| (*length, run.memory.start(*length), run.memory.jumps(*length));
        self.starts.clear();
        self.starts.extend(run.program.leaping.iter().map(start));
        self.next = self.starts.iter().map(|(.., leaps)| *leaps).min().unwrap_or(Instant::MAX);
        self.reckoned_at = run.now;
    }

    /// Whether a span that may leap now reaches back to a record, or to this call, that had left it.
    fn bring_back_a_record(&self, run: &Run<'_>) -> bool {
        self.starts.iter().filter(|(.., leaps)| *leaps == self.next).any(|(length, start, _)| {
            let before = start.plus_seconds(run.now.0 - self.reckoned_at.0 - 1);
            let again = run.memory.start(*length)..before;
            run.case.times().any(|time| again.contains(&time))
        })
    }
}
