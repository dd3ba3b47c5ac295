//! Measurements -> Markdown.

use crate::engines::{FUSED, Kind, Role};
use crate::measure::{Load, Many, Parsing, Speed};
use crate::table::{Table, bytes, ratio, time};
use crate::targets;

/// Everything that was measured; lists go by engine.
pub struct Results<'k> {
    pub kinds: &'k [Kind],
    pub speeds: Vec<Speed>,
    pub loads_of_few: Vec<Result<Load, String>>,
    pub loads_of_many: Vec<Result<Load, String>>,
    pub lengths: Vec<usize>,
    pub by_records: Vec<Vec<Option<f64>>>,
    pub variants: Vec<usize>,
    pub by_rules: Vec<Vec<Result<f64, String>>>,
    pub parsing: Vec<Parsing>,
    pub many: Vec<Many>,
}

impl Results<'_> {
    pub fn named(&self, name: &str) -> usize {
        self.kinds.iter().position(|kind| kind.name == name).expect("one of the engines")
    }

    pub fn all(&self, role: Role) -> Vec<usize> {
        let engines = self.kinds.iter().enumerate().filter(|(_, kind)| kind.role == role);
        engines.map(|(engine, _)| engine).collect()
    }

    pub fn first(&self, role: Role) -> usize {
        self.all(role)[0]
    }

    pub fn print(&self) {
        self.speed().print("A call", SPEED);
        self.parsing().print("Parsing alone", PARSING);
        self.load().print("Loading a policy", LOAD);
        self.records().print("Longer histories", RECORDS);
        self.rules().print("More rules", RULES);
        self.many().print("Many calls", MANY);
        targets::table(self).print("Targets", TARGETS);
    }

    fn speed(&self) -> Table {
        let mut table = Table::new(&[
            "engine",
            "evaluation, in cache",
            "to fused",
            "not in cache",
            "to fused",
            "JSON to JSON",
            "to fused",
            "allocations",
            "bytes",
        ]);
        let fused = &self.speeds[self.named(FUSED)];
        for (kind, speed) in self.kinds.iter().zip(&self.speeds) {
            table.row(&[
                kind.name.to_owned(),
                time(speed.in_cache),
                ratio(speed.in_cache / fused.in_cache),
                time(speed.out_of_cache),
                ratio(speed.out_of_cache / fused.out_of_cache),
                time(speed.text),
                ratio(speed.text / fused.text),
                format!("{:.1}", speed.allocations),
                bytes(speed.allocated),
            ]);
        }
        table
    }

    fn parsing(&self) -> Table {
        let fastest = self.parsing.iter().map(|parsing| parsing.nanoseconds).fold(f64::INFINITY, f64::min);
        let mut table = Table::new(&["parser", "a call", "to fastest"]);
        for Parsing { parser, nanoseconds } in &self.parsing {
            table.row(&[
                format!("{}, into {}", parser.name, parser.into),
                time(*nanoseconds),
                ratio(nanoseconds / fastest),
            ]);
        }
        table
    }

    fn load(&self) -> Table {
        let mut table =
            Table::new(&["engine", "30 rules", "3,000 rules", "their text", "30 rules keep", "3,000 rules keep"]);
        for (engine, kind) in self.kinds.iter().enumerate() {
            // The rules of hand-written Rust are in the program.
            if kind.role == Role::Handwritten {
                continue;
            }
            let (few, many) = (self.loads_of_few[engine].as_ref(), self.loads_of_many[engine].as_ref());
            let cell =
                |load: Result<&Load, &String>, figure: fn(&Load) -> String| load.map_or("refused".to_owned(), figure);
            table.row(&[
                kind.name.to_owned(),
                cell(few, |load| time(load.nanoseconds)),
                cell(many, |load| time(load.nanoseconds)),
                cell(many, |load| bytes(load.text)),
                cell(few, |load| bytes(load.bytes)),
                cell(many, |load| bytes(load.bytes)),
            ]);
        }
        table
    }

    fn records(&self) -> Table {
        let heads: Vec<String> = self.lengths.iter().map(|length| format!("{length} records")).collect();
        let mut table = Table::new(&[&["engine"][..], &heads.iter().map(String::as_str).collect::<Vec<_>>()].concat());
        for (kind, row) in self.kinds.iter().zip(&self.by_records) {
            let cells = row.iter().map(|took| took.map_or("-".to_owned(), time));
            table.row(&[kind.name.to_owned()].into_iter().chain(cells).collect::<Vec<_>>());
        }
        table
    }

    fn rules(&self) -> Table {
        let heads: Vec<String> =
            self.variants.iter().map(|variants| format!("{} rules", variants * crate::policy::RULES)).collect();
        let mut table = Table::new(&[&["engine"][..], &heads.iter().map(String::as_str).collect::<Vec<_>>()].concat());
        for (kind, row) in self.kinds.iter().zip(&self.by_rules) {
            let cells = row.iter().map(|took| took.as_ref().map_or("refused".to_owned(), |took| time(*took)));
            table.row(&[kind.name.to_owned()].into_iter().chain(cells).collect::<Vec<_>>());
        }
        for (kind, row) in self.kinds.iter().zip(&self.by_rules) {
            for refusal in row.iter().filter_map(|took| took.as_ref().err()) {
                eprintln!("{}: {}", kind.name, refusal.chars().take(300).collect::<String>());
            }
        }
        table
    }

    fn many(&self) -> Table {
        let mut table = Table::new(&[
            "what is written",
            "lines",
            "1 thread",
            "2 threads",
            "ratio",
            "most memory with 2",
            "for 10,000 lines",
        ]);
        for Many { said, lines, took: [one, two], peak } in &self.many {
            let memory = |kib: f64| bytes(kib * 1024.0);
            let peak = peak.map(|(all, few)| (memory(all), memory(few)));
            let (all, few) = peak.unwrap_or_else(|| ("-".to_owned(), "-".to_owned()));
            table.row(&[(*said).to_owned(), lines.to_string(), time(*one), time(*two), ratio(one / two), all, few]);
        }
        table
    }
}

const SPEED: &str = "Medians of calls, each at its fastest, and for \"not in cache\" the mean over the whole set, gone through \
once. Evaluation starts from the engine's own form of a case. Heedful and hand-written Rust give the outcome, the rules that fired \
and the records they rest on; the others give the outcome and the rules. Allocations are of an evaluation, once nothing is new.";

const PARSING: &str = "The JSON of the same cases, with times as texts, parsed and dropped.";

const LOAD: &str = "From the texts of a policy to an engine that can decide, and the bytes that it then keeps. 3,000 rules \
are 100 variants of the 30 that differ in their thresholds. Where a language has names for counts, they are written once \
and the variants only compare them; heedful says every rule in full, with its effects, reason and source.";

const RECORDS: &str = "Evaluation of one call, in cache. `-`: would take more than three seconds.";

const RULES: &str = "Evaluation of one call, in cache; the median of calls. Variants share windows and filters.";

const MANY: &str = "`heedful decide --threads N` over JSON Lines, in a process of its own, from start to end: the calls of this \
comparison again and again, in files of ten times as many.";

const TARGETS: &str = "Worked out from the figures above. \"Evaluation\" is in cache.";
