//! A service that is killed under load, again and again.

use super::server::{Load, Server, assert_sound, folder, recorded, rounds};
use std::collections::BTreeSet;

#[test]
fn no_acknowledged_decision_is_lost_and_the_log_stays_sound() {
    let folder = folder();
    let mut acknowledged = Vec::new();
    let mut starts = rounds(3);
    while starts > 0 {
        let mut server = Server::start(folder.path(), &["--deadline", "20000"]);
        let load = Load::begin(&[&server.address], 4, &format!("round-{starts}"));
        // Each time at another moment of a batch.
        load.wait_for(20 + starts * 7 % 40);
        server.kill();
        acknowledged.extend(load.end());
        starts -= 1;
    }
    let recorded = recorded(&folder.path().join(".heedful/rules/record.sqlite"));
    let places: BTreeSet<(u64, &str)> = recorded.iter().map(|(place, case)| (*place, case.as_str())).collect();
    for (case, answer) in &acknowledged {
        let place = answer["served"]["place"].as_u64().expect("a place");
        assert!(places.contains(&(place, case)), "{case} was acknowledged at {place} and is not there");
    }
    // What was recorded and never acknowledged is there once, and a retry finds it.
    assert_eq!(recorded.iter().map(|(_, case)| case).collect::<BTreeSet<_>>().len(), recorded.len());
    assert_sound(folder.path(), &[]);
    println!("{} acknowledged, {} recorded", acknowledged.len(), recorded.len());
}
