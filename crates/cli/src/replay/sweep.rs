//! `heedful replay --sweep`: the policy with a setting at each value that it may have.

use crate::error::CliError;
use crate::terminal::Terminal;
use heedful::engine::{self, Input, Load, Snapshot};
use heedful::text::{Severity, nearest};
use heedful_replay::Chosen;

/// How many values of a setting are tried at most.
const MOST: usize = 12;

/// The policy as it stands, and with each of the settings at each of its values; two settings give a grid.
pub(super) fn points(
    load: &Load,
    policy: &Snapshot,
    settings: &[String],
    terminal: &Terminal,
) -> Result<Vec<(Vec<Chosen>, Snapshot)>, CliError> {
    let inputs: Vec<Input> =
        load.sources.iter().map(|source| Input::new(source.name.clone(), source.text.clone().into_bytes())).collect();
    let mut choices: Vec<Vec<Chosen>> = vec![Vec::new()];
    for name in settings {
        let values = values(policy, name)?;
        let with = |chosen: &Vec<Chosen>| {
            let more = |value: &String| Chosen { setting: name.clone(), value: value.clone() };
            values.iter().map(|value| [chosen.as_slice(), &[more(value)]].concat()).collect::<Vec<_>>()
        };
        choices = choices.iter().flat_map(with).collect();
    }
    let mut points = Vec::new();
    for chosen in std::iter::once(Vec::new()).chain(choices) {
        points.extend(tailored(&inputs, policy.name(), &chosen, terminal).map(|policy| (chosen, policy)));
    }
    Ok(points)
}

/// The values that a setting may have.
fn values(policy: &Snapshot, name: &str) -> Result<Vec<String>, CliError> {
    match policy.setting_values(name, MOST) {
        Some(values) if values.is_empty() => {
            Err(CliError::Cannot(format!("the setting `{name}` has no range, so there is nothing to try")))
        }
        Some(values) => Ok(values),
        None => {
            let near = nearest(name, policy.settings());
            let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Err(CliError::Cannot(format!("{} has no setting `{name}`{help}", policy.name())))
        }
    }
}

/// The policy as a force would have it that sets these values; none, with a warning, where it may not.
fn tailored(inputs: &[Input], base: &str, chosen: &[Chosen], terminal: &Terminal) -> Option<Snapshot> {
    let name = format!("{base} swept");
    let lines: String = chosen.iter().map(|one| format!("  set {} to {}\n", one.setting, one.value)).collect();
    let text = format!("policy \"{name}\"\n  tailors \"{base}\"\n{lines}");
    let mut all = inputs.to_vec();
    all.push(Input::new("sweep.heed", text));
    let loaded = engine::load(&all);
    if let Some(wrong) = loaded.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error) {
        let said: Vec<String> = chosen.iter().map(|one| format!("{} {}", one.setting, one.value)).collect();
        terminal.say(&format!("warning: {} is left out: {}", said.join(", "), wrong.message));
        return None;
    }
    loaded.policy(&name).ok()
}
