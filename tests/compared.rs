//! Pairs of policies, each with what is proved of them or shown by a call, in both directions.

use crate::harmless::lost_between;
use crate::proof::waits_as_by_itself;
use crate::support::{decide, load_texts, root};
use heedful::engine::{Load, Snapshot};
use heedful::live::{OtherWords, Reread};
use heedful::model::Level;
use heedful::proof::{
    CertifiedRule, Compared, Comparison, Finding, Reading, Together, Verdict, compare, compare_with_base,
};
use heedful::text::Severity;
use heedful::workers::Sequential;
use insta::{Settings, assert_snapshot, glob};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// What one file says: two sets of rules, in a zone, and perhaps a case in which the second is lower.
struct Pair<'t> {
    zone: &'t str,
    rules: [&'t str; 2],
    case: Option<&'t str>,
}

impl<'t> Pair<'t> {
    fn of(text: &'t str) -> Self {
        let (about, rules) = text.split_once("--- old\n").expect("the old rules");
        let (rules, case) = rules.split_once("--- case\n").map_or((rules, None), |(rules, case)| (rules, Some(case)));
        let (old, new) = rules.split_once("--- new\n").expect("the new rules");
        let zone = about.lines().find_map(|line| line.strip_prefix("zone ")).unwrap_or("Europe/London");
        Self { zone, rules: [old, new], case }
    }

    fn policies(&self, names: [&str; 2]) -> [Load; 2] {
        [0, 1].map(|at| loaded(names[at], self.zone, self.rules[at]))
    }
}

/// The policy that is compared: the force, where there is one.
fn compared(load: &Load) -> &Snapshot {
    load.policies.iter().max_by_key(|policy| policy.policy().chain.len()).expect("a policy")
}

fn loaded(name: &str, zone: &str, rules: &str) -> Load {
    written(&fs::read_to_string(root("tests/compared/vocabulary.heed")).expect("the vocabulary"), name, zone, rules)
}

