//! Events in any order -> in the order of their times, in memory or, where there are many, by way of files.

use crate::event::{CallEvent, PastEvent};
use crate::values::{Values, push_number, push_text, take_number, take_text, unzigzag, zigzag};
use heedful::model::{OutcomeId, RecordId};
use heedful::time::{Instant, Stamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

/// Puts events in order. What is of one second stays as it was told.
#[derive(Debug)]
pub struct EventSorter {
    /// How many are put in order in memory.
    most: usize,
    /// Events that are not yet in order.
    told: EventBytes,
    /// Files of events in order, each told after those of the file before.
    runs: Vec<File>,
}

/// How many events are put in order in memory; when there are more, so many at a time go to a file.
pub const MOST_IN_MEMORY: usize = 500_000;

impl Default for EventSorter {
    fn default() -> Self {
        Self { most: MOST_IN_MEMORY, told: EventBytes::default(), runs: Vec::new() }
    }
}

/// Events as bytes, one after the other, with the time, the beginning and the end of each.
#[derive(Debug, Default)]
pub(crate) struct EventBytes {
    bytes: Vec<u8>,
    places: Vec<(Instant, usize, usize)>,
}

impl EventBytes {
    pub(crate) fn push(&mut self, event: &PastEvent) {
        let start = self.bytes.len();
        write_event(&mut self.bytes, event);
        self.places.push((event.at.at, start, self.bytes.len()));
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.places.clear();
    }

    /// Adds later ones.
    pub(crate) fn append(&mut self, later: &Self) {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&later.bytes);
        self.places.extend(later.places.iter().map(|(at, start, end)| (*at, start + before, end + before)));
    }

    fn in_order(&mut self) {
        // A stable sort keeps what is of one second as it was told.
        self.places.sort_by_key(|(at, ..)| *at);
    }

    /// The bytes of the event at a place.
    fn event(&self, number: usize) -> Option<&[u8]> {
        let (_, start, end) = self.places.get(number)?;
        self.bytes.get(*start..*end)
    }
}

impl EventSorter {
    /// Adds events that were told after all others.
    ///
    /// # Errors
    /// When there are many, and they cannot be written to a file.
    pub(crate) fn add(&mut self, told: &EventBytes) -> io::Result<()> {
        self.told.append(told);
        if self.told.places.len() >= self.most {
            self.write_run()?;
        }
        Ok(())
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.told.in_order();
        let mut out = BufWriter::with_capacity(1 << 18, tempfile::tempfile()?);
        for event in (0..self.told.places.len()).filter_map(|number| self.told.event(number)) {
            let mut length = Vec::new();
            push_number(&mut length, event.len() as u64);
            out.write_all(&length)?;
            out.write_all(event)?;
        }
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.runs.push(file);
        self.told.clear();
        Ok(())
    }

    /// The events in order.
    ///
    /// # Errors
    /// When there are many, and they cannot be written to a file or read from one.
    pub fn finish(mut self) -> io::Result<SortedEvents> {
        if !self.runs.is_empty() {
            self.write_run()?;
            self.told = EventBytes::default();
        }
        self.told.in_order();
        let mut sorted = SortedEvents { told: self.told, next: 0, runs: Vec::new(), heads: BinaryHeap::new() };
        for file in self.runs {
            sorted.runs.push(RunReader { file: BufReader::with_capacity(1 << 16, file), head: None });
        }
        for run in 0..sorted.runs.len() {
            sorted.read_head(run)?;
        }
        Ok(sorted)
    }
}

/// Events in the order of their times.
#[derive(Debug)]
pub struct SortedEvents {
    told: EventBytes,
    /// The next of `told`.
    next: usize,
    runs: Vec<RunReader>,
    /// The time of the next event of each run, the earliest first; of one time, that of the first run.
    heads: BinaryHeap<Reverse<(Instant, usize)>>,
}

#[derive(Debug)]
struct RunReader {
    file: BufReader<File>,
    head: Option<PastEvent>,
}

impl SortedEvents {
    fn read_head(&mut self, run: usize) -> io::Result<()> {
        if let Some(reader) = self.runs.get_mut(run) {
            reader.head = reader.read()?;
            self.heads.extend(reader.head.as_ref().map(|event| Reverse((event.at.at, run))));
        }
        Ok(())
    }

    /// The time of the next event.
    pub fn next_at(&self) -> Option<Instant> {
        match self.heads.peek() {
            Some(Reverse((at, _))) => Some(*at),
            None => self.told.places.get(self.next).map(|(at, ..)| *at),
        }
    }

    /// The next event.
    ///
    /// # Errors
    /// When it cannot be read from the file in which it was put.
    pub fn next_event(&mut self) -> io::Result<Option<PastEvent>> {
        if let Some(Reverse((_, run))) = self.heads.pop() {
            let event = self.runs.get_mut(run).and_then(|run| run.head.take());
            self.read_head(run)?;
            return Ok(event);
        }
        let event = self.told.event(self.next).and_then(|mut event| read_event(&mut event));
        self.next += 1;
        Ok(event)
    }
}

