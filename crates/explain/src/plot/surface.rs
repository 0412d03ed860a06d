//! A function of two variables as a color map, and paths on it.

use super::bands::{self, mix_colors};
use super::{COLORS, PlotError, checked, curve, drawn, tick, titled};
use plotters::prelude::*;
use std::ops::Range;

const BANDS: usize = 16;

/// A path: its name, and its points in order.
pub type Path<'a> = (&'a str, Vec<[f64; 2]>);

/// Plots a function of two variables in bands, dark for low values, with paths such as those of optimizers.
///
/// The bands have equal width in the logarithm of the height above the minimum, so that the bottom of a valley is
/// visible, too. A path ends with a dot. Parts outside the ranges are not drawn.
///
/// ```
/// let bowl = |x: f64, y: f64| x * x + 10.0 * y * y;
/// let path = vec![[2.0, 1.0], [1.0, 0.2], [0.5, 0.04]];
/// let svg = explain::plot::surface("A bowl", -3.0..3.0, -2.0..2.0, bowl, &[("descent", path)])?;
/// assert!(svg.contains("descent"));
/// # Ok::<(), explain::plot::PlotError>(())
/// ```
///
/// # Errors
/// If a range is empty or not finite, or if no value is finite.
pub fn surface(
    title: &str,
    x: Range<f64>,
    y: Range<f64>,
    f: impl Fn(f64, f64) -> f64,
    paths: &[Path<'_>],
) -> Result<String, PlotError> {
    checked(&x)?;
    checked(&y)?;
    let bands = levels(&bands::sampled(&x, &y, f))?;
    let color = |band: usize| {
        mix_colors(RGBColor(52, 73, 110), RGBColor(244, 239, 226), ((band as f64 + 0.5) / BANDS as f64).powf(0.8))
    };
    drawn(|canvas| {
        let mut chart = titled(canvas, title, 30, 45).build_cartesian_2d(x.clone(), y.clone())?;
        bands::draw(&mut chart, &x, &y, &bands, color)?;
        chart.configure_mesh().disable_mesh().x_label_formatter(&tick(&x)).y_label_formatter(&tick(&y)).draw()?;
        for (k, (name, points)) in paths.iter().enumerate() {
            // Start with the second color: blue is hard to see on the background.
            let color = COLORS[(k + 1) % (COLORS.len() - 1)];
            let inside = |p: &(f64, f64)| x.contains(&p.0) && y.contains(&p.1);
            let points: Vec<(f64, f64)> = points.iter().map(|&[u, v]| (u, v)).collect();
            curve(&mut chart, &points, inside, name, color, false)?;
            if let Some(&end) = points.iter().rev().find(|p| inside(p)) {
                chart.draw_series([Circle::new(end, 4, color.filled())])?;
            }
        }
        if paths.is_empty() {
            return Ok(());
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.85))
            .margin(8)
            .draw()
    })
}

/// Returns the band of each value. The logarithmic scale starts at a thousandth of the total height.
fn levels(values: &[f64]) -> Result<Vec<Option<usize>>, PlotError> {
    const FINEST: f64 = 1e-3;
    let finite = values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return Err(PlotError::NoFiniteValues);
    }
    let level = |v: &f64| {
        let height = if high > low { (v - low) / (high - low) } else { 0.0 };
        let part = (height / FINEST).ln_1p() / FINEST.recip().ln_1p();
        ((part * BANDS as f64) as usize).min(BANDS - 1)
    };
    Ok(values.iter().map(|v| v.is_finite().then(|| level(v))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_rise_with_the_value() {
        let levels = levels(&[0.0, 1e-3, 0.1, 1.0, f64::INFINITY]).unwrap();
        assert_eq!(levels, [Some(0), Some(1), Some(10), Some(BANDS - 1), None]);
        assert_eq!(super::levels(&[2.0, 2.0]), Ok(vec![Some(0); 2]));
        assert_eq!(super::levels(&[f64::NAN]), Err(PlotError::NoFiniteValues));
    }

    #[test]
    fn points_outside_the_range_are_not_drawn() {
        let away = [("away", vec![[0.0, 0.0], [9.0, 9.0], [0.5, 0.5], [f64::NAN, 0.0]])];
        let svg = surface("t", -1.0..1.0, -1.0..1.0, |x, y| x * y, &away).unwrap();
        assert_eq!(svg.matches("<circle ").count(), 1);
        assert!(!svg.contains("NaN"));
    }
}
