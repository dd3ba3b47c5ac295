//! A word that cannot be a value -> what to write instead of it.

/// For `none`, `no`, `yes` or `unknown` in a list of values; `of` is the fact or field that has the list, nothing for an outcome, and `several` whether it may have several of them.
pub(crate) fn instead_of(word: &str, of: &str, several: bool) -> Vec<String> {
    let called = |name: &str, said: &str| {
        let line = format!("{of} {name} is called \"{said}\"");
        format!(
            "write such as `{name}`, and give the word that people are used to in a line of its own: `{}`",
            line.trim_start()
        )
    };
    match word.to_ascii_lowercase().as_str() {
        "none" if several => {
            vec!["leave it out: that none of the others is so is said by an empty list, `[]`".to_owned()]
        }
        "none" => vec![called("none-of-these", "None")],
        "yes" | "no" => vec![
            "a fact that is answered by yes or no alone is `yes or no`; what nobody knows needs no value of its own"
                .to_owned(),
            called(if word == "yes" { "said-yes" } else { "said-no" }, if word == "yes" { "Yes" } else { "No" }),
        ],
        _ => vec!["a fact that is not known is left out of the case; give the value a name that says more".to_owned()],
    }
}
