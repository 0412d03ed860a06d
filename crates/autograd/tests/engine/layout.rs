//! The folders of the source tree form layers: a file imports only from its own folder and from those below it.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers from lowest to highest, as listed in `lib.rs` and the architecture chapter.
const LAYERS: [&str; 10] =
    ["rules", "fast", "core", "ops", "params", "transform", "real", "check", "strategies", "inspect"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The first segment of each path that starts with `crate::` in the code, without tests.
fn imported(text: &str) -> Vec<&str> {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let paths = lines.flat_map(|line| line.split("crate::").skip(1));
    paths.map(|path| path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("")).collect()
}

#[test]
fn folders_depend_downward_only() {
    let mut wrong = Vec::new();
    for (height, layer) in LAYERS.iter().enumerate() {
        let mut found = Vec::new();
        files(&source().join(layer), &mut found);
        assert!(!found.is_empty(), "the folder `{layer}` holds files");
        for path in found {
            let text = fs::read_to_string(&path).unwrap();
            for name in imported(&text) {
                match LAYERS.iter().position(|layer| *layer == name) {
                    Some(other) if other <= height => {}
                    // Items of the crate root are re-exports of any layer, so the import must name the layer.
                    _ => wrong.push(format!("{} imports crate::{name}", path.display())),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_is_a_layer() {
    for entry in fs::read_dir(source()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name == "lib.rs" || LAYERS.contains(&name.as_str()), "`{name}` is not in the list of layers");
    }
}
