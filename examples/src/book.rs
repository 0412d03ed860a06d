//! The pictures and derivations of the book: made by the program beside them, kept where the book finds them.

use std::path::Path;

/// Compares what a chapter's program made with the file of this name that the chapter shows; with the environment variable
/// `UPDATE_BOOK` set, writes it.
///
/// # Panics
/// If the book shows something else.
#[track_caller]
pub fn shows(name: &str, made: &str) {
    let made = format!("{}\n", made.trim_end());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/made").join(name);
    if std::env::var_os("UPDATE_BOOK").is_some() {
        if let Err(e) = std::fs::write(&path, made) {
            panic!("{} was not written: {e}", path.display());
        }
        return;
    }
    let shown = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        shown == made,
        "docs/src/made/{name} is not what its chapter makes. UPDATE_BOOK=1 cargo test -p examples --doc writes it; look at \
         it before it is committed."
    );
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// What stands between two marks in a text, each time.
    fn between<'a>(text: &'a str, start: &'a str, end: char) -> impl Iterator<Item = &'a str> {
        text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
    }

    #[test]
    fn each_chapter_makes_what_it_shows() {
        let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src");
        let names = |folder: &Path| -> Vec<String> {
            let entries = fs::read_dir(folder).expect("the book is there");
            entries.map(|e| e.expect("an entry").file_name().into_string().expect("a plain name")).collect()
        };
        let mut shown: BTreeSet<String> = BTreeSet::new();
        for chapter in names(&book).iter().filter(|name| name.ends_with(".md")) {
            let text = fs::read_to_string(book.join(chapter)).expect("a chapter");
            let made: BTreeSet<&str> = between(&text, "examples::book::shows(\"", '"').collect();
            let pictures = between(&text, "](made/", ')');
            let here: BTreeSet<&str> = pictures.chain(between(&text, "{{#include made/", '}')).collect();
            assert_eq!(made, here, "{chapter}");
            shown.extend(here.into_iter().map(String::from));
        }
        assert_eq!(names(&book.join("made")).into_iter().collect::<BTreeSet<_>>(), shown, "files that nothing shows");
    }
}
