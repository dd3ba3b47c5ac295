//! heedful in a program of one's own: the shipped policies, one case, and what is to be done.
//!
//! ```sh
//! cargo run --quiet --locked -p heedful-live --example embed
//! ```

#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use heedful::{engine, wire};
use heedful_live::files::read_policies;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = engine::load(&read_policies(&["rules".into()])?).policy("National baseline")?;
    let text = std::fs::read_to_string("examples/repeat-calls-in-one-night.json")?;
    let decision = policy.decide(&wire::case_from_json(&policy, &text)?);

    for outcome in &policy.vocabulary().outcomes {
        let value = policy.vocabulary().outcome_value(&decision.outcome, &outcome.name);
        println!("{}: {value:?}", outcome.name);
    }
    for rule in &decision.fired {
        println!("{}: {} {:?}", rule.rule, rule.because, rule.evidence);
    }
    Ok(())
}
