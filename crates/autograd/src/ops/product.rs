//! Products of tensors.

use crate::core::record;
use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};
use crate::ops::TensorOperand;
use crate::rules::{Arrange, Op};
use smallvec::SmallVec;
use tensor::{EinsumSpec, Shape};

impl<'t, T: Scalar> TensorVar<'t, T> {
    /// The matrix product of vectors, matrices, or batches of matrices, which broadcast. Two vectors give a 0-d tensor;
    /// [`dot`](Var::dot) gives a scalar.
    ///
    /// With g the adjoint of the product A B, the contributions are g Bᵀ to A and Aᵀ g to B. A plain tensor on either side is
    /// a constant.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let (w, x) = (tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]), tensor![1.0, 10.0]);
    /// let y = w.matmul(&x);
    /// assert_eq!(y.value(), tensor![21.0, 43.0]);
    /// assert_eq!(y.sum().backward().wrt(w), tensor![[1.0, 10.0], [1.0, 10.0]]);
    /// assert_eq!(x.matmul(w).sum().backward().wrt(w), tensor![[1.0, 1.0], [10.0, 10.0]]);
    /// ```
    ///
    /// # Panics
    /// If the inner sizes differ or the batches do not broadcast.
    #[track_caller]
    pub fn matmul(self, other: impl TensorOperand<'t, T>) -> Self {
        record::tensor(Op::MatMul, &[self.erase(), other.operand(self.tape)])
    }

    /// The inner product of two vectors, as a scalar.
    ///
    /// # Panics
    /// If the operands are not vectors of the same length.
    #[track_caller]
    pub fn dot(self, other: impl TensorOperand<'t, T>) -> Var<'t, T> {
        let other = self.tensor_operand(other, "dot");
        let (a, b) = (self.shape(), other.shape());
        if a.rank() != 1 || a != b {
            panic!("dot: expected two vectors of the same length, got shapes {a} and {b}; for matrices use `matmul`");
        }
        record::tensor(Op::MatMul, &[self.erase(), other.erase()])
    }

    /// The outer product of two vectors: a matrix of shape (n, m) for lengths n and m.
    ///
    /// # Panics
    /// If the operands are not vectors.
    #[track_caller]
    pub fn outer(self, other: impl TensorOperand<'t, T>) -> Self {
        let other = self.tensor_operand(other, "outer");
        let (a, b) = (self.shape(), other.shape());
        if a.rank() != 1 || b.rank() != 1 {
            panic!("outer: expected two vectors, got shapes {a} and {b}");
        }
        self.unsqueeze(1).matmul(other.unsqueeze(0))
    }

    /// x W + b in one pass, for `x` of shape (..., in), `w` of shape (in, out) and `b` of shape (out).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn linear(self, w: impl TensorOperand<'t, T>, b: impl TensorOperand<'t, T>) -> Self {
        record::tensor(Op::Affine, &[self.erase(), w.operand(self.tape), b.operand(self.tape)])
    }
}

/// Einstein summation of two operands, in NumPy's notation with an explicit output. A plain tensor as the second operand is
/// a constant; if the first is plain, exchange them: `"ij,jk->ik"` becomes `"jk,ij->ik"`.
///
/// ```
/// use autograd::{Tape, einsum};
/// use tensor::tensor;
/// let tape = Tape::new();
/// let a = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]);
/// let b = tape.var(tensor![[1.0, 0.0], [0.0, 2.0]]);
/// assert_eq!(einsum("ij,jk->ik", a, b).value(), tensor![[1.0, 4.0], [3.0, 8.0]]);
/// assert_eq!(einsum("ij,ij->i", a, b).value(), tensor![1.0, 8.0]);
/// assert_eq!(einsum("ij,i->j", a, tensor![1.0, 10.0]).value(), tensor![31.0, 42.0]);
/// ```
///
/// # Panics
/// If the specification is malformed or does not fit the shapes.
#[track_caller]
pub fn einsum<'t, T: Scalar>(spec: &str, a: TensorVar<'t, T>, b: impl TensorOperand<'t, T>) -> TensorVar<'t, T> {
    let b = a.tensor_operand(b, "einsum");
    let spec = EinsumSpec::parse(spec);
    let (l, r, o) = (spec.left(), spec.right(), spec.output());
    // First simplify each operand: take diagonals of repeated letters, and sum over letters that occur nowhere else.
    let (a, l) = simplify(a, l, |c| r.contains(&c) || o.contains(&c));
    let (b, r) = simplify(b, r, |c| l.contains(&c) || o.contains(&c));
    let spec = EinsumSpec::new(&l, &r, o);
    a.on_tape().record(Op::Einsum(spec), &[a.id, b.id])
}

/// Reduces an operand so that each letter occurs once, and only letters that occur elsewhere remain.
#[track_caller]
fn simplify<'t, T: Scalar>(
    mut x: TensorVar<'t, T>,
    letters: &[char],
    elsewhere: impl Fn(char) -> bool,
) -> (TensorVar<'t, T>, SmallVec<[char; 4]>) {
    let mut letters: SmallVec<[char; 4]> = SmallVec::from_slice(letters);
    let rank = x.shape().rank();
    if rank != letters.len() {
        panic!("einsum: expected one letter per axis, {rank} for shape {}, got {}", x.shape(), letters.len());
    }
    while let Some((i, j)) = repeated(&letters) {
        x = diagonal_of(x, i, j);
        letters.remove(j);
    }
    let lone: Vec<isize> = (0..letters.len()).filter(|&i| !elsewhere(letters[i])).map(|i| i as isize).collect();
    if !lone.is_empty() {
        x = x.sum_over(&lone[..]);
        letters.retain(|c| elsewhere(*c));
    }
    (x, letters)
}

fn repeated(letters: &[char]) -> Option<(usize, usize)> {
    (0..letters.len()).find_map(|i| (i + 1..letters.len()).find(|&j| letters[i] == letters[j]).map(|j| (i, j)))
}

/// Replaces axes i < j of equal size by their diagonal, at the position of axis i.
#[track_caller]
fn diagonal_of<'t, T: Scalar>(x: TensorVar<'t, T>, i: usize, j: usize) -> TensorVar<'t, T> {
    let shape = x.shape();
    let n = shape[i];
    if shape[j] != n {
        panic!("einsum: a letter stands for axes of sizes {n} and {} of one operand, shape {shape}", shape[j]);
    }
    let rank = shape.rank();
    // Move both axes to the front and merge them to one axis of n², of which every (n+1)-th element is on the diagonal.
    let rest = (0..rank).filter(|&k| k != i && k != j);
    let order: SmallVec<[usize; 4]> = [i, j].into_iter().chain(rest.clone()).collect();
    let flat: Shape = [n * n].into_iter().chain(rest.map(|k| shape[k])).collect();
    let tape = x.on_tape();
    let moved: TensorVar<'t, T> = tape.record(Op::Arrange(Arrange::Permute(order)), &[x.id]);
    let picks: Vec<usize> = (0..n).map(|k| k * (n + 1)).collect();
    let diagonal = moved.reshape(flat).index_select(0, picks);
    // Move the axis of the diagonal back to position i.
    let back: Vec<isize> = (0..rank as isize - 1)
        .map(|k| match k.cmp(&(i as isize)) {
            std::cmp::Ordering::Less => k + 1,
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => k,
        })
        .collect();
    diagonal.permute(back)
}
