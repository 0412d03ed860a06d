//! The chain rule for a network of two layers, step by step, with two checks of each step.
//!
//! Every quantity of the derivation is printed as computed on the tape, as computed from the textbook formula, and, if
//! it is a derivative, as a difference quotient. Then the library writes the derivation itself, from the recorded tape:
//! step by step, in textbook notation, and path by path.
//!
//! Run it with `cargo run --release --example chain_rule`; `-- --html FILE` writes the derivation as an interactive
//! page, `-- --latex FILE` as a document.

use chainrule::explain::Paths;
use chainrule::explain::prelude::*;
use lexopt::Arg::Long;
use std::error::Error;
use std::path::PathBuf;

// Vectors are columns, so a layer computes W x + b, and W has one row per neuron.
const X: [f64; 2] = [1.0, 2.0];
const Y: f64 = 1.0;
const NET: Net = Net { w1: [[0.1, -0.2], [0.4, 0.3]], b1: [0.0, 0.1], w2: [0.5, -0.6], b2: 0.2 };

fn main() -> Result<(), Box<dyn Error>> {
    let files = Files::from_args()?;
    println!("A network of two layers, its input x = {X:?}, its target y = {Y}:\n");
    println!("  z1 = W1 x + b1     a1 = tanh(z1)       the hidden layer");
    println!("  z2 = W2 a1 + b2    ŷ  = sigmoid(z2)    the output");
    println!("  L  = ½ (ŷ - y)²                        the loss");

    // Parameters are variables. Data are constants, for which no gradient is computed.
    let tape = Tape::new().traced(); // also records source lines
    let x = tape.constant(vector(X)).named("x");
    let w1 = tape.var(matrix(NET.w1)).named("W1");
    let b1 = tape.var(vector(NET.b1)).named("b1");
    let w2 = tape.var(vector(NET.w2)).named("W2");
    let b2 = tape.var(NET.b2).named("b2"); // a scalar, on the same tape as the tensors

    // Forward: each operation is computed and recorded.
    let z1 = (w1.matmul(x) + b1).named("z1");
    let a1 = z1.tanh().named("a1");
    let z2 = (w2.dot(a1) + b2).named("z2");
    let y_hat = z2.sigmoid().named("ŷ");
    let loss = ((y_hat - Y).square() * 0.5).named("L");

    // Backward: one sweep computes the gradients of all quantities above.
    let g = loss.backward();

    // The same from the textbook formulas, in plain numbers.
    let reference = Reference::compute();
    let Reference { delta1, delta2, .. } = reference;

    title("Forward");
    row("z1", "W1 x + b1", z1.value(), reference.z1);
    row("a1", "tanh(z1)", a1.value(), reference.a1);
    row("z2", "W2 a1 + b2", z2.value(), reference.z2);
    row("ŷ", "sigmoid(z2)", y_hat.value(), reference.y_hat);
    row("L", "½ (ŷ - y)²", loss.value(), reference.loss);

    title("Backward, step 1: the output layer");
    derivative("δ2", "∂L/∂z2 = ∂L/∂ŷ · ∂ŷ/∂z2", g.wrt(z2), delta2, |_, h| {
        loss_from_z2(reference.z2 + h)
    });
    derivative("∂L/∂W2", "δ2 a1ᵀ", g.wrt(w2), reference.a1.map(|a| delta2 * a), |i, h| {
        loss_of(|net| net.w2[i] += h)
    });
    derivative("∂L/∂b2", "δ2", g.wrt(b2), delta2, |_, h| loss_of(|net| net.b2 += h));

    title("Backward, step 2: the hidden layer");
    derivative("δ1", "∂L/∂z1 = (W2ᵀ δ2) ⊙ tanh'(z1)", g.wrt(z1), delta1, |i, h| {
        let mut z1 = reference.z1;
        z1[i] += h;
        loss_from_z1(&NET, z1)
    });
    let outer = delta1.map(|d| X.map(|x| d * x));
    derivative("∂L/∂W1", "δ1 xᵀ", g.wrt(w1), outer, |k, h| loss_of(|net| net.w1[k / 2][k % 2] += h));
    derivative("∂L/∂b1", "δ1", g.wrt(b1), delta1, |i, h| loss_of(|net| net.b1[i] += h));

    check_values(&g.wrt(w2), &g.wrt(z1), [y_hat.value(), loss.value(), g.wrt(z2)]);
    in_rows(&g.wrt(w1));

    // The derivation that the library writes.
    let explanation = Explain::of(loss).convention(Convention::Column).run()?;
    println!("\nThe same, derived by the library from the tape.\n\n{explanation:80}\n");
    println!("{:80}", explanation.delta().ok_or("the layers were not recognized")?);
    check_derivation(&explanation, &reference);
    path_by_path(&reference);
    files.write(&explanation)?;

    println!("\nTakeaway: backpropagation passes δ from layer to layer. A layer receives its δ from");
    println!("the layer behind it, multiplies it by its own input to get the gradient of its");
    println!("weights, and computes the δ of the layer before it from its weights and the");
    println!("derivative of its activation. A tape does the same for any program.");
    Ok(())
}

