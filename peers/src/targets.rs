//! What heedful must reach, each with the figure of this run and whether it is met.

use crate::engines::{BY_RULE, FUSED, HEEDFUL_WHOLE, Role};
use crate::measure::Many;
use crate::report::Results;
use crate::table::{Table, ratio};

struct Target {
    said: &'static str,
    /// The figure, and what it may be.
    measured: Option<f64>,
    bound: Bound,
}

enum Bound {
    AtMost(f64),
    AtLeast(f64),
    Below(f64),
}

impl Bound {
    fn holds(&self, measured: f64) -> bool {
        match self {
            Self::AtMost(bound) => measured <= *bound,
            Self::AtLeast(bound) => measured >= *bound,
            Self::Below(bound) => measured < *bound,
        }
    }

    fn said(&self) -> String {
        match self {
            Self::AtMost(bound) => format!("at most {bound}"),
            Self::AtLeast(bound) => format!("at least {bound}"),
            Self::Below(bound) => format!("below {bound}"),
        }
    }
}

pub fn table(results: &Results<'_>) -> Table {
    let mut table = Table::new(&["target", "bound", "measured", "met"]);
    for Target { said, measured, bound } in targets(results) {
        let (figure, met) = match measured {
            Some(measured) => (ratio(measured), if bound.holds(measured) { "met" } else { "not met" }),
            None => ("-".to_owned(), "not measured"),
        };
        table.row(&[said.to_owned(), bound.said(), figure, met.to_owned()]);
    }
    table
}

fn targets(results: &Results<'_>) -> Vec<Target> {
    let heedful = results.first(Role::Heedful);
    let in_cache = |engine: usize| results.speeds[engine].in_cache;
    let evaluation = in_cache(heedful);
    let peers = results.all(Role::Peer);
    let fastest =
        |figure: &dyn Fn(usize) -> Option<f64>| peers.iter().filter_map(|peer| figure(*peer)).reduce(f64::min);
    let text = results.speeds[heedful].text;
    let to_fastest = |into: &[&str]| {
        let parsers = results.parsing.iter().filter(|parsing| into.contains(&parsing.parser.into));
        parsers.map(|parsing| parsing.nanoseconds).reduce(f64::min).map(|parsing| text / parsing)
    };
    let rules = &results.by_rules[heedful];
    let rules = rules.first().zip(rules.last()).and_then(|(few, many)| Some(many.as_ref().ok()? / few.as_ref().ok()?));
    // Long histories do not fit in cache, so even the fused one grows by more than its work does.
    let growth = |engine: usize| match results.by_records[engine][..] {
        [.., Some(short), Some(long)] => Some(long / short),
        _ => None,
    };
    let fused = results.named(FUSED);
    let to_fused = |engine: usize| growth(engine).zip(growth(fused)).map(|(own, fused)| own / fused);
    let brief = results.many.first();
    // One core has nothing to gain from a second thread.
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let load = |engine: usize| results.loads_of_many[engine].as_ref().ok().map(|load| load.nanoseconds);
    vec![
        Target {
            said: "evaluation, of the fused hand-written Rust",
            measured: Some(evaluation / in_cache(fused)),
            bound: Bound::AtMost(2.0),
        },
        Target {
            said: "evaluation, of the hand-written Rust rule by rule",
            measured: Some(evaluation / in_cache(results.named(BY_RULE))),
            bound: Bound::Below(1.0),
        },
        Target {
            said: "the fastest peer that counts for itself, of evaluation",
            measured: fastest(&|peer| Some(in_cache(peer) / evaluation)),
            bound: Bound::AtLeast(40.0),
        },
        Target {
            said: "JSON text to decision text, of parsing alone with the fastest parser into structs",
            measured: to_fastest(&["structs"]),
            bound: Bound::AtMost(1.3),
        },
        Target {
            said: "JSON text to decision text, of parsing alone with the fastest parser into anything",
            measured: to_fastest(&["structs", "values"]),
            bound: Bound::AtMost(1.3),
        },
        Target { said: "3,000 rules, of 30 rules", measured: rules, bound: Bound::AtMost(5.0) },
        Target {
            said: "growth from 1,000 to 10,000 records, of the fused hand-written Rust's, which is linear",
            measured: to_fused(heedful),
            bound: Bound::AtMost(1.5),
        },
        Target {
            said: "the same of whole decisions",
            measured: to_fused(results.named(HEEDFUL_WHOLE)),
            bound: Bound::AtMost(1.5),
        },
        Target {
            said: "many lines with `--brief` on one thread, of two threads",
            measured: brief.filter(|_| cores > 1).map(|Many { took: [one, two], .. }| one / two),
            bound: Bound::AtLeast(1.8),
        },
        Target {
            said: "memory for many lines, of that for 10,000",
            measured: brief.and_then(|many| many.peak).map(|(all, few)| all / few),
            bound: Bound::AtMost(1.1),
        },
        Target {
            said: "loading 3,000 rules, of the fastest peer's loading them",
            measured: load(heedful).zip(fastest(&load)).map(|(heedful, peer)| heedful / peer),
            bound: Bound::Below(1.0),
        },
        Target {
            said: "allocations of an evaluation in the steady state",
            measured: Some(results.speeds[heedful].allocations),
            bound: Bound::AtMost(0.0),
        },
    ]
}
