//! Pairs of policies, each with what is proved of them or shown by a call, in both directions.

use crate::harmless::lost_between;
use crate::support::{load_texts, root};
use heedful::engine::{Load, Snapshot};
use heedful::proof::{CertifiedRule, Compared, Finding, Together, Verdict, compare};
use heedful::text::Severity;
use insta::{Settings, assert_snapshot, glob};
use std::borrow::Cow;
use std::fmt::Write;
use std::fs;

fn policy(name: &str, rules: &str) -> Snapshot {
    loaded(name, rules).policies.into_iter().next().expect("a policy")
}

fn loaded(name: &str, rules: &str) -> Load {
    let vocabulary = fs::read_to_string(root("tests/compared/vocabulary.heed")).expect("the vocabulary");
    let text = format!("policy \"{name}\"\n  vocabulary \"compared\"\n  time zone Europe/London\n\n{rules}");
    let load = load_texts(&[&vocabulary, &text]);
    let errors: Vec<_> = load.diagnostics.iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    load
}

/// Two sets of rules of a pair.
fn rules(text: &str) -> (&str, &str) {
    let (_, rules) = text.split_once("--- old\n").expect("the old rules");
    rules.split_once("--- new\n").expect("the new rules")
}

/// `one`, or what it is enough for together.
fn by(rule: &str, together: Option<&Together>) -> String {
    let with = together.map(|it| format!(" with {:?} while {} is not known", it.with, it.what));
    format!("`{rule}`{}", with.unwrap_or_default())
}

fn said(out: &mut String, what: &str, verdict: &Verdict, policy: &Snapshot) {
    let certified = verdict.certificates.iter().map(|it| &it.certificate);
    certified.for_each(|certificate| certificate.check().expect("a certificate that holds"));
    let is_proved = if verdict.is_never() { " never, proved" } else { "" };
    let _ = writeln!(out, "{what}:{is_proved}");
    for difference in &verdict.calls {
        let by = by(&difference.rule, difference.together.as_ref());
        let _ = writeln!(out, "  by {by} in this call: {}", difference.call.on_one_line(policy));
    }
    for open in &verdict.not_settled {
        let _ = writeln!(out, "  not settled of {}: {}", by(&open.rule, open.together.as_ref()), open.why);
    }
}

#[test]
fn pairs() {
    glob!("compared/*.pair", |path| {
        let text = fs::read_to_string(path).expect("a readable file");
        let (old, new) = rules(&text);
        let (old, new) = (policy("Old", old), policy("New", new));
        let found = compare(&old, &new, true);
        assert_eq!(found.not_compared, None);
        let mut out = String::new();
        for part in &found.parts {
            let name = &old.vocabulary().outcomes[part.outcome.index()].name;
            said(&mut out, &format!("{name} lower under the new"), &part.lower, &old);
            said(&mut out, &format!("{name} higher under the new"), &part.higher, &old);
        }
        let mut settings = Settings::clone_current();
        settings.set_snapshot_path(path.parent().expect("a folder"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.remove_snapshot_suffix();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        settings.bind(|| assert_snapshot!(name, format!("{}\n\n--- found\n{out}", text.trim_end())));
    });
}

/// What is lower in a call does not go live by itself, whichever of the two came first.
#[test]
fn what_is_lower_in_a_call_is_held() {
    let mut held = 0;
    glob!("compared/*.pair", |path| {
        let text = fs::read_to_string(path).expect("a readable file");
        let (old, new) = rules(&text);
        let [old, new] = [old, new].map(|rules| loaded("Compared", rules));
        for (before, after) in [(&old, &new), (&new, &old)] {
            let found = compare(&before.policies[0], &after.policies[0], false);
            if found.parts.iter().any(|part| !part.lower.calls.is_empty()) {
                assert!(!lost_between(before, after).is_empty(), "{}", path.display());
                held += 1;
            }
        }
    });
    assert!(held > 50, "{held} are held");
}

/// Whatever was proved, nothing is settled where a certificate does not hold or one is missing.
#[test]
fn a_certificate_that_does_not_hold_settles_nothing() {
    let text = fs::read_to_string(root("tests/compared/together-cut-in-two.pair")).expect("a readable file");
    let (old, new) = rules(&text);
    let [before, after] = [("Old", old), ("New", new)].map(|(name, rules)| loaded(name, rules));
    let [old, new] = [&before, &after].map(|load| load.policies.first().expect("a policy"));
    let checked = |spoil: &dyn Fn(&mut Vec<CertifiedRule>)| {
        let mut found = compare(old, new, true);
        found.parts.iter_mut().for_each(|part| spoil(&mut part.lower.certificates));
        let mut compared = Compared::new((Cow::Borrowed(old), &before), (new, &after), found, Vec::new());
        compared.check_certificates();
        compared
    };
    assert_eq!(checked(&|_| ()).finding(), Finding::NeverLower);
    let emptied = |all: &mut Vec<CertifiedRule>| all.iter_mut().for_each(|it| it.certificate.proof.clear());
    for compared in [checked(&emptied), checked(&Vec::clear)] {
        assert_eq!(compared.finding(), Finding::NotSettled);
        let page = heedful::report::comparison(&compared, None, false);
        assert!(page.starts_with("NOT SETTLED: A CERTIFICATE DOES NOT HOLD."), "{page}");
    }
}
