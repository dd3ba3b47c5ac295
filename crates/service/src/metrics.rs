//! What happened -> counters and histograms for Prometheus: policies, rules and outcomes by name, and nothing of anybody.

use heedful::engine::Snapshot;
use heedful::model::{Decision, OutcomeValue};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByPolicy {
    policy: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    policy: String,
    outcome: String,
    value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRule {
    policy: String,
    rule: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByKind {
    kind: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByCertificate {
    of: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByStatus {
    route: &'static str,
    status: u16,
}

pub(crate) struct Metrics {
    registry: Registry,
    decisions: Family<ByPolicy, Counter>,
    repeated: Family<ByPolicy, Counter>,
    refused: Family<ByPolicy, Counter>,
    undecided: Family<ByPolicy, Counter>,
    outcomes: Family<ByOutcome, Counter>,
    rules: Family<ByRule, Counter>,
    unrecorded: Counter,
    queued: Counter,
    waiting: Gauge,
    seconds: Histogram,
    answers: Family<ByStatus, Counter>,
    generation: Gauge,
    told: Family<ByKind, Counter>,
    records_refused: Counter,
    not_whole: Family<ByKind, Counter>,
    due_told: Counter,
    days_left: Family<ByCertificate, Gauge>,
}

/// From 20 microseconds to half a second.
const BOUNDS: [f64; 12] = [2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 5e-2, 0.1, 0.5];

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("heedful"),
            decisions: Family::default(),
            repeated: Family::default(),
            refused: Family::default(),
            undecided: Family::default(),
            outcomes: Family::default(),
            rules: Family::default(),
            unrecorded: Counter::default(),
            queued: Counter::default(),
            waiting: Gauge::default(),
            seconds: Histogram::new(BOUNDS),
            answers: Family::default(),
            generation: Gauge::default(),
            told: Family::default(),
            records_refused: Counter::default(),
            not_whole: Family::default(),
            due_told: Counter::default(),
            days_left: Family::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("decisions", "Cases that were decided", metrics.decisions.clone());
        registry.register(
            "repeated",
            "Cases that were answered with what was recorded of them",
            metrics.repeated.clone(),
        );
        registry.register("refused", "Cases that could not be read", metrics.refused.clone());
        registry.register("undecided", "Decisions in which some rule was undecided", metrics.undecided.clone());
        registry.register("outcomes", "Decisions by what they say", metrics.outcomes.clone());
        registry.register("rules_fired", "Decisions in which a rule fired", metrics.rules.clone());
        registry.register(
            "unrecorded",
            "Decisions that were given without a record of them",
            metrics.unrecorded.clone(),
        );
        registry.register(
            "queued",
            "Decisions that were given while they waited to be recorded",
            metrics.queued.clone(),
        );
        registry.register("waiting", "Decisions that wait to be recorded now", metrics.waiting.clone());
        registry.register("records", "Records that feeds told, by kind", metrics.told.clone());
        registry.register("records_refused", "Records that could not be kept", metrics.records_refused.clone());
        registry.register(
            "history_not_whole",
            "Decisions with the history that is kept here for which not all records of a kind were there",
            metrics.not_whole.clone(),
        );
        registry.register("due_told", "Times ahead that came and were told", metrics.due_told.clone());
        registry.register(
            "certificate_days_left",
            "Whole days until a certificate ends; below zero once it has",
            metrics.days_left.clone(),
        );
        registry.register("deciding_seconds", "How long it took to read and decide a case", metrics.seconds.clone());
        registry.register("answers", "Answers by route and status", metrics.answers.clone());
        registry.register(
            "generation",
            "The number of the generation in force; 0 for none",
            metrics.generation.clone(),
        );
        metrics
    }

    pub(crate) fn decided(&self, policy: &Snapshot, decision: &Decision, took: Duration) {
        let name = || policy.name().to_owned();
        self.decisions.get_or_create(&ByPolicy { policy: name() }).inc();
        if !decision.undecided.is_empty() {
            self.undecided.get_or_create(&ByPolicy { policy: name() }).inc();
        }
        for fired in &decision.fired {
            self.rules.get_or_create(&ByRule { policy: name(), rule: fired.rule.clone() }).inc();
        }
        let vocabulary = policy.vocabulary();
        for outcome in &vocabulary.outcomes {
            let values = match vocabulary.outcome_value(&decision.outcome, &outcome.name) {
                Some(OutcomeValue::One(value)) => value.map(str::to_owned).into_iter().collect(),
                Some(OutcomeValue::All(values)) => values.into_iter().map(str::to_owned).collect(),
                // A time is no name, and there are too many of them.
                _ => Vec::new(),
            };
            for value in values {
                let outcome = outcome.name.clone();
                self.outcomes.get_or_create(&ByOutcome { policy: name(), outcome, value }).inc();
            }
        }
        self.seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn repeated(&self, policy: &str) {
        self.repeated.get_or_create(&ByPolicy { policy: policy.to_owned() }).inc();
    }

    pub(crate) fn refused(&self, policy: &str) {
        self.refused.get_or_create(&ByPolicy { policy: policy.to_owned() }).inc();
    }

    pub(crate) fn told(&self, kind: &str) {
        self.told.get_or_create(&ByKind { kind: kind.to_owned() }).inc();
    }

    pub(crate) fn record_refused(&self) {
        self.records_refused.inc();
    }

    pub(crate) fn not_whole(&self, kind: &str) {
        self.not_whole.get_or_create(&ByKind { kind: kind.to_owned() }).inc();
    }

    pub(crate) fn due_told(&self) {
        self.due_told.inc();
    }

    pub(crate) fn unrecorded(&self) {
        self.unrecorded.inc();
    }

    pub(crate) fn queued(&self) {
        self.queued.inc();
    }

    pub(crate) fn answered(&self, route: &'static str, status: u16) {
        self.answers.get_or_create(&ByStatus { route, status }).inc();
    }

    /// All of it as text, with the generation that is in force, how many decisions wait to be recorded, and the days that are left of each
    /// certificate.
    pub(crate) fn text(
        &self,
        generation: u64,
        waiting: usize,
        days_left: impl Iterator<Item = (&'static str, i64)>,
    ) -> Option<String> {
        for (of, days) in days_left {
            self.days_left.get_or_create(&ByCertificate { of }).set(days);
        }
        self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.generation.set(i64::try_from(generation).unwrap_or(i64::MAX));
        let mut text = String::new();
        encode(&mut text, &self.registry).ok().map(|()| text)
    }
}
