//! Blank cases: what `heedful case` writes is read, and decided as a call of which nothing is known.

use crate::generate::policy::policy;
use crate::laws::{each, load};
use crate::support::{load_folder, reading, shipped};
use heedful::engine::Snapshot;
use heedful::report::blank_case;
use heedful::time::Instant;
use heedful::wire::{InputFormat, documents};
use insta::{Settings, assert_snapshot};

const AT: Instant = Instant(1_773_526_200);

/// What is decided of a case in YAML, without its warnings.
fn decided(policy: &Snapshot, yaml: &str) -> heedful::model::Decision {
    let (documents, broken) = documents(InputFormat::Yaml, yaml);
    assert!(broken.is_none(), "{broken:?}\n{yaml}");
    let [document] = documents.try_into().unwrap_or_else(|_| panic!("one case\n{yaml}"));
    let case = document.read(reading(policy)).unwrap_or_else(|problems| panic!("{problems}\n{yaml}"));
    policy.decide(&case)
}

/// The same with the records that stand there as comments.
fn with_records(yaml: &str) -> String {
    let mut is_record = false;
    let lines = yaml.lines().map(|line| {
        is_record = (is_record || line.starts_with("  # - id: ")) && line.starts_with("  #");
        if is_record && line != "  #" { line.replacen("# ", "", 1) } else { line.to_owned() }
    });
    lines.map(|line| line + "\n").collect()
}

fn holds(policy: &Snapshot) {
    let yaml = blank_case(policy, AT);
    let nothing_known = format!("call:\n  id: call-1\n  at: {}\n", policy.zone().format(AT));
    assert_eq!(decided(policy, &yaml), decided(policy, &nothing_known), "{yaml}");
    // What a record may say is written as it is read, too.
    decided(policy, &with_records(&yaml));
    for fact in &policy.vocabulary().call {
        assert!(yaml.contains(&format!("{}:\n", fact.name)), "{}\n{yaml}", fact.name);
    }
}

#[test]
fn a_blank_case_is_decided_as_a_call_of_which_nothing_is_known() {
    load_folder("rules").policies.iter().for_each(holds);
    each(60, &policy(), |policy| load(&policy.files()).policies.iter().for_each(holds));
}

#[test]
fn what_is_written_for_a_force() {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("blank");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!("riverside", blank_case(&shipped("rules", "Riverside Police"), AT)));
}
