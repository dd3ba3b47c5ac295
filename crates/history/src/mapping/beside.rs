//! The keys `given` and `beside` of a mapping -> what others say of the calls, and which answer of a policy it is set beside.

use super::form;
use super::read::{Defaults, MappingReader};
use heedful::model::{OutcomeId, OutcomeKind};
use heedful::text::{joined, nearest};
use heedful::wire::{Node, Plain};
use heedful_tables::{Selection, TableForm, TableSource};
use std::collections::{BTreeMap, BTreeSet};

/// A table, or a list of ids, that says of the calls what somebody else made of them.
#[derive(Clone, Debug)]
pub struct BesideTable {
    /// The file, from the folder of the mapping on.
    pub file: String,
    /// The line of the mapping file on which it begins.
    pub line: usize,
    /// The mark between the cells of a line.
    pub separator: u8,
    /// Which table of a SQLite file it is, or what query gives it, where the mapping says so.
    pub selection: Option<Selection>,
    /// The column of the call's id; none where each line is an id.
    pub id: Option<String>,
    /// Columns that say what each call was given.
    pub given: Vec<GivenMapping>,
    /// What is so of the calls in the file, and of no others.
    pub holds: Vec<Compared>,
}

impl BesideTable {
    /// How a file is written that was given for this one.
    pub fn form(&self, source: &TableSource) -> TableForm {
        match self.id {
            Some(_) => form(&self.file, self.separator, self.selection.as_ref(), source),
            None => TableForm::Lines,
        }
    }
}

/// What somebody gave each call for one outcome, and where a table says it.
#[derive(Clone, Debug)]
pub struct GivenMapping {
    pub outcome: OutcomeId,
    pub column: String,
    /// The values that the column may hold, as [`answers_of`] has them.
    pub values: Vec<String>,
    /// What the table's codes stand for; none for what is not known.
    pub codes: BTreeMap<String, Option<String>>,
    /// Whether a call may have several of the values, or none.
    pub is_several: bool,
    /// What stands between several values in one cell.
    pub split: Option<String>,
    /// Cells that say nothing.
    pub missing: BTreeSet<String>,
    /// Cells that say that there is none.
    pub none: BTreeSet<String>,
}

/// An answer of a policy beside which somebody else's is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// What an outcome comes to.
    Outcome(OutcomeId),
    /// Whether an outcome has a value: its place in [`answers_of`].
    Value(OutcomeId, usize),
    /// Whether a rule applies.
    Rule(String),
}

/// What an outcome can come to, in words, lowest first; of one that takes several values, those that it can have. Of a time
/// or a number it is only said whether there is one.
pub fn answers_of(kind: &OutcomeKind) -> Vec<String> {
    let values: Vec<&str> = match kind {
        OutcomeKind::Earliest | OutcomeKind::HighestNumber { .. } | OutcomeKind::LowestNumber { .. } => {
            vec!["none", "some"]
        }
        OutcomeKind::Either { loser, winner } => vec!["none", loser, winner],
        other => other.values(),
    };
    values.into_iter().map(str::to_owned).collect()
}

