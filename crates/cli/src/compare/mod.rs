//! Two policies -> proved that the second never gives less, or a call for which it does: `heedful compare`.

pub(crate) mod args;
mod files;
mod sides;

use crate::args::Format;
use crate::error::CliError;
use crate::terminal::Terminal;
use args::CompareArgs;
use heedful::changes::{Change, between};
use heedful::live::{OtherWords, Reread};
use heedful::proof::{Compared, Comparison, Finding, Reading, compare, compare_with_base, under_words_of};
use heedful::report;
use heedful::text::slug;
use heedful::wire::{CallWords, write_comparisons};
use heedful_live::Threads;
use sides::Pair;
use std::borrow::Cow;
use std::io::Write;

pub(super) fn run(args: &CompareArgs, terminal: &Terminal) -> Result<(), CliError> {
    let sides = sides::Sides::load(args, terminal)?;
    let pairs = sides.pairs(args)?;
    // Where a pair is read under other words, what was read must last as long as what is said of it.
    let reread: Vec<Reread> = pairs.iter().map(|pair| reread(args, pair)).collect();
    let mut all = Vec::new();
    for (pair, reread) in pairs.iter().zip(&reread) {
        let mut compared = compared(args, pair, reread);
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

const READ_UNDER_THE_NEW: &str =
    "The vocabulary changed. The old policy was read under that of the new one, which keeps all that could be said.";

/// The old policy under the words of the new one. A base is read under those of what tailors it by whoever compares them.
fn reread(args: &CompareArgs, Pair { old, new }: &Pair<'_>) -> Reread {
    if args.base {
        return Reread::NotNeeded;
    }
    OtherWords::new(old.load, new.load).reread(old.policy, new.policy, &Threads::default())
}

fn compared<'p>(args: &CompareArgs, pair: &Pair<'p>, reread: &'p Reread) -> Compared<'p> {
    let (old, new) = (pair.old, pair.new);
    let certify = args.certify || args.certificates.is_some();
    let given = reread.policy(old.policy).unwrap_or(old.policy);
    let mut compared = if args.base && !args.strict {
        compare_with_base(new.load, new.policy, given, certify, &Threads::default())
    } else {
        let (policy, base_note) = match args.base {
            true => under_words_of(new.load, given, new.policy),
            false => (Cow::Borrowed(given), None),
        };
        let (load, note, cannot) = match reread {
            Reread::NotNeeded => (old.load, base_note, None),
            Reread::Under(load) => (&**load, Some(READ_UNDER_THE_NEW.to_owned()), None),
            Reread::Cannot(why) => (old.load, None, Some(why.clone())),
        };
        let compare = || compare(Reading::of(old.policy, &policy), new.policy, certify);
        let comparison = cannot.map_or_else(compare, Comparison::not_compared);
        let mut compared = Compared::new((policy, load), (new.policy, new.load), comparison, changes(pair));
        compared.note = note;
        compared
    };
    compared.old_digest = pair.old.policy.digest().to_owned();
    if certify {
        compared.check_certificates();
    }
    compared
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
