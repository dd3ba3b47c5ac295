//! Several policies in one intermediate representation: they share what they have in common, and their settings are seen.

use crate::support::load_folder;
use heedful::check::Policy;
use heedful::compile::{FlatSince, Ir, PolicyTerms, TermId};
use heedful::semantics::SettingId;
use std::collections::BTreeSet;

/// The rules that two policies both have, each with where its condition stands.
fn of_both<'p>(
    (base, of_base): (&'p Policy, &'p PolicyTerms),
    (force, of_force): (&'p Policy, &'p PolicyTerms),
) -> Vec<(&'p str, TermId, TermId)> {
    let rules = base.rules.iter().zip(&of_base.rules);
    let both = rules.map(|(rule, terms)| {
        let at =
            force.rules.iter().position(|other| other.name == rule.name).expect("a force keeps the rules of its base");
        (rule.name.as_str(), terms.when, of_force.rules[at].when)
    });
    both.collect()
}

/// The settings that two policies have at different values.
fn moved(base: &Policy, force: &Policy) -> BTreeSet<SettingId> {
    let settings = (0..).map(SettingId).zip(base.settings.iter().zip(&force.settings));
    settings.filter(|(_, (one, other))| one.value != other.value).map(|(id, _)| id).collect()
}

#[test]
fn a_base_and_its_forces_share_all_that_rests_on_no_setting_that_was_moved() {
    let load = load_folder("rules");
    let named = |name: &str| load.policies.iter().find(|policy| policy.name() == name).expect("shipped").policy();
    let base = named("National baseline");
    let mut ir = Ir::telling_settings_apart();
    let of_base = ir.add(base);
    let size = ir.terms.len();
    for name in ["Riverside Police", "Saltmarsh Constabulary"] {
        let force = named(name);
        assert!(Ir::are_alike(base, force));
        let of_force = ir.add(force);
        let moved = moved(base, force);
        let both = of_both((base, &of_base), (force, &of_force));
        for (rule, one, other) in &both {
            let rests_on_moved = ir.settings([*one]).intersection(&moved).count() > 0;
            assert_eq!(one != other, rests_on_moved, "{rule} of {name}");
            assert_eq!(ir.settings([*one]), ir.settings([*other]), "{rule} of {name}");
        }
        assert!(both.iter().any(|(_, one, other)| one != other), "{name} moves some setting");
        assert!(both.iter().any(|(_, one, other)| one == other), "{name} shares some rule");
    }
    // Most of what is said is said once.
    assert!(ir.terms.len() < size * 3 / 2, "{} and then {}", size, ir.terms.len());
    let before = ir.terms.len();
    let again = ir.add(base);
    let whens = |terms: &PolicyTerms| terms.rules.iter().map(|rule| rule.when).collect::<Vec<TermId>>();
    assert_eq!((ir.terms.len(), whens(&again)), (before, whens(&of_base)));
}

#[test]
fn parts_come_before_what_is_made_of_them() {
    let load = load_folder("rules");
    let mut ir = Ir::default();
    load.policies.iter().for_each(|policy| drop(ir.add(policy.policy())));
    for (id, term) in ir.terms() {
        assert!(ir.parts_and_points(term).all(|part| part < id), "{term:?}");
        let uses = ir.uses([id]);
        assert_eq!(uses.terms.last(), Some(&id), "{term:?}");
    }
    for (id, selection) in ir.selections() {
        let earlier = selection.since.iter().all(|since| match since {
            FlatSince::Record { of, .. } => *of < id,
            FlatSince::Instant(_) | FlatSince::Midnight => true,
        });
        assert!(earlier, "{selection:?}");
    }
}
