//! `heedful map`: a first mapping of a table, or what a mapping makes of its tables.

use super::args::MapArgs;
use super::error::CliError;
use super::policy;
use super::tables::{ReadTables, Tables};
use super::terminal::Terminal;
use heedful_history::{Gatherer, guess};
use heedful_replay::{write_beside_intakes, write_intakes};
use std::io::Write;

pub(super) fn run(args: &MapArgs, terminal: &Terminal) -> Result<(), CliError> {
    let policy = policy::load(&args.policy, terminal)?;
    if let Some(path) = &args.guess {
        let text = guess(path, &args.record, policy.vocabulary(), policy.zone())
            .map_err(|error| CliError::Cannot(format!("{}: {error}", path.display())))?;
        return terminal.print(&text);
    }
    let Some(map) = &args.check else { return Ok(()) };
    let tables = Tables::of(map, args.events.as_deref())?;
    let ReadTables { store, intakes, beside, beside_intakes } = tables.read(&policy, terminal, None)?;
    tables.rules_are_known(&beside, &[&policy])?;
    let mut out = terminal.out();
    let shown = (|| {
        writeln!(out, "{} calls to decide, {} events", store.calls().len(), store.len())?;
        write_intakes(&mut out, &intakes)?;
        write_beside_intakes(&mut out, &beside_intakes)?;
        let horizon = policy.horizon();
        let mut gatherer = Gatherer::new(&store, &horizon, policy.vocabulary(), policy.zone());
        for call in store.calls().take(args.show.unwrap_or(0)) {
            let mut text = String::new();
            gatherer.case(call, &mut text);
            writeln!(out, "{text}")?;
        }
        out.flush()
    })();
    shown.map_err(|error| CliError::writing(&error))?;
    if intakes.iter().chain(&beside_intakes).all(heedful_history::Intake::is_clean) {
        Ok(())
    } else {
        Err(CliError::FellShort)
    }
}
