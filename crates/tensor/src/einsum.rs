//! Sums of products in index notation, computed by permuting axes and multiplying matrices.

use crate::elementwise::{Map2, map2};
use crate::number::Number;
use crate::real::Real;
use crate::reduction::Reduction;
use crate::shape::{Shape, Strides};
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::fmt;

type Letters = SmallVec<[char; 8]>;

/// A specification of a sum of products: one letter for each axis of two operands and of the output, as in `ij,jk->ik`.
///
/// Letters that are missing from the output are summed over. A letter repeated within an operand selects its diagonal.
///
/// ```
/// use tensor::EinsumSpec;
/// let spec = EinsumSpec::parse("ij,jk->ik");
/// assert_eq!((spec.left(), spec.right(), spec.output()), (&['i', 'j'][..], &['j', 'k'][..], &['i', 'k'][..]));
/// // The product that computes the gradient of the left operand:
/// assert_eq!(EinsumSpec::new(spec.output(), spec.right(), spec.left()).to_string(), "ik,jk->ij");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EinsumSpec {
    left: Letters,
    right: Letters,
    output: Letters,
}

impl EinsumSpec {
    /// Parses a specification. Whitespace is ignored.
    ///
    /// # Panics
    /// If the specification is not of the form `left,right->output` with letters only, or as [`EinsumSpec::new`] does.
    #[track_caller]
    pub fn parse(spec: &str) -> EinsumSpec {
        let Some((operands, output)) = spec.split_once("->") else {
            panic!("einsum: {spec:?} has no `->`; write the output's letters, as in \"ij,jk->ik\"");
        };
        let mut operands = operands.split(',');
        let (Some(left), Some(right), None) = (operands.next(), operands.next(), operands.next()) else {
            panic!("einsum: {spec:?} does not name two operands; separate them by one comma, as in \"ij,jk->ik\"");
        };
        let letters = |part: &str| -> Letters { part.chars().filter(|c| !c.is_whitespace()).collect() };
        let [left, right, output] = [left, right, output].map(letters);
        if let Some(c) = [&left, &right, &output].into_iter().flatten().find(|c| !c.is_alphabetic()) {
            panic!("einsum: {spec:?} contains {c:?}; axes must be named by letters");
        }
        EinsumSpec::new(&left, &right, &output)
    }

    /// Creates a specification from the letters of both operands and of the output.
    ///
    /// # Panics
    /// If a letter of the output appears in neither operand, or twice in the output.
    #[track_caller]
    pub fn new(left: &[char], right: &[char], output: &[char]) -> EinsumSpec {
        let spec = EinsumSpec { left: left.into(), right: right.into(), output: output.into() };
        for (i, c) in output.iter().enumerate() {
            if !left.contains(c) && !right.contains(c) {
                panic!("einsum: the output of \"{spec}\" names {c:?}, which neither operand has");
            }
            if output[..i].contains(c) {
                panic!("einsum: the output of \"{spec}\" names {c:?} twice");
            }
        }
        spec
    }

    /// Returns the letters of the left operand's axes.
    pub fn left(&self) -> &[char] {
        &self.left
    }

    /// Returns the letters of the right operand's axes.
    pub fn right(&self) -> &[char] {
        &self.right
    }

    /// Returns the letters of the output's axes.
    pub fn output(&self) -> &[char] {
        &self.output
    }

