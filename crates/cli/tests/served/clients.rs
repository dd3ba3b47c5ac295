//! The clients that docs/service.md shows, run as they stand there.

use super::server::Server;
use crate::support::{policy_files, root};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The first block of a language that holds these words.
fn block(language: &str, words: &str) -> String {
    let page = fs::read_to_string(root("docs/service.md")).expect("a page");
    let mut blocks = page.split("```").skip(1).step_by(2);
    let found = blocks.find(|block| block.starts_with(language) && block.contains(words));
    found.and_then(|block| block.split_once('\n')).expect("a block").1.to_owned()
}

/// What a program prints when it is run in a folder; none where there is no such program.
fn printed(folder: &Path, program: &str, args: &[&str]) -> Option<String> {
    let told = Command::new(program).args(args).current_dir(folder).output().ok()?;
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    Some(String::from_utf8_lossy(&told.stdout).into_owned())
}

#[test]
fn the_clients_of_the_page_have_a_call_decided() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in policy_files(&root("rules")) {
        let to = folder.path().join("rules").join(path.strip_prefix(root("rules")).expect("inside"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(&path, to).expect("a file");
    }
    fs::copy(root("examples/police-suspect.json"), folder.path().join("case.json")).expect("a case");
    let server = Server::start(folder.path(), &["--force", "riverside"]);
    let here = |text: String| text.replace("127.0.0.1:7999", &server.address);
    match printed(folder.path(), "sh", &["-c", &here(block("sh", "@case.json"))]) {
        Some(answer) => assert!(answer.contains("\"outcome\"") && answer.contains("\"recorded\":true"), "{answer}"),
        None => println!("NOT CHECKED: there is no shell"),
    }
    match printed(folder.path(), "python3", &["-c", &here(block("python", "def decide"))]) {
        Some(said) => assert!(said.contains('['), "{said}"),
        None => println!("NOT CHECKED: there is no python3"),
    }
}
