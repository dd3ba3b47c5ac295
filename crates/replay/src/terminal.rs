//! `ReplayReport` -> lines for a terminal.

use crate::report::{BesideReport, PolicyDifference, PolicyReport, ReplayReport, SweepPoint};
use crate::words::{counted, percent, such_as, thousands};
use heedful_history::Intake;
use std::io::{self, Write};

/// How many lines of a long list are written.
const MOST: usize = 12;

/// Writes a report for people to read in a terminal.
///
/// # Errors
/// When it cannot be written.
pub fn write_report(out: &mut dyn Write, report: &ReplayReport) -> io::Result<()> {
    let days = report.first_day.as_deref().zip(report.last_day.as_deref());
    let span = days.map_or_else(String::new, |(first, last)| format!(", {first} to {last}"));
    writeln!(out, "{}{span}", counted(report.calls, "call"))?;
    write_intakes(out, &report.tables)?;
    write_beside_intakes(out, &report.beside)?;
    if report.told_twice > 0 {
        writeln!(out, "  {} that say what another row said, which counts once", counted(report.told_twice, "row"))?;
    }
    if !report.days_without_rows.is_empty() {
        let count = report.days_without_rows.len() as u64;
        let first: Vec<&str> = report.days_without_rows.iter().take(3).map(String::as_str).collect();
        writeln!(
            out,
            "  no table has any row on {} of these days ({}{}): rates over them mislead",
            thousands(count),
            first.join(", "),
            if count > 3 { ", …" } else { "" }
        )?;
    }
    for policy in &report.policies {
        write_policy(out, policy, report.hidden_below)?;
    }
    let names: Vec<&str> = report.policies.iter().map(|policy| policy.policy.as_str()).collect();
    if let (Some(difference), [first, second]) = (&report.difference, names.as_slice()) {
        write_difference(out, difference, report.calls, first, second)?;
    }
    write_sweep(out, &report.sweep)
}

fn write_difference(
    out: &mut dyn Write,
    difference: &PolicyDifference,
    calls: u64,
    first: &str,
    second: &str,
) -> io::Result<()> {
    writeln!(out, "\n{second} beside {first}")?;
    writeln!(out, "  decided alike: {} of {}", thousands(difference.same), thousands(calls))?;
    if let Some(matrix) = &difference.matrix {
        writeln!(out, "  {}: {} higher, {} lower", matrix.outcome, thousands(matrix.higher), thousands(matrix.lower))?;
        write_matrix(out, &matrix.rows, &matrix.columns, &matrix.calls)?;
    }
    for (said, list) in [("newly", &difference.gained), ("no longer", &difference.lost)] {
        for change in list {
            writeln!(
                out,
                "  {said} {} {}: {}, such as {}",
                change.outcome,
                change.value,
                counted(change.calls, "call"),
                change.first.join(", ")
            )?;
        }
    }
    for rule in &difference.rules {
        writeln!(
            out,
            "  {}: fires for {} only under {first}, for {} only under {second}; the smallest is {}, a usual one {}",
            rule.rule,
            counted(rule.only_first, "call"),
            thousands(rule.only_second),
            rule.smallest,
            rule.typical
        )?;
    }
    Ok(())
}

fn write_matrix(out: &mut dyn Write, rows: &[String], columns: &[String], calls: &[Vec<u64>]) -> io::Result<()> {
    let width = rows.iter().chain(columns).map(String::len).max().unwrap_or(0).max(9);
    write!(out, "    {:width$}", "")?;
    columns.iter().try_for_each(|column| write!(out, "  {column:>width$}"))?;
    writeln!(out)?;
    for (row, counts) in rows.iter().zip(calls) {
        write!(out, "    {row:width$}")?;
        counts.iter().try_for_each(|count| write!(out, "  {:>width$}", thousands(*count)))?;
        writeln!(out)?;
    }
    Ok(())
}