    /// Computes the sum of products that this specification describes; see [`einsum`].
    ///
    /// # Panics
    /// If a shape does not match the specification.
    #[track_caller]
    pub fn apply<T: Real>(&self, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
        let (mut a, mut b) = (Named::new(self, a, &self.left), Named::new(self, b, &self.right));
        for (&c, &n) in a.letters.iter().zip(a.tensor.shape().iter()) {
            let other = b.dim(c).unwrap_or(n);
            if n != other && n != 1 && other != 1 {
                panic!("einsum: \"{self}\": axis {c:?} has sizes {n} and {other}; sizes must be equal or 1");
            }
        }
        a.sum_out(|c| b.letters.contains(&c) || self.output.contains(&c));
        b.sum_out(|c| a.letters.contains(&c) || self.output.contains(&c));

        let shared = |c: &char| a.letters.contains(c) && b.letters.contains(c);
        let batch: Letters = self.output.iter().copied().filter(shared).collect();
        let rows: Letters = self.output.iter().copied().filter(|c| !b.letters.contains(c)).collect();
        let cols: Letters = self.output.iter().copied().filter(|c| !a.letters.contains(c)).collect();
        let inner: Letters = a.letters.iter().copied().filter(|c| shared(c) && !self.output.contains(c)).collect();
        if inner.is_empty() {
            return map2("einsum", &Product, &a.arranged(&self.output), &b.arranged(&self.output));
        }

        // One matrix product for each element of the batch. `matmul` broadcasts the batch axes, but not the inner ones.
        for &c in &inner {
            if let (Some(m), Some(n)) = (a.dim(c), b.dim(c)) {
                a.broadcast(c, n);
                b.broadcast(c, m);
            }
        }
        let left = a.grouped(&batch, &rows, &inner);
        let right = b.grouped(&batch, &inner, &cols);
        let tensor = left.matmul(&right);
        let letters: Letters = batch.iter().chain(&rows).chain(&cols).copied().collect();
        let shape = tensor.shape()[..batch.len()].iter().copied();
        let shape = shape.chain(rows.iter().filter_map(|&c| a.dim(c))).chain(cols.iter().filter_map(|&c| b.dim(c)));
        Named { tensor: tensor.reshape(shape.collect::<Shape>()), letters }.arranged(&self.output)
    }
}

impl fmt::Display for EinsumSpec {
    /// Formats the specification in the syntax of [`parse`](EinsumSpec::parse): `ij,jk->ik`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |letters: &[char]| letters.iter().collect::<String>();
        write!(f, "{},{}->{}", s(&self.left), s(&self.right), s(&self.output))
    }
}

/// Computes a sum of products of two tensors in NumPy's index notation. The output must be specified.
///
/// Each axis has a letter. Letters that are missing from the output are summed over, a letter repeated within an
/// operand selects its diagonal, and an axis of size 1 is broadcast. The result may be a view with permuted axes.
///
/// ```
/// use tensor::{einsum, tensor};
/// let (a, b) = (tensor![[1.0, 2.0], [3.0, 4.0]], tensor![[1.0, 0.0], [1.0, 1.0]]);
/// assert_eq!(einsum("ij,jk->ik", &a, &b), a.matmul(&b));
/// assert_eq!(einsum("ij,ij->", &a, &b).item(), 8.0);
/// assert_eq!(einsum("ii,ij->j", &a, &b), tensor![5.0, 4.0]);
/// ```
///
/// # Panics
/// If the specification is malformed, or a shape does not match it.
#[track_caller]
pub fn einsum<T: Real>(spec: &str, a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    EinsumSpec::parse(spec).apply(a, b)
}

#[derive(Clone, Copy)]
struct Product;
impl Map2 for Product {
    #[inline(always)]
    fn call<N: Number>(&self, a: N, b: N) -> N {
        a * b
    }
}

/// A tensor whose axes are named by distinct letters.
struct Named<T: Real> {
    tensor: Tensor<T>,
    letters: Letters,
}

impl<T: Real> Named<T> {
    /// Names the axes of an operand. A repeated letter selects the diagonal.
    #[track_caller]
    fn new(spec: &EinsumSpec, x: &Tensor<T>, letters: &[char]) -> Self {
        if letters.len() != x.rank() {
            panic!("einsum: \"{spec}\" names {} axes where shape {} has {}", letters.len(), x.shape(), x.rank());
        }
        let mut names = Letters::new();
        let (mut dims, mut strides): (SmallVec<[usize; 8]>, Strides) = Default::default();
        for ((&c, &n), &s) in letters.iter().zip(x.shape().iter()).zip(x.strides().iter()) {
            match names.iter().position(|&known| known == c) {
                Some(at) if dims[at] == n => strides[at] += s,
                Some(at) => panic!(
                    "einsum: \"{spec}\": the axes {c:?} of shape {} have sizes {} and {n}; they must be equal",
                    x.shape(),
                    dims[at]
                ),
                None => {
                    names.push(c);
                    dims.push(n);
                    strides.push(s);
                }
            }
        }
        Named { tensor: x.view(Shape::from(&dims[..]), strides, x.offset()), letters: names }
    }

    /// Returns the size of the axis named `c`.
    fn dim(&self, c: char) -> Option<usize> {
        self.letters.iter().position(|&l| l == c).map(|at| self.tensor.shape()[at])
    }

