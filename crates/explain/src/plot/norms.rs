//! The norm of the gradient in each layer.

use super::{COLORS, PlotError, curve, drawn, titled};
use plotters::prelude::*;

/// Plots the norms of the gradients of the layers, starting at the input, with a line for each network, on a
/// logarithmic axis.
///
/// A norm that is 0 or not finite leaves a gap.
///
/// ```
/// let svg = explain::plot::norms("A vanishing gradient", &[("sigmoid", vec![1e-6, 1e-4, 1e-2, 1.0])])?;
/// assert!(svg.contains("sigmoid"));
/// # Ok::<(), explain::plot::PlotError>(())
/// ```
///
/// # Errors
/// If no norm is finite and positive.
pub fn norms(title: &str, networks: &[(&str, Vec<f64>)]) -> Result<String, PlotError> {
    let seen = |v: &f64| v.is_finite() && *v > 0.0;
    let all = || networks.iter().flat_map(|(_, norms)| norms.iter().copied().filter(seen));
    let (low, high) = all().fold((f64::INFINITY, 0.0), |(l, h): (f64, f64), v| (l.min(v), h.max(v)));
    if low > high {
        return Err(PlotError::NoFiniteValues);
    }
    let layers = networks.iter().map(|(_, norms)| norms.len()).max().unwrap_or(1);
    drawn(|canvas| {
        let mut chart = titled(canvas, title, 40, 60)
            .build_cartesian_2d(0.5..layers as f64 + 0.5, (low / 2.0..high * 2.0).log_scale())?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_desc("layer")
            .y_desc("norm of the gradient")
            .x_label_formatter(&|x| if x.fract() == 0.0 { format!("{x}") } else { String::new() })
            .y_label_formatter(&|y| format!("{y:.0e}"))
            .draw()?;
        for (k, (name, norms)) in networks.iter().enumerate() {
            let color = COLORS[k % COLORS.len()];
            let points: Vec<(f64, f64)> = norms.iter().enumerate().map(|(i, &n)| (i as f64 + 1.0, n)).collect();
            let inside = |p: &(f64, f64)| seen(&p.1);
            curve(&mut chart, &points, inside, name, color, false)?;
            let dots = points.iter().copied().filter(inside);
            chart.draw_series(dots.map(|p| Circle::new(p, 3, color.filled())))?;
        }
        chart.configure_series_labels().position(SeriesLabelPosition::LowerRight).margin(8).draw()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_gaps() {
        let svg = norms("t", &[("relu", vec![1.0, 0.0, f64::NAN, 3.0])]).unwrap();
        assert_eq!(svg.matches("<circle ").count(), 2);
        assert_eq!(norms("t", &[("dead", vec![0.0])]), Err(PlotError::NoFiniteValues));
        assert_eq!(norms("t", &[]), Err(PlotError::NoFiniteValues));
    }
}
