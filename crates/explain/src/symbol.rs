//! Names in plain text and in LaTeX.

use std::fmt;
use std::ops::RangeInclusive;

/// The name of a quantity, such as `z1`, `ŷ` or `W_out`.
///
/// ```
/// use explain::Symbol;
/// let latex = |name: &str| Symbol::new(name).latex();
/// assert_eq!(latex("z1"), "z_{1}");
/// assert_eq!(latex("ŷ"), r"\hat{y}");
/// assert_eq!(latex("δ2"), r"\delta_{2}");
/// assert_eq!(latex("W_out"), r"W_{\mathrm{out}}");
/// assert_eq!(latex("loss"), r"\mathrm{loss}");
/// assert_eq!(latex("100 % <b>"), r"\text{100 \% \textless{}b\textgreater{}}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(String);

impl Symbol {
    /// Creates a name. Characters that cannot be printed, and those after the 64th, are removed.
    pub fn new(name: impl AsRef<str>) -> Symbol {
        Symbol(printable(name.as_ref()))
    }

    /// Returns the name with an index.
    pub(crate) fn indexed(&self, index: usize) -> Symbol {
        Symbol(format!("{}_{index}", self.0))
    }

    /// Returns the name as plain text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Splits a name such as z1 or W_out into a letter or word and its index; `None` for other names.
    pub(crate) fn parts(&self) -> Option<(&str, &str)> {
        let (head, index) = split(&self.0);
        (base(head).is_some() && subscript(index).is_some()).then_some((head, index))
    }

    /// Returns the name in LaTeX, for math mode. Trailing digits, or the part after `_`, become an index; Greek letters
    /// and hats become commands; other names become text.
    pub fn latex(&self) -> String {
        let (head, index) = split(&self.0);
        let (Some(head), Some(index)) = (base(head), subscript(index)) else {
            return format!(r"\text{{{}}}", escaped(&self.0));
        };
        if index.is_empty() { head } else { format!("{head}_{{{index}}}") }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The maximum length of a name in characters.
const LONGEST: usize = 64;

/// Returns a name without line breaks, invisible characters and direction marks, shortened to the maximum length.
pub(crate) fn printable(name: &str) -> String {
    const HIDDEN: [RangeInclusive<char>; 5] = [
        '\u{200b}'..='\u{200b}',
        '\u{200e}'..='\u{200f}',
        '\u{2028}'..='\u{202e}',
        '\u{2060}'..='\u{206f}',
        '\u{feff}'..='\u{feff}',
    ];
    let is_hidden = |c: &char| HIDDEN.iter().any(|range| range.contains(c));
    let mut visible = name.chars().filter(|c| !c.is_control() && !is_hidden(c));
    let mut out: String = visible.by_ref().take(LONGEST).collect();
    if visible.next().is_some() {
        out.pop();
        out.push('…');
    }
    out
}

/// Splits a name and its index: `z` and `1`, or `W` and `out`.
fn split(name: &str) -> (&str, &str) {
    if let Some((head, index)) = name.split_once('_') {
        return (head, index);
    }
    let head = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (head, &name[head.len()..])
}

fn base(head: &str) -> Option<String> {
    let mut letters = head.chars();
    let (first, second) = (letters.next()?, letters.next());
    match (first, second) {
        (c, None) if c.is_ascii_alphabetic() => Some(c.to_string()),
        ('ŷ', None) => Some(r"\hat{y}".into()),
        ('y', Some('\u{302}')) if letters.next().is_none() => Some(r"\hat{y}".into()),
        (c, None) => greek(c).map(|name| format!(r"\{name}")),
        _ => head.chars().all(|c| c.is_ascii_alphabetic()).then(|| format!(r"\mathrm{{{head}}}")),
    }
}

fn subscript(index: &str) -> Option<String> {
    if index.chars().all(|c| c.is_ascii_digit()) || index.len() == 1 && index.chars().all(|c| c.is_ascii_alphabetic()) {
        return Some(index.to_string());
    }
    index.chars().all(|c| c.is_ascii_alphanumeric()).then(|| format!(r"\mathrm{{{index}}}"))
}

/// Returns the LaTeX command of a Greek letter; `None` for letters that look like Latin ones.
fn greek(c: char) -> Option<&'static str> {
    Some(match c {
        'α' => "alpha",
        'β' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' => "epsilon",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' => "theta",
        'ι' => "iota",
        'κ' => "kappa",
        'λ' => "lambda",
        'μ' => "mu",
        'ν' => "nu",
        'ξ' => "xi",
        'π' => "pi",
        'ρ' => "rho",
        'σ' => "sigma",
        'τ' => "tau",
        'υ' => "upsilon",
        'φ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' => "omega",
        'Γ' => "Gamma",
        'Δ' => "Delta",
        'Θ' => "Theta",
        'Λ' => "Lambda",
        'Ξ' => "Xi",
        'Π' => "Pi",
        'Σ' => "Sigma",
        'Φ' => "Phi",
        'Ψ' => "Psi",
        'Ω' => "Omega",
        _ => return None,
    })
}

/// Escapes LaTeX commands in text.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str(r"\textbackslash{}"),
            '~' => out.push_str(r"\textasciitilde{}"),
            '^' => out.push_str(r"\textasciicircum{}"),
            '<' => out.push_str(r"\textless{}"),
            '>' => out.push_str(r"\textgreater{}"),
            // These have a meaning in Markdown, which may contain the formula.
            '|' => out.push_str(r"\textbar{}"),
            '`' => out.push_str(r"\textasciigrave{}"),
            '[' => out.push_str("{[}"),
            ']' => out.push_str("{]}"),
            '…' => out.push_str(r"\dots{}"),
            '{' | '}' | '$' | '&' | '#' | '%' | '_' => {
                out.push('\\');
                out.push(c);
            }
            // The fonts of most engines have only the letters of Western Europe, and Greek in math mode.
            c if c > '\u{17f}' => match greek(c) {
                Some(name) => out.push_str(&format!(r"\ensuremath{{\{name}}}")),
                None => out.push_str(&format!("U+{:04X}", u32::from(c))),
            },
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_escaped() {
        assert_eq!(Symbol::new("a}b$\\x\n").latex(), r"\text{a\}b\$\textbackslash{}x}");
        assert_eq!(Symbol::new("").latex(), r"\text{}");
        assert_eq!(Symbol::new("x_1_2").latex(), r"\text{x\_1\_2}");
        assert_eq!(Symbol::new("a\u{202e}b\u{2028}").text(), "ab");
        let long = Symbol::new("x".repeat(65));
        assert!(long.text().chars().count() == 64 && long.latex().ends_with(r"x\dots{}}"));
        assert_eq!(Symbol::new("né αβ 权").latex(), r"\text{né \ensuremath{\alpha}\ensuremath{\beta} U+6743}");
    }
}
