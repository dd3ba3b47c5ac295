//! Any bytes as a file of cases, JSON or YAML: reading answers, a case that is read can be decided, and a reader that has read others
//! reads it as a new one does.

#![no_main]

use heedful::report;
use heedful::wire::{Document, InputFormat, Reader, Reading, UnknownKeys, UnknownValues, begins_lines, documents, read_utf8};
use heedful_fuzz::shipped;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begins_lines(data);
    let Ok(text) = read_utf8(data) else { return };
    let policy = shipped();
    let manners = [
        (UnknownKeys::Refuse, UnknownValues::Refuse),
        (UnknownKeys::Warn, UnknownValues::Refuse),
        (UnknownKeys::Warn, UnknownValues::Warn),
    ];
    for (unknown_keys, unknown_values) in manners {
        let reading = Reading { vocabulary: policy.vocabulary(), zone: policy.zone(), unknown_keys, unknown_values };
        let mut reader = Reader::new(reading);
        let read = reader.read(Document::json_line(text, 1)).cloned();
        assert!(read == reader.read(Document::json_line(text, 1)).cloned(), "a reader leaves nothing behind");
        for form in [InputFormat::Json, InputFormat::Yaml] {
            let (documents, _) = documents(form, text);
            for document in documents {
                match document.read(reading) {
                    Ok(case) => drop(policy.decide(&case)),
                    Err(problems) => {
                        assert!(!problems.list.is_empty(), "a case that is refused is told why");
                        report::problems("fuzz", &problems);
                    }
                }
            }
        }
    }
});
