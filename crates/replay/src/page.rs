//! `ReplayReport` -> one web page that needs nothing else: it works offline, prints, and says in tables all that its drawings show.

use crate::chart::{Series, lines};
use crate::report::{BesideReport, Period, PolicyDifference, PolicyReport, ReplayReport, SweepPoint};
use crate::words::{counted, percent, such_as, thousands};
use heedful_history::Intake;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// The report as a page of HTML.
pub fn page(report: &ReplayReport) -> String {
    let names: Vec<&str> = report.policies.iter().map(|policy| policy.policy.as_str()).collect();
    let title = format!("Replay of {}: {}", counted(report.calls, "call"), names.join(" and "));
    let page = html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (title) }
                    (data(report))
                    @if let (Some(difference), [first, second]) = (&report.difference, names.as_slice()) {
                        (difference_part(difference, report.calls, first, second))
                    }
                    @for policy in &report.policies { (policy_part(policy, report.hidden_below)) }
                    @if !report.sweep.is_empty() { (sweep_part(&report.sweep)) }
                    footer { p { "Made by heedful " (report.engine) ". Counts of past calls; no person is scored." } }
                }
            }
        }
    };
    page.into_string()
}

fn data(report: &ReplayReport) -> Markup {
    html! {
        section {
            h2 { "The data" }
            @if let (Some(first), Some(last)) = (&report.first_day, &report.last_day) {
                p { (thousands(report.calls)) " calls were decided, from " (first) " to " (last) ", each with its history as it stood at that moment." }
            }
            @if !report.days_without_rows.is_empty() {
                p class="warning" {
                    "No table has any row on " (thousands(report.days_without_rows.len() as u64))
                    " of these days, such as " (report.days_without_rows.iter().take(3).cloned().collect::<Vec<_>>().join(", "))
                    ". Rates over them mislead; medians below leave them out."
                }
            }
            @if report.told_twice > 0 {
                p { (thousands(report.told_twice)) " rows say what another row said, and count once." }
            }
            @for table in &report.tables { (table_part(table, "Its records are not available.")) }
            @for table in &report.beside { (table_part(table, "Nothing of it is compared.")) }
        }
    }
}

fn table_part(table: &Intake, if_broken: &str) -> Markup {
    let odd = [("Not used", &table.refused), ("Odd", &table.noted)];
    let rows: Vec<(&str, &String, u64, String)> = odd
        .into_iter()
        .flat_map(|(said, samples)| samples.iter().map(move |(why, sample)| (said, why, sample)))
        .map(|(said, why, sample)| {
            let lines: Vec<String> = sample.lines.iter().take(5).map(u64::to_string).collect();
            (said, why, sample.count, lines.join(", "))
        })
        .collect();
    html! {
        h3 { (table.file) }
        p {
            (counted(table.rows, "row")) ", " (thousands(table.used)) " used"
            @if table.left_out > 0 { ", " (thousands(table.left_out)) " left out by the mapping" }
            "."
        }
        @if let Some(why) = &table.broken {
            p class="warning" { "It could not be read to its end: " (why) ". " (if_broken) }
        }
        @if !rows.is_empty() {
            (head_and_rows(&["What", "Why", "Rows", "First lines"], rows.iter().map(|(said, why, count, lines)| {
                vec![(*said).to_owned(), (*why).clone(), thousands(*count), lines.clone()]
            })))
        }
        @if !table.unmapped.is_empty() {
            (head_and_rows(&["Name", "Value that nothing explains", "Rows"], table.unmapped.iter().flat_map(|(name, values)| {
                values.iter().map(move |(value, count)| vec![name.clone(), value.clone(), thousands(*count)])
            })))
        }
        @if !table.unknown.is_empty() {
            (head_and_rows(&["Name", "Rows in which it is not known"], table.unknown.iter().map(|(name, count)| {
                vec![name.clone(), thousands(*count)]
            })))
        }
    }
}

