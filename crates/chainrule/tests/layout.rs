//! In every crate, modules do not import each other in a cycle, and the file tables name files that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The crates, lowest first. `autograd` has a stricter test: its folders have an order.
const CRATES: [&str; 6] = ["tensor", "autograd", "optim", "nn", "train", "explain"];

fn source(krate: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src")
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())
}

/// Returns the code of a file, or of all files in a folder, without comments and test modules.
fn code(path: &Path) -> String {
    if name(path) == "tests" || name(path) == "testing" {
        return String::new();
    }
    if path.is_dir() {
        return entries(path).map(|path| code(&path)).collect();
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

/// Returns the modules at the top level of a crate, each with the modules that it imports.
fn modules(krate: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in entries(&source(krate)).filter(|path| name(path) != "lib") {
        // A module is a file, a folder, or both.
        modules.entry(name(&path)).or_default().extend(imports(&code(&path)));
    }
    let names: BTreeSet<String> = modules.keys().cloned().collect();
    for (module, imported) in &mut modules {
        imported.retain(|other| names.contains(other) && other != module);
    }
    modules
}

#[test]
fn modules_do_not_import_each_other_in_a_cycle() {
    for krate in CRATES {
        let mut modules = modules(krate);
        assert!(modules.len() > 5, "{krate}: the modules of `src` were not found");
        // Repeatedly remove a module without imports. Only cycles, and modules that import from them, remain.
        while let Some(lowest) = modules.iter().find(|(_, imported)| imported.is_empty()).map(|(name, _)| name.clone())
        {
            modules.remove(&lowest);
            modules.values_mut().for_each(|imported| _ = imported.remove(&lowest));
        }
        assert!(modules.is_empty(), "{krate}: modules in an import cycle, or that depend on one: {modules:#?}");
    }
}

#[test]
fn file_tables_name_files_that_exist() {
    for krate in CRATES {
        let mut tables = 0;
        let mut folders = vec![source(krate)];
        while let Some(folder) = folders.pop() {
            folders.extend(entries(&folder).filter(|path| path.is_dir()));
            for path in entries(&folder).filter(|path| ["lib", "mod"].contains(&name(path).as_str())) {
                let text = fs::read_to_string(&path).unwrap();
                for row in text.lines().filter(|line| line.starts_with("//! | `")) {
                    tables += 1;
                    for file in row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2) {
                        let file = folder.join(file);
                        assert!(file.exists(), "{}: there is no {}", path.display(), file.display());
                    }
                }
            }
        }
        assert!(tables > 0, "{krate}: no file table was found");
    }
}
