//! The restricted cases of a record, listed by the command.

use super::server::{Caller, Server, assert_sound, folder};
use crate::watch::command::{heedful, text};
use serde_json::{Value, json};

#[test]
fn restricted_cases_are_listed_and_the_look_is_recorded() {
    let folder = folder();
    let folder = folder.path();
    let mut server = Server::start(folder, &["--restricted", "grade=high", "--record", "record.sqlite"]);
    let mut caller = Caller::new(&server.address).expect("a connection");
    for id in ["C-1", "C-2"] {
        assert_eq!(caller.decide(id).expect("an answer").0, 200);
    }
    server.kill();
    let run = |more: &[&str]| {
        let args = ["record", "restricted", "--policy", "rules", "--record", "record.sqlite", "--restricted"];
        let run = heedful(folder, &[&args, more].concat()).output().expect("the program runs");
        (run.status.success(), text(&run.stdout), text(&run.stderr))
    };
    let who = ["--by", "A. Example", "--because", "review of June"];
    let (done, told, _) = run(&[&["grade=high"], &who[..]].concat());
    assert!(
        done && told.contains("C-1: restricted by entry 0 (") && told.contains("C-2: restricted by entry 1 ("),
        "{told}"
    );
    assert!(told.ends_with("2 cases are restricted. That they were listed is recorded.\n"), "{told}");
    let (done, told, _) = run(&[&["grade=mid"], &who[..], &["--format", "json"]].concat());
    assert!(done && told == "{\"restricted\":[]}\n", "{told}");
    // Without word of who looks there is no look.
    let (done, told, said) = run(&["grade=high"]);
    assert!(!done && told.is_empty() && said.contains("--by"), "{said}");
    // An entry that is looked at alone is recorded, too, before it is shown.
    let prove = |place: &str, who: &[&str]| {
        let args = ["record", "prove", "--policy", "rules", "--record", "record.sqlite", "--format", "json", place];
        heedful(folder, &[&args, who].concat()).output().expect("the program runs")
    };
    let entry: Value = serde_json::from_slice(&prove("2", &who).stdout).expect("JSON");
    assert_eq!(entry["content"], json!({"listed": [0, 1], "by": "A. Example", "because": "review of June"}));
    let look: Value = serde_json::from_slice(&prove("4", &who).stdout).expect("JSON");
    assert_eq!(look["content"], json!({"looked_at": [2], "by": "A. Example", "because": "review of June"}));
    let unsaid = prove("0", &[]);
    assert!(!unsaid.status.success() && unsaid.stdout.is_empty(), "{}", text(&unsaid.stderr));
    assert_sound(folder, &["--record", "record.sqlite"]);
}
