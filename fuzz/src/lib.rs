//! What the targets share: the shipped files as inputs, and what must hold of every diagnostic.

use heedful::engine::{Input, Load, Snapshot, load};
use heedful::text::{Diagnostic, Sources, Span};
use std::sync::LazyLock;

/// Separates the files of a set within one input. It is a control character, which no policy file may hold.
pub const NEXT_FILE: u8 = 0x1E;

const VOCABULARY: [(&str, &str); 3] = [
    ("calendars.heed", include_str!("../../rules/vocabulary/calendars.heed")),
    ("control-room.heed", include_str!("../../rules/vocabulary/control-room.heed")),
    ("history.heed", include_str!("../../rules/vocabulary/history.heed")),
];

/// The smallest policy over the shipped vocabulary: what cases are read against.
pub static SHIPPED: LazyLock<Load> = LazyLock::new(|| {
    let policy = br#"policy "Fuzz"
  vocabulary "control-room"
  time zone Europe/London
"#;
    load(&beside_vocabulary(policy))
});

/// The shipped vocabulary, and after it the files in `data`.
pub fn beside_vocabulary(data: &[u8]) -> Vec<Input> {
    let shipped =
        VOCABULARY.iter().map(|(name, text)| Input { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() });
    shipped.chain(files(data)).collect()
}

/// The files in `data`.
pub fn files(data: &[u8]) -> Vec<Input> {
    let file = |(number, bytes): (usize, &[u8])| Input { name: format!("file{number}.heed"), bytes: bytes.to_vec() };
    data.split(|byte| *byte == NEXT_FILE).enumerate().map(file).collect()
}

/// The one policy of [`SHIPPED`].
pub fn shipped() -> &'static Snapshot {
    SHIPPED.policies.first().expect("the shipped vocabulary loads without an error")
}

/// Every place that a diagnostic names is in its file, on the borders of characters, and its words are there.
pub fn assert_sound(diagnostics: &[Diagnostic], sources: &Sources) {
    for diagnostic in diagnostics {
        let others = diagnostic.others.iter().map(|(span, _)| *span);
        for span in others.chain([diagnostic.span]).chain(diagnostic.fix.iter().map(|fix| fix.span)) {
            assert_inside(span, sources, diagnostic);
        }
        assert!(!diagnostic.message.is_empty(), "a diagnostic says something: {diagnostic:?}");
    }
}

fn assert_inside(span: Span, sources: &Sources, diagnostic: &Diagnostic) {
    let source = sources.get(span.source).unwrap_or_else(|| panic!("a diagnostic is about a file: {diagnostic:?}"));
    let inside = source.text.get(span.range()).is_some();
    assert!(inside, "{}..{} is not a place in {}: {diagnostic:?}", span.start, span.end, source.name);
}
