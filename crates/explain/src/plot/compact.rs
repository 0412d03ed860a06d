//! Smaller SVG files: adjacent rectangles of the same color, and dashes of the same line, become one path.

use std::fmt::Write;

/// A shape that can be part of a path: its attributes and its outline.
struct Part<'a> {
    style: String,
    outline: String,
    line: &'a str,
}

/// Returns the same picture with one path for each run of shapes with equal attributes.
pub(super) fn compact(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut run: Vec<Part<'_>> = vec![];
    let flush = |run: &mut Vec<Part<'_>>, out: &mut String| {
        match &run[..] {
            [] => {}
            [one] => out.extend([one.line, "\n"]),
            several => {
                let outlines: String = several.iter().map(|part| part.outline.as_str()).collect();
                let _ = writeln!(out, "<path {} d=\"{outlines}\"/>", several[0].style);
            }
        }
        run.clear();
    };
    for line in svg.lines() {
        let part = rectangle(line).or_else(|| polyline(line));
        if part.as_ref().is_none_or(|part| run.last().is_some_and(|last| last.style != part.style)) {
            flush(&mut run, &mut out);
        }
        match part {
            Some(part) => run.push(part),
            None => out.extend([line, "\n"]),
        }
    }
    flush(&mut run, &mut out);
    out.replace(" opacity=\"1\"", "")
}

fn attribute<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// A filled rectangle without a border.
fn rectangle(line: &str) -> Option<Part<'_>> {
    if !line.starts_with("<rect ") || attribute(line, "stroke")? != "none" {
        return None;
    }
    let [x, y, w, h] = ["x", "y", "width", "height"].map(|name| attribute(line, name));
    let outline = format!("M{} {}h{}v{}h-{}z", x?, y?, w?, h?, w?);
    let style = format!("fill=\"{}\" opacity=\"{}\"", attribute(line, "fill")?, attribute(line, "opacity")?);
    Some(Part { style, outline, line })
}

/// An open polyline.
fn polyline(line: &str) -> Option<Part<'_>> {
    if !line.starts_with("<polyline ") {
        return None;
    }
    let outline = format!("M{}", attribute(line, "points")?.trim_end());
    let [color, width, opacity] = ["stroke", "stroke-width", "opacity"].map(|name| attribute(line, name));
    let style = format!("fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" opacity=\"{}\"", color?, width?, opacity?);
    Some(Part { style, outline, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_become_paths() {
        let rect = |x, color| {
            format!(
                "<rect x=\"{x}\" y=\"2\" width=\"3\" height=\"4\" opacity=\"1\" fill=\"{color}\" stroke=\"none\"/>\n"
            )
        };
        let dash =
            "<polyline fill=\"none\" opacity=\"1\" stroke=\"#000000\" stroke-width=\"2\" points=\"1,2 3,4 \"/>\n";
        let svg =
            ["<svg>\n", &rect(1, "#111111"), &rect(4, "#111111"), &rect(7, "#222222"), dash, dash, "</svg>\n"].concat();
        let expected = [
            "<svg>\n<path fill=\"#111111\" d=\"M1 2h3v4h-3zM4 2h3v4h-3z\"/>\n",
            &rect(7, "#222222").replace(" opacity=\"1\"", ""),
            "<path fill=\"none\" stroke=\"#000000\" stroke-width=\"2\" d=\"M1,2 3,4M1,2 3,4\"/>\n</svg>\n",
        ];
        assert_eq!(compact(&svg), expected.concat());
    }
}
