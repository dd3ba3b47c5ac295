//! Settings, definitions, scores, tables and calendars -> their sections of a document.

use super::document::{Calendar, Defined, Floor, GivenValue, Score, Setting, Table};
use super::lift::Lift;
use crate::check::{self, SettingRange, SettingValue};
use crate::model::{Outcome, OutcomeId, Type};
use crate::semantics::{Band, FigureSource, Row};
use crate::syntax::tree::Never;

impl Lift<'_> {
    pub(super) fn settings(&self) -> Vec<Setting> {
        let mut settings: Vec<Setting> = self.policy.settings.iter().map(|setting| self.setting(setting)).collect();
        settings.sort_by(|one, other| one.name.cmp(&other.name));
        settings
    }

    fn setting(&self, setting: &check::Setting) -> Setting {
        let given = |given: &check::Given| GivenValue {
            policy: given.policy.clone(),
            value: self.value(&given.value),
            at: given.at,
        };
        Setting {
            name: setting.name.clone(),
            value: self.value(&setting.value),
            help: setting.help.clone(),
            range: self.range(setting),
            never: setting.never.map(|never| match never {
                Never::Raised => "never raised",
                Never::Lowered => "never lowered",
            }),
            given: setting.given.iter().map(given).collect(),
        }
    }

    fn range(&self, setting: &check::Setting) -> Option<String> {
        match &setting.range {
            Some(SettingRange::FromTo(from @ SettingValue::Word(_), to @ SettingValue::Word(_))) => {
                Some(format!("from {} to {}", self.value(from), self.value(to)))
            }
            _ => setting.range_in_words(),
        }
    }

    /// The value of a setting, with the force's own name for it.
    pub(super) fn value(&self, value: &SettingValue) -> String {
        let SettingValue::Word(word) = value else { return value.to_string() };
        let outcomes = self.policy.vocabulary.outcomes.iter().zip(0u16..);
        let mut places = outcomes.filter_map(|(outcome, id)| Some((OutcomeId(id), outcome.kind.position(word)?)));
        self.words.value(word, || places.next().map_or_else(|| word.clone(), |(id, at)| self.policy.said(id, at)))
    }

    /// Conditions and groups of records, by name.
    pub(super) fn definitions(&self) -> Vec<Defined> {
        let conditions = self.policy.definitions.iter().map(|definition| Defined {
            name: definition.name.clone(),
            plural: None,
            means: self.statement(&definition.condition),
            policy: definition.policy.clone(),
            at: definition.at,
        });
        let groups = self.policy.groups.iter().map(|group| Defined {
            name: group.name.clone(),
            plural: Some(group.plural.clone()),
            means: self.records(group),
            policy: group.policy.clone(),
            at: group.at,
        });
        let mut all: Vec<Defined> = conditions.chain(groups).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    pub(super) fn scores(&self) -> Vec<Score> {
        let score = |score: &check::Score| Score {
            name: score.name.clone(),
            title: score.title.clone(),
            points: score.by_line().flat_map(|line| self.points(line)).collect(),
            bands: score.bands.iter().map(band).collect(),
            unanswered_as_yes: score.unanswered_as_yes,
            sources: score.sources.clone(),
            policy: score.policy.clone(),
            at: score.at,
        };
        self.policy.scores.iter().map(score).collect()
    }

    pub(super) fn tables(&self) -> Vec<Table> {
        let table = |table: &check::Table| {
            let fact = match table.by {
                FigureSource::Fact(fact) => self.policy.vocabulary.call.get(fact.index()),
                FigureSource::Score(_) | FigureSource::Table(_) => None,
            };
            let of_choice = fact.filter(|fact| matches!(fact.ty, Type::Choice { .. }));
            let when = |row: &Row| match (of_choice, row.to) {
                (Some(fact), _) => u16::try_from(row.from).map(|at| self.policy.said_of(fact, at)).unwrap_or_default(),
                (None, None) => format!("{} or more", row.from),
                (None, Some(to)) if to == row.from => to.to_string(),
                (None, Some(to)) => format!("{} to {to}", row.from),
            };
            Table {
                name: table.name.clone(),
                title: table.title.clone(),
                by: self.policy.source_name(table.by).unwrap_or("").to_owned(),
                rows: table.rows.iter().map(|row| (when(row), *row.gives)).collect(),
                sources: table.sources.clone(),
                policy: table.policy.clone(),
                at: table.at,
            }
        };
        self.policy.tables.iter().map(table).collect()
    }

    pub(super) fn floors(&self) -> Vec<Floor> {
        let vocabulary = &self.policy.vocabulary;
        let floor = |outcome: &Outcome| {
            let fact = vocabulary.call.get(outcome.kind.floor()?.index())?;
            Some(Floor { outcome: outcome.name.clone(), fact: fact.name.clone(), help: fact.help.clone() })
        };
        vocabulary.outcomes.iter().filter_map(floor).collect()
    }

    pub(super) fn calendars(&self) -> Vec<Calendar> {
        let calendar = |named: &check::NamedCalendar| Calendar {
            name: named.name.clone(),
            help: named.help.clone(),
            skips: named.calendar.spoken(),
            complete: named.calendar.complete.map(|(from, to)| format!("{} to {}", from.spoken(), to.spoken())),
        };
        self.policy.calendars.iter().map(calendar).collect()
    }
}

fn band(band: &Band) -> String {
    match band.to {
        None => format!("{} or more: {}", *band.from, band.name),
        Some(to) if to == *band.from => format!("{to}: {}", band.name),
        Some(to) => format!("{} to {to}: {}", *band.from, band.name),
    }
}
