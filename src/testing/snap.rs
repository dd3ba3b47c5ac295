//! The text of a snapshot file, in the format of the insta library: front matter between lines of `---`, then the body;
//! and the name of the file, which says whose snapshot it is.

use super::meaning::quoted;
use super::test_file::Extent;
use crate::engine::{digest, short_digest};

/// What the front matter says of a snapshot that keeps the outcome and nothing else.
const OUTCOME_ALONE: &str = "info: outcome";

/// The whole text of a snapshot file.
pub(super) fn write(source: &str, test: &str, extent: Extent, body: &str) -> String {
    let info = match extent {
        Extent::Whole => String::new(),
        Extent::Outcome => format!("{OUTCOME_ALONE}\n"),
    };
    format!("---\nsource: {}\ndescription: {}\n{info}---\n{body}", quoted(source), quoted(test))
}

/// What follows the front matter, and how much it keeps; `None` when there is no front matter.
pub(super) fn read(text: &str) -> Option<(Extent, &str)> {
    let (front, body) = parts(text)?;
    let outcome = front.lines().any(|line| line.trim_end() == OUTCOME_ALONE);
    Some((if outcome { Extent::Outcome } else { Extent::Whole }, body))
}

fn parts(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    rest.split_once("\n---\n").or_else(|| rest.split_once("\n---\r\n"))
}

/// Whether the text of a snapshot says that it is of a test file. Other programs keep files of this form too.
pub fn is_of_a_test_file(text: &str) -> bool {
    let source = parts(text).and_then(|(front, _)| front.lines().find_map(|line| line.strip_prefix("source: ")));
    source.is_some_and(|source| {
        let source = source.trim_end().trim_matches('"');
        source.ends_with(".test.yaml") || source.ends_with(".test.yml")
    })
}

/// The name of a test's snapshot: the name of its file, without its ending, and the test's own name in plain letters.
pub fn snapshot_name(file: &str, test: &str) -> String {
    format!("{}{DIVIDER}{}", stem(file), plain_letters(test))
}

/// Between the file's name and the test's. A name in plain letters never holds it, so that the last one in a snapshot's name
/// ends the file's name, whatever that is made of.
const DIVIDER: &str = "__";

/// The stem of the one test file that a snapshot of this name belongs to.
pub fn snapshot_owner(name: &str) -> Option<&str> {
    name.rsplit_once(DIVIDER).map(|(stem, _)| stem)
}

/// The file's own name without folders and without the ending of test files.
pub fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let name = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name);
    name.strip_suffix(".test").unwrap_or(name)
}

/// The most letters of a test's name in a file's name.
const MOST: usize = 100;

/// A name in letters that every file system takes. What is left of a long name, or of one without such letters, says too
/// little, and a piece of the name's digest goes with it.
fn plain_letters(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    if !joined.is_empty() && joined.len() <= MOST {
        return joined;
    }
    let start: String = joined.chars().take(MOST).collect();
    let digest = digest([name.as_bytes()]);
    format!("{start}-{}", short_digest(&digest)).trim_start_matches('-').to_owned()
}
