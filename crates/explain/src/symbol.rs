//! Names of quantities, in plain text and in LaTeX.

use std::fmt;

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
    /// A name; what cannot be printed in it is left out, and so is what goes beyond 64 characters.
    pub fn new(name: impl AsRef<str>) -> Symbol {
        Symbol(printable(name.as_ref()))
    }

    /// The name with an index.
    pub(crate) fn indexed(&self, index: usize) -> Symbol {
        Symbol(format!("{}_{index}", self.0))
    }

    /// The name as it is.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// A letter or a word and its index, as in z₁ and W_out; `None` for names that are not made so.
    pub(crate) fn parts(&self) -> Option<(&str, &str)> {
        let (head, index) = split(&self.0);
        (base(head).is_some() && subscript(index).is_some()).then_some((head, index))
    }

    /// The name in LaTeX, for mathematical mode: an index where it ends in digits or `_` sets one off, Greek letters and
    /// hats as commands; anything else as text.
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

/// The longest name that is written out.
const LONGEST: usize = 64;

/// A name on one line of a bearable length, in which nothing is invisible or turns the direction of what follows.
pub(crate) fn printable(name: &str) -> String {
    let is_hidden = |c: &char| matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let mut visible = name.chars().filter(|c| !c.is_control() && !is_hidden(c));
    let mut out: String = visible.by_ref().take(LONGEST).collect();
    if visible.next().is_some() {
        out.pop();
        out.push('…');
    }
    out
}

/// The name and its index: `z`, `1` or `W`, `out`.
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

/// The command of a Greek letter; those that look like Latin ones have none.
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

/// Text in which no character commands LaTeX.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str(r"\textbackslash{}"),
            '~' => out.push_str(r"\textasciitilde{}"),
            '^' => out.push_str(r"\textasciicircum{}"),
            '<' => out.push_str(r"\textless{}"),
            '>' => out.push_str(r"\textgreater{}"),
            // signs of tables, pictures and code in Markdown, which may stand around it
            '|' => out.push_str(r"\textbar{}"),
            '`' => out.push_str(r"\textasciigrave{}"),
            '[' => out.push_str("{[}"),
            ']' => out.push_str("{]}"),
            '…' => out.push_str(r"\dots{}"),
            '{' | '}' | '$' | '&' | '#' | '%' | '_' => {
                out.push('\\');
                out.push(c);
            }
            // the fonts of most engines have the letters of Western Europe, and Greek as mathematics
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
    fn hostile_names_command_nothing() {
        assert_eq!(Symbol::new("a}b$\\x\n").latex(), r"\text{a\}b\$\textbackslash{}x}");
        assert_eq!(Symbol::new("").latex(), r"\text{}");
        assert_eq!(Symbol::new("x_1_2").latex(), r"\text{x\_1\_2}");
        assert_eq!(Symbol::new("a\u{202e}b\u{2028}").text(), "ab");
        let long = Symbol::new("x".repeat(65));
        assert!(long.text().chars().count() == 64 && long.latex().ends_with(r"x\dots{}}"));
        assert_eq!(Symbol::new("né αβ 权").latex(), r"\text{né \ensuremath{\alpha}\ensuremath{\beta} U+6743}");
    }
}
