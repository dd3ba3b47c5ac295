//! `PolicyDocument` -> JSON: the effective policy for other programs, every value and rule with where it came from.

use crate::engine::VERSION;
use crate::explain::{
    Acceptance, Addition, BaseChanges, Calendar, Defined, Floor, GivenValue, Glossary, Invariant, Points,
    PolicyDocument, Rule, Score, Sentence, Setting, Statement, Suspension, Table, plain,
};
use crate::text::{Sources, Span};
use serde_json::{Value, json};
use std::io;

/// Writes the effective policy as one JSON object, without the line's end.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_policy<W: io::Write>(out: W, document: &PolicyDocument, sources: &Sources) -> io::Result<()> {
    serde_json::to_writer(out, &shape(document, sources)).map_err(io::Error::from)
}

pub(super) fn shape(document: &PolicyDocument, sources: &Sources) -> Value {
    let shown = Shown { sources };
    let rules = document.sections.iter().flat_map(|section| &section.groups).flat_map(|group| &group.rules);
    json!({
        "policy": document.name,
        "built_on": document.chain.iter().rev().skip(1).collect::<Vec<_>>(),
        "digest": document.digest,
        "engine": VERSION,
        "vocabulary": document.vocabulary,
        "time_zone": document.zone,
        "changes": document.changes.iter().map(|changes| shown.changes(changes)).collect::<Value>(),
        "settings": document.settings.iter().map(|setting| shown.setting(setting)).collect::<Value>(),
        "floors": document.floors.iter().map(floor).collect::<Value>(),
        "invariants": document.invariants.iter().map(|invariant| shown.invariant(invariant)).collect::<Value>(),
        "rules": rules.map(|rule| shown.rule(rule)).collect::<Value>(),
        "definitions": document.definitions.iter().map(|defined| shown.defined(defined)).collect::<Value>(),
        "scores": document.scores.iter().map(|score| shown.score(score)).collect::<Value>(),
        "tables": document.tables.iter().map(|table| shown.table(table)).collect::<Value>(),
        "calendars": document.calendars.iter().map(calendar).collect::<Value>(),
        "words": document.words.iter().map(words).collect::<Value>(),
        "accepted": document.acceptances.iter().map(|accepted| shown.acceptance(accepted)).collect::<Value>(),
    })
}

/// Who accepts a warning, why and until when.
pub(super) fn acceptance(accepted: &Acceptance, sources: &Sources) -> Value {
    Shown { sources }.acceptance(accepted)
}

/// Values with the files in which their places lie.
struct Shown<'s> {
    sources: &'s Sources,
}