fn head_and_rows(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Markup {
    html! {
        div class="wide" tabindex="0" {
            table {
                thead { tr { @for cell in head { th scope="col" { (cell) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (number, cell) in row.iter().enumerate() {
                                @if number == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn difference_part(difference: &PolicyDifference, calls: u64, first: &str, second: &str) -> Markup {
    html! {
        section {
            h2 { (second) " beside " (first) }
            p { (thousands(difference.same)) " of " (thousands(calls)) " calls are decided alike." }
            @if let Some(matrix) = &difference.matrix {
                p { (thousands(matrix.higher)) " get a higher " (matrix.outcome) ", " (thousands(matrix.lower)) " a lower one." }
                @let corner = format!("{first} (down), {second} (across)");
                @let head: Vec<&str> = std::iter::once(corner.as_str()).chain(matrix.columns.iter().map(String::as_str)).collect();
                (head_and_rows(&head, matrix.rows.iter().zip(&matrix.calls).map(|(row, counts)| {
                    std::iter::once(row.clone()).chain(counts.iter().map(|count| thousands(*count))).collect()
                })))
            }
            @if !difference.gained.is_empty() || !difference.lost.is_empty() {
                h3 { "What changes hands" }
                @let changes = [("newly", &difference.gained), ("no longer", &difference.lost)];
                (head_and_rows(&["Outcome", "Change", "Calls", "Such as"], changes.into_iter().flat_map(|(said, list)| {
                    list.iter().map(move |change| vec![
                        format!("{} {}", change.outcome, change.value), said.to_owned(), thousands(change.calls), change.first.join(", "),
                    ])
                })))
            }
            @if !difference.rules.is_empty() {
                h3 { "The rules, and the calls that show it" }
                @let (only_first, only_second) = (format!("Only under {first}"), format!("Only under {second}"));
                (head_and_rows(&["Rule", &only_first, &only_second, "Smallest", "Usual"], difference.rules.iter().map(|rule| vec![
                    rule.rule.clone(), thousands(rule.only_first), thousands(rule.only_second), rule.smallest.clone(), rule.typical.clone(),
                ])))
            }
        }
    }
}

fn policy_part(policy: &PolicyReport, hidden_below: u64) -> Markup {
    let first = policy
        .outcomes
        .values()
        .find(|values| Some(values.len()) == policy.weeks.first().map(|week| week.values.len()));
    let values: Vec<String> =
        first.map(|values| values.iter().map(|value| value.value.clone()).collect()).unwrap_or_default();
    html! {
        section {
            h2 { (policy.policy) }
            p class="digest" { (policy.digest) }
            @for (outcome, counts) in &policy.outcomes {
                (head_and_rows(&[outcome, "Calls"], counts.iter().map(|count| vec![count.value.clone(), thousands(count.calls)])))
            }
            h3 { "Rules" }
            p { "Alone: calls whose first outcome would be lower without this rule." }
            (head_and_rows(&["Rule", "Fired", "Undecided", "Alone", "First calls"], policy.rules.iter().map(|rule| vec![
                rule.rule.clone(), thousands(rule.fired), thousands(rule.undecided), thousands(rule.sole), rule.first.join(", "),
            ])))
            @if !policy.trial.is_empty() {
                h3 { "On trial, or suspended" }
                (head_and_rows(&["Rule", "Would have fired", "Perhaps"], policy.trial.iter().map(|rule| vec![
                    rule.rule.clone(), thousands(rule.fired), thousands(rule.undecided),
                ])))
            }
            @if !policy.workload.is_empty() {
                h3 { "The work it makes, day by day" }
                (head_and_rows(&["Outcome", "In all", "On a usual day", "On 95 days of 100 at most", "On the worst day", "Which day"],
                    policy.workload.iter().map(|load| vec![
                        format!("{} {}", load.outcome, load.value), thousands(load.total), thousands(load.median),
                        thousands(load.most_of_95), thousands(load.worst), load.worst_day.clone(),
                    ])))
            }
            @for beside in &policy.beside { (beside_part(beside)) }
            @if let Some(repeats) = &policy.repeats {
                h3 { "Calls that came again" }
                p {
                    (thousands(repeats.repeated)) " of " (thousands(repeats.calls)) " calls were followed within " (repeats.within)
                    " by another with the same " (repeats.fact) ". This says how often the policy had raised them; it scores nobody."
                }
                @let shares = [("Followed by another", repeats.repeated, repeats.raised_of_repeated, repeats.share_of_repeated),
                    ("Not followed", repeats.calls - repeats.repeated, repeats.raised_of_others, repeats.share_of_others)];
                (head_and_rows(&["Calls", "How many", "Raised", "Share", "From", "To"], shares.into_iter().map(|(said, calls, raised, shares)| {
                    let [share, least, most] = shares.map(percent);
                    vec![said.to_owned(), thousands(calls), thousands(raised), share, least, most]
                })))
            }
            @if policy.undecided > 0 || !policy.not_available.is_empty() {
                h3 { "What was not known" }
                p { "Some rule is undecided for " (counted(policy.undecided, "call")) "." }
                (head_and_rows(&["What they wait for", "Calls"], policy.waits_for.iter().map(|wait| vec![wait.value.clone(), thousands(wait.calls)])))
                (head_and_rows(&["Asked about", "Calls that an answer could have raised"], policy.questions.iter().map(|wait| vec![wait.value.clone(), thousands(wait.calls)])))
                (head_and_rows(&["History not available, or not all of it", "Calls"], policy.not_available.iter().map(|list| vec![list.value.clone(), thousands(list.calls)])))
            }
            (periods("By week, beginning on", &policy.weeks, &values))
            (periods("By day of the week", &policy.weekdays, &values))
            (periods("By hour", &policy.hours, &values))
            @for (fact, groups) in &policy.groups {
                h3 { "By " (fact) }
                p { "Raised: above the lowest value, with the 95 % interval of the share. Groups of fewer than " (hidden_below) " calls are not shown." }
                (head_and_rows(&[fact, "Calls", "Raised", "From", "To"], groups.iter().map(|group| {
                    let [share, least, most] = group.raised.unwrap_or_default().map(percent);
                    vec![group.of.clone(), thousands(group.calls), share, least, most]
                })))
            }
        }
    }
}

/// What the policy says beside what somebody else says of the same calls.
fn beside_part(beside: &BesideReport) -> Markup {
    html! {
        h3 { (beside.about) " beside " (beside.file) }
        p {
            "It speaks of " (counted(beside.calls, "call")) " that were decided"
            @if beside.not_said > 0 { ", and says nothing of " (thousands(beside.not_said)) }
            @if beside.not_decided > 0 { "; it speaks of " (thousands(beside.not_decided)) " before those, too" }
            "."
        }
        @if let Some(matrix) = &beside.matrix {
            p {
                "The policy asks for more in " (such_as(&matrix.above)) ", for the same in " (thousands(matrix.same))
                " and for less in " (such_as(&matrix.below)) "."
            }
            @let corner = format!("{} (down), the policy (across)", beside.file);
            @let head: Vec<&str> = std::iter::once(corner.as_str()).chain(matrix.values.iter().map(String::as_str)).collect();
            (head_and_rows(&head, matrix.values.iter().zip(&matrix.calls).map(|(value, counts)| {
                std::iter::once(value.clone()).chain(counts.iter().map(|count| thousands(*count))).collect()
            })))
        }
        @let theirs = format!("Only {}", beside.file);
        (head_and_rows(&["Calls", "Both", "Only the policy", &theirs, "The same calls", "SHA-256 of their ids"], beside.sets.iter().map(|side| {
            let hashes = if side.equal { side.ids_sha256.clone() } else { format!("{} / {}", side.ids_sha256, side.their_ids_sha256) };
            let same = if side.equal { "yes" } else { "no" };
            vec![side.value.clone(), thousands(side.both), such_as(&side.only_policy), such_as(&side.only_theirs), same.to_owned(), hashes]
        })))
    }
}

/// A drawing of counts, and the table that says the same.
fn periods(said: &str, periods: &[Period], values: &[String]) -> Markup {
    let places: Vec<String> = periods.iter().map(|period| period.of.clone()).collect();
    // The lowest value is nearly every call, and would press all others to the ground.
    let series: Vec<Series<'_>> = values
        .iter()
        .enumerate()
        .skip(1)
        .map(|(at, name)| Series {
            name,
            values: periods.iter().map(|period| period.values.get(at).copied().unwrap_or(0)).collect(),
        })
        .collect();
    let head: Vec<&str> = std::iter::once(said).chain(["Calls"]).chain(values.iter().map(String::as_str)).collect();
    html! {
        h3 { (said) }
        @if let Some(drawing) = lines(&places, &series) {
            figure {
                div role="img" aria-label={ (said) ": the table below says the same" } { (PreEscaped(drawing)) }
                figcaption { "Calls above the lowest value. The table below has every number." }
            }
        }
        details {
            summary { "The numbers" }
            (head_and_rows(&head, periods.iter().map(|period| {
                [period.of.clone(), thousands(period.calls)].into_iter().chain(period.values.iter().map(|count| thousands(*count))).collect()
            })))
        }
    }
}

fn sweep_part(points: &[SweepPoint]) -> Markup {
    let places: Vec<String> = points.iter().skip(1).map(SweepPoint::in_words).collect();
    let rules: Vec<&String> = points.first().map(|point| point.rules.keys().collect()).unwrap_or_default();
    let series: Vec<Series<'_>> = rules
        .iter()
        .map(|rule| Series {
            name: rule,
            values: points.iter().skip(1).map(|point| point.rules.get(*rule).copied().unwrap_or(0)).collect(),
        })
        .collect();
    let values: Vec<String> = points
        .first()
        .map(|point| {
            let of = |(outcome, values): (&String, &Vec<crate::report::ByValue>)| {
                values.iter().map(|value| format!("{outcome} {}", value.value)).collect::<Vec<_>>()
            };
            point.outcomes.iter().flat_map(of).collect()
        })
        .unwrap_or_default();
    let days: Vec<&String> = points.first().map(|point| point.days.keys().collect()).unwrap_or_default();
    let usual: Vec<String> = days.iter().map(|value| format!("{value}, on a usual day / 95 of 100 / worst")).collect();
    let head: Vec<&str> = ["Settings", "Higher", "Lower"]
        .into_iter()
        .chain(values.iter().map(String::as_str))
        .chain(rules.iter().map(|rule| rule.as_str()))
        .chain(usual.iter().map(String::as_str))
        .collect();
    let row = |point: &SweepPoint| {
        let counts = point.outcomes.values().flatten().map(|value| thousands(value.calls));
        let fired = rules.iter().map(|rule| thousands(point.rules.get(*rule).copied().unwrap_or(0)));
        let by_day = days.iter().map(|value| {
            let [usual, most, worst] = point.days.get(*value).copied().unwrap_or_default();
            format!("{usual} / {most} / {worst}")
        });
        [point.in_words(), thousands(point.higher), thousands(point.lower)]
            .into_iter()
            .chain(counts)
            .chain(fired)
            .chain(by_day)
            .collect()
    };
    html! {
        section {
            h2 { "At other values" }
            @if let Some(drawing) = lines(&places, &series) {
                figure {
                    div role="img" aria-label="For how many calls each rule fires at each value: the table below says the same" { (PreEscaped(drawing)) }
                    figcaption { "For how many calls each rule fires that the values move." }
                }
            }
            (head_and_rows(&head, points.iter().map(row)))
        }
    }
}
