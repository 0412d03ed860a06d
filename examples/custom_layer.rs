//! A custom layer with parameters, trained, saved and loaded like the layers of the library.
//!
//! The layer is one of radial basis functions (Broomhead and Lowe 1988): unit k answers exp(-β |x - cₖ|²), so it is active
//! near its center cₖ and silent elsewhere. Centers and widths are trained. Two interleaved half moons are the data: no
//! straight line separates them, and six bumps do.
//!
//! Run it with `cargo run --release --example custom_layer`.

use chainrule::nn::prelude::*;
use chainrule::train::playground;
use serde::{Deserialize, Serialize};
use std::error::Error;

/// The whole layer: its settings, how it is built, and its forward pass.
#[derive(Serialize, Deserialize)]
struct RadialBasis {
    units: usize,
}

impl LayerConfig for RadialBasis {
    const KIND: &'static str = "RadialBasis";
    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        let centers = at.param("centers", [self.units, at.features()?], Init::Uniform { low: -1.0, high: 1.0 })?;
        let beta = at.param("beta", self.units, Init::Ones)?;
        Ok(at.layer(self, move |ctx, x| {
            let distance = x.unsqueeze(-2) - ctx.var(centers); // (batch, units, features)
            (-(distance.square().sum_over(-1) * ctx.var(beta))).exp()
        }))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut rng = seeded(7);
    let (train, test) = playground::moons(400, 0.1, &mut rng)?.split_stratified(0.75, &mut rng)?;

    let network = Sequential::describe().push(RadialBasis { units: 6 }).push(Dense::units(1));
    let mut model = network.model::<f32>([2], 42)?.task(Task::Binary);
    println!("{}", model.summary());

    let fit = Fit::new(Adam::new(0.05)).epochs(60).verbosity(Verbosity::Quiet);
    let history = model.fit(&train, fit)?;
    let accuracy = model.evaluate(&test)?.get("accuracy").unwrap_or(f64::NAN);
    println!("loss after the first epoch  {:.4}", history.get("loss").map_or(f64::NAN, |losses| losses[0]));
    println!("loss after the last epoch   {:.4}", history.last("loss").unwrap_or(f64::NAN));
    println!("accuracy on new points      {:.1} %", 100.0 * accuracy);

    // The file has the config of every layer. A registry says which type reads that of a custom one.
    let path = std::env::temp_dir().join(format!("chainrule-custom-layer-{}.safetensors", std::process::id()));
    model.save(&path)?;
    let refused = Model::<f32>::load(&path).expect_err("a custom layer is not part of the library");
    println!("\nwithout a registry: {refused}");
    let loaded = Model::load_with(&path, &Registry::new().layer::<RadialBasis>())?;
    std::fs::remove_file(&path)?;
    assert_eq!(loaded.predict(&test.x()), model.predict(&test.x()));

    println!(
        "\nTakeaway: settings, parameters and a closure are a layer. It is initialized, trained, summarized, saved and"
    );
    println!("loaded like the others, and the loaded model gives the same predictions to the bit.");
    assert!(accuracy > 0.95, "six bumps separate the moons");
    Ok(())
}