impl RunReader {
    fn read(&mut self) -> io::Result<Option<PastEvent>> {
        let (mut length, mut byte, mut head) = (Vec::new(), [0], 0x80);
        while head & 0x80 != 0 {
            if self.file.read(&mut byte)? == 0 {
                return Ok(None);
            }
            [head] = byte;
            length.push(head);
        }
        let length = take_number(&mut length.as_slice()).and_then(|length| usize::try_from(length).ok());
        let mut bytes = vec![0; length.unwrap_or(0)];
        self.file.read_exact(&mut bytes)?;
        let event = read_event(&mut bytes.as_slice());
        event
            .map(Some)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "an event was not read as it was written"))
    }
}

fn write_event(out: &mut Vec<u8>, event: &PastEvent) {
    let PastEvent { id, at: Stamp { at, fraction }, known, record, call } = event;
    push_text(out, id);
    push_number(out, zigzag(at.0));
    push_number(out, fraction.map_or(0, |fraction| u64::from(fraction) + 1));
    push_number(out, zigzag(known.0.saturating_sub(at.0)));
    push_number(out, record.as_ref().map_or(0, |(kind, _)| u64::from(kind.0) + 1));
    if let Some((_, values)) = record {
        push_bytes(out, values.bytes());
    }
    push_number(out, u64::from(call.is_some()));
    if let Some(CallEvent { facts, whole, given }) = call {
        push_bytes(out, facts.bytes());
        push_number(out, u64::from(whole.is_some()));
        whole.iter().for_each(|whole| push_text(out, whole));
        push_number(out, given.len() as u64);
        for (outcome, answer) in given {
            push_number(out, u64::from(outcome.0));
            push_number(out, *answer);
        }
    }
}

fn read_event(rest: &mut &[u8]) -> Option<PastEvent> {
    let id = take_text(rest)?.to_owned();
    let at = Instant(unzigzag(take_number(rest)?));
    let fraction = take_number(rest)?.checked_sub(1).and_then(|fraction| u32::try_from(fraction).ok());
    let known = Instant(at.0.saturating_add(unzigzag(take_number(rest)?)));
    let record = match take_number(rest)?.checked_sub(1) {
        Some(kind) => Some((RecordId(u16::try_from(kind).ok()?), take_values(rest)?)),
        None => None,
    };
    let call = match take_number(rest)? {
        0 => None,
        _ => {
            let facts = take_values(rest)?;
            let whole = match take_number(rest)? {
                0 => None,
                _ => Some(take_text(rest)?.to_owned()),
            };
            let mut given = Vec::new();
            for _ in 0..take_number(rest)? {
                given.push((OutcomeId(u16::try_from(take_number(rest)?).ok()?), take_number(rest)?));
            }
            Some(CallEvent { facts, whole, given })
        }
    };
    Some(PastEvent { id, at: Stamp { at, fraction }, known, record, call })
}

fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn take_values(rest: &mut &[u8]) -> Option<Values> {
    let length = usize::try_from(take_number(rest)?).ok()?;
    let (bytes, more) = rest.split_at_checked(length)?;
    *rest = more;
    Some(Values::of(bytes))
}

#[cfg(test)]
mod tests {
    use super::{EventBytes, EventSorter};
    use crate::event::{CallEvent, PastEvent};
    use crate::values::{Said, Values};
    use heedful::model::{OutcomeId, RecordId};
    use heedful::time::{Instant, Stamp};

    fn event(number: i64) -> PastEvent {
        let mut values = Values::default();
        values.push(2, &Said::Name(format!("person-{number}")));
        // Several of one second, and now and then a fraction.
        let at = Instant((number * 7_919) % 20 - 5);
        let fraction = (number % 3 == 0).then_some(17);
        let given = vec![(OutcomeId(1), number.unsigned_abs())];
        PastEvent {
            id: format!("row-{number}"),
            at: Stamp { at, fraction },
            known: at.plus_seconds(number % 4),
            record: (number % 5 != 0).then(|| (RecordId(3), values.clone())),
            call: (number % 2 == 0).then_some(CallEvent {
                facts: values,
                whole: (number % 4 == 0).then(|| "{}".to_owned()),
                given,
            }),
        }
    }

    #[test]
    fn files_of_events_are_put_together_as_they_were_told() {
        let told: Vec<PastEvent> = (0..100).map(event).collect();
        let mut wanted = told.clone();
        wanted.sort_by_key(|event| event.at.at);
        for most in [1, 7, 40, 1_000] {
            let mut sorter = EventSorter { most, ..EventSorter::default() };
            for some in told.chunks(3) {
                let mut bytes = EventBytes::default();
                some.iter().for_each(|event| bytes.push(event));
                sorter.add(&bytes).expect("a file");
            }
            let mut sorted = sorter.finish().expect("a file");
            let found: Vec<PastEvent> = std::iter::from_fn(|| sorted.next_event().expect("a file")).collect();
            assert_eq!(found, wanted, "{most} in memory");
        }
    }
}
