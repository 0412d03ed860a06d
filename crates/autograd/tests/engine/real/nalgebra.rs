//! Decompositions of nalgebra, differentiated.

use super::check;
use crate::common::Numbers;
use autograd::Real;
use nalgebra::{ComplexField, DMatrix, Matrix3, Matrix6, RealField, UnitQuaternion, Vector3, Vector6};

/// A 6 x 6 matrix, row by row, far from singular.
fn matrix() -> Vec<f64> {
    let mut numbers = Numbers::new(6);
    (0..36).map(|i| numbers.between(-1.0, 1.0) + if i % 7 == 0 { 4.0 } else { 0.0 }).collect()
}

fn symmetric(x: &[Real]) -> Matrix6<Real> {
    let a = Matrix6::from_row_slice(x);
    a + a.transpose()
}

#[test]
fn bounds_of_nalgebra() {
    fn requires<T: RealField + ComplexField + Copy>() {}
    requires::<Real>();
}

#[test]
fn linear_systems() {
    let b = Vector6::from_fn(|i, _| Real::from(i as f64 - 1.5));
    let solve = |x: &[Real]| Matrix6::from_row_slice(x).lu().solve(&b).expect("a regular matrix").norm();
    check("lu().solve", solve, &matrix(), 1e-8);
    let inverse = |x: &[Real]| Matrix6::from_row_slice(x).try_inverse().expect("a regular matrix")[(1, 4)];
    check("try_inverse", inverse, &matrix(), 1e-8);
}

#[test]
fn determinants() {
    check("determinant", |x| Matrix6::from_row_slice(x).determinant(), &matrix(), 1e-8);
    let (det, gradient) = Real::record(|scope| {
        let x = scope.inputs(&matrix());
        scope.value_and_grad(Matrix6::from_row_slice(&x).determinant())
    });
    // ∂ det A / ∂A = det(A) A⁻ᵀ
    let a = Matrix6::<f64>::from_row_slice(&matrix());
    let adjugate = a.try_inverse().expect("a regular matrix") * a.determinant();
    assert!((det - a.determinant()).abs() < 1e-12 * det.abs());
    for (i, g) in gradient.iter().enumerate() {
        assert!((g - adjugate[(i % 6, i / 6)]).abs() < 1e-12 * det.abs(), "entry {i}");
    }
}

/// d²/dt² ln det(A + t B) = -tr(A⁻¹ B A⁻¹ B), at t = 0.
#[test]
fn second_derivatives() {
    let a = Matrix6::<f64>::from_row_slice(&matrix());
    let b = Matrix6::<f64>::from_fn(|i, j| (i as f64 * 0.3 - j as f64 * 0.7).sin());
    let second = Real::record(|scope| {
        let t = scope.input(0.0);
        let moved = Matrix6::from_fn(|i, j| Real::from(a[(i, j)]) + t * b[(i, j)]);
        let f = moved.determinant().ln();
        scope.grad(scope.real(scope.var(f).grad(scope.var(t))))[0]
    });
    let solved = a.try_inverse().expect("a regular matrix") * b;
    let exact = -(solved * solved).trace();
    assert!((second - exact).abs() < 1e-10 * exact.abs(), "{second} {exact}");
}

#[test]
fn factorizations() {
    let cholesky = |x: &[Real]| {
        let a = Matrix6::from_row_slice(x);
        let c = (a * a.transpose()).cholesky().expect("a positive definite matrix");
        c.determinant().ln() + c.l()[(5, 2)]
    };
    check("cholesky", cholesky, &matrix(), 1e-8);
    check("qr", |x| Matrix6::from_row_slice(x).qr().r()[(2, 4)], &matrix(), 1e-8);
    check("svd", |x| Matrix6::from_row_slice(x).svd(true, true).singular_values[1], &matrix(), 1e-7);
    check("exp", |x| (Matrix6::from_row_slice(x) * Real::from(0.1)).exp().sum(), &matrix(), 1e-8);
}

