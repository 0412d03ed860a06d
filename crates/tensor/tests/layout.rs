//! The modules of the source tree depend on each other without cycles, and the table in `lib.rs` names files that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// The code below a path, without comments and without what follows the first test module of a file.
fn code(path: &Path) -> String {
    if path.is_dir() {
        return fs::read_dir(path).unwrap().map(|entry| code(&entry.unwrap().path())).collect();
    }
    if name(path) == "tests" || name(path) == "testing" {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// The first segments of all paths that start with `crate::`.
fn imports(code: &str) -> BTreeSet<String> {
    let segment =
        |path: &str| path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_string();
    code.split("crate::").skip(1).map(segment).collect()
}

/// Each module at the top level, with the modules that it imports.
fn modules() -> BTreeMap<String, BTreeSet<String>> {
    let entries = fs::read_dir(source()).unwrap().map(|entry| entry.unwrap().path());
    let mut modules: BTreeMap<_, _> =
        entries.filter(|path| name(path) != "lib").map(|path| (name(&path), imports(&code(&path)))).collect();
    let names: BTreeSet<String> = modules.keys().cloned().collect();
    for (module, imported) in &mut modules {
        imported.retain(|other| names.contains(other) && other != module);
    }
    modules
}

#[test]
fn no_module_imports_itself_through_others() {
    let mut modules = modules();
    assert!(modules.len() > 20, "the modules of the crate are found");
    // Modules whose imports are all gone are taken away, until none is left, or only cycles and what depends on them.
    while let Some(lowest) = modules.iter().find(|(_, imported)| imported.is_empty()).map(|(name, _)| name.clone()) {
        modules.remove(&lowest);
        modules.values_mut().for_each(|imported| _ = imported.remove(&lowest));
    }
    assert!(modules.is_empty(), "import cycles among or below {modules:#?}");
}

#[test]
fn the_table_names_files_that_exist() {
    let text = fs::read_to_string(source().join("lib.rs")).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("//! | `")).collect();
    assert!(!rows.is_empty(), "lib.rs has a table of files");
    for row in rows {
        let files = row.split('|').nth(1).unwrap();
        for file in files.split('`').skip(1).step_by(2) {
            assert!(source().join(file).exists(), "`{file}` of the table does not exist");
        }
    }
}
