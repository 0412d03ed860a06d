//! Draws two loss surfaces: a function of two variables, and a plane in the weight space of a network.
//!
//! The loss of a network is a function of all its weights. With two variables it can be drawn completely: here
//! Rosenbrock's curved valley, with the paths of three optimizers. With more weights only a slice can be drawn: here
//! the plane through the weights before, midway through and after training. The path is projected onto this plane.
//!
//! Run it with `cargo run --release --example loss_surface`; `-- --svg DIR` writes pictures.

use chainrule::autograd::prelude::*;
use chainrule::explain::plot;
use chainrule::train::playground;
use examples::pictures::Pictures;
use std::ops::Range;

/// The number of steps, in the valley and for the network.
const STEPS: usize = 400;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pictures = Pictures::from_args()?;

    println!("Rosenbrock's f = (1 - x)² + 100 (y - x²)², dark where it is small, with the path of Adam:");
    let start = [-1.2, 1.0];
    assert!((valley(start) - 24.2).abs() < 1e-12);
    let optimizers: [(&str, Box<dyn Optimizer<f64>>); 3] = [
        ("SGD", Box::new(Sgd::new(0.0015))),
        ("momentum", Box::new(Sgd::new(0.0005).momentum(0.9))),
        ("Adam", Box::new(Adam::new(0.05))),
    ];
    let mut paths = Vec::new();
    for (name, optimizer) in optimizers {
        let path = walk(start, optimizer);
        let end = path[STEPS];
        println!("  {name:<9} {STEPS} steps from {} to {}: f = {:.1e}", point(start), point(end), valley(end));
        assert!(valley(end) < 0.1 * valley(start), "{name} reduces the loss");
        paths.push((name, path));
    }
    let reached: Vec<f64> = paths.iter().map(|(_, path)| valley(path[STEPS])).collect();
    assert!(reached[1] < reached[0] && reached[1] < reached[2], "momentum reaches the smallest loss");
    let (x, y) = (-1.6..1.6, -0.3..1.6);
    println!("\n{}", draw(&x, &y, |x, y| valley([x, y]), &paths[2].1));
    pictures.save("valley.svg", &plot::surface("A curved valley", x, y, |x, y| valley([x, y]), &paths)?)?;

    println!("The loss of a network 2-8-2 on two half moons, in a plane through its weights, with the path of Adam:");
    let training = Training::of_moons()?;
    let slice = Slice::through(&training.path);
    let path: Vec<[f64; 2]> = training.path.iter().map(|w| slice.project(w)).collect();
    let f = |u: f64, v: f64| training.loss(&slice.weights([u, v]));
    for (when, at) in [("before", 0), ("midway", STEPS / 2), ("after", STEPS)] {
        let (here, there) = (f(path[at][0], path[at][1]), training.loss(&training.path[at]));
        println!("  {when}: {there:.6} at {}", point(path[at]));
        assert!((here - there).abs() < 1e-12, "these weights are in the plane");
    }
    assert!(training.loss(&training.path[STEPS]) < 0.05);
    let around = |axis: usize| {
        let (low, high) = path.iter().fold((0.0_f64, 0.0_f64), |(l, h), p| (l.min(p[axis]), h.max(p[axis])));
        let room = 0.3 * (high - low);
        low - room..high + room
    };
    let (u, v) = (around(0), around(1));
    println!("\n{}", draw(&u, &v, f, &path));
    pictures.save("slice.svg", &plot::surface("A plane through the weights", u, v, f, &[("Adam", path)])?)?;

    println!(
        "Takeaway: all three optimizers reach the valley in a few steps and then move slowly along it; momentum gets\n\
         the farthest. The loss of a network, in a plane spanned by its training path, is a smooth surface as well."
    );
    Ok(())
}

/// Rosenbrock's function of plain numbers.
fn valley([x, y]: [f64; 2]) -> f64 {
    (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)
}

/// The points that an optimizer visits.
fn walk(start: [f64; 2], mut optimizer: Box<dyn Optimizer<f64>>) -> Vec<[f64; 2]> {
    let mut params = Params::new();
    let at = params.add("at", Tensor::from_vec(2, start));
    let mut tape = Tape::new();
    let mut path = vec![start];
    for _ in 0..STEPS {
        let w = params.bind(&tape).var(at);
        let (x, y) = (w.at([0]), w.at([1]));
        let f = (1.0 - x).square() + (y - x * x).square() * 100.0;
        let grads = f.backward();
        optimizer.step(&mut params, &grads);
        drop(grads);
        tape.reset();
        path.push([params.get(at).at([0]), params.get(at).at([1])]);
    }
    path
}

