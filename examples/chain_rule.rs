//! The chain rule on a network of two layers, step by step, each step checked twice.
//!
//! Every quantity of the derivation is printed as the tape has it, as the formula gives it when worked by hand, and,
//! where it is a derivative, as a difference quotient that knows no calculus at all.
//!
//! Then the engine derives it itself, from what was recorded: step by step, in the notation of books, and path by path.
//!
//! Run it with `cargo run --release --example chain_rule`; `-- --html FILE` writes the derivation as a page to step
//! through, `-- --latex FILE` as a document.

use chainrule::explain::Paths;
use chainrule::prelude::*;
use lexopt::Arg::Long;
use std::error::Error;
use std::path::PathBuf;

// The numbers of the lesson. Vectors are columns, so a layer is W x + b, and W has a row per neuron.
const X: [f64; 2] = [1.0, 2.0];
const Y: f64 = 1.0;
const NET: Net = Net { w1: [[0.1, -0.2], [0.4, 0.3]], b1: [0.0, 0.1], w2: [0.5, -0.6], b2: 0.2 };

fn main() -> Result<(), Box<dyn Error>> {
    let files = Files::from_args()?;
    println!("A network of two layers, its input x = {X:?}, its wanted output y = {Y}:\n");
    println!("  z1 = W1 x + b1     a1 = tanh(z1)       the hidden layer");
    println!("  z2 = W2 a1 + b2    ŷ  = sigmoid(z2)    the output");
    println!("  L  = ½ (ŷ - y)²                        the loss");

    // Parameters are variables, data constants: nobody asks for the gradient of x or y.
    let tape = Tape::new().traced(); // it remembers lines; names are given as quantities appear
    let x = tape.constant(vector(X)).named("x");
    let w1 = tape.var(matrix(NET.w1)).named("W1");
    let b1 = tape.var(vector(NET.b1)).named("b1");
    let w2 = tape.var(vector(NET.w2)).named("W2");
    let b2 = tape.var(NET.b2).named("b2"); // a number, on the same tape as the tensors

    // Forward: written as on paper, recorded while it is computed.
    let z1 = (w1.matmul(x) + b1).named("z1");
    let a1 = z1.tanh().named("a1");
    let z2 = (w2.dot(a1) + b2).named("z2");
    let y_hat = z2.sigmoid().named("ŷ");
    let loss = ((y_hat - Y).square() * 0.5).named("L");

    // Backward: one sweep down the tape finds the gradient of everything above.
    let g = loss.backward();

    // The same by hand, in plain numbers.
    let by_hand = Hand::work();
    let Hand { delta1, delta2, .. } = by_hand;

    title("Forward");
    row("z1", "W1 x + b1", z1.value(), by_hand.z1);
    row("a1", "tanh(z1)", a1.value(), by_hand.a1);
    row("z2", "W2 a1 + b2", z2.value(), by_hand.z2);
    row("ŷ", "sigmoid(z2)", y_hat.value(), by_hand.y_hat);
    row("L", "½ (ŷ - y)²", loss.value(), by_hand.loss);

    title("Backward, step 1: the output layer");
    slope("δ2", "∂L/∂z2 = ∂L/∂ŷ · ∂ŷ/∂z2", g.wrt(z2), delta2, |_, h| loss_from_z2(by_hand.z2 + h));
    slope("∂L/∂W2", "δ2 a1ᵀ", g.wrt(w2), by_hand.a1.map(|a| delta2 * a), |i, h| loss_of(|net| net.w2[i] += h));
    slope("∂L/∂b2", "δ2", g.wrt(b2), delta2, |_, h| loss_of(|net| net.b2 += h));

    title("Backward, step 2: the hidden layer");
    slope("δ1", "∂L/∂z1 = (W2ᵀ δ2) ⊙ tanh'(z1)", g.wrt(z1), delta1, |i, h| {
        let mut z1 = by_hand.z1;
        z1[i] += h;
        loss_from_z1(&NET, z1)
    });
    let outer = delta1.map(|d| X.map(|x| d * x));
    slope("∂L/∂W1", "δ1 xᵀ", g.wrt(w1), outer, |k, h| loss_of(|net| net.w1[k / 2][k % 2] += h));
    slope("∂L/∂b1", "δ1", g.wrt(b1), delta1, |i, h| loss_of(|net| net.b1[i] += h));

    known_figures(&g.wrt(w2), &g.wrt(z1), [y_hat.value(), loss.value(), g.wrt(z2)]);
    in_rows(&g.wrt(w1));

    // The engine's own derivation of what was recorded.
    let explanation = Explain::of(loss).convention(Convention::Column).run()?;
    println!("\nThe same, derived from the tape.\n\n{explanation:80}\n");
    println!("{:80}", explanation.delta().ok_or("the layers were not recognized")?);
    derived(&explanation, &by_hand);
    path_by_path(&by_hand);
    files.write(&explanation)?;

    println!("\nWhat was to be seen: δ is the one thing that travels. Each layer receives δ from");
    println!("the layer behind it, multiplies it with what came in to get the gradient of its");
    println!("own weights, and hands it on through its weights and the slope of its");
    println!("activation. The tape does exactly this, for any program.");
    Ok(())
}

