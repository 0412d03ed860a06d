//! Prepares the README and the chapters of the book, so that `lib.rs` can include them as documentation tests.

use std::path::{Path, PathBuf};
use std::{env, fs};

mod programs;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo names the folder for generated files"));
    let book = root.join("docs/src");
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-changed=src/programs.rs");
    println!("cargo::rerun-if-changed={}", book.display());
    let mut pages = vec![root.join("README.md")];
    for entry in fs::read_dir(book)? {
        pages.push(entry?.path());
    }
    for page in pages.iter().filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        println!("cargo::rerun-if-changed={}", page.display());
        let name = page.file_name().expect("a file has a name");
        fs::write(out.join(name), programs::testable(&fs::read_to_string(page)?))?;
    }
    Ok(())
}
