//! Two policies that were compared -> one JSON object.

use super::event::ChangeShape;
use super::written_case::case_to_json;
use crate::engine::Snapshot;
use crate::model::{Content, Level, OutcomeId};
use crate::proof::{
    AllowedBy, Became, Compared, Finding, NotSettled, PartComparison, Shown, Standing, Together, Verdict,
};
use serde::Serialize;
use serde_json::value::RawValue;
use std::io;

/// What a call says to people: the sentence that says what it shows, and the call itself.
#[derive(Clone, Debug)]
pub struct CallWords {
    /// What it shows, and why.
    pub said: String,
    /// The call, a line for each sentence.
    pub call: String,
    /// Where its case was written, if it was.
    pub file: Option<String>,
}

/// Writes what came of comparisons as one JSON object, without the line's end. `words` are those of each call, in the order of
/// [`Compared::case_files`].
///
/// # Errors
/// Whatever `out` could not do.
pub fn write_comparisons<W: io::Write>(out: W, compared: &[(Compared<'_>, Vec<CallWords>)]) -> io::Result<()> {
    let mut findings = [Finding::Lower, Finding::NotSettled].into_iter();
    let worst = findings.find(|finding| compared.iter().any(|(compared, _)| compared.finding() == *finding));
    let shape = ComparisonsShape {
        verdict: finding_name(worst.unwrap_or(Finding::NeverLower)),
        comparisons: compared.iter().map(|(compared, words)| ComparisonShape::new(compared, words)).collect(),
    };
    serde_json::to_writer(out, &shape).map_err(io::Error::from)
}

fn finding_name(finding: Finding) -> &'static str {
    match finding {
        Finding::NeverLower => "never-lower",
        Finding::Lower => "lower",
        Finding::NotSettled => "not-settled",
    }
}

#[derive(Serialize)]
struct ComparisonsShape<'c> {
    verdict: &'static str,
    comparisons: Vec<ComparisonShape<'c>>,
}

#[derive(Serialize)]
struct ComparisonShape<'c> {
    verdict: &'static str,
    old: PolicyShape<'c>,
    new: PolicyShape<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_compared: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'c str>,
    outcomes: Vec<OutcomeShape<'c>>,
    changes: Vec<ChangeShape<'c>>,
    lower: Vec<CallShape<'c>>,
    higher: Vec<CallShape<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<CertifiedShape<'c>>,
}

#[derive(Serialize)]
struct PolicyShape<'c> {
    name: &'c str,
    digest: &'c str,
}

#[derive(Serialize)]
struct OutcomeShape<'c> {
    outcome: &'c str,
    lower: VerdictShape<'c>,
    higher: VerdictShape<'c>,
}

#[derive(Serialize)]
struct VerdictShape<'c> {
    verdict: &'static str,
    asked: usize,
    proved: usize,
    not_settled: Vec<OpenShape<'c>>,
}

#[derive(Serialize)]
struct OpenShape<'c> {
    rule: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<TogetherShape<'c>>,
    why: &'c str,
}

/// With what a rule is enough for something, where it is not by itself.
#[derive(Serialize)]
struct TogetherShape<'c> {
    rules: &'c [String],
    unknown: &'c str,
}

impl<'c> TogetherShape<'c> {
    fn new(together: &'c Together) -> Self {
        Self { rules: &together.with, unknown: &together.name }
    }
}

#[derive(Serialize)]
struct CallShape<'c> {
    rule: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<TogetherShape<'c>>,
    title: Option<&'c str>,
    said: &'c str,
    outcomes: Vec<GivenShape<'c>>,
    why: WhyShape<'c>,
    /// What the base allows that makes it so, where a policy is compared with its base.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_by: Option<Vec<String>>,
    call: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct GivenShape<'c> {
    outcome: &'c str,
    old: LevelShape<'c>,
    new: LevelShape<'c>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum LevelShape<'c> {
    One(Option<&'c str>),
    All(Vec<&'c str>),
    Time(Option<String>),
    Number(Option<i64>),
}

/// What became of the rule in the policy that gives less.
#[derive(Serialize)]
struct WhyShape<'c> {
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lacks: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'c [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    settings: Vec<SettingShape<'c>>,
    also: &'c [String],
}

#[derive(Serialize)]
struct SettingShape<'c> {
    name: &'c str,
    old: Option<&'c str>,
    new: Option<&'c str>,
}

#[derive(Serialize)]
struct CertifiedShape<'c> {
    asked: usize,
    proved: usize,
    alike: usize,
    certified: usize,
    flaws: &'c [String],
}

