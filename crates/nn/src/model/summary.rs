//! A model as a table.

use super::Model;
use crate::module::{Config, LayerSummary, title};
use crate::naming::Names;
use autograd::{Param, Params, Scalar};
use std::fmt;
use tensor::Shape;

/// The layers of a [`Model`] with their shapes and parameter counts, in the form of Keras.
///
/// A parameter that several layers share is in the count of each, and once in the total.
///
/// ```
/// let model = nn::Mlp::classifier(784, [300, 100], 10).input_shape([28, 28]).model::<f32>(0);
/// let summary = model.summary();
/// assert_eq!(summary.total(), 266_610);
/// assert_eq!(
///     summary.to_string(),
///     r#"Model: "sequential"
/// ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┓
/// ┃ Layer (type)                 ┃ Output Shape         ┃      Param # ┃
/// ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━┩
/// │ flatten (Flatten)            │ (None, 784)          │            0 │
/// │ dense (Dense)                │ (None, 300)          │      235,500 │
/// │ dense_1 (Dense)              │ (None, 100)          │       30,100 │
/// │ dense_2 (Dense)              │ (None, 10)           │        1,010 │
/// └──────────────────────────────┴──────────────────────┴──────────────┘
///  Total params: 266,610 (1.02 MB)
///  Trainable params: 266,610 (1.02 MB)
///  Non-trainable params: 0 (0.00 B)
/// "#
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    name: String,
    rows: Vec<Row>,
    connected: bool,
    trainable: usize,
    frozen: usize,
    bytes: usize,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    layer: String,
    shape: String,
    /// `None` of a layer that is not built.
    count: Option<usize>,
    from: String,
}

impl Summary {
    /// Of layers one after the other that are not built: their shapes and counts are open.
    pub(crate) fn unbuilt(name: &str, layers: &[Config]) -> Self {
        let mut names = Names::default();
        let rows = layers.iter().map(|layer| {
            let row = format!("{} ({})", names.take(&layer.title()), layer.kind());
            let count = (!layer.has_parameters()).then_some(0);
            Row { layer: row, shape: "?".to_string(), count, from: String::new() }
        });
        Summary { name: name.to_string(), rows: rows.collect(), connected: false, trainable: 0, frozen: 0, bytes: 0 }
    }

    pub(super) fn of<T: Scalar>(model: &Model<T>) -> Self {
        let (network, params) = (model.network(), model.params());
        let layers = model.layers();
        let size = |keep: &dyn Fn(Param) -> bool| {
            network.parameters().into_iter().filter(|&p| keep(p)).map(|p| params.get(p).size()).sum()
        };
        Summary {
            name: title(network),
            rows: layers.iter().map(|layer| Row::of(layer, params)).collect(),
            connected: layers.iter().any(|layer| !layer.from.is_empty()),
            trainable: size(&|p| !params.is_frozen(p)),
            frozen: size(&|p| params.is_frozen(p)),
            bytes: size_of::<T>(),
        }
    }

    /// How many numbers there are, each counted once.
    pub fn total(&self) -> usize {
        self.trainable + self.frozen
    }

    /// How many of them are trained.
    pub fn trainable(&self) -> usize {
        self.trainable
    }

    /// How many of them are not: moving averages, statistics of the inputs, frozen weights.
    pub fn non_trainable(&self) -> usize {
        self.frozen
    }

    /// The layers by name, each with its parameter count, which is 0 for a layer that is not built.
    pub fn counts(&self) -> impl Iterator<Item = (&str, usize)> {
        self.rows.iter().map(|row| (row.layer.split(' ').next().unwrap_or(""), row.count.unwrap_or(0)))
    }
}

impl Row {
    fn of<T: Scalar>(layer: &LayerSummary, params: &Params<T>) -> Self {
        let batch = |shape: &Shape| {
            let extents: String = shape.iter().map(|n| format!(", {n}")).collect();
            if shape.is_empty() { "(None,)".to_string() } else { format!("(None{extents})") }
        };
        Row {
            layer: format!("{} ({})", layer.name, layer.kind),
            shape: layer.outputs.iter().map(batch).collect::<Vec<_>>().join(", "),
            count: Some(layer.parameters.iter().map(|&p| params.get(p).size()).sum()),
            from: layer.from.join(", "),
        }
    }
}

/// The least widths of the columns.
const WIDTHS: [usize; 4] = [28, 20, 12, 24];

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading = ["Layer (type)", "Output Shape", "Param #", "Connected to"].map(String::from);
        let count = |row: &Row| row.count.map_or("0 (unbuilt)".to_string(), thousands);
        let cells = |row: &Row| [row.layer.clone(), row.shape.clone(), count(row), row.from.clone()];
        let lines: Vec<[String; 4]> = self.rows.iter().map(cells).collect();
        let columns = if self.connected { 4 } else { 3 };
        let width = |column: usize| {
            let longest = lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
            longest.max(WIDTHS[column])
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let rule = |left: &str, between: &str, right: &str, dash: &str| {
            let dashes: Vec<String> = widths.iter().map(|w| dash.repeat(w + 2)).collect();
            format!("{left}{}{right}", dashes.join(between))
        };
        let line = |cells: &[String; 4], bar: &str| {
            let padded = widths.iter().zip(cells).enumerate().map(|(column, (&w, cell))| match column {
                2 => format!(" {cell:>w$} "),
                _ => format!(" {cell:<w$} "),
            });
            format!("{bar}{}{bar}", padded.collect::<Vec<_>>().join(bar))
        };
        writeln!(f, "Model: \"{}\"", self.name)?;
        writeln!(f, "{}", rule("┏", "┳", "┓", "━"))?;
        writeln!(f, "{}", line(&heading, "┃"))?;
        writeln!(f, "{}", rule("┡", "╇", "┩", "━"))?;
        for cells in &lines {
            writeln!(f, "{}", line(cells, "│"))?;
        }
        writeln!(f, "{}", rule("└", "┴", "┘", "─"))?;
        for (what, count) in [("Total", self.total()), ("Trainable", self.trainable), ("Non-trainable", self.frozen)] {
            writeln!(f, " {what} params: {} ({})", thousands(count), memory(count * self.bytes))?;
        }
        Ok(())
    }
}

