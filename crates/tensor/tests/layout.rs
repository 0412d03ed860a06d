//! The modules of `src` do not import each other in a cycle, and the table in `lib.rs` names files that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Returns the code of a file, or of all files in a folder, without comments and test modules.
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

/// Returns the first segment of each path that starts with `crate::`.
fn imports(code: &str) -> BTreeSet<String> {
    let segment =
        |path: &str| path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_string();
    code.split("crate::").skip(1).map(segment).collect()
}

/// Returns the modules at the top level of `src`, each with the modules that it imports.
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
fn modules_do_not_import_each_other_in_a_cycle() {
    let mut modules = modules();
    assert!(modules.len() > 20, "the modules of `src` were not found");
    // Repeatedly remove a module without imports. Only cycles, and modules that import from them, cannot be removed.
    while let Some(lowest) = modules.iter().find(|(_, imported)| imported.is_empty()).map(|(name, _)| name.clone()) {
        modules.remove(&lowest);
        modules.values_mut().for_each(|imported| _ = imported.remove(&lowest));
    }
    assert!(modules.is_empty(), "modules in an import cycle, and modules that depend on them: {modules:#?}");
}

#[test]
fn the_table_names_files_that_exist() {
    let text = fs::read_to_string(source().join("lib.rs")).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("//! | `")).collect();
    assert!(!rows.is_empty(), "the table in lib.rs was not found");
    for row in rows {
        let files = row.split('|').nth(1).unwrap();
        for file in files.split('`').skip(1).step_by(2) {
            assert!(source().join(file).exists(), "lib.rs: the table names `{file}`, which does not exist");
        }
    }
}