/// A trained network, and the weights after each step.
struct Training {
    model: Mlp,
    params: Params<f64>,
    set: Dataset<f64>,
    path: Vec<Tensor<f64>>,
}

impl Training {
    fn of_moons() -> Result<Training, DataError> {
        let mut rng = seeded(7);
        let set = playground::moons(100, 0.1, &mut rng)?.cast::<f64>();
        let mut params = Params::new();
        let model = Mlp::new(2, [8], 2).activation(Tanh).build(&mut params, &mut rng);
        let mut training = Training { model, params, set, path: Vec::new() };
        let mut adam = Adam::new(0.05);
        let mut tape = Tape::new();
        training.path.push(flatten(&training.params));
        for _ in 0..STEPS {
            let net = training.params.bind(&tape);
            let logits = training.model.forward(&net, tape.constant(training.set.x()));
            let grads = softmax_cross_entropy(logits, training.set.labels()).backward();
            adam.step(&mut training.params, &grads);
            drop(grads);
            tape.reset();
            training.path.push(flatten(&training.params));
        }
        Ok(training)
    }

    /// The loss for these weights.
    fn loss(&self, weights: &Tensor<f64>) -> f64 {
        let logits = self.model.predict(&unflatten(&self.params, weights), &self.set.x());
        let tape = Tape::new();
        softmax_cross_entropy(tape.constant(logits), self.set.labels()).value()
    }
}

/// A plane in the space of weights: a point and two orthogonal unit vectors.
struct Slice {
    origin: Tensor<f64>,
    directions: [Tensor<f64>; 2],
}

impl Slice {
    /// The plane through the first, the middle and the last point of a path.
    fn through(path: &[Tensor<f64>]) -> Slice {
        let origin = path[0].clone();
        let first = unit(&path[path.len() - 1] - &origin);
        let middle = &path[path.len() / 2] - &origin;
        let second = unit(&middle - middle.dot(&first) * &first);
        Slice { origin, directions: [first, second] }
    }

    fn weights(&self, at: [f64; 2]) -> Tensor<f64> {
        let [d, e] = &self.directions;
        &self.origin + at[0] * d + at[1] * e
    }

    /// The nearest point of the plane.
    fn project(&self, weights: &Tensor<f64>) -> [f64; 2] {
        let away = weights - &self.origin;
        // Summed in order, since the farthest point is drawn on the border of two cells, where the last digit matters.
        self.directions.each_ref().map(|d| (&away * d).iter().sum())
    }
}

fn unit(v: Tensor<f64>) -> Tensor<f64> {
    let length = v.norm();
    v / length
}

fn point([x, y]: [f64; 2]) -> String {
    format!("({x:.3}, {y:.3})")
}

/// The surface as characters, lighter by one shade for each factor of two; the path as `o`.
fn draw(x: &Range<f64>, y: &Range<f64>, f: impl Fn(f64, f64) -> f64, path: &[[f64; 2]]) -> String {
    const SIZE: [usize; 2] = [64, 20];
    const SHADES: &[u8] = b"@%#*+=-:. ";
    let middle =
        |range: &Range<f64>, i: usize, n: usize| range.start + (range.end - range.start) * (i as f64 + 0.5) / n as f64;
    let cell =
        |range: &Range<f64>, at: f64, n: usize| ((at - range.start) / (range.end - range.start) * n as f64) as usize;
    let mut rows = vec![[' '; SIZE[0]]; SIZE[1]];
    let values: Vec<f64> =
        (0..SIZE[0] * SIZE[1]).map(|k| f(middle(x, k % SIZE[0], SIZE[0]), middle(y, k / SIZE[0], SIZE[1]))).collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min).max(1e-2);
    for (k, value) in values.iter().enumerate() {
        let ring = (value / low).log2().max(0.0) as usize;
        rows[k / SIZE[0]][k % SIZE[0]] = SHADES[ring.min(SHADES.len() - 1)] as char;
    }
    for p in path.iter().filter(|p| x.contains(&p[0]) && y.contains(&p[1])) {
        rows[cell(y, p[1], SIZE[1])][cell(x, p[0], SIZE[0])] = 'o';
    }
    rows.iter().rev().map(|row| format!("  {}\n", row.iter().collect::<String>().trim_end())).collect()
}