    /// Sums over the axes whose letters `keep` rejects.
    fn sum_out(&mut self, keep: impl Fn(char) -> bool) {
        let axes: SmallVec<[usize; 8]> = (0..self.letters.len()).filter(|&i| !keep(self.letters[i])).collect();
        if !axes.is_empty() {
            self.tensor = self.tensor.reduce(Reduction::Sum, &axes, false);
            self.letters.retain(|c| keep(*c));
        }
    }

    /// Returns the tensor with its axes in this order. A letter without an axis becomes an axis of size 1.
    fn arranged(&self, order: &[char]) -> Tensor<T> {
        let place = |c: &char| self.letters.iter().position(|l| l == c);
        let shape = order.iter().map(|c| place(c).map_or(1, |at| self.tensor.shape()[at])).collect();
        let strides = order.iter().map(|c| place(c).map_or(0, |at| self.tensor.strides()[at])).collect();
        self.tensor.view(shape, strides, self.tensor.offset())
    }

    /// Broadcasts the axis named `c` to size `n` if its size is 1.
    fn broadcast(&mut self, c: char, n: usize) {
        if let Some(at) = self.letters.iter().position(|&l| l == c)
            && self.tensor.shape()[at] == 1
            && n != 1
        {
            self.tensor = self.tensor.broadcast_to(self.tensor.shape().set(at, n));
        }
    }

