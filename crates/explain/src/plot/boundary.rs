//! The output of a classifier over a plane.

use super::bands::{self, mix_colors};
use super::{COLORS, PlotError, checked, drawn, tick, titled};
use plotters::prelude::*;
use std::ops::Range;

const BANDS: usize = 11;

/// Plots the probability of class 1 over a plane, from blue for 0 to orange for 1, and examples in the color of their
/// class.
///
/// The decision boundary, a probability of 1/2, is where the two colors meet. Values are clamped to 0 and 1; where the
/// value is NaN, the background stays empty. Examples of other classes have other colors.
///
/// ```
/// let line = |x: f64, y: f64| 1.0 / (1.0 + (-4.0 * (x + y - 1.0)).exp());
/// let examples = [([0.0, 0.0], 0), ([1.0, 1.0], 1)];
/// let svg = explain::plot::boundary("AND, nearly", -0.5..1.5, -0.5..1.5, line, &examples)?;
/// assert!(svg.starts_with("<svg ") && svg.contains("AND, nearly"));
/// assert_eq!(svg.matches("<circle ").count(), 4); // a dot and its rim for each example
/// # Ok::<(), explain::plot::PlotError>(())
/// ```
///
/// # Errors
/// If a range is empty or not finite.
pub fn boundary(
    title: &str,
    x: Range<f64>,
    y: Range<f64>,
    probability: impl Fn(f64, f64) -> f64,
    examples: &[([f64; 2], usize)],
) -> Result<String, PlotError> {
    checked(&x)?;
    checked(&y)?;
    let values = bands::sampled(&x, &y, probability);
    let band = |p: &f64| (!p.is_nan()).then(|| ((p.clamp(0.0, 1.0) * BANDS as f64) as usize).min(BANDS - 1));
    let bands: Vec<Option<usize>> = values.iter().map(band).collect();
    let color = |band: usize| {
        let part = 2.0 * band as f64 / (BANDS - 1) as f64 - 1.0;
        let class = usize::from(part > 0.0);
        mix_colors(RGBColor(247, 247, 247), COLORS[class], 0.15 + 0.5 * part.abs())
    };
    drawn(|canvas| {
        let mut chart = titled(canvas, title, 30, 40).build_cartesian_2d(x.clone(), y.clone())?;
        bands::draw(&mut chart, &x, &y, &bands, color)?;
        chart.configure_mesh().disable_mesh().x_label_formatter(&tick(&x)).y_label_formatter(&tick(&y)).draw()?;
        let inside = examples.iter().filter(|([u, v], _)| x.contains(u) && y.contains(v));
        for &([u, v], class) in inside {
            let style = COLORS[class % COLORS.len()].filled();
            let dot = EmptyElement::at((u, v)) + Circle::new((0, 0), 4, style) + Circle::new((0, 0), 4, WHITE);
            chart.draw_series([dot])?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_have_their_colors() {
        let svg = boundary("t", 0.0..1.0, 0.0..1.0, |x, _| if x < 0.5 { 0.0 } else { 1.0 }, &[]).unwrap();
        // One path for each half, with a rectangle in each row.
        let paths: Vec<&str> = svg.lines().filter(|line| line.starts_with("<path fill=\"#")).collect();
        assert_eq!(paths.len(), 2);
        assert!(paths.iter().all(|path| path.matches('M').count() == bands::CELLS));
        let blank = boundary("<t>", 0.0..1.0, 0.0..1.0, |_, _| f64::NAN, &[]).unwrap();
        assert_eq!(blank.matches("<rect ").count(), 1);
        assert!(!blank.contains("<t>"));
        assert!(boundary("t", 1.0..0.0, 0.0..1.0, |x, _| x, &[]).is_err());
    }
}
