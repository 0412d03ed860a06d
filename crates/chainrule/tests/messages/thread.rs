// A variable on another thread: a tape of its own for each.
use chainrule::prelude::*;

fn main() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    std::thread::scope(|scope| {
        scope.spawn(move || println!("{}", x.value()));
    });
}
