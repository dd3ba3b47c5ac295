//! Two policies -> proved that the second never gives less, or a call for which it does: `heedful compare`.

pub(crate) mod args;
mod files;
mod sides;

use crate::args::Format;
use crate::error::CliError;
use crate::terminal::Terminal;
use args::CompareArgs;
use heedful::changes::{Change, SettingUses, between};
use heedful::engine::Load;
use heedful::live::{under_other_words, words_in_the_way};
use heedful::proof::{Compared, Comparison, Finding, Party, compare, compare_with_base};
use heedful::report;
use heedful::text::{Severity, slug};
use heedful::wire::{CallWords, write_comparisons};
use heedful_live::Threads;
use sides::{Pair, Side};
use std::io::Write;

pub(super) fn run(args: &CompareArgs, terminal: &Terminal) -> Result<(), CliError> {
    let sides = sides::Sides::load(args, terminal)?;
    let pairs = sides.pairs(args)?;
    // Where a pair is read under other words, what was read must last as long as what is said of it.
    let reread: Vec<Reread> = pairs.iter().map(|pair| Reread::of(pair)).collect();
    let mut all = Vec::new();
    for (pair, reread) in pairs.iter().zip(&reread) {
        let mut compared = compared(args, pair, reread)?;
        if pairs.len() > 1 {
            compared.prefix = format!("{}-", slug(pair.old.policy.name()));
        }
        all.push(compared);
    }
    files::write(args, &all)?;
    match terminal.format() {
        Format::Json => {
            let with_words = all.into_iter().map(|compared| {
                let words = words(args, &compared);
                (compared, words)
            });
            let with_words: Vec<(Compared<'_>, Vec<CallWords>)> = with_words.collect();
            let mut out = terminal.out();
            let written = write_comparisons(&mut out, &with_words);
            written
                .and_then(|()| writeln!(out))
                .and_then(|()| out.flush())
                .map_err(|error| CliError::writing(&error))?;
            outcome(with_words.iter().map(|(compared, _)| compared))
        }
        Format::Human => {
            let folder = args.cases.as_ref().map(|folder| folder.display().to_string());
            let page = |compared: &Compared<'_>| report::comparison(compared, folder.as_deref(), terminal.out_styled);
            terminal.print(&all.iter().map(page).collect::<Vec<_>>().join("\n"))?;
            outcome(all.iter())
        }
    }
}

/// A call counts whatever else is open.
fn outcome<'c, 'p: 'c>(all: impl Iterator<Item = &'c Compared<'p>> + Clone) -> Result<(), CliError> {
    let is = |finding: Finding| all.clone().any(|compared| compared.finding() == finding);
    if is(Finding::Lower) {
        Err(CliError::FellShort)
    } else if is(Finding::NotSettled) {
        Err(CliError::NotSettled)
    } else {
        Ok(())
    }
}

/// The old policy under the words of the new one, or why it cannot be read so.
enum Reread {
    NotNeeded,
    Under(Load),
    Cannot(String),
}

impl Reread {
    fn of(pair: &Pair<'_>) -> Self {
        if pair.old.policy.vocabulary() == pair.new.policy.vocabulary() {
            return Self::NotNeeded;
        }
        let in_the_way = words_in_the_way(pair.old.policy, pair.new.policy);
        if !in_the_way.is_empty() {
            return Self::Cannot(format!(
                "they are written in different vocabularies, and that of the new one does not keep what can be said in the old one: {}",
                in_the_way.join("; ")
            ));
        }
        let load = heedful_live::load(&under_other_words(pair.old.load, pair.new.load));
        match load.diagnostics.iter().find(|problem| problem.severity == Severity::Error) {
            None => Self::Under(load),
            Some(problem) => Self::Cannot(format!(
                "they are written in different vocabularies, and the old one cannot be read under that of the new one: {}",
                problem.message
            )),
        }
    }
}

fn compared<'p>(args: &CompareArgs, pair: &Pair<'p>, reread: &'p Reread) -> Result<Compared<'p>, CliError> {
    let (mut old, new) = (pair.old, pair.new);
    let mut note = None;
    let mut comparison = None;
    match reread {
        Reread::NotNeeded => {}
        Reread::Cannot(why) => {
            comparison = Some(Comparison::not_compared(why.clone()));
        }
        Reread::Under(load) => {
            let policy = load.policies.iter().find(|policy| policy.name() == old.policy.name());
            let policy =
                policy.ok_or_else(|| CliError::Cannot(format!("there is no policy `{}`", old.policy.name())))?;
            old = Side { load, policy };
            note = Some(
                "The vocabulary changed. The old policy was read under that of the new one, which keeps all that could be said."
                    .to_owned(),
            );
        }
    }
    let certify = args.certify || args.certificates.is_some();
    let mut compared = if args.base && !args.strict && comparison.is_none() {
        compare_with_base(new.load, new.policy, old.policy, certify, &Threads::default())
    } else {
        let comparison = comparison.unwrap_or_else(|| compare(old.policy, new.policy, certify));
        let uses = [old, new].map(|side| SettingUses::of(side.load, side.policy));
        let [old_uses, new_uses] = &uses;
        let parties = [Party { policy: old.policy, uses: old_uses }, Party { policy: new.policy, uses: new_uses }];
        Compared::new(parties, comparison, changes(pair))
    };
    compared.old_digest = pair.old.policy.digest().to_owned();
    compared.note = note;
    if certify {
        compared.check_certificates();
    }
    Ok(compared)
}

/// What is written otherwise in two versions of one policy.
fn changes(pair: &Pair<'_>) -> Vec<Change> {
    let name = pair.new.policy.name();
    if pair.old.policy.name() != name || std::ptr::eq(pair.old.load, pair.new.load) {
        return Vec::new();
    }
    let all = between(pair.old.load, pair.new.load).list.into_iter();
    all.filter(|change| change.policies.iter().any(|policy| policy == name)).collect()
}

/// What each call says to people, in the order in which they are told.
fn words(args: &CompareArgs, compared: &Compared<'_>) -> Vec<CallWords> {
    let lower = compared.lower.len();
    let calls = compared.case_files().enumerate();
    let said = calls.map(|(at, (name, shown))| CallWords {
        said: report::shown_call(compared, shown, at < lower),
        call: shown.call.in_words(compared.new),
        file: args.cases.as_ref().map(|folder| folder.join(name).display().to_string()),
    });
    said.collect()
}
