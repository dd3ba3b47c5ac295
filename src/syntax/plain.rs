//! Text -> the same text made plain: tabs, curly quotation marks and comments become spaces, and every place stays where it is.

/// Whether a text has neither tabs nor anything else that has to be made plain.
pub(super) fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.contains('\t')
}

/// Adds a text with tabs and curly quotation marks made plain, as long as it was.
pub(super) fn push_plain(plain: &mut String, text: &str) {
    if is_plain(text) {
        return plain.push_str(text);
    }
    for character in text.chars() {
        match character {
            '\t' => plain.push(' '),
            '\u{201C}' | '\u{201D}' | '\u{201E}' => plain.push_str("\"  "),
            '\u{A0}' => plain.push_str("  "),
            '\u{2007}' | '\u{202F}' => plain.push_str("   "),
            other => plain.push(other),
        }
    }
}

/// Adds as many spaces as a comment is long, and the end of its line.
pub(super) fn push_blank(plain: &mut String, comment: &str) {
    if comment.is_empty() {
        return;
    }
    let said = comment.trim_end_matches(['\n', '\r']);
    plain.extend(std::iter::repeat_n(' ', said.len()));
    plain.push_str(comment.get(said.len()..).unwrap_or(""));
}
