//! The reference of computations that consist of matrix products: the products alone, by the `gemm` crate, into
//! existing buffers.

use gemm_common::Parallelism;
use gemm_f32::gemm::f32::get_gemm_fn;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use std::time::Instant;

/// Matrices of f32 in packed rows, and the products of a computation.
#[derive(Debug, Default)]
pub struct Products {
    matrices: Vec<Matrix>,
    products: Vec<Product>,
}

#[derive(Debug)]
struct Matrix {
    rows: usize,
    cols: usize,
    data: Vec<f32>,
}

/// A matrix of [`Products`], or its transpose.
#[derive(Clone, Copy, Debug)]
pub struct Id {
    at: usize,
    transposed: bool,
}

impl Id {
    /// Returns the transpose, which has the same elements and other strides.
    pub fn t(self) -> Id {
        Id { transposed: !self.transposed, ..self }
    }
}

#[derive(Debug)]
struct Product {
    a: Id,
    b: Id,
    out: usize,
    /// (m, k, n): the dimensions of m x k by k x n.
    dims: (usize, usize, usize),
    threads: Parallelism,
}

impl Products {
    /// Creates an empty list of products.
    pub fn new() -> Self {
        Products::default()
    }

    /// Returns the products of a training step of a multilayer perceptron in order: forward, and backward without the
    /// gradient of the input.
    pub fn step(batch: usize, sizes: &[usize]) -> Self {
        let mut p = Products::forward(batch, sizes);
        let mut dy = p.matrix(batch, sizes[sizes.len() - 1]);
        for l in (0..sizes.len() - 1).rev() {
            // `forward` adds the input first, then the weights and the output of each layer.
            let (x, w) = (p.id(2 * l), p.id(2 * l + 1));
            let dw = p.matrix(sizes[l], sizes[l + 1]);
            p.push(x.t(), dy, dw);
            if l > 0 {
                let dx = p.matrix(batch, sizes[l]);
                p.push(dy, w.t(), dx);
                dy = dx;
            }
        }
        p
    }

    /// Returns the products of the forward pass of a multilayer perceptron.
    pub fn forward(batch: usize, sizes: &[usize]) -> Self {
        let mut p = Products::new();
        let mut x = p.matrix(batch, sizes[0]);
        for pair in sizes.windows(2) {
            let w = p.matrix(pair[0], pair[1]);
            let y = p.matrix(batch, pair[1]);
            p.push(x, w, y);
            x = y;
        }
        p
    }

    /// Adds a random matrix.
    pub fn matrix(&mut self, rows: usize, cols: usize) -> Id {
        let at = self.matrices.len();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(at as u64);
        let data = (0..rows * cols).map(|_| rng.random::<f32>() - 0.5).collect();
        self.matrices.push(Matrix { rows, cols, data });
        self.id(at)
    }

    fn id(&self, at: usize) -> Id {
        Id { at, transposed: false }
    }

    /// Adds out = a b.
    ///
    /// # Panics
    /// If the shapes do not match, or the output is one of the factors.
    pub fn push(&mut self, a: Id, b: Id, out: Id) {
        let ((m, k), (l, n)) = (self.dims(a), self.dims(b));
        assert!(
            k == l && self.dims(out) == (m, n) && !out.transposed,
            "the shapes do not match: {m} x {k} by {l} x {n}"
        );
        assert!(out.at != a.at && out.at != b.at, "the output of a product must not be one of its factors");
        self.products.push(Product { a, b, out: out.at, dims: (m, k, n), threads: Parallelism::None });
    }

    fn dims(&self, id: Id) -> (usize, usize) {
        let Matrix { rows, cols, .. } = self.matrices[id.at];
        if id.transposed { (cols, rows) } else { (rows, cols) }
    }

    /// Lets each product use the threads of this pool if it is faster with them.
    pub fn tune(mut self) -> Self {
        if rayon::current_num_threads() > 1 {
            for i in 0..self.products.len() {
                let [alone, together] = [Parallelism::None, Parallelism::Rayon(0)].map(|threads| {
                    self.products[i].threads = threads;
                    let time = |_| {
                        let start = Instant::now();
                        self.run_one(i);
                        start.elapsed()
                    };
                    (0..20).map(time).min()
                });
                self.products[i].threads = if together < alone { Parallelism::Rayon(0) } else { Parallelism::None };
            }
        }
        self
    }

    /// Returns the number of floating-point operations of all products: two for each multiplication with its addition.
    pub fn flops(&self) -> f64 {
        self.products.iter().map(|p| 2.0 * p.dims.0 as f64 * p.dims.1 as f64 * p.dims.2 as f64).sum()
    }

    /// Computes all products, in order.
    pub fn run(&mut self) {
        for i in 0..self.products.len() {
            self.run_one(i);
        }
    }

    fn run_one(&mut self, i: usize) {
        let Product { a, b, out, dims: (m, k, n), threads } = self.products[i];
        // The column and row strides of a packed matrix, or of its transpose.
        let steps = |id: Id| match id.transposed {
            false => (1, self.matrices[id.at].cols as isize),
            true => (self.matrices[id.at].cols as isize, 1),
        };
        let ((a_col, a_row), (b_col, b_row)) = (steps(a), steps(b));
        let out = self.matrices[out].data.as_mut_ptr();
        let (a, b) = (self.matrices[a.at].data.as_ptr(), self.matrices[b.at].data.as_ptr());
        // SAFETY: each matrix has rows * cols elements, and the strides are those of its packed rows or, if transposed,
        // of its columns. `push` checked the dimensions against the shapes, so all elements (i, j) are in bounds. The
        // output is not one of the factors (`push` rejects that) and is borrowed exclusively. The kernels prefer
        // contiguous columns, so the transpose of the output is computed, from the transposes of the factors in reverse
        // order.
        unsafe {
            get_gemm_fn()(
                n, m, k, out, n as isize, 1, false, b, b_row, b_col, a, a_row, a_col, 0.0, 1.0, false, false, false,
                threads,
            );
        }
    }

    /// Returns the elements of a matrix.
    pub fn data(&self, id: Id) -> &[f32] {
        &self.matrices[id.at].data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposes_have_swapped_strides() {
        let mut p = Products::new();
        let (a, b) = (p.matrix(3, 4), p.matrix(3, 5));
        let c = p.matrix(4, 5);
        p.push(a.t(), b, c);
        p.run();
        for i in 0..4 {
            for j in 0..5 {
                let want: f32 = (0..3).map(|k| p.data(a)[k * 4 + i] * p.data(b)[k * 5 + j]).sum();
                assert!((p.data(c)[i * 5 + j] - want).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn a_step_has_no_gradient_for_its_input() {
        let p = Products::step(32, &[784, 300, 100, 10]);
        assert_eq!(p.products.len(), 8);
        let weights = 784 * 300 + 300 * 100 + 100 * 10;
        assert_eq!(p.flops(), (6 * 32 * weights - 2 * 32 * 784 * 300) as f64);
    }
}