    /// Returns a batch of matrices: the batch axes, then the row axes merged into one, then the column axes merged.
    fn grouped(&self, batch: &[char], rows: &[char], cols: &[char]) -> Tensor<T> {
        let order: Letters = batch.iter().chain(rows).chain(cols).copied().collect();
        let arranged = self.arranged(&order);
        if rows.len() == 1 && cols.len() == 1 {
            return arranged;
        }
        let size = |letters: &[char]| letters.iter().filter_map(|&c| self.dim(c)).product::<usize>();
        let lead = arranged.shape()[..batch.len()].iter().copied();
        let shape: Shape = lead.chain([size(rows), size(cols)]).collect();
        arranged.reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn wave(shape: &[usize], phase: f64) -> Tensor<f64> {
        let mut i = phase;
        Tensor::from_fn(shape, |_| {
            i += 1.0;
            f64::sin(i * i * 0.37)
        })
    }

    /// Computes the definition: one product for every assignment of the letters.
    fn naive(spec: &EinsumSpec, a: &Tensor<f64>, b: &Tensor<f64>) -> Tensor<f64> {
        let mut dims = BTreeMap::new();
        for (letters, x) in [(spec.left(), a), (spec.right(), b)] {
            for (&c, &n) in letters.iter().zip(x.shape().iter()) {
                let known = dims.entry(c).or_insert(n);
                *known = if *known == 1 { n } else { *known };
            }
        }
        let at = |letters: &[char], index: &BTreeMap<char, usize>, x: &Tensor<f64>| {
            let clamp = |(c, &n): (&char, &usize)| if n == 1 { 0 } else { index[c] as isize };
            let index: Vec<isize> = letters.iter().zip(x.shape().iter()).map(clamp).collect();
            x.buffer()[x.locate(&index)]
        };
        let shape: Vec<usize> = spec.output().iter().map(|c| dims[c]).collect();
        let mut out = vec![0.0; shape.iter().product()];
        for mut flat in 0..dims.values().product() {
            let mut index = BTreeMap::new();
            for (&c, &n) in &dims {
                index.insert(c, flat % n);
                flat /= n;
            }
            let to = spec.output().iter().fold(0, |to, c| to * dims[c] + index[c]);
            out[to] += at(spec.left(), &index, a) * at(spec.right(), &index, b);
        }
        Tensor::from_vec(&shape[..], out)
    }

    fn check(spec: &EinsumSpec, a: &Tensor<f64>, b: &Tensor<f64>) {
        let (got, expected) = (spec.apply(a, b), naive(spec, a, b));
        assert_eq!(got.shape(), expected.shape(), "{spec}");
        for (x, y) in got.to_vec().into_iter().zip(expected.to_vec()) {
            assert!((x - y).abs() < 1e-12, "{spec}: got {x}, expected {y}");
        }
    }

    #[test]
    fn common_specifications() {
        let dims: BTreeMap<char, usize> = "bijklx".chars().zip([3, 4, 5, 2, 6, 1]).collect();
        for text in [
            "ij,jk->ik",
            "ij,jk->ki",
            "ji,kj->ik",
            "bij,bjk->bik",
            "bij,jk->bik",
            "ij,ij->",
            "ij,ij->ij",
            "ij,ij->ji",
            "i,j->ij",
            "i,i->",
            "ii,i->i",
            "ii,ij->j",
            "iij,jk->ki",
            "ij,kl->",
            "ij,kl->jl",
            "bijk,bjl->lib",
            "ijk,kji->",
            "ijk,jkl->il",
            "ij,->ji",
            ",->",
            "ij,ij->i",
            "bi,bj->bij",
            "xi,xj->ij",
            "ib,bj->bij",
            "ii,ii->",
            "ii,jj->ij",
            " i j , j k -> i k ",
        ] {
            let spec = EinsumSpec::parse(text);
            let made = |letters: &[char], phase| wave(&letters.iter().map(|c| dims[c]).collect::<Vec<_>>(), phase);
            check(&spec, &made(spec.left(), 0.0), &made(spec.right(), 0.5));
        }
    }

    proptest! {
        /// Random letters, possibly repeated, with empty and broadcast axes.
        #[test]
        fn random_specifications(
            left in "[a-d]{0,4}", right in "[a-d]{0,4}", keep in any::<[bool; 4]>(), reverse in any::<bool>(),
            dims in [0_usize..4, 1..4, 1..4, 1..4], broadcast in any::<[bool; 8]>(),
        ) {
            let mut output: Vec<char> = ('a'..='d').zip(keep).filter(|&(c, k)| k && (left.contains(c) || right.contains(c))).map(|(c, _)| c).collect();
            if reverse {
                output.reverse();
            }
            let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
            let spec = EinsumSpec::new(&left, &right, &output);
            let dim = |c: char, side: usize| {
                let at = c as usize - 'a' as usize;
                if broadcast[at + 4 * side] && dims[at] > 0 { 1 } else { dims[at] }
            };
            let shape = |letters: &[char], side| letters.iter().map(|&c| dim(c, side)).collect::<Vec<_>>();
            check(&spec, &wave(&shape(&left, 0), 0.0), &wave(&shape(&right, 1), 0.5));
        }
    }

    #[test]
    fn axes_of_size_1_broadcast() {
        check(&EinsumSpec::parse("bij,bjk->bik"), &wave(&[1, 2, 3], 0.0), &wave(&[4, 3, 2], 0.5));
        check(&EinsumSpec::parse("ij,jk->ik"), &wave(&[2, 1], 0.0), &wave(&[3, 2], 0.5));
        check(&EinsumSpec::parse("ij,ij->ji"), &wave(&[2, 1], 0.0), &wave(&[2, 3], 0.5));
    }

    #[test]
    fn operands_may_be_views() {
        let (a, b) = (wave(&[4, 6], 0.0).transpose(), wave(&[3, 4], 0.5).transpose());
        check(&EinsumSpec::parse("ij,jk->ki"), &a, &b);
    }

    macro_rules! panics {
        ($($name:ident $spec:literal $a:expr, $b:expr, $message:literal;)*) => {$(
            #[test]
            #[should_panic(expected = $message)]
            fn $name() {
                einsum($spec, &$a, &$b);
            }
        )*};
    }
    panics! {
        no_arrow "ij,jk" tensor![1.0], tensor![1.0], "has no `->`";
        one_operand "ij->ij" tensor![1.0], tensor![1.0], "does not name two operands";
        not_a_letter "i1,j->ij" tensor![1.0], tensor![1.0], "contains '1'";
        unknown_output "i,j->ik" tensor![1.0], tensor![1.0], "names 'k', which neither operand has";
        output_twice "i,j->ii" tensor![1.0], tensor![1.0], "names 'i' twice";
        wrong_rank "ij,j->i" tensor![1.0], tensor![1.0], "\"ij,j->i\" names 2 axes where shape (1,) has 1";
        wrong_size "i,i->" tensor![1.0, 2.0], tensor![1.0, 2.0, 3.0], "axis 'i' has sizes 2 and 3";
        not_square "ii,i->" tensor![[1.0, 2.0]], tensor![1.0], "have sizes 1 and 2; they must be equal";
    }
}
