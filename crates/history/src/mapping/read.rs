//! The text of a mapping file -> `Mapping`, or everything that is wrong with it.

use super::problem::MappingProblem;
use super::{
    From, Mapping, Others, RecordSource, RepeatedHour, TableMapping, TimeFormat, TimeSource, ValueMapping, ValueSource,
};
use heedful::model::{Field, Type, Vocabulary};
use heedful::text::{joined, nearest, with_article};
use heedful::time::{Length, Unit, Zone, check_format};
use heedful::wire::{Node, Plain, read_tree};
use heedful_tables::Selection;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a mapping file for a vocabulary. Times without an offset are of `zone` where the file names no other.
///
/// # Errors
/// Everything that is wrong with it, in the order of the lines.
pub fn read(text: &str, vocabulary: &Vocabulary, zone: &Zone) -> Result<Mapping, Vec<MappingProblem>> {
    let tree = read_tree(text)
        .map_err(|problem| vec![MappingProblem::new((problem.line, problem.column), problem.message)])?;
    let mut reader = MappingReader { vocabulary, problems: Vec::new() };
    let mapping = reader.mapping(&tree, zone);
    reader.problems.sort_by_key(|problem| (problem.line, problem.column));
    mapping.filter(|_| reader.problems.is_empty()).ok_or(reader.problems)
}

pub(super) struct MappingReader<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    problems: Vec<MappingProblem>,
}

/// What a table gives to those of its values that say nothing else.
pub(super) struct Defaults {
    zone: Zone,
    pub(super) missing: BTreeSet<String>,
}

pub(super) type Keys<'n> = BTreeMap<&'n str, &'n Node>;

