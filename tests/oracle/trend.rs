//! The latest and first record, and whether records come closer together (reference, section 5, "Latest, first, trend").

use super::records::Members;
use super::{Oracle, shared, truth};
use heedful::model::Truth;
use heedful::semantics::{Condition, Selection};
use heedful::time::Instant;

impl Oracle<'_> {
    pub(super) fn latest(&self, first: bool, of: &Selection, test: &Condition) -> Truth {
        let mut answers = Vec::new();
        let Some(readings) = self.readings(of) else { return Truth::Unknown };
        for reading in readings {
            let Some(from) = reading else {
                answers.push(Truth::No);
                continue;
            };
            let members = self.members(of, &from);
            for end in self.possible_ends(&members.rows, first) {
                answers.push(end.map_or(Truth::No, |row| self.condition(test, Some(row))));
            }
            if members.absent {
                answers.push(Truth::Unknown);
            }
        }
        shared(answers)
    }

    /// Each gap between the last so many is shorter than the one before.
    pub(super) fn closer(&self, last: i64, of: &Selection) -> Truth {
        let last = usize::try_from(last).expect("checked");
        self.trend(of, last, |times| {
            let tail = &times[times.len() - last..];
            let gaps: Vec<i64> = tail.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
            gaps.windows(2).all(|pair| pair[1] < pair[0])
        })
    }

    /// The gap from the latest to now is shorter than the gap between the last two.
    pub(super) fn gap(&self, of: &Selection) -> Truth {
        self.trend(of, 2, |times| {
            let (latest, earlier) = (times[times.len() - 1], times[times.len() - 2]);
            self.now.0 - latest.0 < latest.0 - earlier.0
        })
    }

    fn trend(&self, of: &Selection, needed: usize, holds: impl Fn(&[Instant]) -> bool) -> Truth {
        let Some(readings) = self.readings(of) else { return Truth::Unknown };
        shared(readings.into_iter().map(|reading| match reading {
            None => Truth::No,
            Some(from) => self.trend_of(&self.members(of, &from), needed, &holds),
        }))
    }

    fn trend_of(&self, members: &Members, needed: usize, holds: &impl Fn(&[Instant]) -> bool) -> Truth {
        let may: Vec<_> = members.rows.iter().filter(|(_, matches)| *matches != Truth::No).collect();
        if members.absent {
            return Truth::Unknown;
        }
        if may.len() < needed {
            return Truth::No;
        }
        // Those before the last few are not asked about, whether they match or not.
        if may[may.len() - needed..].iter().any(|(_, matches)| *matches == Truth::Unknown) {
            return Truth::Unknown;
        }
        let times: Vec<Instant> = may.iter().map(|(row, _)| self.time(*row)).collect();
        truth(holds(&times))
    }
}
