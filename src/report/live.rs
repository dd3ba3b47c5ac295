//! Event -> words: what went live, what was refused, and what a change waits for.

use super::changes::{changes, of_changes};
use super::diagnostic::diagnostic;
use super::page::{Page, Weight};
use crate::changes::{Change, Changes};
use crate::engine::{Snapshot, short_digest};
use crate::live::{Checked, Event, Gate, Generation, HoldReason, Loss, Lost, Origin, Refusal, WentLive};
use std::time::Duration;

/// An event, with the time of day at which it was heard of.
pub fn event(event: &Event, at: &str, styled: bool) -> String {
    match event {
        Event::Live(live) => went_live(live, at, styled),
        Event::Refused(refusal) => refused(refusal, at, styled),
        Event::Held(waits) => held(waits, at, styled),
        Event::Mended => one(at, "The files are mended: they are again what is in force.", Weight::Strong, styled),
        Event::Trouble(said) => one(at, &format!("WARNING: {said}."), Weight::Urgent, styled),
        Event::Missed(events) => {
            one(at, &format!("{events} more things happened than could be shown."), Weight::Urgent, styled)
        }
    }
}

fn one(at: &str, said: &str, weight: Weight, styled: bool) -> String {
    let mut page = Page::new(styled);
    page.line(&format!("{at}  {said}"), weight);
    page.into_text()
}

fn went_live(live: &WentLive, at: &str, styled: bool) -> String {
    let WentLive { generation, before, origin, gates, took, .. } = live;
    let mut page = Page::new(styled);
    let number = generation.number();
    let took = took.map(|took| format!(", {} after the save", seconds(took))).unwrap_or_default();
    let said = match origin {
        Origin::Files => format!("Generation {number} is live{took}."),
        Origin::LastGood => {
            format!("Generation {number}, the last good one that was kept, is live until the files have passed.")
        }
        Origin::Restored => format!(
            "Generation {number} is live: a kept policy was put back in force. It stays until `heedful kept release`, \
             whatever the files say."
        ),
    };
    page.line(&format!("{at}  {said}"), if *origin == Origin::Files { Weight::Strong } else { Weight::Urgent });
    if gates.iter().any(|checked| !checked.passed) {
        page.line("IT WENT LIVE AGAINST ADVICE: the gates are advisory, and let by what failed.", Weight::Urgent);
    }
    for checked in gates {
        gate(&mut page, checked);
    }
    match before {
        Some(_) => page.text(&indented(&changed(live, styled))),
        None => generation.policies().iter().for_each(|policy| page.item(&policy_line(policy))),
    }
    page.detail(&digests(generation));
    page.into_text()
}

fn changed(live: &WentLive, styled: bool) -> String {
    let names: Vec<&str> = live.generation.policies().iter().map(Snapshot::name).collect();
    changes(&live.changes, &names, styled)
}

fn policy_line(policy: &Snapshot) -> String {
    let rules = policy.rule_count();
    let noun = if rules == 1 { "rule" } else { "rules" };
    format!("{}: {rules} {noun}, digest {}", policy.name(), short_digest(policy.digest()))
}

fn digests(generation: &Generation) -> String {
    format!("digest of meaning {}, of bytes {}", short_digest(generation.meaning()), short_digest(generation.bytes()))
}

fn gate(page: &mut Page, checked: &Checked) {
    let name = match checked.gate {
        Gate::Checks => "checks",
        Gate::Tests => "tests",
        Gate::Base => "base",
        Gate::InForce => "in force",
    };
    let (word, weight) = if checked.passed { ("passed", Weight::Plain) } else { ("FAILED", Weight::Urgent) };
    let mut said = checked.said.iter();
    let first = said.next().map_or("", String::as_str);
    page.weighty_item(&format!("{name} {word}: {first}"), weight);
    said.for_each(|more| page.detail(more));
}

fn refused(refusal: &Refusal, at: &str, styled: bool) -> String {
    let Refusal { gates, load, live, changes: differs, since } = refusal;
    let mut page = Page::new(styled);
    let stays = match live {
        Some(live) => format!("Generation {} stays live", live.number()),
        None => "NOTHING IS LIVE".to_owned(),
    };
    if let Some(since) = since {
        page.line(&format!("{at}  Still refused, for {}. {stays}.", whole(*since)), Weight::Urgent);
        gates.last().into_iter().for_each(|checked| gate(&mut page, checked));
        return page.into_text();
    }
    page.line(&format!("{at}  REFUSED. {stays}."), Weight::Urgent);
    for checked in gates {
        gate(&mut page, checked);
    }
    let mut text = page.into_text();
    if gates.last().is_some_and(|checked| checked.gate == Gate::Checks) {
        for problem in &load.diagnostics {
            text.push_str(&format!("\n{}\n", diagnostic(problem, &load.sources, styled)));
        }
    }
    if !differs.list.is_empty() {
        let names: Vec<&str> = load.policies.iter().map(Snapshot::name).collect();
        text.push_str("  What is not in force because of this:\n");
        text.push_str(&indented(&changes(differs, &names, styled)));
    }
    text
}