#[test]
fn eigenvalues_and_eigenvectors() {
    check("largest eigenvalue", |x| symmetric(x).symmetric_eigen().eigenvalues.max(), &matrix(), 1e-7);
    let cubes = |x: &[Real]| symmetric(x).symmetric_eigen().eigenvalues.iter().map(|l| l.powi(3)).sum();
    check("eigenvalues", cubes, &matrix(), 1e-7);
    let vector = |x: &[Real]| {
        let eigen = symmetric(x).symmetric_eigen();
        let k = eigen.eigenvalues.imax();
        eigen.eigenvectors[(0, k)] * eigen.eigenvectors[(3, k)] // the sign of an eigenvector is arbitrary
    };
    check("eigenvector", vector, &matrix(), 1e-6);
}

/// nalgebra's shortcut for an exactly diagonal matrix makes its eigenvectors constants. The docs of `Real` name this
/// limit.
#[test]
fn eigenvectors_of_a_diagonal_matrix_have_derivative_zero() {
    let vector = |off: f64| {
        Real::record(|scope| {
            let b = scope.input(off);
            let [one, three, zero] = [1.0, 3.0, 0.0].map(Real::from);
            let eigen = Matrix3::new(one, b, zero, b, three, zero, zero, zero, -one).symmetric_eigen();
            let k = eigen.eigenvalues.imax();
            scope.grad(eigen.eigenvectors[(0, k)] * eigen.eigenvectors[(1, k)])[0]
        })
    };
    assert_eq!(vector(0.0), 0.0); // it is 1/2
    assert!((vector(1e-6) - 0.5).abs() < 1e-6);
}

#[test]
fn sizes_at_run_time_and_rotations() {
    let program = |x: &[Real]| {
        let a = DMatrix::from_row_slice(6, 6, x);
        let rotation = UnitQuaternion::from_euler_angles(x[0], x[1], x[2]);
        (&a * &a)[(1, 2)] + (rotation * Vector3::new(x[3], x[4], x[5]))[0] + a.norm() * Real::from(2.0)
    };
    check("DMatrix and UnitQuaternion", program, &matrix(), 1e-8);
}

/// The functions of these traits that have no method of the same name.
#[test]
fn functions_of_nalgebras_traits() {
    Real::record(|scope| {
        let (x, y) = (scope.input(-2.0), scope.input(3.0));
        let grad = |f: Real| (f.value(), scope.grad(f));
        assert_eq!(grad(ComplexField::modulus(x)), (2.0, vec![-1.0, 0.0]));
        assert_eq!(grad(ComplexField::norm1(x)), (2.0, vec![-1.0, 0.0]));
        assert_eq!(grad(ComplexField::modulus_squared(x)), (4.0, vec![-4.0, 0.0]));
        assert_eq!(grad(ComplexField::scale(x, y)), (-6.0, vec![3.0, -2.0]));
        assert_eq!(grad(ComplexField::unscale(y, x)), (-1.5, vec![-0.75, -0.5]));
        assert_eq!(grad(ComplexField::to_exp(x).0), (2.0, vec![-1.0, 0.0]));
        assert_eq!(
            (ComplexField::argument(x), ComplexField::imaginary(x)),
            (Real::from(std::f64::consts::PI), Real::from(0.0))
        );
        assert_eq!(ComplexField::try_sqrt(x), None);
        assert_eq!(grad(RealField::clamp(x, Real::from(-1.0), y)), (-1.0, vec![0.0, 0.0]));
        assert_eq!(grad(RealField::copysign(y, x)), (-3.0, vec![0.0, -1.0]));
    });
    assert!(approx::relative_eq!(Real::from(1.0), Real::from(1.0 + 1e-16)));
    assert!(!approx::abs_diff_eq!(Real::from(1.0), Real::from(1.1), epsilon = Real::from(1e-3)));
    assert!(approx::ulps_eq!(Real::from(1.0), Real::from(1.0 + f64::EPSILON)));
    assert_eq!(nalgebra::convert::<f64, Real>(2.0), 2.0);
    assert_eq!(nalgebra::try_convert::<Real, f64>(Real::from(2.0)), Some(2.0));
}
