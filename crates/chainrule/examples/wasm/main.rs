//! Training in WebAssembly without imports from the host, and so without a clock and files.
//!
//! ```sh
//! rustup target add wasm32-unknown-unknown
//! cargo build -p chainrule --no-default-features --target wasm32-unknown-unknown --example wasm
//! node crates/chainrule/examples/wasm/run.mjs target/wasm32-unknown-unknown/debug/examples/wasm.wasm
//! ```

use chainrule::prelude::*;
use chainrule::train;

/// Returns the loss of a small network on two spirals after `epochs` epochs of `fit`; NaN if an error occurs.
#[unsafe(no_mangle)]
pub extern "C" fn loss_after(epochs: u32) -> f64 {
    train_spirals(epochs as usize).unwrap_or(f64::NAN)
}

fn train_spirals(epochs: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let spirals = train::playground::spiral(200, 0.0, &mut seeded(7))?;
    let mut model = Mlp::binary(2, [8, 8]).activation(Tanh).model::<f32>(7);
    model.fit(&spirals, Fit::new(Adam::new(0.02)).epochs(epochs).batch_size(20))?;
    Ok(model.evaluate(&spirals)?.get("loss").ok_or("no loss")?)
}
