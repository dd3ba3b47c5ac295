//! What a decision looks like to people: each folder of `pages` holds policies and a case, and its snapshot both pages.

use crate::support::{load_texts, policy_files, read_case};
use heedful::report::{self, View};
use heedful::wire::InputFormat;
use insta::{Settings, assert_snapshot, glob};

#[test]
fn pages_of_cases() {
    glob!("pages/*/case.yaml", |path| {
        let folder = path.parent().expect("a folder");
        let texts: Vec<String> =
            policy_files(folder).iter().map(|path| std::fs::read_to_string(path).expect("a file")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let load = load_texts(&texts);
        assert!(load.diagnostics.is_empty(), "{:?}", load.diagnostics);
        let policy = load.policies.last().expect("a policy");
        let case = read_case(policy, InputFormat::Yaml, &std::fs::read_to_string(path).expect("a case"));
        let page = |view| report::decision(&policy.decide(&case), policy, view, false);
        let shown = format!("---- handler\n{}\n---- specialist\n{}", page(View::Handler), page(View::Specialist));
        let mut settings = Settings::clone_current();
        settings.set_snapshot_path(folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.remove_snapshot_suffix();
        settings.bind(|| assert_snapshot!("page", shown));
    });
}

/// The name of an outcome decides nothing where one of them is called `grade`.
#[test]
fn a_page_leads_with_the_grade_and_explains_it() {
    let folder = crate::support::root("tests/pages/grade-leads");
    let texts = policy_files(&folder);
    let texts: Vec<String> = texts.iter().map(|path| std::fs::read_to_string(path).expect("a file")).collect();
    let load = load_texts(&texts.iter().map(String::as_str).collect::<Vec<&str>>());
    let policy = load.policies.first().expect("a policy");
    let case = std::fs::read_to_string(folder.join("case.yaml")).expect("a case");
    let decision = policy.decide_and_explain(&read_case(policy, InputFormat::Yaml, &case));
    let page = report::decision(&decision, policy, View::Specialist, false);
    assert!(page.starts_with("GRADE: g2\nACC: half x\n"), "{page}");
    assert!(page.contains("WHAT THE GRADE RESTS ON"), "{page}");
}
