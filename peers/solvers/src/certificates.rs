//! Certificates of what has no assignment, and forged ones, before heedful's own check and programs that share nothing with it.

use crate::engines::answers;
use crate::problems;
use crate::time;
use heedful::proof::certificate::Certificate;
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

/// What each says of every certificate. A valid one must be taken by all, and a forged one by none.
pub fn compare(checkers: &[String]) {
    println!();
    println!(
        "| certificate of | lines of proof | size | checked | {} |",
        checkers.iter().map(|path| name(path)).collect::<Vec<_>>().join(" | ")
    );
    println!("| --- | ---: | ---: | ---: |{}", " ---: |".repeat(checkers.len()));
    let (mut valid, mut forged) = (0, 0);
    for problem in (0..problems::COUNT).map(problems::problem) {
        let Some(certificate) = answers("batsat, certified", &problem).and_then(|answers| answers.certificate) else {
            continue;
        };
        let began = Instant::now();
        let own = certificate.check();
        let took = began.elapsed().as_nanos() as u64;
        assert_eq!(own, Ok(()), "{}", problem.name);
        let lines = certificate.proof.lines().count();
        let size = (certificate.problem.len() + certificate.proof.len()) / 1024;
        let others: Vec<String> = checkers
            .iter()
            .map(|checker| {
                let (taken, took) = external(checker, &certificate);
                assert!(taken, "{checker} refuses the certificate of {}", problem.name);
                time(took)
            })
            .collect();
        valid += 1;
        println!("| {} | {lines} | {size} kB | {} | {} |", problem.name, time(took), others.join(" | "));
        for (what, forgery) in forgeries(&certificate) {
            assert!(forgery.check().is_err(), "{what}: {}", problem.name);
            for checker in checkers {
                assert!(!external(checker, &forgery).0, "{checker} takes it, {what}: {}", problem.name);
            }
            forged += 1;
        }
    }
    println!();
    println!("All took {valid} certificates and refused {forged} forged ones.");
}

/// Certificates that prove nothing: clauses that can be satisfied, and proofs that stop or leave out too much.
fn forgeries(certificate: &Certificate) -> Vec<(&'static str, Certificate)> {
    let lines: Vec<&str> = certificate.problem.lines().collect();
    let variables = lines[0].split(' ').nth(2).expect("a head");
    // What was assumed or shown last is what makes clauses of gates contradict each other: without units they can be satisfied.
    let clauses: Vec<&str> = lines[1..].iter().copied().filter(|line| line.split(' ').count() > 2).collect();
    let loose = format!("p cnf {variables} {}\n{}\n", clauses.len(), clauses.join("\n"));
    let mut forged = vec![
        ("without its units", Certificate { problem: loose.clone(), ..certificate.clone() }),
        ("without its units, the empty clause alone", Certificate { problem: loose, proof: "0\n".to_owned() }),
    ];
    if certificate.proof.lines().count() > 20 {
        let first = certificate.proof.lines().take(3).map(|line| format!("{line}\n")).collect();
        forged.push(("cut off", Certificate { proof: first, ..certificate.clone() }));
        forged.push(("the empty clause alone", Certificate { proof: "0\n".to_owned(), ..certificate.clone() }));
    }
    forged
}

/// Whether a program takes a certificate, and how long that takes it.
fn external(checker: &str, certificate: &Certificate) -> (bool, u64) {
    let folder = env::temp_dir().join(format!("heedful-solvers-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let (problem, proof) = (folder.join("problem.cnf"), folder.join("proof.drat"));
    fs::write(&problem, &certificate.problem).expect("written");
    fs::write(&proof, &certificate.proof).expect("written");
    let began = Instant::now();
    let output = Command::new(checker).args([&problem, &proof]).output().expect("a checker");
    let took = began.elapsed().as_nanos() as u64;
    fs::remove_dir_all(&folder).expect("removed");
    let said = String::from_utf8_lossy(&output.stdout);
    (said.lines().any(|line| ["s VERIFIED", "s ACCEPTED"].contains(&line.trim())), took)
}

fn name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
