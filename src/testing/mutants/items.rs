//! An item of a policy file -> every item that is wrong in one small way.

use super::edit::{Edit, Editor, amount, lengths, minutes, numbers, without};
use crate::model::Vocabulary;
use crate::syntax::tree::{
    Amount, At, BandEnd, Deadline, Effect, EffectValue, Item, LengthRef, Line, Meaning, NotAgain, Number, PolicyLine,
    Quantity, RowKey, RuleLine, ScoreLine, SettingRange, TableItem, TableLine, Word,
};
use crate::text::Span;

/// Every edit of an item of a policy. Items of a vocabulary have none.
pub(super) fn edits<'e>(item: &'e Item, vocabulary: &Vocabulary, editor: &Editor<'_>) -> Vec<Edit<'e, Item>> {
    let items = ItemEditor { vocabulary, editor };
    match item {
        Item::Rule(rule) => {
            let lines = items.lines(&rule.lines, rule.name.at.0, true);
            lines.into_iter().map(|edit| edit.map(move |lines| Item::Rule(with_lines(rule, lines)))).collect()
        }
        Item::Addition(addition) => {
            let lines = items.lines(&addition.lines, addition.rule.at.0, false);
            let build = move |lines| {
                let mut addition = addition.clone();
                addition.lines = lines;
                Item::Addition(addition)
            };
            lines.into_iter().map(|edit| edit.map(build)).collect()
        }
        Item::Definition(definition) => {
            let meanings: Vec<Edit<'e, Meaning>> = match &definition.meaning {
                Meaning::Condition(written) => {
                    editor.condition(written).into_iter().map(|edit| edit.map(Meaning::Condition)).collect()
                }
                Meaning::Records(written) => {
                    editor.selection(written).into_iter().map(|edit| edit.map(Meaning::Records)).collect()
                }
            };
            let build = move |meaning| {
                let mut definition = definition.clone();
                definition.meaning = meaning;
                Item::Definition(definition)
            };
            meanings.into_iter().map(|edit| edit.map(build)).collect()
        }
        Item::Setting(setting) => {
            let build = move |value| {
                let mut setting = setting.clone();
                setting.value = value;
                // The range is for people who set it; a wrong value is wrong inside it or outside.
                setting.range = setting.range.filter(|range| matches!(range, SettingRange::OneOf(_)));
                Item::Setting(setting)
            };
            items.quantity(&setting.value, &setting.name.text).into_iter().map(|edit| edit.map(build)).collect()
        }
        Item::Score(score) => items.score(score),
        Item::Table(table) => items.table(table),
        Item::Policy(header) => {
            let mut edits = Vec::new();
            for (place, line) in header.lines.iter().enumerate() {
                let PolicyLine::Set { setting, value } = &line.node else { continue };
                for edit in items.quantity(value, &setting.text) {
                    edits.push(edit.map(move |value| {
                        let mut header = header.clone();
                        if let Some(line) = header.lines.get_mut(place) {
                            line.node = PolicyLine::Set { setting: setting.clone(), value };
                        }
                        Item::Policy(header)
                    }));
                }
            }
            edits
        }
        _ => Vec::new(),
    }
}

fn with_lines(rule: &crate::syntax::tree::RuleItem, lines: Vec<Line<RuleLine>>) -> crate::syntax::tree::RuleItem {
    crate::syntax::tree::RuleItem { lines, ..rule.clone() }
}

/// A table in which a row begins so much later, and the one before it ends so much later; none where one of them would be empty.
fn row_edge(table: &TableItem, place: usize, at: usize, by: i64) -> Option<Edit<'_, Item>> {
    let TableLine::Gives(rows) = &table.lines.get(place)?.node else { return None };
    let (lower, upper) = (rows.get(at.checked_sub(1)?)?, rows.get(at)?);
    let RowKey::Numbers { from: start, to: Some(end) } = lower.node.when else { return None };
    let RowKey::Numbers { from, to } = upper.node.when else { return None };
    let edge = from.value.checked_add(by)?;
    let adjoin = end.value.checked_add(1) == Some(from.value);
    if !adjoin || edge <= start.value || to.is_some_and(|to| edge > to.value) {
        return None;
    }
    let number = move |written: Number, value: i64| Number { value, at: written.at };
    let build = move || {
        let mut rows = rows.clone();
        if let Some(lower) = rows.get_mut(at - 1) {
            lower.node.when = RowKey::Numbers { from: start, to: Some(number(end, edge.saturating_sub(1))) };
        }
        if let Some(upper) = rows.get_mut(at) {
            upper.node.when = RowKey::Numbers { from: number(from, edge), to };
        }
        let mut table = table.clone();
        if let Some(line) = table.lines.get_mut(place) {
            line.node = TableLine::Gives(rows);
        }
        Item::Table(table)
    };
    Some(Edit::lazy(upper.at.0, format!("the row from {} -> from {edge}", from.value), build))
}

