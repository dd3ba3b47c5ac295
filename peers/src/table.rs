//! Markdown tables.

pub struct Table {
    columns: usize,
    text: String,
}

impl Table {
    /// The first column is text, the others are figures.
    pub fn new(heads: &[&str]) -> Self {
        let rule = vec!["---:"; heads.len() - 1].join(" | ");
        Self { columns: heads.len(), text: format!("| {} |\n| --- | {rule} |\n", heads.join(" | ")) }
    }

    pub fn row(&mut self, cells: &[String]) {
        assert_eq!(cells.len(), self.columns, "a cell for each column");
        self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }

    pub fn print(&self, title: &str, said: &str) {
        println!("## {title}\n\n{said}\n\n{}", self.text);
    }
}

/// A time in the unit that suits it.
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        tiny if tiny < 999.5 => format!("{tiny:.0} ns"),
        small if small < 9_950.0 => format!("{:.2} µs", small / 1e3),
        middle if middle < 999_500.0 => format!("{:.0} µs", middle / 1e3),
        large if large < 9_950_000.0 => format!("{:.1} ms", large / 1e6),
        larger if larger < 999_500_000.0 => format!("{:.0} ms", larger / 1e6),
        largest => format!("{:.2} s", largest / 1e9),
    }
}

pub fn ratio(ratio: f64) -> String {
    match ratio {
        small if small < 9.95 => format!("{small:.2}"),
        middle if middle < 99.5 => format!("{middle:.1}"),
        large => format!("{large:.0}"),
    }
}

pub fn bytes(bytes: f64) -> String {
    match bytes {
        small if small < 9_950.0 => format!("{small:.0} B"),
        middle if middle < 9_950_000.0 => format!("{:.0} kB", middle / 1e3),
        large => format!("{:.0} MB", large / 1e6),
    }
}
