//! Decisions of past calls -> a table of them: a row for each call and policy, in the order of the calls.

use heedful::engine::{Overview, Snapshot, VERSION};
use heedful::model::{OutcomeId, OutcomeKind, OutcomeValue};
use heedful::time::{Instant, Zone};
use heedful_tables::{TableError, TableWriter, WrittenCell, WrittenColumn, WrittenKind};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The table that decisions are written to as they are made.
pub struct DecisionTable<'p> {
    policies: Vec<&'p Snapshot>,
    outcomes: Vec<OutcomeColumn>,
    rows: Mutex<RowsInOrder>,
}

/// A column of the values of one outcome, which each policy has at a place of its own, or not at all.
struct OutcomeColumn {
    column: WrittenColumn,
    places: Vec<Option<OutcomeId>>,
}

/// Rows in the order of the calls, whoever decides them when.
struct RowsInOrder {
    next: usize,
    /// Those of calls before which others are still to come.
    waiting: BTreeMap<usize, Vec<Vec<WrittenCell>>>,
    writer: TableWriter,
    failed: Option<TableError>,
}

/// What the policy is, and the one beside it. No outcome has such a name: words of a vocabulary have hyphens.
const SIDES: [&str; 2] = ["policy", "against"];

impl<'p> DecisionTable<'p> {
    /// Begins a table in the form that the ending of the file says. What the policies are stands once, where the form has a place for it.
    ///
    /// # Errors
    /// When the ending says no form, or the file cannot be written.
    pub fn create(path: &Path, policies: &[&'p Snapshot]) -> Result<Self, TableError> {
        let outcomes = outcome_columns(policies);
        let column = |name: &str, kind| WrittenColumn { name: name.to_owned(), kind };
        let mut columns = vec![
            column("call_id", WrittenKind::Text),
            column("call_at", WrittenKind::Time),
            column("policy_side", WrittenKind::Text),
        ];
        columns.extend(outcomes.iter().map(|outcome| outcome.column.clone()));
        columns
            .extend(["rules_fired", "rules_undecided", "rules_on_trial"].map(|name| column(name, WrittenKind::Texts)));
        let mut about = vec![("heedful.engine".to_owned(), VERSION.to_owned())];
        for (side, policy) in SIDES.iter().zip(policies) {
            about.push((format!("heedful.{side}"), policy.name().to_owned()));
            about.push((format!("heedful.{side}.digest"), policy.digest().to_owned()));
        }
        let writer = TableWriter::create(path, columns, &about)?;
        let rows = RowsInOrder { next: 0, waiting: BTreeMap::new(), writer, failed: None };
        Ok(Self { policies: policies.to_vec(), outcomes, rows: Mutex::new(rows) })
    }

    /// Adds what each policy says of a call. `number` counts the calls of the table, from 0.
    pub(crate) fn put(&self, number: usize, (id, at): (&str, Instant), overviews: [Option<&Overview>; 2]) {
        let said = overviews.into_iter().enumerate();
        let rows = said.filter_map(|(side, overview)| self.row(side, (id, at), overview?)).collect();
        let mut guard = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let RowsInOrder { next, waiting, writer, failed } = &mut *guard;
        waiting.insert(number, rows);
        while let Some(rows) = waiting.remove(next) {
            *next += 1;
            for row in rows {
                if failed.is_none() {
                    *failed = writer.add(&row).err();
                }
            }
        }
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When the file could not be written.
    pub fn finish(self) -> Result<(), TableError> {
        let rows = self.rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        rows.failed.map_or_else(|| rows.writer.finish(), Err)
    }

    fn row(&self, side: usize, (id, at): (&str, Instant), overview: &Overview) -> Option<Vec<WrittenCell>> {
        let policy = self.policies.get(side)?;
        let names = |rules: &mut dyn Iterator<Item = _>| {
            WrittenCell::Texts(rules.filter_map(|rule| policy.rule(rule)).map(str::to_owned).collect())
        };
        let mut row = vec![
            WrittenCell::Text(Some(id.to_owned())),
            WrittenCell::Time(Some(at)),
            WrittenCell::Text(SIDES.get(side).map(|side| (*side).to_owned())),
        ];
        row.extend(self.outcomes.iter().map(|outcome| outcome.cell(policy, side, overview)));
        row.push(names(&mut overview.fired.iter().copied()));
        row.push(names(&mut overview.undecided.iter().copied()));
        row.push(names(&mut overview.trial.iter().filter(|(_, certain)| *certain).map(|(rule, _)| *rule)));
        Some(row)
    }
}

impl OutcomeColumn {
    fn cell(&self, policy: &Snapshot, side: usize, overview: &Overview) -> WrittenCell {
        let value = self.places.get(side).copied().flatten().and_then(|outcome| {
            let declared = policy.vocabulary().outcomes.get(outcome.index())?;
            Some(declared.kind.value_of(*overview.outcome.0.get(outcome.index())?))
        });
        let text = |value: &str| value.to_owned();
        let values = match (self.column.kind, value) {
            (WrittenKind::Text, Some(OutcomeValue::One(value))) => return WrittenCell::Text(value.map(text)),
            (WrittenKind::Text, Some(OutcomeValue::Number(number))) => {
                return WrittenCell::Text(number.map(|number| number.to_string()));
            }
            (WrittenKind::Text, _) => return WrittenCell::Text(None),
            (WrittenKind::Time, Some(OutcomeValue::Time(time))) => return WrittenCell::Time(time),
            (WrittenKind::Time, _) => return WrittenCell::Time(None),
            (WrittenKind::Texts, value) => value,
        };
        WrittenCell::Texts(match values {
            Some(OutcomeValue::One(value)) => value.into_iter().map(text).collect(),
            Some(OutcomeValue::All(values)) => values.into_iter().map(text).collect(),
            Some(OutcomeValue::Number(number)) => number.map(|number| number.to_string()).into_iter().collect(),
            Some(OutcomeValue::Time(time)) => time.map(|time| Zone::utc().format(time)).into_iter().collect(),
            _ => Vec::new(),
        })
    }
}

/// A column for each outcome that some policy has, in the order of the first one's vocabulary.
fn outcome_columns(policies: &[&Snapshot]) -> Vec<OutcomeColumn> {
    let mut columns: Vec<OutcomeColumn> = Vec::new();
    for policy in policies {
        for outcome in &policy.vocabulary().outcomes {
            let kind = match outcome.kind {
                OutcomeKind::AllThatApply { .. } => WrittenKind::Texts,
                OutcomeKind::Earliest => WrittenKind::Time,
                _ => WrittenKind::Text,
            };
            match columns.iter_mut().find(|known| known.column.name == outcome.name) {
                // Two vocabularies may mean different things by one name; a list holds either.
                Some(known) if known.column.kind != kind => known.column.kind = WrittenKind::Texts,
                Some(_) => {}
                None => columns.push(OutcomeColumn {
                    column: WrittenColumn { name: outcome.name.clone(), kind },
                    places: policies.iter().map(|policy| policy.vocabulary().outcome(&outcome.name)).collect(),
                }),
            }
        }
    }
    columns
}