/// What somebody else says, down, beside what the policy says, across.
fn write_beside(out: &mut dyn Write, beside: &BesideReport) -> io::Result<()> {
    writeln!(out, "  {} beside {}: {}", beside.about, beside.file, counted(beside.calls, "call"))?;
    for (count, why) in
        [(beside.not_said, "of which it says nothing"), (beside.not_decided, "before those that are decided")]
    {
        if count > 0 {
            writeln!(out, "    {} {why}", counted(count, "call"))?;
        }
    }
    if let Some(matrix) = &beside.matrix {
        let [above, below] = [&matrix.above, &matrix.below].map(such_as);
        writeln!(
            out,
            "    the policy asks for more in {above}; for the same in {}; for less in {below}",
            thousands(matrix.same)
        )?;
        write_matrix(out, &matrix.values, &matrix.values, &matrix.calls)?;
    }
    // A matrix says it of the values of a scale; their ids are in the other forms of the report.
    for side in beside.sets.iter().filter(|_| beside.matrix.is_none()) {
        let hashes = match side.equal {
            true => format!("the same calls ({})", short(&side.ids_sha256)),
            false => format!("not the same calls ({} and {})", short(&side.ids_sha256), short(&side.their_ids_sha256)),
        };
        let [own, theirs] = [&side.only_policy, &side.only_theirs].map(such_as);
        writeln!(
            out,
            "    {}: both {}; only the policy {own}; only {} {theirs}; {hashes}",
            side.value,
            thousands(side.both),
            beside.file
        )?;
    }
    Ok(())
}

/// The first digits of a hash, enough to see at a glance whether two are alike.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// What each value of a setting makes of the calls.
fn write_sweep(out: &mut dyn Write, points: &[SweepPoint]) -> io::Result<()> {
    let width = points.iter().map(|point| point.in_words().len()).max().unwrap_or(0);
    for point in points {
        writeln!(
            out,
            "\n{:width$}  {} higher, {} lower than it stands",
            point.in_words(),
            thousands(point.higher),
            thousands(point.lower)
        )?;
        for (outcome, values) in &point.outcomes {
            let said: Vec<String> =
                values.iter().map(|value| format!("{} {}", value.value, thousands(value.calls))).collect();
            writeln!(out, "  {outcome}: {}", said.join(", "))?;
        }
        for (rule, fired) in &point.rules {
            writeln!(out, "  {rule}: {}", thousands(*fired))?;
        }
        for (value, [usual, most, worst]) in &point.days {
            writeln!(out, "  {value}: {usual} on a usual day, at most {most} on 95 days of 100, {worst} on the worst")?;
        }
    }
    Ok(())
}

/// Writes what became of the rows of some tables of events.
///
/// # Errors
/// When it cannot be written.
pub fn write_intakes(out: &mut dyn Write, intakes: &[Intake]) -> io::Result<()> {
    intakes.iter().try_for_each(|intake| write_table(out, intake, "its records are not available"))
}

/// Writes what became of the rows of what others say of the calls.
///
/// # Errors
/// When it cannot be written.
pub fn write_beside_intakes(out: &mut dyn Write, intakes: &[Intake]) -> io::Result<()> {
    intakes.iter().try_for_each(|intake| write_table(out, intake, "nothing of it is compared"))
}

fn write_table(out: &mut dyn Write, table: &Intake, if_broken: &str) -> io::Result<()> {
    let left_out = if table.left_out > 0 {
        format!(", {} left out by the mapping", thousands(table.left_out))
    } else {
        String::new()
    };
    writeln!(out, "  {}: {}, {} used{left_out}", table.file, counted(table.rows, "row"), thousands(table.used))?;
    if let Some(why) = &table.broken {
        writeln!(out, "    could not be read: {why}; {if_broken}")?;
    }
    for (said, samples) in [("not used", &table.refused), ("odd", &table.noted)] {
        for (why, sample) in samples {
            let lines: Vec<String> = sample.lines.iter().take(5).map(u64::to_string).collect();
            let more = if sample.count > 5 { ", …" } else { "" };
            writeln!(out, "    {said}: {}: {why} (line {}{more})", counted(sample.count, "row"), lines.join(", "))?;
        }
    }
    for (name, values) in &table.unmapped {
        let mut values: Vec<(&String, &u64)> = values.iter().collect();
        values.sort_by(|one, other| (other.1, one.0).cmp(&(one.1, other.0)));
        let all: u64 = values.iter().map(|(_, count)| **count).sum();
        let shown: Vec<String> =
            values.iter().take(5).map(|(value, count)| format!("{value} ({})", thousands(**count))).collect();
        let more = if values.len() > 5 { ", …" } else { "" };
        writeln!(out, "    {name}: {} that nothing explains: {}{more}", counted(all, "value"), shown.join(", "))?;
    }
    for (name, count) in &table.unknown {
        writeln!(out, "    {name}: not known in {}", counted(*count, "row"))?;
    }
    Ok(())
}

