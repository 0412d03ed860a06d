//! Formatting of tensors in rows and columns, like NumPy.
//!
//! A tensor of more than 1000 elements is summarized: along each axis longer than six, only the first and last three
//! entries are shown, with `...` in between. Rows longer than 75 characters are wrapped.

use crate::numeral::{Column, single};
use crate::real::Real;
use crate::tensor::Tensor;
use std::fmt;

/// Tensors with more elements are summarized.
const THRESHOLD: usize = 1000;
/// The number of entries shown at either end of a summarized axis.
const EDGE: usize = 3;
/// The maximum line width, in characters.
const LINE: usize = 75;

impl<T: Real> fmt::Display for Tensor<T> {
    /// Formats the elements as rows in brackets with aligned columns. A precision, as in `{:.3}`, sets the number of
    /// digits after the decimal point.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, -2.5], [10.0, 0.25]];
    /// assert_eq!(a.to_string(), "[[ 1.   -2.5 ]\n [10.    0.25]]");
    /// assert_eq!(format!("{a:.1}"), "[[ 1.0 -2.5]\n [10.0  0.2]]");
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rank() {
            0 => f.write_str(&single(self.item(), f.precision())),
            _ => f.write_str(&Printer::new(self, f.precision(), " ").text(0, LINE)),
        }
    }
}

impl<T: Real> fmt::Debug for Tensor<T> {
    /// Formats the elements, separated by commas, with the shape and the element type.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.5], [3.0, 4.0]];
    /// assert_eq!(format!("{a:?}"), "Tensor([[1. , 2.5],\n        [3. , 4. ]], shape=(2, 2), f64)");
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEAD: &str = "Tensor(";
        let elements = Printer::new(self, f.precision(), ", ").text(HEAD.len(), LINE - 1);
        let tail = format!("shape={}, {})", self.shape(), T::NAME);
        let last = match elements.rfind('\n') {
            Some(at) => elements.len() - at - 1,
            None => HEAD.len() + elements.len(),
        };
        let fits = last + ", ".len() + tail.len() <= LINE;
        let gap = if fits { " ".to_string() } else { format!("\n{:1$}", "", HEAD.len()) };
        write!(f, "{HEAD}{elements},{gap}{tail}")
    }
}

/// Formats one tensor with a column format fitted to the elements that are shown.
struct Printer<'a, T: Real> {
    tensor: &'a Tensor<T>,
    column: Column,
    separator: &'static str,
}

impl<'a, T: Real> Printer<'a, T> {
    fn new(tensor: &'a Tensor<T>, precision: Option<usize>, separator: &'static str) -> Self {
        let mut printer = Printer { tensor, column: Column::fit::<T>(&[], None), separator };
        let mut shown = Vec::new();
        printer.collect(0, tensor.offset() as isize, &mut shown);
        printer.column = Column::fit(&shown, precision);
        printer
    }

    /// Formats the tensor in lines of at most `width` characters, to be printed after `indent` characters.
    fn text(&self, indent: usize, width: usize) -> String {
        match (self.tensor.size(), self.tensor.rank()) {
            (0, _) => "[]".to_string(),
            (_, 0) => self.column.write(self.tensor.item()),
            _ => self.nested(0, self.tensor.offset() as isize, indent + 1, width),
        }
    }

    /// Returns the positions along an axis that are shown, with one `None` in place of those that are omitted.
    fn positions(&self, axis: usize) -> Vec<Option<usize>> {
        let n = self.tensor.shape()[axis];
        if self.tensor.size() <= THRESHOLD || n <= 2 * EDGE {
            return (0..n).map(Some).collect();
        }
        (0..EDGE).map(Some).chain([None]).chain((n - EDGE..n).map(Some)).collect()
    }

    /// Collects the elements that are shown.
    fn collect(&self, axis: usize, at: isize, shown: &mut Vec<T>) {
        if self.tensor.size() == 0 {
            return;
        }
        if axis == self.tensor.rank() {
            return shown.push(self.tensor.buffer()[at as usize]);
        }
        for i in self.positions(axis).into_iter().flatten() {
            self.collect(axis + 1, at + i as isize * self.tensor.strides()[axis], shown);
        }
    }

    /// Formats the part of the tensor spanned by `axis` and the axes after it, from position `at` of the buffer on.
    /// All lines but the first are indented.
    fn nested(&self, axis: usize, at: isize, indent: usize, width: usize) -> String {
        let inner = self.tensor.rank() - axis - 1;
        let item = |i: Option<usize>| match i {
            None => "...".to_string(),
            Some(i) => {
                let at = at + i as isize * self.tensor.strides()[axis];
                match inner {
                    0 => self.column.write(self.tensor.buffer()[at as usize]),
                    _ => self.nested(axis + 1, at, indent + 1, width - 1),
                }
            }
        };
        let items = self.positions(axis).into_iter().map(item);
        let lines = if inner == 0 {
            self.line(items, indent, width - 1)
        } else {
            // Each row goes on a new line, matrices are separated by an empty line, and so on.
            let end = format!("{}{}{:indent$}", self.separator.trim_end(), "\n".repeat(inner), "");
            items.collect::<Vec<_>>().join(&end)
        };
        format!("[{lines}]")
    }

