//! What became of every small mistake -> words for a person, with the tests that are missing.

use super::mutation_run::{Mutant, MutantStatus, MutationRun};
use crate::wire::MutantVerdict;
use anstyle::{AnsiColor, Style};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Where the tests that are shown belong.
const PASTE: &str = "\
Each test below can be pasted, as it is, under `tests:` of a test file of the policy that is named, in which the background
puts nothing on record.

";

/// The form that other programs are promised.
pub fn verdicts(hunt: &MutationRun) -> Vec<MutantVerdict> {
    let verdict = |mutant: &Mutant| {
        let (fate, test) = match &mutant.fate {
            MutantStatus::Killed(test) => ("killed", Some(test.clone())),
            MutantStatus::Equivalent => ("equivalent", None),
            MutantStatus::Refused => ("refused", None),
            MutantStatus::Survived { test, .. } => ("survived", Some(test.clone())),
            MutantStatus::LeftOut => ("left out", None),
            MutantStatus::Undecided(_) => ("not decided", None),
        };
        let Mutant { file, line, name, words, .. } = mutant.clone();
        MutantVerdict { file, line, name, mistake: words, fate, test }
    };
    hunt.mutants.iter().map(verdict).collect()
}

/// The survivors with the tests that would notice them, and the sums.
pub fn report(hunt: &MutationRun, styled: bool) -> String {
    let style = |colour: AnsiColor| if styled { colour.on_default().bold() } else { Style::new() };
    let (red, yellow) = (style(AnsiColor::Red), style(AnsiColor::Yellow));
    let mut out = String::new();
    if let Some(filter) = &hunt.unmatched {
        let _ = writeln!(out, "no test holds `{filter}` in its file and name");
    }
    for name in &hunt.unfit {
        let _ = writeln!(out, "does not pass, so it notices nothing: {name}");
    }
    if hunt.mutants.iter().any(|mutant| matches!(mutant.fate, MutantStatus::Survived { .. })) {
        out.push_str(PASTE);
    }
    let mut shown = BTreeSet::new();
    for mutant in &hunt.mutants {
        let place = format!("{}:{}: {}: {}", mutant.file, mutant.line, mutant.name, mutant.words);
        match &mutant.fate {
            MutantStatus::Survived { words, name, test } => {
                let _ = writeln!(out, "{red}SURVIVED{red:#} {place}\n  {words}\n");
                let _ = match shown.insert(test) {
                    true => writeln!(out, "{test}"),
                    false => writeln!(out, "  The test above would notice it too: {name}\n"),
                };
            }
            MutantStatus::Undecided(why) => {
                let _ = writeln!(out, "{yellow}NOT DECIDED{yellow:#} {place}\n  {why}\n");
            }
            MutantStatus::Killed(_) | MutantStatus::Refused | MutantStatus::Equivalent | MutantStatus::LeftOut => {}
        }
    }
    for (name, more) in &hunt.unmade {
        let _ =
            writeln!(out, "{yellow}NOT TRIED{yellow:#} {name}: {more} more mistakes; it is too long for all of them\n");
    }
    let count = |is: fn(&MutantStatus) -> bool| hunt.mutants.iter().filter(|mutant| is(&mutant.fate)).count();
    let _ = writeln!(
        out,
        "{} small mistakes: {} noticed by a test, {} that no case can show, {} that `heedful check` refuses, {} that \
         survived, {} not decided{}",
        hunt.mutants.len(),
        count(|fate| matches!(fate, MutantStatus::Killed(_))),
        count(|fate| matches!(fate, MutantStatus::Equivalent)),
        count(|fate| matches!(fate, MutantStatus::Refused)),
        count(|fate| matches!(fate, MutantStatus::Survived { .. })),
        count(|fate| matches!(fate, MutantStatus::Undecided(_))),
        match count(|fate| matches!(fate, MutantStatus::LeftOut)) {
            0 => String::new(),
            left_out => format!(", {left_out} left out, in rules that no test of the filter expects anything of"),
        }
    );
    out
}
