//! The text of a snapshot file, in the format of the insta library: front matter between lines of `---`, then the body.

use super::meaning::quoted;

/// The whole text of a snapshot file.
pub(super) fn write(source: &str, test: &str, body: &str) -> String {
    format!("---\nsource: {}\ndescription: {}\n---\n{body}", quoted(source), quoted(test))
}

/// What follows the front matter; `None` when there is no front matter.
pub(super) fn body(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    let (_, body) = rest.split_once("\n---\n").or_else(|| rest.split_once("\n---\r\n"))?;
    Some(body)
}

/// The name of a test's snapshot: the name of its file, without its ending, and the test's own name in plain letters.
pub fn snapshot_name(file: &str, test: &str) -> String {
    format!("{}__{}", stem(file), plain_letters(test))
}

/// The file's own name without folders and without the ending of test files.
pub fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let name = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name);
    name.strip_suffix(".test").unwrap_or(name)
}

fn plain_letters(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    joined.chars().take(100).collect()
}