impl MappingReader<'_> {
    pub(super) fn problem(&mut self, node: &Node, message: impl Into<String>, help: &str) {
        let problem = MappingProblem::new((node.at.line, node.at.column), message);
        self.problems.push(if help.is_empty() { problem } else { problem.help(help) });
    }

    /// The keys of a group, each one that may stand there.
    pub(super) fn keys<'n>(&mut self, node: &'n Node, allowed: &[&str], what: &str) -> Option<Keys<'n>> {
        let Plain::Group(entries) = &node.value else {
            self.problem(
                node,
                format!("{what} must be a group of keys, not {}", node.what()),
                &format!("the keys are {}", joined(allowed, "and")),
            );
            return None;
        };
        let mut keys = Keys::new();
        // A key without a value says nothing.
        for (key, value) in entries.iter().filter(|(_, value)| value.value != Plain::Nothing) {
            let Plain::Words(name) = &key.value else {
                self.problem(key, "a key must be a word", "");
                continue;
            };
            if allowed.contains(&name.as_str()) {
                keys.insert(name, value);
            } else {
                let near = nearest(name, allowed.iter().copied());
                let help = near.map_or_else(
                    || format!("the keys are {}", joined(allowed, "and")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.problem(key, format!("{what} has no key `{name}`"), &help);
            }
        }
        Some(keys)
    }

    fn mapping(&mut self, tree: &Node, zone: &Zone) -> Option<Mapping> {
        let keys = self.keys(tree, &["zone", "missing", "tables", "beside", "decisions"], "a mapping")?;
        let zone = keys.get("zone").and_then(|node| self.zone(node)).unwrap_or_else(|| zone.clone());
        let missing = match keys.get("missing") {
            Some(node) => self.texts(node, "`missing`"),
            None => ["", "N/A", "NULL", "null"].map(str::to_owned).into(),
        };
        let defaults = Defaults { zone, missing };
        let Some(Node { value: Plain::List(tables), .. }) = keys.get("tables") else {
            let at = keys.get("tables").map_or(tree, |node| node);
            self.problem(
                at,
                "a mapping names its tables",
                "write `tables:` and under it, for each file, `- file: calls.csv` with what its columns say",
            );
            return None;
        };
        let read: Vec<TableMapping> = tables.iter().filter_map(|table| self.table(table, &defaults)).collect();
        let beside = keys.get("beside").map(|node| self.beside(node, &defaults)).unwrap_or_default();
        let decisions = keys.get("decisions").and_then(|node| self.decisions(node, &read));
        Some(Mapping { tables: read, beside, decisions })
    }

    fn zone(&mut self, node: &Node) -> Option<Zone> {
        let name = self.text(node, "a time zone")?;
        let zone = Zone::named(&name);
        if zone.is_none() {
            self.problem(node, format!("there is no time zone `{name}`"), "write it as Europe/London");
        }
        zone
    }

    pub(super) fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        let text = node.text();
        if text.is_none() {
            self.problem(node, format!("{what} must be a text, not {}", node.what()), "");
        }
        text
    }

    /// A text, or several in a list.
    pub(super) fn texts(&mut self, node: &Node, what: &str) -> BTreeSet<String> {
        match &node.value {
            Plain::List(items) => items.iter().filter_map(|item| self.text(item, what)).collect(),
            Plain::Nothing => BTreeSet::new(),
            _ => self.text(node, what).into_iter().collect(),
        }
    }

    fn is_yes(&mut self, node: &Node, key: &str) -> bool {
        match &node.value {
            Plain::YesNo(answer) => *answer,
            Plain::Words(word) if word == "yes" => true,
            Plain::Words(word) if word == "no" => false,
            _ => {
                self.problem(node, format!("`{key}` is yes or no, not {}", node.what()), "");
                false
            }
        }
    }

    fn table(&mut self, node: &Node, defaults: &Defaults) -> Option<TableMapping> {
        const KEYS: [&str; 14] = [
            "file",
            "table",
            "query",
            "separator",
            "record",
            "decide",
            "id",
            "at",
            "known",
            "check-against",
            "leave-out",
            "missing",
            "values",
            "given",
        ];
        let keys = self.keys(node, &KEYS, "a table")?;
        let needed: Vec<&str> =
            ["file", "record", "id", "at"].into_iter().filter(|key| !keys.contains_key(key)).collect();
        if !needed.is_empty() {
            self.problem(node, format!("this table lacks {}", joined(&needed, "and")), "");
        }
        let defaults = Defaults {
            zone: defaults.zone.clone(),
            missing: keys.get("missing").map_or_else(|| defaults.missing.clone(), |node| self.texts(node, "`missing`")),
        };
        let file = keys.get("file").and_then(|node| self.text(node, "a file's name"));
        let separator = keys.get("separator").map_or(Some(b','), |node| self.separator(node));
        let selection = self.selection(&keys);
        let decide = keys.get("decide").is_some_and(|node| self.is_yes(node, "decide"));
        let record = keys.get("record").and_then(|node| self.record(node, decide));
        let id = keys.get("id").and_then(|node| self.text(node, "a column"));
        let at = keys.get("at").and_then(|node| self.time(node, &defaults));
        let known = keys.get("known").and_then(|node| self.time(node, &defaults));
        let checked = keys.get("check-against").and_then(|node| self.checked(node, &defaults));
        let left_out = keys.get("leave-out").map(|node| self.left_out(node)).unwrap_or_default();
        let values = match keys.get("values") {
            Some(node) => self.values(node, record, &defaults),
            None => Vec::new(),
        };
        let given = keys.get("given").map(|node| self.given(node, &defaults)).unwrap_or_default();
        Some(TableMapping {
            file: file?,
            line: node.at.line,
            separator: separator?,
            selection,
            record: record?,
            id: id?,
            at: at?,
            known,
            checked,
            left_out,
            values,
            given,
        })
    }

    /// Which table of a SQLite file is meant, or what query gives the rows.
    pub(super) fn selection(&mut self, keys: &Keys<'_>) -> Option<Selection> {
        let (key, node) = ["table", "query"].into_iter().find_map(|key| Some((key, *keys.get(key)?)))?;
        if keys.contains_key("table") && keys.contains_key("query") {
            self.problem(node, "this has both `table` and `query`", "a query says itself which tables it asks");
        }
        let file = keys.get("file").and_then(|file| file.text()).unwrap_or_default();
        let ending = [".csv", ".jsonl", ".ndjson", ".parquet", ".gz"].into_iter().find(|ending| file.ends_with(ending));
        if let Some(ending) = ending {
            self.problem(
                node,
                format!("`{key}` is for a SQLite file, and `{file}` ends in {ending}"),
                &format!("take `{key}` out, or name the SQLite file"),
            );
        }
        let text = self.text(node, &format!("`{key}`"))?;
        Some(if key == "table" { Selection::Table(text) } else { Selection::Query(text) })
    }

    pub(super) fn separator(&mut self, node: &Node) -> Option<u8> {
        let text = self.text(node, "a separator")?;
        match text.as_bytes() {
            _ if text == "tab" => Some(b'\t'),
            [one] if one.is_ascii() => Some(*one),
            _ => {
                self.problem(node, "a separator is one mark", "write `;`, `|` or `tab` in quotes");
                None
            }
        }
    }

    pub(super) fn record(&mut self, node: &Node, is_call: bool) -> Option<RecordSource> {
        let name = self.text(node, "a kind of record")?;
        let kind = self.vocabulary.record(&name).or_else(|| self.vocabulary.record_by_plural(&name));
        if kind.is_none() && !(is_call && name == "call") {
            let names = self.vocabulary.records.iter().map(|kind| kind.name.as_str());
            let near = nearest(&name, names.clone());
            let help = near.map_or_else(
                || format!("it has {}", joined(&names.collect::<Vec<_>>(), "and")),
                |near| format!("did you mean `{near}`?"),
            );
            self.problem(node, format!("the vocabulary has no record `{name}`"), &help);
            return None;
        }
        let is_kind_of_call =
            kind.and_then(|kind| self.vocabulary.records.get(kind.index())).is_none_or(|kind| kind.is_call);
        if is_call && !is_kind_of_call {
            self.problem(node, format!("{name} records are not calls, so they are not decided"), "take `decide` out");
        }
        Some(RecordSource { kind, is_call })
    }

    /// A column, or a group with `column` and how its times are written.
    fn time(&mut self, node: &Node, defaults: &Defaults) -> Option<TimeSource> {
        if let Some(column) = node.text() {
            return Some(TimeSource { column, format: plain_time(defaults) });
        }
        let known = self.problems.len();
        let keys = self.keys(node, &["column", "format", "zone", "repeated-hour"], "a time")?;
        // A key that is misspelt is not missed as well.
        if self.problems.len() > known { None } else { self.time_of(node, &keys, defaults) }
    }

    fn time_of(&mut self, node: &Node, keys: &Keys<'_>, defaults: &Defaults) -> Option<TimeSource> {
        let Some(column) = keys.get("column") else {
            self.problem(node, "this names no column", "write `column: ` and the heading of the column");
            return None;
        };
        let column = self.text(column, "a column");
        Some(TimeSource { column: column?, format: self.format(keys, defaults) })
    }

    fn format(&mut self, keys: &Keys<'_>, defaults: &Defaults) -> TimeFormat {
        let zone = keys.get("zone").and_then(|node| self.zone(node)).unwrap_or_else(|| defaults.zone.clone());
        let pattern = keys.get("format").and_then(|node| {
            let pattern = self.text(node, "a format")?;
            if let Err(why) = check_format(&pattern) {
                self.problem(
                    node,
                    format!("this format cannot be read: {}", why.trim_start_matches("strftime formatting failed: ")),
                    "write it as %d/%m/%Y %H:%M:%S",
                );
            }
            Some(pattern)
        });
        let repeated = match keys.get("repeated-hour") {
            None => RepeatedHour::First,
            Some(node) => match node.text().as_deref() {
                Some("first") => RepeatedHour::First,
                Some("second") => RepeatedHour::Second,
                Some("refuse") => RepeatedHour::Refuse,
                _ => {
                    self.problem(node, "`repeated-hour` is first, second or refuse", "");
                    RepeatedHour::First
                }
            },
        };
        TimeFormat { pattern, zone, repeated }
    }

    fn checked(&mut self, node: &Node, defaults: &Defaults) -> Option<(TimeSource, Length)> {
        let keys = self.keys(node, &["column", "format", "zone", "repeated-hour", "within"], "`check-against`")?;
        let time = self.time_of(node, &keys, defaults)?;
        let within = match keys.get("within") {
            Some(node) => {
                let text = self.text(node, "`within`")?;
                let length = exact_length(&text);
                if length.is_none() {
                    self.problem(node, "`within` is a number of minutes or hours", "write it as 5 minutes");
                }
                length?
            }
            None => Length::new(1, Unit::Minutes),
        };
        Some((time, within))
    }

    /// A group of columns, each with the values that leave a row out.
    fn left_out(&mut self, node: &Node) -> Vec<(String, BTreeSet<String>)> {
        let Plain::Group(entries) = &node.value else {
            self.problem(
                node,
                "`leave-out` names a column and the values that leave a row out",
                "write `TYPE: [TEST]`",
            );
            return Vec::new();
        };
        let columns = entries.iter().filter_map(|(column, values)| {
            Some((self.text(column, "a column")?, self.texts(values, "a value that leaves a row out")))
        });
        columns.collect()
    }

    fn values(&mut self, node: &Node, record: Option<RecordSource>, defaults: &Defaults) -> Vec<ValueMapping> {
        let Plain::Group(entries) = &node.value else {
            self.problem(node, "`values` is a group: a name of the vocabulary, and the column that holds it", "");
            return Vec::new();
        };
        let Some(record) = record else { return Vec::new() };
        entries.iter().filter_map(|(name, source)| self.value(name, source, record, defaults)).collect()
    }

    fn value(&mut self, key: &Node, node: &Node, record: RecordSource, defaults: &Defaults) -> Option<ValueMapping> {
        let name = self.text(key, "a name of the vocabulary")?;
        let vocabulary = self.vocabulary;
        let kind = record.kind.and_then(|kind| vocabulary.records.get(kind.index()));
        let field = kind.and_then(|kind| kind.field(&name));
        let fact = if record.is_call { vocabulary.fact(&name) } else { None };
        let of_fact = fact.and_then(|fact| vocabulary.call.get(fact.index()));
        let of_field = kind.and_then(|kind| kind.fields.get(field?.index()));
        let Some(declared) = of_fact.or(of_field) else {
            let facts = vocabulary.call.iter().filter(|_| record.is_call);
            let known = facts.chain(kind.iter().flat_map(|kind| &kind.fields)).map(|field| field.name.as_str());
            let near = nearest(&name, known);
            let help = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            let whose = kind.map_or("call", |kind| kind.name.as_str());
            self.problem(key, format!("{} has no `{name}` in the vocabulary", with_article(whose)), &help);
            return None;
        };
        let source = self.source(node, declared, defaults)?;
        Some(ValueMapping { name, ty: declared.ty.clone(), fact, field, source })
    }

    fn source(&mut self, node: &Node, declared: &Field, defaults: &Defaults) -> Option<ValueSource> {
        let plain = |from| ValueSource {
            from,
            codes: BTreeMap::new(),
            others: Others::Unknown,
            split: None,
            missing: defaults.missing.clone(),
            none: BTreeSet::new(),
            exactly: false,
            unit: None,
            time: plain_time(defaults),
        };
        if let Some(column) = node.text() {
            return Some(plain(From::Column(column)));
        }
        let keys = self.keys(node, &VALUE_KEYS, "a value")?;
        let sources: Vec<&str> =
            ["column", "columns", "always"].into_iter().filter(|key| keys.contains_key(key)).collect();
        let from = match (sources.as_slice(), keys.get("column"), keys.get("columns"), keys.get("always")) {
            ([_], Some(column), ..) => From::Column(self.text(column, "a column")?),
            ([_], _, Some(several), _) => {
                let Plain::List(items) = &several.value else {
                    self.problem(several, "`columns` is a list of columns", "write `columns: [SURNAME, BORN]`");
                    return None;
                };
                if !matches!(declared.ty, Type::Identity { .. }) {
                    self.problem(
                        several,
                        format!("`{}` is no identity, so it comes from one column", declared.name),
                        "",
                    );
                }
                From::Columns(items.iter().filter_map(|item| self.text(item, "a column")).collect())
            }
            ([_], _, _, Some(value)) => From::Always(self.text(value, "a value")?),
            _ => {
                self.problem(node, "a value has one of `column`, `columns` and `always`", "");
                return None;
            }
        };
        let yes_or_no = ["yes".to_owned(), "no".to_owned()];
        let values = if declared.ty == Type::YesNo { &yes_or_no[..] } else { declared.values() };
        let codes = keys.get("codes").map(|node| self.codes(node, &declared.name, values)).unwrap_or_default();
        let others = match keys.get("others").map(|node| (node, node.text())) {
            None => Others::Unknown,
            Some((_, Some(word))) if word == "unknown" => Others::Unknown,
            Some((_, Some(word))) if word == "refuse" => Others::Refuse,
            Some((node, _)) => {
                self.problem(
                    node,
                    "`others` is unknown or refuse",
                    "unknown keeps the row and counts what was met; refuse leaves the row out and counts it",
                );
                Others::Unknown
            }
        };
        let unit = keys.get("unit").and_then(|node| {
            let unit = Unit::parse(&node.text().unwrap_or_default());
            if unit.is_none() {
                self.problem(node, "a unit is minutes or hours", "");
            }
            unit
        });
        let texts = |reader: &mut Self, key: &str| keys.get(key).map(|node| reader.texts(node, "a value"));
        let missing = texts(self, "missing").unwrap_or_else(|| defaults.missing.clone());
        let none = texts(self, "none").unwrap_or_default();
        let split = keys.get("split").and_then(|node| self.text(node, "`split`")).filter(|mark| !mark.is_empty());
        let exactly = keys.get("exactly").is_some_and(|node| self.is_yes(node, "exactly"));
        let time = self.format(&keys, defaults);
        Some(ValueSource { from, codes, others, split, missing, none, exactly, unit, time })
    }

    /// What the table's codes stand for, each one of the values where there are any.
    pub(super) fn codes(&mut self, node: &Node, name: &str, values: &[String]) -> BTreeMap<String, Option<String>> {
        let Plain::Group(entries) = &node.value else {
            self.problem(node, "`codes` is a group: a code, and the value that it stands for", "");
            return BTreeMap::new();
        };
        let mut codes = BTreeMap::new();
        for (code, meant) in entries {
            let (Some(code), Some(value)) = (self.text(code, "a code"), self.text(meant, "what a code stands for"))
            else {
                continue;
            };
            if value == "unknown" && !values.contains(&value) {
                codes.insert(code, None);
                continue;
            }
            if !values.is_empty() && !values.contains(&value) {
                let near = nearest(&value, values.iter().map(String::as_str));
                let help = near.map_or_else(
                    || format!("its values are {}", joined(values, "and")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.problem(meant, format!("`{name}` has no value `{value}`"), &help);
            }
            codes.insert(code, Some(value));
        }
        codes
    }
}

/// What can be said of where a value comes from.
const VALUE_KEYS: [&str; 13] = [
    "column",
    "columns",
    "always",
    "codes",
    "others",
    "split",
    "missing",
    "none",
    "exactly",
    "unit",
    "format",
    "zone",
    "repeated-hour",
];

fn plain_time(defaults: &Defaults) -> TimeFormat {
    TimeFormat { pattern: None, zone: defaults.zone.clone(), repeated: RepeatedHour::First }
}

/// `5 minutes`, `2 hours`.
fn exact_length(text: &str) -> Option<Length> {
    let (amount, unit) = text.split_once(' ')?;
    let length = Length::new(amount.parse().ok()?, Unit::parse(unit)?);
    length.exact_seconds().map(|_| length)
}
