//! Counts -> a drawing (SVG) whose lines differ in their marks and words, not in colour alone.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// One line of a chart.
pub(crate) struct Series<'a> {
    pub(crate) name: &'a str,
    pub(crate) values: Vec<u64>,
}

const SIZE: (u32, u32) = (860, 300);
/// Told apart also by people who see few colours (Okabe and Ito), and dark enough on white.
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 90, 160), RGBColor(180, 70, 0), RGBColor(0, 110, 80), RGBColor(140, 50, 110)];
const FONT: &str = "sans-serif";

/// Lines over places along the bottom, each with its name at its end. `None` where there is nothing to draw.
pub(crate) fn lines(places: &[String], series: &[Series<'_>]) -> Option<String> {
    let most = series.iter().flat_map(|line| &line.values).copied().max().filter(|most| *most > 0)?;
    let count = places.len().max(2);
    let mut out = String::new();
    {
        let root = SVGBackend::with_string(&mut out, SIZE).into_drawing_area();
        root.fill(&WHITE).ok()?;
        let mut chart = ChartBuilder::on(&root)
            .margin(12)
            .margin_right(150)
            .x_label_area_size(34)
            .y_label_area_size(56)
            .build_cartesian_2d(0..count - 1, 0..most + most.div_ceil(20))
            .ok()?;
        let name = |at: &usize| places.get(*at).cloned().unwrap_or_default();
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(8)
            .x_label_formatter(&name)
            .label_style((FONT, 14))
            .light_line_style(WHITE)
            .draw()
            .ok()?;
        let mut ends: Vec<i32> = Vec::new();
        for ((number, line), colour) in series.iter().enumerate().zip(COLOURS.iter().cycle()) {
            let points: Vec<(usize, u64)> = line.values.iter().copied().enumerate().collect();
            chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2))).ok()?;
            let every = points.len().div_ceil(12).max(1);
            let marked = points.iter().copied().step_by(every);
            match number % 3 {
                0 => chart.draw_series(marked.map(|at| Circle::new(at, 4, colour.filled()))).map(drop),
                1 => chart.draw_series(marked.map(|at| TriangleMarker::new(at, 6, colour.filled()))).map(drop),
                _ => chart.draw_series(marked.map(|at| Cross::new(at, 5, colour.stroke_width(2)))).map(drop),
            }
            .ok()?;
            if let Some(last) = points.last() {
                let (x, y) = chart.backend_coord(last);
                let y = ends.iter().fold(y, |y, taken| if (y - taken).abs() < 16 { taken - 16 } else { y });
                ends.push(y);
                let style = (FONT, 14).into_font().color(colour).pos(Pos::new(HPos::Left, VPos::Center));
                root.draw_text(line.name, &style, (x + 10, y)).ok()?;
            }
        }
        root.present().ok()?;
    }
    Some(out)
}
