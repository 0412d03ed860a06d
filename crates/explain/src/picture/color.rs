//! The colors of pictures and pages, in light and dark mode.
//!
//! The light colors are plain `fill` and `stroke` attributes, which every SVG renderer supports. The style sheet
//! replaces them in browsers that prefer dark mode; other renderers ignore it.

use std::fmt;

/// A light and a dark version of a color.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Color {
    /// The name of the CSS variable of the page.
    name: &'static str,
    /// The light version. It is unique, since the style sheet selects elements by it.
    light: &'static str,
    dark: &'static str,
}

macro_rules! palette {
    ($($id:ident $name:literal $light:literal $dark:literal)+) => {
        $(pub(crate) const $id: Color = Color { name: $name, light: $light, dark: $dark };)+
        const ALL: &[Color] = &[$($id),+];
    };
}

palette! {
    PAPER    "paper"    "#ffffff" "#14181d"
    INK      "ink"      "#1d2530" "#e7ebf0"
    SOFT     "soft"     "#5b6675" "#9fabb9"
    LINE     "line"     "#8a94a3" "#6d7987"
    FILL     "fill"     "#f4f6f9" "#222932"
    VARIABLE "variable" "#e4f2e7" "#1d3526"
    CONSTANT "constant" "#f1f1f1" "#2b2b2b"
    OUTPUT   "output"   "#e3edfb" "#1b3050"
    FOLDED   "folded"   "#fdf3dc" "#3a3118"
    ADJOINT  "adjoint"  "#a8380b" "#ff9d6e"
    DERIVATIVE    "derivative"    "#14539a" "#82b8f5"
}

impl fmt::Display for Color {
    /// Writes the light version, for an attribute.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.light)
    }
}

/// Returns the style sheet of a picture, which replaces each light color by the dark one.
pub(crate) fn dark_style() -> String {
    let rule = |c: &Color| {
        let Color { light, dark, .. } = c;
        format!(".cr [fill=\"{light}\"] {{ fill: {dark}; }} .cr [stroke=\"{light}\"] {{ stroke: {dark}; }}\n")
    };
    format!("@media (prefers-color-scheme: dark) {{\n{}}}\n", ALL.iter().map(rule).collect::<String>())
}

/// Returns the colors as CSS variables, for a page.
pub(crate) fn variables() -> String {
    let list = |shade: fn(&Color) -> &'static str| {
        ALL.iter().map(|c| format!(" --{}: {};", c.name, shade(c))).collect::<String>()
    };
    format!(
        ".cr {{{} color-scheme: light dark; }}\n@media (prefers-color-scheme: dark) {{ .cr {{{} }} }}\n",
        list(|c| c.light),
        list(|c| c.dark)
    )
}

/// Asserts that a picture is drawn correctly by renderers without CSS variables and media queries, such as CairoSVG and
/// resvg: every element has its color as an attribute, and the style sheet applies to dark mode only.
#[cfg(test)]
pub(crate) fn assert_plain_colors(svg: &str) {
    assert!(!svg.contains("var("), "a CSS variable in {svg}");
    for sheet in svg.split("<style>").skip(1).filter_map(|rest| rest.split("</style>").next()) {
        let rules =
            sheet.trim().strip_prefix("@media (prefers-color-scheme: dark) {").expect("nothing but a media query");
        let mut open = 1;
        for (at, c) in rules.char_indices() {
            open += i32::from(c == '{') - i32::from(c == '}');
            assert!(open > 0 || at + 1 == rules.len(), "rules behind the media query in {sheet}");
        }
    }
    const DRAWN: [&str; 8] = ["rect ", "path ", "text ", "circle ", "ellipse ", "line ", "polyline ", "polygon "];
    for element in svg.split('<').filter(|element| DRAWN.iter().any(|name| element.starts_with(name))) {
        let attribute =
            |name: &str| element.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next());
        let color = |name| attribute(name).is_some_and(|value| value.starts_with('#'));
        let outlined = color("stroke") && (attribute("fill") == Some("none") || element.starts_with("line "));
        assert!(color("fill") || outlined, "no plain color: {element}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn light_colors_are_unique() {
        assert_eq!(ALL.iter().map(|c| c.light).collect::<HashSet<_>>().len(), ALL.len());
    }
}
