//! A decision for the person who took the call: what must not be done, what to do, what to ask, why.

use super::acts;
use super::page::{Page, View, Weight, elsewhere};
use super::why::why;
use super::words::PolicyWords;
use crate::engine::Snapshot;
use crate::model::{Decision, Effects, Fired, Level, Near, Outcome, Outvoted, Together, Trial, Undecided, Until};
use crate::text::{aloud, capitalised, spoken};
use crate::wire::sentence;

/// The decision as a page, ending with a line's end.
pub fn decision(decision: &Decision, policy: &Snapshot, view: View, styled: bool) -> String {
    let words = PolicyWords { policy };
    let mut page = Page::new(styled);
    warnings(&mut page, &words, decision);
    outcomes(&mut page, &words, decision);
    page.line(&format!("Case {}, by {}", decision.case, decision.policy.name), Weight::Plain);
    acts::write(&mut page, &words, decision, view);
    match view {
        View::Handler => handler(&mut page, &words, decision),
        View::Specialist => specialist(&mut page, &words, decision),
    }
    if let Some(explanation) = &decision.explanation {
        why(&mut page, &words, decision, explanation);
    }
    section(&mut page, "NOTE", &decision.warnings, |page, warning| page.item(&sentence(warning)));
    page.into_text()
}

/// What must not be done, before everything else, and after it what may turn out so: a text of warning is said in its own
/// words even where it is not certain.
fn warnings(page: &mut Page, words: &PolicyWords<'_>, decision: &Decision) {
    for (_, outcome, level) in words.each(&decision.outcome) {
        for warning in held(outcome, level) {
            page.line(&format!("WARNING: {warning}"), Weight::Urgent);
        }
    }
    for (id, outcome, level) in words.each(&decision.possible) {
        let certain = decision.outcome.0.get(id.index()).map(|level| held(outcome, *level)).unwrap_or_default();
        for warning in held(outcome, level).into_iter().filter(|warning| !certain.contains(warning)) {
            page.line(&format!("MAY APPLY: {warning}"), Weight::Strong);
        }
    }
}

/// The texts of warning of the values that an outcome has.
fn held(outcome: &Outcome, level: Level) -> Vec<&str> {
    level.values().filter_map(|at| outcome.warnings.get(&at)).map(String::as_str).collect()
}

/// Every outcome that has no part of the page to itself, with what it could still become beside it.
fn outcomes(page: &mut Page, words: &PolicyWords<'_>, decision: &Decision) {
    let outvoted = decision.outvoted();
    for (id, outcome, level) in words.each(&decision.outcome).filter(|(_, outcome, _)| outcome.party.is_none()) {
        let now = words.value(id, level);
        // What may have to be left undone was said above, in words that say so: the name of such a value may not.
        let unwarned = |at: u16| !outcome.warnings.contains_key(&at);
        let more = words.could_become(decision, id, unwarned);
        let name = || outcome.name.to_uppercase().replace('-', " ");
        let unassessed = decision.unassessed(id);
        let said = match (outcome.kind.scale(), now, more) {
            (Some(_), _, more) if unassessed.is_some_and(|it| it.open) => {
                let more = more.map(|more| format!("; {more}")).unwrap_or_default();
                format!("{}: {NOT_CERTAIN_WHETHER}{more}", name())
            }
            (scale, _, None) if unassessed.is_some_and(|it| !it.open) => {
                let said = outcome.unassessed.as_deref().unwrap_or_default();
                let name = match (scale, outcome.kind.numbers()) {
                    (Some(_), _) => name(),
                    (None, Some(_)) => capitalised(&aloud(&outcome.name)),
                    (None, None) => capitalised(&outcome.phrase),
                };
                format!("{name}: {said}")
            }
            (_, None, None) if outcome.kind.numbers().is_some() => {
                capitalised(&format!("{}: no number", aloud(&outcome.name)))
            }
            (_, None, None) => continue,
            (Some(_), now, more) => {
                let (name, now) = (name(), now.unwrap_or_default());
                more.map_or_else(|| format!("{name}: {now}"), |more| format!("{name}: {now} at least; {more}"))
            }
            (_, None, Some(_)) => {
                let more = words.beyond(decision, id, unwarned).unwrap_or_default();
                format!("Not certain yet: {} {more}", outcome.phrase)
            }
            (_, Some(now), None) => capitalised(&format!("{} {now}", outcome.phrase)),
            (_, Some(now), Some(more)) => capitalised(&format!("{} {now}; {more}", outcome.phrase)),
        };
        let loses = outvoted.iter().find(|it| it.outcome == id);
        let loses = loses.and_then(|it| words.value(id, it.side));
        let said = match loses {
            Some(side) => format!("{said} (some rule says {side}, which loses)"),
            None => said,
        };
        let top = outcome.kind.scale().is_some() && level == outcome.kind.most();
        // The top of a scale stands out in red.
        page.line(&said, if top { Weight::Urgent } else { Weight::Strong });
    }
}