/// Compares the derivation with the reference.
fn check_derivation(explanation: &Explanation, reference: &Reference) {
    let by_tape = ["z1", "z2"].map(|name| {
        let step = explanation.step(name).expect("a named quantity");
        (name, step.adjoint.clone().expect("a gradient flows through it"))
    });
    let table = compare(by_tape, [("z1", vector(reference.delta1)), ("z2", Tensor::scalar(reference.delta2))]);
    println!("\nδ from the tape and from the textbook formulas:\n{table}");
    assert!(table.agrees());
    let checks: Vec<_> =
        explanation.steps.iter().flat_map(|s| &s.edges).filter_map(|edge| edge.check.as_ref()).collect();
    assert!(checks.len() > 10 && checks.iter().all(|check| check.relative_error < 1e-6));
}

/// The derivative of the loss with respect to x1, as a sum over the paths through the two hidden neurons.
fn path_by_path(reference: &Reference) {
    let tape = Tape::new();
    let x1 = tape.var(X[0]).named("x1");
    let hidden = [0, 1].map(|i| {
        let z = x1 * NET.w1[i][0] + (NET.w1[i][1] * X[1] + NET.b1[i]);
        z.tanh().named(format!("unit {}", i + 1))
    });
    let z2 = hidden[0] * NET.w2[0] + hidden[1] * NET.w2[1] + NET.b2;
    let explanation = ((z2.sigmoid() - Y).square() * 0.5).explain();
    let paths: Paths = explanation.paths(explanation.wanted[0], 10);
    println!("\n∂L/∂x1 = {:.6} is the sum over {} paths:", paths.gradient, paths.count);
    for path in &paths.paths {
        let mut names = path.steps.iter().map(|&at| explanation.steps[at].symbol.text());
        let unit = names.find(|name| name.starts_with("unit")).unwrap_or_default();
        println!("  through {unit}: {:>10.6}  ({:.1} %)", path.contribution, paths.percent(path));
        // The reference value is δ1 of this unit times its weight.
        let i = if unit == "unit 1" { 0 } else { 1 };
        assert!((path.contribution - reference.delta1[i] * NET.w1[i][0]).abs() < 1e-12);
    }
    assert_eq!(paths.paths.len(), 2);
}

/// The files to which the derivation is written, if any.
#[derive(Default)]
struct Files {
    html: Option<PathBuf>,
    latex: Option<PathBuf>,
}

impl Files {
    fn from_args() -> Result<Files, lexopt::Error> {
        let mut files = Files::default();
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("html") => files.html = Some(parser.value()?.into()),
                Long("latex") => files.latex = Some(parser.value()?.into()),
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(files)
    }

    fn write(&self, explanation: &Explanation) -> std::io::Result<()> {
        let page = self.html.iter().map(|file| (file, explanation.to_html()));
        let document = self.latex.iter().map(|file| (file, explanation.to_latex_document()));
        for (file, text) in page.chain(document) {
            std::fs::write(file, text)?;
            println!("\nThe derivation is in {}.", file.display());
        }
        Ok(())
    }
}

/// The derivation, computed from the textbook formulas in plain numbers.
struct Reference {
    z1: [f64; 2],
    a1: [f64; 2],
    z2: f64,
    y_hat: f64,
    loss: f64,
    delta1: [f64; 2],
    delta2: f64,
}

impl Reference {
    fn compute() -> Reference {
        // forward
        let z1 = NET.z1();
        let a1 = z1.map(f64::tanh);
        let z2 = NET.z2(a1);
        let y_hat = sigmoid(z2);
        let loss = 0.5 * (y_hat - Y).powi(2);
        // step 1: ∂L/∂ŷ = ŷ - y, and the derivative of the sigmoid is ŷ (1 - ŷ)
        let delta2 = (y_hat - Y) * (y_hat * (1.0 - y_hat));
        // step 2: the transposed weights times δ2, then elementwise the derivative of tanh, which is 1 - a1²
        let delta1 = [0, 1].map(|i| (NET.w2[i] * delta2) * (1.0 - a1[i].powi(2)));
        Reference { z1, a1, z2, y_hat, loss, delta1, delta2 }
    }
}

/// The network in plain numbers, for the reference and for difference quotients.
#[derive(Clone, Copy)]
struct Net {
    w1: [[f64; 2]; 2],
    b1: [f64; 2],
    w2: [f64; 2],
    b2: f64,
}

