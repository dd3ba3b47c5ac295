//! What a replay found, and what others say of the calls -> `ReplayReport`.

use crate::report::{PolicyReport, ReplayReport};
use crate::run::{Replay, Replayed, SideCount};
use crate::sweep::into_points;
use heedful::engine::{Snapshot, VERSION, short_digest};
use heedful::time::Date;
use heedful_history::{AnswerColumn, Intake};
use std::collections::BTreeSet;

/// The tables that were read.
#[derive(Clone, Copy)]
pub struct ReadTables<'a> {
    pub intakes: &'a [Intake],
    /// What became of the rows of what others say of the calls.
    pub beside_intakes: &'a [Intake],
    /// What others say of the calls: in the words of the first policy, and of the other.
    pub beside: [&'a [AnswerColumn]; 2],
}

impl Replayed {
    /// The report.
    pub fn into_report(self, asked: &Replay<'_>, tables: &ReadTables<'_>) -> ReplayReport {
        let Self { count: mut whole, calls, days_with_rows, last, told_twice } = self;
        let zone = asked.policy.zone();
        let decided = calls.first..calls.ids.len();
        let day = |at| zone.date(at);
        let (first_day, last_day) = calls.span.map(|(first, last)| (day(first), day(last))).unzip();
        let all_days = days_between(first_day, last_day);
        let days: BTreeSet<Date> = all_days.intersection(&days_with_rows).copied().collect();
        if let Some((_, within)) = asked.followed {
            for ([raised, other], is_followed) in whole.followed.each(within, zone, last) {
                let second = whole.second.as_mut().map(|(count, _)| &mut count.tally);
                for (tally, raised) in [(Some(&mut whole.first.tally), raised), (second, other)] {
                    tally.zip(raised).into_iter().for_each(|(tally, raised)| tally.add_followed(is_followed, raised));
                }
            }
        }
        let followed = asked
            .followed
            .and_then(|(fact, within)| Some((asked.policy.vocabulary().call.get(fact.index())?.name.as_str(), within)));
        let ids = &calls.ids;
        let of_side = |policy: &Snapshot, count: SideCount, beside: &[AnswerColumn]| PolicyReport {
            beside: count.answers.into_report(policy, beside, ids, &decided),
            ..count.tally.into_report(policy, &days, asked.hidden_below, followed, ids)
        };
        let [beside, other_beside] = tables.beside;
        let mut policies = vec![of_side(asked.policy, whole.first, beside)];
        let mut difference = None;
        if let (Some(other), Some((count, comparison))) = (asked.against, whole.second) {
            policies.push(of_side(other, count, other_beside));
            if let [first, second] = policies.as_mut_slice()
                && first.policy == second.policy
            {
                for policy in [first, second] {
                    policy.policy = format!("{} ({})", policy.policy, short_digest(&policy.digest));
                }
            }
            difference = Some(comparison.into_report([asked.policy, other], ids));
        }
        ReplayReport {
            engine: VERSION,
            calls: decided.len() as u64,
            first_day: first_day.map(|day| day.to_string()),
            last_day: last_day.map(|day| day.to_string()),
            days_without_rows: all_days.difference(&days_with_rows).map(Date::to_string).collect(),
            tables: tables.intakes.to_vec(),
            beside: tables.beside_intakes.to_vec(),
            told_twice,
            hidden_below: asked.hidden_below,
            policies,
            difference,
            // Points are compared with each other alone, so the days of all rows count for each.
            sweep: into_points(asked.sweep, whole.sweep, &days_with_rows),
        }
    }
}

fn days_between(first: Option<Date>, last: Option<Date>) -> BTreeSet<Date> {
    let (Some(first), Some(last)) = (first, last) else { return BTreeSet::new() };
    let days = std::iter::successors(Some(first), |day| Some(day.next()).filter(|next| next > day));
    days.take_while(|day| *day <= last).collect()
}