/// A change that waits until somebody accepts what it takes away.
fn waits(loss: &Loss, at: &str, styled: bool) -> String {
    let mut page = Page::new(styled);
    let stays = loss.live.map_or_else(|| "NOTHING IS LIVE".to_owned(), |live| format!("Generation {live} stays live"));
    if let Some(since) = loss.since {
        let names: Vec<&str> = loss.lost.iter().map(|lost| lost.name.as_str()).collect();
        let names = crate::text::spoken(&names, "and");
        page.line(&format!("{at}  Still HELD, for {}. {stays}. It would lose {names}.", whole(since)), Weight::Urgent);
        return page.into_text();
    }
    page.line(
        &format!("{at}  HELD. {stays}. The change would take away or may weaken what is in force:"),
        Weight::Urgent,
    );
    for Lost { name, said, changes, .. } in &loss.lost {
        page.weighty_item(name, Weight::Urgent);
        said.iter().for_each(|said| page.detail(said));
        page.text(&indented(&indented(&of_changes(changes, styled))));
    }
    for name in &loss.accepted {
        page.item(&format!("{name}: accepted"));
    }
    loss.gates.iter().filter(|checked| checked.gate != Gate::InForce).for_each(|checked| gate(&mut page, checked));
    let attributed = |change: &Change| loss.lost.iter().any(|lost| lost.changes.contains(change));
    let others = Changes { list: loss.changes.list.iter().filter(|change| !attributed(change)).cloned().collect() };
    let mut text = page.into_text();
    if !others.list.is_empty() {
        let names: Vec<&str> = loss.policies.iter().map(String::as_str).collect();
        text.push_str("  It waits as a whole, with what else it holds:\n");
        text.push_str(&indented(&changes(&others, &names, styled)));
    }
    text.push_str(match loss.is_kept {
        true => {
            "  To let it go live, accept each by its name:\n  \
             heedful kept accept --policy POLICY NAME... --by \"NAME, ROLE\" --because \"...\"\n"
        }
        false => "  Nothing is kept here, so it cannot be accepted: name a folder with --keep.\n",
    });
    text
}

fn held(held: &HoldReason, at: &str, styled: bool) -> String {
    if let HoldReason::Loss(loss) = held {
        return waits(loss, at, styled);
    }
    let mut page = Page::new(styled);
    let said = match held {
        HoldReason::Missing { longest, .. } => format!(
            "Waiting: the files lack something that is in force. The change is judged as it is if that is not back within {}.",
            whole(*longest)
        ),
        HoldReason::Checkout { longest } => {
            format!(
                "Waiting: git is changing the files. They are looked at once it has ended, or after {}.",
                whole(*longest)
            )
        }
        HoldReason::Restored { meaning } => format!(
            "Waiting: the restored policy {} stays in force until `heedful kept release`. The files do not change that.",
            short_digest(meaning)
        ),
        HoldReason::Loss(_) => String::new(),
        HoldReason::NotKept { why } => {
            format!("Waiting: the change passed and could not be kept, so it is not put in force yet. {why}.")
        }
    };
    page.line(&format!("{at}  {said}"), Weight::Urgent);
    if let HoldReason::Missing { what, .. } = held {
        what.iter().for_each(|what| page.item(what));
    }
    page.into_text()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// `0.21 s`.
fn seconds(duration: Duration) -> String {
    let hundredths = duration.as_millis().div_ceil(10);
    format!("{}.{:02} s", hundredths / 100, hundredths % 100)
}

/// `10 seconds`, `2 minutes`.
fn whole(duration: Duration) -> String {
    let (amount, unit) = match duration.as_secs() {
        0 => (duration.as_millis().try_into().unwrap_or(u64::MAX), "millisecond"),
        seconds @ ..120 => (seconds, "second"),
        seconds => (seconds / 60, "minute"),
    };
    if amount == 1 { format!("{amount} {unit}") } else { format!("{amount} {unit}s") }
}
