//! What a text may not say, and what is said of it.

use super::*;

/// The text of a model of this network.
fn text(network: &str, inputs: &str) -> String {
    format!(r#"{{"format":1,"network":{network},"inputs":{inputs},"outputs":[{{"loss":"mse"}}]}}"#)
}

fn refused(network: &str, inputs: &str) -> String {
    match ModelConfig::from_json(&text(network, inputs)).and_then(|config| config.build::<f32>()) {
        Ok(model) => panic!("{network} made {model:?}"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn texts_that_are_refused_and_why() {
    let dense = |settings: &str| refused(&format!(r#"{{"Dense":{{{settings}}}}}"#), "[[3]]");
    for (says, expected) in [
        (dense(""), "missing field `units`"),
        (dense(r#""units":0"#), "expected at least 1, got 0"),
        (dense(r#""units":-1"#), "invalid value: integer `-1`, expected usize"),
        (dense(r#""units":2,"depth":1"#), "unknown field `depth`"),
        (dense(r#""units":2,"activation":"rleu""#), "`rleu` is no activation"),
        (dense(r#""units":2,"bias_init":"orthogonal""#), "orthogonal(1) starts matrices"),
        (dense(r#""units":2,"bias_regularizer":"orthogonal_rows""#), "orthogonal_rows(0.01) is of matrices"),
        (dense(r#""units":18446744073709551615"#), "are too many; there may be 268435456 in all"),
        (dense(r#""units":268435456"#), "layer `dense`: numbers of shape (3, 268435456) are too many"),
        (dense(r#""units":2,"inputs":4"#), "layer `dense` cannot take an input of shape (3,): it takes (4,)"),
        (refused(r#""dence""#, "[[3]]"), "`dence` is not part of the library; add it to the `Registry`"),
        (refused(r#"{"Dropout":{"rate":1.5}}"#, "[[3]]"), "1.5 is not a rate in 0..=1"),
        (refused(r#"{"GaussianDropout":{"rate":1.0}}"#, "[[3]]"), "1 is not a rate in 0..1, without 1"),
        (refused(r#"{"BatchNorm":{"momentum":2.0}}"#, "[[3]]"), "2 is not a number in 0..=1"),
        (refused(r#"{"LayerNorm":{"eps":-1.0}}"#, "[[3]]"), "-1 is not a number from 0 on"),
        (refused(r#"{"Rescaling":{"scale":1e999,"offset":0}}"#, "[[3]]"), "number out of range"),
        (refused(r#"{"Reshape":{"shape":[-1,-1]}}"#, "[[3]]"), "[-1, -1] is not a shape"),
        (
            refused(r#"{"Reshape":{"shape":[4611686018427387904,4611686018427387904]}}"#, "[[3]]"),
            "cannot take an input",
        ),
        (refused(r#"{"Discretization":{"boundaries":[1.0,0.0]}}"#, "[[3]]"), "do not ascend"),
        (refused(r#""Add""#, "[[3],[4]]"), "cannot take inputs of shapes (3,) and (4,)"),
        (refused(r#""Flatten""#, "[[4294967296,4294967296]]"), "are too many"),
        (refused(r#""Flatten""#, "[[3],[3]]"), "it takes a single input"),
        (refused(r#"{"PRelu":{"shape":[0,4611686018427387904,4]}}"#, "[[3]]"), "are too many"),
        (refused(r#"{"Concatenate":{"axis":-9223372036854775808}}"#, "[[3],[3]]"), "shapes that agree but for axis"),
        (refused(r#"{"Mine":null}"#, "[[3]]"), "`Mine` is not part of the library"),
        (refused(r#"{"CategoryEncoding":{"categories":4294967296,"output":"count"}}"#, "[[3]]"), "are too many"),
    ] {
        assert!(says.contains(expected), "{says}\ndoes not say: {expected}");
    }
    let with = |from: &str, to: &str| {
        let text = text(r#"{"Dense":{"units":2}}"#, "[[3]]").replace(from, to);
        let built = ModelConfig::from_json(&text).and_then(|config| config.build::<f32>());
        built.map(|_| ()).unwrap_err()
    };
    assert_eq!(with("\"format\":1", "\"format\":9,\"new\":0"), ConfigError::Version { found: 9, known: 1 });
    for (from, to, expected) in [
        ("mse", "msee", "`msee` is no loss; there are mean_squared_error"),
        (r#"[{"loss":"mse"}]"#, "[]", "the network has 1 outputs, but 0 are described"),
        (r#""outputs""#, r#""frozen":["a"],"outputs""#, "`a` is no parameter of the network"),
        (r#""outputs""#, r#""penalties":[["b","l1"]],"outputs""#, "`b` is no parameter of the network"),
    ] {
        assert!(with(from, to).to_string().contains(expected), "{}", with(from, to));
    }
}

#[test]
fn graphs_that_are_refused_and_why() {
    let graph = |layers: &str, calls: &str, outputs: &str| {
        let inputs = r#"[{"name":"x","shape":[3]}]"#;
        let graph = format!(r#"{{"inputs":{inputs},"layers":{layers},"calls":{calls},"outputs":{outputs}}}"#);
        refused(&format!(r#"{{"Graph":{graph}}}"#), "[[3]]")
    };
    let (one, y) = (r#"[{"name":"d","layer":{"Dense":{"units":2}}}]"#, r#"[{"name":"y","value":1}]"#);
    for (says, expected) in [
        (graph(one, r#"[{"layer":1,"inputs":[0]}]"#, y), "layer 1 is called, but there are 1"),
        (graph(one, r#"[{"layer":0,"inputs":[1]}]"#, y), "layer `d` is called on values [1], of 1 before it"),
        (graph(one, r#"[{"layer":0,"inputs":[0,0]}]"#, y), "it takes a single input"),
        (graph(one, "[]", y), "layer `d` is never called"),
        (graph(one, r#"[{"layer":0,"inputs":[0]}]"#, "[]"), "there are no outputs"),
        (graph(one, r#"[{"layer":0,"inputs":[0]}]"#, r#"[{"name":"y","value":2}]"#), "output `y` is value 2"),
        (graph(&one.replace("\"d\"", "\"x\""), r#"[{"layer":0,"inputs":[0]}]"#, y), "`x` names two things"),
        (
            graph(one, r#"[{"layer":0,"inputs":[0]},{"layer":0,"inputs":[1]}]"#, y),
            "layer `dense` cannot take an input of shape (2,): it takes (3,)",
        ),
    ] {
        assert!(says.contains(expected), "{says}\ndoes not say: {expected}");
    }
}

/// One layer, shared, that makes its input twice as long each time.
#[test]
fn a_shared_layer_that_doubles() {
    let calls: Vec<String> = (0..70).map(|i| format!(r#"{{"layer":0,"inputs":[{i},{i}]}}"#)).collect();
    let graph = format!(
        r#"{{"Graph":{{"inputs":[{{"name":"x","shape":[3]}}],"layers":[{{"name":"both","layer":{{"Concatenate":{{"axis":-1}}}}}}],"calls":[{}],"outputs":[{{"name":"y","value":70}}]}}}}"#,
        calls.join(",")
    );
    assert!(refused(&graph, "[[3]]").starts_with("layer `both`: numbers of shape (402653184,) are too many"));
}

/// What a text does not say of a layer is as the layer has it: moving averages are no weights.
#[test]
fn averages_are_frozen_without_a_word() {
    let text = text(r#"{"BatchNorm":{}}"#, "[[3]]");
    let model = ModelConfig::from_json(&text).unwrap().build::<f32>().unwrap();
    assert_eq!((model.summary().total(), model.summary().non_trainable()), (12, 6));
    let all = text.replace("\"outputs\"", "\"frozen\":[],\"outputs\"");
    let model = ModelConfig::from_json(&all).unwrap().build::<f32>().unwrap();
    assert_eq!(model.summary().non_trainable(), 0);
}

#[test]
fn settings_that_no_text_may_have_are_refused_when_a_network_is_built() {
    let network = crate::Sequential::describe().push(Dense::units(1)).push(Activation::LeakyRelu(f64::INFINITY));
    let e = network.model::<f32>([2], 0).unwrap_err();
    assert!(matches!(&e, ConfigError::Text(what) if what.starts_with("`leaky_relu(inf)` is no activation")), "{e}");
}

#[test]
fn nesting_ends_somewhere() {
    let mut deep = r#""Flatten""#.to_string();
    for _ in 0..10_000 {
        deep = format!(r#"{{"Sequential":{{"layers":[{deep}]}}}}"#);
    }
    assert!(refused(&deep, "[[3]]").contains("recursion limit exceeded"));
    // Ten calls of a graph of ten calls, and so on.
    let mut wide = r#""Identity""#.to_string();
    let calls: Vec<String> = (0..10).map(|i| format!(r#"{{"layer":0,"inputs":[{i}]}}"#)).collect();
    for _ in 0..12 {
        wide = format!(
            r#"{{"Graph":{{"inputs":[{{"name":"x","shape":[3]}}],"layers":[{{"name":"l","layer":{wide}}}],"calls":[{}],"outputs":[{{"name":"y","value":10}}]}}}}"#,
            calls.join(",")
        );
    }
    assert!(refused(&wide, "[[3]]").contains("there may be 4096"), "{}", refused(&wide, "[[3]]"));
}