impl<'c> ComparisonShape<'c> {
    fn new(compared: &'c Compared<'_>, words: &'c [CallWords]) -> Self {
        let Compared { old, new, comparison, lower, higher, changes, note, certified, .. } = compared;
        let (words_of_lower, words_of_higher) = words.split_at_checked(lower.len()).unwrap_or((words, &[]));
        let calls = |all: &'c [Shown], words: &'c [CallWords], is_lower| {
            all.iter().zip(words).map(|(shown, words)| CallShape::new(compared, shown, words, is_lower)).collect()
        };
        Self {
            verdict: match comparison.not_compared {
                Some(_) => "not-compared",
                None => finding_name(compared.finding()),
            },
            old: PolicyShape { name: old.name(), digest: &compared.old_digest },
            new: PolicyShape { name: new.name(), digest: new.digest() },
            not_compared: comparison.not_compared.as_deref(),
            note: note.as_deref(),
            outcomes: comparison.parts.iter().map(|part| OutcomeShape::new(new, part)).collect(),
            changes: changes.iter().map(ChangeShape::new).collect(),
            lower: calls(lower, words_of_lower, true),
            higher: calls(higher, words_of_higher, false),
            certificates: certified.as_ref().map(|found| CertifiedShape {
                asked: found.asked,
                proved: found.proved,
                alike: found.alike,
                certified: found.certified,
                flaws: &found.flaws,
            }),
        }
    }
}

impl<'c> OutcomeShape<'c> {
    fn new(policy: &'c Snapshot, part: &'c PartComparison) -> Self {
        Self {
            outcome: name(policy, part.outcome),
            lower: VerdictShape::new(&part.lower),
            higher: VerdictShape::new(&part.higher),
        }
    }
}

impl<'c> OpenShape<'c> {
    fn new(open: &'c NotSettled) -> Self {
        Self { rule: &open.rule, together: open.together.as_ref().map(TogetherShape::new), why: &open.why }
    }
}

impl<'c> VerdictShape<'c> {
    fn new(verdict: &'c Verdict) -> Self {
        Self {
            verdict: match verdict.standing() {
                Standing::Never => "never",
                Standing::ForSomeCalls => "for-some-calls",
                Standing::NotSettled => "not-settled",
            },
            asked: verdict.asked(),
            proved: verdict.proved,
            not_settled: verdict.not_settled.iter().map(OpenShape::new).collect(),
        }
    }
}

impl<'c> CallShape<'c> {
    fn new(compared: &'c Compared<'_>, shown: &'c Shown, words: &'c CallWords, is_lower: bool) -> Self {
        let (old, new) = (&*compared.old, compared.new);
        let own = if is_lower { old } else { new };
        let in_order = |(own, other)| if is_lower { (own, other) } else { (other, own) };
        let given = shown.parts.iter().map(|part| {
            let (before, after) = in_order((part.more, part.less));
            let outcome = name(old, part.outcome);
            GivenShape {
                outcome,
                old: LevelShape::new(old, part.outcome, before),
                new: LevelShape::new(new, part.outcome, after),
            }
        });
        // Of a case that stands in a file the file is enough.
        let case = || case_to_json(own, &shown.call.case(own.vocabulary(), own.zone()));
        Self {
            rule: &shown.rule,
            together: shown.together.as_ref().map(TogetherShape::new),
            title: shown.title.as_deref(),
            said: &words.said,
            outcomes: given.collect(),
            why: WhyShape::new(compared, shown, is_lower),
            allowed_by: compared.base.as_ref().filter(|base| is_lower && !base.is_weaker(&shown.rule)).map(|base| {
                let reads = |name: &str| shown.settings.iter().any(|setting| setting.name == name);
                base.allows(&shown.rule, reads).into_iter().map(AllowedBy::in_words).collect()
            }),
            call: &words.call,
            file: words.file.as_deref(),
            case: if words.file.is_none() { RawValue::from_string(case()).ok() } else { None },
        }
    }
}

impl<'c> WhyShape<'c> {
    fn new(compared: &Compared<'_>, shown: &'c Shown, is_lower: bool) -> Self {
        let other = if is_lower { compared.new } else { &compared.old };
        let (rule, lacks, unknown, until) = match &shown.became {
            Became::Gone => ("not-there", None, None, None),
            Became::OnTrial => ("on-trial", None, None, None),
            Became::Suspended(until) => ("suspended", None, None, Some(other.zone().format(*until))),
            Became::NotInForce => ("not-in-force", None, None, None),
            Became::Lacks(lacks) => ("does-not-apply", lacks.as_deref(), None, None),
            Became::NotKnown(unknown) => ("not-known", None, Some(unknown.as_slice()), None),
            Became::GivesLess => ("gives-less", None, None, None),
        };
        let settings = shown.settings.iter().map(|setting| {
            let (own, other) = (setting.own.as_deref(), setting.other.as_deref());
            let (old, new) = if is_lower { (own, other) } else { (other, own) };
            SettingShape { name: &setting.name, old, new }
        });
        Self { rule, lacks, unknown, until, settings: settings.collect(), also: &shown.also }
    }
}

impl<'c> LevelShape<'c> {
    fn new(policy: &'c Snapshot, outcome: OutcomeId, level: Level) -> Self {
        let kind = policy.vocabulary().outcomes.get(outcome.index()).map(|outcome| &outcome.kind);
        let word = |at: u16| kind.and_then(|kind| kind.value(at));
        match level.content() {
            Content::Value(at) => Self::One(at.and_then(word)),
            Content::Values(_) => Self::All(level.values().filter_map(word).collect()),
            Content::Time(at) => Self::Time(at.map(|at| policy.zone().format(at))),
            Content::Number(number) => Self::Number(number),
        }
    }
}

fn name(policy: &Snapshot, outcome: OutcomeId) -> &str {
    policy.vocabulary().outcomes.get(outcome.index()).map_or("", |outcome| &outcome.name)
}
