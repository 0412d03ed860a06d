//! Values over a plane in bands of equal color. Adjacent cells of one band are drawn as one rectangle.

use super::Drawn;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use std::ops::Range;

/// The number of cells along each side.
pub(super) const CELLS: usize = 80;

pub(super) type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Evaluates a function at the centers of the cells, row by row from the bottom.
pub(super) fn sampled(x: &Range<f64>, y: &Range<f64>, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let middle =
        |range: &Range<f64>, i: usize| range.start + (range.end - range.start) * (i as f64 + 0.5) / CELLS as f64;
    (0..CELLS * CELLS).map(|k| f(middle(x, k % CELLS), middle(y, k / CELLS))).collect()
}

/// Draws each cell in the color of its band. Cells without a band stay empty.
pub(super) fn draw(
    chart: &mut Chart<'_, '_>,
    x: &Range<f64>,
    y: &Range<f64>,
    bands: &[Option<usize>],
    color: impl Fn(usize) -> RGBColor,
) -> Drawn {
    let edge = |range: &Range<f64>, i: usize| range.start + (range.end - range.start) * i as f64 / CELLS as f64;
    // One band after another, so that each becomes one path.
    for band in 0..=bands.iter().flatten().copied().max().unwrap_or(0) {
        for (row, bands) in bands.chunks(CELLS).enumerate() {
            let mut start = 0;
            for end in 1..=CELLS {
                if end < CELLS && bands[end] == bands[start] {
                    continue;
                }
                if bands[start] == Some(band) {
                    let corners = [(edge(x, start), edge(y, row)), (edge(x, end), edge(y, row + 1))];
                    chart.draw_series([Rectangle::new(corners, color(band).filled())])?;
                }
                start = end;
            }
        }
    }
    Ok(())
}

/// Interpolates between two colors; `part` is from 0 to 1.
pub(super) fn mix_colors(from: RGBColor, to: RGBColor, part: f64) -> RGBColor {
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part.clamp(0.0, 1.0)).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}
