//! A policy that changes again and again while calls are decided.

use super::server::{Load, Server, assert_sound, folder, policy, rounds};
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

#[test]
fn each_decision_is_made_under_one_generation() {
    let folder = folder();
    let server = Server::start(folder.path(), &["--look-every", "1"]);
    let changes = rounds(3);
    let pause = Duration::from_millis(if changes > 100 { 40 } else { 0 });
    let load = Load::begin_slow(&[&server.address], 2, "call", pause);
    for number in 0..changes {
        if number % changes.div_ceil(10) == 0 {
            println!("{number} changes: {:?}", server.process());
        }
        fs::write(folder.path().join("rules/policy.heed"), policy(&format!("word {number}"))).expect("a file");
        let generation = u64::try_from(number).expect("a number") + 2;
        for _ in 0..1_500 {
            if server.get("/health")["generation"].as_u64() >= Some(generation) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(
            server.get("/health")["generation"].as_u64() >= Some(generation),
            "generation {generation} is not live"
        );
    }
    println!("{changes} changes: {:?}", server.process());
    load.wait_for(1);
    let answers = load.end();
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    for (_, answer) in &answers {
        let generation = answer["served"]["generation"]["digest"].as_str().expect("a digest").to_owned();
        let because = answer["fired"][0]["because"].as_str().expect("a reason").to_owned();
        let known = said.entry(generation).or_insert_with(|| because.clone());
        assert_eq!(*known, because, "two generations in one decision");
    }
    drop(server);
    assert_sound(folder.path(), &[]);
    println!("{} decisions under {} generations", answers.len(), said.len());
}