struct ItemEditor<'i> {
    vocabulary: &'i Vocabulary,
    editor: &'i Editor<'i>,
}

impl ItemEditor<'_> {
    fn lines<'e>(
        &self,
        lines: &'e [Line<RuleLine>],
        name: Span,
        whole_rule: bool,
    ) -> Vec<Edit<'e, Vec<Line<RuleLine>>>> {
        let mut edits = Vec::new();
        let put = move |place: usize, node: RuleLine| {
            let mut lines = lines.to_vec();
            if let Some(line) = lines.get_mut(place) {
                line.node = node;
            }
            lines
        };
        for (place, line) in lines.iter().enumerate() {
            match &line.node {
                RuleLine::When(written) => {
                    let own = self.editor.condition(written).into_iter();
                    edits.extend(own.map(|edit| edit.map(move |to| put(place, RuleLine::When(to)))));
                }
                RuleLine::AlsoWhen(written) => {
                    let own = self.editor.condition(written).into_iter();
                    edits.extend(own.map(|edit| edit.map(move |to| put(place, RuleLine::AlsoWhen(to)))));
                    edits.push(Edit::lazy(line.at.0, "without `also when`", move || without(lines, place)));
                }
                RuleLine::Then(effects) => {
                    let own = self.effects(effects).into_iter();
                    edits.extend(own.map(|edit| edit.map(move |to| put(place, RuleLine::Then(to)))));
                }
                RuleLine::NotAgain(quiet) => {
                    edits.push(Edit::lazy(line.at.0, "without `not again`", move || without(lines, place)));
                    let change = move |to: NotAgain| put(place, RuleLine::NotAgain(to));
                    if let LengthRef::Length(written) = &quiet.within {
                        for edit in lengths(*written) {
                            edits.push(
                                edit.map(move |to| change(NotAgain { within: LengthRef::Length(to), ..quiet.clone() })),
                            );
                        }
                    }
                    for (at, (_, name)) in quiet.links.iter().enumerate().filter(|_| quiet.links.len() > 1) {
                        let said = format!("`not again` without the same {}", name.text);
                        let fewer = move || change(NotAgain { links: without(&quiet.links, at), ..quiet.clone() });
                        edits.push(Edit::lazy(name.at.0, said, fewer));
                    }
                }
                RuleLine::AppliesUnlessKnownOtherwise => {
                    let fewer = move || without(lines, place);
                    edits.push(Edit::lazy(line.at.0, "without `applies unless known otherwise`", fewer));
                }
                RuleLine::InForce { from, until, by } => {
                    if let Some(from) = from {
                        let (from, by) = (Some(from.next()), by.clone());
                        let later = move || put(place, RuleLine::InForce { from, until: *until, by: by.clone() });
                        edits.push(Edit::lazy(line.at.0, "in force from a day later", later));
                    }
                    if let Some(by) = by {
                        let said = format!("in force by the time of the call instead of {}", by.text);
                        let by_call = move || put(place, RuleLine::InForce { from: *from, until: *until, by: None });
                        edits.push(Edit::lazy(by.at.0, said, by_call));
                    }
                }
                _ => {}
            }
        }
        let presumed = lines.iter().any(|line| matches!(line.node, RuleLine::AppliesUnlessKnownOtherwise));
        if whole_rule && !presumed {
            let more = move || {
                let node = RuleLine::AppliesUnlessKnownOtherwise;
                [lines, &[Line { node, at: At(name), comments: Default::default() }]].concat()
            };
            edits.push(Edit::lazy(name, "with `applies unless known otherwise`", more));
        }
        edits
    }

    fn effects<'e>(&self, effects: &'e [Line<Effect>]) -> Vec<Edit<'e, Vec<Line<Effect>>>> {
        let mut edits = Vec::new();
        for (place, line) in effects.iter().enumerate() {
            let put = move |value: EffectValue| {
                let mut effects = effects.to_vec();
                if let Some(line) = effects.get_mut(place) {
                    line.node.value = value;
                }
                effects
            };
            let gone = move || without(effects, place);
            let phrase = &line.node.phrase;
            match &line.node.value {
                EffectValue::Deadline(deadline) => {
                    if let Some(LengthRef::Length(written)) = &deadline.length {
                        for edit in lengths(*written) {
                            edits.push(edit.map(move |to| {
                                let length = Some(LengthRef::Length(to));
                                put(EffectValue::Deadline(Deadline { length, ..deadline.clone() }))
                            }));
                        }
                    }
                    if let Some(named) = &deadline.calendar {
                        let to = move || put(EffectValue::Deadline(Deadline { calendar: None, ..deadline.clone() }));
                        edits.push(Edit::lazy(named.at.0, format!("counting {} too", named.text), to));
                    }
                    if deadline.end_of_day && deadline.length.is_some() {
                        let to = move || put(EffectValue::Deadline(Deadline { end_of_day: false, ..deadline.clone() }));
                        edits.push(Edit::lazy(phrase.at.0, "without `the end of the day`", to));
                    }
                    edits.push(Edit::lazy(phrase.at.0, format!("without `{}`", phrase.value), gone));
                }
                EffectValue::Words(words) => {
                    for (at, word) in words.iter().enumerate() {
                        let edit = match self.lowered(&phrase.value, word) {
                            Some(lower) => {
                                let said = format!("{} -> {lower}", word.text);
                                let lower = Word { text: lower, at: word.at };
                                Edit::lazy(word.at.0, said, move || put(EffectValue::Words(vec![lower.clone()])))
                            }
                            None if words.len() == 1 => {
                                let said = format!("without `{} {}`", phrase.value, word.text);
                                Edit::lazy(word.at.0, said, gone)
                            }
                            None => {
                                let said = format!("`{}` without {}", phrase.value, word.text);
                                Edit::lazy(word.at.0, said, move || put(EffectValue::Words(without(words, at))))
                            }
                        };
                        edits.push(edit);
                    }
                }
            }
        }
        edits
    }

    /// The value of an outcome that asks for a little less, where there is one.
    fn lowered(&self, phrase: &str, word: &Word) -> Option<String> {
        let outcome = self.vocabulary.outcomes.iter().find(|it| it.phrase.eq_ignore_ascii_case(phrase))?;
        outcome.kind.lower(&word.text)
    }

    /// The value of a setting one step lower and one higher; of a word, one lower.
    fn quantity<'e>(&self, quantity: &'e Quantity, name: &str) -> Vec<Edit<'e, Quantity>> {
        let named = |mut edit: Edit<'e, Quantity>| {
            edit.words = format!("{name}: {}", edit.words);
            edit
        };
        let edits: Vec<Edit<'e, Quantity>> = match quantity {
            Quantity::Length(written) => lengths(*written).into_iter().map(|edit| edit.map(Quantity::Length)).collect(),
            Quantity::Clock(written) => minutes(*written).into_iter().map(|edit| edit.map(Quantity::Clock)).collect(),
            Quantity::Number { number, unit } => numbers(*number)
                .into_iter()
                .map(|edit| edit.map(move |number| Quantity::Number { number, unit: unit.clone() }))
                .collect(),
            Quantity::Word(word) if self.editor.calendars.contains_key(name) => {
                let others = self.editor.calendars.get(name).into_iter().flatten().filter(|other| **other != word.text);
                let edits = others.map(|other| {
                    let to = Word { text: other.clone(), at: word.at };
                    Edit::new(word.at.0, format!("{} -> {other}", word.text), Quantity::Word(to))
                });
                edits.collect()
            }
            Quantity::Word(word) => self
                .vocabulary
                .outcomes
                .iter()
                .filter_map(|outcome| outcome.kind.lower(&word.text))
                .take(1)
                .map(|lower| {
                    let to = Word { text: lower.clone(), at: word.at };
                    Edit::new(word.at.0, format!("{} -> {lower}", word.text), Quantity::Word(to))
                })
                .collect(),
        };
        edits.into_iter().map(named).collect()
    }

    /// What each row gives, and where it begins: one less and one more.
    fn table<'e>(&self, table: &'e TableItem) -> Vec<Edit<'e, Item>> {
        let mut edits = Vec::new();
        for (place, line) in table.lines.iter().enumerate() {
            let TableLine::Gives(rows) = &line.node else { continue };
            for (at, row) in rows.iter().enumerate() {
                for edit in amount(&row.node.gives) {
                    edits.push(edit.map(move |to| {
                        let mut rows = rows.clone();
                        if let Some(row) = rows.get_mut(at) {
                            row.node.gives = to;
                        }
                        let mut table = table.clone();
                        if let Some(line) = table.lines.get_mut(place) {
                            line.node = TableLine::Gives(rows);
                        }
                        Item::Table(table)
                    }));
                }
            }
            for at in 1..rows.len() {
                edits.extend([-1, 1].into_iter().filter_map(|by| row_edge(table, place, at, by)));
            }
        }
        edits
    }

    fn score<'e>(&self, score: &'e crate::syntax::tree::ScoreItem) -> Vec<Edit<'e, Item>> {
        let mut edits: Vec<Edit<'e, Vec<Line<ScoreLine>>>> = Vec::new();
        let put = move |place: usize, node: ScoreLine| {
            let mut lines = score.lines.clone();
            if let Some(line) = lines.get_mut(place) {
                line.node = node;
            }
            lines
        };
        for (place, line) in score.lines.iter().enumerate() {
            match &line.node {
                ScoreLine::Points(points) => {
                    for (at, point) in points.iter().enumerate() {
                        let with = move |change: &dyn Fn(&mut crate::syntax::tree::Points)| {
                            let mut points = points.clone();
                            if let Some(point) = points.get_mut(at) {
                                change(&mut point.node);
                            }
                            put(place, ScoreLine::Points(points))
                        };
                        for edit in amount(&point.node.points) {
                            edits.push(edit.map(move |to| with(&|point| point.points = to.clone())));
                        }
                        for edit in self.editor.condition(&point.node.when) {
                            edits.push(edit.map(move |to| with(&|point| point.when = to.clone())));
                        }
                    }
                }
                ScoreLine::CountUnansweredAsYes => {
                    let fewer = move || without(&score.lines, place);
                    edits.push(Edit::lazy(line.at.0, "without `count unanswered as yes`", fewer));
                }
                ScoreLine::Bands(bands) => {
                    // The edge between two bands, one lower and one higher.
                    for at in 1..bands.len() {
                        for by in [-1, 1] {
                            // An edge that a setting holds is moved where that is set.
                            let Some((Amount::Number(from), span)) = bands.get(at).map(|it| (&it.node.from, it.at.0))
                            else {
                                continue;
                            };
                            let (from, written) = (from.value, from.at);
                            let Some(edge) = from.checked_add(by) else { continue };
                            let to = move || {
                                let mut bands = bands.clone();
                                if let Some(upper) = bands.get_mut(at) {
                                    upper.node.from = Amount::Number(Number { value: edge, at: written });
                                }
                                if let Some(BandEnd::At(to)) = bands.get_mut(at - 1).map(|lower| &mut lower.node.end) {
                                    to.value = edge.saturating_sub(1);
                                }
                                put(place, ScoreLine::Bands(bands))
                            };
                            edits.push(Edit::lazy(span, format!("the band from {from} -> from {edge}"), to));
                        }
                    }
                }
                ScoreLine::Help(_) | ScoreLine::Source(_) => {}
            }
        }
        if !score.lines.iter().any(|line| matches!(line.node, ScoreLine::CountUnansweredAsYes)) {
            let more = move || {
                let node = ScoreLine::CountUnansweredAsYes;
                [&score.lines[..], &[Line { node, at: score.name.at, comments: Default::default() }]].concat()
            };
            edits.push(Edit::lazy(score.name.at.0, "with `count unanswered as yes`", more));
        }
        let build = move |lines| {
            let mut score = score.clone();
            score.lines = lines;
            Item::Score(score)
        };
        edits.into_iter().map(|edit| edit.map(build)).collect()
    }
}
