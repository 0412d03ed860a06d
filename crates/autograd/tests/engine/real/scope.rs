//! Which scope a `Real` belongs to, and what its methods return.

use autograd::{Real, Tape};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tensor::tensor;

#[test]
fn a_real_is_16_bytes_and_free_to_move() {
    fn requires<T: Copy + Send + Sync + 'static>() {}
    requires::<Real>();
    assert_eq!(size_of::<Real>(), 16);
}

#[test]
fn gradients_of_the_inputs_in_their_order() {
    let results = Real::record(|scope| {
        let (x, y) = (scope.input(2.0), scope.input(5.0));
        let z = x * y;
        let w = scope.input(3.0);
        let f = z * w + x;
        (scope.grad(f), scope.value_and_grad(z), scope.jacobian(&[f, z, Real::from(1.0), w]))
    });
    assert_eq!(results.0, [16.0, 6.0, 10.0]);
    assert_eq!(results.1, (10.0, vec![5.0, 2.0, 0.0]));
    assert_eq!(results.2, tensor![[16.0, 6.0, 10.0], [5.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
}

#[test]
fn constants_have_no_scope_and_record_nothing() {
    let c = Real::from(2.0) * 3.0 + Real::default();
    assert!(c.is_constant() && c == 6.0);
    Real::record(|scope| {
        let d = c.sin() * 2.0;
        assert!(d.is_constant());
        let x = scope.input(1.0);
        assert_eq!(scope.var(x * d).tape().map(Tape::len), Some(3)); // x, the value of d, and the product
        assert_eq!(scope.grad(d), [0.0]);
        assert_eq!(scope.grad(x * d), [d.value()]);
    });
    let inside = Real::record(|_| Real::from(2.0).exp());
    assert_eq!((inside * 2.0).value(), 2.0 * 2.0_f64.exp()); // a constant may leave its scope
}

#[test]
fn no_inputs_and_no_outputs() {
    Real::record(|scope| {
        assert_eq!(scope.value_and_grad(Real::from(2.0)), (2.0, vec![]));
        assert_eq!(scope.jacobian(&[Real::from(2.0)]).shape().to_string(), "(1, 0)");
        scope.input(1.0);
        assert_eq!(scope.jacobian(&[]).shape().to_string(), "(0, 1)");
    });
}

#[test]
fn scopes_nest_and_the_outer_one_resumes() {
    let (outer, inner) = Real::record(|scope| {
        let x = scope.input(3.0);
        let y = x * x;
        let inner = Real::record(|inner| {
            let u = inner.input(y.value());
            inner.grad(u * u * Real::from(x.value()))
        });
        assert_eq!(scope.grad(y), [6.0]);
        (scope.grad(y * inner[0]), inner)
    });
    assert_eq!((outer, inner), (vec![6.0 * 54.0], vec![54.0]));
}

#[test]
fn a_panic_ends_its_scope() {
    Real::record(|scope| {
        let x = scope.input(3.0);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            Real::record(|inner| {
                inner.input(1.0);
                std::panic::resume_unwind(Box::new("a panic without a message on the terminal"));
            })
        }));
        assert!(caught.is_err());
        assert_eq!(scope.grad(x * x), [6.0]);
    });
}

#[test]
fn threads_record_at_the_same_time() {
    let gradient = |k: f64| {
        Real::record(|scope| {
            let x = scope.input(k);
            scope.grad((0..1000).fold(x, |y, _| y + x * k))[0]
        })
    };
    let threads: Vec<_> = (0..4).map(|k| std::thread::spawn(move || gradient(k as f64))).collect();
    for (k, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().ok(), Some(1.0 + 1000.0 * k as f64));
    }
}

#[test]
fn variables_and_back() {
    // d/dx of x² y' where y = x³ and y' = 3x²: 12 x³
    let (hessian, nested) = Real::record(|scope| {
        let x = scope.inputs(&[2.0, 3.0]);
        let f = x[0].powi(2) * x[1].exp();
        let hessian: Vec<Vec<f64>> = x
            .iter()
            .map(|&xi| {
                let g = scope.real(scope.var(f).grad(scope.var(xi)));
                scope.grad(g)
            })
            .collect();
        let derivative = scope.real(scope.var(x[0].powi(3)).grad(scope.var(x[0])));
        (hessian, scope.grad(x[0] * x[0] * derivative))
    });
    let e = 3.0_f64.exp();
    assert_eq!(hessian, [[2.0 * e, 4.0 * e], [4.0 * e, 4.0 * e]]);
    assert_eq!(nested, [96.0, 0.0]);
}

#[test]
fn values_are_compared_and_formatted() {
    let (x, y) = Real::record(|scope| (scope.input(1.5), scope.input(2.0)));
    assert!(
        x < y
            && x == Real::from(1.5)
            && x == 1.5
            && x < 2.0
            && x != y
            && x.partial_cmp(&y) == Some(std::cmp::Ordering::Less)
    );
    assert!(Real::from(f64::NAN).partial_cmp(&x).is_none());
    assert_eq!(format!("{x} {x:.3} {x:?} {x:e} {y:?}"), "1.5 1.500 1.5 1.5e0 2.0");
    assert!(format!("{:?}", Real::record(|scope| format!("{scope:?}"))).contains("inputs: 0"));
}
