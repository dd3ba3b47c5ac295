//! Many calls on one thread and on two: `heedful decide` in a process of its own, as a control room would go through years.

use super::Effort;
use crate::generate::Texts;
use crate::place::Place;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What going through the calls takes.
pub struct Many {
    /// What is written of each.
    pub said: &'static str,
    pub lines: usize,
    /// Nanoseconds on one thread and on two.
    pub took: [f64; 2],
    /// The most memory on two threads, in KiB, for all of the lines and for those of the cases alone.
    pub peak: Option<(f64, f64)>,
}

/// How often the calls stand in the file. It is read again and again, so that it need not be as large as all of it.
const IN_FILE: usize = 10;

/// # Errors
/// What the file system or the program says.
pub fn many(cases: &[Texts], effort: &Effort) -> Result<Vec<Many>, String> {
    let room = Room::new(cases).map_err(|error| format!("the calls could not be written to a file: {error}"))?;
    let all = vec![room.place.path("many.jsonl"); effort.many / IN_FILE];
    let few = [room.place.path("few.jsonl")];
    let ways: [(&'static str, &[&str]); 2] = [("`--brief`", &["--brief"]), ("whole decisions", &[])];
    let measured = ways.map(|(said, options)| {
        eprintln!("many calls: {said}");
        let mut took = [f64::INFINITY; 2];
        let (mut peaks, mut peaks_of_few) = (Vec::new(), Vec::new());
        for _ in 0..effort.rounds {
            for (threads, took) in (1..).zip(&mut took) {
                let (nanoseconds, peak) = room.decide(options, threads, &all)?;
                *took = took.min(nanoseconds);
                peaks.extend(peak.filter(|_| threads == 2));
            }
            let (_, peak) = room.decide(options, 2, &few)?;
            peaks_of_few.extend(peak);
        }
        let most = |peaks: Vec<f64>| peaks.into_iter().reduce(f64::max);
        let peak = most(peaks).zip(most(peaks_of_few));
        Ok(Many { said, lines: cases.len() * IN_FILE * all.len(), took, peak })
    });
    measured.into_iter().collect()
}

/// A folder with the policy and the calls, which is there as long as this is.
struct Room {
    place: Place,
}

impl Room {
    fn new(cases: &[Texts]) -> std::io::Result<Self> {
        let room = Self { place: Place::new()? };
        for (name, times) in [("few.jsonl", 1), ("many.jsonl", IN_FILE)] {
            let mut file = BufWriter::new(File::create(room.place.path(name))?);
            for case in (0..times).flat_map(|_| cases) {
                writeln!(file, "{}", case.rfc3339)?;
            }
            file.flush()?;
        }
        Ok(room)
    }

    /// Decides the calls of some files: how long it takes, and how much memory at most, in KiB.
    fn decide(&self, options: &[&str], threads: usize, files: &[PathBuf]) -> Result<(f64, Option<f64>), String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let threads = threads.to_string();
        let before = ["decide", "--threads", &threads, "--policy"].map(OsStr::new);
        let mut command = Command::new(program);
        command.args(before).arg(self.place.policy()).args(options).args(files).stdout(Stdio::null());
        let started = Instant::now();
        let output = command.stderr(Stdio::piped()).output().map_err(|error| error.to_string())?;
        let took = started.elapsed().as_nanos() as f64;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("heedful decide: {said}"));
        }
        Ok((took, said.lines().last().and_then(|peak| peak.parse().ok())))
    }
}
