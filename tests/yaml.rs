//! YAML is read as another library reads it: every YAML file of the repository, and whatever plain documents are drawn.

use crate::support::root;
use heedful::wire::{Node, Plain, read_tree};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::{prop_assert, prop_assert_eq, prop_assume, prop_oneof, proptest};
use serde_yaml::{Mapping, Value};

/// What a tree says, whoever read it.
fn ours(node: &Node) -> String {
    match &node.value {
        Plain::Nothing => "nothing".to_owned(),
        Plain::YesNo(answer) => format!("{answer}"),
        Plain::Whole(number) => format!("{number}"),
        Plain::TooLarge => "a large number".to_owned(),
        Plain::Fraction => "a fraction".to_owned(),
        Plain::Words(words) => format!("{words:?}"),
        Plain::List(items) => format!("[{}]", items.iter().map(ours).collect::<Vec<_>>().join(", ")),
        Plain::Group(entries) => {
            let entry = |(key, value): &(Node, Node)| format!("{}: {}", ours(key), ours(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn theirs(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(answer) => format!("{answer}"),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => format!("{number}"),
            (None, Some(number)) if number.fract() != 0.0 => "a fraction".to_owned(),
            (None, Some(number)) if number.abs() < 9e15 => format!("{number:.0}"),
            _ => "a large number".to_owned(),
        },
        Value::String(words) => format!("{words:?}"),
        Value::Sequence(items) => format!("[{}]", items.iter().map(theirs).collect::<Vec<_>>().join(", ")),
        Value::Mapping(entries) => {
            let entry = |(key, value): (&Value, &Value)| format!("{}: {}", theirs(key), theirs(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Tagged(tagged) => panic!("{tagged:?} has a tag"),
    }
}

#[test]
fn every_yaml_file_is_read_alike() {
    let mut read = 0;
    for folder in ["examples", "rules", "tests", "docs", "crates"] {
        for entry in walkdir::WalkDir::new(root(folder)) {
            let path = entry.expect("a readable folder").into_path();
            if path.extension().is_none_or(|ending| ending != "yaml") {
                continue;
            }
            let (name, text) = (path.display(), std::fs::read_to_string(&path).expect("a readable file"));
            match (read_tree(&text), serde_yaml::from_str::<Value>(&text)) {
                (Ok(one), Ok(other)) => {
                    assert_eq!(ours(&one), theirs(&other), "{name}");
                    read += 1;
                }
                (Err(refused), Ok(_)) => assert!(refused.message.starts_with("`&`"), "{name}: {refused}"),
                // The reader of cases and that of tests say themselves what is given twice.
                (Ok(_), Err(error)) => assert!(error.to_string().contains("duplicate entry"), "{name}: {error}"),
                (Err(_), Err(_)) => {}
            }
        }
    }
    assert!(read > 50, "only {read} files were read");
}

fn words() -> impl Strategy<Value = String> {
    let odd = [
        "", " ", "null", "~", "yes", "no", "true", "007", "1e3", "a: b", "#", "- x", "é", "\n", "a\n b\n", "'", "\"",
        "\\", "0x1F", "%",
    ];
    prop_oneof!["[a-z]{1,8}", "[ -~]{0,12}", proptest::sample::select(odd.to_vec()).prop_map(str::to_owned)]
}

fn value() -> impl Strategy<Value = Value> {
    let single = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        proptest::sample::select(vec![0.5, -2.25, 3.0, 1e9, 1e18, 1e300]).prop_map(Value::from),
        words().prop_map(Value::from),
    ];
    single.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((words(), inner), 0..4).prop_map(|entries| {
                Value::Mapping(entries.into_iter().map(|(key, value)| (Value::from(key), value)).collect::<Mapping>())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_another_library_writes_is_read_as_it_was(value in value()) {
        let text = serde_yaml::to_string(&value).expect("a value can be written");
        let tree = read_tree(&text).map_err(|problem| proptest::test_runner::TestCaseError::fail(format!("{problem}\n{text}")))?;
        prop_assert_eq!(ours(&tree), theirs(&value), "{}", text);
    }

    #[test]
    fn words_without_quotes_stand_for_the_same(word in "[-+.0-9a-fox_~A-Z]{1,9}", key in "[a-z]{1,4}( [a-z]{1,4})?") {
        // In brackets a dash alone is no text; this library takes it for one.
        prop_assume!(word != "-");
        for text in [format!("- {word}\n"), format!("{key}: {word}\n"), format!("[{word}, {{{key}: {word}}}]\n")] {
            let other = serde_yaml::from_str::<Value>(&text);
            match (read_tree(&text), other) {
                (Ok(one), Ok(other)) => prop_assert_eq!(ours(&one), theirs(&other), "{}", text),
                (Err(_), Err(_)) => {}
                (one, other) => prop_assert!(false, "{}: {:?}, {:?}", text, one, other),
            }
        }
    }
}