    /// Joins the elements of a row, with a line break wherever the next element would exceed the width.
    fn line(&self, items: impl Iterator<Item = String>, indent: usize, width: usize) -> String {
        let mut out = String::new();
        let mut length = indent;
        for item in items {
            if length > indent {
                out.push_str(self.separator);
                length += self.separator.len();
                if length + item.len() > width {
                    out.truncate(out.trim_end().len());
                    out.push_str(&format!("\n{:indent$}", ""));
                    length = indent;
                }
            }
            length += item.len();
            out.push_str(&item);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, tensor};

    /// The expected texts of all tests in this module are NumPy's output for the same elements.
    #[test]
    fn matrices_and_batches() {
        let a = Tensor::<f64>::arange(12);
        assert_eq!(tensor![[1.0, 2.0], [3.0, 4.0]].to_string(), "[[1. 2.]\n [3. 4.]]");
        assert_eq!(
            a.reshape([3, 4]).transpose().to_string(),
            "\
[[ 0.  4.  8.]
 [ 1.  5.  9.]
 [ 2.  6. 10.]
 [ 3.  7. 11.]]"
        );
        assert_eq!(
            a.reshape([1, 2, 3, 2]).to_string(),
            "\
[[[[ 0.  1.]
   [ 2.  3.]
   [ 4.  5.]]

  [[ 6.  7.]
   [ 8.  9.]
   [10. 11.]]]]"
        );
    }

    #[test]
    fn long_rows_are_wrapped() {
        assert_eq!(
            Tensor::<f64>::arange(30).to_string(),
            "\
[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.
 18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29.]"
        );
        let a = Tensor::<f64>::linspace(0.5, 23.5, 24);
        assert_eq!(
            format!("{a:?}"),
            "\
Tensor([ 0.5,  1.5,  2.5,  3.5,  4.5,  5.5,  6.5,  7.5,  8.5,  9.5, 10.5,
        11.5, 12.5, 13.5, 14.5, 15.5, 16.5, 17.5, 18.5, 19.5, 20.5, 21.5,
        22.5, 23.5], shape=(24,), f64)"
        );
    }

    #[test]
    fn large_tensors_are_summarized() {
        assert!(!Tensor::<f64>::arange(1000).to_string().contains("..."));
        let a = Tensor::<f64>::arange(1001);
        assert_eq!(a.to_string(), "[   0.    1.    2. ...  998.  999. 1000.]");
        assert_eq!(format!("{a:?}"), "Tensor([   0.,    1.,    2., ...,  998.,  999., 1000.], shape=(1001,), f64)");
        assert_eq!(
            Tensor::<f64>::arange(1200).reshape([600, 2]).to_string(),
            "\
[[0.000e+00 1.000e+00]
 [2.000e+00 3.000e+00]
 [4.000e+00 5.000e+00]
 ...
 [1.194e+03 1.195e+03]
 [1.196e+03 1.197e+03]
 [1.198e+03 1.199e+03]]"
        );
        let wide = Tensor::<f64>::from_fn([30, 40], |i| (i[0] * 40 + i[1]) as f64 / 8.0);
        assert!(wide.to_string().starts_with(
            "\
[[0.00000e+00 1.25000e-01 2.50000e-01 ... 4.62500e+00 4.75000e+00
  4.87500e+00]
 [5.00000e+00 "
        ));
    }

    #[test]
    fn scalars_and_empty_tensors() {
        assert_eq!(Tensor::scalar(1.0f64).to_string(), "1.0");
        assert_eq!(format!("{:?}", Tensor::scalar(1.0f32 / 3.0)), "Tensor(0.33333334, shape=(), f32)");
        assert_eq!(Tensor::<f64>::zeros([2, 0]).to_string(), "[]");
        assert_eq!(format!("{:?}", Tensor::<f64>::zeros([2, 0])), "Tensor([], shape=(2, 0), f64)");
    }

    #[test]
    fn precision_sets_the_decimals() {
        let a = tensor![[1.0, 0.12345], [20.0, 3e-7]];
        assert_eq!(format!("{a:.3}"), "[[ 1.000  0.123]\n [20.000  0.000]]");
        assert_eq!(format!("{a:.1?}"), "Tensor([[ 1.0,  0.1],\n        [20.0,  0.0]], shape=(2, 2), f64)");
        assert_eq!(format!("{:.2}", Tensor::scalar(0.125f64)), "0.12");
    }
}
