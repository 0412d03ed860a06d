//! Functions of one variable, each with its derivative.

use super::{COLORS, PlotError, checked, curve, drawn, range_of, tick, titled};
use autograd::{Var, value_and_grad};
use plotters::prelude::*;
use std::ops::Range;

/// A function of one variable.
pub type Function = for<'t> fn(Var<'t, f64>) -> Var<'t, f64>;

/// The number of points of a curve.
const POINTS: usize = 241;
/// Derivatives larger than this do not extend the range of the plot.
const STEEPEST: f64 = 1e3;

/// Plots functions as solid lines, and their derivatives, computed by the engine, as dashed lines of the same color.
///
/// Where a value or a derivative is not finite, the line has a gap.
///
/// ```
/// use explain::plot::functions;
/// let svg = functions("Two activations", -4.0..4.0, &[("tanh", |x| x.tanh()), ("relu", |x| x.relu())])?;
/// assert!(svg.contains("relu") && svg.contains("tanh′"));
/// # Ok::<(), explain::plot::PlotError>(())
/// ```
///
/// # Errors
/// If the range is empty or not finite, or if no value is finite.
pub fn functions(title: &str, x: Range<f64>, of: &[(&str, Function)]) -> Result<String, PlotError> {
    checked(&x)?;
    let at = |i: usize| x.start + (x.end - x.start) * i as f64 / (POINTS - 1) as f64;
    let curves: Vec<Vec<(f64, f64, f64)>> = of
        .iter()
        .map(|(_, f)| {
            let point = |i| {
                let (value, slope) = value_and_grad(f, at(i));
                (at(i), value, slope)
            };
            (0..POINTS).map(point).collect()
        })
        .collect();
    let all = || curves.iter().flatten();
    let y = range_of(all().map(|p| p.1).chain(all().map(|p| p.2).filter(|d| d.abs() < STEEPEST)))?;
    drawn(|canvas| {
        let mut chart = titled(canvas, title, 30, 45).build_cartesian_2d(x.clone(), y.clone())?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_label_formatter(&tick(&x))
            .y_label_formatter(&tick(&y))
            .draw()?;
        for (k, ((name, _), points)) in of.iter().zip(&curves).enumerate() {
            let color = COLORS[k % COLORS.len()];
            let inside = |p: &(f64, f64)| y.contains(&p.1);
            let values: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.1)).collect();
            let derivatives: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.2)).collect();
            curve(&mut chart, &values, inside, name, color, false)?;
            curve(&mut chart, &derivatives, inside, &format!("{name}′"), color, true)?;
        }
        chart.configure_series_labels().position(SeriesLabelPosition::UpperLeft).margin(8).draw()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_errors() {
        let svg = functions("√ and 1/x", -1.0..1.0, &[("sqrt", |x| x.sqrt()), ("recip", |x| x.recip())]).unwrap();
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert_eq!(functions("ln of nothing", -2.0..-1.0, &[("ln", |x| x.ln())]), Err(PlotError::NoFiniteValues));
        assert!(matches!(functions("", 0.0..0.0, &[]), Err(PlotError::Range { .. })));
    }
}
