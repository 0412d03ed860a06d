//! Tests whether LaTeX is well formed.

use std::process::{Command, Stdio};

/// Asserts that braces, `\left` and `\right`, environments and displays are balanced.
pub(crate) fn balanced(text: &str) {
    let mut stack: Vec<String> = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let rest = &text[i..];
        let expect = |stack: &mut Vec<String>, want: &str| {
            assert_eq!(
                stack.pop().as_deref(),
                Some(want),
                "unbalanced before {:?}",
                &rest.chars().take(60).collect::<String>()
            );
        };
        let name = |after: &str| after.split('}').next().unwrap_or_default().to_string();
        let step = if let Some(after) = rest.strip_prefix("\\begin{") {
            stack.push(name(after));
            "\\begin{".len() + name(after).len() + 1
        } else if let Some(after) = rest.strip_prefix("\\end{") {
            expect(&mut stack, &name(after));
            "\\end{".len() + name(after).len() + 1
        } else if rest.starts_with("\\left") {
            stack.push("left".into());
            5
        } else if rest.starts_with("\\right") {
            expect(&mut stack, "left");
            6
        } else if rest.starts_with("\\[") {
            stack.push("display".into());
            2
        } else if rest.starts_with("\\]") {
            expect(&mut stack, "display");
            2
        } else if let Some(after) = rest.strip_prefix('\\') {
            1 + after.chars().next().map_or(0, char::len_utf8)
        } else if rest.starts_with('{') {
            stack.push("brace".into());
            1
        } else if rest.starts_with('}') {
            expect(&mut stack, "brace");
            1
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        i += step;
    }
    assert!(stack.is_empty(), "left open: {stack:?}");
    let dollars = text.replace("\\$", "").matches('$').count();
    assert_eq!(dollars % 2, 0, "an odd number of dollar signs");
}

/// Compiles a document, if a LaTeX engine is installed.
pub(crate) fn compiles(name: &str, document: &str) {
    let engines = ["pdflatex", "tectonic", "lualatex", "xelatex"];
    let installed = |e: &&&str| {
        Command::new(e).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
    };
    let Some(engine) = engines.iter().find(installed) else {
        println!("{name}: not compiled, since none of {engines:?} is installed");
        return;
    };
    let folder = std::env::temp_dir().join(format!("explain-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the document");
    std::fs::write(folder.join("it.tex"), document).expect("the document is written");
    let mut command = Command::new(engine);
    if *engine != "tectonic" {
        command.args(["-interaction=nonstopmode", "-halt-on-error"]);
    }
    let output = command.arg("it.tex").current_dir(&folder).output().expect("the engine starts");
    std::fs::remove_dir_all(&folder).expect("the folder is removed");
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{log}");
    assert!(!log.contains("Missing character"), "{log}");
}

#[test]
#[should_panic(expected = "unbalanced")]
fn unbalanced_latex_is_found() {
    balanced(r"\left(x}");
}