fn write_policy(out: &mut dyn Write, policy: &PolicyReport, hidden_below: u64) -> io::Result<()> {
    writeln!(out, "\n{}", policy.policy)?;
    for (outcome, values) in &policy.outcomes {
        let said: Vec<String> =
            values.iter().map(|value| format!("{} {}", value.value, thousands(value.calls))).collect();
        writeln!(out, "  {outcome}: {}", said.join(", "))?;
    }
    let width = policy.rules.iter().map(|rule| rule.rule.len()).max().unwrap_or(4).max(4);
    writeln!(out, "  {:width$}  {:>9}  {:>9}  {:>9}", "rule", "fired", "undecided", "alone")?;
    for rule in policy.rules.iter().filter(|rule| rule.fired + rule.undecided > 0) {
        let counts = [rule.fired, rule.undecided, rule.sole].map(thousands);
        let [fired, undecided, sole] = &counts;
        writeln!(out, "  {:width$}  {fired:>9}  {undecided:>9}  {sole:>9}", rule.rule)?;
    }
    let silent = policy.rules.iter().filter(|rule| rule.fired + rule.undecided == 0).count();
    if silent > 0 {
        writeln!(out, "  {} fired for no call, and undecided for none", counted(silent as u64, "rule"))?;
    }
    for rule in &policy.trial {
        writeln!(out, "  on trial or suspended: {} would have fired for {}", rule.rule, thousands(rule.fired))?;
    }
    for load in &policy.workload {
        writeln!(
            out,
            "  {} {}: {} in all; {} on a usual day, at most {} on 95 days of 100, {} on the worst ({})",
            load.outcome,
            load.value,
            thousands(load.total),
            load.median,
            load.most_of_95,
            load.worst,
            load.worst_day
        )?;
    }
    policy.beside.iter().try_for_each(|beside| write_beside(out, beside))?;
    if let Some(repeats) = &policy.repeats {
        let [[raised, least, most], [others, others_least, others_most]] =
            [repeats.share_of_repeated, repeats.share_of_others].map(|share| share.map(percent));
        writeln!(
            out,
            "  followed within {} by a call with the same {}: {} of {}; raised before: {raised} of them ({least} to {most}), {others} of the others ({others_least} to {others_most})",
            repeats.within,
            repeats.fact,
            thousands(repeats.repeated),
            thousands(repeats.calls)
        )?;
    }
    if policy.undecided > 0 {
        writeln!(out, "  undecided in part: {}", counted(policy.undecided, "call"))?;
    }
    for wait in policy.waits_for.iter().take(MOST) {
        writeln!(out, "    {} of them wait for {}", thousands(wait.calls), wait.value)?;
    }
    for list in &policy.not_available {
        writeln!(out, "  {}: not available, or not all of them, for {}", list.value, counted(list.calls, "call"))?;
    }
    for (fact, groups) in &policy.groups {
        writeln!(out, "  by {fact} (groups of fewer than {hidden_below} calls are not shown)")?;
        for group in groups {
            let [share, least, most] = group.raised.unwrap_or_default().map(percent);
            writeln!(out, "    {}: {}, {share} raised ({least} to {most})", group.of, counted(group.calls, "call"))?;
        }
    }
    Ok(())
}