/// 266610 as 266,610.
fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the largest unit of which there is one at least.
fn memory(bytes: usize) -> String {
    let (mut size, mut units) = (bytes as f64, ["B", "KB", "MB", "GB"].into_iter().peekable());
    let mut unit = units.next().unwrap_or("B");
    while size >= 1024.0
        && let Some(next) = units.next()
    {
        (size, unit) = (size / 1024.0, next);
    }
    format!("{size:.2} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{BatchNorm, Concatenate, Dense, Flatten, LayerNorm, Normalization, PRelu};
    use crate::sequential::Sequential;
    use crate::testing::rng;
    use crate::{Graph, Relu};
    use proptest::prelude::*;

    #[test]
    fn numbers_and_bytes() {
        for (n, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(thousands(n), text);
        }
        for (n, text) in [(0, "0.00 B"), (1023, "1023.00 B"), (5024, "4.91 KB"), (266_610 * 4, "1.02 MB")] {
            assert_eq!(memory(n), text);
        }
        assert_eq!(memory(1 << 50), "1048576.00 GB");
    }

    #[test]
    fn a_graph_says_what_feeds_what() {
        let mut params = Params::<f32>::new();
        let mut graph = Graph::new();
        let x = graph.input("input", [8]);
        let n = graph.layer(Normalization::new(8, &mut params), x);
        let h = graph.layer(Dense::new(8, 30).activation(Relu).build(&mut params, &mut rng(0)), n);
        let h = graph.layer(Dense::new(30, 30).activation(Relu).build(&mut params, &mut rng(0)), h);
        let joined = graph.join(Concatenate::new(), &[n, h]);
        let y = graph.layer(Dense::new(38, 1).build(&mut params, &mut rng(0)), joined);
        graph.output(y);
        let model = graph.build(&params).unwrap().into_model(params).unwrap();
        let text = model.summary().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[8],
            "│ concatenate (Concatenate)     │ (None, 38)           │            0 │ normalization, dense_1   │"
        );
        assert_eq!(lines[11], " Total params: 1,256 (4.91 KB)");
        assert_eq!(lines[13], " Non-trainable params: 17 (68.00 B)");
        let width = lines[1].chars().count();
        assert!(lines[1..=10].iter().all(|line| line.chars().count() == width));
    }

    #[test]
    fn the_network_with_batch_normalization() {
        let mut params = Params::<f32>::new();
        let (mut network, mut inputs) = (Sequential::new().push(Flatten), 784);
        for outputs in [300, 100, 10] {
            network = network.push(BatchNorm::new(inputs).build(&mut params));
            network = network.push(Dense::new(inputs, outputs).build(&mut params, &mut rng(0)));
            inputs = outputs;
        }
        let summary = Model::new(network, params, [28, 28]).unwrap().summary();
        assert_eq!((summary.total(), summary.non_trainable()), (271_346, 2_368));
    }

    /// Layers that keep n numbers, with how many parameters each has, and how many of those are not trained.
    fn layer(kind: usize, n: usize, params: &mut Params<f64>) -> (Box<dyn crate::Module<f64>>, usize, usize) {
        match kind {
            0 => (Box::new(Dense::new(n, n).build(params, &mut rng(0))), n * n + n, 0),
            1 => (Box::new(Dense::new(n, n).use_bias(false).build(params, &mut rng(0))), n * n, 0),
            2 => (Box::new(BatchNorm::new(n).build(params)), 4 * n, 2 * n),
            3 => (Box::new(LayerNorm::new(n).build(params)), 2 * n, 0),
            4 => (Box::new(Normalization::new(n, params)), 2 * n + 1, 2 * n + 1),
            5 => (Box::new(PRelu::new([n], params)), n, 0),
            _ => (Box::new(Relu), 0, 0),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]
        #[test]
        fn counts_are_the_sizes_of_the_parameters(n in 1..40_usize, kinds in prop::collection::vec(0..7_usize, 1..8)) {
            let mut params = Params::<f64>::new();
            let (mut modules, mut sizes, mut frozen) = (Vec::new(), Vec::new(), 0);
            for kind in kinds {
                let (module, size, still) = layer(kind, n, &mut params);
                modules.push(module);
                sizes.push(size);
                frozen += still;
            }
            let model = Model::new(Sequential::from_iter(modules), params, [n]).unwrap();
            let summary = model.summary();
            prop_assert_eq!(summary.counts().map(|(_, count)| count).collect::<Vec<_>>(), sizes.clone());
            prop_assert_eq!(summary.total(), model.params().size());
            prop_assert_eq!(summary.total(), sizes.iter().sum::<usize>());
            prop_assert_eq!((summary.non_trainable(), summary.trainable()), (frozen, summary.total() - frozen));
        }
    }
}
