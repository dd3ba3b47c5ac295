//! How many events, and a folder -> tables of a year of events with a known shape, the same on every machine.

mod entity;
#[path = "../../src/random.rs"]
#[expect(dead_code, reason = "shared with the comparison of engines, which draws in other ways too")]
mod random;
mod shape;
mod table;

use shape::{Event, Kind, Shape};
use std::io;
use std::path::PathBuf;
use table::Tables;

fn main() -> io::Result<()> {
    let mut asked = std::env::args().skip(1);
    let (Some(events), Some(folder)) = (asked.next().and_then(|count| count.parse().ok()), asked.next()) else {
        eprintln!("usage: heedful-peers-replay EVENTS FOLDER [YEARS]");
        std::process::exit(2);
    };
    let years = asked.next().and_then(|years| years.parse().ok()).unwrap_or(1);
    let shape = Shape::of(events, years);
    let mut plan = shape.plan();
    // Systems export by log number: nearly by time, and not quite.
    plan.sort_by_key(Event::exported_at);
    let mut tables = Tables::create(&PathBuf::from(folder))?;
    for event in &plan {
        tables.write(&shape, event)?;
    }
    tables.finish()?;
    for kind in Kind::ALL {
        println!("{:>10} {}", plan.iter().filter(|event| event.kind == kind).count(), kind.file());
    }
    Ok(())
}
