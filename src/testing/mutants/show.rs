//! What became of every small mistake -> words for a person, with the tests that are missing.

use super::hunt::{Fate, Hunt, Mutant};
use crate::wire::MutantVerdict;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// Where the tests that are shown belong.
const PASTE: &str = "\
Each test below can be pasted into a test file of the policy that is named, where it begins:

background:
  history: none

tests:

";

/// The form that other programs are promised.
pub fn verdicts(hunt: &Hunt) -> Vec<MutantVerdict> {
    let verdict = |mutant: &Mutant| {
        let (fate, test) = match &mutant.fate {
            Fate::Killed(test) => ("killed", Some(test.clone())),
            Fate::Equivalent => ("equivalent", None),
            Fate::Refused => ("refused", None),
            Fate::Survived { test, .. } => ("survived", Some(test.clone())),
            Fate::Undecided => ("not decided", None),
        };
        let Mutant { file, line, name, words, .. } = mutant.clone();
        MutantVerdict { file, line, name, mistake: words, fate, test }
    };
    hunt.mutants.iter().map(verdict).collect()
}

/// The survivors with the tests that would notice them, and the sums.
pub fn report(hunt: &Hunt, styled: bool) -> String {
    let style = |colour: AnsiColor| if styled { colour.on_default().bold() } else { Style::new() };
    let (red, yellow) = (style(AnsiColor::Red), style(AnsiColor::Yellow));
    let mut out = String::new();
    for name in &hunt.unfit {
        let _ = writeln!(out, "does not pass, so it notices nothing: {name}");
    }
    if hunt.mutants.iter().any(|mutant| matches!(mutant.fate, Fate::Survived { .. })) {
        out.push_str(PASTE);
    }
    for mutant in &hunt.mutants {
        let place = format!("{}:{}: {}: {}", mutant.file, mutant.line, mutant.name, mutant.words);
        match &mutant.fate {
            Fate::Survived { words, test } => {
                let _ = writeln!(out, "{red}SURVIVED{red:#} {place}\n  {words}\n\n{test}");
            }
            Fate::Undecided => {
                let _ = writeln!(
                    out,
                    "{yellow}NOT DECIDED{yellow:#} {place}\n  no case was found that shows it, and no proof that there is none\n"
                );
            }
            Fate::Killed(_) | Fate::Refused | Fate::Equivalent => {}
        }
    }
    let count = |is: fn(&Fate) -> bool| hunt.mutants.iter().filter(|mutant| is(&mutant.fate)).count();
    let _ = writeln!(
        out,
        "{} small mistakes: {} noticed by a test, {} that no case can show, {} that `heedful check` refuses, {} that \
         survived, {} not decided",
        hunt.mutants.len(),
        count(|fate| matches!(fate, Fate::Killed(_))),
        count(|fate| matches!(fate, Fate::Equivalent)),
        count(|fate| matches!(fate, Fate::Refused)),
        count(|fate| matches!(fate, Fate::Survived { .. })),
        count(|fate| matches!(fate, Fate::Undecided)),
    );
    out
}
