//! The effective policy as a document: the shipped policies, and a chain of three with texts that hold the letters of
//! Markdown and HTML.

use crate::support::{load_folder, root};
use heedful::engine::Load;
use heedful::explain::PolicyDocument;
use heedful::proof::prove_policy;
use heedful::report::{self, SignedPage};
use heedful::wire;
use heedful::workers::Sequential;
use insta::{Settings, assert_snapshot};

const CHAIN: &str = "tests/explain/chain";

fn snapshot(name: &str, shown: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(root("tests/explain"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, shown));
}

fn document(load: &Load, name: &str) -> PolicyDocument {
    // Words that the chain adds to be shown, and that no rule asks about.
    let told = load.diagnostics.iter().filter(|problem| problem.code != "not-used");
    let told: Vec<&str> = told.map(|problem| problem.message.as_str()).collect();
    assert!(told.is_empty(), "{told:?}");
    load.explain(load.policies.iter().find(|policy| policy.name() == name).expect("the policy"))
}

#[test]
fn the_shipped_policies() {
    let load = load_folder("rules");
    for name in ["National baseline", "Riverside Police", "Saltmarsh Constabulary"] {
        let slug = name.split(' ').next().unwrap_or("").to_lowercase();
        snapshot(&slug, &SignedPage::whole(&document(&load, name), None).markdown());
    }
}

/// What is proved of a policy stands in its page; and beside its base on a page of its own, with what the base allows.
#[test]
fn what_is_proved_is_on_the_page_that_is_signed() {
    let load = load_folder("rules");
    let policy = load.policies.iter().find(|policy| policy.name() == "Saltmarsh Constabulary").expect("the policy");
    let proof = prove_policy(&load, policy, true, &Sequential);
    let page = SignedPage::proved(&document(&load, policy.name()), policy, &proof, None).markdown();
    let section = |heading: &str| {
        let after = page.split_once(&format!("## {heading}\n")).expect("the section").1;
        format!("## {heading}\n{}", after.split("\n## ").next().expect("a text"))
    };
    snapshot("saltmarsh-proved", &["Beside National baseline", "What must always or never be"].map(section).join("\n"));
    let [beside] = &proof.bases[..] else { panic!("one base is expected") };
    // The steps of a proof are the solver's choice.
    let page = SignedPage::compared(beside, None).markdown();
    let digest = beside.certificates_digest().expect("certificates");
    snapshot("saltmarsh-beside", &page.replace(&digest, "sha256:…"));
    assert!(SignedPage::compared(beside, None).html().contains(&digest));
}

#[test]
fn a_chain_of_three_in_every_form() {
    let load = load_folder(CHAIN);
    let document = document(&load, "Moorland & Fell");
    snapshot("chain-markdown", &SignedPage::whole(&document, None).markdown());
    snapshot("chain-html", &SignedPage::whole(&document, None).html());
    snapshot("chain-terminal", &report::effective(&document, &load.sources, false));
    let mut json = Vec::new();
    wire::write_policy(&mut json, &document, &load.sources).expect("memory can be written");
    let value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    snapshot("chain-json", &format!("{value:#}"));
}

#[test]
fn each_policy_of_a_chain_says_what_it_changes() {
    let load = load_folder(CHAIN);
    let of_force = document(&load, "Moorland & Fell");
    let changed: Vec<(&str, &str)> =
        of_force.changes.iter().map(|changes| (changes.policy.as_str(), changes.base.as_str())).collect();
    assert_eq!(changed, [("Moorland & Fell", "The Region"), ("The Region", "National <draft>")]);
    let steps: Vec<(&str, &str, &str)> = of_force
        .changes
        .iter()
        .flat_map(|changes| &changes.moved)
        .filter(|moved| moved.name == "enough")
        .map(|moved| (moved.from.as_str(), moved.to.as_str(), moved.before.as_str()))
        .collect();
    assert_eq!(steps, [("4 calls", "2 calls", "The Region"), ("3 calls", "4 calls", "National <draft>")]);
    assert!(document(&load, "National <draft>").changes.is_empty());
}

/// A text may say anything; the page has the tags that heedful writes, and no others.
#[test]
fn a_page_has_no_tag_from_a_text() {
    const TAGS: &str = "a body code h1 h2 h3 h4 head html li main meta nav p section span strong style table tbody td \
                        th thead title tr ul !DOCTYPE";
    for (folder, name) in [(CHAIN, "Moorland & Fell"), ("rules", "Riverside Police")] {
        let page = SignedPage::whole(&document(&load_folder(folder), name), None).html();
        for tag in page.split('<').skip(1) {
            let tag = tag.trim_start_matches('/').split([' ', '>']).next().unwrap_or("");
            assert!(TAGS.split_whitespace().any(|known| known == tag), "<{tag}");
        }
        for link in page.split("href=\"#").skip(1) {
            let to = link.split('"').next().unwrap_or("");
            assert!(page.contains(&format!(" id=\"{to}\"")), "nothing is called {to}");
        }
        assert!(!page.contains("<script") && !page.contains("http"), "the page needs nothing else");
    }
}
