// The tape of a transform ends with it, and so do its variables: take out `y.value()`, or return it.
use chainrule::prelude::*;

fn main() {
    let seen = std::cell::Cell::new(None);
    grad(
        |x| {
            let y = x.sin();
            seen.set(Some(y));
            y
        },
        1.0,
    );
    println!("{:?}", seen.get());
}
