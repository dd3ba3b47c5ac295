//! Event -> one JSON object, for whatever watches the watcher.

use super::diagnostic::DiagnosticShape;
use crate::changes::{Change, ChangeKind, ChangedPart, Changes};
use crate::engine::Snapshot;
use crate::live::{Checked, Event, Gate, Generation, HoldReason, Loss, Lost, Origin, Refusal, WentLive};
use serde::Serialize;
use std::io;

/// Writes an event on one line, without the line's end. `at` is when it was heard of.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_event<W: io::Write>(out: W, at: &str, event: &Event) -> io::Result<()> {
    serde_json::to_writer(out, &EventLine { at, event: EventShape::new(event) }).map_err(io::Error::from)
}

/// Writes what differs between two generations as one JSON object, without the line's end.
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_changes<W: io::Write>(out: W, changes: &Changes) -> io::Result<()> {
    serde_json::to_writer(out, &ChangesShape { changes: changes.list.iter().map(ChangeShape::new).collect() })
        .map_err(io::Error::from)
}

#[derive(Serialize)]
struct EventLine<'e> {
    at: &'e str,
    #[serde(flatten)]
    event: EventShape<'e>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum EventShape<'e> {
    Live {
        origin: &'static str,
        generation: GenerationShape<'e>,
        before: Option<GenerationShape<'e>>,
        milliseconds_from_save: Option<u64>,
        gates: Vec<GateShape<'e>>,
        changes: Vec<ChangeShape<'e>>,
    },
    Refused {
        seconds_since_first_told: Option<u64>,
        live: Option<GenerationShape<'e>>,
        gates: Vec<GateShape<'e>>,
        changes: Vec<ChangeShape<'e>>,
        diagnostics: Vec<DiagnosticShape<'e>>,
    },
    Held {
        reason: &'static str,
        missing: &'e [String],
        seconds_at_most: Option<u64>,
        said: Option<&'e str>,
        #[serde(flatten)]
        loss: Option<LossShape<'e>>,
    },
    Mended,
    Trouble {
        said: &'e str,
    },
    Missed {
        events: u64,
    },
}

#[derive(Serialize)]
struct GenerationShape<'e> {
    number: u64,
    meaning: &'e str,
    bytes: &'e str,
    policies: Vec<PolicyShape<'e>>,
}

#[derive(Serialize)]
struct PolicyShape<'e> {
    name: &'e str,
    digest: &'e str,
    rules: usize,
}

#[derive(Serialize)]
struct GateShape<'e> {
    gate: &'static str,
    passed: bool,
    said: &'e [String],
}

/// A change that waits to be accepted.
#[derive(Serialize)]
struct LossShape<'e> {
    seconds_since_first_told: Option<u64>,
    live: Option<u64>,
    can_be_accepted: bool,
    gates: Vec<GateShape<'e>>,
    lost: Vec<LostShape<'e>>,
    accepted: &'e [String],
    changes: Vec<ChangeShape<'e>>,
}

#[derive(Serialize)]
struct LostShape<'e> {
    name: &'e str,
    id: String,
    policies: Vec<&'e str>,
    said: &'e [String],
    changes: Vec<ChangeShape<'e>>,
}

#[derive(Serialize)]
struct ChangesShape<'e> {
    changes: Vec<ChangeShape<'e>>,
}

/// One change, for programs.
#[derive(Serialize)]
pub(super) struct ChangeShape<'e> {
    how: &'static str,
    what: &'static str,
    name: &'e str,
    parts: Vec<PartShape<'e>>,
    policies: &'e [String],
    touches: &'e [String],
}

#[derive(Serialize)]
struct PartShape<'e> {
    part: &'e str,
    before: Option<&'e str>,
    after: Option<&'e str>,
}

impl<'e> EventShape<'e> {
    fn new(event: &'e Event) -> Self {
        match event {
            Event::Live(live) => Self::live(live),
            Event::Refused(refusal) => Self::refused(refusal),
            Event::Held(held) => Self::held(held),
            Event::Mended => Self::Mended,
            Event::Trouble(said) => Self::Trouble { said },
            Event::Missed(events) => Self::Missed { events: *events },
        }
    }

