//! What each policy of a chain changes of those before it.

use super::document::{Added, BaseChanges, Called, Moved, Suspended};
use super::lift::Lift;
use crate::check::Policy;
use crate::model::{Field, Outcome, Type, Vocabulary};
use crate::text::spoken;

impl Lift<'_> {
    /// One for each policy that tailors another, the policy itself first. `bases` are the policies before it.
    pub(super) fn changes(&self, bases: &[&Policy]) -> Vec<BaseChanges> {
        let chain = &self.policy.chain;
        let pairs = chain.iter().zip(chain.iter().skip(1));
        let whole = |name: &str| match bases.iter().find(|base| base.name == *name) {
            Some(base) => *base,
            None => self.policy,
        };
        let changes = pairs.map(|(base, policy)| {
            let (before, after) = (whole(base), if *policy == self.policy.name { self.policy } else { whole(policy) });
            BaseChanges {
                policy: policy.clone(),
                base: base.clone(),
                moved: self.moved(policy),
                called: called(before, after),
                suspended: self.suspended(policy),
                additions: self.additions(policy),
                rules: self.own_rules(policy),
                invariants: self.own_invariants(policy),
                names: self.own_names(policy, before, after),
                words: words_added(&before.vocabulary, &after.vocabulary),
            }
        });
        let mut changes: Vec<BaseChanges> = changes.collect();
        changes.reverse();
        changes
    }

    fn moved(&self, policy: &str) -> Vec<Moved> {
        let moved = self.policy.settings.iter().flat_map(|setting| {
            let pairs = setting.given.iter().zip(setting.given.iter().skip(1));
            pairs.filter(|(_, given)| given.policy == policy).map(|(before, given)| Moved {
                name: setting.name.clone(),
                help: setting.help.clone(),
                from: self.value(&before.value),
                to: self.value(&given.value),
                before: before.policy.clone(),
                at: given.at,
            })
        });
        let mut moved: Vec<Moved> = moved.collect();
        moved.sort_by(|one, other| one.name.cmp(&other.name));
        moved
    }

    fn suspended(&self, policy: &str) -> Vec<Suspended> {
        let suspended = self.policy.rules.iter().filter_map(|rule| {
            let suspension = rule.suspension.as_ref().filter(|suspension| suspension.policy == policy)?;
            let suspension = self.suspension(suspension);
            Some(Suspended { rule: rule.name.clone(), title: rule.title.to_string(), suspension })
        });
        suspended.collect()
    }

    fn additions(&self, policy: &str) -> Vec<Added> {
        let added = self.policy.rules.iter().flat_map(|rule| {
            let own = rule.additions.iter().filter(|addition| addition.policy == policy);
            own.map(|addition| Added {
                rule: rule.name.clone(),
                title: rule.title.to_string(),
                addition: self.addition(rule, addition),
            })
        });
        added.collect()
    }

    fn own_rules(&self, policy: &str) -> Vec<(String, String)> {
        let own = self.policy.rules.iter().filter(|rule| *rule.policy == *policy);
        own.map(|rule| (rule.name.clone(), rule.title.to_string())).collect()
    }

    fn own_invariants(&self, policy: &str) -> Vec<(String, String)> {
        let own = self.policy.invariants.iter().filter(|invariant| invariant.policy == policy);
        own.map(|invariant| (invariant.name.clone(), invariant.title.clone())).collect()
    }

    fn own_names(&self, policy: &str, before: &Policy, after: &Policy) -> Vec<String> {
        let own = self
            .policy
            .settings
            .iter()
            .filter(|setting| setting.given.first().is_some_and(|given| given.policy == policy));
        let mut names: Vec<String> = own.map(|setting| format!("setting {}", setting.name)).collect();
        let definitions = self.policy.definitions.iter().map(|definition| (&definition.name, &definition.policy));
        let groups = self.policy.groups.iter().map(|group| (&group.name, &group.policy));
        let own = definitions.chain(groups).filter(|(_, owner)| *owner == policy);
        let mut defined: Vec<String> = own.map(|(name, _)| format!("definition {name}")).collect();
        defined.sort();
        names.append(&mut defined);
        let scores = self.policy.scores.iter().filter(|score| score.policy == policy);
        names.extend(scores.map(|score| format!("score {}", score.name)));
        let tables = self.policy.tables.iter().filter(|table| table.policy == policy);
        names.extend(tables.map(|table| format!("table {}", table.name)));
        let new =
            after.calendars.iter().filter(|calendar| before.calendars.iter().all(|old| old.name != calendar.name));
        names.extend(new.map(|calendar| format!("calendar {}", calendar.name)));
        names
    }
}

/// The names for values that a policy gives and its base does not.
fn called(before: &Policy, after: &Policy) -> Vec<Called> {
    let shared = after.name == before.name;
    let new = after.called.iter().filter(|called| !shared && !before.called.contains(called));
    let new = new.filter_map(|(id, at, label)| {
        let outcome = after.vocabulary.outcomes.get(id.index())?;
        let value = (*outcome.kind.values().get(usize::from(*at))?).to_owned();
        Some(Called { outcome: outcome.name.clone(), value, label: label.clone() })
    });
    new.collect()
}

/// What a vocabulary says that another does not.
fn words_added(before: &Vocabulary, after: &Vocabulary) -> Vec<String> {
    let mut words = fields_added("fact", &before.call, &after.call);
    for record in &after.records {
        match before.records.iter().find(|old| old.name == record.name) {
            None => words.push(with_help(&format!("record {}", record.name), &record.help)),
            Some(old) => {
                words.extend(fields_added(&format!("field of {}:", record.name), &old.fields, &record.fields));
            }
        }
    }
    for outcome in &after.outcomes {
        match before.outcomes.iter().find(|old| old.name == outcome.name) {
            None => words.push(with_help(&format!("outcome {}", outcome.name), &outcome.help)),
            Some(old) => words.extend(outcome_values_added(old, outcome)),
        }
    }
    words
}

fn outcome_values_added(old: &Outcome, new: &Outcome) -> Option<String> {
    let known = old.kind.values();
    let more: Vec<&str> = new.kind.values().into_iter().filter(|value| !known.contains(value)).collect();
    (!more.is_empty()).then(|| format!("outcome {} may also be {}", new.name, spoken(&more, "and")))
}

fn fields_added(what: &str, before: &[Field], after: &[Field]) -> Vec<String> {
    let added = after.iter().filter_map(|field| {
        let Some(old) = before.iter().find(|old| old.name == field.name) else {
            return Some(with_help(&format!("{what} {}", field.name), &field.help));
        };
        let known = values(old);
        let more: Vec<&str> = values(field).iter().filter(|value| !known.contains(value)).map(String::as_str).collect();
        (!more.is_empty()).then(|| format!("{what} {} may also be {}", field.name, spoken(&more, "and")))
    });
    added.collect()
}

fn values(field: &Field) -> &[String] {
    match &field.ty {
        Type::Choice { values, .. } | Type::Flags { values } => values,
        _ => &[],
    }
}

fn with_help(said: &str, help: &str) -> String {
    if help.is_empty() { said.to_owned() } else { format!("{said}: {help}") }
}
