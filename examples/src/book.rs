//! Checks the pictures and printed texts of the book.
//!
//! The program before a picture or text in a chapter produces it, and a hidden statement compares the result with the
//! book. If the environment variable `UPDATE_BOOK` is set, the result replaces the picture or text in the book.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

fn book() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src")
}

/// The comment before a text block that a program of the chapter prints.
fn mark(name: &str) -> String {
    format!("<!-- printed: {name} -->\n```text\n")
}

/// Compares a picture that a program produces with the file of this name, which the chapter shows.
///
/// # Panics
/// If they differ, or if the file cannot be written.
#[track_caller]
pub fn shows(name: &str, svg: &str) {
    let svg = format!("{}\n", svg.trim_end());
    let path = book().join("made").join(name);
    if std::env::var_os("UPDATE_BOOK").is_some() {
        if let Err(e) = fs::write(&path, svg) {
            panic!("cannot write {}: {e}", path.display());
        }
        return;
    }
    let shown = fs::read_to_string(&path).unwrap_or_default();
    assert!(shown == svg, "docs/src/made/{name} {OUTDATED}");
}

/// Compares a text that a program produces with the text block that is marked with this name.
///
/// # Panics
/// If they differ, if no chapter has such a block, or if the chapter cannot be written.
#[track_caller]
pub fn prints(name: &str, text: &str) {
    let text = format!("{}\n", text.trim_end());
    let update = std::env::var_os("UPDATE_BOOK").map(|_| text.as_str());
    match printed(name, update) {
        Ok(Some(shown)) => assert!(shown == text, "the block `{name}` {OUTDATED}\nExpected:\n{text}"),
        Ok(None) => panic!("no chapter has a text block marked `{}`", mark(name)),
        Err(e) => panic!("cannot read or write the chapters: {e}"),
    }
}

const OUTDATED: &str = "differs from the output of its chapter; run UPDATE_BOOK=1 cargo test -p examples --doc, and \
                        check the result before committing it";

/// Returns the text of a marked block, after replacing it if there is an update.
fn printed(name: &str, update: Option<&str>) -> io::Result<Option<String>> {
    for entry in fs::read_dir(book())? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let mut file = File::options().read(true).write(update.is_some()).open(path)?;
        file.lock()?; // the tests of a chapter run concurrently, and each may replace a block of it
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

    /// The substrings of a text between `start` and the next `end`.
    fn between<'a>(text: &'a str, start: &'a str, end: char) -> impl Iterator<Item = &'a str> {
        text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
    }

    /// The file names in a directory.
    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("a directory of the book");
        entries.map(|e| e.expect("an entry").file_name().into_string().expect("a UTF-8 name")).collect()
    }

    /// The README and the chapters, by name.
    fn pages() -> Vec<(String, String)> {
        let chapters = names(&book()).into_iter().filter(|name| name.ends_with(".md"));
        let paths = chapters.map(|name| book().join(name)).chain([book().join("../../README.md")]);
        paths.map(|path| (path.display().to_string(), fs::read_to_string(path).expect("a page"))).collect()
    }

    #[test]
    fn pictures_and_texts_are_checked_in_their_chapter() {
        let mut all: BTreeSet<String> = BTreeSet::new();
        for (page, text) in pages() {
            let links = ["](made/", "](docs/src/made/"].map(|start| between(&text, start, ')'));
            let pictures: BTreeSet<&str> = links.into_iter().flatten().collect();
            assert_eq!(between(&text, "examples::book::shows(\"", '"').collect::<BTreeSet<_>>(), pictures, "{page}");
            let texts: BTreeSet<&str> = between(&text, "<!-- printed: ", ' ').collect();
            assert_eq!(between(&text, "examples::book::prints(\"", '"').collect::<BTreeSet<_>>(), texts, "{page}");
            all.extend(pictures.into_iter().map(String::from));
        }
        assert_eq!(names(&book().join("made")).into_iter().collect::<BTreeSet<_>>(), all, "unused pictures");
    }

    /// A source host would display hidden lines of rustdoc and includes of mdBook verbatim.
    #[test]
    fn pages_have_no_hidden_lines_and_no_includes() {
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
