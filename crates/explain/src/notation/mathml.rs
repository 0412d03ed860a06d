//! Formulas in MathML, which browsers display without scripts and fonts.

use super::{Notation, number};
use crate::escape::escaped;
use crate::formula::{Comparison, Expr, Infix};
use crate::symbol::Symbol;

/// MathML, the content of a `<math>` element.
///
/// ```
/// use explain::{Expr, Symbol, notation::MathMl};
/// let power = Expr::Power(Box::new(Symbol::new("z1").into()), Box::new(2.0.into()));
/// assert_eq!(
///     power.write(&MathMl),
///     "<msup><msub><mi>z</mi><mn>1</mn></msub><mn>2</mn></msup>"
/// );
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct MathMl;

impl Notation for MathMl {
    fn number(&self, x: f64, digits: usize) -> String {
        let text = number(x, digits);
        let (sign, size) = text.strip_prefix('-').map_or(("", &text[..]), |size| ("<mo>-</mo>", size));
        let size = match size.split_once('e') {
            Some((mantissa, exponent)) => {
                let exponent = exponent.replace('-', "\u{2212}");
                format!("<mn>{mantissa}</mn><mo>×</mo><msup><mn>10</mn><mn>{exponent}</mn></msup>")
            }
            None if size == "NaN" => "<mtext>NaN</mtext>".into(),
            None => format!("<mn>{size}</mn>"),
        };
        if sign.is_empty() && !size.contains("<mo>") { size } else { row(&[sign, &size]) }
    }
    fn rows(&self, _: usize, rows: Vec<Vec<String>>) -> String {
        let cell = |x: &String| format!("<mtd>{x}</mtd>");
        let line = |row: &Vec<String>| format!("<mtr>{}</mtr>", row.iter().map(cell).collect::<String>());
        let table: String = rows.iter().map(line).collect();
        row(&["<mo>[</mo><mtable>", &table, "</mtable><mo>]</mo>"])
    }
    fn summary(&self, text: String) -> String {
        // A line may break at a normal space, and only its first part would be visible.
        format!("<mtext>{}</mtext>", escaped(&text).replace(' ', "\u{a0}"))
    }
    fn symbol(&self, s: &Symbol) -> String {
        let Some((head, index)) = s.parts() else {
            return format!("<mtext>{}</mtext>", escaped(s.text()));
        };
        let head = match head.chars().next() {
            Some('ŷ' | 'y') if head != "y" => "<mover><mi>y</mi><mo>^</mo></mover>".into(),
            _ => format!("<mi>{}</mi>", escaped(head)),
        };
        match index {
            "" => head,
            i if i.chars().all(|c| c.is_ascii_digit()) => format!("<msub>{head}<mn>{i}</mn></msub>"),
            i => format!("<msub>{head}<mi>{}</mi></msub>", escaped(i)),
        }
    }
    fn partial(&self, of: &Symbol, wrt: &Symbol) -> String {
        let d = |s| row(&["<mo>∂</mo>", &self.symbol(s)]);
        format!("<mfrac>{}{}</mfrac>", d(of), d(wrt))
    }
    fn neg(&self, x: String) -> String {
        row(&["<mo>-</mo>", &x])
    }
    fn infix(&self, op: Infix, a: String, b: String) -> String {
        let sign = match op {
            Infix::Plus => "+",
            Infix::Minus => "-",
            Infix::Times => "·",
            Infix::Hadamard => "⊙",
            Infix::Product => "\u{2062}", // a product without a sign
            Infix::Over => return format!("<mfrac>{a}{b}</mfrac>"),
        };
        row(&[&a, &format!("<mo>{sign}</mo>"), &b])
    }
    fn power(&self, x: String, n: &Expr) -> String {
        format!("<msup>{x}{}</msup>", n.write(self))
    }
    fn transpose(&self, x: String) -> String {
        format!("<msup>{x}<mo>⊤</mo></msup>")
    }
    fn call(&self, name: &str, args: Vec<String>) -> String {
        let name = match (name, &args[..]) {
            ("abs", [x]) => return row(&["<mo>|</mo>", x, "<mo>|</mo>"]),
            ("sqrt", [x]) => return format!("<msqrt>{x}</msqrt>"),
            ("cbrt", [x]) => return format!("<mroot>{x}<mn>3</mn></mroot>"),
            ("exp", [x]) => return format!("<msup><mi>e</mi>{x}</msup>"),
            ("exp2", [x]) => return format!("<msup><mn>2</mn>{x}</msup>"),
            ("sum", [x]) => return row(&["<mo>∑</mo>", x]),
            ("sigmoid", _) => "σ".into(),
            ("sigmoid'", _) => "σ′".into(),
            ("ln_gamma", _) => "ln Γ".into(),
            (name, _) => escaped(&name.replace('\'', "′")),
        };
        // U+2061 is the invisible operator of function application.
        row(&[&format!("<mi>{name}</mi><mo>\u{2061}</mo>"), &self.brackets(args.join("<mo>,</mo>"))])
    }
    fn comparison(&self, a: String, c: Comparison, b: String) -> String {
        row(&[&a, &format!("<mo>{}</mo>", escaped(c.sign())), &b])
    }
    fn all(&self, conditions: Vec<String>) -> String {
        row(&[&*conditions.join("<mtext>\u{a0}and\u{a0}</mtext>")])
    }
    fn indicator(&self, condition: String) -> String {
        row(&["<mn>𝟏</mn><mo>[</mo>", &condition, "<mo>]</mo>"])
    }
    fn cases(&self, cases: Vec<(String, String)>, otherwise: String) -> String {
        let line = |x: &str, when: &str| format!("<mtr><mtd>{x}</mtd><mtd>{when}</mtd></mtr>");
        let lines: String = cases.iter().map(|(x, c)| line(x, &format!("<mtext>if\u{a0}</mtext>{c}"))).collect();
        let last = line(&otherwise, "<mtext>otherwise</mtext>");
        row(&["<mo>{</mo><mtable columnalign=\"left left\">", &lines, &last, "</mtable>"])
    }
    fn with(&self, body: String, definitions: Vec<(String, String)>) -> String {
        let all: Vec<String> = definitions.iter().map(|(name, x)| row(&[name, "<mo>=</mo>", x])).collect();
        row(&[&body, "<mtext>\u{2003}with\u{a0}</mtext>", &all.join("<mo>,</mo>")])
    }
    fn ellipsis(&self) -> String {
        "<mo>…</mo>".into()
    }
    fn brackets(&self, x: String) -> String {
        row(&["<mo>(</mo>", &x, "<mo>)</mo>"])
    }
    fn has_bars(&self) -> bool {
        true
    }
}

