//! One worker of `heedful decide`: cases -> their decisions as text, in buffers that are used again.

use super::args::Format;
use super::cases::Block;
use heedful::engine::{Evaluator, Snapshot};
use heedful::model::Decision;
use heedful::report::{self, View};
use heedful::wire::{self, Document, Problem, Problems, Reader, Reading, UnknownKeys, UnknownValues};

/// How decisions are to be made and written.
#[derive(Clone, Copy)]
pub(super) struct DecideOptions {
    pub(super) view: View,
    pub(super) why: bool,
    /// Without reasons, questions and how long it holds.
    pub(super) brief: bool,
    pub(super) unknown_keys: UnknownKeys,
    pub(super) unknown_values: UnknownValues,
    pub(super) format: Format,
    pub(super) styled: bool,
}

/// Decides one case after the other.
pub(super) struct Worker<'p> {
    policy: &'p Snapshot,
    options: DecideOptions,
    reader: Reader<'p>,
    evaluator: Evaluator<'p>,
    /// Whether a decision for people was written, so that the next is set off from it.
    begun: bool,
}

/// What came of some cases, in their order.
#[derive(Default)]
pub(super) struct OutputBuffer {
    pub(super) out: Vec<u8>,
    /// What was wrong with the cases that could not be read, for people, each with how much of `out` comes before.
    pub(super) refused: Vec<(usize, Problems)>,
    pub(super) cases: usize,
}

impl<'p> Worker<'p> {
    /// `begun` says whether a decision was written before.
    pub(super) fn new(policy: &'p Snapshot, options: DecideOptions, begun: bool) -> Self {
        let DecideOptions { unknown_keys, unknown_values, .. } = options;
        let reading = Reading { vocabulary: policy.vocabulary(), zone: policy.zone(), unknown_keys, unknown_values };
        Self { policy, options, reader: Reader::new(reading), evaluator: policy.evaluator(), begun }
    }

    pub(super) fn block(&mut self, block: &Block, buffer: &mut OutputBuffer) {
        block.cases().for_each(|case| self.case(case, buffer));
    }

    pub(super) fn case(&mut self, read: Result<Document<'_>, Problem>, buffer: &mut OutputBuffer) {
        buffer.cases += 1;
        let Self { policy, options, reader, evaluator, begun } = self;
        match read.map_err(Problems::from).and_then(|document| reader.read(document)) {
            Ok(case) if options.brief => {
                wire::push_judgement(&mut buffer.out, evaluator.judge(case), case, policy);
                buffer.out.push(b'\n');
            }
            Ok(case) => {
                let decision = if options.why { policy.decide_and_explain(case) } else { evaluator.decide(case) };
                options.write(&decision, policy, *begun, &mut buffer.out);
            }
            Err(problems) => {
                // Whoever sends one case after another, and waits for each answer, gets one for each.
                if options.format == Format::Json {
                    wire::push_refusal(&mut buffer.out, &problems);
                    buffer.out.push(b'\n');
                }
                buffer.refused.push((buffer.out.len(), problems));
            }
        }
        *begun = true;
    }
}

impl DecideOptions {
    fn write(self, decision: &Decision, policy: &Snapshot, begun: bool, out: &mut Vec<u8>) {
        match self.format {
            Format::Json => {
                wire::push_decision(out, decision, policy);
                out.push(b'\n');
            }
            Format::Human => {
                if begun {
                    out.extend_from_slice("\n────────────────────\n\n".as_bytes());
                }
                let page = report::decision(decision, policy, self.view, self.styled);
                out.extend_from_slice(page.as_bytes());
            }
        }
    }
}

impl OutputBuffer {
    /// Forgets what came of the cases, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.out.clear();
        self.refused.clear();
        self.cases = 0;
    }
}