    fn live(live: &'e WentLive) -> Self {
        let WentLive { generation, before, changes, origin, gates, took } = live;
        Self::Live {
            origin: origin_name(*origin),
            generation: GenerationShape::new(generation),
            before: before.as_deref().map(GenerationShape::new),
            milliseconds_from_save: took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            gates: gates.iter().map(GateShape::new).collect(),
            changes: changes.list.iter().map(ChangeShape::new).collect(),
        }
    }

    fn refused(refusal: &'e Refusal) -> Self {
        let Refusal { gates, load, live, changes, since } = refusal;
        Self::Refused {
            seconds_since_first_told: since.map(|since| since.as_secs()),
            live: live.as_deref().map(GenerationShape::new),
            gates: gates.iter().map(GateShape::new).collect(),
            changes: changes.list.iter().map(ChangeShape::new).collect(),
            diagnostics: load.diagnostics.iter().map(|problem| DiagnosticShape::new(problem, &load.sources)).collect(),
        }
    }

    fn held(held: &'e HoldReason) -> Self {
        let (reason, missing, longest, said) = match held {
            HoldReason::Missing { what, longest } => ("missing", what.as_slice(), Some(longest), None),
            HoldReason::Checkout { longest } => ("checkout", [].as_slice(), Some(longest), None),
            HoldReason::Restored { meaning } => ("restored", [].as_slice(), None, Some(meaning.as_str())),
            HoldReason::Loss(_) => ("loss", [].as_slice(), None, None),
            HoldReason::NotKept { why } => ("not-kept", [].as_slice(), None, Some(why.as_str())),
        };
        let loss = match held {
            HoldReason::Loss(loss) => Some(LossShape::new(loss)),
            _ => None,
        };
        Self::Held { reason, missing, seconds_at_most: longest.map(std::time::Duration::as_secs), said, loss }
    }
}

impl<'e> GenerationShape<'e> {
    fn new(generation: &'e Generation) -> Self {
        let policy = |policy: &'e Snapshot| PolicyShape {
            name: policy.name(),
            digest: policy.digest(),
            rules: policy.rule_count(),
        };
        Self {
            number: generation.number(),
            meaning: generation.meaning(),
            bytes: generation.bytes(),
            policies: generation.policies().iter().map(policy).collect(),
        }
    }
}

impl<'e> GateShape<'e> {
    fn new(checked: &'e Checked) -> Self {
        let gate = match checked.gate {
            Gate::Checks => "checks",
            Gate::Tests => "tests",
            Gate::Base => "base",
            Gate::InForce => "in-force",
        };
        Self { gate, passed: checked.passed, said: &checked.said }
    }
}

impl<'e> LossShape<'e> {
    fn new(loss: &'e Loss) -> Self {
        let lost = |lost: &'e Lost| LostShape {
            name: &lost.name,
            id: lost.id(),
            policies: lost.policies.iter().map(String::as_str).collect(),
            said: &lost.said,
            changes: lost.changes.iter().map(ChangeShape::new).collect(),
        };
        Self {
            seconds_since_first_told: loss.since.map(|since| since.as_secs()),
            live: loss.live,
            can_be_accepted: loss.is_kept,
            gates: loss.gates.iter().map(GateShape::new).collect(),
            lost: loss.lost.iter().map(lost).collect(),
            accepted: &loss.accepted,
            changes: loss.changes.list.iter().map(ChangeShape::new).collect(),
        }
    }
}

impl<'e> ChangeShape<'e> {
    pub(super) fn new(change: &'e Change) -> Self {
        let Change { how, what, name, parts, policies, touches } = change;
        let part = |part: &'e ChangedPart| PartShape {
            part: part.name,
            before: part.before.as_deref(),
            after: part.after.as_deref(),
        };
        Self {
            how: match how {
                ChangeKind::Removed => "removed",
                ChangeKind::Added => "added",
                ChangeKind::Changed => "changed",
            },
            what: what.word(),
            name,
            parts: parts.iter().map(part).collect(),
            policies,
            touches,
        }
    }
}

/// The name by which an origin is written.
pub fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Files => "files",
        Origin::LastGood => "last-good",
        Origin::Restored => "restored",
    }
}