impl Net {
    fn z1(&self) -> [f64; 2] {
        [0, 1].map(|i| self.w1[i][0] * X[0] + self.w1[i][1] * X[1] + self.b1[i])
    }
    fn z2(&self, a1: [f64; 2]) -> f64 {
        self.w2[0] * a1[0] + self.w2[1] * a1[1] + self.b2
    }
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

fn loss_from_z2(z2: f64) -> f64 {
    0.5 * (sigmoid(z2) - Y).powi(2)
}

fn loss_from_z1(net: &Net, z1: [f64; 2]) -> f64 {
    loss_from_z2(net.z2(z1.map(f64::tanh)))
}

/// The loss of the network with something changed.
fn loss_of(change: impl Fn(&mut Net)) -> f64 {
    let mut net = NET;
    change(&mut net);
    loss_from_z1(&net, net.z1())
}

/// The same layer with one example per row: X W + b, where W and its gradient Xᵀ Δ are the transposes.
fn in_rows(columns: &Tensor<f64>) {
    let tape = Tape::new();
    let x = tape.constant(tensor![[1.0, 2.0]]); // a batch of one
    let w1 = tape.var(matrix(NET.w1).transpose());
    let a1 = x.linear(w1, tape.constant(vector(NET.b1))).tanh(); // X W + b
    let y_hat = (a1.matmul(tape.constant(vector(NET.w2))) + NET.b2).sigmoid();
    let loss = (y_hat - Y).square().sum() * 0.5;
    let rows = loss.backward().wrt(w1);
    for i in 0..2 {
        for j in 0..2 {
            assert!((rows.at([j, i]) - columns.at([i, j])).abs() < 1e-12);
        }
    }
    println!("\nIn rows: for a batch with one example per row, a layer computes X W + b, so W has");
    println!("one column per neuron, and ∂L/∂W = Xᵀ Δ is the transpose of the above, summed");
    println!("over the examples:\n{rows:.6}");
}

/// Compares with the results of an independent computation.
fn check_values(w2: &Tensor<f64>, delta1: &Tensor<f64>, rest: [f64; 3]) {
    let known = [
        (rest[0], 0.39509248083176796),  // ŷ
        (rest[1], 0.18295655337313252),  // L
        (rest[2], -0.14456951711324137), // δ2
        (w2[[0]], 0.04211492371112332),
        (w2[[1]], -0.11572775702555634),
        (delta1[[0]], -0.06615045433187729),
        (delta1[[1]], 0.031157736494239006),
    ];
    for (found, known) in known {
        assert!((found - known).abs() < 1e-12, "{found} should be {known}");
    }
}

fn vector(x: [f64; 2]) -> Tensor<f64> {
    Tensor::from_vec(2, x)
}

fn matrix(rows: [[f64; 2]; 2]) -> Tensor<f64> {
    Tensor::from_vec([2, 2], rows.concat())
}

fn title(text: &str) {
    println!("\n{text}");
    println!("  {:<13}{:<30}{:>11}{:>12}{:>12}", "", "formula", "tape", "reference", "difference");
}

/// Prints a value from the tape and its reference.
fn row(name: &str, formula: &str, tape: impl Into<Tensor<f64>>, reference: impl Into<Tensor<f64>>) {
    print(name, formula, tape.into(), reference.into(), |_, _| String::new());
}

/// Prints a derivative from the tape, its reference, and the central difference of the loss for a change of component i
/// by ±h.
fn derivative(
    name: &str,
    formula: &str,
    tape: impl Into<Tensor<f64>>,
    reference: impl Into<Tensor<f64>>,
    loss: impl Fn(usize, f64) -> f64,
) {
    const H: f64 = 1e-5;
    print(name, formula, tape.into(), reference.into(), |i, t| {
        let difference = (loss(i, H) - loss(i, -H)) / (2.0 * H);
        assert!((difference - t).abs() < 1e-9, "{name}: {difference} by differences, {t} on the tape");
        format!("{difference:.7}")
    });
}

fn print(
    name: &str,
    formula: &str,
    tape: Tensor<f64>,
    reference: Tensor<f64>,
    difference: impl Fn(usize, f64) -> String,
) {
    assert_eq!(tape.shape(), reference.shape());
    for (i, (&t, &h)) in tape.iter().zip(&reference).enumerate() {
        assert!((t - h).abs() < 1e-12, "{name}: {t} on the tape, {h} expected");
        let place = match tape.size() {
            1 => String::new(),
            2 => format!("[{}]", i + 1),
            _ => format!("[{},{}]", i / 2 + 1, i % 2 + 1),
        };
        let (name, formula) = if i == 0 { (name, formula) } else { ("", "") };
        let line = format!("  {name:<7}{place:<6}{formula:<30}{t:>11.7}{h:>12.7}{:>12}", difference(i, t));
        println!("{}", line.trim_end());
    }
}
