//! The pictures and printed derivations of the book. The program beside each of them makes it and compares it with what the
//! book shows; with the environment variable `UPDATE_BOOK` set, it replaces what the book shows.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src")
}

/// The mark before a text block that a program of the chapter prints.
fn mark(name: &str) -> String {
    format!("<!-- printed: {name} -->\n```text\n")
}

/// Compares a picture that a chapter's program makes with the file of this name, which the chapter shows.
///
/// # Panics
/// If they differ, or if the file cannot be written.
#[track_caller]
pub fn shows(name: &str, made: &str) {
    let made = format!("{}\n", made.trim_end());
    let path = book().join("made").join(name);
    if std::env::var_os("UPDATE_BOOK").is_some() {
        if let Err(e) = fs::write(&path, made) {
            panic!("{} was not written: {e}", path.display());
        }
        return;
    }
    let shown = fs::read_to_string(&path).unwrap_or_default();
    assert!(shown == made, "docs/src/made/{name} {OUTDATED}");
}

/// Compares a text that a chapter's program prints with the text block marked by this name.
///
/// # Panics
/// If they differ, if no chapter has such a block, or if the chapter cannot be written.
#[track_caller]
pub fn prints(name: &str, made: &str) {
    let made = format!("{}\n", made.trim_end());
    let update = std::env::var_os("UPDATE_BOOK").map(|_| made.as_str());
    match printed(name, update) {
        Ok(Some(shown)) => assert!(shown == made, "the block `{name}` {OUTDATED}\nIt should be:\n{made}"),
        Ok(None) => panic!("no chapter has a text block marked `{}`", mark(name)),
        Err(e) => panic!("the chapters cannot be read or written: {e}"),
    }
}

const OUTDATED: &str = "is not what its chapter makes; run UPDATE_BOOK=1 cargo test -p examples --doc, and look at the result \
                        before committing it";

/// The text of a marked block, after it has been replaced if there is an update.
fn printed(name: &str, update: Option<&str>) -> io::Result<Option<String>> {
    for entry in fs::read_dir(book())? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let mut file = File::options().read(true).write(update.is_some()).open(path)?;
        file.lock()?; // the tests of a chapter run at the same time, and each may replace a block of it
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let Some(start) = text.find(&mark(name)).map(|at| at + mark(name).len()) else { continue };
        let end = text[start..].find("```").map_or(text.len(), |length| start + length);
        let Some(new) = update else { return Ok(Some(text[start..end].to_string())) };
        text.replace_range(start..end, new);
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(text.as_bytes())?;
        return Ok(Some(new.to_string()));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Everything between two marks in a text, each time they occur.
    fn between<'a>(text: &'a str, start: &'a str, end: char) -> impl Iterator<Item = &'a str> {
        text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
    }

    /// The names in a folder.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the book is there");
        entries.map(|e| e.expect("an entry").file_name().into_string().expect("a plain name")).collect()
    }

    /// The README and the chapters, by name.
    fn pages() -> Vec<(String, String)> {
        let chapters = names(&book()).into_iter().filter(|name| name.ends_with(".md"));
        let paths = chapters.map(|name| book().join(name)).chain([book().join("../../README.md")]);
        paths.map(|path| (path.display().to_string(), fs::read_to_string(path).expect("a page"))).collect()
    }

    #[test]
    fn each_chapter_makes_what_it_shows() {
        let mut all: BTreeSet<String> = BTreeSet::new();
        for (page, text) in pages() {
            let pictures: BTreeSet<&str> = between(&text, "](made/", ')').collect();
            assert_eq!(between(&text, "examples::book::shows(\"", '"').collect::<BTreeSet<_>>(), pictures, "{page}");
            let texts: BTreeSet<&str> = between(&text, "<!-- printed: ", ' ').collect();
            assert_eq!(between(&text, "examples::book::prints(\"", '"').collect::<BTreeSet<_>>(), texts, "{page}");
            all.extend(pictures.into_iter().map(String::from));
        }
        assert_eq!(
            names(&book().join("made")).into_iter().collect::<BTreeSet<_>>(),
            all,
            "pictures that nothing shows"
        );
    }

    /// A source host shows hidden lines of rustdoc and includes of mdBook as they are.
    #[test]
    fn pages_show_a_reader_nothing_but_the_programs() {
        for (page, text) in pages() {
            assert!(!text.contains("{{#"), "{page} has an include");
            for program in text.split("```rust").skip(1).filter_map(|rest| rest.split("\n```").next()) {
                let hidden = program
                    .lines()
                    .find(|line| matches!(line.trim_start(), line if line == "#" || line.starts_with("# ")));
                assert_eq!(hidden, None, "{page} has a hidden line");
            }
        }
    }
}