fn written(vocabulary: &str, name: &str, zone: &str, rules: &str) -> Load {
    let (rules, force) = rules.split_once("--- force\n").map_or((rules, None), |(rules, force)| (rules, Some(force)));
    let text = format!("policy \"{name}\"\n  vocabulary \"compared\"\n  time zone {zone}\n\n{rules}");
    let force = force.map(|rules| format!("policy \"Force\"\n  tailors \"{name}\"\n\n{rules}"));
    let texts: Vec<&str> = [vocabulary, &text].into_iter().chain(force.as_deref()).collect();
    let load = load_texts(&texts);
    let errors: Vec<_> = load.diagnostics.iter().filter(|problem| problem.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    load
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

/// What is certain of each part of the outcome of a case, under both policies.
fn levels(policies: [&Snapshot; 2], case: &str) -> Vec<[Level; 2]> {
    let [was, is] = policies.map(|policy| decide(policy, case).outcome.0);
    was.into_iter().zip(is).map(|(was, is)| [was, is]).collect()
}

/// Keeps what was found of a file beside it.
fn keep(path: &Path, found: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(path.parent().expect("a folder"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_snapshot_suffix();
    let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
    settings.bind(|| assert_snapshot!(name, found));
}

#[test]
fn pairs() {
    glob!("compared/*.pair", |path| {
        let text = fs::read_to_string(path).expect("a readable file");
        let pair = Pair::of(&text);
        let [old, new] = pair.policies(["Old", "New"]);
        let (old, new) = (compared(&old), compared(&new));
        let found = compare(old, new, true);
        assert_eq!(found.not_compared, None);
        waits_as_by_itself([old, new]);
        let mut out = String::new();
        if let Some(case) = pair.case {
            for (part, [was, is]) in found.parts.iter().zip(levels([old, new], case)) {
                assert!(is.covers(was) || !part.lower.is_never(), "{} is lower in its case", path.display());
                assert!(was.covers(is) || !part.higher.is_never(), "{} is higher in its case", path.display());
                if was != is {
                    let name = &old.vocabulary().outcomes[part.outcome.index()].name;
                    let _ = writeln!(out, "in the case {name} is {was:?} under the old, {is:?} under the new");
                }
            }
        }
        for part in &found.parts {
            let name = &old.vocabulary().outcomes[part.outcome.index()].name;
            said(&mut out, &format!("{name} lower under the new"), &part.lower, old);
            said(&mut out, &format!("{name} higher under the new"), &part.higher, old);
        }
        keep(path, &format!("{}\n\n--- found\n{out}", text.trim_end()));
    });
}

/// What is lower in a call does not go live by itself, whichever of the two came first.
#[test]
fn what_is_lower_in_a_call_is_held() {
    let mut held = 0;
    glob!("compared/*.pair", |path| {
        let text = fs::read_to_string(path).expect("a readable file");
        let pair = Pair::of(&text);
        let [old, new] = pair.policies(["Compared"; 2]);
        for (before, after) in [(&old, &new), (&new, &old)] {
            let (was, is) = (compared(before), compared(after));
            let found = compare(was, is, false);
            let is_lower = |case| levels([was, is], case).into_iter().any(|[was, is]| !is.covers(was));
            if found.parts.iter().any(|part| !part.lower.calls.is_empty()) || pair.case.is_some_and(is_lower) {
                assert!(!lost_between(before, after).is_empty(), "{}", path.display());
                held += 1;
            }
        }
    });
    assert!(held > 50, "{held} are held");
}

/// In words that have changed, what is lower in a call is neither proved to be none nor let through, though not a line of the rules is another.
#[test]
fn in_other_words() {
    glob!("compared/words/*.pair", |path| {
        let text = fs::read_to_string(path).expect("a readable file");
        let (about, rest) = text.split_once("--- words\n").expect("the words");
        let (words, rest) = rest.split_once("--- newer words\n").expect("the newer words");
        let (newer, rest) = rest.split_once("--- old\n").expect("the old rules");
        let rules = format!("{about}--- old\n{rest}");
        let pair = Pair::of(&rules);
        let case = pair.case.expect("a case");
        let [before, after] = [(words, pair.rules[0]), (newer, pair.rules[1])]
            .map(|(words, rules)| written(words, "Compared", pair.zone, rules));
        let (old, new) = (compared(&before), compared(&after));
        // Outcomes are in the order of their words.
        let named = |policy: &Snapshot| -> BTreeMap<String, Level> {
            let names = policy.vocabulary().outcomes.iter().map(|outcome| outcome.name.clone());
            names.zip(decide(policy, case).outcome.0).collect()
        };
        let (was, is) = (named(old), named(new));
        let parts: BTreeMap<&str, [Level; 2]> =
            was.iter().map(|(name, was)| (name.as_str(), [*was, is[name.as_str()]])).collect();
        let mut out = String::new();
        for (name, [was, is]) in parts.iter().filter(|(_, [was, is])| was != is) {
            let _ = writeln!(out, "in the case {name} is {was:?} under the old, {is:?} under the new");
        }
        let reread = OtherWords::new(&before, &after).reread(old, new, &Sequential);
        let found = reread.policy(old).map(|read| (read, compare(Reading::of(old, read), new, false)));
        match (&reread, found) {
            (Reread::Cannot(why), _) => drop(writeln!(out, "not compared: {why}")),
            (_, Some((_, Comparison { not_compared: Some(why), .. }))) => drop(writeln!(out, "not compared: {why}")),
            (_, Some((read, found))) => {
                for part in &found.parts {
                    let name = &read.vocabulary().outcomes[part.outcome.index()].name;
                    if let Some([was, is]) = parts.get(name.as_str()) {
                        assert!(is.covers(*was) || !part.lower.is_never(), "{} is lower in its case", path.display());
                        assert!(was.covers(*is) || !part.higher.is_never(), "{} is higher in its case", path.display());
                    }
                    said(&mut out, &format!("{name} lower under the new"), &part.lower, read);
                    said(&mut out, &format!("{name} higher under the new"), &part.higher, read);
                }
            }
            (_, None) => panic!("{} is not read", path.display()),
        }
        let lost: Vec<String> = lost_between(&before, &after).into_iter().flat_map(|lost| lost.said).collect();
        if parts.values().any(|[was, is]| !is.covers(*was)) {
            assert!(!lost.is_empty(), "{} is let through", path.display());
        }
        for lost in &lost {
            let _ = writeln!(out, "held: {lost}");
        }
        keep(path, &format!("{}\n\n--- found\n{out}", text.trim_end()));
    });
}

/// What one force says in words of its own is no matter of another, and what another policy says no matter of one that is read again.
#[test]
fn others_stand_in_no_way() {
    let words = "vocabulary \"shared\"\n  identities person\n\ncall \"A call\"\n  fact alone: yes or no \"The caller is alone\"\n  fact danger: one of \
        low, high \"How great\"\n\noutcome grade: highest of low, mid, high \"How soon\"\n  written as \"grade at least\"\n";
    let rule = |name: &str| {
        format!(
            "rule {name} \"One\"\n  when alone is yes\n  then grade at least mid\n  because \"It is so\"\n  source \"Invented\"\n"
        )
    };
    let base = format!("policy \"Base\"\n  vocabulary \"shared\"\n  time zone Europe/London\n\n{}", rule("one"));
    let own = |name: &str, fact: &str| {
        [
            format!("vocabulary \"{name}\"\n  extends \"shared\"\n\ncall\n  fact {fact}: yes or no \"It is so\"\n"),
            format!("policy \"{name}\"\n  tailors \"Base\"\n  vocabulary \"{name}\"\n"),
        ]
    };
    let ([first, one], [second, two]) = (own("First", "wet"), own("Second", "dry"));
    let load = load_texts(&[words, &base, &first, &one, &second, &two]);
    let named = |load: &Load, name: &str| load.policies.iter().position(|policy| policy.name() == name);
    let [base_at, force] = ["Base", "First"].map(|name| named(&load, name).expect("the policy"));
    let compared = compare_with_base(&load, &load.policies[force], &load.policies[base_at], false, &Sequential);
    assert_eq!(compared.finding(), Finding::NeverLower, "{:?}", load.diagnostics);

    let table = |rows: &str| {
        format!(
            "policy \"Other\"\n  vocabulary \"shared\"\n  time zone Europe/London\n\ntable minutes by danger \"Minutes\"\n  gives:\n{rows}  source \
             \"Invented\"\n\n{}",
            rule("other")
        )
    };
    let more = words.replace("low, high \"How great\"", "low, high, dire \"How great\"");
    let before = load_texts(&[words, &base, &table("    - low: 1\n    - high: 2\n")]);
    let after = load_texts(&[&more, &base, &table("    - low: 1\n    - high: 2\n    - dire: 3\n")]);
    let [old, new] = [&before, &after]
        .map(|load| &load.policies[named(load, "Base").unwrap_or_else(|| panic!("{:?}", load.diagnostics))]);
    let reread = OtherWords::new(&before, &after).reread(old, new, &Sequential);
    assert!(matches!(reread, Reread::Under(_)), "{reread:?}");
}

/// Whatever was proved, nothing is settled where a certificate does not hold or one is missing.
#[test]
fn a_certificate_that_does_not_hold_settles_nothing() {
    let text = fs::read_to_string(root("tests/compared/together-cut-in-two.pair")).expect("a readable file");
    let [before, after] = Pair::of(&text).policies(["Old", "New"]);
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