/// Of an outcome to which no rule adds yet.
const NOT_CERTAIN_WHETHER: &str = "not certain yet whether any rule applies";

fn handler(page: &mut Page, words: &PolicyWords<'_>, decision: &Decision) {
    let outvoted = decision.outvoted();
    shortened(page, "WHY", MOST_REASONS, &weightiest_first(decision), |page, fired| {
        page.item(&fired.because);
        loses(page, words, &outvoted, &fired.rule);
    });
    section(page, TOGETHER, &decision.together, |page, rules| together(page, words, rules));
    shortened(page, CHANGES, 1, &decision.until, |page, then| until(page, words, then, decision));
}

const TOGETHER: &str = "CERTAIN, WHATEVER IS ANSWERED";

/// What open rules give between them.
fn together(page: &mut Page, words: &PolicyWords<'_>, together: &Together) {
    let titles: Vec<&str> = together.rules.iter().map(|rule| words.policy.title(rule).unwrap_or(rule)).collect();
    page.item(&format!(
        "{}, since one of these applies: {}",
        words.effects(&together.adds).join("; "),
        titles.join("; ")
    ));
}

const CHANGES: &str = "CHANGES, IF NOTHING MORE IS LEARNT";

fn specialist(page: &mut Page, words: &PolicyWords<'_>, decision: &Decision) {
    let outvoted = decision.outvoted();
    section(page, "WHY", &weightiest_first(decision), |page, rule| {
        fired(page, words, rule);
        loses(page, words, &outvoted, &rule.rule);
    });
    section(page, TOGETHER, &decision.together, |page, rules| together(page, words, rules));
    section(page, "NOT KNOWN, AND THE RULES THAT WAIT FOR IT", &unknown(decision), |page, (path, rules)| {
        page.item(&format!("{}: {}", words.place(path), rules.join(", ")));
    });
    section(page, CHANGES, &decision.until, |page, then| until(page, words, then, decision));
    section(page, "NEARLY", &decision.near, |page, miss| near(page, words, miss));
    let suspended = decision.trial.iter().any(|trial| trial.suspended_until.is_some());
    let without_effect = if suspended { "ON TRIAL OR SUSPENDED, WITHOUT EFFECT" } else { "ON TRIAL, WITHOUT EFFECT" };
    section(page, without_effect, &decision.trial, |page, rule| trial(page, words, rule));
}

/// The rules that applied, those that add most to the first outcome first.
fn weightiest_first(decision: &Decision) -> Vec<&Fired> {
    let weight =
        |fired: &Fired| fired.adds.0.iter().map(|(id, level)| (std::cmp::Reverse(id.0), level.strength())).max();
    let mut fired: Vec<&Fired> = decision.fired.iter().collect();
    fired.sort_by_key(|fired| std::cmp::Reverse(weight(fired)));
    fired
}

fn section<T>(page: &mut Page, heading: &str, items: &[T], show: impl Fn(&mut Page, &T)) {
    if items.is_empty() {
        return;
    }
    page.heading(heading);
    for item in items {
        show(page, item);
    }
}

