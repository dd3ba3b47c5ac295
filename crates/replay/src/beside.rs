//! What others say of the calls, and the decisions of a policy -> how far they agree, with the calls on which they do not.

use crate::calls::CallIds;
use crate::report::{BesideMatrix, BesideReport, SampleOfIds, SideBySide};

use heedful::engine::{Overview, Snapshot};
use heedful::model::{Content, Level, OutcomeId, OutcomeKind};
use heedful_history::{AnswerColumn, Compared, answers_of};
use std::cmp::Ordering;
use std::ops::Range;

/// What a policy answers where others do: for each of what is compared an answer for each call, with its number.
#[derive(Debug, Default)]
pub(crate) struct PolicyAnswers(Vec<(Compared, Vec<(u32, u64)>)>);

impl PolicyAnswers {
    /// Adds what the policy says of the call with this number.
    pub(crate) fn add(&mut self, policy: &Snapshot, compared: &[Compared], number: u32, overview: &Overview) {
        if self.0.is_empty() {
            self.0.extend(compared.iter().map(|compared| (compared.clone(), Vec::new())));
        }
        for (compared, own) in &mut self.0 {
            own.push((number, answer(policy, compared, overview)));
        }
    }

    /// Adds what was said of other calls.
    pub(crate) fn append(&mut self, other: Self) {
        if self.0.is_empty() {
            *self = other;
        } else {
            self.0.iter_mut().zip(other.0).for_each(|((_, own), (_, other))| own.extend(other));
        }
    }

    /// Sets the answers beside those of others. A rule that the policy does not have is left out.
    pub(crate) fn into_report(
        self,
        policy: &Snapshot,
        columns: &[AnswerColumn],
        ids: &CallIds,
        calls: &Range<usize>,
    ) -> Vec<BesideReport> {
        let mut answers = self.0;
        answers.iter_mut().for_each(|(_, own)| own.sort_unstable());
        let compared = columns.iter().filter_map(|column| {
            let own = answers.iter().find(|(compared, _)| *compared == column.compared);
            let kind = |outcome: OutcomeId| policy.vocabulary().outcomes.get(outcome.index());
            let (about, values, kind) = match &column.compared {
                Compared::Outcome(outcome) => {
                    let outcome = kind(*outcome)?;
                    (outcome.name.clone(), answers_of(&outcome.kind), Some(&outcome.kind))
                }
                Compared::Value(outcome, place) => {
                    let outcome = kind(*outcome)?;
                    let value = answers_of(&outcome.kind).into_iter().nth(*place)?;
                    (outcome.name.clone(), vec![value], None)
                }
                Compared::Rule(rule) => {
                    policy.rule_names().find(|name| name == rule)?;
                    ("rule".to_owned(), vec![rule.clone()], None)
                }
            };
            let rows = own.into_iter().flat_map(|(_, own)| own).filter_map(|(call, policy)| {
                let theirs = column.answers.get(usize::try_from(*call).ok()?).copied().flatten()?;
                Some(Row { call: *call, theirs, policy: *policy })
            });
            let rows: Vec<Row> = rows.collect();
            let earlier = column.answers.iter().take(calls.start).flatten().count();
            let is_several = kind.is_none_or(OutcomeKind::takes_several);
            let sets = values.iter().enumerate().map(|(place, value)| {
                let holds = |answer: u64| match (u32::try_from(place), is_several) {
                    (Ok(place), true) => answer.checked_shr(place).unwrap_or(0) & 1 == 1,
                    (Ok(place), false) => answer == u64::from(place),
                    (Err(_), _) => false,
                };
                side_by_side(value, &rows, ids, holds)
            });
            Some(BesideReport {
                file: column.file.clone(),
                about,
                calls: rows.len() as u64,
                not_said: (calls.len() - rows.len()) as u64,
                // A list says of every call whether it is in it.
                not_decided: if matches!(column.compared, Compared::Outcome(_)) { earlier as u64 } else { 0 },
                matrix: (!is_several).then(|| matrix(&values, &rows, ids)),
                sets: sets.collect(),
            })
        });
        compared.collect()
    }
}