/// The derivation against the hand's work.
fn derived(explanation: &Explanation, by_hand: &Hand) {
    let by_tape = ["z1", "z2"].map(|name| {
        let step = explanation.step(name).expect("it was named");
        (name, step.adjoint.clone().expect("a gradient flows through it"))
    });
    let table = compare(by_tape, [("z1", vector(by_hand.delta1)), ("z2", Tensor::scalar(by_hand.delta2))]);
    println!("\nδ by the tape and by hand:\n{table}");
    assert!(table.agrees());
    let checks: Vec<_> =
        explanation.steps.iter().flat_map(|s| &s.edges).filter_map(|edge| edge.check.as_ref()).collect();
    assert!(checks.len() > 10 && checks.iter().all(|check| check.relative_error < 1e-6));
}

/// How the loss depends on x1 through either hidden unit, in a network of numbers: two paths, and their sum.
fn path_by_path(by_hand: &Hand) {
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
        // by hand: δ1 of that unit, times its weight
        let i = if unit == "unit 1" { 0 } else { 1 };
        assert!((path.contribution - by_hand.delta1[i] * NET.w1[i][0]).abs() < 1e-12);
    }
    assert_eq!(paths.paths.len(), 2);
}

/// Where the derivation is written, if anywhere.
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

/// The derivation, worked by hand.
struct Hand {
    z1: [f64; 2],
    a1: [f64; 2],
    z2: f64,
    y_hat: f64,
    loss: f64,
    delta1: [f64; 2],
    delta2: f64,
}

impl Hand {
    fn work() -> Hand {
        // forward
        let z1 = NET.z1();
        let a1 = z1.map(f64::tanh);
        let z2 = NET.z2(a1);
        let y_hat = sigmoid(z2);
        let loss = 0.5 * (y_hat - Y).powi(2);
        // step 1: ∂L/∂ŷ = ŷ - y, and the slope of the sigmoid is ŷ (1 - ŷ)
        let delta2 = (y_hat - Y) * (y_hat * (1.0 - y_hat));
        // step 2: back through the weights, then through the slope of tanh, which is 1 - a1²; ⊙ is element by element
        let delta1 = [0, 1].map(|i| (NET.w2[i] * delta2) * (1.0 - a1[i].powi(2)));
        Hand { z1, a1, z2, y_hat, loss, delta1, delta2 }
    }
}

/// The network in plain numbers, for the hand's work and for difference quotients.
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

/// In code one often has a row per example: X W + b, with W the transpose of the lesson's. So is its gradient: Xᵀ Δ.
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
    println!("\nIn rows: layers take a batch with one example per row and compute X W + b, so W");
    println!("has a column per neuron, and ∂L/∂W = Xᵀ Δ is the transpose of the above, summed");
    println!("over the examples:\n{rows:.6}");
}

/// What the lesson must come to, from an independent computation.
fn known_figures(w2: &Tensor<f64>, delta1: &Tensor<f64>, rest: [f64; 3]) {
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
    println!("  {:<13}{:<30}{:>11}{:>12}{:>12}", "", "by the book", "tape", "hand", "difference");
}

/// A value: from the tape and by hand.
fn row(name: &str, formula: &str, tape: impl Into<Tensor<f64>>, by_hand: impl Into<Tensor<f64>>) {
    print(name, formula, tape.into(), by_hand.into(), |_, _| String::new());
}

/// A derivative: from the tape, by hand, and as the central difference of the loss when component i moves by ±h.
fn slope(
    name: &str,
    formula: &str,
    tape: impl Into<Tensor<f64>>,
    by_hand: impl Into<Tensor<f64>>,
    loss: impl Fn(usize, f64) -> f64,
) {
    const H: f64 = 1e-5;
    print(name, formula, tape.into(), by_hand.into(), |i, t| {
        let difference = (loss(i, H) - loss(i, -H)) / (2.0 * H);
        assert!((difference - t).abs() < 1e-9, "{name}: {difference} against {t}");
        format!("{difference:.7}")
    });
}

fn print(
    name: &str,
    formula: &str,
    tape: Tensor<f64>,
    by_hand: Tensor<f64>,
    difference: impl Fn(usize, f64) -> String,
) {
    assert_eq!(tape.shape(), by_hand.shape());
    for (i, (&t, &h)) in tape.iter().zip(&by_hand).enumerate() {
        assert!((t - h).abs() < 1e-12, "{name}: {t} on the tape, {h} by hand");
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
