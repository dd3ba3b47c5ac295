//! The records that a rule rests on (reference, section 6).

use super::records::Members;
use super::{Oracle, Row};
use heedful::model::Truth;
use heedful::semantics::{Condition, Count, Selection, Trend};
use heedful::time::{Instant, Stamp};
use std::collections::BTreeSet;

/// Records by time and then by id, as evidence is listed.
type Found = BTreeSet<(Stamp, String)>;

impl Oracle<'_> {
    pub(super) fn evidence(&self, when: &Condition) -> Vec<String> {
        let mut found = Found::new();
        self.gather(when, &mut found);
        let mut ids: Vec<String> = found.into_iter().map(|(_, id)| id).collect();
        ids.dedup();
        ids
    }

    fn gather(&self, condition: &Condition, found: &mut Found) {
        if self.condition(condition, None) == Truth::No {
            return;
        }
        match condition {
            Condition::All(parts) | Condition::Any(parts) | Condition::HowMany { of: parts, .. } => {
                parts.iter().for_each(|part| self.gather(part, found));
            }
            Condition::Not(_) | Condition::Presumed(_) | Condition::Test(_) => {}
            Condition::Defined(id) => {
                self.gather(&self.policy.definition(*id).expect("checked").condition, found);
            }
            Condition::Score { score, .. } => {
                self.policy.score(*score).expect("checked").steps.iter().for_each(|(_, part)| self.gather(part, found));
            }
            Condition::Count(count) => self.gather_counted(count, found),
            Condition::Latest { first, of, .. } => {
                self.add(&self.outermost(of, *first, 1), found);
            }
            Condition::Trend { of, trend: Trend::Converging { last } } => {
                let last = usize::try_from(**last).expect("checked");
                self.add(&self.outermost(of, false, last), found);
            }
            Condition::Trend { of, trend: Trend::GapShrinking } => self.add(&self.outermost(of, false, 2), found),
        }
    }

    /// Those of the records that are sure which may be among the last (or first) few.
    fn outermost(&self, of: &Selection, first: bool, number: usize) -> Vec<Row> {
        let sure = self.sure(of);
        let beyond =
            |one: Row, other: Row| if first { self.came_before(other, one) } else { self.came_before(one, other) };
        let may_be = |row: &&Row| sure.iter().filter(|other| beyond(**row, **other)).count() < number;
        sure.iter().filter(may_be).copied().collect()
    }

    fn add<'r>(&self, rows: impl IntoIterator<Item = &'r Row>, found: &mut Found) {
        for row in rows {
            // This call has no record of its own to show.
            if *row != Row::ThisCall {
                found.insert((self.stamp(*row), self.id(*row).to_owned()));
            }
        }
    }

    fn gather_counted(&self, count: &Count, found: &mut Found) {
        let rows = self.sure(&count.of);
        let followed = rows.iter().filter(|row| match &count.follow {
            Some(follow) => self.followed(follow, **row) == Truth::Yes,
            None => true,
        });
        self.add(followed, found);
    }

    fn stamp(&self, row: Row) -> Stamp {
        match row {
            Row::Listed(record, at) => self.case.records(record).expect("a list that holds it").stamp(at),
            Row::ThisCall => self.time(row).into(),
        }
    }

    /// The records that are sure to be of the selection in every reading that has anything to count from.
    fn sure(&self, of: &Selection) -> Vec<Row> {
        let readings = self.readings(of).unwrap_or_default();
        let latest = readings.iter().flatten().map(|from| from.iter().max().copied().unwrap_or(Instant::MIN)).max();
        let Some(latest) = latest else { return Vec::new() };
        let Members { rows, .. } = self.members(of, &[latest]);
        rows.into_iter().filter(|(_, matches)| *matches == Truth::Yes).map(|(row, _)| row).collect()
    }
}