/// The most reasons that are read while somebody waits on the line.
const MOST_REASONS: usize = 4;

fn shortened<T>(page: &mut Page, heading: &str, most: usize, items: &[T], show: impl Fn(&mut Page, &T)) {
    section(page, heading, items.get(..most).unwrap_or(items), show);
    if let Some(more @ 1..) = items.len().checked_sub(most) {
        page.item(&elsewhere(more));
    }
}

fn fired(page: &mut Page, words: &PolicyWords<'_>, fired: &Fired) {
    page.item(&fired.because);
    page.detail(&by_rule(&fired.rule, &fired.evidence));
    if !fired.presumed.is_empty() {
        let unknown: Vec<String> = fired.presumed.iter().map(|path| words.place(path)).collect();
        page.detail(&format!("applies unless known otherwise; not known: {}", unknown.join(", ")));
    }
}

/// What a rule says that does not hold, and by which rules.
fn loses(page: &mut Page, words: &PolicyWords<'_>, outvoted: &[Outvoted<'_>], rule: &str) {
    for outvoted in outvoted.iter().filter(|it| it.rules.contains(&rule)) {
        let said = words.effects(&Effects(vec![(outvoted.outcome, outvoted.side)])).join("; ");
        let wins = words.value(outvoted.outcome, outvoted.wins).unwrap_or_default();
        let by = match outvoted.by.as_slice() {
            [] => String::new(),
            [one] => format!(", by rule {one}"),
            many => format!(", by rules {}", spoken(many, "and")),
        };
        page.detail(&format!("outvoted: {said}; {wins} wins{by}"));
    }
}

fn by_rule(rule: &str, evidence: &[String]) -> String {
    match evidence {
        [] => format!("rule {rule}"),
        [one] => format!("rule {rule}, from {one}"),
        many => format!("rule {rule}, from {} records: {}", many.len(), latest(many)),
    }
}

/// The most ids that are listed for a rule.
const MAX_IDS: usize = 8;

fn latest(ids: &[String]) -> String {
    match ids.len().checked_sub(MAX_IDS) {
        None | Some(0) => ids.join(", "),
        Some(earlier) => {
            let latest = ids.get(earlier..).unwrap_or_default();
            format!("{} and {earlier} earlier, listed with --format json", latest.join(", "))
        }
    }
}

fn near(page: &mut Page, words: &PolicyWords<'_>, near: &Near) {
    page.item(words.policy.title(&near.rule).unwrap_or(&near.rule));
    page.detail(&format!("lacks {}", near.needs));
    page.detail(&format!("rule {}", near.rule));
}

/// What is not known, each with the rules that wait for it: one answer may settle many rules.
fn unknown(decision: &Decision) -> Vec<(&str, Vec<&str>)> {
    let mut facts: Vec<(&str, Vec<&str>)> = Vec::new();
    for Undecided { rule, unknown } in &decision.undecided {
        for path in unknown {
            match facts.iter_mut().find(|(known, _)| known == path) {
                Some((_, rules)) => rules.push(rule),
                None => facts.push((path, vec![rule])),
            }
        }
    }
    facts
}

fn until(page: &mut Page, words: &PolicyWords<'_>, until: &Until, decision: &Decision) {
    let changed = words.changed(until, &decision.outcome);
    let changed = if changed.is_empty() { "as now".to_owned() } else { changed.join("; ") };
    page.item(&format!("from {}: {changed}", words.policy.zone().spoken(until.at)));
}

fn trial(page: &mut Page, words: &PolicyWords<'_>, trial: &Trial) {
    let would = if trial.certain { "would" } else { "might" };
    let effects = words.effects(&trial.would);
    let effects = if effects.is_empty() { "nothing more".to_owned() } else { effects.join("; ") };
    page.item(&format!("{would} say: {effects}"));
    page.detail(&trial.because);
    if let Some(until) = trial.suspended_until {
        page.detail(&format!("suspended until the end of {}", words.policy.zone().date(until).spoken()));
    }
    page.detail(&by_rule(&trial.rule, &trial.evidence));
}
