//! What was found -> files: a case for each call, and the certificates for checkers of others.

use super::args::CompareArgs;
use crate::error::CliError;
use heedful::proof::{CertifiedRule, Compared};
use heedful::report::SignedPage;
use heedful::wire::case_to_json;
use heedful_live::store::now;
use std::fs;
use std::path::{Path, PathBuf};

const README: &str = "README.md";

const HOW_TO_CHECK: &str = "\
# Certificates

Each folder holds one question that was answered \"never\": `problem.cnf` says in DIMACS CNF that there is a call for which it is so,
and `proof.drat` derives a contradiction from that, in DRAT. Any checker of such proofs takes them. With drat-trim
(https://github.com/marijnheule/drat-trim), in a folder:

    drat-trim problem.cnf proof.drat

It prints `s VERIFIED`. For all of them:

    for each in */; do drat-trim \"$each\"problem.cnf \"$each\"proof.drat | grep '^s '; done
";

pub(super) fn write(args: &CompareArgs, all: &[Compared<'_>]) -> Result<(), CliError> {
    for compared in all {
        if let Some(folder) = &args.cases {
            cases(folder, compared)?;
        }
        if let Some(folder) = &args.certificates {
            certificates(folder, compared)?;
        }
        if let Some(file) = &args.page {
            let made = compared.new.zone().date(now());
            let page = SignedPage::compared(compared, Some(made));
            let is_html = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html"));
            put(&beside(file, &compared.prefix), &if is_html { page.html() } else { page.markdown() })?;
        }
    }
    Ok(())
}

/// The file of one of several comparisons: `national-baseline-page.html`.
fn beside(file: &Path, prefix: &str) -> PathBuf {
    let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    file.with_file_name(format!("{prefix}{name}"))
}

fn cases(folder: &Path, compared: &Compared<'_>) -> Result<(), CliError> {
    create(folder)?;
    for (name, shown) in compared.case_files() {
        let policy = compared.new;
        let case = shown.call.case(policy.vocabulary(), policy.zone());
        put(&folder.join(name), &format!("{}\n", case_to_json(policy, &case)))?;
    }
    Ok(())
}

fn certificates(folder: &Path, compared: &Compared<'_>) -> Result<(), CliError> {
    create(folder)?;
    put(&folder.join(README), HOW_TO_CHECK)?;
    let mut number = 0usize;
    for (is_untailored, part) in compared.proofs() {
        let without = if is_untailored { "-without-what-is-allowed" } else { "" };
        let outcome = compared.new.vocabulary().outcomes.get(part.outcome.index()).map_or("", |outcome| &outcome.name);
        for (side, verdict) in [("never-lower", &part.lower), ("never-higher", &part.higher)] {
            for CertifiedRule { rule, certificate } in &verdict.certificates {
                number += 1;
                let own = folder.join(format!("{}{number:04}-{outcome}-{side}{without}-{rule}", compared.prefix));
                create(&own)?;
                put(&own.join("problem.cnf"), &certificate.problem)?;
                put(&own.join("proof.drat"), &certificate.proof)?;
            }
        }
    }
    Ok(())
}

fn create(folder: &Path) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(|error| CliError::file(&folder.display().to_string(), &error))
}

fn put(path: &Path, text: &str) -> Result<(), CliError> {
    fs::write(path, text).map_err(|error| CliError::file(&path.display().to_string(), &error))
}
