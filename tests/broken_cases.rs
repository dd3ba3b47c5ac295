//! Cases that cannot be read, and what the people who sent them are told. To add one, add a file.

use crate::support::{reading, root, shipped};
use heedful::report;
use heedful::wire::{self, InputFormat, Problems};
use insta::{Settings, assert_snapshot, glob};

#[test]
fn broken_cases_are_explained() {
    let policy = shipped("rules", "National baseline");
    glob!("broken-cases/*.{json,yaml}", |path| {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let form = if name.ends_with(".yaml") { InputFormat::Yaml } else { InputFormat::Json };
        let text = std::fs::read_to_string(path).expect("a case");
        let (documents, broken) = wire::documents(form, &text);
        let read = documents.into_iter().filter_map(|document| document.read(reading(&policy)).err());
        let told: Vec<String> =
            read.chain(broken.map(Problems::from)).map(|problems| report::problems(name, &problems)).collect();
        assert!(!told.is_empty(), "{name} can be read");
        let told = told.concat();
        for word in
            ["serde", "struct", "enum", "map", "sequence", "expected `", "EOF", "deserialize", "u8", "i64", "Visitor"]
        {
            assert!(!told.contains(word), "{name}: `{word}` is a programmer's word\n{told}");
        }
        let mut settings = Settings::clone_current();
        settings.set_snapshot_path(root("tests/broken-cases"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.remove_snapshot_suffix();
        settings.bind(|| assert_snapshot!(name, format!("{text}\n----\n{told}")));
    });
}
