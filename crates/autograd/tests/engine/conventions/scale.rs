//! Repeated sweeps give the same bits, in any order, also after second-order sweeps.

use autograd::{Tape, softmax_cross_entropy};
use tensor::{Tensor, tensor};

#[test]
fn a_repeated_sweep_gives_the_same_bits() {
    let tape = Tape::new();
    let w = tape.var(Tensor::from_fn([7, 5], |i| (i[0] as f64 * 0.3 - i[1] as f64 * 0.7).sin()));
    let b = tape.var(tensor![0.1, -0.2, 0.3, 0.0, 1.0]);
    let s = tape.var(0.3);
    let x = tape.constant(Tensor::from_fn([6, 7], |i| ((i[0] * 7 + i[1]) as f64).cos()));
    let loss = softmax_cross_entropy(x.linear(w, b).tanh() * s, [0, 1, 2, 3, 4, 0]);
    let first = loss.backward();
    let (dw, db, ds) = (first.wrt(w), first.wrt(b), first.wrt(s));
    for _ in 0..3 {
        let again = loss.backward();
        assert_eq!((again.wrt(w), again.wrt(b), again.wrt(s)), (dw.clone(), db.clone(), ds));
    }
    // The first gradients are unchanged after other sweeps and after more was recorded.
    let _ = loss.grad(w).square().sum().backward();
    assert_eq!((first.wrt(w), first.wrt(b), first.wrt(s)), (dw.clone(), db, ds));
    assert_eq!(loss.backward().wrt(w), dw);
}