impl Shown<'_> {
    /// The file, and the line counted from 1.
    fn place(&self, at: Span) -> Value {
        self.sources
            .get(at.source)
            .map_or(Value::Null, |source| json!({"file": source.name, "line": source.position(at.start).line}))
    }

    fn changes(&self, changes: &BaseChanges) -> Value {
        let moved = changes.moved.iter().map(
            |moved| json!({"setting": moved.name, "from": moved.from, "to": moved.to, "at": self.place(moved.at)}),
        );
        let called = changes
            .called
            .iter()
            .map(|called| json!({"outcome": called.outcome, "value": called.value, "called": called.label}));
        let suspended = changes
            .suspended
            .iter()
            .map(|suspended| json!({"rule": suspended.rule, "suspension": self.suspension(&suspended.suspension)}));
        let added = changes
            .additions
            .iter()
            .map(|added| json!({"rule": added.rule, "addition": self.addition(&added.addition)}));
        json!({
            "policy": changes.policy,
            "base": changes.base,
            "settings": moved.collect::<Value>(),
            "suspended": suspended.collect::<Value>(),
            "added_to_rules": added.collect::<Value>(),
            "rules": changes.rules.iter().map(|(rule, _)| rule).collect::<Vec<_>>(),
            "invariants": changes.invariants.iter().map(|(invariant, _)| invariant).collect::<Vec<_>>(),
            "called": called.collect::<Value>(),
            "words": changes.words,
            "names": changes.names,
        })
    }

    fn setting(&self, setting: &Setting) -> Value {
        let given =
            |given: &GivenValue| json!({"policy": given.policy, "value": given.value, "at": self.place(given.at)});
        json!({
            "name": setting.name,
            "value": setting.value,
            "help": setting.help,
            "range": setting.range,
            "never": setting.never.map(|never| never.trim_start_matches("never ")),
            "given": setting.given.iter().map(given).collect::<Value>(),
        })
    }

    fn rule(&self, rule: &Rule) -> Value {
        json!({
            "name": rule.name,
            "title": rule.title,
            "policy": rule.policy,
            "at": self.place(rule.at),
            "trial": rule.trial,
            "from": rule.from,
            "until": rule.until,
            "dated_by": rule.dated_by,
            "may_be_suspended": rule.may_be_suspended,
            "may_be_widened": rule.may_be_widened,
            "suspension": rule.suspension.as_ref().map(|suspension| self.suspension(suspension)),
            "when": statement(&rule.when),
            "applies_unless_known_otherwise": rule.presumed,
            "not_again": rule.not_again.as_ref().map(plain),
            "then": lines(&rule.then),
            "because": plain(&rule.because),
            "sources": rule.sources,
            "additions": rule.additions.iter().map(|addition| self.addition(addition)).collect::<Value>(),
        })
    }

    fn invariant(&self, invariant: &Invariant) -> Value {
        let demands = if invariant.never { "never" } else { "then" };
        json!({
            "name": invariant.name,
            "title": invariant.title,
            "policy": invariant.policy,
            "at": self.place(invariant.at),
            "whenever": statement(&invariant.whenever),
            demands: lines(&invariant.demands),
            "sources": invariant.sources,
        })
    }

    fn suspension(&self, suspension: &Suspension) -> Value {
        json!({
            "policy": suspension.policy,
            "from": suspension.from,
            "until": suspension.until,
            "reason": suspension.reason,
            "owner": suspension.owner,
            "at": self.place(suspension.at),
        })
    }

    fn acceptance(&self, accepted: &Acceptance) -> Value {
        json!({
            "policy": accepted.policy,
            "warning": accepted.warning,
            "for": accepted.about,
            "says": accepted.says,
            "until": accepted.until,
            "reason": accepted.reason,
            "owner": accepted.owner,
            "at": self.place(accepted.at),
        })
    }

    fn addition(&self, addition: &Addition) -> Value {
        json!({
            "policy": addition.policy,
            "also_when": addition.also_when.as_ref().map(statement),
            "then": lines(&addition.then),
            "because": plain(&addition.because),
            "sources": addition.sources,
            "at": self.place(addition.at),
        })
    }

    fn defined(&self, defined: &Defined) -> Value {
        json!({
            "name": defined.name,
            "plural": defined.plural,
            "means": statement(&defined.means),
            "policy": defined.policy,
            "at": self.place(defined.at),
        })
    }

    fn table(&self, table: &Table) -> Value {
        let rows = table.rows.iter().map(|(when, gives)| json!({"when": when, "gives": gives}));
        json!({
            "name": table.name,
            "title": table.title,
            "by": table.by,
            "rows": rows.collect::<Value>(),
            "sources": table.sources,
            "policy": table.policy,
            "at": self.place(table.at),
        })
    }

    fn score(&self, score: &Score) -> Value {
        let points = score.points.iter().map(|Points { points, each, of }| match each {
            true => json!({"points": points, "for_each_yes_of": statement(of)}),
            false => json!({"points": points, "when": statement(of)}),
        });
        json!({
            "name": score.name,
            "title": score.title,
            "points": points.collect::<Value>(),
            "bands": score.bands,
            "unanswered_as_yes": score.unanswered_as_yes,
            "sources": score.sources,
            "policy": score.policy,
            "at": self.place(score.at),
        })
    }
}

/// A line, or a line with the list under it.
fn statement(said: &Statement) -> Value {
    if said.under.is_empty() {
        return Value::String(plain(&said.said));
    }
    json!({"said": plain(&said.said), "under": said.under.iter().map(statement).collect::<Value>()})
}

fn lines(sentences: &[Sentence]) -> Value {
    sentences.iter().map(plain).collect()
}

fn calendar(calendar: &Calendar) -> Value {
    json!({"name": calendar.name, "help": calendar.help, "skips": calendar.skips, "complete": calendar.complete})
}

fn floor(floor: &Floor) -> Value {
    json!({"outcome": floor.outcome, "never_below": floor.fact, "help": floor.help})
}

fn words(glossary: &Glossary) -> Value {
    let words =
        glossary.words.iter().map(|word| json!({"word": word.name, "help": word.help, "may_say": word.may_say}));
    json!({"heading": glossary.heading, "help": glossary.help, "words": words.collect::<Value>()})
}