/// What is said of one call on both sides.
struct Row {
    call: u32,
    theirs: u64,
    policy: u64,
}

/// What a decision says, as an [`AnswerColumn`] has it.
fn answer(policy: &Snapshot, compared: &Compared, overview: &Overview) -> u64 {
    let level = |outcome: OutcomeId| overview.outcome.0.get(outcome.index()).copied();
    match compared {
        Compared::Outcome(outcome) => level(*outcome).map_or(0, answer_of_level),
        Compared::Value(outcome, place) => {
            let several = policy.vocabulary().outcomes.get(outcome.index()).is_some_and(|it| it.kind.takes_several());
            let (answer, place) =
                (level(*outcome).map_or(0, answer_of_level), u32::try_from(*place).unwrap_or(u32::MAX));
            if several { answer.checked_shr(place).unwrap_or(0) & 1 } else { u64::from(answer == u64::from(place)) }
        }
        Compared::Rule(rule) => {
            let would = overview.trial.iter().filter(|(_, certain)| *certain).map(|(id, _)| id);
            let mut said = overview.fired.iter().chain(would);
            u64::from(said.any(|id| policy.rule(*id) == Some(rule)))
        }
    }
}

fn answer_of_level(level: Level) -> u64 {
    match (level, level.content()) {
        // Before the two stands that no rule says either.
        (Level::Either(_), Content::Value(at)) => at.map_or(0, |at| u64::from(at) + 1),
        (_, Content::Value(at)) => at.map_or(0, u64::from),
        (_, Content::Values(bits)) => bits,
        (_, Content::Time(at)) => u64::from(at.is_some()),
        (_, Content::Number(at)) => u64::from(at.is_some()),
        // A kind of outcome that is newer than this.
        _ => 0,
    }
}

fn side_by_side(value: &str, rows: &[Row], ids: &CallIds, holds: impl Fn(u64) -> bool) -> SideBySide {
    let mut sides = SideBySide { value: value.to_owned(), ..SideBySide::default() };
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    for row in rows {
        let held = (holds(row.policy), holds(row.theirs));
        match held {
            (true, true) => sides.both += 1,
            (true, false) => sides.only_policy.add(ids.of(row.call)),
            (false, true) => sides.only_theirs.add(ids.of(row.call)),
            (false, false) => {}
        }
        own.extend(held.0.then_some(row.call));
        theirs.extend(held.1.then_some(row.call));
    }
    sides.ids_sha256 = ids.hash_of(&own);
    sides.their_ids_sha256 = ids.hash_of(&theirs);
    sides.equal = sides.ids_sha256 == sides.their_ids_sha256;
    sides
}

fn matrix(values: &[String], rows: &[Row], ids: &CallIds) -> BesideMatrix {
    let mut matrix = BesideMatrix {
        calls: vec![vec![0; values.len()]; values.len()],
        values: values.to_vec(),
        ..BesideMatrix::default()
    };
    for row in rows {
        let place = |answer: u64| usize::try_from(answer).unwrap_or(usize::MAX);
        if let Some(cell) = matrix.calls.get_mut(place(row.theirs)).and_then(|cells| cells.get_mut(place(row.policy))) {
            *cell += 1;
        }
        match row.policy.cmp(&row.theirs) {
            Ordering::Greater => matrix.above.add(ids.of(row.call)),
            Ordering::Equal => matrix.same += 1,
            Ordering::Less => matrix.below.add(ids.of(row.call)),
        }
    }
    matrix
}

impl SampleOfIds {
    /// How many ids are shown.
    const FIRST: usize = 5;

    pub(crate) fn add(&mut self, id: &str) {
        self.calls += 1;
        if self.first.len() < Self::FIRST {
            self.first.push(id.to_owned());
        }
    }
}