impl MappingReader<'_> {
    /// The tables and lists of the key `beside`.
    pub(super) fn beside(&mut self, node: &Node, defaults: &Defaults) -> Vec<BesideTable> {
        let Plain::List(tables) = &node.value else {
            self.problem(
                node,
                "`beside` is a list of files",
                "write under it, for each, `- file: ids.txt` and what holds of the calls in it",
            );
            return Vec::new();
        };
        tables.iter().filter_map(|table| self.beside_table(table, defaults)).collect()
    }

    fn beside_table(&mut self, node: &Node, defaults: &Defaults) -> Option<BesideTable> {
        let keys =
            self.keys(node, &["file", "table", "query", "separator", "id", "given", "holds"], "a file of `beside`")?;
        let file = match keys.get("file") {
            Some(file) => self.text(file, "a file's name"),
            None => {
                self.problem(node, "this names no file", "write `file: ` and its name");
                None
            }
        };
        let separator = keys.get("separator").map_or(Some(b','), |node| self.separator(node));
        let selection = self.selection(&keys);
        let id = keys.get("id").map(|node| self.text(node, "a column"));
        let given = keys.get("given").map(|node| self.given(node, defaults)).unwrap_or_default();
        let holds = keys.get("holds").map(|node| self.holds(node)).unwrap_or_default();
        let named = file.as_deref().map(|file| TableForm::of_name(file, b','));
        let has_columns = selection.is_some() || matches!(named, Some(TableForm::Parquet | TableForm::Sqlite(_)));
        match (keys.contains_key("given"), keys.contains_key("holds"), keys.contains_key("id")) {
            (false, false, _) => self.problem(
                node,
                "this does not say what the file tells of its calls",
                "write `given: {grade: GRADE}` for a column of grades, or `holds: {rule: NAME}` for a list of the calls for which a rule applies",
            ),
            (_, _, false) if has_columns || keys.contains_key("given") => {
                self.problem(node, "a table with columns names that of the id", "write `id: ` and its heading");
            }
            _ => {}
        }
        let id = match id {
            Some(id) => Some(id?),
            None => None,
        };
        Some(BesideTable { file: file?, line: node.at.line, separator: separator?, selection, id, given, holds })
    }

    /// For outcomes, the column that holds what was given.
    pub(super) fn given(&mut self, node: &Node, defaults: &Defaults) -> Vec<GivenMapping> {
        let Plain::Group(entries) = &node.value else {
            self.problem(node, "`given` is a group: an outcome, and the column of what was given", "");
            return Vec::new();
        };
        entries.iter().filter_map(|(name, source)| self.given_outcome(name, source, defaults)).collect()
    }

    fn given_outcome(&mut self, key: &Node, node: &Node, defaults: &Defaults) -> Option<GivenMapping> {
        let name = self.text(key, "an outcome")?;
        let (outcome, values) = self.outcome(key, &name)?;
        let is_several = self.vocabulary.outcomes.get(outcome.index()).is_some_and(|it| it.kind.takes_several());
        let plain = |column| GivenMapping {
            outcome,
            column,
            values: values.clone(),
            codes: BTreeMap::new(),
            is_several,
            split: None,
            missing: defaults.missing.clone(),
            none: BTreeSet::new(),
        };
        if let Some(column) = node.text() {
            return Some(plain(column));
        }
        let keys = self.keys(node, &["column", "codes", "split", "missing", "none"], "what was given")?;
        let Some(column) = keys.get("column") else {
            self.problem(node, "this names no column", "write `column: ` and the heading of the column");
            return None;
        };
        let column = self.text(column, "a column")?;
        for key in ["split", "none"] {
            if let (Some(node), false) = (keys.get(key), is_several) {
                self.problem(node, format!("`{name}` has one value for each call, so `{key}` says nothing"), "");
            }
        }
        let codes = keys.get("codes").map(|node| self.codes(node, &name, &values)).unwrap_or_default();
        let split = keys.get("split").and_then(|node| self.text(node, "`split`")).filter(|mark| !mark.is_empty());
        let none = keys.get("none").map(|node| self.texts(node, "a cell that says that there is none"));
        let missing = keys.get("missing").map(|node| self.texts(node, "a cell that says nothing"));
        let rest = plain(column);
        let missing = missing.unwrap_or_else(|| rest.missing.clone());
        Some(GivenMapping { codes, split, missing, none: none.unwrap_or_default(), ..rest })
    }

    /// What holds of every call in a file: a rule, or a value of an outcome.
    fn holds(&mut self, node: &Node) -> Vec<Compared> {
        let Plain::Group(entries) = &node.value else {
            self.problem(
                node,
                "`holds` is a group: `rule` and its name, or an outcome and one of its values",
                "write `holds: {rule: NAME}`",
            );
            return Vec::new();
        };
        entries.iter().filter_map(|(key, value)| self.held(key, value)).collect()
    }

    fn held(&mut self, key: &Node, node: &Node) -> Option<Compared> {
        let name = self.text(key, "`rule` or an outcome")?;
        let said = self.text(node, "a rule or a value")?;
        if name == "rule" {
            return Some(Compared::Rule(said));
        }
        let (outcome, values) = self.outcome(key, &name)?;
        let place = values.iter().position(|value| *value == said);
        if place.is_none() {
            let near = nearest(&said, values.iter().map(String::as_str));
            let help = near.map_or_else(
                || format!("its values are {}", joined(&values, "and")),
                |near| format!("did you mean `{near}`?"),
            );
            self.problem(node, format!("`{name}` has no value `{said}`"), &help);
        }
        Some(Compared::Value(outcome, place?))
    }

    fn outcome(&mut self, key: &Node, name: &str) -> Option<(OutcomeId, Vec<String>)> {
        let vocabulary = self.vocabulary;
        let found = vocabulary.outcome(name).and_then(|id| Some((id, vocabulary.outcomes.get(id.index())?)));
        let Some((outcome, declared)) = found else {
            let near = nearest(name, vocabulary.outcomes.iter().map(|outcome| outcome.name.as_str()));
            let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            self.problem(key, format!("the vocabulary has no outcome `{name}`"), &help);
            return None;
        };
        Some((outcome, answers_of(&declared.kind)))
    }
}
