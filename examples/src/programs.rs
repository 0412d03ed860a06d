//! Turns the programs of a page into documentation tests.
//!
//! A page contains its programs as a reader would write them. What else the tests need is in HTML comments, which
//! neither mdBook nor a source host displays:
//!
//! | in the page | effect on the test |
//! |---|---|
//! | no comment | a program without a `main` may use `?` |
//! | `<!-- continues -->` on the line before a program | the program starts with the code of the previous one |
//! | `<!-- test: STATEMENTS -->` on the line after a program | these statements run at the end of the program |

/// Returns the page with the additions as hidden lines, which rustdoc compiles but does not display.
///
/// The build script includes this file, so it must not use other parts of the crate.
///
/// # Panics
/// If a program or a comment is not closed, or if a program with its own `main` has additions.
pub(crate) fn testable(page: &str) -> String {
    let (mut lines, mut out) = (page.lines().peekable(), Vec::new());
    let mut above: Vec<&str> = Vec::new(); // the previous program, including what it continues
    let mut continues = false;
    while let Some(line) = lines.next() {
        out.push(line.to_string());
        if !line.starts_with("```rust") {
            continues = line == "<!-- continues -->";
            continue;
        }
        let start = if std::mem::take(&mut continues) { std::mem::take(&mut above) } else { Vec::new() };
        let mut code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let mut end: Vec<String> = Vec::new();
        if let Some(first) = lines.next_if(|line| line.starts_with(TEST)) {
            let mut comment = first.to_string();
            while !comment.ends_with("-->") {
                comment.push('\n');
                comment += lines.next().expect("a closed comment");
            }
            end.extend(comment[TEST.len()..comment.len() - "-->".len()].trim().lines().map(String::from));
        }
        let has_main = code.iter().any(|line| line.starts_with("fn main("));
        assert!(
            !has_main || start.is_empty() && end.is_empty(),
            "a program with a `main` cannot have additions:\n{code:#?}"
        );
        if !has_main && !line.contains("compile_fail") {
            end.push("Ok::<(), Box<dyn std::error::Error>>(())".to_string());
        }
        out.extend(start.iter().map(|line| hidden(line)));
        out.extend(code.iter().map(|line| line.to_string()));
        out.extend(end.iter().map(|line| hidden(line)));
        out.push("```".to_string());
        above = start;
        above.append(&mut code);
    }
    out.join("\n") + "\n"
}

const TEST: &str = "<!-- test:";

fn hidden(line: &str) -> String {
    format!("# {line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions_become_hidden_lines_of_their_program() {
        let page = "Text\n\n```rust\nlet a = 1;\n```\n\nMore\n\n<!-- continues -->\n```rust\nlet b = a;\n```\n\
                    <!-- test: check(b); -->\n\nEnd\n";
        let expected = "Text\n\n```rust\nlet a = 1;\n# Ok::<(), Box<dyn std::error::Error>>(())\n```\n\nMore\n\n\
                        <!-- continues -->\n```rust\n# let a = 1;\nlet b = a;\n# check(b);\n\
                        # Ok::<(), Box<dyn std::error::Error>>(())\n```\n\nEnd\n";
        assert_eq!(testable(page), expected);
    }

    #[test]
    fn several_statements_and_several_continuations() {
        let page = "```rust\na();\n```\n<!-- test:\nb();\nc();\n-->\n<!-- continues -->\n```rust\nd();\n```\n\
                    <!-- continues -->\n```rust,no_run\ne();\n```\n";
        let code: Vec<String> = testable(page).lines().filter(|line| line.ends_with("();")).map(String::from).collect();
        assert_eq!(code, ["a();", "# b();", "# c();", "# a();", "d();", "# a();", "# d();", "e();"]);
    }

    #[test]
    fn other_blocks_and_programs_with_main_are_unchanged() {
        for page in
            ["```sh\n# a comment\n```\n", "```rust\nfn main() {}\n```\n", "```rust,compile_fail\nlet a = b;\n```\n"]
        {
            assert_eq!(testable(page), page);
        }
    }
}
