//! The traits of `num_traits` and `std::iter` that generic code requires.

use super::check;
use crate::common::close;
use autograd::Real;
use num_traits::*;

#[test]
fn bounds_of_generic_code() {
    fn numeric<T>()
    where
        T: Float
            + FloatConst
            + Signed
            + Bounded
            + NumAssign
            + NumAssignRef
            + NumRef
            + FromPrimitive
            + ToPrimitive
            + NumCast,
        T: MulAdd<Output = T> + MulAddAssign + Inv<Output = T> + Euclid + Pow<T, Output = T> + Pow<i32, Output = T>,
        T: std::iter::Sum + for<'a> std::iter::Sum<&'a T> + std::iter::Product + for<'a> std::iter::Product<&'a T>,
        for<'a> &'a T: RefNum<T> + std::ops::Neg<Output = T>,
        T: real::Real + Send + Sync + Default + std::fmt::Display + std::fmt::LowerExp + From<f64> + 'static,
    {
    }
    numeric::<Real>();
}

#[test]
fn numbers_become_constants_and_back() {
    let constants = [Real::zero(), Real::one(), Real::nan(), <Real as Bounded>::max_value(), Real::PI(), Real::TAU()];
    assert!(constants.iter().all(|c| c.is_constant()));
    assert_eq!(Real::from_str_radix("2.5", 10).ok().map(Real::value), Some(2.5));
    assert_eq!(<Real as NumCast>::from(3_u8).map(Real::value), Some(3.0));
    assert_eq!(Real::from_i64(-3).map(Real::value), Some(-3.0));
    assert_eq!(Real::from_u128(u128::MAX).map(Real::value), Some(u128::MAX as f64));
    assert_eq!(
        (Real::constant(-2.5).to_i32(), Real::constant(-2.5).to_u8(), Real::constant(2.5).to_f32()),
        (Some(-2), None, Some(2.5))
    );
    assert_eq!((Real::constant(1e30).to_i128(), Real::constant(1e30).to_f64()), (Some(1e30 as i128), Some(1e30)));
    assert_eq!((<Real as Bounded>::min_value().value(), <Real as Float>::epsilon().value()), (f64::MIN, f64::EPSILON));
    assert!(Real::constant(0.0).is_zero() && Real::one().is_one() && !Real::nan().is_zero());
}

/// The value of each function is that of `f64`; away from kinks, its gradient is that of differences.
#[test]
fn functions_of_traits() {
    fn all<T>(x: T, y: T) -> Vec<T>
    where
        T: Copy + Signed + Euclid + Inv<Output = T> + MulAdd<Output = T> + MulAddAssign,
        T: Pow<T, Output = T>
            + Pow<i32, Output = T>
            + for<'a> Pow<&'a T, Output = T>
            + for<'a> Pow<&'a i32, Output = T>,
        T: std::iter::Product + for<'a> std::iter::Product<&'a T> + for<'a> std::iter::Sum<&'a T>,
    {
        let mut z = x;
        z.mul_add_assign(y, x);
        let of = [x, y, x];
        vec![
            x.rem_euclid(&y),
            x.rem_euclid(&-y),
            (-x).rem_euclid(&y),
            x * (x / y).div_euclid(&y),
            Signed::abs(&-x),
            Signed::abs_sub(&y, &x),
            x * Signed::signum(&-y),
            x.inv(),
            MulAdd::mul_add(x, y, x),
            z,
            Pow::pow(y, x),
            Pow::pow(y, &x),
            Pow::pow(x, 3),
            Pow::pow(x, &-2),
            of.iter().product(),
            of.into_iter().product(),
            of.iter().sum(),
        ]
    }
    let reference = all(-2.3_f64, 0.7);
    let values = all(Real::constant(-2.3), Real::constant(0.7));
    for (i, (value, reference)) in values.iter().zip(&reference).enumerate() {
        assert!(close(value.value(), *reference, 1e-15), "function {i}: {value} instead of {reference}");
        check(&format!("function {i}"), |x| all(x[0], x[1])[i], &[-2.3, 0.7], 1e-9);
    }
}

#[test]
fn euclidean_division_has_the_values_of_f64() {
    for x in [7.5, -7.5, 6.0, -6.0, 0.0, -0.3, f64::INFINITY, f64::NAN] {
        for y in [2.0, -2.0, 0.7, -0.7, 0.0, f64::INFINITY] {
            let (a, b) = (Real::constant(x), Real::constant(y));
            assert!(close(a.div_euclid(&b).value(), x.div_euclid(y), 0.0), "{x} and {y}");
            assert!(close(a.rem_euclid(&b).value(), x.rem_euclid(y), 0.0), "{x} and {y}");
        }
    }
}

#[test]
fn signs() {
    for x in [1.5, -1.5, 0.0, -0.0, f64::NAN] {
        let r = Real::constant(x);
        assert_eq!((r.is_positive(), r.is_negative()), (Signed::is_positive(&x), Signed::is_negative(&x)));
        assert!(close(Signed::signum(&r).value(), x.signum(), 0.0));
    }
}