/// Groups elements, for arguments that must be one element.
fn row(parts: &[&str]) -> String {
    format!("<mrow>{}</mrow>", parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::{Tensor, tensor};

    #[test]
    fn scripts_and_fractions_have_two_parts() {
        let (z, w) = (Symbol::new("z1"), Symbol::new("W_out"));
        let d = Expr::Partial { of: Symbol::new("L"), wrt: z.clone() };
        assert_eq!(
            d.write(&MathMl),
            "<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><msub><mi>z</mi><mn>1</mn></msub></mrow></mfrac>"
        );
        let sum = Expr::from(z).infix(Infix::Plus, w.into());
        let squared = Expr::Power(Box::new(sum), Box::new(2.0.into())).write(&MathMl);
        assert!(squared.starts_with("<msup><mrow><mo>(</mo><mrow>") && squared.ends_with("</mrow><mn>2</mn></msup>"));
        assert!(squared.contains("<msub><mi>W</mi><mi>out</mi></msub>"));
    }

    #[test]
    fn names_are_text() {
        assert_eq!(MathMl.symbol(&Symbol::new("<script>")), "<mtext>&lt;script&gt;</mtext>");
        assert_eq!(MathMl.call("<b>", vec![]).matches("<b>").count(), 0);
    }

    #[test]
    fn numbers_and_tables() {
        assert_eq!(MathMl.number(-0.5, 6), "<mrow><mo>-</mo><mn>0.5</mn></mrow>");
        assert_eq!(
            MathMl.number(1e-9, 6),
            "<mrow><mn>1</mn><mo>×</mo><msup><mn>10</mn><mn>\u{2212}9</mn></msup></mrow>"
        );
        let table = MathMl.tensor(&tensor![[1.0, 2.0], [3.0, 4.0]], 6);
        assert_eq!((table.matches("<mtr>").count(), table.matches("<mtd>").count()), (2, 4));
        let large = MathMl.tensor(&Tensor::ones([7, 9]), 6);
        assert!(large.starts_with("<mtext>(7,\u{a0}9)\u{a0}from\u{a0}1\u{a0}to\u{a0}1"));
    }
}
