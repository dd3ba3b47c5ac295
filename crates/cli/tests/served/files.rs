//! The example of history from files, as the page has it: what the tables say is in the decision.

use super::server::Server;
use crate::support::root;
use std::fs;
use std::process::Command;

#[test]
fn the_example_of_the_page_finds_the_order_and_the_incidents() {
    let page = fs::read_to_string(root("docs/service-events.md")).expect("a page");
    let line =
        page.lines().find_map(|line| line.strip_prefix("heedful serve ")?.strip_suffix(" &")).expect("a command");
    let sent = page.lines().find_map(|line| line.strip_prefix("curl ")?.split_once(" -d @")).expect("a case").1;
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["rules", "examples"] {
        let copied = Command::new("cp").arg("-r").arg(root(name)).arg(folder.path()).status().expect("cp runs");
        assert!(copied.success());
    }
    let args: Vec<&str> = ["serve"].into_iter().chain(line.split(' ')).chain(["--listen", "127.0.0.1:0"]).collect();
    let server = Server::begin(folder.path(), &args);
    server.wait_until_ready();
    let call = fs::read_to_string(folder.path().join(sent)).expect("a case");
    let decision = server.ask("POST", "/decide?history=kept", &call).expect("an answer");
    for id in ["O-31", "I-101", "I-102"] {
        assert!(decision["fired"].to_string().contains(id), "{id}: {}", decision["fired"]);
    }
    let files = &server.get("/health")["history"]["files"][0];
    assert_eq!(files["problem"], serde_json::Value::Null, "{files}");
    for table in files["tables"].as_array().expect("a list") {
        assert!(table["broken"].is_null() && table["refused"] == 0 && table["late"] == false, "{table}");
    }
}
