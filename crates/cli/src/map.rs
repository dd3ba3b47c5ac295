//! `heedful map`: a first mapping of a table, or what a mapping makes of its tables.

use super::args::MapArgs;
use super::error::CliError;
use super::policy;
use super::tables::{ReadTables, Tables, not_in_order};
use super::terminal::Terminal;
use heedful_history::{Guessed, guess};
use heedful_replay::{each_case, write_beside_intakes, write_intakes};
use std::io::Write;

pub(super) fn run(args: &MapArgs, terminal: &Terminal) -> Result<(), CliError> {
    let policy = policy::load(&args.policy, terminal)?;
    if let Some(path) = &args.guess {
        let asked = Guessed { path, table: args.table.as_deref(), record: &args.record };
        let text = guess(&asked, policy.vocabulary(), policy.zone())
            .map_err(|error| CliError::Cannot(format!("{}: {error}", path.display())))?;
        return terminal.print(&text);
    }
    let Some(map) = &args.check else { return Ok(()) };
    let tables = Tables::of(Some(map), args.events.as_deref())?;
    let ReadTables { mapping, events, intakes } = tables.read(&policy, false, terminal, None)?;
    tables.rules_are_known(&mapping, &[&policy])?;
    let store = events.into_store().map_err(|error| not_in_order(&error))?;
    let ids: Vec<&str> = store.calls().map(heedful_history::Call::id).collect();
    let given = |outcome| store.calls().map(|call| call.given(outcome)).collect();
    let (_, beside_intakes) = tables.read_beside(&mapping, &ids, given, None)?;
    let mut out = terminal.out();
    let shown = (|| {
        writeln!(out, "{} calls to decide, {} events", store.calls().len(), store.len())?;
        write_intakes(&mut out, &intakes)?;
        write_beside_intakes(&mut out, &beside_intakes)?;
        let mut left = args.show.unwrap_or(0);
        if left > 0 {
            each_case(&policy, &policy.horizon(), &store, |case| {
                writeln!(out, "{case}")?;
                left -= 1;
                Ok(left > 0)
            })?;
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
